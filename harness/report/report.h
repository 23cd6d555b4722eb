/* Reports: verdicts, written for a person or a machine. A format is one constant table; adding one adds a
 * file and a line in report.c. Everything that comes from recordings is hostile and escaped. Knows neither
 * SQLite nor HTTP. */
#ifndef STATUSQUO_REPORT_REPORT_H
#define STATUSQUO_REPORT_REPORT_H

#include "harness/replay/replay.h"

/* What an earlier run came to. */
typedef struct ReportRun {
  Text at; /* RFC 3339 */
  ReplayTotals totals;
} ReportRun;

typedef struct ReportOptions {
  bool color;
  int width;             /* of the terminal; 0: unknown */
  bool verbose;          /* passing cases too */
  const char *program;   /* for lines to re-run */
  const char *repeated;  /* options that such a line needs again: "--api next.yaml"; NULL: none */
  const ReportRun *runs; /* earlier ones, oldest first: html and markdown draw the trend */
  size_t run_count;
} ReportOptions;

typedef struct Report Report;
typedef struct ReportFormat {
  const char *name;
  const char *summary; /* for --help */
  Report *(*open)(const ReportOptions *options, Buffer *out, Arena *arena);
  void (*verdict)(Report *report, const Verdict *verdict);
  void (*finish)(Report *report, const ReplayTotals *totals);
} ReportFormat;

/* NULL when there is no such format. */
const ReportFormat *report_format(Text name);
size_t report_formats(const ReportFormat *const **out);

/* A result as `ndjson` wrote it, as far as reports look at one; everything lives in `arena`. */
bool result_read(Text line, const char *name, uint32_t line_number, Arena *arena, Verdict *out, Fault *fault);

/* One line of a history: when, and what it came to. */
void run_write(const ReportRun *run, Buffer *out);
bool run_read(Text line, const char *name, uint32_t line_number, Arena *arena, ReportRun *out, Fault *fault);

/* As a shell reads it back: bare, or in single quotes. */
void append_shell_word(Buffer *out, Text word);

/* Each verdict from end to end, for `explain`; not among the formats of --report. */
extern const ReportFormat report_explanation;

#endif
