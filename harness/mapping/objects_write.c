/* What templates made, as JSON for people and programs: overrides and outputs in results. */
#include "harness/mapping/objects.h"

#include "harness/base/utf8.h"

#include <math.h>

static void write_escape(Buffer *out, uint32_t character) {
  static const char digits[] = "0123456789abcdef";
  buffer_append_char(out, '\\');
  if (character == '"' || character == '\\') {
    buffer_append_char(out, (char)character);
  } else if (character == '\n') {
    buffer_append_char(out, 'n');
  } else {
    buffer_append_char(out, 'u');
    for (int shift = 12; shift >= 0; shift -= 4) buffer_append_char(out, digits[character >> shift & 15]);
  }
}

/* A quoted string; a lone surrogate, which JSON can hold and UTF-8 can't, as \uXXXX. */
static void write_string(Buffer *out, Text text) {
  buffer_append_char(out, '"');
  size_t from = 0;
  for (size_t at = 0; at < text.length;) {
    size_t start = at;
    unsigned char byte = (unsigned char)text.data[at];
    if (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\') {
      at++;
      continue;
    }
    uint32_t character = utf8_next(text, &at);
    bool escaped = character < 0x20 || character == '"' || character == '\\' ||
                   character == UTF8_REPLACEMENT || (character >= 0xD800 && character <= 0xDFFF);
    if (!escaped) continue;
    buffer_append(out, text_slice(text, from, start));
    from = at;
    write_escape(out, character);
  }
  buffer_append(out, text_slice(text, from, text.length));
  buffer_append_char(out, '"');
}

enum { OVERRIDE_DEPTH = 60 };

/* What a template stored, as it would be seen from outside: maps, lists and scalars; other objects as they
 * print. */
static void write_stored(Buffer *out, Value value, int depth, Arena *arena);

/* Infinity and NaN have no JSON: they are written as they print. */
static bool has_json(Value value) {
  if (value.kind == VALUE_DOUBLE || value.kind == VALUE_FLOAT) return isfinite(value_to_double(value));
  return value_is_null(value) || value_is_number(value) || value.kind == VALUE_BOOLEAN;
}

static void write_map(Buffer *out, const Map *map, int depth, Arena *arena) {
  const MapEntry **order = ARENA_ARRAY(arena, const MapEntry *, map->count);
  map_order(map, order);
  buffer_append_char(out, '{');
  for (uint32_t i = 0; i < map->count; i++) {
    if (i > 0) buffer_append_char(out, ',');
    write_string(out, value_to_text(order[i]->key, arena));
    buffer_append_char(out, ':');
    write_stored(out, order[i]->value, depth + 1, arena);
  }
  buffer_append_char(out, '}');
}

static void write_list(Buffer *out, const List *list, int depth, Arena *arena) {
  buffer_append_char(out, '[');
  for (uint32_t i = 0; i < list->count; i++) {
    if (i > 0) buffer_append_char(out, ',');
    write_stored(out, list->items[i], depth + 1, arena);
  }
  buffer_append_char(out, ']');
}

static void write_stored(Buffer *out, Value value, int depth, Arena *arena) {
  if (depth > OVERRIDE_DEPTH || out->overflowed)
    buffer_append_string(out, "null");
  else if (value.kind == VALUE_MAP)
    write_map(out, value.as.map, depth, arena);
  else if (value.kind == VALUE_LIST)
    write_list(out, value.as.list, depth, arena);
  else if (has_json(value))
    value_write_json(value, out);
  else
    write_string(out, value_to_text(value, arena));
}

void template_value_write(Value value, Buffer *out, Arena *arena) {
  write_stored(out, value, 0, arena);
}
