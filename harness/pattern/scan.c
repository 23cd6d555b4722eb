/* The characters of a pattern as Java's parser sees them: code points, with \Q…\E rewritten to escapes before
 * anything else is read (so quoting works in the middle of anything, seen: JDK 17), and blanks and comments
 * skipped under (?x). */
#include "harness/base/utf8.h"
#include "harness/pattern/parser.h"

#include <stdarg.h>
#include <stdio.h>

bool is_ascii_digit(uint32_t character) {
  return character >= '0' && character <= '9';
}

bool is_ascii_letter(uint32_t character) {
  return (character | 32) >= 'a' && (character | 32) <= 'z';
}

int hex_value(uint32_t character) {
  if (is_ascii_digit(character)) return (int)(character - '0');
  uint32_t lower = character | 32;
  return lower >= 'a' && lower <= 'f' ? (int)(lower - 'a' + 10) : -1;
}

bool parser_fail(Parser *parser, const char *format, ...) {
  char reason[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  size_t index = parser->cursor > 0 ? parser->cursor - 1 : 0;
  size_t offset = index < parser->length ? parser->offsets[index] : parser->source.length;
  return fault_raise_at(parser->fault, FAULT_INPUT, NULL, parser->source, offset, "%s", reason);
}

bool parser_limit(Parser *parser, const char *format, ...) {
  char reason[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  size_t offset = parser->cursor < parser->length ? parser->offsets[parser->cursor] : parser->source.length;
  return fault_raise_at(parser->fault, FAULT_LIMIT, NULL, parser->source, offset, "%s", reason);
}

static void put(Parser *parser, uint32_t character, size_t offset) {
  parser->characters[parser->length] = character;
  parser->offsets[parser->length++] = offset;
  if (character > 0xFFFF || (character >= 0xD800 && character <= 0xDFFF)) parser->wide_end = parser->length;
}

/* Inside quotes: letters and what isn't ASCII as they are, a digit that comes first as \x3N (it might
 * otherwise lengthen an escape before the quote), everything else behind a backslash. */
static void put_quoted(Parser *parser, uint32_t character, size_t offset, bool first) {
  if (is_ascii_digit(character) && first) {
    put(parser, '\\', offset);
    put(parser, 'x', offset);
    put(parser, '3', offset);
  } else if (character < 0x80 && !is_ascii_letter(character) && !is_ascii_digit(character)) {
    put(parser, '\\', offset);
  }
  put(parser, character, offset);
}

static bool starts(Text source, size_t at, const char *two) {
  return at + 1 < source.length && source.data[at] == two[0] && source.data[at + 1] == two[1];
}

static void read_characters(Parser *parser) {
  Text source = parser->source;
  bool quotes = !parser_has(parser, PATTERN_LITERAL);
  for (size_t at = 0; at < source.length;) {
    if (quotes && starts(source, at, "\\Q")) {
      at += 2;
      for (bool first = true; at < source.length && !starts(source, at, "\\E"); first = false) {
        size_t offset = at;
        put_quoted(parser, utf8_next(source, &at), offset, first);
      }
      if (at < source.length) at += 2;
      continue;
    }
    bool escape = source.data[at] == '\\';
    size_t offset = at;
    put(parser, utf8_next(source, &at), offset);
    if (!escape || at >= source.length) continue;
    offset = at;
    put(parser, utf8_next(source, &at), offset);
  }
}

/* UTF-8, where lone surrogates are let through. */
static bool is_text(Text text) {
  for (size_t at = 0; at < text.length;) {
    Text rest = text_slice(text, at, text.length);
    at += utf8_valid_prefix(rest);
    if (at == text.length) return true;
    size_t next = at;
    uint32_t character = utf8_next(text, &next);
    if (character < 0xD800 || character > 0xDFFF) return false;
    at = next;
  }
  return true;
}

bool parser_read(Parser *parser) {
  if (parser->source.length > PATTERN_LONGEST)
    return fault_raise(parser->fault, FAULT_LIMIT, "a pattern may be %d bytes long, this one has %zu",
                       PATTERN_LONGEST, parser->source.length);
  if (!is_text(parser->source))
    return fault_raise(parser->fault, FAULT_INPUT, "the pattern isn't well-formed UTF-8");
  size_t room = parser->source.length * 2 + 8;
  parser->characters = ARENA_ARRAY(parser->arena, uint32_t, room);
  parser->offsets = ARENA_ARRAY(parser->arena, size_t, room);
  read_characters(parser);
  return true;
}

bool parser_has(const Parser *parser, unsigned flag) {
  return (parser->flags & flag) != 0;
}

uint32_t parser_at(const Parser *parser, size_t index) {
  if (index < parser->length) return parser->characters[index];
  return index == parser->length ? parser->sentinel : 0;
}

bool parser_at_end(const Parser *parser) {
  return parser->cursor >= parser->length;
}

static bool is_blank(uint32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

static bool ends_comment(const Parser *parser, uint32_t character) {
  if (character == 0 || character == '\n') return true;
  if (parser_has(parser, PATTERN_UNIX_LINES)) return false;
  return character == '\r' || character == 0x85 || character == 0x2028 || character == 0x2029;
}

/* From an index that holds a blank or '#': the index of the next character that counts. */
static size_t past_blanks(const Parser *parser, size_t at) {
  for (;;) {
    while (is_blank(parser_at(parser, at))) at++;
    if (parser_at(parser, at) != '#') return at;
    while (at < parser->length && !ends_comment(parser, parser_at(parser, at))) at++;
    if (at >= parser->length) return parser->length;
    if (parser_at(parser, at) == 0) return at;
  }
}

uint32_t parser_peek(Parser *parser) {
  if (parser_has(parser, PATTERN_COMMENTS)) parser->cursor = past_blanks(parser, parser->cursor);
  return parser_at(parser, parser->cursor);
}

uint32_t parser_next(Parser *parser) {
  parser->cursor++;
  return parser_peek(parser);
}

uint32_t parser_take(Parser *parser) {
  uint32_t character = parser_peek(parser);
  parser->cursor++;
  return character;
}

bool parser_expect(Parser *parser, uint32_t character, const char *reason) {
  return parser_take(parser) == character || parser_fail(parser, "%s", reason);
}

uint32_t parser_next_raw(Parser *parser) {
  return parser_at(parser, ++parser->cursor);
}

uint32_t parser_skip(Parser *parser) {
  parser->cursor += 2;
  return parser_at(parser, parser->cursor - 1);
}

void parser_back(Parser *parser) {
  parser->cursor--;
}

Text parser_text(Parser *parser, size_t from, size_t to) {
  Buffer buffer = buffer_make(parser->arena, 0);
  for (size_t i = from; i < to && i < parser->length; i++) utf8_append(&buffer, parser->characters[i]);
  return buffer_text(&buffer);
}

Node *parser_node(Parser *parser, NodeKind kind) {
  Node *node = ARENA_NEW(parser->arena, Node);
  node->kind = kind;
  return node;
}

Node *parser_set_node(Parser *parser, CharSet set) {
  Node *node = parser_node(parser, NODE_SET);
  node->set = set;
  return node;
}
