/* layer: mapping. The rows of mapping.jsonl and mapping_docs.jsonl (gateway.md, Appendix A): each is run
 * through both directions and every member of its `expect` is checked. Rows marked as uncertain are scored
 * apart. */
#include "harness/base/file.h"
#include "tests/runner/mapping_input.h"

#include <stdio.h>
#include <stdlib.h>

enum { SKIPPED = 77, FILE_LIMIT = 64 * 1024 * 1024 };

typedef struct Score {
  size_t passed, failed, marked;
} Score;

typedef struct RowCheck {
  const cJSON *row;
  const cJSON *expect;
  const Outcome *outcome;
  Arena *arena;
  Buffer *failure;
} RowCheck;

/* ---- the row as an operation ---- */

static void append_member(Buffer *out, const char *key, const cJSON *node, bool *first) {
  if (node == NULL) return;
  json_write_key(out, key, first);
  json_write_node(out, node);
}

/* In the shape of `aws apigateway get-method`, with its siblings. */
static Text owner_of(const cJSON *row, Text method, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  bool first = true;
  buffer_append_string(&out, "{\"method\":{");
  json_write_key(&out, "httpMethod", &first);
  json_write_text(&out, method);
  append_member(&out, "methodIntegration", json_member(row, "integration"), &first);
  append_member(&out, "methodResponses", json_member(row, "methodResponses"), &first);
  buffer_append_string(&out, "}");
  first = false;
  append_member(&out, "binaryMediaTypes", json_member(row, "binaryMediaTypes"), &first);
  append_member(&out, "gatewayResponses", json_member(row, "gatewayResponses"), &first);
  append_member(&out, "stageVariables", json_member(row, "stageVariables"), &first);
  buffer_append_string(&out, "}");
  return buffer_text(&out);
}

static Mapping *compile_row(const cJSON *row, const Request *request, Arena *arena, FaultList *faults) {
  Document *document;
  Definition *definition;
  if (!document_read("row.json", owner_of(row, request->method, arena), 0, arena, &document, faults))
    return NULL;
  Text resource = request->resource_path.data != NULL ? request->resource_path : TEXT("/");
  if (!definition_from_method(document, document_root(document), resource, request->method, arena,
                              &definition, faults))
    return NULL;
  return mapping_compile(&definition->operations[0], arena, NULL);
}

/* ---- expectations ---- */

static Text header_value(const Headers *headers, const char *name, Arena *arena) {
  return headers_join(headers, text_from(name), TEXT(", "), arena);
}

static void differs(RowCheck *check, const char *what, Text expected, Text actual) {
  if (actual.data != NULL && text_equal(expected, actual)) return;
  buffer_print(check->failure, "  %s\n    expected: %.*s\n    actual:   %.*s\n", what, TEXT_ARGS(expected),
               TEXT_ARGS(actual));
}

static bool same_json(Text left, const cJSON *right) {
  cJSON *parsed = cJSON_ParseWithLength(left.data != NULL ? left.data : "", left.length);
  bool same = parsed != NULL && cJSON_Compare(parsed, right, true);
  cJSON_Delete(parsed);
  return same;
}

static void check_status(RowCheck *check, const cJSON *expected) {
  if (check->outcome->response.status != (int)expected->valuedouble)
    buffer_print(check->failure, "  status\n    expected: %d\n    actual:   %d\n", (int)expected->valuedouble,
                 check->outcome->response.status);
}

static void check_class(RowCheck *check, const cJSON *expected) {
  if (check->outcome->response.status / 100 != expected->valuestring[0] - '0')
    buffer_print(check->failure, "  status class\n    expected: %s\n    actual:   %d\n",
                 expected->valuestring, check->outcome->response.status);
}

static void check_subset(RowCheck *check, const cJSON *expected, const Headers *actual) {
  const cJSON *member;
  cJSON_ArrayForEach(member, expected) differs(check, member->string, json_text(member, check->arena),
                                               header_value(actual, member->string, check->arena));
}

static void check_headers(RowCheck *check, const cJSON *expected) {
  check_subset(check, expected, &check->outcome->response.headers);
}

static void check_present(RowCheck *check, const cJSON *expected) {
  const cJSON *name;
  cJSON_ArrayForEach(name, expected) if (headers_find(&check->outcome->response.headers,
                                                      text_from(name->valuestring)) == NULL)
      buffer_print(check->failure, "  header %s is absent\n", name->valuestring);
}

static void check_absent(RowCheck *check, const cJSON *expected) {
  const cJSON *name;
  cJSON_ArrayForEach(name, expected) if (headers_find(&check->outcome->response.headers,
                                                      text_from(name->valuestring)) != NULL)
      buffer_print(check->failure, "  header %s is there\n", name->valuestring);
}

static void check_contains(RowCheck *check, const cJSON *expected) {
  const cJSON *member;
  cJSON_ArrayForEach(member, expected) {
    Text actual = header_value(&check->outcome->response.headers, member->string, check->arena);
    if (text_find(actual, text_from(member->valuestring), 0) == TEXT_NOT_FOUND)
      buffer_print(check->failure, "  header %s lacks %s\n", member->string, member->valuestring);
  }
}

static void check_exact_case(RowCheck *check, const cJSON *expected) {
  const cJSON *name;
  cJSON_ArrayForEach(name, expected) if (headers_find_exact(&check->outcome->response.headers,
                                                            text_from(name->valuestring)) == NULL)
      buffer_print(check->failure, "  no header is spelled %s\n", name->valuestring);
}

static void check_body(RowCheck *check, const cJSON *expected) {
  differs(check, "body", text_from(expected->valuestring), check->outcome->response.body);
}

static void check_body_trim(RowCheck *check, const cJSON *expected) {
  differs(check, "body, trimmed", text_from(expected->valuestring), text_trim(check->outcome->response.body));
}

static void check_body_base64(RowCheck *check, const cJSON *expected) {
  differs(check, "body in base64", text_from(expected->valuestring),
          base64_encode(check->outcome->response.body, check->arena));
}

static void check_body_json(RowCheck *check, const cJSON *expected) {
  if (!same_json(check->outcome->response.body, expected))
    differs(check, "body as JSON", json_text(expected, check->arena), check->outcome->response.body);
}

static Text mask_id(Text line, Arena *arena) {
  Text id = TEXT("00000000-0000-4000-8000-000000000000");
  size_t at = text_find(line, id, 0);
  if (at == TEXT_NOT_FOUND) return line;
  return arena_print(arena, "%.*s<request-id>%.*s", (int)at, line.data,
                     TEXT_ARGS(text_slice(line, at + id.length, line.length)));
}

/* A sub-sequence of the lines. */
static void check_log(RowCheck *check, const cJSON *expected) {
  size_t at = 0;
  const cJSON *line;
  cJSON_ArrayForEach(line, expected) {
    while (at < check->outcome->log_count &&
           !text_is(mask_id(check->outcome->log[at], check->arena), line->valuestring))
      at++;
    if (at == check->outcome->log_count) {
      buffer_print(check->failure, "  log line is missing, or not in order: %s\n", line->valuestring);
      return;
    }
    at++;
  }
}

static void check_request_body(RowCheck *check, const cJSON *expected) {
  differs(check, "integration request body", text_from(expected->valuestring),
          check->outcome->backend_request.body);
}

static void check_request_json(RowCheck *check, const cJSON *expected) {
  if (!same_json(check->outcome->backend_request.body, expected))
    differs(check, "integration request as JSON", json_text(expected, check->arena),
            check->outcome->backend_request.body);
}

static void check_request_headers(RowCheck *check, const cJSON *expected) {
  check_subset(check, expected, &check->outcome->backend_request.headers);
}

static const struct {
  const char *key;
  void (*check)(RowCheck *check, const cJSON *expected);
} checks[] = {
    {"status", check_status},
    {"statusClass", check_class},
    {"headers", check_headers},
    {"headersPresent", check_present},
    {"headersAbsent", check_absent},
    {"headerContains", check_contains},
    {"exactHeaderCase", check_exact_case},
    {"body", check_body},
    {"bodyTrim", check_body_trim},
    {"bodyBase64", check_body_base64},
    {"bodyJson", check_body_json},
    {"log", check_log},
    {"integrationRequestBody", check_request_body},
    {"integrationRequestJson", check_request_json},
    {"integrationRequestHeaders", check_request_headers},
};

static void check_expectations(RowCheck *check) {
  const cJSON *member;
  cJSON_ArrayForEach(member, check->expect) {
    size_t i = 0, count = sizeof checks / sizeof *checks;
    while (i < count && strcmp(checks[i].key, member->string) != 0) i++;
    if (i < count)
      checks[i].check(check, member);
    else
      buffer_print(check->failure, "  unknown expectation %s\n", member->string);
  }
}

/* ---- rows ---- */

static void run_row(const cJSON *row, Arena *arena, Buffer *failure) {
  Request request = json_request(json_member(row, "request"), arena);
  BackendAnswer answer = json_backend(json_member(row, "backend"), arena);
  FaultList faults = fault_list_make(arena);
  Mapping *mapping = compile_row(row, &request, arena, &faults);
  if (mapping == NULL) {
    buffer_print(failure, "  the row is no operation: %s\n",
                 faults.count > 0 ? faults.items[0].message : "?");
    return;
  }
  Headers stage_variables = json_headers(json_member(row, "stageVariables"), arena);
  MappingInput input = {
      .request = &request,
      .stage_variables = &stage_variables,
      .context = json_context(json_member(row, "context"), arena),
  };
  Outcome outcome;
  mapping_run(mapping, &input, &answer, arena, &outcome);
  RowCheck check = {
      .row = row,
      .expect = json_member(row, "expect"),
      .outcome = &outcome,
      .arena = arena,
      .failure = failure,
  };
  check_expectations(&check);
  if (failure->length > 0) buffer_print(failure, "  reason: %.*s\n", TEXT_ARGS(outcome.reason));
}

static bool is_marked(const cJSON *row) {
  static const char *const marks[] = {"uncertain", "older_jayway", "jdk_sensitive"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (json_member(row, marks[i]) != NULL) return true;
  const cJSON *confidence = json_member(row, "confidence");
  return cJSON_IsString(confidence) && strcmp(confidence->valuestring, "low") == 0;
}

static void score_line(Text line, Arena *arena, Score *score) {
  Buffer failure = buffer_make(NULL, 0);
  cJSON *row = cJSON_ParseWithLength(line.data, line.length);
  if (row == NULL)
    buffer_append_string(&failure, "  the row isn't JSON\n");
  else
    run_row(row, arena, &failure);
  bool marked = row != NULL && is_marked(row);
  if (failure.length == 0)
    score->passed++;
  else if (marked)
    score->marked++;
  else
    score->failed++;
  if (failure.length > 0) {
    const cJSON *id = json_member(row, "id");
    printf("%s%s\n%s", cJSON_IsString(id) ? id->valuestring : "?", marked ? " (marked)" : "",
           buffer_string(&failure));
  }
  cJSON_Delete(row);
  buffer_free(&failure);
}

static bool score_file(const char *name, Score *total) {
  Arena *lasting = arena_new(0), *passing = arena_new(0);
  Text text;
  Fault fault;
  Score score = {0, 0, 0};
  Text path = arena_print(lasting, "%s/%s", STATUSQUO_CONFORMANCE, name);
  bool found = file_read(path.data, FILE_LIMIT, lasting, &text, &fault);
  for (Text rest = text; found && rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    arena_reset(passing);
    if (text_trim(line).length > 0) score_line(line, passing, &score);
  }
  if (found)
    printf("%s: %zu passed, %zu failed, %zu marked\n", name, score.passed, score.failed, score.marked);
  else
    printf("%s is not at hand: skipped\n", path.data);
  total->passed += score.passed;
  total->failed += score.failed;
  total->marked += score.marked;
  arena_free(lasting);
  arena_free(passing);
  return found;
}

int main(void) {
  Score total = {0, 0, 0};
  bool recorded = score_file("mapping.jsonl", &total);
  bool documented = score_file("mapping_docs.jsonl", &total);
  if (!recorded && !documented) return SKIPPED;
  printf("mapping %zu/%zu/%zu\n", total.passed, total.failed, total.marked);
  return total.failed > 0 ? 1 : 0;
}
