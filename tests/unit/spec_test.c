/* spec: a large generated file loads in linear time; another definition may be used instead of the spec's
 * own. */
#include "harness/spec/spec.h"

#include "harness/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECONDS = 20 };

static char folder[] = "/tmp/statusquo-spec-XXXXXX";

static const char *write_file(Arena *arena, const char *name, Text content) {
  const char *path = arena_print(arena, "%s/%s", folder, name).data;
  assert_true(file_write(path, content, NULL));
  return path;
}

static bool load(const char *path, const char *api, Arena *arena, Spec **spec, FaultList *faults) {
  *faults = fault_list_make(arena);
  *spec = NULL;
  return spec_load(path, api, arena, spec, faults);
}

/* One line, as programs write it: thousands of cases with methods of their own. */
static void thousands_of_cases(void **state) {
  (void)state;
  enum { CASES = 8000 };
  Arena *arena = arena_new(0);
  Buffer json = buffer_make(arena, 0);
  buffer_append_string(&json, "{\"cases\":[");
  for (int i = 0; i < CASES; i++)
    buffer_print(
        &json,
        "%s{\"name\":\"case %d\",\"method\":{\"methodResponses\":{\"200\":{\"statusCode\":\"200\"}},"
        "\"methodIntegration\":{\"type\":\"HTTP\",\"uri\":\"http://x\",\"integrationResponses\":{\"200\":"
        "{\"statusCode\":\"200\",\"responseTemplates\":{\"application/json\":\"{\\\"a\\\": "
        "$input.json('$.%d')}\\nline\\nline\"}}}}},\"request\":{\"method\":\"GET\",\"path\":\"/a/%d\","
        "\"resourcePath\":\"/a/{id}\",\"pathParameters\":{\"id\":\"%d\"}},\"backend\":{\"status\":200,"
        "\"headers\":{\"Content-Type\":\"application/json\"},\"body\":{\"a\":[1,2,3,{\"b\":\"%0100d\"}]}},"
        "\"expect\":{\"status\":200,\"headers\":{\"Content-Type\":\"application/"
        "json\"},\"json\":{\"$.a\":%d}}}",
        i > 0 ? "," : "", i, i, i, i, 0, i);
  buffer_append_string(&json, "]}");
  assert_true(json.length > 5 * 1000 * 1000);
  const char *path = write_file(arena, "large.json", buffer_text(&json));
  Spec *spec;
  FaultList faults;
  clock_t start = clock();
  assert_true(load(path, NULL, arena, &spec, &faults));
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS);
  assert_int_equal(spec->case_count, CASES);
  const SpecCase *last = &spec->cases[CASES - 1];
  assert_int_equal(last->place.line, 1);
  const Integration *integration = &last->method_definition->operations[0].integration;
  Place place = source_text_place(&integration->responses[0].response_templates.items[0].source, 30);
  assert_memory_equal(json.data + document_offset(spec->document, place), "ine", 3);
  arena_free(arena);
}

/* Thousands of mistakes end in a bounded list. */
static void thousands_of_mistakes(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer json = buffer_make(arena, 0);
  buffer_append_string(&json, "{\"cases\":[");
  for (int i = 0; i < 50000; i++)
    buffer_print(&json, "%s{\"name\":\"same\",\"wrong\":%d}", i > 0 ? "," : "", i);
  buffer_append_string(&json, "]}");
  const char *path = write_file(arena, "wrong.json", buffer_text(&json));
  Spec *spec;
  FaultList faults;
  clock_t start = clock();
  assert_false(load(path, NULL, arena, &spec, &faults));
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS);
  assert_true(faults.count <= 1200);
  arena_free(arena);
}

/* Under another definition an operation may be gone: a difference, not a mistake of the spec. */
static void another_definition(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  write_file(
      arena, "old.yaml",
      TEXT("openapi: 3.0.0\npaths: { /a: { get: { x-amazon-apigateway-integration: { type: mock } } } }\n"));
  const char *fresh = write_file(
      arena, "new.yaml",
      TEXT("openapi: 3.0.0\npaths: { /b: { get: { x-amazon-apigateway-integration: { type: mock } } } }\n"));
  const char *path = write_file(arena, "s.yaml", TEXT("api: old.yaml\nstatuses: { GET /a: { 2xx: 200 } }\n"));
  Spec *spec;
  FaultList faults;
  assert_true(load(path, NULL, arena, &spec, &faults));
  assert_true(text_is(spec->definition->operations[0].resource_path, "/a"));
  assert_true(load(path, fresh, arena, &spec, &faults));
  assert_true(text_is(spec->definition->operations[0].resource_path, "/b"));
  assert_false(load(path, "/nowhere/gone.yaml", arena, &spec, &faults));
  assert_string_equal(faults.items[0].message, "cannot open /nowhere/gone.yaml: No such file or directory");
  arena_free(arena);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
  (void)state;
  static const char *const all[] = {""};
  Arena *arena = arena_new(0);
  const char **paths;
  size_t count;
  if (folder_list(folder, all, 1, arena, &paths, &count, NULL))
    for (size_t i = 0; i < count; i++) unlink(paths[i]);
  arena_free(arena);
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(thousands_of_cases),
      cmocka_unit_test(thousands_of_mistakes),
      cmocka_unit_test(another_definition),
  };
  return cmocka_run_group_tests_name("spec", tests, make_folder, remove_folder);
}
