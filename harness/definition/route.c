/* Routing: a tree of path segments. At each level a literal goes before {parameter}, which goes before
 * {greedy+}; when a branch leads nowhere the next is tried. A tree node stands at one depth, so a look-up
 * visits each at most once. Witness: documented (developer guide, proxy resources); the order of branches and
 * the trailing slash: assumed. */
#include "harness/base/encoding.h"
#include "harness/definition/loader.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 256 };

typedef struct RouteMethod {
  Text method;
  size_t operation;
} RouteMethod;

struct RouteNode {
  Text segment;        /* literal; of a parameter its name without braces */
  RouteNode *literals; /* sorted when the tree is finished */
  size_t literal_count;
  RouteNode *parameter;
  RouteNode *greedy;
  bool is_parameter, is_greedy;
  RouteMethod *methods;
  size_t method_count;
};

/* ---- building ---- */

static bool is_parameter(Text segment, bool *greedy, Text *name) {
  if (segment.length < 2 || segment.data[0] != '{' || segment.data[segment.length - 1] != '}') return false;
  *name = text_slice(segment, 1, segment.length - 1);
  *greedy = text_ends(*name, TEXT("+"));
  if (*greedy) *name = text_slice(*name, 0, name->length - 1);
  return true;
}

static int by_segment(const void *left, const void *right) {
  return text_compare(((const RouteNode *)left)->segment, ((const RouteNode *)right)->segment);
}

static RouteNode *find_literal(const RouteNode *node, Text segment) {
  RouteNode wanted = {.segment = segment};
  if (node->literal_count == 0) return NULL;
  return bsearch(&wanted, node->literals, node->literal_count, sizeof(RouteNode), by_segment);
}

static Text next_segment(Text path, Text *rest) {
  if (path.length > 0 && path.data[0] == '/') path = text_slice(path, 1, path.length);
  size_t slash = text_find_char(path, '/', 0);
  *rest = slash == TEXT_NOT_FOUND ? TEXT_EMPTY : text_slice(path, slash, path.length);
  return slash == TEXT_NOT_FOUND ? path : text_slice(path, 0, slash);
}

/* Paths come sorted, so a literal that is there already is the last one. */
static RouteNode *child_for(RouteNode *node, Text segment, Arena *arena) {
  bool greedy = false;
  Text name = segment;
  if (is_parameter(segment, &greedy, &name)) {
    RouteNode **place = greedy ? &node->greedy : &node->parameter;
    if (*place == NULL) *place = ARENA_NEW(arena, RouteNode);
    (*place)->segment = name;
    (*place)->is_greedy = greedy;
    (*place)->is_parameter = !greedy;
    return *place;
  }
  if (node->literal_count > 0 && text_equal(node->literals[node->literal_count - 1].segment, segment))
    return &node->literals[node->literal_count - 1];
  RouteNode *fresh = ARENA_ADD(arena, node->literals, node->literal_count);
  fresh->segment = segment;
  return fresh;
}

/* As texts, with '/' before everything else: what shares its first segments stands together, and segments
 * come in by_segment's order. */
static int by_path(const void *left, const void *right) {
  Text first = (*(const Operation *const *)left)->resource_path;
  Text second = (*(const Operation *const *)right)->resource_path;
  size_t shorter = first.length < second.length ? first.length : second.length, at = 0;
  while (at < shorter && first.data[at] == second.data[at]) at++;
  if (at == shorter) {
    if (first.length != second.length) return first.length < second.length ? -1 : 1;
    return *(const Operation *const *)left < *(const Operation *const *)right ? -1 : 1;
  }
  int one = first.data[at] == '/' ? -1 : (unsigned char)first.data[at];
  int other = second.data[at] == '/' ? -1 : (unsigned char)second.data[at];
  return one < other ? -1 : 1;
}

static const RouteMethod *find_method(const RouteNode *node, Text method) {
  for (size_t i = 0; i < node->method_count; i++)
    if (text_equal_ignoring_case(node->methods[i].method, method)) return &node->methods[i];
  return NULL;
}

static void insert(Loader *loader, RouteNode *root, const Operation *operation) {
  RouteNode *node = root;
  size_t depth = 0;
  for (Text rest = operation->resource_path; rest.length > 1 && depth++ < SEGMENTS;) {
    Text segment = next_segment(rest, &rest);
    node = child_for(node, segment, loader->arena);
  }
  if (find_method(node, operation->method) != NULL) {
    loader_note(loader, NULL, "%.*s %.*s is defined twice: the first counts (line %u is not used)",
                TEXT_ARGS(operation->method), TEXT_ARGS(operation->resource_path), operation->place.line);
    return;
  }
  RouteMethod *method = ARENA_ADD(loader->arena, node->methods, node->method_count);
  *method = (RouteMethod){operation->method, (size_t)(operation - loader->definition->operations)};
}

void routes_build(Loader *loader) {
  Definition *definition = loader->definition;
  definition->routes = ARENA_NEW(loader->arena, RouteNode);
  size_t count = definition->operation_count;
  if (count == 0) return;
  const Operation **sorted = arena_alloc(loader->arena, count * sizeof *sorted);
  for (size_t i = 0; i < count; i++) sorted[i] = &definition->operations[i];
  qsort(sorted, count, sizeof *sorted, by_path);
  for (size_t i = 0; i < count; i++) insert(loader, definition->routes, sorted[i]);
}

/* ---- walking ---- */

typedef struct Walk {
  Text method;
  Text segments[SEGMENTS]; /* decoded */
  Text rests[SEGMENTS];    /* decoded: from this segment to the end */
  size_t count;
  const RouteNode *taken[SEGMENTS + 1];
  size_t depth;
  bool resource_seen;
} Walk;

static const RouteMethod *walk(Walk *state, const RouteNode *node, size_t at);

static const RouteMethod *method_of(Walk *state, const RouteNode *node) {
  if (node->method_count == 0) return NULL;
  state->resource_seen = true;
  const RouteMethod *found = find_method(node, state->method);
  return found != NULL ? found : find_method(node, TEXT("ANY"));
}

static const RouteMethod *step(Walk *state, const RouteNode *node, size_t next, size_t depth) {
  if (node == NULL || state->resource_seen) return NULL;
  state->taken[depth] = node;
  const RouteMethod *found = walk(state, node, next);
  if (found != NULL && state->depth == 0) state->depth = depth + 1;
  return found;
}

/* A resource that was reached decides, also when it doesn't have the method. */
static const RouteMethod *walk(Walk *state, const RouteNode *node, size_t at) {
  if (at == state->count) return method_of(state, node);
  const RouteMethod *found = step(state, find_literal(node, state->segments[at]), at + 1, at);
  if (found == NULL && state->segments[at].length > 0) found = step(state, node->parameter, at + 1, at);
  if (found == NULL) found = step(state, node->greedy, state->count, at);
  return found;
}

/* Without the trailing slash, which the gateway doesn't look at. */
static bool split_path(Walk *state, Text path, Arena *arena) {
  while (path.length > 0 && path.data[path.length - 1] == '/') path.length--;
  for (Text rest = path; rest.length > 0;) {
    if (state->count == SEGMENTS) return false;
    Text whole = rest.data[0] == '/' ? text_slice(rest, 1, rest.length) : rest;
    state->rests[state->count] = whole;
    state->segments[state->count++] = percent_decode(next_segment(rest, &rest), false, arena);
  }
  return true;
}

static void take_parameters(const Walk *state, Arena *arena, Headers *parameters) {
  for (size_t i = 0; i < state->depth; i++) {
    const RouteNode *node = state->taken[i];
    if (node->is_parameter) headers_add(parameters, node->segment, state->segments[i], arena);
    if (node->is_greedy)
      headers_add(parameters, node->segment, percent_decode(state->rests[i], false, arena), arena);
  }
}

static RouteAnswer route(const Definition *definition, Text method, Text path, Arena *passing,
                         const Operation **out, Headers *path_parameters) {
  Walk *state = ARENA_NEW(passing, Walk);
  state->method = method;
  if (definition->routes == NULL || !split_path(state, path, passing)) return ROUTE_NO_RESOURCE;
  const RouteMethod *found = walk(state, definition->routes, 0);
  if (found == NULL) return state->resource_seen ? ROUTE_NO_METHOD : ROUTE_NO_RESOURCE;
  *out = &definition->operations[found->operation];
  *path_parameters = (Headers){0};
  take_parameters(state, passing, path_parameters);
  return ROUTE_FOUND;
}

/* "/prod/pets" -> "/pets"; false when the path doesn't begin with the prefix. */
static bool strip_prefix(Text *path, Text prefix) {
  if (prefix.length > 0 && prefix.data[0] == '/') prefix = text_slice(prefix, 1, prefix.length);
  if (prefix.length == 0 || path->length < prefix.length + 1) return false;
  Text first = text_slice(*path, 1, prefix.length + 1);
  bool ends = path->length == prefix.length + 1 || path->data[prefix.length + 1] == '/';
  if (!ends || !text_equal(first, prefix)) return false;
  *path = text_slice(*path, prefix.length + 1, path->length);
  return true;
}

RouteAnswer definition_route(const Definition *definition, Text method, Text path, Arena *passing,
                             const Operation **out, Headers *path_parameters) {
  RouteAnswer answer = route(definition, method, path, passing, out, path_parameters);
  const Text prefixes[] = {definition->base_path, definition->stage};
  for (size_t i = 0; i < 2 && answer == ROUTE_NO_RESOURCE; i++) {
    Text inner = path;
    if (strip_prefix(&inner, prefixes[i]))
      answer = route(definition, method, inner, passing, out, path_parameters);
  }
  return answer;
}

/* /pets/{petId}/{proxy+} -> /pets/1/a/b */
static Text example_path(Text resource_path, Arena *arena) {
  Buffer path = buffer_make(arena, 0);
  for (Text rest = resource_path; rest.length > 0;) {
    size_t open = text_find_char(rest, '{', 0), close = text_find_char(rest, '}', 0);
    if (open == TEXT_NOT_FOUND || close == TEXT_NOT_FOUND || close < open) {
      buffer_append(&path, rest);
      break;
    }
    buffer_append(&path, text_slice(rest, 0, open));
    buffer_append_string(&path, rest.data[close - 1] == '+' ? "a/b" : "1");
    rest = text_slice(rest, close + 1, rest.length);
  }
  return path.length > 0 ? buffer_text(&path) : TEXT("/");
}

Request operation_example(const Operation *operation, Arena *arena) {
  Request request = {.method = text_is(operation->method, "ANY") ? TEXT("GET") : operation->method,
                     .resource_path = operation->resource_path};
  const Operation *routed = NULL;
  request_set_target(&request, example_path(operation->resource_path, arena), arena);
  definition_route(operation->definition, request.method, request.path, arena, &routed,
                   &request.path_parameters);
  return request;
}
