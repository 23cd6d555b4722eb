/* java.lang.Number, Byte, Short, Integer, Long, Float and Double. The whole-number classes share their
 * bodies: the class of `self` says in which one is computed, since statics are called through an instance. */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"

#include <math.h>
#include <string.h>

static Value whole_value(ValueKind kind, int64_t number, Arena *arena) {
  return number_convert(value_long(number), kind, arena);
}

static VtlAnswer answer_whole(Call *call, int64_t number) {
  return call_answer(call, whole_value((ValueKind)call->self.kind, number, call->arena));
}

static VtlAnswer answer_integer(Call *call, int64_t number) {
  return call_answer(call, value_integer((int32_t)number));
}

static VtlAnswer answer_boolean(Call *call, bool boolean) {
  return call_answer(call, value_boolean(boolean));
}

static VtlAnswer not_a_number(Call *call) {
  return call_throw(call, "java.lang.NumberFormatException");
}

static int64_t self_whole(const Call *call) {
  int64_t number = 0;
  value_to_long(call->self, &number);
  return number;
}

/* ---- Number ---- */

static VtlAnswer convert_self(Call *call, ValueKind kind) {
  return call_answer(call, number_convert(call->self, kind, call->arena));
}

static VtlAnswer number_byte_value(Call *call) {
  return convert_self(call, VALUE_BYTE);
}
static VtlAnswer number_short_value(Call *call) {
  return convert_self(call, VALUE_SHORT);
}
static VtlAnswer number_int_value(Call *call) {
  return convert_self(call, VALUE_INTEGER);
}
static VtlAnswer number_long_value(Call *call) {
  return convert_self(call, VALUE_LONG);
}
static VtlAnswer number_float_value(Call *call) {
  return convert_self(call, VALUE_FLOAT);
}
static VtlAnswer number_double_value(Call *call) {
  return convert_self(call, VALUE_DOUBLE);
}

static const Method number_rows[] = {
    METHOD_ROW(byteValue, "", number_byte_value),   METHOD_ROW(doubleValue, "", number_double_value),
    METHOD_ROW(floatValue, "", number_float_value), METHOD_ROW(intValue, "", number_int_value),
    METHOD_ROW(longValue, "", number_long_value),   METHOD_ROW(shortValue, "", number_short_value),
};
METHOD_TABLE(number_methods, number_rows, &object_methods);

/* ---- whole numbers: text ---- */

static VtlAnswer parse_self_kind(Call *call, Text text, int radix) {
  Value number;
  if (!number_parse((ValueKind)call->self.kind, text, radix, call->arena, &number)) return not_a_number(call);
  return call_answer(call, number);
}

static VtlAnswer whole_parse(Call *call) {
  return parse_self_kind(call, call_text(call, 0), call->count > 1 ? call_integer(call, 1) : 10);
}

/* parseInt(text, from, to, radix) */
static VtlAnswer whole_parse_part(Call *call) {
  Text text = call_text(call, 0);
  int32_t from = call_integer(call, 1), to = call_integer(call, 2);
  if (from < 0 || from > to || (size_t)to > utf16_length(text)) return call_throw_index(call);
  return parse_self_kind(call, text_of_span(text, (size_t)from, (size_t)to, call->arena),
                         call_integer(call, 3));
}

static VtlAnswer whole_parse_unsigned(Call *call) {
  Value number;
  int radix = call->count > 1 ? call_integer(call, 1) : 10;
  Text text = call_text(call, 0);
  if (text.length > 0 && text.data[0] == '-') return not_a_number(call);
  if (!number_parse(VALUE_BIG_INTEGER, text, radix, call->arena, &number)) return not_a_number(call);
  Value most;
  bool wide = call->self.kind == VALUE_LONG;
  number_parse(VALUE_BIG_INTEGER, wide ? TEXT("18446744073709551615") : TEXT("4294967295"), 10, call->arena,
               &most);
  if (number_compare(number, most) > 0) return not_a_number(call);
  return call_answer(call, number_convert(number, (ValueKind)call->self.kind, call->arena));
}

/* decode: sign? ( '0x' | '0X' | '#' | '0' )? digits */
static VtlAnswer whole_decode(Call *call) {
  Text text = call_text(call, 0);
  bool negative = text.length > 0 && text.data[0] == '-';
  Text rest = text_slice(text, negative || (text.length > 0 && text.data[0] == '+') ? 1 : 0, text.length);
  int radix = 10;
  if (text_starts(rest, TEXT("0x")) || text_starts(rest, TEXT("0X"))) {
    radix = 16;
    rest = text_slice(rest, 2, rest.length);
  } else if (text_starts(rest, TEXT("#"))) {
    radix = 16;
    rest = text_slice(rest, 1, rest.length);
  } else if (text_starts(rest, TEXT("0")) && rest.length > 1) {
    radix = 8;
    rest = text_slice(rest, 1, rest.length);
  }
  if (rest.length == 0 || rest.data[0] == '-' || rest.data[0] == '+') return not_a_number(call);
  return parse_self_kind(call, arena_print(call->arena, "%s%.*s", negative ? "-" : "", TEXT_ARGS(rest)),
                         radix);
}

static Text in_radix(uint64_t number, bool negative, unsigned radix, Arena *arena) {
  char *digits = arena_alloc(arena, 66);
  char *at = digits + 66;
  do *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[number % radix];
  while ((number /= radix) > 0);
  if (negative) *--at = '-';
  return (Text){at, (size_t)(digits + 66 - at)};
}

static uint64_t bits_of(const Call *call, size_t argument) {
  uint64_t bits = (uint64_t)call_long(call, argument);
  return call->self.kind == VALUE_LONG ? bits : bits & 0xFFFFFFFFu;
}

static VtlAnswer answer_bits_in(Call *call, unsigned radix) {
  return call_answer_text(call, in_radix(bits_of(call, 0), false, radix, call->arena));
}

static VtlAnswer whole_to_binary(Call *call) {
  return answer_bits_in(call, 2);
}
static VtlAnswer whole_to_hex(Call *call) {
  return answer_bits_in(call, 16);
}
static VtlAnswer whole_to_octal(Call *call) {
  return answer_bits_in(call, 8);
}

static unsigned radix_argument(const Call *call) {
  int32_t radix = call->count > 1 ? call_integer(call, 1) : 10;
  return radix < 2 || radix > 36 ? 10 : (unsigned)radix;
}

static VtlAnswer whole_to_string(Call *call) {
  int64_t number = call_long(call, 0);
  uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  return call_answer_text(call, in_radix(magnitude, number < 0, radix_argument(call), call->arena));
}

static VtlAnswer whole_to_unsigned_string(Call *call) {
  return call_answer_text(call, in_radix(bits_of(call, 0), false, radix_argument(call), call->arena));
}

static VtlAnswer whole_to_unsigned_long(Call *call) {
  uint64_t mask = call->self.kind == VALUE_BYTE    ? 0xFF
                  : call->self.kind == VALUE_SHORT ? 0xFFFF
                                                   : 0xFFFFFFFFu;
  return call_answer(call, value_long((int64_t)((uint64_t)call_long(call, 0) & mask)));
}

static VtlAnswer whole_to_unsigned_int(Call *call) {
  whole_to_unsigned_long(call);
  return answer_integer(call, call->result->as.long_integer);
}

/* ---- whole numbers: arithmetic ---- */

static VtlAnswer first_argument(Call *call) {
  return call_answer(call, number_convert(call->arguments[0], (ValueKind)call->self.kind, call->arena));
}

static int order_of(int64_t left, int64_t right) {
  return left < right ? -1 : left > right;
}

/* Byte and Short answer with the difference. */
static VtlAnswer answer_order(Call *call, int64_t left, int64_t right) {
  bool narrow = call->self.kind == VALUE_BYTE || call->self.kind == VALUE_SHORT;
  return answer_integer(call, narrow ? left - right : order_of(left, right));
}

static VtlAnswer whole_compare(Call *call) {
  return answer_order(call, call_long(call, 0), call_long(call, 1));
}
static VtlAnswer whole_compare_to(Call *call) {
  return answer_order(call, self_whole(call), call_long(call, 0));
}
static VtlAnswer compare_to_other_class(Call *call) {
  if (value_is_null(call->arguments[0])) return call_throw_null_pointer(call);
  return call_throw(call, "java.lang.ClassCastException");
}
static VtlAnswer whole_compare_unsigned(Call *call) {
  uint64_t left = bits_of(call, 0), right = bits_of(call, 1);
  return answer_integer(call, left < right ? -1 : left > right);
}
static VtlAnswer whole_divide_unsigned(Call *call) {
  if (bits_of(call, 1) == 0) return call_throw(call, "java.lang.ArithmeticException: / by zero");
  return answer_whole(call, (int64_t)(bits_of(call, 0) / bits_of(call, 1)));
}
static VtlAnswer whole_remainder_unsigned(Call *call) {
  if (bits_of(call, 1) == 0) return call_throw(call, "java.lang.ArithmeticException: / by zero");
  return answer_whole(call, (int64_t)(bits_of(call, 0) % bits_of(call, 1)));
}
static VtlAnswer whole_max(Call *call) {
  int64_t left = call_long(call, 0), right = call_long(call, 1);
  return answer_whole(call, left > right ? left : right);
}
static VtlAnswer whole_min(Call *call) {
  int64_t left = call_long(call, 0), right = call_long(call, 1);
  return answer_whole(call, left < right ? left : right);
}
static VtlAnswer whole_sum(Call *call) {
  return answer_whole(call, (int64_t)((uint64_t)call_long(call, 0) + (uint64_t)call_long(call, 1)));
}
static VtlAnswer whole_signum(Call *call) {
  return answer_integer(call, order_of(call_long(call, 0), 0));
}
static VtlAnswer static_hash_code(Call *call) {
  Value number = number_convert(call->arguments[0], (ValueKind)call->self.kind, call->arena);
  return answer_integer(call, value_hash_code(number));
}

/* ---- whole numbers: bits ---- */

static int width_of(const Call *call) {
  return call->self.kind == VALUE_LONG ? 64 : 32;
}

static VtlAnswer whole_bit_count(Call *call) {
  return answer_integer(call, __builtin_popcountll(bits_of(call, 0)));
}
static int leading_zeros(const Call *call) {
  uint64_t bits = bits_of(call, 0);
  return bits == 0 ? width_of(call) : __builtin_clzll(bits) - (64 - width_of(call));
}
static int trailing_zeros(const Call *call) {
  uint64_t bits = bits_of(call, 0);
  return bits == 0 ? width_of(call) : __builtin_ctzll(bits);
}
static VtlAnswer whole_leading_zeros(Call *call) {
  return answer_integer(call, leading_zeros(call));
}
static VtlAnswer whole_trailing_zeros(Call *call) {
  return answer_integer(call, trailing_zeros(call));
}
static VtlAnswer whole_highest_bit(Call *call) {
  if (bits_of(call, 0) == 0) return answer_whole(call, 0);
  return answer_whole(call, (int64_t)(1ull << (width_of(call) - 1 - leading_zeros(call))));
}
static VtlAnswer whole_lowest_bit(Call *call) {
  uint64_t bits = bits_of(call, 0);
  return answer_whole(call, (int64_t)(bits & (0 - bits)));
}

static uint64_t rotated(uint64_t bits, int width, int64_t distance) {
  unsigned left = (unsigned)(distance & (width - 1));
  if (left == 0) return bits;
  return bits << left | bits >> ((unsigned)width - left);
}
static VtlAnswer whole_rotate_left(Call *call) {
  return answer_whole(call, (int64_t)rotated(bits_of(call, 0), width_of(call), call_integer(call, 1)));
}
static VtlAnswer whole_rotate_right(Call *call) {
  return answer_whole(call,
                      (int64_t)rotated(bits_of(call, 0), width_of(call), -(int64_t)call_integer(call, 1)));
}
static VtlAnswer whole_reverse(Call *call) {
  uint64_t bits = bits_of(call, 0), reversed = 0;
  for (int i = 0; i < width_of(call); i++, bits >>= 1) reversed = reversed << 1 | (bits & 1);
  return answer_whole(call, (int64_t)reversed);
}
static VtlAnswer whole_reverse_bytes(Call *call) {
  if (call->self.kind == VALUE_SHORT)
    return answer_whole(call, (int16_t)__builtin_bswap16((uint16_t)call_long(call, 0)));
  uint64_t bits = __builtin_bswap64(bits_of(call, 0));
  return answer_whole(call, (int64_t)(width_of(call) == 64 ? bits : bits >> 32));
}

static VtlAnswer system_property(Call *call) {
  return call->count > 1 ? call_answer(call, call->arguments[1]) : call_answer_null(call);
}

#define WHOLE_BITS(P)                                                                                        \
  METHOD_ROW(highestOneBit, P, whole_highest_bit), METHOD_ROW(lowestOneBit, P, whole_lowest_bit),            \
      METHOD_ROW(max, P P, whole_max), METHOD_ROW(min, P P, whole_min),                                      \
      METHOD_ROW(numberOfLeadingZeros, P, whole_leading_zeros),                                              \
      METHOD_ROW(numberOfTrailingZeros, P, whole_trailing_zeros)
#define WHOLE_REST(P)                                                                                        \
  METHOD_ROW(remainderUnsigned, P P, whole_remainder_unsigned), METHOD_ROW(reverse, P, whole_reverse),       \
      METHOD_ROW(reverseBytes, P, whole_reverse_bytes), METHOD_ROW(rotateLeft, P "I", whole_rotate_left),    \
      METHOD_ROW(rotateRight, P "I", whole_rotate_right), METHOD_ROW(signum, P, whole_signum),               \
      METHOD_ROW(sum, P P, whole_sum), METHOD_ROW(toBinaryString, P, whole_to_binary),                       \
      METHOD_ROW(toHexString, P, whole_to_hex), METHOD_ROW(toOctalString, P, whole_to_octal),                \
      METHOD_ROW(toString, P, whole_to_string), METHOD_ROW(toString, P "I", whole_to_string)
#define WHOLE_VALUE_OF(P)                                                                                    \
  METHOD_ROW(valueOf, P, first_argument), METHOD_ROW(valueOf, "?T", whole_value_of),                         \
      METHOD_ROW(valueOf, "?TI", whole_value_of)

/* null is no number, rather than no object. */
static VtlAnswer whole_value_of(Call *call) {
  return value_is_null(call->arguments[0]) ? not_a_number(call) : whole_parse(call);
}

static const Method integer_rows[] = {
    METHOD_ROW(bitCount, "I", whole_bit_count),
    METHOD_ROW(compare, "II", whole_compare),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "i", whole_compare_to),
    METHOD_ROW(compareUnsigned, "II", whole_compare_unsigned),
    METHOD_ROW(decode, "T", whole_decode),
    METHOD_ROW(divideUnsigned, "II", whole_divide_unsigned),
    METHOD_ROW(getInteger, "?T", system_property),
    METHOD_ROW(getInteger, "?TI", system_property),
    METHOD_ROW(getInteger, "?T?i", system_property),
    METHOD_ROW(hashCode, "I", static_hash_code),
    WHOLE_BITS("I"),
    METHOD_ROW(parseInt, "?T", whole_value_of),
    METHOD_ROW(parseInt, "?TI", whole_value_of),
    METHOD_ROW(parseInt, "QIII", whole_parse_part),
    METHOD_ROW(parseUnsignedInt, "T", whole_parse_unsigned),
    METHOD_ROW(parseUnsignedInt, "TI", whole_parse_unsigned),
    WHOLE_REST("I"),
    METHOD_ROW(toUnsignedLong, "I", whole_to_unsigned_long),
    METHOD_ROW(toUnsignedString, "I", whole_to_unsigned_string),
    METHOD_ROW(toUnsignedString, "II", whole_to_unsigned_string),
    WHOLE_VALUE_OF("I"),
};
METHOD_TABLE(integer_methods, integer_rows, &number_methods);

static const Method long_rows[] = {
    METHOD_ROW(bitCount, "J", whole_bit_count),
    METHOD_ROW(compare, "JJ", whole_compare),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "j", whole_compare_to),
    METHOD_ROW(compareUnsigned, "JJ", whole_compare_unsigned),
    METHOD_ROW(decode, "T", whole_decode),
    METHOD_ROW(divideUnsigned, "JJ", whole_divide_unsigned),
    METHOD_ROW(getLong, "?T", system_property),
    METHOD_ROW(getLong, "?TJ", system_property),
    METHOD_ROW(hashCode, "J", static_hash_code),
    WHOLE_BITS("J"),
    METHOD_ROW(parseLong, "?T", whole_value_of),
    METHOD_ROW(parseLong, "?TI", whole_value_of),
    METHOD_ROW(parseLong, "QIII", whole_parse_part),
    METHOD_ROW(parseUnsignedLong, "T", whole_parse_unsigned),
    METHOD_ROW(parseUnsignedLong, "TI", whole_parse_unsigned),
    WHOLE_REST("J"),
    METHOD_ROW(toUnsignedString, "J", whole_to_unsigned_string),
    METHOD_ROW(toUnsignedString, "JI", whole_to_unsigned_string),
    WHOLE_VALUE_OF("J"),
};
METHOD_TABLE(long_methods, long_rows, &number_methods);

#define NARROW_ROWS(P, B, PARSE)                                                                             \
  METHOD_ROW(compare, P P, whole_compare), METHOD_ROW(compareTo, "O", compare_to_other_class),               \
      METHOD_ROW(compareTo, B, whole_compare_to), METHOD_ROW(compareUnsigned, P P, whole_compare_unsigned),  \
      METHOD_ROW(decode, "T", whole_decode), METHOD_ROW(hashCode, P, static_hash_code),                      \
      METHOD_ROW(PARSE, "?T", whole_value_of), METHOD_ROW(PARSE, "?TI", whole_value_of)
#define NARROW_REST(P)                                                                                       \
  METHOD_ROW(toString, P, whole_to_string), METHOD_ROW(toUnsignedInt, P, whole_to_unsigned_int),             \
      METHOD_ROW(toUnsignedLong, P, whole_to_unsigned_long), WHOLE_VALUE_OF(P)

static const Method byte_rows[] = {NARROW_ROWS("B", "b", parseByte), NARROW_REST("B")};
METHOD_TABLE(byte_methods, byte_rows, &number_methods);

static const Method short_rows[] = {NARROW_ROWS("S", "s", parseShort),
                                    METHOD_ROW(reverseBytes, "S", whole_reverse_bytes), NARROW_REST("S")};
METHOD_TABLE(short_methods, short_rows, &number_methods);

/* ---- Float and Double ---- */

static VtlAnswer answer_float(Call *call, double number) {
  return call_answer(call, number_convert(value_double(number), (ValueKind)call->self.kind, call->arena));
}

static uint64_t comparable_bits(double number) {
  uint64_t bits;
  if (isnan(number)) return 0x7FF8000000000000u;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

/* -0.0 is less than 0.0, NaN is more than anything and equal to itself. */
static int double_order(double left, double right) {
  if (left < right) return -1;
  if (left > right) return 1;
  int64_t first = (int64_t)comparable_bits(left), second = (int64_t)comparable_bits(right);
  return order_of(first, second);
}

static VtlAnswer float_compare(Call *call) {
  return answer_integer(call, double_order(call_double(call, 0), call_double(call, 1)));
}
static VtlAnswer float_compare_to(Call *call) {
  return answer_integer(call, double_order(value_to_double(call->self), call_double(call, 0)));
}
static double tested(const Call *call) {
  return call->count > 0 ? call_double(call, 0) : value_to_double(call->self);
}
static VtlAnswer float_is_nan(Call *call) {
  return answer_boolean(call, isnan(tested(call)));
}
static VtlAnswer float_is_infinite(Call *call) {
  return answer_boolean(call, isinf(tested(call)));
}
static VtlAnswer float_is_finite(Call *call) {
  return answer_boolean(call, isfinite(tested(call)));
}
static VtlAnswer float_max(Call *call) {
  double left = call_double(call, 0), right = call_double(call, 1);
  return answer_float(call, isnan(left) || double_order(left, right) >= 0 ? left : right);
}
static VtlAnswer float_min(Call *call) {
  double left = call_double(call, 0), right = call_double(call, 1);
  return answer_float(call, isnan(left) || (!isnan(right) && double_order(left, right) <= 0) ? left : right);
}
static VtlAnswer float_sum(Call *call) {
  return answer_float(call, call_double(call, 0) + call_double(call, 1));
}
static VtlAnswer float_parse(Call *call) {
  return parse_self_kind(call, call_text(call, 0), 10);
}
static VtlAnswer float_to_string(Call *call) {
  first_argument(call);
  return call_answer_text(call, value_to_text(*call->result, call->arena));
}
static VtlAnswer double_to_bits(Call *call) {
  return call_answer(call, value_long((int64_t)comparable_bits(call_double(call, 0))));
}
static VtlAnswer double_from_bits(Call *call) {
  int64_t bits = call_long(call, 0);
  double number;
  memcpy(&number, &bits, sizeof number);
  return call_answer(call, value_double(number));
}
static VtlAnswer float_to_bits(Call *call) {
  first_argument(call);
  return answer_integer(call, value_hash_code(*call->result)); /* a Float's hash code is its bits */
}
static VtlAnswer float_from_bits(Call *call) {
  Value number = {.kind = VALUE_FLOAT};
  int32_t bits = call_integer(call, 0);
  memcpy(&number.as.float_number, &bits, sizeof bits);
  return call_answer(call, number);
}

#define FLOAT_HASH(P) METHOD_ROW(hashCode, P, static_hash_code)
#define FLOAT_REST(P, PARSE)                                                                                 \
  METHOD_ROW(max, P P, float_max), METHOD_ROW(min, P P, float_min), METHOD_ROW(PARSE, "T", float_parse),     \
      METHOD_ROW(sum, P P, float_sum), METHOD_ROW(toString, P, float_to_string),                             \
      METHOD_ROW(valueOf, P, first_argument), METHOD_ROW(valueOf, "T", float_parse)
#define FLOAT_STATES(P)                                                                                      \
  METHOD_ROW(isFinite, P, float_is_finite), METHOD_ROW(isInfinite, "", float_is_infinite),                   \
      METHOD_ROW(isInfinite, P, float_is_infinite), METHOD_ROW(isNaN, "", float_is_nan),                     \
      METHOD_ROW(isNaN, P, float_is_nan)

static const Method double_rows[] = {
    METHOD_ROW(compare, "DD", float_compare),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "d", float_compare_to),
    METHOD_ROW(doubleToLongBits, "D", double_to_bits),
    METHOD_ROW(doubleToRawLongBits, "D", double_to_bits),
    FLOAT_HASH("D"),
    FLOAT_STATES("D"),
    METHOD_ROW(longBitsToDouble, "J", double_from_bits),
    FLOAT_REST("D", parseDouble),
};
METHOD_TABLE(double_methods, double_rows, &number_methods);

static const Method float_rows[] = {
    METHOD_ROW(compare, "FF", float_compare),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(compareTo, "f", float_compare_to),
    METHOD_ROW(floatToIntBits, "F", float_to_bits),
    METHOD_ROW(floatToRawIntBits, "F", float_to_bits),
    FLOAT_HASH("F"),
    METHOD_ROW(intBitsToFloat, "I", float_from_bits),
    FLOAT_STATES("F"),
    FLOAT_REST("F", parseFloat),
};
METHOD_TABLE(float_methods, float_rows, &number_methods);
