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

static const Study fresh = {.least = 0, .most = 0, .bounded = true, .deterministic = true};

static bool study_row(const Node *row, Study *study);

/* Each alternative for itself; the longest and the shortest count. */
static bool study_branches(const Branch *branches, Study *study) {
  if (branches->next == NULL) return study_row(branches->first, study);
  int32_t least = INT32_MAX, most = -1;
  for (const Branch *branch = branches; branch != NULL; branch = branch->next) {
    Study inner = fresh;
    study_row(branch->first, &inner);
    if (inner.least < least) least = inner.least;
    if (inner.most > most) most = inner.most;
    study->bounded = study->bounded && inner.bounded;
  }
  study->least = wrap_add(study->least, least);
  study->most = wrap_add(study->most, most);
  study->deterministic = false;
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
static bool study_repeat(const Node *repeat, Study *study) {
  const Node *body = repeat->body;
  bool group = body->kind == NODE_GROUP || body->kind == NODE_ATOMIC;
  Study inner = fresh;
  if (repeat->least == 0 && repeat->most == 1) {
    study_row(body, &inner);
    study->most = wrap_add(study->most, inner.most);
    study->bounded = study->bounded && inner.bounded;
    study->deterministic = false;
    return true;
  }
  if (body->kind == NODE_SET && repeat->mode == REPEAT_GREEDY && repeat->most == REPEAT_UNBOUNDED) {
    study->least = wrap_add(study->least, repeat->least);
    if (study->bounded) study->most = wrap_add(study->most, REPEAT_UNBOUNDED);
    study->deterministic = false;
    return true;
  }
  bool through = study_row(body, &inner);
  if (group && repeat->mode != REPEAT_POSSESSIVE && !(through && inner.deterministic)) {
    study->bounded = false;
    study->deterministic = false;
    return false;
  }
  return study_counted(repeat, &inner, study);
}

static bool study_node(const Node *node, Study *study) {
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
  case NODE_GROUP: return study_branches(node->branches, study);
  case NODE_ATOMIC: study_branches(node->branches, study); return true;
  case NODE_REPEAT: return study_repeat(node, study);
  default: return true; /* of no width; Java doesn't look inside look-arounds */
  }
}

static bool study_row(const Node *row, Study *study) {
  for (; row != NULL; row = row->next)
    if (!study_node(row, study)) return false;
  return true;
}

Study branches_study(const Branch *branches) {
  Study study = fresh;
  study_branches(branches, &study);
  return study;
}
