/* One self-contained page: what differs, open; everything else, folded. No script, nothing loaded from
 * elsewhere. */
#include "harness/report/parts.h"

static const char *const style =
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}"
    "code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:#f5f5f5;padding:.7em;overflow:auto}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25em .7em;border-bottom:1px "
    "solid "
    "#ddd;vertical-align:top;word-break:break-word}summary{cursor:pointer;padding:.3em 0}"
    ".different,.breaking{color:#b00020}.same,.compatible{color:#1b7a2f}.new,.unmapped,.risky{color:#9a6700}"
    "small{color:#666}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}pre{background:#222}"
    "td,th{border-color:#333}}";

static void write_differences(Buffer *out, const Verdict *verdict) {
  if (verdict->differences.count == 0) return;
  buffer_append_string(out, "<table><tr><th>at</th><th>difference</th><th>severity</th></tr>\n");
  Buffer text = buffer_make(NULL, 0);
  for (size_t i = 0; i < verdict->differences.count; i++) {
    const Difference *difference = &verdict->differences.items[i];
    const char *severity = severity_name(difference->severity);
    buffer_append_string(out, "<tr><td><code>");
    append_xml(out, difference->at);
    buffer_append_string(out, "</code></td><td>");
    buffer_clear(&text);
    difference_print(difference, 2000, &text);
    append_xml(out, buffer_text(&text));
    buffer_print(out, "</td><td class=\"%s\">%s</td></tr>\n", severity, severity);
  }
  buffer_append_string(out, "</table>\n");
  buffer_free(&text);
}

static void write_body(Buffer *out, const char *title, Text body) {
  enum { SHOWN = 20000 };
  if (body.length == 0) return;
  Buffer text = buffer_make(NULL, 0);
  append_visible(&text, text_slice(body, 0, SHOWN));
  if (body.length > SHOWN) buffer_print(&text, "… (%zu bytes)", body.length);
  buffer_print(out, "<small>%s</small><pre>", title);
  append_xml(out, buffer_text(&text));
  buffer_append_string(out, "</pre>\n");
  buffer_free(&text);
}

static void write_rules(Buffer *out, const Outcome *outcome) {
  for (size_t i = 0; i < outcome->trace_count; i++) {
    const RuleTrace *trace = &outcome->trace[i];
    bool chosen = trace->verdict == RULE_CHOSEN || trace->verdict == RULE_CHOSEN_DEFAULT;
    buffer_append_string(out, chosen ? "<div>→ <b><code>" : "<div><code>");
    append_xml(out, trace->rule->is_default ? TEXT("default") : trace->rule->selection_pattern.text);
    buffer_append_string(out, chosen ? "</code></b> gives " : "</code> gives ");
    append_xml(out, trace->rule->status_code);
    if (trace->rule->place.file != NULL) {
      buffer_append_string(out, " <small>");
      append_xml(out, text_from(trace->rule->place.file));
      buffer_print(out, ":%u</small>", trace->rule->place.line);
    }
    buffer_append_char(out, ' ');
    append_xml(out, trace->why);
    buffer_append_string(out, "</div>\n");
  }
}

static void html_verdict(Report *report, const Verdict *verdict) {
  Buffer *out = &report->held;
  const char *kind = verdict_kind_name(verdict->kind);
  bool same = verdict->kind == VERDICT_SAME;
  buffer_print(out, "<details%s><summary><span class=\"%s\">%s</span> ",
               verdict_fails(verdict) ? " open" : "", kind, kind);
  append_xml(out, verdict->name);
  buffer_append_string(out, " <small>");
  Buffer place = buffer_make(NULL, 0);
  verdict_print_place(verdict, &place);
  append_xml(out, buffer_text(&place));
  buffer_free(&place);
  buffer_append_string(out, " · ");
  append_xml(out, verdict->operation);
  buffer_append_string(out, "</small></summary>\n");
  write_differences(out, verdict);
  if (!same) write_rules(out, &verdict->outcome);
  if (!same && verdict->backend != NULL) write_body(out, "what the backend answered", verdict->backend->body);
  if (!same) write_body(out, "what the client gets", verdict->outcome.response.body);
  buffer_append_string(out, "</details>\n");
}

static void html_finish(Report *report, const ReplayTotals *totals) {
  Buffer *out = report->out;
  Buffer text = buffer_make(NULL, 0);
  totals_print(totals, &text);
  buffer_print(out,
               "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>statusquo</title>\n"
               "<style>%s</style>\n<h1>statusquo</h1>\n<p>",
               style);
  append_xml(out, buffer_text(&text));
  buffer_append_string(out, "</p>\n");
  buffer_append(out, buffer_text(&report->held));
  buffer_append_string(out, "</html>\n");
  buffer_free(&text);
}

const ReportFormat report_html = {"html", "one self-contained page", report_new, html_verdict, html_finish};
