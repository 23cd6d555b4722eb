/* Cases of values. Sections:
 *   body        what the permissive reader reads; the expectations below are about the value it gives
 *   compute     NUMBER OPERATOR NUMBER, one of + - * / %, each number as it would stand in a body
 *   json        as $input.json would write it
 *   protected   as a JSONArray prints itself
 *   print       as Java's String.valueOf() prints it
 *   class       the Java class
 *   throws      (empty) the body is refused, or the arithmetic throws */
#include "harness/value/value.h"
#include "tests/runner/case.h"

#include <string.h>

const char *const case_section_names[] = {"body",  "compute", "json",   "protected",
                                          "print", "class",   "throws", NULL};

static bool compute(Text formula, Arena *arena, Value *out, Buffer *failure) {
  static const char signs[] = "+-*/%";
  size_t first = text_find_char(formula, ' ', 0);
  if (first == TEXT_NOT_FOUND || formula.length < first + 4) {
    buffer_append_string(failure, "a formula is NUMBER OPERATOR NUMBER");
    return false;
  }
  const char *sign = strchr(signs, formula.data[first + 1]);
  Value left, right;
  if (sign == NULL || !value_read(text_slice(formula, 0, first), arena, &left, NULL) ||
      !value_read(text_slice(formula, first + 3, formula.length), arena, &right, NULL)) {
    buffer_append_string(failure, "a formula is NUMBER OPERATOR NUMBER");
    return false;
  }
  return number_compute((NumberOperation)(sign - signs), left, right, arena, out);
}

static Text written(void (*write)(Value value, Buffer *out), Value value, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  write(value, &out);
  return buffer_text(&out);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Value value;
  Fault fault = {.kind = FAULT_NONE};
  bool made = case_has(subject, "compute") ? compute(case_section(subject, "compute"), arena, &value, failure)
                                           : value_read(case_section(subject, "body"), arena, &value, &fault);
  if (made == case_has(subject, "throws")) {
    buffer_append_string(failure, made ? "should throw and doesn't" : "throws: ");
    buffer_append_string(failure, made ? "" : fault.message);
    return;
  }
  if (!made) return;
  if (case_has(subject, "json"))
    case_expect_text("json", case_section(subject, "json"), written(value_write_json, value, arena), failure);
  if (case_has(subject, "protected"))
    case_expect_text("protected", case_section(subject, "protected"),
                     written(value_write_json_protected, value, arena), failure);
  if (case_has(subject, "print"))
    case_expect_text("print", case_section(subject, "print"), value_to_text(value, arena), failure);
  if (case_has(subject, "class"))
    case_expect_text("class", case_section(subject, "class"), value_class_name(value), failure);
}
