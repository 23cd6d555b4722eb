/* References: their values, assigning through them, printing them. Setting 1 of the gateway stands here: what
 * can't be resolved is the empty text, in output and in expressions alike. */
#include "harness/vtl/run.h"

#include "harness/base/utf8.h"

static Value empty_text(void) {
  return value_from_text(TEXT_EMPTY);
}

/* ---- steps along the path ---- */

enum { FEW_ARGUMENTS = 8 };

static bool evaluate_arguments(Run *run, const Node *node, Value *few, Value **out, size_t *count) {
  *count = 0;
  for (NodeIndex i = node->child; i != 0; i = run->nodes[i].next) ++*count;
  *out = *count <= FEW_ARGUMENTS ? few : ARENA_ARRAY(run->arena, Value, *count);
  size_t at = 0;
  for (NodeIndex i = node->child; i != 0; i = run->nodes[i].next)
    if (!node_value(run, i, &(*out)[at++])) return false;
  return true;
}

/* `VTL_FOUND` or a null; printing objects inside Java code may have begun to unwind. */
static bool take_answer(Run *run, const Node *node, VtlAnswer answer, Value result, Value *out) {
  bool failed_inside = run->flow == FLOW_FAIL && run->fault != NULL && run->fault->place.line == 0;
  if (failed_inside)
    return vtl_run_fail_there(run, node); /* Java code has put its own reason over the first */
  if (run->flow != FLOW_GO) return false;
  if (answer == VTL_THROWS) return vtl_run_fail_there(run, node);
  *out = answer == VTL_FOUND ? result : value_null();
  return vtl_run_has_room(run, node, 0);
}

static bool call_method(Run *run, const Node *node, Value subject, Value *out) {
  Value few[FEW_ARGUMENTS], *arguments, result = value_null();
  size_t count;
  if (!evaluate_arguments(run, node, few, &arguments, &count)) return false;
  VtlAnswer answer =
      method_call(subject, node->method, node->as.text, arguments, count, run->arena, &result, run->fault);
  return take_answer(run, node, answer, result, out);
}

static bool get_property(Run *run, const Node *node, Value subject, Value *out) {
  Value result = value_null();
  VtlAnswer answer = property_get(subject, node->as.text, run->arena, &result, run->fault);
  return take_answer(run, node, answer, result, out);
}

static bool get_index(Run *run, const Node *node, Value subject, Value *out) {
  Value index, result = value_null();
  if (!node_value(run, node->child, &index)) return false;
  Scope *scope = scope_of(subject);
  if (scope != NULL) subject = value_from_map(scope_storage(scope, run->arena));
  VtlAnswer answer = index_get(subject, index, run->arena, &result, run->fault);
  return take_answer(run, node, answer, result, out);
}

static bool follow(Run *run, const Node *node, Value subject, Value *out) {
  switch (node->kind) {
  case NODE_METHOD: return call_method(run, node, subject, out);
  case NODE_INDEX: return get_index(run, node, subject, out);
  default: return get_property(run, node, subject, out);
  }
}

/* ---- values ---- */

bool reference_value(Run *run, const Node *node, Value *out) {
  if ((node->flags & NODE_BARE) != 0) {
    *out = value_null();
    return true;
  }
  Value value = variable_get(run, node->as.reference.slot);
  for (NodeIndex i = node->child; i != 0 && !value_is_null(value); i = run->nodes[i].next)
    if (!follow(run, &run->nodes[i], value, &value)) return false;
  *out = value_is_null(value) ? empty_text() : value;
  return true;
}

/* ---- assigning ---- */

static bool assign_index(Run *run, const Node *node, Value subject, Value value) {
  Value index;
  if (!node_value(run, node->child, &index)) return false;
  Scope *scope = scope_of(subject);
  if (scope != NULL) subject = value_from_map(scope_storage(scope, run->arena));
  VtlAnswer answer = index_set(subject, index, value, run->arena, run->fault);
  return answer != VTL_THROWS || vtl_run_fail_there(run, node);
}

static bool assign_property(Run *run, const Node *node, Value subject, Value value) {
  Scope *scope = scope_of(subject);
  if (scope != NULL) {
    map_put_text(scope_storage(scope, run->arena), node->as.text, value, run->arena);
    return true;
  }
  VtlAnswer answer = property_set(subject, node->as.text, value, run->arena, run->fault);
  return answer != VTL_THROWS || vtl_run_fail_there(run, node);
}

/* A missing root or step: nothing is assigned (fact 25). */
bool reference_assign(Run *run, const Node *target, Value value) {
  Value subject = variable_get(run, target->as.reference.slot);
  if (value_is_null(subject)) return true;
  NodeIndex step = target->child;
  for (; run->nodes[step].next != 0; step = run->nodes[step].next) {
    if (!follow(run, &run->nodes[step], subject, &subject)) return false;
    if (value_is_null(subject)) return true;
  }
  const Node *last = &run->nodes[step];
  return last->kind == NODE_INDEX ? assign_index(run, last, subject, value)
                                  : assign_property(run, last, subject, value);
}

/* ---- printing ---- */

static void print_value(Run *run, Value value) {
  if (value.kind == VALUE_TEXT && (value.flags & VALUE_ESCAPED) == 0)
    utf8_append_joining(run->output, (Text){value.as.text, value.length});
  else if (value.kind == VALUE_TEXT || value.kind == VALUE_CHARACTER || value.kind == VALUE_OBJECT)
    utf8_append_joining(run->output, value_to_text(value, run->arena));
  else
    value_print(value, run->output, run->arena);
}

/* A block that is inside itself too often prints as written, its escapes twice (seen). */
static bool print_block(Run *run, const ReferenceTexts *texts, BlockReference *block) {
  bool rendered;
  if (!block_reference_render(run, block, &rendered)) return false;
  if (rendered) return true;
  buffer_append(run->output, texts->escapes);
  buffer_append(run->output, texts->escapes);
  buffer_append(run->output, texts->more);
  buffer_append(run->output, texts->source);
  return true;
}

bool reference_render(Run *run, const Node *node) {
  const ReferenceTexts *texts = node->as.reference.texts;
  if ((node->flags & NODE_BARE) != 0) {
    buffer_append(run->output, run->compiled->names[node->as.reference.slot]);
    return true;
  }
  Value value;
  if (!reference_value(run, node, &value)) return false;
  if ((node->flags & NODE_ESCAPED) != 0) {
    buffer_append(run->output, texts->escapes);
    buffer_append(run->output, texts->source);
    return true;
  }
  BlockReference *block = block_reference_of(value);
  if (block != NULL) return print_block(run, texts, block);
  buffer_append(run->output, texts->escapes);
  buffer_append(run->output, texts->more);
  print_value(run, value);
  return run->flow == FLOW_GO;
}
