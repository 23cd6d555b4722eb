#include "harness/replay/mutate.h"

#include "harness/replay/mutate_parts.h"

#include <time.h>

static double now_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* SplitMix64: the same order everywhere for the same seed. */
static uint64_t next_random(uint64_t *state) {
  uint64_t value = *state += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

static void shuffle(Changes *changes, uint64_t seed) {
  for (size_t i = changes->count; i > 1; i--) {
    size_t other = next_random(&seed) % i;
    Change change = changes->items[i - 1];
    changes->items[i - 1] = changes->items[other];
    changes->items[other] = change;
  }
}

static void collect(Spec *spec, Changes *changes) {
  for (size_t i = 0; spec->definition != NULL && i < spec->definition->operation_count; i++)
    changes_of(&spec->definition->operations[i], changes);
  for (size_t i = 0; i < spec->case_count; i++) {
    Definition *own = spec->cases[i].method_definition;
    bool runs = spec->cases[i].skip.data == NULL && spec->cases[i].todo.data == NULL;
    changes->spec_case = &spec->cases[i];
    if (own != NULL && own->operation_count > 0 && runs) changes_of(&own->operations[0], changes);
  }
  changes->spec_case = NULL;
}

static bool count_only(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  size_t *different = subject;
  *different += verdict->kind == VERDICT_DIFFERENT ? 1 : 0;
  return true;
}

/* A case's own method concerns that case alone; an operation of the definition all that goes through it. */
static bool is_noticed(const Spec *spec, Store *const *stores, size_t store_count, const Change *change,
                       bool *noticed, Fault *fault) {
  Spec part = *spec;
  ReplayOptions options = {.fail_fast = true, .jobs = 1};
  ReplayTotals totals = {0};
  size_t different = 0;
  if (change != NULL && change->spec_case != NULL) {
    part.cases = (SpecCase *)change->spec_case;
    part.case_count = 1;
    part.table_count = 0;
    part.definition = NULL;
  } else if (change != NULL) {
    options.operation = change->mutant.operation;
  }
  bool fine = replay_spec(&part, stores, store_count, &options, count_only, &different, &totals, fault);
  *noticed = different > 0;
  return fine;
}

static bool try_one(const Spec *spec, Store *const *stores, size_t store_count, const Change *change,
                    bool *noticed, Fault *fault) {
  Integration before = change->operation->integration;
  Arena *passing = arena_new(0);
  change_apply(change, passing);
  bool fine = is_noticed(spec, stores, store_count, change, noticed, fault);
  change->operation->integration = before;
  arena_free(passing);
  return fine;
}

bool mutate_spec(Spec *spec, Store *const *stores, size_t store_count, const MutateOptions *options,
                 MutantSink sink, void *subject, MutateTotals *totals, Fault *fault) {
  double start = now_seconds();
  Arena *lasting = arena_new(0);
  Changes changes = {.arena = lasting};
  bool different = false, noticed = false;
  bool fine = is_noticed(spec, stores, store_count, NULL, &different, fault);
  if (fine && different)
    fine = fault_raise(fault, FAULT_INPUT, "%s isn't as expected to begin with: what would be noticed?",
                       spec->file);
  if (fine) collect(spec, &changes);
  shuffle(&changes, options->seed);
  for (size_t i = 0; fine && i < changes.count; i++) {
    if (options->budget_seconds > 0 && now_seconds() - start > options->budget_seconds) {
      totals->untried += changes.count - i;
      break;
    }
    fine = try_one(spec, stores, store_count, &changes.items[i], &noticed, fault);
    if (!fine) break;
    *(noticed ? &totals->noticed : &totals->unnoticed) += 1;
    sink(subject, &changes.items[i].mutant, noticed);
  }
  totals->seconds += now_seconds() - start;
  arena_free(lasting);
  return fine;
}
