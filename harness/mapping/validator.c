/* What the gateway checks before it maps a request: API key, required parameters, the body against its model.
 */
#include "harness/mapping/content.h"
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/request_parts.h"
#include "harness/mapping/strict_json.h"

/* ---- API key ---- */

/* Which keys are valid can't be known here: any key will do (assumed). */
static bool check_api_key(MappingRun *run, Outcome *out) {
  bool required = run->flags.api_key_required || run->mapping->operation->api_key_required;
  if (!required || run->flags.test_invoke) return true;
  const Value *key = context_find(run_context(run), TEXT("identity.apiKey"));
  if (key != NULL && key->kind == VALUE_TEXT && key->length > 0) return true;
  GatewayError error = {.failure = GATEWAY_API_KEY, .type = "INVALID_API_KEY"};
  return gateway_answer(run, &error, out);
}

/* ---- required parameters ---- */

typedef struct RequiredPrefix {
  Text prefix;
  char where;
} RequiredPrefix;

/* The order in which missing ones are listed (seen). */
static const RequiredPrefix required_prefixes[] = {
    {TEXT_INIT("method.request.header."), 'h'},
    {TEXT_INIT("method.request.path."), 'p'},
    {TEXT_INIT("method.request.querystring."), 'q'},
};

/* Present and not blank (documented). Header names compare without case here, unlike in mappings (assumed:
 * clients on HTTP/2 send them in lower case). */
static bool is_given(const Request *request, char where, Text name) {
  const Header *found = where == 'h'   ? headers_find_last(&request->headers, name)
                        : where == 'p' ? headers_find_last_exact(&request->path_parameters, name)
                                       : headers_find_last_exact(&request->query, name);
  return found != NULL && text_trim(found->value).length > 0;
}

typedef struct Missing {
  const MappingRun *run;
  Buffer names;
  size_t count;
} Missing;

static void note_missing(Missing *missing, const RequiredPrefix *prefix, Text parameter) {
  if (!text_starts(parameter, prefix->prefix)) return;
  Text name = text_slice(parameter, prefix->prefix.length, parameter.length);
  if (is_given(missing->run->request, prefix->where, name)) return;
  if (missing->count++ > 0) buffer_append_string(&missing->names, ", ");
  buffer_append(&missing->names, name);
}

static bool is_true(Value value) {
  return (value.kind == VALUE_BOOLEAN && value.as.boolean) ||
         (value.kind == VALUE_TEXT && value_text_is(value, TEXT("true")));
}

static void find_missing(Missing *missing) {
  const Map *given = missing->run->flags.request_parameters;
  const Headers *own = &missing->run->mapping->operation->request_parameters;
  for (size_t i = 0; i < sizeof required_prefixes / sizeof *required_prefixes; i++) {
    const RequiredPrefix *prefix = &required_prefixes[i];
    for (uint32_t j = 0; given != NULL && j < given->count; j++)
      if (is_true(given->entries[j].value))
        note_missing(missing, prefix, value_text(given->entries[j].key, missing->run->passing));
    for (size_t j = 0; given == NULL && j < own->count; j++)
      if (text_is(own->items[j].value, "true")) note_missing(missing, prefix, own->items[j].name);
  }
}

static bool check_parameters(MappingRun *run, Outcome *out) {
  Missing missing = {.run = run, .names = buffer_make(run->passing, 0)};
  find_missing(&missing);
  if (missing.count == 0) return true;
  Text names = buffer_text(&missing.names);
  log_line(run, "Missing required request parameters: [%.*s]", TEXT_ARGS(names));
  GatewayError error = {
      .failure = GATEWAY_BAD_REQUEST,
      .type = "BAD_REQUEST_PARAMETERS",
      .message = arena_print(run->passing, "Missing required request parameters: [%.*s]", TEXT_ARGS(names)),
      .validation =
          arena_print(run->passing, "Missing required request parameters: [%.*s]", TEXT_ARGS(names)),
      .place = run->mapping->operation->place,
  };
  return gateway_answer(run, &error, out);
}

/* ---- body ---- */

typedef enum ModelAnswer { MODEL_NONE, MODEL_FOUND, MODEL_UNKNOWN } ModelAnswer;

static ModelAnswer find_own_model(const MappingRun *run, Text media_type, Value *out) {
  const Headers *models = &run->mapping->operation->request_models;
  const Header *entry = headers_find(models, media_type);
  if (entry == NULL) entry = headers_find(models, TEXT("$default"));
  if (entry == NULL) return MODEL_NONE;
  const Value *schema = schemas_find(&run->mapping->models, entry->value);
  if (schema == NULL) return MODEL_UNKNOWN;
  *out = *schema;
  return MODEL_FOUND;
}

/* A case may give schemas in place of names. Where it says that bodies are validated and gives no model at
 * all, it states that the gateway refuses this one (assumed). */
static ModelAnswer find_given_model(const MappingRun *run, Text media_type, Value *out) {
  const Map *models = run->flags.request_models;
  if (models == NULL)
    return run->mapping->operation->request_models.count > 0 ? find_own_model(run, media_type, out)
                                                             : MODEL_UNKNOWN;
  const Value *schema = map_get_text(models, media_type);
  if (schema == NULL) schema = map_get_text(models, TEXT("$default"));
  if (schema == NULL) return MODEL_NONE;
  if (schema->kind == VALUE_TEXT)
    schema = schemas_find(&run->mapping->models, value_text(*schema, run->passing));
  if (schema == NULL) return MODEL_UNKNOWN;
  *out = *schema;
  return MODEL_FOUND;
}

/* An empty body is checked as {} (seen). */
static bool body_conforms(MappingRun *run, Value schema, Text *violations) {
  Text body = run->request->body.length > 0 ? run->request->body : TEXT("{}");
  Value instance;
  *violations = TEXT("Unable to parse the body as JSON");
  return strict_json_is_valid(body) && value_read(body, run->passing, &instance, NULL) &&
         schema_check(&run->mapping->models, schema, instance, run->passing, violations);
}

static bool check_body(MappingRun *run, Outcome *out) {
  Text media_type = media_type_of(&run->request->headers, "Content-Type", TEXT("application/json"));
  Value schema;
  Text violations = TEXT_EMPTY;
  ModelAnswer model = run->flags.has_validator ? find_given_model(run, media_type, &schema)
                                               : find_own_model(run, media_type, &schema);
  bool refused = model == MODEL_FOUND ? !body_conforms(run, schema, &violations)
                                      : model == MODEL_UNKNOWN && run->flags.has_validator;
  if (!refused) {
    if (model == MODEL_FOUND)
      log_line(run, "Request validation succeeded for content type %.*s", TEXT_ARGS(media_type));
    return true;
  }
  GatewayError error = {
      .failure = GATEWAY_BAD_REQUEST,
      .type = "BAD_REQUEST_BODY",
      .validation = arena_print(run->passing, "[%.*s]", TEXT_ARGS(violations)),
      .reason =
          arena_print(run->passing, "Request body does not match model schema for content type %.*s: [%.*s]",
                      TEXT_ARGS(media_type), TEXT_ARGS(violations)),
      .place = run->mapping->operation->place,
  };
  return gateway_answer(run, &error, out);
}

bool request_validate(MappingRun *run, Outcome *out) {
  const Operation *operation = run->mapping->operation;
  const RunFlags *flags = &run->flags;
  bool parameters = flags->has_validator ? flags->validates_parameters : operation->validates_parameters;
  bool body = flags->has_validator ? flags->validates_body : operation->validates_body;
  if (!check_api_key(run, out)) return false;
  if (parameters && !check_parameters(run, out)) return false;
  return !body || check_body(run, out);
}
