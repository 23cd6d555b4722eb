/* What `aws apigateway get-resources --embed methods`, get-method and get-integration print. */
#include "harness/definition/loader.h"

static void read_resource(Loader *loader, const cJSON *resource) {
  const cJSON *methods =
      loader_mapping(loader, document_find(resource, TEXT("resourceMethods")), "\"resourceMethods\"");
  Text path = loader_bytes(loader, document_find(resource, TEXT("path")));
  const cJSON *method;
  if (path.length == 0) {
    loader_note_once(loader, TEXT("path"), resource,
                     "an item without a path is no resource: ask with get-resources --embed methods");
    return;
  }
  cJSON_ArrayForEach(method, methods) {
    const cJSON *seen = loader_mapping(loader, method, "a method");
    if (seen == NULL) continue;
    Operation *operation = loader_operation(loader, text_from(method->string), path,
                                            document_key_place(document_of(method), method));
    read_method(loader, seen, DIALECT_METHOD, operation);
    const cJSON *integration = document_find(seen, TEXT("methodIntegration"));
    if (integration == NULL)
      loader_note(loader, method, "%s %.*s comes without integration: ask with --embed methods",
                  method->string, TEXT_ARGS(path));
    read_integration(loader, integration, DIALECT_METHOD, operation);
  }
}

bool read_resource_list(Loader *loader, const cJSON *list) {
  const cJSON *resource;
  cJSON_ArrayForEach(resource, list) read_resource(loader, resource);
  return true;
}

bool read_resources(Loader *loader, const cJSON *root) {
  const cJSON *items = loader_list(loader, document_find(root, TEXT("items")), "\"items\"");
  if (document_find(root, TEXT("position")) != NULL)
    loader_note(loader, document_find(root, TEXT("position")),
                "this is one page: there are more resources behind it");
  return read_resource_list(loader, items);
}

bool read_lone_resource(Loader *loader, const cJSON *root) {
  read_resource(loader, root);
  return true;
}

/* A method or integration alone doesn't say where it stands. */
static Operation *lone_operation(Loader *loader, const cJSON *root, Text method) {
  loader_note(loader, root, "the resource path isn't said here: taken as /");
  return loader_operation(loader, method.length > 0 ? method : TEXT("ANY"), TEXT("/"),
                          document_place(document_of(root), root));
}

bool read_lone_method(Loader *loader, const cJSON *root) {
  Operation *operation =
      lone_operation(loader, root, loader_bytes(loader, document_find(root, TEXT("httpMethod"))));
  read_method(loader, root, DIALECT_METHOD, operation);
  return read_integration(loader, document_find(root, TEXT("methodIntegration")), DIALECT_METHOD, operation);
}

/* Without the method, its responses are not known: every status that the integration names is taken as
 * declared.
 */
bool read_lone_integration(Loader *loader, const cJSON *root) {
  Operation *operation = lone_operation(loader, root, (Text){NULL, 0});
  bool good = read_integration(loader, root, DIALECT_METHOD, operation);
  for (size_t i = 0; i < operation->integration.response_count; i++)
    add_method_response(loader, operation, operation->integration.responses[i].status_code,
                        operation->integration.responses[i].place);
  return good;
}
