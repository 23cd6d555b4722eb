/* Header lists: names and values in the order in which they came. They are short, so a look-up walks them. */
#include "harness/exchange/exchange.h"

typedef bool (*NamesEqual)(Text left, Text right);

void headers_add(Headers *headers, Text name, Text value, Arena *arena) {
  if (headers->count == headers->capacity) {
    size_t capacity = headers->capacity == 0 ? 8 : headers->capacity * 2;
    headers->items =
        arena_resize(arena, headers->items, headers->capacity * sizeof(Header), capacity * sizeof(Header));
    headers->capacity = capacity;
  }
  headers->items[headers->count++] = (Header){name, value};
}

static const Header *find_first(const Headers *headers, Text name, NamesEqual equal) {
  for (size_t i = 0; i < headers->count; i++)
    if (equal(headers->items[i].name, name)) return &headers->items[i];
  return NULL;
}

static const Header *find_last(const Headers *headers, Text name, NamesEqual equal) {
  for (size_t i = headers->count; i > 0; i--)
    if (equal(headers->items[i - 1].name, name)) return &headers->items[i - 1];
  return NULL;
}

const Header *headers_find(const Headers *headers, Text name) {
  return find_first(headers, name, text_equal_ignoring_case);
}

const Header *headers_find_last(const Headers *headers, Text name) {
  return find_last(headers, name, text_equal_ignoring_case);
}

const Header *headers_find_exact(const Headers *headers, Text name) {
  return find_first(headers, name, text_equal);
}

const Header *headers_find_last_exact(const Headers *headers, Text name) {
  return find_last(headers, name, text_equal);
}

/* Keeps the first `kept` headers of a name, drops the others. */
static void keep_first(Headers *headers, Text name, size_t kept) {
  size_t count = 0;
  for (size_t i = 0; i < headers->count; i++) {
    bool named = text_equal_ignoring_case(headers->items[i].name, name);
    if (named && kept == 0) continue;
    if (named) kept--;
    headers->items[count++] = headers->items[i];
  }
  headers->count = count;
}

void headers_set(Headers *headers, Text name, Text value, Arena *arena) {
  for (size_t i = 0; i < headers->count; i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, name)) continue;
    headers->items[i] = (Header){name, value};
    keep_first(headers, name, 1);
    return;
  }
  headers_add(headers, name, value, arena);
}

void headers_remove(Headers *headers, Text name) {
  keep_first(headers, name, 0);
}

Text headers_join(const Headers *headers, Text name, Text separator, Arena *arena) {
  Buffer joined = buffer_make(arena, 0);
  bool found = false;
  for (size_t i = 0; i < headers->count; i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, name)) continue;
    if (found) buffer_append(&joined, separator);
    buffer_append(&joined, headers->items[i].value);
    found = true;
  }
  return found ? buffer_text(&joined) : (Text){NULL, 0};
}

Headers headers_copy(const Headers *headers, Arena *arena) {
  Headers copy = {ARENA_ARRAY(arena, Header, headers->count), headers->count, headers->count};
  for (size_t i = 0; i < headers->count; i++)
    copy.items[i] = (Header){arena_copy_text(arena, headers->items[i].name),
                             arena_copy_text(arena, headers->items[i].value)};
  return copy;
}
