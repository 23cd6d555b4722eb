/* JSON read where it stands: tokens of a strict RFC 8259 text, the grammar checked on the way, nothing
 * allocated. And the flat index over them for when members have to be found. */
#ifndef STATUSQUO_DIFF_JSON_SCANNER_H
#define STATUSQUO_DIFF_JSON_SCANNER_H

#include "harness/base/arena.h"

enum { JSON_DEPTH = 512 }; /* deeper texts count as no JSON: they are compared as text */

typedef enum JsonKind {
  JSON_NULL,
  JSON_TRUE,
  JSON_FALSE,
  JSON_NUMBER,
  JSON_STRING, /* with its quotes */
  JSON_KEY,    /* with its quotes */
  JSON_OBJECT,
  JSON_ARRAY,
  JSON_CLOSE, /* of the innermost object or array */
  JSON_END,
  JSON_INVALID,
} JsonKind;

typedef struct JsonToken {
  JsonKind kind;
  Text text;
} JsonToken;

typedef struct JsonScanner {
  Text source;
  size_t at;
  uint32_t depth;
  uint8_t expects;
  bool in_object[JSON_DEPTH];
} JsonScanner;

void json_scanner_start(JsonScanner *scanner, Text source);
/* JSON_END and JSON_INVALID repeat. */
JsonToken json_scanner_next(JsonScanner *scanner);

/* Values in the order in which they stand. An object's children are key, value, key, value, …; `next` is the
 * index behind a node and all that is in it. */
typedef struct JsonNode {
  JsonKind kind;
  uint32_t next;
  uint32_t count; /* members or items */
  Text text;      /* the whole value as written */
} JsonNode;

typedef struct JsonIndex {
  JsonNode *nodes; /* the root is the first */
  uint32_t count;
} JsonIndex;

/* False: not JSON. */
bool json_index(Text source, Arena *arena, JsonIndex *out);

/* The characters of a string or key token; a lone surrogate keeps its three-byte form. */
Text json_unescape(Text quoted, Arena *arena);
/* Without the white space between tokens: one line. `json` must be JSON. */
Text json_compact(Text json, Arena *arena);
/* By value and not by notation, exactly: 1e2 is 100.00; no digit is lost. */
bool json_number_equal(Text expected, Text actual);
/* Written without fraction and exponent. */
bool json_number_is_whole(Text number);

#endif
