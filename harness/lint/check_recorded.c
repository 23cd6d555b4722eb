/* What only recorded answers can show: does the template's output keep the content type's promise? */
#include "harness/lint/findings.h"

#include <cjson/cJSON.h>
#include <string.h>

static bool is_json(Text text) {
  const char *end = NULL;
  cJSON *tree = cJSON_ParseWithLengthOpts(text.data, text.length, &end, false);
  bool whole =
      tree != NULL && text_trim(text_slice(text, (size_t)(end - text.data), text.length)).length == 0;
  cJSON_Delete(tree);
  return whole;
}

static bool promises_json(const Response *response) {
  const Header *type = headers_find(&response->headers, TEXT("Content-Type"));
  return type != NULL && text_find(type->value, TEXT("json"), 0) != TEXT_NOT_FOUND;
}

void check_recorded(const LintSubject *subject, const Exchange *exchanges, size_t count) {
  if (!subject->selects) return;
  const TemplateEntry *reported = NULL;
  Arena *passing = arena_new(0);
  for (size_t i = 0; i < count; i++) {
    const Exchange *exchange = &exchanges[i];
    if (!text_equal(exchange->operation, subject->name)) continue;
    arena_reset(passing);
    Outcome outcome;
    const Operation *routed = NULL;
    Request request = exchange->request;
    definition_route(subject->operation->definition, request.method, request.path, passing, &routed,
                     &request.path_parameters);
    request.resource_path = subject->operation->resource_path;
    MappingInput input = {.request = &request};
    mapping_run(subject->mapping, &input, &exchange->backend, passing, &outcome);
    if (outcome.failure != GATEWAY_OK || outcome.template_entry == NULL || outcome.template_entry == reported)
      continue;
    if (outcome.response.body.length == 0 || !promises_json(&outcome.response) ||
        is_json(outcome.response.body))
      continue;
    reported = outcome.template_entry;
    finding_add(subject, LINT_OUTPUT_NOT_JSON, reported->source.place,
                "for the recorded exchange %.*s the output isn't JSON, though the client is told so",
                TEXT_ARGS(exchange->name.data != NULL ? exchange->name : exchange->id));
  }
  arena_free(passing);
}
