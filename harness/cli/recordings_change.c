/* Changing recordings: merge adds to one; prune and redact write a new file beside the old one and rename it,
 * so that what was dropped is really gone. */
#include "harness/cli/recordings.h"

#include "harness/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH_COUNT = 500 };

typedef struct Counts {
  size_t kept, dropped, changed;
} Counts;

/* What becomes of one exchange and its approved response (NULL: none) on the way from a recording to another:
 * 1 keep, 0 drop, -1 fault. */
typedef int (*Decide)(void *subject, Store *from, Exchange *exchange, Response *approved, Arena *arena,
                      Fault *fault);

/* 1 copied, 0 dropped, -1 fault. */
static int copy_one(Store *from, Store *to, Exchange *exchange, Decide decide, void *subject, Arena *arena,
                    Fault *fault) {
  Response approved;
  int found = store_approved(from, exchange->id, arena, &approved, fault);
  if (found < 0) return -1;
  int kept = decide(subject, from, exchange, found > 0 ? &approved : NULL, arena, fault);
  if (kept <= 0) return kept;
  bool good = store_add(to, exchange, arena, fault) &&
              (found == 0 || store_approve(to, exchange->id, &approved, fault));
  return good ? 1 : -1;
}

static bool copy_some(Store *from, Store *to, StoreCursor *cursor, Decide decide, void *subject,
                      Counts *counts, Arena *arena, bool *more, Fault *fault) {
  for (int i = 0; i < BATCH_COUNT; i++) {
    Exchange exchange;
    arena_reset(arena);
    int next = store_next(cursor, arena, &exchange, fault);
    *more = next == 1;
    if (next != 1) return next == 0;
    int kept = copy_one(from, to, &exchange, decide, subject, arena, fault);
    if (kept < 0) return false;
    counts->kept += kept > 0;
    counts->dropped += kept == 0;
  }
  return true;
}

/* All exchanges of `from` that are to be kept, with their approved responses. */
static bool copy_all(Store *from, Store *to, Decide decide, void *subject, Counts *counts, Fault *fault) {
  StoreCursor *cursor;
  bool good = true, more = true;
  if (!store_select(from, &cursor, fault)) return false;
  Arena *arena = arena_new(0);
  while (good && more) {
    good = store_begin(to, fault);
    if (!good) break;
    good = copy_some(from, to, cursor, decide, subject, counts, arena, &more, fault);
    if (good)
      good = store_commit(to, fault);
    else
      store_rollback(to);
  }
  store_cursor_close(cursor);
  arena_free(arena);
  return good;
}

/* ---- merge ---- */

static int add_when_new(void *subject, Store *from, Exchange *exchange, Response *approved, Arena *arena,
                        Fault *fault) {
  (void)from, (void)arena, (void)approved;
  int there = store_has(subject, exchange->id, fault);
  return there < 0 ? -1 : there == 0;
}

static bool merge_one(Store *into, const char *path, Counts *counts, Fault *fault) {
  Store *from;
  if (!store_open(path, STORE_READ, &from, fault)) return false;
  bool good = copy_all(from, into, add_when_new, into, counts, fault);
  store_close(from, NULL);
  return good;
}

int recordings_merge(int argc, char **argv) {
  const char *into = NULL;
  OptionList files = {0};
  const Option options[] = {{OPTION_TEXT, 0, "recordings", "FILE",
                             "the recording that takes them (default: the first operand)", .target = &into}};
  const Usage usage = {.verb = "recordings merge",
                       .operands = "[INTO] FROM…",
                       .least = 1,
                       .most = OPERANDS_ANY,
                       .description =
                           "Adds the exchanges of other recordings, with their approved responses. What is\n"
                           "already there (by id) is left out.",
                       .examples = "statusquo recordings merge all.db monday.db tuesday.db",
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Store *store = NULL;
  Fault fault, late;
  Counts counts = {0};
  int status = EXIT_AS_EXPECTED;
  if (!options_parse(&usage, argc, argv, arena, &files, &status)) goto done;
  size_t first = into == NULL ? 1 : 0;
  if (into == NULL) into = files.items[0];
  if (files.count <= first) {
    status = options_refuse(&usage, "merge from where? Name a further recording");
    goto done;
  }
  if (!store_open(into, STORE_WRITE, &store, &fault)) {
    status = console_fault(&fault);
    goto done;
  }
  bool good = store_start_run(store, TEXT("recordings merge"), &fault);
  for (size_t i = first; good && i < files.count; i++)
    good = merge_one(store, files.items[i], &counts, &fault);
  if (!store_close(store, &late) && good) {
    fault = late;
    good = false;
  }
  if (!good) status = console_fault(&fault);
  console_note("%s: %zu exchanges added, %zu were there already", into, counts.kept, counts.dropped);
done:
  arena_free(arena);
  return status;
}

/* ---- a recording written anew ---- */

static bool keep_identity(Store *from, Store *to, Arena *arena, Fault *fault) {
  static const char *const keys[] = {"recording", "created_at"};
  for (size_t i = 0; i < OPTION_COUNT(keys); i++) {
    Text value;
    if (!store_meta(from, text_from(keys[i]), arena, &value, fault)) return false;
    if (value.data != NULL && !store_set_meta(to, text_from(keys[i]), value, fault)) return false;
  }
  return true;
}

static bool rewrite_into(Store *from, const char *temporary, const char *command, Decide decide,
                         void *subject, Counts *counts, Arena *arena, Fault *fault) {
  Store *to;
  Fault late;
  unlink(temporary);
  if (!store_open(temporary, STORE_WRITE, &to, fault)) return false;
  bool good = keep_identity(from, to, arena, fault) && store_start_run(to, text_from(command), fault) &&
              copy_all(from, to, decide, subject, counts, fault);
  if (!store_close(to, &late) && good) {
    *fault = late;
    good = false;
  }
  return good;
}

/* The old file stays open for writing meanwhile: nobody else adds to what is about to be replaced. */
static bool rewrite(const char *path, const char *command, Decide decide, void *subject, Counts *counts,
                    Fault *fault) {
  Store *from;
  if (!file_exists(path)) return fault_raise(fault, FAULT_INPUT, "%s: there is no such recording", path);
  if (!store_open(path, STORE_WRITE, &from, fault)) return false;
  Arena *arena = arena_new(0);
  const char *temporary = arena_print(arena, "%s.%ld.tmp", path, (long)getpid()).data;
  bool good = rewrite_into(from, temporary, command, decide, subject, counts, arena, fault);
  Fault late;
  if (!store_settle(from, &late) && good) {
    *fault = late;
    good = false;
  }
  if (good && rename(temporary, path) != 0)
    good = fault_raise(fault, FAULT_SYSTEM, "cannot replace %s: %s", path, strerror(errno));
  if (!good) unlink(temporary);
  store_close(from, NULL);
  arena_free(arena);
  return good;
}

/* ---- prune ---- */

typedef struct Pruning {
  int keep;
  const char *before; /* RFC 3339 time; NULL: any */
} Pruning;

static int keep_newest(void *subject, Store *from, Exchange *exchange, Response *approved, Arena *arena,
                       Fault *fault) {
  const Pruning *pruning = subject;
  if (pruning->before != NULL && text_compare(exchange->recorded_at, text_from(pruning->before)) < 0)
    return 0;
  if (pruning->keep == 0 || exchange->name.data == NULL) return 1;
  uint64_t newer;
  (void)arena, (void)approved;
  if (!store_count_newer(from, exchange, &newer, fault)) return -1;
  return newer < (uint64_t)pruning->keep;
}

int recordings_prune(int argc, char **argv) {
  OptionList given = {0}, operands = {0}, files = {0};
  Pruning pruning = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given},
      {OPTION_INTEGER, 0, "keep", "N", "keep the newest N of each name (default 1, unless --before is given)",
       .target = &pruning.keep},
      {OPTION_TEXT, 0, "before", "TIME", "drop what was recorded before (2026-11-22 or 2026-11-22T10:00:00Z)",
       .target = &pruning.before},
  };
  const Usage usage = {
      .verb = "recordings prune",
      .operands = "[RECORDING…]",
      .most = OPERANDS_ANY,
      .description = "Writes the recording anew without the exchanges that newer ones of the same name\n"
                     "replace, or that are old. Exchanges without a name stay.",
      .examples = "statusquo recordings prune pets.db --keep 1\n"
                  "statusquo recordings prune pets.db --before 2026-01-01",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (options_parse(&usage, argc, argv, arena, &operands, &status) &&
      recordings_named(&usage, &given, &operands, arena, &files, &status)) {
    if (pruning.keep == 0 && pruning.before == NULL) pruning.keep = 1;
    for (size_t i = 0; i < files.count; i++) {
      Counts counts = {0};
      if (!rewrite(files.items[i], "recordings prune", keep_newest, &pruning, &counts, &fault))
        status = console_fault(&fault);
      else
        console_note("%s: %zu exchanges dropped, %zu kept", files.items[i], counts.dropped, counts.kept);
    }
  }
  arena_free(arena);
  return status;
}

/* ---- redact ---- */

typedef struct Redaction {
  RuleList rules;
  Text *keep;
  size_t keep_count;
  Text key;
  Counts counts;
} Redaction;

static int redact_one(void *subject, Store *from, Exchange *exchange, Response *approved, Arena *arena,
                      Fault *fault) {
  Redaction *redaction = subject;
  const RuleList *rules = &redaction->rules;
  Text before = exchange->redactions, notes = {NULL, 0};
  (void)from, (void)fault;
  redact_exchange(exchange, rules->items, rules->count, redaction->keep, redaction->keep_count,
                  redaction->key, arena);
  if (approved != NULL)
    notes = redact_response(approved, rules->items, rules->count, redaction->keep, redaction->keep_count,
                            redaction->key, arena);
  redaction->counts.changed += exchange->redactions.data != before.data || notes.data != NULL;
  return 1;
}

static bool redact_file(const char *path, Redaction *redaction, Arena *arena, Counts *counts, Fault *fault) {
  Store *store;
  Text recording;
  if (!store_open(path, STORE_READ, &store, fault)) return false;
  bool good = store_meta(store, TEXT("recording"), arena, &recording, fault);
  store_close(store, NULL);
  return good && redaction_key(recording, arena, &redaction->key, fault) &&
         rewrite(path, "recordings redact", redact_one, redaction, counts, fault);
}

int recordings_redact(int argc, char **argv) {
  OptionList given = {0}, operands = {0}, files = {0}, rules = {0}, detectors = {0}, keep = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given},
      {OPTION_LIST, 0, "rule", "RULE",
       "\"header NAME\", \"query NAME\" or a path like $.card.number (repeatable)", .target = &rules},
      {OPTION_LIST, 0, "detect", "NAME,…", "look for these too: card, email", .target = &detectors},
      {OPTION_LIST, 0, "keep", "NAME",
       "let this header, query parameter, JSON member or detector be (repeatable)", .target = &keep},
  };
  const Usage usage = {
      .verb = "recordings redact",
      .operands = "[RECORDING…]",
      .most = OPERANDS_ANY,
      .description = "Writes the recording anew with secrets replaced by placeholders: the usual\n"
                     "headers and query parameters, AWS keys, JWTs, bearer tokens and private keys\n"
                     "anywhere, and what the rules name; in approved responses too.",
      .examples = "statusquo recordings redact pets.db --rule 'header X-User' --rule '$.card.number'",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Redaction redaction = {0};
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (!options_parse(&usage, argc, argv, arena, &operands, &status) ||
      !recordings_named(&usage, &given, &operands, arena, &files, &status))
    goto done;
  bool good = true;
  for (size_t i = 0; good && i < rules.count; i++)
    good = redaction_rules_add(&redaction.rules, rules.items[i], arena, &fault);
  for (size_t i = 0; good && i < detectors.count; i++)
    good = redaction_detectors_add(&redaction.rules, detectors.items[i], arena, &fault);
  for (size_t i = 0; i < keep.count; i++)
    *ARENA_ADD(arena, redaction.keep, redaction.keep_count) = text_from(keep.items[i]);
  if (!good) {
    status = options_refuse(&usage, "%s", fault.message);
    goto done;
  }
  for (size_t i = 0; i < files.count; i++) {
    Counts counts = {0};
    redaction.counts = (Counts){0};
    if (!redact_file(files.items[i], &redaction, arena, &counts, &fault))
      status = console_fault(&fault);
    else
      console_note("%s: secrets replaced in %zu of %zu exchanges", files.items[i], redaction.counts.changed,
                   counts.kept);
  }
done:
  arena_free(arena);
  return status;
}
