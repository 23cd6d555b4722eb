/* What the files of this layer share. */
#ifndef STATUSQUO_COMPARE_PARTS_H
#define STATUSQUO_COMPARE_PARTS_H

#include "harness/compare/compare.h"

/* ---- changes.c: where two definitions part ---- */

void changes_of_operations(OperationPair *pair, Arena *lasting);
void changes_of_definitions(Comparison *comparison, Arena *lasting);

/* ---- pairs.c ---- */

void pairs_make(Comparison *comparison, FaultList *defects);
/* The pair of two operations that the same request reaches; either may be NULL, not both. */
OperationPair *pair_of(Comparison *comparison, const Operation *old_operation,
                       const Operation *new_operation);
/* NULL: there are too many. */
Flow *pair_flow(OperationPair *pair, int old_status, int new_status, Arena *lasting);
/* A request that the operation takes: /pets/{petId} -> GET /pets/1. */
Request pair_request(const OperationPair *pair, Arena *arena);

/* ---- trial.c: one answer through both mappings ---- */

typedef struct Trial {
  Evidence evidence;
  OperationPair *pair;
  const Request *request;
  Headers old_parameters, new_parameters; /* of the path, as each definition names them */
  const BackendAnswer *backend;
  const Exchange *exchange; /* the recorded one; NULL: made up */
  int mock_status;          /* of a MOCK: what its request template would have said; 0: it is asked */
  bool response_only;       /* the request isn't mapped */
} Trial;

typedef struct TrialResult {
  Outcome old_outcome, new_outcome;
  Differences differences;
  Severity level; /* SEVERITY_NONE with differences.count 0: the same */
} TrialResult;

/* Fills both path parameters. */
void trial_route(const Comparison *comparison, Trial *trial, Arena *arena);
/* Everything lives in `passing`. */
void trial_run(Comparison *comparison, const Trial *trial, Arena *passing, TrialResult *out);
/* Runs, and counts what parts in its group. NULL: the same, or no room. */
Group *trial_count(Comparison *comparison, const Trial *trial, Arena *passing, TrialResult *out);

/* ---- groups.c ---- */

/* The group that this belongs to, made when it is new; NULL: no room. */
Group *group_find(Comparison *comparison, OperationPair *pair, const Outcome *old_outcome,
                  const Outcome *new_outcome);
/* The same for an operation that one definition doesn't have. */
Group *group_one_sided(Comparison *comparison, OperationPair *pair);
void group_add(Group *group, const Trial *trial, const TrialResult *result, Arena *lasting);
/* Takes the trial for the group's example when it is a better one. */
void group_keep_example(Group *group, const Trial *trial, const TrialResult *result);
/* Changes, fingerprints, what is accepted, order. */
void groups_finish(Comparison *comparison);

/* ---- the sources ---- */

bool recorded_compare(Comparison *comparison, Store *store, Arena *passing, Fault *fault);
void statuses_compare(Comparison *comparison, OperationPair *pair, Arena *passing);
void messages_compare(Comparison *comparison, OperationPair *pair, Arena *passing);
void explore_compare(Comparison *comparison);

/* ---- seeds.c: answers to explore from, the smallest of each pair of rules ---- */

enum { SEEDS = 12, SEED_BYTES = 16 * 1024 };

typedef struct Seed {
  const IntegrationResponse *old_rule, *new_rule;
  Request request;
  BackendAnswer backend;
  size_t size;
  Arena *arena; /* NULL: free */
} Seed;

void seed_keep(Comparison *comparison, const Trial *trial, const TrialResult *result);

/* ---- copy.c ---- */

Request request_copy(const Request *request, Arena *arena);
BackendAnswer answer_copy(const BackendAnswer *answer, Arena *arena);
Response response_copy(const Response *response, Arena *arena);
Differences differences_copy(const Differences *list, Arena *arena);
Headers headers_deep_copy(const Headers *headers, Arena *arena);

#endif
