#include "harness/cli/mutate.h"

#include "harness/cli/inputs.h"
#include "harness/replay/mutate.h"

#include <stdlib.h>
#include <string.h>

typedef struct Survivors {
  Arena *arena;
  Mutant *items;
  size_t count;
} Survivors;

static void note_mutant(void *subject, const Mutant *mutant, bool noticed) {
  Survivors *survivors = subject;
  Arena *arena = survivors->arena;
  if (noticed) return;
  *ARENA_ADD(arena, survivors->items, survivors->count) =
      (Mutant){.operation = arena_copy_text(arena, mutant->operation),
               .change = arena_copy_text(arena, mutant->change),
               .owner = mutant->owner.data != NULL ? arena_copy_text(arena, mutant->owner) : mutant->owner,
               .place = mutant->place};
}

/* By place, so that the order of trying shows nowhere. */
static int by_place(const void *left, const void *right) {
  const Mutant *first = left, *second = right;
  int order = strcmp(first->place.file != NULL ? first->place.file : "",
                     second->place.file != NULL ? second->place.file : "");
  if (order != 0) return order;
  if (first->place.line != second->place.line) return first->place.line < second->place.line ? -1 : 1;
  return text_compare(first->change, second->change);
}

static void print_survivors(Survivors *survivors, Buffer *out) {
  if (survivors->count > 1) qsort(survivors->items, survivors->count, sizeof(Mutant), by_place);
  for (size_t i = 0; i < survivors->count; i++) {
    const Mutant *mutant = &survivors->items[i];
    buffer_print(out, "unnoticed  %s:%u  %.*s", mutant->place.file != NULL ? mutant->place.file : "?",
                 mutant->place.line, TEXT_ARGS(mutant->operation));
    if (mutant->owner.data != NULL) buffer_print(out, " of \"%.*s\"", TEXT_ARGS(mutant->owner));
    buffer_print(out, ": %.*s\n", TEXT_ARGS(mutant->change));
  }
}

static bool mutate_one(const MutateArguments *arguments, const char *path, Survivors *survivors,
                       MutateTotals *totals, int *status) {
  FaultList faults = fault_list_make(survivors->arena);
  const SpecOptions options = {.api = arguments->api, .variables = arguments->variables};
  const MutateOptions how = {.seed = (uint64_t)arguments->seed, .budget_seconds = arguments->budget};
  Spec *spec;
  Recordings recordings;
  Fault fault;
  bool loaded = spec_load_with(path, &options, survivors->arena, &spec, &faults);
  *status = (int)console_faults(&faults);
  if (!loaded) {
    if (*status == EXIT_AS_EXPECTED) *status = EXIT_INPUT;
    return false;
  }
  if (!inputs_open_recordings(spec, &arguments->recordings, false, survivors->arena, &recordings, status))
    return false;
  bool fine =
      mutate_spec(spec, recordings.stores, recordings.count, &how, note_mutant, survivors, totals, &fault);
  inputs_close_recordings(&recordings);
  if (!fine) *status = (int)console_fault(&fault);
  return fine;
}

int mutate_run(const MutateArguments *arguments, Arena *arena) {
  OptionList paths = {0};
  Survivors survivors = {.arena = arena};
  MutateTotals totals = {0};
  Buffer out = buffer_make(arena, 0);
  Fault fault;
  int status = EXIT_AS_EXPECTED;
  if (!inputs_find_specs(&arguments->specs, arena, &paths, &status)) return status;
  for (size_t i = 0; i < paths.count; i++)
    if (!mutate_one(arguments, paths.items[i], &survivors, &totals, &status)) return status;
  size_t tried = totals.noticed + totals.unnoticed;
  print_survivors(&survivors, &out);
  size_t share = tried > 0 ? totals.noticed * 1000 / tried : 1000;
  buffer_print(&out, "%zu of %zu changes noticed (%zu.%zu %%)", totals.noticed, tried, share / 10,
               share % 10);
  if (totals.untried > 0) buffer_print(&out, ", %zu not tried for lack of time", totals.untried);
  buffer_print(&out, " · seed %d\n", arguments->seed);
  if (!console_write(buffer_text(&out), &fault)) return (int)console_fault(&fault);
  if (tried == 0) return EXIT_NOTHING;
  return share >= (size_t)arguments->threshold * 10 ? EXIT_AS_EXPECTED : EXIT_DIFFERENT;
}
