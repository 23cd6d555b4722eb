/* Documents: our own YAML and JSON files (specs, definitions, NDJSON), read strictly and with positions. The
 * tree is cJSON; beside it stands a table from node to place. YAML comes from libyaml's events through our
 * composer: core-schema scalars, anchors, merges; duplicate keys, recursive aliases, alias bombs, depth and a
 * second document are errors. CloudFormation's short tags (!Ref, !Sub, …) become {"Ref": …}, {"Fn::Sub": …}
 * when asked for, and are errors otherwise. Bodies that clients or backends sent are not documents: value/
 * reads those. */
#ifndef STATUSQUO_DOCUMENT_DOCUMENT_H
#define STATUSQUO_DOCUMENT_DOCUMENT_H

#include "harness/base/fault.h"

#include <cjson/cJSON.h>

typedef struct Document Document;

enum {
  DOCUMENT_LIMIT = 64 * 1024 * 1024, /* bytes of one file */
  DOCUMENT_CLOUDFORMATION_TAGS = 1,  /* accept !Ref and the like */
  DOCUMENT_LAST_KEY_WINS = 2,        /* duplicate keys are warnings: deployed templates hold them */
};

/* Reads text: JSON when the name ends in .json or the first character is '{' or '[' and it parses as such,
 * else YAML. Numbers keep their source text in valuestring. Everything lives in `arena`; `source` must live
 * as long. All mistakes that can be found are added to `faults`; false when there was an error. An empty
 * document reads as null. */
bool document_read(const char *name, Text source, unsigned options, Arena *arena, Document **out,
                   FaultList *faults);
/* The document that a scalar's text holds; its places are those in the file. */
bool document_read_inside(const cJSON *node, unsigned options, Arena *arena, Document **out,
                          FaultList *faults);
bool document_load(const char *path, unsigned options, Arena *arena, Document **out, FaultList *faults);

const cJSON *document_root(const Document *document);
const char *document_name(const Document *document);
Text document_source(const Document *document);

/* Where a value begins (for quoted scalars: the quote; for block scalars: the indicator), and where its key
 * begins. */
Place document_place(const Document *document, const cJSON *node);
Place document_key_place(const Document *document, const cJSON *node);
/* Where byte `offset` of a scalar's text stands in the file: right also inside block, folded and quoted
 * scalars with escapes. */
Place document_text_place(const Document *document, const cJSON *node, size_t offset);
/* The same for byte `offset` of the node's key. */
Place document_key_text_place(const Document *document, const cJSON *node, size_t offset);
/* Byte offset in the source that a place stands for (for quoting the line). */
size_t document_offset(const Document *document, Place place);

/* Adds an error at the node (or its key, or inside its text) with the source line and a caret; returns false.
 */
bool document_fault(const Document *document, const cJSON *node, FaultList *faults, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool document_key_fault(const Document *document, const cJSON *node, FaultList *faults, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));
bool document_text_fault(const Document *document, const cJSON *node, size_t offset, FaultList *faults,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The document that a node stands in: a definition may be put together from several. */
const Document *document_of(const cJSON *node);

/* Members, case-sensitively; NULL when absent. `document_get` walks the members and takes any cJSON object;
 * `document_find` looks them up in an index and takes nodes of a document only. */
const cJSON *document_get(const cJSON *object, const char *key);
const cJSON *document_find(const cJSON *object, Text key);
/* A text's bytes, a number's source text, "true"/"false"; TEXT_EMPTY for others. NULs in texts are kept.
 * Takes any cJSON node. */
Text document_text(const Document *document, const cJSON *node);
/* "a text", "a number", "a mapping", "a list", … for messages. */
const char *document_kind(const cJSON *node);
/* Reports each key of `object` that isn't in `known` ("did you mean …?"); false when there was one. */
bool document_check_keys(const Document *document, const cJSON *object, const char *const *known,
                         size_t count, const char *what, FaultList *faults);

/* ---- writing JSON, for NDJSON, results and reports ---- */

/* A quoted JSON string; bytes must be UTF-8 (ill-formed ones become U+FFFD). '<' and what utf8_is_hidden
 * names are escaped too. */
void json_write_text(Buffer *out, Text text);
/* "key": with a comma before it unless it is the first member; `first` is updated. */
void json_write_key(Buffer *out, const char *key, bool *first);
/* Any cJSON node as compact JSON, as it would be sent: number texts kept digit by digit, escapes only
 * where JSON wants them. */
void json_write_node(Buffer *out, const cJSON *node);

#endif
