/* An operation becomes a Mapping: rules in the order in which they are tried, everything compiled. */
#include "harness/mapping/compiled.h"
#include "harness/mapping/selection.h"

#include <stdlib.h>

static bool is_declared(const Operation *operation, Text status) {
  for (size_t i = 0; i < operation->method_response_count; i++)
    if (text_equal(operation->method_responses[i].status_code, status)) return true;
  return false;
}

/* A fault of the definition, at the place where the text stands. */
static const Fault *keep_defect(const SourceText *source, const Fault *fault, const char *what,
                                Arena *lasting, FaultList *defects) {
  Fault *kept = ARENA_NEW(lasting, Fault);
  *kept = *fault;
  kept->place = source_text_place(source, fault->offset);
  Fault *listed = fault_list_add(defects);
  *listed = *kept;
  fault_wrap(listed, "%s", what);
  return kept;
}

static void compile_pattern(CompiledRule *rule, Arena *lasting, FaultList *defects) {
  const SourceText *source = &rule->response->selection_pattern;
  Fault fault;
  if (pattern_compile(source->text, 0, lasting, &rule->pattern, &fault)) return;
  rule->pattern = NULL;
  Text what = arena_print(lasting, "selectionPattern of %.*s", TEXT_ARGS(rule->response->status_code));
  rule->defect = keep_defect(source, &fault, what.data, lasting, defects);
}

static void compile_rule(const Operation *operation, const IntegrationResponse *response, Arena *lasting,
                         FaultList *defects, CompiledRule *out) {
  *out = (CompiledRule){.response = response, .declared = is_declared(operation, response->status_code)};
  int64_t status;
  if (text_to_integer(response->status_code, &status) && status >= STATUS_FIRST && status <= STATUS_LAST)
    out->status = (int)status;
  if (!response->is_default) compile_pattern(out, lasting, defects);
  out->templates = templates_compile(&response->response_templates, "response template", lasting, defects);
  out->parameters = parameters_compile(&response->response_parameters, lasting, defects);
}

/* Patterns before defaults, then by ascending status (assumed: integration responses are keyed and listed by
 * status; the only recording agrees). */
static int compare_rules(const void *left, const void *right) {
  const CompiledRule *first = left, *second = right;
  if (first->response->is_default != second->response->is_default)
    return first->response->is_default ? 1 : -1;
  if (first->status != second->status) return first->status < second->status ? -1 : 1;
  int order = text_compare(first->response->status_code, second->response->status_code);
  if (order != 0) return order;
  return first->response < second->response ? -1 : first->response > second->response;
}

Mapping *mapping_compile(const Operation *operation, Arena *lasting, FaultList *defects) {
  FaultList unheard = fault_list_make(lasting);
  if (defects == NULL) defects = &unheard;
  const Integration *integration = &operation->integration;
  Mapping *mapping = ARENA_NEW(lasting, Mapping);
  mapping->operation = operation;
  if (operation->definition != NULL && (operation->request_models.count > 0 || operation->validates_body))
    mapping->models = schemas_compile(operation->definition, lasting);
  if (!operation->has_integration) return mapping;

  Text uri = integration->uri.text;
  mapping->uri_varies = text_find(uri, TEXT("${stageVariables."), 0) != TEXT_NOT_FOUND ||
                        text_find(uri, TEXT("://"), 0) == TEXT_NOT_FOUND;
  mapping->request_templates =
      templates_compile(&integration->request_templates, "request template", lasting, defects);
  mapping->request_parameters = parameters_compile(&integration->request_parameters, lasting, defects);
  bool is_proxy = integration->type == INTEGRATION_AWS_PROXY || integration->type == INTEGRATION_HTTP_PROXY;
  if (is_proxy) return mapping; /* integration responses play no part (seen) */

  mapping->rules = ARENA_ARRAY(lasting, CompiledRule, integration->response_count + 1);
  mapping->rule_count = integration->response_count;
  for (size_t i = 0; i < mapping->rule_count; i++)
    compile_rule(operation, &integration->responses[i], lasting, defects, &mapping->rules[i]);
  qsort(mapping->rules, mapping->rule_count, sizeof(CompiledRule), compare_rules);
  while (mapping->pattern_count < mapping->rule_count &&
         !mapping->rules[mapping->pattern_count].response->is_default)
    mapping->pattern_count++;
  mapping->has_table = !(integration->type == INTEGRATION_AWS && integration->is_lambda);
  if (mapping->has_table) selection_fill_table(mapping);
  return mapping;
}

const Operation *mapping_operation(const Mapping *mapping) {
  return mapping->operation;
}
