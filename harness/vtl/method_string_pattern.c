/* The String methods that take a regular expression. Witness: seen (JDK 17). */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"
#include "harness/pattern/pattern.h"

enum { SPANS = 64, PAIR_BYTES = 4, HALF_BYTES = 3 };

/* An empty match is followed by a look one UTF-16 unit further on, which may be between the two units of the
 * character at `offset`. */
typedef struct Position {
  size_t offset;
  bool inside;
} Position;

typedef struct Finder {
  Pattern *pattern;
  Text text;
  size_t from;
  bool look_inside;    /* of the character at `from` comes next */
  Position start, end; /* of the match */
  size_t spans[SPANS];
  PatternSearch search;
  Call *call;
} Finder;

static bool finder_open(Finder *finder, Call *call) {
  *finder = (Finder){.text = value_text(call->self, call->arena), .call = call};
  return pattern_compile(call_text(call, 0), 0, call->arena, &finder->pattern, call->fault);
}

static size_t character_length(Text text, size_t at) {
  size_t next = at;
  utf8_next(text, &next);
  return next - at;
}

static size_t character_start(Text text, size_t at) {
  while (at > 0 && at < text.length && ((unsigned char)text.data[at] & 0xC0) == 0x80) at--;
  return at;
}

/* Would the pattern match nothing between the units? Asked of the surroundings, with two characters of no
 * property in place of the units; look-around that sees further is not answered right (assumed unused). */
static bool matches_inside(Finder *finder, size_t at) {
  enum { AROUND = 64 };
  size_t first = character_start(finder->text, at > AROUND ? at - AROUND : 0);
  size_t last = character_start(finder->text, at + PAIR_BYTES + AROUND);
  Buffer around = buffer_make(finder->call->arena, 0);
  buffer_append(&around, text_slice(finder->text, first, at));
  buffer_append(&around, TEXT("\xEE\x80\x80\xEE\x80\x81"));
  buffer_append(&around, text_slice(finder->text, at + PAIR_BYTES, last));
  size_t middle = at - first + HALF_BYTES, spans[2];
  return pattern_find(finder->pattern, buffer_text(&around), middle, spans, 2, NULL) == PATTERN_MATCHES &&
         spans[0] == middle && spans[1] == middle;
}

static PatternAnswer finder_inside(Finder *finder) {
  size_t at = finder->from;
  finder->look_inside = false;
  finder->from += PAIR_BYTES;
  if (!matches_inside(finder, at)) return PATTERN_NO_MATCH;
  for (size_t i = 0; i < SPANS; i++) finder->spans[i] = PATTERN_UNSET;
  finder->spans[0] = finder->spans[1] = at;
  finder->start = finder->end = (Position){at, true};
  return PATTERN_MATCHES;
}

static PatternAnswer finder_next(Finder *finder) {
  if (finder->look_inside && finder_inside(finder) == PATTERN_MATCHES) return PATTERN_MATCHES;
  if (finder->from > finder->text.length) return PATTERN_NO_MATCH;
  finder->search.from = finder->from;
  finder->search.finished = false;
  PatternAnswer answer = pattern_find_next(finder->pattern, finder->text, &finder->search, finder->spans,
                                           SPANS, finder->call->fault);
  if (answer != PATTERN_MATCHES) return answer;
  finder->start = (Position){finder->spans[0], false};
  finder->end = (Position){finder->spans[1], false};
  finder->from = finder->spans[1];
  if (finder->spans[0] < finder->spans[1]) return answer;
  size_t step = finder->from == finder->text.length ? 1 : character_length(finder->text, finder->from);
  finder->look_inside = step == PAIR_BYTES;
  if (!finder->look_inside) finder->from += step;
  return answer;
}

/* The high or the low unit of the character at `at`. */
static Text unit_of_pair(Text text, size_t at, bool low, Arena *arena) {
  Units units = units_of(text_slice(text, at, at + PAIR_BYTES), arena);
  return text_of_units(units.items + (low ? 1 : 0), 1, arena);
}

static Text text_between(Text text, Position from, Position to, Arena *arena) {
  if (!from.inside && !to.inside) return text_slice(text, from.offset, to.offset);
  Buffer out = buffer_make(arena, 0);
  if (from.inside) buffer_append(&out, unit_of_pair(text, from.offset, true, arena));
  buffer_append(&out, text_slice(text, from.offset + (from.inside ? PAIR_BYTES : 0), to.offset));
  if (to.inside) buffer_append(&out, unit_of_pair(text, to.offset, false, arena));
  return buffer_text(&out);
}

VtlAnswer string_matches(Call *call) {
  Pattern *pattern;
  if (!pattern_compile(call_text(call, 0), 0, call->arena, &pattern, call->fault)) return VTL_THROWS;
  PatternAnswer answer = pattern_matches(pattern, value_text(call->self, call->arena), call->fault);
  if (answer == PATTERN_UNDECIDED) return VTL_THROWS;
  return call_answer(call, value_boolean(answer == PATTERN_MATCHES));
}

/* ---- replacing ---- */

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* name: letter ( letter | digit )* */
static size_t name_end(Text text, size_t at) {
  size_t from = at;
  for (; at < text.length; at++) {
    char low = (char)(text.data[at] | 0x20);
    bool letter = low >= 'a' && low <= 'z';
    if (!letter && (at == from || !is_digit(text.data[at]))) break;
  }
  return at;
}

/* group: '$' ( digit+ | '{' name '}' ); of the digits as many as make a group that exists. */
static bool read_group(const Finder *finder, Text replacement, size_t *at, uint32_t *group) {
  if (*at < replacement.length && replacement.data[*at] == '{') {
    size_t end = name_end(replacement, *at + 1);
    Text name = text_slice(replacement, *at + 1, end);
    if (name.length == 0 || end == replacement.length || replacement.data[end] != '}') return false;
    *group = pattern_group_number(finder->pattern, name);
    *at = end + 1;
    return *group > 0;
  }
  uint32_t most = pattern_group_count(finder->pattern);
  if (*at == replacement.length || !is_digit(replacement.data[*at])) return false;
  *group = (uint32_t)(replacement.data[(*at)++] - '0');
  if (*group > most) return false;
  while (*at < replacement.length && is_digit(replacement.data[*at])) {
    uint32_t longer = *group * 10 + (uint32_t)(replacement.data[*at] - '0');
    if (longer > most) break;
    *group = longer;
    (*at)++;
  }
  return true;
}

/* replacement: ( '\' any | group | any )* */
static bool append_replacement(const Finder *finder, Text replacement, Buffer *out) {
  for (size_t at = 0; at < replacement.length;) {
    char byte = replacement.data[at++];
    if (byte == '\\') {
      if (at == replacement.length) return false;
      buffer_append_char(out, replacement.data[at++]);
    } else if (byte == '$') {
      uint32_t group;
      if (!read_group(finder, replacement, &at, &group)) return false;
      if (2 * group + 1 >= SPANS || finder->spans[2 * group] == PATTERN_UNSET) continue;
      utf8_append_joining(out,
                          text_slice(finder->text, finder->spans[2 * group], finder->spans[2 * group + 1]));
    } else {
      buffer_append_char(out, byte);
    }
  }
  return true;
}

static VtlAnswer replace(Call *call, bool all) {
  enum { LIMIT = 64 * 1024 * 1024 };
  Finder finder;
  if (!finder_open(&finder, call)) return VTL_THROWS;
  Text replacement = call_text(call, 1);
  Buffer out = buffer_make(call->arena, LIMIT);
  Position copied = {0, false};
  PatternAnswer answer;
  while ((answer = finder_next(&finder)) == PATTERN_MATCHES) {
    utf8_append_joining(&out, text_between(finder.text, copied, finder.start, call->arena));
    if (!append_replacement(&finder, replacement, &out))
      return call_throw(call, "java.lang.IllegalArgumentException: illegal group reference");
    copied = finder.end;
    if (!all || out.overflowed) break;
  }
  if (answer == PATTERN_UNDECIDED) return VTL_THROWS;
  utf8_append_joining(&out,
                      text_between(finder.text, copied, (Position){finder.text.length, false}, call->arena));
  return out.overflowed ? call_throw(call, "java.lang.OutOfMemoryError")
                        : call_answer_text(call, buffer_text(&out));
}

VtlAnswer string_replace_all(Call *call) {
  return replace(call, true);
}

VtlAnswer string_replace_first(Call *call) {
  return replace(call, false);
}

/* ---- splitting ---- */

static VtlAnswer answer_parts(Call *call, List *parts, int32_t limit) {
  while (limit == 0 && parts->count > 0 && parts->items[parts->count - 1].length == 0) parts->count--;
  return call_answer(call, value_from_list(parts));
}

/* `limit`: at most so many parts; 0: any number, and empty ones at the end go; negative: any number. */
VtlAnswer string_split(Call *call) {
  Finder finder;
  if (!finder_open(&finder, call)) return VTL_THROWS;
  int32_t limit = call->count > 1 ? call_integer(call, 1) : 0;
  List *parts = array_new(TEXT("[Ljava.lang.String;"), call->arena);
  Position index = {0, false};
  PatternAnswer answer = PATTERN_NO_MATCH;
  bool found = false;
  while ((limit <= 0 || (int64_t)parts->count < limit - 1) &&
         (answer = finder_next(&finder)) == PATTERN_MATCHES) {
    bool empty_in_front = finder.end.offset == 0 && !finder.end.inside;
    if (empty_in_front) continue;
    found = true;
    Text part = text_between(finder.text, index, finder.start, call->arena);
    list_append(parts, value_from_text(part), call->arena);
    index = finder.end;
  }
  if (answer == PATTERN_UNDECIDED) return VTL_THROWS;
  Text rest = text_between(finder.text, index, (Position){finder.text.length, false}, call->arena);
  list_append(parts, value_from_text(rest), call->arena);
  return found ? answer_parts(call, parts, limit) : call_answer(call, value_from_list(parts));
}
