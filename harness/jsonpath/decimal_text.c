#include "harness/jsonpath/decimal_text.h"

#include "harness/base/buffer.h"

#include <string.h>

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* exponent = [ "+" | "-" ] digits; at most ten of them once leading zeros are gone. */
static bool exponent_read(Text text, int64_t *out) {
  bool negative = text.length > 0 && text.data[0] == '-';
  if (negative || (text.length > 0 && text.data[0] == '+')) text = text_slice(text, 1, text.length);
  if (text.length == 0) return false;
  while (text.length > 10 && text.data[0] == '0') text = text_slice(text, 1, text.length);
  if (text.length > 10) return false;
  int64_t exponent = 0;
  for (size_t i = 0; i < text.length; i++) {
    if (!is_digit(text.data[i])) return false;
    exponent = exponent * 10 + (text.data[i] - '0');
  }
  *out = negative ? -exponent : exponent;
  return true;
}

/* Without leading zeros; copied only when there are digits on both sides of the point. */
static Text digits_join(Text whole, Text fraction, Arena *arena) {
  while (whole.length > 0 && whole.data[0] == '0') whole = text_slice(whole, 1, whole.length);
  if (fraction.length == 0) return whole;
  if (whole.length == 0) {
    while (fraction.length > 0 && fraction.data[0] == '0')
      fraction = text_slice(fraction, 1, fraction.length);
    return fraction;
  }
  char *digits = arena_alloc(arena, whole.length + fraction.length);
  memcpy(digits, whole.data, whole.length);
  memcpy(digits + whole.length, fraction.data, fraction.length);
  return (Text){digits, whole.length + fraction.length};
}

bool decimal_text_read(Text text, Arena *arena, DecimalText *out) {
  *out = (DecimalText){0};
  size_t at = 0;
  if (at < text.length && (text.data[at] == '-' || text.data[at] == '+'))
    out->negative = text.data[at++] == '-';
  size_t begin = at;
  while (at < text.length && is_digit(text.data[at])) at++;
  Text whole = text_slice(text, begin, at), fraction = TEXT_EMPTY;
  if (at < text.length && text.data[at] == '.') {
    begin = ++at;
    while (at < text.length && is_digit(text.data[at])) at++;
    fraction = text_slice(text, begin, at);
  }
  if (whole.length + fraction.length == 0) return false;
  out->scale = (int64_t)fraction.length;
  out->digits = digits_join(whole, fraction, arena);
  if (at < text.length) {
    int64_t exponent;
    if ((text.data[at] != 'e' && text.data[at] != 'E') ||
        !exponent_read(text_slice(text, at + 1, text.length), &exponent)) {
      return false;
    }
    out->scale -= exponent;
  }
  if (out->scale < INT32_MIN || out->scale > INT32_MAX) return false;
  return true;
}

static int magnitude_compare(const DecimalText *left, const DecimalText *right) {
  int64_t left_top = (int64_t)left->digits.length - left->scale;
  int64_t right_top = (int64_t)right->digits.length - right->scale;
  if (left_top != right_top) return left_top < right_top ? -1 : 1;
  size_t longer = left->digits.length > right->digits.length ? left->digits.length : right->digits.length;
  for (size_t i = 0; i < longer; i++) {
    char from_left = i < left->digits.length ? left->digits.data[i] : '0';
    char from_right = i < right->digits.length ? right->digits.data[i] : '0';
    if (from_left != from_right) return from_left < from_right ? -1 : 1;
  }
  return 0;
}

static int decimal_sign(const DecimalText *decimal) {
  if (decimal->digits.length == 0) return 0;
  return decimal->negative ? -1 : 1;
}

int decimal_text_compare(const DecimalText *left, const DecimalText *right) {
  int left_sign = decimal_sign(left), right_sign = decimal_sign(right);
  if (left_sign != right_sign) return left_sign < right_sign ? -1 : 1;
  return left_sign == 0 ? 0 : left_sign * magnitude_compare(left, right);
}

/* ddd.ddd, with the zeros that a small number needs in front. */
static void print_plain(const char *digits, size_t length, size_t scale, Buffer *out) {
  if (length > scale) {
    buffer_append_bytes(out, digits, length - scale);
    if (scale == 0) return;
    buffer_append_char(out, '.');
    buffer_append_bytes(out, digits + length - scale, scale);
    return;
  }
  buffer_append_string(out, "0.");
  for (size_t i = length; i < scale; i++) buffer_append_char(out, '0');
  buffer_append_bytes(out, digits, length);
}

Text decimal_text_print(const DecimalText *decimal, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  const char *digits = decimal->digits.length > 0 ? decimal->digits.data : "0";
  size_t length = decimal->digits.length > 0 ? decimal->digits.length : 1;
  int64_t adjusted = (int64_t)length - 1 - decimal->scale;
  if (decimal_sign(decimal) < 0) buffer_append_char(&out, '-');
  if (decimal->scale >= 0 && adjusted >= -6) {
    print_plain(digits, length, (size_t)decimal->scale, &out);
    return buffer_text(&out);
  }
  buffer_append_char(&out, digits[0]);
  if (length > 1) {
    buffer_append_char(&out, '.');
    buffer_append_bytes(&out, digits + 1, length - 1);
  }
  if (adjusted != 0) buffer_print(&out, "E%+lld", (long long)adjusted);
  return buffer_text(&out);
}

int32_t decimal_text_to_int(const DecimalText *decimal) {
  int64_t whole = (int64_t)decimal->digits.length - decimal->scale;
  if (whole <= 0 || decimal->scale < -32) return 0; /* 10^33 and up are multiples of 2^32 */
  uint32_t bits = 0;
  for (int64_t i = 0; i < whole; i++) {
    uint32_t digit = i < (int64_t)decimal->digits.length ? (uint32_t)(decimal->digits.data[i] - '0') : 0;
    bits = bits * 10 + digit;
  }
  if (decimal->negative) bits = 0 - bits;
  int32_t result;
  memcpy(&result, &bits, sizeof result);
  return result;
}
