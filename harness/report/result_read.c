/* A result line back into a verdict, as far as reports look at one. Members this version doesn't know are
 * passed over. */
#include "harness/report/parts.h"

#include "harness/base/encoding.h"
#include "harness/document/document.h"

#include <stdlib.h>

typedef struct Reading {
  const Document *document;
  Arena *arena;
} Reading;

static Text text_of(const Reading *reading, const cJSON *object, const char *key) {
  const cJSON *node = document_get(object, key);
  return cJSON_IsString(node) ? document_text(reading->document, node) : (Text){NULL, 0};
}

static int64_t number_of(const Reading *reading, const cJSON *object, const char *key) {
  const cJSON *node = document_get(object, key);
  int64_t number = 0;
  if (!cJSON_IsNumber(node) || !text_to_integer(document_text(reading->document, node), &number)) return 0;
  return number;
}

/* A text, or {"base64":"…"} where it wasn't UTF-8. */
static Text bytes_of(const Reading *reading, const cJSON *node) {
  if (cJSON_IsString(node)) return document_text(reading->document, node);
  Text bytes = TEXT_EMPTY;
  base64_decode(text_of(reading, node, "base64"), reading->arena, &bytes, NULL);
  return bytes;
}

static Text json_of(const Reading *reading, const cJSON *object, const char *key) {
  const cJSON *node = document_get(object, key);
  if (node == NULL || cJSON_IsNull(node)) return (Text){NULL, 0};
  Buffer out = buffer_make(reading->arena, 0);
  json_write_node(&out, node);
  return buffer_text(&out);
}

static bool read_response(const Reading *reading, const cJSON *node, Response *out) {
  if (!cJSON_IsObject(node)) return false;
  out->status = (int)number_of(reading, node, "status");
  out->body = text_of(reading, node, "body");
  const cJSON *encoded = document_get(node, "bodyBase64");
  if (cJSON_IsString(encoded))
    base64_decode(document_text(reading->document, encoded), reading->arena, &out->body, NULL);
  const cJSON *pair;
  cJSON_ArrayForEach(pair, document_get(node, "headers")) {
    if (cJSON_GetArraySize(pair) != 2) continue;
    headers_add(&out->headers, bytes_of(reading, pair->child), bytes_of(reading, pair->child->next),
                reading->arena);
  }
  return true;
}

static IntegrationResponse *read_response_rule(const Reading *reading, const cJSON *node) {
  IntegrationResponse *rule = ARENA_NEW(reading->arena, IntegrationResponse);
  rule->status_code = text_of(reading, node, "statusCode");
  rule->selection_pattern.text = text_of(reading, node, "selectionPattern");
  rule->is_default = rule->selection_pattern.text.data == NULL;
  rule->place.line = (uint32_t)number_of(reading, node, "line");
  Text file = text_of(reading, node, "file");
  if (file.data != NULL) rule->place.file = arena_copy_string(reading->arena, file);
  return rule;
}

static RuleVerdict rule_verdict_of(Text words) {
  for (int i = RULE_CHOSEN; i <= RULE_UNDECIDED; i++)
    if (text_is(words, rule_verdict_words((RuleVerdict)i))) return (RuleVerdict)i;
  return RULE_NOT_REACHED;
}

static void read_trace(const Reading *reading, const cJSON *list, Outcome *out) {
  int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
  const cJSON *node;
  if (count == 0) return;
  out->trace = ARENA_ARRAY(reading->arena, RuleTrace, (size_t)count);
  out->trace_count = 0;
  cJSON_ArrayForEach(node, list) {
    RuleTrace *trace = &out->trace[out->trace_count++];
    trace->rule = read_response_rule(reading, node);
    trace->verdict = rule_verdict_of(text_of(reading, node, "verdict"));
    trace->why = text_of(reading, node, "why");
  }
}

/* Lines that follow each other keep their numbers; otherwise column 0 says that none is known. */
static void read_template(const Reading *reading, const cJSON *list, Outcome *out) {
  if (!cJSON_IsArray(list) || list->child == NULL || out->template_entry == NULL) return;
  TemplateEntry *entry = ARENA_NEW(reading->arena, TemplateEntry);
  Buffer source = buffer_make(reading->arena, 0);
  int64_t number = 0, before = 0;
  const cJSON *pair;
  *entry = *out->template_entry;
  cJSON_ArrayForEach(pair, list) {
    if (cJSON_GetArraySize(pair) != 2) continue;
    text_to_integer(document_text(reading->document, pair->child), &number);
    if (source.length == 0)
      entry->source.place.line = (uint32_t)number;
    else if (number != before + 1)
      entry->source.place.column = 0;
    before = number;
    buffer_append(&source, document_text(reading->document, pair->child->next));
    buffer_append_char(&source, '\n');
  }
  entry->source.text = buffer_text(&source);
  out->template_entry = entry;
}

static FailureReason reason_of(Text name) {
  FailureReason reason = FAILURE_NETWORK;
  failure_reason_read(name, &reason);
  return reason;
}

static const BackendAnswer *read_backend(const Reading *reading, const cJSON *node) {
  if (!cJSON_IsObject(node)) return NULL;
  BackendAnswer *answer = ARENA_NEW(reading->arena, BackendAnswer);
  Text kind = text_of(reading, node, "kind");
  Response response = {0};
  for (int i = BACKEND_NONE; i <= BACKEND_FAILURE; i++)
    if (text_is(kind, backend_kind_name((BackendKind)i))) answer->kind = (BackendKind)i;
  read_response(reading, node, &response);
  answer->status = response.status;
  answer->headers = response.headers;
  answer->body = response.body;
  answer->function_error = text_of(reading, node, "functionError");
  answer->reason = reason_of(text_of(reading, node, "reason"));
  return answer;
}

static const Exchange *read_exchange(const Reading *reading, Text recorded_at) {
  if (recorded_at.data == NULL) return NULL;
  Exchange *exchange = ARENA_NEW(reading->arena, Exchange);
  exchange->recorded_at = recorded_at;
  return exchange;
}

static void read_rule(const Reading *reading, const cJSON *node, Outcome *out) {
  if (!cJSON_IsObject(node)) return;
  IntegrationResponse *rule = read_response_rule(reading, node);
  out->rule = rule;
  Text type = text_of(reading, node, "template");
  if (type.data != NULL) {
    TemplateEntry *entry = ARENA_NEW(reading->arena, TemplateEntry);
    entry->content_type = type;
    entry->source.place = (Place){rule->place.file, (uint32_t)number_of(reading, node, "templateLine"), 1};
    out->template_entry = entry;
  }
  /* Without a trace, only the chosen one is known. */
  out->trace = ARENA_NEW(reading->arena, RuleTrace);
  out->trace[0] = (RuleTrace){rule, rule->is_default ? RULE_CHOSEN_DEFAULT : RULE_CHOSEN, TEXT_EMPTY};
  out->trace_count = 1;
}

static Severity severity_of(Text name) {
  for (int i = SEVERITY_NONE; i < SEVERITY_BREAKING; i++)
    if (text_is(name, severity_name((Severity)i))) return (Severity)i;
  return SEVERITY_BREAKING;
}

static void read_differences(const Reading *reading, const cJSON *list, Differences *out) {
  const cJSON *node;
  cJSON_ArrayForEach(node, list) {
    differences_add(out, (Difference){.at = text_of(reading, node, "at"),
                                      .expected = json_of(reading, node, "expected"),
                                      .actual = json_of(reading, node, "actual"),
                                      .message = text_of(reading, node, "message"),
                                      .severity = severity_of(text_of(reading, node, "severity"))});
  }
  differences_finish(out);
}

static const Request *read_request(const Reading *reading, Text line) {
  if (line.data == NULL) return NULL;
  Request *request = ARENA_NEW(reading->arena, Request);
  Text target;
  request->method = text_split(line, ' ', &target);
  request_set_target(request, target, reading->arena);
  return request;
}

static GatewayFailure failure_of(Text name) {
  for (int i = GATEWAY_OK; i <= GATEWAY_FUNCTION_ERROR; i++)
    if (text_is(name, gateway_failure_name((GatewayFailure)i))) return (GatewayFailure)i;
  return GATEWAY_OK;
}

static bool kind_of(Text name, VerdictKind *out) {
  for (int i = VERDICT_SAME; i <= VERDICT_UNMAPPED; i++) {
    *out = (VerdictKind)i;
    if (text_is(name, verdict_kind_name(*out))) return true;
  }
  return false;
}

static void read_tags(const Reading *reading, const cJSON *list, Verdict *out) {
  int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
  const cJSON *node;
  out->tags = ARENA_ARRAY(reading->arena, Text, (size_t)count);
  cJSON_ArrayForEach(node, list) out->tags[out->tag_count++] = document_text(reading->document, node);
}

bool result_read(Text line, const char *name, uint32_t line_number, Arena *arena, Verdict *out,
                 Fault *fault) {
  FaultList faults = fault_list_make(arena);
  Document *document = NULL;
  *out = (Verdict){.differences = differences_make(arena), .checked = 1};
  if (!document_read("result.json", line, 0, arena, &document, &faults)) {
    fault_raise(fault, FAULT_INPUT, "not a result: %s",
                faults.count > 0 ? faults.items[0].message : "no JSON");
    fault->place = (Place){name, line_number, faults.count > 0 ? faults.items[0].place.column : 1};
    return false;
  }
  const Reading reading = {document, arena};
  const cJSON *root = document_root(document);
  Text spec = text_of(&reading, root, "spec");
  if (spec.data == NULL || !kind_of(text_of(&reading, root, "verdict"), &out->kind)) {
    fault_raise(fault, FAULT_INPUT, "not a result: it has no \"spec\" or no \"verdict\"");
    fault->place = (Place){name, line_number, 1};
    return false;
  }
  out->spec = arena_copy_string(arena, spec);
  out->name = text_of(&reading, root, "case");
  out->place.line = (uint32_t)number_of(&reading, root, "line");
  out->exchange_id = text_of(&reading, root, "exchange");
  out->operation = text_of(&reading, root, "operation");
  out->request = read_request(&reading, text_of(&reading, root, "request"));
  out->has_expected = read_response(&reading, document_get(root, "expected"), &out->expected);
  read_response(&reading, document_get(root, "actual"), &out->outcome.response);
  out->backend = read_backend(&reading, document_get(root, "backend"));
  out->exchange = read_exchange(&reading, text_of(&reading, root, "recordedAt"));
  read_rule(&reading, document_get(root, "rule"), &out->outcome);
  read_trace(&reading, document_get(root, "trace"), &out->outcome);
  read_template(&reading, document_get(root, "templateLines"), &out->outcome);
  read_differences(&reading, document_get(root, "differences"), &out->differences);
  out->outcome.failure = failure_of(text_of(&reading, root, "outcome"));
  out->outcome.reason = text_of(&reading, root, "reason");
  out->outcome.selection_value = text_of(&reading, root, "selectionValue");
  int64_t statuses = number_of(&reading, root, "statuses");
  if (statuses > 0) out->checked = (size_t)statuses;
  out->unapproved = cJSON_IsTrue(document_get(root, "unapproved"));
  out->duration_us = (double)number_of(&reading, root, "durationUs");
  out->selector = verdict_selector(out->name, arena);
  read_tags(&reading, document_get(root, "tags"), out);
  return true;
}
