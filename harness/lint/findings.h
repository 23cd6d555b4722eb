/* What the checks share: the operation being looked at, and how a finding is added. */
#ifndef STATUSQUO_LINT_FINDINGS_H
#define STATUSQUO_LINT_FINDINGS_H

#include "harness/lint/lint.h"

enum { FIRST_STATUS = 100, LAST_STATUS = 599, STATUS_COUNT = LAST_STATUS - FIRST_STATUS + 1 };

/* One operation with what several checks want to know of it, worked out once. */
typedef struct LintSubject {
  const Operation *operation;
  Text name;
  Mapping *mapping;
  bool selects;        /* AWS, HTTP or MOCK: has rules that count */
  bool selects_status; /* the patterns see a status */
  bool selects_error;  /* the patterns see a function's errorMessage */
  const IntegrationResponse *
      *rules; /* in the order in which they are tried: patterns by status, then the default */
  size_t rule_count;
  struct Pattern **patterns;     /* beside rules; NULL: the default, or invalid */
  bool (*matches)[STATUS_COUNT]; /* beside rules, when selects_status */
  Arena *arena;
  Findings *findings;
} LintSubject;

void finding_add(const LintSubject *subject, LintRuleNumber rule, Place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "400-403, 405": the statuses of a set, as ranges. */
Text status_ranges(const bool set[STATUS_COUNT], Arena *arena);
Place pattern_place(const IntegrationResponse *rule);

/* The checks, each in its own file. */
void check_responses(const LintSubject *subject);
void check_patterns(const LintSubject *subject);
void check_templates(const LintSubject *subject);
void check_recorded(const LintSubject *subject, const Exchange *exchanges, size_t count);

#endif
