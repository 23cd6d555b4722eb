/* Status tables: every backend status that a table covers, through the response direction of the mapping. The
 * request isn't mapped: a table says nothing about what would be sent. */
#include "harness/replay/parts.h"

enum { FIRST_STATUS = 100, LAST_STATUS = 599 };

static const StatusEntry *entry_for(const StatusTable *table, int status) {
  for (size_t i = 0; i < table->entry_count; i++)
    if (status >= table->entries[i].backend.from && status <= table->entries[i].backend.to)
      return &table->entries[i];
  return NULL;
}

/* A MOCK has no backend: its rules choose by the status its request template names. */
static int mock_status(const Mapping *mapping, int status, Arena *passing, Outcome *out) {
  *out = (Outcome){0};
  out->selection_value = arena_print(passing, "%d", status);
  out->rule = mapping_rule_for(mapping, out->selection_value, passing, &out->trace, &out->trace_count);
  int64_t client = 500;
  if (out->rule != NULL && !text_to_integer(out->rule->status_code, &client)) client = 500;
  out->response.status = (int)client;
  return (int)client;
}

static int client_status(const Task *task, const MappingInput *input, int status, Arena *passing,
                         Outcome *out) {
  const Mapping *mapping = task->operation->mapping;
  if (task->operation->operation->integration.type == INTEGRATION_MOCK)
    return mock_status(mapping, status, passing, out);
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = status, .body = TEXT("{}"), .duration_ms = -1};
  headers_add(&answer.headers, TEXT("Content-Type"), TEXT("application/json"), passing);
  *out = (Outcome){0};
  mapping_response(mapping_begin(mapping, input, passing), &answer, out);
  return out->response.status;
}

/* Neighbouring statuses that go wrong in the same way are one difference. */
typedef struct Stretch {
  int from, to, expected, actual;
} Stretch;

static void add_stretch(const Stretch *stretch, Differences *out) {
  if (stretch->from == 0) return;
  Text at = stretch->from == stretch->to
                ? arena_print(out->arena, "backend status %d", stretch->from)
                : arena_print(out->arena, "backend statuses %d-%d", stretch->from, stretch->to);
  differences_add(out, (Difference){.at = at,
                                    .expected = arena_print(out->arena, "%d", stretch->expected),
                                    .actual = arena_print(out->arena, "%d", stretch->actual),
                                    .severity = SEVERITY_BREAKING});
}

void table_evaluate(const Replay *replay, const Task *task, PathCache *paths, Arena *passing, Verdict *out) {
  MappingInput input = task_input(replay, task, paths, passing);
  Stretch stretch = {0};
  int first_wrong = 0;
  out->checked = 0;
  input.brief = true;
  for (int status = FIRST_STATUS; status <= LAST_STATUS; status++) {
    const StatusEntry *entry = entry_for(task->table, status);
    if (entry == NULL) continue;
    Outcome outcome;
    int actual = client_status(task, &input, status, passing, &outcome);
    out->checked++;
    if (actual == entry->client) continue;
    if (first_wrong == 0) first_wrong = status;
    bool goes_on = stretch.to == status - 1 && stretch.expected == entry->client && stretch.actual == actual;
    if (!goes_on) {
      add_stretch(&stretch, &out->differences);
      stretch = (Stretch){status, status, entry->client, actual};
    }
    stretch.to = status;
  }
  add_stretch(&stretch, &out->differences);
  out->has_expected = true;
  out->kind = first_wrong == 0 ? VERDICT_SAME : VERDICT_DIFFERENT;
  if (first_wrong == 0) return;
  input.brief = false; /* the first that goes wrong tells why */
  client_status(task, &input, first_wrong, passing, &out->outcome);
  out->expected.status = entry_for(task->table, first_wrong)->client;
}
