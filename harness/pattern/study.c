/* Java's own analysis of a pattern, which decides two things a client can see: what a look-behind accepts and
 * how far it looks, and which repeated groups are matched turn by turn without going back into a turn.
 * Witness for all of it: seen (JDK 17). */
#include "harness/pattern/tree.h"

/* Java's int arithmetic. */
static int32_t wrap_add(int32_t left, int32_t right) {
  return (int32_t)((uint32_t)left + (uint32_t)right);
}

static int32_t wrap_multiply(int32_t left, int32_t right) {
  return (int32_t)((uint32_t)left * (uint32_t)right);
}

/* Java studies what stands behind alternatives from zero and adds up afterwards, so that a sum that wraps is
 * noticed, or not, by the part it belongs to: `before` is what waits to be added. */
typedef struct Studying {
  Study now, before;
} Studying;

static const Study fresh = {.least = 0, .most = 0, .bounded = true, .deterministic = true};

static bool study_row(const Node *row, Studying *studying);

static void add_up(Studying *studying) {
  Study *now = &studying->now;
  now->least = wrap_add(now->least, studying->before.least);
  now->most = wrap_add(now->most, studying->before.most);
  now->bounded = now->bounded && studying->before.bounded;
  now->deterministic = now->deterministic && studying->before.deterministic;
  studying->before = fresh;
}

static Study study_alone(const Node *row, bool *through) {
  Studying studying = {fresh, fresh};
  *through = study_row(row, &studying);
  add_up(&studying);
  return studying.now;
}

/* A part that Java studies on top of what it has, but to its own end. */
static void study_inside(const Node *row, Studying *studying) {
  Studying inside = {studying->now, fresh};
  study_row(row, &inside);
  add_up(&inside);
  studying->now = inside.now;
}

/* Each alternative for itself; the longest and the shortest count. */
static bool study_branches(const Branch *branches, Studying *studying) {
  if (branches->next == NULL) return study_row(branches->first, studying);
  Study *before = &studying->before;
  int32_t least = INT32_MAX, most = -1;
  bool through;
  for (const Branch *branch = branches; branch != NULL; branch = branch->next) {
    Study inner = study_alone(branch->first, &through);
    if (inner.least < least) least = inner.least;
    if (inner.most > most) most = inner.most;
    before->bounded = before->bounded && inner.bounded;
  }
  before->least = wrap_add(before->least, wrap_add(studying->now.least, least));
  before->most = wrap_add(before->most, wrap_add(studying->now.most, most));
  before->bounded = before->bounded && studying->now.bounded;
  before->deterministic = false;
  studying->now = fresh;
  return true;
}

static bool study_counted(const Node *repeat, const Study *inner, Study *study) {
  int32_t least = wrap_add(wrap_multiply(inner->least, repeat->least), study->least);
  study->least = least < study->least ? 0xFFFFFFF : least;
  if (study->bounded && inner->bounded) {
    int32_t most = wrap_add(wrap_multiply(inner->most, repeat->most), study->most);
    if (most < study->most) study->bounded = false;
    study->most = most;
  } else {
    study->bounded = false;
  }
  if (!inner->deterministic || repeat->least != repeat->most) study->deterministic = false;
  return true;
}

/* False: nothing behind this node is looked at any more, as Java does for a loop over a group with several
 * ways through. */
static bool study_repeat(const Node *repeat, Studying *studying) {
  const Node *body = repeat->body;
  Study *study = &studying->now;
  bool through;
  bool loop = body->kind == NODE_GROUP && repeat->mode != REPEAT_POSSESSIVE;
  if (repeat->least == 0 && repeat->most == 1) {
    if (loop) { /* (X)? is (X|) */
      Node turn = *body;
      Branch nothing = {0}, once = {.first = &turn, .next = &nothing};
      turn.next = NULL;
      return study_branches(&once, studying);
    }
    int32_t least = study->least;
    study_inside(body, studying);
    study->least = least;
    study->deterministic = false;
    return true;
  }
  if (body->kind == NODE_SET && repeat->mode == REPEAT_GREEDY && repeat->most == REPEAT_UNBOUNDED) {
    study->least = wrap_add(study->least, repeat->least);
    if (study->bounded) study->most = wrap_add(study->most, REPEAT_UNBOUNDED);
    study->deterministic = false;
    return true;
  }
  Study inner = study_alone(body, &through);
  if (loop && !(through && inner.deterministic)) {
    study->bounded = false;
    study->deterministic = false;
    return false;
  }
  return study_counted(repeat, &inner, study);
}

static bool study_node(const Node *node, Studying *studying) {
  Study *study = &studying->now;
  switch (node->kind) {
  case NODE_SET:
    study->least = wrap_add(study->least, 1);
    study->most = wrap_add(study->most, 1);
    return true;
  case NODE_LINE_BREAK:
    study->least = wrap_add(study->least, 1);
    study->most = wrap_add(study->most, 2);
    return true;
  case NODE_GRAPHEME:
    study->least = wrap_add(study->least, 1);
    study->deterministic = false;
    return true;
  case NODE_BACK_REFERENCE: study->bounded = false; return true;
  case NODE_GROUP: return study_branches(node->branches, studying);
  case NODE_ATOMIC: {
    Node group = {.kind = NODE_GROUP, .branches = node->branches};
    study_inside(&group, studying);
    return true;
  }
  case NODE_REPEAT: return study_repeat(node, studying);
  default: return true; /* of no width; Java doesn't look inside look-arounds */
  }
}

static bool study_row(const Node *row, Studying *studying) {
  for (; row != NULL; row = row->next)
    if (!study_node(row, studying)) return false;
  return true;
}

Study branches_study(const Branch *branches) {
  Node group = {.kind = NODE_GROUP, .branches = (Branch *)(uintptr_t)branches};
  bool through;
  Study study = study_alone(&group, &through);
  study.deterministic = study.deterministic && through;
  return study;
}
