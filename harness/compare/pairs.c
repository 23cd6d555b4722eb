/* Which operation of the one definition is which of the other, and their mappings. */
#include "harness/compare/parts.h"

/* /pets/{petId} and /pets/{id} take the same requests: the names of parameters don't count. */
static bool same_path(Text left, Text right) {
  size_t at = 0, other = 0;
  while (at < left.length && other < right.length) {
    if (left.data[at] != right.data[other]) return false;
    if (left.data[at] != '{') {
      at++;
      other++;
      continue;
    }
    size_t end = text_find_char(left, '}', at), other_end = text_find_char(right, '}', other);
    if (end == TEXT_NOT_FOUND || other_end == TEXT_NOT_FOUND) return text_equal(left, right);
    if ((left.data[end - 1] == '+') != (right.data[other_end - 1] == '+')) return false;
    at = end + 1;
    other = other_end + 1;
  }
  return at == left.length && other == right.length;
}

static const Operation *counterpart(const Definition *definition, const Operation *operation) {
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Operation *candidate = &definition->operations[i];
    if (text_equal_ignoring_case(candidate->method, operation->method) &&
        same_path(candidate->resource_path, operation->resource_path))
      return candidate;
  }
  return NULL;
}

static void complete(OperationPair *pair, const Operation *old_operation, const Operation *new_operation,
                     Arena *lasting, FaultList *defects) {
  pair->old_operation = old_operation;
  pair->new_operation = new_operation;
  pair->name = operation_name(old_operation != NULL ? old_operation : new_operation, lasting);
  FaultList dropped = fault_list_make(lasting);
  if (defects == NULL) defects = &dropped;
  if (old_operation != NULL) pair->old_mapping = mapping_compile(old_operation, lasting, defects);
  if (new_operation != NULL) pair->new_mapping = mapping_compile(new_operation, lasting, defects);
  changes_of_operations(pair, lasting);
}

static bool is_wanted(const Operation *operation, Text only, Arena *arena) {
  return only.data == NULL || text_equal_ignoring_case(operation_name(operation, arena), only);
}

void pairs_make(Comparison *comparison, FaultList *defects) {
  Text only = comparison->only;
  const Definition *before = comparison->old_definition, *after = comparison->new_definition;
  Arena *lasting = comparison->lasting;
  comparison->pairs =
      ARENA_ARRAY(lasting, OperationPair, before->operation_count + after->operation_count + 1);
  for (size_t i = 0; i < before->operation_count; i++)
    if (is_wanted(&before->operations[i], only, lasting))
      complete(&comparison->pairs[comparison->pair_count++], &before->operations[i],
               counterpart(after, &before->operations[i]), lasting, defects);
  for (size_t i = 0; i < after->operation_count; i++)
    if (is_wanted(&after->operations[i], only, lasting) && counterpart(before, &after->operations[i]) == NULL)
      complete(&comparison->pairs[comparison->pair_count++], NULL, &after->operations[i], lasting, defects);
}

static bool is_pair(const OperationPair *pair, const Operation *old_operation,
                    const Operation *new_operation) {
  return pair->old_operation == old_operation && pair->new_operation == new_operation;
}

/* Only requests whose route changed get here often. */
static OperationPair *crossed_pair(Comparison *comparison, const Operation *old_operation,
                                   const Operation *new_operation) {
  for (size_t i = 0; i < comparison->crossed_count; i++)
    if (is_pair(comparison->crossed[i], old_operation, new_operation)) return comparison->crossed[i];
  Arena *lasting = comparison->lasting;
  if (comparison->crossed_count == comparison->crossed_capacity) {
    size_t capacity = comparison->crossed_capacity == 0 ? 8 : 2 * comparison->crossed_capacity;
    comparison->crossed =
        arena_resize(lasting, comparison->crossed, comparison->crossed_count * sizeof(OperationPair *),
                     capacity * sizeof(OperationPair *));
    comparison->crossed_capacity = capacity;
  }
  OperationPair *pair = ARENA_NEW(lasting, OperationPair);
  complete(pair, old_operation, new_operation, lasting, NULL);
  if (old_operation != NULL && new_operation != NULL)
    pair->name = arena_print(lasting, "%.*s → %.*s", TEXT_ARGS(pair->name),
                             TEXT_ARGS(operation_name(new_operation, lasting)));
  return comparison->crossed[comparison->crossed_count++] = pair;
}

OperationPair *pair_of(Comparison *comparison, const Operation *old_operation,
                       const Operation *new_operation) {
  for (size_t i = 0; i < comparison->pair_count; i++)
    if (is_pair(&comparison->pairs[i], old_operation, new_operation)) return &comparison->pairs[i];
  return crossed_pair(comparison, old_operation, new_operation);
}

Flow *pair_flow(OperationPair *pair, int old_status, int new_status, Arena *lasting) {
  enum { FLOWS_MOST = 1024 }; /* a forged recording may hold any number as a status */
  for (size_t i = 0; i < pair->flow_count; i++)
    if (pair->flows[i].old_status == old_status && pair->flows[i].new_status == new_status)
      return &pair->flows[i];
  if (pair->flow_count == FLOWS_MOST) return NULL;
  if (pair->flow_count == pair->flow_capacity) {
    size_t capacity = pair->flow_capacity == 0 ? 4 : 2 * pair->flow_capacity;
    pair->flows =
        arena_resize(lasting, pair->flows, pair->flow_count * sizeof(Flow), capacity * sizeof(Flow));
    pair->flow_capacity = capacity;
  }
  Flow *flow = &pair->flows[pair->flow_count++];
  *flow = (Flow){.old_status = old_status, .new_status = new_status};
  return flow;
}

Request pair_request(const OperationPair *pair, Arena *arena) {
  return operation_example(pair->old_operation != NULL ? pair->old_operation : pair->new_operation, arena);
}
