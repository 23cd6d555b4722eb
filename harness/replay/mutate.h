/* The mutation check: would the spec notice? The definition is changed in one small way at a time, as a slip
 * of the hand would change it, and replayed; a mutant that no case, table or approved exchange notices shows
 * where nothing is said. */
#ifndef STATUSQUO_REPLAY_MUTATE_H
#define STATUSQUO_REPLAY_MUTATE_H

#include "harness/replay/replay.h"

typedef struct Mutant {
  Text operation; /* GET /pets/{petId} */
  Text change;    /* "drops the rule 4\d{2} (400)" */
  Text owner;     /* the case whose own method it is; data NULL: the spec's definition */
  Place place;
} Mutant;

typedef struct MutateOptions {
  uint64_t seed;         /* the order in which mutants are tried: matters when the time doesn't suffice */
  double budget_seconds; /* 0: no limit */
} MutateOptions;

typedef struct MutateTotals {
  size_t noticed, unnoticed;
  size_t untried; /* the time was over */
  double seconds;
} MutateTotals;

typedef void (*MutantSink)(void *subject, const Mutant *mutant, bool noticed);

/* The definition is as before afterwards. Adds to `totals`. FAULT_INPUT when the spec isn't as expected to
 * begin with: then noticing means nothing. */
bool mutate_spec(Spec *spec, Store *const *stores, size_t store_count, const MutateOptions *options,
                 MutantSink sink, void *subject, MutateTotals *totals, Fault *fault);

#endif
