#include "harness/vtl/inspect.h"

#include "harness/vtl/node.h"

typedef struct Inspection {
  const VtlTemplate *compiled;
  void (*visit)(void *subject, const VtlReference *reference);
  void *subject;
} Inspection;

static void report_name(const Inspection *inspection, uint32_t slot, uint32_t offset) {
  if (slot == VTL_NO_SLOT) return;
  VtlReference reference = {.use = VTL_ASSIGNED, .root = inspection->compiled->names[slot], .offset = offset};
  inspection->visit(inspection->subject, &reference);
}

static void report_reference(const Inspection *inspection, const Node *node, VtlUse use) {
  const VtlTemplate *compiled = inspection->compiled;
  if ((node->flags & NODE_BARE) != 0 || node->as.reference.slot == VTL_NO_SLOT) return;
  VtlReference reference = {
      .use = use, .root = compiled->names[node->as.reference.slot], .offset = node->offset};
  for (NodeIndex at = node->child; at != 0; at = compiled->nodes[at].next) {
    const Node *step = &compiled->nodes[at];
    bool is_call = step->kind == NODE_METHOD;
    Text name = step->kind == NODE_INDEX ? TEXT_EMPTY : step->as.text;
    if (reference.step_count < VTL_STEPS) reference.steps[reference.step_count++] = (VtlStep){name, is_call};
    if (is_call) reference.last_call = name;
  }
  inspection->visit(inspection->subject, &reference);
}

static VtlUse use_below(const Node *parent, bool first) {
  if (parent->kind == NODE_BLOCK) return VTL_PRINTED; /* also inside "…": it is printed into that text */
  bool target = parent->kind == NODE_SET || parent->kind == NODE_FOREACH;
  return target && first ? VTL_ASSIGNED : VTL_READ;
}

void vtl_references(const VtlTemplate *compiled, void (*visit)(void *subject, const VtlReference *reference),
                    void *subject) {
  Inspection inspection = {compiled, visit, subject};
  for (uint32_t i = 1; i < compiled->node_count; i++) {
    const Node *parent = &compiled->nodes[i];
    if (parent->kind == NODE_SET || parent->kind == NODE_DEFINE)
      report_name(&inspection, parent->as.reference.slot, parent->offset);
    if (parent->kind == NODE_FOREACH) report_name(&inspection, parent->as.loop.slot, parent->offset);
    bool first = true;
    for (NodeIndex at = parent->child; at != 0; at = compiled->nodes[at].next) {
      const Node *node = &compiled->nodes[at];
      if (node->kind == NODE_REFERENCE) report_reference(&inspection, node, use_below(parent, first));
      first = false;
    }
  }
}
