/* Inside the spec layer: mappings are read from tables of their keys, so each key is named once and whatever
 * no table holds is a mistake that can be told with a suggestion. */
#ifndef STATUSQUO_SPEC_READER_H
#define STATUSQUO_SPEC_READER_H

#include "harness/spec/spec.h"

typedef struct Reader {
  Spec *spec;
  Arena *arena;
  FaultList *faults;
  const cJSON *api; /* the node that named it; NULL: none */
  Text *included;   /* files that are being read */
  size_t depth;
  size_t errors_before; /* in the list, of other files */
  Headers variables;    /* given from outside: --variable, environment; they win */
  bool has_variables;
  const cJSON *values;   /* every file's `variables`, the first wins; NULL: none */
  const cJSON *defaults; /* the same for `defaults` */
  const cJSON **roots;   /* of the files, a file before what it includes */
  size_t root_count;
  const cJSON **cases; /* read when all of that is known */
  size_t case_count;
  size_t copied; /* nodes that variables and defaults brought */
} Reader;

/* A key of a mapping and who reads its value into `target`. */
typedef struct Member {
  const char *key;
  void (*read)(Reader *reader, const cJSON *node, void *target);
} Member;

/* A table by the name that the JSON Schema gives it: a test holds the two together. */
typedef struct MemberTable {
  const char *name;
  const Member *members;
  size_t count;
} MemberTable;
#define MEMBER_TABLE(name, members)                                                                          \
  { (name), (members), sizeof(members) / sizeof *(members) }
extern const MemberTable spec_table, stage_table, case_table, request_table, backend_table, expect_table,
    backend_request_table, matcher_table, ignore_table;

/* Reads each member of a mapping by its table; `what` is for messages: "a case". */
void read_members(Reader *reader, const cJSON *object, const Member *members, size_t count, const char *what,
                  void *target);
/* One member of a mapping. */
void read_member(Reader *reader, const cJSON *node, const Member *members, size_t count, const char *what,
                 void *target);
#define READ_MEMBER(reader, node, members, what, target)                                                     \
  read_member((reader), (node), (members), sizeof(members) / sizeof *(members), (what), (target))
#define READ_MEMBERS(reader, object, members, what, target)                                                  \
  read_members((reader), (object), (members), sizeof(members) / sizeof *(members), (what), (target))

/* An error at the node; always false. */
bool spec_fault(Reader *reader, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "`what` must be …, not a list". */
bool wrong_kind(Reader *reader, const cJSON *node, const char *what, const char *wanted);

/* A text; with `scalar` numbers and booleans are taken as they are written. */
bool take_text(Reader *reader, const cJSON *node, const char *what, Text *out);
bool take_scalar(Reader *reader, const cJSON *node, const char *what, Text *out);
bool take_truth(Reader *reader, const cJSON *node, const char *what, bool *out);
bool take_base64(Reader *reader, const cJSON *node, const char *what, Text *out);
bool take_mapping(Reader *reader, const cJSON *node, const char *what);
/* {name: text | [text, …]} */
void take_pairs(Reader *reader, const cJSON *node, const char *what, Headers *out);
/* A body: a text as it is, anything else as compact JSON; data NULL for null. */
void take_body(Reader *reader, const cJSON *node, Text *out);
/* The node as compact JSON. */
Text node_json(Reader *reader, const cJSON *node);
/* A path beside the file that the node stands in. */
const char *take_path(Reader *reader, const cJSON *node, const char *what);

/* 404, "4xx", "500-599" */
bool range_read(Text text, StatusRange *out);

void read_request(Reader *reader, const cJSON *node, void *spec_case);
void read_backend(Reader *reader, const cJSON *node, void *spec_case);
void read_expectation(Reader *reader, const cJSON *node, void *spec_case);
/* Notes the cases of a file; read_noted_cases reads them all. */
void read_cases(Reader *reader, const cJSON *node, void *spec);
void read_noted_cases(Reader *reader);
void read_statuses(Reader *reader, const cJSON *node, void *spec);
void read_ignores(Reader *reader, const cJSON *node, void *spec);
void read_redacts(Reader *reader, const cJSON *node, void *spec);
/* Only keys that a case has. */
void check_defaults(Reader *reader, const cJSON *defaults);
/* What can be said only when all is read: operations exist, names are unique. */
void check_cases(Reader *reader);
void check_tables(Reader *reader, bool overridden);

#endif
