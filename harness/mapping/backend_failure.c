/* When the backend gives no answer that can be mapped (gateway.md 2.2, 2.4, 3.21, 3.22). */
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/response_parts.h"

enum { ANSWER_LIMIT = 10 * 1024 * 1024 }; /* bytes; seen in a log */

static Place integration_place(const MappingRun *run) {
  return run->mapping->operation->integration.place;
}

static bool fail(MappingRun *run, GatewayFailure failure, Text reason, Outcome *out) {
  return gateway_configuration_error(run, failure, "API_CONFIGURATION_ERROR", reason, integration_place(run),
                                     out);
}

static bool fail_timeout(MappingRun *run, Outcome *out) {
  GatewayError error = {
      .failure = GATEWAY_TIMEOUT,
      .type = "INTEGRATION_TIMEOUT",
      .reason = TEXT("Execution failed due to a timeout error"),
      .place = integration_place(run),
  };
  return gateway_answer(run, &error, out);
}

static bool fail_network(MappingRun *run, Text detail, Outcome *out) {
  if (detail.data == NULL) detail = TEXT("no answer");
  GatewayError error = {
      .failure = GATEWAY_NETWORK,
      .type = "INTEGRATION_FAILURE",
      .reason = arena_print(run->passing,
                            "Execution failed due to a network error communicating with endpoint: %.*s",
                            TEXT_ARGS(detail)),
      .place = integration_place(run),
  };
  return gateway_answer(run, &error, out);
}

static bool is_lambda(const MappingRun *run) {
  const Integration *integration = &run->mapping->operation->integration;
  return integration->is_lambda || integration->type == INTEGRATION_AWS_PROXY;
}

static bool fail_throttled(MappingRun *run, Outcome *out) {
  if (is_lambda(run))
    log_line(run, "Lambda invocation failed with status: 429. Lambda request id: %.*s",
             TEXT_ARGS(run->generated.request_id));
  return fail(run, GATEWAY_THROTTLED, TEXT("Rate Exceeded."), out);
}

static bool fail_denied(MappingRun *run, Outcome *out) {
  return fail(run, GATEWAY_ACCESS_DENIED,
              is_lambda(run) ? TEXT("Invalid permissions on Lambda function")
                             : TEXT("API Gateway does not have permission to assume the provided role"),
              out);
}

static bool fail_size(MappingRun *run, Text length, Outcome *out) {
  Text reason =
      arena_print(run->passing,
                  "Integration response of reported length %.*s is larger than allowed maximum of %d bytes.",
                  TEXT_ARGS(length), ANSWER_LIMIT);
  return fail(run, GATEWAY_TOO_LARGE, reason, out);
}

bool backend_answered(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  if (answer->kind == BACKEND_NONE) return fail_network(run, TEXT("no backend answer was given"), out);
  if (answer->kind != BACKEND_FAILURE) return true;
  switch (answer->reason) {
  case FAILURE_TIMEOUT: return fail_timeout(run, out);
  case FAILURE_NETWORK: return fail_network(run, answer->detail, out);
  case FAILURE_THROTTLED: return fail_throttled(run, out);
  case FAILURE_ACCESS_DENIED: return fail_denied(run, out);
  case FAILURE_TOO_LARGE:
    return fail_size(run, answer->detail.data != NULL ? answer->detail : TEXT("unknown"), out);
  }
  return fail_network(run, answer->detail, out);
}

bool backend_usable(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  if (answer->body.length > ANSWER_LIMIT)
    return fail_size(run, arena_print(run->passing, "%zu", answer->body.length), out);
  if (!is_lambda(run) || answer->status < 300) return true;
  if (answer->status == 429) return fail_throttled(run, out);
  if (answer->status == 403) return fail_denied(run, out);
  return fail(run, GATEWAY_RESPONSE_MAPPING,
              arena_print(run->passing, "Lambda invocation failed with status: %d", answer->status), out);
}
