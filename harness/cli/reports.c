#include "harness/cli/reports.h"

#include "harness/cli/history.h"
#include "harness/cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct OpenReport {
  const ReportFormat *format;
  Report *report;
  Output output;
} OpenReport;

struct Reports {
  OpenReport *items;
  size_t count;
  bool live;           /* a person watches: each verdict at once */
  const char *history; /* NULL: none */
};

static bool unknown_format(Text name, Fault *fault) {
  const ReportFormat *const *formats;
  const char *names[32];
  size_t count = report_formats(&formats);
  for (size_t i = 0; i < count && i < OPTION_COUNT(names); i++) names[i] = formats[i]->name;
  const char *near = text_suggest(name, names, count);
  return fault_raise(fault, FAULT_USAGE, "unknown report format \"%.*s\" (did you mean \"%s\"?)",
                     TEXT_ARGS(name), near != NULL ? near : "terminal");
}

/* What all reports of a run have in common. */
typedef struct Shared {
  bool verbose;
  const char *repeated;
  Arena *arena;
  ReportRun *runs;
  size_t run_count;
} Shared;

static ReportOptions options_of(const Shared *shared) {
  return (ReportOptions){.verbose = shared->verbose,
                         .program = "statusquo",
                         .repeated = shared->repeated,
                         .runs = shared->runs,
                         .run_count = shared->run_count};
}

static bool open_report(const ReportFormat *format, const char *path, const Shared *shared, OpenReport *out,
                        Fault *fault) {
  bool console = path == NULL || strcmp(path, "-") == 0;
  ReportOptions options = options_of(shared);
  options.color = console && console_color(STDOUT_FILENO);
  options.width = console ? console_width(STDOUT_FILENO) : 0;
  out->format = format;
  if (!output_open(path, shared->arena, &out->output, fault)) return false;
  out->report = format->open(&options, &out->output.buffer, shared->arena);
  return true;
}

/* In a GitHub workflow the job's summary takes Markdown, whatever the annotations say. */
static bool open_summary(const Shared *shared, Reports *reports, Fault *fault) {
  const char *path = getenv("GITHUB_STEP_SUMMARY");
  if (path == NULL || path[0] == '\0') return true;
  OpenReport *summary = &reports->items[reports->count];
  const ReportOptions options = options_of(shared);
  if (!output_append(path, &summary->output, fault)) return false;
  summary->format = report_format(TEXT("markdown"));
  summary->report = summary->format->open(&options, &summary->output.buffer, shared->arena);
  reports->count++;
  return true;
}

static bool add_wanted(const char *value, const Shared *shared, Reports *reports, size_t *to_console,
                       Fault *fault) {
  Text path;
  Text name = text_split(text_from(value), '=', &path);
  const ReportFormat *format = report_format(name);
  if (format == NULL) return unknown_format(name, fault);
  if (path.data != NULL && path.length == 0)
    return fault_raise(fault, FAULT_USAGE, "--report %s needs a file after the =", format->name);
  if ((path.data == NULL || text_is(path, "-")) && ++*to_console > 1)
    return fault_raise(fault, FAULT_USAGE, "only one report can go to standard output; use --report %s=FILE",
                       format->name);
  if (!open_report(format, path.data, shared, &reports->items[reports->count], fault)) return false;
  reports->count++;
  return true;
}

static bool wants(const OptionList *wanted, const char *format) {
  Text path;
  for (size_t i = 0; i < wanted->count; i++)
    if (text_is(text_split(text_from(wanted->items[i]), '=', &path), format)) return true;
  return false;
}

bool reports_open(const ReportsInput *input, Arena *arena, Reports **out, Fault *fault) {
  const OptionList *wanted = input->wanted;
  Shared shared = {.verbose = input->verbose, .repeated = input->repeated, .arena = arena};
  Reports *reports = ARENA_NEW(arena, Reports);
  size_t to_console = 0;
  reports->items = ARENA_ARRAY(arena, OpenReport, wanted->count + 2);
  reports->live = isatty(STDOUT_FILENO);
  reports->history = input->history;
  *out = reports;
  bool fine =
      input->history == NULL || history_read(input->history, arena, &shared.runs, &shared.run_count, fault);
  for (size_t i = 0; i < wanted->count && fine; i++)
    fine = add_wanted(wanted->items[i], &shared, reports, &to_console, fault);
  if (fine && wants(wanted, "github")) fine = open_summary(&shared, reports, fault);
  if (fine && to_console == 0) {
    fine =
        open_report(report_format(TEXT("terminal")), NULL, &shared, &reports->items[reports->count], fault);
    reports->count += fine ? 1 : 0;
  }
  if (!fine) reports_abandon(reports);
  return fine;
}

bool reports_open_one(const ReportFormat *format, bool verbose, Arena *arena, Reports **out, Fault *fault) {
  Reports *reports = ARENA_NEW(arena, Reports);
  reports->items = ARENA_NEW(arena, OpenReport);
  *out = reports;
  const Shared shared = {.verbose = verbose, .arena = arena};
  if (!open_report(format, NULL, &shared, &reports->items[0], fault)) return false;
  reports->count = 1;
  return true;
}

bool reports_verdict(void *subject, const Verdict *verdict, Fault *fault) {
  Reports *reports = subject;
  for (size_t i = 0; i < reports->count; i++) {
    OpenReport *open_one = &reports->items[i];
    open_one->format->verdict(open_one->report, verdict);
    if (!output_flush(&open_one->output, reports->live && open_one->output.path == NULL, fault)) return false;
  }
  return true;
}

bool reports_close(Reports *reports, const ReplayTotals *totals, Fault *fault) {
  bool fine = true;
  for (size_t i = 0; i < reports->count; i++) {
    OpenReport *open_one = &reports->items[i];
    open_one->format->finish(open_one->report, totals);
    fine = output_close(&open_one->output, true, fine ? fault : NULL) && fine;
  }
  reports->count = 0;
  if (fine && reports->history != NULL) fine = history_add(reports->history, totals, fault);
  return fine;
}

void reports_abandon(Reports *reports) {
  for (size_t i = 0; i < reports->count; i++) output_close(&reports->items[i].output, false, NULL);
  reports->count = 0;
}

const char *reports_help(Arena *arena) {
  const ReportFormat *const *formats;
  size_t count = report_formats(&formats);
  Buffer out = buffer_make(arena, 0);
  buffer_append_string(&out, "as often as wanted; FORMAT is one of");
  for (size_t i = 0; i < count; i++) buffer_print(&out, "\n  %-10s%s", formats[i]->name, formats[i]->summary);
  return buffer_string(&out);
}
