/* value: maps, orders, containers that hold themselves, numbers from text. */
#include "harness/value/big_number.h"
#include "harness/value/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(Text actual, const char *expected) {
  if (!text_is(actual, expected)) fail_msg("expected %s, got %.*s", expected, TEXT_ARGS(actual));
}

static int set_up(void **state) {
  *state = arena_new(0);
  return 0;
}

static int tear_down(void **state) {
  arena_free(*state);
  return 0;
}

static Value number(const char *lexeme, Arena *arena) {
  Value value;
  assert_true(value_read(text_from(lexeme), arena, &value, NULL));
  return value;
}

static void map_survives_growth_and_removal(void **state) {
  Arena *arena = *state;
  Map *map = map_new(MAP_LINKED, arena);
  for (int32_t i = 0; i < 1000; i++)
    map_put_text(map, arena_print(arena, "key %d", i), value_integer(i), arena);
  for (int32_t i = 0; i < 1000; i += 2) {
    assert_true(map_remove(map, value_from_text(arena_print(arena, "key %d", i))));
    assert_false(map_remove(map, value_from_text(arena_print(arena, "key %d", i))));
  }
  assert_int_equal(map->count, 500);
  for (int32_t i = 0; i < 1000; i++) {
    const Value *found = map_get_text(map, arena_print(arena, "key %d", i));
    assert_true((found != NULL) == (i % 2 == 1));
    if (found != NULL) assert_int_equal(found->as.integer, i);
  }
}

static void map_keys_compare_as_java_does(void **state) {
  Arena *arena = *state;
  Map *map = map_new(MAP_LINKED, arena);
  map_put(map, value_integer(1), value_integer(1), arena);
  map_put(map, value_long(1), value_integer(2), arena);
  map_put_text(map, TEXT("1"), value_integer(3), arena);
  map_put(map, value_character('1'), value_integer(4), arena);
  map_put(map, value_null(), value_integer(5), arena);
  assert_int_equal(map->count, 5);
  assert_int_equal(map_get(map, value_long(1))->as.integer, 2);
  assert_int_equal(map_get(map, value_null())->as.integer, 5);
  assert_null(map_get(map, value_double(1.0)));
}

/* The order of the eight keys was seen in java.util.HashMap. */
static void hash_map_iterates_by_bucket(void **state) {
  Arena *arena = *state;
  static const char *const put[] = {"path",  "header", "querystring", "httpMethod",
                                    "stage", "a",      "b",           "identity"};
  static const char *const seen[] = {"path",     "a",      "b",           "stage",
                                     "identity", "header", "querystring", "httpMethod"};
  Map *map = map_new(MAP_HASH, arena);
  for (size_t i = 0; i < 8; i++) map_put_text(map, text_from(put[i]), value_null(), arena);
  const MapEntry *order[8];
  map_order(map, order);
  for (size_t i = 0; i < 8; i++) assert_text(value_text(order[i]->key, arena), seen[i]);
}

static void containers_that_hold_themselves(void **state) {
  Arena *arena = *state;
  List *list = list_new(LIST_ARRAY_LIST, arena);
  list_append(list, value_from_list(list), arena);
  assert_text(value_to_text(value_from_list(list), arena), "[(this Collection)]");

  Map *map = map_new(MAP_LINKED, arena);
  map_put_text(map, TEXT("list"), value_from_list(list), arena);
  list_append(list, value_from_map(map), arena);
  assert_null(value_to_text(value_from_map(map), arena).data);
  Buffer out = buffer_make(arena, 0);
  value_write_json(value_from_map(map), &out);
  assert_true(out.overflowed);
  assert_true(value_equal(value_from_map(map), value_from_map(map)));
  value_hash_code(value_from_map(map));
}

/* Each list holds the one before twice: 2^40 items when written out. */
static void shared_lists_stay_bounded(void **state) {
  Arena *arena = *state;
  Value inner = value_from_list(list_new(LIST_ARRAY_LIST, arena));
  for (int i = 0; i < 40; i++) {
    List *outer = list_new(LIST_ARRAY_LIST, arena);
    list_append(outer, inner, arena);
    list_append(outer, inner, arena);
    inner = value_from_list(outer);
  }
  assert_null(value_to_text(inner, arena).data);
  Buffer out = buffer_make(arena, 1000);
  value_write_json(inner, &out);
  assert_true(out.overflowed);
  value_hash_code(inner);
}

static void deep_bodies_are_refused(void **state) {
  Arena *arena = *state;
  enum { DEPTH = 1000000 };
  char *body = arena_alloc(arena, DEPTH);
  memset(body, '[', DEPTH);
  Value value;
  Fault fault;
  assert_false(value_read((Text){body, DEPTH}, arena, &value, &fault));
  assert_int_equal(fault.kind, FAULT_LIMIT);
  memset(body, ']', 800);
  memset(body, '[', 400);
  assert_true(value_read((Text){body, 800}, arena, &value, &fault));
}

static void equality_knows_classes(void **state) {
  Arena *arena = *state;
  assert_false(value_equal(value_integer(2), value_long(2)));
  assert_false(value_equal(number("1.0000000000000000000", arena), number("1.00000000000000000000", arena)));
  assert_int_equal(
      number_compare(number("1.0000000000000000000", arena), number("1.00000000000000000000", arena)), 0);
  assert_int_equal(number_compare(number("1e400", arena), value_integer(1)), 1);
  assert_true(value_equal(number("\"\\u0061\"", arena), value_from_text(TEXT("a"))));
  assert_false(value_equal(value_double(0.0), value_double(-0.0)));
  assert_int_equal(value_hash_code(value_from_text(TEXT("a😀"))), 97 * 31 * 31 + 0xD83D * 31 + 0xDE00);
  assert_int_equal(value_hash_code(number("123456789012345678901234567890", arena)), 1915528825);
}

static void numbers_from_text(void **state) {
  Arena *arena = *state;
  Value value;
  assert_true(number_parse(VALUE_INTEGER, TEXT("+7f"), 16, arena, &value) && value.as.integer == 127);
  assert_false(number_parse(VALUE_INTEGER, TEXT("2147483648"), 10, arena, &value));
  assert_true(number_parse(VALUE_INTEGER, TEXT("-2147483648"), 10, arena, &value));
  assert_false(number_parse(VALUE_INTEGER, TEXT(" 1"), 10, arena, &value));
  assert_true(number_parse(VALUE_DOUBLE, TEXT(" 1.5d "), 10, arena, &value) && value.as.double_number == 1.5);
  assert_true(number_parse(VALUE_DOUBLE, TEXT("-Infinity"), 10, arena, &value));
  assert_false(number_parse(VALUE_DOUBLE, TEXT("1e"), 10, arena, &value));
  assert_false(number_parse(VALUE_DOUBLE, TEXT("inf"), 10, arena, &value));
  assert_true(number_parse(VALUE_BIG_DECIMAL, TEXT("1E+3"), 10, arena, &value));
  assert_text(value_to_text(value, arena), "1E+3");
}

static void shortest_digits(void **state) {
  (void)state;
  static const struct {
    double number;
    const char *printed;
  } rows[] = {{0x1p-44, "5.684341886080802E-14"},
              {5e-324, "4.9E-324"},
              {1.7976931348623157e308, "1.7976931348623157E308"},
              {1e23, "1.0E23"},
              {0.1 + 0.2, "0.30000000000000004"},
              {100, "100.0"},
              {-0.001, "-0.001"},
              {123456789012345680, "1.2345678901234568E17"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[32];
    assert_text((Text){text, double_print(rows[i].number, text)}, rows[i].printed);
  }
  char text[32];
  assert_text((Text){text, float_print(0.1f, text)}, "0.1");
  assert_text((Text){text, float_print(16777216.0f, text)}, "1.6777216E7");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(map_survives_growth_and_removal, set_up, tear_down),
      cmocka_unit_test_setup_teardown(map_keys_compare_as_java_does, set_up, tear_down),
      cmocka_unit_test_setup_teardown(hash_map_iterates_by_bucket, set_up, tear_down),
      cmocka_unit_test_setup_teardown(containers_that_hold_themselves, set_up, tear_down),
      cmocka_unit_test_setup_teardown(shared_lists_stay_bounded, set_up, tear_down),
      cmocka_unit_test_setup_teardown(deep_bodies_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(equality_knows_classes, set_up, tear_down),
      cmocka_unit_test_setup_teardown(numbers_from_text, set_up, tear_down),
      cmocka_unit_test(shortest_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
