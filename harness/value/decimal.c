/* java.math.BigDecimal to and from text. */
#include "harness/value/big_number.h"

#include <assert.h>
#include <string.h>

/* A decimal text taken apart; `whole` and `fraction` are runs of digits. */
typedef struct DecimalText {
  bool negative;
  Text whole;
  Text fraction;
  int32_t scale;
} DecimalText;

static size_t skip_digits(Text text, size_t at) {
  while (at < text.length && text.data[at] >= '0' && text.data[at] <= '9') at++;
  return at;
}

/* exponent: [+-]? digit{1,10} and in the range of int */
static bool read_exponent(Text text, int64_t *out) {
  bool negative = text.length > 0 && text.data[0] == '-';
  size_t at = negative || (text.length > 0 && text.data[0] == '+') ? 1 : 0;
  if (at == text.length || skip_digits(text, at) != text.length) return false;
  while (at < text.length - 1 && text.data[at] == '0') at++;
  if (text.length - at > 10) return false;
  int64_t sum = 0;
  for (; at < text.length; at++) sum = sum * 10 + (text.data[at] - '0');
  *out = negative ? -sum : sum;
  return sum <= INT32_MAX;
}

/* decimal: [+-]? digit* ( '.' digit* )? ( [eE] exponent )?, with a digit before the exponent */
static bool take_apart(Text text, DecimalText *out) {
  size_t at = 0;
  out->negative = text.length > 0 && text.data[0] == '-';
  if (out->negative || (text.length > 0 && text.data[0] == '+')) at++;
  size_t end = skip_digits(text, at);
  out->whole = text_slice(text, at, end);
  out->fraction = TEXT_EMPTY;
  at = end;
  if (at < text.length && text.data[at] == '.') {
    end = skip_digits(text, at + 1);
    out->fraction = text_slice(text, at + 1, end);
    at = end;
  }
  if (out->whole.length + out->fraction.length == 0) return false;
  int64_t exponent = 0;
  if (at < text.length) {
    if ((text.data[at] | 0x20) != 'e' || !read_exponent(text_slice(text, at + 1, text.length), &exponent))
      return false;
  }
  int64_t scale = (int64_t)out->fraction.length - exponent;
  if (scale < INT32_MIN || scale > INT32_MAX) return false;
  out->scale = (int32_t)scale;
  return true;
}

bool decimal_read(Text text, Arena *arena, const BigNumber **out) {
  DecimalText parts;
  if (!take_apart(text, &parts)) return false;
  Buffer digits = buffer_make(arena, 0);
  buffer_append(&digits, parts.whole);
  buffer_append(&digits, parts.fraction);
  *out = big_from_digits(parts.negative, buffer_text(&digits), parts.scale, arena);
  return true;
}

bool decimal_lexeme_fits(Text lexeme) {
  DecimalText parts;
  return take_apart(lexeme, &parts);
}

/* Digits that stand in two pieces, because a point was between them. */
typedef struct Digits {
  Text head;
  Text tail;
} Digits;

static void append_digits(Buffer *out, Digits digits, size_t from, size_t to) {
  size_t head = digits.head.length;
  if (from < head) buffer_append(out, text_slice(digits.head, from, to < head ? to : head));
  if (to > head) buffer_append(out, text_slice(digits.tail, from > head ? from - head : 0, to - head));
}

static void append_zeros(Buffer *out, int64_t count) {
  for (; count > 0; count--) buffer_append_char(out, '0');
}

/* BigDecimal.toString(): plain while scale >= 0 and the first digit stands no further right than 10^-6. */
static void print_digits(bool negative, Digits digits, int32_t scale, Buffer *out) {
  size_t count = digits.head.length + digits.tail.length;
  int64_t adjusted = (int64_t)count - 1 - scale;
  if (negative) buffer_append_char(out, '-');
  if (scale >= 0 && adjusted >= -6) {
    size_t whole = count > (size_t)scale ? count - (size_t)scale : 0;
    if (whole == 0) buffer_append_char(out, '0');
    append_digits(out, digits, 0, whole);
    if (scale == 0) return;
    buffer_append_char(out, '.');
    append_zeros(out, (int64_t)scale - (int64_t)count);
    append_digits(out, digits, whole, count);
    return;
  }
  append_digits(out, digits, 0, 1);
  if (count > 1) {
    buffer_append_char(out, '.');
    append_digits(out, digits, 1, count);
  }
  if (adjusted != 0) buffer_print(out, "E%+lld", (long long)adjusted);
}

bool decimal_print_lexeme(Text lexeme, Buffer *out) {
  DecimalText parts;
  if (!take_apart(lexeme, &parts)) return false;
  size_t zeros = 0;
  while (zeros < parts.whole.length && parts.whole.data[zeros] == '0') zeros++;
  Digits digits = {text_slice(parts.whole, zeros, parts.whole.length), parts.fraction};
  if (digits.head.length == 0) {
    zeros = 0;
    while (zeros < digits.tail.length && digits.tail.data[zeros] == '0') zeros++;
    digits.tail = text_slice(digits.tail, zeros, digits.tail.length);
  }
  bool zero = digits.head.length + digits.tail.length == 0;
  if (zero) digits.head = TEXT("0");
  print_digits(parts.negative && !zero, digits, parts.scale, out);
  return true;
}

void decimal_print(const BigNumber *number, Buffer *out) {
  Arena *scratch = arena_new(0);
  print_digits(number->negative, (Digits){big_digits(number, scratch), TEXT_EMPTY}, number->scale, out);
  arena_free(scratch);
}

void decimal_print_plain(const BigNumber *number, Buffer *out) {
  Arena *scratch = arena_new(0);
  Text digits = big_digits(number, scratch);
  if (number->negative) buffer_append_char(out, '-');
  int64_t scale = number->scale;
  if (scale <= 0) {
    buffer_append(out, digits);
    if (number->count > 0) append_zeros(out, -scale);
  } else {
    size_t whole = digits.length > (size_t)scale ? digits.length - (size_t)scale : 0;
    if (whole == 0) buffer_append_char(out, '0');
    buffer_append(out, text_slice(digits, 0, whole));
    buffer_append_char(out, '.');
    append_zeros(out, scale - (int64_t)digits.length);
    buffer_append(out, text_slice(digits, whole, digits.length));
  }
  arena_free(scratch);
}
