/* approve: the actual responses become the expected ones, after a person said so. */
#include "harness/cli/approve.h"

#include "harness/base/file.h"
#include "harness/cli/inputs.h"
#include "harness/cli/verbs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Run {
  const ApproveArguments *arguments;
  Arena *arena;
  ReplayOptions options;
  Headers variables;
  bool *found; /* by --only */
  bool asks;
  size_t selected, accepted, rejected, left, breaking;
  int worst;
  bool abandoned;
} Run;

static void note_status(Run *run, int status) {
  if (status > run->worst) run->worst = status;
}

static bool writes(const ApproveArguments *arguments) {
  return arguments->interactive || arguments->all || arguments->non_breaking || arguments->only.count > 0;
}

/* Where nobody looks, nothing is accepted. */
static bool is_continuous_integration(void) {
  const char *value = getenv("CI");
  return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
}

static bool read_options(Run *run, Fault *fault) {
  const ApproveArguments *arguments = run->arguments;
  ReplayOptions *out = &run->options;
  if (arguments->operation != NULL) out->operation = text_from(arguments->operation);
  Text *tags = ARENA_ARRAY(run->arena, Text, arguments->tags.count + 1);
  for (size_t i = 0; i < arguments->tags.count; i++) tags[i] = text_from(arguments->tags.items[i]);
  out->tags = tags;
  out->tag_count = arguments->tags.count;
  if (arguments->filter == NULL ||
      pattern_compile(text_from(arguments->filter), 0, run->arena, &out->filter, fault))
    return true;
  fault_wrap(fault, "--filter");
  return false;
}

/* ---- what is decided without asking ---- */

static bool is_named(Run *run, const Approval *approval) {
  const OptionList *only = &run->arguments->only;
  bool named = only->count == 0;
  for (size_t i = 0; i < only->count; i++) {
    if (!text_is(approval->name, only->items[i]) && !text_is(approval->exchange_id, only->items[i])) continue;
    run->found[i] = true;
    named = true;
  }
  return named;
}

static void keep_named(Run *run, Approvals *approvals) {
  size_t kept = 0;
  for (size_t i = 0; i < approvals->count; i++)
    if (is_named(run, &approvals->items[i])) approvals->items[kept++] = approvals->items[i];
  approvals->count = kept;
}

static void decide_all(const Run *run, Approvals *approvals) {
  const ApproveArguments *arguments = run->arguments;
  for (size_t i = 0; i < approvals->count; i++) {
    bool harmless = approvals->items[i].severity < SEVERITY_BREAKING;
    if (harmless || (arguments->breaking && !arguments->non_breaking))
      approvals->items[i].decision = DECISION_ACCEPTED;
  }
}

static void list_all(const Approvals *approvals) {
  Buffer out = buffer_make(NULL, 0);
  Fault fault;
  for (size_t i = 0; i < approvals->count; i++)
    approve_print(&approvals->items[i], 0, 0, console_color(STDOUT_FILENO), &out);
  if (!console_write(buffer_text(&out), &fault)) console_fault(&fault);
  buffer_free(&out);
}

/* ---- writing ---- */

static bool write_file(Run *run, const char *path, Text text) {
  Fault fault;
  if (file_write(path, text, &fault)) {
    console_note("wrote %s", path);
    return true;
  }
  note_status(run, console_fault(&fault));
  return false;
}

static bool write_specs(Run *run, Approvals *approvals) {
  FaultList refused = fault_list_make(run->arena);
  EditedFile *files;
  size_t count;
  approvals_edit(approvals, &files, &count, &refused);
  console_faults(&refused);
  bool fine = true;
  for (size_t i = 0; i < count; i++) {
    FaultList faults = fault_list_make(run->arena);
    Document *again;
    if (document_read(files[i].path, files[i].text, 0, run->arena, &again, &faults)) {
      fine = write_file(run, files[i].path, files[i].text) && fine;
      continue;
    }
    console_note("%s: the edits would leave a file that can't be read; it stays as it is", files[i].path);
    note_status(run, EXIT_INPUT);
    fine = false;
  }
  return fine;
}

static bool has_recorded(const Approvals *approvals) {
  for (size_t i = 0; i < approvals->count; i++)
    if (approvals->items[i].kind == APPROVAL_RECORDED && approvals->items[i].decision == DECISION_ACCEPTED)
      return true;
  return false;
}

static bool write_approved_text(Run *run, const Spec *spec, const Recordings *recordings) {
  Buffer text = buffer_make(run->arena, 0);
  size_t count = 0;
  Fault fault;
  if (!approved_text_write(spec, recordings->stores, recordings->count, run->arena, &text, &count, &fault)) {
    note_status(run, console_fault(&fault));
    return false;
  }
  return write_file(run, approved_text_path(spec->file, run->arena), buffer_text(&text));
}

static bool open_to_write(Run *run, const Spec *spec, Recordings *out) {
  const OptionList *given = &run->arguments->recordings;
  size_t count = given->count > 0 ? given->count : spec->recording_count;
  const char *const *paths = given->count > 0 ? given->items : (const char *const *)spec->recordings;
  Fault fault;
  *out = (Recordings){.stores = ARENA_ARRAY(run->arena, Store *, count + 1)};
  for (size_t i = 0; i < count; i++) {
    if (!file_exists(paths[i])) continue;
    if (!store_open(paths[i], STORE_WRITE, &out->stores[out->count], &fault)) {
      note_status(run, console_fault(&fault));
      inputs_close_recordings(out);
      return false;
    }
    out->count++;
  }
  return true;
}

static bool close_written(Run *run, Recordings *recordings) {
  bool fine = true;
  Fault fault;
  for (size_t i = 0; i < recordings->count; i++) {
    if (store_close(recordings->stores[i], &fault)) continue;
    note_status(run, console_fault(&fault));
    fine = false;
  }
  return fine;
}

static bool write_recorded(Run *run, const Spec *spec, const Approvals *approvals) {
  Recordings recordings;
  Fault fault;
  if (!has_recorded(approvals)) return true;
  if (!open_to_write(run, spec, &recordings)) return false;
  bool stored = approvals_store(approvals, recordings.stores, recordings.count, &fault);
  if (!stored) note_status(run, console_fault(&fault));
  bool fine = stored && write_approved_text(run, spec, &recordings);
  return close_written(run, &recordings) && fine;
}

/* ---- one spec ---- */

static bool collect(Run *run, const Spec *spec, Approvals *approvals) {
  Recordings recordings;
  FaultList faults = fault_list_make(run->arena);
  ReplayTotals totals = {0};
  Fault fault;
  int status;
  if (!inputs_open_recordings(spec, &run->arguments->recordings, false, run->arena, &recordings, &status)) {
    note_status(run, status);
    return false;
  }
  run->options.faults = &faults;
  bool fine = replay_spec(spec, recordings.stores, recordings.count, &run->options, approvals_collect,
                          approvals, &totals, &fault);
  inputs_close_recordings(&recordings);
  note_status(run, console_faults(&faults));
  if (!fine) note_status(run, console_fault(&fault));
  run->selected += totals.selected;
  return fine;
}

static void count_decisions(Run *run, const Approvals *approvals) {
  for (size_t i = 0; i < approvals->count; i++) {
    const Approval *approval = &approvals->items[i];
    run->accepted += approval->decision == DECISION_ACCEPTED ? 1 : 0;
    run->rejected += approval->decision == DECISION_REJECTED ? 1 : 0;
    run->left += approval->decision == DECISION_OPEN ? 1 : 0;
    bool held_back = approval->decision == DECISION_OPEN && approval->severity == SEVERITY_BREAKING;
    run->breaking += held_back ? 1 : 0;
  }
}

static void approve_spec(Run *run, const char *path) {
  FaultList faults = fault_list_make(run->arena);
  Spec *spec;
  Fault fault;
  const SpecOptions options = {.api = run->arguments->api, .variables = run->variables};
  bool loaded = spec_load_with(path, &options, run->arena, &spec, &faults);
  int status = (int)console_faults(&faults);
  note_status(run, loaded || status != EXIT_AS_EXPECTED ? status : EXIT_INPUT);
  if (!loaded) return;
  Approvals approvals = approvals_make(spec, run->arena);
  if (!collect(run, spec, &approvals)) return;
  keep_named(run, &approvals);
  approvals_sort(&approvals);
  if (run->asks && approvals.count > 0) {
    run->abandoned = !approve_ask(&approvals, run->arguments->breaking, &fault);
    if (run->abandoned && fault.kind != FAULT_NONE) note_status(run, console_fault(&fault));
    if (run->abandoned) return;
  } else if (writes(run->arguments)) {
    decide_all(run, &approvals);
  } else {
    list_all(&approvals);
  }
  bool fine = write_specs(run, &approvals) && write_recorded(run, spec, &approvals);
  if (fine) count_decisions(run, &approvals);
}

/* ---- the whole ---- */

static void tell(const Run *run) {
  const ApproveArguments *arguments = run->arguments;
  Buffer out = buffer_make(NULL, 0);
  Fault fault;
  if (run->accepted + run->rejected + run->left == 0)
    buffer_append_string(&out, "nothing to approve\n");
  else
    buffer_print(&out, "%zu accepted, %zu rejected, %zu left\n", run->accepted, run->rejected, run->left);
  if (!console_write(buffer_text(&out), &fault)) console_fault(&fault);
  buffer_free(&out);
  if (run->left > 0 && !writes(arguments) && !run->asks)
    console_note("nothing was written: --interactive asks, --all, --non-breaking or --only NAME accept");
  else if (run->breaking > 0 && !arguments->breaking)
    console_note("%zu of those left would break clients: they need --breaking", run->breaking);
}

static bool all_found(const Run *run) {
  bool all = true;
  for (size_t i = 0; i < run->arguments->only.count; i++) {
    if (run->found[i]) continue;
    console_note("statusquo approve: nothing different or new is named \"%s\"",
                 run->arguments->only.items[i]);
    all = false;
  }
  return all;
}

int approve_run(const ApproveArguments *arguments, Arena *arena) {
  Run run = {.arguments = arguments, .arena = arena};
  OptionList paths = {0};
  Fault fault;
  int status;
  bool terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  bool bulk = arguments->all || arguments->non_breaking || arguments->only.count > 0;
  run.asks = arguments->interactive || (!bulk && terminal && !is_continuous_integration());
  run.found = ARENA_ARRAY(arena, bool, arguments->only.count + 1);
  if (writes(arguments) && is_continuous_integration()) {
    fault_raise(&fault, FAULT_USAGE, "nothing is approved where CI is set: approve at a desk, and commit");
    return (int)console_fault(&fault);
  }
  if (arguments->interactive && !isatty(STDIN_FILENO)) {
    fault_raise(&fault, FAULT_USAGE,
                "--interactive needs a terminal; --all, --non-breaking and --only don't");
    return (int)console_fault(&fault);
  }
  if (!inputs_read_variables(&arguments->variables, arena, &run.variables, &fault) ||
      !read_options(&run, &fault))
    return (int)console_fault(&fault);
  if (!inputs_find_specs(&arguments->specs, arena, &paths, &status)) return status;
  for (size_t i = 0; i < paths.count && !run.abandoned; i++) approve_spec(&run, paths.items[i]);
  if (run.abandoned) return run.worst > EXIT_DIFFERENT ? run.worst : EXIT_DIFFERENT;
  bool found = all_found(&run);
  tell(&run);
  if (run.worst > EXIT_DIFFERENT) return run.worst;
  if (!found) return EXIT_INPUT;
  return run.rejected + run.left > 0 ? EXIT_DIFFERENT : run.worst;
}

static const char description[] =
    "Replays the specs and goes through what is different or new, grouped by operation and rule. What is\n"
    "accepted is written where it is expected: into the spec file, whose comments and order stay, or, for\n"
    "recorded exchanges, into the recording and into a readable file beside the spec (SPEC.approved.txt).\n"
    "On a terminal it asks; without one, and without a choice, it only lists. Nothing is written where CI\n"
    "is set. Exit status 1: something is left.";

static const char examples[] =
    "statusquo approve specs/pets.yaml\n"
    "statusquo approve specs --non-breaking\n"
    "statusquo approve specs/pets.yaml --only 'a missing pet says which' --breaking";

int approve_main(int argc, char **argv) {
  Arena *arena = arena_new(0);
  ApproveArguments arguments = {0};
  const Option options[] = {
      {OPTION_FLAG, 'i', "interactive", NULL,
       "ask for each: a accept, r reject, s skip; A, R, S for its kind", .target = &arguments.interactive},
      {OPTION_FLAG, 'a', "all", NULL, "accept everything that breaks no client; with --breaking, that too",
       .target = &arguments.all},
      {OPTION_FLAG, 0, "non-breaking", NULL, "accept what breaks no client, whatever else is said",
       .target = &arguments.non_breaking},
      {OPTION_FLAG, 0, "breaking", NULL, "what breaks clients may be accepted too",
       .target = &arguments.breaking},
      {OPTION_LIST, 0, "only", "NAME", "only this case or exchange, by name or id; repeatable",
       .target = &arguments.only},
      {OPTION_TEXT, 'f', "filter", "REGEX", "only what has this in its name", .target = &arguments.filter},
      {OPTION_TEXT, 0, "operation", "'GET /x'", "only this operation", .target = &arguments.operation},
      {OPTION_LIST, 't', "tag", "TAG", "only what has this tag; repeatable: any of them",
       .target = &arguments.tags},
      {OPTION_TEXT, 0, "api", "DEF", "another definition than the specs' own", .target = &arguments.api},
      {OPTION_LIST, 0, "variable", "NAME=VALUE", "what ${NAME} stands for in the specs; repeatable",
       .target = &arguments.variables},
      {OPTION_LIST, 0, "recordings", "FILE", "recordings instead of the specs' own; repeatable",
       .target = &arguments.recordings},
  };
  const Usage usage = {.verb = "approve",
                       .operands = "SPEC…",
                       .least = 1,
                       .most = OPERANDS_ANY,
                       .description = description,
                       .examples = examples,
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  int status;
  if (options_parse(&usage, argc, argv, arena, &arguments.specs, &status))
    status = approve_run(&arguments, arena);
  arena_free(arena);
  return status;
}
