/* java.lang.Character: the tests and conversions that templates can reach through a character of a text. */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"
#include "harness/pattern/unicode.h"

static VtlAnswer answer_integer(Call *call, int32_t number) {
  return call_answer(call, value_integer(number));
}

/* char or int */
static int32_t character_argument(const Call *call, size_t argument) {
  Value value = call->arguments[argument];
  return value.kind == VALUE_CHARACTER ? value.as.character : value.as.integer;
}

static VtlAnswer answer_property(Call *call, Text property) {
  CharSet set;
  int32_t character = character_argument(call, 0);
  bool known = unicode_find(UNICODE_PROPERTY, property, false, call->arena, &set);
  return call_answer(call, value_boolean(known && character >= 0 && charset_has(set, (uint32_t)character)));
}

#define CHARACTER_TEST(body, property)                                                                       \
  static VtlAnswer body(Call *call) {                                                                        \
    return answer_property(call, TEXT(property));                                                            \
  }
CHARACTER_TEST(character_is_alphabetic, "javaAlphabetic")
CHARACTER_TEST(character_is_defined, "javaDefined")
CHARACTER_TEST(character_is_digit, "javaDigit")
CHARACTER_TEST(character_is_control, "javaISOControl")
CHARACTER_TEST(character_is_ideographic, "javaIdeographic")
CHARACTER_TEST(character_is_identifier_ignorable, "javaIdentifierIgnorable")
CHARACTER_TEST(character_is_java_start, "javaJavaIdentifierStart")
CHARACTER_TEST(character_is_java_part, "javaJavaIdentifierPart")
CHARACTER_TEST(character_is_unicode_start, "javaUnicodeIdentifierStart")
CHARACTER_TEST(character_is_unicode_part, "javaUnicodeIdentifierPart")
CHARACTER_TEST(character_is_letter, "javaLetter")
CHARACTER_TEST(character_is_letter_or_digit, "javaLetterOrDigit")
CHARACTER_TEST(character_is_lower_case, "javaLowerCase")
CHARACTER_TEST(character_is_mirrored, "javaMirrored")
CHARACTER_TEST(character_is_space_char, "javaSpaceChar")
CHARACTER_TEST(character_is_title_case, "javaTitleCase")
CHARACTER_TEST(character_is_upper_case, "javaUpperCase")
CHARACTER_TEST(character_is_whitespace, "javaWhitespace")
#undef CHARACTER_TEST

static VtlAnswer answer_between(Call *call, int32_t low, int32_t high) {
  int32_t character = character_argument(call, 0);
  return call_answer(call, value_boolean(character >= low && character <= high));
}
static VtlAnswer character_is_surrogate(Call *call) {
  return answer_between(call, 0xD800, 0xDFFF);
}
static VtlAnswer character_is_high(Call *call) {
  return answer_between(call, 0xD800, 0xDBFF);
}
static VtlAnswer character_is_low(Call *call) {
  return answer_between(call, 0xDC00, 0xDFFF);
}

static VtlAnswer character_is_valid(Call *call) {
  return answer_between(call, 0, 0x10FFFF);
}
static VtlAnswer character_is_basic(Call *call) {
  return answer_between(call, 0, 0xFFFF);
}
static VtlAnswer character_is_supplementary(Call *call) {
  return answer_between(call, 0x10000, 0x10FFFF);
}
static VtlAnswer character_is_pair(Call *call) {
  int32_t high = character_argument(call, 0), low = character_argument(call, 1);
  bool pair = high >= 0xD800 && high <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF;
  return call_answer(call, value_boolean(pair));
}
static VtlAnswer character_to_code_point(Call *call) {
  int32_t high = character_argument(call, 0), low = character_argument(call, 1);
  return answer_integer(
      call, (int32_t)(((uint32_t)high << 10) + (uint32_t)low - (0xD800u << 10) - 0xDC00u + 0x10000u));
}

/* The answer is of the argument's class. */
static VtlAnswer answer_mapped(Call *call, uint32_t (*map)(uint32_t character)) {
  Value value = call->arguments[0];
  int32_t character = character_argument(call, 0);
  uint32_t mapped = character < 0 ? 0 : map((uint32_t)character);
  if (value.kind != VALUE_CHARACTER) return answer_integer(call, character < 0 ? character : (int32_t)mapped);
  return call_answer(call, value_character(mapped > 0xFFFF ? value.as.character : (uint16_t)mapped));
}
static VtlAnswer character_to_lower(Call *call) {
  return answer_mapped(call, unicode_to_lower);
}
static VtlAnswer character_to_upper(Call *call) {
  return answer_mapped(call, unicode_to_upper);
}

/* ASCII letters count as digits from 10; of other scripts only decimal digits are known here (assumed
 * enough). */
static int32_t digit_value(int32_t character) {
  if (character >= '0' && character <= '9') return character - '0';
  int32_t low = character | 0x20;
  return low >= 'a' && low <= 'z' && character < 0x80 ? low - 'a' + 10 : -1;
}
static VtlAnswer character_numeric_value(Call *call) {
  return answer_integer(call, digit_value(character_argument(call, 0)));
}
static VtlAnswer character_digit(Call *call) {
  int32_t radix = call_integer(call, 1), digit = digit_value(character_argument(call, 0));
  return answer_integer(call, radix >= 2 && radix <= 36 && digit < radix ? digit : -1);
}
static VtlAnswer character_for_digit(Call *call) {
  int32_t digit = call_integer(call, 0), radix = call_integer(call, 1);
  bool valid = radix >= 2 && radix <= 36 && digit >= 0 && digit < radix;
  return call_answer(call,
                     value_character(valid ? (uint16_t) "0123456789abcdefghijklmnopqrstuvwxyz"[digit] : 0));
}

static VtlAnswer character_value(Call *call) {
  return call_answer(call, call->self);
}
static VtlAnswer character_identity(Call *call) {
  return call_answer(call, call->arguments[0]);
}
static VtlAnswer character_hash_code(Call *call) {
  return answer_integer(call, character_argument(call, 0));
}
static VtlAnswer character_compare(Call *call) {
  return answer_integer(call, character_argument(call, 0) - character_argument(call, 1));
}
static VtlAnswer character_compare_to(Call *call) {
  return answer_integer(call, call->self.as.character - character_argument(call, 0));
}
static VtlAnswer character_compare_to_other(Call *call) {
  if (value_is_null(call->arguments[0])) return call_throw_null_pointer(call);
  return call_throw(call, "java.lang.ClassCastException");
}
static VtlAnswer character_count(Call *call) {
  return answer_integer(call, character_argument(call, 0) >= 0x10000 ? 2 : 1);
}

static VtlAnswer character_to_string(Call *call) {
  int32_t character = character_argument(call, 0);
  if (character < 0 || character > 0x10FFFF) return call_throw(call, "java.lang.IllegalArgumentException");
  char *bytes = arena_alloc(call->arena, 4);
  return call_answer_text(call, (Text){bytes, utf8_encode((uint32_t)character, bytes)});
}

#define FOR_CHAR_AND_INT(name, body) METHOD_ROW(name, "C", body), METHOD_ROW(name, "I", body)

static const Method character_rows[] = {
    METHOD_ROW(charCount, "I", character_count),
    METHOD_ROW(charValue, "", character_value),
    METHOD_ROW(compare, "CC", character_compare),
    METHOD_ROW(compareTo, "O", character_compare_to_other),
    METHOD_ROW(compareTo, "c", character_compare_to),
    METHOD_ROW(digit, "CI", character_digit),
    METHOD_ROW(digit, "II", character_digit),
    METHOD_ROW(forDigit, "II", character_for_digit),
    FOR_CHAR_AND_INT(getNumericValue, character_numeric_value),
    METHOD_ROW(hashCode, "C", character_hash_code),
    METHOD_ROW(isAlphabetic, "I", character_is_alphabetic),
    METHOD_ROW(isBmpCodePoint, "I", character_is_basic),
    FOR_CHAR_AND_INT(isDefined, character_is_defined),
    FOR_CHAR_AND_INT(isDigit, character_is_digit),
    METHOD_ROW(isHighSurrogate, "C", character_is_high),
    FOR_CHAR_AND_INT(isISOControl, character_is_control),
    FOR_CHAR_AND_INT(isIdentifierIgnorable, character_is_identifier_ignorable),
    METHOD_ROW(isIdeographic, "I", character_is_ideographic),
    FOR_CHAR_AND_INT(isJavaIdentifierPart, character_is_java_part),
    FOR_CHAR_AND_INT(isJavaIdentifierStart, character_is_java_start),
    FOR_CHAR_AND_INT(isLetter, character_is_letter),
    FOR_CHAR_AND_INT(isLetterOrDigit, character_is_letter_or_digit),
    METHOD_ROW(isLowSurrogate, "C", character_is_low),
    FOR_CHAR_AND_INT(isLowerCase, character_is_lower_case),
    FOR_CHAR_AND_INT(isMirrored, character_is_mirrored),
    FOR_CHAR_AND_INT(isSpaceChar, character_is_space_char),
    METHOD_ROW(isSupplementaryCodePoint, "I", character_is_supplementary),
    METHOD_ROW(isSurrogate, "C", character_is_surrogate),
    METHOD_ROW(isSurrogatePair, "CC", character_is_pair),
    FOR_CHAR_AND_INT(isTitleCase, character_is_title_case),
    FOR_CHAR_AND_INT(isUnicodeIdentifierPart, character_is_unicode_part),
    FOR_CHAR_AND_INT(isUnicodeIdentifierStart, character_is_unicode_start),
    FOR_CHAR_AND_INT(isUpperCase, character_is_upper_case),
    METHOD_ROW(isValidCodePoint, "I", character_is_valid),
    FOR_CHAR_AND_INT(isWhitespace, character_is_whitespace),
    METHOD_ROW(toCodePoint, "CC", character_to_code_point),
    FOR_CHAR_AND_INT(toLowerCase, character_to_lower),
    FOR_CHAR_AND_INT(toString, character_to_string),
    FOR_CHAR_AND_INT(toUpperCase, character_to_upper),
    METHOD_ROW(valueOf, "C", character_identity),
};
METHOD_TABLE(character_methods, character_rows, &object_methods);
