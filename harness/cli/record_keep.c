/* What becomes of an answer: redacted, compared with the one before, stored; in batches, so that a batch is
 * durable when it is full or when there is time. */
#include "harness/cli/recorder.h"

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

bool keeper_commit(Keeper *keeper, Fault *fault) {
  if (!keeper->in_batch) return true;
  keeper->in_batch = false;
  return store_commit(keeper->store, fault);
}

static bool commit_when_due(Keeper *keeper, Fault *fault) {
  if (!keeper->in_batch) return true;
  bool due = keeper->batch_count >= BATCH_COUNT || clock_milliseconds() - keeper->batch_began >= BATCH_MS;
  return !due || keeper_commit(keeper, fault);
}

/* ---- progress ---- */

static void show_progress(Keeper *keeper) {
  if (!keeper->shows_progress || clock_milliseconds() - keeper->began < PROGRESS_AFTER_MS) return;
  fprintf(stderr, "\r%zu of %zu answered\033[K", keeper->totals->answered + keeper->totals->unreachable,
          keeper->totals->asked);
  keeper->progress_shown = true;
}

void keeper_hide_progress(Keeper *keeper) {
  if (keeper->progress_shown) fputs("\r\033[K", stderr);
  keeper->progress_shown = false;
}

/* ---- what changed ---- */

/* An answer in the shape that is compared: a failure or a function error is a header of its own. */
static Response as_response(const BackendAnswer *answer, Arena *arena) {
  Response response = {.status = answer->status, .headers = headers_copy(&answer->headers, arena)};
  response.body = answer->body;
  if (answer->kind == BACKEND_FAILURE)
    headers_add(&response.headers, TEXT("(failure)"), text_from(failure_reason_name(answer->reason)), arena);
  return response;
}

static void print_change(const Exchange *exchange, const Differences *differences, Arena *arena) {
  Buffer raw = buffer_make(arena, 0), out = buffer_make(arena, 0);
  buffer_print(&raw, "changed: %.*s\n", TEXT_ARGS(exchange->name));
  for (size_t i = 0; i < differences->count; i++) {
    const Difference *difference = &differences->items[i];
    Text before = difference->expected.data != NULL ? difference->expected : TEXT("(absent)");
    Text after = difference->actual.data != NULL ? difference->actual : TEXT("(absent)");
    if (difference->message.data != NULL && difference->expected.data == NULL &&
        difference->actual.data == NULL)
      buffer_print(&raw, "  %.*s: %.*s\n", TEXT_ARGS(difference->at), TEXT_ARGS(difference->message));
    else
      buffer_print(&raw, "  %.*s: %.*s -> %.*s\n", TEXT_ARGS(difference->at), TEXT_ARGS(before),
                   TEXT_ARGS(after));
  }
  append_visible(&out, buffer_text(&raw));
  console_write(buffer_text(&out), NULL);
}

/* Compares with the answer before; an unchanged one hands on its approved response. */
static bool compare(Keeper *keeper, const Exchange *exchange, const Exchange *before, bool *same) {
  Arena *arena = keeper->passing;
  Response old = as_response(&before->backend, arena), new = as_response(&exchange->backend, arena);
  Differences differences = differences_make(arena);
  const DiffOptions options = {
      .ignores = keeper->spec->ignores, .ignore_count = keeper->spec->ignore_count, .skip_generated = true};
  diff_responses(&old, &new, &options, &differences);
  differences_finish(&differences);
  *same = differences.count == 0;
  if (*same) {
    keeper->totals->unchanged++;
    return true;
  }
  keeper->totals->changed++;
  keeper_hide_progress(keeper);
  print_change(exchange, &differences, arena);
  return true;
}

static bool hand_on_approval(Keeper *keeper, const Exchange *before, const Exchange *exchange, Fault *fault) {
  Response approved;
  int found = store_approved(keeper->store, before->id, keeper->passing, &approved, fault);
  return found == 0 || (found > 0 && store_approve(keeper->store, exchange->id, &approved, fault));
}

/* ---- the sink ---- */

static bool keep(Keeper *keeper, Exchange *exchange, Fault *fault) {
  Arena *arena = keeper->passing;
  Exchange before;
  bool same = false;
  redact_exchange(exchange, keeper->rules, keeper->rule_count, keeper->keep, keeper->keep_count, keeper->key,
                  arena);
  keeper->totals->redacted += exchange->redactions.data != NULL;
  int found = store_find_previous(keeper->store, exchange, arena, &before, fault);
  if (found < 0) return false;
  if (found == 0) keeper->totals->fresh++;
  if (found > 0 && !compare(keeper, exchange, &before, &same)) return false;
  if (!store_add(keeper->store, exchange, arena, fault)) return false;
  return !same || hand_on_approval(keeper, &before, exchange, fault);
}

bool keeper_take(void *subject, RecordTask *task, Fault *fault) {
  Keeper *keeper = subject;
  RecordTotals *totals = keeper->totals;
  if (task == NULL) {
    show_progress(keeper);
    return commit_when_due(keeper, fault);
  }
  if (task->unreachable) { /* nobody answered: that must not take the place of an answer */
    if (totals->unreachable++ == 0)
      snprintf(totals->unreachable_detail, sizeof totals->unreachable_detail, "%.*s",
               TEXT_ARGS(task->exchange.backend.detail));
    return true;
  }
  arena_reset(keeper->passing);
  if (!begin(keeper, fault)) return false;
  totals->failures += task->exchange.backend.kind == BACKEND_FAILURE;
  if (!keep(keeper, &task->exchange, fault)) {
    keeper->in_batch = false;
    store_rollback(keeper->store);
    return false;
  }
  totals->answered++;
  keeper->batch_count++;
  return commit_when_due(keeper, fault);
}
