/* pattern: what cases can't say: flags, limits, hostile input, threads. */
#include "harness/base/buffer.h"
#include "harness/pattern/pattern.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Pattern *compile(Arena *arena, Text source, unsigned flags) {
  Pattern *pattern = NULL;
  Fault fault = {0};
  if (!pattern_compile(source, flags, arena, &pattern, &fault)) fail_msg("%s", fault.message);
  return pattern;
}

static FaultKind compile_fault(Text source) {
  Arena *arena = arena_new(0);
  Pattern *pattern;
  Fault fault = {0};
  bool well = pattern_compile(source, 0, arena, &pattern, &fault);
  arena_free(arena);
  return well ? FAULT_NONE : fault.kind;
}

static PatternAnswer answer(Text source, unsigned flags, Text subject) {
  Arena *arena = arena_new(0);
  PatternAnswer result = pattern_matches(compile(arena, source, flags), subject, NULL);
  arena_free(arena);
  return result;
}

static Text repeated(Arena *arena, const char *piece, size_t count) {
  Buffer buffer = buffer_make(arena, 0);
  for (size_t i = 0; i < count; i++) buffer_append_string(&buffer, piece);
  return buffer_text(&buffer);
}

static void flags_of_the_caller(void **state) {
  (void)state;
  assert_int_equal(answer(TEXT("a.c"), PATTERN_DOTALL, TEXT("a\nc")), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("ABC"), PATTERN_CASE_INSENSITIVE, TEXT("abc")), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("\xC3\x89"), PATTERN_CASE_INSENSITIVE, TEXT("\xC3\xA9")), PATTERN_NO_MATCH);
  assert_int_equal(
      answer(TEXT("\xC3\x89"), PATTERN_CASE_INSENSITIVE | PATTERN_UNICODE_CASE, TEXT("\xC3\xA9")),
      PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("a(*+\\Q"), PATTERN_LITERAL, TEXT("a(*+\\Q")), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("\\w"), PATTERN_UNICODE_CHARACTER_CLASS, TEXT("\xC3\xA9")), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("a b # c"), PATTERN_COMMENTS, TEXT("ab")), PATTERN_MATCHES);
}

static void groups_by_number_and_name(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Pattern *pattern = compile(arena, TEXT("(?<first>\\w)(x)?(?<last>\\d)"), 0);
  size_t spans[10];
  assert_int_equal(pattern_group_count(pattern), 3);
  assert_int_equal(pattern_group_number(pattern, TEXT("last")), 3);
  assert_int_equal(pattern_group_number(pattern, TEXT("none")), 0);
  assert_int_equal(pattern_find(pattern, TEXT("--a1--b2"), 3, spans, 10, NULL), PATTERN_MATCHES);
  static const size_t expected[10] = {
      6, 8, 6, 7, PATTERN_UNSET, PATTERN_UNSET, 7, 8, PATTERN_UNSET, PATTERN_UNSET};
  assert_memory_equal(spans, expected, sizeof expected);
  assert_int_equal(pattern_find(pattern, TEXT("--a1--b2"), 9, spans, 2, NULL), PATTERN_NO_MATCH);
  arena_free(arena);
}

/* A look-behind sees the text before `from`; \G is where the search starts. */
static void find_sees_what_is_before(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  size_t span[2];
  assert_int_equal(pattern_find(compile(arena, TEXT("(?<=a)b"), 0), TEXT("ab"), 1, span, 2, NULL),
                   PATTERN_MATCHES);
  assert_int_equal(pattern_find(compile(arena, TEXT("^b"), 0), TEXT("ab"), 1, span, 2, NULL),
                   PATTERN_NO_MATCH);
  assert_int_equal(pattern_find(compile(arena, TEXT("\\Gb"), 0), TEXT("ab"), 1, span, 2, NULL),
                   PATTERN_MATCHES);
  arena_free(arena);
}

static void lone_surrogates_match(void **state) {
  (void)state;
  Text high = TEXT("\xED\xA0\xBD");
  assert_int_equal(answer(TEXT("."), 0, high), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("\\ud83d"), 0, high), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("\\p{Cs}"), 0, high), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("[^a]"), 0, high), PATTERN_MATCHES);
  assert_int_equal(answer(high, 0, high), PATTERN_MATCHES);
  assert_int_equal(answer(TEXT("\\ud83d"), 0, TEXT("\xF0\x9F\x98\x80")), PATTERN_NO_MATCH);
}

static void bytes_that_are_no_text(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Pattern *any = compile(arena, TEXT("(?s).*"), 0);
  Fault fault = {0};
  assert_int_equal(pattern_matches(any, TEXT("a\xFF"), &fault), PATTERN_UNDECIDED);
  assert_string_equal(fault.message, "the value isn't text: byte 2 is not UTF-8");
  assert_int_equal(pattern_matches(any, TEXT("\xED\xA0\xBD\xED\xB8\x80"), &fault), PATTERN_UNDECIDED);
  assert_int_equal(pattern_matches(any, TEXT("\xC3"), NULL), PATTERN_UNDECIDED);
  assert_int_equal(pattern_matches(any, (Text){NULL, 0}, NULL), PATTERN_MATCHES);
  assert_int_equal(pattern_matches(any, TEXT("a\0b"), NULL), PATTERN_MATCHES);
  assert_int_equal(compile_fault(TEXT("a\xFF")), FAULT_INPUT);
  arena_free(arena);
}

/* Too much to try is an answer of its own, and comes soon. */
static void effort_is_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Fault fault = {0};
  Pattern *pattern = compile(arena, TEXT("(a+)+b"), 0);
  for (int i = 0; i < 40; i++) /* interpreted at first, machine code later */
    assert_int_equal(pattern_matches(pattern, TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb"), &fault),
                     PATTERN_UNDECIDED);
  assert_int_equal(fault.kind, FAULT_LIMIT);
  Text behind = repeated(arena, "a", 20000);
  assert_int_equal(pattern_matches(compile(arena, TEXT("(?:a(?<=ba*))*"), 0), behind, NULL),
                   PATTERN_NO_MATCH);
  assert_int_equal(pattern_matches(compile(arena, TEXT(".*(?<=ba*)x"), 0), behind, NULL), PATTERN_UNDECIDED);
  arena_free(arena);
}

static void long_values(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text lines = repeated(arena, "a line of an error\n", 5000);
  assert_int_equal(pattern_matches(compile(arena, TEXT("(.|\\n)*"), 0), lines, NULL), PATTERN_MATCHES);
  assert_int_equal(pattern_matches(compile(arena, TEXT("(?s).*\\berror\\b.*"), 0), lines, NULL),
                   PATTERN_MATCHES);
  assert_int_equal(
      pattern_matches(compile(arena, TEXT("\\X*"), 0), repeated(arena, "e\xCC\x81", 20000), NULL),
      PATTERN_MATCHES);
  arena_free(arena);
}

static void sources_are_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  assert_int_equal(compile_fault(repeated(arena, "a", 70000)), FAULT_LIMIT);
  assert_int_equal(compile_fault(repeated(arena, "(", 300)), FAULT_LIMIT);
  assert_int_equal(compile_fault(repeated(arena, "[", 300)), FAULT_LIMIT);
  assert_int_equal(compile_fault(repeated(arena, "[^", 30000)), FAULT_LIMIT);
  assert_int_equal(compile_fault(repeated(arena, "(", 200)), FAULT_INPUT);
  assert_int_equal(compile_fault(TEXT("a{70000}")), FAULT_LIMIT);
  assert_int_equal(compile_fault(TEXT("a{99999999999}")), FAULT_INPUT);
  assert_int_equal(compile_fault(TEXT("((((((a{99}){99}){99}){99}){99}){99})")), FAULT_LIMIT);
  assert_int_equal(compile_fault(repeated(arena, "(?<=a|b)", 1000)), FAULT_NONE);
  assert_int_equal(compile_fault(repeated(arena, "\\p{L}", 10000)), FAULT_LIMIT);
  arena_free(arena);
}

/* Large sets that don't fit one program when written out are called instead. */
static void large_sets_are_shared(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Pattern *pattern = compile(arena, repeated(arena, "\\p{L}\\P{Ll}?", 40), 0);
  assert_non_null(strstr(pattern_translation(pattern).data, "DEFINE"));
  assert_int_equal(pattern_matches(pattern, repeated(arena, "\xC3\xA9-", 40), NULL), PATTERN_MATCHES);
  assert_int_equal(pattern_matches(pattern, repeated(arena, "-", 40), NULL), PATTERN_NO_MATCH);
  assert_int_equal(pattern_group_count(pattern), 0);
  arena_free(arena);
}

/* No walk over matches goes on for ever or splits a character. */
static void walks_end(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Pattern *pattern = compile(arena, TEXT("x?"), 0);
  PatternSearch search = {0};
  size_t span[2], count = 0;
  while (pattern_find_next(pattern, TEXT("a\xC3\xA9x"), &search, span, 2, NULL) == PATTERN_MATCHES) count++;
  assert_int_equal(count, 4);
  assert_int_equal(pattern_find_next(pattern, TEXT("a"), &search, span, 2, NULL), PATTERN_NO_MATCH);
  arena_free(arena);
}

static void *match_often(void *subject) {
  const Pattern *pattern = subject;
  size_t span[4];
  for (int i = 0; i < 2000; i++) {
    if (pattern_matches(pattern, TEXT("order 17 failed"), NULL) != PATTERN_MATCHES) return subject;
    if (pattern_find(pattern, TEXT("order 17"), 0, span, 4, NULL) != PATTERN_NO_MATCH) return subject;
  }
  return NULL;
}

static void threads_share_a_pattern(void **state) {
  (void)state;
  enum { THREADS = 4 };
  Arena *arena = arena_new(0);
  Pattern *pattern = compile(arena, TEXT("\\border (\\d+)(?<=1{1,2}7) failed"), 0);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, match_often, pattern), 0);
  for (int i = 0; i < THREADS; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flags_of_the_caller),
      cmocka_unit_test(groups_by_number_and_name),
      cmocka_unit_test(find_sees_what_is_before),
      cmocka_unit_test(lone_surrogates_match),
      cmocka_unit_test(bytes_that_are_no_text),
      cmocka_unit_test(effort_is_bounded),
      cmocka_unit_test(long_values),
      cmocka_unit_test(sources_are_bounded),
      cmocka_unit_test(large_sets_are_shared),
      cmocka_unit_test(walks_end),
      cmocka_unit_test(threads_share_a_pattern),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
