/* The walk over statements. */
#include "harness/vtl/run.h"

/* ---- #set, #if, #define, #break, #stop ---- */

static bool render_set(Run *run, const Node *node) {
  const Node *target = &run->nodes[node->child];
  Value value;
  if (!node_value(run, target->next, &value)) return false;
  bool assigns = !value_is_null(value); /* null changes nothing */
  vtl_run_trace(run, node, "#set", assigns);
  if (!assigns) return true;
  if (target->child != 0) return reference_assign(run, target, value);
  variable_put(run, node->as.reference.slot, value);
  return true;
}

static bool render_if(Run *run, const Node *node) {
  const char *what = "#if";
  NodeIndex condition = node->child;
  for (; condition != 0 && run->nodes[condition].next != 0; what = "#elseif") {
    NodeIndex block = run->nodes[condition].next;
    bool truth;
    if (!node_truth(run, condition, &truth)) return false;
    vtl_run_trace(run, &run->nodes[condition], what, truth);
    if (truth) return node_render(run, block);
    condition = run->nodes[block].next;
  }
  if (condition == 0) return true;
  vtl_run_trace(run, &run->nodes[condition], "#else", true);
  return node_render(run, condition);
}

static bool render_define(Run *run, NodeIndex index) {
  BlockReference *block = block_reference_new(run, index);
  variable_put(run, run->nodes[index].as.reference.slot, value_object(&block->object));
  return true;
}

static bool render_break(Run *run, const Node *node) {
  vtl_run_trace(run, node, "#break", true);
  if (node->child == 0) {
    run->flow = FLOW_BREAK;
    return false;
  }
  Value value;
  if (!node_value(run, node->child, &value)) return false;
  Scope *scope = scope_of(value);
  if (scope == NULL) return vtl_run_fail(run, node, "the argument of #break is not a valid Scope instance");
  run->flow = FLOW_LEAVE;
  run->leaving = scope->loop;
  return false;
}

static bool render_stop(Run *run, const Node *node) {
  vtl_run_trace(run, node, "#stop", true);
  if (node->child != 0) {
    Value message;
    Text text;
    if (!node_value(run, node->child, &message) || !value_to_java_text(run, node, message, &text))
      return false;
  }
  run->flow = FLOW_STOP;
  return false;
}

/* ---- #foreach ---- */

typedef struct Loop {
  const Node *node;
  NodeIndex index;
  Value element, count, has_next; /* what the variables held before */
  Scope *scope;                   /* NULL when the template never mentions $foreach */
  Hiding *hiding;                 /* made for the first null element */
} Loop;

static Value saved(const Run *run, uint32_t slot) {
  return slot == VTL_NO_SLOT ? value_null() : variable_get(run, slot);
}

static void set_variable(Run *run, uint32_t slot, Value value) {
  if (slot != VTL_NO_SLOT) variable_put(run, slot, value);
}

static void restore(Run *run, uint32_t slot, Value value) {
  if (slot == VTL_NO_SLOT) return;
  if (value_is_null(value))
    variable_remove(run, slot);
  else
    variable_put(run, slot, value);
}

static void begin_loop(Run *run, Loop *loop) {
  const VtlTemplate *compiled = run->compiled;
  loop->element = saved(run, loop->node->as.loop.slot);
  loop->count = saved(run, compiled->count_slot);
  loop->has_next = saved(run, compiled->has_next_slot);
  if (compiled->foreach_slot == VTL_NO_SLOT) return;
  loop->scope = scope_new(loop->index, variable_get(run, compiled->foreach_slot), compiled, run->arena);
  variable_put(run, compiled->foreach_slot, value_object(&loop->scope->object));
}

/* $foreach becomes what it was, unless the template put something else there; if that left it undefined,
 * Velocity fails (seen: #foreach($foreach in …)). */
static bool restore_scope(Run *run, const Loop *loop) {
  uint32_t slot = run->compiled->foreach_slot;
  if (slot == VTL_NO_SLOT) return true;
  Value held = variable_get(run, slot);
  if (value_is_null(held)) return vtl_run_fail(run, loop->node, "NullPointerException: $foreach is gone");
  const Scope *scope = scope_of(held);
  if (scope == NULL) return true;
  if (scope->parent != NULL)
    variable_put(run, slot, value_object(&scope->parent->object));
  else
    restore(run, slot, scope->replaced);
  return true;
}

/* Also when the loop is being unwound, except by a failure. */
static bool end_loop(Run *run, const Loop *loop) {
  if (run->flow == FLOW_FAIL) return false;
  restore(run, loop->node->as.loop.slot, loop->element);
  restore(run, run->compiled->count_slot, loop->count);
  restore(run, run->compiled->has_next_slot, loop->has_next);
  return restore_scope(run, loop) && run->flow == FLOW_GO;
}

static bool render_hidden(Run *run, Loop *loop) {
  if (loop->hiding == NULL) {
    loop->hiding = ARENA_NEW(run->arena, Hiding);
    *loop->hiding = (Hiding){loop->node->as.loop.slot, true, run->hidings};
  }
  Hiding *outer = run->hidings;
  run->hidings = loop->hiding;
  bool rendered = node_render(run, loop->node->as.loop.body);
  run->hidings = outer;
  return rendered;
}

static bool render_body(Run *run, Loop *loop, Value item) {
  return value_is_null(item) ? render_hidden(run, loop) : node_render(run, loop->node->as.loop.body);
}

/* True: this loop ends here and the template goes on behind it. */
static bool ends_here(Run *run, const Loop *loop) {
  bool here = run->flow == FLOW_BREAK || (run->flow == FLOW_LEAVE && run->leaving == loop->index);
  if (here) run->flow = FLOW_GO;
  return here;
}

static bool run_loop(Run *run, Loop *loop, MethodIterator *items) {
  const VtlTemplate *compiled = run->compiled;
  for (int32_t count = 1; count <= VTL_LOOP_LIMIT && iterator_has_next(items); count++) {
    Value item;
    set_variable(run, compiled->count_slot, value_integer(count));
    int got = iterator_next(items, &item, run->fault);
    if (got < 0) return vtl_run_fail_there(run, loop->node);
    if (got == 0) break;
    bool more = iterator_has_next(items);
    set_variable(run, compiled->has_next_slot, value_boolean(more));
    variable_put(run, loop->node->as.loop.slot, item);
    if (loop->scope != NULL) {
      loop->scope->index++;
      loop->scope->has_next = more;
    }
    if (!render_body(run, loop, item)) return ends_here(run, loop);
  }
  return true;
}

/* Of a range that only the loop sees, no more is made than the loop can reach. */
static bool loop_list(Run *run, NodeIndex index, Value *out) {
  const Node *node = &run->nodes[index];
  return node->kind == NODE_RANGE ? range_value(run, node, VTL_LOOP_LIMIT + 1, out)
                                  : node_value(run, index, out);
}

static bool render_foreach(Run *run, NodeIndex index) {
  Loop loop = {.node = &run->nodes[index], .index = index};
  if (loop.node->as.loop.list == 0)
    return vtl_run_fail(run, loop.node, "ArrayIndexOutOfBoundsException: #foreach needs ($element in $list)");
  Value list;
  if (!loop_list(run, loop.node->as.loop.list, &list)) return false;
  Scope *scope = scope_of(list);
  if (scope != NULL) list = value_from_map(scope_storage(scope, run->arena));
  MethodIterator *items;
  bool iterable = !value_is_null(list) && iterator_open(list, run->arena, &items);
  vtl_run_trace(run, loop.node, "#foreach", iterable && iterator_has_next(items));
  if (!iterable) return true;
  begin_loop(run, &loop);
  run_loop(run, &loop, items);
  return end_loop(run, &loop);
}

/* ---- nodes ---- */

static bool render_children(Run *run, const Node *node) {
  for (NodeIndex i = node->child; i != 0; i = run->nodes[i].next) {
    const Node *child = &run->nodes[i];
    if (child->kind == NODE_TEXT)
      buffer_append(run->output, child->as.text);
    else if (!node_render(run, i))
      return false;
  }
  return true;
}

static bool render_node(Run *run, NodeIndex index) {
  const Node *node = &run->nodes[index];
  switch (node->kind) {
  case NODE_TEXT: buffer_append(run->output, node->as.text); return true;
  case NODE_REFERENCE: return reference_render(run, node);
  case NODE_SET: return render_set(run, node);
  case NODE_IF: return render_if(run, node);
  case NODE_FOREACH: return render_foreach(run, index);
  case NODE_DEFINE: return render_define(run, index);
  case NODE_BREAK: return render_break(run, node);
  case NODE_STOP: return render_stop(run, node);
  case NODE_BLOCK:
  case NODE_LIST:
  case NODE_MAP:
  case NODE_RANGE: return render_children(run, node); /* literals: as the fourth argument of #foreach */
  default: return true;
  }
}

bool node_render(Run *run, NodeIndex index) {
  const Node *node = &run->nodes[index];
  if (!vtl_run_enter(run, node)) return false;
  bool rendered = render_node(run, index);
  vtl_run_leave(run);
  return rendered;
}

/* ---- the whole ---- */

static void bind(Run *run) {
  const VtlTemplate *compiled = run->compiled;
  for (size_t i = 0; i < run->options->binding_count; i++)
    for (uint32_t slot = 0; slot < compiled->name_count; slot++)
      if (text_equal(compiled->names[slot], run->options->bindings[i].name))
        run->slots[slot] = run->options->bindings[i].value;
}

/* What the run has left behind needs nothing of the caller's any more. */
static void end_run(Run *run) {
  static const VtlRun nothing = {0};
  run->options = &nothing;
  run->fault = NULL;
  run->output = NULL;
  run->flow = FLOW_GO;
  run->ended = true;
}

static bool render_all(Run *run) {
  node_render(run, run->compiled->root);
  const Node *root = &run->nodes[run->compiled->root];
  if (run->flow == FLOW_LEAVE)
    return vtl_run_fail(run, root, "StopCommand: the scope given to #break has ended");
  if (run->flow == FLOW_FAIL) return false;
  if (!run->output->overflowed) return true;
  return vtl_run_limit(run, root, "the template's output is longer than %zu bytes", run->output->limit);
}

bool vtl_render(const VtlTemplate *compiled, const VtlRun *options, Fault *fault) {
  enum { MEMORY_LIMIT = 256 * 1024 * 1024, STEP_LIMIT = 20 * 1000 * 1000 };
  Run *run = ARENA_NEW(options->passing, Run);
  *run = (Run){.compiled = compiled,
               .nodes = compiled->nodes,
               .options = options,
               .slots = ARENA_ARRAY(options->passing, Value, compiled->name_count),
               .arena = options->passing,
               .output = options->output,
               .fault = fault,
               .step_limit = options->step_limit > 0 ? options->step_limit : STEP_LIMIT,
               .memory_from = arena_used(options->passing),
               .memory_limit = options->memory_limit > 0 ? options->memory_limit : MEMORY_LIMIT};
  if (fault != NULL) *fault = (Fault){0};
  bind(run);
  bool rendered = render_all(run);
  end_run(run);
  return rendered;
}
