/* One verdict on the page: what differs, the bodies side by side, what the backend answered, how it was
 * mapped (rules, template lines, places), what the client gets, and the line to run just this one. */
#include "harness/report/html.h"

#include <string.h>

enum {
  DIFFERENCES_SHOWN = 30,
  VALUE_SHOWN = 400,
  NAME_SHOWN = 300,
  HEADERS_SHOWN = 40,
  RULES_SHOWN = 40,
  TEMPLATE_LINES_SHOWN = 60,
  TEXT_SHOWN = 500,
};

static void write_place(Buffer *out, Place place) {
  if (place.file == NULL) return;
  buffer_append_string(out, " <span class=\"place\">");
  html_write_text(out, text_from(place.file), 0);
  if (place.line > 0) buffer_print(out, ":%u", place.line);
  buffer_append_string(out, "</span>");
}

static void open_part(Buffer *out, const char *title) {
  buffer_print(out, "<section><h4>%s</h4>\n", title);
}

static void close_part(Buffer *out) {
  buffer_append_string(out, "</section>\n");
}

/* ---- the head ---- */

static void write_head(Buffer *out, const Verdict *verdict, HtmlClass class) {
  buffer_print(out, "<summary><span class=\"badge\">%s</span> <span class=\"name\">", html_class_word(class));
  html_write_text(out, verdict->name, NAME_SHOWN);
  buffer_append_string(out, "</span> <span class=\"place\">");
  Buffer place = buffer_make(NULL, 0);
  verdict_print_place(verdict, &place);
  html_write_text(out, buffer_text(&place), NAME_SHOWN);
  buffer_free(&place);
  buffer_append_string(out, "</span></summary>\n");
}

/* ---- what differs ---- */

static void write_value(Buffer *out, Text value, const char *element) {
  if (value.data == NULL) {
    buffer_append_string(out, "<td class=\"none\">nothing</td>");
    return;
  }
  buffer_print(out, "<td><%s>", element);
  html_write_text(out, value, VALUE_SHOWN);
  buffer_print(out, "</%s></td>", element);
}

static void write_difference(Buffer *out, const Difference *difference) {
  const char *severity = severity_name(difference->severity);
  buffer_append_string(out, "<tr><th scope=\"row\"><code>");
  html_write_text(out, difference->at, VALUE_SHOWN);
  buffer_append_string(out, "</code></th>");
  if (difference->message.data != NULL && difference->expected.data == NULL) {
    buffer_append_string(out, "<td>");
    html_write_text(out, difference->message, VALUE_SHOWN);
    buffer_append_string(out, "</td>");
  } else {
    write_value(out, difference->expected, "del");
  }
  write_value(out, difference->actual, "ins");
  buffer_print(out, "<td class=\"%s\">%s</td></tr>\n", severity, severity);
}

static void write_differences(Buffer *out, const Verdict *verdict) {
  size_t count = verdict->differences.count;
  if (count == 0) return;
  buffer_append_string(out,
                       "<div class=\"wide\"><table class=\"differences\"><thead><tr><th scope=\"col\">at</th>"
                       "<th scope=\"col\">expected</th><th scope=\"col\">actual</th>"
                       "<th scope=\"col\">severity</th></tr></thead><tbody>\n");
  for (size_t i = 0; i < count && i < DIFFERENCES_SHOWN; i++)
    write_difference(out, &verdict->differences.items[i]);
  buffer_append_string(out, "</tbody></table></div>\n");
  if (count > DIFFERENCES_SHOWN)
    buffer_print(out, "<p class=\"more\">… and %zu more differences</p>\n", count - DIFFERENCES_SHOWN);
}

static bool bodies_differ(const Verdict *verdict) {
  Text expected = verdict->expected.body, actual = verdict->outcome.response.body;
  return verdict->has_expected && expected.length > 0 && actual.length > 0 && !text_equal(expected, actual);
}

/* ---- request and answer ---- */

static void write_headers(Buffer *out, const Headers *headers) {
  if (headers->count == 0) return;
  buffer_append_string(out, "<ul class=\"headers\">\n");
  for (size_t i = 0; i < headers->count && i < HEADERS_SHOWN; i++) {
    buffer_append_string(out, "<li><b>");
    html_write_text(out, headers->items[i].name, VALUE_SHOWN);
    buffer_append_string(out, "</b>: ");
    html_write_text(out, headers->items[i].value, VALUE_SHOWN);
    buffer_append_string(out, "</li>\n");
  }
  buffer_append_string(out, "</ul>\n");
  if (headers->count > HEADERS_SHOWN)
    buffer_print(out, "<p class=\"more\">… and %zu more headers</p>\n", headers->count - HEADERS_SHOWN);
}

static void write_request(Buffer *out, const Request *request) {
  if (request == NULL) return;
  open_part(out, "The request");
  Arena *arena = arena_new(0);
  buffer_append_string(out, "<p><code>");
  html_write_text(out, request->method, VALUE_SHOWN);
  buffer_append_char(out, ' ');
  html_write_text(out, request_target(request, arena), TEXT_SHOWN);
  buffer_append_string(out, "</code></p>\n");
  arena_free(arena);
  write_headers(out, &request->headers);
  if (request->body.length > 0) html_write_body(request->body, out);
  close_part(out);
}

static void write_backend(Buffer *out, const Verdict *verdict) {
  const BackendAnswer *answer = verdict->backend;
  if (answer == NULL || answer->kind == BACKEND_NONE) return;
  open_part(out, "What the backend answered");
  buffer_append_string(out, "<p>");
  switch (answer->kind) {
  case BACKEND_NONE: break;
  case BACKEND_HTTP: buffer_print(out, "<code>%d</code>", answer->status); break;
  case BACKEND_FAILURE: buffer_print(out, "nothing: %s", failure_reason_name(answer->reason)); break;
  case BACKEND_LAMBDA:
    buffer_append_string(out, answer->function_error.data != NULL ? "the function raised: "
                                                                  : "the function returned");
    html_write_text(out, answer->function_error, VALUE_SHOWN);
    break;
  }
  if (verdict->exchange != NULL) {
    buffer_append_string(out, " <span class=\"place\">recorded ");
    html_write_text(out, verdict->exchange->recorded_at, 40);
    buffer_append_string(out, "</span>");
  }
  buffer_append_string(out, "</p>\n");
  write_headers(out, &answer->headers);
  if (answer->body.length > 0) html_write_body(answer->body, out);
  close_part(out);
}

/* ---- how it was mapped ---- */

static void write_rule(Buffer *out, const RuleTrace *trace) {
  const IntegrationResponse *rule = trace->rule;
  bool chosen = trace->verdict == RULE_CHOSEN || trace->verdict == RULE_CHOSEN_DEFAULT;
  buffer_append_string(out, chosen ? "<li class=\"chosen\"><code>" : "<li><code>");
  html_write_text(out, rule->is_default ? TEXT("default") : rule->selection_pattern.text, VALUE_SHOWN);
  buffer_append_string(out, "</code> gives <b>");
  html_write_text(out, rule->status_code, VALUE_SHOWN);
  buffer_append_string(out, "</b>");
  write_place(out, rule->place);
  buffer_print(out, " <span class=\"why\">%s", rule_verdict_words(trace->verdict));
  if (trace->why.length > 0) buffer_append_string(out, ": ");
  html_write_text(out, trace->why, TEXT_SHOWN);
  buffer_append_string(out, "</span></li>\n");
}

static void write_rules(Buffer *out, const Outcome *outcome) {
  if (outcome->selection_value.data != NULL && outcome->trace_count > 0) {
    buffer_append_string(out, "<p>patterns are tried against <code>");
    html_write_text(out, outcome->selection_value, VALUE_SHOWN);
    buffer_append_string(out, "</code></p>\n");
  }
  if (outcome->trace_count == 0) return;
  buffer_append_string(out, "<ol class=\"rules\">\n");
  for (size_t i = 0; i < outcome->trace_count && i < RULES_SHOWN; i++) write_rule(out, &outcome->trace[i]);
  buffer_append_string(out, "</ol>\n");
  if (outcome->trace_count > RULES_SHOWN)
    buffer_print(out, "<p class=\"more\">… and %zu more rules</p>\n", outcome->trace_count - RULES_SHOWN);
}

/* Of a template read back from a result only its first line's number is known; 0: none is. */
static uint32_t template_line(const SourceText *source, size_t at, size_t lines) {
  if (source->node != NULL || source->piece_count > 0) return source_text_place(source, at).line;
  return source->place.column > 0 ? source->place.line + (uint32_t)lines : 0;
}

/* With the line numbers of the file it stands in; the line that failed is marked. */
static void write_template(Buffer *out, const Outcome *outcome) {
  const TemplateEntry *entry = outcome->template_entry;
  if (entry == NULL) return;
  buffer_append_string(out, "<p>template <code>");
  html_write_text(out, entry->content_type, VALUE_SHOWN);
  buffer_append_string(out, "</code>");
  write_place(out, entry->source.place);
  buffer_append_string(out, "</p>\n");
  Text source = entry->source.text;
  if (source.length == 0) return;
  buffer_append_string(out, "<pre class=\"template\" tabindex=\"0\">");
  size_t at = 0;
  for (size_t lines = 0; at < source.length && lines < TEMPLATE_LINES_SHOWN; lines++) {
    size_t end = text_find_char(source, '\n', at);
    if (end == TEXT_NOT_FOUND) end = source.length;
    uint32_t line = template_line(&entry->source, at, lines);
    bool failed = outcome->failure != GATEWAY_OK && line > 0 && outcome->reason_place.line == line;
    if (failed) buffer_append_string(out, "<mark>");
    if (line > 0) buffer_print(out, "<i>%5u</i>  ", line);
    html_write_text(out, text_slice(source, at, end), VALUE_SHOWN);
    buffer_append_string(out, failed ? "</mark>\n" : "\n");
    at = end + 1;
  }
  if (at < source.length) buffer_append_string(out, "<i>    …</i>\n");
  buffer_append_string(out, "</pre>\n");
}

static void write_failure(Buffer *out, const Outcome *outcome) {
  if (outcome->failure == GATEWAY_OK && outcome->reason.length == 0) return;
  buffer_print(out, "<p class=\"failure\">gateway: %s", gateway_failure_name(outcome->failure));
  if (outcome->reason.length > 0) buffer_append_string(out, ": ");
  html_write_text(out, outcome->reason, TEXT_SHOWN);
  write_place(out, outcome->reason_place);
  buffer_append_string(out, "</p>\n");
}

static void write_mapping(Buffer *out, const Outcome *outcome) {
  bool nothing = outcome->trace_count == 0 && outcome->template_entry == NULL &&
                 outcome->failure == GATEWAY_OK && outcome->reason.length == 0;
  if (nothing) return;
  open_part(out, "How it was mapped");
  write_rules(out, outcome);
  write_failure(out, outcome);
  write_template(out, outcome);
  close_part(out);
}

static void write_client(Buffer *out, const Verdict *verdict) {
  const Response *response = &verdict->outcome.response;
  if (verdict->kind == VERDICT_UNMAPPED || response->status == 0) return;
  open_part(out, "What the client gets");
  buffer_print(out, "<p><code>%d</code>%s</p>\n", response->status,
               verdict->outcome.status_overridden ? " set by the template" : "");
  write_headers(out, &response->headers);
  if (response->body.length > 0) html_write_body(response->body, out);
  close_part(out);
}

static void write_command(Buffer *out, const ReportOptions *options, const Verdict *verdict) {
  if (verdict->selector.data == NULL) return;
  Buffer command = buffer_make(NULL, 0);
  buffer_print(&command, "%s replay ", options->program);
  append_shell_word(&command, text_from(verdict->spec));
  if (options->repeated != NULL) buffer_print(&command, " %s", options->repeated);
  buffer_append_string(&command, " --filter ");
  append_shell_word(&command, verdict->selector);
  buffer_append_string(out, "<p class=\"command\"><code>");
  html_write_text(out, buffer_text(&command), 1000);
  buffer_append_string(out, "</code></p>\n");
  buffer_free(&command);
}

void html_write_verdict(const ReportOptions *options, const Verdict *verdict, size_t number, Buffer *out) {
  HtmlClass class = html_class_of(verdict);
  buffer_print(out, "<details class=\"verdict %s\" id=\"v%zu\">", html_class_name(class), number);
  write_head(out, verdict, class);
  write_differences(out, verdict);
  if (verdict->kind == VERDICT_DIFFERENT && bodies_differ(verdict))
    html_write_bodies(verdict->expected.body, verdict->outcome.response.body, out);
  if (class == HTML_UNAPPROVED || class == HTML_NEW)
    buffer_append_string(out, "<p>Nothing is approved for it yet.</p>\n");
  if (class == HTML_UNMAPPED) buffer_append_string(out, "<p>No operation matches its request.</p>\n");
  buffer_append_string(out, "<div class=\"parts\">\n");
  write_request(out, verdict->request);
  if (class != HTML_SAME) write_backend(out, verdict);
  write_mapping(out, &verdict->outcome);
  if (class != HTML_SAME) write_client(out, verdict);
  buffer_append_string(out, "</div>\n");
  if (verdict->kind == VERDICT_DIFFERENT) write_command(out, options, verdict);
  buffer_append_string(out, "</details>\n");
}
