/* definition: every real definition at hand loads, and what it says about places is true; hostile definitions
 * cost bounded time. */
#include "harness/definition/definition.h"

#include "harness/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECONDS = 20 };
#define REAL_DEFINITIONS STATUSQUO_SOURCE_DIR "/../shared/definitions"

/* ---- what a place says, checked against the file by counting lines ---- */

static Text line_at(Text source, Place place) {
  Text rest = source, line = TEXT_EMPTY;
  for (uint32_t i = 0; i < place.line && rest.data != NULL; i++) line = text_split(rest, '\n', &rest);
  size_t at = 0;
  for (uint32_t column = 1; column < place.column && at < line.length; column++) {
    at++;
    while (at < line.length && ((unsigned char)line.data[at] & 0xC0) == 0x80) at++;
  }
  return text_slice(line, at, line.length);
}

static size_t third_line(Text text) {
  size_t first = text_find_char(text, '\n', 0);
  size_t second = first == TEXT_NOT_FOUND ? first : text_find_char(text, '\n', first + 1);
  return second == TEXT_NOT_FOUND ? second : second + 1;
}

/* Letters, digits and punctuation that every style of scalar writes as they are. */
static size_t plain_run(Text text) {
  size_t at = 0;
  while (at < text.length && at < 12 && text.data[at] > ' ' && strchr("\"'\\$", text.data[at]) == NULL) at++;
  return at;
}

/* Counts the templates that were checked. */
static size_t check_source(const SourceText *source, Arena *arena) {
  if (source->node == NULL && source->piece_count == 0) return 0; /* made by SAM, written nowhere */
  size_t offset = third_line(source->text);
  if (offset == TEXT_NOT_FOUND || offset >= source->text.length) return 0;
  while (offset < source->text.length && source->text.data[offset] == ' ') offset++;
  Text expected = text_slice(source->text, offset, source->text.length);
  expected = text_slice(expected, 0, plain_run(expected));
  Place place = source_text_place(source, offset);
  Text file;
  assert_true(file_read(place.file, 0, arena, &file, NULL));
  Text actual = line_at(file, place);
  if (!text_starts(actual, expected))
    fail_msg("%s:%u:%u: \"%.*s\" expected, \"%.*s\" stands there", place.file, place.line, place.column,
             TEXT_ARGS(expected), TEXT_ARGS(text_slice(actual, 0, 40)));
  return expected.length > 0 ? 1 : 0;
}

static size_t check_templates(const Templates *templates, Arena *arena) {
  size_t checked = 0;
  for (size_t i = 0; i < templates->count; i++) checked += check_source(&templates->items[i].source, arena);
  return checked;
}

static size_t check_places(const Definition *definition, Arena *arena) {
  size_t checked = 0;
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Integration *integration = &definition->operations[i].integration;
    checked += check_templates(&integration->request_templates, arena);
    for (size_t j = 0; j < integration->response_count; j++)
      checked += check_templates(&integration->responses[j].response_templates, arena);
  }
  return checked;
}

/* Each operation is found by its own path. */
static void check_routes(const Definition *definition, Arena *arena) {
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Operation *operation = &definition->operations[i], *found;
    Headers parameters = {0};
    Text method = text_is(operation->method, "ANY") ? TEXT("TRACE") : operation->method;
    RouteAnswer answer =
        definition_route(definition, method, operation->resource_path, arena, &found, &parameters);
    assert_int_equal(answer, ROUTE_FOUND);
    assert_true(text_equal(found->resource_path, operation->resource_path));
    assert_ptr_equal(found->definition, definition);
  }
}

static void real_definitions(void **state) {
  (void)state;
  static const char *const endings[] = {".yaml", ".yml", ".json"};
  if (!folder_exists(REAL_DEFINITIONS)) {
    print_message("%s isn't there: skipped\n", REAL_DEFINITIONS);
    skip();
  }
  Arena *names = arena_new(0);
  const char **paths;
  size_t count, operations = 0, templates = 0;
  assert_true(folder_list(REAL_DEFINITIONS, endings, 3, names, &paths, &count, NULL));
  for (size_t i = 0; i < count; i++) {
    Arena *arena = arena_new(0);
    FaultList faults = fault_list_make(arena);
    Definition *definition;
    bool good = definition_load(paths[i], NULL, arena, &definition, &faults);
    if (!good) fail_msg("%s: %s", paths[i], faults.count > 0 ? faults.items[0].message : "no reason given");
    if (definition->operation_count == 0) assert_true(definition->notes.count > 0);
    operations += definition->operation_count;
    templates += check_places(definition, arena);
    check_routes(definition, arena);
    arena_free(arena);
  }
  print_message("%zu definitions, %zu operations, %zu templates of three lines and more\n", count, operations,
                templates);
  assert_true(count == 0 || templates > 0);
  arena_free(names);
}

/* ---- hostile and large ones ---- */

static bool loads(const char *ending, Text content, const char *wanted) {
  char path[] = "/tmp/statusquo-definition-XXXXXX.json";
  snprintf(path + strlen(path) - 5, 6, "%s", ending);
  int descriptor = mkstemps(path, 5);
  assert_true(descriptor >= 0);
  close(descriptor);
  assert_true(file_write(path, content, NULL));
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Definition *definition = NULL;
  clock_t start = clock();
  bool good = definition_load(path, NULL, arena, &definition, &faults);
  double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  unlink(path);
  assert_true(seconds < SECONDS);
  if (wanted != NULL) {
    assert_false(good);
    if (strstr(faults.items[0].message, wanted) == NULL) fail_msg("%s", faults.items[0].message);
  }
  arena_free(arena);
  return good;
}

static void functions_are_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer deep = buffer_make(arena, 0), wide = buffer_make(arena, 0), conditions = buffer_make(arena, 0),
         maps = buffer_make(arena, 0);
  static const char before[] =
      "{\"Resources\":{\"A\":{\"Type\":\"AWS::ApiGateway::RestApi\",\"Properties\":{\"Name\":";
  buffer_append_string(&deep, before);
  for (int i = 0; i < 150; i++) buffer_append_string(&deep, "{\"Fn::Sub\":[\"${x}\",{\"x\":");
  buffer_append_string(&deep, "1");
  for (int i = 0; i < 150; i++) buffer_append_string(&deep, "}]}");
  buffer_append_string(&deep, "}}}}");
  assert_false(loads(".json", buffer_text(&deep), "nested deeper"));
  /* doubles at each of 40 levels: the text must not be made */
  buffer_append_string(&wide, before);
  for (int i = 0; i < 40; i++) buffer_append_string(&wide, "{\"Fn::Sub\":[\"${x}${x}\",{\"x\":");
  buffer_append_string(&wide, "\"yy\"");
  for (int i = 0; i < 40; i++) buffer_append_string(&wide, "}]}");
  buffer_append_string(&wide, "}}}}");
  assert_false(loads(".json", buffer_text(&wide), "makes a text of more than"));
  /* each condition asks the next one twice */
  buffer_append_string(
      &conditions,
      "{\"Resources\":{\"A\":{\"Type\":\"AWS::ApiGateway::RestApi\",\"Condition\":\"c0\"}},\"Conditions\":{");
  for (int i = 0; i < 40; i++)
    buffer_print(&conditions, "\"c%d\":{\"Fn::And\":[{\"Condition\":\"c%d\"},{\"Condition\":\"c%d\"}]},", i,
                 i + 1, i + 1);
  buffer_append_string(&conditions, "\"c40\":{\"Fn::Equals\":[\"a\",\"a\"]}}}");
  assert_true(loads(".json", buffer_text(&conditions), NULL));
  buffer_append_string(&maps, before);
  for (int i = 0; i < 30; i++) buffer_append_string(&maps, "{\"Fn::FindInMap\":[");
  buffer_append_string(&maps, "\"a\"");
  for (int i = 0; i < 30; i++) buffer_append_string(&maps, ",\"b\",\"c\"]}");
  buffer_append_string(&maps, "}}}}");
  assert_true(loads(".json", buffer_text(&maps), NULL));
  arena_free(arena);
}

static void ten_megabytes(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer openapi = buffer_make(arena, 0), template = buffer_make(arena, 0);
  buffer_append_string(&openapi, "{\"openapi\":\"3.0.0\",\"components\":{\"schemas\":{");
  for (int i = 0; i < 20000; i++) buffer_print(&openapi, "\"S%d\":{\"type\":\"object\"},", i);
  buffer_append_string(&openapi, "\"T\":{}}},\"paths\":{");
  for (int i = 0; i < 20000; i++)
    buffer_print(
        &openapi,
        "%s\"/p%d/{id}\":{\"get\":{\"parameters\":[{\"name\":\"id\",\"in\":\"path\",\"required\":true}],"
        "\"responses\":{\"200\":{\"description\":\"%0100d\",\"content\":{\"application/json\":{\"schema\":"
        "{\"$ref\":\"#/components/schemas/S%d\"}}}}},\"x-amazon-apigateway-integration\":{\"type\":\"mock\","
        "\"responses\":{\"default\":{\"statusCode\":\"200\",\"responseTemplates\":{\"application/json\":"
        "\"line\\nline\\nline\"}}}}}}",
        i > 0 ? "," : "", i, 0, i);
  buffer_append_string(&openapi, "}}");
  assert_true(openapi.length > 9 * 1024 * 1024);
  assert_true(loads(".json", buffer_text(&openapi), NULL));
  buffer_append_string(&template, "Resources:\n  Api: { Type: 'AWS::ApiGateway::RestApi' }\n");
  for (int i = 0; i < 5000; i++)
    buffer_print(
        &template,
        "  R%d: { Type: 'AWS::ApiGateway::Resource', Properties: { RestApiId: !Ref Api, ParentId: !GetAtt "
        "Api.RootResourceId, PathPart: r%d } }\n"
        "  M%d: { Type: 'AWS::ApiGateway::Method', Properties: { RestApiId: !Ref Api, ResourceId: !Ref R%d, "
        "HttpMethod: GET, Integration: { Type: MOCK } } }\n",
        i, i, i, i);
  assert_true(loads(".yaml", buffer_text(&template), NULL));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(real_definitions),
      cmocka_unit_test(functions_are_bounded),
      cmocka_unit_test(ten_megabytes),
  };
  return cmocka_run_group_tests_name("definition", tests, NULL, NULL);
}
