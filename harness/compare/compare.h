/* Compare: what a new definition breaks. Every recorded exchange through both mappings, one at a time; then
 * everything that can be known without recordings: operations added and removed, all backend statuses, the
 * error messages that the patterns were written for, generated bodies. What comes out are groups, as many as
 * there are ways in which responses part, whatever the number of exchanges. */
#ifndef STATUSQUO_COMPARE_COMPARE_H
#define STATUSQUO_COMPARE_COMPARE_H

#include "harness/diff/diff.h"
#include "harness/mapping/mapping.h"
#include "store/store.h"

enum { STATUS_FROM = 100, STATUS_TO = 599, STATUSES = STATUS_TO - STATUS_FROM + 1, SEVERITIES = 4 };

/* One place where the two definitions part. A line 0 place: it stands in one of them only. */
typedef struct DefinitionChange {
  Text what;               /* "selection pattern", "template application/json", "rule removed", … */
  Text old_text, new_text; /* the line that changed; data NULL: not there */
  Place old_place, new_place;
  const IntegrationResponse *old_rule, *new_rule; /* both NULL: of the whole operation or definition */
  bool of_request;                                /* it concerns what the backend is sent */
  bool has_effect;                                /* some group names it */
} DefinitionChange;

typedef struct DefinitionChanges {
  DefinitionChange *items;
  size_t count;
} DefinitionChanges;

/* How a group was found. */
typedef enum Evidence {
  EVIDENCE_RECORDED, /* a recorded exchange */
  EVIDENCE_STATUS,   /* one of all backend statuses */
  EVIDENCE_MESSAGE,  /* an errorMessage made from the patterns */
  EVIDENCE_EXPLORED, /* a generated body */
  EVIDENCE_COUNT
} Evidence;
/* "exchange", "status", … */
const char *evidence_name(Evidence evidence);

/* How often responses of an operation went from one status to another. */
typedef struct Flow {
  int old_status, new_status;
  uint64_t count; /* recorded exchanges */
  bool in_table;  /* some backend status leads there */
  Severity level;
} Flow;

/* An operation in both definitions; NULL where it isn't. */
typedef struct OperationPair {
  Text name;
  const Operation *old_operation, *new_operation;
  Mapping *old_mapping, *new_mapping;
  DefinitionChanges changes;
  bool request_changed;
  uint64_t exchanges, statuses, messages, bodies; /* gone through both */
  bool out_of_time;                               /* exploring it ended before every step was taken */
  Flow *flows;
  size_t flow_count, flow_capacity;
  struct Seed *seeds; /* bodies to explore from; NULL: none yet */
} OperationPair;

/* The smallest exchange of a group, copied. */
typedef struct Example {
  Evidence evidence;
  Text id, name; /* of the recorded exchange; data NULL when made up */
  Request request;
  BackendAnswer backend;
  Response old_response, new_response;
  Text old_reason, new_reason; /* why the gateway fails; empty: it doesn't */
  Differences differences;
  Severity level;
  size_t size;
} Example;

/* A kind of difference inside a group: indexes of lists are [*]. */
typedef struct Aspect {
  Text at;
  bool removed, added;
  Severity severity;
  uint64_t count;
} Aspect;

enum { ASPECTS_TOLD = 12, FINGERPRINT_SIZE = 17 };

typedef struct AcceptedEntry AcceptedEntry;

/* Responses that part in the same way: same operation, same statuses, same rules. */
typedef struct Group {
  OperationPair *pair;
  Text operation;
  int old_status, new_status; /* 0: no such operation */
  GatewayFailure old_failure, new_failure;
  const IntegrationResponse *old_rule, *new_rule; /* NULL: none decided */
  Severity level;
  uint64_t counts[EVIDENCE_COUNT];
  uint64_t levels[SEVERITIES]; /* recorded exchanges, by their own level */
  bool statuses[STATUSES];     /* those that show it */
  Aspect aspects[ASPECTS_TOLD];
  size_t aspect_count;
  bool more_aspects;
  Example example;
  bool has_example;
  Arena *example_arena;
  Severity shrunk; /* the level for which a generated body was made small; SEVERITY_NONE: none yet */
  const DefinitionChange **changes; /* what changed in what decided */
  size_t change_count;
  char fingerprint[FINGERPRINT_SIZE]; /* the same for as long as the two definitions part in the same way here
                                       */
  const AcceptedEntry *accepted;      /* NULL: nobody accepted it */
} Group;

/* ---- what people accepted ---- */

struct AcceptedEntry {
  Text fingerprint, reason, owner;
  Text expires;   /* YYYY-MM-DD: the last day; data NULL: never */
  Severity level; /* accepted up to this one */
  Place place;
  bool expired, used;
};

typedef struct AcceptList {
  const char *file;
  AcceptedEntry *items;
  size_t count, expired;
} AcceptList;

/* accepted.yaml: a list (or `accepted:` with one) of {fingerprint, reason, owner, expires?, level?}. `today`
 * is YYYY-MM-DD. */
bool accept_list_load(const char *path, Text today, Arena *lasting, AcceptList *out, FaultList *faults);
/* Today in UTC. */
Text accept_today(Arena *arena);

/* ---- a comparison ---- */

typedef struct Unmapped {
  Text request; /* "GET /health" */
  uint64_t count;
} Unmapped;

enum { UNMAPPED_TOLD = 20 };

typedef struct Comparison {
  const Definition *old_definition, *new_definition;
  const char *old_name, *new_name; /* for people: the files, or what they were taken from */
  Text only;                       /* the one operation that is looked at; data NULL: all */
  Arena *lasting;
  PathCache *paths;
  OperationPair *pairs; /* of the old definition in its order, then those added */
  size_t pair_count;
  OperationPair **crossed; /* requests that another operation takes in the new definition */
  size_t crossed_count, crossed_capacity;
  DefinitionChanges changes; /* of the definitions as wholes */
  Group **groups;            /* finished: the worst first */
  size_t group_count, group_capacity;
  size_t *slots; /* by hash; see groups.c */
  size_t slot_count;
  uint64_t untold; /* differences that found no room among the groups */
  bool has_recordings;
  uint64_t exchanges, same, unmapped;
  uint64_t different[SEVERITIES]; /* recorded exchanges by level; SEVERITY_NONE isn't used */
  Unmapped unmapped_told[UNMAPPED_TOLD];
  size_t unmapped_count;
  bool explored;
  double explore_seconds;
  uint64_t seed;
  const AcceptList *accepted; /* NULL: none */
  size_t open[SEVERITIES];    /* groups that nobody accepted, by level */
  size_t accepted_groups;
} Comparison;

typedef struct CompareOptions {
  Text operation;         /* data NULL: all */
  double explore_seconds; /* 0: bodies aren't explored */
  uint64_t seed;
  const AcceptList *accepted; /* NULL: none */
} CompareOptions;

/* Both definitions must live as long as the comparison; `stores` may be none. Broken patterns and templates
 * of either are added to `defects`, as warnings: what they do to clients is in the groups. */
bool compare_definitions(const Definition *old_definition, const Definition *new_definition,
                         Store *const *stores, size_t store_count, const CompareOptions *options,
                         Arena *lasting, Comparison *out, FaultList *defects, Fault *fault);
/* Gives back what doesn't live in `lasting`. */
void comparison_release(Comparison *comparison);
/* The worst level among groups that nobody accepted. */
Severity comparison_level(const Comparison *comparison);
/* "400-403, 405" */
void statuses_print(const bool statuses[STATUSES], Buffer *out);

#endif
