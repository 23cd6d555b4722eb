/* Shapes are read off compiled templates: $input.path('$.a').b, #set($x = …) and #foreach($y in …) are
 * followed, so that $y.c becomes $.a.b[*].c. */
#include "harness/compare/explore.h"

#include "harness/vtl/node.h"

enum { SHAPE_DEEPEST = 12, SHAPE_MEMBERS = 64, PASSES = 3 };

Shape *shape_new(Arena *arena) {
  return ARENA_NEW(arena, Shape);
}

static Shape *member(Shape *shape, Text name, Arena *arena) {
  size_t count = 0;
  Shape **end = &shape->members;
  for (; *end != NULL; end = &(*end)->next, count++)
    if (text_equal((*end)->name, name)) return *end;
  if (count == SHAPE_MEMBERS || shape->depth == SHAPE_DEEPEST) return shape;
  Shape *made = shape_new(arena);
  made->name = name;
  made->depth = shape->depth + 1;
  return *end = made;
}

/* ---- JSON paths, as far as they name members ---- */

/* path = "$" *( "." name | ".." name | "[" index / "'" name "'" "]" ) */
static Shape *follow_path(Shape *root, Text path, Arena *arena) {
  Shape *shape = root;
  for (size_t at = 1; at < path.length;) {
    char byte = path.data[at];
    if (byte == '.') {
      at++;
      continue;
    }
    if (byte == '[') {
      size_t end = text_find_char(path, ']', at);
      if (end == TEXT_NOT_FOUND) return shape;
      bool quoted = end > at + 3 && (path.data[at + 1] == '\'' || path.data[at + 1] == '"');
      if (quoted)
        shape = member(shape, text_slice(path, at + 2, end - 1), arena);
      else
        shape->is_list = true;
      if (at + 1 < end && path.data[at + 1] == '?') return shape;
      at = end + 1;
      continue;
    }
    size_t from = at;
    while (at < path.length && path.data[at] != '.' && path.data[at] != '[' && path.data[at] != '(') at++;
    Text name = text_slice(path, from, at);
    if (at < path.length && path.data[at] == '(') return shape; /* a function: $.a.length() */
    if (text_is(name, "*"))
      shape->is_list = true;
    else if (name.length > 0)
      shape = member(shape, name, arena);
    if (name.length == 0) return shape;
  }
  return shape;
}

/* ---- templates ---- */

typedef struct ShapeReader {
  const VtlTemplate *compiled;
  Shape *root;
  Shape **known; /* by slot: what a variable stands for; NULL: nothing of the body */
  Arena *arena;
} ShapeReader;

static bool text_constant(const ShapeReader *reader, NodeIndex at, Text *out) {
  const Node *node = &reader->compiled->nodes[at];
  if (at == 0) return false;
  if (node->kind == NODE_CONSTANT && node->as.value.kind == VALUE_TEXT) {
    *out = value_text(node->as.value, reader->arena);
    return true;
  }
  /* "$.a.b" in double quotes is interpolated: one text in a block. */
  if (node->kind == NODE_INTERPOLATED || node->kind == NODE_BLOCK)
    return text_constant(reader, node->child, out);
  if (node->kind != NODE_TEXT || node->next != 0) return false;
  *out = text_trim(node->as.text); /* a blank was added behind it */
  return true;
}

static Shape *step_method(const ShapeReader *reader, Shape *shape, const Node *step) {
  Text argument;
  if (text_is(step->as.text, "size") || text_is(step->as.text, "iterator")) {
    shape->is_list = true;
    return NULL;
  }
  if (!text_is(step->as.text, "get")) return NULL;
  if (text_constant(reader, step->child, &argument)) return member(shape, argument, reader->arena);
  shape->is_list = true;
  return shape;
}

/* What the reference reads of the body; NULL: nothing, or what a method made of it. */
static Shape *follow_reference(const ShapeReader *reader, const Node *node) {
  if (node->kind != NODE_REFERENCE || node->as.reference.slot == VTL_NO_SLOT) return NULL;
  const Node *nodes = reader->compiled->nodes;
  Shape *shape = reader->known[node->as.reference.slot];
  NodeIndex at = node->child;
  if (text_is(reader->compiled->names[node->as.reference.slot], "input") && at != 0) {
    Text path;
    bool reads = nodes[at].kind == NODE_METHOD &&
                 (text_is(nodes[at].as.text, "path") || text_is(nodes[at].as.text, "json"));
    if (!reads || !text_constant(reader, nodes[at].child, &path) || path.length == 0 || path.data[0] != '$')
      return NULL;
    shape = follow_path(reader->root, path, reader->arena);
    at = nodes[at].next;
  }
  for (; at != 0 && shape != NULL; at = nodes[at].next) {
    switch (nodes[at].kind) {
    case NODE_PROPERTY: shape = member(shape, nodes[at].as.text, reader->arena); break;
    case NODE_INDEX: shape->is_list = true; break;
    default: shape = step_method(reader, shape, &nodes[at]); break;
    }
  }
  return shape;
}

static void read_node(const ShapeReader *reader, const Node *node) {
  const Node *nodes = reader->compiled->nodes;
  Shape *shape;
  switch (node->kind) {
  case NODE_REFERENCE: follow_reference(reader, node); return;
  case NODE_SET: {
    const Node *target = &nodes[node->child];
    bool plain = target->kind == NODE_REFERENCE && target->child == 0;
    shape = node->child != 0 && target->next != 0 ? follow_reference(reader, &nodes[target->next]) : NULL;
    if (shape != NULL && plain && target->as.reference.slot != VTL_NO_SLOT)
      reader->known[target->as.reference.slot] = shape;
    return;
  }
  case NODE_FOREACH:
    shape = node->as.loop.list != 0 ? follow_reference(reader, &nodes[node->as.loop.list]) : NULL;
    if (shape == NULL || node->as.loop.slot == VTL_NO_SLOT) return;
    shape->is_list = true;
    reader->known[node->as.loop.slot] = shape;
    return;
  default: return;
  }
}

static void add_word(Words *words, Text json) {
  enum { LONGEST = 200 };
  if (words->count == WORDS_MOST || json.length > LONGEST) return;
  for (size_t i = 0; i < words->count; i++)
    if (text_equal(words->items[i], json)) return;
  words->items[words->count++] = json;
}

static void read_word(const ShapeReader *reader, const Node *node, Words *words) {
  int64_t number;
  if (node->kind != NODE_CONSTANT) return;
  if (node->as.value.kind == VALUE_TEXT) {
    Text text = value_text(node->as.value, reader->arena);
    if (text.length > 0 && text.data[0] != '$') add_word(words, json_quote(text, reader->arena));
  } else if (value_to_long(node->as.value, &number)) {
    add_word(words, arena_print(reader->arena, "%lld", (long long)number));
  }
}

void shape_add_template(Shape *root, const Text source, Words *words, Arena *arena) {
  VtlTemplate *compiled;
  if (source.length == 0 || !vtl_compile(source, arena, &compiled, NULL)) return;
  ShapeReader reader = {.compiled = compiled,
                        .root = root,
                        .known = ARENA_ARRAY(arena, Shape *, compiled->name_count + 1),
                        .arena = arena};
  for (int pass = 0; pass < PASSES; pass++) /* a variable may be set behind the place that reads it */
    for (uint32_t i = 1; i < compiled->node_count; i++) read_node(&reader, &compiled->nodes[i]);
  for (uint32_t i = 1; i < compiled->node_count; i++) read_word(&reader, &compiled->nodes[i], words);
}

void shape_add_parameters(Shape *root, const Parameters *parameters, Arena *arena) {
  static const char *const prefixes[] = {"integration.response.body", "method.request.body"};
  for (size_t i = 0; i < parameters->count; i++)
    for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++) {
      Text prefix = text_from(prefixes[k]), source = parameters->items[i].source;
      if (text_starts(source, prefix))
        follow_path(root,
                    arena_print(arena, "$%.*s", TEXT_ARGS(text_slice(source, prefix.length, source.length))),
                    arena);
    }
}

/* ---- schemas ---- */

static void add_schema(Shape *shape, const cJSON *schema, Arena *arena) {
  const cJSON *items = document_get(schema, "items"), *type = document_get(schema, "type");
  const cJSON *values = document_get(schema, "enum"), *property;
  if (items != NULL && shape->depth < SHAPE_DEEPEST) {
    shape->is_list = true;
    schema = items;
    type = document_get(schema, "type");
  }
  const cJSON *properties = document_get(schema, "properties");
  cJSON_ArrayForEach(property, properties) {
    Shape *made = member(shape, text_from(property->string), arena);
    if (made != shape) add_schema(made, property, arena);
  }
  if (cJSON_IsString(type) &&
      (text_is(text_from(type->valuestring), "integer") || text_is(text_from(type->valuestring), "number")))
    shape->kind = SHAPE_NUMBER;
  if (cJSON_IsString(type) && text_is(text_from(type->valuestring), "boolean")) shape->kind = SHAPE_BOOLEAN;
  if (cJSON_IsArray(values) && values->child != NULL) {
    Buffer word = buffer_make(arena, 0);
    json_write_node(&word, values->child);
    shape->word = buffer_text(&word);
  }
}

void shape_add_schema(Shape *root, const cJSON *schema, Arena *arena) {
  if (cJSON_IsObject(schema)) add_schema(root, schema, arena);
}

/* ---- writing ---- */

static void write_one(const Shape *shape, bool numbers, Buffer *out) {
  if (shape->members == NULL) {
    static const char *const leaves[] = {"\"x\"", "1", "true"};
    if (shape->word.data != NULL)
      buffer_append(out, shape->word);
    else
      buffer_append_string(out, leaves[numbers && shape->kind == SHAPE_TEXT ? SHAPE_NUMBER : shape->kind]);
    return;
  }
  bool first = true;
  buffer_append_char(out, '{');
  for (const Shape *at = shape->members; at != NULL; at = at->next) {
    if (!first) buffer_append_char(out, ',');
    first = false;
    json_write_text(out, at->name);
    buffer_append_char(out, ':');
    shape_write(at, numbers, out);
  }
  buffer_append_char(out, '}');
}

void shape_write(const Shape *shape, bool numbers, Buffer *out) {
  if (!shape->is_list) {
    write_one(shape, numbers, out);
    return;
  }
  buffer_append_char(out, '[');
  write_one(shape, numbers, out);
  buffer_append_char(out, ']');
}
