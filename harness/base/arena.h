/* Arena: memory that is given back all at once. Two live in a run: a lasting one (compiled, constant things,
 * shared by threads for reading) and a passing one per worker (everything of one exchange; reset before the
 * next). */
#ifndef STATUSQUO_BASE_ARENA_H
#define STATUSQUO_BASE_ARENA_H

#include "harness/base/text.h"

#include <stdarg.h>

typedef struct Arena Arena;

/* Called when memory runs out, in one place for the whole program; it must not return. The default aborts. */
void memory_on_exhausted(void (*handler)(size_t wanted));
/* malloc/realloc that never return NULL. */
void *memory_alloc(size_t size);
void *memory_resize(void *block, size_t size);

/* `block_size` 0 chooses a sensible first block. Never fails. Free with arena_free (NULL is fine). */
Arena *arena_new(size_t block_size);
void arena_free(Arena *arena);
/* Runs the clean-ups, forgets everything, keeps the first block. */
void arena_reset(Arena *arena);
/* Bytes handed out since the last reset: what limits on memory are measured with. */
size_t arena_used(const Arena *arena);

/* Aligned for any type, not cleared. */
void *arena_alloc(Arena *arena, size_t size);
/* Aligned and zeroed. `count * size` must not overflow: that is a bug and asserts. */
void *arena_alloc_zero(Arena *arena, size_t count, size_t size);
#define ARENA_NEW(arena, Type) ((Type *)arena_alloc_zero((arena), 1, sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_alloc_zero((arena), (count), sizeof(Type)))
/* A larger copy (the old block stays until reset); grows in place when it was the last one handed out. */
void *arena_resize(Arena *arena, void *block, size_t old_size, size_t new_size);

/* Room for one more zeroed item behind `count` of them; the room doubles at powers of two. */
void *arena_grow_list(Arena *arena, void *items, size_t count, size_t size);
/* Adds an item to a list and counts it: *ARENA_ADD(arena, list->items, list->count) = item; */
#define ARENA_ADD(arena, items, count)                                                                       \
  ((items) = arena_grow_list((arena), (items), (count), sizeof *(items)), &(items)[(count)++])

/* A copy with a terminating NUL behind it (not counted in the length). */
Text arena_copy_text(Arena *arena, Text text);
char *arena_copy_string(Arena *arena, Text text);
/* printf into the arena, NUL-terminated. */
Text arena_print(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Text arena_print_list(Arena *arena, const char *format, va_list arguments);
/* `release(subject)` runs at reset and free, last registered first: for resources that an arena object owns.
 */
void arena_on_release(Arena *arena, void (*release)(void *subject), void *subject);

#endif
