/* Character classes: [a-z&&[^aeiou]], nested, negated, with Java's reading of the odd cases. */
#include "harness/pattern/parser.h"
#include "harness/pattern/unicode.h"

bool parser_spend(Parser *parser, size_t ranges) {
  if (ranges > parser->set_budget)
    return parser_limit(parser, "the character classes of this pattern are too large together");
  parser->set_budget -= ranges;
  return true;
}

static void add_ascii_cases(CharSetBuilder *builder, uint32_t character) {
  charset_add_range(builder, character, character);
  if (is_ascii_letter(character)) charset_add_range(builder, character ^ 32, character ^ 32);
}

CharSet set_of_run(Parser *parser, uint32_t character) {
  CharSetBuilder builder = {.arena = parser->arena};
  if (!parser_has(parser, PATTERN_CASE_INSENSITIVE))
    charset_add_range(&builder, character, character);
  else if (parser_has(parser, PATTERN_UNICODE_CASE))
    unicode_add_folds(&builder, unicode_fold(character));
  else
    add_ascii_cases(&builder, character);
  return charset_finish(&builder);
}

/* A character without case of its own is compared exactly, even when another one folds to it: (?iu)\u00DF
 * doesn't match U+1E9E, which the run "a\u00DF" does (seen: JDK 17). */
CharSet set_of_single(Parser *parser, uint32_t character) {
  bool by_unicode = parser_has(parser, PATTERN_CASE_INSENSITIVE) && parser_has(parser, PATTERN_UNICODE_CASE);
  if (by_unicode && unicode_to_upper(character) == unicode_fold(character))
    return charset_range(character, character, parser->arena);
  return set_of_run(parser, character);
}

/* Any character that is in the range in one of its cases. */
static CharSet set_of_range(Parser *parser, uint32_t first, uint32_t last) {
  CharSetBuilder builder = {.arena = parser->arena};
  charset_add_range(&builder, first, last);
  if (!parser_has(parser, PATTERN_CASE_INSENSITIVE)) return charset_finish(&builder);
  if (parser_has(parser, PATTERN_UNICODE_CASE)) unicode_add_range_folds(&builder, first, last);
  for (uint32_t lower = 'a'; lower <= 'z'; lower++) {
    uint32_t upper = lower - 32;
    if ((lower >= first && lower <= last) || (upper >= first && upper <= last))
      add_ascii_cases(&builder, lower);
  }
  return charset_finish(&builder);
}

/* A class while it is read. Java keeps single characters apart from everything else ("bits"), which shows in
 * what a dangling && intersects with. */
typedef struct ClassState {
  CharSetBuilder singles, others;
  CharSet last; /* what was read last, for "[a-z&&]" */
  bool has_singles, has_others, has_last;
} ClassState;

/* Whether Java keeps a single character as a bit: not beyond Latin-1, and not what folds out of it. */
static bool is_bit(const Parser *parser, uint32_t character) {
  static const uint32_t folding[] = {0xFF, 0xB5, 'I', 'i', 'S', 's', 'K', 'k', 0xC5, 0xE5};
  if (character > 0xFF) return false;
  if (!parser_has(parser, PATTERN_CASE_INSENSITIVE) || !parser_has(parser, PATTERN_UNICODE_CASE)) return true;
  for (size_t i = 0; i < sizeof folding / sizeof folding[0]; i++)
    if (folding[i] == character) return false;
  return true;
}

/* range = property | escape | character ['-' (escape | character)] */
static bool parse_range(Parser *parser, ClassState *state) {
  uint32_t first = parser_peek(parser);
  state->has_last = false;
  if (first == '\\') {
    first = parser_next_raw(parser);
    if (first == 'p' || first == 'P') {
      if (!property_parse(parser, &state->last)) return false;
      state->has_last = true;
    } else {
      bool in_range = parser_at(parser, parser->cursor + 1) == '-';
      parser_back(parser);
      Escape escape = escape_parse(parser, true, in_range);
      if (escape.kind == ESCAPE_FAULT) return false;
      first = escape.character;
      state->has_last = escape.kind == ESCAPE_SET;
      state->last = escape.set;
    }
  } else {
    parser_next(parser);
  }
  if (!state->has_last && parser_peek(parser) == '-') {
    uint32_t behind = parser_at(parser, parser->cursor + 1);
    if (behind != '[' && behind != ']') {
      uint32_t last = parser_next(parser);
      if (last == '\\') {
        Escape escape = escape_parse(parser, true, true);
        if (escape.kind == ESCAPE_FAULT) return false;
        if (escape.kind != ESCAPE_CHARACTER)
          return parser_fail(parser, "illegal character range: it can't end with a class");
        last = escape.character;
      } else {
        parser_next(parser);
      }
      if (last < first) return parser_fail(parser, "illegal character range: its end is before its start");
      state->last = set_of_range(parser, first, last);
      state->has_last = true;
    }
  }
  if (state->has_last) {
    if (!parser_spend(parser, state->last.count)) return false;
    charset_add(&state->others, state->last);
    state->has_others = true;
  } else {
    CharSet single = set_of_single(parser, first);
    if (!parser_spend(parser, single.count)) return false;
    state->has_last = !is_bit(parser, first);
    state->last = single;
    charset_add(state->has_last ? &state->others : &state->singles, single);
    state->has_others = state->has_others || state->has_last;
    state->has_singles = state->has_singles || !state->has_last;
  }
  return true;
}

static bool parse_members(Parser *parser, bool nested, CharSet *out);

/* intersection = "&&" { class | members }, up to ']' or '&' */
static bool parse_intersection(Parser *parser, ClassState *state) {
  CharSetBuilder right = {.arena = parser->arena};
  bool has_right = false;
  CharSet part = {NULL, 0};
  for (uint32_t ahead = parser_next(parser); ahead != ']' && ahead != '&'; ahead = parser_peek(parser)) {
    if (ahead == '[') {
      if (!parse_members(parser, true, &part)) return false;
    } else {
      parser_back(parser);
      if (!parse_members(parser, false, &part)) return false;
    }
    charset_add(&right, part);
    has_right = true;
  }
  if (state->has_singles) {
    charset_add(&state->others, charset_finish(&state->singles));
    if (!state->has_others) {
      state->last = charset_finish(&state->singles);
      state->has_last = true;
    }
    state->has_others = true;
    state->has_singles = false;
  }
  if (has_right) {
    state->last = charset_finish(&right);
    state->has_last = true;
  }
  if (!state->has_others) {
    if (!has_right) return parser_fail(parser, "bad class syntax: nothing on either side of &&");
    charset_add(&state->others, state->last);
    state->has_others = true;
    return true;
  }
  if (!state->has_last)
    return parser_limit(parser, "Java itself fails on a class that ends in && after a single character");
  CharSet both = charset_intersection(charset_finish(&state->others), state->last, parser->arena);
  state->others = (CharSetBuilder){.arena = parser->arena};
  charset_add(&state->others, both);
  return true;
}

/* members = ['^'] { class | intersection | range } ; the first ']' after at least one member ends it.
 * `nested` says whether the ']' belongs to it. */
static bool parse_rest(Parser *parser, bool nested, CharSet *out) {
  ClassState state = {.singles = {.arena = parser->arena}, .others = {.arena = parser->arena}};
  uint32_t ahead = parser_next(parser);
  bool negated = ahead == '^' && parser_at(parser, parser->cursor - 1) == '[';
  if (negated) ahead = parser_next(parser);
  for (;; ahead = parser_peek(parser)) {
    if (ahead == '[') {
      if (!parse_members(parser, true, &state.last)) return false;
      charset_add(&state.others, state.last);
      state.has_others = state.has_last = true;
      continue;
    }
    if (ahead == '&') {
      if (parser_next(parser) == '&') {
        if (!parse_intersection(parser, &state)) return false;
        continue;
      }
      parser_back(parser);
    } else if (ahead == ']' && (state.has_others || state.has_singles)) {
      if (nested) parser_next(parser);
      break;
    } else if (ahead == 0 && parser_at_end(parser)) {
      return parser_fail(parser, "unclosed character class");
    }
    if (!parse_range(parser, &state)) return false;
  }
  if (state.has_singles) charset_add(&state.others, charset_finish(&state.singles));
  *out = charset_finish(&state.others);
  if (negated) *out = charset_negation(*out, parser->arena);
  return true;
}

static bool parse_members(Parser *parser, bool nested, CharSet *out) {
  if (parser->depth >= PATTERN_DEEPEST)
    return parser_limit(parser, "the pattern nests more than %d deep", PATTERN_DEEPEST);
  parser->depth++;
  bool well = parse_rest(parser, nested, out);
  parser->depth--;
  return well && parser_spend(parser, out->count);
}

bool class_parse(Parser *parser, CharSet *out) {
  return parse_members(parser, true, out);
}
