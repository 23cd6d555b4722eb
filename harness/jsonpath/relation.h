/* The operators of filters. */
#ifndef STATUSQUO_JSONPATH_RELATION_H
#define STATUSQUO_JSONPATH_RELATION_H

#include "harness/jsonpath/parts.h"

/* A relation answers through `holds`; operands are no paths any more. */
typedef Answer RelationTest(Run *run, const Operand *left, const Operand *right, bool *holds);

struct Relation {
  Text name; /* upper case */
  RelationTest *test;
};

/* Compares without case; NULL: no such operator. */
const Relation *relation_find(Text name);
/* `@.a` without an operator. */
extern const Relation relation_exists;

/* A value as an operand; ANSWER_ERROR for what Jayway knows no node for. */
Answer operand_from_value(Run *run, Value value, Operand *out);
/* An element of a list that an operator goes through: texts may turn out to be paths or JSON there, and
 * quotes and escapes inside of them count (seen: older and newer Jayway alike). */
Answer operand_from_element(Run *run, Value value, Operand *out);
/* ValueNode.equals: the left one decides how numbers and texts meet. */
bool operand_equal(Run *run, const Operand *left, const Operand *right);

#endif
