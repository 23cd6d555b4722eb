/* JSON Schema draft 4, as far as the gateway's request validation uses it: what a body violates, in the words
 * of the Java validator (com.github.fge) that the gateway's logs show. Bounded: a schema that calls itself
 * can't run away. */
#ifndef STATUSQUO_MAPPING_SCHEMA_H
#define STATUSQUO_MAPPING_SCHEMA_H

#include "harness/definition/definition.h"
#include "harness/pattern/pattern.h"
#include "harness/value/value.h"

typedef struct SchemaModel {
  Text name;
  Value schema;
} SchemaModel;

/* The models of a definition, as values. */
typedef struct SchemaSet {
  SchemaModel *items;
  size_t count;
} SchemaSet;

SchemaSet schemas_compile(const Definition *definition, Arena *lasting);
/* By name; the built-in Empty and Error when the definition has none of that name. NULL: unknown. */
const Value *schemas_find(const SchemaSet *set, Text name);

/* False: `violations` is what the gateway prints between brackets: one message after another with ", ". */
bool schema_check(const SchemaSet *models, Value schema, Value instance, Arena *passing, Text *violations);

#endif
