/* Buffer: bytes that grow, with a limit from birth. Past the limit nothing more is taken and `overflowed`
 * stays set, so a writer checks once at the end instead of at every append. */
#ifndef STATUSQUO_BASE_BUFFER_H
#define STATUSQUO_BASE_BUFFER_H

#include "harness/base/arena.h"

typedef struct Buffer {
  char *data;
  size_t length;
  size_t capacity;
  size_t limit;
  Arena *arena; /* NULL: heap, released by buffer_free */
  bool overflowed;
} Buffer;

/* `limit` 0 means no limit: only for bytes that our own program makes. With an arena nothing needs freeing.
 */
Buffer buffer_make(Arena *arena, size_t limit);
void buffer_free(Buffer *buffer);
/* Empties, keeps the memory. */
void buffer_clear(Buffer *buffer);

/* Room for `more` further bytes; false (and overflowed) past the limit. */
bool buffer_reserve(Buffer *buffer, size_t more);
void buffer_append(Buffer *buffer, Text text);
void buffer_append_bytes(Buffer *buffer, const void *bytes, size_t length);
void buffer_append_char(Buffer *buffer, char byte);
void buffer_append_string(Buffer *buffer, const char *terminated);
void buffer_print(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was written so far; valid until the next append. */
Text buffer_text(const Buffer *buffer);
/* The text with a NUL behind it. */
const char *buffer_string(Buffer *buffer);

#endif
