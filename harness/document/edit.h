/* Edits of a document's own text: a value is replaced, a member added or removed; everything else, comments,
 * order and layout, stays byte for byte. */
#ifndef STATUSQUO_DOCUMENT_EDIT_H
#define STATUSQUO_DOCUMENT_EDIT_H

#include "harness/document/document.h"

typedef struct DocumentEdits DocumentEdits;

DocumentEdits *document_edits_new(const Document *document, Arena *arena);

/* All of these answer false with the reason when the node isn't written in one place of its own: it came
 * through an alias or "<<", or an alias repeats it. Values are JSON texts; they are written in the style of
 * what they replace. */
bool document_edit_value(DocumentEdits *edits, const cJSON *node, Text json, Fault *fault);
bool document_edit_add(DocumentEdits *edits, const cJSON *object, Text key, Text json, Fault *fault);
/* Behind the last item of a list. */
bool document_edit_append(DocumentEdits *edits, const cJSON *list, Text json, Fault *fault);
bool document_edit_remove(DocumentEdits *edits, const cJSON *member, Fault *fault);

/* The source with all edits. An edit inside a value that is replaced as a whole is dropped. */
Text document_edits_apply(DocumentEdits *edits);

/* How documents write a value by hand: {a: 1, b: 'x y'}; `json`: as JSON. */
void document_write_flow(Buffer *out, const cJSON *value, bool json);
/* "key: " */
void document_write_key(Buffer *out, Text key, bool json);
/* The same over several lines, each but the first indented; what is short stays on one line. */
void document_write_block(Buffer *out, const cJSON *value, size_t indent);

#endif
