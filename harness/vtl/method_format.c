/* java.util.Formatter: String.format and formatted, in the root of English locales.
 *
 *   format:     ( text | '%' index? flags width? precision? conversion )*
 *   index:      digit+ '$' | '<'
 *   flags:      ( '-' | '#' | '+' | ' ' | '0' | ',' | '(' | '<' )*
 *   precision:  '.' digit+
 *
 * Doubles are formatted from their shortest decimal digits, rounded half up: %.2f of 2.005 is 2.01 (seen).
 * Left out: dates (%t), which answer with an exception (assumed to be unused). */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"
#include "harness/value/big_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MINUS = 1, SHARP = 2, PLUS = 4, BLANK = 8, ZERO = 16, GROUP = 32, PARENTHESES = 64, PREVIOUS = 128 };
enum { NOT_GIVEN = -1, SIZE_LIMIT = 1000 * 1000 };

typedef struct Format {
  unsigned flags;
  int32_t index; /* from 1; NOT_GIVEN: the next one */
  int32_t width;
  int32_t precision;
  char conversion; /* lower case */
  bool upper;
} Format;

typedef struct Formatting {
  Text format;
  size_t at;
  const List *arguments; /* NULL: a null array */
  int32_t ordinary;      /* arguments taken in turn */
  int32_t previous;      /* index of the last one taken */
  Buffer out;
  Arena *arena;
  const char *exception;
} Formatting;

static bool fail(Formatting *formatting, const char *exception) {
  formatting->exception = exception;
  return false;
}

/* ---- reading a specifier ---- */

static int32_t read_digits(Formatting *formatting) {
  int64_t number = 0;
  for (; formatting->at < formatting->format.length; formatting->at++) {
    char byte = formatting->format.data[formatting->at];
    if (byte < '0' || byte > '9') break;
    number = number * 10 + (byte - '0');
    if (number > INT32_MAX) number = INT32_MAX;
  }
  return (int32_t)number;
}

static char look(const Formatting *formatting) {
  return formatting->at < formatting->format.length ? formatting->format.data[formatting->at] : '\0';
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool read_flags(Formatting *formatting, Format *format) {
  static const char signs[] = "-#+ 0,(<";
  for (;; formatting->at++) {
    char byte = look(formatting);
    const char *sign = byte == '\0' ? NULL : strchr(signs, byte);
    if (sign == NULL) return true;
    unsigned flag = 1u << (sign - signs);
    if (format->flags & flag) return fail(formatting, "java.util.DuplicateFormatFlagsException");
    format->flags |= flag;
  }
}

static bool read_index(Formatting *formatting, Format *format) {
  size_t start = formatting->at;
  if (!is_digit(look(formatting)) || look(formatting) == '0') return true;
  int32_t number = read_digits(formatting);
  if (look(formatting) != '$') {
    formatting->at = start;
    return true;
  }
  formatting->at++;
  format->index = number;
  return true;
}

static bool read_specifier(Formatting *formatting, Format *format) {
  *format = (Format){.index = NOT_GIVEN, .width = NOT_GIVEN, .precision = NOT_GIVEN};
  if (!read_index(formatting, format) || !read_flags(formatting, format)) return false;
  if (is_digit(look(formatting))) format->width = read_digits(formatting);
  if (look(formatting) == '.') {
    formatting->at++;
    if (!is_digit(look(formatting))) return fail(formatting, "java.util.UnknownFormatConversionException");
    format->precision = read_digits(formatting);
  }
  char conversion = look(formatting);
  if (conversion == '\0' || strchr("bBhHsScCdoxXeEfgGaAn%", conversion) == NULL)
    return fail(formatting, "java.util.UnknownFormatConversionException");
  formatting->at++;
  format->upper = conversion >= 'A' && conversion <= 'Z';
  format->conversion = format->upper ? (char)(conversion | 0x20) : conversion;
  if (format->width > SIZE_LIMIT || format->precision > SIZE_LIMIT)
    return fail(formatting, "java.lang.OutOfMemoryError");
  return true;
}

/* ---- what goes together ---- */

static bool has(const Format *format, unsigned flag) {
  return (format->flags & flag) != 0;
}

static bool refuse(Formatting *formatting, const Format *format, unsigned flags) {
  if (format->flags & flags) return fail(formatting, "java.util.FormatFlagsConversionMismatchException");
  return true;
}

static bool check_width(Formatting *formatting, const Format *format, unsigned flags) {
  if ((format->flags & flags) != 0 && format->width == NOT_GIVEN)
    return fail(formatting, "java.util.MissingFormatWidthException");
  return true;
}

static bool check_numeric(Formatting *formatting, const Format *format) {
  if (!check_width(formatting, format, MINUS | ZERO)) return false;
  if ((has(format, PLUS) && has(format, BLANK)) || (has(format, MINUS) && has(format, ZERO)))
    return fail(formatting, "java.util.IllegalFormatFlagsException");
  return true;
}

static bool check_no_precision(Formatting *formatting, const Format *format) {
  if (format->precision != NOT_GIVEN) return fail(formatting, "java.util.IllegalFormatPrecisionException");
  return true;
}

static bool check_specifier(Formatting *formatting, const Format *format) {
  const unsigned numeric_only = PLUS | BLANK | ZERO | GROUP | PARENTHESES;
  switch (format->conversion) {
  case 'b':
  case 'h': return refuse(formatting, format, SHARP | numeric_only) && check_width(formatting, format, MINUS);
  case 's': return check_width(formatting, format, MINUS) && refuse(formatting, format, numeric_only);
  case 'c':
    return check_no_precision(formatting, format) && refuse(formatting, format, SHARP | numeric_only) &&
           check_width(formatting, format, MINUS);
  case 'd':
    return check_numeric(formatting, format) && check_no_precision(formatting, format) &&
           refuse(formatting, format, SHARP);
  case 'o':
  case 'x':
    return check_numeric(formatting, format) && check_no_precision(formatting, format) &&
           refuse(formatting, format, GROUP);
  case 'e': return check_numeric(formatting, format) && refuse(formatting, format, GROUP);
  case 'a': return check_numeric(formatting, format) && refuse(formatting, format, GROUP | PARENTHESES);
  case 'g': return check_numeric(formatting, format) && refuse(formatting, format, SHARP);
  case 'f': return check_numeric(formatting, format);
  case 'n':
    if (format->width != NOT_GIVEN) return fail(formatting, "java.util.IllegalFormatWidthException");
    if (format->flags != 0) return fail(formatting, "java.util.IllegalFormatFlagsException");
    return check_no_precision(formatting, format);
  default: /* % */
    if (format->flags & ~(unsigned)MINUS) return fail(formatting, "java.util.IllegalFormatFlagsException");
    return check_no_precision(formatting, format) && check_width(formatting, format, MINUS);
  }
}

/* ---- writing ---- */

static void append_repeated(Buffer *out, char byte, int64_t count) {
  for (; count > 0; count--) buffer_append_char(out, byte);
}

static void append_padded(Formatting *formatting, const Format *format, Text text) {
  if (format->upper) text = text_to_upper(text, formatting->arena);
  int64_t missing = format->width == NOT_GIVEN ? 0 : format->width - (int64_t)utf16_length(text);
  if (!has(format, MINUS)) append_repeated(&formatting->out, ' ', missing);
  utf8_append_joining(&formatting->out, text);
  if (has(format, MINUS)) append_repeated(&formatting->out, ' ', missing);
}

/* Cut to the precision, in UTF-16 units. */
static bool append_general(Formatting *formatting, const Format *format, Text text) {
  if (format->precision != NOT_GIVEN && (size_t)format->precision < utf16_length(text))
    text = text_of_span(text, 0, (size_t)format->precision, formatting->arena);
  append_padded(formatting, format, text);
  return true;
}

static void append_grouped(Buffer *out, Text digits) {
  for (size_t i = 0; i < digits.length; i++) {
    if (i > 0 && (digits.length - i) % 3 == 0) buffer_append_char(out, ',');
    buffer_append_char(out, digits.data[i]);
  }
}

/* sign, zeros up to the width, whole digits, the rest */
static bool append_number(Formatting *formatting, const Format *format, bool negative, Text whole,
                          Text rest) {
  Buffer number = buffer_make(formatting->arena, 0);
  if (negative)
    buffer_append_char(&number, has(format, PARENTHESES) ? '(' : '-');
  else if (has(format, PLUS))
    buffer_append_char(&number, '+');
  else if (has(format, BLANK))
    buffer_append_char(&number, ' ');
  bool closes = negative && has(format, PARENTHESES);
  Buffer body = buffer_make(formatting->arena, 0);
  if (has(format, GROUP))
    append_grouped(&body, whole);
  else
    buffer_append(&body, whole);
  buffer_append(&body, rest);
  if (has(format, ZERO))
    append_repeated(&number, '0', (int64_t)format->width - (int64_t)(number.length + body.length) - closes);
  buffer_append(&number, buffer_text(&body));
  if (closes) buffer_append_char(&number, ')');
  append_padded(formatting, format, buffer_text(&number));
  return true;
}

/* ---- whole numbers ---- */

static Text in_radix(uint64_t number, unsigned shift, Arena *arena) {
  char *digits = arena_alloc(arena, 24);
  char *at = digits + 24;
  uint64_t mask = (1u << shift) - 1;
  do *--at = "0123456789abcdef"[number & mask];
  while ((number >>= shift) > 0);
  return (Text){at, (size_t)(digits + 24 - at)};
}

/* %x and %o show the bits of Byte to Long, in the width of the class. */
static bool append_bits(Formatting *formatting, const Format *format, Value number) {
  if (!refuse(formatting, format, PARENTHESES | BLANK | PLUS)) return false;
  static const unsigned sizes[] = {
      [VALUE_BYTE] = 8, [VALUE_SHORT] = 16, [VALUE_INTEGER] = 32, [VALUE_LONG] = 64};
  int64_t whole = 0;
  value_to_long(number, &whole);
  uint64_t bits = (uint64_t)whole;
  if (sizes[number.kind] < 64) bits &= (1ull << sizes[number.kind]) - 1;
  Text digits = in_radix(bits, format->conversion == 'x' ? 4 : 3, formatting->arena);
  Buffer text = buffer_make(formatting->arena, 0);
  if (has(format, SHARP)) buffer_append(&text, format->conversion == 'x' ? TEXT("0x") : TEXT("0"));
  if (has(format, ZERO))
    append_repeated(&text, '0', (int64_t)format->width - (int64_t)(text.length + digits.length));
  buffer_append(&text, digits);
  append_padded(formatting, format, buffer_text(&text));
  return true;
}

static bool append_whole(Formatting *formatting, const Format *format, Value number) {
  if (!value_is_whole(number)) return fail(formatting, "java.util.IllegalFormatConversionException");
  bool big = number.kind == VALUE_BIG_INTEGER;
  if (format->conversion != 'd' && !big) return append_bits(formatting, format, number);
  Text digits;
  if (format->conversion == 'd') {
    digits = value_to_text(number, formatting->arena);
  } else {
    Value radix = value_integer(format->conversion == 'x' ? 16 : 8), text;
    Fault fault;
    if (method_call(number, METHOD_toString, TEXT("toString"), &radix, 1, formatting->arena, &text, &fault) !=
        VTL_FOUND)
      return fail(formatting, "java.lang.OutOfMemoryError");
    digits = value_text(text, formatting->arena);
  }
  bool negative = digits.data[0] == '-';
  if (negative) digits = text_slice(digits, 1, digits.length);
  if (has(format, SHARP))
    digits =
        arena_print(formatting->arena, "%s%.*s", format->conversion == 'x' ? "0x" : "0", TEXT_ARGS(digits));
  return append_number(formatting, format, negative, digits, TEXT_EMPTY);
}

/* ---- decimals ---- */

/* 0.d1d2d3… x 10^point */
typedef struct Decimal {
  bool negative;
  Text digits; /* "" is zero */
  int64_t point;
} Decimal;

static Decimal decimal_of_double(double number, Arena *arena) {
  char text[32];
  size_t length = double_print(fabs(number), text);
  char *digits = arena_alloc(arena, 32);
  size_t count = 0;
  int64_t point = 0, exponent = 0;
  bool after = false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == 'E') {
      text_to_integer((Text){text + i + 1, length - i - 1}, &exponent);
      break;
    }
    if (text[i] == '.') {
      after = true;
    } else if (text[i] != '0' || count > 0) {
      digits[count++] = text[i];
      if (!after) point++;
    } else if (after) {
      point--;
    }
  }
  while (count > 0 && digits[count - 1] == '0') count--;
  return (Decimal){signbit(number) != 0, {digits, count}, count == 0 ? 0 : point + exponent};
}

static Decimal decimal_of_value(Value number, Arena *arena) {
  if (number.kind == VALUE_FLOAT) { /* by the digits of the float, as Float.toString has them */
    char text[32];
    size_t length = float_print(number.as.float_number, text);
    Value read;
    if (number_parse(VALUE_DOUBLE, (Text){text, length}, 10, arena, &read))
      return decimal_of_double(value_to_double(read), arena);
  }
  if (number.kind != VALUE_BIG_DECIMAL) return decimal_of_double(value_to_double(number), arena);
  const BigNumber *big = number_convert(number, VALUE_BIG_DECIMAL, arena).as.big;
  if (big->count == 0) return (Decimal){false, TEXT_EMPTY, 0};
  Text digits = big_digits(big, arena);
  return (Decimal){big->negative, digits, (int64_t)digits.length - big->scale};
}

/* Keeps the first `keep` digits, rounding half up. */
static void decimal_round(Decimal *decimal, int64_t keep, Arena *arena) {
  if (keep >= (int64_t)decimal->digits.length) return;
  bool up = keep >= 0 && decimal->digits.data[keep] >= '5';
  if (keep < 0) keep = 0;
  char *digits = arena_copy_string(arena, decimal->digits);
  size_t count = (size_t)keep;
  while (up && count > 0 && digits[count - 1] == '9') count--;
  if (up && count > 0) {
    digits[count - 1]++;
  } else if (up) {
    digits[count++] = '1';
    decimal->point++;
  }
  decimal->digits = (Text){digits, count};
}

static void append_digits(Buffer *out, Text digits, int64_t from, int64_t to) {
  for (int64_t at = from; at < to; at++)
    buffer_append_char(out, at >= 0 && at < (int64_t)digits.length ? digits.data[at] : '0');
}

static bool append_fixed(Formatting *formatting, const Format *format, Decimal decimal, int64_t precision) {
  decimal_round(&decimal, decimal.point + precision, formatting->arena);
  if (decimal.point > SIZE_LIMIT || decimal.point < -(int64_t)SIZE_LIMIT * 4)
    return fail(formatting, "java.lang.OutOfMemoryError");
  Buffer whole = buffer_make(formatting->arena, 0), rest = buffer_make(formatting->arena, 0);
  if (decimal.point > 0 && decimal.digits.length > 0)
    append_digits(&whole, decimal.digits, 0, decimal.point);
  else
    buffer_append_char(&whole, '0');
  if (precision > 0 || has(format, SHARP)) buffer_append_char(&rest, '.');
  append_digits(&rest, decimal.digits, decimal.point, decimal.point + precision);
  return append_number(formatting, format, decimal.negative, buffer_text(&whole), buffer_text(&rest));
}

static bool append_scientific(Formatting *formatting, const Format *format, Decimal decimal,
                              int64_t precision) {
  decimal_round(&decimal, precision + 1, formatting->arena);
  Buffer rest = buffer_make(formatting->arena, 0);
  if (precision > 0 || has(format, SHARP)) buffer_append_char(&rest, '.');
  append_digits(&rest, decimal.digits, 1, precision + 1);
  int64_t exponent = decimal.digits.length == 0 ? 0 : decimal.point - 1;
  buffer_print(&rest, "e%c%02lld", exponent < 0 ? '-' : '+', (long long)llabs(exponent));
  Text first = decimal.digits.length == 0 ? TEXT("0") : text_slice(decimal.digits, 0, 1);
  return append_number(formatting, format, decimal.negative, first, buffer_text(&rest));
}

/* %g: scientific below 10^-4 and from 10^precision on, after rounding */
static bool append_shorter(Formatting *formatting, const Format *format, Decimal decimal, int64_t precision) {
  if (precision == 0) precision = 1;
  decimal_round(&decimal, precision, formatting->arena);
  if (decimal.digits.length == 0) return append_fixed(formatting, format, decimal, precision - 1);
  if (decimal.point - 1 < -4 || decimal.point - 1 >= precision)
    return append_scientific(formatting, format, decimal, precision - 1);
  return append_fixed(formatting, format, decimal, precision - decimal.point);
}

/* Double.toHexString, its fraction rounded half even to the precision: 0x1.8p0 */
static bool append_hexadecimal(Formatting *formatting, const Format *format, double number) {
  enum { FRACTION_DIGITS = 13 };
  int64_t precision = format->precision == 0 ? 1 : format->precision;
  int exponent = 0;
  uint64_t bits = 0; /* one digit before the point, FRACTION_DIGITS behind it */
  if (number != 0) {
    bits = (uint64_t)ldexp(frexp(fabs(number), &exponent), 53);
    exponent--;
  }
  if (precision != NOT_GIVEN && precision < FRACTION_DIGITS) {
    unsigned dropped = (unsigned)(FRACTION_DIGITS - precision) * 4;
    uint64_t rest = bits & ((1ull << dropped) - 1), half = 1ull << (dropped - 1);
    bits -= rest;
    if (rest > half || (rest == half && (bits >> dropped & 1))) bits += 1ull << dropped;
    if (bits >> 53) {
      bits >>= 1;
      exponent++;
    }
  }
  Buffer text = buffer_make(formatting->arena, 0);
  char fraction[FRACTION_DIGITS + 1];
  size_t count = FRACTION_DIGITS;
  for (size_t i = 0; i < count; i++) fraction[i] = "0123456789abcdef"[bits >> (4 * (count - 1 - i)) & 15];
  while (count > 1 && fraction[count - 1] == '0') count--;
  buffer_append_bytes(&text, fraction, count);
  append_repeated(&text, '0', precision - (int64_t)count);
  Text rest = arena_print(formatting->arena, ".%.*sp%d", TEXT_ARGS(buffer_text(&text)), exponent);
  Text whole = bits >> 52 ? TEXT("1") : TEXT("0");
  Format padded = *format;
  padded.flags &= ~(unsigned)ZERO;
  /* seen: zeros of the precision are not counted when zeros are put in front */
  int64_t trailing = precision > (int64_t)count ? precision - (int64_t)count : 0;
  int64_t length =
      (int64_t)(whole.length + rest.length) - trailing + 2 + (signbit(number) || has(format, PLUS | BLANK));
  Buffer front = buffer_make(formatting->arena, 0);
  buffer_append(&front, TEXT("0x"));
  if (has(format, ZERO)) append_repeated(&front, '0', format->width - length);
  buffer_append(&front, whole);
  return append_number(formatting, &padded, signbit(number) != 0, buffer_text(&front), rest);
}

static bool append_not_finite(Formatting *formatting, const Format *format, double number) {
  Format plain = *format;
  plain.flags &= ~(unsigned)(ZERO | GROUP);
  if (isnan(number)) {
    append_padded(formatting, &plain, TEXT("NaN"));
    return true;
  }
  return append_number(formatting, &plain, number < 0, TEXT("Infinity"), TEXT_EMPTY);
}

static bool append_decimal(Formatting *formatting, const Format *format, Value number) {
  bool floating = number.kind == VALUE_DOUBLE || number.kind == VALUE_FLOAT;
  if (!floating && number.kind != VALUE_BIG_DECIMAL)
    return fail(formatting, "java.util.IllegalFormatConversionException");
  if (floating && !isfinite(value_to_double(number)))
    return append_not_finite(formatting, format, value_to_double(number));
  if (format->conversion == 'a') {
    if (!floating) return fail(formatting, "java.util.IllegalFormatConversionException");
    return append_hexadecimal(formatting, format, value_to_double(number));
  }
  int64_t precision = format->precision == NOT_GIVEN ? 6 : format->precision;
  Decimal decimal = decimal_of_value(number, formatting->arena);
  if (format->conversion == 'f') return append_fixed(formatting, format, decimal, precision);
  if (format->conversion == 'e') return append_scientific(formatting, format, decimal, precision);
  return append_shorter(formatting, format, decimal, precision);
}

/* ---- the other conversions ---- */

static bool append_character(Formatting *formatting, const Format *format, Value value) {
  char bytes[4];
  if (value.kind != VALUE_CHARACTER && !(value.kind >= VALUE_BYTE && value.kind <= VALUE_INTEGER))
    return fail(formatting, "java.util.IllegalFormatConversionException");
  int64_t character = value.kind == VALUE_CHARACTER ? value.as.character : value.as.integer;
  if (character < 0 || character > 0x10FFFF)
    return fail(formatting, "java.util.IllegalFormatCodePointException");
  append_padded(formatting, format, (Text){bytes, utf8_encode((uint32_t)character, bytes)});
  return true;
}

static bool append_argument(Formatting *formatting, const Format *format, Value value) {
  bool null = value_is_null(value);
  switch (format->conversion) {
  case 'b':
    return append_general(formatting, format,
                          null || (value.kind == VALUE_BOOLEAN && !value.as.boolean) ? TEXT("false")
                                                                                     : TEXT("true"));
  case 's':
    if (has(format, SHARP)) return refuse(formatting, format, SHARP);
    return append_general(formatting, format, value_to_text(value, formatting->arena));
  case 'h':
    if (null) return append_general(formatting, format, TEXT("null"));
    return append_general(formatting, format,
                          in_radix((uint32_t)value_hash_code(value), 4, formatting->arena));
  default: break;
  }
  if (null) return append_general(formatting, format, TEXT("null"));
  switch (format->conversion) {
  case 'c': return append_character(formatting, format, value);
  case 'd':
  case 'o':
  case 'x': return append_whole(formatting, format, value);
  default: return append_decimal(formatting, format, value);
  }
}

/* Which argument a specifier takes: numbered from 1, the previous one again, or the next. */
static bool take_argument(Formatting *formatting, const Format *format, Value *out) {
  int32_t index;
  if (has(format, PREVIOUS)) {
    if (formatting->previous == 0) return fail(formatting, "java.util.MissingFormatArgumentException");
    index = formatting->previous;
  } else if (format->index != NOT_GIVEN) {
    index = format->index;
  } else {
    index = ++formatting->ordinary;
  }
  formatting->previous = index;
  *out = value_null();
  if (formatting->arguments == NULL) return true;
  if ((uint32_t)index > formatting->arguments->count)
    return fail(formatting, "java.util.MissingFormatArgumentException");
  *out = formatting->arguments->items[index - 1];
  return true;
}

static bool format_one(Formatting *formatting) {
  Format format;
  Value argument;
  if (!read_specifier(formatting, &format) || !check_specifier(formatting, &format)) return false;
  if (format.conversion == 'n') {
    buffer_append_char(&formatting->out, '\n');
    return true;
  }
  if (format.conversion == '%') {
    append_padded(formatting, &format, TEXT("%"));
    return true;
  }
  return take_argument(formatting, &format, &argument) && append_argument(formatting, &format, argument);
}

VtlAnswer call_format(Call *call, Text format, const List *arguments) {
  enum { LIMIT = 64 * 1024 * 1024 };
  Formatting formatting = {.format = format, .arguments = arguments, .arena = call->arena};
  formatting.out = buffer_make(call->arena, LIMIT);
  while (formatting.at < format.length) {
    size_t percent = text_find_char(format, '%', formatting.at);
    size_t end = percent == TEXT_NOT_FOUND ? format.length : percent;
    buffer_append(&formatting.out, text_slice(format, formatting.at, end));
    formatting.at = end + 1;
    if (percent != TEXT_NOT_FOUND && !format_one(&formatting)) return call_throw(call, formatting.exception);
  }
  if (formatting.out.overflowed) return call_throw(call, "java.lang.OutOfMemoryError");
  return call_answer_text(call, buffer_text(&formatting.out));
}
