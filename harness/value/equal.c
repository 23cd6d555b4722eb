/* equals() and hashCode() as Java's classes have them. Values that hold themselves, or hold the same list
 * many times over, are walked to a bounded depth and number of steps; Java would overflow its stack or not
 * come back. */
#include "harness/value/value_parts.h"

#include <assert.h>
#include <string.h>

enum { STEP_LIMIT = 10 * 1000 * 1000 };

typedef struct Walk {
  uint32_t depth;
  uint32_t steps;
} Walk;

static bool equal_within(Value left, Value right, Walk *walk);
static uint32_t hash_within(Value value, Walk *walk);

static bool text_values_equal(Value left, Value right) {
  if (!(left.flags & VALUE_ESCAPED)) return value_text_is(right, (Text){left.as.text, left.length});
  if (!(right.flags & VALUE_ESCAPED)) return value_text_is(left, (Text){right.as.text, right.length});
  PlainText plain = plain_text_open(left);
  bool same = value_text_is(right, plain.text);
  plain_text_close(&plain);
  return same;
}

static uint64_t double_bits(double number) {
  uint64_t bits;
  if (number != number) return 0x7FF8000000000000u; /* all NaN are one */
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static uint32_t float_bits(float number) {
  uint32_t bits;
  if (number != number) return 0x7FC00000u;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static bool big_values_equal(Value left, Value right) {
  Arena *scratch = arena_new(0);
  const BigNumber *first = number_to_big(left, scratch), *second = number_to_big(right, scratch);
  bool same = first->scale == second->scale && first->negative == second->negative &&
              big_compare_magnitude(first, second) == 0;
  arena_free(scratch);
  return same;
}

/* Arrays are equal to themselves only; the other lists by their items. A key set is a Set: equal to no List.
 */
static bool lists_equal(const List *left, const List *right, Walk *walk) {
  if (left == right) return true;
  if (left->kind == LIST_FIXED || right->kind == LIST_FIXED) return false;
  if (!list_is_current(left) || !list_is_current(right) || left->count != right->count) return false;
  for (uint32_t i = 0; i < left->count; i++)
    if (!equal_within(left->items[i], right->items[i], walk)) return false;
  return true;
}

static bool maps_equal(const Map *left, const Map *right, Walk *walk) {
  if (left == right) return true;
  if (left->count != right->count) return false;
  for (uint32_t i = 0; i < left->count; i++) {
    const Value *other = map_get(right, left->entries[i].key);
    if (other == NULL || !equal_within(left->entries[i].value, *other, walk)) return false;
  }
  return true;
}

static bool containers_equal(Value left, Value right, Walk *walk) {
  if (walk->depth == VALUE_DEPTH_LIMIT) return false;
  walk->depth++;
  bool same = left.kind == VALUE_LIST ? lists_equal(left.as.list, right.as.list, walk)
                                      : maps_equal(left.as.map, right.as.map, walk);
  walk->depth--;
  return same;
}

static bool equal_within(Value left, Value right, Walk *walk) {
  if (left.kind != right.kind) return false;
  if (++walk->steps > STEP_LIMIT) return false;
  switch ((ValueKind)left.kind) {
  case VALUE_NULL: return true;
  case VALUE_BOOLEAN: return left.as.boolean == right.as.boolean;
  case VALUE_BYTE:
  case VALUE_SHORT:
  case VALUE_INTEGER: return left.as.integer == right.as.integer;
  case VALUE_LONG: return left.as.long_integer == right.as.long_integer;
  case VALUE_FLOAT: return float_bits(left.as.float_number) == float_bits(right.as.float_number);
  case VALUE_DOUBLE: return double_bits(value_to_double(left)) == double_bits(value_to_double(right));
  case VALUE_BIG_INTEGER:
  case VALUE_BIG_DECIMAL: return big_values_equal(left, right);
  case VALUE_CHARACTER: return left.as.character == right.as.character;
  case VALUE_TEXT: return text_values_equal(left, right);
  case VALUE_LIST:
  case VALUE_MAP: return containers_equal(left, right, walk);
  case VALUE_OBJECT: {
    const Object *object = left.as.object;
    if (object == right.as.object) return true;
    return object->type->equal != NULL && object->type->equal(object, right);
  }
  }
  return false;
}

bool value_equal(Value left, Value right) {
  return equal_within(left, right, &(Walk){0, 0});
}

static uint32_t big_hash(Value number) {
  Arena *scratch = arena_new(0);
  const BigNumber *big = number_to_big(number, scratch);
  uint32_t hash = (uint32_t)big_hash_code(big);
  if (number.kind == VALUE_BIG_DECIMAL) hash = hash * 31 + (uint32_t)big->scale;
  arena_free(scratch);
  return hash;
}

static uint32_t text_value_hash(Value text) {
  PlainText plain = plain_text_open(text);
  uint32_t hash = (uint32_t)text_hash_code(plain.text);
  plain_text_close(&plain);
  return hash;
}

static uint32_t fold(uint64_t bits) {
  return (uint32_t)(bits ^ bits >> 32);
}

static uint32_t container_hash(Value value, Walk *walk) {
  if (walk->depth == VALUE_DEPTH_LIMIT) return 0;
  walk->depth++;
  uint32_t hash = 0;
  if (value.kind == VALUE_LIST) {
    const List *list = value.as.list;
    hash = 1;
    for (uint32_t i = 0; i < list->count; i++) hash = hash * 31 + hash_within(list->items[i], walk);
  } else {
    const Map *map = value.as.map;
    for (uint32_t i = 0; i < map->count; i++)
      hash += hash_within(map->entries[i].key, walk) ^ hash_within(map->entries[i].value, walk);
  }
  walk->depth--;
  return hash;
}

static uint32_t hash_within(Value value, Walk *walk) {
  if (++walk->steps > STEP_LIMIT) return 0;
  switch ((ValueKind)value.kind) {
  case VALUE_NULL: return 0;
  case VALUE_BOOLEAN: return value.as.boolean ? 1231 : 1237;
  case VALUE_BYTE:
  case VALUE_SHORT:
  case VALUE_INTEGER: return (uint32_t)value.as.integer;
  case VALUE_LONG: return fold((uint64_t)value.as.long_integer);
  case VALUE_FLOAT: return float_bits(value.as.float_number);
  case VALUE_DOUBLE: return fold(double_bits(value_to_double(value)));
  case VALUE_BIG_INTEGER:
  case VALUE_BIG_DECIMAL: return big_hash(value);
  case VALUE_CHARACTER: return value.as.character;
  case VALUE_TEXT: return text_value_hash(value);
  case VALUE_LIST:
  case VALUE_MAP: return container_hash(value, walk);
  case VALUE_OBJECT: break;
  }
  return 0x2A139A55u; /* identity hash codes change from run to run in Java: any number will do */
}

int32_t value_hash_code(Value value) {
  return (int32_t)hash_within(value, &(Walk){0, 0});
}
