#include "harness/value/value.h"

#include <assert.h>
#include <string.h>

enum { FIRST_CAPACITY = 8 };

List *list_new(ListKind kind, Arena *arena) {
  List *list = ARENA_NEW(arena, List);
  list->kind = (uint8_t)kind;
  list->class_name = TEXT_EMPTY;
  return list;
}

Value value_from_list(List *list) {
  return (Value){.kind = VALUE_LIST, .as.list = list};
}

static void grow(List *list, Arena *arena) {
  uint32_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
  assert(capacity > list->capacity);
  list->items = arena_resize(arena, list->items, list->capacity * sizeof(Value), capacity * sizeof(Value));
  list->capacity = capacity;
}

void list_append(List *list, Value item, Arena *arena) {
  list_insert(list, list->count, item, arena);
}

void list_insert(List *list, uint32_t at, Value item, Arena *arena) {
  assert(at <= list->count);
  if (list->count == list->capacity) grow(list, arena);
  memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof(Value));
  list->items[at] = item;
  list->count++;
  list->modifications++;
}

void list_remove(List *list, uint32_t at) {
  assert(at < list->count);
  list->count--;
  list->modifications++;
  memmove(list->items + at, list->items + at + 1, (list->count - at) * sizeof(Value));
}
