/* Verdicts become approvals. A case's expectation is accepted difference by difference; what was recorded is
 * accepted as a whole, since that is what was approved before. */
#include "harness/replay/approve.h"

#include <stdlib.h>
#include <string.h>

Approvals approvals_make(const Spec *spec, Arena *lasting) {
  return (Approvals){.spec = spec, .arena = lasting};
}

/* ---- what a person is told about it ---- */

static Text keep(Arena *arena, Text text) {
  return text.data == NULL ? text : arena_copy_text(arena, text);
}

static Headers keep_headers(const Headers *headers, Arena *arena) {
  Headers out = {0};
  for (size_t i = 0; i < headers->count; i++)
    headers_add(&out, keep(arena, headers->items[i].name), keep(arena, headers->items[i].value), arena);
  return out;
}

static Text rule_text(const Verdict *verdict, Arena *arena) {
  const Outcome *outcome = &verdict->outcome;
  const IntegrationResponse *rule = outcome->rule;
  if (rule == NULL)
    return outcome->failure != GATEWAY_OK
               ? arena_print(arena, "gateway: %s", gateway_failure_name(outcome->failure))
               : TEXT("no rule");
  Text pattern = rule->is_default ? TEXT("default") : rule->selection_pattern.text;
  const char *file = rule->place.file != NULL ? rule->place.file : "";
  return arena_print(arena, "rule %.*s (%.*s)  %s:%u", TEXT_ARGS(pattern), TEXT_ARGS(rule->status_code), file,
                     rule->place.line);
}

static Text backend_text(const BackendAnswer *answer, Arena *arena) {
  if (answer == NULL || answer->kind == BACKEND_NONE) return (Text){NULL, 0};
  if (answer->kind == BACKEND_FAILURE)
    return arena_copy_text(arena, text_from(failure_reason_name(answer->reason)));
  if (answer->function_error.data != NULL) return TEXT("the function failed");
  return arena_print(arena, "%d", answer->status);
}

/* $.pets[3].id -> $.pets[*].id */
static void append_place(Buffer *out, Text at) {
  for (size_t i = 0; i < at.length; i++) {
    size_t end = i + 1;
    while (at.data[i] == '[' && end < at.length && at.data[end] >= '0' && at.data[end] <= '9') end++;
    if (end > i + 1) buffer_append_string(out, "[*");
    if (end > i + 1)
      i = end - 1;
    else
      buffer_append_char(out, at.data[i]);
  }
}

static Text likeness_of(const Approval *approval, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  buffer_print(&out, "%d\n%.*s\n%.*s", (int)approval->kind, TEXT_ARGS(approval->operation),
               TEXT_ARGS(approval->rule));
  for (size_t i = 0; i < approval->count; i++) {
    const Difference *difference = &approval->differences[i];
    buffer_append_char(&out, '\n');
    append_place(&out, difference->at);
    if (text_is(difference->at, "status"))
      buffer_print(&out, " %.*s %.*s", TEXT_ARGS(difference->expected), TEXT_ARGS(difference->actual));
  }
  return buffer_text(&out);
}

/* ---- collecting ---- */

static Approval *add(Approvals *approvals, const Approval *common, ApprovalKind kind,
                     const Difference *differences, size_t count) {
  if (approvals->count == approvals->capacity) {
    size_t capacity = approvals->capacity == 0 ? 16 : approvals->capacity * 2;
    approvals->items = arena_resize(approvals->arena, approvals->items, approvals->count * sizeof(Approval),
                                    capacity * sizeof(Approval));
    approvals->capacity = capacity;
  }
  Approval *approval = &approvals->items[approvals->count++];
  *approval = *common;
  approval->kind = kind;
  approval->differences = differences;
  approval->count = count;
  for (size_t i = 0; i < count; i++)
    if (differences[i].severity > approval->severity) approval->severity = differences[i].severity;
  approval->likeness = likeness_of(approval, approvals->arena);
  return approval;
}

static Difference *keep_differences(const Differences *list, Arena *arena) {
  Difference *out = ARENA_ARRAY(arena, Difference, list->count + 1);
  for (size_t i = 0; i < list->count; i++) {
    const Difference *from = &list->items[i];
    out[i] = (Difference){.at = keep(arena, from->at),
                          .expected = keep(arena, from->expected),
                          .actual = keep(arena, from->actual),
                          .message = keep(arena, from->message),
                          .severity = from->severity};
  }
  return out;
}

static Approval common_of(const Verdict *verdict, Arena *arena) {
  const Outcome *outcome = &verdict->outcome;
  Approval common = {.name = keep(arena, verdict->name),
                     .operation = keep(arena, verdict->operation),
                     .rule = rule_text(verdict, arena),
                     .place = verdict->place,
                     .backend = backend_text(verdict->backend, arena),
                     .exchange_id = keep(arena, verdict->exchange_id),
                     .actual = {.status = outcome->response.status,
                                .headers = keep_headers(&outcome->response.headers, arena),
                                .body = keep(arena, outcome->response.body)}};
  if (verdict->request != NULL) {
    Text target = request_target(verdict->request, arena);
    common.request = arena_print(arena, "%.*s %.*s", TEXT_ARGS(verdict->request->method), TEXT_ARGS(target));
  }
  if (outcome->has_backend_request) {
    const BackendRequest *sent = &outcome->backend_request;
    common.has_request = true;
    common.sent_method = keep(arena, sent->method);
    common.sent_uri = keep(arena, sent->uri);
    common.sent_body = keep(arena, sent->body);
    common.sent_headers = keep_headers(&sent->headers, arena);
  }
  return common;
}

static const SpecCase *case_of(Approvals *approvals, const Verdict *verdict) {
  const Spec *spec = approvals->spec;
  for (; verdict->request != NULL && approvals->next_case < spec->case_count; approvals->next_case++)
    if (text_equal(spec->cases[approvals->next_case].name, verdict->name))
      return &spec->cases[approvals->next_case];
  return NULL;
}

static const StatusTable *table_of(Approvals *approvals, const Verdict *verdict) {
  const Spec *spec = approvals->spec;
  for (; approvals->next_table < spec->table_count; approvals->next_table++)
    if (text_equal(spec->tables[approvals->next_table].operation, verdict->operation))
      return &spec->tables[approvals->next_table];
  return NULL;
}

/* An array of another length is accepted as a whole, with all that differs inside. */
static bool is_inside(const Difference *difference, const Difference *array) {
  bool length = text_starts(array->message, TEXT("length "));
  return length && text_starts(difference->at, array->at) && difference->at.length > array->at.length &&
         difference->at.data[array->at.length] == '[';
}

static void add_each(Approvals *approvals, const Approval *common, ApprovalKind kind,
                     const Difference *differences, size_t count) {
  const Difference *array = NULL;
  for (size_t i = 0; i < count; i++) {
    if (array != NULL && is_inside(&differences[i], array)) continue;
    array = &differences[i];
    add(approvals, common, kind, &differences[i], 1);
  }
}

bool approvals_collect(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  Approvals *approvals = subject;
  if (verdict->kind == VERDICT_UNMAPPED) approvals->unmapped++;
  if (verdict->kind == VERDICT_SAME || verdict->kind == VERDICT_UNMAPPED) return true;
  Arena *arena = approvals->arena;
  Approval common = common_of(verdict, arena);
  Difference *differences = keep_differences(&verdict->differences, arena);
  size_t count = verdict->differences.count;
  bool table = verdict->request == NULL, written = verdict->place.line > 0;
  if (table) {
    common.table = table_of(approvals, verdict);
    add_each(approvals, &common, APPROVAL_TABLE, differences, count);
    return true;
  }
  common.spec_case = written ? case_of(approvals, verdict) : NULL;
  if (common.spec_case != NULL && common.spec_case->has_expectation)
    add_each(approvals, &common, APPROVAL_EXPECTATION, differences, count);
  else if (common.exchange_id.data != NULL)
    add(approvals, &common, APPROVAL_RECORDED, differences, count);
  else if (common.spec_case != NULL)
    add(approvals, &common, APPROVAL_CASE, differences, count);
  return true;
}

/* ---- order ---- */

static int by_likeness(const void *left, const void *right) {
  const Approval *first = left, *second = right;
  int order = text_compare(first->likeness, second->likeness);
  if (order != 0) return order;
  return first->order < second->order ? -1 : first->order > second->order;
}

static int by_group(const void *left, const void *right) {
  const Approval *first = left, *second = right;
  int order = text_compare(first->operation, second->operation);
  if (order == 0) order = text_compare(first->rule, second->rule);
  if (order != 0) return order;
  if (first->first != second->first) return first->first < second->first ? -1 : 1;
  return first->order < second->order ? -1 : first->order > second->order;
}

void approvals_sort(Approvals *approvals) {
  Approval *items = approvals->items;
  size_t count = approvals->count;
  if (count == 0) return;
  for (size_t i = 0; i < count; i++) items[i].order = i;
  qsort(items, count, sizeof *items, by_likeness);
  for (size_t i = 0; i < count; i++) {
    bool alike = i > 0 && text_equal(items[i].likeness, items[i - 1].likeness);
    items[i].first = alike ? items[i - 1].first : items[i].order;
  }
  qsort(items, count, sizeof *items, by_group);
}

/* ---- what was recorded ---- */

static bool store_one(const Approvals *approvals, Store *store, Fault *fault) {
  if (!store_begin(store, fault)) return false;
  for (size_t i = 0; i < approvals->count; i++) {
    const Approval *approval = &approvals->items[i];
    if (approval->kind != APPROVAL_RECORDED || approval->decision != DECISION_ACCEPTED) continue;
    int here = store_has(store, approval->exchange_id, fault);
    if (here < 0 || (here > 0 && !store_approve(store, approval->exchange_id, &approval->actual, fault))) {
      store_rollback(store);
      return false;
    }
  }
  return store_commit(store, fault);
}

bool approvals_store(const Approvals *approvals, Store *const *stores, size_t count, Fault *fault) {
  for (size_t i = 0; i < count; i++)
    if (!store_one(approvals, stores[i], fault)) return false;
  return true;
}
