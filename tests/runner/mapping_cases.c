/* Cases of mapping/. What goes in is YAML or JSON:
 *   method           the operation as `aws apigateway get-method` prints it, under `method`, and beside it
 *                    binaryMediaTypes, gatewayResponses, models
 *   request          method, path, resourcePath, pathParameters, queryString, headers, body; left out: GET /
 *   backend          kind (http, lambda, none), status, headers, body, functionError, failure; left out: 200
 *   context          $context values and flags
 *   stage-variables  name: value
 * What is expected:
 *   status           of the client's response
 *   headers          "Name: value" a line, in that spelling; "Name: ~" must not be there
 *   all-headers      every header, in order
 *   body             exactly; body-base64 for bytes that aren't UTF-8
 *   log              lines that come in this order, among others
 *   outcome          the failure's name, and the gateway response type when there is one
 *   reason           why the gateway fails
 *   trace            "status verdict: why" a line, for each rule
 *   backend-request  "METHOD URI", then headers as above, an empty line, the body */
#include "tests/runner/mapping_input.h"

#include "tests/runner/case.h"

const char *const case_section_names[] = {"method", "request", "backend",     "context", "stage-variables",
                                          "status", "headers", "all-headers", "body",    "body-base64",
                                          "log",    "outcome", "reason",      "trace",   "backend-request",
                                          NULL};

typedef struct Run {
  const Case *subject;
  Arena *arena;
  Buffer *failure;
  Outcome outcome;
} Run;

static const cJSON *read_section(Run *run, const char *name, const char *otherwise, Document **out) {
  Document *document;
  FaultList faults = fault_list_make(run->arena);
  Text text = case_has(run->subject, name) ? case_section(run->subject, name) : text_from(otherwise);
  if (!document_read(name, text, 0, run->arena, &document, &faults)) {
    for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], run->failure);
    return NULL;
  }
  if (out != NULL) *out = document;
  return document_root(document);
}

static Mapping *read_mapping(Run *run, const Request *request) {
  Document *document;
  Definition *definition;
  FaultList faults = fault_list_make(run->arena);
  const cJSON *owner = read_section(run, "method", "{method: {}}", &document);
  if (owner == NULL) return NULL;
  Text resource = request->resource_path.data != NULL ? request->resource_path : TEXT("/");
  if (definition_from_method(document, owner, resource, request->method, run->arena, &definition, &faults))
    return mapping_compile(&definition->operations[0], run->arena, NULL);
  for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], run->failure);
  return NULL;
}

/* ---- expectations ---- */

static void expect_header_line(Run *run, Text line, const Headers *headers) {
  size_t colon = text_find(line, TEXT(":"), 0);
  if (colon == TEXT_NOT_FOUND) {
    buffer_print(run->failure, "  not a header line: %.*s\n", TEXT_ARGS(line));
    return;
  }
  Text name = text_slice(line, 0, colon), value = text_trim(text_slice(line, colon + 1, line.length));
  if (text_is(value, "~")) {
    if (headers_find(headers, name) != NULL)
      buffer_print(run->failure, "  header %.*s is there\n", TEXT_ARGS(name));
    return;
  }
  if (headers_find_exact(headers, name) == NULL)
    buffer_print(run->failure, "  no header is spelled %.*s\n", TEXT_ARGS(name));
  else
    case_expect_text(arena_copy_string(run->arena, name), value,
                     headers_join(headers, name, TEXT(", "), run->arena), run->failure);
}

static void expect_headers(Run *run) {
  for (Text rest = case_section(run->subject, "headers"); rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    if (text_trim(line).length > 0) expect_header_line(run, line, &run->outcome.response.headers);
  }
}

static void expect_all_headers(Run *run) {
  Buffer all = buffer_make(run->arena, 0);
  const Headers *headers = &run->outcome.response.headers;
  for (size_t i = 0; i < headers->count; i++)
    buffer_print(&all, "%s%.*s: %.*s", i > 0 ? "\n" : "", TEXT_ARGS(headers->items[i].name),
                 TEXT_ARGS(headers->items[i].value));
  case_expect_text("all-headers", text_trim(case_section(run->subject, "all-headers")), buffer_text(&all),
                   run->failure);
}

static void expect_log(Run *run) {
  size_t at = 0;
  for (Text rest = case_section(run->subject, "log"); rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    while (at < run->outcome.log_count && !text_equal(run->outcome.log[at], line)) at++;
    if (at < run->outcome.log_count) continue;
    buffer_print(run->failure, "  log line is missing, or not in order: %.*s\n", TEXT_ARGS(line));
    for (size_t i = 0; i < run->outcome.log_count; i++)
      buffer_print(run->failure, "    | %.*s\n", TEXT_ARGS(run->outcome.log[i]));
    return;
  }
}

static void expect_outcome(Run *run) {
  Text type = run->outcome.response_type;
  Text actual = arena_print(run->arena, "%s%s%.*s", gateway_failure_name(run->outcome.failure),
                            type.data != NULL ? " " : "", TEXT_ARGS(type));
  case_expect_text("outcome", text_trim(case_section(run->subject, "outcome")), actual, run->failure);
}

static const char *verdict_name(RuleVerdict verdict) {
  static const char *const names[] = {"chosen",         "default chosen", "not matched", "not reached",
                                      "default unused", "invalid",        "undecided"};
  return names[verdict];
}

static void expect_trace(Run *run) {
  Buffer all = buffer_make(run->arena, 0);
  for (size_t i = 0; i < run->outcome.trace_count; i++) {
    const RuleTrace *trace = &run->outcome.trace[i];
    buffer_print(&all, "%s%.*s %s", i > 0 ? "\n" : "", TEXT_ARGS(trace->rule->status_code),
                 verdict_name(trace->verdict));
    if (trace->why.length > 0) buffer_print(&all, ": %.*s", TEXT_ARGS(trace->why));
  }
  case_expect_text("trace", text_trim(case_section(run->subject, "trace")), buffer_text(&all), run->failure);
}

/* request-line { "\n" header-line } [ "\n\n" body ] */
static void expect_backend_request(Run *run) {
  const BackendRequest *request = &run->outcome.backend_request;
  Text expected = case_section(run->subject, "backend-request");
  if (!run->outcome.has_backend_request) {
    buffer_append_string(run->failure, "  nothing was sent to the backend\n");
    return;
  }
  size_t gap = text_find(expected, TEXT("\n\n"), 0);
  Text head = text_slice(expected, 0, gap), rest;
  Text actual = arena_print(run->arena, "%.*s %.*s", TEXT_ARGS(request->method), TEXT_ARGS(request->uri));
  case_expect_text("request line", text_split(head, '\n', &rest), actual, run->failure);
  while (rest.data != NULL) {
    Text line = text_split(rest, '\n', &rest);
    if (text_trim(line).length > 0) expect_header_line(run, line, &request->headers);
  }
  if (gap != TEXT_NOT_FOUND)
    case_expect_text("body for the backend", text_slice(expected, gap + 2, expected.length), request->body,
                     run->failure);
}

static void expect_all(Run *run) {
  const Case *subject = run->subject;
  Outcome *outcome = &run->outcome;
  if (case_has(subject, "status"))
    case_expect_text("status", text_trim(case_section(subject, "status")),
                     arena_print(run->arena, "%d", outcome->response.status), run->failure);
  if (case_has(subject, "headers")) expect_headers(run);
  if (case_has(subject, "all-headers")) expect_all_headers(run);
  if (case_has(subject, "body"))
    case_expect_text("body", case_section(subject, "body"), outcome->response.body, run->failure);
  if (case_has(subject, "body-base64"))
    case_expect_text("body in base64", text_trim(case_section(subject, "body-base64")),
                     base64_encode(outcome->response.body, run->arena), run->failure);
  if (case_has(subject, "log")) expect_log(run);
  if (case_has(subject, "outcome")) expect_outcome(run);
  if (case_has(subject, "reason"))
    case_expect_text("reason", text_trim(case_section(subject, "reason")), outcome->reason, run->failure);
  if (case_has(subject, "trace")) expect_trace(run);
  if (case_has(subject, "backend-request")) expect_backend_request(run);
  if (run->failure->length > 0 && outcome->reason.length > 0)
    buffer_print(run->failure, "  the gateway's reason: %.*s\n", TEXT_ARGS(outcome->reason));
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Run run = {.subject = subject, .arena = arena, .failure = failure};
  const cJSON *request_node = read_section(&run, "request", "{method: GET, path: /, resourcePath: /}", NULL);
  const cJSON *backend_node = read_section(&run, "backend", "{kind: http, status: 200}", NULL);
  const cJSON *context_node = read_section(&run, "context", "{}", NULL);
  const cJSON *stage_node = read_section(&run, "stage-variables", "{}", NULL);
  if (failure->length > 0) return;
  Request request = json_request(request_node, arena);
  BackendAnswer answer = json_backend(backend_node, arena);
  Headers stage_variables = json_headers(stage_node, arena);
  Mapping *mapping = read_mapping(&run, &request);
  if (mapping == NULL) return;
  MappingInput input = {
      .request = &request,
      .stage_variables = &stage_variables,
      .context = json_context(context_node, arena),
  };
  mapping_run(mapping, &input, &answer, arena, &run.outcome);
  expect_all(&run);
}
