/* Whole and decimal numbers of any size: what java.math.BigInteger and BigDecimal compute, with bounds.
 *
 *   value = ± magnitude x 10^-scale,   magnitude = limbs[0] + limbs[1] x 10^9 + limbs[2] x 10^18 + …
 *
 * Base 10^9, because these numbers come from text and go to text. A BigInteger is one with scale 0. Numbers
 * are constant. Functions that answer false have met Java's ArithmeticException or the bounds below, which no
 * template comes near (assumed). */
#ifndef STATUSQUO_VALUE_BIG_NUMBER_H
#define STATUSQUO_VALUE_BIG_NUMBER_H

#include "harness/value/value.h"

enum {
  BIG_BASE = 1000000000,
  BIG_BASE_DIGITS = 9,
  BIG_LIMBS_LIMIT = 1 << 17,    /* of a result: about 1.2 million digits */
  BIG_PRODUCTS_LIMIT = 1 << 22, /* limb by limb products of one multiplication or division */
};

struct BigNumber {
  bool negative; /* never for zero */
  int32_t scale;
  uint32_t count; /* limbs, the last one not zero; 0 is zero */
  uint32_t limbs[];
};

const BigNumber *big_from_long(int64_t number, Arena *arena);
/* `digits` are decimal digits, leading zeros allowed. */
const BigNumber *big_from_digits(bool negative, Text digits, int32_t scale, Arena *arena);
/* new BigDecimal(double): the exact binary value. Finite numbers only. */
const BigNumber *big_from_double(double number, Arena *arena);
/* The same magnitude and scale, another sign. */
const BigNumber *big_with_sign(const BigNumber *number, bool negative, Arena *arena);

/* The magnitude's decimal digits, "0" for zero. */
Text big_digits(const BigNumber *number, Arena *arena);
uint32_t big_digit_count(const BigNumber *number);
/* The lowest 64 bits of the whole part in two's complement, as longValue(). */
int64_t big_to_long(const BigNumber *number);

/* Magnitudes only. */
int big_compare_magnitude(const BigNumber *left, const BigNumber *right);
/* By value: compareTo(). */
int big_compare(const BigNumber *left, const BigNumber *right);

/* x 10^power, the scale staying as it is. */
bool big_shift(const BigNumber *number, uint32_t power, Arena *arena, const BigNumber **out);
/* BigDecimal.add, subtract (by sign), multiply; for scale 0 BigInteger's. */
bool big_add(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **out);
bool big_multiply(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **out);
/* Of the magnitudes as whole numbers, signs as Java's divideAndRemainder; scales are ignored, results have 0.
 */
bool big_divide(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **quotient,
                const BigNumber **remainder);
typedef enum BigRounding {
  BIG_ROUND_UP,
  BIG_ROUND_DOWN,
  BIG_ROUND_CEILING,
  BIG_ROUND_FLOOR,
  BIG_ROUND_HALF_UP,
  BIG_ROUND_HALF_DOWN,
  BIG_ROUND_HALF_EVEN,
  BIG_ROUND_UNNECESSARY,
} BigRounding;
/* BigDecimal.divide(right, scale, rounding). */
bool big_divide_to_scale(const BigNumber *left, const BigNumber *right, int32_t scale, BigRounding rounding,
                         Arena *arena, const BigNumber **out);
/* BigDecimal.setScale(scale, rounding). */
bool big_set_scale(const BigNumber *number, int32_t scale, BigRounding rounding, Arena *arena,
                   const BigNumber **out);
/* BigInteger.hashCode() of the magnitude with its sign. */
int32_t big_hash_code(const BigNumber *number);

/* new BigDecimal(text); false: NumberFormatException. */
bool decimal_read(Text text, Arena *arena, const BigNumber **out);
/* BigDecimal.toString(), and toPlainString(). */
void decimal_print(const BigNumber *number, Buffer *out);
void decimal_print_plain(const BigNumber *number, Buffer *out);
/* Would decimal_read take it? */
bool decimal_lexeme_fits(Text lexeme);
/* BigDecimal.toString() of a number lexeme, without converting it. False: NumberFormatException. */
bool decimal_print_lexeme(Text lexeme, Buffer *out);

#endif
