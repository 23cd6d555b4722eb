/* Loading: which format a file is, and what is looked up in a definition afterwards. */
#include "harness/definition/definition.h"

#include "harness/definition/loader.h"

#include <string.h>

/* ---- formats: one row each ---- */

typedef struct Format {
  const char *name;
  const char *keys[4]; /* all of them must stand at the root */
  bool (*read)(Loader *loader, const cJSON *root);
} Format;

/* The first that fits is taken. */
static const Format formats[] = {
    {"OpenAPI", {"openapi"}, read_openapi},
    {"Swagger", {"swagger"}, read_openapi},
    {"CloudFormation", {"Resources"}, read_cloudformation},
    {"CloudFormation", {"AWSTemplateFormatVersion"}, read_cloudformation},
    {"OpenAPI", {"paths"}, read_openapi},
    {"Terraform plan", {"format_version", "planned_values"}, read_terraform},
    {"Terraform state", {"format_version", "values"}, read_terraform},
    {"Terraform plan or state", {"format_version"}, read_terraform},
    {"Serverless Framework state", {"service", "package"}, read_serverless_state},
    {"get-resources", {"items"}, read_resources},
    {"get-resource", {"path", "resourceMethods"}, read_lone_resource},
    {"get-method", {"methodIntegration"}, read_lone_method},
    {"get-method", {"httpMethod", "authorizationType"}, read_lone_method},
    {"get-integration", {"type", "passthroughBehavior"}, read_lone_integration},
    {"get-integration", {"type", "integrationResponses"}, read_lone_integration},
    {"get-integration", {"type", "uri"}, read_lone_integration},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static bool format_fits(const Format *format, const cJSON *root) {
  for (size_t i = 0; i < 4 && format->keys[i] != NULL; i++)
    if (document_find(root, text_from(format->keys[i])) == NULL) return false;
  return true;
}

/* Sources that something else makes the definition from: told what to name instead. */
static const struct {
  const char *keys[3];
  const char *advice;
} sources[] = {
    {{"service", "provider"},
     "this is a source of the Serverless Framework: name what \"serverless package\" compiles, "
     ".serverless/cloudformation-template-update-stack.json"},
    {{"version", "terraform_version", "serial"},
     "this is Terraform's state file: name what \"terraform show -json\" prints"},
    {{"resource"}, "this is a configuration of Terraform: name what \"terraform show -json PLAN\" prints"},
    {{"contentType", "contentDisposition"},
     "this is what \"get-export\" prints: name the file that it writes"},
};

static const char *advice_for(const cJSON *root) {
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    bool fits = true;
    for (size_t j = 0; j < 3 && sources[i].keys[j] != NULL; j++)
      fits = fits && document_find(root, text_from(sources[i].keys[j])) != NULL;
    if (fits) return sources[i].advice;
  }
  return "not a known API definition: OpenAPI has \"openapi\" or \"swagger\", CloudFormation \"Resources\", "
         "terraform show -json \"planned_values\"";
}

static bool read_unknown(Loader *loader, const cJSON *root) {
  if (!loader->any_file) return loader_fault(loader, root, "%s", advice_for(root));
  loader->definition->format = TEXT("unknown format");
  loader_note(loader, root, "%s", advice_for(root));
  return true;
}

static const Format *find_format(const cJSON *root) {
  for (size_t i = 0; i < FORMATS; i++)
    if (format_fits(&formats[i], root)) return &formats[i];
  return NULL;
}

static bool read_root(Loader *loader, const Document *document) {
  const cJSON *root = document_root(document);
  if (cJSON_IsArray(root) && document_find(root->child, TEXT("path")) != NULL) {
    loader->definition->format = TEXT("get-resources");
    return read_resource_list(loader, root);
  }
  if (loader->any_file && (cJSON_IsArray(root) || cJSON_IsNull(root))) return read_unknown(loader, root);
  if (!cJSON_IsObject(root))
    return loader_fault(loader, root, "an API definition is a mapping, this is %s", document_kind(root));
  const Format *format = find_format(root);
  if (format == NULL) return read_unknown(loader, root);
  loader->definition->format = text_from(format->name);
  loader->template = template_new(loader, root);
  return format->read(loader, root);
}

static Definition *definition_new(const char *file, Arena *arena) {
  Definition *definition = ARENA_NEW(arena, Definition);
  definition->file = arena_copy_string(arena, text_from(file));
  definition->base_path = TEXT_EMPTY;
  definition->notes = fault_list_make(arena);
  return definition;
}

bool definition_load(const char *path, const DefinitionOptions *options, Arena *lasting, Definition **out,
                     FaultList *faults) {
  Text file = text_from(path), api = {NULL, 0};
  size_t hash = text_find_last_char(file, '#');
  if (hash != TEXT_NOT_FOUND) {
    api = text_slice(file, hash + 1, file.length);
    file = text_slice(file, 0, hash);
  }
  const char *name = arena_copy_string(lasting, file);
  Document *document;
  if (!document_load(name, DEFINITION_DOCUMENT, lasting, &document, faults)) return false;
  Loader loader = {.arena = lasting, .faults = faults, .api = api};
  if (options != NULL) {
    loader.parameters = options->parameters;
    loader.any_file = options->any_file;
  }
  loader.definition = definition_new(name, lasting);
  size_t before = fault_list_errors(faults);
  if (!read_root(&loader, document) || fault_list_errors(faults) > before) return false;
  if (loader.definition->operation_count == 0)
    loader_note(&loader, NULL, "no operation of a REST API was found here");
  routes_build(&loader);
  *out = loader.definition;
  return true;
}

/* ---- a case's own method ---- */

bool definition_from_method(const Document *document, const cJSON *owner, Text resource_path,
                            Text http_method, Arena *lasting, Definition **out, FaultList *faults) {
  Loader loader = {.arena = lasting, .faults = faults, .strict = true};
  Definition *definition = loader.definition = definition_new(document_name(document), lasting);
  definition->format = TEXT("inline");
  size_t before = fault_list_errors(faults);
  const cJSON *method = document_find(owner, TEXT("method"));
  if (!cJSON_IsObject(method))
    return document_fault(document, method != NULL ? method : owner, faults, "\"method\" must be a mapping");
  Text own_method = loader_bytes(&loader, document_find(method, TEXT("httpMethod")));
  if (http_method.length == 0) http_method = own_method.length > 0 ? own_method : TEXT("ANY");
  if (resource_path.length == 0) resource_path = TEXT("/");
  Operation *operation =
      loader_operation(&loader, http_method, resource_path, document_place(document, method));
  read_method(&loader, method, DIALECT_METHOD, operation);
  read_integration(&loader, document_find(method, TEXT("methodIntegration")), DIALECT_METHOD, operation);
  const cJSON *types =
      loader_list(&loader, document_find(owner, TEXT("binaryMediaTypes")), "\"binaryMediaTypes\"");
  loader_texts(&loader, types, &definition->binary_media_types, &definition->binary_media_type_count);
  read_gateway_responses(&loader, document_find(owner, TEXT("gatewayResponses")));
  if (fault_list_errors(faults) > before) return false;
  routes_build(&loader);
  *out = definition;
  return true;
}

/* ---- looking up ---- */

/* The last piece that begins at or before the byte. */
static const TextPiece *piece_at(const SourceText *source, size_t offset) {
  size_t low = 0, high = source->piece_count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (source->pieces[middle].at <= offset)
      low = middle;
    else
      high = middle;
  }
  return &source->pieces[low];
}

Place source_text_place(const SourceText *source, size_t offset) {
  if (source->piece_count > 0) {
    const TextPiece *piece = piece_at(source, offset);
    size_t inside = piece->verbatim ? piece->from + (offset - piece->at) : piece->from;
    return document_text_place(document_of(piece->node), piece->node, inside);
  }
  if (source->node == NULL) return source->place;
  return source->is_key ? document_key_text_place(source->document, source->node, offset)
                        : document_text_place(source->document, source->node, offset);
}

bool source_text_is_open(const SourceText *source, size_t offset) {
  size_t from = offset;
  if (source->piece_count > 0) {
    const TextPiece *piece = piece_at(source, offset);
    if (piece->verbatim) return false;
    from = piece->at;
  } else if (source->node != NULL) { /* as written; what SAM makes up has no node */
    return false;
  }
  return text_starts(text_slice(source->text, from, source->text.length), TEXT("${"));
}

Text operation_name(const Operation *operation, Arena *arena) {
  return arena_print(arena, "%.*s %.*s", TEXT_ARGS(operation->method), TEXT_ARGS(operation->resource_path));
}

const Operation *definition_operation(const Definition *definition, Text name) {
  Text path;
  Text method = text_split(name, ' ', &path);
  path = text_trim(path);
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Operation *operation = &definition->operations[i];
    if (text_equal_ignoring_case(operation->method, method) && text_equal(operation->resource_path, path))
      return operation;
  }
  return NULL;
}
