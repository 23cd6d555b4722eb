/* request: GET /pets/42?x=1, or a mapping of its parts. backend: what answered. */
#include "harness/base/file.h"
#include "harness/spec/reader.h"

#include <string.h>

/* ---- request ---- */

/* Parts as they are read; how they go together is known at the end. */
typedef struct RequestParts {
  Request request;
  Text target; /* path and maybe query */
  const cJSON *bodies[3];
  size_t body_count;
} RequestParts;

static void part_method(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  take_text(reader, node, "a method", &parts->request.method);
}

static void part_path(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  if (take_text(reader, node, "a path", &parts->target) && !text_starts(parts->target, TEXT("/")))
    spec_fault(reader, node, "a path begins with /");
}

static void part_query(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  take_pairs(reader, node, "\"query\"", &parts->request.query);
}

static void part_headers(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  take_pairs(reader, node, "\"headers\"", &parts->request.headers);
}

static void note_body(Reader *reader, const cJSON *node, RequestParts *parts) {
  if (parts->body_count > 0)
    document_key_fault(document_of(node), node, reader->faults, "a request has one body: \"%s\" is given too",
                       parts->bodies[0]->string);
  else
    parts->bodies[parts->body_count++] = node;
}

static void part_body(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  note_body(reader, node, parts);
  take_body(reader, node, &parts->request.body);
  parts->request.has_body = parts->request.body.data != NULL;
}

static void part_body_file(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  Fault fault;
  note_body(reader, node, parts);
  const char *path = take_path(reader, node, "\"bodyFile\"");
  if (path == NULL) return;
  parts->request.has_body = file_read(path, DOCUMENT_LIMIT, reader->arena, &parts->request.body, &fault);
  if (!parts->request.has_body) spec_fault(reader, node, "%s", fault.message);
}

static void part_body_base64(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  note_body(reader, node, parts);
  parts->request.has_body = take_base64(reader, node, "\"bodyBase64\"", &parts->request.body);
}

static void part_resource_path(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  parts->request.unrouted = cJSON_IsNull(node);
  if (!parts->request.unrouted)
    take_text(reader, node, "\"resourcePath\" (null: no resource matches)", &parts->request.resource_path);
}

static void part_path_parameters(Reader *reader, const cJSON *node, void *target) {
  RequestParts *parts = target;
  take_pairs(reader, node, "\"pathParameters\"", &parts->request.path_parameters);
}

static const Member request_members[] = {
    {"method", part_method},
    {"path", part_path},
    {"query", part_query},
    {"headers", part_headers},
    {"body", part_body},
    {"bodyFile", part_body_file},
    {"bodyBase64", part_body_base64},
    {"resourcePath", part_resource_path},
    {"pathParameters", part_path_parameters},
};
const MemberTable request_table = MEMBER_TABLE("request", request_members);

/* METHOD space target */
static bool read_shorthand(Reader *reader, const cJSON *node, RequestParts *parts) {
  Text rest;
  parts->request.method = text_split(document_text(document_of(node), node), ' ', &rest);
  parts->target = text_trim(rest);
  if (parts->request.method.length > 0 && text_starts(parts->target, TEXT("/"))) return true;
  return spec_fault(reader, node, "a request is a method and a path: GET /pets/42");
}

/* A query may stand in the path and in `query`: those of the path come first. */
static void set_target(Reader *reader, RequestParts *parts) {
  Request *request = &parts->request;
  Headers more = request->query;
  request->query = (Headers){0};
  Text target = parts->target;
  if (target.data == NULL) target = request->resource_path.data != NULL ? request->resource_path : TEXT("/");
  request_set_target(request, target, reader->arena);
  for (size_t i = 0; i < more.count; i++)
    headers_add(&request->query, more.items[i].name, more.items[i].value, reader->arena);
}

void read_request(Reader *reader, const cJSON *node, void *target) {
  SpecCase *spec_case = target;
  RequestParts parts = {0};
  if (cJSON_IsString(node)) {
    if (!read_shorthand(reader, node, &parts)) return;
  } else if (cJSON_IsObject(node)) {
    READ_MEMBERS(reader, node, request_members, "a request", &parts);
    if (parts.request.method.length == 0) parts.request.method = TEXT("GET");
  } else {
    wrong_kind(reader, node, "a request", "a text or a mapping");
    return;
  }
  set_target(reader, &parts);
  spec_case->request = parts.request;
  spec_case->has_request = true;
}

/* ---- backend ---- */

/* What stands there decides the kind: a plain HTTP answer, a function's, or a failure. */
typedef struct BackendParts {
  BackendAnswer answer;
  const cJSON *body;   /* the key that gave the body */
  const cJSON *lambda; /* a key that only a function has */
  const cJSON *failure;
} BackendParts;

static bool take_status(Reader *reader, const cJSON *node, int *out) {
  StatusRange range;
  Text text;
  if (!take_scalar(reader, node, "a status", &text)) return false;
  if (!range_read(text, &range) || range.from != range.to)
    return spec_fault(reader, node, "a status is a number from 100 to 599, not \"%.*s\"", TEXT_ARGS(text));
  *out = range.from;
  return true;
}

static void claim_body(Reader *reader, const cJSON *node, BackendParts *parts) {
  if (parts->body != NULL)
    document_key_fault(document_of(node), node, reader->faults,
                       "a backend gives one answer: \"%s\" is given too", parts->body->string);
  parts->body = node;
}

static void part_status(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  take_status(reader, node, &parts->answer.status);
}

static void part_backend_headers(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  take_pairs(reader, node, "\"headers\"", &parts->answer.headers);
}

static void part_backend_body(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  take_body(reader, node, &parts->answer.body);
}

static void part_backend_base64(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  take_base64(reader, node, "\"bodyBase64\"", &parts->answer.body);
}

static void part_result(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  parts->lambda = node;
  parts->answer.body = node_json(reader, node);
}

static void part_payload(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  parts->lambda = node;
  take_text(reader, node, "\"payload\"", &parts->answer.body);
}

static void part_payload_base64(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  parts->lambda = node;
  take_base64(reader, node, "\"payloadBase64\"", &parts->answer.body);
}

/* What a function raised: the mapping that the runtime reports, or just its message. */
static void part_error(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  claim_body(reader, node, parts);
  parts->lambda = node;
  if (!cJSON_IsString(node) && !take_mapping(reader, node, "\"error\"")) return;
  parts->answer.body = node_json(reader, node);
  if (cJSON_IsString(node))
    parts->answer.body = arena_print(reader->arena, "{\"errorMessage\":%.*s}", TEXT_ARGS(parts->answer.body));
  if (parts->answer.function_error.data == NULL) parts->answer.function_error = TEXT("Unhandled");
}

static void part_function_error(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  parts->lambda = node;
  if (!cJSON_IsNull(node)) take_text(reader, node, "\"functionError\"", &parts->answer.function_error);
}

static void part_log_tail(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  parts->lambda = node;
  take_text(reader, node, "\"logTail\"", &parts->answer.log_tail);
}

static void part_duration(Reader *reader, const cJSON *node, void *target) {
  BackendParts *parts = target;
  if (cJSON_IsNumber(node))
    parts->answer.duration_ms = node->valuedouble;
  else
    wrong_kind(reader, node, "\"durationMs\"", "a number");
}

static void part_failure(Reader *reader, const cJSON *node, void *target) {
  static const char *const reasons[] = {"timeout", "network", "throttled", "access-denied", "too-large"};
  BackendParts *parts = target;
  Text name;
  parts->failure = node;
  if (!take_text(reader, node, "\"failure\"", &name) || failure_reason_read(name, &parts->answer.reason))
    return;
  const char *near = text_suggest(name, reasons, sizeof reasons / sizeof *reasons);
  spec_fault(reader, node,
             near != NULL
                 ? "unknown failure \"%.*s\" (did you mean \"%s\"?)"
                 : "unknown failure \"%.*s\": timeout, network, throttled, access-denied or too-large",
             TEXT_ARGS(name), near);
}

static const Member backend_members[] = {
    {"status", part_status},
    {"headers", part_backend_headers},
    {"body", part_backend_body},
    {"bodyBase64", part_backend_base64},
    {"result", part_result},
    {"payload", part_payload},
    {"payloadBase64", part_payload_base64},
    {"functionError", part_function_error},
    {"error", part_error},
    {"logTail", part_log_tail},
    {"failure", part_failure},
    {"durationMs", part_duration},
};
const MemberTable backend_table = MEMBER_TABLE("backend", backend_members);

static void finish_backend(Reader *reader, BackendParts *parts) {
  BackendAnswer *answer = &parts->answer;
  answer->kind = parts->failure != NULL  ? BACKEND_FAILURE
                 : parts->lambda != NULL ? BACKEND_LAMBDA
                                         : BACKEND_HTTP;
  if (parts->failure != NULL && parts->body != NULL)
    document_key_fault(document_of(parts->body), parts->body, reader->faults,
                       "a failure has no answer: \"%s\" stands beside \"failure\"", parts->body->string);
  if (answer->status == 0 && parts->failure == NULL) answer->status = 200;
  if (answer->body.data == NULL) answer->body = TEXT_EMPTY;
}

void read_backend(Reader *reader, const cJSON *node, void *target) {
  SpecCase *spec_case = target;
  BackendParts parts = {.answer.duration_ms = -1};
  spec_case->has_backend = true;
  if (cJSON_IsNull(node) || (cJSON_IsString(node) && strcmp(node->valuestring, "none") == 0)) {
    parts.answer.kind = BACKEND_NONE;
    parts.answer.body = TEXT_EMPTY;
  } else if (cJSON_IsObject(node)) {
    READ_MEMBERS(reader, node, backend_members, "a backend", &parts);
    finish_backend(reader, &parts);
  } else if (cJSON_IsArray(node)) {
    wrong_kind(reader, node, "a backend", "a status or a mapping");
  } else {
    take_status(reader, node, &parts.answer.status);
    finish_backend(reader, &parts);
  }
  spec_case->backend = parts.answer;
}
