/* java.util.Map and Map.Entry. */
#include "harness/vtl/method_parts.h"

static Map *self_map(const Call *call) {
  return call->self.as.map;
}

static Value value_or_null(const Value *found) {
  return found == NULL ? value_null() : *found;
}

static VtlAnswer answer_boolean(Call *call, bool boolean) {
  return call_answer(call, value_boolean(boolean));
}

/* ---- Map ---- */

static VtlAnswer map_method_get(Call *call) {
  return call_answer(call, value_or_null(map_get(self_map(call), call->arguments[0])));
}

static VtlAnswer map_method_put(Call *call) {
  Value old = value_or_null(map_get(self_map(call), call->arguments[0]));
  map_put(self_map(call), call->arguments[0], call->arguments[1], call->arena);
  return call_answer(call, old);
}

static VtlAnswer map_put_if_absent(Call *call) {
  Value old = value_or_null(map_get(self_map(call), call->arguments[0]));
  if (value_is_null(old)) map_put(self_map(call), call->arguments[0], call->arguments[1], call->arena);
  return call_answer(call, old);
}

static VtlAnswer map_put_all(Call *call) {
  const Map *other = call->arguments[0].as.map;
  if (other == self_map(call)) return call_answer_null(call);
  const MapEntry **order = ARENA_ARRAY(call->arena, const MapEntry *, (size_t)other->count + 1);
  map_order(other, order);
  for (uint32_t i = 0; i < other->count; i++)
    map_put(self_map(call), order[i]->key, order[i]->value, call->arena);
  return call_answer_null(call);
}

static VtlAnswer map_method_remove(Call *call) {
  Value old = value_or_null(map_get(self_map(call), call->arguments[0]));
  map_remove(self_map(call), call->arguments[0]);
  return call_answer(call, old);
}

static VtlAnswer map_remove_pair(Call *call) {
  const Value *found = map_get(self_map(call), call->arguments[0]);
  bool same = found != NULL && value_equal(*found, call->arguments[1]);
  if (same) map_remove(self_map(call), call->arguments[0]);
  return answer_boolean(call, same);
}

static VtlAnswer map_replace(Call *call) {
  const Value *found = map_get(self_map(call), call->arguments[0]);
  if (found == NULL) return call_answer_null(call);
  Value old = *found;
  map_put(self_map(call), call->arguments[0], call->arguments[1], call->arena);
  return call_answer(call, old);
}

static VtlAnswer map_replace_pair(Call *call) {
  const Value *found = map_get(self_map(call), call->arguments[0]);
  bool same = found != NULL && value_equal(*found, call->arguments[1]);
  if (same) map_put(self_map(call), call->arguments[0], call->arguments[2], call->arena);
  return answer_boolean(call, same);
}

static VtlAnswer map_get_or_default(Call *call) {
  const Value *found = map_get(self_map(call), call->arguments[0]);
  return call_answer(call, found == NULL ? call->arguments[1] : *found);
}

static VtlAnswer map_contains_key(Call *call) {
  return answer_boolean(call, map_get(self_map(call), call->arguments[0]) != NULL);
}

static VtlAnswer map_contains_value(Call *call) {
  const Map *map = self_map(call);
  for (uint32_t i = 0; i < map->count; i++)
    if (value_equal(call->arguments[0], map->entries[i].value)) return answer_boolean(call, true);
  return answer_boolean(call, false);
}

static VtlAnswer map_method_clear(Call *call) {
  map_clear(self_map(call));
  return call_answer_null(call);
}

static VtlAnswer map_clone(Call *call) {
  Map *copy = map_new((MapKind)self_map(call)->kind, call->arena);
  copy->prints_empty = self_map(call)->prints_empty;
  copy->class_name = self_map(call)->class_name;
  for (uint32_t i = 0; i < self_map(call)->count; i++)
    map_put(copy, self_map(call)->entries[i].key, self_map(call)->entries[i].value, call->arena);
  return call_answer(call, value_from_map(copy));
}

static VtlAnswer map_size(Call *call) {
  return call_answer(call, value_integer((int32_t)self_map(call)->count));
}
static VtlAnswer map_is_empty(Call *call) {
  return answer_boolean(call, self_map(call)->count == 0);
}
static VtlAnswer map_key_set(Call *call) {
  return call_answer(call, value_from_list(map_view(self_map(call), WALK_KEYS, call->arena)));
}
static VtlAnswer map_values(Call *call) {
  return call_answer(call, value_from_list(map_view(self_map(call), WALK_VALUES, call->arena)));
}
static VtlAnswer map_entry_set(Call *call) {
  return call_answer(call, value_from_list(map_view(self_map(call), WALK_ENTRIES, call->arena)));
}

static VtlAnswer map_entry(Call *call) {
  if (value_is_null(call->arguments[0]) || value_is_null(call->arguments[1]))
    return call_throw_null_pointer(call);
  return call_answer(call, entry_new(NULL, call->arguments[0], call->arguments[1], call->arena));
}

static const Method map_rows[] = {
    METHOD_ROW(clear, "", map_method_clear),
    METHOD_ROW(clone, "", map_clone),
    METHOD_ROW(compute, "O5", call_throw_null_pointer),
    METHOD_ROW(computeIfAbsent, "O6", call_throw_null_pointer),
    METHOD_ROW(computeIfPresent, "O5", call_throw_null_pointer),
    METHOD_ROW(containsKey, "O", map_contains_key),
    METHOD_ROW(containsValue, "O", map_contains_value),
    METHOD_ROW(entry, "OO", map_entry),
    METHOD_ROW(entrySet, "", map_entry_set),
    METHOD_ROW(forEach, "5", call_throw_null_pointer),
    METHOD_ROW(get, "O", map_method_get),
    METHOD_ROW(getOrDefault, "OO", map_get_or_default),
    METHOD_ROW(isEmpty, "", map_is_empty),
    METHOD_ROW(keySet, "", map_key_set),
    METHOD_ROW(merge, "OO5", call_throw_null_pointer),
    METHOD_ROW(put, "OO", map_method_put),
    METHOD_ROW(putAll, "M", map_put_all),
    METHOD_ROW(putIfAbsent, "OO", map_put_if_absent),
    METHOD_ROW(remove, "O", map_method_remove),
    METHOD_ROW(remove, "OO", map_remove_pair),
    METHOD_ROW(replace, "OO", map_replace),
    METHOD_ROW(replace, "OOO", map_replace_pair),
    METHOD_ROW(replaceAll, "5", call_throw_null_pointer),
    METHOD_ROW(size, "", map_size),
    METHOD_ROW(values, "", map_values),
};
METHOD_TABLE(map_methods, map_rows, &object_methods);

/* ---- Map.Entry ---- */

typedef struct Entry {
  Object object;
  Map *map; /* NULL: of no map */
  Value key;
  Value value;
  bool busy; /* being printed or compared: an entry may hold itself */
} Entry;

static Value entry_value(const Entry *entry) {
  const Value *found = entry->map == NULL ? NULL : map_get(entry->map, entry->key);
  return found == NULL ? entry->value : *found;
}

static Text entry_print(const Object *object, Arena *arena) {
  Entry *entry = (Entry *)(uintptr_t)object;
  if (entry->busy) return (Text){NULL, 0}; /* Java: StackOverflowError */
  entry->busy = true;
  Text key = value_to_text(entry->key, arena), value = value_to_text(entry_value(entry), arena);
  entry->busy = false;
  if (key.data == NULL || value.data == NULL) return (Text){NULL, 0};
  return arena_print(arena, "%.*s=%.*s", TEXT_ARGS(key), TEXT_ARGS(value));
}

static bool entry_equal(const Object *object, Value other) {
  Entry *left = (Entry *)(uintptr_t)object;
  if (!value_is_entry(other) || left->busy) return false;
  const Entry *right = (const Entry *)other.as.object;
  left->busy = true;
  bool same = value_equal(left->key, right->key) && value_equal(entry_value(left), entry_value(right));
  left->busy = false;
  return same;
}

const MethodObjectType entry_type = {
    {{TEXT_INIT("java.util.LinkedHashMap$Entry"), entry_print, entry_equal, true}, NULL, NULL},
    &entry_methods};

bool value_is_entry(Value value) {
  return value.kind == VALUE_OBJECT && value.as.object->type == &entry_type.vtl.object;
}

Value entry_new(Map *map, Value key, Value value, Arena *arena) {
  Entry *entry = ARENA_NEW(arena, Entry);
  *entry = (Entry){{&entry_type.vtl.object}, map, key, value, false};
  return value_object(&entry->object);
}

static Entry *self_entry(const Call *call) {
  return (Entry *)call->self.as.object;
}

static VtlAnswer entry_get_key(Call *call) {
  return call_answer(call, self_entry(call)->key);
}
static VtlAnswer entry_get_value(Call *call) {
  return call_answer(call, entry_value(self_entry(call)));
}

static VtlAnswer entry_set_value(Call *call) {
  Entry *entry = self_entry(call);
  if (entry->map == NULL) return call_throw_unsupported(call);
  Value old = entry_value(entry);
  entry->value = call->arguments[0];
  if (map_get(entry->map, entry->key) != NULL) map_put(entry->map, entry->key, entry->value, call->arena);
  return call_answer(call, old);
}

static VtlAnswer entry_hash_code(Call *call) {
  const Entry *entry = self_entry(call);
  return call_answer(call, value_integer(value_hash_code(entry->key) ^ value_hash_code(entry_value(entry))));
}

static const Method entry_rows[] = {
    METHOD_ROW(getKey, "", entry_get_key),
    METHOD_ROW(getValue, "", entry_get_value),
    METHOD_ROW(hashCode, "", entry_hash_code),
    METHOD_ROW(setValue, "O", entry_set_value),
};
METHOD_TABLE(entry_methods, entry_rows, &object_methods);
