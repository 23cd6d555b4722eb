/* Looks at a compiled template without running it: which names it reads, sets and prints. For lint and init.
 */
#ifndef STATUSQUO_VTL_INSPECT_H
#define STATUSQUO_VTL_INSPECT_H

#include "harness/vtl/vtl.h"

typedef enum VtlUse {
  VTL_PRINTED,  /* stands in the text of the template: its value is printed */
  VTL_READ,     /* part of an expression, an argument or a text in double quotes */
  VTL_ASSIGNED, /* the target of #set, the variable of #foreach or #define */
} VtlUse;

enum { VTL_STEPS = 4 };

typedef struct VtlStep {
  Text name; /* of the property or method; empty for an index */
  bool is_call;
} VtlStep;

typedef struct VtlReference {
  VtlUse use;
  Text root;                /* without $, !, braces */
  VtlStep steps[VTL_STEPS]; /* the first ones of .a.b().c */
  size_t step_count;
  Text last_call; /* name of the last method called; empty when none */
  size_t offset;  /* in the template's source */
} VtlReference;

/* Calls `visit` for every reference, in the order of compilation. */
void vtl_references(const VtlTemplate *compiled, void (*visit)(void *subject, const VtlReference *reference),
                    void *subject);

#endif
