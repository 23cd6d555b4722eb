/* Methods and integrations. The gateway's API, OpenAPI's extension, CloudFormation and Terraform say the same
 * things under four spellings, so one reader works from a table of names. */
#include "harness/definition/loader.h"

#include <string.h>

typedef enum Name {
  NAME_TYPE,
  NAME_HTTP_METHOD,
  NAME_URI,
  NAME_CREDENTIALS,
  NAME_PASSTHROUGH,
  NAME_REQUEST_TEMPLATES,
  NAME_TIMEOUT,
  NAME_RESPONSES,
  NAME_REQUEST_PARAMETERS,
  NAME_CONTENT_HANDLING,
  NAME_STATUS_CODE,
  NAME_SELECTION_PATTERN,
  NAME_RESPONSE_PARAMETERS,
  NAME_RESPONSE_TEMPLATES,
  NAME_RESPONSE_MODELS,
  NAME_METHOD_RESPONSES,
  NAME_REQUEST_MODELS,
  NAME_AUTHORIZATION,
  NAME_API_KEY,
  NAME_OPERATION_NAME,
  NAME_COUNT,
} Name;

/* What a key may stand in. */
enum { IN_METHOD = 1, IN_INTEGRATION = 2, IN_RESPONSE = 4 };

/* Spelled as in get-method, OpenAPI, CloudFormation, Terraform; NULL: not said there. */
static const struct {
  unsigned holders;
  const char *spelled[DIALECT_COUNT];
} names[NAME_COUNT] = {
    [NAME_TYPE] = {IN_INTEGRATION, {"type", "type", "Type", "type"}},
    [NAME_HTTP_METHOD] = {IN_INTEGRATION,
                          {"httpMethod", "httpMethod", "IntegrationHttpMethod", "integration_http_method"}},
    [NAME_URI] = {IN_INTEGRATION, {"uri", "uri", "Uri", "uri"}},
    [NAME_CREDENTIALS] = {IN_INTEGRATION, {"credentials", "credentials", "Credentials", "credentials"}},
    [NAME_PASSTHROUGH] = {IN_INTEGRATION,
                          {"passthroughBehavior", "passthroughBehavior", "PassthroughBehavior",
                           "passthrough_behavior"}},
    [NAME_REQUEST_TEMPLATES] = {IN_INTEGRATION,
                                {"requestTemplates", "requestTemplates", "RequestTemplates",
                                 "request_templates"}},
    [NAME_TIMEOUT] = {IN_INTEGRATION,
                      {"timeoutInMillis", "timeoutInMillis", "TimeoutInMillis", "timeout_milliseconds"}},
    [NAME_RESPONSES] = {IN_INTEGRATION, {"integrationResponses", "responses", "IntegrationResponses", NULL}},
    [NAME_REQUEST_PARAMETERS] = {IN_METHOD | IN_INTEGRATION,
                                 {"requestParameters", "requestParameters", "RequestParameters",
                                  "request_parameters"}},
    [NAME_CONTENT_HANDLING] = {IN_INTEGRATION | IN_RESPONSE,
                               {"contentHandling", "contentHandling", "ContentHandling", "content_handling"}},
    [NAME_STATUS_CODE] = {IN_RESPONSE, {"statusCode", "statusCode", "StatusCode", "status_code"}},
    [NAME_SELECTION_PATTERN] = {IN_RESPONSE,
                                {"selectionPattern", NULL, "SelectionPattern", "selection_pattern"}},
    [NAME_RESPONSE_PARAMETERS] = {IN_RESPONSE,
                                  {"responseParameters", "responseParameters", "ResponseParameters",
                                   "response_parameters"}},
    [NAME_RESPONSE_TEMPLATES] = {IN_RESPONSE,
                                 {"responseTemplates", "responseTemplates", "ResponseTemplates",
                                  "response_templates"}},
    [NAME_RESPONSE_MODELS] = {0, {"responseModels", NULL, "ResponseModels", "response_models"}},
    [NAME_METHOD_RESPONSES] = {IN_METHOD, {"methodResponses", NULL, "MethodResponses", NULL}},
    [NAME_REQUEST_MODELS] = {IN_METHOD, {"requestModels", NULL, "RequestModels", "request_models"}},
    [NAME_AUTHORIZATION] = {IN_METHOD, {"authorizationType", NULL, "AuthorizationType", "authorization"}},
    [NAME_API_KEY] = {IN_METHOD, {"apiKeyRequired", NULL, "ApiKeyRequired", "api_key_required"}},
    [NAME_OPERATION_NAME] = {IN_METHOD, {"operationName", "operationId", "OperationName", "operation_name"}},
};

static const cJSON *get(Loader *loader, const cJSON *node, Name name, Dialect dialect) {
  const char *key = names[name].spelled[dialect];
  return key != NULL ? loader_member(loader, node, key) : NULL;
}

/* Not looked through: a text made by functions is followed by loader_text, with places. */
static const cJSON *get_raw(const cJSON *node, Name name, Dialect dialect) {
  const char *key = names[name].spelled[dialect];
  return key != NULL ? document_find(node, text_from(key)) : NULL;
}

/* ---- keys that mean nothing ---- */

/* What the gateway knows besides and this program has no use for. */
static const struct {
  unsigned holders;
  const char *key;
} other_keys[] = {
    {IN_INTEGRATION, "integrationHttpMethod"}, /* as PutIntegration calls it */
    {IN_INTEGRATION, "connectionType"},
    {IN_INTEGRATION, "ConnectionType"},
    {IN_INTEGRATION, "connectionId"},
    {IN_INTEGRATION, "ConnectionId"},
    {IN_INTEGRATION, "cacheNamespace"},
    {IN_INTEGRATION, "CacheNamespace"},
    {IN_INTEGRATION, "cacheKeyParameters"},
    {IN_INTEGRATION, "CacheKeyParameters"},
    {IN_INTEGRATION, "tlsConfig"},
    {IN_INTEGRATION, "integrationTarget"},
    {IN_INTEGRATION, "integration-target"},
    {IN_INTEGRATION, "IntegrationTarget"},
    {IN_INTEGRATION, "responseTransferMode"},
    {IN_INTEGRATION, "ResponseTransferMode"},
    {IN_INTEGRATION, "payloadFormatVersion"}, /* of HTTP APIs */
    {IN_INTEGRATION, "integrationSubtype"},
    {IN_METHOD, "httpMethod"},
    {IN_METHOD, "authorizerId"},
    {IN_METHOD, "authorizationScopes"},
    {IN_METHOD, "requestValidatorId"},
    {IN_METHOD, "methodIntegration"},
    {IN_METHOD, "ResponseMetadata"},
    {IN_METHOD | IN_INTEGRATION | IN_RESPONSE, "description"},
};
enum { OTHER_KEYS = sizeof other_keys / sizeof *other_keys };

/* A mistyped key would be left out in silence: told as a note, in a case's own method as an error. */
static void check_keys(Loader *loader, const cJSON *node, Dialect dialect, unsigned holder,
                       const char *what) {
  enum { TOLD = 100 };
  const char *known[NAME_COUNT + OTHER_KEYS];
  size_t count = 0;
  FaultList *list = loader->strict ? loader->faults : &loader->definition->notes;
  bool provider = dialect == DIALECT_TERRAFORM; /* its values name every attribute there is */
  if (provider || list->count >= TOLD) return;
  for (size_t i = 0; i < NAME_COUNT; i++)
    if ((names[i].holders & holder) != 0 && names[i].spelled[dialect] != NULL)
      known[count++] = names[i].spelled[dialect];
  for (size_t i = 0; i < OTHER_KEYS; i++)
    if ((other_keys[i].holders & holder) != 0) known[count++] = other_keys[i].key;
  FaultList told = fault_list_make(loader->arena);
  document_check_keys(document_of(node), node, known, count, what, &told);
  for (size_t i = 0; i < told.count; i++) {
    told.items[i].warning = !loader->strict;
    *fault_list_add(list) = told.items[i];
  }
}

/* ---- words ---- */

typedef struct Word {
  const char *word;
  int value;
} Word;

static const Word types[] = {{"AWS", INTEGRATION_AWS},
                             {"AWS_PROXY", INTEGRATION_AWS_PROXY},
                             {"HTTP", INTEGRATION_HTTP},
                             {"HTTP_PROXY", INTEGRATION_HTTP_PROXY},
                             {"MOCK", INTEGRATION_MOCK}};
static const Word passthroughs[] = {{"WHEN_NO_MATCH", PASSTHROUGH_WHEN_NO_MATCH},
                                    {"WHEN_NO_TEMPLATES", PASSTHROUGH_WHEN_NO_TEMPLATES},
                                    {"NEVER", PASSTHROUGH_NEVER}};
static const Word handlings[] = {{"CONVERT_TO_TEXT", CONTENT_TO_TEXT},
                                 {"CONVERT_TO_BINARY", CONTENT_TO_BINARY}};
enum { WORDS = 5 };

static Text upper_case(Text text, Arena *arena) {
  char *upper = arena_copy_string(arena, text);
  for (char *at = upper; *at != '\0'; at++)
    if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
  return (Text){upper, text.length};
}

/* ${Name}: only the deployment, or what renders the file before it, knows the value. */
static bool is_open(Loader *loader, const cJSON *node, Text text, const char *what, const char *taken) {
  if (loader->strict || text_find(text, TEXT("${"), 0) == TEXT_NOT_FOUND) return false;
  loader_note(loader, node, "the %s \"%.*s\" isn't known here: %s", what, TEXT_ARGS(text), taken);
  return true;
}

/* A word out of a table, in any case; `fallback` when the node stands for nothing. */
static bool read_word(Loader *loader, const cJSON *node, const Word *words, size_t count, const char *what,
                      int fallback, int *out) {
  *out = fallback;
  Text text = loader_bytes(loader, node);
  if (text.length == 0) return true;
  const char *candidates[WORDS];
  for (size_t i = 0; i < count; i++) {
    candidates[i] = words[i].word;
    *out = words[i].value;
    if (text_equal_ignoring_case(text, text_from(words[i].word))) return true;
  }
  *out = fallback;
  const char *taken = "left out";
  for (size_t i = 0; i < count; i++)
    if (words[i].value == fallback) taken = arena_print(loader->arena, "taken as %s", words[i].word).data;
  if (is_open(loader, node, text, what, taken)) return true;
  const char *near = text_suggest(upper_case(text, loader->arena), candidates, count);
  return near != NULL ? loader_fault(loader, node, "unknown %s \"%.*s\" (did you mean \"%s\"?)", what,
                                     TEXT_ARGS(text), near)
                      : loader_fault(loader, node, "unknown %s \"%.*s\"", what, TEXT_ARGS(text));
}
#define READ_WORD(loader, node, words, what, fallback, out)                                                  \
  read_word((loader), (node), (words), sizeof(words) / sizeof *(words), (what), (fallback), (out))

/* ---- maps ---- */

static Text key_of(const cJSON *member) {
  return text_from(member->string);
}

void read_templates(Loader *loader, const cJSON *node, Templates *out) {
  const cJSON *mapping = loader_mapping(loader, node, "templates"), *member;
  cJSON_ArrayForEach(member, mapping) {
    SourceText source;
    if (!loader_text(loader, member, &source)) continue;
    *ARENA_ADD(loader->arena, out->items, out->count) = (TemplateEntry){key_of(member), source};
  }
}

void read_parameters(Loader *loader, const cJSON *node, Parameters *out) {
  const cJSON *mapping = loader_mapping(loader, node, "parameters"), *member;
  cJSON_ArrayForEach(member, mapping) {
    const cJSON *seen = loader_see(loader, member);
    Text source = {NULL, 0};
    if (cJSON_IsString(seen) || (seen != NULL && is_intrinsic(seen))) source = loader_bytes(loader, member);
    Place place = document_key_place(document_of(member), member);
    *ARENA_ADD(loader->arena, out->items, out->count) = (ParameterEntry){key_of(member), source, place};
  }
}

void read_pairs(Loader *loader, const cJSON *node, Headers *out) {
  const cJSON *mapping = loader_mapping(loader, node, "this"), *member;
  cJSON_ArrayForEach(member, mapping) {
    const cJSON *seen = loader_see(loader, member);
    if (cJSON_IsObject(seen) && !is_intrinsic(seen)) {
      loader_fault(loader, seen, "expected a text, not %s", document_kind(seen));
      continue;
    }
    Text value = loader_bytes(loader, member);
    headers_add(out, key_of(member), value.data != NULL ? value : TEXT_EMPTY, loader->arena);
  }
}

/* ---- integration responses ---- */

static bool is_status_code(Text text) {
  int64_t number;
  return text.length == 3 && text_to_integer(text, &number) && number >= 100 && number <= 599;
}

/* gateway.md 5.3: absent, empty, null and "-" are no pattern; an OpenAPI key is the pattern unless it is
 * `default`. */
static bool read_pattern(Loader *loader, const cJSON *node, Text key, Dialect dialect,
                         IntegrationResponse *out) {
  if (dialect == DIALECT_OPENAPI) {
    out->is_default = text_is(key, "default");
    if (!out->is_default)
      out->selection_pattern = (SourceText){.text = key,
                                            .place = document_key_place(document_of(node), node),
                                            .document = document_of(node),
                                            .node = node,
                                            .is_key = true};
    return true;
  }
  if (!loader_text(loader, get_raw(node, NAME_SELECTION_PATTERN, dialect), &out->selection_pattern))
    return false;
  Text pattern = out->selection_pattern.text;
  out->is_default = pattern.length == 0 || text_is(pattern, "-");
  return true;
}

bool read_integration_response(Loader *loader, const cJSON *node, Text key, Dialect dialect,
                               Integration *integration) {
  const cJSON *seen = loader_mapping(loader, node, "an integration response");
  if (seen == NULL) return loader_see(loader, node) == NULL;
  IntegrationResponse response = {.place = key.data != NULL ? document_key_place(document_of(node), node)
                                                            : document_place(document_of(seen), seen)};
  check_keys(loader, seen, dialect, IN_RESPONSE, "an integration response");
  bool good = read_pattern(loader, dialect == DIALECT_OPENAPI ? node : seen, key, dialect, &response);
  response.status_code = loader_bytes(loader, get_raw(seen, NAME_STATUS_CODE, dialect));
  if (response.status_code.length == 0 && key.data != NULL)
    response.status_code = dialect == DIALECT_METHOD || is_status_code(key) ? key : TEXT("200");
  if (response.status_code.length == 0)
    good = loader_fault(loader, seen, "an integration response needs a %s",
                        names[NAME_STATUS_CODE].spelled[dialect]);
  int handling;
  good = READ_WORD(loader, get_raw(seen, NAME_CONTENT_HANDLING, dialect), handlings, "content handling",
                   CONTENT_UNCHANGED, &handling) &&
         good;
  response.content_handling = (ContentHandling)handling;
  read_parameters(loader, get_raw(seen, NAME_RESPONSE_PARAMETERS, dialect), &response.response_parameters);
  read_templates(loader, get_raw(seen, NAME_RESPONSE_TEMPLATES, dialect), &response.response_templates);
  *ARENA_ADD(loader->arena, integration->responses, integration->response_count) = response;
  return good;
}

static bool read_responses(Loader *loader, const cJSON *node, Dialect dialect, Integration *integration) {
  const cJSON *responses = loader_see(loader, node), *item;
  if (responses != NULL && !cJSON_IsObject(responses) && !cJSON_IsArray(responses))
    return loader_fault(loader, responses, "integration responses must be a mapping, not %s",
                        document_kind(responses));
  bool mapping = cJSON_IsObject(responses), good = true;
  cJSON_ArrayForEach(item, responses) {
    Text key = mapping ? key_of(item) : (Text){NULL, 0};
    good = read_integration_response(loader, item, key,
                                     mapping                      ? dialect
                                     : dialect == DIALECT_OPENAPI ? DIALECT_METHOD
                                                                  : dialect,
                                     integration) &&
           good;
  }
  return good;
}

/* ---- what the URI says ---- */

/* …:lambda:path/2015-03-31/functions/ARN/invocations -> the ARN's function name; ${Name.Arn} -> Name */
static Text function_name_of(Text uri) {
  size_t start = text_find(uri, TEXT("/functions/"), 0);
  if (start == TEXT_NOT_FOUND) return (Text){NULL, 0};
  Text function = text_slice(uri, start + strlen("/functions/"), uri.length);
  function = text_split(function, '/', &(Text){NULL, 0});
  size_t name = text_find(function, TEXT(":function:"), 0);
  if (name != TEXT_NOT_FOUND) {
    function = text_slice(function, name + strlen(":function:"), function.length);
    bool placeholder = text_starts(function, TEXT("${"));
    if (!placeholder) function = text_split(function, ':', &(Text){NULL, 0});
  }
  if (text_starts(function, TEXT("${")) && text_ends(function, TEXT(".Arn}")))
    function = text_slice(function, 2, function.length - strlen(".Arn}"));
  return function;
}

/* arn:aws:apigateway:region:sqs:action/SendMessage -> sqs:action/SendMessage. The region may be a placeholder
 * that holds colons, so the service is looked for from behind. */
static Text service_action_of(Text uri) {
  size_t kind = text_find(uri, TEXT(":action/"), 0);
  if (kind == TEXT_NOT_FOUND) kind = text_find(uri, TEXT(":path/"), 0);
  if (kind == TEXT_NOT_FOUND) return (Text){NULL, 0};
  size_t colon = text_find_last_char(text_slice(uri, 0, kind), ':');
  return text_slice(uri, colon == TEXT_NOT_FOUND ? 0 : colon + 1, uri.length);
}

void settle_target(Integration *integration) {
  bool service = integration->type == INTEGRATION_AWS || integration->type == INTEGRATION_AWS_PROXY;
  Text uri = integration->uri.text;
  if (!service || uri.data == NULL) return;
  bool proxy = integration->type == INTEGRATION_AWS_PROXY; /* of a REST API: always a function */
  integration->is_lambda = proxy || text_find(uri, TEXT(":lambda:path/"), 0) != TEXT_NOT_FOUND;
  if (integration->is_lambda)
    integration->function_name = function_name_of(uri);
  else
    integration->service_action = service_action_of(uri);
}

static void read_timeout(Loader *loader, const cJSON *node, int *out) {
  Text text = loader_bytes(loader, node);
  int64_t milliseconds;
  if (text.data == NULL || is_open(loader, node, text, "timeout", "taken as 29000")) return;
  if (text_to_integer(text, &milliseconds) && milliseconds > 0 && milliseconds <= INT32_MAX)
    *out = (int)milliseconds;
  else
    loader_fault(loader, node, "a timeout is a number of milliseconds, not \"%.*s\"", TEXT_ARGS(text));
}

bool read_integration(Loader *loader, const cJSON *node, Dialect dialect, Operation *operation) {
  const cJSON *seen = loader_mapping(loader, node, "an integration");
  if (seen == NULL) return loader_see(loader, node) == NULL;
  Integration *integration = &operation->integration;
  operation->has_integration = true;
  integration->place = document_place(document_of(seen), seen);
  integration->timeout_ms = 29000;
  int type, passthrough, handling;
  bool good = true;
  check_keys(loader, seen, dialect, IN_INTEGRATION, "an integration");
  if (loader_bytes(loader, get_raw(seen, NAME_TYPE, dialect)).length == 0)
    good = loader_fault(loader, seen, "an integration needs a %s: AWS, AWS_PROXY, HTTP, HTTP_PROXY or MOCK",
                        names[NAME_TYPE].spelled[dialect]);
  good = READ_WORD(loader, get_raw(seen, NAME_TYPE, dialect), types, "integration type", INTEGRATION_MOCK,
                   &type) &&
         good;
  good = READ_WORD(loader, get_raw(seen, NAME_PASSTHROUGH, dialect), passthroughs, "passthrough behavior",
                   PASSTHROUGH_WHEN_NO_MATCH, &passthrough) &&
         good;
  good = READ_WORD(loader, get_raw(seen, NAME_CONTENT_HANDLING, dialect), handlings, "content handling",
                   CONTENT_UNCHANGED, &handling) &&
         good;
  integration->type = (IntegrationType)type;
  integration->passthrough = (Passthrough)passthrough;
  integration->content_handling = (ContentHandling)handling;
  integration->http_method = loader_bytes(loader, get_raw(seen, NAME_HTTP_METHOD, dialect));
  if (integration->http_method.data == NULL && dialect == DIALECT_METHOD) /* as PutIntegration calls it */
    integration->http_method = loader_bytes(loader, document_find(seen, TEXT("integrationHttpMethod")));
  good = loader_text(loader, get_raw(seen, NAME_URI, dialect), &integration->uri) && good;
  integration->credentials = loader_bytes(loader, get_raw(seen, NAME_CREDENTIALS, dialect));
  read_timeout(loader, get_raw(seen, NAME_TIMEOUT, dialect), &integration->timeout_ms);
  read_parameters(loader, get_raw(seen, NAME_REQUEST_PARAMETERS, dialect), &integration->request_parameters);
  read_templates(loader, get_raw(seen, NAME_REQUEST_TEMPLATES, dialect), &integration->request_templates);
  settle_target(integration);
  return read_responses(loader, get_raw(seen, NAME_RESPONSES, dialect), dialect, integration) && good;
}

/* ---- methods ---- */

MethodResponse *add_method_response(Loader *loader, Operation *operation, Text status_code, Place place) {
  MethodResponse *response =
      ARENA_ADD(loader->arena, operation->method_responses, operation->method_response_count);
  response->status_code = status_code;
  response->place = place;
  return response;
}

static void read_method_responses(Loader *loader, const cJSON *node, Dialect dialect, Operation *operation) {
  const cJSON *responses = loader_see(loader, node), *item;
  if (responses != NULL && !cJSON_IsObject(responses) && !cJSON_IsArray(responses)) {
    loader_fault(loader, responses, "method responses must be a mapping, not %s", document_kind(responses));
    return;
  }
  cJSON_ArrayForEach(item, responses) {
    const cJSON *seen = loader_see(loader, item);
    if (seen != NULL && !cJSON_IsObject(seen)) {
      loader_fault(loader, seen, "a method response must be a mapping, not %s", document_kind(seen));
      continue;
    }
    Text code = loader_bytes(loader, get_raw(seen, NAME_STATUS_CODE, dialect));
    if (code.length == 0 && cJSON_IsObject(responses)) code = key_of(item);
    MethodResponse *response =
        add_method_response(loader, operation, code, document_key_place(document_of(item), item));
    read_pairs(loader, get_raw(seen, NAME_RESPONSE_PARAMETERS, dialect), &response->parameters);
    read_pairs(loader, get_raw(seen, NAME_RESPONSE_MODELS, dialect), &response->models);
  }
}

bool read_method(Loader *loader, const cJSON *node, Dialect dialect, Operation *operation) {
  if (dialect == DIALECT_METHOD) check_keys(loader, node, dialect, IN_METHOD, "a method");
  operation->authorization = loader_bytes(loader, get(loader, node, NAME_AUTHORIZATION, dialect));
  operation->api_key_required = loader_truth(loader, get(loader, node, NAME_API_KEY, dialect));
  operation->operation_name = loader_bytes(loader, get(loader, node, NAME_OPERATION_NAME, dialect));
  read_pairs(loader, get_raw(node, NAME_REQUEST_PARAMETERS, dialect), &operation->request_parameters);
  read_pairs(loader, get_raw(node, NAME_REQUEST_MODELS, dialect), &operation->request_models);
  read_method_responses(loader, get_raw(node, NAME_METHOD_RESPONSES, dialect), dialect, operation);
  return true;
}

/* ---- gateway responses ---- */

GatewayResponse *add_gateway_response(Loader *loader, Text type, Place place) {
  Definition *definition = loader->definition;
  GatewayResponse *response =
      ARENA_ADD(loader->arena, definition->gateway_responses, definition->gateway_response_count);
  response->type = type;
  response->place = place;
  return response;
}

void read_gateway_responses(Loader *loader, const cJSON *node) {
  const cJSON *mapping = loader_mapping(loader, node, "gateway responses"), *item;
  cJSON_ArrayForEach(item, mapping) {
    const cJSON *seen = loader_mapping(loader, item, "a gateway response");
    GatewayResponse *response =
        add_gateway_response(loader, key_of(item), document_key_place(document_of(item), item));
    const cJSON *code = document_find(seen, TEXT("statusCode"));
    Text status = loader_bytes(loader, code);
    int64_t number;
    if (is_status_code(status) && text_to_integer(status, &number))
      response->status = (int)number;
    else if (status.length > 0 && !is_open(loader, code, status, "status", "left out"))
      loader_fault(loader, code, "a gateway response's status is 100 to 599, not \"%.*s\"",
                   TEXT_ARGS(status));
    read_parameters(loader, document_find(seen, TEXT("responseParameters")), &response->parameters);
    read_templates(loader, document_find(seen, TEXT("responseTemplates")), &response->templates);
  }
}
