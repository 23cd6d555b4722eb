/* Specs: declarative test files (interfaces.md, "Spec file"), YAML or JSON, read with positions; every
 * mistake of a file is reported, not just the first. */
#ifndef STATUSQUO_SPEC_SPEC_H
#define STATUSQUO_SPEC_SPEC_H

#include "harness/definition/definition.h"
#include "harness/diff/diff.h"
#include "harness/jsonpath/jsonpath.h"
#include "harness/pattern/pattern.h"
#include "harness/value/value.h"

/* {matches}, {contains}, {type}, {length}, {oneOf}, {equals, tolerance}, {absent}, {any}; several must all
 * hold. A literal reads as `equals`; a header given as a list must come as those lines, `~` reads as
 * `absent`.
 */
typedef struct Matcher {
  bool absent;
  bool any;
  Pattern *matches;
  Text contains;       /* data NULL: none */
  Text type;           /* data NULL: none */
  const cJSON *length; /* a number or a matcher mapping; NULL: none */
  const cJSON *one_of; /* NULL: none */
  const cJSON *equals; /* literal; NULL: none */
  double tolerance;    /* negative: none */
} Matcher;

typedef struct HeaderExpectation {
  Text name;
  Matcher matcher;
  Place place;
} HeaderExpectation;

typedef struct JsonExpectation {
  JsonPath *path;
  Text path_text;
  Matcher matcher;
  Place place;
} JsonExpectation;

/* BODY_SUBSET: objects may have more members than said. */
typedef enum BodyExpectation { BODY_ANY, BODY_TEXT, BODY_BYTES, BODY_JSON, BODY_SUBSET } BodyExpectation;

typedef struct StatusRange {
  int from, to; /* inclusive */
} StatusRange;

typedef struct RequestExpectation { /* expect.backendRequest */
  Text method, uri;                 /* data NULL: any */
  HeaderExpectation *headers;
  size_t header_count;
  BodyExpectation body_kind;
  Text body;
  const cJSON *body_json;
  JsonExpectation *json;
  size_t json_count;
} RequestExpectation;

typedef struct Expectation {
  StatusRange *statuses; /* any of them; none: any status */
  size_t status_count;
  HeaderExpectation *headers;
  size_t header_count;
  BodyExpectation body_kind;
  Text body;              /* BODY_TEXT, BODY_BYTES */
  const cJSON *body_json; /* BODY_JSON, BODY_SUBSET */
  bool numeric_loose;
  JsonExpectation *json;
  size_t json_count;
  RequestExpectation *backend_request; /* NULL: not checked */
  Text outcome;                        /* expected gateway failure name; data NULL: any */
  bool schema_declared;                /* the model of the method response must hold */
  const cJSON *schema;                 /* JSON Schema, draft 4; NULL: none */
  Place place;
} Expectation;

typedef struct SpecCase {
  Text name;
  Place place;
  const cJSON *node; /* as it is written, for edits */
  Request request;
  bool has_request;
  BackendAnswer backend;
  bool has_backend;
  Text exchange;                 /* by name or id in the recordings; data NULL: none */
  Definition *method_definition; /* the case's own method; NULL: the spec's api */
  Headers stage_variables;       /* over the spec's */
  const Map *context;
  Expectation expectation;
  bool has_expectation;
  Text allow_failure_as_success; /* the reason; data NULL: not allowed */
  Text skip;                     /* why it doesn't run; data NULL: it does */
  Text todo;                     /* what is still to be done before it can; data NULL: nothing */
  bool only;                     /* while there is one, nothing else of the spec runs */
  Text *tags;
  size_t tag_count;
} SpecCase;

typedef struct StatusEntry {
  StatusRange backend; /* `default`: 100 to 599 */
  int client;
  bool is_default;
  Place place;
  const cJSON *node;
} StatusEntry;
typedef struct StatusTable {
  Text operation;       /* "GET /pets/{petId}" */
  StatusEntry *entries; /* narrowest range first: the first that holds a status decides */
  size_t entry_count;
  Place place;
  const cJSON *node;
} StatusTable;

typedef struct RedactRule {
  JsonPath *path; /* NULL: a header or query parameter */
  Text header;
  Text query;
} RedactRule;

typedef struct Spec {
  const char *file;
  const Document *document;
  const char *api_path;   /* NULL: none */
  Definition *definition; /* NULL: none */
  Text stage;
  Headers stage_variables;
  Headers parameters;
  Text backend; /* base URL for record; data NULL: the integration's own */
  const char **recordings;
  size_t recording_count;
  SpecCase *cases; /* names are unique */
  size_t case_count;
  bool has_only; /* some case says `only` */
  StatusTable *tables;
  size_t table_count;
  bool approved;
  Headers allowed_failures; /* operation, or "*" for all -> why its failures may reach clients as success */
  IgnoreRule *ignores;
  size_t ignore_count;
  RedactRule *redacts;
  size_t redact_count;
} Spec;

typedef struct SpecOptions {
  const char *api;   /* instead of the spec's; NULL: its own */
  Headers variables; /* over those of the spec and of the environment */
} SpecOptions;

/* Reads a file with what it includes and loads its definition. False when there was an error; a broken
 * pattern or template inside the definition is not one. `api_override` NULL, or a definition to use instead
 * of the spec's `api` (replay --api). */
bool spec_load_with(const char *path, const SpecOptions *options, Arena *lasting, Spec **out,
                    FaultList *faults);
bool spec_load(const char *path, const char *api_override, Arena *lasting, Spec **out, FaultList *faults);

#endif
