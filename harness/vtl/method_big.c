/* java.math.BigInteger and BigDecimal. */
#include "harness/vtl/method_parts.h"

#include "harness/value/big_number.h"

#include <math.h>

/* Lexemes are converted on the way. */
static const BigNumber *big_value(Value number, Arena *arena) {
  return number_convert(number, VALUE_BIG_DECIMAL, arena).as.big;
}

static const BigNumber *self_big(const Call *call) {
  return big_value(call->self, call->arena);
}
static const BigNumber *big_argument(const Call *call, size_t argument) {
  return big_value(call->arguments[argument], call->arena);
}

static Value value_of_big(ValueKind kind, const BigNumber *big) {
  return (Value){.kind = (uint8_t)kind, .as.big = big};
}
static VtlAnswer answer_same_class(Call *call, const BigNumber *big) {
  return call_answer(call, value_of_big((ValueKind)call->self.kind, big));
}
static VtlAnswer answer_integer(Call *call, int64_t number) {
  return call_answer(call, value_integer((int32_t)number));
}
static VtlAnswer throw_arithmetic(Call *call) {
  return call_throw(call, "java.lang.ArithmeticException");
}
static VtlAnswer answer_if(Call *call, bool computed, const BigNumber *big) {
  return computed ? answer_same_class(call, big) : throw_arithmetic(call);
}

/* ---- both ---- */

static VtlAnswer big_abs(Call *call) {
  return answer_same_class(call, big_with_sign(self_big(call), false, call->arena));
}
static VtlAnswer big_negate(Call *call) {
  const BigNumber *self = self_big(call);
  return answer_same_class(call, big_with_sign(self, !self->negative, call->arena));
}
static VtlAnswer big_method_add(Call *call) {
  const BigNumber *sum = NULL;
  bool computed = big_add(self_big(call), big_argument(call, 0), call->arena, &sum);
  return answer_if(call, computed, sum);
}
static VtlAnswer big_subtract(Call *call) {
  const BigNumber *other = big_argument(call, 0), *difference = NULL;
  other = big_with_sign(other, !other->negative, call->arena);
  bool computed = big_add(self_big(call), other, call->arena, &difference);
  return answer_if(call, computed, difference);
}
static VtlAnswer big_method_multiply(Call *call) {
  const BigNumber *product = NULL;
  bool computed = big_multiply(self_big(call), big_argument(call, 0), call->arena, &product);
  return answer_if(call, computed, product);
}
static VtlAnswer big_signum(Call *call) {
  const BigNumber *self = self_big(call);
  return answer_integer(call, self->count == 0 ? 0 : self->negative ? -1 : 1);
}
static VtlAnswer big_compare_to(Call *call) {
  return answer_integer(call, big_compare(self_big(call), big_argument(call, 0)));
}
static VtlAnswer compare_to_other_class(Call *call) {
  if (value_is_null(call->arguments[0])) return call_throw_null_pointer(call);
  return call_throw(call, "java.lang.ClassCastException");
}
static VtlAnswer big_max(Call *call) {
  bool self = big_compare(self_big(call), big_argument(call, 0)) >= 0;
  return call_answer(call, self ? call->self : call->arguments[0]);
}
static VtlAnswer big_min(Call *call) {
  bool self = big_compare(self_big(call), big_argument(call, 0)) <= 0;
  return call_answer(call, self ? call->self : call->arguments[0]);
}

static VtlAnswer big_pow(Call *call) {
  int32_t power = call_integer(call, 0);
  if (power < 0 || power > 999999999) return throw_arithmetic(call);
  const BigNumber *result = big_from_long(1, call->arena), *base = self_big(call);
  for (uint32_t rest = (uint32_t)power; rest > 0; rest >>= 1) {
    if ((rest & 1) && !big_multiply(result, base, call->arena, &result)) return throw_arithmetic(call);
    if (rest > 1 && !big_multiply(base, base, call->arena, &base)) return throw_arithmetic(call);
  }
  return answer_same_class(call, result);
}

/* …ValueExact: throws when something would be lost. */
static VtlAnswer exact(Call *call, ValueKind kind) {
  Value number = number_convert(call->self, kind, call->arena);
  Value back = number_convert(number, VALUE_BIG_INTEGER, call->arena);
  if (big_compare(big_value(back, call->arena), self_big(call)) != 0) return throw_arithmetic(call);
  return call_answer(call, number);
}
static VtlAnswer big_byte_exact(Call *call) {
  return exact(call, VALUE_BYTE);
}
static VtlAnswer big_short_exact(Call *call) {
  return exact(call, VALUE_SHORT);
}
static VtlAnswer big_int_exact(Call *call) {
  return exact(call, VALUE_INTEGER);
}
static VtlAnswer big_long_exact(Call *call) {
  return exact(call, VALUE_LONG);
}

/* ---- BigInteger ---- */

static bool divide_self(const Call *call, const BigNumber **quotient, const BigNumber **remainder) {
  return big_divide(self_big(call), big_argument(call, 0), call->arena, quotient, remainder);
}

static VtlAnswer big_integer_divide(Call *call) {
  const BigNumber *quotient = NULL, *remainder;
  bool computed = divide_self(call, &quotient, &remainder);
  return answer_if(call, computed, quotient);
}
static VtlAnswer big_integer_remainder(Call *call) {
  const BigNumber *quotient, *remainder = NULL;
  bool computed = divide_self(call, &quotient, &remainder);
  return answer_if(call, computed, remainder);
}
static VtlAnswer big_integer_mod(Call *call) {
  const BigNumber *quotient, *remainder, *modulus = big_argument(call, 0);
  if (modulus->negative || !divide_self(call, &quotient, &remainder)) return throw_arithmetic(call);
  if (remainder->negative && !big_add(remainder, modulus, call->arena, &remainder))
    return throw_arithmetic(call);
  return answer_same_class(call, remainder);
}

static VtlAnswer answer_two(Call *call, const BigNumber *first, const BigNumber *second, Text class_name) {
  List *array = array_new(class_name, call->arena);
  list_append(array, value_of_big((ValueKind)call->self.kind, first), call->arena);
  list_append(array, value_of_big((ValueKind)call->self.kind, second), call->arena);
  return call_answer(call, value_from_list(array));
}

static VtlAnswer big_integer_divide_and_remainder(Call *call) {
  const BigNumber *quotient, *remainder;
  if (!divide_self(call, &quotient, &remainder)) return throw_arithmetic(call);
  return answer_two(call, quotient, remainder, TEXT("[Ljava.math.BigInteger;"));
}

/* Euclid's takes about two steps a digit, each as long as the numbers: bounded by the digits. */
static VtlAnswer big_integer_gcd(Call *call) {
  enum { LONGEST = 500 };
  const BigNumber *left = big_with_sign(self_big(call), false, call->arena);
  const BigNumber *right = big_with_sign(big_argument(call, 0), false, call->arena);
  if (left->count > LONGEST || right->count > LONGEST) return throw_arithmetic(call);
  while (right->count > 0) {
    const BigNumber *quotient, *remainder;
    if (!big_divide(left, right, call->arena, &quotient, &remainder)) return throw_arithmetic(call);
    left = right;
    right = remainder;
  }
  return answer_same_class(call, left);
}

static bool power_of_two(uint32_t power, Arena *arena, const BigNumber **out) {
  if (power > 1000 * 1000) return false;
  const BigNumber *base = big_from_long(2, arena);
  *out = big_from_long(1, arena);
  for (; power > 0; power >>= 1) {
    if ((power & 1) && !big_multiply(*out, base, arena, out)) return false;
    if (power > 1 && !big_multiply(base, base, arena, &base)) return false;
  }
  return true;
}

/* By 2^n; to the right rounds down, as shifting two's complement does. */
static VtlAnswer shift(Call *call, int64_t left) {
  const BigNumber *factor, *result, *remainder;
  const BigNumber *self = self_big(call);
  if (!power_of_two((uint32_t)(left < 0 ? -left : left), call->arena, &factor)) return throw_arithmetic(call);
  if (left >= 0) {
    bool computed = big_multiply(self, factor, call->arena, &result);
    return computed ? answer_same_class(call, result) : throw_arithmetic(call);
  }
  if (!big_divide(self, factor, call->arena, &result, &remainder)) return throw_arithmetic(call);
  if (remainder->negative && !big_add(result, big_from_long(-1, call->arena), call->arena, &result))
    return throw_arithmetic(call);
  return answer_same_class(call, result);
}
static VtlAnswer big_integer_shift_left(Call *call) {
  return shift(call, call_integer(call, 0));
}
static VtlAnswer big_integer_shift_right(Call *call) {
  return shift(call, -(int64_t)call_integer(call, 0));
}
static VtlAnswer big_integer_not(Call *call) {
  const BigNumber *self = self_big(call), *result = NULL;
  self = big_with_sign(self, !self->negative, call->arena);
  bool computed = big_add(self, big_from_long(-1, call->arena), call->arena, &result);
  return answer_if(call, computed, result);
}

/* The bits of two's complement without its sign: of a negative number those of -n - 1. */
static bool plain_bits(Call *call, Text *digits) {
  const BigNumber *self = self_big(call);
  if (self->negative && !big_add(self, big_from_long(1, call->arena), call->arena, &self)) return false;
  Value magnitude = value_of_big(VALUE_BIG_INTEGER, big_with_sign(self, false, call->arena)), text;
  Value radix = value_integer(2);
  if (method_call(magnitude, METHOD_toString, TEXT("toString"), &radix, 1, call->arena, &text, call->fault) !=
      VTL_FOUND)
    return false;
  *digits = value_text(text, call->arena);
  if (text_equal(*digits, TEXT("0"))) *digits = TEXT_EMPTY;
  return true;
}

static VtlAnswer big_integer_bit_length(Call *call) {
  Text bits;
  return plain_bits(call, &bits) ? answer_integer(call, (int64_t)bits.length) : throw_arithmetic(call);
}
static VtlAnswer big_integer_bit_count(Call *call) {
  Text bits;
  if (!plain_bits(call, &bits)) return throw_arithmetic(call);
  int64_t count = 0;
  for (size_t i = 0; i < bits.length; i++) count += bits.data[i] == '1';
  return answer_integer(call, count);
}
static VtlAnswer big_integer_test_bit(Call *call) {
  Text bits;
  int32_t bit = call_integer(call, 0);
  if (bit < 0 || !plain_bits(call, &bits)) return throw_arithmetic(call);
  bool set = (size_t)bit < bits.length && bits.data[bits.length - 1 - (size_t)bit] == '1';
  return call_answer(call, value_boolean(set != self_big(call)->negative));
}

static VtlAnswer big_integer_to_string(Call *call) {
  enum { LONGEST = 2000 };
  int32_t radix = call_integer(call, 0);
  const BigNumber *rest = self_big(call), *digit;
  bool negative = rest->negative;
  if (radix < 2 || radix > 36 || radix == 10)
    return call_answer_text(call, value_to_text(call->self, call->arena));
  if (rest->count > LONGEST) return call_throw(call, "java.lang.OutOfMemoryError");
  rest = big_with_sign(rest, false, call->arena);
  size_t room = (size_t)rest->count * 30 + 2;
  char *text = arena_alloc(call->arena, room), *at = text + room;
  const BigNumber *base = big_from_long(radix, call->arena);
  do {
    big_divide(rest, base, call->arena, &rest, &digit);
    *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[big_to_long(digit)];
  } while (rest->count > 0);
  if (negative) *--at = '-';
  return call_answer_text(call, (Text){at, (size_t)(text + room - at)});
}

static VtlAnswer big_value_of_long(Call *call) {
  return answer_same_class(call, big_from_long(call_long(call, 0), call->arena));
}

static const Method big_integer_rows[] = {
    METHOD_ROW(abs, "", big_abs),
    METHOD_ROW(add, "X", big_method_add),
    METHOD_ROW(bitCount, "", big_integer_bit_count),
    METHOD_ROW(bitLength, "", big_integer_bit_length),
    METHOD_ROW(byteValueExact, "", big_byte_exact),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "X", big_compare_to),
    METHOD_ROW(divide, "X", big_integer_divide),
    METHOD_ROW(divideAndRemainder, "X", big_integer_divide_and_remainder),
    METHOD_ROW(gcd, "X", big_integer_gcd),
    METHOD_ROW(intValueExact, "", big_int_exact),
    METHOD_ROW(longValueExact, "", big_long_exact),
    METHOD_ROW(max, "X", big_max),
    METHOD_ROW(min, "X", big_min),
    METHOD_ROW(mod, "X", big_integer_mod),
    METHOD_ROW(multiply, "X", big_method_multiply),
    METHOD_ROW(negate, "", big_negate),
    METHOD_ROW(not, "", big_integer_not),
    METHOD_ROW(pow, "I", big_pow),
    METHOD_ROW(remainder, "X", big_integer_remainder),
    METHOD_ROW(shiftLeft, "I", big_integer_shift_left),
    METHOD_ROW(shiftRight, "I", big_integer_shift_right),
    METHOD_ROW(shortValueExact, "", big_short_exact),
    METHOD_ROW(signum, "", big_signum),
    METHOD_ROW(subtract, "X", big_subtract),
    METHOD_ROW(testBit, "I", big_integer_test_bit),
    METHOD_ROW(toString, "I", big_integer_to_string),
    METHOD_ROW(valueOf, "J", big_value_of_long),
};
METHOD_TABLE(big_integer_methods, big_integer_rows, &number_methods);

/* ---- BigDecimal ---- */

static BigNumber *copy_with_scale(const BigNumber *number, int32_t scale, Arena *arena) {
  const BigNumber *copy = big_from_digits(number->negative, big_digits(number, arena), scale, arena);
  return (BigNumber *)(uintptr_t)copy;
}

static bool rescaled(const BigNumber *number, int64_t scale, Arena *arena, const BigNumber **out) {
  if (scale < INT32_MIN || scale > INT32_MAX) return false;
  *out = copy_with_scale(number, (int32_t)scale, arena);
  return true;
}

static bool rounding_of(int32_t number, BigRounding *out) {
  static const BigRounding roundings[] = {BIG_ROUND_UP,        BIG_ROUND_DOWN,       BIG_ROUND_CEILING,
                                          BIG_ROUND_FLOOR,     BIG_ROUND_HALF_UP,    BIG_ROUND_HALF_DOWN,
                                          BIG_ROUND_HALF_EVEN, BIG_ROUND_UNNECESSARY};
  if (number < 0 || number > 7) return false;
  *out = roundings[number];
  return true;
}

static VtlAnswer set_scale(Call *call, int32_t scale, int32_t rounding_number) {
  BigRounding rounding;
  const BigNumber *result = NULL;
  if (!rounding_of(rounding_number, &rounding)) return call_throw(call, "java.lang.IllegalArgumentException");
  bool computed = big_set_scale(self_big(call), scale, rounding, call->arena, &result);
  return answer_if(call, computed, result);
}
static VtlAnswer decimal_set_scale(Call *call) {
  return set_scale(call, call_integer(call, 0), call->count > 1 ? call_integer(call, 1) : 7);
}

static VtlAnswer divide_to(Call *call, int32_t scale, int32_t rounding_number) {
  BigRounding rounding;
  const BigNumber *result = NULL;
  if (!rounding_of(rounding_number, &rounding)) return call_throw(call, "java.lang.IllegalArgumentException");
  bool computed =
      big_divide_to_scale(self_big(call), big_argument(call, 0), scale, rounding, call->arena, &result);
  return answer_if(call, computed, result);
}
static VtlAnswer decimal_divide_rounding(Call *call) {
  return divide_to(call, self_big(call)->scale, call_integer(call, 1));
}
static VtlAnswer decimal_divide_scale_rounding(Call *call) {
  return divide_to(call, call_integer(call, 1), call_integer(call, 2));
}

static const BigNumber *without_zeros(const BigNumber *number, int64_t lowest_scale, Arena *arena) {
  Text digits = big_digits(number, arena);
  int64_t scale = number->scale;
  while (digits.length > 1 && digits.data[digits.length - 1] == '0' && scale > lowest_scale) {
    digits.length--;
    scale--;
  }
  return big_from_digits(number->negative, digits, (int32_t)scale, arena);
}

/* The exact quotient, with the preferred scale or the next larger one that holds it; throws when its digits
 * don't end. */
static VtlAnswer decimal_divide(Call *call) {
  const BigNumber *left = self_big(call), *right = big_argument(call, 0), *result;
  int64_t preferred = (int64_t)left->scale - right->scale;
  if (right->count == 0 || preferred < INT32_MIN || preferred > INT32_MAX) return throw_arithmetic(call);
  if (left->count == 0)
    return answer_same_class(call, copy_with_scale(left, (int32_t)preferred, call->arena));
  int64_t digits = big_digit_count(left) + (int64_t)ceil(10.0 * big_digit_count(right) / 3.0);
  int64_t scale = preferred + digits + 3;
  if (scale > INT32_MAX) return throw_arithmetic(call);
  if (!big_divide_to_scale(left, right, (int32_t)scale, BIG_ROUND_UNNECESSARY, call->arena, &result))
    return throw_arithmetic(call);
  return answer_same_class(call, without_zeros(result, preferred, call->arena));
}

static VtlAnswer decimal_strip_zeros(Call *call) {
  const BigNumber *self = self_big(call);
  if (self->count == 0) return answer_same_class(call, big_from_long(0, call->arena));
  return answer_same_class(call, without_zeros(self, INT32_MIN, call->arena));
}

/* The whole part of the quotient, with the preferred scale where that is possible. */
static bool divide_whole(Call *call, const BigNumber **out) {
  const BigNumber *left = self_big(call), *right = big_argument(call, 0), *whole;
  int64_t preferred = (int64_t)left->scale - right->scale;
  if (preferred < INT32_MIN || preferred > INT32_MAX) return false;
  if (!big_divide_to_scale(left, right, 0, BIG_ROUND_DOWN, call->arena, &whole)) return false;
  if (preferred >= 0)
    return big_set_scale(whole, (int32_t)preferred, BIG_ROUND_UNNECESSARY, call->arena, out);
  *out = whole->count == 0 ? copy_with_scale(whole, (int32_t)preferred, call->arena)
                           : without_zeros(whole, preferred, call->arena);
  return true;
}

static VtlAnswer decimal_divide_whole(Call *call) {
  const BigNumber *whole = NULL;
  bool computed = divide_whole(call, &whole);
  return answer_if(call, computed, whole);
}

static bool remainder_of(Call *call, const BigNumber **whole, const BigNumber **remainder) {
  const BigNumber *product;
  if (!divide_whole(call, whole) || !big_multiply(*whole, big_argument(call, 0), call->arena, &product))
    return false;
  product = big_with_sign(product, !product->negative, call->arena);
  return big_add(self_big(call), product, call->arena, remainder);
}

static VtlAnswer decimal_remainder(Call *call) {
  const BigNumber *whole, *remainder = NULL;
  bool computed = remainder_of(call, &whole, &remainder);
  return answer_if(call, computed, remainder);
}
static VtlAnswer decimal_divide_and_remainder(Call *call) {
  const BigNumber *whole, *remainder;
  if (!remainder_of(call, &whole, &remainder)) return throw_arithmetic(call);
  return answer_two(call, whole, remainder, TEXT("[Ljava.math.BigDecimal;"));
}

static VtlAnswer move_point(Call *call, int64_t left) {
  const BigNumber *self = self_big(call), *moved = NULL;
  if (left == 0) return call_answer(call, call->self);
  bool computed = rescaled(self, self->scale + left, call->arena, &moved);
  if (computed && moved->scale < 0)
    computed = big_set_scale(moved, 0, BIG_ROUND_UNNECESSARY, call->arena, &moved);
  return answer_if(call, computed, moved);
}
static VtlAnswer decimal_move_left(Call *call) {
  return move_point(call, call_integer(call, 0));
}
static VtlAnswer decimal_move_right(Call *call) {
  return move_point(call, -(int64_t)call_integer(call, 0));
}
static VtlAnswer decimal_scale_by_power(Call *call) {
  const BigNumber *scaled = NULL, *self = self_big(call);
  bool computed = rescaled(self, (int64_t)self->scale - call_integer(call, 0), call->arena, &scaled);
  return answer_if(call, computed, scaled);
}

static VtlAnswer decimal_identity(Call *call) {
  return call_answer(call, call->self);
}
static VtlAnswer decimal_precision(Call *call) {
  return answer_integer(call, big_digit_count(self_big(call)));
}
static VtlAnswer decimal_scale(Call *call) {
  return answer_integer(call, self_big(call)->scale);
}
static VtlAnswer decimal_unscaled(Call *call) {
  return call_answer(call, value_of_big(VALUE_BIG_INTEGER, copy_with_scale(self_big(call), 0, call->arena)));
}
static VtlAnswer decimal_ulp(Call *call) {
  return answer_same_class(
      call, copy_with_scale(big_from_long(1, call->arena), self_big(call)->scale, call->arena));
}

static VtlAnswer to_big_integer(Call *call, BigRounding rounding) {
  const BigNumber *whole;
  if (!big_set_scale(self_big(call), 0, rounding, call->arena, &whole)) return throw_arithmetic(call);
  return call_answer(call, value_of_big(VALUE_BIG_INTEGER, whole));
}
static VtlAnswer decimal_to_big_integer(Call *call) {
  return to_big_integer(call, BIG_ROUND_DOWN);
}
static VtlAnswer decimal_to_big_integer_exact(Call *call) {
  return to_big_integer(call, BIG_ROUND_UNNECESSARY);
}

static VtlAnswer decimal_to_plain(Call *call) {
  enum { LIMIT = 64 * 1024 * 1024 };
  Buffer out = buffer_make(call->arena, LIMIT);
  decimal_print_plain(self_big(call), &out);
  return out.overflowed ? call_throw(call, "java.lang.OutOfMemoryError")
                        : call_answer_text(call, buffer_text(&out));
}

/* As toString(), but exponents are multiples of three: up to three digits stand before the point. */
static VtlAnswer decimal_to_engineering(Call *call) {
  const BigNumber *self = self_big(call);
  Text digits = big_digits(self, call->arena);
  int64_t adjusted = (int64_t)digits.length - 1 - self->scale;
  if (self->scale >= 0 && adjusted >= -6)
    return call_answer_text(call, value_to_text(call->self, call->arena));
  int64_t over = ((adjusted % 3) + 3) % 3, whole = over + 1;
  adjusted -= over;
  if (self->count == 0) { /* zero shows its places behind the point */
    whole = 1;
    digits = over == 1 ? TEXT("000") : over == 2 ? TEXT("00") : TEXT("0");
    if (over > 0) adjusted += 3;
  }
  Buffer out = buffer_make(call->arena, 0);
  if (self->negative) buffer_append_char(&out, '-');
  buffer_append(&out, text_slice(digits, 0, (size_t)whole));
  for (int64_t i = (int64_t)digits.length; i < whole; i++) buffer_append_char(&out, '0');
  if ((int64_t)digits.length > whole) {
    buffer_append_char(&out, '.');
    buffer_append(&out, text_slice(digits, (size_t)whole, digits.length));
  }
  if (adjusted != 0) buffer_print(&out, "E%+lld", (long long)adjusted);
  return call_answer_text(call, buffer_text(&out));
}

static VtlAnswer decimal_value_of_double(Call *call) {
  Value number, text = call->arguments[0];
  double value = value_to_double(text);
  if (!isfinite(value)) return call_throw(call, "java.lang.NumberFormatException");
  number_parse(VALUE_BIG_DECIMAL, value_to_text(value_double(value), call->arena), 10, call->arena, &number);
  return call_answer(call, number);
}
static VtlAnswer decimal_value_of_unscaled(Call *call) {
  const BigNumber *unscaled = big_from_long(call_long(call, 0), call->arena);
  return answer_same_class(call, copy_with_scale(unscaled, call_integer(call, 1), call->arena));
}

static const Method big_decimal_rows[] = {
    METHOD_ROW(abs, "", big_abs),
    METHOD_ROW(abs, "1", call_throw_null_pointer),
    METHOD_ROW(add, "Y", big_method_add),
    METHOD_ROW(byteValueExact, "", big_byte_exact),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "Y", big_compare_to),
    METHOD_ROW(divide, "Y", decimal_divide),
    METHOD_ROW(divide, "YI", decimal_divide_rounding),
    METHOD_ROW(divide, "YII", decimal_divide_scale_rounding),
    METHOD_ROW(divideAndRemainder, "Y", decimal_divide_and_remainder),
    METHOD_ROW(divideToIntegralValue, "Y", decimal_divide_whole),
    METHOD_ROW(intValueExact, "", big_int_exact),
    METHOD_ROW(longValueExact, "", big_long_exact),
    METHOD_ROW(max, "Y", big_max),
    METHOD_ROW(min, "Y", big_min),
    METHOD_ROW(movePointLeft, "I", decimal_move_left),
    METHOD_ROW(movePointRight, "I", decimal_move_right),
    METHOD_ROW(multiply, "Y", big_method_multiply),
    METHOD_ROW(negate, "", big_negate),
    METHOD_ROW(plus, "", decimal_identity),
    METHOD_ROW(pow, "I", big_pow),
    METHOD_ROW(precision, "", decimal_precision),
    METHOD_ROW(remainder, "Y", decimal_remainder),
    METHOD_ROW(scale, "", decimal_scale),
    METHOD_ROW(scaleByPowerOfTen, "I", decimal_scale_by_power),
    METHOD_ROW(setScale, "I", decimal_set_scale),
    METHOD_ROW(setScale, "II", decimal_set_scale),
    METHOD_ROW(shortValueExact, "", big_short_exact),
    METHOD_ROW(signum, "", big_signum),
    METHOD_ROW(stripTrailingZeros, "", decimal_strip_zeros),
    METHOD_ROW(subtract, "Y", big_subtract),
    METHOD_ROW(toBigInteger, "", decimal_to_big_integer),
    METHOD_ROW(toBigIntegerExact, "", decimal_to_big_integer_exact),
    METHOD_ROW(toEngineeringString, "", decimal_to_engineering),
    METHOD_ROW(toPlainString, "", decimal_to_plain),
    METHOD_ROW(ulp, "", decimal_ulp),
    METHOD_ROW(unscaledValue, "", decimal_unscaled),
    METHOD_ROW(valueOf, "D", decimal_value_of_double),
    METHOD_ROW(valueOf, "J", big_value_of_long),
    METHOD_ROW(valueOf, "JI", decimal_value_of_unscaled),
};
METHOD_TABLE(big_decimal_methods, big_decimal_rows, &number_methods);
