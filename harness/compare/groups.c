/* Groups: found by hash while exchanges stream by, completed at the end. Their number is bounded, and so is
 * what each keeps: memory doesn't grow with the recording. */
#include "harness/compare/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MOST = 10000, EXAMPLE_BLOCK = 2048 };

const char *evidence_name(Evidence evidence) {
  static const char *const names[] = {"exchange", "status", "message", "explored"};
  return names[evidence];
}

/* ---- finding ---- */

static bool is_group(const Group *group, const Group *key) {
  return group->pair == key->pair && group->old_status == key->old_status &&
         group->new_status == key->new_status && group->old_rule == key->old_rule &&
         group->new_rule == key->new_rule && group->old_failure == key->old_failure &&
         group->new_failure == key->new_failure;
}

static size_t hash_of(const Group *key) {
  const uint64_t parts[] = {(uintptr_t)key->pair,      (uint64_t)key->old_status, (uint64_t)key->new_status,
                            (uintptr_t)key->old_rule,  (uintptr_t)key->new_rule,  (uint64_t)key->old_failure,
                            (uint64_t)key->new_failure};
  return (size_t)text_hash((Text){(const char *)parts, sizeof parts});
}

/* Slots hold the group's number from 1; 0 is free. Never more than half full. */
static size_t slot_of(const Comparison *comparison, const Group *key) {
  size_t slot = hash_of(key) % comparison->slot_count;
  while (comparison->slots[slot] != 0 && !is_group(comparison->groups[comparison->slots[slot] - 1], key))
    slot = (slot + 1) % comparison->slot_count;
  return slot;
}

static void make_room(Comparison *comparison) {
  if (comparison->group_count < comparison->group_capacity) return;
  size_t capacity = comparison->group_capacity == 0 ? 64 : 2 * comparison->group_capacity;
  comparison->groups = arena_resize(comparison->lasting, comparison->groups,
                                    comparison->group_count * sizeof(Group *), capacity * sizeof(Group *));
  comparison->group_capacity = capacity;
  comparison->slot_count = 2 * capacity + 1;
  comparison->slots = ARENA_ARRAY(comparison->lasting, size_t, comparison->slot_count);
  for (size_t i = 0; i < comparison->group_count; i++)
    comparison->slots[slot_of(comparison, comparison->groups[i])] = i + 1;
}

static Group *find_key(Comparison *comparison, const Group *key) {
  make_room(comparison);
  size_t slot = slot_of(comparison, key);
  if (comparison->slots[slot] != 0) return comparison->groups[comparison->slots[slot] - 1];
  if (comparison->group_count == GROUPS_MOST) return NULL;
  Group *group = ARENA_NEW(comparison->lasting, Group);
  *group = *key;
  group->operation = key->pair->name;
  comparison->groups[comparison->group_count++] = group;
  comparison->slots[slot] = comparison->group_count;
  return group;
}

Group *group_find(Comparison *comparison, OperationPair *pair, const Outcome *old_outcome,
                  const Outcome *new_outcome) {
  if (pair->old_operation == NULL || pair->new_operation == NULL) return group_one_sided(comparison, pair);
  Group key = {.pair = pair,
               .old_status = old_outcome->response.status,
               .new_status = new_outcome->response.status,
               .old_rule = old_outcome->rule,
               .new_rule = new_outcome->rule,
               .old_failure = old_outcome->failure,
               .new_failure = new_outcome->failure};
  return find_key(comparison, &key);
}

Group *group_one_sided(Comparison *comparison, OperationPair *pair) {
  Group key = {.pair = pair};
  Group *group = find_key(comparison, &key);
  if (group != NULL) group->level = pair->new_operation == NULL ? SEVERITY_BREAKING : SEVERITY_COMPATIBLE;
  return group;
}

/* ---- adding ---- */

/* $.pets[3].label -> $.pets[*].label */
static Text without_indexes(Text at, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < at.length; i++) {
    buffer_append_char(&out, at.data[i]);
    if (at.data[i] != '[') continue;
    size_t end = i + 1;
    while (end < at.length && at.data[end] >= '0' && at.data[end] <= '9') end++;
    if (end == i + 1 || end == at.length || at.data[end] != ']') continue;
    buffer_append_char(&out, '*');
    i = end - 1;
  }
  return buffer_text(&out);
}

static void count_aspect(Group *group, const Difference *difference, Arena *passing, Arena *lasting) {
  Text at = without_indexes(difference->at, passing);
  bool removed = difference->actual.data == NULL, added = difference->expected.data == NULL;
  for (size_t i = 0; i < group->aspect_count; i++) {
    Aspect *aspect = &group->aspects[i];
    bool same = aspect->removed == removed && aspect->added == added &&
                aspect->severity == difference->severity && text_equal(aspect->at, at);
    if (!same) continue;
    aspect->count++;
    return;
  }
  if (group->aspect_count == ASPECTS_TOLD) {
    group->more_aspects = true;
    return;
  }
  group->aspects[group->aspect_count++] =
      (Aspect){arena_copy_text(lasting, at), removed, added, difference->severity, 1};
}

static size_t size_of(const Trial *trial) {
  const Request *request = trial->request;
  size_t size = request->path.length + request->body.length + trial->backend->body.length;
  for (size_t i = 0; i < request->query.count; i++)
    size += request->query.items[i].name.length + request->query.items[i].value.length;
  return size;
}

/* What was recorded before what was made up, the worse before the better, the smaller before the larger. */
static bool is_better(const Example *known, const Trial *trial, Severity level, size_t size) {
  if (known->evidence != trial->evidence) return trial->evidence < known->evidence;
  if (known->level != level) return level > known->level;
  return size < known->size;
}

static Text reason_copy(const Outcome *outcome, Arena *arena) {
  return outcome->failure != GATEWAY_OK ? arena_copy_text(arena, outcome->reason) : TEXT_EMPTY;
}

void group_keep_example(Group *group, const Trial *trial, const TrialResult *result) {
  size_t size = size_of(trial);
  if (group->has_example && !is_better(&group->example, trial, result->level, size)) return;
  if (group->example_arena == NULL) group->example_arena = arena_new(EXAMPLE_BLOCK);
  Arena *arena = group->example_arena;
  arena_reset(arena);
  bool recorded = trial->exchange != NULL;
  Text nothing = {NULL, 0};
  group->has_example = true;
  group->example = (Example){.evidence = trial->evidence,
                             .id = recorded ? arena_copy_text(arena, trial->exchange->id) : nothing,
                             .name = recorded && trial->exchange->name.data != NULL
                                         ? arena_copy_text(arena, trial->exchange->name)
                                         : nothing,
                             .request = request_copy(trial->request, arena),
                             .backend = answer_copy(trial->backend, arena),
                             .old_response = response_copy(&result->old_outcome.response, arena),
                             .new_response = response_copy(&result->new_outcome.response, arena),
                             .old_reason = reason_copy(&result->old_outcome, arena),
                             .new_reason = reason_copy(&result->new_outcome, arena),
                             .differences = differences_copy(&result->differences, arena),
                             .level = result->level,
                             .size = size};
}

void group_add(Group *group, const Trial *trial, const TrialResult *result, Arena *lasting) {
  group->counts[trial->evidence]++;
  if (trial->evidence == EVIDENCE_RECORDED) group->levels[result->level]++;
  if (trial->evidence == EVIDENCE_STATUS) {
    int status = trial->mock_status > 0 ? trial->mock_status : trial->backend->status;
    group->statuses[status - STATUS_FROM] = true;
  }
  if (result->level > group->level) group->level = result->level;
  for (size_t i = 0; i < result->differences.count; i++)
    count_aspect(group, &result->differences.items[i], result->differences.arena, lasting);
  group_keep_example(group, trial, result);
}

/* ---- what changed in what decided ---- */

static bool concerns_rule(const Group *group, const DefinitionChange *change) {
  return (change->old_rule != NULL && change->old_rule == group->old_rule) ||
         (change->new_rule != NULL && change->new_rule == group->new_rule);
}

static bool has_aspect(const Group *group, const char *prefix) {
  for (size_t i = 0; i < group->aspect_count; i++)
    if (text_starts(group->aspects[i].at, text_from(prefix))) return true;
  return false;
}

static bool concerns_operation(const Group *group, const DefinitionChange *change) {
  bool failed = group->old_failure != GATEWAY_OK || group->new_failure != GATEWAY_OK;
  bool whole = change->old_rule == NULL && change->new_rule == NULL;
  if (!whole) return false;
  return change->of_request ? failed || has_aspect(group, "backendRequest") : failed;
}

static void take_changes(Group *group, const DefinitionChanges *from,
                         bool (*concerns)(const Group *group, const DefinitionChange *change)) {
  for (size_t i = 0; i < from->count; i++) {
    if (concerns != NULL && !concerns(group, &from->items[i])) continue;
    from->items[i].has_effect = true;
    group->changes[group->change_count++] = &from->items[i];
  }
}

static void find_changes(const Comparison *comparison, Group *group) {
  const DefinitionChanges *own = &group->pair->changes;
  group->changes = ARENA_ARRAY(comparison->lasting, const DefinitionChange *,
                               2 * own->count + comparison->changes.count + 1);
  take_changes(group, own, concerns_rule);
  take_changes(group, own, concerns_operation);
  bool answered_itself = group->old_rule == NULL || group->new_rule == NULL;
  if (group->change_count == 0 || answered_itself) take_changes(group, &comparison->changes, NULL);
  if (group->change_count == 0) take_changes(group, own, NULL);
}

/* ---- fingerprints ---- */

static void write_part(Text text, Buffer *out) {
  buffer_print(out, "%zu:", text.data != NULL ? text.length + 1 : 0);
  buffer_append(out, text);
}

static void write_rule(const IntegrationResponse *rule, Buffer *out) {
  if (rule == NULL) {
    buffer_append_char(out, '-');
    return;
  }
  write_part(rule->status_code, out);
  write_part(rule->is_default ? (Text){NULL, 0} : rule->selection_pattern.text, out);
  for (size_t i = 0; i < rule->response_templates.count; i++) {
    write_part(rule->response_templates.items[i].content_type, out);
    write_part(rule->response_templates.items[i].source.text, out);
  }
  for (size_t i = 0; i < rule->response_parameters.count; i++) {
    write_part(rule->response_parameters.items[i].target, out);
    write_part(rule->response_parameters.items[i].source, out);
  }
}

/* Of what the definitions say, not of where they say it nor of what was recorded: it stays when lines move
 * and recordings grow, and changes when the mapping changes again. */
static void make_fingerprint(Group *group, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  write_part(group->operation, &out);
  buffer_print(&out, "%d %d %s %s", group->old_status, group->new_status,
               gateway_failure_name(group->old_failure), gateway_failure_name(group->new_failure));
  write_rule(group->old_rule, &out);
  write_rule(group->new_rule, &out);
  for (size_t i = 0; i < group->change_count; i++) {
    write_part(group->changes[i]->what, &out);
    write_part(group->changes[i]->old_text, &out);
    write_part(group->changes[i]->new_text, &out);
  }
  snprintf(group->fingerprint, sizeof group->fingerprint, "%016llx",
           (unsigned long long)text_hash(buffer_text(&out)));
}

/* ---- accepted, order ---- */

static void look_up(Comparison *comparison, Group *group) {
  const AcceptList *list = comparison->accepted;
  for (size_t i = 0; list != NULL && i < list->count; i++) {
    AcceptedEntry *entry = &list->items[i];
    if (!text_is(entry->fingerprint, group->fingerprint)) continue;
    entry->used = true;
    if (!entry->expired && group->level <= entry->level) group->accepted = entry;
  }
  if (group->accepted != NULL)
    comparison->accepted_groups++;
  else
    comparison->open[group->level]++;
}

static uint64_t total(const Group *group) {
  uint64_t sum = 0;
  for (int i = 0; i < EVIDENCE_COUNT; i++) sum += group->counts[i];
  return sum;
}

/* Open before accepted, the worst first, then as the operations stand in the definitions. */
static int by_weight(const void *left, const void *right) {
  const Group *one = *(Group *const *)left, *other = *(Group *const *)right;
  if ((one->accepted != NULL) != (other->accepted != NULL)) return one->accepted != NULL ? 1 : -1;
  if (one->level != other->level) return one->level > other->level ? -1 : 1;
  if (one->counts[0] != other->counts[0]) return one->counts[0] > other->counts[0] ? -1 : 1;
  int order = text_compare(one->operation, other->operation);
  if (order != 0) return order;
  if (one->old_status != other->old_status) return one->old_status < other->old_status ? -1 : 1;
  if (one->new_status != other->new_status) return one->new_status < other->new_status ? -1 : 1;
  if (total(one) != total(other)) return total(one) > total(other) ? -1 : 1;
  return strcmp(one->fingerprint, other->fingerprint);
}

void groups_finish(Comparison *comparison) {
  Arena *passing = arena_new(0);
  for (size_t i = 0; i < comparison->group_count; i++) {
    Group *group = comparison->groups[i];
    find_changes(comparison, group);
    make_fingerprint(group, passing);
    look_up(comparison, group);
    arena_reset(passing);
  }
  if (comparison->group_count > 1)
    qsort(comparison->groups, comparison->group_count, sizeof(Group *), by_weight);
  arena_free(passing);
}
