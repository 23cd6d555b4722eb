/* Does a location lie at or below what a path selects? Asked by ignore rules, which have a place in a
 * document and no document. All prefixes of the location are followed at once: one bit each for "the steps so
 * far select this prefix". The oddities of a deep scan through arrays (watch_step in compile.c) are left out:
 * a rule means what it says. */
#include "harness/jsonpath/parts.h"

#include <string.h>

enum { LOCATION_LIMIT = 4096 };

static bool names_match(const Step *step, const JsonStep *place) {
  if (place->name.data == NULL) return false;
  for (uint32_t i = 0; i < step->count; i++) {
    if (text_equal(step->as.names[i], place->name)) return true;
  }
  return false;
}

static bool indexes_match(const Step *step, const JsonStep *place) {
  if (place->name.data != NULL) return false;
  for (uint32_t i = 0; i < step->count; i++) {
    if (step->as.indexes[i] == (int64_t)place->index) return true;
  }
  return false;
}

static bool slice_matches(const Slice *slice, const JsonStep *place) {
  if (place->name.data != NULL) return false;
  if (slice->has_from && place->index < (int64_t)slice->from) return false;
  return !slice->has_to || place->index < (int64_t)slice->to;
}

static bool step_matches(const Step *step, const JsonStep *place) {
  switch ((StepKind)step->kind) {
  case STEP_PROPERTY: return names_match(step, place);
  case STEP_WILDCARD: return true;
  case STEP_INDEX: return indexes_match(step, place);
  case STEP_SLICE: return slice_matches(&step->as.slice, place);
  default: return false;
  }
}

/* Names the part of the path that can't be answered without a document. */
static const char *step_needs_document(const Step *step) {
  if (step->kind == STEP_FILTER) return "a filter";
  if (step->kind == STEP_FUNCTION) return "a function";
  bool from_end = false;
  if (step->kind == STEP_SLICE) from_end = step->as.slice.from < 0 || step->as.slice.to < 0;
  for (uint32_t i = 0; step->kind == STEP_INDEX && i < step->count; i++) from_end |= step->as.indexes[i] < 0;
  return from_end ? "an index counted from the end" : NULL;
}

bool jsonpath_covers(const JsonPath *path, const JsonStep *steps, size_t count, bool *covers, Fault *fault) {
  bool reached[LOCATION_LIMIT + 1] = {true};
  *covers = false;
  for (uint32_t i = 0; i < path->path.count; i++) {
    const char *reason = step_needs_document(&path->path.steps[i]);
    if (reason != NULL) {
      return fault_raise(fault, FAULT_INPUT, "%.*s: %s can't be used here", TEXT_ARGS(path->source), reason);
    }
  }
  if (count > LOCATION_LIMIT) count = LOCATION_LIMIT;
  for (uint32_t i = 0; i < path->path.count; i++) {
    const Step *step = &path->path.steps[i];
    bool next[LOCATION_LIMIT + 1] = {false};
    for (size_t at = 0; at <= count; at++) {
      if (step->kind == STEP_SCAN) {
        next[at] = reached[at] || (at > 0 && next[at - 1]);
      } else if (at < count && reached[at] && step_matches(step, &steps[at])) {
        next[at + 1] = true;
      }
    }
    memcpy(reached, next, count + 1);
  }
  for (size_t at = 0; at <= count; at++) *covers = *covers || reached[at];
  return true;
}
