/* CloudFormation: the resources of one REST API put together. Resources refer to each other by Ref and
 * GetAtt, which read as ${Name} and ${Name.Attribute}, so comparing those texts follows the references. */
#include "harness/definition/cloudformation.h"

#include <string.h>

enum { PATH_DEPTH = 64 };

const cJSON *resource_property(Loader *loader, const cJSON *resource, const char *name) {
  return document_find(loader_see(loader, document_find(resource, TEXT("Properties"))), text_from(name));
}

bool resource_is(const cJSON *resource, const char *type) {
  const cJSON *own = document_find(resource, TEXT("Type"));
  return cJSON_IsString(own) && strcmp(own->valuestring, type) == 0;
}

bool refers_to(Loader *loader, const cJSON *node, const char *logical_id) {
  Text text = loader_bytes(loader, node);
  if (text.length < 3 || !text_starts(text, TEXT("${")))
    return text.data != NULL && text_is(text, logical_id);
  return text_is(text_slice(text, 2, text.length - 1), logical_id);
}

/* ---- AWS::ApiGateway::Resource: the way up to the root ---- */

typedef struct PathPart {
  Text id; /* ${LogicalId} */
  const cJSON *resource;
} PathPart;

/* The resource whose Ref reads as `id`. */
static const cJSON *resource_by_reference(Loader *loader, Text id) {
  if (id.length < 4 || !text_starts(id, TEXT("${"))) return NULL;
  const cJSON *found = document_find(template_resources(loader->template), text_slice(id, 2, id.length - 1));
  return resource_is(found, "AWS::ApiGateway::Resource") ? found : NULL;
}

/* The path of what ResourceId or ParentId says: "" is the root. */
static Text resource_path(Loader *loader, const cJSON *from, int depth) {
  Text id = loader_bytes(loader, from);
  if (text_ends(id, TEXT(".RootResourceId}"))) return TEXT_EMPTY;
  const cJSON *resource = resource_by_reference(loader, id);
  if (resource == NULL || depth == PATH_DEPTH) {
    bool circle = resource != NULL;
    if (circle)
      loader_fault(loader, from, "the parents of this resource lead in a circle");
    else
      loader_note_once(loader, id, from, "the resource %.*s stands elsewhere: its path is taken as /",
                       TEXT_ARGS(id));
    return TEXT_EMPTY;
  }
  Text part = loader_bytes(loader, resource_property(loader, resource, "PathPart"));
  const cJSON *parent = resource_property(loader, resource, "ParentId");
  Text above = parent != NULL ? resource_path(loader, parent, depth + 1) : TEXT_EMPTY;
  return arena_print(loader->arena, "%.*s/%.*s", TEXT_ARGS(above), TEXT_ARGS(part));
}

/* ---- AWS::ApiGateway::Method ---- */

static void read_validator(Loader *loader, const cJSON *node, Operation *operation) {
  Text id = loader_bytes(loader, node);
  if (id.length < 4) return;
  const cJSON *validator =
      document_find(template_resources(loader->template), text_slice(id, 2, id.length - 1));
  if (!resource_is(validator, "AWS::ApiGateway::RequestValidator")) return;
  operation->validates_body =
      loader_truth(loader, resource_property(loader, validator, "ValidateRequestBody"));
  operation->validates_parameters =
      loader_truth(loader, resource_property(loader, validator, "ValidateRequestParameters"));
}

static void read_method_resource(Loader *loader, const cJSON *resource) {
  const cJSON *properties = loader_see(loader, document_find(resource, TEXT("Properties")));
  Text path = resource_path(loader, document_find(properties, TEXT("ResourceId")), 0);
  Text method = loader_bytes(loader, document_find(properties, TEXT("HttpMethod")));
  if (method.length == 0) {
    loader_fault(loader, resource, "a method needs an HttpMethod");
    return;
  }
  Operation *operation = loader_operation(loader, method, path.length > 0 ? path : TEXT("/"),
                                          document_key_place(document_of(resource), resource));
  read_method(loader, properties, DIALECT_CLOUDFORMATION, operation);
  read_validator(loader, document_find(properties, TEXT("RequestValidatorId")), operation);
  read_integration(loader, document_find(properties, TEXT("Integration")), DIALECT_CLOUDFORMATION, operation);
}

/* ---- what belongs to the API besides ---- */

static void read_gateway_response(Loader *loader, const cJSON *resource) {
  Text type = loader_bytes(loader, resource_property(loader, resource, "ResponseType"));
  GatewayResponse *response =
      add_gateway_response(loader, type, document_key_place(document_of(resource), resource));
  int64_t status;
  if (text_to_integer(loader_bytes(loader, resource_property(loader, resource, "StatusCode")), &status) &&
      status >= 100 && status <= 599)
    response->status = (int)status;
  read_parameters(loader, resource_property(loader, resource, "ResponseParameters"), &response->parameters);
  read_templates(loader, resource_property(loader, resource, "ResponseTemplates"), &response->templates);
}

static void read_model(Loader *loader, const cJSON *resource) {
  Definition *definition = loader->definition;
  Text name = loader_bytes(loader, resource_property(loader, resource, "Name"));
  const cJSON *schema = loader_see(loader, resource_property(loader, resource, "Schema"));
  if (!cJSON_IsObject(schema)) return;
  if (name.length == 0) name = arena_print(loader->arena, "${%s}", resource->string);
  *ARENA_ADD(loader->arena, definition->models, definition->model_count) =
      (Model){name, document_of(schema), schema};
}

static void take_stage(Loader *loader, const cJSON *name, const cJSON *variables) {
  Definition *definition = loader->definition;
  Text text = loader_bytes(loader, name);
  if (definition->stage.data == NULL && text.length > 0) definition->stage = text;
  if (definition->stage_variables.count == 0) read_pairs(loader, variables, &definition->stage_variables);
}

static void read_stage(Loader *loader, const cJSON *resource) {
  take_stage(loader, resource_property(loader, resource, "StageName"),
             resource_property(loader, resource, "Variables"));
}

static void read_deployment(Loader *loader, const cJSON *resource) {
  const cJSON *description = loader_see(loader, resource_property(loader, resource, "StageDescription"));
  take_stage(loader, resource_property(loader, resource, "StageName"),
             document_find(description, TEXT("Variables")));
}

static const struct {
  const char *type;
  void (*read)(Loader *loader, const cJSON *resource);
} parts[] = {
    {"AWS::ApiGateway::Method", read_method_resource},
    {"AWS::ApiGateway::GatewayResponse", read_gateway_response},
    {"AWS::ApiGateway::Model", read_model},
    {"AWS::ApiGateway::Stage", read_stage},
    {"AWS::ApiGateway::Deployment", read_deployment},
};

void read_resources_of_api(Loader *loader, const char *logical_id) {
  const cJSON *resource;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    cJSON_ArrayForEach(resource, template_resources(loader->template)) {
      if (!resource_is(resource, parts[i].type) || !template_condition(loader, resource)) continue;
      if (refers_to(loader, resource_property(loader, resource, "RestApiId"), logical_id))
        parts[i].read(loader, resource);
    }
  }
}

/* ---- AWS::ApiGateway::RestApi ---- */

/* An OpenAPI document: written in place, a local file, or somewhere this program doesn't go. */
void read_body(Loader *loader, const cJSON *body, const cJSON *location) {
  const cJSON *seen = loader_see(loader, body);
  if (seen == NULL && location != NULL) {
    const cJSON *where = loader_see(loader, location);
    Text path = is_intrinsic(where) || cJSON_IsString(where) ? loader_bytes(loader, where) : (Text){NULL, 0};
    bool local = path.length > 0 && text_find(path, TEXT("://"), 0) == TEXT_NOT_FOUND;
    if (!local) {
      loader_note(loader, location, "the body of the API isn't a local file: it is not read");
      return;
    }
    const Document *document = loader_open(loader, location, path);
    seen = document != NULL ? document_root(document) : NULL;
  }
  if (seen == NULL) return;
  if (cJSON_IsObject(seen) && !is_intrinsic(seen)) read_openapi(loader, seen);
}

static void read_rest_api(Loader *loader, const cJSON *api) {
  Definition *definition = loader->definition;
  read_body(loader, resource_property(loader, api, "Body"), resource_property(loader, api, "BodyS3Location"));
  if (definition->title.data == NULL)
    definition->title = loader_bytes(loader, resource_property(loader, api, "Name"));
  const cJSON *types = loader_see(loader, resource_property(loader, api, "BinaryMediaTypes"));
  if (cJSON_IsArray(types))
    loader_texts(loader, types, &definition->binary_media_types, &definition->binary_media_type_count);
  read_resources_of_api(loader, api->string);
}

/* ---- which API ---- */

static bool is_api(const cJSON *resource) {
  return resource_is(resource, "AWS::ApiGateway::RestApi") || resource_is(resource, "AWS::Serverless::Api");
}

/* The one asked for, or the first; the others are told of. */
static const cJSON *choose_api(Loader *loader, bool *missing) {
  const cJSON *resource, *chosen = NULL;
  *missing = false;
  cJSON_ArrayForEach(resource, template_resources(loader->template)) {
    if (!is_api(resource) || !template_condition(loader, resource)) continue;
    bool wanted = loader->api.data == NULL || text_is(loader->api, resource->string);
    if (wanted && chosen == NULL) {
      chosen = resource;
    } else if (loader->api.data == NULL) {
      loader_other_api(loader, resource, text_from(resource->string));
    }
  }
  *missing = chosen == NULL && loader->api.data != NULL;
  return chosen;
}

/* A nested template may hold methods of an API that stands elsewhere. */
static void read_foreign_methods(Loader *loader) {
  const cJSON *resource;
  Headers told = {0};
  cJSON_ArrayForEach(resource, template_resources(loader->template)) {
    if (!resource_is(resource, "AWS::ApiGateway::Method") || !template_condition(loader, resource)) continue;
    Text id = loader_bytes(loader, resource_property(loader, resource, "RestApiId"));
    bool placeholder = text_starts(id, TEXT("${"));
    Text name = placeholder ? text_slice(id, 2, id.length - 1) : id;
    if (headers_find_exact(&told, name) != NULL) continue;
    headers_add(&told, name, TEXT_EMPTY, loader->arena);
    loader_note(loader, resource, "the API %.*s of this method stands elsewhere", TEXT_ARGS(name));
    read_resources_of_api(loader, arena_copy_string(loader->arena, name));
  }
}

/* Fn::ForEach::Name makes resources out of a list. Witness: documented (AWS::LanguageExtensions). */
static void note_loops(Loader *loader, const cJSON *resources) {
  const cJSON *member;
  cJSON_ArrayForEach(member, resources) {
    if (strncmp(member->string, "Fn::ForEach::", 13) == 0)
      loader_note(loader, member, "%s is not followed: name the template that the transform makes of it",
                  member->string);
    else if (strcmp(member->string, "Fn::Transform") == 0)
      loader_note(loader, member, "Fn::Transform among resources is not followed");
  }
}

bool read_cloudformation(Loader *loader, const cJSON *root) {
  const cJSON *resources = document_find(root, TEXT("Resources"));
  loader->definition->format = TEXT("CloudFormation");
  if (resources == NULL || cJSON_IsNull(resources)) return true; /* told: no operation */
  if (!cJSON_IsObject(resources))
    return loader_fault(loader, resources, "\"Resources\" must be a mapping, not %s",
                        document_kind(resources));
  loader->template = template_new(loader, root);
  note_loops(loader, resources);
  bool serverless = document_find(root, TEXT("Transform")) != NULL;
  loader->definition->format = serverless ? TEXT("SAM") : TEXT("CloudFormation");
  const cJSON *globals = loader_see(loader, document_find(root, TEXT("Globals")));
  bool missing;
  const cJSON *api = choose_api(loader, &missing);
  bool implicit = text_is(loader->api, "ServerlessRestApi") || (api == NULL && has_implicit_api(loader));
  if (implicit)
    read_serverless_api(loader, NULL, globals);
  else if (missing)
    return loader_fault(loader, resources, "no API is named %.*s here", TEXT_ARGS(loader->api));
  else if (resource_is(api, "AWS::Serverless::Api"))
    read_serverless_api(loader, api, globals);
  else if (api != NULL)
    read_rest_api(loader, api);
  else
    read_foreign_methods(loader);
  if (api != NULL && !implicit && loader->api.data == NULL && has_implicit_api(loader))
    loader_other_api(loader, NULL, TEXT("ServerlessRestApi")); /* what SAM makes for events without one */
  return true;
}

/* serverless-state.json holds the compiled template. */
bool read_serverless_state(Loader *loader, const cJSON *root) {
  const cJSON *provider = document_find(document_find(root, TEXT("service")), TEXT("provider"));
  const cJSON *template = document_find(provider, TEXT("compiledCloudFormationTemplate"));
  if (!cJSON_IsObject(template))
    return loader_fault(loader, root, "no compiled CloudFormation template stands in this state");
  return read_cloudformation(loader, template);
}
