/* report: saved results, from as many runs and shards as there are, into any report. */
#include "harness/base/file.h"
#include "harness/cli/reports.h"
#include "harness/cli/verbs.h"

#include <stdlib.h>
#include <string.h>

enum { RESULTS_LIMIT = 1024 * 1024 * 1024 };

typedef struct Arguments {
  OptionList files, reports;
  const char *history;
  bool allow_empty, verbose;
} Arguments;

/* One line of an input and the spec it is about: shards of a spec come together again. */
typedef struct Line {
  Text text;
  const char *file;
  uint32_t number;
  size_t spec;     /* by first appearance */
  size_t position; /* among all lines */
} Line;

typedef struct Lines {
  Line *items;
  size_t count, capacity;
  const char **specs;
  size_t spec_count;
  Arena *arena;
} Lines;

static size_t spec_number(Lines *lines, const char *spec) {
  for (size_t i = lines->spec_count; i > 0; i--) /* the last one is asked for nearly always */
    if (strcmp(lines->specs[i - 1], spec) == 0) return i - 1;
  lines->specs = arena_resize(lines->arena, lines->specs, lines->spec_count * sizeof(char *),
                              (lines->spec_count + 1) * sizeof(char *));
  lines->specs[lines->spec_count] = arena_copy_string(lines->arena, text_from(spec));
  return lines->spec_count++;
}

static void add_line(Lines *lines, Line line) {
  if (lines->count == lines->capacity) {
    size_t capacity = lines->capacity == 0 ? 256 : lines->capacity * 2;
    lines->items =
        arena_resize(lines->arena, lines->items, lines->capacity * sizeof(Line), capacity * sizeof(Line));
    lines->capacity = capacity;
  }
  line.position = lines->count;
  lines->items[lines->count++] = line;
}

static bool read_file(const char *path, Arena *passing, Lines *lines, Fault *fault) {
  Text source;
  uint32_t number = 0;
  if (!file_read(path, RESULTS_LIMIT, lines->arena, &source, fault)) return false;
  for (Text rest = source; rest.data != NULL && rest.length > 0;) {
    Line line = {.text = text_trim(text_split(rest, '\n', &rest)), .file = path, .number = ++number};
    Verdict verdict;
    if (line.text.length == 0) continue;
    arena_reset(passing);
    if (!result_read(line.text, path, number, passing, &verdict, fault)) return false;
    line.spec = spec_number(lines, verdict.spec);
    add_line(lines, line);
  }
  return true;
}

static int by_spec(const void *left, const void *right) {
  const Line *first = left, *second = right;
  if (first->spec != second->spec) return first->spec < second->spec ? -1 : 1;
  return first->position < second->position ? -1 : first->position > second->position;
}

static bool write_verdicts(const Lines *lines, Reports *reports, Arena *passing, ReplayTotals *totals,
                           Fault *fault) {
  for (size_t i = 0; i < lines->count; i++) {
    const Line *line = &lines->items[i];
    Verdict verdict;
    arena_reset(passing);
    if (!result_read(line->text, line->file, line->number, passing, &verdict, fault)) return false;
    totals_add(totals, &verdict);
    if (!reports_verdict(reports, &verdict, fault)) return false;
  }
  return true;
}

static int report(const Arguments *arguments, Arena *arena, Arena *passing) {
  Lines lines = {.arena = arena};
  ReplayTotals totals = {0};
  Reports *reports;
  Fault fault;
  for (size_t i = 0; i < arguments->files.count; i++)
    if (!read_file(arguments->files.items[i], passing, &lines, &fault)) return (int)console_fault(&fault);
  if (lines.count > 1) qsort(lines.items, lines.count, sizeof *lines.items, by_spec);
  const ReportsInput input = {&arguments->reports, arguments->verbose, NULL, arguments->history};
  bool fine = reports_open(&input, arena, &reports, &fault) &&
              write_verdicts(&lines, reports, passing, &totals, &fault) &&
              reports_close(reports, &totals, &fault);
  if (!fine) return (int)console_fault(&fault);
  if (totals.different + totals.unapproved > 0) return EXIT_DIFFERENT;
  return lines.count > 0 || arguments->allow_empty ? EXIT_AS_EXPECTED : EXIT_NOTHING;
}

int report_main(int argc, char **argv) {
  Arena *arena = arena_new(0), *passing = arena_new(0);
  Arguments arguments = {0};
  const Option options[] = {
      {OPTION_LIST, 'r', "report", "FORMAT[=FILE]", reports_help(arena), .target = &arguments.reports},
      {OPTION_TEXT, 0, "history", "FILE", "keep what each run came to; html and markdown draw the trend",
       .target = &arguments.history},
      {OPTION_FLAG, 0, "allow-empty", NULL, "no results are a success", .target = &arguments.allow_empty},
      {OPTION_FLAG, 'v', "verbose", NULL, "passing ones too, nothing left out", .target = &arguments.verbose},
  };
  const Usage usage = {
      .verb = "report",
      .operands = "RESULT…",
      .least = 1,
      .most = OPERANDS_ANY,
      .description = "Each RESULT is what `replay --report ndjson` wrote; - reads standard "
                     "input. The exit status is that\nof the merged results.",
      .examples = "statusquo report shard-1.ndjson shard-2.ndjson --report junit=all.xml\n"
                  "statusquo replay specs --report ndjson | statusquo report - --report html=all.html",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  int status;
  if (options_parse(&usage, argc, argv, arena, &arguments.files, &status))
    status = report(&arguments, arena, passing);
  arena_free(passing);
  arena_free(arena);
  return status;
}
