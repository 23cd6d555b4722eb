/* One verdict as a JSON object: a line of NDJSON, an item of the JSON report. */
#include "harness/report/parts.h"

#include "harness/document/document.h"

static void write_text_or_null(Buffer *out, Text text) {
  if (text.data != NULL)
    json_write_text(out, text);
  else
    buffer_append_string(out, "null");
}

static void write_member(Buffer *out, const char *key, Text text, bool *first) {
  json_write_key(out, key, first);
  write_text_or_null(out, text);
}

static void write_number(Buffer *out, const char *key, long long number, bool *first) {
  json_write_key(out, key, first);
  if (number > 0)
    buffer_print(out, "%lld", number);
  else
    buffer_append_string(out, "null");
}

static void write_response(Buffer *out, const char *key, bool present, const Response *response,
                           bool *first) {
  json_write_key(out, key, first);
  if (!present) {
    buffer_append_string(out, "null");
    return;
  }
  bool inner = true;
  buffer_append_char(out, '{');
  write_number(out, "status", response->status, &inner);
  json_write_key(out, "headers", &inner);
  headers_write(&response->headers, out);
  if (response->body.data != NULL)
    body_write("body", response->body, &inner, out);
  else
    write_member(out, "body", response->body, &inner);
  buffer_append_char(out, '}');
}

static void write_rule(Buffer *out, const Outcome *outcome, bool *first) {
  const IntegrationResponse *rule = outcome->rule;
  json_write_key(out, "rule", first);
  if (rule == NULL) {
    buffer_append_string(out, "null");
    return;
  }
  bool inner = true;
  const TemplateEntry *entry = outcome->template_entry;
  buffer_append_char(out, '{');
  write_member(out, "statusCode", rule->status_code, &inner);
  write_member(out, "selectionPattern", rule->selection_pattern.text, &inner);
  write_member(out, "template", entry != NULL ? entry->content_type : (Text){NULL, 0}, &inner);
  write_number(out, "line", rule->place.line, &inner);
  if (rule->place.file != NULL) write_member(out, "file", text_from(rule->place.file), &inner);
  if (entry != NULL) write_number(out, "templateLine", entry->source.place.line, &inner);
  buffer_append_char(out, '}');
}

/* Each rule's part in the decision, in the order in which they were tried. */
static void write_trace(Buffer *out, const Outcome *outcome, bool *first) {
  if (outcome->trace_count == 0) return;
  json_write_key(out, "trace", first);
  for (size_t i = 0; i < outcome->trace_count; i++) {
    const RuleTrace *trace = &outcome->trace[i];
    const IntegrationResponse *rule = trace->rule;
    bool inner = true;
    buffer_append_string(out, i > 0 ? ",{" : "[{");
    write_member(out, "statusCode", rule->status_code, &inner);
    write_member(out, "selectionPattern", rule->is_default ? (Text){NULL, 0} : rule->selection_pattern.text,
                 &inner);
    if (rule->place.file != NULL) write_member(out, "file", text_from(rule->place.file), &inner);
    write_number(out, "line", rule->place.line, &inner);
    write_member(out, "verdict", text_from(rule_verdict_words(trace->verdict)), &inner);
    if (trace->why.length > 0) write_member(out, "why", trace->why, &inner);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

/* The template that ran, line by line with the numbers of its file: in one JSON string they are all the same.
 */
static void write_template(Buffer *out, const TemplateEntry *entry, bool *first) {
  if (entry == NULL || entry->source.text.length == 0) return;
  enum { LINES_KEPT = 100 };
  Text source = entry->source.text;
  size_t count = 0;
  json_write_key(out, "templateLines", first);
  for (size_t at = 0; at < source.length && count < LINES_KEPT; count++) {
    size_t end = text_find_char(source, '\n', at);
    if (end == TEXT_NOT_FOUND) end = source.length;
    buffer_print(out, "%s[%u,", at > 0 ? "," : "[", source_text_place(&entry->source, at).line);
    json_write_text(out, text_slice(source, at, end));
    buffer_append_char(out, ']');
    at = end + 1;
  }
  buffer_append_char(out, ']');
}

/* What the backend answered, in an exchange's words; in short only how. */
static void write_backend(Buffer *out, const Verdict *verdict, bool whole, bool *first) {
  const BackendAnswer *answer = verdict->backend;
  if (answer == NULL) return;
  bool inner = true;
  json_write_key(out, "backend", first);
  buffer_append_char(out, '{');
  write_member(out, "kind", text_from(backend_kind_name(answer->kind)), &inner);
  if (answer->kind == BACKEND_HTTP) write_number(out, "status", answer->status, &inner);
  if (answer->kind == BACKEND_FAILURE)
    write_member(out, "reason", text_from(failure_reason_name(answer->reason)), &inner);
  if (answer->function_error.data != NULL) write_member(out, "functionError", answer->function_error, &inner);
  if (whole && answer->headers.count > 0) {
    json_write_key(out, "headers", &inner);
    headers_write(&answer->headers, out);
  }
  if (whole && answer->body.data != NULL) body_write("body", answer->body, &inner, out);
  buffer_append_char(out, '}');
}

/* Differences hold JSON texts already; what isn't there is null. */
static void write_differences(Buffer *out, const Differences *differences, bool *first) {
  json_write_key(out, "differences", first);
  buffer_append_char(out, '[');
  for (size_t i = 0; i < differences->count; i++) {
    const Difference *difference = &differences->items[i];
    bool inner = true;
    buffer_append_string(out, i > 0 ? ",{" : "{");
    write_member(out, "at", difference->at, &inner);
    json_write_key(out, "expected", &inner);
    append_json(out, difference->expected.data != NULL ? difference->expected : TEXT("null"));
    json_write_key(out, "actual", &inner);
    append_json(out, difference->actual.data != NULL ? difference->actual : TEXT("null"));
    write_member(out, "severity", text_from(severity_name(difference->severity)), &inner);
    if (difference->message.data != NULL) write_member(out, "message", difference->message, &inner);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_backend_request(Buffer *out, const BackendRequest *request, bool *first) {
  bool inner = true;
  json_write_key(out, "backendRequest", first);
  buffer_append_char(out, '{');
  write_member(out, "method", request->method, &inner);
  write_member(out, "uri", request->uri, &inner);
  json_write_key(out, "headers", &inner);
  headers_write(&request->headers, out);
  body_write("body", request->body, &inner, out);
  buffer_append_char(out, '}');
}

/* "GET /pets/42?verbose=true" */
static void write_request(Buffer *out, const Request *request, bool *first) {
  Arena *arena = arena_new(0);
  Text target = request_target(request, arena);
  json_write_key(out, "request", first);
  json_write_text(out, arena_print(arena, "%.*s %.*s", TEXT_ARGS(request->method), TEXT_ARGS(target)));
  arena_free(arena);
}

static void write_tags(Buffer *out, const Verdict *verdict, bool *first) {
  if (verdict->tag_count == 0) return;
  json_write_key(out, "tags", first);
  buffer_append_char(out, '[');
  for (size_t i = 0; i < verdict->tag_count; i++) {
    if (i > 0) buffer_append_char(out, ',');
    json_write_text(out, verdict->tags[i]);
  }
  buffer_append_char(out, ']');
}

void result_write(const Verdict *verdict, bool whole, Buffer *out) {
  const Outcome *outcome = &verdict->outcome;
  bool mapped = verdict->kind != VERDICT_UNMAPPED;
  bool answered = mapped && outcome->response.status > 0;
  bool first = true;
  buffer_append_char(out, '{');
  write_member(out, "spec", text_from(verdict->spec), &first);
  write_member(out, "case", verdict->name, &first);
  write_number(out, "line", verdict->place.line, &first);
  write_member(out, "exchange", verdict->exchange_id, &first);
  write_member(out, "operation", verdict->operation, &first);
  write_member(out, "verdict", text_from(verdict_kind_name(verdict->kind)), &first);
  write_response(out, "expected", verdict->has_expected, &verdict->expected, &first);
  write_response(out, "actual", answered, &outcome->response, &first);
  write_rule(out, outcome, &first);
  write_differences(out, &verdict->differences, &first);
  if (answered) {
    write_member(out, "outcome", text_from(gateway_failure_name(outcome->failure)), &first);
    write_member(out, "reason", outcome->reason, &first);
    write_member(out, "selectionValue", outcome->selection_value, &first);
  }
  if (whole && verdict->request != NULL) write_request(out, verdict->request, &first);
  write_backend(out, verdict, whole, &first);
  if (whole && verdict->exchange != NULL)
    write_member(out, "recordedAt", verdict->exchange->recorded_at, &first);
  if (whole) write_trace(out, outcome, &first);
  if (whole) write_template(out, outcome->template_entry, &first);
  if (whole && outcome->has_backend_request) write_backend_request(out, &outcome->backend_request, &first);
  if (verdict->checked != 1) write_number(out, "statuses", (long long)verdict->checked, &first);
  if (verdict->unapproved) {
    json_write_key(out, "unapproved", &first);
    buffer_append_string(out, "true");
  }
  write_tags(out, verdict, &first);
  json_write_key(out, "durationUs", &first);
  buffer_print(out, "%.0f}", verdict->duration_us);
}

void totals_write(const ReplayTotals *totals, Buffer *out) {
  buffer_print(
      out,
      "{\"same\":%zu,\"different\":%zu,\"new\":%zu,\"unmapped\":%zu,\"skipped\":%zu,\"cases\":%zu,"
      "\"exchanges\":%zu,\"tables\":%zu,\"statuses\":%zu,\"unapproved\":%zu,\"defects\":%zu,\"broken\":%zu,"
      "\"seconds\":%.6f}",
      totals->same, totals->different, totals->fresh, totals->unmapped, totals->skipped, totals->cases,
      totals->exchanges, totals->tables, totals->statuses, totals->unapproved, totals->defects,
      totals->broken, totals->seconds);
}

/* ---- the two formats made of it ---- */

static void ndjson_verdict(Report *report, const Verdict *verdict) {
  result_write(verdict, verdict->kind != VERDICT_SAME || report->options.verbose, report->out);
  buffer_append_char(report->out, '\n');
}

static void ndjson_finish(Report *report, const ReplayTotals *totals) {
  (void)report;
  (void)totals;
}

const ReportFormat report_ndjson = {"ndjson", "one JSON object a verdict and line; what `report` merges",
                                    report_new, ndjson_verdict, ndjson_finish};

static void json_verdict(Report *report, const Verdict *verdict) {
  buffer_append_string(report->out, report->count++ == 0 ? "{\"schemaVersion\":1,\"results\":[\n" : ",\n");
  result_write(verdict, verdict->kind != VERDICT_SAME || report->options.verbose, report->out);
}

static void json_finish(Report *report, const ReplayTotals *totals) {
  if (report->count == 0) buffer_append_string(report->out, "{\"schemaVersion\":1,\"results\":[");
  buffer_append_string(report->out, "\n],\"totals\":");
  totals_write(totals, report->out);
  buffer_append_string(report->out, "}\n");
}

const ReportFormat report_json = {"json", "one JSON document: results and totals", report_new, json_verdict,
                                  json_finish};
