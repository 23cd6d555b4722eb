/* java.util.Iterator and ListIterator, and what #foreach goes over. They fail when what they walk was changed
 * by somebody else: ArrayList's notices in next() and ends where the size says, a map's knows its end
 * beforehand. */
#include "harness/vtl/method_parts.h"

#include <stdlib.h>

const MethodObjectType iterator_type = {
    {{TEXT_INIT("java.util.ArrayList$Itr"), object_identity_print, NULL, false}, NULL, NULL},
    &iterator_methods};
const MethodObjectType list_iterator_type = {
    {{TEXT_INIT("java.util.ArrayList$ListItr"), object_identity_print, NULL, false}, NULL, NULL},
    &list_iterator_methods};

static Value *ordered_keys(const Map *map, Arena *arena) {
  Value *keys = ARENA_ARRAY(arena, Value, (size_t)map->count + 1);
  const MapEntry **order = memory_alloc(map->count * sizeof *order);
  map_order(map, order);
  for (uint32_t i = 0; i < map->count; i++) keys[i] = order[i]->key;
  free(order);
  return keys;
}

MethodIterator *iterator_new(Walking walking, List *list, Map *map, bool both_ways, Arena *arena) {
  MethodIterator *iterator = ARENA_NEW(arena, MethodIterator);
  iterator->object.type = both_ways ? &list_iterator_type.vtl.object : &iterator_type.vtl.object;
  iterator->walking = walking;
  iterator->removed = true;
  iterator->arena = arena;
  iterator->list = list;
  iterator->map = map;
  if (list != NULL) iterator->modifications = list->modifications;
  if (map == NULL) return iterator;
  iterator->keys = ordered_keys(map, arena);
  iterator->count = map->count;
  iterator->modifications = map->modifications;
  return iterator;
}

static MethodIterator *as_iterator(Value value) {
  bool mine = value.kind == VALUE_OBJECT && (value.as.object->type == &iterator_type.vtl.object ||
                                             value.as.object->type == &list_iterator_type.vtl.object);
  return mine ? (MethodIterator *)value.as.object : NULL;
}

bool iterator_open(Value subject, Arena *passing, MethodIterator **out) {
  if (subject.kind == VALUE_LIST) {
    list_refresh(subject.as.list);
    *out = iterator_new(WALK_LIST, subject.as.list, NULL, false, passing);
    return true;
  }
  if (subject.kind == VALUE_MAP) {
    *out = iterator_new(WALK_VALUES, NULL, subject.as.map, false, passing);
    return true;
  }
  *out = as_iterator(subject);
  return *out != NULL;
}

static bool is_changed(const MethodIterator *iterator) {
  uint32_t now = iterator->list != NULL ? iterator->list->modifications : iterator->map->modifications;
  return now != iterator->modifications || (iterator->list != NULL && !list_refresh(iterator->list));
}

bool iterator_has_next(const MethodIterator *iterator) {
  return iterator->cursor != (iterator->list != NULL ? iterator->list->count : iterator->count);
}

static Value current(const MethodIterator *iterator, uint32_t at) {
  if (iterator->list != NULL) return iterator->list->items[at];
  Value key = iterator->keys[at];
  if (iterator->walking == WALK_KEYS) return key;
  const Value *value = map_get(iterator->map, key);
  Value held = value == NULL ? value_null() : *value;
  return iterator->walking == WALK_VALUES ? held : entry_new(iterator->map, key, held, iterator->arena);
}

int iterator_next(MethodIterator *iterator, Value *item, Fault *fault) {
  if (is_changed(iterator)) {
    fault_raise(fault, FAULT_INPUT, "java.util.ConcurrentModificationException");
    return -1;
  }
  if (!iterator_has_next(iterator)) return 0;
  iterator->last = iterator->cursor++;
  iterator->removed = false;
  *item = current(iterator, iterator->last);
  return 1;
}

/* ---- Iterator ---- */

static MethodIterator *self_iterator(const Call *call) {
  return (MethodIterator *)call->self.as.object;
}

static VtlAnswer iterator_method_has_next(Call *call) {
  return call_answer(call, value_boolean(iterator_has_next(self_iterator(call))));
}

static VtlAnswer iterator_method_next(Call *call) {
  int answer = iterator_next(self_iterator(call), call->result, call->fault);
  if (answer == 0) return call_throw(call, "java.util.NoSuchElementException");
  return answer < 0 ? VTL_THROWS : VTL_FOUND;
}

static VtlAnswer throw_changed(Call *call) {
  return call_throw(call, "java.util.ConcurrentModificationException");
}

static VtlAnswer iterator_remove(Call *call) {
  MethodIterator *iterator = self_iterator(call);
  if (iterator->removed) return call_throw(call, "java.lang.IllegalStateException");
  if (is_changed(iterator)) return throw_changed(call);
  iterator->removed = true;
  if (iterator->list == NULL) {
    map_remove(iterator->map, iterator->keys[iterator->last]);
    iterator->modifications = iterator->map->modifications;
    return call_answer_null(call);
  }
  if (iterator->list->kind == LIST_FIXED) return call_throw_unsupported(call);
  list_change_remove(iterator->list, iterator->last, call->arena);
  if (iterator->last < iterator->cursor) iterator->cursor--;
  iterator->modifications = iterator->list->modifications;
  return call_answer_null(call);
}

static const Method iterator_rows[] = {
    METHOD_ROW(forEachRemaining, "5", call_throw_null_pointer),
    METHOD_ROW(hasNext, "", iterator_method_has_next),
    METHOD_ROW(next, "", iterator_method_next),
    METHOD_ROW(remove, "", iterator_remove),
};
METHOD_TABLE(iterator_methods, iterator_rows, &object_methods);

/* ---- ListIterator ---- */

static VtlAnswer list_iterator_has_previous(Call *call) {
  return call_answer(call, value_boolean(self_iterator(call)->cursor > 0));
}
static VtlAnswer list_iterator_next_index(Call *call) {
  return call_answer(call, value_integer((int32_t)self_iterator(call)->cursor));
}
static VtlAnswer list_iterator_previous_index(Call *call) {
  return call_answer(call, value_integer((int32_t)self_iterator(call)->cursor - 1));
}

static VtlAnswer list_iterator_previous(Call *call) {
  MethodIterator *iterator = self_iterator(call);
  if (is_changed(iterator)) return throw_changed(call);
  if (iterator->cursor == 0) return call_throw(call, "java.util.NoSuchElementException");
  iterator->last = --iterator->cursor;
  iterator->removed = false;
  return call_answer(call, current(iterator, iterator->last));
}

static VtlAnswer list_iterator_set(Call *call) {
  MethodIterator *iterator = self_iterator(call);
  if (iterator->removed) return call_throw(call, "java.lang.IllegalStateException");
  if (is_changed(iterator)) return throw_changed(call);
  list_change_set(iterator->list, iterator->last, call->arguments[0]);
  return call_answer_null(call);
}

static VtlAnswer list_iterator_add(Call *call) {
  MethodIterator *iterator = self_iterator(call);
  if (is_changed(iterator)) return throw_changed(call);
  if (!list_change_insert(iterator->list, iterator->cursor, call->arguments[0], call->arena))
    return call_throw_unsupported(call);
  iterator->cursor++;
  iterator->removed = true;
  iterator->modifications = iterator->list->modifications;
  return call_answer_null(call);
}

static const Method list_iterator_rows[] = {
    METHOD_ROW(add, "O", list_iterator_add),
    METHOD_ROW(hasPrevious, "", list_iterator_has_previous),
    METHOD_ROW(nextIndex, "", list_iterator_next_index),
    METHOD_ROW(previous, "", list_iterator_previous),
    METHOD_ROW(previousIndex, "", list_iterator_previous_index),
    METHOD_ROW(set, "O", list_iterator_set),
};
METHOD_TABLE(list_iterator_methods, list_iterator_rows, &iterator_methods);
