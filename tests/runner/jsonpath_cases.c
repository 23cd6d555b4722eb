/* Cases of JSONPath. Sections:
 *   path       the path
 *   document   the body it reads
 *   result     the value as $input.json prints it
 *   printed    the value as $input.path prints it (optional)
 *   type       its Java class (optional)
 *   after      the document as it is afterwards (optional)
 *   fails      instead of a result: "invalid" (no path), "missing" (null on the gateway) or "error" (the
 * template fails) */
#include "tests/runner/case.h"

#include "harness/jsonpath/jsonpath.h"

const char *const case_section_names[] = {"path", "document", "result", "printed",
                                          "type", "after",    "fails",  NULL};

static const char *const failures[] = {
    [JSONPATH_FOUND] = "", [JSONPATH_MISSING] = "missing", [JSONPATH_ERROR] = "error"};

static void expect_json(const Case *subject, const char *section, Value value, Arena *arena,
                        Buffer *failure) {
  Buffer json = buffer_make(arena, 0);
  value_write_json(value, &json);
  case_expect_text(section, case_section(subject, section), buffer_text(&json), failure);
}

static void expect_value(const Case *subject, Value value, Arena *arena, Buffer *failure) {
  expect_json(subject, "result", value, arena, failure);
  if (case_has(subject, "printed")) {
    case_expect_text("printed", case_section(subject, "printed"), value_to_text(value, arena), failure);
  }
  if (case_has(subject, "type")) {
    case_expect_text("type", case_section(subject, "type"), value_class_name(value), failure);
  }
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Fault fault = {0};
  JsonPath *path;
  Value document, value;
  Text fails = case_section(subject, "fails");
  if (!jsonpath_compile(case_section(subject, "path"), arena, &path, &fault)) {
    if (!text_is(fails, "invalid")) buffer_print(failure, "  the path is refused: %s\n", fault.message);
    return;
  }
  if (!value_read(case_section(subject, "document"), arena, &document, &fault)) {
    buffer_print(failure, "  the document can't be read: %s\n", fault.message);
    return;
  }
  JsonPathAnswer answer = jsonpath_read(path, document, arena, &value, &fault);
  case_expect_text("fails", fails, text_from(failures[answer]), failure);
  if (answer != JSONPATH_FOUND && fault.message[0] == '\0')
    buffer_append_string(failure, "  no reason is given\n");
  if (answer == JSONPATH_FOUND && fails.length == 0) expect_value(subject, value, arena, failure);
  if (case_has(subject, "after")) expect_json(subject, "after", document, arena, failure);
}
