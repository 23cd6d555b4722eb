/* layer: value. Numbers in a JSON body: class, printing and writing, as json-smart and java.lang answered
 * them. Rows marked jdk_sensitive, older_json_smart or uncertain are where Java's versions differ: counted
 * apart. */
#include "harness/base/file.h"
#include "harness/value/value.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_LIMIT = 64 * 1024 * 1024 };

typedef struct Tally {
  int passed;
  int failed;
  int marked;
} Tally;

static Text member_text(const cJSON *row, const char *name) {
  return text_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name)));
}

static bool is_marked(const cJSON *row) {
  static const char *const marks[] = {"jdk_sensitive", "older_json_smart", "older_jayway", "uncertain"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (cJSON_HasObjectItem(row, marks[i])) return true;
  return false;
}

static Text json_text(Value value, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  value_write_json(value, &out);
  return buffer_text(&out);
}

static bool same(const cJSON *row, const char *member, Text actual) {
  Text expected = member_text(row, member);
  if (text_equal(expected, actual)) return true;
  printf("%s %s: expected %.*s, got %.*s\n", member_text(row, "id").data, member, TEXT_ARGS(expected),
         TEXT_ARGS(actual));
  return false;
}

/* The rows were asked with {"n":N,"l":[N]}. */
static bool row_holds(const cJSON *row, Arena *arena) {
  Text number = member_text(row, "number");
  Text body = arena_print(arena, "{\"n\":%.*s,\"l\":[%.*s]}", TEXT_ARGS(number), TEXT_ARGS(number));
  Fault fault;
  Value root;
  bool read = value_read(body, arena, &root, &fault);
  if (!read || cJSON_HasObjectItem(row, "error")) {
    if (!read && cJSON_HasObjectItem(row, "error")) return true;
    printf("%s %.*s: %s\n", member_text(row, "id").data, TEXT_ARGS(number),
           read ? "read, and should be refused" : fault.message);
    return false;
  }
  const Value *n = map_get_text(root.as.map, TEXT("n")), *l = map_get_text(root.as.map, TEXT("l"));
  return same(row, "class", value_class_name(*n)) && same(row, "path", value_to_text(*n, arena)) &&
         same(row, "json", json_text(*n, arena)) && same(row, "json_root", json_text(root, arena)) &&
         same(row, "path_root", value_to_text(root, arena)) &&
         same(row, "path_list", value_to_text(*l, arena));
}

static void check_row(Text line, Arena *arena, Tally *tally) {
  cJSON *row = cJSON_ParseWithLength(line.data, line.length);
  if (row == NULL) {
    tally->failed++;
    return;
  }
  bool holds = row_holds(row, arena);
  if (is_marked(row))
    tally->marked++;
  else if (holds)
    tally->passed++;
  else
    tally->failed++;
  cJSON_Delete(row);
}

int main(void) {
  Arena *rows = arena_new(0), *passing = arena_new(0);
  Text text, rest;
  Fault fault;
  if (!file_read(STATUSQUO_CONFORMANCE "/numbers.jsonl", ROWS_LIMIT, rows, &text, &fault)) {
    printf("skipped: the ground-truth rows are not at hand: %s\n", fault.message);
    return 77;
  }
  Tally tally = {0, 0, 0};
  for (; text.length > 0; text = rest) {
    Text line = text_split(text, '\n', &rest);
    if (line.length > 0) check_row(line, passing, &tally);
    arena_reset(passing);
  }
  printf("numbers  passed %d  failed %d  marked %d\n", tally.passed, tally.failed, tally.marked);
  arena_free(passing);
  arena_free(rows);
  return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
