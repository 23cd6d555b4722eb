/* What the files of this layer share and nobody else needs. */
#ifndef STATUSQUO_VALUE_VALUE_PARTS_H
#define STATUSQUO_VALUE_VALUE_PARTS_H

#include "harness/value/big_number.h"
#include "harness/value/value.h"

/* Past this depth a Java program's stack overflows; the default stack holds some thousand levels (assumed).
 */
enum { VALUE_DEPTH_LIMIT = 3000 };

/* `out` has room for raw.length bytes: unescaping never grows. */
size_t text_unescape(Text raw, char *out);
/* String.hashCode(): over UTF-16 units. */
int32_t text_hash_code(Text text);

/* The characters of a text for as long as a function runs, where no arena is at hand. */
typedef struct PlainText {
  Text text;
  char *heap;
} PlainText;
PlainText plain_text_open(Value text);
void plain_text_close(PlainText *plain);

/* A decimal floating-point text taken apart: digits are d1.d2… x 10^exponent. */
enum { DECIMAL_DIGITS = 20 };
typedef struct ShortDecimal {
  bool negative;
  int count;    /* of digits, without leading or trailing zeros; 0 is zero */
  int exponent; /* of the first digit */
  char digits[DECIMAL_DIGITS];
} ShortDecimal;
/* False when it has more significant digits than 15, or an exponent that a double may not hold exactly
 * enough. */
bool short_decimal_read(Text lexeme, ShortDecimal *out);
/* Java's notation: plain from 1e-3 to below 1e7, else with E. */
size_t short_decimal_print(const ShortDecimal *decimal, char out[32]);

/* Double.parseDouble of a number lexeme. */
double lexeme_to_double(Text lexeme);
float lexeme_to_float(Text lexeme);

/* A double as Java prints it, straight from the source text where that is safe. */
void number_print(Value number, Buffer *out);
/* A whole number or decimal as BigNumber; `number` is no float. Doubles become their exact binary value. */
const BigNumber *number_to_big(Value number, Arena *arena);

#endif
