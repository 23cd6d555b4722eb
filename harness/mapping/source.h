/* Parameter expressions: where the value of a mapped header, path or query parameter comes from, and where it
 * goes (gateway.md 2.6, 7, 10.3). Parsed once, read for every exchange. */
#ifndef STATUSQUO_MAPPING_SOURCE_H
#define STATUSQUO_MAPPING_SOURCE_H

#include "harness/definition/definition.h"
#include "harness/jsonpath/jsonpath.h"

typedef enum SourceKind {
  SOURCE_INVALID, /* the gateway refuses such an expression when it is put; here it yields nothing */
  SOURCE_STATIC,
  SOURCE_REQUEST_PATH,
  SOURCE_REQUEST_QUERY,
  SOURCE_REQUEST_HEADER,
  SOURCE_REQUEST_MULTI_QUERY,
  SOURCE_REQUEST_MULTI_HEADER,
  SOURCE_REQUEST_BODY,
  SOURCE_RESPONSE_HEADER,
  SOURCE_RESPONSE_MULTI_HEADER,
  SOURCE_RESPONSE_BODY,
  SOURCE_CONTEXT,
  SOURCE_STAGE_VARIABLE,
} SourceKind;

typedef struct Source {
  SourceKind kind;
  Text name;      /* of the header, parameter or variable; the static text */
  JsonPath *path; /* of a body source; NULL: the whole body, or a broken path */
  bool broken;    /* the path doesn't compile */
} Source;

typedef enum TargetKind {
  TARGET_INVALID,
  TARGET_REQUEST_PATH,
  TARGET_REQUEST_QUERY,
  TARGET_REQUEST_HEADER,
  TARGET_RESPONSE_HEADER,
  TARGET_GATEWAY_HEADER,
} TargetKind;

typedef struct CompiledParameter {
  const ParameterEntry *entry;
  TargetKind target;
  Text name; /* of the target */
  Source source;
} CompiledParameter;

typedef struct ParameterSet {
  CompiledParameter *items;
  size_t count;
  bool reads_context, reads_headers; /* of the request */
} ParameterSet;

/* Broken JSON paths and expressions that the gateway would refuse go to `defects` (NULL: nobody asks). */
ParameterSet parameters_compile(const Parameters *parameters, Arena *arena, FaultList *defects);

/* A body as parameter sources see it: read when first asked for. */
typedef struct BodyReader {
  Text text;
  bool is_lambda_answer; /* JSON text inside errorMessage is read too (documented) */
  bool tried, broken, is_json;
  Value value;
} BodyReader;

typedef struct SourceInputs {
  const Request *request;
  const Headers *request_headers; /* those that mappings can see */
  BodyReader *request_body;
  const Headers *response_headers; /* NULL in the request direction */
  BodyReader *response_body;
  const Map *context;
  const Headers *stage_variables;
  Arena *passing;
} SourceInputs;

typedef enum SourceAnswer {
  SOURCE_FOUND,
  SOURCE_MISSING,
  SOURCE_FAILS, /* a body that begins like JSON and isn't, or a broken path */
} SourceAnswer;

typedef struct TextList {
  Text *items;
  size_t count;
} TextList;

SourceAnswer source_read(const Source *source, const SourceInputs *inputs, TextList *out);
/* Bytes of all values that one set of parameters may come to: a body that many of them name doesn't multiply
 * without bound. */
enum { PARAMETER_BYTES = 32 * 1024 * 1024 };
/* Adds what `list` holds to `bytes`; false past the limit. */
bool text_list_fits(const TextList *list, size_t *bytes);
/* The list as one header value: joined with a comma and no blank (seen). */
Text text_list_join(const TextList *list, Arena *arena);
/* Any value as parameter mappings write it: texts raw, objects and arrays as compact JSON; false: null. */
bool value_to_parameter(Value value, Arena *arena, Text *out);
/* $context member by its dotted name; NULL when there is none. */
const Value *context_find(const Map *context, Text dotted);

#endif
