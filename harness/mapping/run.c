#include "harness/mapping/run.h"

#include "harness/mapping/content.h"
#include "harness/mapping/context.h"
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/override_once.h"

/* Headers of the client that no mapping, template or backend gets to see (seen). */
static const Text invisible_headers[] = {
    TEXT_INIT("Connection"),   TEXT_INIT("Content-Length"),
    TEXT_INIT("Content-MD5"),  TEXT_INIT("Expect"),
    TEXT_INIT("Max-Forwards"), TEXT_INIT("Proxy-Authenticate"),
    TEXT_INIT("Server"),       TEXT_INIT("TE"),
    TEXT_INIT("Trailer"),      TEXT_INIT("Transfer-Encoding"),
    TEXT_INIT("Upgrade"),      TEXT_INIT("WWW-Authenticate"),
};

static bool is_invisible(Text name) {
  for (size_t i = 0; i < sizeof invisible_headers / sizeof *invisible_headers; i++)
    if (text_equal_ignoring_case(name, invisible_headers[i])) return true;
  return false;
}

/* ---- flags ---- */

static bool flag_is_set(const Map *map, const char *name) {
  const Value *flag = map != NULL ? map_get_text(map, text_from(name)) : NULL;
  return flag != NULL && ((flag->kind == VALUE_BOOLEAN && flag->as.boolean) ||
                          (flag->kind == VALUE_TEXT && value_text_is(*flag, TEXT("true"))));
}

static const Map *flag_map(const Map *map, const char *name) {
  const Value *member = map != NULL ? map_get_text(map, text_from(name)) : NULL;
  return member != NULL && member->kind == VALUE_MAP ? member->as.map : NULL;
}

static RunFlags read_flags(const Map *context) {
  RunFlags flags = {
      .test_invoke = flag_is_set(context, "testInvoke"),
      .api_key_required = flag_is_set(context, "apiKeyRequired"),
      .request_models = flag_map(context, "requestModels"),
      .request_parameters = flag_map(context, "requestParameters"),
      .gateway_error = flag_map(context, "gatewayError"),
  };
  const Map *validator = flag_map(context, "requestValidator");
  flags.has_validator = validator != NULL;
  flags.validates_body = flag_is_set(validator, "validateRequestBody");
  flags.validates_parameters = flag_is_set(validator, "validateRequestParameters");
  return flags;
}

/* ---- beginning ---- */

/* The last value of a repeated name is the one that templates see (assumed: as parameter mappings and the
 * proxy event have it). */
static Map *map_of_headers(const Headers *headers, Arena *passing) {
  Map *map = map_new(MAP_LINKED, passing);
  for (size_t i = 0; i < headers->count; i++)
    map_put_text(map, headers->items[i].name, value_from_text(headers->items[i].value), passing);
  return map;
}

static Headers keep_visible(const Headers *headers, Arena *passing) {
  Headers visible = {NULL, 0, 0};
  for (size_t i = 0; i < headers->count; i++)
    if (!is_invisible(headers->items[i].name))
      headers_add(&visible, headers->items[i].name, headers->items[i].value, passing);
  return visible;
}

static Text choose_stage(const MappingRun *run) {
  if (run->flags.test_invoke) return TEXT("test-invoke-stage");
  if (run->input->stage.data != NULL) return run->input->stage;
  return run->definition->stage.data != NULL ? run->definition->stage : TEXT("test");
}

MappingRun *run_begin(const Mapping *mapping, const Definition *definition, const MappingInput *input,
                      Arena *passing) {
  static const Request no_request;
  MappingRun *run = ARENA_NEW(passing, MappingRun);
  run->mapping = mapping;
  run->definition = definition;
  run->input = input;
  run->request = input->request != NULL ? input->request : &no_request;
  run->passing = passing;
  run->flags = read_flags(input->context);
  run->generated = generated_complete(input->generated);
  run->generated.trace_id = trace_continue(&run->request->headers, run->generated.trace_id, passing);
  run->stage = choose_stage(run);
  run->stage_variables =
      input->stage_variables != NULL ? input->stage_variables : &definition->stage_variables;
  run->request_body.text = run->request->body;
  return run;
}

MappingRun *mapping_begin(const Mapping *mapping, const MappingInput *input, Arena *passing) {
  return run_begin(mapping, mapping->operation->definition, input, passing);
}

Map *run_context(MappingRun *run) {
  if (run->made_context == NULL) run->made_context = context_make(run);
  return run->made_context;
}

const Headers *run_visible_headers(MappingRun *run) {
  if (run->made_visible_headers == NULL) {
    run->made_visible_headers = ARENA_NEW(run->passing, Headers);
    *run->made_visible_headers = keep_visible(&run->request->headers, run->passing);
  }
  return run->made_visible_headers;
}

const RunParameters *run_parameters(MappingRun *run) {
  if (run->made_parameters == NULL) {
    RunParameters *parameters = ARENA_NEW(run->passing, RunParameters);
    parameters->path = map_of_headers(&run->request->path_parameters, run->passing);
    parameters->query = map_of_headers(&run->request->query, run->passing);
    parameters->header = map_of_headers(run_visible_headers(run), run->passing);
    parameters->stage_variables = map_of_headers(run->stage_variables, run->passing);
    run->made_parameters = parameters;
  }
  return run->made_parameters;
}

SourceInputs run_source_inputs(MappingRun *run, const ParameterSet *set) {
  return (SourceInputs){
      .request = run->request,
      .request_headers = set == NULL || set->reads_headers ? run_visible_headers(run) : NULL,
      .request_body = &run->request_body,
      .context = set == NULL || set->reads_context ? run_context(run) : NULL,
      .stage_variables = run->stage_variables,
      .passing = run->passing,
  };
}

/* Overrides and whoever watches from outside, both. */
typedef struct BothTraces {
  VtlTrace overrides;
  const TemplateWatch *watch;
  const TemplateEntry *entry;
} BothTraces;

static void visit_both(void *subject, size_t offset, const char *what, bool taken) {
  const BothTraces *both = subject;
  both->overrides.visit(both->overrides.subject, offset, what, taken);
  both->watch->visit(both->watch->subject, both->entry, offset, what, taken);
}

RenderAnswer run_render(MappingRun *run, const CompiledTemplate *compiled, Text body, Text *out, Fault *fault,
                        Place *place) {
  const SourceText *source = &compiled->entry->source;
  if (compiled->vtl == NULL) {
    *fault = *compiled->defect;
    *place = compiled->defect->place;
    return RENDER_FAILED;
  }
  TemplateInputs inputs = {.body = body, .paths = run->input->paths};
  if (compiled->reads_parameters) {
    const RunParameters *parameters = run_parameters(run);
    inputs.path = parameters->path;
    inputs.querystring = parameters->query;
    inputs.header = parameters->header;
    inputs.stage_variables = parameters->stage_variables;
  }
  if (compiled->reads_context) inputs.context = run_context(run);
  TemplateObjects objects;
  template_objects_make(&inputs, run->passing, &objects);
  Buffer output = buffer_make(run->passing, VTL_OUTPUT_LIMIT);
  OverrideWatch watch;
  VtlTrace trace = override_watch(&watch, source->text, run->passing);
  VtlRun vtl = {
      .bindings = objects.bindings,
      .binding_count = TEMPLATE_OBJECTS,
      .passing = run->passing,
      .output = &output,
      .trace = compiled->overrides ? &trace : NULL,
  };
  BothTraces both = {trace, run->input->watch, compiled->entry};
  const VtlTrace watched = {&both, visit_both};
  if (both.watch != NULL) {
    both.watch->visit(both.watch->subject, both.entry, 0, "template", true);
    vtl.trace = &watched;
  }
  bool rendered = vtl_render(compiled->vtl, &vtl, fault);
  if (rendered && watch.twice.data != NULL) {
    rendered = fault_raise(fault, FAULT_INPUT, "%.*s is overridden twice", TEXT_ARGS(watch.twice));
    fault->offset = watch.offset;
  }
  if (!rendered) *place = source_text_place(source, fault->offset);
  *out = text_to_bytes(buffer_text(&output), run->passing);
  return rendered ? RENDERED : RENDER_FAILED;
}

/* ---- both directions ---- */

void mapping_run(const Mapping *mapping, const MappingInput *input, const BackendAnswer *answer,
                 Arena *passing, Outcome *out) {
  MappingRun *run = mapping_begin(mapping, input, passing);
  if (mapping_request(run, out)) mapping_response(run, answer, out);
}

void mapping_gateway_response(const Definition *definition, Text type, const MappingInput *input,
                              Text message, Arena *passing, Outcome *out) {
  MappingRun *run = run_begin(NULL, definition, input, passing);
  *out = (Outcome){.failure = GATEWAY_OK};
  log_start(run);
  bool no_route = text_is(type, "MISSING_AUTHENTICATION_TOKEN");
  GatewayError error = {
      .failure = no_route ? GATEWAY_NO_ROUTE : GATEWAY_REQUEST_MAPPING,
      .type = arena_copy_string(passing, type),
      .message = message,
  };
  gateway_answer(run, &error, out);
}

const char *gateway_failure_name(GatewayFailure failure) {
  static const char *const names[] = {
      [GATEWAY_OK] = "ok",
      [GATEWAY_NO_ROUTE] = "no-route",
      [GATEWAY_API_KEY] = "api-key",
      [GATEWAY_BAD_REQUEST] = "bad-request",
      [GATEWAY_UNSUPPORTED_MEDIA] = "unsupported-media",
      [GATEWAY_REQUEST_MAPPING] = "request-mapping",
      [GATEWAY_TIMEOUT] = "timeout",
      [GATEWAY_NETWORK] = "network",
      [GATEWAY_THROTTLED] = "throttled",
      [GATEWAY_ACCESS_DENIED] = "access-denied",
      [GATEWAY_TOO_LARGE] = "too-large",
      [GATEWAY_NO_MATCH] = "no-match",
      [GATEWAY_UNDECLARED_RESPONSE] = "undeclared-response",
      [GATEWAY_RESPONSE_MAPPING] = "response-mapping",
      [GATEWAY_MALFORMED_PROXY] = "malformed-proxy",
      [GATEWAY_FUNCTION_ERROR] = "function-error",
  };
  return names[failure];
}
