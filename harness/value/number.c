/* Java's number classes: what they print, how they turn into one another, and Velocity's arithmetic on them.
 *
 *   both whole      -> long; BigInteger when one is, or when the result overflows
 *   one BigDecimal, or a BigInteger with a float -> BigDecimal
 *   one Double      -> double, else float
 * A long result takes the wider operand's class, and a wider one when it doesn't fit. */
#include "harness/value/value_parts.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static Text lexeme(Value number) {
  return (Text){number.as.text, number.length};
}

static bool is_lexeme(Value number) {
  return (number.flags & VALUE_LEXEME) != 0;
}

static Value value_from_big(ValueKind kind, const BigNumber *big) {
  return (Value){.kind = (uint8_t)kind, .as.big = big};
}

/* ---- reading a number value ---- */

bool value_to_long(Value value, int64_t *out) {
  switch (value.kind) {
  case VALUE_BYTE:
  case VALUE_SHORT:
  case VALUE_INTEGER: *out = value.as.integer; return true;
  case VALUE_LONG: *out = value.as.long_integer; return true;
  default: return false;
  }
}

/* For numbers known to be Byte to Long. */
static int64_t long_of(Value number) {
  return number.kind == VALUE_LONG ? number.as.long_integer : number.as.integer;
}

static double big_to_double(const BigNumber *big) {
  Arena *scratch = arena_new(0);
  Text digits = big_digits(big, scratch);
  Text text = arena_print(scratch, "%s%.*sE%lld", big->negative ? "-" : "", TEXT_ARGS(digits),
                          -(long long)big->scale);
  double number = lexeme_to_double(text);
  arena_free(scratch);
  return number;
}

double value_to_double(Value number) {
  int64_t whole;
  if (value_to_long(number, &whole)) return (double)whole;
  if (is_lexeme(number)) return lexeme_to_double(lexeme(number));
  if (number.kind == VALUE_FLOAT) return (double)number.as.float_number;
  if (number.kind == VALUE_DOUBLE) return number.as.double_number;
  assert(number.kind == VALUE_BIG_INTEGER || number.kind == VALUE_BIG_DECIMAL);
  return big_to_double(number.as.big);
}

static float value_to_float(Value number) {
  int64_t whole;
  if (value_to_long(number, &whole)) return (float)whole;
  if (number.kind == VALUE_FLOAT) return number.as.float_number;
  if (number.kind == VALUE_DOUBLE) return (float)value_to_double(number);
  Buffer text = buffer_make(NULL, 0);
  number_print(number, &text);
  float result = lexeme_to_float(buffer_text(&text));
  buffer_free(&text);
  return result;
}

const BigNumber *number_to_big(Value number, Arena *arena) {
  int64_t whole;
  if (value_to_long(number, &whole)) return big_from_long(whole, arena);
  if (number.kind == VALUE_FLOAT || number.kind == VALUE_DOUBLE)
    return big_from_double(value_to_double(number), arena);
  if (!is_lexeme(number)) return number.as.big;
  const BigNumber *big;
  bool read = decimal_read(lexeme(number), arena, &big);
  assert(read);
  return read ? big : NULL;
}

/* ---- printing ---- */

static void print_double(Value number, Buffer *out) {
  char text[32];
  ShortDecimal decimal;
  size_t length = is_lexeme(number) && short_decimal_read(lexeme(number), &decimal)
                      ? short_decimal_print(&decimal, text)
                      : double_print(value_to_double(number), text);
  buffer_append_bytes(out, text, length);
}

static void print_long(int64_t number, Buffer *out) {
  char text[24];
  char *at = text + sizeof text;
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do *--at = (char)('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0) *--at = '-';
  buffer_append_bytes(out, at, (size_t)(text + sizeof text - at));
}

void number_print(Value number, Buffer *out) {
  int64_t whole;
  char text[32];
  if (value_to_long(number, &whole)) {
    print_long(whole, out);
  } else if (number.kind == VALUE_DOUBLE) {
    print_double(number, out);
  } else if (number.kind == VALUE_FLOAT) {
    buffer_append_bytes(out, text, float_print(number.as.float_number, text));
  } else if (is_lexeme(number)) {
    decimal_print_lexeme(lexeme(number), out);
  } else {
    decimal_print(number.as.big, out);
  }
}

/* ---- text to number ---- */

static int digit_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  char low = (char)(byte | 0x20);
  return low >= 'a' && low <= 'z' ? low - 'a' + 10 : 36;
}

/* whole: [+-]? digit+ in the radix, between the bounds */
static bool parse_whole(Text text, int radix, int64_t lowest, int64_t highest, int64_t *out) {
  bool negative = text.length > 0 && text.data[0] == '-';
  size_t at = negative || (text.length > 0 && text.data[0] == '+') ? 1 : 0;
  if (at == text.length || radix < 2 || radix > 36) return false;
  uint64_t bound = negative ? 0 - (uint64_t)lowest : (uint64_t)highest;
  uint64_t sum = 0;
  for (; at < text.length; at++) {
    int digit = digit_value(text.data[at]);
    if (digit >= radix || sum > (bound - (uint64_t)digit) / (uint64_t)radix) return false;
    sum = sum * (uint64_t)radix + (uint64_t)digit;
  }
  *out = (int64_t)(negative ? 0 - sum : sum);
  return true;
}

/* new BigInteger(text, radix) */
static bool parse_big_integer(Text text, int radix, Arena *arena, const BigNumber **out) {
  bool negative = text.length > 0 && text.data[0] == '-';
  Text digits = text_slice(text, negative || (text.length > 0 && text.data[0] == '+') ? 1 : 0, text.length);
  if (digits.length == 0 || radix < 2 || radix > 36) return false;
  for (size_t i = 0; i < digits.length; i++)
    if (digit_value(digits.data[i]) >= radix) return false;
  if (radix == 10) {
    *out = big_from_digits(negative, digits, 0, arena);
    return true;
  }
  enum { LONGEST = 4096 }; /* other radixes take the square of the length */
  if (digits.length > LONGEST) return false;
  const BigNumber *sum = big_from_long(0, arena), *base = big_from_long(radix, arena);
  for (size_t i = 0; i < digits.length; i++)
    if (!big_multiply(sum, base, arena, &sum) ||
        !big_add(sum, big_from_long(digit_value(digits.data[i]), arena), arena, &sum))
      return false;
  *out = big_with_sign(sum, negative, arena);
  return true;
}

static size_t skip_digits(Text text, size_t at, int radix) {
  while (at < text.length && digit_value(text.data[at]) < radix) at++;
  return at;
}

/* float: digit* ( '.' digit* )? ( [eE] [+-]? digit+ )? | '0' [xX] hex* ( '.' hex* )? [pP] [+-]? digit+ ;
 * then [fFdD]? */
static bool is_float_text(Text text) {
  bool hex = text.length > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x';
  int radix = hex ? 16 : 10;
  size_t at = hex ? 2 : 0, digits = 0;
  size_t end = skip_digits(text, at, radix);
  digits += end - at;
  at = end;
  if (at < text.length && text.data[at] == '.') {
    end = skip_digits(text, at + 1, radix);
    digits += end - at - 1;
    at = end;
  }
  if (digits == 0) return false;
  bool exponent = at < text.length && (text.data[at] | 0x20) == (hex ? 'p' : 'e');
  if (hex && !exponent) return false;
  if (exponent) {
    at++;
    if (at < text.length && (text.data[at] == '+' || text.data[at] == '-')) at++;
    end = skip_digits(text, at, 10);
    if (end == at) return false;
    at = end;
  }
  if (at < text.length && strchr("fFdD", text.data[at]) != NULL && text.data[at] != '\0') at++;
  return at == text.length;
}

static bool parse_float(Text text, bool single, double *out) {
  while (text.length > 0 && (unsigned char)text.data[0] <= ' ') text = text_slice(text, 1, text.length);
  while (text.length > 0 && (unsigned char)text.data[text.length - 1] <= ' ') text.length--;
  bool negative = text.length > 0 && text.data[0] == '-';
  Text rest = text_slice(text, negative || (text.length > 0 && text.data[0] == '+') ? 1 : 0, text.length);
  if (text_is(rest, "NaN")) {
    *out = NAN;
  } else if (text_is(rest, "Infinity")) {
    *out = HUGE_VAL;
  } else if (is_float_text(rest)) {
    *out = single ? (double)lexeme_to_float(rest) : lexeme_to_double(rest);
  } else {
    return false;
  }
  if (negative) *out = -*out;
  return true;
}

bool number_parse(ValueKind kind, Text text, int radix, Arena *arena, Value *out) {
  int64_t whole;
  double number;
  const BigNumber *big;
  switch (kind) {
  case VALUE_BYTE:
    if (!parse_whole(text, radix, INT8_MIN, INT8_MAX, &whole)) return false;
    break;
  case VALUE_SHORT:
    if (!parse_whole(text, radix, INT16_MIN, INT16_MAX, &whole)) return false;
    break;
  case VALUE_INTEGER:
    if (!parse_whole(text, radix, INT32_MIN, INT32_MAX, &whole)) return false;
    break;
  case VALUE_LONG:
    if (!parse_whole(text, radix, INT64_MIN, INT64_MAX, &whole)) return false;
    *out = value_long(whole);
    return true;
  case VALUE_FLOAT:
    if (!parse_float(text, true, &number)) return false;
    *out = (Value){.kind = VALUE_FLOAT, .as.float_number = (float)number};
    return true;
  case VALUE_DOUBLE:
    if (!parse_float(text, false, &number)) return false;
    *out = value_double(number);
    return true;
  case VALUE_BIG_INTEGER:
    if (!parse_big_integer(text, radix, arena, &big)) return false;
    *out = value_from_big(kind, big);
    return true;
  case VALUE_BIG_DECIMAL:
    if (!decimal_read(text, arena, &big)) return false;
    *out = value_from_big(kind, big);
    return true;
  default: return false;
  }
  *out = (Value){.kind = (uint8_t)kind, .as.integer = (int32_t)whole};
  return true;
}

/* ---- conversions ---- */

static int64_t double_to_whole(double number, double lowest, double highest, int64_t least, int64_t most) {
  if (isnan(number)) return 0;
  if (number <= lowest) return least;
  if (number >= highest) return most;
  return (int64_t)number;
}

static int64_t to_long(Value number, Arena *arena) {
  int64_t whole;
  if (value_to_long(number, &whole)) return whole;
  if (number.kind == VALUE_FLOAT || number.kind == VALUE_DOUBLE)
    return double_to_whole(value_to_double(number), -0x1p63, 0x1p63, INT64_MIN, INT64_MAX);
  return big_to_long(number_to_big(number, arena));
}

static int32_t to_integer(Value number, Arena *arena) {
  if (number.kind == VALUE_FLOAT || number.kind == VALUE_DOUBLE)
    return (int32_t)double_to_whole(value_to_double(number), -0x1p31, 0x1p31 - 1, INT32_MIN, INT32_MAX);
  return (int32_t)to_long(number, arena);
}

Value number_convert(Value number, ValueKind kind, Arena *arena) {
  assert(value_is_number(number));
  switch (kind) {
  case VALUE_BYTE: return (Value){.kind = VALUE_BYTE, .as.integer = (int8_t)to_integer(number, arena)};
  case VALUE_SHORT: return (Value){.kind = VALUE_SHORT, .as.integer = (int16_t)to_integer(number, arena)};
  case VALUE_INTEGER: return value_integer(to_integer(number, arena));
  case VALUE_LONG: return value_long(to_long(number, arena));
  case VALUE_FLOAT: return (Value){.kind = VALUE_FLOAT, .as.float_number = value_to_float(number)};
  case VALUE_DOUBLE: return value_double(value_to_double(number));
  case VALUE_BIG_INTEGER:
    if (number.kind == VALUE_BIG_INTEGER) return number;
    return value_from_big(kind, big_from_long(to_long(number, arena), arena));
  default: assert(kind == VALUE_BIG_DECIMAL); return value_from_big(kind, number_to_big(number, arena));
  }
}

/* ---- Velocity's MathUtils ---- */

typedef enum Base { BASE_LONG, BASE_FLOAT, BASE_DOUBLE, BASE_BIG_INTEGER, BASE_BIG_DECIMAL } Base;

static Base base_of(Value left, Value right) {
  bool whole = value_is_whole(left) && value_is_whole(right);
  bool big = left.kind == VALUE_BIG_INTEGER || right.kind == VALUE_BIG_INTEGER;
  if (left.kind == VALUE_BIG_DECIMAL || right.kind == VALUE_BIG_DECIMAL) return BASE_BIG_DECIMAL;
  if (whole) return big ? BASE_BIG_INTEGER : BASE_LONG;
  if (big) return BASE_BIG_DECIMAL;
  return left.kind == VALUE_DOUBLE || right.kind == VALUE_DOUBLE ? BASE_DOUBLE : BASE_FLOAT;
}

/* MathUtils.toBigDecimal: any number but the big ones goes through double, a Long too. */
static bool to_decimal(Value number, Arena *arena, const BigNumber **out) {
  if (number.kind == VALUE_BIG_INTEGER || number.kind == VALUE_BIG_DECIMAL) {
    *out = number_to_big(number, arena);
    return true;
  }
  double value = value_to_double(number);
  if (!isfinite(value)) return false; /* NumberFormatException */
  *out = big_from_double(value, arena);
  return true;
}

static Value wrap_long(int64_t result, Value left, Value right) {
  ValueKind kind = left.kind > right.kind ? left.kind : right.kind;
  if (kind == VALUE_BYTE && (result < INT8_MIN || result > INT8_MAX)) kind = VALUE_SHORT;
  if (kind == VALUE_SHORT && (result < INT16_MIN || result > INT16_MAX)) kind = VALUE_INTEGER;
  if (kind == VALUE_INTEGER && (result < INT32_MIN || result > INT32_MAX)) kind = VALUE_LONG;
  if (kind == VALUE_LONG) return value_long(result);
  return (Value){.kind = (uint8_t)kind, .as.integer = (int32_t)result};
}

static bool compute_big_integer(NumberOperation operation, const BigNumber *left, const BigNumber *right,
                                Arena *arena, const BigNumber **out) {
  const BigNumber *other;
  switch (operation) {
  case NUMBER_ADD: return big_add(left, right, arena, out);
  case NUMBER_SUBTRACT: return big_add(left, big_with_sign(right, !right->negative, arena), arena, out);
  case NUMBER_MULTIPLY: return big_multiply(left, right, arena, out);
  case NUMBER_DIVIDE: return big_divide(left, right, arena, out, &other);
  default: /* BigInteger.mod: never negative, and refuses a negative modulus */
    if (right->negative || !big_divide(left, right, arena, &other, out)) return false;
    return !(*out)->negative || big_add(*out, right, arena, out);
  }
}

static bool compute_decimal(NumberOperation operation, const BigNumber *left, const BigNumber *right,
                            Arena *arena, const BigNumber **out) {
  switch (operation) {
  case NUMBER_ADD: return big_add(left, right, arena, out);
  case NUMBER_SUBTRACT: return big_add(left, big_with_sign(right, !right->negative, arena), arena, out);
  case NUMBER_MULTIPLY: return big_multiply(left, right, arena, out);
  case NUMBER_DIVIDE: return big_divide_to_scale(left, right, left->scale, BIG_ROUND_HALF_DOWN, arena, out);
  default: return false; /* "Cannot calculate the modulo of BigDecimals." */
  }
}

static double compute_double(NumberOperation operation, double left, double right) {
  switch (operation) {
  case NUMBER_ADD: return left + right;
  case NUMBER_SUBTRACT: return left - right;
  case NUMBER_MULTIPLY: return left * right;
  case NUMBER_DIVIDE: return left / right;
  default: return fmod(left, right);
  }
}

static float compute_float(NumberOperation operation, float left, float right) {
  if (operation == NUMBER_MODULO) return fmodf(left, right);
  return (float)compute_double(operation, (double)left, (double)right); /* exact enough: rounds once */
}

/* False: overflows. MIN / -1 stays MIN, as in Java. */
static bool compute_long(NumberOperation operation, int64_t left, int64_t right, int64_t *out) {
  switch (operation) {
  case NUMBER_ADD: return !__builtin_add_overflow(left, right, out);
  case NUMBER_SUBTRACT: return !__builtin_sub_overflow(left, right, out);
  case NUMBER_MULTIPLY:
    if (!__builtin_mul_overflow(left, right, out)) return true;
    return left == INT64_MIN && right == -1; /* Velocity's check by division is fooled */
  case NUMBER_DIVIDE: *out = right == -1 ? (int64_t)(0 - (uint64_t)left) : left / right; return true;
  default: *out = right == -1 ? 0 : left % right; return true;
  }
}

static bool is_whole_zero(Value number) {
  int64_t whole;
  return value_to_long(number, &whole) && whole == 0;
}

bool number_compute(NumberOperation operation, Value left, Value right, Arena *arena, Value *out) {
  assert(value_is_number(left) && value_is_number(right));
  Base base = base_of(left, right);
  bool divides = operation == NUMBER_DIVIDE || operation == NUMBER_MODULO;
  const BigNumber *first, *second, *result;
  int64_t whole;
  switch (base) {
  case BASE_LONG:
    if (divides && is_whole_zero(right)) return false;
    if (compute_long(operation, long_of(left), long_of(right), &whole)) {
      *out = wrap_long(whole, left, right);
      return true;
    }
    /* fall through */
  case BASE_BIG_INTEGER:
    if (!compute_big_integer(operation, number_to_big(left, arena), number_to_big(right, arena), arena,
                             &result))
      return false;
    *out = value_from_big(VALUE_BIG_INTEGER, result);
    return true;
  case BASE_FLOAT:
    *out = (Value){.kind = VALUE_FLOAT,
                   .as.float_number = compute_float(operation, value_to_float(left), value_to_float(right))};
    return true;
  case BASE_DOUBLE:
    *out = value_double(compute_double(operation, value_to_double(left), value_to_double(right)));
    return true;
  default:
    if (!to_decimal(left, arena, &first) || !to_decimal(right, arena, &second)) return false;
    if (!compute_decimal(operation, first, second, arena, &result)) return false;
    *out = value_from_big(VALUE_BIG_DECIMAL, result);
    return true;
  }
}

static int order_of(double left, double right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

int number_compare(Value left, Value right) {
  Base base = base_of(left, right);
  if (base == BASE_LONG) {
    int64_t first = long_of(left), second = long_of(right);
    return first < second ? -1 : first > second;
  }
  if (base == BASE_DOUBLE) return order_of(value_to_double(left), value_to_double(right));
  if (base == BASE_FLOAT) return order_of((double)value_to_float(left), (double)value_to_float(right));
  Arena *scratch = arena_new(0);
  const BigNumber *first, *second;
  int order;
  if (to_decimal(left, scratch, &first) && to_decimal(right, scratch, &second)) {
    if (base == BASE_BIG_INTEGER) {
      first = number_to_big(left, scratch);
      second = number_to_big(right, scratch);
    }
    order = big_compare(first, second);
  } else {
    order = order_of(value_to_double(left), value_to_double(right));
  }
  arena_free(scratch);
  return order;
}
