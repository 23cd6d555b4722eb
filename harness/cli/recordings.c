/* recordings list|show|verify|merge|prune|redact|audit: what is in recordings, and changing them. */
#include "harness/cli/recordings.h"

#include "harness/base/file.h"
#include "harness/cli/verbs.h"
#include "harness/diff/diff.h"

#include <stdio.h>
#include <string.h>

bool recordings_named(const Usage *usage, const OptionList *given, const OptionList *operands, Arena *arena,
                      OptionList *out, int *status) {
  out->items = ARENA_ARRAY(arena, const char *, given->count + operands->count);
  for (size_t i = 0; i < given->count; i++) out->items[out->count++] = given->items[i];
  for (size_t i = 0; i < operands->count; i++) out->items[out->count++] = operands->items[i];
  if (out->count > 0) return true;
  *status = options_refuse(usage, "which recording? Name at least one file");
  return false;
}

/* ---- list ---- */

static void list_row(const Exchange *exchange, Arena *arena, Buffer *out) {
  Buffer row = buffer_make(arena, 0);
  Text operation = exchange->operation.data != NULL
                       ? exchange->operation
                       : arena_print(arena, "%.*s %.*s", TEXT_ARGS(exchange->request.method),
                                     TEXT_ARGS(exchange->request.path));
  buffer_print(&row, "%.*s  %.*s  %-18.*s  %-32.*s  %.*s\n", TEXT_ARGS(exchange->id),
               TEXT_ARGS(exchange->recorded_at), TEXT_ARGS(answer_summary(&exchange->backend, arena)),
               TEXT_ARGS(operation), TEXT_ARGS(exchange->name));
  append_visible(out, buffer_text(&row));
}

static bool list_file(const char *path, Fault *fault) {
  Store *store;
  StoreCursor *cursor = NULL;
  Arena *arena = arena_new(0);
  Buffer out = buffer_make(NULL, 0);
  Exchange exchange;
  int more = -1;
  if (!store_open(path, STORE_READ, &store, fault)) goto done;
  if (store_select(store, &cursor, fault))
    while ((more = store_next(cursor, arena, &exchange, fault)) == 1) {
      list_row(&exchange, arena, &out);
      arena_reset(arena);
      if (out.length < 64 * 1024) continue;
      if (!console_write(buffer_text(&out), fault)) break;
      buffer_clear(&out);
    }
  store_cursor_close(cursor);
  store_close(store, NULL);
  if (more != 1 && !console_write(buffer_text(&out), more == 0 ? fault : NULL)) more = -1;
done:
  buffer_free(&out);
  arena_free(arena);
  return more == 0;
}

int recordings_list(int argc, char **argv) {
  OptionList given = {0}, operands = {0}, files = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given}};
  const Usage usage = {.verb = "recordings list",
                       .operands = "[RECORDING…]",
                       .most = OPERANDS_ANY,
                       .description =
                           "One line an exchange, in the order of recording: id, time, what the backend\n"
                           "answered, operation, name.",
                       .examples = "statusquo recordings list pets.db",
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (options_parse(&usage, argc, argv, arena, &operands, &status) &&
      recordings_named(&usage, &given, &operands, arena, &files, &status))
    for (size_t i = 0; i < files.count; i++)
      if (!list_file(files.items[i], &fault)) status = console_fault(&fault);
  arena_free(arena);
  return status;
}

/* ---- show ---- */

static bool show_one(Store *store, const char *id_or_name, Arena *arena, Fault *fault) {
  Exchange exchange;
  Response approved;
  Buffer out = buffer_make(arena, 0);
  if (!store_find(store, text_from(id_or_name), arena, &exchange, fault)) return false;
  exchange_print(&exchange, &out);
  int found = store_approved(store, exchange.id, arena, &approved, fault);
  if (found < 0) return false;
  if (found > 0)
    buffer_print(&out, "approved: %d, %zu headers, %zu bytes\n", approved.status, approved.headers.count,
                 approved.body.length);
  return console_write(buffer_text(&out), fault);
}

int recordings_show(int argc, char **argv) {
  const char *recording = NULL;
  OptionList names = {0};
  const Option options[] = {{OPTION_TEXT, 0, "recordings", "FILE", "the recording", .target = &recording}};
  const Usage usage = {.verb = "recordings show",
                       .operands = "EXCHANGE…",
                       .least = 1,
                       .most = OPERANDS_ANY,
                       .description = "Prints exchanges, by id or by name (the newest of that name).",
                       .examples = "statusquo recordings show \"order declined\" --recordings pets.db",
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Store *store = NULL;
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (!options_parse(&usage, argc, argv, arena, &names, &status)) goto done;
  if (recording == NULL) {
    status = options_refuse(&usage, "which recording? --recordings FILE");
  } else if (!store_open(recording, STORE_READ, &store, &fault)) {
    status = console_fault(&fault);
  } else {
    for (size_t i = 0; i < names.count; i++)
      if (!show_one(store, names.items[i], arena, &fault)) status = console_fault(&fault);
    store_close(store, NULL);
  }
done:
  arena_free(arena);
  return status;
}

/* ---- verify ---- */

typedef struct Finding {
  const char *path;
  Buffer *out;
} Finding;

static void print_problem(void *subject, Text problem) {
  const Finding *finding = subject;
  buffer_print(finding->out, "%s: ", finding->path);
  append_visible(finding->out, problem);
  buffer_append_char(finding->out, '\n');
}

static int verify_file(const char *path, Arena *arena) {
  Store *store;
  StoreState state;
  Fault fault;
  Buffer out = buffer_make(arena, 0);
  if (!store_open(path, STORE_READ, &store, &fault)) return console_fault(&fault);
  store_verify(store, print_problem, &(Finding){path, &out}, &state);
  store_close(store, NULL);
  if (state.problems == 0)
    buffer_print(&out, "%s: good: %llu exchanges, %llu bodies, %llu approved responses\n", path,
                 (unsigned long long)state.exchanges, (unsigned long long)state.bodies,
                 (unsigned long long)state.approved);
  else
    buffer_print(&out, "%s: damaged: %llu problems; %llu exchanges were looked at\n", path,
                 (unsigned long long)state.problems, (unsigned long long)state.exchanges);
  if (!console_write(buffer_text(&out), &fault)) return console_fault(&fault);
  return state.problems == 0 ? EXIT_AS_EXPECTED : EXIT_INPUT;
}

int recordings_verify(int argc, char **argv) {
  OptionList given = {0}, operands = {0}, files = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given}};
  const Usage usage = {.verb = "recordings verify",
                       .operands = "[RECORDING…]",
                       .most = OPERANDS_ANY,
                       .description =
                           "Looks at everything: the file's structure, each body against its sha256, each\n"
                           "exchange. Prints one line a problem; exit status 2 when there is one.",
                       .examples = "statusquo recordings verify fixtures/*.db",
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  int status = EXIT_AS_EXPECTED;
  if (options_parse(&usage, argc, argv, arena, &operands, &status) &&
      recordings_named(&usage, &given, &operands, arena, &files, &status))
    for (size_t i = 0; i < files.count; i++) {
      int answer = verify_file(files.items[i], arena);
      if (answer > status) status = answer;
    }
  arena_free(arena);
  return status;
}

/* ---- which ---- */

typedef struct Command {
  const char *name;
  const char *summary;
  int (*run)(int argc, char **argv);
} Command;

static const Command commands[] = {
    {"list", "one line an exchange", recordings_list},
    {"show", "exchanges in full, by id or name", recordings_show},
    {"verify", "look for damage", recordings_verify},
    {"merge", "exchanges of other recordings into one", recordings_merge},
    {"prune", "drop what newer exchanges of the same name replace", recordings_prune},
    {"redact", "replace secrets in what is already recorded", recordings_redact},
    {"audit", "look for secrets", recordings_audit},
};

static int print_help(void) {
  Buffer text = buffer_make(NULL, 0);
  Fault fault;
  buffer_append_string(&text, "Usage: statusquo recordings COMMAND …\n\nCommands:\n");
  for (size_t i = 0; i < OPTION_COUNT(commands); i++)
    buffer_print(&text, "  %-8s%s\n", commands[i].name, commands[i].summary);
  buffer_append_string(&text, "\n`statusquo recordings COMMAND --help` tells more.\n\nExample:\n"
                              "  statusquo recordings list pets.db\n");
  int status = console_write(buffer_text(&text), &fault) ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
  buffer_free(&text);
  return status;
}

int recordings_main(int argc, char **argv) {
  const char *names[OPTION_COUNT(commands)];
  Fault fault;
  if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) return print_help();
  for (size_t i = 0; i < OPTION_COUNT(commands); i++) {
    names[i] = commands[i].name;
    if (argc > 1 && strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
  }
  const char *near = argc > 1 ? text_suggest(text_from(argv[1]), names, OPTION_COUNT(names)) : NULL;
  if (argc < 2)
    fault_raise(&fault, FAULT_USAGE,
                "recordings needs a command: list, show, verify, merge, prune, redact or audit");
  else
    fault_raise(&fault, FAULT_USAGE, "recordings has no command \"%s\"%s%s%s", argv[1],
                near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
                near != NULL ? "\"?)" : "");
  int status = console_fault(&fault);
  console_note("  see: statusquo recordings --help");
  return status;
}
