/* SAM: AWS::Serverless::Api and the Api events of functions, as the transform expands them. Witness:
 * documented (SAM specification, generated resources). */
#include "harness/definition/cloudformation.h"

#include <string.h>

/* A property of the API, or of Globals when the API doesn't say. */
static const cJSON *api_property(Loader *loader, const cJSON *api, const cJSON *globals, const char *name) {
  const cJSON *own = api != NULL ? resource_property(loader, api, name) : NULL;
  if (own != NULL) return own;
  return document_find(loader_see(loader, document_find(globals, TEXT("Api"))), text_from(name));
}

/* ---- events ---- */

static bool is_api_event(Loader *loader, const cJSON *event) {
  return text_is(loader_bytes(loader, document_find(event, TEXT("Type"))), "Api");
}

/* Calls `visit` for each Api event of each function and state machine; stops when it answers true. */
typedef bool (*EventVisitor)(Loader *loader, const cJSON *owner, const cJSON *event, const void *subject);

static bool has_events(const cJSON *resource) {
  return resource_is(resource, "AWS::Serverless::Function") ||
         resource_is(resource, "AWS::Serverless::StateMachine");
}

static bool visit_events(Loader *loader, EventVisitor visit, const void *subject) {
  const cJSON *resource, *member;
  cJSON_ArrayForEach(resource, template_resources(loader->template)) {
    if (!has_events(resource) || !template_condition(loader, resource)) continue;
    const cJSON *events = loader_see(loader, resource_property(loader, resource, "Events"));
    cJSON_ArrayForEach(member, events) {
      const cJSON *event = loader_see(loader, member);
      if (is_api_event(loader, event) && visit(loader, resource, event, subject)) return true;
    }
  }
  return false;
}

/* Without an API of its own, or with the one that SAM makes for such events. */
static bool event_is_implicit(Loader *loader, const cJSON *owner, const cJSON *event, const void *subject) {
  (void)owner;
  (void)subject;
  const cJSON *properties = loader_see(loader, document_find(event, TEXT("Properties")));
  const cJSON *id = document_find(properties, TEXT("RestApiId"));
  return loader_see(loader, id) == NULL || refers_to(loader, id, "ServerlessRestApi");
}

bool has_implicit_api(Loader *loader) {
  return visit_events(loader, event_is_implicit, NULL);
}

/* [method.request.header.X, {method.request.querystring.Y: {Required: true}}] */
static void read_event_parameters(Loader *loader, const cJSON *list, Operation *operation) {
  const cJSON *entry;
  list = loader_see(loader, list);
  cJSON_ArrayForEach(entry, list) {
    const cJSON *seen = loader_see(loader, entry);
    bool mapping = cJSON_IsObject(seen) && seen->child != NULL;
    const cJSON *settings = mapping ? loader_see(loader, seen->child) : NULL;
    Text name = mapping ? text_from(seen->child->string) : loader_bytes(loader, seen);
    bool required = loader_truth(loader, document_find(settings, TEXT("Required")));
    if (loader_truth(loader, document_find(settings, TEXT("ValidateParameters"))))
      operation->validates_parameters = true;
    if (name.length > 0)
      headers_add(&operation->request_parameters, name, required ? TEXT("true") : TEXT("false"),
                  loader->arena);
  }
}

/* {Model: Name, Required, ValidateBody, ValidateParameters} */
static void read_event_model(Loader *loader, const cJSON *node, Operation *operation) {
  const cJSON *model = loader_see(loader, node);
  if (!cJSON_IsObject(model)) return;
  Text name = loader_bytes(loader, document_find(model, TEXT("Model")));
  if (name.length > 0) headers_add(&operation->request_models, TEXT("application/json"), name, loader->arena);
  operation->validates_body = loader_truth(loader, document_find(model, TEXT("ValidateBody")));
  if (loader_truth(loader, document_find(model, TEXT("ValidateParameters"))))
    operation->validates_parameters = true;
}

static Text path_or_root(Text path) {
  return path.length > 0 ? path : TEXT("/");
}

static void add_template(Loader *loader, Templates *templates, Text text, Place place) {
  *ARENA_ADD(loader->arena, templates->items, templates->count) =
      (TemplateEntry){TEXT("application/json"), {.text = text, .place = place}};
}

static void integrate_function(Loader *loader, const cJSON *function, Integration *integration) {
  integration->type = INTEGRATION_AWS_PROXY;
  integration->is_lambda = true;
  integration->function_name = text_from(function->string);
  integration->uri.text =
      arena_print(loader->arena,
                  "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations",
                  function->string);
}

/* The request body becomes the input of a new execution. */
static void integrate_state_machine(Loader *loader, const cJSON *machine, const cJSON *properties,
                                    Operation *operation) {
  Integration *integration = &operation->integration;
  bool unescaped = loader_truth(loader, document_find(properties, TEXT("UnescapeMappingTemplate")));
  integration->type = INTEGRATION_AWS;
  integration->uri.text = TEXT("arn:aws:apigateway:${AWS::Region}:states:action/StartExecution");
  settle_target(integration);
  add_template(loader, &integration->request_templates,
               arena_print(loader->arena,
                           "{\"input\": \"$util.escapeJavaScript($input.json('$'))%s\", "
                           "\"stateMachineArn\": \"${%s}\"}",
                           unescaped ? ".replaceAll(\"\\\\'\",\"'\")" : "", machine->string),
               operation->place);
  static const char *const statuses[] = {"200", "400"};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    Text status = text_from(statuses[i]);
    *ARENA_ADD(loader->arena, integration->responses, integration->response_count) =
        (IntegrationResponse){.status_code = status,
                              .selection_pattern = {.text = status, .place = operation->place},
                              .place = operation->place};
    if (operation->method_response_count <= i)
      add_method_response(loader, operation, status, operation->place);
  }
}

/* The operation of a body that an event is merged into (MergeDefinitions), or a fresh one. */
static Operation *operation_for_event(Loader *loader, Text method, Text path, Place place) {
  Definition *definition = loader->definition;
  for (size_t i = 0; i < definition->operation_count; i++) {
    Operation *operation = &definition->operations[i];
    if (!text_equal_ignoring_case(operation->method, method) || !text_equal(operation->resource_path, path))
      continue;
    operation->integration = (Integration){.timeout_ms = 29000}; /* the event's takes its place */
    return operation;
  }
  return loader_operation(loader, method, path, place);
}

static void read_event_timeout(Loader *loader, const cJSON *node, Integration *integration) {
  int64_t milliseconds;
  if (text_to_integer(loader_bytes(loader, node), &milliseconds) && milliseconds > 0 &&
      milliseconds <= INT32_MAX)
    integration->timeout_ms = (int)milliseconds;
}

static void add_event(Loader *loader, const cJSON *owner, const cJSON *event, const cJSON *properties) {
  Text path = path_or_root(loader_bytes(loader, document_find(properties, TEXT("Path"))));
  Text method = loader_bytes(loader, document_find(properties, TEXT("Method")));
  if (method.length == 0) {
    loader_fault(loader, event, "an Api event needs a Method and a Path");
    return;
  }
  Place place = document_key_place(document_of(event), event);
  Operation *operation = operation_for_event(loader, method, path, place);
  Integration *integration = &operation->integration;
  operation->has_integration = true;
  integration->http_method = TEXT("POST");
  integration->place = place;
  integration->uri.place = place;
  if (resource_is(owner, "AWS::Serverless::StateMachine"))
    integrate_state_machine(loader, owner, properties, operation);
  else
    integrate_function(loader, owner, integration);
  read_event_timeout(loader, document_find(properties, TEXT("TimeoutInMillis")), integration);
  const cJSON *auth = loader_see(loader, document_find(properties, TEXT("Auth")));
  operation->api_key_required = loader_truth(loader, document_find(auth, TEXT("ApiKeyRequired")));
  read_event_parameters(loader, document_find(properties, TEXT("RequestParameters")), operation);
  read_event_model(loader, document_find(properties, TEXT("RequestModel")), operation);
}

/* `subject` is the API resource, or NULL for the implicit one. */
static bool take_event(Loader *loader, const cJSON *owner, const cJSON *event, const void *subject) {
  const cJSON *api = subject;
  const cJSON *properties = loader_see(loader, document_find(event, TEXT("Properties")));
  const cJSON *id = document_find(properties, TEXT("RestApiId"));
  bool implicit = event_is_implicit(loader, owner, event, NULL);
  bool mine = api == NULL ? implicit : loader_see(loader, id) != NULL && refers_to(loader, id, api->string);
  if (mine) add_event(loader, owner, event, properties);
  return false;
}

/* Into a body of its own only the events of functions are merged. */
static bool merge_event(Loader *loader, const cJSON *owner, const cJSON *event, const void *subject) {
  if (resource_is(owner, "AWS::Serverless::Function")) take_event(loader, owner, event, subject);
  return false;
}

/* ---- Cors: an OPTIONS method on each path that has none ---- */

static Text cors_value(Loader *loader, const cJSON *cors, const char *name) {
  return loader_bytes(loader, cJSON_IsObject(cors) ? document_find(cors, text_from(name)) : NULL);
}

/* The methods of a path, as SAM lists them when Cors doesn't. */
static Text allowed_methods(Loader *loader, Text path) {
  static const char *const all[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
  const Definition *definition = loader->definition;
  Buffer list = buffer_make(loader->arena, 0);
  buffer_append_char(&list, '\'');
  for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
    bool has = strcmp(all[m], "OPTIONS") == 0;
    for (size_t i = 0; i < definition->operation_count && !has; i++) {
      const Operation *operation = &definition->operations[i];
      has = text_equal(operation->resource_path, path) &&
            (text_is(operation->method, all[m]) || text_is(operation->method, "ANY"));
    }
    if (has) buffer_print(&list, list.length > 1 ? ",%s" : "%s", all[m]);
  }
  buffer_append_char(&list, '\'');
  return buffer_text(&list);
}

static void add_cors_header(Loader *loader, Operation *operation, const char *header, Text value) {
  if (value.length == 0) return;
  IntegrationResponse *response = &operation->integration.responses[0];
  Text target = arena_print(loader->arena, "method.response.header.%s", header);
  ParameterEntry *entry =
      ARENA_ADD(loader->arena, response->response_parameters.items, response->response_parameters.count);
  *entry = (ParameterEntry){target, value, operation->place};
  headers_add(&operation->method_responses[0].parameters, target, TEXT("false"), loader->arena);
}

static void add_options(Loader *loader, Text path, const cJSON *cors) {
  Place place = document_place(document_of(cors), cors);
  Text methods = cors_value(loader, cors, "AllowMethods");
  if (methods.length == 0) methods = allowed_methods(loader, path);
  Operation *operation = loader_operation(loader, TEXT("OPTIONS"), path, place);
  Integration *integration = &operation->integration;
  operation->has_integration = true;
  integration->type = INTEGRATION_MOCK;
  integration->place = place;
  add_template(loader, &integration->request_templates, TEXT("{\n  \"statusCode\" : 200\n}\n"), place);
  IntegrationResponse *response =
      ARENA_ADD(loader->arena, integration->responses, integration->response_count);
  *response = (IntegrationResponse){.status_code = TEXT("200"), .is_default = true, .place = place};
  add_template(loader, &response->response_templates, TEXT("{}\n"), place);
  add_method_response(loader, operation, TEXT("200"), place);
  Text origin = cJSON_IsObject(cors) ? cors_value(loader, cors, "AllowOrigin") : loader_bytes(loader, cors);
  bool credentials =
      cJSON_IsObject(cors) && loader_truth(loader, document_find(cors, TEXT("AllowCredentials")));
  add_cors_header(loader, operation, "Access-Control-Allow-Origin", origin);
  add_cors_header(loader, operation, "Access-Control-Allow-Methods", methods);
  add_cors_header(loader, operation, "Access-Control-Allow-Headers",
                  cors_value(loader, cors, "AllowHeaders"));
  add_cors_header(loader, operation, "Access-Control-Max-Age", cors_value(loader, cors, "MaxAge"));
  if (credentials) add_cors_header(loader, operation, "Access-Control-Allow-Credentials", TEXT("'true'"));
}

static void read_cors(Loader *loader, const cJSON *node) {
  const cJSON *cors = loader_see(loader, node);
  if (cors == NULL || (cJSON_IsObject(cors) && is_intrinsic(cors))) return;
  Definition *definition = loader->definition;
  size_t count = definition->operation_count;
  for (size_t i = 0; i < count; i++) {
    Text path = definition->operations[i].resource_path;
    bool done = false;
    for (size_t j = 0; j < definition->operation_count && !done; j++)
      done = text_equal(definition->operations[j].resource_path, path) &&
             text_is(definition->operations[j].method, "OPTIONS");
    if (!done) add_options(loader, path, cors);
  }
}

/* ---- gateway responses ---- */

static const struct {
  const char *member;
  const char *prefix;
} parameter_kinds[] = {{"Headers", "header"}, {"Paths", "path"}, {"QueryStrings", "querystring"}};

/* {TYPE: {StatusCode, ResponseParameters: {Headers: {Name: "'value'"}}, ResponseTemplates}} */
static void read_serverless_gateway_responses(Loader *loader, const cJSON *node) {
  const cJSON *mapping = loader_mapping(loader, node, "\"GatewayResponses\""), *member;
  cJSON_ArrayForEach(member, mapping) {
    const cJSON *settings = loader_mapping(loader, member, "a gateway response");
    GatewayResponse *response = add_gateway_response(loader, text_from(member->string),
                                                     document_key_place(document_of(member), member));
    int64_t status;
    if (text_to_integer(loader_bytes(loader, document_find(settings, TEXT("StatusCode"))), &status) &&
        status >= 100 && status <= 599)
      response->status = (int)status;
    read_templates(loader, document_find(settings, TEXT("ResponseTemplates")), &response->templates);
    const cJSON *parameters = loader_see(loader, document_find(settings, TEXT("ResponseParameters")));
    for (size_t i = 0; i < sizeof parameter_kinds / sizeof *parameter_kinds; i++) {
      Parameters own = {0};
      read_parameters(loader, document_find(parameters, text_from(parameter_kinds[i].member)), &own);
      for (size_t j = 0; j < own.count; j++) {
        own.items[j].target = arena_print(loader->arena, "gatewayresponse.%s.%.*s", parameter_kinds[i].prefix,
                                          TEXT_ARGS(own.items[j].target));
        *ARENA_ADD(loader->arena, response->parameters.items, response->parameters.count) = own.items[j];
      }
    }
  }
}

/* ---- the API ---- */

/* SAM writes image/png as image~1png. */
static void read_media_types(Loader *loader, const cJSON *node) {
  Definition *definition = loader->definition;
  const cJSON *list = loader_see(loader, node);
  size_t first = definition->binary_media_type_count;
  if (cJSON_IsArray(list))
    loader_texts(loader, list, &definition->binary_media_types, &definition->binary_media_type_count);
  for (size_t i = first; i < definition->binary_media_type_count; i++) {
    Text type = definition->binary_media_types[i];
    size_t escape = text_find(type, TEXT("~1"), 0);
    if (escape == TEXT_NOT_FOUND) continue;
    definition->binary_media_types[i] =
        arena_print(loader->arena, "%.*s/%.*s", TEXT_ARGS(text_slice(type, 0, escape)),
                    TEXT_ARGS(text_slice(type, escape + 2, type.length)));
  }
}

static void read_serverless_models(Loader *loader, const cJSON *node) {
  Definition *definition = loader->definition;
  const cJSON *models = loader_see(loader, node), *model;
  cJSON_ArrayForEach(model, models) {
    const cJSON *schema = loader_see(loader, model);
    if (!cJSON_IsObject(schema)) continue;
    *ARENA_ADD(loader->arena, definition->models, definition->model_count) =
        (Model){text_from(model->string), document_of(schema), schema};
  }
}

void read_serverless_api(Loader *loader, const cJSON *api, const cJSON *globals) {
  Definition *definition = loader->definition;
  const cJSON *body = api_property(loader, api, globals, "DefinitionBody");
  const cJSON *uri = api_property(loader, api, globals, "DefinitionUri");
  bool written = loader_see(loader, body) != NULL || loader_see(loader, uri) != NULL;
  bool merged = loader_truth(loader, api_property(loader, api, globals, "MergeDefinitions"));
  if (written) read_body(loader, body, uri);
  if (!written || merged) visit_events(loader, written ? merge_event : take_event, api);
  Text title = loader_bytes(loader, api_property(loader, api, globals, "Name"));
  if (definition->title.data == NULL) definition->title = title;
  read_media_types(loader, api_property(loader, api, globals, "BinaryMediaTypes"));
  read_serverless_models(loader, api_property(loader, api, globals, "Models"));
  read_serverless_gateway_responses(loader, api_property(loader, api, globals, "GatewayResponses"));
  const cJSON *auth = loader_see(loader, api_property(loader, api, globals, "Auth"));
  if (loader_truth(loader, document_find(auth, TEXT("ApiKeyRequired"))))
    for (size_t i = 0; i < definition->operation_count; i++)
      definition->operations[i].api_key_required = true;
  read_cors(loader, api_property(loader, api, globals, "Cors"));
  definition->stage = loader_bytes(loader, api_property(loader, api, globals, "StageName"));
  if (api == NULL && definition->stage.data == NULL) definition->stage = TEXT("Prod");
  read_pairs(loader, api_property(loader, api, globals, "Variables"), &definition->stage_variables);
  if (api != NULL) read_resources_of_api(loader, api->string);
}
