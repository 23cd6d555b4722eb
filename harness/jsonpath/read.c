/* Steps at work, each as Jayway's token of that kind. A step hands every value it picks to the step behind
 * it; the last one adds it to the results. Missing things end the reading where everything before was
 * definite, and are passed over where it wasn't. Recursion goes as deep as path and document together, which
 * RUN_DEPTH_LIMIT bounds. Witness: seen, features property, missing, array, slice, scan, root. */
#include "harness/jsonpath/parts.h"

#include <stdarg.h>
#include <stdio.h>

static Answer step_apply(Walk *walk, uint32_t at, Value model);

Answer run_fails(Run *run, Answer answer, const char *format, ...) {
  bool caught = run->quiet > 0 && (answer == ANSWER_MISSING || answer == ANSWER_INVALID);
  if (run->fault == NULL || caught) return answer;
  char reason[FAULT_MESSAGE_SIZE / 2];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  fault_raise(run->fault, FAULT_INPUT, "%s", reason);
  return answer;
}

/* Views are Lists when they are sub-lists; key sets and values are not. Java arrays never are. */
bool value_is_array(Value value) {
  if (value.kind != VALUE_LIST) return false;
  const List *list = value.as.list;
  if (list->kind == LIST_VIEW) return text_ends(list->class_name, TEXT("SubList"));
  return list->kind != LIST_FIXED;
}

bool run_allows(Run *run) {
  if (run->depth >= RUN_DEPTH_LIMIT) {
    fault_raise(run->fault, FAULT_LIMIT, "path and document go more than %d levels deep", RUN_DEPTH_LIMIT);
    return false;
  }
  if (run->budget == 0) {
    fault_raise(run->fault, FAULT_LIMIT, "the path means too much work for this document");
    return false;
  }
  return true;
}

/* Every step and every level of a scan goes through here. */
static bool run_enter(Run *run) {
  if (!run_allows(run)) return false;
  run->depth++;
  run->budget--;
  return true;
}

static bool is_leaf(const Walk *walk, uint32_t at) {
  return at + 1 == walk->count;
}

static Answer walk_add(Walk *walk, Value value) {
  if (!run_allows(walk->run)) return ANSWER_ERROR;
  run_charge(walk->run, RUN_COST_RESULT);
  walk->found++;
  walk->last = value;
  if (!walk->definite) list_append(walk->results, value, walk->run->arena);
  return ANSWER_DONE;
}

/* What the step at `at` picked goes on. */
static Answer step_pass(Walk *walk, uint32_t at, Value value) {
  return is_leaf(walk, at) ? walk_add(walk, value) : step_apply(walk, at + 1, value);
}

/* ---- members ---- */

/* See watch_step in compile.c. */
static bool watch_allows(const Walk *walk, uint32_t at) {
  const Step *step = &walk->steps[at];
  if (step->watch == 0 || !is_leaf(walk, at)) return true;
  int32_t watched = walk->run->watches[step->watch];
  return watched == 0 || watched - 1 == step->guard;
}

static Answer member_pass(Walk *walk, uint32_t at, Value value) {
  return watch_allows(walk, at) ? step_pass(walk, at, value) : ANSWER_DONE;
}

static Answer property_apply(Walk *walk, uint32_t at, const Map *map, Text name) {
  const Step *step = &walk->steps[at];
  const Value *value = map_get_text(map, name);
  if (value != NULL) return member_pass(walk, at, *value);
  bool definite = step->upstream_definite && step->count == 1;
  if (walk->require || (definite && !is_leaf(walk, at))) {
    return run_fails(walk->run, ANSWER_MISSING, "no member %.*s", TEXT_ARGS(name));
  }
  return ANSWER_DONE;
}

/* Several names at the end: one new object with those that are there. */
static Answer properties_merge(Walk *walk, const Step *step, const Map *map) {
  Map *merged = map_new(MAP_LINKED, walk->run->arena);
  run_charge(walk->run, step->count);
  for (uint32_t i = 0; i < step->count; i++) {
    const Value *value = map_get_text(map, step->as.names[i]);
    if (value != NULL) {
      map_put_text(merged, step->as.names[i], *value, walk->run->arena);
    } else if (walk->require) {
      return run_fails(walk->run, ANSWER_MISSING, "no member %.*s", TEXT_ARGS(step->as.names[i]));
    }
  }
  return walk_add(walk, value_from_map(merged));
}

static Answer properties_apply(Walk *walk, uint32_t at, Value model) {
  const Step *step = &walk->steps[at];
  if (!value_is_object(model)) {
    if (!step->upstream_definite) return ANSWER_DONE;
    return run_fails(walk->run, ANSWER_MISSING, "no object to find %.*s in", TEXT_ARGS(step->as.names[0]));
  }
  if (step->count > 1 && is_leaf(walk, at)) return properties_merge(walk, step, model.as.map);
  run_charge(walk->run, step->count);
  Answer answer = ANSWER_DONE;
  for (uint32_t i = 0; i < step->count && answer == ANSWER_DONE; i++) {
    answer = property_apply(walk, at, model.as.map, step->as.names[i]);
  }
  return answer;
}

/* ---- elements ---- */

/* An IndexOutOfBoundsException from anywhere behind an element is swallowed here, as in Java. */
static Answer element_apply(Walk *walk, uint32_t at, const List *list, int64_t index) {
  if (index < 0) index += list->count;
  if (index < 0 || index >= list->count) return ANSWER_DONE;
  Answer answer = step_pass(walk, at, list->items[index]);
  return answer == ANSWER_OUT_OF_BOUNDS ? ANSWER_DONE : answer;
}

static Answer indexes_apply(Walk *walk, uint32_t at, const List *list) {
  const Step *step = &walk->steps[at];
  run_charge(walk->run, step->count);
  Answer answer = ANSWER_DONE;
  for (uint32_t i = 0; i < step->count && answer == ANSWER_DONE; i++) {
    answer = element_apply(walk, at, list, step->as.indexes[i]);
  }
  return answer;
}

/* With both ends given, the start isn't counted from the end but each index is: [-3:2] begins again behind
 * the last. */
static Answer slice_apply(Walk *walk, uint32_t at, const List *list) {
  const Slice *slice = &walk->steps[at].as.slice;
  int64_t length = list->count;
  int64_t from = slice->has_from ? slice->from : 0;
  int64_t to = slice->has_to ? slice->to : length;
  if (!slice->has_to && from < 0) from = from + length > 0 ? from + length : 0;
  if (!slice->has_from && to < 0) to += length;
  if (from < -length) from = -length;
  if (to > length) to = length;
  Answer answer = ANSWER_DONE;
  for (int64_t index = from; index < to && answer == ANSWER_DONE; index++) {
    answer = element_apply(walk, at, list, index);
  }
  return answer;
}

static Answer array_apply(Walk *walk, uint32_t at, Value model) {
  const Step *step = &walk->steps[at];
  if (!value_is_array(model)) {
    if (!step->upstream_definite) return ANSWER_DONE;
    return run_fails(walk->run, ANSWER_MISSING, "no array to take an element of");
  }
  return step->kind == STEP_INDEX ? indexes_apply(walk, at, model.as.list)
                                  : slice_apply(walk, at, model.as.list);
}

static Answer wildcard_apply(Walk *walk, uint32_t at, Value model) {
  Answer answer = ANSWER_DONE;
  if (value_is_object(model)) {
    const Map *map = model.as.map;
    for (uint32_t i = 0; i < map->count && answer == ANSWER_DONE; i++) {
      answer = member_pass(walk, at, map->entries[i].value);
    }
  } else if (value_is_array(model)) {
    const List *list = model.as.list;
    for (uint32_t i = 0; i < list->count && answer == ANSWER_DONE; i++) {
      answer = element_apply(walk, at, list, i);
      if (answer == ANSWER_MISSING && !walk->require) answer = ANSWER_DONE;
    }
  }
  return answer;
}

/* ---- filters ---- */

static Answer filter_array(Walk *walk, uint32_t at, const List *list) {
  Answer answer = ANSWER_DONE;
  for (uint32_t i = 0; i < list->count && answer == ANSWER_DONE; i++) {
    bool accepts;
    answer = filter_accepts(walk->steps[at].as.filter, walk, list->items[i], &accepts);
    if (answer == ANSWER_DONE && accepts) answer = element_apply(walk, at, list, i);
  }
  return answer;
}

static Answer filter_apply(Walk *walk, uint32_t at, Value model) {
  if (value_is_array(model)) return filter_array(walk, at, model.as.list);
  if (value_is_object(model)) {
    bool accepts;
    Answer answer = filter_accepts(walk->steps[at].as.filter, walk, model, &accepts);
    return answer == ANSWER_DONE && accepts ? step_pass(walk, at, model) : answer;
  }
  if (!walk->steps[at].upstream_definite) return ANSWER_DONE;
  return run_fails(walk->run, ANSWER_INVALID,
                   "InvalidPathException: a filter can not be applied to primitives");
}

/* ---- scans ---- */

static bool map_has_all(const Map *map, const Step *step) {
  for (uint32_t i = 0; i < step->count; i++) {
    if (map_get_text(map, step->as.names[i]) == NULL) return false;
  }
  return true;
}

/* Is this object or array one that the step behind the scan wants to look at? */
static Answer scan_wants(const Walk *walk, uint32_t target, Value model, bool *wants) {
  const Step *step = &walk->steps[target];
  *wants = false;
  switch ((StepKind)step->kind) {
  case STEP_PROPERTY:
    if (!value_is_object(model)) return ANSWER_DONE;
    *wants = (step->count > 1 && !is_leaf(walk, target)) || map_has_all(model.as.map, step);
    return ANSWER_DONE;
  case STEP_INDEX:
  case STEP_SLICE: *wants = value_is_array(model); return ANSWER_DONE;
  case STEP_WILDCARD: *wants = true; return ANSWER_DONE;
  case STEP_FILTER: return filter_accepts(step->as.filter, walk, model, wants);
  default: return ANSWER_DONE;
  }
}

/* A wanted array that isn't the end: all its elements go to the step behind the target, past the target
 * itself. */
static Answer scan_elements(Walk *walk, uint32_t target, const List *list) {
  Answer answer = ANSWER_DONE;
  uint32_t watch = walk->steps[target + 1].watch;
  for (uint32_t i = 0; i < list->count && answer == ANSWER_DONE; i++) {
    if (watch != 0) walk->run->watches[watch] = (int32_t)i + 1;
    answer = step_apply(walk, target + 1, list->items[i]);
  }
  return answer;
}

static Answer scan_walk(Walk *walk, uint32_t target, Value model);

static Answer scan_children(Walk *walk, uint32_t target, Value model) {
  Answer answer = ANSWER_DONE;
  if (value_is_object(model)) {
    for (uint32_t i = 0; i < model.as.map->count && answer == ANSWER_DONE; i++) {
      answer = scan_walk(walk, target, model.as.map->entries[i].value);
    }
  } else {
    for (uint32_t i = 0; i < model.as.list->count && answer == ANSWER_DONE; i++) {
      answer = scan_walk(walk, target, model.as.list->items[i]);
    }
  }
  return answer;
}

static Answer scan_walk(Walk *walk, uint32_t target, Value model) {
  if (!value_is_object(model) && !value_is_array(model)) return ANSWER_DONE;
  if (!run_enter(walk->run)) return ANSWER_ERROR;
  bool wants;
  Answer answer = scan_wants(walk, target, model, &wants);
  if (answer == ANSWER_DONE && wants) {
    bool past = value_is_array(model) && !is_leaf(walk, target);
    answer = past ? scan_elements(walk, target, model.as.list) : step_apply(walk, target, model);
  }
  if (answer == ANSWER_DONE) answer = scan_children(walk, target, model);
  walk->run->depth--;
  return answer;
}

/* ---- all steps ---- */

static Answer function_apply(Walk *walk, uint32_t at, Value model) {
  Value result;
  Answer answer = call_invoke(walk->steps[at].as.call, walk, model, &result);
  if (answer == ANSWER_DONE) answer = walk_add(walk, result);
  return answer != ANSWER_DONE || is_leaf(walk, at) ? answer : step_apply(walk, at + 1, result);
}

static Answer step_dispatch(Walk *walk, uint32_t at, Value model) {
  switch ((StepKind)walk->steps[at].kind) {
  case STEP_PROPERTY: return properties_apply(walk, at, model);
  case STEP_WILDCARD: return wildcard_apply(walk, at, model);
  case STEP_INDEX:
  case STEP_SLICE: return array_apply(walk, at, model);
  case STEP_FILTER: return filter_apply(walk, at, model);
  case STEP_FUNCTION: return function_apply(walk, at, model);
  case STEP_SCAN:
    if (!is_leaf(walk, at)) return scan_walk(walk, at + 1, model);
    return run_fails(walk->run, ANSWER_ERROR, "IllegalStateException: nothing behind ..");
  }
  return ANSWER_DONE;
}

static Answer step_apply(Walk *walk, uint32_t at, Value model) {
  if (!run_enter(walk->run)) return ANSWER_ERROR;
  Answer answer = step_dispatch(walk, at, model);
  walk->run->depth--;
  return answer;
}

Answer walk_document(Walk *walk, Value document, Value *out) {
  Run *run = walk->run;
  if (value_is_null(walk->root)) {
    return run_fails(run, ANSWER_ERROR, "IllegalArgumentException: root can not be null");
  }
  if (!walk->definite) walk->results = list_new(LIST_JSON_ARRAY, run->arena);
  Answer answer = walk->count > 0 ? step_apply(walk, 0, document) : walk_add(walk, document);
  if (answer != ANSWER_DONE) return answer;
  if (walk->definite && walk->found == 0) return run_fails(run, ANSWER_MISSING, "no results");
  *out = walk->definite ? walk->last : value_from_list(walk->results);
  return ANSWER_DONE;
}

JsonPathAnswer jsonpath_read(const JsonPath *path, Value document, Arena *passing, Value *out, Fault *fault) {
  Run run = {.arena = passing, .fault = fault, .budget = RUN_BUDGET, .roots = 1};
  if (path->watches > 0) run.watches = ARENA_ARRAY(passing, int32_t, path->watches + 1);
  if (path->memos > 0) run.memos = ARENA_ARRAY(passing, Memo, path->memos + 1);
  if (path->arguments > 0) run.arguments = ARENA_ARRAY(passing, ArgumentState, path->arguments + 1);
  Walk walk = {.run = &run,
               .steps = path->path.steps,
               .count = path->path.count,
               .root = document,
               .root_number = 1,
               .definite = path->path.definite};
  switch (walk_document(&walk, document, out)) {
  case ANSWER_DONE: return JSONPATH_FOUND;
  case ANSWER_MISSING: return JSONPATH_MISSING;
  default: return JSONPATH_ERROR;
  }
}
