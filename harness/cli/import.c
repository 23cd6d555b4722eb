/* import FORMAT FILE: exchanges that others recorded, into a recording; all of a file or nothing. */
#include "harness/base/file.h"
#include "harness/cli/recordings.h"
#include "harness/cli/verbs.h"
#include "harness/record/record.h"
#include "store/formats.h"
#include "store/store.h"

#include <signal.h>
#include <string.h>

enum { FILE_LIMIT = 1024 * 1024 * 1024 };

typedef struct Format {
  const char *name;
  bool (*read)(Import *import);
} Format;
static const Format formats[] = {
    {"ndjson", ndjson_import}, {"har", har_import}, {"execution-log", execution_log_import}};

typedef struct Importer {
  Store *store;
  RuleList rules;
  Text *keep;
  size_t keep_count;
  Text key;
  bool redacts;
  Arena *arena; /* of one exchange */
  size_t added, there, redacted;
} Importer;

static bool take(void *subject, Exchange *exchange, Fault *fault) {
  Importer *importer = subject;
  arena_reset(importer->arena);
  int there = exchange->id.length > 0 ? store_has(importer->store, exchange->id, fault) : 0;
  if (there != 0) {
    importer->there++;
    return there > 0;
  }
  Text before = exchange->redactions;
  if (importer->redacts)
    redact_exchange(exchange, importer->rules.items, importer->rules.count, importer->keep,
                    importer->keep_count, importer->key, importer->arena);
  importer->redacted += exchange->redactions.data != before.data;
  importer->added++;
  return store_add(importer->store, exchange, importer->arena, fault);
}

static bool prepare(Importer *importer, Arena *arena, Fault *fault) {
  Text recording;
  if (!store_meta(importer->store, TEXT("recording"), arena, &recording, fault)) return false;
  if (importer->redacts && !redaction_key(recording, arena, &importer->key, NULL))
    importer->key = redaction_key_random(arena);
  return true;
}

static int import_into(Importer *importer, const Format *format, const char *path, Text source,
                       Arena *arena) {
  FaultList faults = fault_list_make(arena);
  Fault fault;
  Import import = {
      .name = path, .source = source, .sink = take, .subject = importer, .arena = arena, .faults = &faults};
  if (!prepare(importer, arena, &fault) ||
      !store_start_run(importer->store, arena_print(arena, "import %s %s", format->name, path), &fault) ||
      !store_begin(importer->store, &fault))
    return console_fault(&fault);
  importer->arena = arena_new(0);
  bool good = format->read(&import);
  arena_free(importer->arena);
  if (!good) {
    store_rollback(importer->store);
    int status = console_faults(&faults);
    console_note("%s: nothing was imported", path);
    return status;
  }
  if (!store_commit(importer->store, &fault)) return console_fault(&fault);
  console_note("%s: %zu exchange%s imported%s", path, importer->added, importer->added == 1 ? "" : "s",
               importer->redacted > 0 ? ", secrets replaced" : "");
  if (importer->there > 0) console_note("%zu were there already", importer->there);
  if (import.left_out > 0)
    console_note("without a request and a whole answer, left out: %zu", import.left_out);
  return importer->added + importer->there > 0 ? EXIT_AS_EXPECTED : EXIT_NOTHING;
}

static int import_file(const Format *format, const char *path, const char *recording, Importer *importer,
                       Arena *arena) {
  Text source;
  Fault fault;
  if (!file_read(path, FILE_LIMIT, arena, &source, &fault) ||
      !store_open(recording, STORE_WRITE, &importer->store, &fault))
    return console_fault(&fault);
  int status = import_into(importer, format, strcmp(path, "-") == 0 ? "standard input" : path, source, arena);
  if (!store_close(importer->store, &fault)) status = console_fault(&fault);
  return status;
}

static const Format *find_format(const Usage *usage, const char *name, int *status) {
  const char *names[OPTION_COUNT(formats)];
  for (size_t i = 0; i < OPTION_COUNT(formats); i++) {
    names[i] = formats[i].name;
    if (strcmp(name, names[i]) == 0) return &formats[i];
  }
  const char *near = text_suggest(text_from(name), names, OPTION_COUNT(names));
  *status = options_refuse(usage, "unknown format \"%s\" (ndjson, har or execution-log%s%s%s)", name,
                           near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                           near != NULL ? "\"?" : "");
  return NULL;
}

int import_main(int argc, char **argv) {
  const char *recording = NULL;
  bool raw = false;
  OptionList keep = {0}, detectors = {0}, operands = {0};
  Fault fault;
  const Option options[] = {
      {OPTION_TEXT, 0, "recordings", "FILE", "the recording that takes them; created when absent",
       .target = &recording},
      {OPTION_LIST, 0, "detect", "NAME,…",
       "redact what these know by its form too: card, email (AWS keys, JWTs, bearer tokens and private\n"
       "keys are found without)",
       .target = &detectors},
      {OPTION_LIST, 0, "keep", "NAME",
       "don't redact this header, query parameter or JSON member, or what this detector finds, though it "
       "usually is a secret (repeatable)",
       .target = &keep},
      {OPTION_FLAG, 0, "no-redact", NULL, "store everything as it is", .target = &raw},
  };
  const Usage usage = {
      .verb = "import",
      .operands = "FORMAT FILE",
      .least = 2,
      .most = 2,
      .description =
          "Adds exchanges that others recorded: ndjson (what export writes), har (browsers, proxies),\n"
          "execution-log (the gateway's own log). FILE may be -. All of a file or nothing; what is\n"
          "already there (by id) is left out. Credentials and cookies are replaced.",
      .examples = "statusquo import har session.har --recordings pets.db\n"
                  "statusquo export ndjson --recordings a.db | statusquo import ndjson - --recordings b.db",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  const Format *format;
  int status;
  signal(SIGXFSZ, SIG_IGN);
  if (!options_parse(&usage, argc, argv, arena, &operands, &status)) goto done;
  format = find_format(&usage, operands.items[0], &status);
  if (format == NULL) goto done;
  if (recording == NULL) {
    status = options_refuse(&usage, "import into which recording? --recordings FILE");
    goto done;
  }
  Importer importer = {
      .keep = ARENA_ARRAY(arena, Text, keep.count), .keep_count = keep.count, .redacts = !raw};
  for (size_t i = 0; i < keep.count; i++) importer.keep[i] = text_from(keep.items[i]);
  for (size_t i = 0; i < detectors.count; i++) {
    if (redaction_detectors_add(&importer.rules, detectors.items[i], arena, &fault)) continue;
    status = options_refuse(&usage, "%s", fault.message);
    goto done;
  }
  status = import_file(format, operands.items[1], recording, &importer, arena);
done:
  arena_free(arena);
  return status;
}
