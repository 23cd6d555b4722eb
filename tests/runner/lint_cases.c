/* Cases of lint. Sections: definition (an OpenAPI file), findings ("line:column rule" or "line:column rule:
 * message", one a line, in order; empty when nothing is found). A case that names rules in its section `only`
 * looks at those alone. */
#include "harness/base/file.h"
#include "harness/lint/lint.h"
#include "tests/runner/case.h"

#include <stdlib.h>
#include <unistd.h>

const char *const case_section_names[] = {"definition", "findings", "only", NULL};

static bool is_wanted(Text only, const char *rule) {
  for (Text rest = only; rest.data != NULL && only.length > 0;)
    if (text_is(text_trim(text_split(rest, ' ', &rest)), rule)) return true;
  return only.length == 0;
}

/* The expected line may leave the message out. */
static void append_finding(Buffer *out, const Finding *finding, Text *expected) {
  Text line = text_split(expected->data != NULL ? *expected : TEXT_EMPTY, '\n', expected);
  buffer_print(out, "%s%u:%u %s", out->length > 0 ? "\n" : "", finding->place.line, finding->place.column,
               finding->rule->id);
  if (text_find(line, TEXT(": "), 0) != TEXT_NOT_FOUND)
    buffer_print(out, ": %.*s", TEXT_ARGS(finding->message));
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  char folder[] = "/tmp/statusquo-lint-XXXXXX";
  if (mkdtemp(folder) == NULL) {
    buffer_append_string(failure, "  no temporary folder\n");
    return;
  }
  const char *path = arena_print(arena, "%s/api.yaml", folder).data;
  Fault fault;
  FaultList faults = fault_list_make(arena);
  Definition *definition = NULL;
  if (!file_write(path, case_section(subject, "definition"), &fault)) {
    buffer_print(failure, "  %s\n", fault.message);
  } else if (!definition_load(path, &(DefinitionOptions){0}, arena, &definition, &faults)) {
    buffer_append_string(failure, "  the definition doesn't load:\n");
    for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], failure);
  } else {
    Findings findings;
    lint_definition(definition, NULL, 0, arena, &findings);
    Buffer actual = buffer_make(arena, 0);
    Text expected = case_section(subject, "findings"), rest = expected;
    for (size_t i = 0; i < findings.count; i++)
      if (is_wanted(case_section(subject, "only"), findings.items[i].rule->id))
        append_finding(&actual, &findings.items[i], &rest);
    case_expect_text("findings", text_trim(expected), buffer_text(&actual), failure);
  }
  unlink(path);
  rmdir(folder);
}
