#include "harness/spec/expand.h"

#include "harness/document/node.h"

#include <stdlib.h>
#include <string.h>

static const Node *node_of(const cJSON *json) {
  return (const Node *)(const void *)json;
}

/* ---- copies ---- */

static Node *copy_node(Reader *reader, const cJSON *node) {
  Node *copy = arena_alloc(reader->arena, sizeof *copy);
  *copy = *node_of(node);
  copy->json.next = copy->json.prev = NULL;
  return copy;
}

/* All of it, from somewhere else: nothing of it is written where it now stands. */
static Node *copy_foreign(Reader *reader, const cJSON *node) {
  Node *copy = copy_node(reader, node);
  cJSON *last = NULL;
  copy->rank = 1;
  copy->index = NULL;
  copy->json.child = NULL;
  if (reader->copied++ == DOCUMENT_COPIED_NODES)
    spec_fault(reader, node, "variables and defaults copy more than %d values", DOCUMENT_COPIED_NODES);
  if (reader->copied > DOCUMENT_COPIED_NODES) return copy;
  for (const cJSON *child = node->child; child != NULL; child = child->next) {
    cJSON *fresh = &copy_foreign(reader, child)->json;
    if (last == NULL)
      copy->json.child = fresh;
    else
      last->next = fresh;
    fresh->prev = last;
    last = fresh;
  }
  return copy;
}

static void set_text(Reader *reader, Node *node, Text text) {
  node->json.type = cJSON_String;
  node->json.child = NULL;
  node->json.valuestring = arena_copy_string(reader->arena, text);
  node->json.valueint = (int)text.length;
}

static void add_member(Node *object, cJSON **last, cJSON *member) {
  if (*last == NULL)
    object->json.child = member;
  else
    (*last)->next = member;
  member->prev = *last;
  *last = member;
}

/* The same kind of collection without members. */
static Node *copy_empty(Reader *reader, const cJSON *node) {
  Node *copy = copy_node(reader, node);
  copy->json.child = NULL;
  copy->index = NULL;
  copy->index_count = 0;
  return copy;
}

/* ---- variables ---- */

static const cJSON *find_variable(const Scope *scope, Text name) {
  for (; scope != NULL; scope = scope->outer) {
    const cJSON *found = scope->values != NULL ? document_find(scope->values, name) : NULL;
    if (found != NULL) return found;
  }
  return NULL;
}

static bool given_variable(const Reader *reader, Text name, Text *out) {
  const Header *given = headers_find_exact(&reader->variables, name);
  if (given != NULL) *out = given->value;
  return given != NULL;
}

static void unknown_variable(Reader *reader, const cJSON *node, size_t at, Text name, const Scope *scope) {
  enum { NAMES = 64 };
  const char *names[NAMES];
  size_t count = 0;
  for (; scope != NULL; scope = scope->outer)
    for (const cJSON *value = scope->values != NULL ? scope->values->child : NULL;
         value != NULL && count < NAMES; value = value->next)
      names[count++] = value->string;
  const char *near = text_suggest(name, names, count);
  document_text_fault(document_of(node), node, at, reader->faults,
                      near != NULL ? "unknown variable \"%.*s\" (did you mean \"%s\"?)"
                                   : "unknown variable \"%.*s\"; a literal ${ is written $${",
                      TEXT_ARGS(name), near);
}

static bool is_name(Text text) {
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    if (!letter && byte != '_' && !(i > 0 && ((byte >= '0' && byte <= '9') || byte == '-' || byte == '.')))
      return false;
  }
  return text.length > 0;
}

/* ${name} at `at`: its length, 0 when none begins there. */
static size_t reference_at(Text text, size_t at, Text *name) {
  if (!text_starts(text_slice(text, at, text.length), TEXT("${"))) return 0;
  size_t close = text_find_char(text, '}', at);
  if (close == TEXT_NOT_FOUND) return 0;
  *name = text_slice(text, at + 2, close);
  return is_name(*name) ? close + 1 - at : 0;
}

static Text variable_text(Reader *reader, const cJSON *value) {
  return cJSON_IsObject(value) || cJSON_IsArray(value) ? node_json(reader, value)
                                                       : document_text(document_of(value), value);
}

/* A text that is one reference and nothing more becomes the value itself. */
static const cJSON *whole_value(Reader *reader, const cJSON *node, const cJSON *value) {
  Node *copy = copy_foreign(reader, value);
  copy->json.string = node->string;
  copy->document = node_of(node)->document;
  copy->offset = node_of(node)->offset;
  copy->end = node_of(node)->end;
  copy->key_offset = node_of(node)->key_offset;
  return &copy->json;
}

static const cJSON *given_value(Reader *reader, const cJSON *node, Text text) {
  Node *copy = copy_node(reader, node);
  bool truth = text_is(text, "true") || text_is(text, "false");
  set_text(reader, copy, text);
  copy->rank = 1;
  if (text.length > 0 && json_number_length(text) == text.length) {
    copy->json.type = cJSON_Number;
    copy->json.valuedouble = strtod(copy->json.valuestring, NULL);
  } else if (truth) {
    copy->json.type = text_is(text, "true") ? cJSON_True : cJSON_False;
  }
  return &copy->json;
}

static const cJSON *expand_text(Reader *reader, const cJSON *node, const Scope *scope) {
  Text text = document_text(document_of(node), node), name, given;
  Buffer out = buffer_make(reader->arena, 0);
  if (text_find(text, TEXT("${"), 0) == TEXT_NOT_FOUND) return node;
  for (size_t at = 0; at < text.length;) {
    bool escaped = text_starts(text_slice(text, at, text.length), TEXT("$${"));
    size_t length = escaped ? 0 : reference_at(text, at, &name);
    if (length == 0) {
      buffer_append_char(&out, '$' == text.data[at] && escaped ? '$' : text.data[at]);
      if (escaped) buffer_append_char(&out, '{');
      at += escaped ? 3 : 1;
      continue;
    }
    const cJSON *value = NULL;
    if (given_variable(reader, name, &given)) {
      if (length == text.length) return given_value(reader, node, given);
      buffer_append(&out, given);
    } else if ((value = find_variable(scope, name)) != NULL) {
      if (length == text.length) return whole_value(reader, node, value);
      buffer_append(&out, variable_text(reader, value));
    } else {
      unknown_variable(reader, node, at, name, scope);
    }
    at += length;
  }
  Node *copy = copy_node(reader, node);
  set_text(reader, copy, out.length > 0 ? buffer_text(&out) : TEXT_EMPTY);
  copy->rank = 1;
  return &copy->json;
}

/* A collection is copied when a member of it changes; its other members are copied too, since a node stands
 * in one list only. */
const cJSON *expand_variables(Reader *reader, const cJSON *node, const Scope *scope) {
  if (!reader->has_variables) return node;
  if (cJSON_IsString(node)) return expand_text(reader, node, scope);
  bool changed = false;
  size_t count = 0, at = 0;
  for (const cJSON *item = node->child; item != NULL; item = item->next) count++;
  if (count == 0) return node;
  const cJSON **items = ARENA_ARRAY(reader->arena, const cJSON *, count);
  for (const cJSON *item = node->child; item != NULL; item = item->next, at++) {
    bool templates = item->string != NULL && strcmp(item->string, "method") == 0 && cJSON_IsObject(item);
    items[at] = templates ? item : expand_variables(reader, item, scope);
    changed = changed || items[at] != item;
  }
  if (!changed) return node;
  Node *copy = copy_empty(reader, node);
  cJSON *last = NULL;
  at = 0;
  for (const cJSON *item = node->child; item != NULL; item = item->next, at++)
    add_member(copy, &last, items[at] != item ? (cJSON *)items[at] : &copy_node(reader, item)->json);
  return &copy->json;
}

/* ---- defaults ---- */

/* These are values of their own: half of one isn't mixed with half of another. */
static bool is_whole(const char *key) {
  static const char *const keys[] = {"body",   "bodyBase64", "bodyFile", "subset", "schema",
                                     "result", "error",      "payload",  "method", "equals"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (strcmp(key, keys[i]) == 0) return true;
  return false;
}

static const cJSON *merge(Reader *reader, const cJSON *own, const cJSON *defaults) {
  Node *out = copy_empty(reader, own);
  cJSON *last = NULL;
  for (const cJSON *member = own->child; member != NULL; member = member->next) {
    const cJSON *other = document_find(defaults, text_from(member->string));
    bool both = cJSON_IsObject(member) && cJSON_IsObject(other) && !is_whole(member->string);
    const cJSON *value = both ? merge(reader, member, other) : member;
    add_member(out, &last, both ? (cJSON *)value : &copy_node(reader, value)->json);
  }
  for (const cJSON *member = defaults->child; member != NULL; member = member->next)
    if (document_find(own, text_from(member->string)) == NULL)
      add_member(out, &last, &copy_foreign(reader, member)->json);
  return &out->json;
}

/* `GET /pets/1` -> {method: GET, path: /pets/1}; 404 -> {status: 404}: so that defaults can join in. */
static const cJSON *open_shorthand(Reader *reader, const cJSON *node, const char *key) {
  Node *object = copy_empty(reader, node);
  cJSON *last = NULL;
  object->json.type = cJSON_Object;
  if (strcmp(key, "request") != 0) {
    Node *status = copy_node(reader, node);
    status->json.string = (char *)"status";
    add_member(object, &last, &status->json);
    return &object->json;
  }
  Text path, method = text_split(document_text(document_of(node), node), ' ', &path);
  Node *first = copy_node(reader, node), *second = copy_node(reader, node);
  set_text(reader, first, method);
  set_text(reader, second, text_trim(path));
  first->json.string = (char *)"method";
  second->json.string = (char *)"path";
  add_member(object, &last, &first->json);
  add_member(object, &last, &second->json);
  return &object->json;
}

static bool is_shorthand(const cJSON *node, const char *key) {
  if (strcmp(key, "request") == 0) {
    Text path = {NULL, 0};
    if (cJSON_IsString(node)) text_split(document_text(document_of(node), node), ' ', &path);
    return text_starts(text_trim(path), TEXT("/"));
  }
  bool status = strcmp(key, "expect") == 0 || strcmp(key, "backend") == 0;
  return status && (cJSON_IsNumber(node) || cJSON_IsArray(node) ||
                    (cJSON_IsString(node) && strcmp(node->valuestring, "none") != 0));
}

const cJSON *expand_defaults(Reader *reader, const cJSON *spec_case, const cJSON *defaults) {
  if (defaults == NULL || !cJSON_IsObject(spec_case)) return spec_case;
  Node *opened = copy_empty(reader, spec_case);
  cJSON *last = NULL;
  for (const cJSON *member = spec_case->child; member != NULL; member = member->next) {
    const cJSON *other = document_find(defaults, text_from(member->string));
    const cJSON *value = member;
    bool opens = cJSON_IsObject(other) && is_shorthand(member, member->string);
    if (opens) value = open_shorthand(reader, member, member->string);
    add_member(opened, &last, opens ? (cJSON *)value : &copy_node(reader, value)->json);
  }
  return merge(reader, &opened->json, defaults);
}

const cJSON *expand_name(Reader *reader, const cJSON *spec_case, Text name) {
  Node *copy = copy_empty(reader, spec_case);
  cJSON *last = NULL;
  for (const cJSON *member = spec_case->child; member != NULL; member = member->next) {
    Node *fresh = copy_node(reader, member);
    bool named = strcmp(member->string, "name") == 0;
    if (named) set_text(reader, fresh, name);
    if (named) fresh->rank = 1;
    add_member(copy, &last, &fresh->json);
  }
  return &copy->json;
}
