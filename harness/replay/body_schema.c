/* expect.schema: the body against a JSON Schema (draft 4): one that the case holds, or the model that the
 * method declares for this status and content type. */
#include "harness/diff/json_scanner.h"
#include "harness/mapping/schema.h"
#include "harness/replay/parts.h"

static void fail(Text message, Text actual, Differences *out) {
  differences_add(out, (Difference){.at = TEXT("schema"),
                                    .actual = json_quote(actual, out->arena),
                                    .message = message,
                                    .severity = SEVERITY_BREAKING});
}

/* application/json; charset=utf-8 -> application/json */
static Text media_type(const Response *response) {
  const Header *type = headers_find(&response->headers, TEXT("Content-Type"));
  Text rest;
  return type != NULL ? text_trim(text_split(type->value, ';', &rest)) : TEXT("application/json");
}

static const MethodResponse *declared_response(const Operation *operation, int status) {
  for (size_t i = 0; operation != NULL && i < operation->method_response_count; i++) {
    int64_t code;
    const MethodResponse *response = &operation->method_responses[i];
    if (text_to_integer(response->status_code, &code) && code == status) return response;
  }
  return NULL;
}

/* The model by the exact content type, else the only one there is. */
static const Header *declared_model(const MethodResponse *response, Text type) {
  if (response == NULL) return NULL;
  const Header *model = headers_find(&response->models, type);
  return model == NULL && response->models.count == 1 ? &response->models.items[0] : model;
}

static bool find_declared(const Task *task, const Response *response, const SchemaSet *models, Value *schema,
                          Differences *out) {
  const Operation *operation = task->operation != NULL ? task->operation->operation : NULL;
  Text type = media_type(response);
  const Header *model = declared_model(declared_response(operation, response->status), type);
  const Value *found = model != NULL ? schemas_find(models, model->value) : NULL;
  if (found != NULL) {
    *schema = *found;
    return true;
  }
  fail(model != NULL ? arena_print(out->arena, "the method declares the model \"%.*s\", which doesn't exist",
                                   TEXT_ARGS(model->value))
                     : arena_print(out->arena, "the method declares no model for %d %.*s", response->status,
                                   TEXT_ARGS(type)),
       response->body, out);
  return false;
}

void expectation_check_schema(const Expectation *expectation, const Task *task, const Response *response,
                              Differences *out) {
  Value schema, body;
  Text violations;
  SchemaSet models = {0};
  JsonIndex index;
  if (!expectation->schema_declared && expectation->schema == NULL) return;
  if (task->definition != NULL) models = schemas_compile(task->definition, out->arena);
  if (expectation->schema_declared) {
    if (!find_declared(task, response, &models, &schema, out)) return;
  } else {
    Buffer text = buffer_make(out->arena, 0);
    json_write_node(&text, expectation->schema);
    if (!value_read(buffer_text(&text), out->arena, &schema, NULL)) return;
  }
  /* The engine's reader is as permissive as the gateway; a client's reader isn't. */
  if (!json_index(response->body, out->arena, &index) || !value_read(response->body, out->arena, &body, NULL))
    fail(TEXT("is no JSON, so no schema can hold"), response->body, out);
  else if (!schema_check(&models, schema, body, out->arena, &violations))
    fail(arena_print(out->arena, "the body breaks the schema: %.*s", TEXT_ARGS(violations)), response->body,
         out);
}
