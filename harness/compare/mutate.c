/* Steps from one body to another, made on its text: each value's place is known, so a step costs one copy. */
#include "harness/compare/explore.h"

#include "harness/diff/json_scanner.h"

#include <string.h>

/* What becomes of a value. Constants stand here; the others are made below. */
#define STEPS(STEP)                                                                                          \
  STEP(REMOVE, NULL)                                                                                         \
  STEP(NULL, "null")                                                                                         \
  STEP(EMPTY, "\"\"")                                                                                        \
  STEP(EMPTY_OBJECT, "{}")                                                                                   \
  STEP(EMPTY_LIST, "[]")                                                                                     \
  STEP(TEXT, "\"y\"")                                                                                        \
  STEP(WHOLE, "7")                                                                                           \
  STEP(ZERO, "0")                                                                                            \
  STEP(NEGATIVE, "-1")                                                                                       \
  STEP(FRACTION, "2.50")                                                                                     \
  STEP(HUGE, "123456789012345678901234567890")                                                               \
  STEP(TRUE, "true")                                                                                         \
  STEP(FALSE, "false")                                                                                       \
  STEP(NON_ASCII, "\"\xc5\xbc\xc3\xb3\xc5\x82w \xe2\x98\x83 \xf0\x9d\x84\x9e\"")                             \
  STEP(SPECIAL, "\"a\\\"b'c\\\\d</e>&\\n\\t\\u0001\"")                                                       \
  STEP(LONG, NULL)                                                                                           \
  STEP(WRAPPED, NULL)                                                                                        \
  STEP(EXTRA, NULL)                                                                                          \
  STEP(TWICE, NULL)                                                                                          \
  STEP(MANY, NULL)

typedef enum Step {
#define NAME(name, constant) STEP_##name,
  STEPS(NAME)
#undef NAME
      STEP_COUNT
} Step;

static const char *const constants[] = {
#define CONSTANT(name, constant) constant,
    STEPS(CONSTANT)
#undef CONSTANT
};

enum { LONG_TEXT = 3000, MANY_ITEMS = 1100 }; /* more than #foreach takes */

static size_t start_of(Text body, const JsonNode *node) {
  return (size_t)(node->text.data - body.data);
}

static Text replace(Text body, size_t from, size_t to, Text with, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  buffer_append(&out, text_slice(body, 0, from));
  buffer_append(&out, with);
  buffer_append(&out, text_slice(body, to, body.length));
  return buffer_text(&out);
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* A member with its key, or an item, with the comma on one side of it. */
static bool without(Text body, const JsonIndex *index, uint32_t at, Arena *arena, Text *out) {
  if (at == 0) return false;
  const JsonNode *node = &index->nodes[at], *first = node[-1].kind == JSON_KEY ? node - 1 : node;
  size_t from = start_of(body, first), to = start_of(body, node) + node->text.length;
  size_t behind = to;
  while (behind < body.length && is_blank(body.data[behind])) behind++;
  if (behind < body.length && body.data[behind] == ',') {
    to = behind + 1;
  } else {
    size_t before = from;
    while (before > 0 && is_blank(body.data[before - 1])) before--;
    if (before > 0 && body.data[before - 1] == ',') from = before - 1;
  }
  *out = replace(body, from, to, TEXT_EMPTY, arena);
  return true;
}

static void repeat(Text item, size_t times, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < times; i++) {
    if (i > 0) buffer_append_char(out, ',');
    buffer_append(out, item);
  }
  buffer_append_char(out, ']');
}

/* Behind the first item of a list, or around what isn't one. */
static bool repeated(const JsonIndex *index, uint32_t at, size_t times, Buffer *out) {
  const JsonNode *node = &index->nodes[at];
  Text item = node->kind == JSON_ARRAY ? (node->count > 0 ? node[1].text : TEXT("1")) : node->text;
  if (item.length * times > BODY_MOST) return false;
  repeat(item, times, out);
  return true;
}

static bool made_value(const JsonIndex *index, uint32_t at, Step step, Buffer *out) {
  const JsonNode *node = &index->nodes[at];
  switch (step) {
  case STEP_LONG:
    buffer_append_char(out, '"');
    for (size_t i = 0; i < LONG_TEXT; i++) buffer_append_char(out, 'l');
    buffer_append_char(out, '"');
    return true;
  case STEP_WRAPPED: return repeated(index, at, 1, out);
  case STEP_TWICE: return repeated(index, at, 2, out);
  case STEP_MANY: return repeated(index, at, MANY_ITEMS, out);
  case STEP_EXTRA:
    if (node->kind != JSON_OBJECT) return false;
    buffer_append_string(out, "{\"extra\":1");
    if (node->count > 0) buffer_append_char(out, ',');
    buffer_append(out, text_slice(node->text, 1, node->text.length));
    return true;
  default: return false;
  }
}

size_t mutations_of(Text body, const Words *words, Arena *arena) {
  JsonIndex index;
  return json_index(body, arena, &index) ? index.count * (STEP_COUNT + words->count) : 0;
}

bool mutate(Text body, size_t number, const Words *words, Arena *arena, Text *out) {
  JsonIndex index;
  size_t steps = STEP_COUNT + words->count;
  if (!json_index(body, arena, &index) || number / steps >= index.count) return false;
  /* The first step of all values before the second one of any: what is likely comes early. */
  uint32_t at = (uint32_t)(number % index.count);
  size_t step = number / index.count;
  const JsonNode *node = &index.nodes[at];
  if (node->kind == JSON_KEY) return false;
  if (step == STEP_REMOVE) return without(body, &index, at, arena, out);
  Buffer made = buffer_make(arena, BODY_MOST);
  Text value;
  if (step >= STEP_COUNT) {
    value = words->items[step - STEP_COUNT];
  } else if (constants[step] != NULL) {
    value = text_from(constants[step]);
  } else {
    if (!made_value(&index, at, (Step)step, &made) || made.overflowed) return false;
    value = buffer_text(&made);
  }
  if (text_equal(value, node->text) || body.length + value.length > BODY_MOST) return false;
  size_t from = start_of(body, node);
  *out = replace(body, from, from + node->text.length, value, arena);
  return true;
}

/* For each value: without it, then its first item alone, then as small as can be. */
bool reduce(Text body, size_t number, Arena *arena, Text *out) {
  enum { WAYS = 5 };
  JsonIndex index;
  *out = (Text){NULL, 0};
  if (!json_index(body, arena, &index) || number / WAYS >= index.count) return false;
  uint32_t at = (uint32_t)(number / WAYS);
  const JsonNode *node = &index.nodes[at];
  size_t way = number % WAYS;
  if (node->kind == JSON_KEY) return true;
  if (way == 0) {
    without(body, &index, at, arena, out);
    return true;
  }
  static const char *const smaller[] = {"0", "\"\"", "\"x\""};
  Text value = way > 1 ? text_from(smaller[way - 2]) : TEXT_EMPTY;
  if (node->kind == JSON_OBJECT && way == 2) value = TEXT("{}");
  if (node->kind == JSON_ARRAY && way == 2) value = TEXT("[]");
  if (way == 1) {
    if (node->kind != JSON_ARRAY || node->count < 2) return true;
    value = arena_print(arena, "[%.*s]", TEXT_ARGS(node[1].text));
  }
  size_t from = start_of(body, node);
  if (value.length < node->text.length) *out = replace(body, from, from + node->text.length, value, arena);
  return true;
}
