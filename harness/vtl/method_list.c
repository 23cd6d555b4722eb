/* java.util.Collection, Set and List, ArrayList, json-smart's JSONArray, arrays (which Velocity wraps as
 * lists), and the views that maps and lists give of themselves. */
#include "harness/vtl/method_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- views ---- */

typedef struct View {
  List list; /* first: a View is a List */
  Walking walking;
  bool stale; /* the parent was changed behind its back */
  Map *map;
  List *parent;
  uint32_t from;
  uint32_t parent_modifications;
  Arena *arena;
} View;

static View *view_of(List *list) {
  return list->kind == LIST_VIEW ? list->source : NULL;
}

static Value walked(const View *view, const MapEntry *entry) {
  if (view->walking == WALK_KEYS) return entry->key;
  if (view->walking == WALK_VALUES) return entry->value;
  return entry_new(view->map, entry->key, entry->value, view->arena);
}

static bool refresh_map_view(View *view) {
  const Map *map = view->map;
  List *list = &view->list;
  if (list->capacity < map->count) {
    list->items = ARENA_ARRAY(view->arena, Value, map->count);
    list->capacity = map->count;
  }
  const MapEntry **order = memory_alloc(map->count * sizeof *order);
  map_order(map, order);
  for (uint32_t i = 0; i < map->count; i++) list->items[i] = walked(view, order[i]);
  free(order);
  list->count = map->count;
  list->modifications = map->modifications;
  return true;
}

static bool refresh_sub_list(View *view) {
  if (!list_refresh(view->parent) || view->parent->modifications != view->parent_modifications) return false;
  view->list.items = view->parent->items + view->from;
  return true;
}

bool list_refresh(List *list) {
  View *view = view_of(list);
  if (view == NULL) return true;
  return view->parent != NULL ? refresh_sub_list(view) : refresh_map_view(view);
}

static View *view_new(Text class_name, Arena *arena) {
  View *view = ARENA_NEW(arena, View);
  view->list.kind = LIST_VIEW;
  view->list.class_name = class_name;
  view->list.source = view;
  view->list.refresh = list_refresh;
  view->arena = arena;
  return view;
}

List *map_view(Map *map, Walking walking, Arena *arena) {
  static const Text names[2][3] = {
      {TEXT_INIT("java.util.LinkedHashMap$LinkedKeySet"), TEXT_INIT("java.util.LinkedHashMap$LinkedValues"),
       TEXT_INIT("java.util.LinkedHashMap$LinkedEntrySet")},
      {TEXT_INIT("java.util.HashMap$KeySet"), TEXT_INIT("java.util.HashMap$Values"),
       TEXT_INIT("java.util.HashMap$EntrySet")}};
  View *view = view_new(names[map->kind == MAP_HASH][walking - WALK_KEYS], arena);
  view->map = map;
  view->walking = walking;
  refresh_map_view(view);
  return &view->list;
}

List *list_view(List *parent, uint32_t from, uint32_t to, Arena *arena) {
  View *view = view_new(TEXT("java.util.ArrayList$SubList"), arena);
  view->parent = parent;
  view->from = from;
  view->parent_modifications = parent->modifications;
  view->list.items = parent->items + from;
  view->list.count = to - from;
  return &view->list;
}

bool list_is_set(const List *list) {
  const View *view = view_of((List *)(uintptr_t)list);
  return view != NULL && view->map != NULL && view->walking != WALK_VALUES;
}

bool value_is_collection(Value value) {
  return value.kind == VALUE_LIST && value.as.list->kind != LIST_FIXED;
}

bool value_is_list(Value value) {
  if (!value_is_collection(value)) return false;
  const View *view = view_of(value.as.list);
  return view == NULL || view->parent != NULL;
}

/* ---- changes ---- */

/* False: what it looks at can't take it. */
bool list_change_insert(List *list, uint32_t at, Value item, Arena *arena) {
  View *view = view_of(list);
  bool immutable = list->kind == LIST_ARRAY_LIST && list->class_name.length > 0;
  if (list->kind == LIST_FIXED || immutable || (view != NULL && view->parent == NULL)) return false;
  if (view == NULL) {
    list_insert(list, at, item, arena);
    return true;
  }
  if (!list_change_insert(view->parent, view->from + at, item, arena)) return false;
  view->parent_modifications = view->parent->modifications;
  list->count++;
  list->modifications++;
  return refresh_sub_list(view);
}

void list_change_remove(List *list, uint32_t at, Arena *arena) {
  View *view = view_of(list);
  if (view == NULL) {
    list_remove(list, at);
  } else if (view->parent != NULL) {
    list_change_remove(view->parent, view->from + at, arena);
    view->parent_modifications = view->parent->modifications;
    list->count--;
    list->modifications++;
    refresh_sub_list(view);
  } else {
    const MapEntry **order = memory_alloc(view->map->count * sizeof *order);
    map_order(view->map, order);
    map_remove(view->map, order[at]->key);
    free(order);
    refresh_map_view(view);
  }
}

void list_change_set(List *list, uint32_t at, Value item) {
  list->items[at] = item;
}

/* ---- shared by the bodies ---- */

static List *self_list(const Call *call) {
  return call->self.as.list;
}

static VtlAnswer answer_boolean(Call *call, bool boolean) {
  return call_answer(call, value_boolean(boolean));
}

static VtlAnswer throw_changed(Call *call) {
  return call_throw(call, "java.util.ConcurrentModificationException");
}

static int64_t find(const List *list, Value item) {
  for (uint32_t i = 0; i < list->count; i++)
    if (value_equal(item, list->items[i])) return i;
  return -1;
}

/* List.of() and List.copyOf() */
static bool is_immutable(const List *list) {
  return list->kind == LIST_ARRAY_LIST && list->class_name.length > 0;
}

static bool is_fixed(const List *list) {
  return list->kind == LIST_FIXED || is_immutable(list);
}

/* A list argument, brought up to date. */
static List *list_argument(Call *call, size_t argument) {
  List *list = call->arguments[argument].as.list;
  return list_refresh(list) ? list : NULL;
}

/* The items as they are now: what is changed below may be the list that they come from. */
static Value *copy_items(const List *list, Arena *arena) {
  Value *copy = ARENA_ARRAY(arena, Value, (size_t)list->count + 1);
  if (list->count > 0) memcpy(copy, list->items, list->count * sizeof *copy);
  return copy;
}

/* ---- Collection ---- */

static VtlAnswer collection_size(Call *call) {
  return call_answer(call, value_integer((int32_t)self_list(call)->count));
}
static VtlAnswer collection_is_empty(Call *call) {
  return answer_boolean(call, self_list(call)->count == 0);
}
static VtlAnswer collection_contains(Call *call) {
  return answer_boolean(call, find(self_list(call), call->arguments[0]) >= 0);
}

static VtlAnswer collection_contains_all(Call *call) {
  const List *others = list_argument(call, 0);
  if (others == NULL) return throw_changed(call);
  for (uint32_t i = 0; i < others->count; i++)
    if (find(self_list(call), others->items[i]) < 0) return answer_boolean(call, false);
  return answer_boolean(call, true);
}

static VtlAnswer collection_add(Call *call) {
  List *list = self_list(call);
  if (!list_change_insert(list, list->count, call->arguments[0], call->arena))
    return call_throw_unsupported(call);
  return answer_boolean(call, true);
}

static VtlAnswer insert_all(Call *call, uint32_t at, size_t argument) {
  List *list = self_list(call), *others = list_argument(call, argument);
  if (others == NULL) return throw_changed(call);
  uint32_t count = others->count;
  Value *items = copy_items(others, call->arena);
  for (uint32_t i = 0; i < count; i++)
    if (!list_change_insert(list, at + i, items[i], call->arena)) return call_throw_unsupported(call);
  return answer_boolean(call, count > 0);
}

static VtlAnswer collection_add_all(Call *call) {
  return insert_all(call, self_list(call)->count, 0);
}

static VtlAnswer collection_remove(Call *call) {
  List *list = self_list(call);
  int64_t at = find(list, call->arguments[0]);
  if (at >= 0 && is_fixed(list)) return call_throw_unsupported(call);
  if (at >= 0) list_change_remove(list, (uint32_t)at, call->arena);
  return answer_boolean(call, at >= 0);
}

/* removeAll and retainAll */
static VtlAnswer keep_where(Call *call, bool contained) {
  List *list = self_list(call), *others = list_argument(call, 0);
  if (others == NULL) return throw_changed(call);
  bool changed = false;
  List fixed = *others;
  fixed.items = copy_items(others, call->arena);
  for (uint32_t i = list->count; i-- > 0;) {
    if ((find(&fixed, list->items[i]) >= 0) == contained) continue;
    if (is_fixed(list)) return call_throw_unsupported(call);
    list_change_remove(list, i, call->arena);
    changed = true;
  }
  return answer_boolean(call, changed);
}

static VtlAnswer collection_remove_all(Call *call) {
  return keep_where(call, false);
}
static VtlAnswer collection_retain_all(Call *call) {
  return keep_where(call, true);
}

static VtlAnswer collection_clear(Call *call) {
  List *list = self_list(call);
  if (is_fixed(list) && list->count > 0) return call_throw_unsupported(call);
  View *view = view_of(list);
  if (view != NULL && view->map != NULL) map_clear(view->map);
  while ((view == NULL || view->map == NULL) && list->count > 0)
    list_change_remove(list, list->count - 1, call->arena);
  return call_answer_null(call);
}

static VtlAnswer collection_iterator(Call *call) {
  const View *view = view_of(self_list(call));
  bool map = view != NULL && view->map != NULL;
  MethodIterator *iterator = map ? iterator_new(view->walking, NULL, view->map, false, call->arena)
                                 : iterator_new(WALK_LIST, self_list(call), NULL, false, call->arena);
  return call_answer(call, value_object(&iterator->object));
}

static VtlAnswer answer_array(Call *call, Text class_name) {
  const List *list = self_list(call);
  List *array = array_new(class_name, call->arena);
  for (uint32_t i = 0; i < list->count; i++) list_append(array, list->items[i], call->arena);
  return call_answer(call, value_from_list(array));
}

static VtlAnswer collection_to_array(Call *call) {
  return answer_array(call, TEXT("[Ljava.lang.Object;"));
}
static VtlAnswer collection_to_array_like(Call *call) {
  return answer_array(call, call->arguments[0].as.list->class_name);
}

static VtlAnswer collection_stream(Call *call) {
  List *items = list_new(LIST_ARRAY_LIST, call->arena);
  for (uint32_t i = 0; i < self_list(call)->count; i++)
    list_append(items, self_list(call)->items[i], call->arena);
  return call_answer(call, stream_new(items, false, call->arena));
}

static VtlAnswer collection_equals(Call *call) {
  Value other = call->arguments[0];
  return answer_boolean(call, other.kind == VALUE_LIST && other.as.list == self_list(call));
}

/* Collection.equals is identity for values(); lists and sets have their own. */
static const Method collection_rows[] = {
    METHOD_ROW(add, "O", collection_add),
    METHOD_ROW(addAll, "U", collection_add_all),
    METHOD_ROW(clear, "", collection_clear),
    METHOD_ROW(contains, "O", collection_contains),
    METHOD_ROW(containsAll, "U", collection_contains_all),
    METHOD_ROW(equals, "O", collection_equals),
    METHOD_ROW(forEach, "5", call_throw_null_pointer),
    METHOD_ROW(isEmpty, "", collection_is_empty),
    METHOD_ROW(iterator, "", collection_iterator),
    METHOD_ROW(parallelStream, "", collection_stream),
    METHOD_ROW(remove, "O", collection_remove),
    METHOD_ROW(removeAll, "U", collection_remove_all),
    METHOD_ROW(removeIf, "6", call_throw_null_pointer),
    METHOD_ROW(retainAll, "U", collection_retain_all),
    METHOD_ROW(size, "", collection_size),
    METHOD_ROW(stream, "", collection_stream),
    METHOD_ROW(toArray, "", collection_to_array),
    METHOD_ROW(toArray, "7", call_throw_null_pointer),
    METHOD_ROW(toArray, "[O", collection_to_array_like),
};
METHOD_TABLE(collection_methods, collection_rows, &object_methods);

/* ---- Set ---- */

static VtlAnswer set_equals(Call *call) {
  Value other = call->arguments[0];
  if (other.kind != VALUE_LIST || !list_is_set(other.as.list) || !list_refresh(other.as.list))
    return answer_boolean(call, false);
  const List *set = self_list(call), *others = other.as.list;
  bool same = set->count == others->count;
  for (uint32_t i = 0; same && i < others->count; i++) same = find(set, others->items[i]) >= 0;
  return answer_boolean(call, same);
}

static VtlAnswer set_hash_code(Call *call) {
  const List *set = self_list(call);
  uint32_t hash = 0;
  for (uint32_t i = 0; i < set->count; i++) hash += (uint32_t)value_hash_code(set->items[i]);
  return call_answer(call, value_integer((int32_t)hash));
}

static const Method set_rows[] = {
    METHOD_ROW(equals, "O", set_equals),
    METHOD_ROW(hashCode, "", set_hash_code),
};
METHOD_TABLE(set_methods, set_rows, &collection_methods);

/* ---- List ---- */

static bool in_range(const List *list, int32_t index) {
  return index >= 0 && (uint32_t)index < list->count;
}

static VtlAnswer list_get(Call *call) {
  int32_t index = call_integer(call, 0);
  if (!in_range(self_list(call), index)) return call_throw_index(call);
  return call_answer(call, self_list(call)->items[index]);
}

/* An array of primitives takes only its own kind. */
static bool can_hold(const List *list, Value item) {
  if (!is_fixed(list)) return true;
  if (text_is(list->class_name, "[C")) return item.kind == VALUE_CHARACTER;
  if (text_is(list->class_name, "[B")) return item.kind == VALUE_BYTE;
  return !text_is(list->class_name, "[Ljava.lang.String;") || item.kind == VALUE_TEXT ||
         item.kind == VALUE_NULL;
}

static VtlAnswer list_set(Call *call) {
  List *list = self_list(call);
  int32_t index = call_integer(call, 0);
  if (is_immutable(list)) return call_throw_unsupported(call);
  if (!in_range(list, index)) return call_throw_index(call);
  if (!can_hold(list, call->arguments[1])) return call_throw(call, "java.lang.IllegalArgumentException");
  Value old = list->items[index];
  list_change_set(list, (uint32_t)index, call->arguments[1]);
  return call_answer(call, old);
}

static bool can_insert(const List *list, int32_t index) {
  return index >= 0 && (uint32_t)index <= list->count;
}

static VtlAnswer list_add_at(Call *call) {
  int32_t index = call_integer(call, 0);
  if (is_fixed(self_list(call))) return call_throw_unsupported(call);
  if (!can_insert(self_list(call), index)) return call_throw_index(call);
  list_change_insert(self_list(call), (uint32_t)index, call->arguments[1], call->arena);
  return call_answer_null(call);
}

static VtlAnswer list_add_all_at(Call *call) {
  int32_t index = call_integer(call, 0);
  if (!can_insert(self_list(call), index)) return call_throw_index(call);
  return insert_all(call, (uint32_t)index, 1);
}

static VtlAnswer list_remove_at(Call *call) {
  List *list = self_list(call);
  int32_t index = call_integer(call, 0);
  if (is_fixed(list)) return call_throw_unsupported(call);
  if (!in_range(list, index)) return call_throw_index(call);
  Value old = list->items[index];
  list_change_remove(list, (uint32_t)index, call->arena);
  return call_answer(call, old);
}

static VtlAnswer list_index_of(Call *call) {
  return call_answer(call, value_integer((int32_t)find(self_list(call), call->arguments[0])));
}

static VtlAnswer list_last_index_of(Call *call) {
  const List *list = self_list(call);
  for (uint32_t i = list->count; i-- > 0;)
    if (value_equal(call->arguments[0], list->items[i])) return call_answer(call, value_integer((int32_t)i));
  return call_answer(call, value_integer(-1));
}

static VtlAnswer list_sub_list(Call *call) {
  List *list = self_list(call);
  int32_t from = call_integer(call, 0), to = call_integer(call, 1);
  if (from < 0 || to > (int64_t)list->count) return call_throw_index(call);
  if (from > to) return call_throw(call, "java.lang.IllegalArgumentException");
  return call_answer(call, value_from_list(list_view(list, (uint32_t)from, (uint32_t)to, call->arena)));
}

static VtlAnswer list_iterator_from(Call *call) {
  int32_t from = call->count > 0 ? call_integer(call, 0) : 0;
  if (!can_insert(self_list(call), from)) return call_throw_index(call);
  MethodIterator *iterator = iterator_new(WALK_LIST, self_list(call), NULL, true, call->arena);
  iterator->cursor = (uint32_t)from;
  return call_answer(call, value_object(&iterator->object));
}

static VtlAnswer list_equals(Call *call) {
  Value other = call->arguments[0];
  return answer_boolean(call, value_is_list(other) && list_refresh(other.as.list) &&
                                  value_equal(call->self, other));
}

/* By the items' own compareTo, which throws on another class. */
static bool natural_order(Value left, Value right, Arena *arena, int32_t *order) {
  Value result;
  Fault fault;
  VtlAnswer answer =
      method_call(left, METHOD_compareTo, TEXT("compareTo"), &right, 1, arena, &result, &fault);
  if (answer != VTL_FOUND || result.kind != VALUE_INTEGER || value_is_null(right)) return false;
  *order = result.as.integer;
  return true;
}

static bool merge_runs(const Value *from, Value *to, size_t low, size_t middle, size_t high, Arena *arena) {
  size_t left = low, right = middle;
  for (size_t at = low; at < high; at++) {
    int32_t order = 0;
    if (left < middle && right < high && !natural_order(from[right], from[left], arena, &order)) return false;
    bool take_right = left == middle || (right < high && order < 0);
    to[at] = take_right ? from[right++] : from[left++];
  }
  return true;
}

/* Only null can be given as the comparator: the natural order. */
static VtlAnswer list_sort(Call *call) {
  List *list = self_list(call);
  if (is_immutable(list)) return call_throw_unsupported(call);
  size_t count = list->count;
  Value *from = copy_items(list, call->arena), *to = copy_items(list, call->arena);
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t low = 0; low < count; low += 2 * width) {
      size_t middle = low + width < count ? low + width : count;
      size_t high = low + 2 * width < count ? low + 2 * width : count;
      if (!merge_runs(from, to, low, middle, high, call->arena))
        return call_throw(call, "java.lang.ClassCastException");
    }
    Value *done = to;
    to = from;
    from = done;
  }
  if (count > 0) memcpy(list->items, from, count * sizeof *from);
  list->modifications++;
  return call_answer_null(call);
}

static VtlAnswer answer_immutable(Call *call, const Value *items, size_t count) {
  List *list = list_new(LIST_ARRAY_LIST, call->arena);
  for (size_t i = 0; i < count; i++) {
    if (value_is_null(items[i])) return call_throw_null_pointer(call);
    list_append(list, items[i], call->arena);
  }
  bool small = count == 1 || count == 2;
  list->class_name =
      small ? TEXT("java.util.ImmutableCollections$List12") : TEXT("java.util.ImmutableCollections$ListN");
  return call_answer(call, value_from_list(list));
}

static VtlAnswer list_of(Call *call) {
  bool array = call->count == 1 && call->arguments[0].kind == VALUE_LIST &&
               call->arguments[0].as.list->kind == LIST_FIXED;
  if (!array) return answer_immutable(call, call->arguments, call->count);
  return answer_immutable(call, call->arguments[0].as.list->items, call->arguments[0].as.list->count);
}

static VtlAnswer list_copy_of(Call *call) {
  const List *others = list_argument(call, 0);
  return others == NULL ? throw_changed(call) : answer_immutable(call, others->items, others->count);
}

static const Method list_rows[] = {
    METHOD_ROW(add, "IO", list_add_at),
    METHOD_ROW(addAll, "IU", list_add_all_at),
    METHOD_ROW(copyOf, "U", list_copy_of),
    METHOD_ROW(equals, "O", list_equals),
    METHOD_ROW(get, "I", list_get),
    METHOD_ROW(indexOf, "O", list_index_of),
    METHOD_ROW(lastIndexOf, "O", list_last_index_of),
    METHOD_ROW(listIterator, "", list_iterator_from),
    METHOD_ROW(listIterator, "I", list_iterator_from),
    METHOD_ROW(of, "", list_of),
    METHOD_ROW(of, "O", list_of),
    METHOD_ROW(of, "OO", list_of),
    METHOD_ROW(of, "OOO", list_of),
    METHOD_ROW(of, "OOOO", list_of),
    METHOD_ROW(of, "OOOOO", list_of),
    METHOD_ROW(of, "OOOOOO", list_of),
    METHOD_ROW(of, "OOOOOOO", list_of),
    METHOD_ROW(of, "OOOOOOOO", list_of),
    METHOD_ROW(of, "OOOOOOOOO", list_of),
    METHOD_ROW(of, "OOOOOOOOOO", list_of),
    METHOD_ROW(of, "[O", list_of),
    METHOD_ROW(remove, "I", list_remove_at),
    METHOD_ROW(replaceAll, "8", call_throw_null_pointer),
    METHOD_ROW(set, "IO", list_set),
    METHOD_ROW(sort, "?9", list_sort),
    METHOD_ROW(subList, "II", list_sub_list),
};
METHOD_TABLE(list_methods, list_rows, &collection_methods);

/* ---- ArrayList, JSONArray ---- */

static VtlAnswer array_list_clone(Call *call) {
  const List *list = self_list(call);
  List *copy = list_new((ListKind)list->kind, call->arena);
  for (uint32_t i = 0; i < list->count; i++) list_append(copy, list->items[i], call->arena);
  return call_answer(call, value_from_list(copy));
}

static const Method array_list_rows[] = {
    METHOD_ROW(clone, "", array_list_clone),
    METHOD_ROW(ensureCapacity, "I", call_answer_null),
    METHOD_ROW(trimToSize, "", call_answer_null),
};
METHOD_TABLE(array_list_methods, array_list_rows, &list_methods);

static VtlAnswer json_array_append_element(Call *call) {
  list_append(self_list(call), call->arguments[0], call->arena);
  return call_answer(call, call->self);
}

static VtlAnswer json_array_merge(Call *call) {
  Value other = call->arguments[0];
  if (value_is_null(other)) return call_answer_null(call);
  if (other.kind != VALUE_LIST || other.as.list->kind != LIST_JSON_ARRAY)
    return call_throw(call, "java.lang.ClassCastException");
  VtlAnswer answer = collection_add_all(call);
  *call->result = value_null();
  return answer;
}

static VtlAnswer answer_json(Call *call, Value value) {
  enum { LIMIT = 64 * 1024 * 1024 };
  Buffer out = buffer_make(call->arena, LIMIT);
  value_write_json_protected(value, &out);
  return out.overflowed ? call_throw(call, "java.lang.StackOverflowError")
                        : call_answer_text(call, buffer_text(&out));
}

static VtlAnswer json_array_to_json(Call *call) {
  return answer_json(call, call->self);
}
static VtlAnswer json_array_other_to_json(Call *call) {
  return answer_json(call, call->arguments[0]);
}

static const Method json_array_rows[] = {
    METHOD_ROW(appendElement, "O", json_array_append_element),
    METHOD_ROW(merge, "O", json_array_merge),
    METHOD_ROW(toJSONString, "", json_array_to_json),
    METHOD_ROW(toJSONString, "1", call_throw_null_pointer),
    METHOD_ROW(toJSONString, "?K", json_array_other_to_json),
    METHOD_ROW(toString, "1", call_throw_null_pointer),
};
METHOD_TABLE(json_array_methods, json_array_rows, &array_list_methods);
