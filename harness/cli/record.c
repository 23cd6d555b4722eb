/* record SPEC…: asks the live backend every request of the specs and stores what it answers. */
#include "harness/cli/inputs.h"
#include "harness/cli/record_proxy.h"
#include "harness/cli/recorder.h"
#include "harness/cli/recordings.h"
#include "harness/cli/verbs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct RecordGiven {
  RecordOptions options;
  const char *recordings;
  OptionList keep, detect;
  RuleList detectors;
  int repeat;
  bool stores_all;
  bool allow_empty;
} RecordGiven;

typedef struct Session {
  const RecordGiven *given;
  Arena *arena; /* of the whole call */
  RecordTotals totals;
  size_t skipped[SKIP_COUNT];
  size_t recordings;
  const char *recording; /* the last one written */
  uint64_t began;
} Session;

/* ---- signals ---- */

static volatile int stop;

static void on_signal(int number) {
  (void)number;
  stop = 1;
}

/* The first signal ends in order, the second at once. A file that may not grow is an error, not the end. */
static void catch_signals(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
  signal(SIGXFSZ, SIG_IGN);
}

/* ---- what is given ---- */

/* seconds = number [ "s" ] | number "ms" */
static bool take_timeout(void *target, const char *value, Fault *fault) {
  char *end;
  double number = strtod(value, &end);
  double milliseconds = strcmp(end, "ms") == 0 ? number : number * 1000;
  bool good = end != value && (*end == '\0' || strcmp(end, "s") == 0 || strcmp(end, "ms") == 0);
  if (!good || !(milliseconds >= 1) || milliseconds > 86400000)
    return fault_raise(fault, FAULT_USAGE, "--timeout takes seconds (2, 0.5, 500ms), not \"%s\"", value);
  *(int *)target = (int)milliseconds;
  return true;
}

static const char *environment(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

/* Their variables, else the region's own when there are credentials. */
const char *record_lambda_endpoint(Arena *arena) {
  const char *endpoint = environment("AWS_ENDPOINT_URL_LAMBDA");
  if (endpoint == NULL) endpoint = environment("AWS_ENDPOINT_URL");
  if (endpoint != NULL) return endpoint;
  const char *region = environment("AWS_REGION");
  if (region == NULL) region = environment("AWS_DEFAULT_REGION");
  if (region == NULL || environment("AWS_ACCESS_KEY_ID") == NULL) return NULL;
  return arena_print(arena, "https://lambda.%s.amazonaws.com", region).data;
}

static bool check_address(const char *option, const char *url, Fault *fault) {
  Text text = text_from(url);
  if (url == NULL || ((text_starts(text, TEXT("http://")) && text.length > 7) ||
                      (text_starts(text, TEXT("https://")) && text.length > 8)))
    return true;
  return fault_raise(fault, FAULT_USAGE, "%s takes an address like http://127.0.0.1:9000, not \"%s\"", option,
                     url);
}

/* ---- one spec ---- */

static void take_rules(const Spec *spec, const RuleList *detectors, Keeper *keeper, Arena *arena) {
  RuleList rules = {0};
  for (size_t i = 0; i < spec->redact_count; i++)
    *ARENA_ADD(arena, rules.items, rules.count) = (RedactionRule){
        .header = spec->redacts[i].header, .query = spec->redacts[i].query, .path = spec->redacts[i].path};
  for (size_t i = 0; i < detectors->count; i++)
    *ARENA_ADD(arena, rules.items, rules.count) = detectors->items[i];
  keeper->rules = rules.items;
  keeper->rule_count = rules.count;
}

static bool take_key(Store *store, Keeper *keeper, Arena *arena, Fault *fault) {
  Text recording;
  Fault reason;
  if (!store_meta(store, TEXT("recording"), arena, &recording, fault)) return false;
  if (redaction_key(recording, arena, &keeper->key, &reason)) return true;
  keeper->key = redaction_key_random(arena);
  reason.warning = true;
  fault_wrap(&reason, "placeholders of secrets will be others the next time");
  console_fault(&reason);
  return true;
}

static bool ask(Session *session, const Spec *spec, const RecordOptions *options, const RecordPlan *plan,
                Store *store, Arena *arena, Fault *fault) {
  const RecordGiven *given = session->given;
  Text *keep = ARENA_ARRAY(arena, Text, given->keep.count);
  for (size_t i = 0; i < given->keep.count; i++) keep[i] = text_from(given->keep.items[i]);
  Keeper keeper = {.store = store,
                   .command = arena_print(arena, "record %s", spec->file),
                   .stores_all = given->stores_all || given->repeat > 1,
                   .spec = spec,
                   .keep = keep,
                   .keep_count = given->keep.count,
                   .totals = &session->totals,
                   .passing = arena_new(0),
                   .began = session->began,
                   .shows_progress = console_width(STDERR_FILENO) > 0};
  take_rules(spec, &given->detectors, &keeper, arena);
  bool good = take_key(store, &keeper, arena, fault) &&
              record_tasks(plan->tasks, plan->count, options, keeper_take, &keeper, &stop, arena, fault);
  keeper_hide_progress(&keeper);
  /* What was answered before a fault is kept too; the first fault is the one to tell. */
  Fault late = {0};
  if (!keeper_commit(&keeper, &late) && good) {
    *fault = late;
    good = false;
  }
  arena_free(keeper.passing);
  return good;
}

static bool choose_recording(const Session *session, const Spec *spec, const char **out, Fault *fault) {
  *out = session->given->recordings;
  if (*out == NULL && spec->recording_count > 0) *out = spec->recordings[0];
  if (*out != NULL) return true;
  return fault_raise(fault, FAULT_USAGE,
                     "%s doesn't say where to record: give --recordings FILE, or the spec \"recordings:\"",
                     spec->file);
}

static bool record_spec(Session *session, const Spec *spec, Arena *arena, Fault *fault) {
  RecordOptions options = session->given->options;
  RecordPlan plan;
  const char *path;
  Store *store;
  if (options.backend == NULL && spec->backend.data != NULL)
    options.backend = arena_copy_string(arena, spec->backend);
  if (!check_address("backend", options.backend, fault) ||
      !plan_make(spec, &options, session->given->repeat, arena, &plan, fault))
    return false;
  for (size_t i = 0; i < SKIP_COUNT; i++) session->skipped[i] += plan.skipped[i];
  if (plan.count == 0) return true;
  session->totals.asked += plan.count;
  if (!choose_recording(session, spec, &path, fault) || !store_open(path, STORE_WRITE, &store, fault))
    return false;
  session->recordings += session->recording == NULL || strcmp(session->recording, path) != 0;
  session->recording = arena_copy_string(session->arena, text_from(path));
  bool good = ask(session, spec, &options, &plan, store, arena, fault);
  Fault late = {0};
  if (!store_close(store, &late) && good) {
    *fault = late;
    good = false;
  }
  return good;
}

/* ---- the whole call ---- */

static int record_file(Session *session, const char *path) {
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Spec *spec;
  Fault fault = {0};
  int status = EXIT_AS_EXPECTED;
  if (!spec_load(path, NULL, arena, &spec, &faults))
    status = console_faults(&faults);
  else if (!record_spec(session, spec, arena, &fault))
    status = console_fault(&fault);
  arena_free(arena);
  return status;
}

static void print_skipped(const Session *session) {
  static const char *const words[][2] = {
#define WORDS(name, one, many) {one, many},
      SKIPS(WORDS)
#undef WORDS
  };
  Buffer line = buffer_make(session->arena, 0);
  for (size_t i = 0; i < SKIP_COUNT; i++) {
    if (session->skipped[i] == 0) continue;
    buffer_print(&line, "%s%zu %s", line.length > 0 ? ", " : "", session->skipped[i],
                 words[i][session->skipped[i] != 1]);
  }
  if (line.length > 0) console_note("not asked: %s", buffer_string(&line));
}

static void print_summary(const Session *session) {
  const RecordTotals *totals = &session->totals;
  double seconds = (double)(clock_milliseconds() - session->began) / 1000;
  Buffer line = buffer_make(session->arena, 0);
  buffer_print(&line, "%zu of %zu requests answered in %.1f s, %zu recorded", totals->answered, totals->asked,
               seconds, totals->stored);
  if (session->recordings == 1) buffer_print(&line, " in %s", session->recording);
  if (session->recordings > 1) buffer_print(&line, " in %zu recordings", session->recordings);
  const char *separator = ": ";
  const struct {
    size_t count;
    const char *what;
  } parts[] = {{totals->fresh, "new"},
               {totals->unchanged, "as before"},
               {totals->changed, "changed"},
               {totals->failures, "of them failures of the backend"},
               {totals->redacted, "with secrets replaced"}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (parts[i].count == 0) continue;
    buffer_print(&line, "%s%zu %s", separator, parts[i].count, parts[i].what);
    separator = ", ";
  }
  console_note("%s", buffer_string(&line));
}

static int conclude(const Session *session, int status) {
  const RecordTotals *totals = &session->totals;
  Fault fault;
  if (totals->asked > 0) print_summary(session);
  print_skipped(session);
  if (totals->unreachable > 0) {
    fault_raise(&fault, FAULT_SYSTEM,
                "%zu of %zu requests reached nobody (kept as failures where nothing was recorded before): %s",
                totals->unreachable, totals->asked, totals->unreachable_detail);
    int unreachable = console_fault(&fault);
    if (status == EXIT_AS_EXPECTED) status = unreachable;
  }
  if (stop != 0) {
    console_note("interrupted: what was answered is kept");
    if (status == EXIT_AS_EXPECTED) status = EXIT_ENVIRONMENT;
  }
  if (status != EXIT_AS_EXPECTED) return status;
  if (totals->asked == 0) {
    console_note("no case asks for a backend's answer");
    return session->given->allow_empty ? EXIT_AS_EXPECTED : EXIT_NOTHING;
  }
  return totals->changed > 0 ? EXIT_DIFFERENT : EXIT_AS_EXPECTED;
}

static int record_all(const RecordGiven *given, const OptionList *specs, Arena *arena) {
  Session session = {.given = given, .arena = arena, .began = clock_milliseconds()};
  int status = EXIT_AS_EXPECTED;
  catch_signals();
  for (size_t i = 0; i < specs->count && stop == 0; i++) {
    int answer = record_file(&session, specs->items[i]);
    if (answer > status) status = answer;
    if (answer == EXIT_ENVIRONMENT) break; /* a full disk or a locked file: the next spec fares no better */
  }
  return conclude(&session, status);
}

int record_main(int argc, char **argv) {
  if (record_is_live(argc, argv)) return record_live_main(argc, argv);
  RecordGiven given = {.repeat = 1};
  const Option options[] = {
      {OPTION_TEXT, 0, "recordings", "FILE", "where to record (default: the first that the spec names)",
       .target = &given.recordings},
      {OPTION_TEXT, 0, "backend", "URL",
       "where HTTP integrations are asked, instead of their own scheme, host and port\n"
       "(default: the spec's \"backend\")",
       .target = &given.options.backend},
      {OPTION_TEXT, 0, "lambda-endpoint", "URL",
       "where functions are invoked (default: AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL,\n"
       "or AWS itself when there are credentials and a region)",
       .target = &given.options.lambda_endpoint},
      {OPTION_CALL, 0, "timeout", "SECONDS", "how long to wait for an answer (default: the integration's)",
       .target = &given.options.timeout_ms, .take = take_timeout},
      {OPTION_INTEGER, 'j', "jobs", "N", "how many requests at once (default 8)",
       .target = &given.options.jobs},
      {OPTION_FLAG, 0, "all", NULL, "also store answers that are the same as the last time",
       .target = &given.stores_all},
      {OPTION_INTEGER, 0, "repeat", "N", "ask everything N times and store every answer",
       .target = &given.repeat},
      {OPTION_LIST, 0, "detect", "NAME,…",
       "redact what these know by its form too: card, email (AWS keys, JWTs, bearer tokens and private\n"
       "keys are found without)",
       .target = &given.detect},
      {OPTION_LIST, 0, "keep", "NAME",
       "don't redact this header, query parameter or JSON member, or what this detector finds, though it "
       "usually is a secret (repeatable)",
       .target = &given.keep},
      {OPTION_TEXT, 0, "cacert", "FILE", "trust these certificates", .target = &given.options.ca_file},
      {OPTION_FLAG, 'k', "insecure", NULL, "don't check the backend's certificate",
       .target = &given.options.insecure},
      {OPTION_FLAG, 0, "allow-empty", NULL, "it is fine when there is nothing to ask",
       .target = &given.allow_empty},
  };
  const Usage usage = {
      .verb = "record",
      .operands = "SPEC…",
      .least = 1,
      .most = OPERANDS_ANY,
      .description =
          "Sends every request of the specs through the request direction of its mapping to the live "
          "backend\n"
          "and stores what is answered, under the case's name. A second time it adds what is new and prints\n"
          "what the backend answers otherwise than the last time (exit status 1). Cases with a backend of "
          "their own\n"
          "aren't asked. Credentials and cookies are replaced before anything is stored; Ctrl-C keeps what "
          "was\n"
          "answered.",
      .examples =
          "statusquo record specs/pets.yaml --recordings pets.db --backend http://127.0.0.1:9000\n"
          "statusquo record specs --recordings demo.db --lambda-endpoint http://127.0.0.1:3001 --timeout 5\n"
          "statusquo record specs/orders.yaml --jobs 1 --repeat 3 --keep X-Api-Key\n"
          "statusquo record --proxy --help    (live traffic: be a reverse proxy, or the gateway itself)",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  OptionList operands = {0}, specs = {0};
  Fault fault = {0};
  int status;
  if (!options_parse(&usage, argc, argv, arena, &operands, &status)) goto done;
  if (given.options.lambda_endpoint == NULL) given.options.lambda_endpoint = record_lambda_endpoint(arena);
  bool good = true;
  for (size_t i = 0; good && i < given.detect.count; i++)
    good = redaction_detectors_add(&given.detectors, given.detect.items[i], arena, &fault);
  if (!good)
    status = options_refuse(&usage, "%s", fault.message);
  else if (given.repeat < 1)
    status = options_refuse(&usage, "--repeat takes a number from 1");
  else if (!check_address("--backend", given.options.backend, &fault) ||
           !check_address("--lambda-endpoint", given.options.lambda_endpoint, &fault))
    status = options_refuse(&usage, "%s", fault.message);
  else if (inputs_find_specs(&operands, arena, &specs, &status))
    status = record_all(&given, &specs, arena);
done:
  arena_free(arena);
  return status;
}
