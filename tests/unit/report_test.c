/* Reports of verdicts made by hand: the shapes that programs rely on, and that nothing hostile gets through.
 */
#include "harness/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const Text nothing = {NULL, 0};

/* A failing case with everything in it; `name` and `body` come from outside. */
static Verdict make_verdict(Text name, Text body, Arena *arena) {
  static IntegrationResponse rules[2];
  static RuleTrace trace[2];
  static Request request = {.method = TEXT_INIT("GET"), .path = TEXT_INIT("/pets/42")};
  static BackendAnswer answer;
  rules[0] = (IntegrationResponse){.status_code = TEXT("404"),
                                   .selection_pattern = {.text = TEXT("4\\d{3}")},
                                   .place = {"pets.yaml", 9, 3}};
  rules[1] =
      (IntegrationResponse){.status_code = TEXT("200"), .is_default = true, .place = {"pets.yaml", 5, 3}};
  trace[0] = (RuleTrace){&rules[0], RULE_NOT_MATCHED, TEXT("needs 4 characters")};
  trace[1] = (RuleTrace){&rules[1], RULE_CHOSEN_DEFAULT, TEXT_EMPTY};
  answer = (BackendAnswer){.kind = BACKEND_HTTP, .status = 404, .body = body};
  Verdict verdict = {.spec = "specs/pets.yaml",
                     .name = name,
                     .place = {"specs/pets.yaml", 14, 5},
                     .operation = TEXT("GET /pets/{petId}"),
                     .kind = VERDICT_DIFFERENT,
                     .request = &request,
                     .backend = &answer,
                     .has_expected = true,
                     .expected = {.status = 400, .body = nothing},
                     .differences = differences_make(arena),
                     .checked = 1,
                     .selector = verdict_selector(name, arena),
                     .duration_us = 41};
  verdict.outcome.response = (Response){.status = 200, .body = body};
  headers_add(&verdict.outcome.response.headers, TEXT("X-Note"), body, arena);
  verdict.outcome.rule = &rules[1];
  verdict.outcome.trace = trace;
  verdict.outcome.trace_count = 2;
  verdict.outcome.selection_value = TEXT("404");
  differences_add(&verdict.differences, (Difference){.at = TEXT("status"),
                                                     .expected = TEXT("400"),
                                                     .actual = TEXT("200"),
                                                     .severity = SEVERITY_BREAKING});
  differences_add(&verdict.differences, (Difference){.at = TEXT("$.note"),
                                                     .expected = nothing,
                                                     .actual = json_quote(body, arena),
                                                     .severity = SEVERITY_COMPATIBLE});
  return verdict;
}

static Text write_report(const char *format_name, const Verdict *verdicts, size_t count, Arena *arena) {
  const ReportFormat *format = report_format(text_from(format_name));
  ReportOptions options = {.program = "statusquo", .verbose = true};
  ReplayTotals totals = {.seconds = 0.0125};
  Buffer *out = ARENA_NEW(arena, Buffer);
  assert_non_null(format);
  *out = buffer_make(arena, 0);
  Report *report = format->open(&options, out, arena);
  for (size_t i = 0; i < count; i++) {
    totals_add(&totals, &verdicts[i]);
    format->verdict(report, &verdicts[i]);
  }
  format->finish(report, &totals);
  return buffer_text(out);
}

static bool contains(Text text, const char *part) {
  return text_find(text, text_from(part), 0) != TEXT_NOT_FOUND;
}

static void ndjson_has_the_shape_that_programs_rely_on(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict = make_verdict(TEXT("a missing pet"), TEXT("{}"), arena);
  Text line = write_report("ndjson", &verdict, 1, arena);
  assert_true(text_starts(
      line, TEXT("{\"spec\":\"specs/pets.yaml\",\"case\":\"a missing pet\",\"line\":14,\"exchange\":null,"
                 "\"operation\":\"GET /pets/{petId}\",\"verdict\":\"different\","
                 "\"expected\":{\"status\":400,\"headers\":[],\"body\":null},"
                 "\"actual\":{\"status\":200,\"headers\":[[\"X-Note\",\"{}\"]],\"body\":\"{}\"},"
                 "\"rule\":{\"statusCode\":\"200\",\"selectionPattern\":null,\"template\":null,\"line\":5,"
                 "\"file\":\"pets.yaml\"},"
                 "\"differences\":[{\"at\":\"status\",\"expected\":400,\"actual\":200,"
                 "\"severity\":\"breaking\"},")));
  assert_true(text_ends(line, TEXT("\"durationUs\":41}\n")));
  arena_free(arena);
}

static void ndjson_survives_a_round_trip(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict = make_verdict(TEXT("it's \"odd\"\n"), TEXT("\xff\x00 binary"), arena);
  Text line = write_report("ndjson", &verdict, 1, arena);
  Verdict again;
  Fault fault;
  assert_true(result_read(line, "results", 1, arena, &again, &fault));
  assert_true(text_equal(write_report("ndjson", &again, 1, arena), line));
  arena_free(arena);
}

static void what_is_no_result_is_refused_with_its_line(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict;
  Fault fault;
  static const char *const wrong[] = {"{", "[]", "{}", "{\"spec\":\"a\"}",
                                      "{\"spec\":\"a\",\"verdict\":\"odd\"}"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_false(result_read(text_from(wrong[i]), "r.ndjson", 7, arena, &verdict, &fault));
    assert_int_equal(fault.place.line, 7);
  }
  arena_free(arena);
}

/* Names and bodies are whatever somebody sent. No format for people lets a control character or markup
 * through; JSON is for programs, and escapes what JSON has to. */
static void nothing_hostile_gets_through(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text hostile =
      TEXT("\x1b[2J\x9b\x07</pre><script>alert(1)</script>|`@all`\r\xc2\x9b\xe2\x80\xae]]>&\"'\x7f");
  Verdict verdict = make_verdict(hostile, hostile, arena);
  const ReportFormat *const *formats;
  size_t count = report_formats(&formats);
  for (size_t i = 0; i < count; i++) {
    const char *name = formats[i]->name;
    bool json = strstr(name, "json") != NULL;
    bool markup = strcmp(name, "html") == 0 || strcmp(name, "junit") == 0 || strcmp(name, "markdown") == 0;
    Text text = write_report(name, &verdict, 1, arena);
    for (size_t k = 0; k < text.length; k++) {
      unsigned char byte = (unsigned char)text.data[k];
      assert_false(byte < 0x20 && byte != '\n' && byte != '\t');
      assert_false(byte == 0x7F && !json);
    }
    assert_false(!json && contains(text, "\xc2\x9b"));
    assert_false(!json && contains(text, "\xe2\x80\xae"));
    assert_false(markup && contains(text, "<script>alert"));
  }
  arena_free(arena);
}

/* A name can't print a line of its own that reads like a verdict. */
static void a_name_stays_on_its_line(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict = make_verdict(TEXT("x\nas expected: 9 same"), TEXT("a\nas expected: 9 same"), arena);
  Text text = write_report("terminal", &verdict, 1, arena);
  assert_false(contains(text, "\nas expected"));
  assert_true(contains(text, "✗ x␊as expected: 9 same"));
  arena_free(arena);
}

static void the_terminal_tells_the_whole_story(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict = make_verdict(TEXT("it's a missing pet"), TEXT("{\"error\":\"none\"}"), arena);
  Text text = write_report("terminal", &verdict, 1, arena);
  assert_true(contains(text, "✗ it's a missing pet  specs/pets.yaml:14\n"));
  assert_true(contains(text, "GET /pets/{petId} · backend 404, 16 bytes\n"));
  assert_true(contains(text, "\"4\\d{3}\" gives 404  pets.yaml:9  not matched: needs 4 characters\n"));
  assert_true(contains(text, "→ default gives 200  pets.yaml:5"));
  assert_true(contains(text, "status  expected 400, got 200  [breaking]\n"));
  assert_true(contains(text, "run: statusquo replay specs/pets.yaml --filter '^it'\\''s a missing pet$'\n"));
  assert_true(text_ends(text, TEXT("\nnot as expected: 1 of 1: 1 different · 12.5 ms\n")));
  arena_free(arena);
}

static void colours_only_when_asked(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdict = make_verdict(TEXT("case"), TEXT("{}"), arena);
  const ReportFormat *format = report_format(TEXT("terminal"));
  ReportOptions options = {.program = "statusquo", .color = true, .width = 80};
  ReplayTotals totals = {.different = 1};
  Buffer out = buffer_make(arena, 0);
  Report *report = format->open(&options, &out, arena);
  format->verdict(report, &verdict);
  format->finish(report, &totals);
  assert_true(contains(buffer_text(&out), "\033[31m✗\033[0m"));
  assert_false(contains(write_report("terminal", &verdict, 1, arena), "\033"));
  arena_free(arena);
}

static void counts_are_where_each_format_wants_them(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Verdict verdicts[4];
  for (size_t i = 0; i < 4; i++) verdicts[i] = make_verdict(TEXT("case"), TEXT("{}"), arena);
  for (size_t i = 1; i < 4; i++) verdicts[i].differences.count = 0;
  verdicts[1].kind = VERDICT_SAME;
  verdicts[2].kind = VERDICT_NEW;
  verdicts[3].kind = VERDICT_NEW;
  verdicts[3].unapproved = true;
  assert_true(contains(write_report("junit", verdicts, 4, arena),
                       "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\""));
  Text tap = write_report("tap", verdicts, 4, arena);
  assert_true(text_starts(tap, TEXT("TAP version 14\nnot ok 1 - case\n  ---\n")));
  assert_true(contains(tap, "ok 2 - case\nok 3 - case # SKIP new\nnot ok 4 - case\n1..4\n"));
  assert_true(contains(write_report("json", verdicts, 4, arena), "\"same\":1,\"different\":1,\"new\":2"));
  assert_true(contains(write_report("terminal", verdicts, 4, arena), "not as expected: 2 of 4: "));
  assert_true(contains(write_report("github", verdicts, 1, arena),
                       "::error file=specs/pets.yaml,line=14,title=case::status: expected 400, got 200 "
                       "[breaking]%0A"));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ndjson_has_the_shape_that_programs_rely_on),
      cmocka_unit_test(ndjson_survives_a_round_trip),
      cmocka_unit_test(what_is_no_result_is_refused_with_its_line),
      cmocka_unit_test(nothing_hostile_gets_through),
      cmocka_unit_test(a_name_stays_on_its_line),
      cmocka_unit_test(the_terminal_tells_the_whole_story),
      cmocka_unit_test(colours_only_when_asked),
      cmocka_unit_test(counts_are_where_each_format_wants_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
