/* One answer through both mappings, and what a client would notice. */
#include "harness/compare/parts.h"

#include "harness/mapping/run.h"

/* ---- one side ---- */

/* The stage variables are the definition's own; nothing else is known of where it is deployed. */
static void run_mapped(const Mapping *mapping, const Trial *trial, const MappingInput *input, Arena *passing,
                       Outcome *out) {
  bool mock = mapping_operation(mapping)->integration.type == INTEGRATION_MOCK;
  if (!trial->response_only) {
    mapping_run(mapping, input, trial->backend, passing, out);
    return;
  }
  MappingRun *run = mapping_begin(mapping, input, passing);
  if (mock) run->mock_document = arena_print(passing, "{\"statusCode\":%d}", trial->mock_status);
  mapping_response(run, trial->backend, out);
}

static void run_side(Comparison *comparison, const Definition *definition, const Operation *operation,
                     const Mapping *mapping, const Headers *path_parameters, const Trial *trial,
                     Arena *passing, Outcome *out) {
  Request *request = ARENA_NEW(passing, Request);
  *request = *trial->request;
  request->path_parameters = *path_parameters;
  request->resource_path = operation != NULL ? operation->resource_path : (Text){NULL, 0};
  MappingInput input = {.request = request,
                        .paths = comparison->paths,
                        .brief = !trial->pair->request_changed || trial->response_only};
  *out = (Outcome){.failure = GATEWAY_OK};
  if (mapping != NULL)
    run_mapped(mapping, trial, &input, passing, out);
  else
    mapping_gateway_response(definition, TEXT("MISSING_AUTHENTICATION_TOKEN"), &input, (Text){NULL, 0},
                             passing, out);
}

/* ---- what a client would notice ---- */

static bool has_failed(const Outcome *outcome) {
  return outcome->failure != GATEWAY_OK;
}

/* "response-mapping: Unable to transform response", as JSON. */
static Text failure_text(const Outcome *outcome, Arena *arena) {
  const char *name = gateway_failure_name(outcome->failure);
  Text text = outcome->reason.length > 0 ? arena_print(arena, "%s: %.*s", name, TEXT_ARGS(outcome->reason))
                                         : text_from(name);
  return json_quote(text, arena);
}

static void compare_outcomes(const Outcome *before, const Outcome *after, Differences *out) {
  static const DiffOptions options = {.skip_generated = true};
  Arena *arena = out->arena;
  if (has_failed(before) && !has_failed(after)) {
    differences_add(
        out, (Difference){.at = TEXT("outcome"),
                          .expected = failure_text(before, arena),
                          .actual = arena_print(arena, "%d", after->response.status),
                          .message = arena_print(arena, "formerly failed in the gateway, now answers %d",
                                                 after->response.status),
                          .severity = SEVERITY_COMPATIBLE});
    return;
  }
  if (!has_failed(before) && has_failed(after))
    differences_add(out, (Difference){.at = TEXT("outcome"),
                                      .expected = arena_print(arena, "%d", before->response.status),
                                      .actual = failure_text(after, arena),
                                      .message = TEXT("now fails in the gateway"),
                                      .severity = SEVERITY_BREAKING});
  diff_responses(&before->response, &after->response, &options, out);
}

/* The recorded answer belongs to the old request: under another one the backend may say something else. */
static void compare_backend_requests(const Outcome *before, const Outcome *after, Differences *out) {
  if (!before->has_backend_request || !after->has_backend_request) return;
  static const DiffOptions options = {.skip_generated = true};
  const BackendRequest *old_one = &before->backend_request, *new_one = &after->backend_request;
  Differences parts = differences_make(out->arena);
  diff_text(TEXT("method"), old_one->method, new_one->method, &parts);
  diff_text(TEXT("uri"), old_one->uri, new_one->uri, &parts);
  Response old_parts = {.headers = old_one->headers, .body = old_one->body};
  Response new_parts = {.headers = new_one->headers, .body = new_one->body};
  diff_responses(&old_parts, &new_parts, &options, &parts);
  for (size_t i = 0; i < parts.count; i++) {
    Difference difference = parts.items[i];
    difference.at = arena_print(out->arena, "backendRequest.%.*s", TEXT_ARGS(difference.at));
    difference.severity = SEVERITY_RISKY;
    differences_add(out, difference);
  }
}

void trial_run(Comparison *comparison, const Trial *trial, Arena *passing, TrialResult *out) {
  const OperationPair *pair = trial->pair;
  *out = (TrialResult){.differences = differences_make(passing)};
  run_side(comparison, comparison->old_definition, pair->old_operation, pair->old_mapping,
           &trial->old_parameters, trial, passing, &out->old_outcome);
  run_side(comparison, comparison->new_definition, pair->new_operation, pair->new_mapping,
           &trial->new_parameters, trial, passing, &out->new_outcome);
  compare_outcomes(&out->old_outcome, &out->new_outcome, &out->differences);
  if (pair->request_changed && !trial->response_only)
    compare_backend_requests(&out->old_outcome, &out->new_outcome, &out->differences);
  differences_finish(&out->differences);
  out->level = differences_severity(&out->differences);
}

static void count_flow(Comparison *comparison, const Trial *trial, const TrialResult *result) {
  Flow *flow = pair_flow(trial->pair, result->old_outcome.response.status,
                         result->new_outcome.response.status, comparison->lasting);
  if (flow == NULL) return;
  if (trial->evidence == EVIDENCE_RECORDED)
    flow->count++;
  else
    flow->in_table = true;
  if (result->level > flow->level) flow->level = result->level;
}

Group *trial_count(Comparison *comparison, const Trial *trial, Arena *passing, TrialResult *out) {
  trial_run(comparison, trial, passing, out);
  if (trial->evidence == EVIDENCE_RECORDED || trial->evidence == EVIDENCE_STATUS)
    count_flow(comparison, trial, out);
  if (out->differences.count == 0) return NULL;
  Group *group = group_find(comparison, trial->pair, &out->old_outcome, &out->new_outcome);
  if (group != NULL)
    group_add(group, trial, out, comparison->lasting);
  else
    comparison->untold++;
  return group;
}

void trial_route(const Comparison *comparison, Trial *trial, Arena *arena) {
  const Operation *operation;
  trial->old_parameters = trial->new_parameters = (Headers){0};
  definition_route(comparison->old_definition, trial->request->method, trial->request->path, arena,
                   &operation, &trial->old_parameters);
  definition_route(comparison->new_definition, trial->request->method, trial->request->path, arena,
                   &operation, &trial->new_parameters);
}
