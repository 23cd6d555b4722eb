/* Java strings: UTF-16 seen through UTF-8. A lone surrogate stands as its three bytes ("WTF-8"). */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"
#include "harness/pattern/unicode.h"

#include <string.h>

bool text_is_ascii(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if ((unsigned char)text.data[i] >= 0x80) return false;
  return true;
}

Units units_of(Text text, Arena *arena) {
  Units units = {arena_alloc(arena, (text.length + 1) * sizeof(uint16_t)), 0};
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    if (character >= 0x10000) {
      character -= 0x10000;
      units.items[units.count++] = (uint16_t)(0xD800 + (character >> 10));
      character = 0xDC00 + (character & 0x3FF);
    }
    units.items[units.count++] = (uint16_t)character;
  }
  return units;
}

static bool is_high(uint16_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
static bool is_low(uint16_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

Text text_of_units(const uint16_t *units, size_t count, Arena *arena) {
  char *bytes = arena_alloc(arena, count * 3 + 1);
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t character = units[i];
    if (is_high(units[i]) && i + 1 < count && is_low(units[i + 1])) {
      character = 0x10000 + ((character - 0xD800) << 10) + (units[i + 1] - 0xDC00u);
      i++;
    }
    length += utf8_encode(character, bytes + length);
  }
  return (Text){bytes, length};
}

Text text_of_span(Text text, size_t from, size_t to, Arena *arena) {
  if (text_is_ascii(text)) return text_slice(text, from, to);
  Units units = units_of(text, arena);
  return text_of_units(units.items + from, to - from, arena);
}

size_t unit_index(Text text, size_t offset) {
  return utf16_length(text_slice(text, 0, offset));
}

uint16_t unit_fold(uint16_t unit) {
  uint32_t upper = unicode_to_upper(unit);
  return (uint16_t)unicode_to_lower(upper > 0xFFFF ? unit : upper);
}

/* ---- case ---- */

/* Upper cases of more than one character; written by a program from JDK 17's String.toUpperCase(Locale.ROOT).
 */
typedef struct CaseSpecial {
  uint32_t character;
  const char *upper;
} CaseSpecial;

static const CaseSpecial upper_specials[] = {
    {0xDF, "SS"},   {0x149, "ʼN"},  {0x1F0, "J̌"},   {0x390, "Ϊ́"},    {0x3B0, "Ϋ́"},    {0x587, "ԵՒ"},
    {0x1E96, "H̱"},  {0x1E97, "T̈"},  {0x1E98, "W̊"},  {0x1E99, "Y̊"},   {0x1E9A, "Aʾ"},  {0x1F50, "Υ̓"},
    {0x1F52, "Υ̓̀"},  {0x1F54, "Υ̓́"},  {0x1F56, "Υ̓͂"},  {0x1F80, "ἈΙ"},  {0x1F81, "ἉΙ"},  {0x1F82, "ἊΙ"},
    {0x1F83, "ἋΙ"}, {0x1F84, "ἌΙ"}, {0x1F85, "ἍΙ"}, {0x1F86, "ἎΙ"},  {0x1F87, "ἏΙ"},  {0x1F88, "ἈΙ"},
    {0x1F89, "ἉΙ"}, {0x1F8A, "ἊΙ"}, {0x1F8B, "ἋΙ"}, {0x1F8C, "ἌΙ"},  {0x1F8D, "ἍΙ"},  {0x1F8E, "ἎΙ"},
    {0x1F8F, "ἏΙ"}, {0x1F90, "ἨΙ"}, {0x1F91, "ἩΙ"}, {0x1F92, "ἪΙ"},  {0x1F93, "ἫΙ"},  {0x1F94, "ἬΙ"},
    {0x1F95, "ἭΙ"}, {0x1F96, "ἮΙ"}, {0x1F97, "ἯΙ"}, {0x1F98, "ἨΙ"},  {0x1F99, "ἩΙ"},  {0x1F9A, "ἪΙ"},
    {0x1F9B, "ἫΙ"}, {0x1F9C, "ἬΙ"}, {0x1F9D, "ἭΙ"}, {0x1F9E, "ἮΙ"},  {0x1F9F, "ἯΙ"},  {0x1FA0, "ὨΙ"},
    {0x1FA1, "ὩΙ"}, {0x1FA2, "ὪΙ"}, {0x1FA3, "ὫΙ"}, {0x1FA4, "ὬΙ"},  {0x1FA5, "ὭΙ"},  {0x1FA6, "ὮΙ"},
    {0x1FA7, "ὯΙ"}, {0x1FA8, "ὨΙ"}, {0x1FA9, "ὩΙ"}, {0x1FAA, "ὪΙ"},  {0x1FAB, "ὫΙ"},  {0x1FAC, "ὬΙ"},
    {0x1FAD, "ὭΙ"}, {0x1FAE, "ὮΙ"}, {0x1FAF, "ὯΙ"}, {0x1FB2, "ᾺΙ"},  {0x1FB3, "ΑΙ"},  {0x1FB4, "ΆΙ"},
    {0x1FB6, "Α͂"},  {0x1FB7, "Α͂Ι"}, {0x1FBC, "ΑΙ"}, {0x1FC2, "ῊΙ"},  {0x1FC3, "ΗΙ"},  {0x1FC4, "ΉΙ"},
    {0x1FC6, "Η͂"},  {0x1FC7, "Η͂Ι"}, {0x1FCC, "ΗΙ"}, {0x1FD2, "Ϊ̀"},   {0x1FD3, "Ϊ́"},   {0x1FD6, "Ι͂"},
    {0x1FD7, "Ϊ͂"},  {0x1FE2, "Ϋ̀"},  {0x1FE3, "Ϋ́"},  {0x1FE4, "Ρ̓"},   {0x1FE6, "Υ͂"},   {0x1FE7, "Ϋ͂"},
    {0x1FF2, "ῺΙ"}, {0x1FF3, "ΩΙ"}, {0x1FF4, "ΏΙ"}, {0x1FF6, "Ω͂"},   {0x1FF7, "Ω͂Ι"},  {0x1FFC, "ΩΙ"},
    {0xFB00, "FF"}, {0xFB01, "FI"}, {0xFB02, "FL"}, {0xFB03, "FFI"}, {0xFB04, "FFL"}, {0xFB05, "ST"},
    {0xFB06, "ST"}, {0xFB13, "ՄՆ"}, {0xFB14, "ՄԵ"}, {0xFB15, "ՄԻ"},  {0xFB16, "ՎՆ"},  {0xFB17, "ՄԽ"}};

static const char *special_upper(uint32_t character) {
  size_t low = 0, high = sizeof upper_specials / sizeof *upper_specials;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (upper_specials[middle].character == character) return upper_specials[middle].upper;
    if (upper_specials[middle].character < character)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static Text ascii_case(Text text, char from, char to, Arena *arena) {
  char *copy = arena_copy_string(arena, text);
  for (size_t i = 0; i < text.length; i++)
    if (copy[i] >= from && copy[i] <= to) copy[i] ^= 0x20;
  return (Text){copy, text.length};
}

Text text_to_upper(Text text, Arena *arena) {
  if (text_is_ascii(text)) return ascii_case(text, 'a', 'z', arena);
  Buffer out = buffer_make(arena, 0);
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    const char *special = character < 0x80 ? NULL : special_upper(character);
    if (special != NULL)
      buffer_append_string(&out, special);
    else
      utf8_append(&out, unicode_to_upper(character));
  }
  return buffer_text(&out);
}

/* What the final sigma looks at. */
typedef struct SigmaSets {
  CharSet upper, lower, title;
  CharSet ignorable[5];
} SigmaSets;

static bool sigma_sets(Arena *arena, SigmaSets *sets) {
  static const Text names[] = {TEXT_INIT("Mn"), TEXT_INIT("Me"), TEXT_INIT("Cf"), TEXT_INIT("Lm"),
                               TEXT_INIT("Sk")};
  for (size_t i = 0; i < 5; i++)
    if (!unicode_find(UNICODE_PROPERTY, names[i], false, arena, &sets->ignorable[i])) return false;
  return unicode_find(UNICODE_PROPERTY, TEXT("javaUpperCase"), false, arena, &sets->upper) &&
         unicode_find(UNICODE_PROPERTY, TEXT("javaLowerCase"), false, arena, &sets->lower) &&
         unicode_find(UNICODE_PROPERTY, TEXT("javaTitleCase"), false, arena, &sets->title);
}

static bool is_cased(const SigmaSets *sets, uint32_t character) {
  return charset_has(sets->lower, character) || charset_has(sets->upper, character) ||
         charset_has(sets->title, character);
}

static bool is_ignorable(const SigmaSets *sets, uint32_t character) {
  static const uint32_t punctuation[] = {0x27,   0x2E,   0x3A,   0xB7,   0x387,  0x55F,
                                         0x5F4,  0x2018, 0x2019, 0x2024, 0x2027, 0xFE13,
                                         0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A};
  for (size_t i = 0; i < 5; i++)
    if (charset_has(sets->ignorable[i], character)) return true;
  for (size_t i = 0; i < sizeof punctuation / sizeof *punctuation; i++)
    if (punctuation[i] == character) return true;
  return false;
}

/* A sigma is final when a cased letter stands before it and none behind it, ignorable characters apart. */
static bool next_is_cased(const SigmaSets *sets, Text rest) {
  for (size_t at = 0; at < rest.length;) {
    uint32_t character = utf8_next(rest, &at);
    if (is_cased(sets, character)) return true;
    if (!is_ignorable(sets, character)) return false;
  }
  return false;
}

Text text_to_lower(Text text, Arena *arena) {
  enum { SIGMA = 0x3A3, FINAL_SIGMA = 0x3C2, DOTTED_I = 0x130 };
  if (text_is_ascii(text)) return ascii_case(text, 'A', 'Z', arena);
  Buffer out = buffer_make(arena, 0);
  SigmaSets sets;
  bool has_sets = text_find(text, TEXT("Σ"), 0) != TEXT_NOT_FOUND && sigma_sets(arena, &sets);
  bool after_cased = false;
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    if (character == DOTTED_I) {
      buffer_append(&out, TEXT("i\xCC\x87"));
    } else if (character == SIGMA && after_cased &&
               !next_is_cased(&sets, text_slice(text, at, text.length))) {
      utf8_append(&out, FINAL_SIGMA);
    } else {
      utf8_append(&out, unicode_to_lower(character));
    }
    if (has_sets && is_cased(&sets, character))
      after_cased = true;
    else if (has_sets && !is_ignorable(&sets, character))
      after_cased = false;
  }
  return buffer_text(&out);
}
