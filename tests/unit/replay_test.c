/* Many cases through several threads: the order stays, a stop ends the run, and nothing depends on who did
 * what. */
#include "harness/base/file.h"
#include "harness/replay/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { CASES = 700 };

static const char definition[] =
    "openapi: 3.0.1\n"
    "info: {title: pets, version: '1'}\n"
    "paths:\n"
    "  /pets/{petId}:\n"
    "    get:\n"
    "      responses: {'200': {description: ok}, '400': {description: bad}}\n"
    "      x-amazon-apigateway-integration:\n"
    "        type: http\n"
    "        httpMethod: GET\n"
    "        uri: http://backend.test/pets\n"
    "        responses:\n"
    "          default: {statusCode: '200'}\n"
    "          '4\\d{2}':\n"
    "            statusCode: '400'\n"
    "            responseTemplates:\n"
    "              application/json: '{\"id\": $input.json(\"$.id\"), \"all\": $input.json(\"$\")}'\n";

typedef struct Setting {
  char folder[64];
  Arena *arena;
  Spec *spec;
  FaultList faults;
} Setting;

/* Every seventh case expects the wrong thing. */
static int setup(void **state) {
  Setting *setting = calloc(1, sizeof *setting);
  snprintf(setting->folder, sizeof setting->folder, "/tmp/statusquo-unit-XXXXXX");
  setting->arena = arena_new(0);
  setting->faults = fault_list_make(setting->arena);
  if (mkdtemp(setting->folder) == NULL) return -1;
  Buffer text = buffer_make(setting->arena, 0);
  buffer_append_string(&text, "api: definition.yaml\ncases:\n");
  for (int i = 0; i < CASES; i++)
    buffer_print(
        &text, "  - {name: n%d, request: GET /pets/%d, backend: {status: %d, body: {id: %d}}, expect: %d}\n",
        i, i, i % 2 == 0 ? 200 : 404, i,
        i % 7 == 0   ? 500
        : i % 2 == 0 ? 200
                     : 400);
  const char *spec = arena_print(setting->arena, "%s/spec.yaml", setting->folder).data;
  const char *api = arena_print(setting->arena, "%s/definition.yaml", setting->folder).data;
  Fault fault;
  *state = setting;
  bool fine = file_write(api, text_from(definition), &fault) &&
              file_write(spec, buffer_text(&text), &fault) &&
              spec_load(spec, NULL, setting->arena, &setting->spec, &setting->faults);
  unlink(api);
  unlink(spec);
  rmdir(setting->folder);
  return fine ? 0 : -1;
}

static int teardown(void **state) {
  Setting *setting = *state;
  arena_free(setting->arena);
  free(setting);
  return 0;
}

typedef struct Seen {
  Buffer text;
  size_t count, most;
} Seen;

static bool see(void *subject, const Verdict *verdict, Fault *fault) {
  Seen *seen = subject;
  if (seen->count == seen->most) return fault_raise(fault, FAULT_SYSTEM, "no more room");
  seen->count++;
  buffer_print(&seen->text, "%.*s %s %d %.*s\n", TEXT_ARGS(verdict->name), verdict_kind_name(verdict->kind),
               verdict->outcome.response.status, TEXT_ARGS(verdict->outcome.response.body));
  return true;
}

static Seen replay(Setting *setting, ReplayOptions *options, size_t most, bool *fine, ReplayTotals *totals) {
  Seen seen = {.text = buffer_make(setting->arena, 0), .most = most};
  Fault fault;
  options->faults = &setting->faults;
  *fine = replay_spec(setting->spec, NULL, 0, options, see, &seen, totals, &fault);
  return seen;
}

static void the_order_is_the_specs(void **state) {
  Setting *setting = *state;
  ReplayTotals totals = {0}, again = {0};
  ReplayOptions one = {.jobs = 1}, many = {.jobs = 7};
  bool fine;
  Seen alone = replay(setting, &one, CASES, &fine, &totals);
  assert_true(fine);
  assert_int_equal(alone.count, CASES);
  assert_int_equal(totals.different, CASES / 7);
  for (int i = 0; i < 5; i++) {
    Seen together = replay(setting, &many, CASES, &fine, &again);
    assert_true(fine);
    assert_true(text_equal(buffer_text(&alone.text), buffer_text(&together.text)));
  }
}

static void shards_are_the_whole(void **state) {
  Setting *setting = *state;
  size_t count = 0;
  for (int i = 0; i < 3; i++) {
    ReplayTotals totals = {0};
    ReplayOptions options = {.jobs = 2, .shard_index = i, .shard_total = 3};
    bool fine;
    count += replay(setting, &options, CASES, &fine, &totals).count;
    assert_true(fine);
    assert_int_equal(totals.selected, CASES);
  }
  assert_int_equal(count, CASES);
}

static void a_sink_that_fails_ends_the_run(void **state) {
  Setting *setting = *state;
  ReplayTotals totals = {0};
  ReplayOptions options = {.jobs = 4};
  bool fine;
  Seen seen = replay(setting, &options, 100, &fine, &totals);
  assert_false(fine);
  assert_int_equal(seen.count, 100);
}

static void the_first_difference_ends_the_run_when_asked(void **state) {
  Setting *setting = *state;
  ReplayTotals totals = {0};
  ReplayOptions options = {.jobs = 4, .fail_fast = true};
  bool fine;
  Seen seen = replay(setting, &options, CASES, &fine, &totals);
  assert_true(fine);
  assert_true(totals.stopped);
  assert_int_equal(seen.count, 1);
  assert_int_equal(totals.different, 1);
}

static void a_selector_finds_its_name_and_no_other(void **state) {
  Setting *setting = *state;
  Text name = TEXT("a (b) [c] {d} \\ ^$ . | ? * + é");
  Pattern *pattern;
  size_t spans[2];
  assert_true(pattern_compile(verdict_selector(name, setting->arena), 0, setting->arena, &pattern, NULL));
  assert_int_equal(pattern_find(pattern, name, 0, spans, 1, NULL), PATTERN_MATCHES);
  assert_int_equal(pattern_find(pattern, TEXT("a (b) [c] {d} \\ ^$ x | ? * + é"), 0, spans, 1, NULL),
                   PATTERN_NO_MATCH);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_order_is_the_specs),
      cmocka_unit_test(shards_are_the_whole),
      cmocka_unit_test(a_sink_that_fails_ends_the_run),
      cmocka_unit_test(the_first_difference_ends_the_run_when_asked),
      cmocka_unit_test(a_selector_finds_its_name_and_no_other),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
