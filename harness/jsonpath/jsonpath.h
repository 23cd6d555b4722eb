/* JSONPath as Jayway 3.0.0 on json-smart answers it, compiled to steps. Witness: seen, rows in
 * conformance/jsonpath.jsonl. */
#ifndef STATUSQUO_JSONPATH_JSONPATH_H
#define STATUSQUO_JSONPATH_JSONPATH_H

#include "harness/value/value.h"

typedef struct JsonPath JsonPath;

/* False: Jayway's InvalidPathException; fault->offset is the byte in `source`. */
bool jsonpath_compile(Text source, Arena *lasting, JsonPath **out, Fault *fault);
Text jsonpath_source(const JsonPath *path);
/* Definite paths yield one value, indefinite ones a list. */
bool jsonpath_is_definite(const JsonPath *path);

typedef enum JsonPathAnswer {
  JSONPATH_FOUND,
  JSONPATH_MISSING, /* PathNotFoundException: null on the gateway */
  JSONPATH_ERROR,   /* any other exception: the template or mapping fails */
} JsonPathAnswer;

/* Reads from a document; the result shares nodes with it (templates may change it through the result, as in
 * Java). */
JsonPathAnswer jsonpath_read(const JsonPath *path, Value document, Arena *passing, Value *out, Fault *fault);

/* One step of a concrete location inside a document: a member name, or an index when name.data is NULL. */
typedef struct JsonStep {
  Text name;
  uint32_t index;
} JsonStep;
/* Does the location lie at, or below, what the path selects? For ignore rules: names, indexes, wildcards,
 * unions, slices and deep scans; false with a fault for filters and functions, which need a document. */
bool jsonpath_covers(const JsonPath *path, const JsonStep *steps, size_t count, bool *covers, Fault *fault);

#endif
