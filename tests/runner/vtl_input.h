/* One template with what it is given, as cases and ground-truth rows have it: JSON values for params, context
 * and stage variables. */
#ifndef STATUSQUO_TESTS_RUNNER_VTL_INPUT_H
#define STATUSQUO_TESTS_RUNNER_VTL_INPUT_H

#include "harness/mapping/objects.h"

typedef struct VtlInput {
  Text source, body;
  Value params, context, stage_variables; /* VALUE_NULL: none */
} VtlInput;

typedef struct VtlActual {
  bool rendered;
  Text output;   /* also what came before a failure */
  Text override; /* $context.responseOverride as JSON */
  Fault fault;
} VtlActual;

static inline const Map *vtl_params(const VtlInput *input, const char *kind) {
  if (input->params.kind != VALUE_MAP) return NULL;
  const Value *value = map_get_text(input->params.as.map, text_from(kind));
  return value != NULL && value->kind == VALUE_MAP ? value->as.map : NULL;
}

static inline VtlActual vtl_evaluate(const VtlInput *input, Arena *arena) {
  VtlActual actual = {0};
  VtlTemplate *compiled;
  TemplateObjects objects;
  Buffer output = buffer_make(arena, VTL_OUTPUT_LIMIT), override = buffer_make(arena, 0);
  if (!vtl_compile(input->source, arena, &compiled, &actual.fault)) return actual;
  template_objects_make(
      &(TemplateInputs){
          .body = input->body,
          .path = vtl_params(input, "path"),
          .querystring = vtl_params(input, "querystring"),
          .header = vtl_params(input, "header"),
          .context = template_context_from(input->context, arena),
          .stage_variables = input->stage_variables.kind == VALUE_MAP ? input->stage_variables.as.map : NULL,
      },
      arena, &objects);
  actual.rendered = vtl_render(compiled,
                               &(VtlRun){.bindings = objects.bindings,
                                         .binding_count = TEMPLATE_OBJECTS,
                                         .passing = arena,
                                         .output = &output},
                               &actual.fault);
  template_value_write(value_from_map(objects.response_override), &override, arena);
  actual.output = buffer_text(&output);
  actual.override = buffer_text(&override);
  return actual;
}

#endif
