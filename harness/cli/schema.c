/* schema: the JSON Schema of spec files, for editors and other programs. */
#include "harness/spec/schema.h"

#include "harness/cli/options.h"
#include "harness/cli/verbs.h"

int schema_main(int argc, char **argv) {
  const Usage usage = {
      .verb = "schema",
      .description =
          "Prints the JSON Schema (2020-12) of spec files. An editor uses it after this first line of a\n"
          "spec: # yaml-language-server: $schema=spec.schema.json",
      .examples = "statusquo schema > specs/spec.schema.json"};
  Arena *arena = arena_new(0);
  OptionList operands = {0};
  Fault fault;
  int status;
  if (options_parse(&usage, argc, argv, arena, &operands, &status)) {
    bool written = console_write(text_from((const char *)spec_schema), &fault);
    status = written ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
  }
  arena_free(arena);
  return status;
}
