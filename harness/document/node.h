/* Inside the document layer: what stands behind each cJSON node of a document, and the tree while it grows.
 * Both readers (YAML events, JSON text) drive the same tree, so limits, duplicate keys and places are decided
 * once. */
#ifndef STATUSQUO_DOCUMENT_NODE_H
#define STATUSQUO_DOCUMENT_NODE_H

#include "harness/document/document.h"

enum {
  DOCUMENT_DEPTH = 512,           /* nested collections */
  DOCUMENT_NODES = 2000000,       /* nodes of one document */
  DOCUMENT_COPIED_NODES = 250000, /* nodes that aliases and merges may add: stops alias bombs */
  DOCUMENT_ANCHORS = 65536,
  DOCUMENT_FAULTS = 1000,  /* told of one file; with more it needs another look anyway */
  DOCUMENT_INDEX_FROM = 9, /* objects with as many members get a sorted index */
};

/* How a scalar was written: decides how its text maps back to the source. */
typedef enum NodeStyle {
  STYLE_PLAIN,
  STYLE_SINGLE_QUOTED,
  STYLE_DOUBLE_QUOTED,
  STYLE_JSON, /* double quotes without line folding */
  STYLE_LITERAL,
  STYLE_FOLDED,
  STYLE_COLLECTION,
} NodeStyle;

/* The cJSON node comes first, so that a pointer to one is a pointer to the other. A text node keeps its
 * length in valueint (cJSON leaves 0 there), so that NULs survive. Offsets are bytes into the document's
 * source. */
typedef struct Node {
  cJSON json;
  Document *document;
  struct Node **index; /* members sorted by key; NULL for small objects */
  uint32_t index_count;
  uint32_t offset;
  uint32_t end;
  uint32_t key_offset;
  uint32_t rank; /* 0: written here; else its turn among the members that "<<" brought */
  uint8_t style; /* NodeStyle */
} Node;

/* Every 512 bytes of the source: where that byte stands. */
typedef struct Checkpoint {
  uint32_t line;       /* from 0 */
  uint32_t column;     /* characters since the line began */
  uint32_t characters; /* characters since the document began */
} Checkpoint;

/* Every 512 bytes of a scalar's text: a byte of the source, and how much of the text stands before it. */
typedef struct ScalarMark {
  uint32_t at, made;
} ScalarMark;

struct Document {
  const char *name;
  Text source; /* without byte order mark */
  Node *root;
  Checkpoint *checkpoints;
  size_t checkpoint_count;
  const Node *holder; /* the scalar of another document that this one is written in; NULL: it is a file */
  size_t holder_from; /* byte of that scalar's text where the source begins */
  ScalarMark *marks;  /* of the holder */
  size_t mark_count;
};

/* ---- places ---- */

void document_index_lines(Document *document, Arena *arena);
Place document_place_at(const Document *document, size_t offset);
/* Byte offset of the character with that number. */
size_t document_offset_of_character(const Document *document, size_t character);
/* Raises at a byte offset with the source line; always false. */
bool document_fault_at(const Document *document, size_t offset, FaultList *faults, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool document_fault_list(const Document *document, size_t offset, FaultList *faults, const char *format,
                         va_list arguments);
/* Byte offset in the source of byte `at` of a scalar's text. */
size_t scalar_source_offset(const Node *node, size_t at);
/* The same for many look-ups in one long scalar. */
void scalar_mark(const Node *node, Arena *arena, ScalarMark **marks, size_t *count);
size_t scalar_marked_offset(const Node *node, const ScalarMark *marks, size_t count, size_t at);

/* ---- the tree while it grows ---- */

typedef struct OpenCollection {
  Node *node;
  Node *last;
  size_t count;
  bool wrapper; /* {"Ref": …} around a tagged value: closes with it */
  bool has_key;
  char *key; /* of the member that comes next */
  uint32_t key_offset;
  bool overridden; /* a later member has the same key */
  bool merging;    /* the next value belongs to "<<" */
  const Node *merge;
  uint32_t merge_offset;
} OpenCollection;

typedef struct Tree {
  Document *document;
  Arena *arena;
  FaultList *faults;
  OpenCollection stack[DOCUMENT_DEPTH];
  size_t depth;
  size_t nodes;
  size_t copied;
  bool last_key_wins;
} Tree;

Node *tree_new_node(Tree *tree, int type, size_t offset);
/* Appends to the open collection, or makes it the root; false past the node limit. */
bool tree_add(Tree *tree, Node *node);
/* False past the depth limit. */
bool tree_open(Tree *tree, Node *node, bool wrapper);
/* Closes the innermost collection: merges, duplicate keys, index. */
bool tree_close(Tree *tree, size_t end);
/* The key of the next member; tree_merge_key is YAML's "<<", whose value is not a member. */
bool tree_key(Tree *tree, Text key, size_t offset);
bool tree_merge_key(Tree *tree, size_t offset);
bool tree_wants_key(const Tree *tree);
void tree_set_text(Tree *tree, Node *node, Text text);
/* Sets the value of a number node from its lexeme. */
void tree_set_number(Tree *tree, Node *node, Text lexeme);
/* A deep copy for an alias or a merge; NULL past a limit. */
Node *tree_copy(Tree *tree, const Node *node, size_t depth, size_t offset);

const Node *node_find(const Node *object, Text key);

/* ---- readers ---- */

bool json_read_tree(Tree *tree);
bool yaml_read_tree(Tree *tree, unsigned options);
/* -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)?: length of the number at the beginning, 0 when there is none.
 */
size_t json_number_length(Text text);

#endif
