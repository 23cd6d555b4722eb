/* JSON as json-smart writes it. Two styles, which differ in '/' only.
 * Witness: seen (json-smart), velocity-facts 33 and 36. */
#include "harness/value/value_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Writer {
  Buffer *out;
  bool protect; /* '/' as \/ */
  uint32_t depth;
} Writer;

/* Bytes of the character at `at` that has to be escaped as \uXXXX, or 0; U+007F-9F and U+2000-20FF are seen
 * by their UTF-8 bytes. */
static size_t escaped_length(Text text, size_t at, unsigned *character) {
  const unsigned char *bytes = (const unsigned char *)text.data + at;
  size_t left = text.length - at;
  *character = bytes[0];
  if (bytes[0] < 0x20 || bytes[0] == 0x7F) return 1;
  if (bytes[0] == 0xC2 && left >= 2 && bytes[1] >= 0x80 && bytes[1] < 0xA0) {
    *character = bytes[1];
    return 2;
  }
  if (bytes[0] == 0xE2 && left >= 3 && bytes[1] >= 0x80 && bytes[1] < 0x84) {
    *character = 0x2000 + (unsigned)(bytes[1] - 0x80) * 64 + (bytes[2] & 0x3F);
    return 3;
  }
  return 0;
}

/* Bytes that may need an escape; 0xC2 and 0xE2 begin characters that may. */
static const unsigned char suspicious[256] = {
    1, 1, 1, 1, 1, 1, 1,         1,         1,          1,          1,          1,         1,
    1, 1, 1, 1, 1, 1, 1,         1,         1,          1,          1,          1,         1,
    1, 1, 1, 1, 1, 1, ['"'] = 1, ['/'] = 1, ['\\'] = 1, [0x7F] = 1, [0xC2] = 1, [0xE2] = 1};

static const char *short_escape(char byte, bool protect) {
  switch (byte) {
  case '"': return "\\\"";
  case '\\': return "\\\\";
  case '\b': return "\\b";
  case '\f': return "\\f";
  case '\n': return "\\n";
  case '\r': return "\\r";
  case '\t': return "\\t";
  case '/': return protect ? "\\/" : NULL;
  default: return NULL;
  }
}

static void write_plain(Writer *writer, Text text) {
  buffer_append_char(writer->out, '"');
  size_t copied = 0;
  for (size_t at = 0; at < text.length;) {
    if (!suspicious[(unsigned char)text.data[at]]) {
      at++;
      continue;
    }
    unsigned character;
    const char *escape = short_escape(text.data[at], writer->protect);
    size_t length = escape != NULL ? 1 : escaped_length(text, at, &character);
    if (length == 0) {
      at++;
      continue;
    }
    buffer_append(writer->out, text_slice(text, copied, at));
    if (escape != NULL)
      buffer_append_string(writer->out, escape);
    else
      buffer_print(writer->out, "\\u%04X", character);
    at += length;
    copied = at;
  }
  buffer_append(writer->out, text_slice(text, copied, text.length));
  buffer_append_char(writer->out, '"');
}

static void write_text(Writer *writer, Value text) {
  PlainText plain = plain_text_open(text);
  write_plain(writer, plain.text);
  plain_text_close(&plain);
}

/* Infinity is null; NaN stays. */
static void write_number(Writer *writer, Value number) {
  Buffer *out = writer->out;
  size_t start = out->length;
  number_print(number, out);
  Text written = text_slice(buffer_text(out), start, out->length);
  if (!text_ends(written, TEXT("Infinity"))) return;
  out->length = start;
  buffer_append(out, TEXT("null"));
}

static void write_value(Writer *writer, Value value);

static bool holds_primitives(const List *list) {
  return list->kind == LIST_FIXED && list->class_name.length == 2; /* "[B", "[C" */
}

static void write_list(Writer *writer, const List *list) {
  if (holds_primitives(list) || !list_is_current(list)) {
    writer->out->overflowed = true; /* seen: ClassCastException */
    return;
  }
  buffer_append_char(writer->out, '[');
  for (uint32_t i = 0; i < list->count && !writer->out->overflowed; i++) {
    if (i > 0) buffer_append_char(writer->out, ',');
    write_value(writer, list->items[i]);
  }
  buffer_append_char(writer->out, ']');
}

/* Keys of other classes are written as their toString(), which null doesn't have (seen). */
static void write_key(Writer *writer, Value key) {
  if (key.kind == VALUE_TEXT) {
    write_text(writer, key);
    return;
  }
  if (key.kind == VALUE_NULL) writer->out->overflowed = true;
  Arena *scratch = arena_new(0);
  write_plain(writer, value_to_text(key, scratch));
  arena_free(scratch);
}

static void write_entry(Writer *writer, const MapEntry *entry) {
  write_key(writer, entry->key);
  buffer_append_char(writer->out, ':');
  write_value(writer, entry->value);
}

static void write_map(Writer *writer, const Map *map) {
  const MapEntry **order = NULL;
  if (map->kind == MAP_HASH) {
    order = memory_alloc(map->count * sizeof *order);
    map_order(map, order);
  }
  buffer_append_char(writer->out, '{');
  for (uint32_t i = 0; i < map->count && !writer->out->overflowed; i++) {
    if (i > 0) buffer_append_char(writer->out, ',');
    write_entry(writer, order == NULL ? &map->entries[i] : order[i]);
  }
  buffer_append_char(writer->out, '}');
  free(order);
}

static void write_container(Writer *writer, Value value) {
  if (writer->depth == VALUE_DEPTH_LIMIT) {
    writer->out->overflowed = true; /* Java: StackOverflowError */
    return;
  }
  writer->depth++;
  if (value.kind == VALUE_LIST)
    write_list(writer, value.as.list);
  else
    write_map(writer, value.as.map);
  writer->depth--;
}

/* What json-smart has no writer for becomes an object of its bean properties: of a Character or an iterator
 * that is
 * {}; of a Class or a Map.Entry, and of arrays of primitives, an exception (seen). */
static void write_object(Writer *writer, const Object *object) {
  if (object->type->unwritable)
    writer->out->overflowed = true;
  else
    buffer_append(writer->out, TEXT("{}"));
}

static void write_value(Writer *writer, Value value) {
  switch ((ValueKind)value.kind) {
  case VALUE_NULL: buffer_append(writer->out, TEXT("null")); break;
  case VALUE_BOOLEAN: buffer_append(writer->out, value.as.boolean ? TEXT("true") : TEXT("false")); break;
  case VALUE_TEXT: write_text(writer, value); break;
  case VALUE_LIST:
  case VALUE_MAP: write_container(writer, value); break;
  case VALUE_CHARACTER: buffer_append(writer->out, TEXT("{}")); break;
  case VALUE_OBJECT: write_object(writer, value.as.object); break;
  default: write_number(writer, value);
  }
}

void value_write_json(Value value, Buffer *out) {
  write_value(&(Writer){out, false, 0}, value);
}

void value_write_json_protected(Value value, Buffer *out) {
  write_value(&(Writer){out, true, 0}, value);
}
