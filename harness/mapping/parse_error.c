#include "harness/mapping/parse_error.h"

#include "harness/base/utf8.h"

#include <string.h>

/* json-smart's reading, as far as it takes to know what was open when the text ended. */
typedef struct Walk {
  Text text;
  size_t at;
  Buffer open; /* the brackets */
  bool wants_key;
  bool has_key;      /* a member's name was read, its colon not yet */
  bool behind_colon; /* a member has its colon and no value yet */
} Walk;

static char innermost(const Walk *walk) {
  return walk->open.length > 0 ? walk->open.data[walk->open.length - 1] : 0;
}

static void skip_quoted(Walk *walk) {
  char quote = walk->text.data[walk->at++];
  while (walk->at < walk->text.length && walk->text.data[walk->at] != quote)
    walk->at += walk->text.data[walk->at] == '\\' ? 2 : 1;
  walk->at++;
}

/* An unquoted name goes on to its colon, an unquoted value to a comma or the end of its container. */
static void skip_unquoted(Walk *walk) {
  const char *stops = walk->wants_key ? ":" : innermost(walk) == '[' ? ",]" : ",}";
  while (walk->at < walk->text.length && strchr(stops, walk->text.data[walk->at]) == NULL) walk->at++;
}

static void enter(Walk *walk, char bracket) {
  buffer_append_char(&walk->open, bracket);
  walk->wants_key = bracket == '{';
  walk->has_key = walk->behind_colon = false;
  walk->at++;
}

static void step(Walk *walk) {
  char byte = walk->text.data[walk->at];
  bool in_object = innermost(walk) == '{';
  if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
    walk->at++;
  } else if (byte == ':' && in_object) {
    walk->behind_colon = true;
    walk->wants_key = walk->has_key = false;
    walk->at++;
  } else if (byte == ',') {
    walk->wants_key = in_object;
    walk->has_key = false;
    walk->at++;
  } else if ((byte == '}' && in_object) || (byte == ']' && innermost(walk) == '[')) {
    walk->open.length--;
    walk->wants_key = false;
    walk->at++;
  } else if ((byte == '{' || byte == '[') && !walk->wants_key) {
    enter(walk, byte);
  } else {
    walk->behind_colon = false;
    walk->has_key = walk->wants_key;
    if (byte == '"' || byte == '\'')
      skip_quoted(walk);
    else
      skip_unquoted(walk);
  }
}

static Walk walk_to(Text body, size_t offset, Arena *arena) {
  Walk walk = {.text = body, .open = buffer_make(arena, 0)};
  while (walk.at < offset) step(&walk);
  return walk;
}

/* Positions count UTF-16 units from 0. Witness: seen (json-smart). */
static Text early_end(Text body, Arena *arena) {
  Walk walk = walk_to(body, body.length, arena);
  bool colon_last = walk.behind_colon && body.data[body.length - 1] == ':';
  bool named = innermost(&walk) == '[' || colon_last;
  return arena_print(arena, "Unexpected End Of File position %zu: %s", utf16_length(body) - (body.length > 0),
                     named ? "EOF" : "null");
}

/* Something else than the expected colon or comma of an object is reported one position early; behind a value
 * it is called a token, not a character. */
static Text unexpected(Text body, size_t offset, size_t position, Text character, Arena *arena) {
  Walk walk = walk_to(body, offset, arena);
  bool in_object = innermost(&walk) == '{';
  if (in_object && !walk.has_key && !walk.wants_key && !walk.behind_colon)
    return arena_print(arena, "Unexpected token %.*s at position %zu.", TEXT_ARGS(character), position - 1);
  if (in_object && walk.has_key) position--;
  return arena_print(arena, "Unexpected character (%.*s) at position %zu.", TEXT_ARGS(character), position);
}

Text parse_error_text(Text body, const Fault *fault, Arena *arena) {
  if (strstr(fault->message, "isn't closed") != NULL)
    return arena_print(arena, "Unexpected End Of File position %zu: null", utf16_length(body));
  if (fault->offset >= body.length) return early_end(body, arena);
  size_t at = fault->offset;
  size_t position = utf16_length(text_slice(body, 0, at));
  utf8_next(body, &at);
  Text character = text_slice(body, fault->offset, at);
  if (strstr(fault->message, "escape") == NULL)
    return unexpected(body, fault->offset, position, character, arena);
  return arena_print(arena, "Unexpected unicode escape sequence %.*s at position %zu.", TEXT_ARGS(character),
                     position);
}
