/* The compiled tree: one array of nodes, linked by index (0 is no node), constant after compiling. */
#ifndef STATUSQUO_VTL_NODE_H
#define STATUSQUO_VTL_NODE_H

#include "harness/vtl/method.h"

typedef uint32_t NodeIndex;

/* NODE(kind, name in a dump) */
#define VTL_NODES(NODE)                                                                                      \
  NODE(BLOCK, "block")               /* children: statements */                                              \
  NODE(TEXT, "text")                 /* as.text */                                                           \
  NODE(REFERENCE, "reference")       /* as.reference; children: PROPERTY, METHOD, INDEX */                   \
  NODE(PROPERTY, "property")         /* as.text */                                                           \
  NODE(METHOD, "method")             /* as.text, method; children: arguments */                              \
  NODE(INDEX, "index")               /* child: the index */                                                  \
  NODE(SET, "#set")                  /* as.reference.slot when there is no path; children: target, value */  \
  NODE(IF, "#if")                    /* children: condition, block, …, block of #else */                   \
  NODE(FOREACH, "#foreach")          /* as.loop; children: as written */                                     \
  NODE(DEFINE, "#define")            /* as.reference.slot; child: block */                                   \
  NODE(BREAK, "#break")              /* child: the scope, if any */                                          \
  NODE(STOP, "#stop")                /* child: the message, if any */                                        \
  NODE(CONSTANT, "constant")         /* as.value */                                                          \
  NODE(WORD, "word")                 /* as.text; its value is null */                                        \
  NODE(INTERPOLATED, "interpolated") /* child: block */                                                      \
  NODE(LIST, "list")                                                                                         \
  NODE(MAP, "map") /* children: key, value, … */                                                           \
  NODE(RANGE, "range")                                                                                       \
  NODE(OR, "or")                                                                                             \
  NODE(AND, "and")                                                                                           \
  NODE(NOT, "not")                                                                                           \
  NODE(EQUAL, "==")                                                                                          \
  NODE(NOT_EQUAL, "!=")                                                                                      \
  NODE(LESS, "<")                                                                                            \
  NODE(LESS_EQUAL, "<=")                                                                                     \
  NODE(GREATER, ">")                                                                                         \
  NODE(GREATER_EQUAL, ">=")                                                                                  \
  NODE(ADD, "+") /* as.literals */                                                                           \
  NODE(SUBTRACT, "-")                                                                                        \
  NODE(MULTIPLY, "*")                                                                                        \
  NODE(DIVIDE, "/")                                                                                          \
  NODE(MODULO, "%")

typedef enum NodeKind {
#define NODE(kind, name) NODE_##kind,
  VTL_NODES(NODE)
#undef NODE
      NODE_KINDS
} NodeKind;

enum {
  NODE_ESCAPED = 1,      /* REFERENCE: an odd number of backslashes stands before it */
  NODE_BARE = 2,         /* REFERENCE: an identifier without $ ("$x.f()foo"): prints itself, is null */
  NODE_UNCOMPUTABLE = 4, /* REFERENCE: "$\!x": null as an operand */
  NODE_QUIET = 8,        /* REFERENCE: "$!x" */
  NODE_KEEPS_END = 16,   /* INTERPOLATED: holds ##, no blank was added behind it */
};

/* What a reference prints besides its value. */
typedef struct ReferenceTexts {
  Text escapes; /* half of its backslashes */
  Text more;    /* a $ or # glued to it */
  Text source;  /* the reference as written; "" when quiet */
} ReferenceTexts;

/* What + writes for an operand that is null. */
typedef struct OperandLiterals {
  Text left, right;
} OperandLiterals;

typedef struct Node {
  uint8_t kind;
  uint8_t flags;
  MethodNumber method;
  uint32_t offset; /* in the template's source */
  NodeIndex child;
  NodeIndex next; /* the next child of the same parent */
  union {
    Text text;
    Value value;
    struct {
      const ReferenceTexts *texts;
      uint32_t slot;
    } reference;
    struct {
      uint32_t slot;
      NodeIndex list, body; /* 0: missing, which fails when it is reached */
    } loop;
    const OperandLiterals *literals;
  } as;
} Node;

enum { VTL_NO_SLOT = UINT32_MAX };

struct VtlTemplate {
  Text source;
  const Node *nodes;
  uint32_t node_count;
  NodeIndex root;
  const Text *names; /* of the slots */
  uint32_t name_count;
  /* Variables that the language itself sets; VTL_NO_SLOT when the template never mentions them. */
  uint32_t foreach_slot, count_slot, has_next_slot;
};

const char *node_kind_name(NodeKind kind);

#endif
