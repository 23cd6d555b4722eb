/* What lint found, written for a person or a machine. A format is one function and a line in lint_report.c.
 * Everything that comes from definitions is hostile and escaped. */
#ifndef STATUSQUO_REPORT_LINT_REPORT_H
#define STATUSQUO_REPORT_LINT_REPORT_H

#include "harness/lint/lint.h"

/* One file's findings and what was counted in it. */
typedef struct LintResult {
  const char *file;
  const Definition *definition; /* NULL: it couldn't be loaded */
  Findings findings;
  size_t ignored; /* findings taken out by the ignore list */
} LintResult;

typedef struct LintRun {
  const LintResult *results;
  size_t count;
  LintSeverity fail_on; /* findings from here on fail */
  bool color;
} LintRun;

typedef struct LintFormat {
  const char *name;
  const char *summary; /* for --help */
  void (*write)(const LintRun *run, Buffer *out);
} LintFormat;

/* NULL when there is no such format. */
const LintFormat *lint_format(Text name);
size_t lint_formats(const LintFormat **out);
/* Does the run fail: a file that can't be loaded, or a finding of that severity? */
bool lint_run_fails(const LintRun *run);

/* Operations, rules and templates of each file, and what couldn't be resolved. */
void lint_write_summary(const LintResult *results, size_t count, Buffer *out);
/* Every rule with its reason and examples: for a terminal, or as a Markdown table for the documentation. */
void lint_write_rules(bool markdown, Buffer *out);

#endif
