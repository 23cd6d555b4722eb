/* Floating point to and from text as Java does it: the shortest digits that read back as the same number, at
 * least two of them, plain from 10^-3 to below 10^7 and with E outside. Witness: seen (JDK 17 where it is the
 * shortest form), documented (JDK 19+). */
#include "harness/value/value_parts.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEXEME_ON_STACK = 64 };

static double read_double(const char *terminated) {
  return strtod(terminated, NULL);
}

double lexeme_to_double(Text lexeme) {
  char copy[LEXEME_ON_STACK];
  if (lexeme.length < sizeof copy) {
    memcpy(copy, lexeme.data, lexeme.length);
    copy[lexeme.length] = '\0';
    return read_double(copy);
  }
  char *longer = memory_alloc(lexeme.length + 1);
  memcpy(longer, lexeme.data, lexeme.length);
  longer[lexeme.length] = '\0';
  double number = read_double(longer);
  free(longer);
  return number;
}

float lexeme_to_float(Text lexeme) {
  char *copy = memory_alloc(lexeme.length + 1);
  memcpy(copy, lexeme.data, lexeme.length);
  copy[lexeme.length] = '\0';
  float number = strtof(copy, NULL);
  free(copy);
  return number;
}

/* ---- decimals of few digits ---- */

bool short_decimal_read(Text lexeme, ShortDecimal *out) {
  size_t at = 0;
  *out = (ShortDecimal){.negative = lexeme.data[0] == '-'};
  if (out->negative) at++;
  bool after_point = false;
  int point = 0; /* digits before the point, or minus the zeros behind it */
  int zeros = 0;
  for (; at < lexeme.length && (lexeme.data[at] | 0x20) != 'e'; at++) {
    if (lexeme.data[at] == '.') {
      after_point = true;
      continue;
    }
    if (lexeme.data[at] == '0' && out->count + zeros == 0) {
      if (after_point) point--;
      continue;
    }
    if (!after_point) point++;
    if (lexeme.data[at] == '0') {
      zeros++;
      continue;
    }
    for (; zeros > 0; zeros--) {
      if (out->count == DBL_DIG) return false;
      out->digits[out->count++] = '0';
    }
    if (out->count == DBL_DIG) return false;
    out->digits[out->count++] = lexeme.data[at];
  }
  int64_t exponent = 0;
  if (at < lexeme.length) {
    bool plus = lexeme.data[at + 1] == '+';
    if (lexeme.length - at > 8) return false;
    if (!text_to_integer(text_slice(lexeme, at + (plus ? 2 : 1), lexeme.length), &exponent)) return false;
  }
  exponent += point - 1;
  out->exponent = (int)exponent;
  return out->count == 0 || (exponent > DBL_MIN_10_EXP + 2 && exponent < DBL_MAX_10_EXP - 1);
}

size_t short_decimal_print(const ShortDecimal *decimal, char out[32]) {
  size_t length = 0;
  int exponent = decimal->count == 0 ? 0 : decimal->exponent;
  if (decimal->negative) out[length++] = '-';
  bool plain = exponent >= -3 && exponent < 7;
  int whole = plain ? exponent + 1 : 1; /* digits before the point; none or fewer: zeros behind it */
  if (whole <= 0) {
    out[length++] = '0';
    out[length++] = '.';
    for (int i = whole; i < 0; i++) out[length++] = '0';
  }
  int written = whole > 0 && decimal->count < whole ? whole : decimal->count;
  for (int i = 0; i < written; i++) {
    if (i == whole && whole > 0) out[length++] = '.';
    out[length++] = i < decimal->count ? decimal->digits[i] : '0';
  }
  if (whole > 0 && written <= whole) {
    out[length++] = '.';
    out[length++] = '0';
  }
  if (!plain) length += (size_t)snprintf(out + length, 32 - length, "E%d", exponent);
  return length;
}

/* ---- shortest digits ---- */

typedef struct Precision {
  int sure; /* so many digits survive: the shortest form is found among these by dropping zeros */
  int full; /* so many digits always read back */
  bool (*same)(const char *text, double number);
} Precision;

static bool same_double(const char *text, double number) {
  return strtod(text, NULL) == number;
}
static bool same_float(const char *text, double number) {
  return strtof(text, NULL) == (float)number;
}

/* "d.ddde[+-]xx" */
static void take_apart(const char *text, ShortDecimal *out) {
  out->count = 0;
  for (; *text != 'e'; text++)
    if (*text != '.') out->digits[out->count++] = *text;
  while (out->count > 1 && out->digits[out->count - 1] == '0') out->count--;
  out->exponent = atoi(text + 1);
}

/* The next larger decimal of as many digits. */
static bool step_up(char *text) {
  char *at = strchr(text, 'e');
  while (at-- > text) {
    if (*at == '.') continue;
    if (*at != '9') {
      ++*at;
      return true;
    }
    *at = '0';
  }
  return false;
}

/* `number` is positive and finite. The nearest decimal of so many digits may miss the interval where a power
 * of two makes it lopsided, while its upper neighbour doesn't. */
static void shortest(double number, bool subnormal, const Precision *precision, ShortDecimal *out) {
  char text[40];
  for (int digits = subnormal ? 2 : precision->sure; digits <= precision->full; digits++) {
    snprintf(text, sizeof text, "%.*e", digits - 1, number);
    if (precision->same(text, number) || digits == precision->full) break;
    if (digits > precision->sure && step_up(text) && precision->same(text, number)) break;
  }
  take_apart(text, out);
}

static size_t print_special(double number, char out[32]) {
  const char *text = isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  memcpy(out, text, strlen(text));
  return strlen(text);
}

static size_t print_shortest(double number, bool subnormal, const Precision *precision, char out[32]) {
  if (!isfinite(number)) return print_special(number, out);
  ShortDecimal decimal = {.count = 0};
  if (number != 0) shortest(fabs(number), subnormal, precision, &decimal);
  decimal.negative = signbit(number);
  return short_decimal_print(&decimal, out);
}

size_t double_print(double number, char out[32]) {
  static const Precision precision = {DBL_DIG, DBL_DECIMAL_DIG, same_double};
  return print_shortest(number, fabs(number) < DBL_MIN, &precision, out);
}

size_t float_print(float number, char out[32]) {
  static const Precision precision = {FLT_DIG, FLT_DECIMAL_DIG, same_float};
  return print_shortest((double)number, fabsf(number) < FLT_MIN, &precision, out);
}
