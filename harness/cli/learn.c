#include "harness/cli/learn.h"

#include "harness/cli/inputs.h"
#include "harness/replay/learn.h"

typedef struct Run {
  const LearnArguments *arguments;
  Arena *arena;
  size_t proposed, repeated;
} Run;

/* What differs and is no noise is worth a look: a value that comes and goes, or has several types. */
static void tell_unsteady(const Learned *learned) {
  for (size_t i = 0; i < learned->count; i++) {
    const LearnedRule *rule = &learned->rules[i];
    if (rule->steady && (text_starts(rule->at, TEXT("$")) || text_starts(rule->at, TEXT("header "))))
      continue;
    console_note("%s: %.*s differs too, but not as noise does (%zu times): not proposed", learned->spec->file,
                 TEXT_ARGS(rule->at), rule->seen);
  }
}

static int write_patch(Run *run, const Learned *learned) {
  Buffer out = buffer_make(run->arena, 0);
  size_t proposed;
  Fault fault;
  Text text;
  if (!learned_propose(learned, &text, &proposed, &fault)) return (int)console_fault(&fault);
  run->proposed += proposed;
  if (proposed == 0) return EXIT_AS_EXPECTED;
  buffer_print(&out, "--- %s\n+++ %s\n", learned->spec->file, learned->spec->file);
  diff_lines(document_source(learned->spec->document), text, &out);
  return console_write(buffer_text(&out), &fault) ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
}

static int learn_spec(Run *run, const char *path) {
  const LearnArguments *arguments = run->arguments;
  const SpecOptions options = {.api = arguments->api, .variables = arguments->variables};
  FaultList faults = fault_list_make(run->arena);
  ReplayOptions how = {.jobs = 1};
  ReplayTotals totals = {0};
  Recordings recordings;
  Spec *spec;
  Fault fault;
  int status;
  bool loaded = spec_load_with(path, &options, run->arena, &spec, &faults);
  status = (int)console_faults(&faults);
  if (!loaded) return status != EXIT_AS_EXPECTED ? status : EXIT_INPUT;
  if (!inputs_open_recordings(spec, &arguments->recordings, false, run->arena, &recordings, &status))
    return status;
  Learned *learned = learned_new(spec, run->arena);
  bool fine =
      replay_spec(spec, recordings.stores, recordings.count, &how, learned_note, learned, &totals, &fault);
  inputs_close_recordings(&recordings);
  if (!fine) return (int)console_fault(&fault);
  run->repeated += learned->repeated;
  tell_unsteady(learned);
  return write_patch(run, learned);
}

int learn_run(const LearnArguments *arguments, Arena *arena) {
  Run run = {.arguments = arguments, .arena = arena};
  OptionList paths = {0};
  int status = EXIT_AS_EXPECTED;
  if (!inputs_find_specs(&arguments->specs, arena, &paths, &status)) return status;
  for (size_t i = 0; i < paths.count; i++) {
    status = learn_spec(&run, paths.items[i]);
    if (status != EXIT_AS_EXPECTED) return status;
  }
  if (run.repeated == 0) {
    console_note("no request was recorded more than once: record again into the same recording");
    return EXIT_NOTHING;
  }
  console_note("%zu requests were recorded again, %zu rules proposed", run.repeated, run.proposed);
  return run.proposed > 0 ? EXIT_DIFFERENT : EXIT_AS_EXPECTED;
}
