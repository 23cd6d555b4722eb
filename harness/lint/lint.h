/* Lint: what the gateway would refuse at deployment or fail at run time, and what is surely a mistake in a
 * mapping. Offline; rule ids are stable. Rules stand in rules.inc, with the reason and examples that `lint
 * --list` prints. */
#ifndef STATUSQUO_LINT_LINT_H
#define STATUSQUO_LINT_LINT_H

#include "harness/mapping/mapping.h"

typedef enum LintSeverity { LINT_NOTE, LINT_WARNING, LINT_ERROR } LintSeverity;
const char *lint_severity_name(LintSeverity severity);
bool lint_severity_read(Text name, LintSeverity *out);

typedef enum LintRuleNumber {
#define LINT_RULE(number, id, severity, title, why, bad, good) LINT_##number,
#include "harness/lint/rules.inc"
#undef LINT_RULE
  LINT_RULE_COUNT
} LintRuleNumber;

typedef struct LintRule {
  const char *id;
  LintSeverity severity;
  const char *title;
  const char *why;
  const char *bad;  /* an example that triggers it */
  const char *good; /* the same, mended */
} LintRule;

extern const LintRule lint_rules[LINT_RULE_COUNT];
/* NULL when there is no such id. */
const LintRule *lint_rule(Text id);

typedef struct Finding {
  const LintRule *rule;
  Text operation; /* "GET /pets"; data NULL: the whole definition */
  Place place;
  Text message;
} Finding;

typedef struct Findings {
  Arena *arena;
  Finding *items;
  size_t count;
  size_t capacity;
} Findings;

/* Everything found, in the order of the file. `exchanges` (may be NULL) are recorded ones, for rules that
 * need real bodies; those of other operations are passed over. */
void lint_definition(const Definition *definition, const Exchange *exchanges, size_t exchange_count,
                     Arena *arena, Findings *out);

#endif
