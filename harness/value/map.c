/* Maps: entries in insertion order, an index over them once they are more than a few, and the order in which
 * java.util.HashMap would iterate.
 *
 *   entries   [ k0 v0 | k1 v1 | k2 v2 | ... ]        index  [ 3 | 0 | 0 | 1 | 2 | 0 ... ]
 *                                                    open addressing, entry number + 1, 0 is free */
#include "harness/value/value_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4, WITHOUT_INDEX = 8, FIRST_BUCKETS = 16 };

Map *map_new(MapKind kind, Arena *arena) {
  Map *map = ARENA_NEW(arena, Map);
  map->kind = (uint8_t)kind;
  map->buckets = FIRST_BUCKETS;
  map->class_name = TEXT_EMPTY;
  return map;
}

Value value_from_map(Map *map) {
  return (Value){.kind = VALUE_MAP, .as.map = map};
}

/* ---- the index ---- */

static uint64_t mix(uint64_t left, uint64_t right) {
  __extension__ typedef unsigned __int128 Wide;
  Wide product = (Wide)left * right;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t text_slot_hash(Text text) {
  uint64_t hash = 0x9E3779B97F4A7C15u ^ text.length;
  size_t at = 0;
  for (; at + 8 <= text.length; at += 8) {
    uint64_t word;
    memcpy(&word, text.data + at, sizeof word);
    hash = mix(hash ^ word, 0xD6E8FEB86659FD93u);
  }
  uint64_t tail = 0;
  if (at < text.length) memcpy(&tail, text.data + at, text.length - at);
  hash = mix(hash ^ tail, 0xA0761D6478BD642Fu);
  return (uint32_t)(hash ^ hash >> 32);
}

/* Keys in a map are never escaped. */
static uint32_t key_hash(Value key) {
  if (key.kind == VALUE_TEXT) return text_slot_hash((Text){key.as.text, key.length});
  return (uint32_t)mix((uint32_t)value_hash_code(key) ^ 0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u);
}

static bool key_equal(Value left, Value right) {
  if (left.kind == VALUE_TEXT && right.kind == VALUE_TEXT)
    return left.length == right.length &&
           (left.length == 0 || memcmp(left.as.text, right.as.text, left.length) == 0);
  return value_equal(left, right);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t index_slot(const Map *map, Value key) {
  uint32_t mask = map->index_size - 1;
  for (uint32_t slot = key_hash(key) & mask;; slot = (slot + 1) & mask) {
    uint32_t entry = map->index[slot];
    if (entry == 0 || key_equal(map->entries[entry - 1].key, key)) return slot;
  }
}

static void index_fill(Map *map) {
  memset(map->index, 0, map->index_size * sizeof *map->index);
  for (uint32_t i = 0; i < map->count; i++) map->index[index_slot(map, map->entries[i].key)] = i + 1;
}

static void index_grow(Map *map, Arena *arena) {
  uint32_t size = map->index_size == 0 ? 4 * WITHOUT_INDEX : map->index_size;
  while (size < map->capacity * 2) size *= 2;
  map->index = arena_alloc(arena, size * sizeof *map->index);
  map->index_size = size;
  index_fill(map);
}

/* Entry number of a key that isn't escaped, or count. */
static uint32_t entry_find(const Map *map, Value key) {
  if (map->index != NULL) {
    uint32_t entry = map->index[index_slot(map, key)];
    return entry == 0 ? map->count : entry - 1;
  }
  uint32_t i = 0;
  while (i < map->count && !key_equal(map->entries[i].key, key)) i++;
  return i;
}

/* ---- reading and changing ---- */

const Value *map_get_text(const Map *map, Text key) {
  uint32_t entry = entry_find(map, value_from_text(key));
  return entry == map->count ? NULL : &map->entries[entry].value;
}

const Value *map_get(const Map *map, Value key) {
  if (key.flags & VALUE_ESCAPED) {
    PlainText plain = plain_text_open(key);
    const Value *value = map_get_text(map, plain.text);
    plain_text_close(&plain);
    return value;
  }
  uint32_t entry = entry_find(map, key);
  return entry == map->count ? NULL : &map->entries[entry].value;
}

static void entry_add(Map *map, Value key, Value value, Arena *arena) {
  if (map->count == map->capacity) {
    uint32_t capacity = map->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : map->capacity * 2;
    assert(capacity > map->capacity);
    map->entries =
        arena_resize(arena, map->entries, map->capacity * sizeof(MapEntry), capacity * sizeof(MapEntry));
    map->capacity = capacity;
    if (map->index != NULL) index_grow(map, arena);
  }
  map->entries[map->count] = (MapEntry){key, value};
  map->count++;
  map->modifications++;
  if (map->count > map->buckets / 4 * 3 && map->buckets < (1u << 30)) map->buckets *= 2;
  if (map->index != NULL)
    map->index[index_slot(map, key)] = map->count;
  else if (map->count > WITHOUT_INDEX)
    index_grow(map, arena);
}

void map_put(Map *map, Value key, Value value, Arena *arena) {
  if (key.flags & VALUE_ESCAPED) key = value_from_text(value_text(key, arena));
  uint32_t entry = entry_find(map, key);
  if (entry < map->count)
    map->entries[entry].value = value;
  else
    entry_add(map, key, value, arena);
}

void map_put_text(Map *map, Text key, Value value, Arena *arena) {
  map_put(map, value_from_text(key), value, arena);
}

/* Closes the gap that a removal leaves in the index, so that every probe still ends at a free slot. */
static void index_remove(Map *map, uint32_t slot) {
  uint32_t mask = map->index_size - 1;
  uint32_t hole = slot;
  map->index[hole] = 0;
  for (uint32_t next = (hole + 1) & mask; map->index[next] != 0; next = (next + 1) & mask) {
    uint32_t home = key_hash(map->entries[map->index[next] - 1].key) & mask;
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    map->index[hole] = map->index[next];
    map->index[next] = 0;
    hole = next;
  }
}

bool map_remove(Map *map, Value key) {
  if (key.flags & VALUE_ESCAPED) {
    PlainText plain = plain_text_open(key);
    bool removed = map_remove(map, value_from_text(plain.text));
    plain_text_close(&plain);
    return removed;
  }
  uint32_t entry = entry_find(map, key);
  if (entry == map->count) return false;
  if (map->index != NULL) index_remove(map, index_slot(map, key));
  map->count--;
  map->modifications++;
  memmove(map->entries + entry, map->entries + entry + 1, (map->count - entry) * sizeof(MapEntry));
  if (map->index == NULL) return true;
  for (uint32_t slot = 0; slot < map->index_size; slot++)
    if (map->index[slot] > entry + 1) map->index[slot]--;
  return true;
}

void map_clear(Map *map) {
  if (map->index != NULL) memset(map->index, 0, map->index_size * sizeof *map->index);
  map->count = 0;
  map->modifications++;
}

void map_take_entries(Map *map, const MapEntry *entries, uint32_t count, Arena *arena) {
  assert(map->count == 0 && map->entries == NULL);
  if (count == 0) return;
  map->entries = arena_alloc(arena, count * sizeof(MapEntry));
  map->capacity = count;
  if (count > WITHOUT_INDEX) index_grow(map, arena);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t slot = map->index == NULL ? 0 : index_slot(map, entries[i].key);
    uint32_t entry = map->index == NULL      ? entry_find(map, entries[i].key)
                     : map->index[slot] == 0 ? map->count
                                             : map->index[slot] - 1;
    if (entry < map->count) {
      map->entries[entry].value = entries[i].value;
      continue;
    }
    map->entries[map->count++] = entries[i];
    if (map->index != NULL) map->index[slot] = map->count;
  }
  while (map->count > map->buckets / 4 * 3) map->buckets *= 2;
}

/* ---- the order of java.util.HashMap ---- */

static uint32_t bucket_of(Value key, uint32_t buckets) {
  uint32_t hash = (uint32_t)value_hash_code(key);
  return (hash ^ hash >> 16) & (buckets - 1);
}

/* A counting sort by bucket keeps the order of insertion inside each: what chains do, through resizing too.
 */
void map_order(const Map *map, const MapEntry **order) {
  if (map->kind == MAP_LINKED) {
    for (uint32_t i = 0; i < map->count; i++) order[i] = &map->entries[i];
    return;
  }
  uint32_t *starts = memory_alloc((map->buckets + 1) * sizeof *starts);
  memset(starts, 0, (map->buckets + 1) * sizeof *starts);
  uint32_t *bucket = memory_alloc(map->count * sizeof *bucket);
  for (uint32_t i = 0; i < map->count; i++) {
    bucket[i] = bucket_of(map->entries[i].key, map->buckets);
    starts[bucket[i] + 1]++;
  }
  for (uint32_t i = 0; i < map->buckets; i++) starts[i + 1] += starts[i];
  for (uint32_t i = 0; i < map->count; i++) order[starts[bucket[i]]++] = &map->entries[i];
  free(bucket);
  free(starts);
}
