/* CloudFormation's functions, as far as their values can be known before a deployment: from parameters and
 * their defaults, mappings, conditions. What only a deployment knows stays as a visible ${Name}, with a note.
 * Each run of a computed text remembers the scalar it came from, so that an error inside a template below
 * Fn::Sub still points into the file. Witness: documented (CloudFormation user guide, intrinsic functions).
 */
#include "harness/base/encoding.h"
#include "harness/definition/loader.h"

#include <string.h>

enum { DEEPEST = 128, TEXT_LIMIT = 4 * 1024 * 1024 };

typedef enum Truth { TRUTH_UNKNOWN, TRUTH_ASKED, TRUTH_FALSE, TRUTH_TRUE } Truth;

typedef struct ConditionState {
  const cJSON *node;
  Truth truth;
} ConditionState;

struct Template {
  const cJSON *parameters, *mappings, *resources;
  ConditionState *conditions;
  size_t condition_count;
  int depth;
};

Template *template_new(Loader *loader, const cJSON *root) {
  Template *template = ARENA_NEW(loader->arena, Template);
  template->parameters = document_find(root, TEXT("Parameters"));
  template->mappings = document_find(root, TEXT("Mappings"));
  template->resources = document_find(root, TEXT("Resources"));
  const cJSON *condition;
  cJSON_ArrayForEach(condition, document_find(root, TEXT("Conditions")))
      ARENA_ADD(loader->arena, template->conditions, template->condition_count)
          ->node = condition;
  return template;
}

const cJSON *template_resources(const Template *template) {
  return template->resources;
}

static bool is_function(const cJSON *node, const char *name) {
  return cJSON_IsObject(node) && node->child != NULL && node->child->next == NULL &&
         strcmp(node->child->string, name) == 0;
}

bool is_intrinsic(const cJSON *node) {
  if (!cJSON_IsObject(node) || node->child == NULL || node->child->next != NULL) return false;
  const char *key = node->child->string;
  return strcmp(key, "Ref") == 0 || strncmp(key, "Fn::", 4) == 0 || strcmp(key, "Condition") == 0;
}

static const cJSON *item(const cJSON *list, int index) {
  return cJSON_IsArray(list) ? cJSON_GetArrayItem(list, index) : NULL;
}

/* False (told) when functions are nested too deeply; leave with `template->depth--`. */
static bool enter(Loader *loader, const cJSON *node) {
  if (loader->template->depth < DEEPEST) {
    loader->template->depth++;
    return true;
  }
  return loader_fault(loader, node, "functions are nested deeper than %d levels", DEEPEST);
}

/* ---- names ---- */

static Text placeholder(Loader *loader, Text name) {
  return arena_print(loader->arena, "${%.*s}", TEXT_ARGS(name));
}

/* The value of a parameter; data NULL when it isn't known. */
static Text parameter_value(Loader *loader, Text name) {
  const Header *given = headers_find_exact(&loader->parameters, name);
  if (given != NULL) return given->value;
  const cJSON *parameter = document_find(loader->template->parameters, name);
  const cJSON *type = document_find(parameter, TEXT("Type")),
              *value = document_find(parameter, TEXT("Default"));
  bool stored = cJSON_IsString(type) && strncmp(type->valuestring, "AWS::SSM::", 10) == 0;
  if (value == NULL || stored || cJSON_IsObject(value) || cJSON_IsArray(value)) return (Text){NULL, 0};
  return document_text(document_of(value), value);
}

/* Ref of a model gives its name, which definitions refer to. */
static Text model_name(Loader *loader, Text name) {
  const cJSON *resource = document_find(loader->template->resources, name);
  const cJSON *type = document_find(resource, TEXT("Type"));
  const cJSON *own = document_find(document_find(resource, TEXT("Properties")), TEXT("Name"));
  bool named =
      cJSON_IsString(type) && strcmp(type->valuestring, "AWS::ApiGateway::Model") == 0 && cJSON_IsString(own);
  return named ? document_text(document_of(own), own) : (Text){NULL, 0};
}

/* References between these are followed, so nobody needs to hear of them. */
static bool is_gateway_resource(const cJSON *resource) {
  const cJSON *type = document_find(resource, TEXT("Type"));
  return cJSON_IsString(type) && (strncmp(type->valuestring, "AWS::ApiGateway::", 17) == 0 ||
                                  strcmp(type->valuestring, "AWS::Serverless::Api") == 0);
}

static Text name_value(Loader *loader, Text name, const cJSON *node) {
  Text value = parameter_value(loader, name);
  if (value.data == NULL) value = model_name(loader, name);
  if (value.data != NULL) return value;
  if (text_is(name, "AWS::Partition")) return TEXT("aws");
  if (text_is(name, "AWS::URLSuffix")) return TEXT("amazonaws.com");
  const cJSON *resource = document_find(loader->template->resources, text_split(name, '.', &(Text){NULL, 0}));
  bool parameter = document_find(loader->template->parameters, name) != NULL;
  bool made_by_sam = resource == NULL && text_starts(name, TEXT("ServerlessRestApi"));
  if (made_by_sam) return placeholder(loader, name);
  if (parameter)
    loader_note_once(loader, name, node, "parameter %.*s has no value: it stays ${%.*s}", TEXT_ARGS(name),
                     TEXT_ARGS(name));
  else if (resource == NULL && loader->template->resources != NULL && !text_starts(name, TEXT("AWS::")))
    loader_note_once(loader, name, node, "nothing is named %.*s here: it stays ${%.*s}", TEXT_ARGS(name),
                     TEXT_ARGS(name));
  else if (!is_gateway_resource(resource))
    loader_note_once(loader, name, node, "${%.*s} is known when deployed", TEXT_ARGS(name));
  return placeholder(loader, name);
}

/* ---- conditions ---- */

static bool condition_named(Loader *loader, Text name, const cJSON *from);

static bool condition_holds(Loader *loader, const cJSON *node) {
  if (!enter(loader, node)) return true;
  const cJSON *value = node->child, *part;
  bool answer = true;
  if (is_function(node, "Condition")) {
    answer = condition_named(loader, loader_bytes(loader, value), node);
  } else if (is_function(node, "Fn::Equals")) {
    answer = text_equal(loader_bytes(loader, item(value, 0)), loader_bytes(loader, item(value, 1)));
  } else if (is_function(node, "Fn::Not")) {
    const cJSON *inner = item(value, 0);
    answer = cJSON_IsObject(inner) && !condition_holds(loader, inner);
  } else if (is_function(node, "Fn::And") || is_function(node, "Fn::Or")) {
    bool all = is_function(node, "Fn::And");
    answer = all;
    cJSON_ArrayForEach(part, value) if (cJSON_IsObject(part) && condition_holds(loader, part) != all) answer =
        !all;
  } else {
    loader_note(loader, node, "this condition can't be decided here: it is taken as true");
  }
  loader->template->depth--;
  return answer;
}

static bool condition_named(Loader *loader, Text name, const cJSON *from) {
  Template *template = loader->template;
  for (size_t i = 0; i < template->condition_count; i++) {
    ConditionState *state = &template->conditions[i];
    if (!text_is(name, state->node->string)) continue;
    if (state->truth == TRUTH_ASKED) return loader_fault(loader, from, "this condition depends on itself");
    if (state->truth == TRUTH_UNKNOWN) {
      state->truth = TRUTH_ASKED;
      bool holds = !cJSON_IsObject(state->node) || condition_holds(loader, state->node);
      state->truth = holds ? TRUTH_TRUE : TRUTH_FALSE;
    }
    return state->truth == TRUTH_TRUE;
  }
  loader_note_once(loader, name, from, "no condition is named %.*s: it is taken as true", TEXT_ARGS(name));
  return true;
}

bool template_condition(Loader *loader, const cJSON *resource) {
  const cJSON *condition = document_find(resource, TEXT("Condition"));
  return !cJSON_IsString(condition) || condition_named(loader, loader_bytes(loader, condition), condition);
}

/* ---- functions that lead to a node ---- */

/* {Name: AWS::Include, Parameters: {Location: path}} */
static const cJSON *see_transform(Loader *loader, const cJSON *node) {
  const cJSON *transform = node->child;
  Text name = loader_bytes(loader, document_find(transform, TEXT("Name")));
  const cJSON *location = document_find(document_find(transform, TEXT("Parameters")), TEXT("Location"));
  Text path = loader_bytes(loader, location);
  bool local =
      text_is(name, "AWS::Include") && path.length > 0 && text_find(path, TEXT("://"), 0) == TEXT_NOT_FOUND;
  if (!local) {
    loader_note(loader, node, "%.*s %.*s is not followed: only AWS::Include of local files is",
                TEXT_ARGS(name), TEXT_ARGS(path));
    return NULL;
  }
  const Document *document = loader_open(loader, location, path);
  return document != NULL ? loader_see(loader, document_root(document)) : NULL;
}

/* [map, first key, second key] */
static const cJSON *see_map(Loader *loader, const cJSON *node) {
  const cJSON *found = loader->template->mappings;
  for (int i = 0; i < 3 && found != NULL; i++)
    found = document_find(found, loader_bytes(loader, item(node->child, i)));
  return found;
}

const cJSON *intrinsic_see(Loader *loader, const cJSON *node) {
  if (!enter(loader, node)) return NULL;
  const cJSON *seen = node;
  if (is_function(node, "Fn::If")) {
    bool holds = condition_named(loader, loader_bytes(loader, item(node->child, 0)), node);
    seen = loader_see(loader, item(node->child, holds ? 1 : 2));
  } else if (is_function(node, "Fn::Transform")) {
    seen = see_transform(loader, node);
  } else if (is_function(node, "Fn::FindInMap")) {
    const cJSON *found = see_map(loader, node);
    if (found != NULL) seen = found;
  } else if (is_function(node, "Ref") &&
             text_is(document_text(document_of(node), node->child), "AWS::NoValue")) {
    seen = NULL;
  }
  loader->template->depth--;
  return seen;
}

/* ---- functions that make a text ---- */

typedef struct Composition {
  Loader *loader;
  Buffer text;
  TextPiece *pieces;
  size_t count;
} Composition;

static void append(Composition *composition, Text text, const cJSON *node, size_t from, bool verbatim) {
  if (text.length == 0) return;
  TextPiece *piece = ARENA_ADD(composition->loader->arena, composition->pieces, composition->count);
  *piece = (TextPiece){composition->text.length, node, from, verbatim};
  buffer_append(&composition->text, text);
}

static void append_source(Composition *composition, const SourceText *source, const cJSON *fallback) {
  for (size_t i = 0; i < source->piece_count; i++) {
    const TextPiece *piece = &source->pieces[i];
    size_t end = i + 1 < source->piece_count ? source->pieces[i + 1].at : source->text.length;
    append(composition, text_slice(source->text, piece->at, end), piece->node, piece->from, piece->verbatim);
  }
  if (source->piece_count > 0) return;
  append(composition, source->text, source->node != NULL ? source->node : fallback, 0, source->node != NULL);
}

static bool append_value(Composition *composition, const cJSON *node) {
  SourceText source;
  if (!loader_text(composition->loader, node, &source)) return false;
  append_source(composition, &source, node);
  return true;
}

/* Variables of Fn::Sub, each worked out once. */
typedef struct Variables {
  const cJSON *mapping;
  SourceText *values;
  size_t count;
} Variables;

static const SourceText *variable(Composition *composition, Variables *variables, Text name) {
  if (variables->mapping == NULL) return NULL;
  const cJSON *wanted = document_find(variables->mapping, name);
  if (wanted == NULL) return NULL;
  size_t index = 0;
  for (const cJSON *member = variables->mapping->child; member != wanted; member = member->next) index++;
  SourceText *value = &variables->values[index];
  if (value->text.data == NULL) {
    if (!loader_text(composition->loader, wanted, value)) return NULL;
    if (value->text.data == NULL) value->text = TEXT_EMPTY;
  }
  return value;
}

/* "text ${Name} ${Resource.Attribute} ${!literal}" */
static void substitute(Composition *composition, const cJSON *scalar, Variables *variables) {
  Text text = document_text(document_of(scalar), scalar);
  size_t run = 0;
  for (size_t at = text_find(text, TEXT("${"), 0); at != TEXT_NOT_FOUND;
       at = text_find(text, TEXT("${"), run)) {
    size_t end = text_find_char(text, '}', at);
    if (end == TEXT_NOT_FOUND) break;
    append(composition, text_slice(text, run, at), scalar, run, true);
    Text name = text_trim(text_slice(text, at + 2, end));
    const SourceText *value = variable(composition, variables, name);
    if (name.length > 0 && name.data[0] == '!') { /* ${!Name} is the text ${Name} */
      size_t behind = (size_t)(name.data - text.data) + 1;
      append(composition, text_slice(text, at, at + 2), scalar, at, true);
      append(composition, text_slice(text, behind, end + 1), scalar, behind, true);
    } else if (value != NULL) {
      append_source(composition, value, scalar);
    } else {
      append(composition, name_value(composition->loader, name, scalar), scalar, at, false);
    }
    run = end + 1;
  }
  append(composition, text_slice(text, run, text.length), scalar, run, true);
}

/* Fn::Sub: text | [text, {name: value}] */
static bool compose_sub(Composition *composition, const cJSON *value) {
  Loader *loader = composition->loader;
  Variables variables = {0};
  const cJSON *scalar = value;
  if (cJSON_IsArray(value)) {
    scalar = item(value, 0);
    variables.mapping = loader_mapping(loader, item(value, 1), "the variables of Fn::Sub");
    if (variables.mapping != NULL)
      variables.values =
          ARENA_ARRAY(loader->arena, SourceText, (size_t)cJSON_GetArraySize(variables.mapping));
  }
  if (!cJSON_IsString(scalar))
    return loader_fault(loader, value, "Fn::Sub takes a text, or a list of a text and a mapping");
  substitute(composition, scalar, &variables);
  return true;
}

static bool compose_ref(Composition *composition, const cJSON *value) {
  append(composition, name_value(composition->loader, loader_bytes(composition->loader, value), value), value,
         0, false);
  return true;
}

/* Fn::GetAtt: [resource, attribute] | "resource.attribute" */
static bool compose_attribute(Composition *composition, const cJSON *value) {
  Loader *loader = composition->loader;
  Text name = cJSON_IsArray(value)
                  ? arena_print(loader->arena, "%.*s.%.*s", TEXT_ARGS(loader_bytes(loader, item(value, 0))),
                                TEXT_ARGS(loader_bytes(loader, item(value, 1))))
                  : loader_bytes(loader, value);
  append(composition, name_value(loader, name, value), value, 0, false);
  return true;
}

/* Texts of a list, of Fn::Split, or of a parameter that holds a comma-delimited list. */
static bool list_texts(Loader *loader, const cJSON *node, SourceText **items, size_t *count) {
  const cJSON *list = loader_see(loader, node), *part;
  if (cJSON_IsArray(list)) {
    cJSON_ArrayForEach(part, list) {
      SourceText text;
      if (!loader_text(loader, part, &text)) return false;
      if (text.text.data != NULL) *ARENA_ADD(loader->arena, *items, *count) = text;
    }
    return true;
  }
  if (list == NULL || !is_intrinsic(list))
    return loader_fault(loader, node, "expected a list, not %s", document_kind(node));
  bool split = is_function(list, "Fn::Split");
  Text separator = split ? loader_bytes(loader, item(list->child, 0)) : TEXT(",");
  Text rest = loader_bytes(loader, split ? item(list->child, 1) : list);
  if (separator.length == 0) return loader_fault(loader, list, "Fn::Split needs a separator");
  for (;;) {
    size_t at = text_find(rest, separator, 0);
    *ARENA_ADD(loader->arena, *items, *count) =
        (SourceText){.text = text_slice(rest, 0, at == TEXT_NOT_FOUND ? rest.length : at)};
    if (at == TEXT_NOT_FOUND) return true;
    rest = text_slice(rest, at + separator.length, rest.length);
  }
}

/* Fn::Join: [separator, list] */
static bool compose_join(Composition *composition, const cJSON *value) {
  Loader *loader = composition->loader;
  SourceText *items = NULL;
  size_t count = 0;
  Text separator = loader_bytes(loader, item(value, 0));
  if (!list_texts(loader, item(value, 1) != NULL ? item(value, 1) : value, &items, &count)) return false;
  for (size_t i = 0; i < count; i++) {
    if (i > 0) append(composition, separator, value, 0, false);
    append_source(composition, &items[i], value);
  }
  return true;
}

/* Fn::Select: [index, list] */
static bool compose_select(Composition *composition, const cJSON *value) {
  Loader *loader = composition->loader;
  SourceText *items = NULL;
  size_t count = 0;
  int64_t index;
  if (!text_to_integer(loader_bytes(loader, item(value, 0)), &index) || index < 0)
    return loader_fault(loader, value, "Fn::Select takes an index and a list");
  if (!list_texts(loader, item(value, 1) != NULL ? item(value, 1) : value, &items, &count)) return false;
  if ((size_t)index < count) {
    append_source(composition, &items[index], value);
    return true;
  }
  loader_note(loader, value, "the list has no item %d: it stays ${Fn::Select}", (int)index);
  append(composition, TEXT("${Fn::Select}"), value, 0, false);
  return true;
}

static bool compose_base64(Composition *composition, const cJSON *value) {
  Loader *loader = composition->loader;
  append(composition, base64_encode(loader_bytes(loader, value), loader->arena), value, 0, false);
  return true;
}

static bool compose_import(Composition *composition, const cJSON *value) {
  Text name = loader_bytes(composition->loader, value);
  loader_note_once(composition->loader, name, value, "the export %.*s is known when deployed",
                   TEXT_ARGS(name));
  append(composition, placeholder(composition->loader, name), value, 0, false);
  return true;
}

static bool compose_json(Composition *composition, const cJSON *value) {
  Buffer json = buffer_make(composition->loader->arena, TEXT_LIMIT);
  json_write_node(&json, value);
  append(composition, buffer_text(&json), value, 0, false);
  return true;
}

static const struct {
  const char *name;
  bool (*compose)(Composition *composition, const cJSON *value);
} functions[] = {
    {"Ref", compose_ref},
    {"Fn::Sub", compose_sub},
    {"Fn::GetAtt", compose_attribute},
    {"Fn::Join", compose_join},
    {"Fn::Select", compose_select},
    {"Fn::Base64", compose_base64},
    {"Fn::ImportValue", compose_import},
    {"Fn::ToJsonString", compose_json},
};

/* What loader_see led to: a function that is left, or a scalar. */
static bool compose(Composition *composition, const cJSON *seen) {
  Loader *loader = composition->loader;
  if (!is_intrinsic(seen)) return append_value(composition, seen);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (is_function(seen, functions[i].name)) return functions[i].compose(composition, seen->child);
  loader_note(loader, seen, "%s can't be worked out here: it stays ${%s}", seen->child->string,
              seen->child->string);
  append(composition, placeholder(loader, text_from(seen->child->string)), seen, 0, false);
  return true;
}

bool intrinsic_text(Loader *loader, const cJSON *node, SourceText *out) {
  *out = (SourceText){0};
  const cJSON *seen = loader_see(loader, node); /* once: seeing works out what stands inside */
  if (seen == NULL) return true;
  if (!enter(loader, node)) return false;
  Composition composition = {.loader = loader, .text = buffer_make(loader->arena, TEXT_LIMIT)};
  bool good = compose(&composition, seen);
  loader->template->depth--;
  if (composition.text.overflowed)
    return loader_fault(loader, node, "makes a text of more than %d bytes", TEXT_LIMIT);
  Text text = buffer_text(&composition.text);
  *out = (SourceText){.text = text.data != NULL ? text : TEXT_EMPTY,
                      .place = document_place(document_of(node), node),
                      .pieces = composition.pieces,
                      .piece_count = composition.count};
  const TextPiece *piece = composition.pieces;
  bool whole = composition.count == 1 && piece->verbatim && piece->from == 0;
  if (whole) { /* nothing was put in: it is the scalar itself */
    out->document = document_of(piece->node);
    out->node = piece->node;
    out->place = document_place(out->document, out->node);
    out->pieces = NULL;
    out->piece_count = 0;
  }
  return good;
}
