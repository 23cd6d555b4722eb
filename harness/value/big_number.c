#include "harness/value/big_number.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static BigNumber *big_new(uint32_t limbs, Arena *arena) {
  BigNumber *number = arena_alloc(arena, sizeof(BigNumber) + limbs * sizeof(uint32_t));
  memset(number, 0, sizeof(BigNumber) + limbs * sizeof(uint32_t));
  number->count = limbs;
  return number;
}

static const BigNumber *trimmed(BigNumber *number) {
  while (number->count > 0 && number->limbs[number->count - 1] == 0) number->count--;
  if (number->count == 0) number->negative = false;
  return number;
}

/* ---- making ---- */

const BigNumber *big_from_long(int64_t number, Arena *arena) {
  BigNumber *big = big_new(3, arena);
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  for (uint32_t i = 0; i < 3; i++, rest /= BIG_BASE) big->limbs[i] = (uint32_t)(rest % BIG_BASE);
  big->negative = number < 0;
  return trimmed(big);
}

const BigNumber *big_from_digits(bool negative, Text digits, int32_t scale, Arena *arena) {
  size_t zeros = 0;
  while (zeros < digits.length && digits.data[zeros] == '0') zeros++;
  digits = text_slice(digits, zeros, digits.length);
  BigNumber *big = big_new((uint32_t)((digits.length + BIG_BASE_DIGITS - 1) / BIG_BASE_DIGITS), arena);
  size_t end = digits.length;
  for (uint32_t i = 0; i < big->count; i++) {
    size_t start = end < BIG_BASE_DIGITS ? 0 : end - BIG_BASE_DIGITS;
    uint32_t limb = 0;
    for (size_t at = start; at < end; at++) limb = limb * 10 + (uint32_t)(digits.data[at] - '0');
    big->limbs[i] = limb;
    end = start;
  }
  big->scale = scale;
  big->negative = negative;
  return trimmed(big);
}

const BigNumber *big_with_sign(const BigNumber *number, bool negative, Arena *arena) {
  if (number->negative == negative || number->count == 0) return number;
  BigNumber *copy = big_new(number->count, arena);
  memcpy(copy, number, sizeof(BigNumber) + number->count * sizeof(uint32_t));
  copy->negative = negative;
  return copy;
}

/* In place, `number` having room for what is carried out. */
static void multiply_small(BigNumber *number, uint32_t factor) {
  uint64_t carry = 0;
  for (uint32_t i = 0; i < number->count; i++) {
    carry += (uint64_t)number->limbs[i] * factor;
    number->limbs[i] = (uint32_t)(carry % BIG_BASE);
    carry /= BIG_BASE;
  }
  assert(carry == 0);
}

const BigNumber *big_from_double(double number, Arena *arena) {
  assert(isfinite(number));
  int exponent;
  double fraction = frexp(fabs(number), &exponent);
  uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
  exponent -= 53;
  if (mantissa == 0) return big_from_long(0, arena);
  for (; (mantissa & 1) == 0; mantissa >>= 1) exponent++;

  /* m x 2^e, or m x 5^-e x 10^e */
  uint32_t power = (uint32_t)abs(exponent);
  BigNumber *big = big_new(3 + power / 10, arena); /* 2^30 and 5^12 are more than 10^8 */
  for (uint32_t i = 0; i < 3; i++, mantissa /= BIG_BASE) big->limbs[i] = (uint32_t)(mantissa % BIG_BASE);
  uint32_t factor = exponent < 0 ? 5 : 2;
  for (; power >= 8; power -= 8) multiply_small(big, exponent < 0 ? 390625 : 256);
  for (; power > 0; power--) multiply_small(big, factor);
  if (exponent < 0) big->scale = -exponent;
  big->negative = number < 0;
  return trimmed(big);
}

/* ---- looking ---- */

Text big_digits(const BigNumber *number, Arena *arena) {
  if (number->count == 0) return TEXT("0");
  size_t room = (size_t)number->count * BIG_BASE_DIGITS;
  char *digits = arena_alloc(arena, room);
  for (uint32_t i = 0; i < number->count; i++) {
    uint32_t limb = number->limbs[i];
    char *last = digits + room - (size_t)i * BIG_BASE_DIGITS;
    for (int digit = 1; digit <= BIG_BASE_DIGITS; digit++, limb /= 10) last[-digit] = (char)('0' + limb % 10);
  }
  size_t zeros = 0;
  while (digits[zeros] == '0') zeros++;
  return (Text){digits + zeros, room - zeros};
}

uint32_t big_digit_count(const BigNumber *number) {
  if (number->count == 0) return 1;
  uint32_t digits = (number->count - 1) * BIG_BASE_DIGITS;
  for (uint32_t limb = number->limbs[number->count - 1]; limb > 0; limb /= 10) digits++;
  return digits;
}

static uint32_t power_of_ten(uint32_t power) {
  uint32_t result = 1;
  while (power-- > 0) result *= 10;
  return result;
}

int64_t big_to_long(const BigNumber *number) {
  uint32_t skipped = number->scale > 0 ? (uint32_t)number->scale : 0;
  uint32_t limbs = skipped / BIG_BASE_DIGITS;
  uint32_t low = power_of_ten(skipped % BIG_BASE_DIGITS), high = BIG_BASE / low;
  uint64_t sum = 0;
  for (uint32_t i = number->count; i-- > limbs;) {
    uint32_t above = i + 1 < number->count ? number->limbs[i + 1] % low : 0;
    sum = sum * BIG_BASE + number->limbs[i] / low + (uint64_t)above * high;
  }
  for (int32_t power = number->scale; power < 0 && sum != 0; power++) sum *= 10;
  return (int64_t)(number->negative ? 0 - sum : sum);
}

int big_compare_magnitude(const BigNumber *left, const BigNumber *right) {
  if (left->count != right->count) return left->count < right->count ? -1 : 1;
  for (uint32_t i = left->count; i-- > 0;)
    if (left->limbs[i] != right->limbs[i]) return left->limbs[i] < right->limbs[i] ? -1 : 1;
  return 0;
}

/* Positive numbers: by the place of the first digit, then digit by digit. */
static int compare_scaled(const BigNumber *left, const BigNumber *right) {
  int64_t left_place = (int64_t)big_digit_count(left) - left->scale;
  int64_t right_place = (int64_t)big_digit_count(right) - right->scale;
  if (left_place != right_place) return left_place < right_place ? -1 : 1;
  if (left->scale == right->scale) return big_compare_magnitude(left, right);
  Arena *scratch = arena_new(0);
  Text left_digits = big_digits(left, scratch), right_digits = big_digits(right, scratch);
  size_t shorter = left_digits.length < right_digits.length ? left_digits.length : right_digits.length;
  int order = memcmp(left_digits.data, right_digits.data, shorter);
  Text rest = text_slice(left_digits.length > shorter ? left_digits : right_digits, shorter, SIZE_MAX);
  for (size_t i = 0; order == 0 && i < rest.length; i++)
    if (rest.data[i] != '0') order = left_digits.length > shorter ? 1 : -1;
  arena_free(scratch);
  return order < 0 ? -1 : order > 0;
}

int big_compare(const BigNumber *left, const BigNumber *right) {
  int left_sign = left->count == 0 ? 0 : left->negative ? -1 : 1;
  int right_sign = right->count == 0 ? 0 : right->negative ? -1 : 1;
  if (left_sign != right_sign) return left_sign < right_sign ? -1 : 1;
  return left_sign == 0 ? 0 : left_sign * compare_scaled(left, right);
}

/* BigInteger.hashCode() runs over 32-bit words, so the base has to change; that takes the square of the
 * length. */
int32_t big_hash_code(const BigNumber *number) {
  enum { LONGEST = 4096 };
  uint32_t hash = 0;
  if (number->count > LONGEST) { /* assumed: nobody asks */
    for (uint32_t i = number->count; i-- > 0;) hash = hash * 31 + number->limbs[i];
    return (int32_t)hash;
  }
  uint32_t words[LONGEST] = {0};
  uint32_t count = 0;
  for (uint32_t i = number->count; i-- > 0;) {
    uint64_t carry = number->limbs[i];
    for (uint32_t word = 0; word < count; word++) {
      carry += (uint64_t)words[word] * BIG_BASE;
      words[word] = (uint32_t)carry;
      carry >>= 32;
    }
    if (carry != 0) words[count++] = (uint32_t)carry;
  }
  for (uint32_t word = count; word-- > 0;) hash = hash * 31 + words[word];
  return (int32_t)(number->negative ? 0 - hash : hash);
}

/* ---- computing ---- */

bool big_shift(const BigNumber *number, uint32_t power, Arena *arena, const BigNumber **out) {
  if (power == 0 || number->count == 0) {
    *out = number;
    return true;
  }
  uint32_t limbs = power / BIG_BASE_DIGITS;
  if (limbs > BIG_LIMBS_LIMIT || number->count > BIG_LIMBS_LIMIT - limbs) return false;
  BigNumber *shifted = big_new(number->count + limbs + 1, arena);
  memcpy(shifted->limbs + limbs, number->limbs, number->count * sizeof(uint32_t));
  multiply_small(shifted, power_of_ten(power % BIG_BASE_DIGITS));
  shifted->scale = number->scale;
  shifted->negative = number->negative;
  *out = trimmed(shifted);
  return true;
}

static BigNumber *add_magnitudes(const BigNumber *left, const BigNumber *right, Arena *arena) {
  if (left->count < right->count) {
    const BigNumber *longer = right;
    right = left;
    left = longer;
  }
  BigNumber *sum = big_new(left->count + 1, arena);
  uint32_t carry = 0;
  for (uint32_t i = 0; i < left->count; i++) {
    uint32_t limb = left->limbs[i] + (i < right->count ? right->limbs[i] : 0) + carry;
    carry = limb >= BIG_BASE;
    sum->limbs[i] = carry ? limb - BIG_BASE : limb;
  }
  sum->limbs[left->count] = carry;
  return sum;
}

/* left >= right */
static BigNumber *subtract_magnitudes(const BigNumber *left, const BigNumber *right, Arena *arena) {
  BigNumber *difference = big_new(left->count, arena);
  uint32_t borrow = 0;
  for (uint32_t i = 0; i < left->count; i++) {
    uint32_t taken = (i < right->count ? right->limbs[i] : 0) + borrow;
    borrow = left->limbs[i] < taken;
    difference->limbs[i] = left->limbs[i] + (borrow ? BIG_BASE : 0) - taken;
  }
  return difference;
}

/* Both with the larger scale. */
static bool align(const BigNumber **left, const BigNumber **right, int32_t *scale, Arena *arena) {
  int64_t apart = (int64_t)(*left)->scale - (*right)->scale;
  *scale = apart > 0 ? (*left)->scale : (*right)->scale;
  const BigNumber **shorter = apart > 0 ? right : left;
  int64_t power = apart > 0 ? apart : -apart;
  if ((*shorter)->count == 0) return true;
  return power <= (int64_t)BIG_LIMBS_LIMIT * BIG_BASE_DIGITS &&
         big_shift(*shorter, (uint32_t)power, arena, shorter);
}

bool big_add(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **out) {
  int32_t scale;
  if (!align(&left, &right, &scale, arena)) return false;
  if (left->count > BIG_LIMBS_LIMIT || right->count > BIG_LIMBS_LIMIT) return false;
  BigNumber *sum;
  if (left->negative == right->negative) {
    sum = add_magnitudes(left, right, arena);
    sum->negative = left->negative;
  } else if (big_compare_magnitude(left, right) >= 0) {
    sum = subtract_magnitudes(left, right, arena);
    sum->negative = left->negative;
  } else {
    sum = subtract_magnitudes(right, left, arena);
    sum->negative = right->negative;
  }
  sum->scale = scale;
  *out = trimmed(sum);
  return true;
}

static bool scale_fits(int64_t scale) {
  return scale >= INT32_MIN && scale <= INT32_MAX;
}

bool big_multiply(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **out) {
  int64_t scale = (int64_t)left->scale + right->scale;
  if (!scale_fits(scale) || left->count + right->count > BIG_LIMBS_LIMIT) return false;
  if ((uint64_t)left->count * right->count > BIG_PRODUCTS_LIMIT) return false;
  BigNumber *product = big_new(left->count + right->count, arena);
  for (uint32_t i = 0; i < left->count; i++) {
    uint64_t carry = 0;
    for (uint32_t j = 0; j < right->count; j++) {
      carry += product->limbs[i + j] + (uint64_t)left->limbs[i] * right->limbs[j];
      product->limbs[i + j] = (uint32_t)(carry % BIG_BASE);
      carry /= BIG_BASE;
    }
    product->limbs[i + right->count] = (uint32_t)carry;
  }
  product->scale = (int32_t)scale;
  product->negative = left->negative != right->negative;
  *out = trimmed(product);
  return true;
}

static uint32_t divide_small(const BigNumber *left, uint32_t divisor, BigNumber *quotient) {
  uint64_t rest = 0;
  for (uint32_t i = left->count; i-- > 0;) {
    rest = rest * BIG_BASE + left->limbs[i];
    quotient->limbs[i] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  return (uint32_t)rest;
}

/* rest[at..] -= divisor x digit; true when that went below zero. */
static bool subtract_product(uint32_t *rest, const BigNumber *divisor, uint32_t digit) {
  uint64_t carry = 0;
  int64_t borrow = 0;
  for (uint32_t i = 0; i <= divisor->count; i++) {
    carry += i < divisor->count ? (uint64_t)divisor->limbs[i] * digit : 0;
    int64_t limb = (int64_t)rest[i] - (int64_t)(carry % BIG_BASE) + borrow;
    carry /= BIG_BASE;
    borrow = limb < 0 ? -1 : 0;
    rest[i] = (uint32_t)(limb < 0 ? limb + BIG_BASE : limb);
  }
  return borrow != 0;
}

static void add_back(uint32_t *rest, const BigNumber *divisor) {
  uint32_t carry = 0;
  for (uint32_t i = 0; i <= divisor->count; i++) {
    uint32_t limb = rest[i] + (i < divisor->count ? divisor->limbs[i] : 0) + carry;
    carry = limb >= BIG_BASE;
    rest[i] = carry ? limb - BIG_BASE : limb;
  }
}

/* Long division by a divisor of several limbs: each quotient limb is guessed from the first two limbs of what
 * is left and corrected downwards. Both numbers are first scaled so that the guess is at most two too high.
 */
static void divide_long(const BigNumber *left, const BigNumber *right, Arena *arena, BigNumber *quotient,
                        const BigNumber **remainder) {
  uint32_t factor = BIG_BASE / (right->limbs[right->count - 1] + 1);
  BigNumber *rest = big_new(left->count + 1, arena);
  memcpy(rest->limbs, left->limbs, left->count * sizeof(uint32_t));
  multiply_small(rest, factor);
  BigNumber *divisor = big_new(right->count, arena);
  memcpy(divisor->limbs, right->limbs, right->count * sizeof(uint32_t));
  multiply_small(divisor, factor);

  uint32_t n = divisor->count;
  for (uint32_t at = left->count - n + 1; at-- > 0;) {
    uint32_t *window = rest->limbs + at;
    uint64_t head = (uint64_t)window[n] * BIG_BASE + window[n - 1];
    uint64_t digit = head / divisor->limbs[n - 1];
    if (digit >= BIG_BASE) digit = BIG_BASE - 1;
    if (digit > 0 && subtract_product(window, divisor, (uint32_t)digit)) {
      do {
        digit--;
        add_back(window, divisor);
      } while (window[n] != 0);
    }
    quotient->limbs[at] = (uint32_t)digit;
  }
  BigNumber *whole = big_new(rest->count, arena);
  trimmed(rest);
  divide_small(rest, factor, whole);
  *remainder = whole;
}

bool big_divide(const BigNumber *left, const BigNumber *right, Arena *arena, const BigNumber **quotient,
                const BigNumber **remainder) {
  if (right->count == 0) return false;
  BigNumber *result = big_new(left->count + 1, arena);
  const BigNumber *rest;
  if (right->count == 1) {
    uint32_t small = divide_small(left, right->limbs[0], result);
    rest = big_from_long(small, arena);
  } else if (left->count < right->count) {
    BigNumber *copy = big_new(left->count, arena);
    memcpy(copy->limbs, left->limbs, left->count * sizeof(uint32_t));
    rest = copy;
  } else {
    if ((uint64_t)(left->count - right->count + 1) * right->count > BIG_PRODUCTS_LIMIT) return false;
    divide_long(left, right, arena, result, &rest);
  }
  result->negative = left->negative != right->negative;
  *quotient = trimmed(result);
  *remainder = big_with_sign(trimmed((BigNumber *)rest), left->negative, arena);
  return true;
}

typedef struct Cut {
  const BigNumber *quotient;
  const BigNumber *remainder;
  const BigNumber *divisor;
  bool negative;
} Cut;

/* Is the quotient's magnitude one larger after rounding? */
static bool rounds_away(BigRounding rounding, const Cut *cut, Arena *arena) {
  if (cut->remainder->count == 0) return false;
  if (rounding == BIG_ROUND_UP) return true;
  if (rounding == BIG_ROUND_CEILING) return !cut->negative;
  if (rounding == BIG_ROUND_FLOOR) return cut->negative;
  if (rounding == BIG_ROUND_DOWN) return false;
  BigNumber *twice = add_magnitudes(cut->remainder, cut->remainder, arena);
  int order = big_compare_magnitude(trimmed(twice), cut->divisor);
  bool odd = cut->quotient->count > 0 && cut->quotient->limbs[0] % 2 == 1;
  bool tie_away = rounding == BIG_ROUND_HALF_UP || (rounding == BIG_ROUND_HALF_EVEN && odd);
  return order > 0 || (order == 0 && tie_away);
}

bool big_divide_to_scale(const BigNumber *left, const BigNumber *right, int32_t scale, BigRounding rounding,
                         Arena *arena, const BigNumber **out) {
  int64_t power = (int64_t)scale - left->scale + right->scale;
  int64_t limit = (int64_t)BIG_LIMBS_LIMIT * BIG_BASE_DIGITS;
  if (power > limit || power < -limit) return false;
  bool negative = left->negative != right->negative;
  if (power >= 0 ? !big_shift(left, (uint32_t)power, arena, &left)
                 : !big_shift(right, (uint32_t)-power, arena, &right))
    return false;
  const BigNumber *quotient, *remainder;
  if (!big_divide(left, right, arena, &quotient, &remainder)) return false;
  if (rounding == BIG_ROUND_UNNECESSARY && remainder->count > 0) return false;
  Cut cut = {quotient, remainder, right, negative};
  BigNumber *result = rounds_away(rounding, &cut, arena)
                          ? add_magnitudes(quotient, big_from_long(1, arena), arena)
                          : add_magnitudes(quotient, big_from_long(0, arena), arena);
  result->scale = scale;
  result->negative = negative;
  *out = trimmed(result);
  return true;
}

bool big_set_scale(const BigNumber *number, int32_t scale, BigRounding rounding, Arena *arena,
                   const BigNumber **out) {
  return big_divide_to_scale(number, big_from_long(1, arena), scale, rounding, arena, out);
}
