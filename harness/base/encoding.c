#include "harness/base/encoding.h"

#include <string.h>

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_append(Buffer *buffer, Text bytes) {
  if (!buffer_reserve(buffer, (bytes.length + 2) / 3 * 4)) return;
  for (size_t at = 0; at < bytes.length; at += 3) {
    size_t left = bytes.length - at;
    uint32_t group = (uint32_t)(unsigned char)bytes.data[at] << 16;
    if (left > 1) group |= (uint32_t)(unsigned char)bytes.data[at + 1] << 8;
    if (left > 2) group |= (uint32_t)(unsigned char)bytes.data[at + 2];
    char digits[4] = {base64_digits[group >> 18], base64_digits[group >> 12 & 63],
                      left > 1 ? base64_digits[group >> 6 & 63] : '=',
                      left > 2 ? base64_digits[group & 63] : '='};
    buffer_append_bytes(buffer, digits, 4);
  }
}

Text base64_encode(Text bytes, Arena *arena) {
  Buffer buffer = buffer_make(arena, 0);
  base64_append(&buffer, bytes);
  return buffer_text(&buffer);
}

static int base64_value(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

bool base64_decode(Text text, Arena *arena, Text *out, Fault *fault) {
  size_t length = text.length;
  size_t padding = 0;
  while (padding < 2 && length > 0 && text.data[length - 1] == '=') {
    padding++;
    length--;
  }
  size_t rest = length % 4;
  if (rest == 1) return fault_raise(fault, FAULT_INPUT, "base64 ends in a single left-over digit");
  if (padding > 0 && (length + padding) % 4 != 0)
    return fault_raise(fault, FAULT_INPUT, "base64 has wrong padding");
  char *bytes = arena_alloc(arena, length / 4 * 3 + 3);
  size_t count = 0;
  uint32_t group = 0;
  for (size_t i = 0; i < length; i++) {
    int value = base64_value(text.data[i]);
    if (value < 0)
      return fault_raise(fault, FAULT_INPUT, "byte 0x%02x at offset %zu is no base64 digit",
                         (unsigned char)text.data[i], i);
    group = group << 6 | (uint32_t)value;
    if (i % 4 == 3) {
      bytes[count++] = (char)(group >> 16);
      bytes[count++] = (char)(group >> 8);
      bytes[count++] = (char)group;
      group = 0;
    }
  }
  if (rest >= 2) bytes[count++] = (char)(rest == 2 ? group >> 4 : group >> 10);
  if (rest == 3) bytes[count++] = (char)(group >> 2);
  *out = (Text){bytes, count};
  return true;
}

static int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

Text percent_decode(Text text, bool plus_is_space, Arena *arena) {
  if (text_find_char(text, '%', 0) == TEXT_NOT_FOUND &&
      !(plus_is_space && text_find_char(text, '+', 0) != TEXT_NOT_FOUND))
    return text;
  char *bytes = arena_alloc(arena, text.length + 1);
  size_t count = 0;
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    if (byte == '+' && plus_is_space) byte = ' ';
    if (byte == '%' && i + 2 < text.length && hex_value(text.data[i + 1]) >= 0 &&
        hex_value(text.data[i + 2]) >= 0) {
      byte = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
      i += 2;
    }
    bytes[count++] = byte;
  }
  bytes[count] = '\0';
  return (Text){bytes, count};
}

Text percent_encode(Text text, const char *keep, Arena *arena) {
  static const char hex[] = "0123456789ABCDEF";
  Buffer buffer = buffer_make(arena, 0);
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                 (byte >= '0' && byte <= '9') ||
                 (byte != '\0' && (strchr("-._~", byte) != NULL || strchr(keep, byte) != NULL));
    if (plain) {
      buffer_append_char(&buffer, byte);
    } else {
      char escape[3] = {'%', hex[(unsigned char)byte >> 4], hex[(unsigned char)byte & 15]};
      buffer_append_bytes(&buffer, escape, 3);
    }
  }
  return buffer_text(&buffer);
}
