/* One verdict from end to end: the request, the gateway's own log, the rules, the template, the response. */
#include "harness/report/parts.h"

static void title(Report *report, const char *words) {
  buffer_append_string(report->out, report->options.color ? "\033[1m" : "");
  buffer_append_string(report->out, words);
  buffer_append_string(report->out, report->options.color ? "\033[0m\n" : "\n");
}

static void print_headers(Buffer *out, const Headers *headers) {
  for (size_t i = 0; i < headers->count; i++) {
    buffer_append_string(out, "  ");
    append_visible_line(out, headers->items[i].name);
    buffer_append_string(out, ": ");
    append_visible_line(out, headers->items[i].value);
    buffer_append_char(out, '\n');
  }
}

static void print_body(Buffer *out, Text body) {
  for (Text rest = body; rest.data != NULL && rest.length > 0;) {
    Text line = text_split(rest, '\n', &rest);
    buffer_append_string(out, "  ");
    append_visible_line(out, line);
    buffer_append_char(out, '\n');
  }
}

static void print_place(Buffer *out, Place place) {
  if (place.file == NULL || place.line == 0) return;
  buffer_append_string(out, "  ");
  append_visible_line(out, text_from(place.file));
  buffer_print(out, ":%u", place.line);
}

static void explain_request(Report *report, const Verdict *verdict) {
  Buffer *out = report->out;
  if (verdict->request == NULL) return;
  title(report, "request");
  buffer_append_string(out, "  ");
  append_visible_line(out, verdict->request->method);
  buffer_append_char(out, ' ');
  append_visible_line(out, request_target(verdict->request, report->arena));
  buffer_append_char(out, '\n');
  print_headers(out, &verdict->request->headers);
  print_body(out, verdict->request->body);
}

static void explain_backend(Report *report, const Verdict *verdict) {
  Buffer *out = report->out;
  const BackendAnswer *answer = verdict->backend;
  if (answer == NULL || answer->kind == BACKEND_NONE) return;
  title(report, "backend");
  buffer_print(out, "  %s", backend_kind_name(answer->kind));
  if (answer->kind == BACKEND_FAILURE) buffer_print(out, " %s", failure_reason_name(answer->reason));
  if (answer->kind == BACKEND_HTTP) buffer_print(out, " %d", answer->status);
  if (answer->function_error.data != NULL) {
    buffer_append_char(out, ' ');
    append_visible_line(out, answer->function_error);
  }
  buffer_append_char(out, '\n');
  print_headers(out, &answer->headers);
  print_body(out, answer->body);
}

static void explain_log(Report *report, const Outcome *outcome) {
  if (outcome->log_count == 0) return;
  title(report, "execution log");
  for (size_t i = 0; i < outcome->log_count; i++) print_body(report->out, outcome->log[i]);
}

static void explain_rules(Report *report, const Outcome *outcome) {
  if (outcome->trace_count == 0) return;
  Buffer *out = report->out;
  title(report, "rules");
  if (outcome->selection_value.data != NULL) {
    buffer_append_string(out, "  tried against \"");
    append_visible_line(out, outcome->selection_value);
    buffer_append_string(out, "\"\n");
  }
  for (size_t i = 0; i < outcome->trace_count; i++) trace_print(&report->options, &outcome->trace[i], out);
}

/* The template with the line numbers of the file it stands in. */
static void explain_template(Report *report, const Outcome *outcome) {
  const TemplateEntry *entry = outcome->template_entry;
  Buffer *out = report->out;
  if (entry == NULL || entry->source.text.length == 0) return;
  title(report, "response template");
  buffer_append_string(out, "  ");
  append_visible_line(out, entry->content_type);
  print_place(out, entry->source.place);
  buffer_append_char(out, '\n');
  Text source = entry->source.text;
  for (size_t at = 0; at < source.length;) {
    size_t end = text_find_char(source, '\n', at);
    if (end == TEXT_NOT_FOUND) end = source.length;
    buffer_print(out, "  %5u  ", source_text_place(&entry->source, at).line);
    append_visible_line(out, text_slice(source, at, end));
    buffer_append_char(out, '\n');
    at = end + 1;
  }
}

static void explain_response(Report *report, const Outcome *outcome) {
  Buffer *out = report->out;
  if (outcome->response.status == 0) return;
  title(report, "response");
  buffer_print(out, "  %d", outcome->response.status);
  if (outcome->status_overridden) buffer_append_string(out, " (set by the template)");
  if (outcome->failure != GATEWAY_OK) buffer_print(out, " (%s)", gateway_failure_name(outcome->failure));
  if (outcome->reason.length > 0) {
    buffer_append_string(out, ": ");
    append_visible_line(out, outcome->reason);
    print_place(out, outcome->reason_place);
  }
  buffer_append_char(out, '\n');
  print_headers(out, &outcome->response.headers);
  print_body(out, outcome->response.body);
}

static void explain_verdict(Report *report, const Verdict *verdict) {
  Buffer *out = report->out;
  if (report->count++ > 0) buffer_append_char(out, '\n');
  Buffer heading = buffer_make(report->arena, 0);
  append_visible_line(&heading, verdict->name);
  title(report, buffer_string(&heading));
  buffer_append_string(out, "  ");
  verdict_print_place(verdict, out);
  if (verdict->operation.data != NULL) {
    buffer_append_string(out, " · ");
    append_visible_line(out, verdict->operation);
  }
  buffer_append_char(out, '\n');
  explain_request(report, verdict);
  explain_backend(report, verdict);
  explain_log(report, &verdict->outcome);
  explain_rules(report, &verdict->outcome);
  explain_template(report, &verdict->outcome);
  explain_response(report, &verdict->outcome);
  title(report, "verdict");
  buffer_print(out, "  %s\n", verdict_kind_name(verdict->kind));
  Buffer differences = buffer_make(report->arena, 0);
  differences_print(verdict, &differences);
  print_body(out, buffer_text(&differences));
}

static void explain_finish(Report *report, const ReplayTotals *totals) {
  (void)report;
  (void)totals;
}

const ReportFormat report_explanation = {"explanation", "the mapping step by step", report_new,
                                         explain_verdict, explain_finish};
