#include "harness/pattern/charset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare_ranges(const void *left, const void *right) {
  uint32_t one = ((const CharRange *)left)->first, other = ((const CharRange *)right)->first;
  return one < other ? -1 : one > other;
}

/* Sorts and merges in place; returns how many are left. */
static size_t put_in_order(CharRange *ranges, size_t count) {
  if (count < 2) return count;
  qsort(ranges, count, sizeof *ranges, compare_ranges);
  size_t kept = 0;
  for (size_t i = 1; i < count; i++) {
    if (ranges[i].first <= ranges[kept].last + 1) {
      if (ranges[i].last > ranges[kept].last) ranges[kept].last = ranges[i].last;
    } else {
      ranges[++kept] = ranges[i];
    }
  }
  return kept + 1;
}

void charset_add_range(CharSetBuilder *builder, uint32_t first, uint32_t last) {
  assert(first <= last && last <= CHARACTER_LAST);
  if (builder->count > 0 && builder->ranges[builder->count - 1].last + 1 == first) {
    builder->ranges[builder->count - 1].last = last;
    return;
  }
  if (builder->count == builder->capacity && builder->count > 2 * builder->tidy + 64)
    builder->tidy = builder->count = put_in_order(builder->ranges, builder->count);
  if (builder->count == builder->capacity) {
    size_t capacity = builder->capacity == 0 ? 8 : builder->capacity * 2;
    builder->ranges = arena_resize(builder->arena, builder->ranges, builder->capacity * sizeof(CharRange),
                                   capacity * sizeof(CharRange));
    builder->capacity = capacity;
  }
  builder->ranges[builder->count++] = (CharRange){first, last};
}

void charset_add(CharSetBuilder *builder, CharSet set) {
  for (size_t i = 0; i < set.count; i++) charset_add_range(builder, set.ranges[i].first, set.ranges[i].last);
}

CharSet charset_finish(CharSetBuilder *builder) {
  return (CharSet){builder->ranges, put_in_order(builder->ranges, builder->count)};
}

CharSet charset_of(const CharRange *ranges, size_t count, Arena *arena) {
  CharSetBuilder builder = {.arena = arena};
  for (size_t i = 0; i < count; i++) charset_add_range(&builder, ranges[i].first, ranges[i].last);
  return charset_finish(&builder);
}

CharSet charset_range(uint32_t first, uint32_t last, Arena *arena) {
  CharRange range = {first, last};
  return charset_of(&range, 1, arena);
}

CharSet charset_union(CharSet left, CharSet right, Arena *arena) {
  CharSetBuilder builder = {.arena = arena};
  charset_add(&builder, left);
  charset_add(&builder, right);
  return charset_finish(&builder);
}

CharSet charset_intersection(CharSet left, CharSet right, Arena *arena) {
  CharSetBuilder builder = {.arena = arena};
  for (size_t i = 0, j = 0; i < left.count && j < right.count;) {
    CharRange one = left.ranges[i], other = right.ranges[j];
    uint32_t first = one.first > other.first ? one.first : other.first;
    uint32_t last = one.last < other.last ? one.last : other.last;
    if (first <= last) charset_add_range(&builder, first, last);
    if (one.last < other.last)
      i++;
    else
      j++;
  }
  return charset_finish(&builder);
}

CharSet charset_negation(CharSet set, Arena *arena) {
  CharSetBuilder builder = {.arena = arena};
  uint32_t next = 0;
  for (size_t i = 0; i < set.count; i++) {
    if (set.ranges[i].first > next) charset_add_range(&builder, next, set.ranges[i].first - 1);
    next = set.ranges[i].last + 1;
  }
  if (next <= CHARACTER_LAST) charset_add_range(&builder, next, CHARACTER_LAST);
  return charset_finish(&builder);
}

bool charset_has(CharSet set, uint32_t character) {
  size_t low = 0, high = set.count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (set.ranges[middle].last < character)
      low = middle + 1;
    else
      high = middle;
  }
  return low < set.count && set.ranges[low].first <= character;
}

bool charset_is_everything(CharSet set) {
  return set.count == 1 && set.ranges[0].first == 0 && set.ranges[0].last == CHARACTER_LAST;
}

static uint32_t unpack_number(const unsigned char **bytes) {
  uint32_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    unsigned char byte = *(*bytes)++;
    number |= (uint32_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

CharSet charset_unpack(const unsigned char *bytes, Arena *arena) {
  size_t count = unpack_number(&bytes);
  CharRange *ranges = ARENA_ARRAY(arena, CharRange, count + 1);
  uint32_t bound = 0;
  for (size_t i = 0; i < count; i++) {
    ranges[i].first = bound += unpack_number(&bytes);
    ranges[i].last = (bound += unpack_number(&bytes)) - 1;
  }
  return (CharSet){ranges, count};
}
