#include "harness/pattern/translate.h"

#include <assert.h>
#include <string.h>

enum {
  PCRE2_MOST_TURNS = 65535,
  BEHIND_MOST = 1000,
  SHARED_MOST = 256,
  SHARED_LEAST_RANGES = 12,
};

typedef struct Translator {
  Arena *arena;
  Fault *fault;
  Buffer *out;
  Translation *result;
  uint32_t group_count; /* of Java */
  uint32_t numbers;     /* PCRE2 groups handed out */
  unsigned apart;       /* how many look-behinds matched apart are around */
  bool share;
  CharSet shared[SHARED_MOST];
  uint32_t shared_count;
  uint32_t shared_base; /* PCRE2 groups before the shared sets */
} Translator;

/* ---- what a look-behind can be */

enum { LENGTH_VARIES = -1 };

static int64_t branches_width(const Branch *branches);

/* Characters that a node takes, when it is always the same number. */
static int64_t node_width(const Node *node) {
  int64_t width;
  switch (node->kind) {
  case NODE_SET: return 1;
  case NODE_GROUP:
  case NODE_ATOMIC: return branches_width(node->branches);
  case NODE_REPEAT:
    if (node->least != node->most || node->least > PCRE2_MOST_TURNS) return LENGTH_VARIES;
    width = node_width(node->body);
    return width < 0 || width * node->least > PCRE2_MOST_TURNS ? LENGTH_VARIES : width * node->least;
  case NODE_BACK_REFERENCE:
  case NODE_LINE_BREAK:
  case NODE_GRAPHEME: return LENGTH_VARIES;
  default: return 0;
  }
}

static int64_t row_width(const Node *row) {
  int64_t sum = 0;
  for (; row != NULL; row = row->next) {
    int64_t width = node_width(row);
    if (width < 0) return LENGTH_VARIES;
    sum += width;
    if (sum > PCRE2_MOST_TURNS) return LENGTH_VARIES;
  }
  return sum;
}

static int64_t branches_width(const Branch *branches) {
  int64_t width = row_width(branches->first);
  for (const Branch *branch = branches->next; branch != NULL && width >= 0; branch = branch->next)
    if (row_width(branch->first) != width) return LENGTH_VARIES;
  return width;
}

/* PCRE2 before 10.43 wants each alternative of a look-behind to be of one length. */
static bool behind_is_native(const Node *behind) {
  for (const Branch *branch = behind->branches; branch != NULL; branch = branch->next)
    if (row_width(branch->first) < 0) return false;
  return true;
}

/* Java counts lengths in an int that wraps: "any number" plus a little is far below zero, which works out as
 * unbounded where that little stands before; twice "any number" is -2, and nothing is ever near enough (seen:
 * JDK 17). */
static bool behind_is_unbounded(const Node *behind) {
  return behind->most < -0x40000000 || behind->most == REPEAT_UNBOUNDED;
}

static bool behind_never_matches(const Node *behind) {
  return !behind_is_unbounded(behind) && behind->most < behind->least;
}

/* ---- first walk: numbers for groups and look-behinds */

static bool number_branches(Translator *translator, const Branch *branches, bool hidden);

static bool number_behind(Translator *translator, Node *behind, bool hidden) {
  if (behind_never_matches(behind)) return true; /* nothing of it is written */
  if (behind_is_native(behind)) return number_branches(translator, behind->branches, hidden);
  if (translator->result->behind_count == BEHIND_MOST || translator->apart == BEHIND_DEEPEST)
    return fault_raise(translator->fault, FAULT_LIMIT, "too many look-behinds of varying length");
  behind->number = (uint32_t)++translator->result->behind_count;
  translator->apart++;
  bool well = number_branches(translator, behind->branches, hidden || !behind->negated);
  translator->apart--;
  return well;
}

/* A greedy loop of Java's over a group of no width puts the group back to what it was, so ()* leaves it unset
 * (seen: JDK 17). */
static bool is_never_captured(const Node *repeat) {
  const Node *body = repeat->body;
  return body->kind == NODE_GROUP && repeat->mode == REPEAT_GREEDY && repeat->least == 0 &&
         repeat->most != 1 && branches_study(body->branches).deterministic &&
         branches_width(body->branches) == 0;
}

static bool number_node(Translator *translator, Node *node, bool hidden) {
  switch (node->kind) {
  case NODE_GROUP:
    if (node->number > 0 && translator->apart > 0)
      translator->result->hidden[node->number] = hidden;
    else if (node->number > 0)
      translator->result->groups[node->number] = ++translator->numbers;
    return number_branches(translator, node->branches, hidden);
  case NODE_ATOMIC:
  case NODE_AHEAD: return number_branches(translator, node->branches, hidden);
  case NODE_BEHIND: return number_behind(translator, node, hidden);
  case NODE_REPEAT:
    if (node->most == 0) return true; /* nothing of it is written */
    if (is_never_captured(node)) node->body->number = 0;
    return number_node(translator, node->body, hidden);
  default: return true;
  }
}

static bool number_branches(Translator *translator, const Branch *branches, bool hidden) {
  for (const Branch *branch = branches; branch != NULL; branch = branch->next)
    for (Node *node = branch->first; node != NULL; node = node->next)
      if (!number_node(translator, node, hidden)) return false;
  return true;
}

/* ---- sets */

static void write_character(Buffer *out, uint32_t character) {
  bool plain = (character >= '0' && character <= '9') || ((character | 32) >= 'a' && (character | 32) <= 'z');
  if (plain)
    buffer_append_char(out, (char)character);
  else
    buffer_print(out, "\\x{%x}", character);
}

static void write_ranges(Buffer *out, const char *open, CharSet set) {
  buffer_append_string(out, open);
  for (size_t i = 0; i < set.count; i++) {
    write_character(out, set.ranges[i].first);
    if (set.ranges[i].last == set.ranges[i].first) continue;
    if (set.ranges[i].last > set.ranges[i].first + 1) buffer_append_char(out, '-');
    write_character(out, set.ranges[i].last);
  }
  buffer_append_char(out, ']');
}

/* The set itself; '.' is everything, since the patterns are compiled with PCRE2_DOTALL. */
static void write_set_itself(Translator *translator, CharSet set) {
  Buffer *out = translator->out;
  if (charset_is_everything(set)) {
    buffer_append_char(out, '.');
  } else if (set.count == 0) {
    buffer_append_string(out, "[^\\x{0}-\\x{10ffff}]");
  } else if (set.count == 1 && set.ranges[0].first == set.ranges[0].last) {
    write_character(out, set.ranges[0].first);
  } else {
    bool from_first = set.ranges[0].first == 0, to_last = set.ranges[set.count - 1].last == CHARACTER_LAST;
    size_t others = set.count + 1 - from_first - to_last;
    if (others < set.count)
      write_ranges(out, "[^", charset_negation(set, translator->arena));
    else
      write_ranges(out, "[", set);
  }
}

static bool same_set(CharSet left, CharSet right) {
  return left.count == right.count &&
         memcmp(left.ranges, right.ranges, left.count * sizeof *left.ranges) == 0;
}

static void write_set(Translator *translator, CharSet set) {
  uint32_t place = 0;
  if (!translator->share || set.count < SHARED_LEAST_RANGES) {
    write_set_itself(translator, set);
    return;
  }
  while (place < translator->shared_count && !same_set(translator->shared[place], set)) place++;
  if (place == SHARED_MOST) {
    write_set_itself(translator, set);
    return;
  }
  if (place == translator->shared_count) translator->shared[translator->shared_count++] = set;
  buffer_print(translator->out, "(?%u)", translator->shared_base + place + 1);
}

static void write_shared_sets(Translator *translator) {
  if (translator->shared_count == 0) return;
  buffer_append_string(translator->out, "(?(DEFINE)");
  for (uint32_t i = 0; i < translator->shared_count; i++) {
    buffer_append_char(translator->out, '(');
    write_set_itself(translator, translator->shared[i]);
    buffer_append_char(translator->out, ')');
  }
  buffer_append_char(translator->out, ')');
}

/* ---- second walk: the text */

static bool write_branches(Translator *translator, const Branch *branches);
static bool write_node(Translator *translator, const Node *node);

static void write_callout(Translator *translator, char letter, uint32_t number) {
  translator->result->literal_ways = true;
  buffer_print(translator->out, "(?C{%c%u})", letter, number);
}

/* (.|\n) is one set: what it takes doesn't depend on the order, and there is no second way to take it. */
static bool merged_set(Translator *translator, const Branch *branches, CharSet *out) {
  CharSetBuilder builder = {.arena = translator->arena};
  for (const Branch *branch = branches; branch != NULL; branch = branch->next) {
    if (branch->first == NULL || branch->first->next != NULL || branch->first->kind != NODE_SET) return false;
    charset_add(&builder, branch->first->set);
  }
  *out = charset_finish(&builder);
  return true;
}

static bool write_group(Translator *translator, const Node *group, bool atomic) {
  uint32_t number = translator->apart > 0 ? 0 : group->number;
  CharSet set;
  buffer_append_string(translator->out, number > 0 ? (atomic ? "((?>" : "(") : atomic ? "(?>" : "(?:");
  if (merged_set(translator, group->branches, &set))
    write_set(translator, set);
  else if (!write_branches(translator, group->branches))
    return false;
  buffer_append_string(translator->out, number > 0 && atomic ? "))" : ")");
  return true;
}

static bool write_around(Translator *translator, const char *open, const Node *node) {
  buffer_append_string(translator->out, open);
  if (!write_branches(translator, node->branches)) return false;
  buffer_append_char(translator->out, ')');
  return true;
}

/* A look-behind that is matched apart: its own pattern, ending where the callout says. */
static bool write_behind_apart(Translator *translator, const Node *behind) {
  BehindText *text = &translator->result->behinds[behind->number];
  Buffer *outer = translator->out;
  Buffer inner = buffer_make(translator->arena, 0);
  translator->out = &inner;
  translator->apart++;
  uint32_t shared_count = translator->shared_count, shared_base = translator->shared_base;
  translator->shared_count = translator->shared_base = 0;
  CharSet *kept = arena_alloc(translator->arena, sizeof translator->shared);
  memcpy(kept, translator->shared, sizeof translator->shared);
  buffer_append_string(&inner, "(?:");
  if (!write_branches(translator, behind->branches)) return false;
  buffer_append_char(&inner, ')');
  write_callout(translator, CALLOUT_BEHIND_END, 0);
  write_shared_sets(translator);
  memcpy(translator->shared, kept, sizeof translator->shared);
  translator->shared_count = shared_count;
  translator->shared_base = shared_base;
  translator->apart--;
  translator->out = outer;
  text->text = buffer_text(&inner);
  text->least = behind->least < 0 ? 0 : (size_t)behind->least;
  text->most = behind_is_unbounded(behind) ? SIZE_MAX : (size_t)behind->most;
  text->room = behind->most < 0 ? (size_t)((int64_t)behind->most - INT32_MIN) : 0;
  text->by_characters = behind->by_characters;
  write_callout(translator, behind->negated ? CALLOUT_NOT_BEHIND : CALLOUT_BEHIND, behind->number);
  return true;
}

static bool write_behind(Translator *translator, const Node *behind) {
  if (behind_never_matches(behind)) {
    buffer_append_string(translator->out, behind->negated ? "(?:)" : "(?!)");
    return true;
  }
  if (behind->number > 0) return write_behind_apart(translator, behind);
  return write_around(translator, behind->negated ? "(?<!" : "(?<=", behind);
}

static void write_turns(Buffer *out, const Node *repeat) {
  if (repeat->least == 0 && repeat->most == 1)
    buffer_append_char(out, '?');
  else if (repeat->most == REPEAT_UNBOUNDED && repeat->least <= 1)
    buffer_append_char(out, repeat->least == 0 ? '*' : '+');
  else if (repeat->most == REPEAT_UNBOUNDED)
    buffer_print(out, "{%d,}", repeat->least);
  else
    buffer_print(out, "{%d,%d}", repeat->least, repeat->most);
  if (repeat->mode == REPEAT_LAZY) buffer_append_char(out, '?');
  if (repeat->mode == REPEAT_POSSESSIVE) buffer_append_char(out, '+');
}

static bool write_repeat(Translator *translator, const Node *repeat) {
  const Node *body = repeat->body;
  bool bounded = repeat->most != REPEAT_UNBOUNDED;
  if (repeat->least > PCRE2_MOST_TURNS || (bounded && repeat->most > PCRE2_MOST_TURNS))
    return fault_raise(translator->fault, FAULT_LIMIT, "a repetition may ask for up to %d turns, not %d",
                       PCRE2_MOST_TURNS, bounded ? repeat->most : repeat->least);
  if (repeat->most == 0) { /* PCRE2 would let what is in there decide where a match can start (seen: 10.42) */
    buffer_append_string(translator->out, "(?:)");
    return true;
  }
  if (repeat->whole_turns || (repeat->mode == REPEAT_POSSESSIVE && body->kind != NODE_SET))
    translator->result->literal_ways = true;
  if (body->kind == NODE_GROUP) {
    if (!write_group(translator, body, repeat->whole_turns)) return false;
  } else if (body->kind == NODE_SET) {
    write_set(translator, body->set);
  } else {
    buffer_append_string(translator->out, repeat->whole_turns ? "(?>" : "(?:");
    if (!write_node(translator, body)) return false;
    buffer_append_char(translator->out, ')');
  }
  write_turns(translator->out, repeat);
  return true;
}

/* A reference to a group that never takes part never matches. */
static bool write_reference(Translator *translator, const Node *reference) {
  uint32_t number = reference->number;
  if (translator->apart > 0)
    return fault_raise(translator->fault, FAULT_LIMIT,
                       "a back-reference inside a look-behind of varying length isn't supported");
  if (number <= translator->group_count && translator->result->hidden[number])
    return fault_raise(translator->fault, FAULT_LIMIT,
                       "a back-reference to a group inside a look-behind of varying length isn't supported");
  uint32_t group = number <= translator->group_count ? translator->result->groups[number] : 0;
  if (group == 0) {
    buffer_append_string(translator->out, "(?!)");
  } else if (reference->fold == FOLD_NONE) {
    buffer_print(translator->out, "\\g{%u}", group);
  } else { /* PCRE2 folds more than Java does: the callout has the last word */
    write_callout(translator, CALLOUT_FOLD_START, 0);
    buffer_print(translator->out, "(?i:\\g{%u})", group);
    write_callout(translator, reference->fold == FOLD_ASCII ? CALLOUT_FOLD_ASCII : CALLOUT_FOLD_UNICODE,
                  group);
  }
  return true;
}

#define TERMINATORS "\\n\\r\\x{85}\\x{2028}\\x{2029}"

/* What is a fixed text: places and \R, by kind and (?d). A \r\n counts as one terminator, ^ never matches at
 * the end of the text. */
static const char *fixed_text(const Node *node) {
  switch (node->kind) {
  case NODE_TEXT_START: return "\\A";
  case NODE_TEXT_END: return "\\z";
  case NODE_LINE_START:
    return node->unix_lines ? "(?:(?<=\\n)|\\A)(?!\\z)"
                            : "(?:(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)|\\A)(?!\\z)";
  case NODE_LINE_END:
    return node->unix_lines ? "(?=\\n|\\z)" : "(?=[\\r\\x{85}\\x{2028}\\x{2029}]|(?<!\\r)\\n|\\z)";
  case NODE_LAST_LINE_END:
    return node->unix_lines ? "(?=\\n?\\z)"
                            : "(?=\\r\\n\\z|[\\r\\x{85}\\x{2028}\\x{2029}]\\z|(?<!\\r)\\n\\z|\\z)";
  case NODE_LINE_BREAK: return "(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])";
  case NODE_NOTHING: return "(?:)";
  default: return NULL;
  }
}

static char word_callout(const Node *boundary) {
  if (boundary->unicode_words) return boundary->negated ? CALLOUT_NOT_WORD_UNICODE : CALLOUT_WORD_UNICODE;
  return boundary->negated ? CALLOUT_NOT_WORD : CALLOUT_WORD;
}

static bool write_node(Translator *translator, const Node *node) {
  switch (node->kind) {
  case NODE_SET: write_set(translator, node->set); return true;
  case NODE_GROUP: return write_group(translator, node, false);
  case NODE_ATOMIC: translator->result->literal_ways = true; return write_around(translator, "(?>", node);
  case NODE_AHEAD:
    translator->result->literal_starts = translator->result->literal_starts || !node->negated;
    return write_around(translator, node->negated ? "(?!" : "(?=", node);
  case NODE_BEHIND: return write_behind(translator, node);
  case NODE_REPEAT: return write_repeat(translator, node);
  case NODE_BACK_REFERENCE: return write_reference(translator, node);
  case NODE_WORD_BOUNDARY: write_callout(translator, word_callout(node), 0); return true;
  case NODE_PREVIOUS_END: write_callout(translator, CALLOUT_PREVIOUS_END, 0); return true;
  case NODE_GRAPHEME_BOUNDARY: write_callout(translator, CALLOUT_GRAPHEME_BOUNDARY, 0); return true;
  case NODE_GRAPHEME:
    buffer_append_string(translator->out, "(?>");
    write_callout(translator, CALLOUT_CLUSTER_START, 0);
    buffer_append_string(translator->out, ".(?:");
    write_callout(translator, CALLOUT_IN_CLUSTER, 0);
    buffer_append_string(translator->out, ".)*)");
    return true;
  default: buffer_append_string(translator->out, fixed_text(node)); return true;
  }
}

static bool write_branches(Translator *translator, const Branch *branches) {
  for (const Branch *branch = branches; branch != NULL; branch = branch->next) {
    if (branch != branches) buffer_append_char(translator->out, '|');
    for (const Node *node = branch->first; node != NULL; node = node->next)
      if (!write_node(translator, node)) return false;
  }
  return true;
}

bool tree_translate(Tree *tree, bool share_sets, Arena *arena, Translation *out, Fault *fault) {
  enum { LONGEST_TEXT = 8 * 1024 * 1024 };
  Buffer text = buffer_make(arena, LONGEST_TEXT);
  Translator *translator = ARENA_NEW(arena, Translator);
  *out = (Translation){.groups = ARENA_ARRAY(arena, uint32_t, tree->group_count + 1),
                       .hidden = ARENA_ARRAY(arena, bool, tree->group_count + 1)};
  translator->arena = arena;
  translator->fault = fault;
  translator->out = &text;
  translator->result = out;
  translator->group_count = tree->group_count;
  translator->share = share_sets;
  if (!number_branches(translator, tree->branches, false)) return false;
  assert(translator->apart == 0);
  translator->shared_base = translator->numbers;
  out->behinds = ARENA_ARRAY(arena, BehindText, out->behind_count + 1);
  buffer_append_string(&text, "(?:");
  if (!write_branches(translator, tree->branches)) return false;
  buffer_append_char(&text, ')');
  write_shared_sets(translator);
  if (text.overflowed) return fault_raise(fault, FAULT_LIMIT, "the pattern is too large once translated");
  out->text = buffer_text(&text);
  return true;
}
