/* From a spec to the calls that the gateway would make: each case's request goes through the request
 * direction of its mapping. */
#include "harness/cli/recorder.h"

typedef struct Planner {
  const Spec *spec;
  const RecordOptions *options;
  Mapping **mappings; /* by operation of the spec's definition, compiled when first needed */
  Arena *arena;
  RecordPlan *plan;
} Planner;

static const Operation *find_operation(const SpecCase *spec_case, const Spec *spec, Request *request,
                                       Arena *arena) {
  const Operation *operation = NULL;
  if (spec_case->method_definition != NULL)
    return spec_case->method_definition->operation_count > 0 ? &spec_case->method_definition->operations[0]
                                                             : NULL;
  if (spec->definition == NULL || definition_route(spec->definition, request->method, request->path, arena,
                                                   &operation, &request->path_parameters) != ROUTE_FOUND)
    return NULL;
  request->resource_path = operation->resource_path;
  return operation;
}

static const Mapping *mapping_of(Planner *planner, const Operation *operation) {
  FaultList defects = fault_list_make(planner->arena);
  const Definition *definition = planner->spec->definition;
  if (operation->definition != definition) return mapping_compile(operation, planner->arena, &defects);
  Mapping **known = &planner->mappings[operation - definition->operations];
  if (*known == NULL) *known = mapping_compile(operation, planner->arena, &defects);
  return *known;
}

static void overlay(Headers *variables, const Headers *over, Arena *arena) {
  for (size_t i = 0; i < over->count; i++) {
    Header *known = (Header *)(uintptr_t)headers_find_exact(variables, over->items[i].name);
    if (known != NULL)
      known->value = over->items[i].value;
    else
      headers_add(variables, over->items[i].name, over->items[i].value, arena);
  }
}

/* The definition's stage variables under the spec's under the case's. */
static const Headers *stage_variables(const Planner *planner, const SpecCase *spec_case,
                                      const Operation *operation) {
  Headers *variables = ARENA_NEW(planner->arena, Headers);
  *variables = headers_copy(&operation->definition->stage_variables, planner->arena);
  overlay(variables, &planner->spec->stage_variables, planner->arena);
  overlay(variables, &spec_case->stage_variables, planner->arena);
  return variables;
}

/* Can this operation's backend be asked by us? SKIP_COUNT: yes. */
static Skip reason_to_skip(const Operation *operation) {
  if (operation == NULL || !operation->has_integration) return SKIP_NO_OPERATION;
  const Integration *integration = &operation->integration;
  if (integration->type == INTEGRATION_MOCK) return SKIP_MOCK;
  bool is_aws = integration->type == INTEGRATION_AWS || integration->type == INTEGRATION_AWS_PROXY;
  return is_aws && !integration->is_lambda ? SKIP_SERVICE : SKIP_COUNT;
}

/* Its reason when the case isn't asked, SKIP_COUNT when *task is ready. */
static Skip make_task(Planner *planner, const SpecCase *spec_case, RecordTask *task) {
  if (spec_case->has_backend) return SKIP_OWN_BACKEND;
  if (!spec_case->has_request) return SKIP_NO_REQUEST;
  Request *request = ARENA_NEW(planner->arena, Request);
  *request = spec_case->request;
  const Operation *operation = find_operation(spec_case, planner->spec, request, planner->arena);
  Skip skip = reason_to_skip(operation);
  if (skip != SKIP_COUNT) return skip;
  const MappingInput input = {.request = request,
                              .stage = planner->spec->stage,
                              .stage_variables = stage_variables(planner, spec_case, operation),
                              .context = spec_case->context};
  Outcome outcome = {0};
  MappingRun *run = mapping_begin(mapping_of(planner, operation), &input, planner->arena);
  if (!mapping_request(run, &outcome)) return SKIP_GATEWAY;
  *task = (RecordTask){.request = outcome.backend_request,
                       .integration = operation->integration.type,
                       .is_lambda = operation->integration.is_lambda,
                       .function_name = operation->integration.function_name,
                       .timeout_ms = operation->integration.timeout_ms};
  task->exchange = (Exchange){.name = spec_case->name,
                              .tags = spec_case->tags,
                              .tag_count = spec_case->tag_count,
                              .operation = operation_name(operation, planner->arena),
                              .request = spec_case->request};
  return SKIP_COUNT;
}

static bool check_endpoint(const Planner *planner, const SpecCase *spec_case, const RecordTask *task,
                           Fault *fault) {
  if (!task->is_lambda || planner->options->lambda_endpoint != NULL) return true;
  fault_raise(fault, FAULT_USAGE,
              "the case \"%.*s\" calls the Lambda function \"%.*s\": say where with --lambda-endpoint URL",
              TEXT_ARGS(spec_case->name), TEXT_ARGS(task->function_name));
  fault->place = spec_case->place;
  if (planner->spec->document != NULL)
    fault_quote(fault, document_source(planner->spec->document),
                document_offset(planner->spec->document, spec_case->place));
  return false;
}

bool plan_make(const Spec *spec, const RecordOptions *options, int repeat, Arena *arena, RecordPlan *out,
               Fault *fault) {
  size_t operations = spec->definition != NULL ? spec->definition->operation_count : 0;
  Planner planner = {spec, options, ARENA_ARRAY(arena, Mapping *, operations), arena, out};
  size_t room = spec->case_count * (size_t)repeat;
  *out = (RecordPlan){.tasks = ARENA_ARRAY(arena, RecordTask, room)};
  for (size_t i = 0; i < spec->case_count; i++) {
    RecordTask task;
    Skip skip = make_task(&planner, &spec->cases[i], &task);
    if (skip != SKIP_COUNT) {
      out->skipped[skip]++;
      continue;
    }
    if (!check_endpoint(&planner, &spec->cases[i], &task, fault)) return false;
    for (int again = 0; again < repeat; again++) out->tasks[out->count++] = task;
  }
  return true;
}
