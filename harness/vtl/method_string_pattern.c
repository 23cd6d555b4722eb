/* The String methods that take a regular expression. Witness: seen (JDK 17). */
#include "harness/vtl/method_parts.h"

#include "harness/base/utf8.h"
#include "harness/pattern/pattern.h"

VtlAnswer string_matches(Call *call);
VtlAnswer string_replace_all(Call *call);
VtlAnswer string_replace_first(Call *call);
VtlAnswer string_split(Call *call);

enum { SPANS = 64 };

/* Finds one after the other. An empty match is followed by a look one UTF-16 unit further on, which may be
 * inside a surrogate pair: there the halves are told apart. */
typedef struct Finder {
  Pattern *pattern;
  Text text;
  size_t from;
  bool between; /* inside the pair that starts at `from` */
  size_t spans[SPANS];
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

static PatternAnswer finder_next(Finder *finder) {
  if (finder
          ->between) { /* what matches nothing before a pair is taken to match nothing inside it (assumed) */
    finder->between = false;
    finder->spans[0] = finder->spans[1] = finder->from;
    finder->from += character_length(finder->text, finder->from);
    return PATTERN_MATCHES;
  }
  if (finder->from > finder->text.length) return PATTERN_NO_MATCH;
  PatternAnswer answer =
      pattern_find(finder->pattern, finder->text, finder->from, finder->spans, SPANS, finder->call->fault);
  if (answer != PATTERN_MATCHES) return answer;
  finder->from = finder->spans[1];
  if (finder->spans[0] < finder->spans[1]) return answer;
  if (finder->from == finder->text.length)
    finder->from++;
  else
    finder->from += character_length(finder->text, finder->from);
  return answer;
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

/* The halves of the character at `at`, as the text between two matches that lie around each. */
static Text half(Text text, size_t at, bool low, Arena *arena) {
  Units units = units_of(text_slice(text, at, at + character_length(text, at)), arena);
  return text_of_units(units.items + (low ? 1 : 0), units.count > 1 ? 1 : units.count, arena);
}

static VtlAnswer replace(Call *call, bool all) {
  enum { LIMIT = 64 * 1024 * 1024 };
  Finder finder;
  if (!finder_open(&finder, call)) return VTL_THROWS;
  Text replacement = call_text(call, 1);
  Buffer out = buffer_make(call->arena, LIMIT);
  size_t copied = 0;
  PatternAnswer answer;
  while ((answer = finder_next(&finder)) == PATTERN_MATCHES) {
    buffer_append(&out, text_slice(finder.text, copied, finder.spans[0]));
    if (!append_replacement(&finder, replacement, &out))
      return call_throw(call, "java.lang.IllegalArgumentException: illegal group reference");
    copied = finder.spans[1];
    if (!all || out.overflowed) break;
    bool empty = finder.spans[0] == finder.spans[1];
    if (empty && copied < finder.text.length && character_length(finder.text, copied) == 4) {
      buffer_append(&out, half(finder.text, copied, false, call->arena));
      append_replacement(&finder, replacement, &out);
      buffer_append(&out, half(finder.text, copied, true, call->arena));
      copied += 4;
    }
  }
  if (answer == PATTERN_UNDECIDED) return VTL_THROWS;
  buffer_append(&out, text_slice(finder.text, copied, finder.text.length));
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

typedef struct Splitter {
  List *parts;
  int64_t limit; /* of parts; 0: none, and empty ones at the end go; negative: none */
  size_t index;  /* where the next part begins */
} Splitter;

static bool has_room(const Splitter *splitter) {
  return splitter->limit <= 0 || (int64_t)splitter->parts->count < splitter->limit - 1;
}

/* A character of two units that is split between all units gives its halves. */
static void add_part(Splitter *splitter, const Finder *finder, size_t end, bool empty_match) {
  Arena *arena = finder->call->arena;
  Text part = text_slice(finder->text, splitter->index, end);
  bool whole = empty_match && part.length == 4 && character_length(part, 0) == 4;
  if (!whole || splitter->parts->count + 2 > (splitter->limit > 0 ? (uint64_t)splitter->limit : UINT64_MAX)) {
    list_append(splitter->parts, value_from_text(part), arena);
    return;
  }
  list_append(splitter->parts, value_from_text(half(part, 0, false, arena)), arena);
  list_append(splitter->parts, value_from_text(half(part, 0, true, arena)), arena);
}

static VtlAnswer answer_parts(Call *call, Splitter *splitter) {
  List *parts = splitter->parts;
  while (splitter->limit == 0 && parts->count > 0 && parts->items[parts->count - 1].length == 0)
    parts->count--;
  return call_answer(call, value_from_list(parts));
}

VtlAnswer string_split(Call *call) {
  Finder finder;
  if (!finder_open(&finder, call)) return VTL_THROWS;
  Splitter splitter = {array_new(TEXT("[Ljava.lang.String;"), call->arena),
                       call->count > 1 ? call_integer(call, 1) : 0, 0};
  PatternAnswer answer = PATTERN_NO_MATCH;
  bool empty = false;
  while (has_room(&splitter) && (answer = finder_next(&finder)) == PATTERN_MATCHES) {
    empty = finder.spans[0] == finder.spans[1];
    if (splitter.index == 0 && empty && finder.spans[0] == 0) continue; /* no empty part in front */
    if (empty && finder.spans[0] == finder.text.length && splitter.index == finder.text.length) break;
    add_part(&splitter, &finder, finder.spans[0], empty);
    splitter.index = finder.spans[1];
  }
  if (answer == PATTERN_UNDECIDED) return VTL_THROWS;
  if (splitter.index == 0 &&
      splitter.parts->count == 0) { /* nothing found: the text itself, even when empty */
    list_append(splitter.parts, value_from_text(finder.text), call->arena);
    return call_answer(call, value_from_list(splitter.parts));
  }
  list_append(splitter.parts, value_from_text(text_slice(finder.text, splitter.index, finder.text.length)),
              call->arena);
  return answer_parts(call, &splitter);
}
