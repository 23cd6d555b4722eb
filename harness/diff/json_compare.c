/* Two JSON texts: token by token where they stand, which settles nearly every pair; by index and member name
 * only when members moved or a difference has to be told. */
#include "harness/diff/diff.h"
#include "harness/diff/json_scanner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- token by token ---- */

/* The same spelling needs no look at what it means: nearly every token of nearly every pair. */
static inline bool same_spelling(Text expected, Text actual) {
  return expected.length == actual.length && memcmp(expected.data, actual.data, expected.length) == 0;
}

static bool strings_equal(Text expected, Text actual, Arena *arena) {
  bool escaped = text_find_char(expected, '\\', 0) != TEXT_NOT_FOUND ||
                 text_find_char(actual, '\\', 0) != TEXT_NOT_FOUND;
  return escaped && text_equal(json_unescape(expected, arena), json_unescape(actual, arena));
}

static bool numbers_equal(Text expected, Text actual, const DiffOptions *options) {
  if (!json_number_equal(expected, actual)) return false;
  return options->numeric_loose || json_number_is_whole(expected) == json_number_is_whole(actual);
}

static bool scalars_equal(JsonKind kind, Text expected, Text actual, const DiffOptions *options,
                          Arena *arena) {
  if (same_spelling(expected, actual)) return true;
  if (kind == JSON_STRING || kind == JSON_KEY) return strings_equal(expected, actual, arena);
  return kind != JSON_NUMBER || numbers_equal(expected, actual, options);
}

static bool same_tokens(Text expected, Text actual, const DiffOptions *options, Arena *arena) {
  JsonScanner left, right;
  json_scanner_start(&left, expected);
  json_scanner_start(&right, actual);
  for (;;) {
    JsonToken wanted = json_scanner_next(&left), found = json_scanner_next(&right);
    if (wanted.kind != found.kind || wanted.kind == JSON_INVALID) return false;
    if (wanted.kind == JSON_END) return true;
    if (!scalars_equal(wanted.kind, wanted.text, found.text, options, arena)) return false;
  }
}

/* ---- by index ---- */

typedef struct Comparison {
  const DiffOptions *options;
  Differences *out;
  Arena *arena;
  JsonIndex expected, actual;
  JsonStep steps[JSON_DEPTH + 1]; /* where the comparison stands */
  size_t depth;
  bool quiet; /* only whether, not where: ends at the first difference */
} Comparison;

static bool compare_values(Comparison *comparison, uint32_t expected_at, uint32_t actual_at);

static bool is_plain_name(Text name) {
  for (size_t i = 0; i < name.length; i++) {
    unsigned char byte = (unsigned char)name.data[i];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    bool digit = byte >= '0' && byte <= '9';
    if (!letter && byte != '_' && byte < 0x80 && !(i > 0 && (digit || byte == '-'))) return false;
  }
  return name.length > 0;
}

/* $.items[0]['odd key'] */
static Text print_path(const Comparison *comparison) {
  Buffer out = buffer_make(comparison->arena, 0);
  buffer_append_char(&out, '$');
  for (size_t i = 0; i < comparison->depth; i++) {
    const JsonStep *step = &comparison->steps[i];
    if (step->name.data == NULL) {
      buffer_print(&out, "[%u]", step->index);
    } else if (is_plain_name(step->name)) {
      buffer_append_char(&out, '.');
      buffer_append(&out, step->name);
    } else {
      buffer_append_string(&out, "['");
      for (size_t k = 0; k < step->name.length; k++) {
        if (step->name.data[k] == '\'' || step->name.data[k] == '\\') buffer_append_char(&out, '\\');
        buffer_append_char(&out, step->name.data[k]);
      }
      buffer_append_string(&out, "']");
    }
  }
  return buffer_text(&out);
}

static bool within_tolerance(Text expected, Text actual, double tolerance, Arena *arena) {
  if (!json_has_type(expected, TEXT("number")) || !json_has_type(actual, TEXT("number"))) return false;
  double wanted = strtod(arena_copy_string(arena, expected), NULL);
  double found = strtod(arena_copy_string(arena, actual), NULL);
  /* 1.01 - 1.00 is a hair more than 0.01 in binary: the last bits are not what a person means. */
  double hair = (fabs(wanted) + fabs(found)) * 1e-15;
  return fabs(wanted - found) <= tolerance + hair;
}

static bool rule_allows(const IgnoreRule *rule, Text expected, Text actual, Arena *arena) {
  if (rule->type.data != NULL && (actual.data == NULL || !json_has_type(actual, rule->type))) return false;
  if (rule->tolerance < 0) return true;
  return expected.data != NULL && actual.data != NULL &&
         within_tolerance(expected, actual, rule->tolerance, arena);
}

static bool is_ignored(const Comparison *comparison, Text expected, Text actual) {
  for (size_t i = 0; i < comparison->options->ignore_count; i++) {
    const IgnoreRule *rule = &comparison->options->ignores[i];
    bool covers = false;
    if (rule->path == NULL) continue;
    if (!jsonpath_covers(rule->path, comparison->steps, comparison->depth, &covers, NULL) || !covers)
      continue;
    if (rule_allows(rule, expected, actual, comparison->arena)) return true;
  }
  return false;
}

/* A difference at the current place, unless a rule allows it; answers whether all is well. */
static bool differ(Comparison *comparison, Text expected, Text actual, Text message, Severity severity) {
  if (is_ignored(comparison, expected, actual)) return true;
  if (comparison->quiet) return false;
  Arena *arena = comparison->arena;
  differences_add(comparison->out,
                  (Difference){.at = print_path(comparison),
                               .expected = expected.data != NULL ? json_compact(expected, arena) : expected,
                               .actual = actual.data != NULL ? json_compact(actual, arena) : actual,
                               .message = message,
                               .severity = severity});
  return false;
}

/* ---- objects ---- */

typedef struct Member {
  Text name;
  uint32_t value;    /* node */
  uint32_t position; /* among the members as written */
  uint32_t partner;  /* position on the other side, or NO_PARTNER */
} Member;
enum { NO_PARTNER = UINT32_MAX };

static Member *members_of(const JsonIndex *index, uint32_t at, Arena *arena) {
  const JsonNode *object = &index->nodes[at];
  Member *members = ARENA_ARRAY(arena, Member, object->count);
  uint32_t node = at + 1;
  for (uint32_t i = 0; i < object->count; i++) {
    members[i] = (Member){json_unescape(index->nodes[node].text, arena), node + 1, i, NO_PARTNER};
    node = index->nodes[node + 1].next;
  }
  return members;
}

static int by_name_then_position(const void *left, const void *right) {
  const Member *first = *(Member *const *)left, *second = *(Member *const *)right;
  int order = text_compare(first->name, second->name);
  if (order != 0) return order;
  return first->position < second->position ? -1 : first->position > second->position;
}

static Member **sorted(Member *members, uint32_t count, Arena *arena) {
  Member **order = ARENA_ARRAY(arena, Member *, count);
  for (uint32_t i = 0; i < count; i++) order[i] = &members[i];
  if (count > 1) qsort(order, count, sizeof *order, by_name_then_position);
  return order;
}

/* Members of the same name meet; the second of a doubled name meets the second. */
static void pair_members(Member *expected, uint32_t expected_count, Member *actual, uint32_t actual_count,
                         Arena *arena) {
  uint32_t straight = 0;
  while (straight < expected_count && straight < actual_count &&
         text_equal(expected[straight].name, actual[straight].name)) {
    expected[straight].partner = actual[straight].partner = straight;
    straight++;
  }
  expected += straight, expected_count -= straight;
  actual += straight, actual_count -= straight;
  Member **left = sorted(expected, expected_count, arena), **right = sorted(actual, actual_count, arena);
  for (uint32_t i = 0, j = 0; i < expected_count && j < actual_count;) {
    int order = text_compare(left[i]->name, right[j]->name);
    if (order == 0) {
      left[i]->partner = right[j]->position;
      right[j]->partner = left[i]->position;
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

static bool compare_objects(Comparison *comparison, uint32_t expected_at, uint32_t actual_at) {
  uint32_t expected_count = comparison->expected.nodes[expected_at].count;
  uint32_t actual_count = comparison->actual.nodes[actual_at].count;
  Member *expected = members_of(&comparison->expected, expected_at, comparison->arena);
  Member *actual = members_of(&comparison->actual, actual_at, comparison->arena);
  pair_members(expected, expected_count, actual, actual_count, comparison->arena);
  bool equal = true;
  JsonStep *step = &comparison->steps[comparison->depth++];
  for (uint32_t i = 0; i < expected_count && (equal || !comparison->quiet); i++) {
    *step = (JsonStep){.name = expected[i].name};
    if (expected[i].partner != NO_PARTNER)
      equal &= compare_values(comparison, expected[i].value, actual[expected[i].partner].value);
    else
      equal &= differ(comparison, comparison->expected.nodes[expected[i].value].text, (Text){NULL, 0},
                      (Text){NULL, 0}, SEVERITY_BREAKING);
  }
  for (uint32_t i = 0; i < actual_count && (equal || !comparison->quiet); i++) {
    if (actual[i].partner != NO_PARTNER) continue;
    *step = (JsonStep){.name = actual[i].name};
    equal &= differ(comparison, (Text){NULL, 0}, comparison->actual.nodes[actual[i].value].text,
                    (Text){NULL, 0}, SEVERITY_COMPATIBLE);
  }
  comparison->depth--;
  return equal;
}

/* ---- arrays ---- */

static uint32_t *items_of(const JsonIndex *index, uint32_t at, Arena *arena) {
  uint32_t count = index->nodes[at].count;
  uint32_t *items = ARENA_ARRAY(arena, uint32_t, count);
  uint32_t node = at + 1;
  for (uint32_t i = 0; i < count; i++) {
    items[i] = node;
    node = index->nodes[node].next;
  }
  return items;
}

static bool compare_items(Comparison *comparison, uint32_t index, uint32_t expected_at, uint32_t actual_at,
                          bool quiet) {
  bool before = comparison->quiet;
  comparison->quiet = quiet;
  comparison->steps[comparison->depth++] = (JsonStep){.index = index};
  bool equal = compare_values(comparison, expected_at, actual_at);
  comparison->depth--;
  comparison->quiet = before;
  return equal;
}

/* Different lengths: what is alike at both ends is set aside, so that one item put in front is one
 * difference and not as many as there are items. Looking ahead costs another reading of the items, so it is
 * done near the root only. */
static bool compare_lengths(Comparison *comparison, uint32_t expected_at, uint32_t actual_at) {
  enum { LOOK_AHEAD_DEPTH = 32, QUOTED_WHOLE = 4096 };
  const JsonNode *expected = &comparison->expected.nodes[expected_at];
  const JsonNode *actual = &comparison->actual.nodes[actual_at];
  Text message = arena_print(comparison->arena, "length %u, not %u", actual->count, expected->count);
  /* Arrays in arrays would be quoted again and again: long ones aren't. */
  bool quoted = expected->text.length + actual->text.length <= QUOTED_WHOLE;
  if (differ(comparison, quoted ? expected->text : (Text){NULL, 0}, quoted ? actual->text : (Text){NULL, 0},
             message, SEVERITY_RISKY))
    return true;
  if (comparison->quiet) return false;
  uint32_t *wanted = items_of(&comparison->expected, expected_at, comparison->arena);
  uint32_t *found = items_of(&comparison->actual, actual_at, comparison->arena);
  uint32_t shorter = expected->count < actual->count ? expected->count : actual->count;
  uint32_t head = 0, tail = 0;
  if (comparison->depth < LOOK_AHEAD_DEPTH) {
    while (head < shorter && compare_items(comparison, head, wanted[head], found[head], true)) head++;
    while (tail < shorter - head &&
           compare_items(comparison, expected->count - tail - 1, wanted[expected->count - tail - 1],
                         found[actual->count - tail - 1], true))
      tail++;
  }
  for (uint32_t i = head; i < shorter - tail; i++) compare_items(comparison, i, wanted[i], found[i], false);
  return false;
}

static bool compare_arrays(Comparison *comparison, uint32_t expected_at, uint32_t actual_at) {
  const JsonNode *expected = &comparison->expected.nodes[expected_at];
  const JsonNode *actual = &comparison->actual.nodes[actual_at];
  if (expected->count != actual->count) return compare_lengths(comparison, expected_at, actual_at);
  bool equal = true;
  uint32_t wanted = expected_at + 1, found = actual_at + 1;
  for (uint32_t i = 0; i < expected->count && (equal || !comparison->quiet); i++) {
    equal &= compare_items(comparison, i, wanted, found, comparison->quiet);
    wanted = comparison->expected.nodes[wanted].next;
    found = comparison->actual.nodes[found].next;
  }
  return equal;
}

/* ---- values ---- */

static JsonKind type_of(JsonKind kind) {
  return kind == JSON_FALSE ? JSON_TRUE : kind;
}

static Severity severity_of(JsonKind expected, JsonKind actual) {
  if (type_of(expected) == type_of(actual)) return SEVERITY_RISKY;
  return expected == JSON_NULL || actual == JSON_NULL ? SEVERITY_RISKY : SEVERITY_BREAKING;
}

static bool compare_values(Comparison *comparison, uint32_t expected_at, uint32_t actual_at) {
  const JsonNode *expected = &comparison->expected.nodes[expected_at];
  const JsonNode *actual = &comparison->actual.nodes[actual_at];
  if (expected->kind == actual->kind) {
    if (expected->kind == JSON_OBJECT) return compare_objects(comparison, expected_at, actual_at);
    if (expected->kind == JSON_ARRAY) return compare_arrays(comparison, expected_at, actual_at);
    if (scalars_equal(expected->kind, expected->text, actual->text, comparison->options, comparison->arena))
      return true;
  }
  return differ(comparison, expected->text, actual->text, (Text){NULL, 0},
                severity_of(expected->kind, actual->kind));
}

bool diff_json(Text expected, Text actual, const DiffOptions *options, Differences *out) {
  if (same_tokens(expected, actual, options, out->arena)) return true;
  Comparison *comparison = ARENA_NEW(out->arena, Comparison);
  comparison->options = options;
  comparison->out = out;
  comparison->arena = out->arena;
  if (!json_index(expected, out->arena, &comparison->expected)) return false;
  if (!json_index(actual, out->arena, &comparison->actual)) return false;
  compare_values(comparison, 0, 0);
  return true;
}

/* ---- types ---- */

typedef enum TypeName {
  TYPE_STRING,
  TYPE_NUMBER,
  TYPE_INTEGER,
  TYPE_BOOLEAN,
  TYPE_OBJECT,
  TYPE_ARRAY,
  TYPE_NULL
} TypeName;

static const struct {
  const char *name;
  TypeName type;
} type_names[] = {
    {"string", TYPE_STRING},   {"text", TYPE_STRING},   {"number", TYPE_NUMBER},  {"integer", TYPE_INTEGER},
    {"boolean", TYPE_BOOLEAN}, {"object", TYPE_OBJECT}, {"mapping", TYPE_OBJECT}, {"array", TYPE_ARRAY},
    {"list", TYPE_ARRAY},      {"null", TYPE_NULL},
};
enum { TYPE_NAME_COUNT = sizeof type_names / sizeof *type_names };

static int find_type(Text name) {
  for (int i = 0; i < TYPE_NAME_COUNT; i++)
    if (text_is(name, type_names[i].name)) return (int)type_names[i].type;
  return -1;
}

bool json_type_is_known(Text type) {
  return find_type(type) >= 0;
}

bool json_has_type(Text json, Text type) {
  if (json.length == 0) return false;
  char first = json.data[0];
  bool number = first == '-' || (first >= '0' && first <= '9');
  switch (find_type(type)) {
  case TYPE_STRING: return first == '"';
  case TYPE_NUMBER: return number;
  case TYPE_INTEGER: return number && json_number_is_whole(json);
  case TYPE_BOOLEAN: return first == 't' || first == 'f';
  case TYPE_OBJECT: return first == '{';
  case TYPE_ARRAY: return first == '[';
  case TYPE_NULL: return first == 'n';
  default: return false;
  }
}
