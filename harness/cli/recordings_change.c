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

/* What becomes of one exchange on its way from a recording to another: 1 keep, 0 drop, -1 fault. */
typedef int (*Decide)(void *subject, Store *from, Exchange *exchange, Arena *arena, Fault *fault);

static bool copy_one(Store *from, Store *to, Exchange *exchange, Arena *arena, Fault *fault) {
  Response approved;
  if (!store_add(to, exchange, arena, fault)) return false;
  int found = store_approved(from, exchange->id, arena, &approved, fault);
  return found == 0 || (found > 0 && store_approve(to, exchange->id, &approved, fault));
}

static bool copy_some(Store *from, Store *to, StoreCursor *cursor, Decide decide, void *subject,
                      Counts *counts, Arena *arena, bool *more, Fault *fault) {
  for (int i = 0; i < BATCH_COUNT; i++) {
    Exchange exchange;
    arena_reset(arena);
    int next = store_next(cursor, arena, &exchange, fault);
    *more = next == 1;
    if (next != 1) return next == 0;
    int kept = decide(subject, from, &exchange, arena, fault);
    if (kept < 0 || (kept > 0 && !copy_one(from, to, &exchange, arena, fault))) return false;
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

static int add_when_new(void *subject, Store *from, Exchange *exchange, Arena *arena, Fault *fault) {
  (void)from, (void)arena;
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

static int keep_newest(void *subject, Store *from, Exchange *exchange, Arena *arena, Fault *fault) {
  const Pruning *pruning = subject;
  if (pruning->before != NULL && text_compare(exchange->recorded_at, text_from(pruning->before)) < 0)
    return 0;
  if (pruning->keep == 0 || exchange->name.data == NULL) return 1;
  uint64_t newer;
  (void)arena;
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
  RedactionRule *rules;
  size_t rule_count;
  Text key;
  Counts counts;
} Redaction;

static int redact_one(void *subject, Store *from, Exchange *exchange, Arena *arena, Fault *fault) {
  Redaction *redaction = subject;
  Text before = exchange->redactions;
  (void)from, (void)fault;
  redact_exchange(exchange, redaction->rules, redaction->rule_count, NULL, 0, redaction->key, arena);
  redaction->counts.changed += exchange->redactions.data != before.data;
  return 1;
}

/* rule = "header " name | "query " name | a JSONPath into bodies */
static bool read_rule(const char *text, Arena *arena, RedactionRule *out, Fault *fault) {
  Text rule = text_trim(text_from(text));
  *out = (RedactionRule){0};
  if (text_starts(rule, TEXT("header ")))
    out->header = text_trim(text_slice(rule, 7, rule.length));
  else if (text_starts(rule, TEXT("query ")))
    out->query = text_trim(text_slice(rule, 6, rule.length));
  else if (text_starts(rule, TEXT("$")))
    return jsonpath_compile(rule, arena, &out->path, fault) || fault_wrap(fault, "the rule %s", text);
  else
    return fault_raise(fault, FAULT_USAGE,
                       "\"%s\" is no rule: give \"header NAME\", \"query NAME\" or a path like $.card.number",
                       text);
  return true;
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
  OptionList given = {0}, operands = {0}, files = {0}, rules = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &given},
      {OPTION_LIST, 0, "rule", "RULE",
       "\"header NAME\", \"query NAME\" or a path like $.card.number (repeatable)", .target = &rules},
  };
  const Usage usage = {
      .verb = "recordings redact",
      .operands = "[RECORDING…]",
      .most = OPERANDS_ANY,
      .description = "Writes the recording anew with secrets replaced by placeholders: the usual\n"
                     "headers and query parameters, and what the rules name. Approved responses\n"
                     "stay as they are.",
      .examples = "statusquo recordings redact pets.db --rule 'header X-User' --rule '$.card.number'",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (!options_parse(&usage, argc, argv, arena, &operands, &status) ||
      !recordings_named(&usage, &given, &operands, arena, &files, &status))
    goto done;
  Redaction redaction = {.rules = ARENA_ARRAY(arena, RedactionRule, rules.count), .rule_count = rules.count};
  for (size_t i = 0; i < rules.count; i++) {
    if (read_rule(rules.items[i], arena, &redaction.rules[i], &fault)) continue;
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
