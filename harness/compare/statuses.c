/* All backend statuses through both mappings, with a body that says nothing. */
#include "harness/compare/parts.h"

void statuses_print(const bool statuses[STATUSES], Buffer *out) {
  bool first = true;
  for (int from = 0; from < STATUSES; from++) {
    if (!statuses[from]) continue;
    int to = from;
    while (to + 1 < STATUSES && statuses[to + 1]) to++;
    buffer_print(out, "%s%d", first ? "" : ", ", from + STATUS_FROM);
    if (to > from) buffer_print(out, "-%d", to + STATUS_FROM);
    first = false;
    from = to;
  }
}

/* What the rules look at is the backend's status. A function's answers have none. */
static bool sees_status(const Operation *operation) {
  if (operation == NULL || !operation->has_integration) return false;
  const Integration *integration = &operation->integration;
  return !integration->is_lambda && integration->type != INTEGRATION_AWS_PROXY;
}

static bool is_mock(const Operation *operation) {
  return operation->integration.type == INTEGRATION_MOCK;
}

/* What its own request template says: a MOCK needs nobody else. */
static void compare_mock_itself(Comparison *comparison, OperationPair *pair, Arena *passing) {
  static const BackendAnswer nothing = {.kind = BACKEND_NONE, .duration_ms = -1};
  arena_reset(passing);
  Request request = pair_request(pair, passing);
  request.body = TEXT("{\"statusCode\":200}");
  request.has_body = true;
  Trial trial = {.evidence = EVIDENCE_EXPLORED, .pair = pair, .request = &request, .backend = &nothing};
  TrialResult result;
  trial_route(comparison, &trial, passing);
  trial_count(comparison, &trial, passing, &result);
  pair->bodies++;
}

void statuses_compare(Comparison *comparison, OperationPair *pair, Arena *passing) {
  if (!sees_status(pair->old_operation) || !sees_status(pair->new_operation)) return;
  bool mock = is_mock(pair->old_operation) || is_mock(pair->new_operation);
  if (is_mock(pair->old_operation) != is_mock(pair->new_operation)) return;
  if (mock) compare_mock_itself(comparison, pair, passing);
  for (int status = STATUS_FROM; status <= STATUS_TO; status++) {
    arena_reset(passing);
    Request request = pair_request(pair, passing);
    BackendAnswer answer = {.kind = BACKEND_HTTP, .status = status, .body = TEXT("{}"), .duration_ms = -1};
    headers_add(&answer.headers, TEXT("Content-Type"), TEXT("application/json"), passing);
    Trial trial = {.evidence = EVIDENCE_STATUS,
                   .pair = pair,
                   .request = &request,
                   .backend = &answer,
                   .mock_status = mock ? status : 0,
                   .response_only = true};
    TrialResult result;
    trial_route(comparison, &trial, passing);
    trial_count(comparison, &trial, passing, &result);
    pair->statuses++;
  }
}
