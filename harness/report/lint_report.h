/* What lint found, written for a terminal, a program (json), code scanning (sarif) or a pull request
 * (github). */
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

typedef void (*LintWriter)(const LintResult *results, size_t count, bool color, Arena *arena, Buffer *out);
/* terminal, json, sarif, github; NULL when there is no such format. */
LintWriter lint_writer(Text format);
extern const char *const lint_format_names[];
enum { LINT_FORMATS = 4 };

/* Operations, rules and templates of each file, and what couldn't be resolved. */
void lint_write_summary(const LintResult *results, size_t count, Buffer *out);
/* Every rule with its reason and examples: for a terminal, or as a Markdown table for the documentation. */
void lint_write_rules(bool markdown, Buffer *out);

#endif
