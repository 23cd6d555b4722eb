/* layer: jsonpath -- every row of jsonpath.jsonl: what Jayway 3.0.0 answered must come out, to the byte. Rows
 * that are marked (older versions answer differently, or nobody knows) are counted apart and can't fail the
 * test. */
#include "harness/base/file.h"
#include "harness/jsonpath/jsonpath.h"

#include <stdio.h>
#include <string.h>

#define ROWS STATUSQUO_CONFORMANCE "/jsonpath.jsonl"

enum { ROWS_LIMIT = 64 * 1024 * 1024, SKIPPED = 77 };

typedef struct Tally {
  unsigned passed, failed, marked, marked_passed;
} Tally;

/* Rows are read by the engine's own reader: cJSON ends texts at U+0000 and refuses lone surrogates, and both
 * are tested here. */
static const Value *row_member(Value row, const char *name) {
  const Value *value = map_get_text(row.as.map, text_from(name));
  return value == NULL || value_is_null(*value) ? NULL : value;
}

static Text row_text(Value row, const char *name, Arena *arena) {
  const Value *value = row_member(row, name);
  return value != NULL && value->kind == VALUE_TEXT ? value_text(*value, arena) : (Text){0};
}

/* LinkedKeySet for java.util.LinkedHashMap$LinkedKeySet. */
static Text simple_class_name(Value value) {
  if (value_is_null(value)) return TEXT("null");
  Text name = value_class_name(value);
  size_t cut = 0;
  for (size_t i = 0; i < name.length; i++) {
    if (name.data[i] == '.' || name.data[i] == '$') cut = i + 1;
  }
  return text_slice(name, cut, name.length);
}

static Text actual_error(const char *kind, const Fault *fault, Arena *arena) {
  return arena_print(arena, "%s: %s", kind, fault->message);
}

typedef struct Actual {
  Text error; /* data NULL: none */
  Text result, printed, type;
  int definite; /* -1: not compiled */
} Actual;

static Actual row_run(Text source, Text document, Arena *arena) {
  Actual actual = {.definite = -1};
  Fault fault = {0};
  JsonPath *path;
  Value root, value;
  if (!jsonpath_compile(source, arena, &path, &fault)) {
    actual.error = actual_error("compile", &fault, arena);
    return actual;
  }
  actual.definite = jsonpath_is_definite(path);
  if (!value_read(document, arena, &root, &fault)) {
    actual.error = actual_error("document", &fault, arena);
    return actual;
  }
  JsonPathAnswer answer = jsonpath_read(path, root, arena, &value, &fault);
  if (answer != JSONPATH_FOUND) {
    actual.error = actual_error(answer == JSONPATH_MISSING ? "missing" : "error", &fault, arena);
    return actual;
  }
  Buffer buffer = buffer_make(arena, 0);
  value_write_json(value, &buffer);
  actual.result = arena_copy_text(arena, buffer_text(&buffer));
  buffer_clear(&buffer);
  value_print(value, &buffer, arena);
  actual.printed = buffer_text(&buffer);
  actual.type = simple_class_name(value);
  return actual;
}

/* A path that can't be compiled has no `definite` in its row; some InvalidPathExceptions come later. */
static void compare_definite(Value row, const Actual *actual, Buffer *out) {
  const Value *definite = row_member(row, "definite");
  if (definite != NULL && actual->definite != definite->as.boolean) {
    buffer_print(out, "  definite: expected %d, actual %d\n", definite->as.boolean, actual->definite);
  }
}

static void compare_error(Text expected, const Actual *actual, Buffer *out) {
  bool missing = text_is(expected, "PathNotFoundException");
  bool right = missing
                   ? text_starts(actual->error, TEXT("missing"))
                   : text_starts(actual->error, TEXT("error")) || text_starts(actual->error, TEXT("compile"));
  if (right) return;
  Text shown = actual->error.data != NULL ? actual->error : actual->result;
  buffer_print(out, "  expected %.*s, actual %.*s\n", TEXT_ARGS(expected), TEXT_ARGS(shown));
}

static void compare_result(Value row, const Actual *actual, Arena *arena, Buffer *out) {
  const struct {
    const char *name;
    Text actual;
  } parts[] = {{"result_text", actual->result}, {"printed", actual->printed}, {"type", actual->type}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    Text expected = row_text(row, parts[i].name, arena);
    Text shown = actual->error.data != NULL ? actual->error : parts[i].actual;
    if (actual->error.data == NULL && text_equal(expected, shown)) continue;
    buffer_print(out, "  %s\n    expected %.*s\n    actual   %.*s\n", parts[i].name, TEXT_ARGS(expected),
                 TEXT_ARGS(shown));
  }
}

static void row_check(Value row, Arena *arena, Tally *tally) {
  Text source = row_text(row, "path", arena), error = row_text(row, "error", arena);
  Actual actual = row_run(source, row_text(row, "document", arena), arena);
  Buffer difference = buffer_make(arena, 0);
  compare_definite(row, &actual, &difference);
  if (error.length > 0) {
    compare_error(error, &actual, &difference);
  } else {
    compare_result(row, &actual, arena, &difference);
  }
  bool passed = difference.length == 0;
  bool marked =
      row_member(row, "uncertain") || row_member(row, "older_jayway") || row_member(row, "jdk_sensitive");
  tally->marked += marked;
  tally->marked_passed += marked && passed;
  tally->passed += !marked && passed;
  tally->failed += !marked && !passed;
  if (!passed) {
    printf("%s %.*s  %.*s\n%.*s", marked ? "marked" : "FAILED", TEXT_ARGS(row_text(row, "id", arena)),
           TEXT_ARGS(source), TEXT_ARGS(buffer_text(&difference)));
  }
}

static void line_check(Text line, Arena *arena, Tally *tally) {
  Value row;
  if (value_read(line, arena, &row, NULL) && row.kind == VALUE_MAP) {
    row_check(row, arena, tally);
  } else {
    printf("FAILED: not a row: %.*s\n", TEXT_ARGS(text_slice(line, 0, 80)));
    tally->failed++;
  }
}

int main(void) {
  Arena *file = arena_new(0), *passing = arena_new(0);
  Fault fault = {0};
  Tally tally = {0};
  Text rows;
  int status = 0;
  if (!file_exists(ROWS)) {
    printf("no rows at %s: nothing compared\n", ROWS);
    status = SKIPPED;
    goto done;
  }
  if (!file_read(ROWS, ROWS_LIMIT, file, &rows, &fault)) {
    printf("%s\n", fault.message);
    status = 1;
    goto done;
  }
  while (rows.length > 0) {
    Text line = text_split(rows, '\n', &rows);
    if (line.length > 0) line_check(line, passing, &tally);
    arena_reset(passing);
  }
  printf("jsonpath  passed %u  failed %u  marked %u (of which passed %u)\n", tally.passed, tally.failed,
         tally.marked, tally.marked_passed);
  status = tally.failed > 0 || tally.passed == 0;
done:
  arena_free(passing);
  arena_free(file);
  return status;
}
