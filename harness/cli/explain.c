/* explain: the mapping of a case or of a recorded exchange, step by step. */
#include "harness/base/file.h"
#include "harness/cli/inputs.h"
#include "harness/cli/reports.h"
#include "harness/cli/verbs.h"

typedef struct Arguments {
  OptionList operands, recordings, variables;
  const char *api;
} Arguments;

/* What is looked for: a case or an exchange, by name or id. */
typedef struct Search {
  Reports *reports;
  Text wanted; /* data NULL: everything */
  size_t found;
} Search;

static bool explain_verdict(void *subject, const Verdict *verdict, Fault *fault) {
  Search *search = subject;
  bool wanted = search->wanted.data == NULL || text_equal(search->wanted, verdict->name) ||
                text_equal(search->wanted, verdict->exchange_id);
  if (!wanted) return true;
  search->found++;
  return reports_verdict(search->reports, verdict, fault);
}

static int explain_spec(const Arguments *arguments, const Spec *spec, Text wanted, Arena *arena) {
  Recordings recordings;
  FaultList faults = fault_list_make(arena);
  ReplayOptions options = {.detailed = true, .jobs = 1, .faults = &faults};
  ReplayTotals totals = {0};
  Search search = {.wanted = wanted};
  Fault fault;
  int status;
  if (!inputs_open_recordings(spec, &arguments->recordings, false, arena, &recordings, &status))
    return status;
  bool fine = reports_open_one(&report_explanation, true, arena, &search.reports, &fault) &&
              replay_spec(spec, recordings.stores, recordings.count, &options, explain_verdict, &search,
                          &totals, &fault);
  inputs_close_recordings(&recordings);
  fine = fine && reports_close(search.reports, &totals, &fault);
  if (!fine) return (int)console_fault(&fault);
  if (search.found > 0) return EXIT_AS_EXPECTED;
  status = (int)console_faults(&faults);
  if (status != EXIT_AS_EXPECTED) return status;
  fault_raise(&fault, FAULT_INPUT, "%s has no case or exchange \"%.*s\"", spec->file, TEXT_ARGS(wanted));
  return (int)console_fault(&fault);
}

/* An exchange through a definition, without a spec: as if a spec named nothing but the two. */
static int explain_exchange(const Arguments *arguments, Arena *arena) {
  FaultList faults = fault_list_make(arena);
  Spec *spec = ARENA_NEW(arena, Spec);
  DefinitionOptions options = {0};
  spec->file = arguments->api;
  spec->api_path = arguments->api;
  bool loaded = definition_load(arguments->api, &options, arena, &spec->definition, &faults);
  int status = (int)console_faults(&faults);
  if (!loaded) return status != EXIT_AS_EXPECTED ? status : EXIT_INPUT;
  return explain_spec(arguments, spec, text_from(arguments->operands.items[0]), arena);
}

static int explain(const Usage *usage, const Arguments *arguments, Arena *arena) {
  const OptionList *operands = &arguments->operands;
  if (arguments->recordings.count > 0 && arguments->api != NULL && operands->count == 1)
    return explain_exchange(arguments, arena);
  if (folder_exists(operands->items[0])) return options_refuse(usage, "explain takes one spec, not a folder");
  FaultList faults = fault_list_make(arena);
  Spec *spec = NULL;
  SpecOptions options = {.api = arguments->api};
  Fault fault;
  if (!inputs_read_variables(&arguments->variables, arena, &options.variables, &fault))
    return (int)console_fault(&fault);
  bool loaded = spec_load_with(operands->items[0], &options, arena, &spec, &faults);
  int status = (int)console_faults(&faults);
  if (!loaded) return status != EXIT_AS_EXPECTED ? status : EXIT_INPUT;
  Text wanted = operands->count > 1 ? text_from(operands->items[1]) : (Text){NULL, 0};
  return explain_spec(arguments, spec, wanted, arena);
}

static const char description[] =
    "Shows the request, what the backend answered, the gateway's execution log, which rule was chosen and "
    "why\n"
    "no other, the template with its lines, and the response. CASE is a case or a recorded exchange, by "
    "name\n"
    "or id; without one, all are shown. `explain --api DEF --recordings DB EXCHANGE` needs no spec.";

static const char examples[] =
    "statusquo explain specs/pets.yaml 'a missing pet is the client'\\''s mistake'\n"
    "statusquo explain --api pets.openapi.yaml --recordings pets.db 'order declined'";

int explain_main(int argc, char **argv) {
  Arena *arena = arena_new(0);
  Arguments arguments = {0};
  const Option options[] = {
      {OPTION_TEXT, 0, "api", "DEF", "another definition than the spec's own", .target = &arguments.api},
      {OPTION_LIST, 0, "variable", "NAME=VALUE", "what ${NAME} stands for in the spec; repeatable",
       .target = &arguments.variables},
      {OPTION_LIST, 0, "recordings", "FILE", "recordings instead of the spec's own; repeatable",
       .target = &arguments.recordings},
  };
  const Usage usage = {.verb = "explain",
                       .operands = "SPEC [CASE]",
                       .least = 1,
                       .most = 2,
                       .description = description,
                       .examples = examples,
                       .options = options,
                       .option_count = OPTION_COUNT(options)};
  int status;
  if (options_parse(&usage, argc, argv, arena, &arguments.operands, &status))
    status = explain(&usage, &arguments, arena);
  arena_free(arena);
  return status;
}
