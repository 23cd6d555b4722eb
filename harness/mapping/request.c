/* Client request -> backend request (gateway.md 2.6, 9.4). */
#include "harness/mapping/content.h"
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/parse_error.h"
#include "harness/mapping/proxy.h"
#include "harness/mapping/request_parts.h"

#include <string.h>

static bool fail_route(MappingRun *run, Outcome *out) {
  GatewayError error = {.failure = GATEWAY_NO_ROUTE, .type = "MISSING_AUTHENTICATION_TOKEN"};
  return gateway_answer(run, &error, out);
}

static bool fail_mapping(MappingRun *run, Text reason, Place place, Outcome *out) {
  return gateway_configuration_error(run, GATEWAY_REQUEST_MAPPING, "DEFAULT_5XX", reason, place, out);
}

static bool fail_media_type(MappingRun *run, Outcome *out) {
  GatewayError error = {
      .failure = GATEWAY_UNSUPPORTED_MEDIA,
      .type = "UNSUPPORTED_MEDIA_TYPE",
      .reason = TEXT("Execution failed due to an unsupported media type: no request template matches"),
      .place = run->mapping->operation->integration.place,
  };
  return gateway_answer(run, &error, out);
}

/* ---- body ---- */

/* A template that reads a malformed body: the client's mistake, in json-smart's words (seen in 2016). Any
 * other failure is the template's. */
static bool fail_template(MappingRun *run, const CompiledTemplate *chosen, Text body, const Fault *fault,
                          Place place, Outcome *out) {
  Fault parse;
  Value ignored;
  bool malformed = strstr(fault->message, "Could not process payload") != NULL &&
                   !value_read(body, run->passing, &ignored, &parse);
  if (!malformed) {
    fail_mapping(run, TEXT("Unable to transform request"), place, out);
    out->from_defect = chosen->vtl == NULL;
    return outcome_detail(run, text_from(fault->message), out);
  }
  Text words = parse_error_text(body, &parse, run->passing);
  Text message =
      arena_print(run->passing, "Could not process payloadnet.minidev.json.parser.ParseException: %.*s",
                  TEXT_ARGS(words));
  GatewayError error = {
      .failure = GATEWAY_BAD_REQUEST,
      .type = "BAD_REQUEST_BODY",
      .message = message,
      .reason = message,
      .place = place,
  };
  return gateway_answer(run, &error, out);
}

static bool render_body(MappingRun *run, const CompiledTemplate *chosen, const Payload *payload,
                        Text *out_body, Outcome *out) {
  if (payload->binary)
    return fail_mapping(run, TEXT("Unable to transform request"),
                        source_text_place(&chosen->entry->source, 0), out);
  Fault fault;
  Place place;
  if (run_render(run, chosen, payload->bytes, out_body, &fault, &place) == RENDERED) return true;
  return fail_template(run, chosen, payload->bytes, &fault, place, out);
}

static bool passes_through(const MappingRun *run) {
  switch (run->mapping->operation->integration.passthrough) {
  case PASSTHROUGH_WHEN_NO_MATCH: return true;
  case PASSTHROUGH_WHEN_NO_TEMPLATES: return run->mapping->request_templates.count == 0;
  case PASSTHROUGH_NEVER: break;
  }
  return false;
}

/* Content handling, then the template for the request's Content-Type, or the body as it is. */
static bool map_body(MappingRun *run, Text *body, Outcome *out) {
  const Integration *integration = &run->mapping->operation->integration;
  const Headers *headers = &run->request->headers;
  bool binary = media_type_is_binary(run->definition, media_type_of(headers, "Content-Type", TEXT_EMPTY));
  Payload payload;
  if (!content_convert_request(integration->content_handling, binary, run->request->body, run->passing,
                               &payload))
    return fail_mapping(run, TEXT("Unable to base64 decode the body."), integration->place, out);
  Text media_type = media_type_of(headers, "Content-Type", TEXT("application/json"));
  if (run->flags.test_invoke) media_type = TEXT("application/json"); /* documented */
  const CompiledTemplate *chosen = templates_find(&run->mapping->request_templates, media_type);
  *body = payload.bytes;
  if (chosen == NULL) return passes_through(run) || fail_media_type(run, out);
  if (chosen->entry->source.text.length == 0) return true;
  run->mock_rendered = true;
  return render_body(run, chosen, &payload, body, out);
}

/* ---- by integration type ---- */

static bool request_mock(MappingRun *run, Outcome *out) {
  return map_body(run, &run->mock_document, out);
}

/* Functions are invoked with POST only; the answer is 500 although the type's declared status is 504 (seen).
 */
static bool check_function_method(MappingRun *run, Outcome *out) {
  Text method = run->mapping->operation->integration.http_method;
  if (method.length == 0 || text_is(method, "POST")) return true;
  GatewayError error = {
      .failure = GATEWAY_REQUEST_MAPPING,
      .type = "INTEGRATION_FAILURE",
      .status = 500,
      .message = TEXT("Internal server error"),
      .reason =
          TEXT("Execution failed due to configuration error: Lambda functions must be invoked with POST"),
      .place = run->mapping->operation->integration.place,
  };
  return gateway_answer(run, &error, out);
}

static bool request_proxy(MappingRun *run, Outcome *out) {
  IntegrationParameters parameters;
  bool lambda = run->mapping->operation->integration.type == INTEGRATION_AWS_PROXY;
  if (lambda && !check_function_method(run, out)) return false;
  if (!integration_parameters_map(run, &parameters, out)) return false;
  if (!backend_request_make(run, &parameters, out)) return false;
  if (run->input->brief) return true;
  Text type = media_type_of(&run->request->headers, "Content-Type", TEXT_EMPTY);
  BackendRequest *request = &out->backend_request;
  request->body = run->request->body;
  if (lambda) request->body = proxy_event(run, media_type_is_binary(run->definition, type));
  backend_request_log(run, request, request->body);
  return true;
}

static bool request_mapped(MappingRun *run, Outcome *out) {
  IntegrationParameters parameters;
  Text body;
  if (!integration_parameters_map(run, &parameters, out) || !map_body(run, &body, out)) return false;
  if (!integration_parameters_override(run, &parameters, out)) return false;
  if (!backend_request_make(run, &parameters, out)) return false;
  if (run->input->brief) return true;
  backend_request_log(run, &out->backend_request, body);
  bool empty_event = run->mapping->operation->integration.is_lambda && body.length == 0;
  out->backend_request.body = empty_event ? TEXT("{}") : body; /* seen */
  return true;
}

/* ---- the direction ---- */

static Text member_text(const Map *map, const char *name, Arena *passing) {
  const Value *member = map_get_text(map, text_from(name));
  Text text;
  return member != NULL && value_to_parameter(*member, passing, &text) ? text : (Text){NULL, 0};
}

static bool answer_given_error(MappingRun *run, Outcome *out) {
  const Map *given = run->flags.gateway_error;
  Text type = member_text(given, "type", run->passing);
  GatewayError error = {
      .failure = GATEWAY_REQUEST_MAPPING,
      .type = arena_copy_string(run->passing, type),
      .message = member_text(given, "message", run->passing),
      .validation = member_text(given, "validationErrorString", run->passing),
  };
  return gateway_answer(run, &error, out);
}

bool mapping_request(MappingRun *run, Outcome *out) {
  const Operation *operation = run->mapping->operation;
  *out = (Outcome){.failure = GATEWAY_OK};
  log_start(run);
  if (run->flags.gateway_error != NULL) return answer_given_error(run, out);
  if (run->request->resource_path.data == NULL) return fail_route(run, out);
  if (!operation->has_integration)
    return gateway_configuration_error(run, GATEWAY_REQUEST_MAPPING, "API_CONFIGURATION_ERROR",
                                       TEXT("No integration defined for method"), operation->place, out);
  if (!request_validate(run, out)) return false;
  switch (operation->integration.type) {
  case INTEGRATION_MOCK: return request_mock(run, out);
  case INTEGRATION_AWS_PROXY:
  case INTEGRATION_HTTP_PROXY: return request_proxy(run, out);
  case INTEGRATION_AWS:
  case INTEGRATION_HTTP: break;
  }
  return request_mapped(run, out);
}
