/* What cases can't show: sizes, limits, and numbers by the table. */
#include "harness/diff/diff.h"
#include "harness/diff/json_scanner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const DiffOptions plain = {0};

static Differences compare(Text expected, Text actual, Arena *arena) {
  Differences out = differences_make(arena);
  Response left = {.status = 200, .body = expected}, right = {.status = 200, .body = actual};
  diff_responses(&left, &right, &plain, &out);
  return out;
}

static void numbers_compare_by_value(void **state) {
  (void)state;
  static const struct {
    const char *left, *right;
    bool equal;
  } rows[] = {
      {"0", "-0", true},          {"0.0", "0e99", true},
      {"1", "1.0", true},         {"10", "1e1", true},
      {"100", "1E+2", true},      {"0.001", "1e-3", true},
      {"1.5", "15e-1", true},     {"-1", "1", false},
      {"1e2", "1e3", false},      {"101", "11", false},
      {"0.1", "1", false},        {"12.30", "12.3", true},
      {"1e999999", "1e9", false}, {"1e-400", "0", false},
      {"1203", "1.203e3", true},  {"12345678901234567890123", "12345678901234567890124", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(json_number_equal(text_from(rows[i].left), text_from(rows[i].right)), rows[i].equal);
    assert_int_equal(json_number_equal(text_from(rows[i].right), text_from(rows[i].left)), rows[i].equal);
  }
}

static void grammar_is_strict(void **state) {
  (void)state;
  static const char *const wrong[] = {"",          "{",    "[1,]",  "{\"a\":1,}", "01",      "1.",
                                      "+1",        "nul",  "[1 2]", "{a:1}",      "\"\\x\"", "\"\n\"",
                                      "1 2",       "[1}",  "{]",    "-",          "1e",      "\"\\u12",
                                      "{\"a\" 1}", "[,1]", "'a'",   "NaN",        "]",       "\"a"};
  static const char *const right[] = {" 1 ",         "[]",      "{}",           "[[],{}]",
                                      "\"\\ud83d\"", "-0.5e+7", "{\"\":[null]}"};
  Arena *arena = arena_new(0);
  JsonIndex index;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_false(json_index(text_from(wrong[i]), arena, &index));
  for (size_t i = 0; i < sizeof right / sizeof *right; i++)
    assert_true(json_index(text_from(right[i]), arena, &index));
  arena_free(arena);
}

static void index_knows_its_children(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  JsonIndex index;
  assert_true(json_index(TEXT("{\"a\": [1, {\"b\": 2}], \"c\": \"d\"}"), arena, &index));
  assert_int_equal(index.nodes[0].count, 2);
  assert_int_equal(index.nodes[2].kind, JSON_ARRAY);
  assert_int_equal(index.nodes[2].count, 2);
  assert_true(text_is(index.nodes[2].text, "[1, {\"b\": 2}]"));
  assert_int_equal(index.nodes[index.nodes[2].next].kind, JSON_KEY);
  arena_free(arena);
}

static Text nested(size_t depth, const char *leaf, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < depth; i++) buffer_append_char(&out, '[');
  buffer_append_string(&out, leaf);
  for (size_t i = 0; i < depth; i++) buffer_append_char(&out, ']');
  return buffer_text(&out);
}

static void depth_is_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Differences inside = compare(nested(JSON_DEPTH, "1", arena), nested(JSON_DEPTH, "2", arena), arena);
  assert_int_equal(inside.count, 1);
  assert_true(text_starts(inside.items[0].at, TEXT("$[0][0]")));
  Differences past = compare(nested(100000, "1", arena), nested(100000, "2", arena), arena);
  assert_int_equal(past.count, 1);
  assert_true(text_is(past.items[0].at, "body"));
  arena_free(arena);
}

/* Members in reverse and one changed: a hundred thousand of them take no noticeable time. */
static void many_members_that_moved(void **state) {
  (void)state;
  enum { MANY = 100000 };
  Arena *arena = arena_new(0);
  Buffer straight = buffer_make(arena, 0), reverse = buffer_make(arena, 0);
  for (int i = 0; i < MANY; i++) {
    buffer_print(&straight, "%c\"member%d\":%d", i == 0 ? '{' : ',', i, i);
    buffer_print(&reverse, "%c\"member%d\":%d", i == 0 ? '{' : ',', MANY - 1 - i, i == 7 ? -1 : MANY - 1 - i);
  }
  buffer_append_char(&straight, '}');
  buffer_append_char(&reverse, '}');
  Differences found = compare(buffer_text(&straight), buffer_text(&reverse), arena);
  assert_int_equal(found.count, 1);
  assert_true(text_is(found.items[0].at, "$.member99992"));
  arena_free(arena);
}

static void differences_past_the_limit_are_counted(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer expected = buffer_make(arena, 0), actual = buffer_make(arena, 0);
  for (int i = 0; i < 5000; i++) {
    buffer_print(&expected, "%c1", i == 0 ? '[' : ',');
    buffer_print(&actual, "%c%s", i == 0 ? '[' : ',', i == 4999 ? "\"1\"" : "2");
  }
  buffer_append_char(&expected, ']');
  buffer_append_char(&actual, ']');
  Differences found = compare(buffer_text(&expected), buffer_text(&actual), arena);
  assert_int_equal(found.count, DIFFERENCES_TOLD);
  assert_true(text_is(found.items[found.count - 1].message, "and 4001 more differences"));
  assert_int_equal(differences_severity(&found), SEVERITY_BREAKING);
  arena_free(arena);
}

static void binary_is_told_by_byte(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Differences found = compare(TEXT("\x00\xff\x01"), TEXT("\x00\xfe"), arena);
  assert_int_equal(found.count, 1);
  assert_true(text_is(found.items[0].expected, "\"3 bytes\""));
  assert_true(text_is(found.items[0].message, "byte 1: fe, not ff 01"));
  arena_free(arena);
}

static size_t read_count(Text line, size_t *at) {
  size_t value = 0;
  while (*at < line.length && (line.data[*at] < '0' || line.data[*at] > '9')) (*at)++;
  while (*at < line.length && line.data[*at] >= '0' && line.data[*at] <= '9')
    value = value * 10 + (size_t)(line.data[(*at)++] - '0');
  return value;
}

/* Applies a unified diff: every script must turn one text into the other, whatever the limit made of it. */
static void check_script(Text expected, Text actual) {
  Buffer script = buffer_make(NULL, 0), rebuilt = buffer_make(NULL, 0);
  Text unread = expected;
  size_t at_line = 1;
  diff_lines(expected, actual, &script);
  for (Text rest = buffer_text(&script); rest.data != NULL && rest.length > 0;) {
    Text line = text_split(rest, '\n', &rest);
    size_t at = 0;
    size_t start = line.data[0] == '@' ? read_count(line, &at) : 0;
    size_t count = line.data[0] == '@' ? read_count(line, &at) : 0;
    for (; line.data[0] == '@' && at_line < start + (count == 0 ? 1 : 0); at_line++) {
      buffer_append(&rebuilt, text_split(unread, '\n', &unread));
      buffer_append_char(&rebuilt, '\n');
    }
    if (line.data[0] == '@') continue;
    if (line.data[0] != '+') {
      assert_true(text_equal(text_split(unread, '\n', &unread), text_slice(line, 1, line.length)));
      at_line++;
    }
    if (line.data[0] == '-') continue;
    buffer_append(&rebuilt, text_slice(line, 1, line.length));
    buffer_append_char(&rebuilt, '\n');
  }
  buffer_append(&rebuilt, unread);
  assert_true(text_equal(buffer_text(&rebuilt), actual));
  buffer_free(&script);
  buffer_free(&rebuilt);
}

static void line_scripts_are_complete(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  uint32_t seed = 12345;
  for (int round = 0; round < 60; round++) {
    Buffer left = buffer_make(arena, 0), right = buffer_make(arena, 0);
    int lines = round * 40;
    for (int i = 0; i < lines; i++) {
      seed = seed * 1664525u + 1013904223u;
      if ((seed >> 16) % 4 != 0) buffer_print(&left, "%u\n", (seed >> 24) % 7);
      if ((seed >> 18) % 4 != 0) buffer_print(&right, "%u\n", (seed >> 24) % 7);
    }
    check_script(buffer_text(&left), buffer_text(&right));
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_compare_by_value), cmocka_unit_test(grammar_is_strict),
      cmocka_unit_test(index_knows_its_children), cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(many_members_that_moved),  cmocka_unit_test(differences_past_the_limit_are_counted),
      cmocka_unit_test(binary_is_told_by_byte),   cmocka_unit_test(line_scripts_are_complete),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
