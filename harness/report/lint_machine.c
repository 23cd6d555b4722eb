/* For programs: one document, one finding a line, code scanning, annotations. */
#include "harness/report/lint_parts.h"
#include "harness/report/parts.h"
#include "harness/report/sarif.h"

void finding_write(const LintResult *result, const Finding *finding, Buffer *out) {
  buffer_print(out, "{\"rule\":\"%s\",\"severity\":\"%s\",\"file\":", finding->rule->id,
               lint_severity_name(finding->rule->severity));
  json_write_text(out, finding_file(result, finding));
  buffer_print(out, ",\"line\":%u,\"column\":%u,\"operation\":", finding->place.line, finding->place.column);
  if (finding->operation.data != NULL)
    json_write_text(out, finding->operation);
  else
    buffer_append_string(out, "null");
  buffer_append_string(out, ",\"message\":");
  json_write_text(out, finding->message);
  buffer_append_char(out, '}');
}

void lint_write_json(const LintRun *run, Buffer *out) {
  const char *separator = "";
  buffer_append_string(out, "{\"schema\":1,\"findings\":[");
  for (size_t i = 0; i < run->count; i++) {
    for (size_t j = 0; j < run->results[i].findings.count; j++) {
      buffer_print(out, "%s\n", separator);
      finding_write(&run->results[i], &run->results[i].findings.items[j], out);
      separator = ",";
    }
  }
  buffer_append_string(out, "\n]}\n");
}

void lint_write_ndjson(const LintRun *run, Buffer *out) {
  for (size_t i = 0; i < run->count; i++) {
    for (size_t j = 0; j < run->results[i].findings.count; j++) {
      finding_write(&run->results[i], &run->results[i].findings.items[j], out);
      buffer_append_char(out, '\n');
    }
  }
}

static void write_sarif_result(const LintResult *result, size_t index, bool first, Buffer *out) {
  const Finding *finding = &result->findings.items[index];
  Buffer name = buffer_make(NULL, 0);
  print_finding_name(result, index, &name);
  const SarifResult found = {.rule = finding->rule->id,
                             .rule_index = (size_t)(finding->rule - lint_rules),
                             .level = lint_severity_name(finding->rule->severity),
                             .message = finding->message,
                             .file = finding_file(result, finding),
                             .line = finding->place.line,
                             .column = finding->place.column,
                             .fingerprint = buffer_text(&name)};
  sarif_result(&found, first, out);
  buffer_free(&name);
}

void lint_write_sarif(const LintRun *run, Buffer *out) {
  bool first = true;
  sarif_open(out);
  for (size_t i = 0; i < LINT_RULE_COUNT; i++) {
    const SarifRule rule = {lint_rules[i].id, lint_rules[i].title, lint_rules[i].why,
                            lint_severity_name(lint_rules[i].severity)};
    sarif_rule(&rule, i == 0, out);
  }
  sarif_open_results(out);
  for (size_t i = 0; i < run->count; i++) {
    for (size_t j = 0; j < run->results[i].findings.count; j++) {
      write_sarif_result(&run->results[i], j, first, out);
      first = false;
    }
  }
  sarif_close(out);
}

static void write_annotation(const LintResult *result, const Finding *finding, Buffer *out) {
  static const char *const commands[] = {"notice", "warning", "error"};
  buffer_print(out, "::%s title=%s,file=", commands[finding->rule->severity], finding->rule->id);
  append_workflow_property(out, finding_file(result, finding));
  if (finding->place.line > 0)
    buffer_print(out, ",line=%u,col=%u", finding->place.line, finding->place.column);
  buffer_append_string(out, "::");
  append_workflow_message(out, finding->message);
  buffer_append_char(out, '\n');
}

void lint_write_github(const LintRun *run, Buffer *out) {
  for (size_t i = 0; i < run->count; i++)
    for (size_t j = 0; j < run->results[i].findings.count; j++)
      write_annotation(&run->results[i], &run->results[i].findings.items[j], out);
}
