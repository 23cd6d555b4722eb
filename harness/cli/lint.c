/* lint DEF…: loads each definition, checks it, takes out what the ignore list accepts, prints the rest. */
#include "harness/base/file.h"
#include "harness/cli/options.h"
#include "harness/cli/output.h"
#include "harness/cli/verbs.h"
#include "harness/report/lint_report.h"
#include "store/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the ignore list: findings that somebody accepted, with a reason and an end ----
 *   ignore:
 *     - {rule: no-default, operation: GET /old, reason: being retired, expires: 2027-01-31} */

typedef struct IgnoreEntry {
  Text rule, operation, file; /* data NULL: any */
  Text expires;               /* YYYY-MM-DD; data NULL: never */
  bool used;
} IgnoreEntry;

typedef struct IgnoreList {
  IgnoreEntry *items;
  size_t count;
} IgnoreList;

static Text member_text(const Document *document, const cJSON *object, const char *key) {
  const cJSON *node = document_get(object, key);
  return node == NULL ? (Text){NULL, 0} : document_text(document, node);
}

static bool read_ignore_entry(const Document *document, const cJSON *node, IgnoreEntry *entry,
                              FaultList *faults) {
  static const char *const keys[] = {"rule", "operation", "file", "reason", "expires"};
  if (!cJSON_IsObject(node))
    return document_fault(document, node, faults, "expected {rule, operation, file, reason, expires}");
  bool good =
      document_check_keys(document, node, keys, sizeof keys / sizeof *keys, "an ignore entry", faults);
  *entry = (IgnoreEntry){.rule = member_text(document, node, "rule"),
                         .operation = member_text(document, node, "operation"),
                         .file = member_text(document, node, "file"),
                         .expires = member_text(document, node, "expires")};
  if (entry->rule.data == NULL || lint_rule(entry->rule) == NULL)
    good = document_fault(document, node, faults, "no such lint rule; see statusquo lint --list");
  if (text_trim(member_text(document, node, "reason")).length == 0)
    good = document_fault(document, node, faults, "say the reason: reason: …");
  return good;
}

static bool read_ignore_list(const char *path, Arena *arena, IgnoreList *out, FaultList *faults) {
  Document *document;
  if (!document_load(path, 0, arena, &document, faults)) return false;
  const cJSON *list = document_get(document_root(document), "ignore");
  if (!cJSON_IsArray(list))
    return document_fault(document, document_root(document), faults, "expected a list under the key ignore");
  out->items = ARENA_ARRAY(arena, IgnoreEntry, (size_t)cJSON_GetArraySize(list) + 1);
  bool good = true;
  const cJSON *node;
  cJSON_ArrayForEach(node, list) good =
      read_ignore_entry(document, node, &out->items[out->count++], faults) && good;
  return good;
}

static bool is_expired(const IgnoreEntry *entry) {
  char today[16];
  time_t now = time(NULL);
  struct tm broken;
  gmtime_r(&now, &broken);
  size_t length = strftime(today, sizeof today, "%Y-%m-%d", &broken);
  return entry->expires.data != NULL && text_compare(entry->expires, (Text){today, length}) < 0;
}

static bool is_ignored(const IgnoreList *list, const char *file, const Finding *finding) {
  for (size_t i = 0; i < list->count; i++) {
    IgnoreEntry *entry = &list->items[i];
    if (!text_is(entry->rule, finding->rule->id) || is_expired(entry)) continue;
    if (entry->operation.data != NULL && !text_equal(entry->operation, finding->operation)) continue;
    if (entry->file.data != NULL && !text_ends(text_from(file), entry->file)) continue;
    entry->used = true;
    return true;
  }
  return false;
}

static void take_out_ignored(const IgnoreList *list, LintResult *result) {
  size_t kept = 0;
  for (size_t i = 0; i < result->findings.count; i++) {
    const Finding finding = result->findings.items[i];
    if (is_ignored(list, result->file, &finding))
      result->ignored++;
    else
      result->findings.items[kept++] = finding;
  }
  result->findings.count = kept;
}

static void note_ignore_list(const IgnoreList *list) {
  for (size_t i = 0; i < list->count; i++) {
    const IgnoreEntry *entry = &list->items[i];
    if (is_expired(entry))
      console_note("note: the ignore entry for %.*s expired on %.*s", TEXT_ARGS(entry->rule),
                   TEXT_ARGS(entry->expires));
    else if (!entry->used)
      console_note("note: the ignore entry for %.*s matches nothing", TEXT_ARGS(entry->rule));
  }
}

/* ---- recorded bodies for the rules that need them ---- */

enum { RECORDED_LIMIT = 10000 };

typedef struct Recorded {
  Exchange *items;
  size_t count;
} Recorded;

static bool read_recorded(const char *path, Arena *arena, Recorded *out, Fault *fault) {
  Store *store = NULL;
  StoreCursor *cursor = NULL;
  if (!store_open(path, STORE_READ, &store, fault)) return false;
  int more = store_select(store, &cursor, fault) ? 1 : -1;
  if (out->items == NULL) out->items = ARENA_ARRAY(arena, Exchange, RECORDED_LIMIT);
  while (more == 1 && out->count < RECORDED_LIMIT) {
    more = store_next(cursor, arena, &out->items[out->count], fault);
    if (more == 1) out->count++;
  }
  if (cursor != NULL) store_cursor_close(cursor);
  return store_close(store, more < 0 ? NULL : fault) && more >= 0;
}

/* ---- the verb ---- */

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

static int print_text(Buffer *text) {
  Fault fault;
  int status = console_write(buffer_text(text), &fault) ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
  buffer_free(text);
  return status;
}

/* In a GitHub workflow the job's summary takes Markdown, whatever the annotations say. */
static bool write_step_summary(const LintRun *run, const LintFormat *format, Fault *fault) {
  const char *path = getenv("GITHUB_STEP_SUMMARY");
  if (path == NULL || path[0] == '\0' || strcmp(format->name, "github") != 0) return true;
  Output output;
  if (!output_append(path, &output, fault)) return false;
  lint_format(TEXT("markdown"))->write(run, &output.buffer);
  return output_close(&output, true, fault);
}

typedef struct LintOptions {
  const char *format, *fail_on, *ignore;
  bool summary, list;
  OptionList recordings, parameters;
} LintOptions;

/* One run over all files: what it works with, and what came out. */
typedef struct Linting {
  const DefinitionOptions *options;
  const IgnoreList *ignore;
  const Recorded *recorded;
  Arena *arena;
  LintResult *results;
  size_t count;
  int status;
  bool counts_only; /* --summary: nothing is checked */
} Linting;

/* The definition that was loaded, or NULL. */
static const Definition *lint_api(Linting *linting, const char *name) {
  FaultList faults = fault_list_make(linting->arena);
  Definition *definition = NULL;
  bool loaded = definition_load(name, linting->options, linting->arena, &definition, &faults);
  int worst = (int)console_faults(&faults);
  if (!loaded && worst == EXIT_AS_EXPECTED) worst = EXIT_INPUT;
  if (worst > linting->status) linting->status = worst;
  LintResult *result = ARENA_ADD(linting->arena, linting->results, linting->count);
  *result = (LintResult){.file = name, .definition = loaded ? definition : NULL};
  if (!loaded) return NULL;
  if (linting->counts_only) return definition;
  lint_definition(definition, linting->recorded->items, linting->recorded->count, linting->arena,
                  &result->findings);
  take_out_ignored(linting->ignore, result);
  return definition;
}

/* All APIs of a file, unless one of them is named. */
static void lint_file(Linting *linting, const char *name) {
  const Definition *first = lint_api(linting, name);
  if (first == NULL) return;
  if (first->operation_count == 0 && first->other_api_count == 0)
    console_note("note: %s holds no operation of a REST API", name);
  for (size_t i = 0; i < first->other_api_count; i++)
    lint_api(linting, arena_print(linting->arena, "%s#%.*s", name, TEXT_ARGS(first->other_apis[i])).data);
}

static int lint_files(const LintOptions *options, const OptionList *files, const LintFormat *format,
                      LintSeverity least, Arena *arena) {
  Fault fault;
  FaultList faults = fault_list_make(arena);
  DefinitionOptions definition_options = {.any_file = true};
  IgnoreList ignore = {0};
  Recorded recorded = {0};
  if (!add_parameters(&options->parameters, arena, &definition_options, &fault))
    return (int)console_fault(&fault);
  if (options->ignore != NULL && !read_ignore_list(options->ignore, arena, &ignore, &faults))
    return (int)console_faults(&faults);
  for (size_t i = 0; i < options->recordings.count; i++)
    if (!read_recorded(options->recordings.items[i], arena, &recorded, &fault))
      return (int)console_fault(&fault);

  Linting linting = {.options = &definition_options,
                     .ignore = &ignore,
                     .recorded = &recorded,
                     .arena = arena,
                     .counts_only = options->summary};
  for (size_t i = 0; i < files->count; i++) lint_file(&linting, files->items[i]);
  const LintRun run = {linting.results, linting.count, least, console_color(STDOUT_FILENO)};
  int status = linting.status;
  if (!options->summary) note_ignore_list(&ignore);
  Buffer out = buffer_make(NULL, 0);
  if (options->summary)
    lint_write_summary(run.results, run.count, &out);
  else
    format->write(&run, &out);
  int written = print_text(&out);
  if (written != EXIT_AS_EXPECTED) return written;
  if (!options->summary && !write_step_summary(&run, format, &fault)) return (int)console_fault(&fault);
  if (status != EXIT_AS_EXPECTED || options->summary) return status;
  return lint_run_fails(&run) ? EXIT_DIFFERENT : EXIT_AS_EXPECTED;
}

static const char *near_format(const char *name) {
  enum { FORMATS_MOST = 32 };
  const LintFormat *formats;
  const char *names[FORMATS_MOST];
  size_t count = lint_formats(&formats);
  assert(count <= FORMATS_MOST);
  for (size_t i = 0; i < count; i++) names[i] = formats[i].name;
  return text_suggest(text_from(name), names, count);
}

static const char *format_help(Arena *arena) {
  const LintFormat *formats;
  size_t count = lint_formats(&formats);
  Buffer out = buffer_make(arena, 0);
  buffer_append_string(&out, "with --list terminal or markdown, otherwise one of");
  for (size_t i = 0; i < count; i++) buffer_print(&out, "\n  %-10s%s", formats[i].name, formats[i].summary);
  return buffer_string(&out);
}

int lint_main(int argc, char **argv) {
  Arena *arena = arena_new(0);
  LintOptions given = {.format = "terminal", .fail_on = "error"};
  const Option options[] = {
      {OPTION_TEXT, 0, "format", "FORMAT", format_help(arena), .target = &given.format},
      {OPTION_TEXT, 0, "fail-on", "SEVERITY", "exit 1 from here on: error (default), warning or note",
       .target = &given.fail_on},
      {OPTION_TEXT, 0, "ignore", "FILE", "accepted findings, each with a reason and a date on which it ends",
       .target = &given.ignore},
      {OPTION_LIST, 0, "recordings", "FILE", "recorded answers to try the templates on (repeatable)",
       .target = &given.recordings},
      {OPTION_LIST, 0, "parameter", "NAME=VALUE", "value of a CloudFormation parameter (repeatable)",
       .target = &given.parameters},
      {OPTION_FLAG, 0, "summary", NULL,
       "count operations, rules and templates, and say what couldn't be resolved", .target = &given.summary},
      {OPTION_FLAG, 0, "list", NULL, "explain every rule with a bad and a good example",
       .target = &given.list},
  };
  const Usage usage = {
      .verb = "lint",
      .operands = "DEF…",
      .most = OPERANDS_ANY,
      .description =
          "Finds what the gateway would refuse at deployment or fail at run time, and what is surely a\n"
          "mistake in a mapping: OpenAPI, CloudFormation, SAM, Terraform JSON or what the gateway exports.",
      .examples =
          "statusquo lint api.yaml\nstatusquo lint template.yaml --parameter Stage=prod --fail-on warning\n"
          "statusquo lint api.yaml --format sarif > lint.sarif\nstatusquo lint --list",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  OptionList files = {0};
  int status;
  if (!options_parse(&usage, argc, argv, arena, &files, &status)) goto done;
  LintSeverity least;
  const LintFormat *format = lint_format(text_from(given.format));
  if (given.list) {
    Buffer out = buffer_make(NULL, 0);
    lint_write_rules(text_is(text_from(given.format), "markdown"), &out);
    status = print_text(&out);
  } else if (files.count == 0) {
    status = options_refuse(&usage, "which definition? Name at least one file");
  } else if (format == NULL) {
    const char *near = near_format(given.format);
    status = options_refuse(&usage, "unknown format \"%s\"%s%s%s", given.format,
                            near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
  } else if (!lint_severity_read(text_from(given.fail_on), &least)) {
    status = options_refuse(&usage, "--fail-on takes error, warning or note, not \"%s\"", given.fail_on);
  } else {
    status = lint_files(&given, &files, format, least, arena);
  }
done:
  arena_free(arena);
  return status;
}
