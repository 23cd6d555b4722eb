/* java.math.BigDecimal, as far as filters need it: reading, comparing, printing, intValue(). */
#ifndef STATUSQUO_JSONPATH_DECIMAL_TEXT_H
#define STATUSQUO_JSONPATH_DECIMAL_TEXT_H

#include "harness/base/arena.h"

/* digits x 10^-scale; no leading zeros, no digits at all for zero. The digits are borrowed where they can be.
 */
typedef struct DecimalText {
  bool negative;
  Text digits;
  int64_t scale;
} DecimalText;

/* decimal = [ "+" | "-" ] ( digits [ "." [ digits ] ] | "." digits ) [ ( "e" | "E" ) [ sign ] digits ]
 * False: NumberFormatException. */
bool decimal_text_read(Text text, Arena *arena, DecimalText *out);
/* By value: -1, 0, 1. */
int decimal_text_compare(const DecimalText *left, const DecimalText *right);
/* toString(): 1E+3, 0.00, 1.5. */
Text decimal_text_print(const DecimalText *decimal, Arena *arena);
/* intValue(): the fraction cut off, the low 32 bits kept. */
int32_t decimal_text_to_int(const DecimalText *decimal);

#endif
