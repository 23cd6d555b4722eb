/* Compare: what cases of files can't show. Memory that doesn't grow, broken mutations, deterministic seeds.
 */
#include "harness/compare/explore.h"

#include "harness/base/file.h"
#include "harness/diff/json_scanner.h"
#include "harness/pattern/example.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const Text old_source = TEXT_INIT("openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths:\n  "
                                         "/a/{id}:\n    get:\n      responses: {'200': {description: a}, "
                                         "'404': {description: b}}\n      x-amazon-apigateway-integration:\n "
                                         "       type: http\n        httpMethod: GET\n        "
                                         "uri: http://backend.test/a\n        responses:\n          '404': "
                                         "{statusCode: '404'}\n          default: {statusCode: "
                                         "'200'}\n");

static Definition *load(const char *path, Text source, Arena *arena) {
  FaultList faults = fault_list_make(arena);
  Definition *definition = NULL;
  assert_true(file_write(path, source, NULL));
  assert_true(definition_load(path, NULL, arena, &definition, &faults));
  remove(path);
  return definition;
}

/* Every third exchange parts; names, bodies and requests are all different. */
static Store *make_store(const char *path, int count) {
  Store *store;
  Fault fault;
  Arena *arena = arena_new(0);
  remove(path);
  assert_true(store_open(path, STORE_WRITE, &store, &fault) && store_begin(store, &fault));
  for (int i = 0; i < count; i++) {
    arena_reset(arena);
    Exchange exchange = {.name = arena_print(arena, "number %d", i)};
    exchange.request.method = TEXT("GET");
    request_set_target(&exchange.request, arena_print(arena, i % 5 == 4 ? "/none/%d" : "/a/%d", i), arena);
    exchange.backend = (BackendAnswer){.kind = BACKEND_HTTP,
                                       .status = i % 3 == 0 ? 404 : 200,
                                       .body = arena_print(arena, "{\"number\":%d}", i),
                                       .duration_ms = -1};
    assert_true(store_add(store, &exchange, arena, &fault));
  }
  assert_true(store_commit(store, &fault) && store_close(store, &fault));
  arena_free(arena);
  assert_true(store_open(path, STORE_READ, &store, &fault));
  return store;
}

/* Bytes that a comparison of so many exchanges keeps. */
static size_t kept_by(int count, uint64_t *different) {
  static const char path[] = "compare_test.db";
  Arena *arena = arena_new(0);
  Fault fault;
  Text changed = old_source;
  char *copy = arena_copy_string(arena, changed);
  char *rule = strstr(copy, "'404': {statusCode: '404'}");
  memcpy(rule, "'405'", 5);
  Definition *before = load("compare_test_old.yaml", old_source, arena);
  Definition *after = load("compare_test_new.yaml", (Text){copy, changed.length}, arena);
  Store *store = make_store(path, count);
  FaultList defects = fault_list_make(arena);
  CompareOptions options = {0};
  Comparison comparison;
  size_t used = arena_used(arena);
  assert_true(compare_definitions(before, after, &store, 1, &options, arena, &comparison, &defects, &fault));
  used = arena_used(arena) - used;
  assert_int_equal(comparison.exchanges, count);
  assert_int_equal(comparison.same + comparison.unmapped + comparison.different[SEVERITY_BREAKING], count);
  *different = comparison.different[SEVERITY_BREAKING];
  comparison_release(&comparison);
  store_close(store, NULL);
  remove(path);
  arena_free(arena);
  return used;
}

static void test_memory_does_not_grow(void **state) {
  (void)state;
  uint64_t few, many;
  size_t small = kept_by(200, &few), large = kept_by(6000, &many);
  assert_true(few > 0 && many > 20 * few);
  assert_int_equal(small, large);
}

static void test_mutations_are_json(void **state) {
  (void)state;
  static const Text bodies[] = {TEXT_INIT("{\"a\": [1, {\"b\": \"x\"}, null], \"c\" : {} , \"d\":\"\"}"),
                                TEXT_INIT("[]"), TEXT_INIT("[[1,2],3]"), TEXT_INIT("\"text\""),
                                TEXT_INIT(" { \"only\" : [ true ] } ")};
  Arena *arena = arena_new(0);
  Words words = {.items = {TEXT_INIT("\"CAT\"")}, .count = 1};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    size_t count = mutations_of(bodies[i], &words, arena), made = 0;
    assert_true(count > 0);
    for (size_t number = 0; number < count; number++) {
      Text body;
      JsonIndex index;
      if (!mutate(bodies[i], number, &words, arena, &body)) continue;
      made++;
      assert_true(json_index(body, arena, &index));
      assert_false(text_equal(body, bodies[i]));
    }
    assert_true(made > 10);
  }
  assert_int_equal(mutations_of(TEXT("no json"), &words, arena), 0);
  arena_free(arena);
}

static void test_reductions_are_json(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text body = TEXT("{\"a\":[{\"b\":\"long\"},{\"b\":2}],\"c\":[1,2,3]}"), smaller;
  size_t number = 0, made = 0;
  for (; reduce(body, number, arena, &smaller); number++) {
    JsonIndex index;
    if (smaller.data == NULL) continue;
    made++;
    assert_true(json_index(smaller, arena, &index));
  }
  assert_true(number < 200 && made > 10);
  arena_free(arena);
}

static void test_examples_match(void **state) {
  (void)state;
  static const char *const patterns[] = {".*NotFound.*",
                                         "(.|\\n)*Error(.|\\n)*",
                                         "4\\d{2}|5[0-4].",
                                         "\\[(a|b|c)\\] .+",
                                         "[^\\n]+\\n.*x",
                                         "(?i)bad request",
                                         "",
                                         "[A-Z]{3,5}-\\d+"};
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    Text source = text_from(patterns[i]), examples[PATTERN_EXAMPLES];
    Pattern *pattern;
    assert_true(pattern_compile(source, 0, arena, &pattern, NULL));
    size_t count = pattern_examples(source, arena, examples);
    assert_true(count > 0);
    for (size_t k = 0; k < count; k++)
      assert_int_equal(pattern_matches(pattern, examples[k], NULL), PATTERN_MATCHES);
  }
  Text examples[PATTERN_EXAMPLES];
  assert_int_equal(pattern_examples(TEXT("(?=a)b"), arena, examples), 0);
  assert_int_equal(pattern_examples(TEXT("(["), arena, examples), 0);
  pattern_examples(TEXT("((((x{1000}){1000}){1000}){1000})"), arena, examples);
  arena_free(arena);
}

/* What a template reads, as the body that is explored first. */
static void expect_shape(const char *source, const char *expected) {
  Arena *arena = arena_new(0);
  Shape *shape = shape_new(arena);
  Words words = {.count = 0};
  Buffer out = buffer_make(arena, 0);
  shape_add_template(shape, text_from(source), &words, arena);
  shape_write(shape, false, &out);
  assert_string_equal(buffer_string(&out), expected);
  arena_free(arena);
}

static void test_shapes(void **state) {
  (void)state;
  expect_shape("$input.path('$.a.b')", "{\"a\":{\"b\":\"x\"}}");
  expect_shape("$input.json('$')", "\"x\"");
  expect_shape("#set($r = $input.path('$'))#foreach($p in $r.pets)$p.name $p.tags.get(0)#end",
               "{\"pets\":[{\"name\":\"x\",\"tags\":[\"x\"]}]}");
  expect_shape("#foreach($p in $input.path(\"$.list\"))$p.id#end", "{\"list\":[{\"id\":\"x\"}]}");
  expect_shape("$input.path('$.a[0][\"b c\"]')", "{\"a\":[{\"b c\":\"x\"}]}");
  expect_shape("$input.path('$..deep')", "{\"deep\":\"x\"}");
  expect_shape("$context.requestId $util.urlEncode('x')", "\"x\"");
  expect_shape("#set($a = $a.b)#set($x = $input.path('$'))#set($x = $x.n)$x.n.n.n",
               "{\"n\":{\"n\":{\"n\":{\"n\":\"x\"}}}}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_memory_does_not_grow),
      cmocka_unit_test(test_mutations_are_json),
      cmocka_unit_test(test_reductions_are_json),
      cmocka_unit_test(test_examples_match),
      cmocka_unit_test(test_shapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
