/* exchange: header lists, targets, ids. The NDJSON form has cases of its own. */
#include "harness/exchange/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;

static int prepare(void **state) {
  (void)state;
  arena = arena_new(0);
  return 0;
}

static int tidy(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void assert_text(Text actual, const char *expected) {
  assert_int_equal(actual.length, strlen(expected));
  assert_memory_equal(actual.data, expected, actual.length);
}

static Headers sample(void) {
  Headers headers = {0};
  headers_add(&headers, TEXT("Accept"), TEXT("1"), arena);
  headers_add(&headers, TEXT("X"), TEXT("2"), arena);
  headers_add(&headers, TEXT("accept"), TEXT("3"), arena);
  return headers;
}

static void headers_are_found_with_and_without_case(void **state) {
  (void)state;
  Headers headers = sample();
  assert_text(headers_find(&headers, TEXT("ACCEPT"))->value, "1");
  assert_text(headers_find_last(&headers, TEXT("ACCEPT"))->value, "3");
  assert_text(headers_find_exact(&headers, TEXT("accept"))->value, "3");
  assert_text(headers_find_last_exact(&headers, TEXT("Accept"))->value, "1");
  assert_null(headers_find_exact(&headers, TEXT("ACCEPT")));
  assert_null(headers_find(&headers, TEXT("absent")));
  assert_text(headers_join(&headers, TEXT("accept"), TEXT(", "), arena), "1, 3");
  assert_null(headers_join(&headers, TEXT("absent"), TEXT(","), arena).data);
}

static void setting_a_header_leaves_one(void **state) {
  (void)state;
  Headers headers = sample();
  headers_set(&headers, TEXT("ACCEPT"), TEXT("4"), arena);
  assert_int_equal(headers.count, 2);
  assert_text(headers.items[0].name, "ACCEPT");
  assert_text(headers.items[0].value, "4");
  assert_text(headers.items[1].name, "X");
  headers_set(&headers, TEXT("New"), TEXT("5"), arena);
  assert_int_equal(headers.count, 3);
  headers_remove(&headers, TEXT("x"));
  assert_int_equal(headers.count, 2);
  assert_null(headers_find(&headers, TEXT("X")));
}

static void a_copy_is_its_own(void **state) {
  (void)state;
  Headers headers = sample(), copy = headers_copy(&headers, arena);
  headers_add(&copy, TEXT("Y"), TEXT("6"), arena);
  headers_set(&copy, TEXT("Accept"), TEXT("7"), arena);
  assert_int_equal(headers.count, 3);
  assert_text(headers.items[0].value, "1");
  Headers none = {0};
  Headers copied = headers_copy(&none, arena);
  headers_add(&copied, TEXT("a"), TEXT("b"), arena);
  assert_int_equal(copied.count, 1);
}

static void targets_are_taken_apart_and_put_together(void **state) {
  (void)state;
  Request request = {0};
  request_set_target(&request, TEXT("/pets/4%2F2?verbose=true&a+b=%26%3D&&flag&x=1=2?"), arena);
  assert_text(request.path, "/pets/4%2F2");
  assert_int_equal(request.query.count, 4);
  assert_text(request.query.items[1].name, "a b");
  assert_text(request.query.items[1].value, "&=");
  assert_text(request.query.items[2].name, "flag");
  assert_text(request.query.items[2].value, "");
  assert_text(request.query.items[3].value, "1=2?");
  Text target = request_target(&request, arena);
  assert_text(target, "/pets/4%2F2?verbose=true&a%20b=%26%3D&flag=&x=1%3D2%3F");
  Request again = {0};
  request_set_target(&again, target, arena);
  assert_int_equal(again.query.count, 4);
  for (size_t i = 0; i < 4; i++)
    assert_true(text_equal(again.query.items[i].value, request.query.items[i].value));
  request_set_target(&request, TEXT("/?"), arena);
  assert_int_equal(request.query.count, 0);
}

static void ids_are_unique_and_sort_by_time(void **state) {
  (void)state;
  Text last = TEXT_EMPTY;
  for (uint64_t time = 1000; time < 1010; time++)
    for (int i = 0; i < 1000; i++) {
      Text id = exchange_new_id(time, arena);
      assert_int_equal(id.length, 26);
      assert_true(text_compare(last, id) < 0);
      last = id;
    }
  assert_memory_equal(exchange_new_id(1469918176385, arena).data, "01ARYZ6S41", 10);
}

static void times_are_rfc_3339(void **state) {
  (void)state;
  assert_text(time_print(0, arena), "1970-01-01T00:00:00.000Z");
  assert_text(time_print(1795428000123, arena), "2026-11-23T10:00:00.123Z");
}

static void times_with_any_offset_are_read(void **state) {
  (void)state;
  uint64_t time;
  assert_true(time_read(TEXT("2026-11-23T10:00:00.123Z"), &time) && time == 1795428000123);
  assert_true(time_read(TEXT("2026-11-23T12:30:00+02:30"), &time) && time == 1795428000000);
  assert_true(time_read(TEXT("2026-11-23T10:00:00.9876543-00:00"), &time) && time == 1795428000987);
  assert_false(time_read(TEXT("2026-11-23"), &time));
  assert_false(time_read(TEXT("2026-13-23T10:00:00Z"), &time));
  assert_false(time_read(TEXT("2026-11-23T10:00:00"), &time));
  assert_false(time_read(TEXT("2026-11-23T10:00:00Zx"), &time));
  assert_false(time_read(TEXT("1969-11-23T10:00:00Z"), &time));
}

static void failures_are_told_from_answers(void **state) {
  (void)state;
  assert_false(backend_failed(&(BackendAnswer){.kind = BACKEND_NONE}));
  assert_false(backend_failed(&(BackendAnswer){.kind = BACKEND_HTTP, .status = 404}));
  assert_true(backend_failed(&(BackendAnswer){.kind = BACKEND_HTTP, .status = 500}));
  assert_false(backend_failed(&(BackendAnswer){.kind = BACKEND_LAMBDA, .status = 200}));
  assert_true(backend_failed(
      &(BackendAnswer){.kind = BACKEND_LAMBDA, .status = 200, .function_error = TEXT("Unhandled")}));
  assert_true(backend_failed(&(BackendAnswer){.kind = BACKEND_FAILURE}));
  for (int i = FAILURE_TIMEOUT; i <= FAILURE_TOO_LARGE; i++) {
    FailureReason reason = FAILURE_TIMEOUT;
    assert_true(failure_reason_read(text_from(failure_reason_name((FailureReason)i)), &reason));
    assert_int_equal(reason, i);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(headers_are_found_with_and_without_case),
      cmocka_unit_test(setting_a_header_leaves_one),
      cmocka_unit_test(a_copy_is_its_own),
      cmocka_unit_test(targets_are_taken_apart_and_put_together),
      cmocka_unit_test(ids_are_unique_and_sort_by_time),
      cmocka_unit_test(times_are_rfc_3339),
      cmocka_unit_test(times_with_any_offset_are_read),
      cmocka_unit_test(failures_are_told_from_answers),
  };
  return cmocka_run_group_tests(tests, prepare, tidy);
}
