/* layer: mapping. Cases of templates, with the gateway's objects. Sections:
 *   template         the template
 *   input            the body that $input reads
 *   params           {"path":{…},"querystring":{…},"header":{…}}
 *   context          members of $context
 *   stage-variables  members of $stageVariables
 *   output           what is rendered
 *   override         $context.responseOverride afterwards, when it isn't {"header":{}}
 *   error            instead of an output: rendering fails. The text is a part of our reason; empty: any
 * reason at               LINE:COLUMN of the error */
#include "tests/runner/case.h"
#include "tests/runner/vtl_input.h"

const char *const case_section_names[] = {"template", "input",    "params", "context", "stage-variables",
                                          "output",   "override", "error",  "at",      NULL};

static bool read_section(const Case *subject, const char *name, Arena *arena, Value *out, Buffer *failure) {
  *out = value_null();
  Fault fault;
  if (!case_has(subject, name) || value_read(case_section(subject, name), arena, out, &fault)) return true;
  buffer_print(failure, "  section %s is no JSON: %s\n", name, fault.message);
  return false;
}

static void expect_failure(const Case *subject, const VtlActual *actual, Arena *arena, Buffer *failure) {
  Text reason = case_section(subject, "error");
  if (actual->rendered) {
    buffer_print(failure, "  expected to fail, rendered: %.*s\n", TEXT_ARGS(actual->output));
    return;
  }
  if (text_find(text_from(actual->fault.message), reason, 0) == TEXT_NOT_FOUND)
    case_expect_text("error", reason, text_from(actual->fault.message), failure);
  if (!case_has(subject, "at")) return;
  const Place *place = &actual->fault.place;
  case_expect_text("at", case_section(subject, "at"), arena_print(arena, "%u:%u", place->line, place->column),
                   failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  VtlInput input = {.source = case_section(subject, "template"), .body = case_section(subject, "input")};
  if (!read_section(subject, "params", arena, &input.params, failure) ||
      !read_section(subject, "context", arena, &input.context, failure) ||
      !read_section(subject, "stage-variables", arena, &input.stage_variables, failure))
    return;
  VtlActual actual = vtl_evaluate(&input, arena);
  if (case_has(subject, "error")) {
    expect_failure(subject, &actual, arena, failure);
    return;
  }
  if (!actual.rendered) {
    buffer_print(failure, "  rendering fails: %u:%u %s\n", actual.fault.place.line, actual.fault.place.column,
                 actual.fault.message);
    return;
  }
  case_expect_text("output", case_section(subject, "output"), actual.output, failure);
  Text override = case_has(subject, "override") ? case_section(subject, "override") : TEXT("{\"header\":{}}");
  case_expect_text("override", override, actual.override, failure);
}
