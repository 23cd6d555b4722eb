/* Backend answer -> client response (gateway.md 2 to 9, 12). */
#include "harness/base/utf8.h"
#include "harness/mapping/content.h"
#include "harness/mapping/context.h"
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/mock.h"
#include "harness/mapping/proxy.h"
#include "harness/mapping/response_headers.h"
#include "harness/mapping/response_parts.h"
#include "harness/mapping/selection.h"

static bool fail(MappingRun *run, GatewayFailure failure, const char *type, Text reason, Place place,
                 Outcome *out) {
  return gateway_configuration_error(run, failure, type, reason, place, out);
}

/* ---- what every answer ends with ---- */

static bool complete(MappingRun *run, Outcome *out) {
  if (out->response.body.data == NULL) out->response.body = TEXT_EMPTY;
  IntegrationType type = run->mapping->operation->integration.type;
  response_headers_remap(&out->response.headers, type, run->passing);
  FinishHeaders finish = {
      /* TestInvokeMethod shows a proxy function's own headers only (seen) */
      .content_type = type != INTEGRATION_AWS_PROXY,
      /* not on MOCK, and HTTP_PROXY passes the backend's (seen) */
      .trace_id = type != INTEGRATION_MOCK && type != INTEGRATION_HTTP_PROXY,
  };
  log_text(run, "Method response body after transformations: ", out->response.body);
  response_headers_finish(run, &finish, out);
  log_line(run, "Successfully completed execution");
  log_finish(run, out);
  return true;
}

/* ---- proxies ---- */

static bool respond_http_proxy(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  Text type = media_type_of(&answer->headers, "Content-Type", TEXT_EMPTY);
  Text accept = media_type_of(&run->request->headers, "Accept", TEXT_EMPTY);
  bool raw = media_type_is_binary(run->definition, type) || media_type_is_binary(run->definition, accept);
  Payload payload = {answer->body, true};
  if (!raw) content_convert_response(CONTENT_UNCHANGED, false, false, answer->body, run->passing, &payload);
  out->response.status = answer->status;
  out->response.body = payload.bytes;
  for (size_t i = 0; i < answer->headers.count; i++)
    headers_add(&out->response.headers, answer->headers.items[i].name, answer->headers.items[i].value,
                run->passing);
  return complete(run, out);
}

static bool fail_proxy(MappingRun *run, GatewayFailure failure, Text detail, Outcome *out) {
  GatewayError error = {
      .failure = failure,
      .type = "DEFAULT_5XX",
      .status = 502,
      .reason = TEXT("Execution failed due to configuration error: Malformed Lambda proxy response"),
      .place = run->mapping->operation->integration.place,
  };
  gateway_answer(run, &error, out);
  return outcome_detail(run, detail, out);
}

static bool respond_lambda_proxy(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  if (answer->function_error.data != NULL) {
    Text message = lambda_error_message(answer->body, run->passing);
    log_line(run,
             "Lambda execution failed with status 200 due to customer function error: %.*s. Lambda request "
             "id: %.*s",
             TEXT_ARGS(message), TEXT_ARGS(run->generated.request_id));
    return fail_proxy(run, GATEWAY_FUNCTION_ERROR, TEXT("the function raised"), out);
  }
  ProxyAnswer proxy;
  Text why;
  if (!proxy_answer_read(utf8_repair(answer->body, run->passing), run->passing, &proxy, &why))
    return fail_proxy(run, GATEWAY_MALFORMED_PROXY, why, out);
  Text accept = media_type_of(&run->request->headers, "Accept", TEXT_EMPTY);
  out->response.body = text_to_bytes(proxy.body, run->passing);
  Payload decoded;
  if (proxy.base64 && media_type_is_binary(run->definition, accept)) {
    if (!content_convert_response(CONTENT_TO_BINARY, false, false, proxy.body, run->passing, &decoded))
      return fail(run, GATEWAY_RESPONSE_MAPPING, "API_CONFIGURATION_ERROR",
                  TEXT("Unable to base64 decode the body."), run->mapping->operation->integration.place, out);
    out->response.body = decoded.bytes;
  }
  out->response.status = proxy.status;
  out->response.headers = proxy.headers;
  return complete(run, out);
}

/* ---- mapped: parameters, content, template, overrides ---- */

static bool fail_parameter(MappingRun *run, const CompiledParameter *parameter, Text detail, Outcome *out) {
  fail(run, GATEWAY_RESPONSE_MAPPING, "DEFAULT_5XX", TEXT("Unable to transform response"),
       parameter->entry->place, out);
  out->from_defect = parameter->source.broken;
  return outcome_detail(run, detail, out);
}

static bool map_parameters(MappingRun *run, const CompiledRule *rule, const BackendAnswer *answer,
                           Outcome *out) {
  const Integration *integration = &run->mapping->operation->integration;
  if (rule->parameters.count == 0) return true;
  BodyReader body = {.text = answer->body, .is_lambda_answer = integration->is_lambda};
  SourceInputs inputs = run_source_inputs(run, &rule->parameters);
  inputs.response_headers = &answer->headers;
  inputs.response_body = &body;
  size_t bytes = 0;
  for (size_t i = 0; i < rule->parameters.count; i++) {
    const CompiledParameter *parameter = &rule->parameters.items[i];
    TextList values;
    if (parameter->target != TARGET_RESPONSE_HEADER) continue;
    SourceAnswer found = source_read(&parameter->source, &inputs, &values);
    if (found == SOURCE_FAILS)
      return fail_parameter(run, parameter,
                            parameter->source.broken
                                ? TEXT("the JSON path of a response parameter can't be compiled")
                                : TEXT("the backend's body begins like JSON and isn't"),
                            out);
    if (!text_list_fits(&values, &bytes))
      return fail_parameter(run, parameter, TEXT("the mapped headers hold more than 32 MiB"), out);
    if (found == SOURCE_FOUND)
      headers_set(&out->response.headers, parameter->name,
                  text_to_bytes(text_list_join(&values, run->passing), run->passing), run->passing);
  }
  return true;
}

static bool render_response(MappingRun *run, const CompiledTemplate *chosen, const Payload *payload,
                            Outcome *out) {
  out->template_entry = chosen->entry;
  if (payload->binary) {
    Place begin = source_text_place(&chosen->entry->source, 0);
    fail(run, GATEWAY_RESPONSE_MAPPING, "DEFAULT_5XX", TEXT("Unable to transform response"), begin, out);
    return outcome_detail(run, TEXT("the body is binary, and a template can't take that"), out);
  }
  Fault fault;
  Place place;
  if (run_render(run, chosen, payload->bytes, &out->response.body, &fault, &place) == RENDERED) return true;
  fail(run, GATEWAY_RESPONSE_MAPPING, "DEFAULT_5XX", TEXT("Unable to transform response"), place, out);
  out->from_defect = chosen->vtl == NULL;
  return outcome_detail(run, text_from(fault.message), out);
}

static bool map_body(MappingRun *run, const CompiledRule *rule, const BackendAnswer *answer, Outcome *out) {
  const Integration *integration = &run->mapping->operation->integration;
  bool mock = integration->type == INTEGRATION_MOCK;
  Text absent = integration->is_lambda ? TEXT("application/json") : TEXT_EMPTY;
  Text type = media_type_of(&answer->headers, "Content-Type", absent);
  Text accept = media_type_of(&run->request->headers, "Accept", TEXT_EMPTY);
  Payload payload = {answer->body, false};
  if (!mock && !content_convert_response(
                   rule->response->content_handling, media_type_is_binary(run->definition, type),
                   media_type_is_binary(run->definition, accept), answer->body, run->passing, &payload))
    return fail(run, GATEWAY_RESPONSE_MAPPING, "API_CONFIGURATION_ERROR",
                TEXT("Unable to base64 decode the body."), rule->response->place, out);
  if (accept.length == 0) accept = TEXT("application/json");
  const CompiledTemplate *chosen = templates_choose(&rule->templates, accept);
  if (chosen != NULL && chosen->entry->source.text.length > 0)
    return render_response(run, chosen, &payload, out);
  out->response.body = payload.bytes;
  return true;
}

static bool respond_by_rule(MappingRun *run, const CompiledRule *rule, const BackendAnswer *answer,
                            Outcome *out) {
  out->rule = rule->response;
  if (!rule->declared) {
    Text reason = arena_print(run->passing, "Output mapping refers to an invalid method response: %.*s",
                              TEXT_ARGS(rule->response->status_code));
    return fail(run, GATEWAY_UNDECLARED_RESPONSE, "DEFAULT_5XX", reason, rule->response->place, out);
  }
  out->response.status = rule->status;
  if (!map_parameters(run, rule, answer, out) || !map_body(run, rule, answer, out)) return false;
  if (!response_overrides_apply(run, out)) return false;
  return complete(run, out);
}

/* ---- mapped: selection ---- */

static bool fail_selection(MappingRun *run, const Selection *selection, Text value, int status,
                           Outcome *out) {
  if (selection->trouble) {
    const IntegrationResponse *rule = selection->troublemaker->response;
    fail(run, GATEWAY_NO_MATCH, "API_CONFIGURATION_ERROR", TEXT("Invalid selection pattern"),
         source_text_place(&rule->selection_pattern, 0), out);
    out->from_defect = selection->troublemaker->pattern == NULL;
    return outcome_detail(run, selection->trouble_reason, out);
  }
  Text shown = status > 0 ? arena_print(run->passing, "%d", status) : value;
  Text reason =
      arena_print(run->passing,
                  "No match for output mapping and no default output mapping configured. Endpoint Response "
                  "Status Code: %.*s",
                  TEXT_ARGS(shown));
  return fail(run, GATEWAY_NO_MATCH, "API_CONFIGURATION_ERROR", reason,
              run->mapping->operation->integration.place, out);
}

/* `value` data NULL: nothing is matched, the default answers (MOCK without request template). */
static bool respond_selected(MappingRun *run, Text value, int64_t status, const BackendAnswer *answer,
                             Outcome *out) {
  const Mapping *mapping = run->mapping;
  Selection selection = {.rule = NULL};
  out->selection_value = value;
  if (value.data == NULL) {
    if (mapping->pattern_count < mapping->rule_count)
      selection.rule = &mapping->rules[mapping->pattern_count];
  } else if (run->input->brief && status >= 0) {
    selection_run_status(mapping, status, run->passing, &selection);
  } else {
    selection_run(mapping, value, !run->input->brief, run->passing, &selection);
  }
  out->trace = selection.trace;
  out->trace_count = selection.trace_count;
  if (selection.rule == NULL) return fail_selection(run, &selection, value, answer->status, out);
  return respond_by_rule(run, selection.rule, answer, out);
}

static bool respond_mock(MappingRun *run, Outcome *out) {
  static const BackendAnswer nothing = {.kind = BACKEND_NONE};
  Text value = {NULL, 0};
  int64_t status = -1;
  if (mock_status(run->mock_document, run->passing, &value)) {
    if (!text_to_integer(value, &status)) status = -1;
    return respond_selected(run, value, status, &nothing, out);
  }
  /* documented: without request templates the default answers */
  if (run->mapping->request_templates.count == 0) return respond_selected(run, value, -1, &nothing, out);
  GatewayError error = {
      .failure = GATEWAY_RESPONSE_MAPPING,
      .type = "DEFAULT_5XX",
      .reason = TEXT(
          "Unable to parse statusCode. It should be an integer that is defined in the request template."),
      .place = run->mapping->operation->integration.place,
  };
  return gateway_answer(run, &error, out);
}

/* A function's answer is selected by its errorMessage, everything else by its status (seen). */
static bool respond_mapped(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  if (run->mapping->operation->integration.is_lambda)
    return respond_selected(run, lambda_error_message(answer->body, run->passing), -1, answer, out);
  Text value = number_to_text((uint64_t)answer->status, run->passing);
  return respond_selected(run, value, answer->status, answer, out);
}

/* ---- the direction ---- */

static void log_answer(MappingRun *run, const BackendAnswer *answer) {
  double latency = answer->duration_ms > 0 ? answer->duration_ms : 0;
  log_line(run, "Received response. Status: %d, Integration latency: %.0f ms", answer->status, latency);
  log_headers(run, "Endpoint response headers: ", &answer->headers);
  log_text(run, "Endpoint response body before transformations: ", answer->body);
}

void mapping_response(MappingRun *run, const BackendAnswer *answer, Outcome *out) {
  const Integration *integration = &run->mapping->operation->integration;
  if (integration->type == INTEGRATION_MOCK) {
    respond_mock(run, out);
    return;
  }
  run->backend_called = true;
  BackendAnswer known = answer != NULL ? *answer : (BackendAnswer){.kind = BACKEND_NONE};
  if (known.status == 0) known.status = 200;
  if (!backend_answered(run, &known, out)) return;
  log_answer(run, &known);
  if (!backend_usable(run, &known, out)) return;
  switch (integration->type) {
  case INTEGRATION_HTTP_PROXY: respond_http_proxy(run, &known, out); break;
  case INTEGRATION_AWS_PROXY: respond_lambda_proxy(run, &known, out); break;
  default: respond_mapped(run, &known, out); break;
  }
}
