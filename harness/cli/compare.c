/* compare: what a new definition breaks, held against recordings and against everything that can be known
 * without them. */
#include "harness/cli/options.h"
#include "harness/cli/output.h"
#include "harness/cli/revision.h"
#include "harness/cli/verbs.h"
#include "harness/report/compare_report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORTS_MOST = 32 };

typedef struct Arguments {
  OptionList files, recordings, reports, parameters;
  const char *operation, *fail_on, *accepted, *today, *explore;
  int seed;
  bool verbose, allow_empty;
} Arguments;

/* ---- what the options say ---- */

static bool read_fail_on(const char *word, Severity *out, Fault *fault) {
  *out = SEVERITY_BREAKING;
  if (word == NULL || strcmp(word, "breaking") == 0) return true;
  *out = strcmp(word, "any") == 0 ? SEVERITY_COMPATIBLE : SEVERITY_RISKY;
  return strcmp(word, "any") == 0 || strcmp(word, "risky") == 0 ||
         fault_raise(fault, FAULT_USAGE, "--fail-on is breaking, risky or any, not \"%s\"", word);
}

/* "10" or "10s" */
static bool read_seconds(const char *word, double *out, Fault *fault) {
  *out = 0;
  if (word == NULL) return true;
  char *end;
  *out = strtod(word, &end);
  bool number = end != word && (*end == '\0' || strcmp(end, "s") == 0);
  return (number && *out > 0 && *out <= 86400) ||
         fault_raise(fault, FAULT_USAGE, "--explore takes seconds (10 or 10s), not \"%s\"", word);
}

static bool add_parameters(const OptionList *given, Arena *arena, DefinitionOptions *out, Fault *fault) {
  for (size_t i = 0; i < given->count; i++) {
    Text value;
    Text name = text_split(text_from(given->items[i]), '=', &value);
    if (value.data == NULL || name.length == 0)
      return fault_raise(fault, FAULT_USAGE, "--parameter wants NAME=VALUE, not \"%s\"", given->items[i]);
    headers_add(&out->parameters, name, value, arena);
  }
  return true;
}

/* ---- reports ---- */

typedef struct WantedReport {
  const CompareFormat *format;
  const char *path; /* NULL: standard output */
} WantedReport;

static bool unknown_format(Text name, Fault *fault) {
  const CompareFormat *formats;
  const char *names[REPORTS_MOST];
  size_t count = compare_formats(&formats);
  for (size_t i = 0; i < count; i++) names[i] = formats[i].name;
  const char *near = text_suggest(name, names, count);
  return fault_raise(fault, FAULT_USAGE, "unknown report format \"%.*s\" (did you mean \"%s\"?)",
                     TEXT_ARGS(name), near != NULL ? near : "terminal");
}

static bool read_reports(const OptionList *given, WantedReport *out, size_t *count, Fault *fault) {
  size_t to_console = 0;
  *count = 0;
  if (given->count >= REPORTS_MOST) return fault_raise(fault, FAULT_USAGE, "too many reports");
  for (size_t i = 0; i < given->count; i++) {
    Text path;
    Text name = text_split(text_from(given->items[i]), '=', &path);
    const CompareFormat *format = compare_format(name);
    if (format == NULL) return unknown_format(name, fault);
    if (path.data != NULL && path.length == 0)
      return fault_raise(fault, FAULT_USAGE, "--report %s needs a file after the =", format->name);
    bool console = path.data == NULL || text_is(path, "-");
    if (console && ++to_console > 1)
      return fault_raise(fault, FAULT_USAGE,
                         "only one report can go to standard output; use --report %s=FILE", format->name);
    out[(*count)++] = (WantedReport){format, console ? NULL : path.data};
  }
  if (to_console == 0) out[(*count)++] = (WantedReport){compare_format(TEXT("terminal")), NULL};
  return true;
}

static bool write_report(const Comparison *comparison, const WantedReport *wanted, bool verbose,
                         Severity fail_on, Arena *arena, Fault *fault) {
  bool console = wanted->path == NULL;
  CompareReportOptions options = {.color = console && console_color(STDOUT_FILENO),
                                  .width = console ? console_width(STDOUT_FILENO) : 0,
                                  .verbose = verbose,
                                  .fail_on = fail_on};
  Output output;
  if (!output_open(wanted->path, arena, &output, fault)) return false;
  wanted->format->write(comparison, &options, &output.buffer);
  return output_close(&output, true, fault);
}

/* In a GitHub workflow the job's summary takes Markdown, whatever the annotations say. */
static bool write_summary(const Comparison *comparison, const WantedReport *wanted, Severity fail_on,
                          Fault *fault) {
  const char *path = getenv("GITHUB_STEP_SUMMARY");
  if (path == NULL || path[0] == '\0' || strcmp(wanted->format->name, "github") != 0) return true;
  CompareReportOptions options = {.fail_on = fail_on};
  Output output;
  if (!output_append(path, &output, fault)) return false;
  compare_format(TEXT("markdown"))->write(comparison, &options, &output.buffer);
  return output_close(&output, true, fault);
}

/* ---- inputs ---- */

/* Prints what is wrong; `name` is what people call the definition. */
static bool load(const char *operand, const DefinitionOptions *options, Arena *arena, Definition **out,
                 int *status) {
  Fault fault;
  Revision revision;
  FaultList faults = fault_list_make(arena);
  if (!revision_open(operand, arena, &revision, &fault)) {
    *status = (int)console_fault(&fault);
    return false;
  }
  bool loaded = definition_load(revision.path, options, arena, out, &faults);
  for (size_t i = 0; i < faults.count; i++)
    if (faults.items[i].place.file != NULL && revision.file != NULL &&
        strcmp(faults.items[i].place.file, revision.file) == 0)
      faults.items[i].place.file = operand;
  int worst = (int)console_faults(&faults);
  revision_close(&revision);
  if (!loaded) *status = worst != EXIT_AS_EXPECTED ? worst : EXIT_INPUT;
  return loaded;
}

static void note_defects(const FaultList *defects, const Comparison *comparison) {
  for (size_t i = 0; i < defects->count; i++) {
    Fault fault = defects->items[i];
    const char *file = fault.place.file;
    if (file != NULL && strcmp(file, comparison->old_definition->file) == 0)
      fault.place.file = comparison->old_name;
    else if (file != NULL && strcmp(file, comparison->new_definition->file) == 0)
      fault.place.file = comparison->new_name;
    console_fault(&fault);
  }
}

typedef struct Inputs {
  Definition *old_definition, *new_definition;
  AcceptList accepted;
  Store **stores;
  size_t store_count;
} Inputs;

static void close_inputs(Inputs *inputs) {
  for (size_t i = 0; i < inputs->store_count; i++) store_close(inputs->stores[i], NULL);
}

static bool open_inputs(const Arguments *arguments, const DefinitionOptions *options, Arena *arena,
                        Inputs *out, int *status) {
  Fault fault;
  FaultList faults = fault_list_make(arena);
  *out = (Inputs){.stores = ARENA_ARRAY(arena, Store *, arguments->recordings.count + 1)};
  bool loaded = load(arguments->files.items[0], options, arena, &out->old_definition, status);
  if (!load(arguments->files.items[1], options, arena, &out->new_definition, status) || !loaded) return false;
  Text today = arguments->today != NULL ? text_from(arguments->today) : accept_today(arena);
  if (arguments->accepted != NULL &&
      !accept_list_load(arguments->accepted, today, arena, &out->accepted, &faults)) {
    int worst = (int)console_faults(&faults);
    *status = worst != EXIT_AS_EXPECTED ? worst : EXIT_INPUT;
    return false;
  }
  for (size_t i = 0; i < arguments->recordings.count; i++) {
    if (!store_open(arguments->recordings.items[i], STORE_READ, &out->stores[i], &fault)) {
      *status = (int)console_fault(&fault);
      return false;
    }
    out->store_count++;
  }
  return true;
}

/* ---- the run ---- */

static int run(const Arguments *arguments, const CompareOptions *given, const DefinitionOptions *loading,
               const WantedReport *reports, size_t report_count, Severity fail_on, Arena *arena) {
  Inputs inputs;
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (!open_inputs(arguments, loading, arena, &inputs, &status)) {
    close_inputs(&inputs);
    return status;
  }
  CompareOptions options = *given;
  if (arguments->accepted != NULL) options.accepted = &inputs.accepted;
  Comparison comparison;
  FaultList defects = fault_list_make(arena);
  bool fine = compare_definitions(inputs.old_definition, inputs.new_definition, inputs.stores,
                                  inputs.store_count, &options, arena, &comparison, &defects, &fault);
  comparison.old_name = arguments->files.items[0];
  comparison.new_name = arguments->files.items[1];
  note_defects(&defects, &comparison);
  for (size_t i = 0; i < report_count && fine; i++)
    fine = write_report(&comparison, &reports[i], arguments->verbose, fail_on, arena, &fault) &&
           write_summary(&comparison, &reports[i], fail_on, &fault);
  if (!fine) status = (int)console_fault(&fault);
  if (fine && comparison.pair_count == 0 && !arguments->allow_empty) {
    console_note("nothing to compare: no operation%s (--allow-empty makes that a success)",
                 arguments->operation != NULL ? " of that name" : "");
    status = EXIT_NOTHING;
  } else if (fine && comparison_fails(&comparison, fail_on)) {
    status = EXIT_DIFFERENT;
  } else if (fine && comparison_tried_nothing(&comparison) && !arguments->allow_empty) {
    console_note("nothing could be tried: only recordings can tell what the changes do (--recordings FILE; "
                 "--allow-empty makes that a success)");
    status = EXIT_NOTHING;
  }
  comparison_release(&comparison);
  close_inputs(&inputs);
  return status;
}

static int compare(const Arguments *arguments, Arena *arena) {
  Fault fault;
  Severity fail_on;
  WantedReport reports[REPORTS_MOST + 1];
  size_t report_count;
  DefinitionOptions loading = {0};
  CompareOptions options = {.seed = (uint64_t)arguments->seed};
  if (arguments->operation != NULL) options.operation = text_from(arguments->operation);
  if (!read_fail_on(arguments->fail_on, &fail_on, &fault) ||
      !read_seconds(arguments->explore, &options.explore_seconds, &fault) ||
      !add_parameters(&arguments->parameters, arena, &loading, &fault) ||
      !read_reports(&arguments->reports, reports, &report_count, &fault))
    return (int)console_fault(&fault);
  return run(arguments, &options, &loading, reports, report_count, fail_on, arena);
}

static const char description[] =
    "OLD and NEW are definitions: files in any format, or REV:PATH as git names them. Every recorded\n"
    "exchange goes through both; then all backend statuses, error messages made from the patterns and,\n"
    "with --explore, generated bodies. What parts is grouped by operation, old and new status, and the\n"
    "rules that decided. ACCEPTED holds what a person accepted: a list of {fingerprint, reason, owner,\n"
    "expires: YYYY-MM-DD, level}; an expired entry fails.";

static const char examples[] =
    "statusquo compare main:api.yaml api.yaml --recordings pets.db\n"
    "statusquo compare old.yaml new.yaml --explore 10 --fail-on risky\n"
    "statusquo compare old.yaml new.yaml --recordings pets.db --accepted accepted.yaml \\\n"
    "    --report terminal --report markdown=comment.md --report html=report.html";

static const char *report_help(Arena *arena) {
  const CompareFormat *formats;
  size_t count = compare_formats(&formats);
  Buffer out = buffer_make(arena, 0);
  buffer_append_string(&out, "as often as wanted; FORMAT is one of");
  for (size_t i = 0; i < count; i++) buffer_print(&out, "\n  %-10s%s", formats[i].name, formats[i].summary);
  return buffer_string(&out);
}

int compare_main(int argc, char **argv) {
  Arena *arena = arena_new(0);
  Arguments arguments = {.seed = 1};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "recorded exchanges; repeatable",
       .target = &arguments.recordings},
      {OPTION_LIST, 'r', "report", "FORMAT[=FILE]", report_help(arena), .target = &arguments.reports},
      {OPTION_TEXT, 0, "fail-on", "LEVEL", "exit 1 from this level on: breaking (default), risky or any",
       .target = &arguments.fail_on},
      {OPTION_TEXT, 0, "accepted", "FILE", "what was accepted, by fingerprint",
       .target = &arguments.accepted},
      {OPTION_TEXT, 0, "today", "DATE", "the day to hold expiry dates against", .target = &arguments.today},
      {OPTION_TEXT, 0, "operation", "'GET /x'", "only this operation", .target = &arguments.operation},
      {OPTION_TEXT, 0, "explore", "SECONDS", "look for bodies on which changed templates part",
       .target = &arguments.explore},
      {OPTION_INTEGER, 0, "seed", "N", "of what --explore tries; the same finds the same (default 1)",
       .target = &arguments.seed},
      {OPTION_LIST, 0, "parameter", "NAME=VALUE", "a CloudFormation parameter; repeatable",
       .target = &arguments.parameters},
      {OPTION_FLAG, 0, "allow-empty", NULL, "no operation to compare, or nothing to try, is a success",
       .target = &arguments.allow_empty},
      {OPTION_FLAG, 'v', "verbose", NULL, "nothing left out", .target = &arguments.verbose},
  };
  const Usage usage = {.verb = "compare",
                       .operands = "OLD NEW",
                       .least = 2,
                       .most = 2,
                       .description = description,
                       .examples = examples,
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  int status;
  if (options_parse(&usage, argc, argv, arena, &arguments.files, &status))
    status = compare(&arguments, arena);
  arena_free(arena);
  return status;
}
