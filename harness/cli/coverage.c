#include "harness/cli/coverage.h"

#include "harness/cli/inputs.h"
#include "harness/replay/coverage.h"

#include <string.h>

typedef struct Run {
  const CoverageArguments *arguments;
  Arena *arena;
  Coverage **items; /* one a definition file */
  size_t count;
} Run;

/* ---- collecting ---- */

static bool note(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  coverage_note(subject, verdict);
  return true;
}

/* Several specs may test one definition: together they cover it. */
static void join(Run *run, Coverage *coverage) {
  for (size_t i = 0; i < run->count; i++) {
    if (strcmp(run->items[i]->definition->file, coverage->definition->file) != 0) continue;
    coverage_merge(run->items[i], coverage);
    return;
  }
  *ARENA_ADD(run->arena, run->items, run->count) = coverage;
}

static bool cover_spec(Run *run, const char *path, int *status) {
  const CoverageArguments *arguments = run->arguments;
  const SpecOptions options = {.api = arguments->api, .variables = arguments->variables};
  FaultList faults = fault_list_make(run->arena);
  ReplayTotals totals = {0};
  Recordings recordings;
  Spec *spec;
  Fault fault;
  bool loaded = spec_load_with(path, &options, run->arena, &spec, &faults);
  *status = (int)console_faults(&faults);
  if (!loaded) {
    if (*status == EXIT_AS_EXPECTED) *status = EXIT_INPUT;
    return false;
  }
  if (spec->definition == NULL) return true; /* its cases bring their own methods */
  if (!inputs_open_recordings(spec, &arguments->recordings, false, run->arena, &recordings, status))
    return false;
  Coverage *coverage = coverage_new(spec->definition, run->arena);
  TemplateWatch watch = coverage_watch(coverage);
  ReplayOptions how = {.jobs = 1, .watch = &watch};
  bool fine = replay_spec(spec, recordings.stores, recordings.count, &how, note, coverage, &totals, &fault);
  inputs_close_recordings(&recordings);
  if (!fine) *status = (int)console_fault(&fault);
  if (fine) join(run, coverage);
  return fine;
}

/* ---- writing ---- */

static const char *missed(const CoveredItem *item) {
  if (item->kind != COVERED_BRANCH) return item->reached ? NULL : "never reached";
  if (!item->reached && !item->otherwise) return "never decided";
  if (!item->reached) return "never true";
  return item->otherwise ? NULL : "never false";
}

static CoverageCount count_all(const Run *run, const Coverage *one, CoveredKind kind) {
  CoverageCount sum = {0};
  for (size_t i = 0; i < run->count; i++) {
    if (one != NULL && run->items[i] != one) continue;
    CoverageCount count = coverage_count(run->items[i], kind);
    sum.reached += count.reached;
    sum.all += count.all;
  }
  return sum;
}

static CoverageCount total(const Run *run, const Coverage *one) {
  CoverageCount sum = {0};
  for (int kind = 0; kind < COVERED_KINDS; kind++) {
    CoverageCount count = count_all(run, one, (CoveredKind)kind);
    sum.reached += count.reached;
    sum.all += count.all;
  }
  return sum;
}

static void write_text(const Run *run, Buffer *out) {
  for (size_t i = 0; i < run->count; i++) {
    const Coverage *coverage = run->items[i];
    for (size_t k = 0; k < coverage->count; k++) {
      const CoveredItem *item = &coverage->items[k];
      if (missed(item) == NULL) continue;
      buffer_print(out, "%s  %s:%u  ", missed(item), item->place.file != NULL ? item->place.file : "?",
                   item->place.line);
      bool named = item->operation.data != NULL && item->kind != COVERED_OPERATION;
      if (named) buffer_print(out, "%.*s, ", TEXT_ARGS(item->operation));
      buffer_print(out, "%.*s\n", TEXT_ARGS(item->what));
      if (item->suggestion.length > 0) buffer_print(out, "    %.*s\n", TEXT_ARGS(item->suggestion));
    }
  }
  for (int kind = 0; kind < COVERED_KINDS; kind++) {
    CoverageCount count = count_all(run, NULL, (CoveredKind)kind);
    if (count.all == 0) continue;
    buffer_print(out, "%-16s  %zu of %zu\n", covered_kind_name((CoveredKind)kind), count.reached, count.all);
  }
}

static void write_counts(const Run *run, const Coverage *coverage, Buffer *out) {
  buffer_append_string(out, "\"counts\":{");
  for (int kind = 0; kind < COVERED_KINDS; kind++) {
    CoverageCount count = count_all(run, coverage, (CoveredKind)kind);
    buffer_print(out, "%s\"%s\":{\"reached\":%zu,\"all\":%zu}", kind > 0 ? "," : "",
                 covered_kind_name((CoveredKind)kind), count.reached, count.all);
  }
  buffer_append_char(out, '}');
}

static void write_member(Buffer *out, const char *key, Text text, bool *first) {
  if (text.data == NULL) return;
  json_write_key(out, key, first);
  json_write_text(out, text);
}

static void write_json(const Run *run, Buffer *out) {
  buffer_append_string(out, "{\"version\":1,\"definitions\":[");
  for (size_t i = 0; i < run->count; i++) {
    const Coverage *coverage = run->items[i];
    bool first = true;
    buffer_append_string(out, i > 0 ? ",{" : "{");
    write_member(out, "file", text_from(coverage->definition->file), &first);
    buffer_append_char(out, ',');
    write_counts(run, coverage, out);
    buffer_append_string(out, ",\"items\":[");
    for (size_t k = 0; k < coverage->count; k++) {
      const CoveredItem *item = &coverage->items[k];
      first = true;
      buffer_append_string(out, k > 0 ? ",{" : "{");
      write_member(out, "kind", text_from(covered_kind_name(item->kind)), &first);
      write_member(out, "operation", item->operation, &first);
      write_member(out, "what", item->what, &first);
      write_member(out, "file", text_from(item->place.file), &first);
      buffer_print(out, ",\"line\":%u,\"reached\":%s", item->place.line, item->reached ? "true" : "false");
      if (item->kind == COVERED_BRANCH)
        buffer_print(out, ",\"otherwise\":%s", item->otherwise ? "true" : "false");
      if (missed(item) != NULL) write_member(out, "suggestion", item->suggestion, &first);
      buffer_append_char(out, '}');
    }
    buffer_append_string(out, "]}");
  }
  buffer_append_string(out, "]}\n");
}

/* lcov's tracefile: each thing is a line, each #if two branches of its line. */
static void write_lcov(const Run *run, Buffer *out) {
  for (size_t i = 0; i < run->count; i++) {
    const Coverage *coverage = run->items[i];
    buffer_print(out, "TN:\nSF:%s\n", coverage->definition->file);
    for (size_t k = 0; k < coverage->count; k++) {
      const CoveredItem *item = &coverage->items[k];
      if (item->place.line == 0) continue;
      bool decided = item->reached || item->otherwise;
      if (item->kind == COVERED_BRANCH) {
        buffer_print(out, "BRDA:%u,%zu,0,%s\n", item->place.line, k,
                     !decided        ? "-"
                     : item->reached ? "1"
                                     : "0");
        buffer_print(out, "BRDA:%u,%zu,1,%s\n", item->place.line, k,
                     !decided          ? "-"
                     : item->otherwise ? "1"
                                       : "0");
      }
      buffer_print(out, "DA:%u,%d\n", item->place.line, decided ? 1 : 0);
    }
    buffer_append_string(out, "end_of_record\n");
  }
}

typedef struct Format {
  const char *name;
  void (*write)(const Run *run, Buffer *out);
} Format;
static const Format formats[] = {{"text", write_text}, {"json", write_json}, {"lcov", write_lcov}};

static const Format *find_format(const char *name) {
  for (size_t i = 0; i < OPTION_COUNT(formats); i++)
    if (strcmp(formats[i].name, name) == 0) return &formats[i];
  return NULL;
}

int coverage_run(const CoverageArguments *arguments, Arena *arena) {
  Run run = {.arguments = arguments, .arena = arena};
  const Format *format = find_format(arguments->format);
  OptionList paths = {0};
  Buffer out = buffer_make(arena, 0);
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (format == NULL) {
    fault_raise(&fault, FAULT_USAGE, "--coverage is text, json or lcov, not \"%s\"", arguments->format);
    return (int)console_fault(&fault);
  }
  if (!inputs_find_specs(&arguments->specs, arena, &paths, &status)) return status;
  for (size_t i = 0; i < paths.count; i++)
    if (!cover_spec(&run, paths.items[i], &status)) return status;
  CoverageCount sum = total(&run, NULL);
  if (sum.all == 0) {
    console_note("no definition to cover");
    return EXIT_NOTHING;
  }
  format->write(&run, &out);
  size_t share = sum.reached * 1000 / sum.all;
  if (format->write == write_text)
    buffer_print(&out, "covered: %zu of %zu (%zu.%zu %%)\n", sum.reached, sum.all, share / 10, share % 10);
  if (!console_write(buffer_text(&out), &fault)) return (int)console_fault(&fault);
  if (share >= (size_t)arguments->threshold * 10) return EXIT_AS_EXPECTED;
  console_note("covered %zu.%zu %%, which is less than %d %%", share / 10, share % 10, arguments->threshold);
  return EXIT_DIFFERENT;
}
