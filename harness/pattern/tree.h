/* A Java pattern as a tree. Everything that Java decides while reading is decided here already: flags are
 * gone (each node says what it means under the flags that held where it stood), classes are sets, escapes are
 * characters. */
#ifndef STATUSQUO_PATTERN_TREE_H
#define STATUSQUO_PATTERN_TREE_H

#include "harness/base/fault.h"
#include "harness/pattern/charset.h"

typedef enum NodeKind {
  NODE_NOTHING,        /* the empty text: what a leading {2} repeats */
  NODE_SET,            /* one character of a set; a literal character is a set of one */
  NODE_GROUP,          /* (…), (?:…): `number` is 0 when it doesn't capture */
  NODE_ATOMIC,         /* (?>…) */
  NODE_AHEAD,          /* (?=…), (?!…) */
  NODE_BEHIND,         /* (?<=…), (?<!…): looks back `least` to `most` characters, as Java computes it */
  NODE_REPEAT,         /* its one node, `least` to `most` times */
  NODE_BACK_REFERENCE, /* \1, \k<name> */
  NODE_TEXT_START,     /* \A, ^ */
  NODE_LINE_START,     /* ^ under (?m) */
  NODE_TEXT_END,       /* \z */
  NODE_LAST_LINE_END,  /* $, \Z */
  NODE_LINE_END,       /* $ under (?m) */
  NODE_WORD_BOUNDARY,  /* \b, \B */
  NODE_PREVIOUS_END,   /* \G */
  NODE_LINE_BREAK,     /* \R */
  NODE_GRAPHEME,       /* \X */
  NODE_GRAPHEME_BOUNDARY, /* \b{g} */
} NodeKind;

typedef enum RepeatMode { REPEAT_GREEDY, REPEAT_LAZY, REPEAT_POSSESSIVE } RepeatMode;
typedef enum FoldMode { FOLD_NONE, FOLD_ASCII, FOLD_UNICODE } FoldMode;

/* Java's "no upper bound", and what its arithmetic on lengths uses. */
#define REPEAT_UNBOUNDED INT32_MAX

typedef struct Node Node;
typedef struct Branch Branch;

struct Node {
  NodeKind kind;
  bool negated;       /* AHEAD, BEHIND, WORD_BOUNDARY */
  bool unix_lines;    /* LINE_START, LINE_END, LAST_LINE_END: \n is the only line terminator */
  bool unicode_words; /* WORD_BOUNDARY under (?U) */
  bool by_characters; /* BEHIND: lengths count characters, not UTF-16 units: there are surrogates behind it */
  bool whole_turns;   /* REPEAT: Java never looks for another way through a turn that it has finished */
  RepeatMode mode;
  FoldMode fold; /* BACK_REFERENCE */
  uint32_t
      number; /* GROUP, BACK_REFERENCE; BEHIND: its place in the list of look-behinds run apart, from 1 */
  int32_t least, most;
  CharSet set;
  Branch *branches; /* GROUP, ATOMIC, AHEAD, BEHIND */
  Node *body;       /* REPEAT */
  Node *next;       /* in the same branch */
};

/* One alternative: a row of nodes. */
struct Branch {
  Node *first, *last;
  Branch *next;
};

typedef struct GroupName {
  Text name;
  uint32_t number;
} GroupName;

typedef struct Tree {
  Branch *branches;
  uint32_t group_count; /* capturing groups */
  GroupName *names;
  size_t name_count;
} Tree;

enum { PATTERN_LONGEST = 64 * 1024, PATTERN_DEEPEST = 250 };

/* False: FAULT_INPUT with the byte offset and Java's reason, or FAULT_LIMIT. */
bool tree_parse(Text source, unsigned flags, Arena *arena, Tree *out, Fault *fault);

/* What Java's Pattern works out about a part of a pattern (its TreeInfo). Lengths wrap as Java's ints do: the
 * result decides what a look-behind sees. */
typedef struct Study {
  int32_t least, most;
  bool bounded;       /* there is an obvious longest match */
  bool deterministic; /* there is one way to match, so repeating it needs no memory of the way */
} Study;

Study branches_study(const Branch *branches);

#endif
