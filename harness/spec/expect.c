/* expect: what must come out. Matchers stand in `headers` and `json`; in `body` everything is literal. */
#include "harness/mapping/mapping.h"
#include "harness/spec/reader.h"

#include <string.h>

/* ---- matchers ---- */

static void match_matches(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  Text source;
  Fault fault;
  if (!take_text(reader, node, "\"matches\"", &source)) return;
  if (!pattern_compile(source, 0, reader->arena, &matcher->matches, &fault))
    document_text_fault(document_of(node), node, fault.offset, reader->faults, "pattern: %s", fault.message);
}

static void match_contains(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  take_scalar(reader, node, "\"contains\"", &matcher->contains);
}

static void match_type(Reader *reader, const cJSON *node, void *target) {
  static const char *const types[] = {"string", "number", "integer", "boolean", "object", "array", "null"};
  Matcher *matcher = target;
  if (cJSON_IsNull(node)) {
    matcher->type = TEXT("null");
    return;
  }
  if (!take_text(reader, node, "\"type\"", &matcher->type)) return;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (text_is(matcher->type, types[i])) return;
  const char *near = text_suggest(matcher->type, types, sizeof types / sizeof *types);
  spec_fault(reader, node,
             near != NULL ? "unknown type \"%.*s\" (did you mean \"%s\"?)"
                          : "unknown type \"%.*s\": string, number, integer, boolean, object, array or null",
             TEXT_ARGS(matcher->type), near);
}

static void read_matcher(Reader *reader, const cJSON *node, bool null_is_absent, Matcher *out);

static void match_length(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target, inner;
  matcher->length = node;
  if (cJSON_IsObject(node))
    read_matcher(reader, node, false, &inner); /* told now, read again where it is used */
  else if (!cJSON_IsNumber(node) || node->valuedouble < 0)
    spec_fault(reader, node, "\"length\" is a number from 0, or a matcher");
}

static void match_one_of(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  matcher->one_of = node;
  if (!cJSON_IsArray(node)) wrong_kind(reader, node, "\"oneOf\"", "a list");
}

static void match_equals(Reader *reader, const cJSON *node, void *target) {
  (void)reader;
  Matcher *matcher = target;
  matcher->equals = node;
}

static void match_tolerance(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  matcher->tolerance = cJSON_IsNumber(node) ? node->valuedouble : 0;
  if (!cJSON_IsNumber(node) || node->valuedouble < 0)
    spec_fault(reader, node, "\"tolerance\" is a number from 0");
}

static void match_absent(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  take_truth(reader, node, "\"absent\"", &matcher->absent);
}

static void match_any(Reader *reader, const cJSON *node, void *target) {
  Matcher *matcher = target;
  take_truth(reader, node, "\"any\"", &matcher->any);
}

static const Member matcher_members[] = {
    {"matches", match_matches},     {"contains", match_contains}, {"type", match_type},
    {"length", match_length},       {"oneOf", match_one_of},      {"equals", match_equals},
    {"tolerance", match_tolerance}, {"absent", match_absent},     {"any", match_any},
};
const MemberTable matcher_table = MEMBER_TABLE("matcher", matcher_members);

/* A mapping of matchers, or a literal. */
static void read_matcher(Reader *reader, const cJSON *node, bool null_is_absent, Matcher *out) {
  *out = (Matcher){.tolerance = -1};
  if (!cJSON_IsObject(node)) {
    out->absent = null_is_absent && cJSON_IsNull(node);
    if (!out->absent) out->equals = node;
    return;
  }
  READ_MEMBERS(reader, node, matcher_members, "a matcher (a literal object is written {equals: …})", out);
  bool number = out->equals != NULL && cJSON_IsNumber(out->equals);
  if (out->tolerance >= 0 && !number) spec_fault(reader, node, "\"tolerance\" needs a number in \"equals\"");
}

/* ---- parts that both sides have ---- */

/* What the response and the backend request share. */
typedef struct MessageExpectation {
  HeaderExpectation **headers;
  size_t *header_count;
  BodyExpectation *body_kind;
  Text *body;
  const cJSON **body_json;
  JsonExpectation **json;
  size_t *json_count;
} MessageExpectation;

static void read_header_expectations(Reader *reader, const cJSON *node, const MessageExpectation *message) {
  const cJSON *member;
  if (!take_mapping(reader, node, "\"headers\"")) return;
  cJSON_ArrayForEach(member, node) {
    HeaderExpectation *header = ARENA_ADD(reader->arena, *message->headers, *message->header_count);
    header->name = text_from(member->string);
    header->place = document_key_place(document_of(member), member);
    read_matcher(reader, member, true, &header->matcher);
  }
}

static void claim_body(Reader *reader, const cJSON *node, const MessageExpectation *message,
                       BodyExpectation kind) {
  if (*message->body_kind != BODY_ANY)
    document_key_fault(document_of(node), node, reader->faults,
                       "one body is compared: \"body\", \"subset\" or \"bodyBase64\"");
  *message->body_kind = kind;
}

static void read_body_expectation(Reader *reader, const cJSON *node, const MessageExpectation *message) {
  bool text = cJSON_IsString(node) || cJSON_IsNull(node);
  claim_body(reader, node, message, text ? BODY_TEXT : BODY_JSON);
  if (text)
    *message->body = document_text(document_of(node), node);
  else
    *message->body_json = node;
}

static void read_subset_expectation(Reader *reader, const cJSON *node, const MessageExpectation *message) {
  claim_body(reader, node, message, BODY_SUBSET);
  if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
    wrong_kind(reader, node, "\"subset\"", "a mapping or a list");
  *message->body_json = node;
}

static void read_bytes_expectation(Reader *reader, const cJSON *node, const MessageExpectation *message) {
  claim_body(reader, node, message, BODY_BYTES);
  take_base64(reader, node, "\"bodyBase64\"", message->body);
}

static void read_json_expectations(Reader *reader, const cJSON *node, const MessageExpectation *message) {
  const cJSON *member;
  if (!take_mapping(reader, node, "\"json\"")) return;
  cJSON_ArrayForEach(member, node) {
    JsonExpectation *json = ARENA_ADD(reader->arena, *message->json, *message->json_count);
    Fault fault;
    json->path_text = text_from(member->string);
    json->place = document_key_place(document_of(member), member);
    read_matcher(reader, member, false, &json->matcher);
    if (!jsonpath_compile(json->path_text, reader->arena, &json->path, &fault))
      document_key_fault(document_of(member), member, reader->faults, "path %s: %s", member->string,
                         fault.message);
  }
}

/* ---- backendRequest ---- */

static MessageExpectation request_message(RequestExpectation *request) {
  return (MessageExpectation){&request->headers,   &request->header_count, &request->body_kind,
                              &request->body,      &request->body_json,    &request->json,
                              &request->json_count};
}

static void request_method(Reader *reader, const cJSON *node, void *target) {
  RequestExpectation *request = target;
  take_text(reader, node, "\"method\"", &request->method);
}

static void request_uri(Reader *reader, const cJSON *node, void *target) {
  RequestExpectation *request = target;
  take_text(reader, node, "\"uri\"", &request->uri);
}

static void request_headers(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = request_message(target);
  read_header_expectations(reader, node, &message);
}

static void request_body(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = request_message(target);
  read_body_expectation(reader, node, &message);
}

static void request_subset(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = request_message(target);
  read_subset_expectation(reader, node, &message);
}

static void request_bytes(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = request_message(target);
  read_bytes_expectation(reader, node, &message);
}

static void request_json(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = request_message(target);
  read_json_expectations(reader, node, &message);
}

static const Member request_members[] = {
    {"method", request_method}, {"uri", request_uri},          {"headers", request_headers},
    {"body", request_body},     {"bodyBase64", request_bytes}, {"json", request_json},
    {"subset", request_subset},
};
const MemberTable backend_request_table = MEMBER_TABLE("backendRequest", request_members);

/* ---- expect ---- */

static MessageExpectation response_message(Expectation *expectation) {
  return (MessageExpectation){&expectation->headers,   &expectation->header_count, &expectation->body_kind,
                              &expectation->body,      &expectation->body_json,    &expectation->json,
                              &expectation->json_count};
}

static void add_status(Reader *reader, const cJSON *node, Expectation *expectation) {
  Text text;
  StatusRange range;
  if (!take_scalar(reader, node, "a status", &text)) return;
  if (range_read(text, &range))
    *ARENA_ADD(reader->arena, expectation->statuses, expectation->status_count) = range;
  else
    spec_fault(reader, node, "a status is 100 to 599, 4xx or 500-599, not \"%.*s\"", TEXT_ARGS(text));
}

static void expect_status(Reader *reader, const cJSON *node, void *target) {
  const cJSON *item;
  if (!cJSON_IsArray(node)) add_status(reader, node, target);
  if (cJSON_IsArray(node)) cJSON_ArrayForEach(item, node) add_status(reader, item, target);
}

static void expect_headers(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = response_message(target);
  read_header_expectations(reader, node, &message);
}

static void expect_body(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = response_message(target);
  read_body_expectation(reader, node, &message);
}

static void expect_subset(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = response_message(target);
  read_subset_expectation(reader, node, &message);
}

static void expect_bytes(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = response_message(target);
  read_bytes_expectation(reader, node, &message);
}

static void expect_json(Reader *reader, const cJSON *node, void *target) {
  MessageExpectation message = response_message(target);
  read_json_expectations(reader, node, &message);
}

static void expect_numeric(Reader *reader, const cJSON *node, void *target) {
  Expectation *expectation = target;
  Text word;
  if (!take_text(reader, node, "\"numeric\"", &word)) return;
  expectation->numeric_loose = text_is(word, "loose");
  if (!expectation->numeric_loose && !text_is(word, "strict"))
    spec_fault(reader, node, "\"numeric\" is strict or loose, not \"%.*s\"", TEXT_ARGS(word));
}

static void expect_backend_request(Reader *reader, const cJSON *node, void *target) {
  Expectation *expectation = target;
  if (!take_mapping(reader, node, "\"backendRequest\"")) return;
  expectation->backend_request = ARENA_NEW(reader->arena, RequestExpectation);
  READ_MEMBERS(reader, node, request_members, "\"backendRequest\"", expectation->backend_request);
}

/* ok, or why the gateway answers by itself. */
static void expect_outcome(Reader *reader, const cJSON *node, void *target) {
  enum { OUTCOMES = GATEWAY_FUNCTION_ERROR + 1 };
  Expectation *expectation = target;
  const char *names[OUTCOMES];
  if (!take_text(reader, node, "\"outcome\"", &expectation->outcome)) return;
  for (int i = 0; i < OUTCOMES; i++) {
    names[i] = gateway_failure_name((GatewayFailure)i);
    if (text_is(expectation->outcome, names[i])) return;
  }
  const char *near = text_suggest(expectation->outcome, names, OUTCOMES);
  spec_fault(reader, node,
             near != NULL ? "unknown outcome \"%.*s\" (did you mean \"%s\"?)"
                          : "unknown outcome \"%.*s\": ok, no-match, undeclared-response, timeout, …",
             TEXT_ARGS(expectation->outcome), near);
}

/* declared | a JSON Schema */
static void expect_schema(Reader *reader, const cJSON *node, void *target) {
  Expectation *expectation = target;
  expectation->schema_declared = cJSON_IsString(node) && strcmp(node->valuestring, "declared") == 0;
  if (cJSON_IsObject(node))
    expectation->schema = node;
  else if (!expectation->schema_declared)
    spec_fault(reader, node, "\"schema\" is the word declared, or a JSON Schema");
}

static const Member expect_members[] = {
    {"status", expect_status},   {"headers", expect_headers},  {"body", expect_body},
    {"subset", expect_subset},   {"bodyBase64", expect_bytes}, {"schema", expect_schema},
    {"json", expect_json},       {"numeric", expect_numeric},  {"backendRequest", expect_backend_request},
    {"outcome", expect_outcome},
};
const MemberTable expect_table = MEMBER_TABLE("expect", expect_members);

/* expect: 400 | 4xx | [400, 404] | {…} */
void read_expectation(Reader *reader, const cJSON *node, void *target) {
  SpecCase *spec_case = target;
  Expectation *expectation = &spec_case->expectation;
  spec_case->has_expectation = true;
  expectation->place = document_place(document_of(node), node);
  if (cJSON_IsObject(node))
    READ_MEMBERS(reader, node, expect_members, "\"expect\"", expectation);
  else if (cJSON_IsNull(node) || cJSON_IsBool(node))
    wrong_kind(reader, node, "\"expect\"", "a status or a mapping");
  else
    expect_status(reader, node, expectation);
}
