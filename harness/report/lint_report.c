/* The formats of lint, and what they share. */
#include "harness/report/lint_report.h"

#include "harness/report/lint_parts.h"
#include "harness/report/parts.h"

static const LintFormat formats[] = {
    {"terminal", "for a person (default)", lint_write_terminal},
    {"json", "one document", lint_write_json},
    {"ndjson", "one finding a line", lint_write_ndjson},
    {"junit", "JUnit XML, a suite a file", lint_write_junit},
    {"tap", "Test Anything Protocol 14", lint_write_tap},
    {"markdown", "for a pull request or a job summary", lint_write_markdown},
    {"github", "annotations of a GitHub workflow", lint_write_github},
    {"sarif", "SARIF 2.1.0 for code scanning", lint_write_sarif},
};

const LintFormat *lint_format(Text name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (text_is(name, formats[i].name)) return &formats[i];
  return NULL;
}

size_t lint_formats(const LintFormat **out) {
  *out = formats;
  return sizeof formats / sizeof *formats;
}

bool lint_run_fails(const LintRun *run) {
  for (size_t i = 0; i < run->count; i++) {
    if (run->results[i].definition == NULL) return true;
    for (size_t j = 0; j < run->results[i].findings.count; j++)
      if (run->results[i].findings.items[j].rule->severity >= run->fail_on) return true;
  }
  return false;
}

Text finding_file(const LintResult *result, const Finding *finding) {
  return text_from(finding->place.file != NULL ? finding->place.file : result->file);
}

void print_finding_place(const LintResult *result, const Finding *finding, Buffer *out) {
  append_visible_line(out, finding_file(result, finding));
  if (finding->place.line > 0) buffer_print(out, ":%u:%u", finding->place.line, finding->place.column);
}

/* How often the same was said of this operation before; the findings of one stand together. */
static size_t earlier_ones(const Findings *findings, size_t index) {
  const Finding *finding = &findings->items[index];
  size_t count = 0;
  for (size_t i = index; i > 0 && text_equal(findings->items[i - 1].operation, finding->operation); i--)
    if (findings->items[i - 1].rule == finding->rule &&
        text_equal(findings->items[i - 1].message, finding->message))
      count++;
  return count;
}

void print_finding_name(const LintResult *result, size_t index, Buffer *out) {
  const Finding *finding = &result->findings.items[index];
  size_t earlier = earlier_ones(&result->findings, index);
  if (finding->operation.data != NULL) {
    append_visible_line(out, finding->operation);
    buffer_append_string(out, ": ");
  }
  append_visible_line(out, finding->message);
  buffer_print(out, " [%s]", finding->rule->id);
  if (earlier > 0) buffer_print(out, " (%zu)", earlier + 1);
}

void print_lint_counts(const LintRun *run, Buffer *out) {
  size_t totals[LINT_ERROR + 1] = {0};
  size_t ignored = 0;
  for (size_t i = 0; i < run->count; i++) {
    ignored += run->results[i].ignored;
    for (size_t j = 0; j < run->results[i].findings.count; j++)
      totals[run->results[i].findings.items[j].rule->severity]++;
  }
  for (int severity = LINT_ERROR; severity >= LINT_NOTE; severity--)
    buffer_print(out, "%s%zu %s%s", severity == LINT_ERROR ? "" : ", ", totals[severity],
                 lint_severity_name((LintSeverity)severity), totals[severity] == 1 ? "" : "s");
  if (ignored > 0) buffer_print(out, ", %zu ignored", ignored);
}
