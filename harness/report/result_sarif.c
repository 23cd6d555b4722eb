/* SARIF: a result a verdict that fails, at its line of the spec, with the lines of the definition that
 * decided beside it. */
#include "harness/report/parts.h"
#include "harness/report/sarif.h"

enum { NOT_APPROVED = 3, RELATED_MOST = 3 };

static Report *sarif_report_open(const ReportOptions *options, Buffer *out, Arena *arena) {
  static const SarifRule not_approved = {"not-approved", "Nothing is approved for a recorded exchange yet",
                                         NULL, "error"};
  sarif_open(out);
  sarif_severity_rules(out);
  sarif_rule(&not_approved, false, out);
  sarif_open_results(out);
  return report_new(options, out, arena);
}

/* "\"4\\d{3}\" gives 400" */
static void print_rule(const IntegrationResponse *rule, Buffer *out) {
  buffer_append_string(out, rule->is_default ? "the default" : "\"");
  if (!rule->is_default) append_cut(out, rule->selection_pattern.text, 400);
  buffer_append_string(out, rule->is_default ? " gives " : "\" gives ");
  append_cut(out, rule->status_code, 40);
}

static void add_place(SarifPlace *places, size_t *count, Place place, Text message) {
  if (place.file == NULL || place.line == 0) return;
  places[(*count)++] = (SarifPlace){text_from(place.file), place.line, place.column, message};
}

static size_t related_places(const Outcome *outcome, Buffer *words, SarifPlace places[RELATED_MOST]) {
  size_t count = 0;
  if (outcome->rule != NULL) {
    print_rule(outcome->rule, words);
    add_place(places, &count, outcome->rule->place, buffer_text(words));
  }
  if (outcome->template_entry != NULL)
    add_place(places, &count, outcome->template_entry->source.place, TEXT("the template"));
  if (outcome->reason.length > 0) add_place(places, &count, outcome->reason_place, outcome->reason);
  return count;
}

static void sarif_verdict(Report *report, const Verdict *verdict) {
  if (!verdict_fails(verdict)) return;
  SarifPlace related[RELATED_MOST];
  Severity severity = differences_severity(&verdict->differences);
  bool differs = verdict->differences.count > 0;
  Buffer message = buffer_make(NULL, 0), rule = buffer_make(NULL, 0), identity = buffer_make(NULL, 0);
  append_cut(&message, verdict->name, 400);
  buffer_append_char(&message, '\n');
  differences_print(verdict, &message);
  buffer_append(&identity, verdict->name);
  if (verdict->exchange_id.data != NULL) buffer_print(&identity, " %.*s", TEXT_ARGS(verdict->exchange_id));
  const char *file = verdict->place.file != NULL ? verdict->place.file : verdict->spec;
  const SarifResult result = {.rule = differs ? severity_name(severity) : "not-approved",
                              .rule_index = differs ? sarif_severity_rule(severity) : NOT_APPROVED,
                              .level = differs ? sarif_level(severity) : "error",
                              .message = text_trim(buffer_text(&message)),
                              .file = text_from(file),
                              .line = verdict->place.line,
                              .column = verdict->place.column,
                              .related = related,
                              .related_count = related_places(&verdict->outcome, &rule, related),
                              .fingerprint = buffer_text(&identity)};
  sarif_result(&result, report->count++ == 0, report->out);
  buffer_free(&message);
  buffer_free(&rule);
  buffer_free(&identity);
}

static void sarif_finish(Report *report, const ReplayTotals *totals) {
  (void)totals;
  sarif_close(report->out);
}

const ReportFormat report_sarif = {"sarif", "SARIF 2.1.0 for code scanning", sarif_report_open, sarif_verdict,
                                   sarif_finish};
