/* --report FORMAT[=FILE], as often as wanted: every verdict goes to each. */
#ifndef STATUSQUO_CLI_REPORTS_H
#define STATUSQUO_CLI_REPORTS_H

#include "harness/cli/options.h"
#include "harness/report/report.h"

typedef struct Reports Reports;

typedef struct ReportsInput {
  const OptionList
      *wanted; /* the values of --report; the terminal report when none goes to standard output */
  bool verbose;
  const char *repeated; /* options that a line to re-run needs again; NULL: none */
  const char *history;  /* the value of --history; NULL: none */
} ReportsInput;

bool reports_open(const ReportsInput *input, Arena *arena, Reports **out, Fault *fault);
/* The same with one format for standard output, whatever its table. */
bool reports_open_one(const ReportFormat *format, bool verbose, Arena *arena, Reports **out, Fault *fault);
/* A VerdictSink: `subject` is the Reports. */
bool reports_verdict(void *subject, const Verdict *verdict, Fault *fault);
/* Completes the files and, when a history is kept, adds this run to it. */
bool reports_close(Reports *reports, const ReplayTotals *totals, Fault *fault);
/* Ends without the files: nothing half written is left behind. */
void reports_abandon(Reports *reports);
/* "terminal, ndjson, …" for --help. */
const char *reports_help(Arena *arena);

#endif
