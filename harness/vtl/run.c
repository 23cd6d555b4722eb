/* Limits, faults and variables of a rendering. */
#include "harness/vtl/run.h"

#include <stdio.h>

/* ---- faults ---- */

static bool fail(Run *run, FaultKind kind, const Node *node, const char *format, va_list arguments) {
  char message[FAULT_MESSAGE_SIZE];
  vsnprintf(message, sizeof message, format, arguments);
  run->flow = FLOW_FAIL;
  return fault_raise_at(run->fault, kind, NULL, run->compiled->source, node->offset, "%s", message);
}

bool vtl_run_fail(Run *run, const Node *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fail(run, FAULT_INPUT, node, format, arguments);
  va_end(arguments);
  return false;
}

bool vtl_run_limit(Run *run, const Node *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fail(run, FAULT_LIMIT, node, format, arguments);
  va_end(arguments);
  return false;
}

bool vtl_run_fail_there(Run *run, const Node *node) {
  run->flow = FLOW_FAIL;
  Fault *fault = run->fault;
  if (fault == NULL) return false;
  if (fault->kind == FAULT_NONE) fault->kind = FAULT_INPUT;
  fault->place = place_of(NULL, run->compiled->source, node->offset);
  fault->offset = node->offset;
  fault_quote(fault, run->compiled->source, node->offset);
  return false;
}

/* ---- limits ---- */

bool vtl_run_has_room(Run *run, const Node *node, size_t bytes) {
  size_t used = arena_used(run->arena) - run->memory_from;
  if (used <= run->memory_limit && bytes <= run->memory_limit - used) return true;
  return vtl_run_limit(run, node, "the template needs more than %zu bytes of memory: OutOfMemoryError",
                       run->memory_limit);
}

bool vtl_run_enter(Run *run, const Node *node) {
  if (++run->steps > run->step_limit)
    return vtl_run_limit(run, node, "the template takes more than %zu steps", run->step_limit);
  if (run->depth >= VTL_DEPTH_LIMIT) return vtl_run_limit(run, node, "too much nesting: StackOverflowError");
  if (run->output->overflowed)
    return vtl_run_limit(run, node, "the template's output is longer than %zu bytes", run->output->limit);
  if (!vtl_run_has_room(run, node, 0)) return false;
  run->depth++;
  return true;
}

void vtl_run_leave(Run *run) {
  run->depth--;
}

void vtl_run_trace(const Run *run, const Node *node, const char *what, bool taken) {
  const VtlTrace *trace = run->options->trace;
  if (trace != NULL) trace->visit(trace->subject, node->offset, what, taken);
}

/* ---- variables ---- */

Value variable_get(const Run *run, uint32_t slot) {
  for (const Hiding *hiding = run->hidings; hiding != NULL; hiding = hiding->outer)
    if (hiding->active && hiding->slot == slot) return value_null();
  return run->slots[slot];
}

void variable_put(Run *run, uint32_t slot, Value value) {
  if (value_is_null(value))
    for (Hiding *hiding = run->hidings; hiding != NULL; hiding = hiding->outer)
      if (hiding->slot == slot) hiding->active = true;
  run->slots[slot] = value;
}

void variable_remove(Run *run, uint32_t slot) {
  for (Hiding *hiding = run->hidings; hiding != NULL; hiding = hiding->outer)
    if (hiding->slot == slot) hiding->active = false;
  run->slots[slot] = value_null();
}
