/* layer: pattern; rows of regex.jsonl: what java.util.regex (JDK 17) answered to Pattern.matches. Rows marked
 * `uncertain`, `jdk_sensitive` or `older_jayway` are counted apart. */
#include "harness/base/file.h"
#include "harness/pattern/pattern.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

enum { SKIPPED = 77 };

typedef struct Tally {
  unsigned passed, failed, marked, marked_failed;
} Tally;

static Text member(const cJSON *row, const char *name) {
  const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name));
  return value != NULL ? text_from(value) : TEXT_EMPTY;
}

static bool is_marked(const cJSON *row) {
  static const char *const marks[] = {"uncertain", "jdk_sensitive", "older_jayway"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
    if (cJSON_GetObjectItemCaseSensitive(row, marks[i]) != NULL) return true;
  return false;
}

/* What the row's pattern and subject come to, in words that can be compared. */
static const char *actual_answer(const cJSON *row, Arena *arena, Fault *fault) {
  Pattern *pattern;
  if (!pattern_compile(member(row, "pattern"), 0, arena, &pattern, fault))
    return fault->kind == FAULT_INPUT ? "error" : "untranslatable";
  switch (pattern_matches(pattern, member(row, "subject"), fault)) {
  case PATTERN_MATCHES: return "matches";
  case PATTERN_NO_MATCH: return "no match";
  default: return "undecided";
  }
}

static const char *expected_answer(const cJSON *row) {
  if (cJSON_GetObjectItemCaseSensitive(row, "error") != NULL) return "error";
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "matches")) ? "matches" : "no match";
}

static void check_row(const cJSON *row, Arena *arena, Tally *tally) {
  Fault fault = {0};
  const char *expected = expected_answer(row), *actual = actual_answer(row, arena, &fault);
  bool same = strcmp(expected, actual) == 0;
  bool marked = is_marked(row);
  tally->marked += marked;
  tally->marked_failed += marked && !same;
  tally->passed += !marked && same;
  tally->failed += !marked && !same;
  if (same) return;
  Text id = member(row, "id"), pattern = member(row, "pattern");
  printf("%s%.*s  expected %s, actual %s  %.*s  %s\n", marked ? "(marked) " : "", TEXT_ARGS(id), expected,
         actual, TEXT_ARGS(pattern), fault.message);
}

int main(void) {
  static const char path[] = STATUSQUO_CONFORMANCE "/regex.jsonl";
  Arena *arena = arena_new(0), *passing = arena_new(0);
  Fault fault;
  Text source;
  if (!file_exists(path)) {
    printf("regex: skipped, there is no %s\n", path);
    return SKIPPED;
  }
  if (!file_read(path, 0, arena, &source, &fault)) {
    printf("%s\n", fault.message);
    return 2;
  }
  Tally tally = {0};
  for (Text rest = source; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    if (text_trim(line).length == 0) continue;
    cJSON *row = cJSON_ParseWithLength(line.data, line.length);
    if (row == NULL) {
      printf("%s: a row isn't JSON\n", path);
      return 2;
    }
    check_row(row, passing, &tally);
    cJSON_Delete(row);
    arena_reset(passing);
  }
  printf("regex  passed %u  failed %u  marked %u (of which %u differ)\n", tally.passed, tally.failed,
         tally.marked, tally.marked_failed);
  arena_free(passing);
  arena_free(arena);
  return tally.failed > 0 || tally.passed == 0;
}
