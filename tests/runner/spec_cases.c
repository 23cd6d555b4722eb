/* Spec files: what is read, and how mistakes are told. Sections:
 *   spec     the file; `name` its name (default shop.yaml)
 *   other    another file beside it: its first line is the name, the rest the content (repeatable)
 *   summary  what was read, without what isn't said
 *   errors   everything that fault_print says */
#include "harness/spec/spec.h"
#include "tests/runner/work_folder.h"

#include <string.h>

const char *const case_section_names[] = {"spec", "name", "other", "summary", "errors", NULL};

static void write_text(const char *title, Text text, Buffer *out) {
  if (text.data == NULL) return;
  buffer_print(out, " %s ", title);
  json_write_text(out, text);
}

static void write_pairs(const char *title, const Headers *pairs, Buffer *out) {
  for (size_t i = 0; i < pairs->count; i++)
    buffer_print(out, " %s[%.*s=%.*s]", title, TEXT_ARGS(pairs->items[i].name),
                 TEXT_ARGS(pairs->items[i].value));
}

static void write_request(const Request *request, Buffer *out) {
  buffer_print(out, "  request %.*s %.*s", TEXT_ARGS(request->method), TEXT_ARGS(request->path));
  write_pairs("query", &request->query, out);
  write_pairs("header", &request->headers, out);
  if (request->has_body) write_text("body", request->body, out);
  write_text("resource", request->resource_path, out);
  write_pairs("parameter", &request->path_parameters, out);
  buffer_append_char(out, '\n');
}

static void write_backend(const BackendAnswer *backend, Buffer *out) {
  buffer_print(out, "  backend %s", backend_kind_name(backend->kind));
  if (backend->kind == BACKEND_FAILURE) buffer_print(out, " %s", failure_reason_name(backend->reason));
  if (backend->status != 0) buffer_print(out, " %d", backend->status);
  write_pairs("header", &backend->headers, out);
  if (backend->body.length > 0) write_text("body", backend->body, out);
  write_text("error", backend->function_error, out);
  write_text("log", backend->log_tail, out);
  if (backend->duration_ms >= 0) buffer_print(out, " in %g ms", backend->duration_ms);
  buffer_append_char(out, '\n');
}

static void write_node(const char *title, const cJSON *node, Buffer *out) {
  if (node == NULL) return;
  buffer_print(out, " %s ", title);
  json_write_node(out, node);
}

static void write_matcher(const Matcher *matcher, Buffer *out) {
  if (matcher->absent) buffer_append_string(out, " absent");
  if (matcher->any) buffer_append_string(out, " any");
  if (matcher->matches != NULL) write_text("matches", pattern_source(matcher->matches), out);
  write_text("contains", matcher->contains, out);
  write_text("type", matcher->type, out);
  write_node("length", matcher->length, out);
  write_node("oneOf", matcher->one_of, out);
  write_node("equals", matcher->equals, out);
  if (matcher->tolerance >= 0) buffer_print(out, " within %g", matcher->tolerance);
}

static void write_message(const HeaderExpectation *headers, size_t header_count, BodyExpectation kind,
                          Text body, const cJSON *body_json, const JsonExpectation *json, size_t json_count,
                          Buffer *out) {
  static const char *const kinds[] = {"", "text", "bytes", "json", "subset"};
  for (size_t i = 0; i < header_count; i++) {
    buffer_print(out, "\n    header %.*s", TEXT_ARGS(headers[i].name));
    write_matcher(&headers[i].matcher, out);
  }
  if (kind != BODY_ANY) buffer_print(out, "\n    body");
  if (kind == BODY_JSON || kind == BODY_SUBSET)
    write_node(kinds[kind], body_json, out);
  else if (kind != BODY_ANY)
    write_text(kinds[kind], body, out);
  for (size_t i = 0; i < json_count; i++) {
    buffer_print(out, "\n    json %.*s", TEXT_ARGS(json[i].path_text));
    write_matcher(&json[i].matcher, out);
  }
}

static void write_expectation(const Expectation *expectation, Buffer *out) {
  buffer_append_string(out, "  expect");
  for (size_t i = 0; i < expectation->status_count; i++) {
    StatusRange range = expectation->statuses[i];
    buffer_print(out, range.from == range.to ? " %d" : " %d-%d", range.from, range.to);
  }
  write_text("outcome", expectation->outcome, out);
  if (expectation->schema_declared) buffer_append_string(out, " schema declared");
  write_node("schema", expectation->schema, out);
  if (expectation->numeric_loose) buffer_append_string(out, " numbers loose");
  write_message(expectation->headers, expectation->header_count, expectation->body_kind, expectation->body,
                expectation->body_json, expectation->json, expectation->json_count, out);
  const RequestExpectation *request = expectation->backend_request;
  if (request != NULL) {
    buffer_append_string(out, "\n   backend request");
    write_text("method", request->method, out);
    write_text("uri", request->uri, out);
    write_message(request->headers, request->header_count, request->body_kind, request->body,
                  request->body_json, request->json, request->json_count, out);
  }
  buffer_append_char(out, '\n');
}

static void write_case(const SpecCase *spec_case, Buffer *out) {
  buffer_print(out, "%.*s (%u:%u)", TEXT_ARGS(spec_case->name), spec_case->place.line,
               spec_case->place.column);
  for (size_t i = 0; i < spec_case->tag_count; i++)
    buffer_print(out, " #%.*s", TEXT_ARGS(spec_case->tags[i]));
  write_text("exchange", spec_case->exchange, out);
  write_text("may fail", spec_case->allow_failure_as_success, out);
  write_text("skip", spec_case->skip, out);
  write_text("todo", spec_case->todo, out);
  if (spec_case->only) buffer_append_string(out, " only");
  write_pairs("variable", &spec_case->stage_variables, out);
  if (spec_case->context != NULL) buffer_print(out, " context of %u", spec_case->context->count);
  if (spec_case->method_definition != NULL) {
    const Definition *own = spec_case->method_definition;
    buffer_print(out, " own %.*s %.*s rules %zu binary %zu responses %zu",
                 TEXT_ARGS(own->operations[0].method), TEXT_ARGS(own->operations[0].resource_path),
                 own->operations[0].integration.response_count, own->binary_media_type_count,
                 own->gateway_response_count);
  }
  buffer_append_char(out, '\n');
  if (spec_case->has_request) write_request(&spec_case->request, out);
  if (spec_case->has_backend) write_backend(&spec_case->backend, out);
  if (spec_case->has_expectation) write_expectation(&spec_case->expectation, out);
}

static void write_table(const StatusTable *table, Buffer *out) {
  buffer_print(out, "statuses %.*s", TEXT_ARGS(table->operation));
  for (size_t i = 0; i < table->entry_count; i++) {
    const StatusEntry *entry = &table->entries[i];
    if (entry->is_default)
      buffer_print(out, " default->%d", entry->client);
    else
      buffer_print(out, " %d-%d->%d", entry->backend.from, entry->backend.to, entry->client);
  }
  buffer_append_char(out, '\n');
}

static void write_summary(const Spec *spec, Buffer *out) {
  buffer_print(out, "api %s", spec->api_path != NULL ? spec->api_path : "none");
  if (spec->definition != NULL) buffer_print(out, " with %zu operations", spec->definition->operation_count);
  write_text("stage", spec->stage, out);
  write_pairs("variable", &spec->stage_variables, out);
  write_pairs("parameter", &spec->parameters, out);
  write_text("backend", spec->backend, out);
  for (size_t i = 0; i < spec->recording_count; i++) buffer_print(out, " recording %s", spec->recordings[i]);
  buffer_append_string(out, spec->approved ? " approved" : "");
  write_pairs("may fail", &spec->allowed_failures, out);
  buffer_append_char(out, '\n');
  for (size_t i = 0; i < spec->case_count; i++) write_case(&spec->cases[i], out);
  for (size_t i = 0; i < spec->table_count; i++) write_table(&spec->tables[i], out);
  for (size_t i = 0; i < spec->ignore_count; i++) {
    const IgnoreRule *rule = &spec->ignores[i];
    Text at = rule->path != NULL ? jsonpath_source(rule->path) : rule->header;
    buffer_print(out, "ignore %s%.*s", rule->path != NULL ? "" : "header ", TEXT_ARGS(at));
    if (rule->tolerance >= 0) buffer_print(out, " within %g", rule->tolerance);
    write_text("type", rule->type, out);
    buffer_append_char(out, '\n');
  }
  for (size_t i = 0; i < spec->redact_count; i++) {
    const RedactRule *rule = &spec->redacts[i];
    buffer_append_string(out, "redact");
    if (rule->path != NULL) write_text("path", jsonpath_source(rule->path), out);
    write_text("header", rule->header, out);
    write_text("query", rule->query, out);
    buffer_append_char(out, '\n');
  }
}

static void check(const Case *subject, const char *name, Arena *arena, Buffer *failure) {
  FaultList faults = fault_list_make(arena);
  Spec *spec = NULL;
  Buffer told = buffer_make(arena, 0), summary = buffer_make(arena, 0);
  bool good = spec_load(name, NULL, arena, &spec, &faults);
  for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], &told);
  case_expect_text("errors", expected_of(subject, "errors"), trimmed(buffer_text(&told)), failure);
  if (good != (spec != NULL)) buffer_append_string(failure, "  the answer and the spec disagree\n");
  if (spec == NULL) return;
  write_summary(spec, &summary);
  case_expect_text("summary", expected_of(subject, "summary"), trimmed(buffer_text(&summary)), failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  const char *name =
      case_has(subject, "name") ? arena_copy_string(arena, expected_of(subject, "name")) : "shop.yaml";
  WorkFolder folder;
  if (!work_folder_enter(&folder, subject, name, "spec")) {
    buffer_append_string(failure, "  no folder to work in\n");
    return;
  }
  check(subject, name, arena, failure);
  work_folder_leave(&folder);
}
