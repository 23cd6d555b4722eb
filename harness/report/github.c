/* Workflow commands: GitHub shows each failing case as an annotation at its line and at that of the rule that
 * decided it. */
#include "harness/report/parts.h"

/* At the rule that decided, in the definition: what to look at there. */
static void annotate_rule(Report *report, const Verdict *verdict) {
  const IntegrationResponse *rule = verdict->outcome.rule;
  if (rule == NULL || rule->place.file == NULL || rule->place.line == 0) return;
  Buffer *out = report->out;
  Buffer message = buffer_make(NULL, 0);
  buffer_append_string(&message, rule->is_default ? "the default" : "\"");
  if (!rule->is_default) append_cut(&message, rule->selection_pattern.text, 400);
  buffer_append_string(&message, rule->is_default ? " gives " : "\" gives ");
  append_cut(&message, rule->status_code, 40);
  buffer_append_string(out, "::notice file=");
  append_workflow_property(out, text_from(rule->place.file));
  buffer_print(out, ",line=%u,title=decided ", rule->place.line);
  append_workflow_property(out, verdict->name);
  buffer_append_string(out, "::");
  append_workflow_message(out, buffer_text(&message));
  buffer_append_char(out, '\n');
  buffer_free(&message);
}

static void github_verdict(Report *report, const Verdict *verdict) {
  if (!verdict_fails(verdict)) return;
  Buffer *out = report->out;
  Buffer message = buffer_make(NULL, 0);
  differences_print(verdict, &message);
  buffer_append_string(out, "::error file=");
  append_workflow_property(out, text_from(verdict->spec));
  if (verdict->place.line > 0) buffer_print(out, ",line=%u", verdict->place.line);
  buffer_append_string(out, ",title=");
  append_workflow_property(out, verdict->name);
  buffer_append_string(out, "::");
  append_workflow_message(out, text_trim(buffer_text(&message)));
  buffer_append_char(out, '\n');
  buffer_free(&message);
  annotate_rule(report, verdict);
}

static void github_finish(Report *report, const ReplayTotals *totals) {
  bool failed = totals->different + totals->unapproved + totals->broken > 0;
  Buffer message = buffer_make(NULL, 0);
  totals_print(totals, &message);
  buffer_append_string(report->out, failed ? "::error title=statusquo::" : "::notice title=statusquo::");
  append_workflow_message(report->out, buffer_text(&message));
  buffer_append_char(report->out, '\n');
  buffer_free(&message);
}

const ReportFormat report_github = {"github", "annotations of a GitHub workflow", report_new, github_verdict,
                                    github_finish};
