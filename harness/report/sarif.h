/* SARIF 2.1.0, as code scanning reads it: what the reports of replay, compare and lint have in common. In
 * order: sarif_open, a sarif_rule each, sarif_open_results, a sarif_result each, sarif_close. */
#ifndef STATUSQUO_REPORT_SARIF_H
#define STATUSQUO_REPORT_SARIF_H

#include "harness/diff/diff.h"

typedef struct SarifRule {
  const char *id;
  const char *title;
  const char *why; /* NULL: the title says it */
  const char *level;
} SarifRule;

/* Beside the result's own place: what else to look at. */
typedef struct SarifPlace {
  Text file;
  uint32_t line, column; /* 0: unknown */
  Text message;
} SarifPlace;

typedef struct SarifResult {
  const char *rule; /* its id, and which one it was */
  size_t rule_index;
  const char *level;
  Text message;
  Text file;             /* length 0: it stands nowhere */
  uint32_t line, column; /* 0: unknown */
  const SarifPlace *related;
  size_t related_count;
  Text fingerprint; /* the same from run to run; data NULL: none */
  Text accepted;    /* why it is accepted; data NULL: it isn't */
} SarifResult;

void sarif_open(Buffer *out);
void sarif_rule(const SarifRule *rule, bool first, Buffer *out);
/* A rule a severity, the worst first: 0, 1 and 2. */
void sarif_severity_rules(Buffer *out);
size_t sarif_severity_rule(Severity severity);
/* "error", "warning" or "note" */
const char *sarif_level(Severity severity);
void sarif_open_results(Buffer *out);
void sarif_result(const SarifResult *result, bool first, Buffer *out);
void sarif_close(Buffer *out);

#endif
