/* What the formats of lint share. */
#ifndef STATUSQUO_REPORT_LINT_PARTS_H
#define STATUSQUO_REPORT_LINT_PARTS_H

#include "harness/report/lint_report.h"

/* The file that a finding stands in. */
Text finding_file(const LintResult *result, const Finding *finding);
/* "api.yaml:12:5", as far as it is known. */
void print_finding_place(const LintResult *result, const Finding *finding, Buffer *out);
/* "GET /pets: the message [rule]"; the same text again in one operation gets a number, so that names differ.
 */
void print_finding_name(const LintResult *result, size_t index, Buffer *out);
/* "1 error, 2 warnings, 0 notes, 1 ignored" */
void print_lint_counts(const LintRun *run, Buffer *out);
/* One finding as a JSON object, without a newline. */
void finding_write(const LintResult *result, const Finding *finding, Buffer *out);

void lint_write_terminal(const LintRun *run, Buffer *out);
void lint_write_json(const LintRun *run, Buffer *out);
void lint_write_ndjson(const LintRun *run, Buffer *out);
void lint_write_sarif(const LintRun *run, Buffer *out);
void lint_write_github(const LintRun *run, Buffer *out);
void lint_write_junit(const LintRun *run, Buffer *out);
void lint_write_tap(const LintRun *run, Buffer *out);
void lint_write_markdown(const LintRun *run, Buffer *out);

#endif
