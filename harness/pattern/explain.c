/* Why a value isn't matched, in words for the person who wrote the pattern: the mistakes that are made with
 * selection patterns, tried one after the other. */
#include "harness/base/utf8.h"
#include "harness/pattern/program.h"

static PatternAnswer matches_with(const Pattern *pattern, unsigned flags, Text subject, Arena *arena) {
  Pattern *variant;
  if ((pattern->flags & flags) == flags || (pattern->flags & PATTERN_LITERAL) != 0) return PATTERN_NO_MATCH;
  if (!pattern_compile(pattern->source, pattern->flags | flags, arena, &variant, NULL))
    return PATTERN_UNDECIDED;
  return pattern_matches(variant, subject, NULL);
}

/* Place of the first line terminator, or TEXT_NOT_FOUND; `name` says which. */
static size_t first_terminator(Text subject, const char **name) {
  for (size_t at = 0; at < subject.length;) {
    size_t start = at;
    switch (utf8_next(subject, &at)) {
    case '\n': *name = "newline"; return start;
    case '\r': *name = "carriage return"; return start;
    case 0x85: *name = "next-line character U+0085"; return start;
    case 0x2028: *name = "line separator U+2028"; return start;
    case 0x2029: *name = "paragraph separator U+2029"; return start;
    default: break;
    }
  }
  return TEXT_NOT_FOUND;
}

/* Characters are counted from 1. */
static size_t character_number(Text subject, size_t offset) {
  return utf8_count(text_slice(subject, 0, offset)) + 1;
}

static Text explain_terminator(const Pattern *pattern, Text subject, Arena *arena) {
  const char *name;
  size_t at = first_terminator(subject, &name);
  if (at == TEXT_NOT_FOUND || matches_with(pattern, PATTERN_DOTALL, subject, arena) != PATTERN_MATCHES)
    return TEXT_EMPTY;
  return arena_print(arena, "'.' stops at the %s at character %zu (with (?s) in front it would match)", name,
                     character_number(subject, at));
}

static bool looks_like_status(const Pattern *pattern) {
  for (int status = 100; status < 600; status++) {
    char digits[3] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10)};
    if (pattern_matches(pattern, (Text){digits, sizeof digits}, NULL) == PATTERN_MATCHES) return true;
  }
  return false;
}

static bool is_status(Text subject) {
  int64_t number;
  return subject.length == 3 && text_to_integer(subject, &number) && number >= 100;
}

static Text explain_status(const Pattern *pattern, Text subject, Arena *arena) {
  if (is_status(subject) || !looks_like_status(pattern)) return TEXT_EMPTY;
  return arena_print(arena,
                     "the pattern looks like an HTTP status, but the value is a text (for a Lambda function "
                     "the error message is matched)");
}

static Text explain_blanks(const Pattern *pattern, Text subject, Arena *arena) {
  Text trimmed = text_trim(subject);
  if (trimmed.length == subject.length || pattern_matches(pattern, trimmed, NULL) != PATTERN_MATCHES)
    return TEXT_EMPTY;
  return arena_print(arena, "only the white space at the %s of the value is too much",
                     trimmed.data > subject.data ? "start" : "end");
}

static Text explain_case(const Pattern *pattern, Text subject, Arena *arena) {
  if (matches_with(pattern, PATTERN_CASE_INSENSITIVE | PATTERN_UNICODE_CASE, subject, arena) !=
      PATTERN_MATCHES)
    return TEXT_EMPTY;
  return arena_print(arena, "only upper and lower case differ (with (?i) in front it would match)");
}

static Text explain_part(const Pattern *pattern, Text subject, Arena *arena) {
  size_t span[2];
  if (pattern_find(pattern, subject, 0, span, 2, NULL) != PATTERN_MATCHES || span[0] == span[1])
    return TEXT_EMPTY;
  size_t first = character_number(subject, span[0]), last = character_number(subject, span[1]) - 1;
  size_t count = utf8_count(subject);
  if (span[0] == 0)
    return arena_print(
        arena, "matched only a prefix of %zu characters (of %zu), the whole value has to match", last, count);
  return arena_print(arena, "matched only a part, characters %zu-%zu of %zu, the whole value has to match",
                     first, last, count);
}

Text pattern_explain_miss(const Pattern *pattern, Text subject, Arena *arena) {
  static Text (*const reasons[])(const Pattern *, Text, Arena *) = {
      explain_terminator, explain_blanks, explain_case, explain_part, explain_status};
  Fault fault = {0};
  if (pattern_matches(pattern, subject, &fault) != PATTERN_NO_MATCH)
    return arena_print(arena, "%s", fault.message);
  if (subject.length == 0) return arena_print(arena, "the value is empty");
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
    Text reason = reasons[i](pattern, subject, arena);
    if (reason.length > 0) return reason;
  }
  return TEXT_EMPTY;
}
