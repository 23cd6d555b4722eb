/* The commands of the verb recordings. Each reads its own arguments; argv[0] is the command. */
#ifndef STATUSQUO_CLI_RECORDINGS_H
#define STATUSQUO_CLI_RECORDINGS_H

#include "harness/cli/options.h"
#include "harness/record/record.h"
#include "store/store.h"

int recordings_list(int argc, char **argv);
int recordings_show(int argc, char **argv);
int recordings_verify(int argc, char **argv);
int recordings_merge(int argc, char **argv);
int recordings_prune(int argc, char **argv);
int recordings_redact(int argc, char **argv);
int recordings_audit(int argc, char **argv);

/* Every recording that was named, as an operand or with --recordings; false: a usage error was printed. */
bool recordings_named(const Usage *usage, const OptionList *given, const OptionList *operands, Arena *arena,
                      OptionList *out, int *status);

/* ---- redaction.c: what --rule, --redact and --detect say ---- */

typedef struct RuleList {
  RedactionRule *items;
  size_t count;
} RuleList;

/* rule = "header" name / "query" name / JSONPath */
bool redaction_rules_add(RuleList *rules, const char *text, Arena *arena, Fault *fault);
/* detectors = name *( "," name ) */
bool redaction_detectors_add(RuleList *rules, const char *text, Arena *arena, Fault *fault);

/* exchange_print.c: an exchange as people read HTTP, control characters visible. */
void exchange_print(const Exchange *exchange, Buffer *out);
/* "404", "failure timeout", "lambda Unhandled", … */
Text answer_summary(const BackendAnswer *answer, Arena *arena);

#endif
