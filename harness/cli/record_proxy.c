/* record --proxy ADDR --to URL, record --api DEF --listen ADDR: stands in front of the live backend and
 * records. */
#include "harness/cli/record_proxy.h"

#include "harness/base/file.h"
#include "harness/cli/options.h"
#include "harness/cli/recorder.h"
#include "harness/cli/recordings.h"
#include "harness/cli/writer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct Rotation {
  uint64_t bytes, milliseconds; /* 0: never */
  Arena *arena;
} Rotation;

typedef struct LiveGiven {
  LiveOptions live;
  const char *proxy, *api, *listen, *recordings, *port_file;
  OptionList keep, redact, detect, only, skip, parameters;
  int64_t body_limit;
  Rotation rotation;
  Text command;
} LiveGiven;

bool record_is_live(int argc, char **argv) {
  static const char *const marks[] = {"--proxy", "--listen"};
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    for (size_t k = 0; k < OPTION_COUNT(marks); k++) {
      size_t length = strlen(marks[k]);
      if (strncmp(argv[i], marks[k], length) == 0 && (argv[i][length] == '\0' || argv[i][length] == '='))
        return true;
    }
  return false;
}

/* ---- values with a grammar ---- */

/* duration = number [ "s" / "ms" ] */
static bool take_duration(void *target, const char *value, Fault *fault) {
  char *end;
  double number = strtod(value, &end);
  double milliseconds = strcmp(end, "ms") == 0 ? number : number * 1000;
  bool good = end != value && (*end == '\0' || strcmp(end, "s") == 0 || strcmp(end, "ms") == 0);
  if (!good || !(milliseconds >= 1) || milliseconds > 86400000)
    return fault_raise(fault, FAULT_USAGE, "a time reads 2, 0.5 or 500ms, not \"%s\"", value);
  *(int *)target = (int)milliseconds;
  return true;
}

static bool read_size(const char *value, double *bytes) {
  static const struct {
    const char *name;
    double bytes;
  } units[] = {{"", 1}, {"B", 1}, {"KB", 1024}, {"MB", 1024 * 1024}, {"GB", 1024 * 1024 * 1024}};
  char *end;
  double number = strtod(value, &end);
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (end == value || strcmp(end, units[i].name) != 0) continue;
    *bytes = number * units[i].bytes;
    return *bytes >= 1;
  }
  return false;
}

/* size = number [ "KB" / "MB" / "GB" ] */
static bool take_size(void *target, const char *value, Fault *fault) {
  double bytes;
  if (!read_size(value, &bytes))
    return fault_raise(fault, FAULT_USAGE, "a size reads 1048576, 512KB or 10MB, not \"%s\"", value);
  if (bytes > 500e6) return fault_raise(fault, FAULT_USAGE, "a body that is recorded has up to 500 MB");
  *(int64_t *)target = (int64_t)bytes;
  return true;
}

/* rotation = number ( "KB" / "MB" / "GB" / "s" / "m" / "h" / "d" ) */
static bool take_rotation(void *target, const char *value, Fault *fault) {
  static const char letters[] = "smhd";
  static const double seconds[] = {1, 60, 3600, 86400};
  Rotation *rotation = target;
  char *end;
  double number = strtod(value, &end), bytes;
  const char *unit = end != value && *end != '\0' && end[1] == '\0' ? strchr(letters, *end) : NULL;
  if (unit != NULL && number * seconds[unit - letters] >= 1 && number < 1e6)
    rotation->milliseconds = (uint64_t)(number * seconds[unit - letters] * 1000);
  else if (*end != '\0' && read_size(value, &bytes) && bytes >= 65536 && bytes < 1e15)
    rotation->bytes = (uint64_t)bytes;
  else
    return fault_raise(fault, FAULT_USAGE,
                       "--rotate takes a size (1GB, at least 64KB) or an age (1h, 30m), not \"%s\"", value);
  return true;
}

/* ---- what is given ---- */

static bool make_filter(LiveGiven *given, Arena *arena, Fault *fault) {
  LiveFilter *filter = live_filter_new(arena);
  for (size_t i = 0; i < given->only.count; i++)
    if (!live_filter_add(filter, false, text_from(given->only.items[i]), arena, fault)) return false;
  for (size_t i = 0; i < given->skip.count; i++)
    if (!live_filter_add(filter, true, text_from(given->skip.items[i]), arena, fault)) return false;
  given->live.filter = filter;
  return true;
}

static bool make_redaction(const LiveGiven *given, Arena *arena, WriterOptions *out, Fault *fault) {
  RuleList rules = {0};
  Text *keep = ARENA_ARRAY(arena, Text, given->keep.count + 1);
  for (size_t i = 0; i < given->redact.count; i++)
    if (!redaction_rules_add(&rules, given->redact.items[i], arena, fault)) return false;
  for (size_t i = 0; i < given->detect.count; i++)
    if (!redaction_detectors_add(&rules, given->detect.items[i], arena, fault)) return false;
  for (size_t i = 0; i < given->keep.count; i++) keep[i] = text_from(given->keep.items[i]);
  out->rules = rules.items;
  out->rule_count = rules.count;
  out->keep = keep;
  out->keep_count = given->keep.count;
  return true;
}

static bool take_key(Store *store, Arena *arena, Text *out, Fault *fault) {
  Text recording;
  Fault reason;
  if (!store_meta(store, TEXT("recording"), arena, &recording, fault)) return false;
  if (redaction_key(recording, arena, out, &reason)) return true;
  *out = redaction_key_random(arena);
  reason.warning = true;
  fault_wrap(&reason, "placeholders of secrets will be others the next time");
  console_fault(&reason);
  return true;
}

/* The recording that takes the place of a full one; called by the writer's thread. */
static bool open_next(void *subject, Store **store, Text *key, Fault *fault) {
  LiveGiven *given = subject;
  Store *next;
  arena_reset(given->rotation.arena);
  if (!store_open(given->recordings, STORE_WRITE, &next, fault)) return false;
  if (take_key(next, given->rotation.arena, key, fault) && store_start_run(next, given->command, fault)) {
    *store = next;
    return true;
  }
  store_close(next, NULL);
  return false;
}

static bool load_api(LiveGiven *given, Arena *arena, int *status) {
  FaultList faults = fault_list_make(arena);
  DefinitionOptions options = {0};
  Definition *definition = NULL;
  Fault fault;
  for (size_t i = 0; i < given->parameters.count; i++) {
    Text value;
    Text name = text_split(text_from(given->parameters.items[i]), '=', &value);
    if (value.data == NULL) {
      fault_raise(&fault, FAULT_USAGE, "--parameter wants NAME=VALUE, not \"%.*s\"", TEXT_ARGS(name));
      *status = console_fault(&fault);
      return false;
    }
    headers_add(&options.parameters, name, value, arena);
  }
  if (!definition_load(given->api, &options, arena, &definition, &faults)) {
    *status = (int)console_faults(&faults);
    return false;
  }
  given->live.api = definition;
  for (size_t i = 0; i < definition->operation_count && given->live.backend.lambda_endpoint == NULL; i++)
    if (definition->operations[i].integration.is_lambda) {
      console_note("warning: %s calls functions, and nothing says where: give --lambda-endpoint", given->api);
      break;
    }
  return true;
}

/* Each client and each connection to the backend takes a descriptor. */
static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > 1 << 20 ? 1 << 20 : limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- running ---- */

static void print_counts(const LiveTotals *live, const WriterTotals *stored, const char *path) {
  const struct {
    uint64_t count;
    const char *what;
  } parts[] = {{live->failures, "failures of the backend"},
               {stored->redacted, "with secrets replaced"},
               {live->filtered, "left out by --only, --skip or --sample"},
               {live->too_large, "with a body past --body-limit"},
               {live->unasked, "answered by the gateway itself"},
               {live->tunnels, "upgraded connections passed through"},
               {live->trailers, "trailer lines dropped"},
               {live->abandoned, "given up by their client"},
               {live->refused, "malformed requests refused"}};
  char line[600];
  int length = snprintf(line, sizeof line, "recorded %llu exchanges of %llu requests in %s",
                        (unsigned long long)stored->stored, (unsigned long long)live->requests, path);
  const char *separator = ": ";
  for (size_t i = 0; i < sizeof parts / sizeof *parts && length < (int)sizeof line; i++) {
    if (parts[i].count == 0) continue;
    length += snprintf(line + length, sizeof line - (size_t)length, "%s%llu %s", separator,
                       (unsigned long long)parts[i].count, parts[i].what);
    separator = ", ";
  }
  console_note("%s", line);
  if (stored->files > 0)
    console_note("  in %llu files, of which this is the last", (unsigned long long)stored->files + 1);
}

static bool announce(const LiveGiven *given, const Live *live, Arena *arena, Fault *fault) {
  Text host = text_from(given->live.listen);
  size_t colon = text_find_last_char(host, ':');
  host = colon == TEXT_NOT_FOUND || colon == 0 ? TEXT("127.0.0.1") : text_slice(host, 0, colon);
  int port = live_port(live);
  if (given->live.backend.insecure)
    console_note("warning: --insecure: the backend's certificate isn't checked");
  if (given->port_file != NULL && !file_write(given->port_file, arena_print(arena, "%d\n", port), fault))
    return false;
  return console_write(arena_print(arena, "listening on http://%.*s:%d\n", TEXT_ARGS(host), port), fault);
}

static int serve(LiveGiven *given, Store **store, const WriterOptions *options, Arena *arena) {
  Fault fault;
  Live *live = NULL;
  Writer *writer = writer_start(*store, options);
  const LiveSink sink = writer_sink(writer);
  int status = EXIT_AS_EXPECTED;
  if (!live_open(&given->live, &sink, &live, &fault)) {
    writer_finish(writer, store);
    return (int)console_fault(&fault);
  }
  writer_serve(writer, live);
  bool whole = true;
  if (announce(given, live, arena, &fault))
    whole = live_run(live);
  else
    status = (int)console_fault(&fault);
  WriterTotals stored = writer_finish(writer, store);
  LiveTotals totals = *live_totals(live);
  live_close(live);
  print_counts(&totals, &stored, given->recordings);
  if (!whole) {
    console_note("stopped at once: requests that were under way weren't answered");
    status = EXIT_ENVIRONMENT;
  }
  if (stored.lost > 0) {
    fault_raise(&fault, FAULT_SYSTEM, "%llu exchanges are not in the recording",
                (unsigned long long)stored.lost);
    status = (int)console_fault(&fault);
  }
  return status;
}

static Text command_line(int argc, char **argv, Arena *arena) {
  Buffer line = buffer_make(arena, 0);
  for (int i = 0; i < argc; i++) buffer_print(&line, "%s%s", i > 0 ? " " : "", argv[i]);
  return buffer_text(&line);
}

static int record_live(LiveGiven *given, Arena *arena) {
  Fault fault;
  Store *store;
  WriterOptions options = {.path = given->recordings,
                           .durable = given->live.durable,
                           .shows_progress = console_width(STDERR_FILENO) > 0,
                           .rotate_bytes = given->rotation.bytes,
                           .rotate_ms = given->rotation.milliseconds,
                           .open_next = open_next,
                           .subject = given};
  if (!make_filter(given, arena, &fault) || !make_redaction(given, arena, &options, &fault) ||
      !live_check(&given->live, &fault) || !store_open(given->recordings, STORE_WRITE, &store, &fault))
    return (int)console_fault(&fault);
  int status = EXIT_ENVIRONMENT;
  if (take_key(store, arena, &options.key, &fault) && store_start_run(store, given->command, &fault))
    status = serve(given, &store, &options, arena);
  else
    console_fault(&fault);
  if (!store_close(store, &fault)) status = (int)console_fault(&fault);
  return status;
}

static int refuse_combination(const Usage *usage, const LiveGiven *given) {
  if (given->recordings == NULL) return options_refuse(usage, "where to record? Give --recordings FILE");
  if (given->proxy != NULL && given->api != NULL)
    return options_refuse(usage, "--proxy and --api exclude each other");
  if (given->proxy != NULL && given->live.to == NULL) return options_refuse(usage, "--proxy needs --to URL");
  if (given->proxy == NULL && given->api == NULL) return options_refuse(usage, "--listen needs --api DEF");
  if (given->api != NULL && given->listen == NULL) return options_refuse(usage, "--api needs --listen ADDR");
  if (given->api != NULL && given->live.to != NULL)
    return options_refuse(usage, "--to goes with --proxy; --backend says where the integrations are");
  return EXIT_AS_EXPECTED;
}

int record_live_main(int argc, char **argv) {
  LiveGiven given = {0};
  const Option options[] = {
      {OPTION_TEXT, 0, "proxy", "ADDR",
       "be a reverse proxy on this address (127.0.0.1:8080, 8080; port 0: any)", .target = &given.proxy},
      {OPTION_TEXT, 0, "to", "URL", "the backend that --proxy passes requests on to",
       .target = &given.live.to},
      {OPTION_TEXT, 0, "api", "DEF", "be the gateway of this definition: map, ask its backends, map back",
       .target = &given.api},
      {OPTION_TEXT, 0, "listen", "ADDR", "the address that --api listens on", .target = &given.listen},
      {OPTION_TEXT, 0, "recordings", "FILE", "where to record", .target = &given.recordings},
      {OPTION_TEXT, 0, "backend", "URL",
       "with --api: where HTTP integrations are asked, instead of their own scheme, host and port",
       .target = &given.live.backend.backend},
      {OPTION_TEXT, 0, "lambda-endpoint", "URL",
       "with --api: where functions are invoked (default: as for specs)",
       .target = &given.live.backend.lambda_endpoint},
      {OPTION_LIST, 0, "parameter", "NAME=VALUE",
       "with --api: value of a CloudFormation parameter (repeatable)", .target = &given.parameters},
      {OPTION_FLAG, 0, "durable", NULL,
       "answer a client only when its exchange is on the disk: nothing that was answered is ever\n"
       "lost. Without it at most the last 100 ms are, when the program is killed or the power fails",
       .target = &given.live.durable},
      {OPTION_LIST, 0, "only", "WHAT",
       "record only method=POST, path=/pets/*, status=4xx,500 or type=json (repeatable: any of them)",
       .target = &given.only},
      {OPTION_LIST, 0, "skip", "WHAT", "don't record these, written as for --only (repeatable)",
       .target = &given.skip},
      {OPTION_CALL, 0, "body-limit", "SIZE",
       "larger bodies are passed on but not recorded; an answer is recorded as \"too large\"\n"
       "(default 10MB, which is the gateway's own limit)",
       .target = &given.body_limit, .take = take_size},
      {OPTION_INTEGER, 0, "sample", "N", "record one exchange of N", .target = &given.live.sample},
      {OPTION_INTEGER, 0, "count", "N", "stop after N recorded exchanges", .target = &given.live.count},
      {OPTION_CALL, 0, "for", "SECONDS", "stop after so long", .target = &given.live.duration_ms,
       .take = take_duration},
      {OPTION_CALL, 0, "rotate", "SIZE|AGE",
       "past 1GB, or after 1h, give the recording a name with the time in it and begin a new one",
       .target = &given.rotation, .take = take_rotation},
      {OPTION_LIST, 0, "redact", "RULE",
       "replace \"header NAME\", \"query NAME\" or what a JSONPath finds in bodies (repeatable)",
       .target = &given.redact},
      {OPTION_LIST, 0, "detect", "NAME,…",
       "redact what these know by its form too: card, email (AWS keys, JWTs, bearer tokens and private\n"
       "keys are found without)",
       .target = &given.detect},
      {OPTION_LIST, 0, "keep", "NAME",
       "don't redact this header or query parameter, though it usually is a secret (repeatable)",
       .target = &given.keep},
      {OPTION_FLAG, 0, "keep-host", NULL, "pass on the client's Host instead of the backend's",
       .target = &given.live.keep_host},
      {OPTION_CALL, 0, "timeout", "SECONDS",
       "how long to wait for the backend (default: 60; the integration's)",
       .target = &given.live.backend.timeout_ms, .take = take_duration},
      {OPTION_CALL, 0, "head-timeout", "SECONDS", "how long the head of a request may take (default 10)",
       .target = &given.live.head_timeout_ms, .take = take_duration},
      {OPTION_CALL, 0, "idle-timeout", "SECONDS", "how long a connection may be idle (default 60)",
       .target = &given.live.idle_timeout_ms, .take = take_duration},
      {OPTION_CALL, 0, "drain-timeout", "SECONDS",
       "how long a stop waits for requests under way (default 10)", .target = &given.live.drain_timeout_ms,
       .take = take_duration},
      {OPTION_TEXT, 0, "port-file", "FILE", "write the port there once it is open",
       .target = &given.port_file},
      {OPTION_TEXT, 0, "cacert", "FILE", "trust these certificates", .target = &given.live.backend.ca_file},
      {OPTION_FLAG, 'k', "insecure", NULL, "don't check the backend's certificate",
       .target = &given.live.backend.insecure},
  };
  const Usage usage = {
      .verb = "record",
      .description = "Stands in front of the live backend and records every exchange: as a plain reverse "
                     "proxy (--proxy),\n"
                     "or where the gateway stands (--api). Clients see what they would see without it. "
                     "Prints \"listening on\n"
                     "http://ADDR\" when it is ready; SIGTERM or Ctrl-C finish what is under way, a second "
                     "one ends at once.\n"
                     "Credentials and cookies are replaced before anything is stored.",
      .examples =
          "statusquo record --proxy 127.0.0.1:8080 --to https://orders.example.com --recordings orders.db\n"
          "statusquo record --proxy 0 --to http://127.0.0.1:9000 --recordings r.db --durable --port-file "
          "port\n"
          "statusquo record --api api.yaml --listen 8080 --lambda-endpoint http://127.0.0.1:3001 "
          "--recordings r.db",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0), *rotation_arena = arena_new(0);
  OptionList operands = {0};
  int status;
  char *help[] = {argv[0], "--help", NULL};
  for (int i = 1; i < argc; i++) /* "--proxy --help" too, where it would be the address */
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) argc = 2, argv = help;
  if (!options_parse(&usage, argc, argv, arena, &operands, &status)) goto done;
  status = refuse_combination(&usage, &given);
  if (status != EXIT_AS_EXPECTED) goto done;
  RecordOptions *backend = &given.live.backend;
  if (backend->lambda_endpoint == NULL) backend->lambda_endpoint = record_lambda_endpoint(arena);
  given.live.listen = given.proxy != NULL ? given.proxy : given.listen;
  given.live.body_limit = (uint64_t)given.body_limit;
  given.command = command_line(argc, argv, arena);
  given.rotation.arena = rotation_arena;
  raise_descriptor_limit();
  signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error, not the end */
  if (given.api == NULL || load_api(&given, arena, &status)) status = record_live(&given, arena);
done:
  arena_free(rotation_arena);
  arena_free(arena);
  return status;
}
