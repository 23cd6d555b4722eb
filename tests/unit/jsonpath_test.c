/* jsonpath: what cases can't say: places of faults, limits, repeated reading, locations covered. */
#include "harness/jsonpath/decimal_text.h"
#include "harness/jsonpath/jsonpath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state) {
  *state = arena_new(0);
  return 0;
}

static int tear_down(void **state) {
  arena_free(*state);
  return 0;
}

static JsonPath *compile(const char *source, Arena *arena) {
  JsonPath *path;
  Fault fault = {0};
  if (!jsonpath_compile(text_from(source), arena, &path, &fault)) fail_msg("%s: %s", source, fault.message);
  return path;
}

static Value read_document(const char *body, Arena *arena) {
  Value document;
  assert_true(value_read(text_from(body), arena, &document, NULL));
  return document;
}

static void assert_json(Value value, const char *expected, Arena *arena) {
  Buffer json = buffer_make(arena, 0);
  value_write_json(value, &json);
  assert_string_equal(buffer_string(&json), expected);
}

static void faults_say_where(void **state) {
  static const struct {
    const char *path;
    size_t offset;
  } paths[] = {{"$.a.b c", 5},          {"$.a[x]", 3},  {"a b", 1},
               {"$.a[?(@.b = 1)]", 10}, {"$['a'x]", 4}, {"$.a[1:9x]", 3}};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    JsonPath *path;
    Fault fault = {0};
    assert_false(jsonpath_compile(text_from(paths[i].path), *state, &path, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    if (fault.offset != paths[i].offset) fail_msg("%s: %zu %s", paths[i].path, fault.offset, fault.message);
  }
}

static void source_is_kept(void **state) {
  JsonPath *path = compile("a.b", *state);
  assert_true(text_is(jsonpath_source(path), "a.b"));
  assert_true(jsonpath_is_definite(path));
  assert_false(jsonpath_is_definite(compile("$.a[*]", *state)));
  assert_false(jsonpath_is_definite(compile("$.a[0:1]", *state)));
  assert_true(jsonpath_is_definite(compile("$['a','b']", *state)));
}

/* What a path remembers while it reads is forgotten afterwards. */
static void reading_repeats(void **state) {
  static const char *const sources[] = {"$..*.n", "$[*].length($..n)", "$..l[*].length()",
                                        "$[?(@.n == $[0].n)]"};
  Value document = read_document("[{\"n\":1,\"l\":[1,2]},{\"n\":2,\"m\":{\"n\":3}}]", *state);
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    JsonPath *path = compile(sources[i], *state);
    Value first, second;
    Fault fault = {0};
    assert_int_equal(jsonpath_read(path, document, *state, &first, &fault), JSONPATH_FOUND);
    assert_int_equal(jsonpath_read(path, document, *state, &second, &fault), JSONPATH_FOUND);
    assert_true(value_equal(first, second));
  }
}

/* Templates change documents through what they read. */
static void results_share_nodes(void **state) {
  Value document = read_document("{\"a\":{\"b\":1}}", *state);
  Value found;
  assert_int_equal(jsonpath_read(compile("$.a", *state), document, *state, &found, NULL), JSONPATH_FOUND);
  map_put_text(found.as.map, TEXT("b"), value_integer(2), *state);
  assert_json(document, "{\"a\":{\"b\":2}}", *state);
}

static char *repeat(const char *before, const char *part, size_t count, const char *after, Arena *arena) {
  Buffer text = buffer_make(arena, 0);
  buffer_append_string(&text, before);
  for (size_t i = 0; i < count; i++) buffer_append_string(&text, part);
  buffer_append_string(&text, after);
  return arena_copy_string(arena, buffer_text(&text));
}

static void hostile_paths_are_refused(void **state) {
  Arena *arena = *state;
  const char *paths[] = {repeat("$.", "a", 20000, "", arena), repeat("$[?(", "(", 4000, ")]", arena),
                         repeat("$[?(", "!", 4000, "(@.a))]", arena), repeat("$", "[?(@", 2000, "", arena),
                         repeat("$", ".sum($", 2000, ")", arena)};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    JsonPath *path;
    Fault fault = {0};
    assert_false(jsonpath_compile(text_from(paths[i]), arena, &path, &fault));
    assert_int_not_equal(fault.kind, FAULT_NONE);
  }
}

/* Many scans over a deep document would take combinations without end. */
static void effort_is_bounded(void **state) {
  Arena *arena = *state;
  Value document = read_document(repeat("", "[", 300, repeat("", "]", 300, "", arena), arena), arena);
  Value found;
  Fault fault = {0};
  JsonPath *path = compile("$..*..*..*..*..*", arena);
  assert_int_equal(jsonpath_read(path, document, arena, &found, &fault), JSONPATH_ERROR);
  assert_int_equal(fault.kind, FAULT_LIMIT);
  path = compile("$..*", arena);
  assert_int_equal(jsonpath_read(path, document, arena, &found, &fault), JSONPATH_FOUND);
  assert_int_equal(found.as.list->count, 299);
}

/* A template can put a document into itself. */
static void endless_documents_end(void **state) {
  Value document = read_document("{\"a\":1}", *state);
  map_put_text(document.as.map, TEXT("self"), document, *state);
  Value found;
  Fault fault = {0};
  assert_int_equal(jsonpath_read(compile("$..a", *state), document, *state, &found, &fault), JSONPATH_ERROR);
  assert_int_equal(fault.kind, FAULT_LIMIT);
}

static JsonStep name(const char *text) {
  return (JsonStep){.name = text_from(text)};
}

static JsonStep element(uint32_t index) {
  return (JsonStep){.index = index};
}

static void locations_are_covered(void **state) {
  const JsonStep place[] = {name("orders"), element(2), name("lines"), element(0), name("id")};
  static const struct {
    const char *path;
    bool covers;
  } paths[] = {
      {"$", true},
      {"$.orders", true},
      {"$.order", false},
      {"$.orders[2].lines[0].id", true},
      {"$.orders[2].lines[0].id.deeper", false},
      {"$.orders[1]", false},
      {"$.orders[1,2]", true},
      {"$.orders[0:2]", false},
      {"$.orders[2:]", true},
      {"$.orders[:3]", true},
      {"$.orders[*].lines[*].id", true},
      {"$.orders[*].id", false},
      {"$..id", true},
      {"$..lines..id", true},
      {"$..lines", true},
      {"$..lines.id", false},
      {"$..orders..orders", false},
      {"$['x','orders']", true},
      {"$.*[2].*", true},
      {"$.*.*.*.*.*.*", false},
      {"$.orders['2']", false},
      {"$[2]", false},
  };
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    bool covers;
    Fault fault = {0};
    assert_true(jsonpath_covers(compile(paths[i].path, *state), place, 5, &covers, &fault));
    if (covers != paths[i].covers) fail_msg("%s covers: %d", paths[i].path, covers);
  }
}

static void some_paths_need_a_document(void **state) {
  static const char *const paths[] = {"$[?(@.a)]", "$.a.length()", "$[-1]", "$[-2:]", "$..a.sum()"};
  const JsonStep place[] = {element(0)};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    bool covers;
    Fault fault = {0};
    assert_false(jsonpath_covers(compile(paths[i], *state), place, 1, &covers, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
  }
}

static void decimals_print_as_java(void **state) {
  static const struct {
    const char *text;
    const char *printed;
    int32_t number;
  } decimals[] = {{"1e1", "1E+1", 10},
                  {"00.10", "0.10", 0},
                  {"-0", "0", 0},
                  {"1.", "1", 1},
                  {".5", "0.5", 0},
                  {"0.0000001", "1E-7", 0},
                  {"0.000001", "0.000001", 0},
                  {"-12.5e2", "-1.25E+3", -1250},
                  {"4294967297", "4294967297", 1},
                  {"0e3", "0E+3", 0},
                  {"0.00", "0.00", 0}};
  for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
    DecimalText decimal;
    assert_true(decimal_text_read(text_from(decimals[i].text), *state, &decimal));
    Text printed = decimal_text_print(&decimal, *state);
    assert_true(text_is(printed, decimals[i].printed));
    assert_int_equal(decimal_text_to_int(&decimal), decimals[i].number);
  }
  static const char *const wrong[] = {"", "-", ".", "1e", "1e+", "e1", "1.2.3", "1 ", "--1", "1e99999999999"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    DecimalText decimal;
    assert_false(decimal_text_read(text_from(wrong[i]), *state, &decimal));
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(faults_say_where),
      TEST(source_is_kept),
      TEST(reading_repeats),
      TEST(results_share_nodes),
      TEST(hostile_paths_are_refused),
      TEST(effort_is_bounded),
      TEST(endless_documents_end),
      TEST(locations_are_covered),
      TEST(some_paths_need_a_document),
      TEST(decimals_print_as_java),
  };
  return cmocka_run_group_tests_name("jsonpath", tests, NULL, NULL);
}
