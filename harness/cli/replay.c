/* replay: exchanges and cases through the mapping, diff against what is expected. */
#include "harness/cli/approve.h"
#include "harness/cli/coverage.h"
#include "harness/cli/inputs.h"
#include "harness/cli/learn.h"
#include "harness/cli/mutate.h"
#include "harness/cli/reports.h"
#include "harness/cli/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Arguments {
  OptionList specs, recordings, reports, tags, variables;
  const char *api, *filter, *operation, *shard, *history;
  int jobs;
  bool fail_fast, allow_empty, verbose, update, breaking, mutate, learn;
  int seed, budget, threshold;
  const char *coverage;
} Arguments;

/* ---- shards ---- */

static bool read_number(const char *text, int most, int *out) {
  int64_t number;
  if (text == NULL || !text_to_integer(text_from(text), &number) || number < 0 || number > most) return false;
  *out = (int)number;
  return true;
}

/* I/N, from 1. */
static bool read_shard(const char *value, Arena *arena, ReplayOptions *out, Fault *fault) {
  Text total;
  Text index = text_split(text_from(value), '/', &total);
  bool fine = read_number(arena_copy_string(arena, total), 1000000, &out->shard_total) &&
              read_number(arena_copy_string(arena, index), 1000000, &out->shard_index);
  if (!fine || out->shard_index < 1 || out->shard_index > out->shard_total)
    return fault_raise(fault, FAULT_USAGE, "--shard is I/N with I from 1 to N, not \"%s\"", value);
  out->shard_index--;
  return true;
}

/* As Bazel and others set it: index from 0; the file says that sharding is understood. */
static bool read_shard_environment(ReplayOptions *out, Fault *fault) {
  const char *total = getenv("TEST_TOTAL_SHARDS"), *index = getenv("TEST_SHARD_INDEX");
  const char *status_file = getenv("TEST_SHARD_STATUS_FILE");
  if (total == NULL || total[0] == '\0') return true;
  if (!read_number(total, 1000000, &out->shard_total) || !read_number(index, 1000000, &out->shard_index) ||
      (out->shard_total > 0 && out->shard_index >= out->shard_total))
    return fault_raise(fault, FAULT_USAGE, "TEST_SHARD_INDEX %s of TEST_TOTAL_SHARDS %s makes no sense",
                       index != NULL ? index : "(unset)", total);
  if (status_file == NULL || status_file[0] == '\0') return true;
  int descriptor = open(status_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return fault_raise(fault, FAULT_SYSTEM, "can't touch %s: %s", status_file, strerror(errno));
  close(descriptor);
  return true;
}

/* ---- options ---- */

static bool read_options(const Arguments *arguments, Arena *arena, ReplayOptions *out, Fault *fault) {
  *out = (ReplayOptions){
      .fail_fast = arguments->fail_fast, .jobs = arguments->jobs, .detailed = arguments->verbose};
  if (arguments->operation != NULL) out->operation = text_from(arguments->operation);
  Text *tags = ARENA_ARRAY(arena, Text, arguments->tags.count);
  for (size_t i = 0; i < arguments->tags.count; i++) tags[i] = text_from(arguments->tags.items[i]);
  out->tags = tags;
  out->tag_count = arguments->tags.count;
  if (arguments->filter != NULL &&
      !pattern_compile(text_from(arguments->filter), 0, arena, &out->filter, fault)) {
    fault_wrap(fault, "--filter");
    fault_quote(fault, text_from(arguments->filter), fault->offset);
    return false;
  }
  if (arguments->shard != NULL) return read_shard(arguments->shard, arena, out, fault);
  return read_shard_environment(out, fault);
}

/* ---- the run ---- */

/* What a spec's cases speak for in its recordings. */
typedef struct Claims {
  const char **ids;
  size_t count;
} Claims;

/* What a whole run shares: its specs and options, where verdicts go, and the worst that happened so far. */
typedef struct Run {
  const Arguments *arguments;
  Spec **specs;
  Claims *claims; /* by spec */
  size_t count;
  Headers variables;
  ReplayOptions options;
  Reports *reports;
  ReplayTotals totals;
  int worst;
} Run;

static void note_status(Run *run, int status) {
  if (status > run->worst) run->worst = status;
}

/* A file that can't be read doesn't keep the others from running: their mistakes are worth knowing too. */
static void load_specs(Run *run, const OptionList *paths, Arena *arena) {
  const SpecOptions options = {.api = run->arguments->api, .variables = run->variables};
  run->specs = ARENA_ARRAY(arena, Spec *, paths->count);
  for (size_t i = 0; i < paths->count; i++) {
    FaultList faults = fault_list_make(arena);
    bool loaded = spec_load_with(paths->items[i], &options, arena, &run->specs[run->count], &faults);
    int status = (int)console_faults(&faults);
    if (loaded) run->count++;
    note_status(run, loaded || status != EXIT_AS_EXPECTED ? status : EXIT_INPUT);
  }
}

static bool share_recordings(const Run *run, const Spec *one, const Spec *other) {
  if (run->arguments->recordings.count > 0) return true;
  for (size_t i = 0; i < one->recording_count; i++)
    for (size_t k = 0; k < other->recording_count; k++)
      if (strcmp(one->recordings[i], other->recordings[k]) == 0) return true;
  return false;
}

/* Specs may share a recording: then each exchange is judged where a case speaks for it, and nowhere else. */
static void find_claims(Run *run, Arena *arena) {
  run->claims = ARENA_ARRAY(arena, Claims, run->count);
  for (size_t i = 0; i < run->count && run->count > 1; i++) {
    Recordings recordings;
    if (!inputs_open_recordings(run->specs[i], &run->arguments->recordings, true, arena, &recordings, NULL))
      continue; /* told when it is its turn */
    run->claims[i].ids =
        replay_claims(run->specs[i], recordings.stores, recordings.count, arena, &run->claims[i].count);
    inputs_close_recordings(&recordings);
  }
}

static void find_others(Run *run, size_t index, Arena *arena) {
  size_t claimed = 0;
  for (size_t i = 0; i < run->count; i++) claimed += run->claims[i].count;
  const Definition **others = ARENA_ARRAY(arena, const Definition *, run->count);
  const char **ids = ARENA_ARRAY(arena, const char *, claimed);
  ReplayOptions *options = &run->options;
  options->others = others;
  options->claimed = ids;
  options->other_count = options->claimed_count = 0;
  options->unmapped_told = false;
  for (size_t i = 0; i < run->count; i++) {
    const Spec *other = run->specs[i];
    if (i == index || !share_recordings(run, run->specs[index], other)) continue;
    for (size_t k = 0; k < run->claims[i].count; k++) ids[options->claimed_count++] = run->claims[i].ids[k];
    if (other->definition == NULL) continue;
    others[options->other_count++] = other->definition;
    if (i < index) options->unmapped_told = true;
  }
}

static bool replay_one(Run *run, size_t index, Arena *arena) {
  const Spec *spec = run->specs[index];
  FaultList faults = fault_list_make(arena);
  Recordings recordings;
  Fault fault;
  int status;
  if (!inputs_open_recordings(spec, &run->arguments->recordings, false, arena, &recordings, &status)) {
    note_status(run, status);
    return true;
  }
  run->options.faults = &faults;
  find_others(run, index, arena);
  bool fine = replay_spec(spec, recordings.stores, recordings.count, &run->options, reports_verdict,
                          run->reports, &run->totals, &fault);
  inputs_close_recordings(&recordings);
  note_status(run, console_faults(&faults));
  if (!fine) note_status(run, console_fault(&fault));
  return fine && !run->totals.stopped;
}

static int status_of(const Run *run) {
  const ReplayTotals *totals = &run->totals;
  if (run->worst != EXIT_AS_EXPECTED) return run->worst;
  if (totals->different + totals->unapproved > 0) return EXIT_DIFFERENT;
  size_t all = totals->same + totals->fresh + totals->unmapped;
  bool others_run = totals->selected > 0; /* another shard has them */
  if (all == 0 && !others_run && !run->arguments->allow_empty) {
    console_note("nothing was selected to run (--allow-empty makes that a success)");
    return EXIT_NOTHING;
  }
  return EXIT_AS_EXPECTED;
}

/* What a line to re-run one case has to say again. */
static const char *repeated_options(const Arguments *arguments, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  if (arguments->api != NULL) {
    buffer_append_string(&out, " --api ");
    append_shell_word(&out, text_from(arguments->api));
  }
  for (size_t i = 0; i < arguments->recordings.count; i++) {
    buffer_append_string(&out, " --recordings ");
    append_shell_word(&out, text_from(arguments->recordings.items[i]));
  }
  return out.length > 0 ? buffer_string(&out) + 1 : NULL;
}

static int replay(const Arguments *arguments, Arena *arena) {
  Run run = {.arguments = arguments};
  OptionList paths = {0};
  Fault fault;
  int status;
  if (!read_options(arguments, arena, &run.options, &fault)) return (int)console_fault(&fault);
  if (!inputs_read_variables(&arguments->variables, arena, &run.variables, &fault))
    return (int)console_fault(&fault);
  if (!inputs_find_specs(&arguments->specs, arena, &paths, &status)) return status;
  const ReportsInput reports = {&arguments->reports, arguments->verbose, repeated_options(arguments, arena),
                                arguments->history};
  if (!reports_open(&reports, arena, &run.reports, &fault)) return (int)console_fault(&fault);
  load_specs(&run, &paths, arena);
  find_claims(&run, arena);
  for (size_t i = 0; i < run.count; i++)
    if (!replay_one(&run, i, arena)) break;
  if (!reports_close(run.reports, &run.totals, &fault)) note_status(&run, console_fault(&fault));
  return status_of(&run);
}

/* --update: approve, with what was selected here. */
static int update(const Arguments *arguments, Arena *arena) {
  ApproveArguments approve = {.specs = arguments->specs,
                              .recordings = arguments->recordings,
                              .tags = arguments->tags,
                              .variables = arguments->variables,
                              .api = arguments->api,
                              .filter = arguments->filter,
                              .operation = arguments->operation,
                              .all = true,
                              .breaking = arguments->breaking};
  return approve_run(&approve, arena);
}

/* --mutate: would the specs notice a slip of the hand in the definition? */
static int mutate(const Arguments *arguments, Arena *arena) {
  MutateArguments wanted = {.specs = arguments->specs,
                            .recordings = arguments->recordings,
                            .api = arguments->api,
                            .seed = arguments->seed,
                            .budget = arguments->budget,
                            .threshold = arguments->threshold < 0 ? 90 : arguments->threshold};
  Fault fault;
  if (!inputs_read_variables(&arguments->variables, arena, &wanted.variables, &fault))
    return (int)console_fault(&fault);
  return mutate_run(&wanted, arena);
}

/* --coverage: what of the definitions do cases and recordings go through? */
static int cover(const Arguments *arguments, Arena *arena) {
  CoverageArguments wanted = {.specs = arguments->specs,
                              .recordings = arguments->recordings,
                              .api = arguments->api,
                              .format = arguments->coverage,
                              .threshold = arguments->threshold < 0 ? 0 : arguments->threshold};
  Fault fault;
  if (!inputs_read_variables(&arguments->variables, arena, &wanted.variables, &fault))
    return (int)console_fault(&fault);
  return coverage_run(&wanted, arena);
}

/* --learn: what differs between answers to the same request? */
static int learn(const Arguments *arguments, Arena *arena) {
  LearnArguments wanted = {
      .specs = arguments->specs, .recordings = arguments->recordings, .api = arguments->api};
  Fault fault;
  if (!inputs_read_variables(&arguments->variables, arena, &wanted.variables, &fault))
    return (int)console_fault(&fault);
  return learn_run(&wanted, arena);
}

/* `--coverage` alone is `--coverage=text`: its value is optional, so it can't stand apart. */
static void complete_coverage(int argc, char **argv) {
  static char with_text[] = "--coverage=text";
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--coverage") == 0) argv[i] = with_text;
}

static int run_wanted(const Usage *usage, const Arguments *arguments, Arena *arena) {
  if (arguments->breaking && !arguments->update)
    return options_refuse(usage, "--breaking goes with --update");
  int wanted = arguments->update + arguments->mutate + arguments->learn + (arguments->coverage != NULL);
  if (wanted > 1)
    return options_refuse(usage, "--coverage, --learn, --mutate and --update are each for themselves");
  if (arguments->learn) return learn(arguments, arena);
  if (arguments->coverage != NULL) return cover(arguments, arena);
  if (arguments->mutate) return mutate(arguments, arena);
  return arguments->update ? update(arguments, arena) : replay(arguments, arena);
}

static const char description[] =
    "Each case, each status table and each recorded exchange gets a verdict: same, different, new (nothing\n"
    "says what is expected) or unmapped (no operation matches). A SPEC may be a folder. A broken pattern or\n"
    "template of the definition is an error, unless a passing case expects just that failure.";

static const char examples[] =
    "statusquo replay specs\n"
    "statusquo replay specs/pets.yaml --filter '^a missing pet'\n"
    "statusquo replay specs/pets.yaml --api next/pets.openapi.yaml\n"
    "statusquo replay specs --report terminal --report junit=results.xml --report ndjson=results.ndjson";

int replay_main(int argc, char **argv) {
  Arena *arena = arena_new(0);
  Arguments arguments = {.threshold = -1};
  const Option options[] = {
      {OPTION_TEXT, 0, "api", "DEF", "another definition than the specs' own", .target = &arguments.api},
      {OPTION_LIST, 0, "variable", "NAME=VALUE", "what ${NAME} stands for in the specs; repeatable",
       .target = &arguments.variables},
      {OPTION_LIST, 0, "recordings", "FILE", "recordings instead of the specs' own; repeatable",
       .target = &arguments.recordings},
      {OPTION_LIST, 'r', "report", "FORMAT[=FILE]", reports_help(arena), .target = &arguments.reports},
      {OPTION_TEXT, 0, "history", "FILE", "keep what each run came to; html and markdown draw the trend",
       .target = &arguments.history},
      {OPTION_TEXT, 'f', "filter", "REGEX", "only what has this in its name", .target = &arguments.filter},
      {OPTION_TEXT, 0, "operation", "'GET /x'", "only this operation", .target = &arguments.operation},
      {OPTION_LIST, 't', "tag", "TAG", "only what has this tag; repeatable: any of them",
       .target = &arguments.tags},
      {OPTION_FLAG, 'x', "fail-fast", NULL, "stop at the first difference", .target = &arguments.fail_fast},
      {OPTION_INTEGER, 'j', "jobs", "N", "threads; 0: as many as processors", .target = &arguments.jobs},
      {OPTION_TEXT, 0, "shard", "I/N",
       "the I-th of N parts, from 1 (or TEST_SHARD_INDEX from 0,\n"
       "TEST_TOTAL_SHARDS, TEST_SHARD_STATUS_FILE)",
       .target = &arguments.shard},
      {OPTION_FLAG, 0, "allow-empty", NULL, "nothing to run is a success", .target = &arguments.allow_empty},
      {OPTION_FLAG, 0, "update", NULL, "accept what is different or new: the same as approve --all",
       .target = &arguments.update},
      {OPTION_FLAG, 0, "breaking", NULL, "with --update: what breaks clients too",
       .target = &arguments.breaking},
      {OPTION_TEXT, 0, "coverage", "FORMAT",
       "list what of the definitions no case and no recorded exchange goes\n"
       "through, with a suggested case each: --coverage, --coverage=json,\n"
       "--coverage=lcov",
       .target = &arguments.coverage},
      {OPTION_FLAG, 0, "learn", NULL,
       "propose ignore rules for what differs between answers to the same\n"
       "request, recorded more than once: a patch to the spec, not applied",
       .target = &arguments.learn},
      {OPTION_FLAG, 0, "mutate", NULL,
       "change the definition in small ways, one at a time, and list the\n"
       "changes that no case, table or approved exchange notices",
       .target = &arguments.mutate},
      {OPTION_INTEGER, 0, "seed", "N", "with --mutate: in which order", .target = &arguments.seed},
      {OPTION_INTEGER, 0, "budget", "SECONDS", "with --mutate: no longer than this for a spec",
       .target = &arguments.budget},
      {OPTION_INTEGER, 0, "threshold", "PERCENT", "fail below this share (--mutate: 90, --coverage: 0)",
       .target = &arguments.threshold},
      {OPTION_FLAG, 'v', "verbose", NULL, "passing ones too, nothing left out", .target = &arguments.verbose},
  };
  const Usage usage = {.verb = "replay",
                       .operands = "SPEC…",
                       .least = 1,
                       .most = OPERANDS_ANY,
                       .description = description,
                       .examples = examples,
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  int status;
  complete_coverage(argc, argv);
  if (options_parse(&usage, argc, argv, arena, &arguments.specs, &status))
    status = run_wanted(&usage, &arguments, arena);
  arena_free(arena);
  return status;
}
