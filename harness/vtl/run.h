/* One rendering: what its parts share. Every function that evaluates answers false when the run is unwinding;
 * run->flow says why. */
#ifndef STATUSQUO_VTL_RUN_H
#define STATUSQUO_VTL_RUN_H

#include "harness/vtl/node.h"

enum {
  VTL_DEPTH_LIMIT = 3000, /* of the walk; Java's stack ends somewhere there too */
  VTL_DEFINE_DEPTH = 2,   /* directive.define.max.depth: how often a block may be inside itself */
};

typedef enum Flow {
  FLOW_GO,
  FLOW_FAIL,  /* fault says why */
  FLOW_BREAK, /* #break: the nearest loop or block ends */
  FLOW_LEAVE, /* #break($scope): run->leaving ends */
  FLOW_STOP,  /* #stop: everything ends */
} Flow;

/* A loop over a null element hides its variable, whatever is assigned to it (Velocity's NullHolderContext).
 */
typedef struct Hiding {
  uint32_t slot;
  bool active;
  struct Hiding *outer;
} Hiding;

typedef struct Run {
  const VtlTemplate *compiled;
  const Node *nodes;
  const VtlRun *options;
  Value *slots; /* VALUE_NULL: undefined */
  Hiding *hidings;
  Arena *arena;
  Buffer *output; /* of the template, or of the string being interpolated */
  Fault *fault;
  Flow flow;
  bool ended; /* what the run made may be printed later: an override that holds a block */
  NodeIndex leaving;
  uint32_t depth;
  size_t steps, step_limit;
  size_t memory_from, memory_limit;
} Run;

/* ---- run.c ---- */

/* Both answer false, so that evaluation can end with them. */
bool vtl_run_fail(Run *run, const Node *node, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool vtl_run_limit(Run *run, const Node *node, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The fault came without a place from another module: it happened at this node. */
bool vtl_run_fail_there(Run *run, const Node *node);
/* Counts a step; false past a limit on steps, memory, output or depth. Balance with vtl_run_leave. */
bool vtl_run_enter(Run *run, const Node *node);
void vtl_run_leave(Run *run);
/* Room for `bytes` more within the memory limit? */
bool vtl_run_has_room(Run *run, const Node *node, size_t bytes);
void vtl_run_trace(const Run *run, const Node *node, const char *what, bool taken);

Value variable_get(const Run *run, uint32_t slot);
void variable_put(Run *run, uint32_t slot, Value value);
void variable_remove(Run *run, uint32_t slot);

/* ---- evaluate.c ---- */

/* The value as an operand or argument; VALUE_NULL where Java has null. */
bool node_value(Run *run, NodeIndex index, Value *out);
/* [a..b] with Java's 32-bit arithmetic, its first `limit` items; anything but numbers gives null (fact 21).
 */
bool range_value(Run *run, const Node *node, uint32_t limit, Value *out);
/* As a condition. */
bool node_truth(Run *run, NodeIndex index, bool *out);
/* toString(); false when unwinding, *out.data NULL for Java's null. */
bool value_to_java_text(Run *run, const Node *node, Value value, Text *out);

/* ---- reference.c ---- */

bool reference_value(Run *run, const Node *node, Value *out);
bool reference_assign(Run *run, const Node *target, Value value);
bool reference_render(Run *run, const Node *node);

/* ---- render.c ---- */

bool node_render(Run *run, NodeIndex index);

/* ---- scope.c: what the language itself puts into variables ---- */

/* $foreach */
typedef struct Scope {
  Object object;
  NodeIndex loop; /* whose scope it is: #break($scope) ends that one */
  struct Scope *parent;
  Value replaced; /* what the variable held before, when no scope */
  Map *storage;   /* NULL until something is put there */
  int32_t index;
  bool has_next;
  const VtlTemplate *compiled;
} Scope;

Scope *scope_new(NodeIndex loop, Value previous, const VtlTemplate *compiled, Arena *arena);
/* NULL when the value is no scope. */
Scope *scope_of(Value value);
/* Its own entries, as a map. */
Map *scope_storage(Scope *scope, Arena *arena);
Value scope_replaced(const Scope *scope);

/* What #define leaves in its variable: rendered anew wherever it is printed. */
typedef struct BlockReference {
  Object object;
  Run *run;
  NodeIndex define;
  Hiding *hidings; /* as they were when it was defined */
  uint32_t depth;
} BlockReference;

BlockReference *block_reference_new(Run *run, NodeIndex define);
BlockReference *block_reference_of(Value value);
/* Renders into the run's output; *rendered false when it would be inside itself too often. A block that
 * another run made is printed by that one. */
bool block_reference_render(Run *run, BlockReference *block, bool *rendered);

#endif
