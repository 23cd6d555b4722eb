/* Escapes and blanks in names and strings of paths. */
#include "harness/base/utf8.h"
#include "harness/jsonpath/parts.h"

/* Integer.parseInt(…, 16) of four characters: a sign is allowed, and its value is cut to 16 bits. */
static bool read_unit(Text digits, uint16_t *out) {
  bool negative = digits.data[0] == '-';
  if (negative || digits.data[0] == '+') digits = text_slice(digits, 1, digits.length);
  uint32_t unit = 0;
  for (size_t i = 0; i < digits.length; i++) {
    char digit = digits.data[i];
    if (digit >= '0' && digit <= '9') {
      unit = unit * 16 + (uint32_t)(digit - '0');
    } else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f') {
      unit = unit * 16 + (uint32_t)((digit | 0x20) - 'a' + 10);
    } else {
      return false;
    }
  }
  *out = (uint16_t)(negative ? 0 - unit : unit);
  return true;
}

/* Bytes from `at` that hold four UTF-16 units, 0 when the text ends before. */
static size_t four_units(Text text, size_t at) {
  size_t begin = at;
  for (unsigned units = 0; units < 4;) {
    if (at >= text.length) return 0;
    units += utf8_next(text, &at) >= 0x10000 ? 2 : 1;
  }
  return at - begin;
}

/* Joins the unit with a high surrogate right before it, as neighbours in a Java string are one character. */
static void append_unit(Buffer *out, uint16_t unit, uint16_t *high) {
  if (unit >= 0xDC00 && unit <= 0xDFFF && *high != 0) {
    out->length -= 3;
    utf8_append(out, 0x10000 + ((uint32_t)(*high - 0xD800) << 10) + (uint32_t)(unit - 0xDC00));
    *high = 0;
    return;
  }
  utf8_append(out, unit);
  *high = unit >= 0xD800 && unit <= 0xDBFF ? unit : 0;
}

static char simple_escape(char letter) {
  switch (letter) {
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return letter;
  }
}

bool literal_unescape(Text text, Arena *arena, Text *out) {
  *out = text;
  if (text_find_char(text, '\\', 0) == TEXT_NOT_FOUND) return true;
  Buffer buffer = buffer_make(arena, 0);
  uint16_t high = 0;
  for (size_t at = 0; at < text.length;) {
    char byte = text.data[at++];
    if (byte != '\\' || at == text.length) {
      buffer_append_char(&buffer, byte);
      high = 0;
    } else if (text.data[at] != 'u') {
      buffer_append_char(&buffer, simple_escape(text.data[at++]));
      high = 0;
    } else {
      uint16_t unit;
      size_t length = four_units(text, ++at);
      if (length == 0) break; /* an unfinished escape at the end is dropped (seen) */
      if (length != 4 || !read_unit(text_slice(text, at, at + 4), &unit)) return false;
      append_unit(&buffer, unit, &high);
      at += 4;
    }
  }
  *out = buffer_text(&buffer);
  return true;
}

Text literal_trim(Text text) {
  while (text.length > 0 && (unsigned char)text.data[0] <= ' ') text = text_slice(text, 1, text.length);
  while (text.length > 0 && (unsigned char)text.data[text.length - 1] <= ' ') text.length--;
  return text;
}
