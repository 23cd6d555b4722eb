/* $foreach and the blocks of #define. */
#include "harness/vtl/run.h"

#include "harness/base/utf8.h"

/* ---- $foreach ---- */

/* An AbstractMap whose getters go first (witness: seen, $foreach.index and the like; $foreach.x = 1 is kept).
 */
static Text scope_print(const Object *object, Arena *arena) {
  const Scope *scope = (const Scope *)object;
  return scope->storage == NULL ? TEXT("{}") : value_to_text(value_from_map(scope->storage), arena);
}

static bool scope_equal(const Object *object, Value other);
static VtlAnswer scope_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                            Value *result, Fault *fault);
static VtlAnswer scope_property(Object *self, Text name, Arena *passing, Value *result, Fault *fault);

static const VtlObjectType scope_type = {
    .object = {.class_name = TEXT_INIT("org.apache.velocity.runtime.directive.ForeachScope"),
               .print = scope_print,
               .equal = scope_equal},
    .call = scope_call,
    .property = scope_property,
};

Scope *scope_new(NodeIndex loop, Value previous, const VtlTemplate *compiled, Arena *arena) {
  Scope *scope = ARENA_NEW(arena, Scope);
  *scope = (Scope){.object = {&scope_type.object},
                   .loop = loop,
                   .parent = scope_of(previous),
                   .index = -1,
                   .compiled = compiled};
  if (scope->parent == NULL) scope->replaced = previous;
  return scope;
}

Scope *scope_of(Value value) {
  bool is_scope = value.kind == VALUE_OBJECT && value.as.object->type == &scope_type.object;
  return is_scope ? (Scope *)value.as.object : NULL;
}

Map *scope_storage(Scope *scope, Arena *arena) {
  if (scope->storage == NULL) scope->storage = map_new(MAP_HASH, arena);
  return scope->storage;
}

Value scope_replaced(const Scope *scope) {
  while (value_is_null(scope->replaced) && scope->parent != NULL) scope = scope->parent;
  return scope->replaced;
}

/* As AbstractMap compares: by entries. */
static bool scope_equal(const Object *object, Value other) {
  const Scope *scope = (const Scope *)object, *second = scope_of(other);
  if (scope == second) return true;
  const Map *entries = second != NULL ? second->storage : other.kind == VALUE_MAP ? other.as.map : NULL;
  if (second == NULL && entries == NULL) return false;
  bool empty = entries == NULL || entries->count == 0;
  if (scope->storage == NULL || empty) return empty && (scope->storage == NULL || scope->storage->count == 0);
  return value_equal(value_from_map(scope->storage), value_from_map((Map *)(uintptr_t)entries));
}

static int32_t scope_depth(const Scope *scope) {
  int32_t depth = 1;
  for (; scope->parent != NULL; scope = scope->parent) depth++;
  return depth;
}

static Value scope_topmost(Scope *scope) {
  while (scope->parent != NULL) scope = scope->parent;
  return value_object(&scope->object);
}

static Value scope_entry(Scope *scope, Text name) {
  for (; scope != NULL; scope = scope->parent) {
    const Value *value = scope->storage == NULL ? NULL : map_get_text(scope->storage, name);
    if (value != NULL) return *value;
  }
  return value_null();
}

/* ---- $foreach.info ---- */

typedef struct ScopeInfo {
  Object object;
  const Scope *scope;
} ScopeInfo;

/* Where Velocity says the loop stands: columns count UTF-16 units, and tabs reach to the next multiple of
 * eight. */
static Place info_place(const ScopeInfo *info) {
  Text source = info->scope->compiled->source;
  size_t offset = info->scope->compiled->nodes[info->scope->loop].offset;
  Place place = place_of(NULL, source, offset);
  size_t at = offset;
  while (at > 0 && source.data[at - 1] != '\n' && source.data[at - 1] != '\r') at--;
  uint32_t column = 0;
  while (at < offset) {
    bool tab = source.data[at] == '\t';
    uint32_t character = utf8_next(source, &at);
    column += tab ? 8 - column % 8 : character > 0xFFFF ? 2 : 1;
  }
  place.column = column + 1;
  return place;
}

/* The template's name is assumed: what the gateway calls its templates isn't known. */
static const Text template_name = TEXT_INIT("t");

static Text info_print(const Object *object, Arena *arena) {
  const ScopeInfo *info = (const ScopeInfo *)object;
  Place place = info_place(info);
  int32_t depth = scope_depth(info->scope);
  Text deep = depth > 1 ? arena_print(arena, " depth:%d", depth) : TEXT_EMPTY;
  return arena_print(arena, "#foreach[type:block%.*s template:%.*s line:%u column:%u]", TEXT_ARGS(deep),
                     TEXT_ARGS(template_name), place.line, place.column);
}

static VtlAnswer info_property(Object *self, Text name, Arena *passing, Value *result, Fault *fault) {
  (void)passing;
  (void)fault;
  const ScopeInfo *info = (const ScopeInfo *)self;
  if (text_is(name, "name"))
    *result = value_from_text(TEXT("foreach"));
  else if (text_is(name, "type"))
    *result = value_from_text(TEXT("block"));
  else if (text_is(name, "template"))
    *result = value_from_text(template_name);
  else if (text_is(name, "depth"))
    *result = value_integer(scope_depth(info->scope));
  else if (text_is(name, "line"))
    *result = value_integer((int32_t)info_place(info).line);
  else if (text_is(name, "column"))
    *result = value_integer((int32_t)info_place(info).column);
  else
    return VTL_MISSING;
  return VTL_FOUND;
}

/* getName -> name; empty when it is no getter's name. */
static Text getter_property(Text method, Arena *arena) {
  if (!text_starts(method, TEXT("get")) || method.length == 3) return TEXT_EMPTY;
  Text name = arena_copy_text(arena, text_slice(method, 3, method.length));
  char *first = (char *)(uintptr_t)name.data;
  if (*first < 'A' || *first > 'Z') return TEXT_EMPTY;
  *first = (char)(*first - 'A' + 'a');
  return name;
}

static VtlAnswer info_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                           Value *result, Fault *fault) {
  (void)arguments;
  if (count > 0) return VTL_MISSING;
  if (text_is(method, "toString")) {
    *result = value_from_text(info_print(self, passing));
    return VTL_FOUND;
  }
  return info_property(self, getter_property(method, passing), passing, result, fault);
}

static const VtlObjectType info_type = {
    .object = {.class_name = TEXT_INIT("org.apache.velocity.runtime.directive.Scope$Info"),
               .print = info_print},
    .call = info_call,
    .property = info_property,
};

static Value scope_info(const Scope *scope, Arena *arena) {
  ScopeInfo *info = ARENA_NEW(arena, ScopeInfo);
  *info = (ScopeInfo){{&info_type.object}, scope};
  return value_object(&info->object);
}

/* ---- getters ---- */

static bool scope_getter(Scope *scope, Text name, Arena *arena, Value *result) {
  if (text_is(name, "index"))
    *result = value_integer(scope->index);
  else if (text_is(name, "count"))
    *result = value_integer(scope->index + 1);
  else if (text_is(name, "hasNext"))
    *result = value_boolean(scope->has_next);
  else if (text_is(name, "first"))
    *result = value_boolean(scope->index < 1);
  else if (text_is(name, "last"))
    *result = value_boolean(!scope->has_next);
  else if (text_is(name, "parent"))
    *result = scope->parent == NULL ? value_null() : value_object(&scope->parent->object);
  else if (text_is(name, "topmost"))
    *result = scope_topmost(scope);
  else if (text_is(name, "replaced"))
    *result = scope_replaced(scope);
  else if (text_is(name, "info"))
    *result = scope_info(scope, arena);
  else
    return false;
  return true;
}

/* Velocity tries getHasNext, then gethasNext: the first letter of a property may be written large. */
static Text small_first(Text name, Arena *arena) {
  if (name.length == 0 || name.data[0] < 'A' || name.data[0] > 'Z') return name;
  char *copy = arena_copy_string(arena, name);
  copy[0] = (char)(copy[0] - 'A' + 'a');
  return (Text){copy, name.length};
}

static VtlAnswer scope_property(Object *self, Text name, Arena *passing, Value *result, Fault *fault) {
  Scope *scope = (Scope *)self;
  if (scope_getter(scope, small_first(name, passing), passing, result)) return VTL_FOUND;
  if (text_is(name, "class"))
    return method_call(value_object(self), method_number(TEXT("getClass")), TEXT("getClass"), NULL, 0,
                       passing, result, fault);
  *result = scope_entry(scope, name);
  return VTL_FOUND;
}

static VtlAnswer scope_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                            Value *result, Fault *fault) {
  Scope *scope = (Scope *)self;
  static const Text booleans[] = {TEXT_INIT("hasNext"), TEXT_INIT("isFirst"), TEXT_INIT("isLast")};
  static const Text names[] = {TEXT_INIT("hasNext"), TEXT_INIT("first"), TEXT_INIT("last")};
  Text name = getter_property(method, passing);
  for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++)
    if (text_equal(method, booleans[i])) name = names[i];
  if (count == 0 && name.length > 0 && scope_getter(scope, name, passing, result)) return VTL_FOUND;
  if (count == 1 && text_is(method, "get") && arguments[0].kind == VALUE_TEXT) {
    *result = scope_entry(scope, value_text(arguments[0], passing));
    return VTL_FOUND;
  }
  if (text_is(method, "getClass")) return VTL_MISSING;
  if (count == 1 && text_is(method, "equals")) {
    *result = value_boolean(scope_equal(self, arguments[0]));
    return VTL_FOUND;
  }
  Value storage = value_from_map(scope_storage(scope, passing));
  return method_call(storage, method_number(method), method, arguments, count, passing, result, fault);
}

/* ---- blocks ---- */

/* What unwinds through the block leaves the depth as it is: Velocity counts down only behind a normal end. */
static bool render_block(Run *run, BlockReference *block, bool *rendered) {
  *rendered = false;
  if (block->depth == VTL_DEFINE_DEPTH) return true;
  block->depth++;
  if (!node_render(run, run->nodes[block->define].child)) {
    if (run->flow != FLOW_BREAK) return false;
    run->flow = FLOW_GO;
  }
  block->depth--;
  *rendered = true;
  return true;
}

/* Printed from within Java code (a list that holds the block, a string it is added to): into a text of its
 * own, with the variables hidden that were hidden when it was defined. NULL when it is inside itself too
 * often. */
static Text block_print(const Object *object, Arena *arena) {
  BlockReference *block = (BlockReference *)(uintptr_t)object;
  Run *run = block->run;
  Buffer text = buffer_make(arena, run->memory_limit);
  Buffer *output = run->output;
  Hiding *hidings = run->hidings;
  run->output = &text;
  run->hidings = block->hidings;
  bool rendered = false;
  render_block(run, block, &rendered);
  run->output = output;
  run->hidings = hidings;
  if (run->ended) run->flow = FLOW_GO;
  if (!rendered) return (Text){NULL, 0};
  return text.length > 0 ? buffer_text(&text) : TEXT_EMPTY;
}

static VtlAnswer block_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                            Value *result, Fault *fault) {
  (void)arguments;
  (void)fault;
  if (!text_is(method, "toString") || count > 0) return VTL_MISSING;
  Text text = block_print(self, passing);
  *result = text.data == NULL ? value_null() : value_from_text(text);
  return VTL_FOUND;
}

static const VtlObjectType block_type = {
    .object = {.class_name = TEXT_INIT("org.apache.velocity.runtime.directive.Block$Reference"),
               .print = block_print},
    .call = block_call,
};

BlockReference *block_reference_new(Run *run, NodeIndex define) {
  BlockReference *block = ARENA_NEW(run->arena, BlockReference);
  *block =
      (BlockReference){.object = {&block_type.object}, .run = run, .define = define, .hidings = run->hidings};
  return block;
}

BlockReference *block_reference_of(Value value) {
  bool is_block = value.kind == VALUE_OBJECT && value.as.object->type == &block_type.object;
  return is_block ? (BlockReference *)value.as.object : NULL;
}

bool block_reference_render(Run *run, BlockReference *block, bool *rendered) {
  if (block->run == run) return render_block(run, block, rendered);
  Text text = block_print(&block->object, run->arena);
  *rendered = text.data != NULL;
  utf8_append_joining(run->output, text);
  return true;
}
