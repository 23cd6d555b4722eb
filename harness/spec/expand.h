/* What stands in for what is written: variables, rows of `each`, defaults. Copies only what changes; nodes
 * that stay are those of the document, so that messages and edits find their place. */
#ifndef STATUSQUO_SPEC_EXPAND_H
#define STATUSQUO_SPEC_EXPAND_H

#include "harness/spec/reader.h"

/* Names that hold in one place: a row of `each`, then the spec's. */
typedef struct Scope {
  const struct Scope *outer;
  const cJSON *values; /* a mapping; NULL: none */
} Scope;

/* ${name} in every text below `node` but those under `method`; a text that is nothing else takes the value
 * with its type. $${name} is ${name}. Without any variable in the spec, texts stay as they are. */
const cJSON *expand_variables(Reader *reader, const cJSON *node, const Scope *scope);
/* The case with what the defaults say and it doesn't. */
const cJSON *expand_defaults(Reader *reader, const cJSON *spec_case, const cJSON *defaults);
/* The case with another name. */
const cJSON *expand_name(Reader *reader, const cJSON *spec_case, Text name);

#endif
