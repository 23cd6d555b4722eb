/* document: hostile files cost bounded time and memory; what JSON writers print. */
#include "harness/document/document.h"

#include "harness/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Generous: sanitizers and busy machines are slow; what these inputs cost without limits is minutes. */
enum { SECONDS = 10, MEMORY = 1024 * 1024 * 1024 };

static Text repeat(Arena *arena, const char *part, size_t count, const char *end) {
  Buffer buffer = buffer_make(arena, 0);
  for (size_t i = 0; i < count; i++) buffer_append_string(&buffer, part);
  buffer_append_string(&buffer, end);
  return buffer_text(&buffer);
}

static bool reads(const char *name, Text source, const char *wanted_message) {
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Document *document;
  clock_t start = clock();
  bool good = document_read(name, source, 0, arena, &document, &faults);
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS);
  assert_true(arena_used(arena) < MEMORY);
  assert_int_equal(good, fault_list_errors(&faults) == 0);
  if (wanted_message != NULL) {
    assert_true(faults.count > 0);
    if (strstr(faults.items[0].message, wanted_message) == NULL) fail_msg("%s", faults.items[0].message);
  }
  arena_free(arena);
  return good;
}

static void nesting_is_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  assert_false(reads("a.yaml", repeat(arena, "[", 200000, ""), "nested deeper than 512 levels"));
  assert_false(reads("a.yaml", repeat(arena, "{a: ", 200000, ""), "nested deeper"));
  assert_false(reads("a.yaml", repeat(arena, "- ", 100000, "x"), "nested deeper"));
  assert_false(reads("a.yaml", repeat(arena, "? ", 100000, "x"), NULL));
  assert_false(reads("a.json", repeat(arena, "[", 200000, ""), "nested deeper"));
  assert_false(reads("a.json", repeat(arena, "{\"a\":", 200000, ""), "nested deeper"));
  Buffer deep = buffer_make(arena, 0);
  buffer_append(&deep, repeat(arena, "[", 500, ""));
  buffer_append(&deep, repeat(arena, "]", 500, ""));
  assert_true(reads("a.yaml", buffer_text(&deep), NULL));
  assert_true(reads("a.json", buffer_text(&deep), NULL));
  arena_free(arena);
}

static void alias_bombs_are_refused(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer lists = buffer_make(arena, 0), merges = buffer_make(arena, 0), chain = buffer_make(arena, 0);
  buffer_append_string(&lists, "l0: &l0 [a, a, a, a, a, a, a, a, a, a]\n");
  buffer_append_string(&merges, "m0: &m0 { k: [1, 2, 3, 4, 5, 6, 7, 8, 9] }\n");
  for (int i = 1; i < 12; i++) {
    buffer_print(&lists, "l%d: &l%d [", i, i);
    for (int j = 0; j < 10; j++) buffer_print(&lists, "*l%d, ", i - 1);
    buffer_append_string(&lists, "]\n");
    buffer_print(&merges, "m%d: &m%d {", i, i);
    for (int j = 0; j < 10; j++) buffer_print(&merges, "k%d: { <<: *m%d }, ", j, i - 1);
    buffer_append_string(&merges, "}\n");
  }
  buffer_append_string(&chain, "c0: &c0 [x]\n");
  for (int i = 1; i < 600; i++) buffer_print(&chain, "c%d: &c%d [*c%d]\n", i, i, i - 1);
  assert_false(reads("a.yaml", buffer_text(&lists), "aliases expand to more than"));
  assert_false(reads("a.yaml", buffer_text(&merges), "aliases expand to more than"));
  assert_false(reads("a.yaml", buffer_text(&chain), "nested deeper"));
  arena_free(arena);
}

static void many_of_everything(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer keys = buffer_make(arena, 0), anchors = buffer_make(arena, 0), errors = buffer_make(arena, 0);
  for (int i = 0; i < 200000; i++) buffer_print(&keys, "k%d: %d\n", i, i);
  for (int i = 0; i < 70000; i++) buffer_print(&anchors, "- &a%d x\n", i);
  for (int i = 0; i < 20000; i++) buffer_append_string(&errors, "a: 1\n");
  assert_true(reads("a.yaml", buffer_text(&keys), NULL));
  assert_false(reads("a.yaml", buffer_text(&anchors), "too many anchors"));
  assert_false(reads("a.yaml", buffer_text(&errors), "duplicate key"));
  assert_true(reads("a.json", repeat(arena, "[", 1, "1]"), NULL));
  assert_false(reads("a.yaml", repeat(arena, "k", 2000, ": 1"), NULL));
  assert_false(reads("a.yaml", repeat(arena, "[[", 1, "\xff]]"), "is not UTF-8"));
  assert_false(reads("a.yaml", (Text){"a: \0", 4}, "control characters"));
  arena_free(arena);
}

/* Places in one line of several megabytes cost no more than anywhere else. */
static void one_long_line(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer line = buffer_make(arena, 0);
  buffer_append_char(&line, '[');
  for (int i = 0; i < 100000; i++)
    buffer_print(&line, "%s{\"name\": \"caf\xC3\xA9 %06d\"}", i > 0 ? "," : "", i);
  buffer_append_char(&line, ']');
  FaultList faults = fault_list_make(arena);
  Document *document;
  assert_true(document_read("a.json", buffer_text(&line), 0, arena, &document, &faults));
  clock_t start = clock();
  uint32_t index = 0;
  const cJSON *item;
  cJSON_ArrayForEach(item, document_root(document)) {
    Place place = document_text_place(document, item->child, 5);
    assert_int_equal(place.line, 1);
    assert_int_equal(place.column, 2 + index * 24 + 10 + 4);
    size_t offset = document_offset(document, place);
    assert_memory_equal(document_source(document).data + offset, " ", 1);
    index++;
  }
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS);
  arena_free(arena);
}

static void texts_as_json(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer out = buffer_make(arena, 0);
  json_write_text(&out, (Text){"a\0\n\x1f\"\\</\xE2\x80\xA8\xFFz\xED\xA0\x80", 16});
  assert_string_equal(buffer_string(&out),
                      "\"a\\u0000\\n\\u001f\\\"\\\\\\u003c/\\u2028\xEF\xBF\xBDz\xEF\xBF\xBD\"");
  buffer_clear(&out);
  json_write_text(&out, TEXT("\x7F\xC2\x80\xC2\x85\xC2\x9F\xC2\xA0|\xD8\x9C\xE2\x80\x8D\xE2\x80\x8E|"
                             "\xE2\x80\xA9\xE2\x80\xAA\xE2\x80\xAE|\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA|"
                             "\xEF\xBB\xBF\xEF\xBB\xBE\xF0\x9F\x98\x80"));
  assert_string_equal(buffer_string(&out),
                      "\"\\u007f\\u0080\\u0085\\u009f\xC2\xA0|\\u061c\xE2\x80\x8D\\u200e|"
                      "\\u2029\\u202a\\u202e|\\u2066\\u2069\xE2\x81\xAA|"
                      "\\ufeff\xEF\xBB\xBE\xF0\x9F\x98\x80\"");
  buffer_clear(&out);
  bool first = true;
  json_write_key(&out, "a", &first);
  json_write_key(&out, "b", &first);
  assert_string_equal(buffer_string(&out), "\"a\":,\"b\":");
  arena_free(arena);
}

/* Nodes that cJSON made itself have no source text: numbers must still read back as the same double. */
static void plain_nodes_as_json(void **state) {
  (void)state;
  static const double numbers[] = {9007199254740992.0, 0.1, 1e300, -0.0, 3, 2.5e-9};
  static const char *const texts[] = {"9007199254740992", "0.1", "1e+300", "-0", "3", "2.5e-09"};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    cJSON *node = cJSON_CreateNumber(numbers[i]);
    Buffer out = buffer_make(NULL, 0);
    json_write_node(&out, node);
    assert_string_equal(buffer_string(&out), texts[i]);
    buffer_free(&out);
    cJSON_Delete(node);
  }
  cJSON *object = cJSON_Parse("{\"a\":[true,null,\"<\"]}");
  Buffer out = buffer_make(NULL, 0);
  json_write_node(&out, object);
  assert_string_equal(buffer_string(&out), "{\"a\":[true,null,\"<\"]}");
  buffer_free(&out);
  cJSON_Delete(object);
}

static void look_ups(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Document *document;
  Text source = TEXT("{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, A: 10}");
  assert_true(document_read("a.yaml", source, 0, arena, &document, &faults));
  const cJSON *root = document_root(document);
  assert_int_equal(document_find(root, TEXT("A"))->valueint, 10);
  assert_int_equal(document_get(root, "i")->valueint, 9);
  assert_null(document_find(root, TEXT("B")));
  assert_null(document_get(root, "B"));
  assert_null(document_find(root->child, TEXT("a")));
  static const char *const known[] = {"a", "b", "c", "d", "e", "f", "g", "h", "image"};
  assert_false(document_check_keys(document, root, known, 9, "a test", &faults));
  assert_int_equal(faults.count, 2);
  assert_string_equal(faults.items[1].message, "unknown key \"A\" in a test (did you mean \"a\"?)");
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nesting_is_bounded), cmocka_unit_test(alias_bombs_are_refused),
      cmocka_unit_test(many_of_everything), cmocka_unit_test(one_long_line),
      cmocka_unit_test(texts_as_json),      cmocka_unit_test(plain_nodes_as_json),
      cmocka_unit_test(look_ups),
  };
  return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
