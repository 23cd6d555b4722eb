#include "harness/base/fault.h"

#include "harness/base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Text of unbounded length into a fixed field: cut at a character boundary, with an ellipsis. */
static void fill(char *field, size_t size, const char *format, va_list arguments) {
  int length = vsnprintf(field, size, format, arguments);
  if (length < 0 || (size_t)length < size) return;
  size_t end = size - 4;
  while (end > 0 && ((unsigned char)field[end] & 0xC0) == 0x80) end--;
  memcpy(field + end, "...", 4);
}

bool fault_raise(Fault *fault, FaultKind kind, const char *format, ...) {
  if (fault == NULL) return false;
  *fault = (Fault){.kind = kind};
  va_list arguments;
  va_start(arguments, format);
  fill(fault->message, sizeof fault->message, format, arguments);
  va_end(arguments);
  return false;
}

bool fault_raise_at(Fault *fault, FaultKind kind, const char *file, Text source, size_t offset,
                    const char *format, ...) {
  if (fault == NULL) return false;
  *fault = (Fault){.kind = kind, .place = place_of(file, source, offset), .offset = offset};
  fault_quote(fault, source, offset);
  va_list arguments;
  va_start(arguments, format);
  fill(fault->message, sizeof fault->message, format, arguments);
  va_end(arguments);
  return false;
}

static void fill_message(Fault *fault, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fill(fault->message, sizeof fault->message, format, arguments);
  va_end(arguments);
}

bool fault_wrap(Fault *fault, const char *format, ...) {
  if (fault == NULL) return false;
  char inner[FAULT_MESSAGE_SIZE], outer[FAULT_MESSAGE_SIZE];
  memcpy(inner, fault->message, sizeof inner);
  va_list arguments;
  va_start(arguments, format);
  fill(outer, sizeof outer, format, arguments);
  va_end(arguments);
  fill_message(fault, "%s: %s", outer, inner);
  return false;
}

/* Does the byte at `at` end a line? A \r before a \n doesn't: the \n does. */
static bool ends_line(Text source, size_t at) {
  if (source.data[at] == '\n') return true;
  return source.data[at] == '\r' && (at + 1 == source.length || source.data[at + 1] != '\n');
}

static size_t line_start(Text source, size_t offset) {
  size_t at = offset;
  while (at > 0 && !ends_line(source, at - 1)) at--;
  return at;
}

Place place_of(const char *file, Text source, size_t offset) {
  if (offset > source.length) offset = source.length;
  Place place = {file, 1, 1};
  size_t start = 0;
  for (size_t i = 0; i < offset; i++) {
    if (!ends_line(source, i)) continue;
    place.line++;
    start = i + 1;
  }
  place.column = (uint32_t)utf8_count(text_slice(source, start, offset)) + 1;
  return place;
}

void fault_quote(Fault *fault, Text source, size_t offset) {
  enum { WINDOW = FAULT_SOURCE_SIZE - 8 };
  if (offset > source.length) offset = source.length;
  size_t start = line_start(source, offset);
  size_t end = offset;
  while (end < source.length && source.data[end] != '\n' && source.data[end] != '\r') end++;
  if (offset - start > WINDOW * 2 / 3) {
    start = offset - WINDOW * 2 / 3;
    while (start < offset && ((unsigned char)source.data[start] & 0xC0) == 0x80) start++;
  }
  if (end - start > WINDOW) {
    end = start + WINDOW;
    while (end > offset && ((unsigned char)source.data[end] & 0xC0) == 0x80) end--;
  }
  memcpy(fault->source, source.data != NULL ? source.data + start : "", end - start);
  fault->source[end - start] = '\0';
  fault->caret = (uint32_t)utf8_count(text_slice(source, start, offset));
}

/* Hostile text must not reach a terminal: control characters become '?' of the same width, tabs stay one
 * blank. */
static void print_visible(Buffer *out, const char *string) {
  for (const char *at = string; *at != '\0'; at++) {
    unsigned char byte = (unsigned char)*at;
    buffer_append_char(out, byte == '\t' ? ' ' : byte < 0x20 || byte == 0x7F ? '?' : *at);
  }
}

void fault_print(const Fault *fault, Buffer *out) {
  if (fault->place.file != NULL) {
    buffer_append_string(out, fault->place.file);
    if (fault->place.line > 0) buffer_print(out, ":%u:%u", fault->place.line, fault->place.column);
    buffer_append_string(out, ": ");
  }
  buffer_append_string(out, fault->warning ? "warning: " : "error: ");
  print_visible(out, fault->message);
  buffer_append_char(out, '\n');
  if (fault->source[0] == '\0') return;
  buffer_append_string(out, "  ");
  print_visible(out, fault->source);
  buffer_append_string(out, "\n  ");
  for (uint32_t i = 0; i < fault->caret; i++) buffer_append_char(out, ' ');
  buffer_append_string(out, "^\n");
}

FaultList fault_list_make(Arena *arena) {
  return (FaultList){.arena = arena};
}

Fault *fault_list_add(FaultList *list) {
  if (list == NULL) return NULL;
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
    list->items =
        arena_resize(list->arena, list->items, list->capacity * sizeof(Fault), capacity * sizeof(Fault));
    list->capacity = capacity;
  }
  Fault *fault = &list->items[list->count++];
  *fault = (Fault){0};
  return fault;
}

size_t fault_list_errors(const FaultList *list) {
  size_t errors = 0;
  for (size_t i = 0; i < list->count; i++) errors += list->items[i].warning ? 0 : 1;
  return errors;
}
