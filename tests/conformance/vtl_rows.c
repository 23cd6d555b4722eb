/* layer: mapping. Every row of vtl.jsonl (Velocity 1.7 with the gateway's settings), aws_recorded.jsonl (the
 * gateway itself) and the vtl_ fields of numbers.jsonl. Rows that are marked (an open choice, a JDK's own
 * behaviour, an expectation that was adjusted or inferred) are counted apart and can't fail the test. */
#include "harness/base/file.h"
#include "tests/runner/vtl_input.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_LIMIT = 64 * 1024 * 1024, SKIPPED = 77 };

typedef struct Tally {
  const char *file;
  unsigned passed, failed, marked, marked_passed;
} Tally;

/* What one kind of row calls its parts. */
typedef struct RowKind {
  const char *file;
  const char *source, *input, *output, *error, *override;
} RowKind;

static const RowKind kinds[] = {
    {"vtl.jsonl", "template", "input", "output", "error", "responseOverride"},
    {"aws_recorded.jsonl", "template", "input", "expected", "error", NULL},
    {"numbers.jsonl", "vtl_template", "document", "vtl_output", "vtl_error", NULL},
};

/* Rows are read by the engine's own reader, which keeps U+0000 and lone surrogates. */
static Value member(Value row, const char *name) {
  const Value *value = name == NULL ? NULL : map_get_text(row.as.map, text_from(name));
  return value == NULL ? value_null() : *value;
}

static Text member_text(Value row, const char *name, Arena *arena) {
  Value value = member(row, name);
  return value.kind == VALUE_TEXT ? value_text(value, arena) : TEXT_EMPTY;
}

static bool is_marked(Value row, Arena *arena) {
  static const char *const marks[] = {"uncertain", "older_jayway", "jdk_sensitive"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (!value_is_null(member(row, marks[i]))) return true;
  Text provenance = member_text(row, "provenance", arena);
  return text_is(provenance, "adjusted") || text_is(provenance, "inferred");
}

/* `compare: json`: by value; the rows' documents are small. */
static bool same_json(Text expected, Text actual, Arena *arena) {
  Value left, right;
  return value_read(expected, arena, &left, NULL) && value_read(actual, arena, &right, NULL) &&
         value_equal(left, right);
}

static Text stored_json(Value value, Arena *arena) {
  Buffer json = buffer_make(arena, 0);
  template_value_write(value, &json, arena);
  return buffer_text(&json);
}

/* The expected output of a row that compares as JSON may be the JSON itself. */
static Text expected_text(Value row, const RowKind *kind, Arena *arena) {
  Value value = member(row, kind->output);
  return value.kind == VALUE_TEXT ? value_text(value, arena) : stored_json(value, arena);
}

/* `compare: whitespace-normalised`: runs of blanks are one, none at the ends. */
static Text squeezed(Text text, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  Text trimmed = text_trim(text);
  for (size_t i = 0; i < trimmed.length; i++) {
    bool blank = strchr(" \t\r\n", trimmed.data[i]) != NULL;
    if (!blank)
      buffer_append_char(&out, trimmed.data[i]);
    else if (out.data[out.length - 1] != ' ')
      buffer_append_char(&out, ' ');
  }
  return buffer_text(&out);
}

static bool same_output(Text expected, Text actual, Text compare, Arena *arena) {
  if (text_is(compare, "json")) return same_json(expected, actual, arena);
  if (!text_is(compare, "whitespace-normalised")) return text_equal(expected, actual);
  return text_equal(squeezed(expected, arena), squeezed(actual, arena));
}

static void compare_output(Value row, const RowKind *kind, const VtlActual *actual, Arena *arena,
                           Buffer *out) {
  if (!actual->rendered) {
    buffer_print(out, "  fails: %s\n", actual->fault.message);
    return;
  }
  Text expected = expected_text(row, kind, arena);
  if (!same_output(expected, actual->output, member_text(row, "compare", arena), arena))
    buffer_print(out, "  expected %.*s\n  actual   %.*s\n", TEXT_ARGS(expected), TEXT_ARGS(actual->output));
  if (kind->override == NULL) return;
  Text stored = stored_json(member(row, kind->override), arena);
  if (!text_equal(stored, actual->override))
    buffer_print(out, "  override: expected %.*s\n            actual   %.*s\n", TEXT_ARGS(stored),
                 TEXT_ARGS(actual->override));
}

static void row_check(Value row, const RowKind *kind, Arena *arena, Tally *tally) {
  VtlInput input = {.source = member_text(row, kind->source, arena),
                    .body = member_text(row, kind->input, arena),
                    .params = member(row, "params"),
                    .context = member(row, "context"),
                    .stage_variables = member(row, "stageVariables")};
  VtlActual actual = vtl_evaluate(&input, arena);
  Buffer difference = buffer_make(arena, 0);
  bool fails =
      !value_is_null(member(row, kind->error)) || text_is(member_text(row, "compare", arena), "error");
  if (!fails)
    compare_output(row, kind, &actual, arena, &difference);
  else if (actual.rendered)
    buffer_print(&difference, "  should fail, rendered %.*s\n", TEXT_ARGS(actual.output));
  bool passed = difference.length == 0, marked = is_marked(row, arena);
  tally->marked += marked;
  tally->marked_passed += marked && passed;
  tally->passed += !marked && passed;
  tally->failed += !marked && !passed;
  if (passed) return;
  printf("%s %.*s  %.*s\n%.*s", marked ? "marked" : "FAILED", TEXT_ARGS(member_text(row, "id", arena)),
         TEXT_ARGS(input.source), TEXT_ARGS(buffer_text(&difference)));
}

static void line_check(Text line, const RowKind *kind, Arena *arena, Tally *tally) {
  Value row;
  if (value_read(line, arena, &row, NULL) && row.kind == VALUE_MAP) {
    if (!value_is_null(member(row, kind->source))) row_check(row, kind, arena, tally);
    return;
  }
  printf("FAILED: not a row: %.*s\n", TEXT_ARGS(text_slice(line, 0, 80)));
  tally->failed++;
}

/* 0 passed, 1 failed, 77 not there. */
static int file_check(const RowKind *kind) {
  Arena *file = arena_new(0), *passing = arena_new(0);
  Fault fault = {0};
  Tally tally = {.file = kind->file};
  Text rows;
  int status = 1;
  const char *path = arena_print(file, "%s/%s", STATUSQUO_CONFORMANCE, kind->file).data;
  if (!file_exists(path)) {
    printf("no rows at %s: nothing compared\n", path);
    status = SKIPPED;
  } else if (!file_read(path, ROWS_LIMIT, file, &rows, &fault)) {
    printf("%s\n", fault.message);
  } else {
    while (rows.length > 0) {
      Text line = text_split(rows, '\n', &rows);
      if (line.length > 0) line_check(line, kind, passing, &tally);
      arena_reset(passing);
    }
    printf("%-19s passed %u  failed %u  marked %u (of which passed %u)\n", tally.file, tally.passed,
           tally.failed, tally.marked, tally.marked_passed);
    status = tally.failed > 0 || tally.passed == 0;
  }
  arena_free(passing);
  arena_free(file);
  return status;
}

int main(void) {
  int worst = 0;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    int status = file_check(&kinds[i]);
    if (status != 0 && worst != 1) worst = status;
  }
  return worst;
}
