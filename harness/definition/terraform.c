/* Terraform: `terraform show -json` of a plan or a state. In a state the parts of an API know each other by
 * id; in a plan ids don't exist yet, so the configuration's references are followed. Witness: documented
 * (Terraform's JSON output format; provider hashicorp/aws). */
#include "harness/definition/loader.h"

#include <stdlib.h>
#include <string.h>

enum { MODULE_DEPTH = 32, REFERENCE_DEPTH = 16, PATH_DEPTH = 64 };

/* A name and what it stands for; lists of them are sorted by name. */
typedef struct Entry {
  Text name;
  const void *subject;
} Entry;

/* One module: what is configured there and in which module it is called. */
typedef struct Module {
  Text name, index;           /* of its call: module.x[0] is x, [0]; empty at the root */
  const cJSON *configuration; /* NULL in a state */
  Entry *configured;          /* type.name -> its expressions */
  size_t configured_count;
  const cJSON *call;           /* in its parent; NULL at the root */
  const struct Module *parent; /* NULL at the root */
} Module;

typedef struct Part {
  const char *type;
  Text local; /* type.name, without index */
  Text index; /* "[0]", "[\"a\"]"; empty when there is none */
  const Module *module;
  const cJSON *node;
  const cJSON *values;
  const cJSON *expressions; /* NULL when unknown */
  Text id;                  /* data NULL in a plan */
} Part;

typedef struct Terraform {
  Loader *loader;
  Part *parts;
  size_t count;
  Entry *by_local; /* type.name -> part */
  Entry *by_id;    /* id, or the id of the API's root resource -> part */
  size_t id_count;
  const Part *api;
} Terraform;

static int by_name(const void *left, const void *right) {
  const Entry *first = left, *second = right;
  int order = text_compare(first->name, second->name);
  if (order != 0) return order;
  return first->subject < second->subject ? -1 : first->subject > second->subject;
}

static void sort_entries(Entry *entries, size_t count) {
  if (count > 1) qsort(entries, count, sizeof(Entry), by_name);
}

/* Index of the first entry of that name, or of where it would stand. */
static size_t first_entry(const Entry *entries, size_t count, Text name) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (text_compare(entries[middle].name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static Text bytes(const cJSON *node) {
  return cJSON_IsString(node) ? document_text(document_of(node), node) : (Text){NULL, 0};
}

static Text value(const Part *part, const char *name) {
  return bytes(document_find(part->values, text_from(name)));
}

static bool is_type(const Part *part, const char *type) {
  return strcmp(part->type, type) == 0;
}

/* ---- collecting ---- */

/* The next step of an address or reference, and its index: a.b["x.y"].c is a, b and c. */
static Text take_step(Text *rest, Text *index) {
  Text step = *rest;
  size_t at = 0, bracket = TEXT_NOT_FOUND;
  bool quoted = false;
  *index = TEXT_EMPTY;
  for (; at < step.length && (bracket != TEXT_NOT_FOUND || step.data[at] != '.'); at++) {
    char byte = step.data[at];
    if (quoted && byte == '\\') at++;
    if (byte == '"') quoted = !quoted;
    if (byte == '[' && bracket == TEXT_NOT_FOUND) bracket = at;
    if (byte != ']' || quoted || bracket == TEXT_NOT_FOUND) continue;
    *index = text_slice(step, bracket, at + 1);
    at++;
    break;
  }
  if (at > step.length) at = step.length;
  *rest = at + 1 < step.length ? text_slice(step, at + 1, step.length) : TEXT_EMPTY;
  return text_slice(step, 0, bracket != TEXT_NOT_FOUND ? bracket : at);
}

/* module.x[0] is called as x, aws_api_gateway_rest_api.api as api. */
static Text call_name(Text address) {
  Text name = TEXT_EMPTY, index;
  while (address.length > 0) name = take_step(&address, &index);
  return name;
}

/* module.x[0] -> [0] */
static Text call_index(Text address) {
  Text index = TEXT_EMPTY;
  while (address.length > 0) take_step(&address, &index);
  return index;
}

static void index_configuration(Loader *loader, Module *module) {
  const cJSON *item;
  cJSON_ArrayForEach(item, document_find(module->configuration, TEXT("resources"))) *
      ARENA_ADD(loader->arena, module->configured, module->configured_count) =
      (Entry){bytes(document_find(item, TEXT("address"))), document_find(item, TEXT("expressions"))};
  sort_entries(module->configured, module->configured_count);
}

static const cJSON *configured(const Module *module, Text local) {
  size_t at = first_entry(module->configured, module->configured_count, local);
  bool found = at < module->configured_count && text_equal(module->configured[at].name, local);
  return found ? module->configured[at].subject : NULL;
}

static void add_part(Terraform *terraform, const Module *module, const cJSON *node) {
  Text type = bytes(document_find(node, TEXT("type"))), name = bytes(document_find(node, TEXT("name")));
  bool managed = text_is(bytes(document_find(node, TEXT("mode"))), "managed");
  if (!managed || !text_starts(type, TEXT("aws_api_gateway_"))) return;
  Loader *loader = terraform->loader;
  Part *part = ARENA_ADD(loader->arena, terraform->parts, terraform->count);
  part->type = type.data;
  part->local = arena_print(loader->arena, "%.*s.%.*s", TEXT_ARGS(type), TEXT_ARGS(name));
  Text address = bytes(document_find(node, TEXT("address")));
  size_t bracket = text_find(address, part->local, 0);
  if (bracket != TEXT_NOT_FOUND)
    part->index = text_slice(address, bracket + part->local.length, address.length);
  part->module = module;
  part->node = node;
  part->values = document_find(node, TEXT("values"));
  part->expressions = configured(module, part->local);
  part->id = value(part, "id");
}

static void collect(Terraform *terraform, const cJSON *node, const Module *module, int depth) {
  const cJSON *item;
  cJSON_ArrayForEach(item, document_find(node, TEXT("resources"))) add_part(terraform, module, item);
  cJSON_ArrayForEach(item, document_find(node, TEXT("child_modules"))) {
    if (depth == MODULE_DEPTH) return;
    Module *child = ARENA_NEW(terraform->loader->arena, Module);
    Text address = bytes(document_find(item, TEXT("address")));
    child->name = call_name(address);
    child->index = call_index(address);
    child->parent = module;
    const cJSON *calls = document_find(module->configuration, TEXT("module_calls"));
    child->call = document_find(calls, child->name);
    child->configuration = document_find(child->call, TEXT("module"));
    index_configuration(terraform->loader, child);
    collect(terraform, item, child, depth + 1);
  }
}

static bool is_linkable(const Part *part) {
  return is_type(part, "aws_api_gateway_rest_api") || is_type(part, "aws_api_gateway_resource") ||
         is_type(part, "aws_api_gateway_request_validator");
}

/* Once all parts are there and stay where they are. */
static void index_parts(Terraform *terraform) {
  Arena *arena = terraform->loader->arena;
  terraform->by_local = arena_alloc(arena, (terraform->count + 1) * sizeof(Entry));
  terraform->by_id = arena_alloc(arena, (2 * terraform->count + 1) * sizeof(Entry));
  for (size_t i = 0; i < terraform->count; i++) {
    const Part *part = &terraform->parts[i];
    Text root = value(part, "root_resource_id");
    terraform->by_local[i] = (Entry){part->local, part};
    if (is_linkable(part) && part->id.data != NULL)
      terraform->by_id[terraform->id_count++] = (Entry){part->id, part};
    if (is_linkable(part) && root.data != NULL) terraform->by_id[terraform->id_count++] = (Entry){root, part};
  }
  sort_entries(terraform->by_local, terraform->count);
  sort_entries(terraform->by_id, terraform->id_count);
}

/* ---- following references ---- */

typedef struct Reference {
  const Module *module;
  Text text;  /* aws_api_gateway_resource.pets.id; data NULL: none */
  Text index; /* of what refers: the part of the same index is meant when the reference names none */
} Reference;

static Text first_reference(const cJSON *expression) {
  const cJSON *references = document_find(expression, TEXT("references"));
  return cJSON_IsArray(references) ? bytes(references->child) : (Text){NULL, 0};
}

static const Module *module_called(const Terraform *terraform, const Module *parent, Text name, Text index) {
  const Module *found = NULL;
  for (size_t i = 0; i < terraform->count; i++) {
    for (const Module *module = terraform->parts[i].module; module != NULL; module = module->parent) {
      if (module->parent != parent || !text_equal(module->name, name)) continue;
      if (text_equal(module->index, index)) return module;
      if (found == NULL) found = module;
    }
  }
  return found;
}

/* var.x -> what the caller gives; module.x.output -> what the module answers. */
static Reference resolve(const Terraform *terraform, Reference reference) {
  for (int step = 0; step < REFERENCE_DEPTH && reference.text.data != NULL; step++) {
    Text rest = reference.text, index;
    Text kind = take_step(&rest, &index);
    Text name = take_step(&rest, &index);
    const Module *module = reference.module;
    if (text_is(kind, "var") && module->parent != NULL) {
      const cJSON *expression = document_find(document_find(module->call, TEXT("expressions")), name);
      reference = (Reference){module->parent, first_reference(expression), module->index};
    } else if (text_is(kind, "module")) {
      if (index.length == 0) index = reference.index;
      const Module *child = module_called(terraform, module, name, index);
      if (child == NULL) return (Reference){0};
      const cJSON *output =
          document_find(document_find(child->configuration, TEXT("outputs")), take_step(&rest, &index));
      reference = (Reference){child, first_reference(document_find(output, TEXT("expression"))), TEXT_EMPTY};
    } else {
      return reference;
    }
  }
  return (Reference){0};
}

/* type.name[index].attribute in a module: the part of the same index when there are several. */
static const Part *find_part(const Terraform *terraform, Reference reference, Text *attribute) {
  Text rest = reference.text, index;
  Text type = take_step(&rest, &index), name = take_step(&rest, &index);
  if (index.length == 0) index = reference.index;
  *attribute = rest;
  Text local = text_slice(reference.text, 0, type.length + 1 + name.length);
  const Part *found = NULL;
  for (size_t i = first_entry(terraform->by_local, terraform->count, local); i < terraform->count; i++) {
    const Part *part = terraform->by_local[i].subject;
    if (!text_equal(part->local, local)) break;
    if (part->module != reference.module) continue;
    if (text_equal(part->index, index)) return part;
    if (found == NULL) found = part;
  }
  return found;
}

typedef struct Link {
  const Part *part; /* NULL: unknown */
  bool root;        /* the root resource of that API */
} Link;

static Link link_by_id(const Terraform *terraform, Text id) {
  size_t at = first_entry(terraform->by_id, terraform->id_count, id);
  if (at == terraform->id_count || !text_equal(terraform->by_id[at].name, id)) return (Link){0};
  const Part *part = terraform->by_id[at].subject;
  return (Link){part, part->id.data == NULL || !text_equal(part->id, id)};
}

/* A reference may lead to the same attribute of another part: resource_id =
 * aws_api_gateway_method.x.resource_id.
 */
static Link link_of(const Terraform *terraform, const Part *part, const char *name) {
  for (int step = 0; step < REFERENCE_DEPTH; step++) {
    Text id = value(part, name), attribute;
    if (id.data != NULL) return link_by_id(terraform, id);
    Text written = first_reference(document_find(part->expressions, text_from(name)));
    Reference reference = resolve(terraform, (Reference){part->module, written, part->index});
    if (reference.text.data == NULL) return (Link){0};
    const Part *found = find_part(terraform, reference, &attribute);
    static const char *const passed_on[] = {"rest_api_id", "resource_id", "parent_id"};
    const char *next = NULL;
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
      if (text_is(attribute, passed_on[i])) next = passed_on[i];
    if (found == NULL || next == NULL) return (Link){found, text_is(attribute, "root_resource_id")};
    part = found;
    name = next;
  }
  return (Link){0};
}

static bool belongs(const Terraform *terraform, const Part *part) {
  return link_of(terraform, part, "rest_api_id").part == terraform->api;
}

/* ---- operations ---- */

static Text path_of(const Terraform *terraform, const Part *resource, int depth) {
  Loader *loader = terraform->loader;
  Text known = value(resource, "path");
  if (known.length > 0) return known;
  Link parent = link_of(terraform, resource, "parent_id");
  if (depth == PATH_DEPTH) {
    loader_fault(loader, resource->node, "the parents of this resource lead in a circle");
    return TEXT_EMPTY;
  }
  if (parent.part == NULL)
    loader_note_once(loader, bytes(document_find(resource->node, TEXT("address"))), resource->node,
                     "the parent of this resource isn't known: taken as /");
  bool nested = parent.part != NULL && !parent.root && is_type(parent.part, "aws_api_gateway_resource");
  Text above = nested ? path_of(terraform, parent.part, depth + 1) : TEXT_EMPTY;
  return arena_print(loader->arena, "%.*s/%.*s", TEXT_ARGS(above), TEXT_ARGS(value(resource, "path_part")));
}

static Text path_through(const Terraform *terraform, const Part *part) {
  Link resource = link_of(terraform, part, "resource_id");
  if (resource.part == NULL) return (Text){NULL, 0};
  if (resource.root || !is_type(resource.part, "aws_api_gateway_resource")) return TEXT("/");
  return path_of(terraform, resource.part, 0);
}

static Operation *operation_of(const Terraform *terraform, const Part *part) {
  Definition *definition = terraform->loader->definition;
  Text path = path_through(terraform, part), method = value(part, "http_method");
  for (size_t i = 0; path.data != NULL && i < definition->operation_count; i++) {
    Operation *operation = &definition->operations[i];
    if (text_equal(operation->resource_path, path) && text_equal_ignoring_case(operation->method, method))
      return operation;
  }
  loader_note(terraform->loader, part->node, "the method that this belongs to isn't known: not used");
  return NULL;
}

static Place place_of_part(const Part *part) {
  return document_place(document_of(part->node), part->node);
}

static void read_method_part(Terraform *terraform, const Part *part) {
  Loader *loader = terraform->loader;
  Text path = path_through(terraform, part), method = value(part, "http_method");
  if (path.data == NULL || method.length == 0) {
    loader_note(loader, part->node, "the resource or the method isn't known here: not used");
    return;
  }
  Operation *operation = loader_operation(loader, method, path, place_of_part(part));
  read_method(loader, part->values, DIALECT_TERRAFORM, operation);
  Link validator = link_of(terraform, part, "request_validator_id");
  if (validator.part == NULL || !is_type(validator.part, "aws_api_gateway_request_validator")) return;
  const cJSON *settings = validator.part->values;
  operation->validates_body = cJSON_IsTrue(document_find(settings, TEXT("validate_request_body")));
  operation->validates_parameters =
      cJSON_IsTrue(document_find(settings, TEXT("validate_request_parameters")));
}

static void read_method_response_part(Terraform *terraform, const Part *part) {
  Operation *operation = operation_of(terraform, part);
  if (operation == NULL) return;
  MethodResponse *response =
      add_method_response(terraform->loader, operation, value(part, "status_code"), place_of_part(part));
  read_pairs(terraform->loader, document_find(part->values, TEXT("response_parameters")),
             &response->parameters);
  read_pairs(terraform->loader, document_find(part->values, TEXT("response_models")), &response->models);
}

/* A URI that only the deployment knows stays as ${its reference}. */
static void read_integration_part(Terraform *terraform, const Part *part) {
  Loader *loader = terraform->loader;
  Operation *operation = operation_of(terraform, part);
  if (operation == NULL) return;
  read_integration(loader, part->values, DIALECT_TERRAFORM, operation);
  Integration *integration = &operation->integration;
  Text reference = first_reference(document_find(part->expressions, TEXT("uri")));
  if (integration->uri.text.data != NULL || reference.data == NULL) return;
  loader_note_once(loader, reference, part->node, "${%.*s} is known when deployed", TEXT_ARGS(reference));
  integration->uri.text = arena_print(loader->arena, "${%.*s}", TEXT_ARGS(reference));
  integration->uri.place = place_of_part(part);
  settle_target(integration);
  if (text_ends(reference, TEXT(".invoke_arn"))) { /* of aws_lambda_function */
    Text name = call_name(text_slice(reference, 0, reference.length - strlen(".invoke_arn")));
    integration->is_lambda = true;
    integration->function_name = name;
  }
}

static void read_integration_response_part(Terraform *terraform, const Part *part) {
  Operation *operation = operation_of(terraform, part);
  if (operation != NULL)
    read_integration_response(terraform->loader, part->values, (Text){NULL, 0}, DIALECT_TERRAFORM,
                              &operation->integration);
}

/* ---- what belongs to the API besides ---- */

static void read_gateway_response_part(Terraform *terraform, const Part *part) {
  Loader *loader = terraform->loader;
  GatewayResponse *response = add_gateway_response(loader, value(part, "response_type"), place_of_part(part));
  int64_t status;
  if (text_to_integer(value(part, "status_code"), &status) && status >= 100 && status <= 599)
    response->status = (int)status;
  read_parameters(loader, document_find(part->values, TEXT("response_parameters")), &response->parameters);
  read_templates(loader, document_find(part->values, TEXT("response_templates")), &response->templates);
}

/* A text that holds a document of its own. */
static const Document *inner_document(Terraform *terraform, const Part *part, const char *name) {
  const cJSON *node = document_find(part->values, text_from(name));
  if (bytes(node).length == 0) return NULL;
  Loader *loader = terraform->loader;
  Document *document;
  bool good = document_read_inside(node, DEFINITION_DOCUMENT, loader->arena, &document, loader->faults);
  return good ? document : NULL;
}

static void read_model_part(Terraform *terraform, const Part *part) {
  Definition *definition = terraform->loader->definition;
  const Document *schema = inner_document(terraform, part, "schema");
  if (schema == NULL) return;
  *ARENA_ADD(terraform->loader->arena, definition->models, definition->model_count) =
      (Model){value(part, "name"), schema, document_root(schema)};
}

static void read_stage_part(Terraform *terraform, const Part *part) {
  Definition *definition = terraform->loader->definition;
  if (definition->stage.data == NULL) definition->stage = value(part, "stage_name");
  if (definition->stage_variables.count == 0)
    read_pairs(terraform->loader, document_find(part->values, TEXT("variables")),
               &definition->stage_variables);
}

static void read_api(Terraform *terraform, const Part *api) {
  Loader *loader = terraform->loader;
  Definition *definition = loader->definition;
  const Document *body = inner_document(terraform, api, "body");
  if (body != NULL && cJSON_IsObject(document_root(body))) read_openapi(loader, document_root(body));
  if (body == NULL && document_find(api->expressions, TEXT("body")) != NULL)
    loader_note(loader, api->node, "the body of this API is known when deployed: not read");
  if (definition->title.data == NULL) definition->title = value(api, "name");
  const cJSON *types = document_find(api->values, TEXT("binary_media_types"));
  loader_texts(loader, types, &definition->binary_media_types, &definition->binary_media_type_count);
}

/* In the order in which they need each other. */
static const struct {
  const char *type;
  void (*read)(Terraform *terraform, const Part *part);
} readers[] = {
    {"aws_api_gateway_method", read_method_part},
    {"aws_api_gateway_method_response", read_method_response_part},
    {"aws_api_gateway_integration", read_integration_part},
    {"aws_api_gateway_integration_response", read_integration_response_part},
    {"aws_api_gateway_gateway_response", read_gateway_response_part},
    {"aws_api_gateway_model", read_model_part},
    {"aws_api_gateway_stage", read_stage_part},
    {"aws_api_gateway_deployment", read_stage_part},
};

/* By name, type.name or whole address; of the same name the first. */
static bool is_called(const Part *part, Text name) {
  return text_equal(name, call_name(part->local)) || text_equal(name, part->local) ||
         text_equal(name, bytes(document_find(part->node, TEXT("address"))));
}

static bool choose(Terraform *terraform) {
  Loader *loader = terraform->loader;
  for (size_t i = 0; i < terraform->count; i++) {
    const Part *part = &terraform->parts[i];
    if (!is_type(part, "aws_api_gateway_rest_api")) continue;
    if (terraform->api == NULL && (loader->api.data == NULL || is_called(part, loader->api))) {
      terraform->api = part;
    } else if (loader->api.data == NULL) {
      Text name = call_name(part->local);
      bool alone =
          part->index.length == 0 && part->module->parent == NULL && !is_called(terraform->api, name);
      loader_other_api(loader, part->node, alone ? name : bytes(document_find(part->node, TEXT("address"))));
    }
  }
  return terraform->api != NULL || loader->api.data == NULL;
}

/* Methods of an API that stands elsewhere are read all the same. */
static void note_foreign_api(const Terraform *terraform) {
  for (size_t i = 0; i < terraform->count; i++) {
    if (!is_type(&terraform->parts[i], "aws_api_gateway_method")) continue;
    loader_note(terraform->loader, terraform->parts[i].node, "the API of this method stands elsewhere");
    return;
  }
}

bool read_terraform(Loader *loader, const cJSON *root) {
  Terraform terraform = {.loader = loader};
  const cJSON *values = document_find(root, TEXT("planned_values"));
  if (values == NULL) values = document_find(root, TEXT("values"));
  Module *top = ARENA_NEW(loader->arena, Module);
  top->name = top->index = TEXT_EMPTY;
  top->configuration = document_find(document_find(root, TEXT("configuration")), TEXT("root_module"));
  index_configuration(loader, top);
  collect(&terraform, document_find(values, TEXT("root_module")), top, 0);
  index_parts(&terraform);
  if (!choose(&terraform))
    return loader_fault(loader, root, "no API is named %.*s here", TEXT_ARGS(loader->api));
  if (terraform.api != NULL) read_api(&terraform, terraform.api);
  if (terraform.api == NULL) note_foreign_api(&terraform);
  for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
    for (size_t j = 0; j < terraform.count; j++)
      if (is_type(&terraform.parts[j], readers[i].type) && belongs(&terraform, &terraform.parts[j]))
        readers[i].read(&terraform, &terraform.parts[j]);
  return true;
}
