/* init DEF: a first spec for a definition. */
#include "harness/base/file.h"
#include "harness/cli/options.h"
#include "harness/cli/verbs.h"
#include "harness/spec/first.h"

#include <stdlib.h>
#include <string.h>

/* The definition as the spec file will see it. */
static Text api_path(const char *definition, const char *output, Arena *arena) {
  Text path = text_from(definition), place = text_from(output);
  if (strcmp(output, "-") == 0 || path.data[0] == '/') return path;
  size_t slash = text_find_last_char(place, '/');
  Text folder = slash == TEXT_NOT_FOUND ? TEXT_EMPTY : text_slice(place, 0, slash + 1);
  if (text_starts(path, folder)) return text_slice(path, folder.length, path.length);
  char *whole = realpath(definition, NULL);
  Text absolute = whole == NULL ? path : arena_copy_text(arena, text_from(whole));
  free(whole);
  return absolute;
}

int init_main(int argc, char **argv) {
  const char *output = "-";
  bool force = false;
  const Option options[] = {
      {OPTION_TEXT, 'o', "output", "FILE", "where to write the spec (default: standard output)",
       .target = &output},
      {OPTION_FLAG, 'f', "force", NULL, "replace the file when it is there", .target = &force},
  };
  const Usage usage = {
      .verb = "init",
      .operands = "DEF",
      .least = 1,
      .most = 1,
      .description =
          "Writes a first spec: every operation, a status table that says what the definition does today,\n"
          "and a case for each rule.",
      .examples = "statusquo init api.yaml -o api.spec.yaml && statusquo replay api.spec.yaml",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  OptionList files = {0};
  int status;
  Fault fault;
  if (!options_parse(&usage, argc, argv, arena, &files, &status)) goto done;
  FaultList faults = fault_list_make(arena);
  Definition *definition = NULL;
  bool loaded = definition_load(files.items[0], &(DefinitionOptions){0}, arena, &definition, &faults);
  status = (int)console_faults(&faults);
  if (!loaded) {
    if (status == EXIT_AS_EXPECTED) status = EXIT_INPUT;
    goto done;
  }
  if (strcmp(output, "-") != 0 && file_exists(output) && !force) {
    status = options_refuse(&usage, "%s is there already; --force replaces it", output);
    goto done;
  }
  Buffer spec = buffer_make(arena, 0);
  spec_write_first(definition, api_path(files.items[0], output, arena), &spec);
  if (!file_write(output, buffer_text(&spec), &fault)) status = (int)console_fault(&fault);
done:
  arena_free(arena);
  return status;
}
