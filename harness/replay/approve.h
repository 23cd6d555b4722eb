/* Approving: what a run found different or new, as things that a person can accept one at a time. What is
 * accepted goes where the expectation is written: into the spec file, or beside the recorded exchange. */
#ifndef STATUSQUO_REPLAY_APPROVE_H
#define STATUSQUO_REPLAY_APPROVE_H

#include "harness/replay/replay.h"

typedef enum ApprovalKind {
  APPROVAL_EXPECTATION, /* one difference from what a case says: the spec file is edited */
  APPROVAL_CASE,        /* a case that says nothing yet: it gets an `expect` */
  APPROVAL_TABLE,       /* one stretch of a status table */
  APPROVAL_RECORDED,    /* a recorded exchange's whole response */
} ApprovalKind;

typedef enum Decision { DECISION_OPEN, DECISION_ACCEPTED, DECISION_REJECTED } Decision;

typedef struct Approval {
  ApprovalKind kind;
  Text name;
  Text operation; /* data NULL: none */
  Text rule;      /* which rule decided, for people */
  Text request;   /* "GET /pets/42"; data NULL: a table */
  Text backend;   /* "404"; data NULL: none */
  Place place;    /* line 0: an exchange */
  Text exchange_id;
  Severity severity;
  const Difference *differences;
  size_t count;
  Text likeness; /* equal for approvals of the same kind: A, R and S speak for all of them */
  const SpecCase *spec_case;
  const StatusTable *table;
  Response actual;
  bool has_request;
  Text sent_method, sent_uri, sent_body; /* of the backend request */
  Headers sent_headers;
  Decision decision;
  size_t order; /* in the run; `first`: that of the first of its kind */
  size_t first;
} Approval;

typedef struct Approvals {
  const Spec *spec;
  Arena *arena;
  Approval *items;
  size_t count, capacity;
  size_t next_case, next_table; /* verdicts come in the order of the spec */
  size_t unmapped;
} Approvals;

Approvals approvals_make(const Spec *spec, Arena *lasting);
/* A VerdictSink: `subject` is the Approvals. Copies what it needs. */
bool approvals_collect(void *subject, const Verdict *verdict, Fault *fault);
/* By operation and rule, those of a kind together; otherwise in the order of the run. */
void approvals_sort(Approvals *approvals);

/* A spec file, or one that it includes, with the accepted expectations in it. */
typedef struct EditedFile {
  const char *path;
  Text text;
} EditedFile;
/* What can't be edited in place is told in `refused` and opened again. */
void approvals_edit(Approvals *approvals, EditedFile **files, size_t *count, FaultList *refused);
/* Those of recorded exchanges, into the recordings that hold them; one transaction each. */
bool approvals_store(const Approvals *approvals, Store *const *stores, size_t count, Fault *fault);

/* specs/pets.yaml -> specs/pets.approved.txt */
const char *approved_text_path(const char *spec, Arena *arena);
/* Everything approved of the spec's exchanges, for people and version control: by operation, name and id,
 * one exchange a block, whatever a client can't rely on left out. `count` receives how many. */
bool approved_text_write(const Spec *spec, Store *const *stores, size_t store_count, Arena *arena,
                         Buffer *out, size_t *count, Fault *fault);

#endif
