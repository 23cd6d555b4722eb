/* The whole comparison: recordings first, then what can be known without them. */
#include "harness/compare/compare.h"

#include "harness/compare/parts.h"

/* What is broken in a definition decides nothing here: reaching it is an outcome like any other. */
static void as_warnings(FaultList *defects, size_t from) {
  for (size_t i = from; i < defects->count; i++) defects->items[i].warning = true;
}

static void compare_without_recordings(Comparison *comparison, Arena *passing) {
  for (size_t i = 0; i < comparison->pair_count; i++) {
    OperationPair *pair = &comparison->pairs[i];
    if (pair->old_operation == NULL || pair->new_operation == NULL) {
      group_one_sided(comparison, pair);
      continue;
    }
    statuses_compare(comparison, pair, passing);
    messages_compare(comparison, pair, passing);
  }
}

bool compare_definitions(const Definition *old_definition, const Definition *new_definition,
                         Store *const *stores, size_t store_count, const CompareOptions *options,
                         Arena *lasting, Comparison *out, FaultList *defects, Fault *fault) {
  size_t before = defects->count;
  *out = (Comparison){.old_definition = old_definition,
                      .new_definition = new_definition,
                      .old_name = old_definition->file,
                      .new_name = new_definition->file,
                      .only = options->operation,
                      .lasting = lasting,
                      .paths = path_cache_new(lasting),
                      .has_recordings = store_count > 0,
                      .explored = options->explore_seconds > 0,
                      .explore_seconds = options->explore_seconds,
                      .seed = options->seed,
                      .accepted = options->accepted};
  pairs_make(out, defects);
  as_warnings(defects, before);
  changes_of_definitions(out, lasting);
  Arena *passing = arena_new(0);
  bool fine = true;
  for (size_t i = 0; i < store_count && fine; i++) fine = recorded_compare(out, stores[i], passing, fault);
  if (fine) compare_without_recordings(out, passing);
  if (fine && out->explored) explore_compare(out);
  arena_free(passing);
  groups_finish(out);
  return fine;
}

static void release_pair(OperationPair *pair) {
  for (size_t i = 0; pair->seeds != NULL && i < SEEDS; i++) arena_free(pair->seeds[i].arena);
}

void comparison_release(Comparison *comparison) {
  for (size_t i = 0; i < comparison->group_count; i++) arena_free(comparison->groups[i]->example_arena);
  for (size_t i = 0; i < comparison->pair_count; i++) release_pair(&comparison->pairs[i]);
  for (size_t i = 0; i < comparison->crossed_count; i++) release_pair(comparison->crossed[i]);
  comparison->group_count = comparison->pair_count = comparison->crossed_count = 0;
}

Severity comparison_level(const Comparison *comparison) {
  Severity worst = comparison->untold > 0 ? SEVERITY_BREAKING : SEVERITY_NONE;
  for (Severity level = SEVERITY_COMPATIBLE; level <= SEVERITY_BREAKING; level++)
    if (comparison->open[level] > 0 && level > worst) worst = level;
  return worst;
}
