/* OpenAPI 3 and Swagger 2 with the gateway's extensions. What the gateway imports is read, the rest is
 * documentation for people. */
#include "harness/base/encoding.h"
#include "harness/definition/loader.h"

#include <string.h>

/* ---- references ---- */

/* ~1 is '/', ~0 is '~', %XX as in URIs. */
static Text pointer_step(Text step, Arena *arena) {
  Buffer plain = buffer_make(arena, 0);
  for (size_t i = 0; i < step.length; i++) {
    bool escape =
        step.data[i] == '~' && i + 1 < step.length && (step.data[i + 1] == '0' || step.data[i + 1] == '1');
    buffer_append_char(&plain, escape ? (step.data[i + 1] == '1' ? '/' : '~') : step.data[i]);
    if (escape) i++;
  }
  return buffer_text(&plain);
}

static const cJSON *follow_pointer(const cJSON *node, Text pointer, Arena *arena) {
  pointer = percent_decode(pointer, false, arena);
  if (pointer.length > 0 && pointer.data[0] == '/') pointer = text_slice(pointer, 1, pointer.length);
  if (pointer.length == 0) return node;
  for (Text rest = pointer; node != NULL && rest.data != NULL;) {
    Text step = pointer_step(text_split(rest, '/', &rest), arena);
    int64_t index;
    if (cJSON_IsArray(node) && text_to_integer(step, &index))
      node = index >= 0 && index < INT32_MAX ? cJSON_GetArrayItem(node, (int)index) : NULL;
    else
      node = document_find(node, step);
  }
  return node;
}

/* {"$ref": "file.yaml#/a/b"} */
const cJSON *follow_reference(Loader *loader, const cJSON *node) {
  enum { STEPS = 32 };
  for (int step = 0;; step++) {
    const cJSON *reference = document_find(node, TEXT("$ref"));
    if (!cJSON_IsString(reference)) return node;
    if (step == STEPS) {
      loader_fault(loader, reference, "this reference leads in a circle");
      return NULL;
    }
    Text pointer, target = document_text(document_of(reference), reference);
    Text file = text_split(target, '#', &pointer);
    if (text_find(file, TEXT("://"), 0) != TEXT_NOT_FOUND) {
      loader_note(loader, reference, "a reference to %.*s is not followed: only local files are",
                  TEXT_ARGS(file));
      return NULL;
    }
    const Document *document =
        file.length > 0 ? loader_open(loader, reference, percent_decode(file, false, loader->arena))
                        : document_of(node);
    if (document == NULL) return NULL;
    const cJSON *base =
        file.length > 0 || loader->inner_root == NULL || document_of(loader->inner_root) != document
            ? document_root(document)
            : loader->inner_root;
    node = follow_pointer(base, pointer, loader->arena);
    if (node == NULL) {
      loader_fault(loader, reference, "nothing stands at %.*s", TEXT_ARGS(target));
      return NULL;
    }
  }
}

/* A mapping behind functions and references, or NULL. */
static const cJSON *mapping_at(Loader *loader, const cJSON *node, const char *what) {
  node = loader_mapping(loader, node, what);
  return node != NULL ? loader_mapping(loader, follow_reference(loader, node), what) : NULL;
}

static const cJSON *mapping_member(Loader *loader, const cJSON *object, const char *key, const char *what) {
  return mapping_at(loader, document_find(object, text_from(key)), what);
}

/* ---- models ---- */

/* "#/components/schemas/Pet" -> Pet */
static Text last_step(Text pointer, Arena *arena) {
  size_t slash = text_find_last_char(pointer, '/');
  return pointer_step(text_slice(pointer, slash == TEXT_NOT_FOUND ? 0 : slash + 1, pointer.length), arena);
}

static void add_model(Loader *loader, Text name, const cJSON *schema) {
  Definition *definition = loader->definition;
  Model *model = ARENA_ADD(loader->arena, definition->models, definition->model_count);
  *model = (Model){name, document_of(schema), schema};
}

static void read_models(Loader *loader, const cJSON *schemas) {
  const cJSON *schema;
  cJSON_ArrayForEach(schema, schemas) if (cJSON_IsObject(schema))
      add_model(loader, text_from(schema->string), schema);
}

/* The name of the model that a schema is, made up for one that is written in place. */
static Text model_name(Loader *loader, const cJSON *schema) {
  const cJSON *reference = document_find(schema, TEXT("$ref"));
  if (cJSON_IsString(reference)) return last_step(loader_bytes(loader, reference), loader->arena);
  Text name = arena_print(loader->arena, "inline model %zu", loader->definition->model_count + 1);
  add_model(loader, name, schema);
  return name;
}

/* {"application/json": {"schema": …}} */
static void read_content(Loader *loader, const cJSON *content, Headers *models) {
  const cJSON *entry;
  cJSON_ArrayForEach(entry, content) {
    const cJSON *schema = loader_member(loader, entry, "schema");
    if (cJSON_IsObject(schema))
      headers_add(models, text_from(entry->string), model_name(loader, schema), loader->arena);
  }
}

/* ---- parameters ---- */

static const struct {
  const char *in;
  const char *target;
} parameter_places[] = {{"header", "header"}, {"query", "querystring"}, {"path", "path"}};

static void read_parameter(Loader *loader, const cJSON *parameter, Operation *operation) {
  Text in = loader_bytes(loader, document_find(parameter, TEXT("in")));
  Text name = loader_bytes(loader, document_find(parameter, TEXT("name")));
  bool required = loader_truth(loader, document_find(parameter, TEXT("required")));
  for (size_t i = 0; i < sizeof parameter_places / sizeof *parameter_places; i++) {
    if (!text_is(in, parameter_places[i].in)) continue;
    Text target =
        arena_print(loader->arena, "method.request.%s.%.*s", parameter_places[i].target, TEXT_ARGS(name));
    if (headers_find_exact(&operation->request_parameters, target) == NULL)
      headers_add(&operation->request_parameters, target, required ? TEXT("true") : TEXT("false"),
                  loader->arena);
  }
  const cJSON *schema = loader_member(loader, parameter, "schema");
  if (text_is(in, "body") && cJSON_IsObject(schema) && operation->request_models.count == 0)
    headers_add(&operation->request_models, TEXT("application/json"), model_name(loader, schema),
                loader->arena);
}

/* The operation's own go before those of its path. */
static void read_parameter_list(Loader *loader, const cJSON *list, Operation *operation) {
  const cJSON *item;
  list = loader_list(loader, list, "\"parameters\"");
  cJSON_ArrayForEach(item, list) {
    const cJSON *parameter = mapping_at(loader, item, "a parameter");
    if (parameter != NULL) read_parameter(loader, parameter, operation);
  }
}

/* ---- responses ---- */

static void read_response(Loader *loader, const cJSON *item, const cJSON *produces, Operation *operation) {
  const cJSON *response = mapping_at(loader, item, "a response"), *header;
  if (response == NULL) return;
  MethodResponse *method_response = add_method_response(loader, operation, text_from(item->string),
                                                        document_key_place(document_of(item), item));
  const cJSON *headers = mapping_member(loader, response, "headers", "\"headers\"");
  cJSON_ArrayForEach(header, headers) headers_add(
      &method_response->parameters, arena_print(loader->arena, "method.response.header.%s", header->string),
      TEXT("false"), loader->arena);
  read_content(loader, mapping_member(loader, response, "content", "\"content\""), &method_response->models);
  const cJSON *schema = loader_member(loader, response, "schema");
  if (!cJSON_IsObject(schema)) return;
  Text type = loader_bytes(loader, cJSON_IsArray(produces) ? produces->child : NULL);
  headers_add(&method_response->models, type.data != NULL ? type : TEXT("application/json"),
              model_name(loader, schema), loader->arena);
}

static void read_method_responses_of(Loader *loader, const cJSON *node, const cJSON *produces,
                                     Operation *operation) {
  const cJSON *responses = mapping_member(loader, node, "responses", "\"responses\""), *item;
  cJSON_ArrayForEach(item, responses) {
    bool skipped = strcmp(item->string, "default") == 0 || strncmp(item->string, "x-", 2) == 0;
    if (!skipped) read_response(loader, item, produces, operation);
  }
}

/* ---- validators, keys ---- */

static void read_validator(Loader *loader, const cJSON *root, const cJSON *node, Operation *operation) {
  const cJSON *chosen = loader_member(loader, node, "x-amazon-apigateway-request-validator");
  if (chosen == NULL) chosen = loader_member(loader, root, "x-amazon-apigateway-request-validator");
  if (chosen == NULL) return;
  const cJSON *validators = loader_member(loader, root, "x-amazon-apigateway-request-validators");
  Text name = loader_bytes(loader, chosen);
  const cJSON *validator = loader_see(loader, document_find(validators, name));
  if (validator == NULL) {
    loader_note(loader, chosen, "no request validator is named \"%.*s\"", TEXT_ARGS(name));
    return;
  }
  operation->validates_body = loader_truth(loader, document_find(validator, TEXT("validateRequestBody")));
  operation->validates_parameters =
      loader_truth(loader, document_find(validator, TEXT("validateRequestParameters")));
}

/* A security scheme that is an API key in the header x-api-key makes the key required; others are
 * authorizers. */
static void read_security(Loader *loader, const cJSON *root, const cJSON *node, Operation *operation) {
  const cJSON *security = loader_member(loader, node, "security"), *item, *scheme;
  if (security == NULL) security = loader_member(loader, root, "security");
  const cJSON *schemes = loader_member(loader, root, "securityDefinitions");
  if (schemes == NULL)
    schemes = loader_member(loader, loader_member(loader, root, "components"), "securitySchemes");
  cJSON_ArrayForEach(item, security) {
    const cJSON *requirement = loader_see(loader, item);
    cJSON_ArrayForEach(scheme, requirement) {
      const cJSON *found =
          mapping_at(loader, document_find(schemes, text_from(scheme->string)), "a security scheme");
      Text type = loader_bytes(loader, document_find(found, TEXT("x-amazon-apigateway-authtype")));
      bool authorizer = document_find(found, TEXT("x-amazon-apigateway-authorizer")) != NULL;
      if (text_equal_ignoring_case(loader_bytes(loader, document_find(found, TEXT("name"))),
                                   TEXT("x-api-key")))
        operation->api_key_required = true;
      else if (text_equal_ignoring_case(type, TEXT("awsSigv4")))
        operation->authorization = TEXT("AWS_IAM");
      else if (text_equal_ignoring_case(type, TEXT("cognito_user_pools")))
        operation->authorization = TEXT("COGNITO_USER_POOLS");
      else if (authorizer)
        operation->authorization = TEXT("CUSTOM");
    }
  }
}

/* ---- operations ---- */

static const char *const methods[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace"};

static Text method_of_key(const char *key) {
  if (strcmp(key, "x-amazon-apigateway-any-method") == 0) return TEXT("ANY");
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if (text_equal_ignoring_case(text_from(key), text_from(methods[i]))) return text_from(methods[i]);
  return (Text){NULL, 0};
}

static void read_operation(Loader *loader, const cJSON *root, const cJSON *item, const cJSON *path,
                           Text method) {
  const cJSON *node = mapping_at(loader, item, "an operation");
  if (node == NULL) return;
  Operation *operation =
      loader_operation(loader, method, text_from(path->string), document_key_place(document_of(item), item));
  operation->operation_name = loader_bytes(loader, document_find(node, TEXT("operationId")));
  read_parameter_list(loader, document_find(node, TEXT("parameters")), operation);
  read_parameter_list(loader,
                      document_find(follow_reference(loader, loader_see(loader, path)), TEXT("parameters")),
                      operation);
  const cJSON *body = mapping_member(loader, node, "requestBody", "\"requestBody\"");
  read_content(loader, mapping_member(loader, body, "content", "\"content\""), &operation->request_models);
  const cJSON *produces = loader_member(loader, node, "produces");
  if (produces == NULL) produces = loader_member(loader, root, "produces");
  read_method_responses_of(loader, node, produces, operation);
  read_validator(loader, root, node, operation);
  read_security(loader, root, node, operation);
  const cJSON *integration = document_find(node, TEXT("x-amazon-apigateway-integration"));
  const cJSON *seen = loader_see(loader, integration);
  if (cJSON_IsObject(seen) && document_find(seen, TEXT("$ref")) != NULL)
    integration = follow_reference(loader, seen);
  if (integration == NULL)
    loader_note(loader, node, "%.*s %s has no x-amazon-apigateway-integration: the gateway can't deploy it",
                TEXT_ARGS(operation->method), path->string);
  read_integration(loader, integration, DIALECT_OPENAPI, operation);
}

static void read_path(Loader *loader, const cJSON *root, const cJSON *path) {
  const cJSON *node = mapping_at(loader, path, "a path"), *item;
  if (node == NULL) return;
  if (path->string[0] != '/') {
    if (strncmp(path->string, "x-", 2) != 0)
      loader_fault(loader, path, "a path begins with /, not \"%s\"", path->string);
    return;
  }
  cJSON_ArrayForEach(item, node) {
    Text method = method_of_key(item->string);
    if (method.data != NULL) read_operation(loader, root, item, path, method);
  }
}

/* ---- the document ---- */

/* servers: [{url: "https://host/{basePath}", variables: {basePath: {default: v1}}}], basePath: /v1 */
static Text read_base_path(Loader *loader, const cJSON *root) {
  Text base = loader_bytes(loader, document_find(root, TEXT("basePath")));
  const cJSON *servers = loader_member(loader, root, "servers");
  const cJSON *server = cJSON_IsArray(servers) ? loader_see(loader, servers->child) : NULL;
  Text url = loader_bytes(loader, document_find(server, TEXT("url")));
  size_t host = text_find(url, TEXT("://"), 0);
  if (host != TEXT_NOT_FOUND) url = text_slice(url, host + 3, url.length);
  size_t slash = text_find_char(url, '/', 0);
  if (slash != TEXT_NOT_FOUND) base = text_slice(url, slash, url.length);
  const cJSON *variables = loader_member(loader, server, "variables"), *variable;
  cJSON_ArrayForEach(variable, variables) {
    Text name = arena_print(loader->arena, "{%s}", variable->string);
    size_t at = text_find(base, name, 0);
    if (at == TEXT_NOT_FOUND) continue;
    Text value = loader_bytes(loader, document_find(loader_see(loader, variable), TEXT("default")));
    bool rooted = value.length > 0 && value.data[0] == '/' && at > 0 && base.data[at - 1] == '/';
    if (rooted) value = text_slice(value, 1, value.length);
    base = arena_print(loader->arena, "%.*s%.*s%.*s", TEXT_ARGS(text_slice(base, 0, at)), TEXT_ARGS(value),
                       TEXT_ARGS(text_slice(base, at + name.length, base.length)));
  }
  while (base.length > 0 && base.data[base.length - 1] == '/') base.length--;
  return base.length > 0 ? base : TEXT_EMPTY;
}

static Text version_name(Loader *loader, const cJSON *root) {
  Text version = loader_bytes(loader, document_find(root, TEXT("openapi")));
  if (version.length > 0) {
    size_t dot = text_find_char(version, '.', 0);
    size_t end = dot == TEXT_NOT_FOUND ? version.length : text_find_char(version, '.', dot + 1);
    return arena_print(loader->arena, "OpenAPI %.*s", TEXT_ARGS(text_slice(version, 0, end)));
  }
  return document_find(root, TEXT("swagger")) != NULL ? TEXT("Swagger 2.0") : TEXT("OpenAPI");
}

bool read_openapi(Loader *loader, const cJSON *root) {
  Definition *definition = loader->definition;
  const cJSON *outer = loader->inner_root, *path;
  loader->inner_root = root;
  if (text_starts(definition->format, TEXT("OpenAPI")) || text_starts(definition->format, TEXT("Swagger")))
    definition->format = version_name(loader, root);
  definition->title = loader_bytes(loader, document_find(loader_member(loader, root, "info"), TEXT("title")));
  definition->base_path = read_base_path(loader, root);
  read_models(loader, loader_member(loader, root, "definitions"));
  read_models(loader, loader_member(loader, loader_member(loader, root, "components"), "schemas"));
  const cJSON *types = loader_member(loader, root, "x-amazon-apigateway-binary-media-types");
  types = loader_list(loader, types, "\"x-amazon-apigateway-binary-media-types\"");
  loader_texts(loader, types, &definition->binary_media_types, &definition->binary_media_type_count);
  read_gateway_responses(loader, document_find(root, TEXT("x-amazon-apigateway-gateway-responses")));
  const cJSON *paths = mapping_member(loader, root, "paths", "\"paths\"");
  cJSON_ArrayForEach(path, paths) read_path(loader, root, path);
  loader->inner_root = outer;
  return true;
}
