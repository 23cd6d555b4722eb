#include "harness/base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Buffer buffer_make(Arena *arena, size_t limit) {
  return (Buffer){.arena = arena, .limit = limit == 0 ? SIZE_MAX / 4 : limit};
}

void buffer_free(Buffer *buffer) {
  if (buffer->arena == NULL) free(buffer->data);
  *buffer = buffer_make(buffer->arena, buffer->limit);
}

void buffer_clear(Buffer *buffer) {
  buffer->length = 0;
  buffer->overflowed = false;
}

bool buffer_reserve(Buffer *buffer, size_t more) {
  if (buffer->overflowed || more > buffer->limit - buffer->length) {
    buffer->overflowed = true;
    return false;
  }
  size_t wanted = buffer->length + more + 1; /* one for the NUL of buffer_string */
  if (wanted <= buffer->capacity) return true;
  size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
  while (capacity < wanted) capacity *= 2;
  if (buffer->arena != NULL)
    buffer->data = arena_resize(buffer->arena, buffer->data, buffer->capacity, capacity);
  else
    buffer->data = memory_resize(buffer->data, capacity);
  buffer->capacity = capacity;
  return true;
}

void buffer_append_bytes(Buffer *buffer, const void *bytes, size_t length) {
  if (length == 0 || !buffer_reserve(buffer, length)) return;
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
}

void buffer_append(Buffer *buffer, Text text) {
  buffer_append_bytes(buffer, text.data, text.length);
}

void buffer_append_char(Buffer *buffer, char byte) {
  bool has_room = buffer->length + 1 < buffer->capacity && buffer->length < buffer->limit;
  if (buffer->overflowed || (!has_room && !buffer_reserve(buffer, 1))) return;
  buffer->data[buffer->length++] = byte;
}

void buffer_append_string(Buffer *buffer, const char *terminated) {
  buffer_append(buffer, text_from(terminated));
}

void buffer_print(Buffer *buffer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  assert(length >= 0);
  if (!buffer_reserve(buffer, (size_t)length)) return;
  va_start(arguments, format);
  vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  buffer->length += (size_t)length;
}

Text buffer_text(const Buffer *buffer) {
  return buffer->length == 0 ? TEXT_EMPTY : (Text){buffer->data, buffer->length};
}

const char *buffer_string(Buffer *buffer) {
  if (buffer->data == NULL) return "";
  buffer->data[buffer->length] = '\0';
  return buffer->data;
}
