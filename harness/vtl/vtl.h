/* Velocity templates: Apache Velocity 1.7 with the gateway's settings (velocity-version.md), compiled to a
 * flat tree and walked. Knows nothing of the gateway: $input, $util, $context come in as values and objects.
 * Witness: seen (Velocity 1.7 with the six settings), rows in conformance/vtl.jsonl and aws_recorded.jsonl.
 */
#ifndef STATUSQUO_VTL_VTL_H
#define STATUSQUO_VTL_VTL_H

#include "harness/value/value.h"

typedef struct VtlTemplate VtlTemplate;

enum {
  VTL_TEMPLATE_LIMIT = 300 * 1024, /* bytes; documented quota of the gateway */
  VTL_LOOP_LIMIT =
      1000, /* iterations of one #foreach; documented quota, silent stop as Velocity 1.7 has it */
  VTL_OUTPUT_LIMIT = 10 * 1024 * 1024, /* bytes; documented payload quota */
};

/* Compiles; the source must live as long as the template. False: a parse error as Velocity reports one, with
 * offset, line and column in `source`. Variable names become slots, methods become numbers here. */
bool vtl_compile(Text source, Arena *lasting, VtlTemplate **out, Fault *fault);
/* The compiled tree, one node a line, indented, for `render --dump`. */
void vtl_dump(const VtlTemplate *compiled, Buffer *out);

/* ---- objects that templates can call ---- */

typedef enum VtlAnswer {
  VTL_FOUND,   /* *result holds what Java returned (VALUE_NULL for null and void) */
  VTL_MISSING, /* no such method or property for these arguments: the reference is invalid and reads as "" */
  VTL_THROWS,  /* an exception: rendering fails; fault says which */
} VtlAnswer;

/* An object with methods and properties: its Object.type points to the `object` member of one of these. */
typedef struct VtlObjectType {
  ObjectType object;
  VtlAnswer (*call)(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                    Value *result, Fault *fault);
  /* $object.name; NULL: no properties. */
  VtlAnswer (*property)(Object *self, Text name, Arena *passing, Value *result, Fault *fault);
} VtlObjectType;

/* ---- rendering ---- */

typedef struct VtlBinding {
  Text name;
  Value value;
} VtlBinding;

/* What a run went through, for explain and coverage: called for each node that decided something. */
typedef struct VtlTrace {
  void *subject;
  void (*visit)(void *subject, size_t offset, const char *what, bool taken);
} VtlTrace;

typedef struct VtlRun {
  const VtlBinding *bindings;
  size_t binding_count;
  Arena *passing;
  Buffer *output;        /* the caller's; its limit bounds the result */
  const VtlTrace *trace; /* NULL: none */
  size_t memory_limit;   /* bytes the run may take from `passing`; 0: 256 MiB */
  size_t step_limit;     /* nodes visited; 0: 20 million */
} VtlRun;

/* False: rendering fails in the gateway; fault has the reason and the offset, line, column in the template's
 * source. The output then holds what was rendered up to there. Variables set by the template stay inside the
 * run. */
bool vtl_render(const VtlTemplate *compiled, const VtlRun *run, Fault *fault);

#endif
