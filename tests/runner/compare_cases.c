/* layer: report. Cases of compare. Sections:
 *   old, new    the two definitions: old.yaml and new.yaml
 *   exchanges   NDJSON, one exchange a line; without it there is no recording
 *   accepted    accepted.yaml
 *   options     one a line: explore SECONDS · seed N · operation GET /x · fail-on LEVEL · today DATE
 *   terminal    what the report for a person says; or
 *   markdown, json, …   what that format says
 *   faults      what is wrong with the accept list */
#include "harness/report/compare_report.h"
#include "tests/runner/work_folder.h"

#include <string.h>

const char *const case_section_names[] = {"old",      "new",  "exchanges", "accepted", "options", "terminal",
                                          "markdown", "json", "ndjson",    "junit",    "github",  "tap",
                                          "sarif",    "html", "faults",    NULL};

typedef struct CompareCase {
  Arena *arena;
  CompareOptions options;
  Severity fail_on;
  Text today;
  Definition *old_definition, *new_definition;
  AcceptList accepted;
  Store *stores[1];
  size_t store_count;
} CompareCase;

static bool read_option(CompareCase *run, Text line, Fault *fault) {
  Text value;
  Text word = text_split(line, ' ', &value);
  const char *text = arena_copy_string(run->arena, value);
  if (text_is(word, "explore"))
    run->options.explore_seconds = atof(text);
  else if (text_is(word, "seed"))
    run->options.seed = (uint64_t)atoi(text);
  else if (text_is(word, "operation"))
    run->options.operation = value;
  else if (text_is(word, "today"))
    run->today = value;
  else if (text_is(word, "fail-on"))
    run->fail_on = text_is(value, "any")     ? SEVERITY_COMPATIBLE
                   : text_is(value, "risky") ? SEVERITY_RISKY
                                             : SEVERITY_BREAKING;
  else
    return fault_raise(fault, FAULT_USAGE, "no such option: %.*s", TEXT_ARGS(line));
  return true;
}

static bool read_options(CompareCase *run, const Case *subject, Fault *fault) {
  for (Text rest = case_section(subject, "options"); rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    if (line.length > 0 && !read_option(run, line, fault)) return false;
  }
  return true;
}

static bool fill_store(CompareCase *run, const Case *subject, Fault *fault) {
  Store *store;
  if (!case_has(subject, "exchanges")) return true;
  if (!store_open("recording.db", STORE_WRITE, &store, fault) || !store_begin(store, fault)) return false;
  bool fine = true;
  for (Text rest = case_section(subject, "exchanges"); fine && rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    Exchange exchange;
    if (line.length > 0)
      fine = exchange_read(line, "exchanges", 1, run->arena, &exchange, fault) &&
             store_add(store, &exchange, run->arena, fault);
  }
  fine = fine && store_commit(store, fault);
  if (!store_close(store, fine ? fault : NULL) || !fine) return false;
  if (!store_open("recording.db", STORE_READ, &run->stores[0], fault)) return false;
  run->store_count = 1;
  return true;
}

static bool load(const char *path, Arena *arena, Definition **out, Fault *fault) {
  FaultList faults = fault_list_make(arena);
  if (definition_load(path, NULL, arena, out, &faults)) return true;
  return fault_raise(fault, FAULT_INPUT, "%s: %s", path, faults.items[0].message);
}

/* False when that is all the case is about. */
static bool load_accepted(CompareCase *run, const Case *subject, Buffer *failure) {
  if (!case_has(subject, "accepted")) return true;
  FaultList faults = fault_list_make(run->arena);
  bool loaded = file_write("accepted.yaml", case_section(subject, "accepted"), NULL) &&
                accept_list_load("accepted.yaml", run->today, run->arena, &run->accepted, &faults);
  Buffer told = buffer_make(run->arena, 0);
  for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], &told);
  case_expect_text("faults", expected_of(subject, "faults"), trimmed(buffer_text(&told)), failure);
  run->options.accepted = &run->accepted;
  return loaded;
}

static void check_reports(const Comparison *comparison, const CompareCase *run, const Case *subject,
                          Buffer *failure) {
  const CompareFormat *formats;
  size_t count = compare_formats(&formats);
  CompareReportOptions options = {.fail_on = run->fail_on};
  for (size_t i = 0; i < count; i++) {
    if (!case_has(subject, formats[i].name)) continue;
    Buffer out = buffer_make(run->arena, 0);
    formats[i].write(comparison, &options, &out);
    case_expect_text(formats[i].name, expected_of(subject, formats[i].name), trimmed(buffer_text(&out)),
                     failure);
  }
}

static void check(CompareCase *run, const Case *subject, Buffer *failure) {
  Fault fault;
  Comparison comparison;
  FaultList defects = fault_list_make(run->arena);
  if (!file_write("new.yaml", case_section(subject, "new"), &fault) || !read_options(run, subject, &fault) ||
      !fill_store(run, subject, &fault) || !load("old.yaml", run->arena, &run->old_definition, &fault) ||
      !load("new.yaml", run->arena, &run->new_definition, &fault)) {
    buffer_print(failure, "  input: %s\n", fault.message);
    return;
  }
  if (!load_accepted(run, subject, failure)) return;
  if (compare_definitions(run->old_definition, run->new_definition, run->stores, run->store_count,
                          &run->options, run->arena, &comparison, &defects, &fault))
    check_reports(&comparison, run, subject, failure);
  else
    buffer_print(failure, "  compare: %s\n", fault.message);
  comparison_release(&comparison);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  WorkFolder folder;
  CompareCase run = {.arena = arena, .fail_on = SEVERITY_BREAKING, .today = TEXT("2026-11-22")};
  run.options.seed = 1;
  if (!work_folder_enter(&folder, subject, "old.yaml", "old")) {
    buffer_append_string(failure, "  no folder for the case\n");
    return;
  }
  check(&run, subject, failure);
  if (run.store_count > 0) store_close(run.stores[0], NULL);
  work_folder_leave(&folder);
}
