/* Every decision on the way through the tree (which alternative, once more or not, which character) takes a
 * digit off the number of the variant, as a number of mixed radix: counting up goes through all of them. */
#include "harness/pattern/example.h"

#include "harness/base/utf8.h"
#include "harness/pattern/tree.h"

enum { VARIANTS = 96, DEEPEST = 64, EXTRA_TURNS = 3 };

typedef struct ExampleWriter {
  Buffer text;
  uint32_t variant;
  unsigned depth;
} ExampleWriter;

static uint32_t decide(ExampleWriter *writer, uint32_t choices) {
  if (choices < 2) return 0;
  uint32_t choice = writer->variant % choices;
  writer->variant /= choices;
  return choice;
}

/* What people write first; then whatever the set begins with. */
static void write_one_of(ExampleWriter *writer, const CharSet *set) {
  static const char preferred[] = "xX4a0 -_A";
  for (size_t i = 0; i < sizeof preferred - 1; i++) {
    if (!charset_has(*set, (unsigned char)preferred[i])) continue;
    buffer_append_char(&writer->text, preferred[i]);
    return;
  }
  if (set->count > 0) utf8_append(&writer->text, set->ranges[0].first);
}

static void write_set(ExampleWriter *writer, const CharSet *set) {
  bool single = set->count == 1 && set->ranges[0].first == set->ranges[0].last;
  uint32_t choice = single ? 0 : decide(writer, 3);
  if (choice == 1 && charset_has(*set, '\n'))
    buffer_append_char(&writer->text, '\n');
  else if (choice == 2 && set->count > 0 && set->ranges[set->count - 1].last < 0x7F)
    utf8_append(&writer->text, set->ranges[set->count - 1].last);
  else
    write_one_of(writer, set);
}

static void write_branches(ExampleWriter *writer, const Branch *branches);

static void write_turns(ExampleWriter *writer, const Node *node);

static void write_node(ExampleWriter *writer, const Node *node) {
  switch (node->kind) {
  case NODE_SET: write_set(writer, &node->set); return;
  case NODE_GROUP:
  case NODE_ATOMIC: write_branches(writer, node->branches); return;
  case NODE_REPEAT: write_turns(writer, node); return;
  case NODE_LINE_BREAK: buffer_append_char(&writer->text, '\n'); return;
  case NODE_GRAPHEME: buffer_append_char(&writer->text, 'x'); return;
  default: return; /* nothing to write; whether it holds is tried at the end */
  }
}

static void write_turns(ExampleWriter *writer, const Node *node) {
  int32_t room = node->most - node->least;
  uint32_t choices = room <= 0 ? 1 : room < EXTRA_TURNS ? (uint32_t)room + 1 : EXTRA_TURNS;
  /* "x*" stands for something more often than for nothing: one turn is the first choice. */
  uint32_t extra = choices > 1 ? (decide(writer, choices) + (node->least == 0 ? 1 : 0)) % choices : 0;
  for (int32_t turn = 0; turn < node->least + (int32_t)extra && !writer->text.overflowed; turn++)
    write_node(writer, node->body);
}

static void write_branches(ExampleWriter *writer, const Branch *branches) {
  uint32_t count = 0;
  for (const Branch *branch = branches; branch != NULL; branch = branch->next) count++;
  if (count == 0 || writer->depth == DEEPEST) return;
  uint32_t chosen = decide(writer, count);
  writer->depth++;
  const Branch *branch = branches;
  while (chosen-- > 0) branch = branch->next;
  for (const Node *node = branch->first; node != NULL && !writer->text.overflowed; node = node->next)
    write_node(writer, node);
  writer->depth--;
}

static bool is_known(Text text, const Text *known, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(text, known[i])) return true;
  return false;
}

size_t pattern_examples(Text source, Arena *arena, Text out[PATTERN_EXAMPLES]) {
  Tree tree;
  Pattern *pattern;
  size_t count = 0;
  if (!tree_parse(source, 0, arena, &tree, NULL) || !pattern_compile(source, 0, arena, &pattern, NULL))
    return 0;
  for (uint32_t variant = 0; variant < VARIANTS && count < PATTERN_EXAMPLES; variant++) {
    ExampleWriter writer = {.text = buffer_make(arena, PATTERN_EXAMPLE_LENGTH), .variant = variant};
    write_branches(&writer, tree.branches);
    Text text = buffer_text(&writer.text);
    if (writer.text.overflowed || is_known(text, out, count)) continue;
    if (pattern_matches(pattern, text, NULL) == PATTERN_MATCHES) out[count++] = text;
  }
  return count;
}
