/* Parameters of the request to the backend: requestParameters, then what templates override. */
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/request_parts.h"

/* Headers that the gateway sets itself and won't let a mapping set (seen). */
static const Text illegal_everywhere[] = {TEXT_INIT("Content-Length"), TEXT_INIT("Transfer-Encoding")};
static const Text illegal_for_aws[] = {
    TEXT_INIT("Authorization"),      TEXT_INIT("Connection"), TEXT_INIT("Expect"),
    TEXT_INIT("Proxy-Authenticate"), TEXT_INIT("TE"),
};

static bool is_among(Text name, const Text *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_equal_ignoring_case(name, names[i])) return true;
  return false;
}

static bool is_illegal(IntegrationType type, Text header) {
  if (type == INTEGRATION_MOCK) return false;
  if (is_among(header, illegal_everywhere, sizeof illegal_everywhere / sizeof *illegal_everywhere))
    return true;
  bool aws = type == INTEGRATION_AWS || type == INTEGRATION_AWS_PROXY;
  return aws && is_among(header, illegal_for_aws, sizeof illegal_for_aws / sizeof *illegal_for_aws);
}

static bool fail(MappingRun *run, const CompiledParameter *parameter, Text reason, Outcome *out) {
  return gateway_configuration_error(run, GATEWAY_REQUEST_MAPPING, "API_CONFIGURATION_ERROR", reason,
                                     parameter->entry->place, out);
}

/* 400 for a body that begins like JSON and isn't (seen); a broken path is the definition's fault. */
static bool fail_reading(MappingRun *run, const CompiledParameter *parameter, Outcome *out) {
  if (parameter->source.broken) {
    fail(run, parameter, TEXT("Invalid mapping expression specified"), out);
    out->from_defect = true;
    return false;
  }
  GatewayError error = {
      .failure = GATEWAY_BAD_REQUEST,
      .type = "BAD_REQUEST_BODY",
      .message = TEXT("Invalid JSON in request body"),
      .reason = TEXT("Execution failed due to an invalid request: Invalid JSON in request body"),
      .place = parameter->entry->place,
  };
  return gateway_answer(run, &error, out);
}

/* Replaces every value of exactly this name, or adds. */
static void set_exactly(Headers *parameters, Text name, Text value, Arena *passing) {
  size_t kept = 0;
  for (size_t i = 0; i < parameters->count; i++)
    if (!text_equal(parameters->items[i].name, name)) parameters->items[kept++] = parameters->items[i];
  parameters->count = kept;
  headers_add(parameters, name, value, passing);
}

static void store(const CompiledParameter *parameter, const TextList *values,
                  IntegrationParameters *parameters, Arena *passing) {
  switch (parameter->target) {
  case TARGET_REQUEST_PATH:
    set_exactly(&parameters->path, parameter->name, text_list_join(values, passing), passing);
    break;
  case TARGET_REQUEST_HEADER:
    headers_set(&parameters->headers, parameter->name, text_list_join(values, passing), passing);
    break;
  case TARGET_REQUEST_QUERY:
    for (size_t i = 0; i < values->count; i++)
      headers_add(&parameters->query, parameter->name, values->items[i], passing);
    break;
  default: break;
  }
}

bool integration_parameters_map(MappingRun *run, IntegrationParameters *parameters, Outcome *out) {
  const ParameterSet *set = &run->mapping->request_parameters;
  IntegrationType type = run->mapping->operation->integration.type;
  SourceInputs inputs = run_source_inputs(run, set);
  *parameters = (IntegrationParameters){.path = {NULL, 0, 0}};
  size_t bytes = 0;
  for (size_t i = 0; i < set->count; i++) {
    const CompiledParameter *parameter = &set->items[i];
    TextList values;
    SourceAnswer answer = source_read(&parameter->source, &inputs, &values);
    if (answer == SOURCE_FAILS && type == INTEGRATION_AWS_PROXY)
      continue; /* it ignores what is mapped (seen) */
    if (answer == SOURCE_FAILS) return fail_reading(run, parameter, out);
    if (answer == SOURCE_MISSING) continue;
    if (!text_list_fits(&values, &bytes))
      return fail(run, parameter, TEXT("the mapped parameters hold more than 32 MiB"), out);
    if (parameter->target == TARGET_REQUEST_HEADER && is_illegal(type, parameter->name)) {
      Text reason = arena_print(run->passing, "%.*s header already present", TEXT_ARGS(parameter->name));
      return fail(run, parameter, reason, out);
    }
    store(parameter, &values, parameters, run->passing);
  }
  return true;
}

/* ---- $context.requestOverride ---- */

/* A list joins with a comma (documented). */
static bool override_text(Value value, Arena *passing, Text *out) {
  if (value.kind != VALUE_LIST) return value_to_parameter(value, passing, out);
  TextList list = {ARENA_ARRAY(passing, Text, value.as.list->count + 1), 0};
  for (uint32_t i = 0; i < value.as.list->count; i++)
    if (value_to_parameter(value.as.list->items[i], passing, &list.items[list.count])) list.count++;
  *out = text_list_join(&list, passing);
  return true;
}

static const Map *override_map(const MappingRun *run, const char *what) {
  const Value *member = context_find(run->made_context, text_from(what)); /* unmade: nothing was overridden */
  return member != NULL && member->kind == VALUE_MAP ? member->as.map : NULL;
}

typedef struct Target {
  Headers *parameters;
  bool is_headers; /* names compare without case */
} Target;

/* Past the limit of `described` nothing more is taken. */
static void apply(const Map *overrides, Target target, Buffer *described, Arena *passing) {
  for (uint32_t i = 0; overrides != NULL && i < overrides->count && !described->overflowed; i++) {
    Text value, name = value_to_text(overrides->entries[i].key, passing);
    if (!override_text(overrides->entries[i].value, passing, &value)) continue;
    const Header *old = target.is_headers ? headers_find(target.parameters, name)
                                          : headers_find_exact(target.parameters, name);
    buffer_print(described, "%s%s %.*s: %.*s", described->length > 0 ? ", " : "",
                 old != NULL ? "Replace" : "Add", TEXT_ARGS(name), TEXT_ARGS(value));
    if (target.is_headers)
      headers_set(target.parameters, name, value, passing);
    else
      set_exactly(target.parameters, name, value, passing);
  }
}

static bool too_many(const Map *overrides) {
  return overrides != NULL && overrides->count > OVERRIDE_LIMIT;
}

bool integration_parameters_override(MappingRun *run, IntegrationParameters *parameters, Outcome *out) {
  const Map *path = override_map(run, "requestOverride.path");
  const Map *query = override_map(run, "requestOverride.querystring");
  const Map *headers = override_map(run, "requestOverride.header");
  bool fits = !too_many(path) && !too_many(query) && !too_many(headers);
  Buffer described = buffer_make(run->passing, PARAMETER_BYTES);
  apply(fits ? path : NULL, (Target){&parameters->path, false}, &described, run->passing);
  apply(fits ? query : NULL, (Target){&parameters->query, false}, &described, run->passing);
  apply(fits ? headers : NULL, (Target){&parameters->headers, true}, &described, run->passing);
  if (!fits || described.overflowed) {
    gateway_configuration_error(run, GATEWAY_REQUEST_MAPPING, "DEFAULT_5XX",
                                TEXT("Unable to transform request"),
                                run->mapping->operation->integration.place, out);
    return outcome_detail(run, TEXT("the overrides are too many, or too long"), out);
  }
  if (described.length > 0) log_text(run, "Request parameter overrides: ", buffer_text(&described));
  return true;
}
