/* What the files of this layer share: the compiled form of a path and the state of one reading.
 *
 *   $.items[?(@.price > 4)].name.length()
 *   | |     |               |    |
 *   | |     FILTER          |    FUNCTION: a Call with its arguments
 *   | PROPERTY              PROPERTY
 *   root, not a step        expressions and operands: a tree per filter
 *
 * Jayway's tokens remember things while they are evaluated, and some answers depend on it. Compiled paths are
 * constant and shared by threads here, so that memory stands in tables of the Run, by numbers that the
 * compiler gave out: `watch` (steps behind an array that a scan went through), `memo` (root paths in
 * filters), `number` (path arguments of functions). Each reading starts with fresh tables, as a fresh JVM
 * does. */
#ifndef STATUSQUO_JSONPATH_PARTS_H
#define STATUSQUO_JSONPATH_PARTS_H

#include "harness/jsonpath/jsonpath.h"
#include "harness/pattern/pattern.h"

enum {
  PATH_LENGTH_LIMIT = 16 * 1024, /* bytes of a path: some of Jayway's look-aheads are quadratic */
  PATH_NESTING_LIMIT = 100,      /* filters, parentheses and arguments inside each other */
  RUN_DEPTH_LIMIT = 4000,        /* steps and document levels inside each other */
  RUN_BUDGET = 50 * 1000 * 1000, /* work in one reading: steps taken, elements and bytes looked at */
  RUN_COST_RESULT = 6,           /* of it, what each result costs: 8 million of them at most */
};

/* ---- the compiled form ---- */

typedef struct Step Step;
typedef struct Call Call;
typedef struct Expression Expression;

typedef struct Path {
  const Step *steps;
  uint32_t count;
  bool from_root;   /* begins with $, not with @ */
  bool definite;    /* one value, not a list */
  bool is_function; /* its last step is a function */
} Path;

typedef enum StepKind {
  STEP_PROPERTY,
  STEP_WILDCARD,
  STEP_INDEX,
  STEP_SLICE,
  STEP_SCAN,
  STEP_FILTER,
  STEP_FUNCTION
} StepKind;

typedef struct Slice {
  bool has_from, has_to;
  int32_t from, to;
} Slice;

struct Step {
  uint8_t kind;           /* StepKind */
  bool upstream_definite; /* no step before it yields several values */
  uint32_t count;         /* of names or indexes */
  uint32_t watch;         /* 1…: counted by the scan two steps before; 0: not watched */
  int32_t guard;          /* a watched last step answers only for this array index; -1: for none */
  union {
    const Text *names;
    const int32_t *indexes;
    Slice slice;
    const Expression *filter;
    const Call *call;
  } as;
};

typedef struct Argument {
  bool is_path;
  Path path;
  Text json;
  uint32_t number; /* of its ArgumentState */
  uint32_t watch;  /* for the wildcard that length() puts behind the path */
} Argument;

/* Which function a name means is looked up when the call is reached: an unknown one is no fault before. */
struct Call {
  Text name;
  const Argument *arguments;
  uint32_t count;
};

typedef enum OperandKind {
  OPERAND_UNDEFINED, /* a path that found nothing */
  OPERAND_NULL,
  OPERAND_BOOLEAN,
  OPERAND_NUMBER,
  OPERAND_STRING,
  OPERAND_JSON,
  OPERAND_PATTERN,
  OPERAND_PATH,
} OperandKind;

typedef struct Operand {
  uint8_t kind;      /* OperandKind */
  bool boolean;      /* OPERAND_BOOLEAN */
  bool should_exist; /* OPERAND_PATH without an operator: is it there (true) or absent (false)? */
  bool literal;      /* OPERAND_JSON: written in the filter, `text` is its source */
  bool broken;       /* OPERAND_JSON: the literal can't be parsed, which only shows when it is used */
  uint32_t memo;     /* OPERAND_PATH */
  Text text;         /* string; a number's source text; a JSON literal's source */
  Value value;       /* OPERAND_JSON; OPERAND_NUMBER when its class is known, otherwise null */
  const Path *path;
  const Pattern *pattern;
} Operand;

typedef enum ExpressionKind {
  EXPRESSION_OR,
  EXPRESSION_AND,
  EXPRESSION_NOT,
  EXPRESSION_RELATION
} ExpressionKind;

typedef struct Relation Relation;

struct Expression {
  uint8_t kind; /* ExpressionKind */
  const Relation *relation;
  Operand left, right;
  const Expression *first; /* of a chain: OR, AND, NOT */
  const Expression *next;  /* in the chain this one stands in */
};

struct JsonPath {
  Text source;
  Path path;
  uint32_t watches, memos, arguments;
};

/* ---- compiling ---- */

typedef struct Compiler {
  Arena *lasting;
  Fault *fault;
  Text text;         /* what is read: the source, or "$." and the source */
  size_t prefix;     /* bytes of `text` that the source doesn't have */
  bool unforgivable; /* the last failure was no InvalidPathException: a filter's parser doesn't try again */
  bool limited;      /* a limit was hit: nothing is tried again */
  unsigned nesting;
  uint32_t watches, memos, arguments;
} Compiler;

/* InvalidPathException. Both are always false. */
bool compiler_invalid(Compiler *compiler, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Any other exception: ends the outermost path as well, but isn't caught inside a filter. */
bool compiler_fails(Compiler *compiler, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool compiler_enter(Compiler *compiler, const char *at);
void compiler_leave(Compiler *compiler);

/* As PathCompiler.compile: blanks trimmed, "$." put before what has no root. */
bool path_compile(Compiler *compiler, Text text, Path *out);
/* As an argument of a function is compiled: nothing trimmed or added. */
bool path_compile_argument(Compiler *compiler, Text text, Path *out);
/* `criteria` from "[?(" to ")]". */
bool filter_compile(Compiler *compiler, Text criteria, const Expression **out);

/* What Utils.unescape does: \b \f \n \r \t \uXXXX, a backslash before anything else is dropped. False: four
 * characters behind \u that are no number. */
bool literal_unescape(Text text, Arena *arena, Text *out);
/* String.trim(): without blanks and control characters at both ends. */
Text literal_trim(Text text);

/* ---- reading ---- */

typedef enum Answer {
  ANSWER_DONE,
  ANSWER_MISSING,       /* PathNotFoundException, an InvalidPathException too */
  ANSWER_INVALID,       /* InvalidPathException: caught around filters */
  ANSWER_OUT_OF_BOUNDS, /* IndexOutOfBoundsException: caught around array elements */
  ANSWER_ERROR,         /* any other exception */
} Answer;

typedef struct Memo {
  uint32_t root_number; /* 0: nothing kept */
  bool require;
  Operand operand;
} Memo;

typedef struct ArgumentState {
  Step *steps; /* NULL: as compiled; length() and the tidying behind every function change them */
  uint32_t count;
  uint32_t root_number; /* of the document that `value` was read from; 0: none yet */
  uint32_t changes;     /* that it had seen then */
  Value value;
} ArgumentState;

/* One call of jsonpath_read. */
typedef struct Run {
  Arena *arena;
  Fault *fault;
  int32_t *watches; /* array index plus one; 0: none yet */
  Memo *memos;
  ArgumentState *arguments;
  uint32_t budget;
  uint32_t depth;
  uint32_t quiet;   /* filters around: what they catch needs no words */
  uint32_t changes; /* of the document, by append() */
  uint32_t roots;   /* documents that served as root so far */
} Run;

/* One evaluation of one path: Jayway's EvaluationContext. */
typedef struct Walk {
  Run *run;
  const Step *steps;
  uint32_t count;
  Value root;
  uint32_t root_number;
  bool require; /* Option.REQUIRE_PROPERTIES: inside exists checks */
  bool definite;
  uint32_t found;
  Value last;    /* definite */
  List *results; /* indefinite */
} Walk;

/* FAULT_INPUT with a reason; returns `answer`. */
Answer run_fails(Run *run, Answer answer, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Work that no step stands for. Never fails: the next step, result or filter finds the budget empty. */
static inline void run_charge(Run *run, uint64_t cost) {
  run->budget = cost < run->budget ? run->budget - (uint32_t)cost : 0;
}
/* False, with a fault: the budget is empty, or the recursion too deep. */
bool run_allows(Run *run);
/* Applies the walk's steps to `document` and yields its value. */
Answer walk_document(Walk *walk, Value document, Value *out);
/* Does the item pass the filter? InvalidPathException inside means no. */
Answer filter_accepts(const Expression *filter, const Walk *walk, Value item, bool *accepts);
/* Calls the function on `model`. */
Answer call_invoke(const Call *call, Walk *walk, Value model, Value *out);

/* java.util.List and java.util.Map, as the JSON provider asks. */
bool value_is_array(Value value);
static inline bool value_is_object(Value value) {
  return value.kind == VALUE_MAP;
}

#endif
