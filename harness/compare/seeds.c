/* Answers to explore from: for each pair of rules that decided, the smallest recorded one. */
#include "harness/compare/parts.h"

void seed_keep(Comparison *comparison, const Trial *trial, const TrialResult *result) {
  OperationPair *pair = trial->pair;
  size_t size = trial->request->body.length + trial->backend->body.length;
  if (!comparison->explored || size > SEED_BYTES) return;
  if (pair->seeds == NULL) pair->seeds = ARENA_ARRAY(comparison->lasting, Seed, SEEDS);
  Seed *seed = NULL;
  for (size_t i = 0; i < SEEDS && seed == NULL; i++) {
    Seed *known = &pair->seeds[i];
    bool same = known->old_rule == result->old_outcome.rule && known->new_rule == result->new_outcome.rule &&
                known->backend.kind == trial->backend->kind;
    if (known->arena == NULL || same) seed = known;
  }
  if (seed == NULL || (seed->arena != NULL && seed->size <= size)) return;
  Arena *arena = seed->arena != NULL ? seed->arena : arena_new(2048);
  arena_reset(arena);
  *seed = (Seed){.old_rule = result->old_outcome.rule,
                 .new_rule = result->new_outcome.rule,
                 .request = request_copy(trial->request, arena),
                 .backend = answer_copy(trial->backend, arena),
                 .size = size,
                 .arena = arena};
}
