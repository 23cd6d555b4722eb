/* $input, $context and $stageVariables. Assumed where velocity-version.md calls it an open choice:
 * $input.json of null is `""`, an invalid path or a document that is `null` fails the rendering,
 * $stageVariables prints as a map. */
#include "harness/mapping/objects_parts.h"

/* ---- $input ---- */

typedef struct Input {
  Object object;
  Text body;
  Map *params;
  PathCache *paths;
  Value document; /* parsed at the first use, then changed by templates as they like (fact 34) */
  bool parsed;
} Input;

static VtlAnswer throw(Fault * fault, const char *exception) {
  fault_raise(fault, FAULT_INPUT, "%s", exception);
  return VTL_THROWS;
}

static bool parse_body(Input *input, Arena *passing, Fault *fault) {
  if (input->parsed) return true;
  if (!value_read(input->body, passing, &input->document, fault))
    return fault_wrap(fault, "Could not process payload");
  input->parsed = true;
  return true;
}

/* VTL_FOUND, or VTL_MISSING for PathNotFoundException. */
static VtlAnswer read_path(Input *input, Value path, Arena *passing, Value *result, Fault *fault) {
  if (!parse_body(input, passing, fault)) return VTL_THROWS;
  if (value_is_null(input->document))
    return throw(fault, "java.lang.IllegalArgumentException: json can not be null");
  if (value_is_null(path))
    return throw(fault, "java.lang.IllegalArgumentException: json can not be null or empty");
  const JsonPath *compiled = path_cache_compile(input->paths, value_text(path, passing), passing, fault);
  if (compiled == NULL) return VTL_THROWS;
  switch (jsonpath_read(compiled, input->document, passing, result, fault)) {
  case JSONPATH_FOUND: return VTL_FOUND;
  case JSONPATH_MISSING: return VTL_MISSING;
  default: return VTL_THROWS;
  }
}

static VtlAnswer input_path(Input *input, const Value *arguments, Arena *passing, Value *result,
                            Fault *fault) {
  VtlAnswer answer = read_path(input, arguments[0], passing, result, fault);
  if (answer != VTL_MISSING) return answer;
  *result = value_null();
  return VTL_FOUND;
}

static VtlAnswer input_json(Input *input, const Value *arguments, Arena *passing, Value *result,
                            Fault *fault) {
  Value value;
  VtlAnswer answer = read_path(input, arguments[0], passing, &value, fault);
  if (answer == VTL_THROWS) return answer;
  if (answer == VTL_MISSING || value_is_null(value)) {
    *result = value_from_text(TEXT("\"\""));
    return VTL_FOUND;
  }
  Buffer json = buffer_make(passing, 64 * 1024 * 1024);
  value_write_json(value, &json);
  if (json.overflowed) return throw(fault, "this value can't be written as JSON");
  *result = value_from_text(buffer_text(&json));
  return VTL_FOUND;
}

static VtlAnswer input_params(Input *input, const Value *arguments, Arena *passing, Value *result,
                              Fault *fault) {
  (void)arguments;
  (void)passing;
  (void)fault;
  *result = value_from_map(input->params);
  return VTL_FOUND;
}

/* path, then query string, then header (documented); the maps may have been replaced by the template. */
static VtlAnswer input_param(Input *input, const Value *arguments, Arena *passing, Value *result,
                             Fault *fault) {
  (void)passing;
  *result = value_from_text(TEXT_EMPTY);
  for (uint32_t i = 0; i < input->params->count; i++) {
    Value map = input->params->entries[i].value;
    if (map.kind != VALUE_MAP) return throw(fault, "java.lang.ClassCastException: not a Map");
    const Value *value = map_get(map.as.map, arguments[0]);
    if (value == NULL || value_is_null(*value)) continue;
    *result = *value;
    break;
  }
  return VTL_FOUND;
}

static VtlAnswer input_body(Input *input, const Value *arguments, Arena *passing, Value *result,
                            Fault *fault) {
  (void)arguments;
  (void)passing;
  (void)fault;
  *result = value_from_text(input->body);
  return VTL_FOUND;
}

/* Overloads: the one with a fitting argument first. A method without parameters is found whatever it is
 * given, and then fails (fact 28). */
static const struct InputMethod {
  Text name;
  bool takes_text;
  VtlAnswer (*answer)(Input *input, const Value *arguments, Arena *passing, Value *result, Fault *fault);
} methods[] = {
    {TEXT_INIT("path"), true, input_path},     {TEXT_INIT("json"), true, input_json},
    {TEXT_INIT("params"), true, input_param},  {TEXT_INIT("params"), false, input_params},
    {TEXT_INIT("getBody"), false, input_body},
};

static VtlAnswer input_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                            Value *result, Fault *fault) {
  bool text = count == 1 && (arguments[0].kind == VALUE_TEXT || value_is_null(arguments[0]));
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    if (!text_equal(methods[i].name, method) || (methods[i].takes_text && !text)) continue;
    if (!methods[i].takes_text && count > 0)
      return throw(fault, "java.lang.IllegalArgumentException: wrong number of arguments");
    return methods[i].answer((Input *)self, arguments, passing, result, fault);
  }
  return VTL_MISSING;
}

static VtlAnswer input_property(Object *self, Text name, Arena *passing, Value *result, Fault *fault) {
  (void)passing;
  (void)fault;
  if (!text_is(name, "body") && !text_is(name, "Body")) return VTL_MISSING;
  *result = value_from_text(((const Input *)self)->body);
  return VTL_FOUND;
}

/* Prints as nothing (inferred from adjusted recordings). */
static Text input_print(const Object *object, Arena *arena) {
  (void)object;
  (void)arena;
  return TEXT_EMPTY;
}

static const VtlObjectType input_type = {
    .object = {.class_name = TEXT_INIT("Input"), .print = input_print},
    .call = input_call,
    .property = input_property,
};

static Map *copy_params(const Map *params, Arena *passing) {
  Map *copy = map_new(MAP_LINKED, passing);
  for (uint32_t i = 0; params != NULL && i < params->count; i++)
    map_put(copy, params->entries[i].key, params->entries[i].value, passing);
  return copy;
}

static Value input_object(const TemplateInputs *inputs, Arena *passing) {
  Input *input = ARENA_NEW(passing, Input);
  input->object.type = &input_type.object;
  input->body = inputs->body.length > 0 ? inputs->body : TEXT("{}");
  input->paths = inputs->paths;
  input->params = map_new(MAP_LINKED, passing);
  map_put_text(input->params, TEXT("path"), value_from_map(copy_params(inputs->path, passing)), passing);
  map_put_text(input->params, TEXT("querystring"), value_from_map(copy_params(inputs->querystring, passing)),
               passing);
  map_put_text(input->params, TEXT("header"), value_from_map(copy_params(inputs->header, passing)), passing);
  return value_object(&input->object);
}

/* ---- $context ---- */

Map *template_context_new(Arena *arena) {
  Map *map = map_new(MAP_HASH, arena);
  map->prints_empty = true;
  return map;
}

enum { CONTEXT_DEPTH = 64 };

static Map *context_from(Value json, int depth, Arena *arena) {
  Map *map = template_context_new(arena);
  if (json.kind != VALUE_MAP || depth == CONTEXT_DEPTH) return map;
  for (uint32_t i = 0; i < json.as.map->count; i++) {
    const MapEntry *entry = &json.as.map->entries[i];
    bool deeper = entry->value.kind == VALUE_MAP;
    map_put(map, entry->key,
            deeper ? value_from_map(context_from(entry->value, depth + 1, arena)) : entry->value, arena);
  }
  return map;
}

Map *template_context_from(Value json, Arena *arena) {
  return context_from(json, 0, arena);
}

Map *template_context_child(Map *context, Text name, Arena *arena) {
  const Value *held = map_get_text(context, name);
  if (held != NULL && held->kind == VALUE_MAP) return held->as.map;
  Map *child = template_context_new(arena);
  map_put_text(context, name, value_from_map(child), arena);
  return child;
}

/* ---- the set ---- */

void template_objects_make(const TemplateInputs *inputs, Arena *passing, TemplateObjects *out) {
  Map *context = inputs->context != NULL ? inputs->context : template_context_new(passing);
  Map *request = template_context_child(context, TEXT("requestOverride"), passing);
  template_context_child(request, TEXT("path"), passing);
  template_context_child(request, TEXT("header"), passing);
  template_context_child(request, TEXT("querystring"), passing);
  Map *response = template_context_child(context, TEXT("responseOverride"), passing);
  template_context_child(response, TEXT("header"), passing);
  Map *stage = inputs->stage_variables != NULL ? inputs->stage_variables : map_new(MAP_LINKED, passing);
  *out = (TemplateObjects){.bindings = {{TEXT("input"), input_object(inputs, passing)},
                                        {TEXT("util"), util_object(passing)},
                                        {TEXT("context"), value_from_map(context)},
                                        {TEXT("stageVariables"), value_from_map(stage)}},
                           .context = context,
                           .request_override = request,
                           .response_override = response};
}
