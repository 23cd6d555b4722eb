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

static Answer evaluate_operand(const Walk *walk, const Path *path, Value document, Operand *out) {
  Value value;
  Answer answer = evaluate_path(walk, path, document, walk->require, &value);
  if (answer == ANSWER_DONE) return operand_from_value(walk->run, value, out);
  *out = (Operand){.kind = OPERAND_UNDEFINED};
  return answer == ANSWER_MISSING ? ANSWER_DONE : answer;
}

/* What a root path finds is the same for every item: kept, as Jayway keeps it. */
static Answer evaluate_root_operand(const Walk *walk, const Operand *operand, Operand *out) {
  Memo *memo = &walk->run->memos[operand->memo];
  Answer answer = ANSWER_DONE;
  if (memo->root_number != walk->root_number || memo->require != walk->require) {
    *memo = (Memo){.require = walk->require};
    answer = evaluate_operand(walk, operand->path, walk->root, &memo->operand);
    if (answer == ANSWER_DONE) memo->root_number = walk->root_number;
  }
  *out = memo->operand;
  return answer;
}

static Answer operand_resolve(const Walk *walk, Value item, const Operand *operand, Operand *out) {
  *out = *operand;
  if (operand->kind != OPERAND_PATH) return ANSWER_DONE;
  if (operand->path->from_root) return evaluate_root_operand(walk, operand, out);
  return evaluate_operand(walk, operand->path, item, out);
}

/* `@.a`, `!@.a`: is there anything? Even a $ path is looked for in the item here (seen). */
static Answer operand_exists(const Walk *walk, Value item, const Operand *operand, Operand *out) {
  Value value;
  Answer answer = evaluate_path(walk, operand->path, item, true, &value);
  *out = (Operand){.kind = OPERAND_BOOLEAN, .boolean = answer == ANSWER_DONE};
  return answer == ANSWER_MISSING ? ANSWER_DONE : answer;
}

static Answer relation_holds(const Walk *walk, Value item, const Expression *expression, bool *holds) {
  Operand left, right = {0};
  Answer answer = expression->relation == &relation_exists
                      ? operand_exists(walk, item, &expression->left, &left)
                      : operand_resolve(walk, item, &expression->left, &left);
  if (answer == ANSWER_DONE) answer = operand_resolve(walk, item, &expression->right, &right);
  run_charge(walk->run, 1 + (left.text.length + right.text.length) / 64);
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
  if (!run_allows(walk->run)) return ANSWER_ERROR;
  walk->run->quiet++;
  Answer answer = expression_holds(walk, item, filter, accepts);
  walk->run->quiet--;
  if (answer == ANSWER_DONE) return answer;
  *accepts = false;
  return answer == ANSWER_INVALID || answer == ANSWER_MISSING ? ANSWER_DONE : answer;
}
