/* Lint: what case files can't say, because it needs recorded answers or a very large template. */
#include "harness/base/file.h"
#include "harness/lint/lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char before_template[] = "openapi: \"3.0.1\"\n"
                                      "info: {title: t, version: \"1\"}\n"
                                      "paths:\n"
                                      "  /x:\n"
                                      "    get:\n"
                                      "      responses: {\"200\": {description: ok}}\n"
                                      "      x-amazon-apigateway-integration:\n"
                                      "        type: http\n"
                                      "        httpMethod: GET\n"
                                      "        uri: https://b.example/x\n"
                                      "        responses:\n"
                                      "          default:\n"
                                      "            statusCode: \"200\"\n"
                                      "            responseTemplates:\n"
                                      "              application/json: '";

static Definition *load(Text template_text, Arena *arena) {
  char path[] = "/tmp/statusquo-lint-XXXXXX.yaml";
  int descriptor = mkstemps(path, 5);
  assert_true(descriptor >= 0);
  close(descriptor);
  Buffer text = buffer_make(arena, 0);
  buffer_append_string(&text, before_template);
  buffer_append(&text, template_text);
  buffer_append_string(&text, "'\n");
  Definition *definition = NULL;
  FaultList faults = fault_list_make(arena);
  assert_true(file_write(path, buffer_text(&text), NULL));
  assert_true(definition_load(path, &(DefinitionOptions){0}, arena, &definition, &faults));
  unlink(path);
  return definition;
}

static size_t count_findings(const Definition *definition, const char *rule, const Exchange *exchange,
                             Arena *arena) {
  Findings findings;
  size_t count = 0;
  lint_definition(definition, exchange, exchange != NULL ? 1 : 0, arena, &findings);
  for (size_t i = 0; i < findings.count; i++) count += strcmp(findings.items[i].rule->id, rule) == 0;
  return count;
}

static size_t count_not_json(const char *template_text, const char *body) {
  Arena *arena = arena_new(0);
  Exchange exchange = {
      .id = TEXT("1"), .operation = TEXT("GET /x"), .request = {.method = TEXT("GET"), .path = TEXT("/x")}};
  exchange.backend = (BackendAnswer){.kind = BACKEND_HTTP, .status = 200, .body = text_from(body)};
  size_t count = count_findings(load(text_from(template_text), arena), "output-not-json", &exchange, arena);
  arena_free(arena);
  return count;
}

static void output_that_is_not_json(void **state) {
  (void)state;
  const char *unescaped = "{\"name\": \"$input.path(\"$.name\")\"}";
  assert_int_equal(count_not_json(unescaped, "{\"name\": \"Rex\"}"), 0);
  assert_int_equal(count_not_json(unescaped, "{\"name\": \"the \\\"king\\\"\"}"), 1);
  assert_int_equal(count_not_json("{\"a\": 1} trailing", "{}"), 1);
}

static void templates_past_the_quota(void **state) {
  (void)state;
  enum { QUOTA = 300 * 1024 };
  Arena *arena = arena_new(0);
  char *text = arena_alloc(arena, QUOTA + 1);
  memset(text, 'x', QUOTA + 1);
  assert_int_equal(count_findings(load((Text){text, QUOTA}, arena), "template-too-large", NULL, arena), 0);
  assert_int_equal(count_findings(load((Text){text, QUOTA + 1}, arena), "template-too-large", NULL, arena),
                   1);
  arena_free(arena);
}

static void rules_are_complete(void **state) {
  (void)state;
  for (size_t i = 0; i < LINT_RULE_COUNT; i++) {
    const LintRule *rule = &lint_rules[i];
    assert_ptr_equal(lint_rule(text_from(rule->id)), rule);
    assert_true(strlen(rule->title) > 0 && strlen(rule->why) > 0 && strlen(rule->bad) > 0 &&
                strlen(rule->good) > 0);
  }
  assert_null(lint_rule(TEXT("no-such-rule")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(output_that_is_not_json),
      cmocka_unit_test(templates_past_the_quota),
      cmocka_unit_test(rules_are_complete),
  };
  return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
