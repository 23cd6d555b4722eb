/* mapping: what cases can't say: the status table, sharing between threads, places of defects, sizes. */
#include "harness/mapping/mapping.h"
#include "harness/mapping/mock.h"
#include "harness/mapping/parse_error.h"
#include "harness/mapping/strict_json.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char method_of_statuses[] = "method:\n"
                                         "  methodIntegration:\n"
                                         "    type: HTTP\n"
                                         "    uri: http://backend.example/\n"
                                         "    integrationResponses:\n"
                                         "      '404': {statusCode: '404', selectionPattern: '404'}\n"
                                         "      '400': {statusCode: '400', selectionPattern: '4\\d{2}'}\n"
                                         "      '502': {statusCode: '502', selectionPattern: '5(?!03)..'}\n"
                                         "      '200': {statusCode: '200', selectionPattern: '[12]\\d\\d', "
                                         "responseTemplates: {application/json: ok}}\n"
                                         "  methodResponses: {'200': {}, '400': {}, '404': {}, '502': {}}\n";

static Mapping *compile(const char *source, Arena *arena, FaultList *defects) {
  Document *document;
  Definition *definition;
  FaultList faults = fault_list_make(arena);
  if (!document_read("method.yaml", text_from(source), 0, arena, &document, &faults)) return NULL;
  if (!definition_from_method(document, document_root(document), TEXT("/pets/{id}"), TEXT("GET"), arena,
                              &definition, &faults))
    return NULL;
  return mapping_compile(&definition->operations[0], arena, defects);
}

static Request plain_request(void) {
  return (Request){.method = TEXT("GET"), .path = TEXT("/pets/1"), .resource_path = TEXT("/pets/{id}")};
}

/* ---- selection ---- */

static void table_agrees_with_patterns(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile(method_of_statuses, arena, NULL);
  assert_non_null(mapping);
  size_t unmatched = 0;
  for (int status = 100; status <= 599; status++) {
    RuleTrace *trace;
    size_t count;
    Text value = arena_print(arena, "%d", status);
    const IntegrationResponse *by_table = mapping_rule_for(mapping, value, arena, NULL, NULL);
    const IntegrationResponse *by_patterns = mapping_rule_for(mapping, value, arena, &trace, &count);
    assert_ptr_equal(by_table, by_patterns);
    assert_int_equal(count, 4);
    if (by_table == NULL) unmatched++;
  }
  assert_int_equal(unmatched, 101); /* 3xx, and 503 */
  Text status = mapping_rule_for(mapping, TEXT("404"), arena, NULL, NULL)->status_code;
  assert_true(text_is(status, "400")); /* the smaller of both that match */
  assert_null(mapping_rule_for(mapping, TEXT("20"), arena, NULL, NULL));
  arena_free(arena);
}

static void brief_answers_the_same(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile(method_of_statuses, arena, NULL);
  Request request = plain_request();
  for (int status = 100; status <= 599; status++) {
    BackendAnswer answer = {.kind = BACKEND_HTTP, .status = status, .body = TEXT("body")};
    MappingInput input = {.request = &request};
    Outcome full, brief;
    mapping_run(mapping, &input, &answer, arena, &full);
    input.brief = true;
    mapping_run(mapping, &input, &answer, arena, &brief);
    assert_int_equal(full.response.status, brief.response.status);
    assert_int_equal(full.failure, brief.failure);
    assert_true(text_equal(full.response.body, brief.response.body));
    assert_int_equal(full.response.headers.count, brief.response.headers.count);
    assert_true(full.log_count > 0);
    assert_int_equal(brief.log_count, 0);
  }
  arena_free(arena);
}

/* ---- defects ---- */

static void defects_have_places(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  FaultList defects = fault_list_make(arena);
  Mapping *mapping = compile("method:\n"
                             "  methodIntegration:\n"
                             "    type: HTTP\n"
                             "    uri: http://backend.example/\n"
                             "    requestParameters: {integration.request.header.a: nonsense}\n"
                             "    integrationResponses:\n"
                             "      '400':\n"
                             "        statusCode: '400'\n"
                             "        selectionPattern: '4(0'\n"
                             "        responseTemplates:\n"
                             "          application/json: |\n"
                             "            {}\n"
                             "            #if($a\n"
                             "  methodResponses: {}\n",
                             arena, &defects);
  assert_non_null(mapping);
  assert_int_equal(defects.count, 3);
  assert_int_equal(defects.items[0].place.line, 5);
  assert_int_equal(defects.items[1].place.line, 9);
  assert_non_null(strstr(defects.items[1].message, "selectionPattern of 400"));
  assert_true(defects.items[2].place.line >= 12);
  arena_free(arena);
}

static void reaching_a_defect_is_an_outcome(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile("method:\n"
                             "  methodIntegration:\n"
                             "    type: HTTP\n"
                             "    uri: http://backend.example/\n"
                             "    integrationResponses:\n"
                             "      '200':\n"
                             "        statusCode: '200'\n"
                             "        responseTemplates: {application/json: '#if($a'}\n"
                             "  methodResponses: {'200': {}}\n",
                             arena, NULL);
  Request request = plain_request();
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = 200};
  MappingInput input = {.request = &request};
  Outcome outcome;
  mapping_run(mapping, &input, &answer, arena, &outcome);
  assert_int_equal(outcome.response.status, 500);
  assert_true(outcome.from_defect);
  assert_int_equal(outcome.reason_place.line, 8);
  arena_free(arena);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 200 };

typedef struct Worker {
  const Mapping *mapping;
  const Map *context;
  size_t wrong;
} Worker;

static void *work(void *subject) {
  Worker *worker = subject;
  Arena *lasting = arena_new(0), *passing = arena_new(0);
  PathCache *paths = path_cache_new(lasting);
  for (int i = 0; i < ROUNDS; i++) {
    arena_reset(passing);
    Request request = plain_request();
    Text body = arena_print(passing, "{\"n\": %d}", i);
    BackendAnswer answer = {.kind = BACKEND_HTTP, .status = 200, .body = body};
    MappingInput input = {
        .request = &request, .context = worker->context, .paths = paths, .brief = i % 2 == 0};
    Outcome outcome;
    mapping_run(worker->mapping, &input, &answer, passing, &outcome);
    if (!text_equal(outcome.response.body, arena_print(passing, "[%d] me x", i))) worker->wrong++;
  }
  arena_free(passing);
  arena_free(lasting);
  return NULL;
}

/* The template changes what it is given: nobody else may see that. */
static void threads_share_a_mapping(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile(
      "method:\n"
      "  methodIntegration:\n"
      "    type: HTTP\n"
      "    uri: http://backend.example/\n"
      "    integrationResponses:\n"
      "      '200':\n"
      "        statusCode: '200'\n"
      "        responseTemplates:\n"
      "          application/json: \"[$input.path('$.n')] $context.authorizer.sub $context.authorizer.list[0]"
      "#set($context.authorizer.sub = 'changed')#set($context.authorizer.list[0] = 'changed')\"\n"
      "  methodResponses: {'200': {}}\n",
      arena, NULL);
  Value context;
  assert_true(
      value_read(TEXT("{\"authorizer\": {\"sub\": \"me\", \"list\": [\"x\"]}}"), arena, &context, NULL));
  pthread_t threads[THREADS];
  Worker workers[THREADS];
  for (int i = 0; i < THREADS; i++) {
    workers[i] = (Worker){mapping, context.as.map, 0};
    assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(workers[i].wrong, 0);
  }
  arena_free(arena);
}

/* ---- both halves ---- */

static void directions_can_be_run_apart(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile(method_of_statuses, arena, NULL);
  Request request = plain_request();
  MappingInput input = {.request = &request};
  Outcome outcome;
  MappingRun *run = mapping_begin(mapping, &input, arena);
  assert_true(mapping_request(run, &outcome));
  assert_true(outcome.has_backend_request);
  assert_true(text_is(outcome.backend_request.uri, "http://backend.example/"));
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = 201};
  mapping_response(run, &answer, &outcome);
  assert_int_equal(outcome.response.status, 200);
  assert_true(text_is(outcome.rule->status_code, "200"));
  arena_free(arena);
}

static void gateway_response_without_operation(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Definition definition = {.base_path = TEXT("")};
  Request request = {.method = TEXT("GET"), .path = TEXT("/none")};
  MappingInput input = {.request = &request};
  Outcome outcome;
  mapping_gateway_response(&definition, TEXT("MISSING_AUTHENTICATION_TOKEN"), &input, (Text){NULL, 0}, arena,
                           &outcome);
  assert_int_equal(outcome.response.status, 403);
  assert_int_equal(outcome.failure, GATEWAY_NO_ROUTE);
  assert_true(text_is(outcome.response.body, "{\"message\":\"Missing Authentication Token\"}"));
  arena_free(arena);
}

static void large_answers_are_refused(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Mapping *mapping = compile(method_of_statuses, arena, NULL);
  Request request = plain_request();
  size_t size = 10 * 1024 * 1024 + 1;
  char *bytes = arena_alloc(arena, size);
  memset(bytes, 'x', size);
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = 200, .body = {bytes, size}};
  MappingInput input = {.request = &request, .brief = true};
  Outcome outcome;
  mapping_run(mapping, &input, &answer, arena, &outcome);
  assert_int_equal(outcome.failure, GATEWAY_TOO_LARGE);
  assert_true(text_is(outcome.reason,
                      "Execution failed due to configuration error: Integration response of reported "
                      "length 10485761 is larger than allowed maximum of 10485760 bytes."));
  arena_free(arena);
}

/* ---- proxy answers ---- */

/* A header in as many spellings as there are is no way to make the merge slow. */
static void merging_headers_is_linear(void **state) {
  (void)state;
  enum { NAMES = 1 << 14 };
  Arena *arena = arena_new(0);
  Mapping *mapping =
      compile("method: {methodIntegration: {type: AWS_PROXY, uri: 'arn:aws:apigateway:r:lambda:path/"
              "2015-03-31/functions/f/invocations'}}",
              arena, NULL);
  Buffer body = buffer_make(arena, 0);
  buffer_append_string(&body, "{\"multiValueHeaders\": {\"aaaaaaaaaaaaaa\": [");
  for (int i = 0; i < NAMES; i++) buffer_print(&body, "%s\"m%d\"", i > 0 ? "," : "", i);
  buffer_append_string(&body, "]}, \"headers\": {");
  for (int i = 0; i < NAMES; i++) {
    buffer_append_string(&body, i > 0 ? ",\"" : "\"");
    for (int bit = 0; bit < 14; bit++) buffer_append_char(&body, i >> bit & 1 ? 'A' : 'a');
    buffer_print(&body, "\":\"s%d\"", i);
  }
  buffer_append_string(&body, "}}");
  Request request = plain_request();
  BackendAnswer answer = {.kind = BACKEND_LAMBDA, .status = 200, .body = buffer_text(&body)};
  MappingInput input = {.request = &request, .brief = true};
  Outcome outcome;
  clock_t from = clock();
  mapping_run(mapping, &input, &answer, arena, &outcome);
  assert_true((double)(clock() - from) / CLOCKS_PER_SEC < 5);
  assert_int_equal(outcome.response.status, 200);
  assert_true(outcome.response.headers.count > 2 * NAMES);
  arena_free(arena);
}

static void strict_json(void **state) {
  (void)state;
  static const char *const good[] = {"{}", " [1, -0.5e+3, \"a\\u00e9\\n\", true, null, {\"a\": []}] ", "0",
                                     "\"\""};
  static const char *const bad[] = {"",    "{",  "[1,]",    "{\"a\":1,}", "{a:1}",  "'a'",   "01",
                                    "1.",  ".5", "+1",      "\"\\x\"",    "\"\n\"", "[1 2]", "{} {}",
                                    "nul", "[}", "{\"a\"}", "\"\\u12\"",  "1e",     "]"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!strict_json_is_valid(text_from(good[i]))) fail_msg("refused: %s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (strict_json_is_valid(text_from(bad[i]))) fail_msg("accepted: %s", bad[i]);
  char deep[5000];
  memset(deep, '[', sizeof deep);
  assert_false(strict_json_is_valid((Text){deep, sizeof deep}));
}

/* Witness: seen (the gateway's console), gateway.md 2.5. */
static void documents_that_mock_takes(void **state) {
  (void)state;
  static const struct {
    const char *document, *status; /* NULL: refused */
  } rows[] = {
      {"{'statusCode': 200, '': ''}", "200"},
      {"{\"statusCode\": 200 , }", "200"},
      {"{\"statusCode\": 200 ,, }", "200"},
      {"{\"statusCode\": 200 , null: null }", "200"},
      {"{statusCode: 200, \"value\": 'goog'}", "200"},
      {"{statusCode: 200, foo}: [ba r]}", "200"},
      {"{statusCode: 200, }foo: ''}", "200"},
      {"{statusCode: -1000}", "-1000"},
      {"{statusCode: 99999999999999999999}", "99999999999999999999"},
      {"{\"statusCode': 200 }", NULL},
      {"{'statusCode: 200 }", NULL},
      {"statusCode: 200", NULL},
      {"{\"statusCode\": 200", NULL},
      {"{statusCode: 200, {foo: [ba r]}", NULL},
      {"{\"statusCode\": \"200\"}", NULL},
      {"{\"statusCode\": 200.0}", NULL},
      {"{\"statusCode\": true}", NULL},
      {"", NULL},
  };
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Text status;
    bool taken = mock_status(text_from(rows[i].document), arena, &status);
    if (taken != (rows[i].status != NULL) || (taken && !text_is(status, rows[i].status)))
      fail_msg("%s", rows[i].document);
  }
  arena_free(arena);
}

/* Witness: seen (json-smart); 3700 random malformed bodies agree. */
static void parse_errors_in_the_words_of_json_smart(void **state) {
  (void)state;
  static const struct {
    const char *body, *words;
  } rows[] = {
      {"[a", "Unexpected End Of File position 1: EOF"},
      {"{a", "Unexpected End Of File position 1: null"},
      {"{", "Unexpected End Of File position 0: null"},
      {"{\"a\":", "Unexpected End Of File position 4: EOF"},
      {"{\"a\": ", "Unexpected End Of File position 5: null"},
      {"[\"\xC3\xA9", "Unexpected End Of File position 3: null"},
      {"{\"a\" 1}", "Unexpected character (1) at position 4."},
      {"[{]", "Unexpected character (]) at position 2."},
      {"[\"a\":1", "Unexpected character (:) at position 4."},
      {"{\"a\":\"b\" c}", "Unexpected token c at position 8."},
      {"[\"\\u12\"]", "Unexpected unicode escape sequence \" at position 6."},
  };
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Text body = text_from(rows[i].body);
    Value value;
    Fault fault;
    assert_false(value_read(body, arena, &value, &fault));
    Text words = parse_error_text(body, &fault, arena);
    if (!text_is(words, rows[i].words)) fail_msg("%s: %.*s", rows[i].body, TEXT_ARGS(words));
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table_agrees_with_patterns),
      cmocka_unit_test(brief_answers_the_same),
      cmocka_unit_test(defects_have_places),
      cmocka_unit_test(reaching_a_defect_is_an_outcome),
      cmocka_unit_test(threads_share_a_mapping),
      cmocka_unit_test(directions_can_be_run_apart),
      cmocka_unit_test(gateway_response_without_operation),
      cmocka_unit_test(large_answers_are_refused),
      cmocka_unit_test(merging_headers_is_linear),
      cmocka_unit_test(strict_json),
      cmocka_unit_test(documents_that_mock_takes),
      cmocka_unit_test(parse_errors_in_the_words_of_json_smart),
  };
  return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
