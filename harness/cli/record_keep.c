/* What becomes of an answer: redacted, compared with the one before, stored; in batches, so that a batch is
 * durable when it is full or when there is time. */
#include "harness/cli/recorder.h"

#include "harness/cli/recordings.h"
#include "harness/diff/diff.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  BATCH_COUNT = 200,
  BATCH_MS = 20, /* while answers keep coming, no more than this is at stake */
  PROGRESS_AFTER_MS = 1000,
};

/* ---- batches ---- */

static bool begin(Keeper *keeper, Fault *fault) {
  if (keeper->in_batch) return true;
  keeper->batch_count = 0;
  keeper->batch_began = clock_milliseconds();
  keeper->in_batch = store_begin(keeper->store, fault);
  return keeper->in_batch;
}

/* What is durable counts. */
static void settle(Keeper *keeper, bool kept) {
  const RecordTotals *pending = &keeper->pending;
  keeper->in_batch = false;
  if (kept) {
    keeper->totals->answered += pending->answered;
    keeper->totals->unchanged += pending->unchanged;
    keeper->totals->changed += pending->changed;
    keeper->totals->fresh += pending->fresh;
    keeper->totals->stored += pending->stored;
    keeper->totals->failures += pending->failures;
    keeper->totals->redacted += pending->redacted;
  }
  keeper->pending = (RecordTotals){0};
}

bool keeper_commit(Keeper *keeper, Fault *fault) {
  if (!keeper->in_batch) return true;
  bool kept = store_commit(keeper->store, fault);
  settle(keeper, kept);
  return kept;
}

static bool commit_when_due(Keeper *keeper, Fault *fault) {
  if (!keeper->in_batch) return true;
  bool due = keeper->batch_count >= BATCH_COUNT || clock_milliseconds() - keeper->batch_began >= BATCH_MS;
  return !due || keeper_commit(keeper, fault);
}

/* ---- progress ---- */

static void show_progress(Keeper *keeper) {
  if (!keeper->shows_progress || clock_milliseconds() - keeper->began < PROGRESS_AFTER_MS) return;
  fprintf(stderr, "\r%zu of %zu answered\033[K",
          keeper->totals->answered + keeper->pending.answered + keeper->totals->unreachable,
          keeper->totals->asked);
  keeper->progress_shown = true;
}

void keeper_hide_progress(Keeper *keeper) {
  if (keeper->progress_shown) fputs("\r\033[K", stderr);
  keeper->progress_shown = false;
}

/* ---- what changed ---- */

enum { SHOWN = 200 }; /* bytes of a value that are worth a line on the terminal */

static const char *or_absent(Text text, Arena *arena) {
  if (text.data == NULL) return "(absent)";
  if (text.length <= SHOWN) return arena_copy_string(arena, text);
  size_t end = SHOWN;
  while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80) end--;
  return arena_print(arena, "%.*s… (%zu bytes)", TEXT_ARGS(text_slice(text, 0, end)), text.length).data;
}

static void print_difference(const Difference *difference, Arena *arena, Buffer *out) {
  bool told = difference->message.data != NULL && difference->expected.data == NULL &&
              difference->actual.data == NULL;
  if (told)
    buffer_print(out, "  %.*s: %.*s\n", TEXT_ARGS(difference->at), TEXT_ARGS(difference->message));
  else
    buffer_print(out, "  %.*s: %s -> %s\n", TEXT_ARGS(difference->at), or_absent(difference->expected, arena),
                 or_absent(difference->actual, arena));
}

static void print_change(Keeper *keeper, const Exchange *exchange, Buffer *details) {
  Buffer text = buffer_make(keeper->passing, 0), out = buffer_make(keeper->passing, 0);
  buffer_print(&text, "changed: %.*s\n", TEXT_ARGS(exchange->name));
  buffer_append(&text, buffer_text(details));
  append_visible(&out, buffer_text(&text));
  keeper_hide_progress(keeper);
  console_write(buffer_text(&out), NULL);
}

static bool is_answer(const BackendAnswer *answer) {
  return answer->kind != BACKEND_FAILURE;
}

/* Two answers differ by status, headers and body; anything else by what it is. */
static void compare_answers(const Keeper *keeper, const BackendAnswer *before, const BackendAnswer *now,
                            Buffer *details) {
  Arena *arena = keeper->passing;
  Text old = answer_summary(before, arena), new = answer_summary(now, arena);
  if (!is_answer(before) || !is_answer(now)) {
    if (!text_equal(old, new)) buffer_print(details, "  %.*s -> %.*s\n", TEXT_ARGS(old), TEXT_ARGS(new));
    return;
  }
  const Response expected = {before->status, before->headers, before->body};
  const Response actual = {now->status, now->headers, now->body};
  const DiffOptions options = {
      .ignores = keeper->spec->ignores, .ignore_count = keeper->spec->ignore_count, .skip_generated = true};
  Differences differences = differences_make(arena);
  diff_responses(&expected, &actual, &options, &differences);
  differences_finish(&differences);
  for (size_t i = 0; i < differences.count; i++) print_difference(&differences.items[i], arena, details);
}

/* True: the backend answers as it did before. */
static bool compare(Keeper *keeper, const Exchange *exchange, const Exchange *before) {
  Buffer details = buffer_make(keeper->passing, 0);
  compare_answers(keeper, &before->backend, &exchange->backend, &details);
  if (details.length == 0) {
    keeper->pending.unchanged++;
    return true;
  }
  keeper->pending.changed++;
  print_change(keeper, exchange, &details);
  return false;
}

/* An unchanged answer hands on its approved response. */
static bool hand_on_approval(Keeper *keeper, const Exchange *before, const Exchange *exchange, Fault *fault) {
  Response approved;
  int found = store_approved(keeper->store, before->id, keeper->passing, &approved, fault);
  return found == 0 || (found > 0 && store_approve(keeper->store, exchange->id, &approved, fault));
}

/* ---- the sink ---- */

static bool store(Keeper *keeper, Exchange *exchange, Fault *fault) {
  if (!keeper->run_started && !store_start_run(keeper->store, keeper->command, fault)) return false;
  keeper->run_started = true;
  keeper->pending.stored++;
  return store_add(keeper->store, exchange, keeper->passing, fault);
}

static bool keep(Keeper *keeper, RecordTask *task, Fault *fault) {
  Arena *arena = keeper->passing;
  Exchange *exchange = &task->exchange;
  Exchange before;
  bool same = false;
  redact_exchange(exchange, keeper->rules, keeper->rule_count, keeper->keep, keeper->keep_count, keeper->key,
                  arena);
  keeper->pending.redacted += exchange->redactions.data != NULL;
  int found = store_find_previous(keeper->store, exchange, arena, &before, fault);
  if (found < 0) return false;
  /* A mistyped port or a backend that is down must not take the place of what was recorded. */
  if (task->unreachable && found > 0) return true;
  if (found == 0) keeper->pending.fresh++;
  if (found > 0) same = compare(keeper, exchange, &before);
  if (same && !keeper->stores_all) return true;
  if (!store(keeper, exchange, fault)) return false;
  return !same || hand_on_approval(keeper, &before, exchange, fault);
}

bool keeper_take(void *subject, RecordTask *task, Fault *fault) {
  Keeper *keeper = subject;
  RecordTotals *totals = keeper->totals;
  if (task == NULL) {
    show_progress(keeper);
    return commit_when_due(keeper, fault);
  }
  if (task->unreachable && totals->unreachable++ == 0)
    snprintf(totals->unreachable_detail, sizeof totals->unreachable_detail, "%.*s",
             TEXT_ARGS(task->exchange.backend.detail));
  arena_reset(keeper->passing);
  if (!begin(keeper, fault)) return false;
  keeper->pending.answered += task->unreachable ? 0 : 1;
  keeper->pending.failures += task->exchange.backend.kind == BACKEND_FAILURE;
  if (!keep(keeper, task, fault)) {
    store_rollback(keeper->store);
    settle(keeper, false);
    return false;
  }
  keeper->batch_count++;
  return commit_when_due(keeper, fault);
}
