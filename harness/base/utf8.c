#include "harness/base/utf8.h"

#include <string.h>

/* Length of the well-formed character at `at`, or 0; `subpart` receives the length of the maximal ill-formed
 * subpart. */
static size_t well_formed(Text text, size_t at, bool surrogates, size_t *subpart) {
  unsigned char first = (unsigned char)text.data[at];
  size_t left = text.length - at;
  size_t length;
  unsigned char low = 0x80, high = 0xBF;
  *subpart = 1;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) {
    length = 2;
  } else if (first < 0xF0) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED && !surrogates) high = 0x9F;
  } else {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  for (size_t i = 1; i < length; i++) {
    if (i >= left) return 0;
    unsigned char next = (unsigned char)text.data[at + i];
    if (next < (i == 1 ? low : 0x80) || next > (i == 1 ? high : 0xBF)) return 0;
    *subpart = i + 1;
  }
  return length;
}

/* Eight characters below U+0080 at once: most text is nothing else. */
static size_t skip_ascii(Text text, size_t at) {
  uint64_t word;
  for (; text.length - at >= sizeof word; at += sizeof word) {
    memcpy(&word, text.data + at, sizeof word);
    if (word & UINT64_C(0x8080808080808080)) break;
  }
  return at;
}

size_t utf8_valid_prefix(Text text) {
  size_t at = 0;
  while (at < text.length && (at = skip_ascii(text, at)) < text.length) {
    size_t subpart;
    size_t length = well_formed(text, at, false, &subpart);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

bool utf8_is_valid(Text text) {
  return utf8_valid_prefix(text) == text.length;
}

size_t utf8_count(Text text) {
  size_t count = 0;
  for (size_t i = 0; i < text.length; i++) count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
  return count;
}

uint32_t utf8_next(Text text, size_t *at) {
  size_t subpart;
  size_t length = well_formed(text, *at, true, &subpart);
  const unsigned char *bytes = (const unsigned char *)text.data + *at;
  *at += length == 0 ? subpart : length;
  switch (length) {
  case 1: return bytes[0];
  case 2: return (uint32_t)(bytes[0] & 0x1F) << 6 | (bytes[1] & 0x3F);
  case 3: return (uint32_t)(bytes[0] & 0x0F) << 12 | (uint32_t)(bytes[1] & 0x3F) << 6 | (bytes[2] & 0x3F);
  case 4:
    return (uint32_t)(bytes[0] & 0x07) << 18 | (uint32_t)(bytes[1] & 0x3F) << 12 |
           (uint32_t)(bytes[2] & 0x3F) << 6 | (bytes[3] & 0x3F);
  default: return UTF8_REPLACEMENT;
  }
}

size_t utf8_encode(uint32_t character, char out[4]) {
  if (character < 0x80) {
    out[0] = (char)character;
    return 1;
  }
  if (character < 0x800) {
    out[0] = (char)(0xC0 | character >> 6);
    out[1] = (char)(0x80 | (character & 0x3F));
    return 2;
  }
  if (character < 0x10000) {
    out[0] = (char)(0xE0 | character >> 12);
    out[1] = (char)(0x80 | (character >> 6 & 0x3F));
    out[2] = (char)(0x80 | (character & 0x3F));
    return 3;
  }
  out[0] = (char)(0xF0 | character >> 18);
  out[1] = (char)(0x80 | (character >> 12 & 0x3F));
  out[2] = (char)(0x80 | (character >> 6 & 0x3F));
  out[3] = (char)(0x80 | (character & 0x3F));
  return 4;
}

void utf8_append(Buffer *buffer, uint32_t character) {
  char bytes[4];
  buffer_append_bytes(buffer, bytes, utf8_encode(character, bytes));
}

static bool is_surrogate(const char *bytes, unsigned char kind) {
  return (unsigned char)bytes[0] == 0xED && ((unsigned char)bytes[1] & 0xF0) == kind;
}

void utf8_append_joining(Buffer *buffer, Text text) {
  enum { HIGH = 0xA0, LOW = 0xB0, SIZE = 3 };
  bool joins = text.length >= SIZE && buffer->length >= SIZE && is_surrogate(text.data, LOW) &&
               is_surrogate(buffer->data + buffer->length - SIZE, HIGH);
  if (joins && !buffer->overflowed) {
    size_t low_at = 0, high_at = 0;
    uint32_t low = utf8_next(text, &low_at);
    uint32_t high = utf8_next((Text){buffer->data + buffer->length - SIZE, SIZE}, &high_at);
    buffer->length -= SIZE;
    utf8_append(buffer, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    text = text_slice(text, low_at, text.length);
  }
  buffer_append(buffer, text);
}

Text utf8_repair(Text text, Arena *arena) {
  size_t at = utf8_valid_prefix(text);
  if (at == text.length) return text;
  Buffer repaired = buffer_make(arena, 0);
  buffer_reserve(&repaired, text.length + text.length / 8);
  size_t copied = 0;
  while (at < text.length) {
    size_t subpart;
    size_t length = well_formed(text, at, false, &subpart);
    if (length > 0) {
      at += length;
      continue;
    }
    well_formed(text, at, true, &subpart);
    buffer_append(&repaired, text_slice(text, copied, at));
    utf8_append(&repaired, UTF8_REPLACEMENT);
    at += subpart;
    copied = at;
  }
  buffer_append(&repaired, text_slice(text, copied, text.length));
  return buffer_text(&repaired);
}

bool utf8_is_hidden(uint32_t character) {
  return (character >= 0x7F && character < 0xA0) || character == 0x061C ||
         (character >= 0x200E && character <= 0x200F) || (character >= 0x2028 && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0xFEFF;
}

size_t utf16_length(Text text) {
  size_t units = 0;
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}
