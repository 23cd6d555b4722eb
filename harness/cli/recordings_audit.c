/* recordings audit: are there secrets in recordings? Says where, never what. It asks what redaction would
 * replace, so that both always agree on what a secret is. */
#include "harness/cli/recordings.h"

#include "harness/diff/diff.h"
#include "harness/diff/json_scanner.h"

typedef struct Audit {
  RuleList rules;
  Text *keep;
  size_t keep_count;
  Text key;
  size_t exchanges, findings;
} Audit;

/* notes = "[" text *( "," text ) "]", as redaction writes them */
static void print_notes(Audit *audit, const char *path, const Exchange *exchange, Text notes, Arena *arena,
                        Buffer *out) {
  JsonScanner scanner;
  json_scanner_start(&scanner, notes);
  for (JsonToken token; (token = json_scanner_next(&scanner)).kind < JSON_END;) {
    if (token.kind != JSON_STRING) continue;
    Text name =
        exchange->name.length > 0 ? arena_print(arena, " (%.*s)", TEXT_ARGS(exchange->name)) : TEXT_EMPTY;
    Text line = arena_print(arena, "%s: %.*s%.*s: %.*s\n", path, TEXT_ARGS(exchange->id), TEXT_ARGS(name),
                            TEXT_ARGS(json_unescape(token.text, arena)));
    append_visible(out, line);
    audit->findings++;
  }
}

static bool audit_one(Audit *audit, const char *path, Store *store, Exchange *exchange, Arena *arena,
                      Fault *fault) {
  Response approved;
  Buffer out = buffer_make(arena, 0);
  exchange->redactions = (Text){NULL, 0}; /* of what is gone already */
  redact_exchange(exchange, audit->rules.items, audit->rules.count, audit->keep, audit->keep_count,
                  audit->key, arena);
  if (exchange->redactions.data != NULL)
    print_notes(audit, path, exchange, exchange->redactions, arena, &out);
  int found = store_approved(store, exchange->id, arena, &approved, fault);
  if (found < 0) return false;
  if (found > 0) {
    Text notes = redact_response(&approved, audit->rules.items, audit->rules.count, audit->keep,
                                 audit->keep_count, audit->key, arena);
    if (notes.data != NULL) print_notes(audit, path, exchange, notes, arena, &out);
  }
  audit->exchanges++;
  return out.length == 0 || console_write(buffer_text(&out), fault);
}

static bool audit_file(Audit *audit, const char *path, Fault *fault) {
  Store *store;
  StoreCursor *cursor;
  Exchange exchange;
  int more = -1;
  if (!store_open(path, STORE_READ, &store, fault)) return false;
  Arena *arena = arena_new(0);
  if (store_select(store, &cursor, fault)) {
    while ((more = store_next(cursor, arena, &exchange, fault)) == 1) {
      if (!audit_one(audit, path, store, &exchange, arena, fault)) break;
      arena_reset(arena);
    }
    store_cursor_close(cursor);
  }
  store_close(store, NULL);
  arena_free(arena);
  return more == 0;
}

static int audit_all(Audit *audit, const OptionList *files) {
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  for (size_t i = 0; i < files->count; i++)
    if (!audit_file(audit, files->items[i], &fault)) status = console_fault(&fault);
  console_note("%zu secrets in %zu exchanges%s", audit->findings, audit->exchanges,
               audit->findings > 0 ? "; `statusquo recordings redact` replaces them" : "");
  return status == EXIT_AS_EXPECTED && audit->findings > 0 ? EXIT_DIFFERENT : status;
}

int recordings_audit(int argc, char **argv) {
  OptionList given = {0}, operands = {0}, files = {0}, rules = {0}, detectors = {0}, keep = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given},
      {OPTION_LIST, 0, "rule", "RULE",
       "\"header NAME\", \"query NAME\" or a path like $.card.number is a secret too (repeatable)",
       .target = &rules},
      {OPTION_LIST, 0, "detect", "NAME,…", "look for these too: card, email", .target = &detectors},
      {OPTION_LIST, 0, "keep", "NAME",
       "this header, query parameter, JSON member or detector is no secret (repeatable)", .target = &keep},
  };
  const Usage usage = {.verb = "recordings audit",
                       .operands = "[RECORDING…]",
                       .most = OPERANDS_ANY,
                       .description =
                           "Looks for secrets that were recorded: the usual headers and query parameters,\n"
                           "AWS keys, JWTs, bearer tokens and private keys anywhere, what the rules name.\n"
                           "Prints where each is, never what it is; exit status 1 when there is one.",
                       .examples = "statusquo recordings audit fixtures/*.db --detect card,email",
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Audit audit = {0};
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  bool good = options_parse(&usage, argc, argv, arena, &operands, &status) &&
              recordings_named(&usage, &given, &operands, arena, &files, &status);
  if (!good) goto done;
  for (size_t i = 0; good && i < rules.count; i++)
    good = redaction_rules_add(&audit.rules, rules.items[i], arena, &fault);
  for (size_t i = 0; good && i < detectors.count; i++)
    good = redaction_detectors_add(&audit.rules, detectors.items[i], arena, &fault);
  for (size_t i = 0; i < keep.count; i++)
    *ARENA_ADD(arena, audit.keep, audit.keep_count) = text_from(keep.items[i]);
  audit.key = redaction_key_random(arena); /* nothing that it makes is kept */
  status = good ? audit_all(&audit, &files) : options_refuse(&usage, "%s", fault.message);
done:
  arena_free(arena);
  return status;
}
