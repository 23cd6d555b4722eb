/* base: text, arena, buffer, fault, UTF-8, encodings. */
#include "harness/base/encoding.h"
#include "harness/base/fault.h"
#include "harness/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(actual, literal)                                                                         \
  do {                                                                                                       \
    Text text_ = (actual);                                                                                   \
    assert_int_equal(text_.length, sizeof(literal) - 1);                                                     \
    assert_memory_equal(text_.data, literal, sizeof(literal) - 1);                                           \
  } while (0)

static void text_pieces(void **state) {
  (void)state;
  Text rest;
  assert_text(text_split(TEXT("a=b=c"), '=', &rest), "a");
  assert_text(rest, "b=c");
  assert_text(text_split(TEXT("none"), '=', &rest), "none");
  assert_null(rest.data);
  assert_int_equal(text_find(TEXT("aab"), TEXT("ab"), 0), 1);
  assert_int_equal(text_find(TEXT("ab"), TEXT("abc"), 0), TEXT_NOT_FOUND);
  assert_int_equal(text_find(TEXT("ab"), TEXT(""), 2), 2);
  assert_true(text_equal_ignoring_case(TEXT("Content-TYPE"), TEXT("content-type")));
  assert_text(text_trim(TEXT(" \t a b\r\n")), "a b");
}

static void text_integers(void **state) {
  (void)state;
  int64_t number;
  assert_true(text_to_integer(TEXT("-9223372036854775808"), &number) && number == INT64_MIN);
  assert_true(text_to_integer(TEXT("9223372036854775807"), &number) && number == INT64_MAX);
  assert_false(text_to_integer(TEXT("9223372036854775808"), &number));
  assert_false(text_to_integer(TEXT("-"), &number));
  assert_false(text_to_integer(TEXT("1 "), &number));
}

static void text_suggestions(void **state) {
  (void)state;
  static const char *const keys[] = {"status", "headers", "body"};
  assert_string_equal(text_suggest(TEXT("stauts"), keys, 3), "status");
  assert_string_equal(text_suggest(TEXT("Body"), keys, 3), "body");
  assert_null(text_suggest(TEXT("completely"), keys, 3));
}

static void count_release(void *subject) {
  ++*(int *)subject;
}

static void arena_grows_and_releases(void **state) {
  (void)state;
  static int released;
  released = 0;
  Arena *arena = arena_new(64);
  char *first = arena_alloc(arena, 8);
  memset(first, 'x', 8);
  char *grown = arena_resize(arena, first, 8, 4000);
  assert_memory_equal(grown, "xxxxxxxx", 8);
  assert_true(arena_used(arena) >= 4000);
  arena_on_release(arena, count_release, &released);
  arena_reset(arena);
  assert_int_equal(released, 1);
  assert_int_equal(arena_used(arena), 0);
  assert_text(arena_print(arena, "%d-%s", 7, "z"), "7-z");
  arena_free(arena);
}

static void buffer_keeps_its_limit(void **state) {
  (void)state;
  Buffer buffer = buffer_make(NULL, 5);
  buffer_append_string(&buffer, "abc");
  buffer_append_string(&buffer, "def");
  assert_true(buffer.overflowed);
  buffer_append_char(&buffer, 'x');
  assert_text(buffer_text(&buffer), "abc");
  buffer_free(&buffer);
}

static void utf8_forms(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  assert_true(utf8_is_valid(TEXT("a\xC3\xA9\xF0\x9F\x98\x80")));
  assert_false(utf8_is_valid(TEXT("\xED\xA0\xBD")));
  assert_false(utf8_is_valid(TEXT("\xC0\x80")));
  assert_int_equal(utf16_length(TEXT("a\xF0\x9F\x98\x80")), 3);
  assert_text(utf8_repair(TEXT("a\xCE\xCF"
                               "b"),
                          arena),
              "a\xEF\xBF\xBD\xEF\xBF\xBD"
              "b");
  assert_text(utf8_repair(TEXT("\xF0\x9F\x98"), arena), "\xEF\xBF\xBD");
  size_t at = 0;
  assert_int_equal(utf8_next(TEXT("\xED\xA0\xBD"), &at), 0xD83D);
  assert_int_equal(at, 3);
  arena_free(arena);
}

static void base64_is_strict(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text out;
  assert_text(base64_encode(TEXT("a"), arena), "YQ==");
  assert_true(base64_decode(TEXT("YQ=="), arena, &out, NULL));
  assert_text(out, "a");
  assert_true(base64_decode(TEXT("YQ"), arena, &out, NULL));
  assert_text(out, "a");
  assert_true(base64_decode(TEXT("YWJj"), arena, &out, NULL));
  assert_text(out, "abc");
  assert_false(base64_decode(TEXT("YQ="), arena, &out, NULL));
  assert_false(base64_decode(TEXT("Y"), arena, &out, NULL));
  assert_false(base64_decode(TEXT("my text"), arena, &out, NULL));
  assert_false(base64_decode(TEXT("YWJj\n"), arena, &out, NULL));
  assert_text(percent_decode(TEXT("a%2Fb%zz+"), true, arena), "a/b%zz ");
  assert_text(percent_encode(TEXT("a b/c"), "/", arena), "a%20b/c");
  arena_free(arena);
}

static void fault_has_place_and_caret(void **state) {
  (void)state;
  Text source = TEXT("one\r\ntwo\n  \xC3\xA9 bad\n");
  Fault fault;
  assert_false(fault_raise_at(&fault, FAULT_INPUT, "f.yaml", source, 14, "no \x1b[31mred"));
  assert_int_equal(fault.place.line, 3);
  assert_int_equal(fault.place.column, 5);
  Buffer out = buffer_make(NULL, 0);
  fault_print(&fault, &out);
  assert_string_equal(buffer_string(&out), "f.yaml:3:5: error: no ?[31mred\n    \xC3\xA9 bad\n      ^\n");
  buffer_free(&out);
}

static void fault_cuts_long_lines(void **state) {
  (void)state;
  char line[5000];
  memset(line, 'y', sizeof line);
  Fault fault;
  fault_raise_at(&fault, FAULT_INPUT, "f", (Text){line, sizeof line}, 4000, "x");
  assert_true(strlen(fault.source) < FAULT_SOURCE_SIZE);
  assert_true(fault.caret < strlen(fault.source));
  fault_raise(&fault, FAULT_INPUT, "%.*s", 5000, line);
  assert_string_equal(fault.message + FAULT_MESSAGE_SIZE - 4, "...");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_pieces),
      cmocka_unit_test(text_integers),
      cmocka_unit_test(text_suggestions),
      cmocka_unit_test(arena_grows_and_releases),
      cmocka_unit_test(buffer_keeps_its_limit),
      cmocka_unit_test(utf8_forms),
      cmocka_unit_test(base64_is_strict),
      cmocka_unit_test(fault_has_place_and_caret),
      cmocka_unit_test(fault_cuts_long_lines),
  };
  return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
