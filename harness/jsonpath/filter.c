/* Filters at work: paths in them become operands, relations answer, and an InvalidPathException anywhere
 * inside makes the item not pass, whatever stands around it. */
#include "harness/jsonpath/relation.h"

/* A walk of its own for a path in a filter: $ is the document, @ the item. */
static Answer evaluate_path(const Walk *walk, const Path *path, Value document, bool require, Value *out) {
  Walk inner = {.run = walk->run,
                .steps = path->steps,
                .count = path->count,
                .root = walk->root,
                .root_number = walk->root_number,
                .require = require,
                .definite = path->definite};
  return walk_document(&inner, document, out);
}

/* The value of a root path is the same for every item: kept, as Jayway keeps it. */
static Answer evaluate_root_path(const Walk *walk, const Operand *operand, Value *out) {
  Memo *memo = &walk->run->memos[operand->memo];
  if (memo->root_number == walk->root_number && memo->require == walk->require) {
    *out = memo->value;
    return ANSWER_DONE;
  }
  Answer answer = evaluate_path(walk, operand->path, walk->root, walk->require, out);
  if (answer == ANSWER_DONE) {
    *memo = (Memo){.root_number = walk->root_number, .require = walk->require, .value = *out};
  }
  return answer;
}

static Answer operand_resolve(const Walk *walk, Value item, const Operand *operand, Operand *out) {
  *out = *operand;
  if (operand->kind != OPERAND_PATH) return ANSWER_DONE;
  Value value;
  Answer answer = operand->path->from_root ? evaluate_root_path(walk, operand, &value)
                                           : evaluate_path(walk, operand->path, item, walk->require, &value);
  if (answer == ANSWER_DONE) return operand_from_value(walk->run, value, out);
  if (answer != ANSWER_MISSING) return answer;
  *out = (Operand){.kind = OPERAND_UNDEFINED};
  return ANSWER_DONE;
}

/* `@.a`, `!@.a`: is there anything? Even a $ path is looked for in the item here (seen). */
static Answer operand_exists(const Walk *walk, Value item, const Operand *operand, Operand *out) {
  Value value;
  Answer answer = evaluate_path(walk, operand->path, item, true, &value);
  *out = (Operand){.kind = OPERAND_BOOLEAN, .boolean = answer == ANSWER_DONE};
  return answer == ANSWER_MISSING ? ANSWER_DONE : answer;
}

static Answer relation_holds(const Walk *walk, Value item, const Expression *expression, bool *holds) {
  Operand left, right;
  Answer answer = expression->relation == &relation_exists
                      ? operand_exists(walk, item, &expression->left, &left)
                      : operand_resolve(walk, item, &expression->left, &left);
  if (answer == ANSWER_DONE) answer = operand_resolve(walk, item, &expression->right, &right);
  if (answer == ANSWER_DONE) answer = expression->relation->test(walk->run, &left, &right, holds);
  return answer;
}

static Answer expression_holds(const Walk *walk, Value item, const Expression *expression, bool *holds) {
  Answer answer = ANSWER_DONE;
  switch ((ExpressionKind)expression->kind) {
  case EXPRESSION_RELATION: return relation_holds(walk, item, expression, holds);
  case EXPRESSION_NOT:
    answer = expression_holds(walk, item, expression->first, holds);
    *holds = !*holds;
    return answer;
  case EXPRESSION_AND:
  case EXPRESSION_OR: {
    bool decides = expression->kind == EXPRESSION_OR;
    *holds = !decides;
    for (const Expression *each = expression->first; each != NULL && *holds != decides; each = each->next) {
      answer = expression_holds(walk, item, each, holds);
      if (answer != ANSWER_DONE) return answer;
    }
  }
  }
  return answer;
}

Answer filter_accepts(const Expression *filter, const Walk *walk, Value item, bool *accepts) {
  *accepts = false;
  walk->run->quiet++;
  Answer answer = expression_holds(walk, item, filter, accepts);
  walk->run->quiet--;
  if (answer == ANSWER_DONE) return answer;
  *accepts = false;
  return answer == ANSWER_INVALID || answer == ANSWER_MISSING ? ANSWER_DONE : answer;
}
