/* JSON text, kept as it stands in the body until somebody reads it.
 *
 * json-smart drops control characters from a string that holds a backslash, keeps them in one that doesn't,
 * drops unknown escapes whole (\q is nothing) and knows \xHH. Witness: seen (json-smart, permissive). */
#include "harness/value/value_parts.h"

#include "harness/base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static unsigned hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return (unsigned)(byte - '0');
  return (unsigned)((byte | 0x20) - 'a') + 10;
}

static bool is_high(const char *bytes) {
  return (unsigned char)bytes[0] == 0xED && ((unsigned char)bytes[1] & 0xF0) == 0xA0;
}

/* Appends one UTF-16 unit; a low surrogate joins the high one written just before it. */
static size_t append_unit(char *out, size_t length, uint32_t unit) {
  bool low = unit >= 0xDC00 && unit <= 0xDFFF;
  if (!low || length < 3 || !is_high(out + length - 3)) return length + utf8_encode(unit, out + length);
  const unsigned char *before = (unsigned char *)out + length - 3;
  uint32_t high = (uint32_t)(before[1] & 0x0F) << 6 | (uint32_t)(before[2] & 0x3F);
  uint32_t character = 0x10000 + (high << 10) + (unit - 0xDC00);
  return length - 3 + utf8_encode(character, out + length - 3);
}

static size_t append_escaped_unit(char *out, size_t length, const char *digits, size_t count) {
  uint32_t unit = 0;
  for (size_t i = 0; i < count; i++) unit = unit << 4 | hex_digit(digits[i]);
  return append_unit(out, length, unit);
}

/* An unknown escape takes one UTF-16 unit with it: of a character that has two the second stays. */
static size_t skip_unit(Text raw, size_t at, char *out, size_t *length) {
  uint32_t character = utf8_next(raw, &at);
  if (character >= 0x10000) *length = append_unit(out, *length, 0xDC00 | (character & 0x3FF));
  return at;
}

size_t text_unescape(Text raw, char *out) {
  size_t length = 0;
  for (size_t at = 0; at < raw.length;) {
    unsigned char byte = (unsigned char)raw.data[at++];
    if (byte < 0x20 || byte == 0x7F) continue;
    if (byte != '\\') {
      out[length++] = (char)byte;
      continue;
    }
    assert(at < raw.length);
    switch (raw.data[at++]) {
    case 't': out[length++] = '\t'; break;
    case 'n': out[length++] = '\n'; break;
    case 'r': out[length++] = '\r'; break;
    case 'f': out[length++] = '\f'; break;
    case 'b': out[length++] = '\b'; break;
    case '\\': out[length++] = '\\'; break;
    case '\'': out[length++] = '\''; break;
    case '"': out[length++] = '"'; break;
    case '/': out[length++] = '/'; break;
    case 'u':
      length = append_escaped_unit(out, length, raw.data + at, 4);
      at += 4;
      break;
    case 'x':
      length = append_escaped_unit(out, length, raw.data + at, 2);
      at += 2;
      break;
    default: at = skip_unit(raw, at - 1, out, &length);
    }
  }
  return length;
}

Text value_text(Value text, Arena *arena) {
  assert(text.kind == VALUE_TEXT);
  Text raw = {text.as.text, text.length};
  if (!(text.flags & VALUE_ESCAPED)) return raw;
  char *plain = arena_alloc(arena, raw.length + 1);
  size_t length = text_unescape(raw, plain);
  plain[length] = '\0';
  return (Text){plain, length};
}

PlainText plain_text_open(Value text) {
  PlainText plain = {.text = {text.as.text, text.length}, .heap = NULL};
  if (!(text.flags & VALUE_ESCAPED)) return plain;
  plain.heap = memory_alloc(text.length);
  plain.text = (Text){plain.heap, text_unescape(plain.text, plain.heap)};
  return plain;
}

void plain_text_close(PlainText *plain) {
  free(plain->heap);
}

bool value_text_is(Value text, Text expected) {
  if (text.kind != VALUE_TEXT) return false;
  if (text.flags & VALUE_ESCAPED) {
    PlainText plain = plain_text_open(text);
    bool same = text_equal(plain.text, expected);
    plain_text_close(&plain);
    return same;
  }
  return text.length == expected.length &&
         (expected.length == 0 || memcmp(text.as.text, expected.data, expected.length) == 0);
}

int32_t text_hash_code(Text text) {
  uint32_t hash = 0;
  for (size_t at = 0; at < text.length;) {
    unsigned char byte = (unsigned char)text.data[at];
    if (byte < 0x80) {
      hash = hash * 31 + byte;
      at++;
      continue;
    }
    uint32_t character = utf8_next(text, &at);
    if (character >= 0x10000) {
      character -= 0x10000;
      hash = hash * 31 + (0xD800 + (character >> 10));
      character = 0xDC00 + (character & 0x3FF);
    }
    hash = hash * 31 + character;
  }
  return (int32_t)hash;
}
