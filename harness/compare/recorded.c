/* Recorded exchanges, one at a time: whatever their number, only the current one is in memory. */
#include "harness/compare/parts.h"

/* As replay routes: an exchange that was recorded through a stage or a custom domain names its operation. */
static const Operation *route(const Definition *definition, const Exchange *exchange, Arena *passing,
                              Headers *path_parameters) {
  const Operation *operation = NULL;
  if (definition_route(definition, exchange->request.method, exchange->request.path, passing, &operation,
                       path_parameters) == ROUTE_FOUND)
    return operation;
  if (exchange->operation.data == NULL) return NULL;
  return definition_operation(definition, exchange->operation);
}

static void tell_unmapped(Comparison *comparison, const Exchange *exchange, Arena *passing) {
  Text request = arena_print(passing, "%.*s %.*s", TEXT_ARGS(exchange->request.method),
                             TEXT_ARGS(exchange->request.path));
  comparison->unmapped++;
  for (size_t i = 0; i < comparison->unmapped_count; i++) {
    if (!text_equal(comparison->unmapped_told[i].request, request)) continue;
    comparison->unmapped_told[i].count++;
    return;
  }
  if (comparison->unmapped_count < UNMAPPED_TOLD)
    comparison->unmapped_told[comparison->unmapped_count++] =
        (Unmapped){arena_copy_text(comparison->lasting, request), 1};
}

static bool is_wanted(const Text only, const Operation *operation, Arena *passing) {
  return only.data == NULL ||
         (operation != NULL && text_equal_ignoring_case(operation_name(operation, passing), only));
}

static void compare_exchange(Comparison *comparison, const Exchange *exchange, Arena *passing) {
  Trial trial = {.evidence = EVIDENCE_RECORDED,
                 .request = &exchange->request,
                 .backend = &exchange->backend,
                 .exchange = exchange};
  const Operation *old_one = route(comparison->old_definition, exchange, passing, &trial.old_parameters);
  const Operation *new_one = route(comparison->new_definition, exchange, passing, &trial.new_parameters);
  if (!is_wanted(comparison->only, old_one, passing) && !is_wanted(comparison->only, new_one, passing))
    return;
  comparison->exchanges++;
  if (old_one == NULL && new_one == NULL) {
    tell_unmapped(comparison, exchange, passing);
    return;
  }
  trial.pair = pair_of(comparison, old_one, new_one);
  trial.pair->exchanges++;
  TrialResult result;
  trial_count(comparison, &trial, passing, &result);
  if (result.differences.count == 0)
    comparison->same++;
  else
    comparison->different[result.level]++;
  seed_keep(comparison, &trial, &result);
}

bool recorded_compare(Comparison *comparison, Store *store, Arena *passing, Fault *fault) {
  StoreCursor *cursor = NULL;
  if (!store_select(store, &cursor, fault)) return false;
  int more;
  for (;;) {
    Exchange exchange = {0};
    arena_reset(passing);
    more = store_next(cursor, passing, &exchange, fault);
    if (more <= 0) break;
    compare_exchange(comparison, &exchange, passing);
  }
  store_cursor_close(cursor);
  return more == 0;
}
