/* The parts of the verb record: which calls a spec asks for, and what becomes of the answers. */
#ifndef STATUSQUO_CLI_RECORDER_H
#define STATUSQUO_CLI_RECORDER_H

#include "harness/cli/console.h"
#include "harness/record/record.h"
#include "harness/spec/spec.h"
#include "store/store.h"

/* ---- record.c ---- */

/* Where functions are invoked when nobody says: as the AWS tools find it. NULL: nowhere. */
const char *record_lambda_endpoint(Arena *arena);

/* ---- record_plan.c ---- */

/* Why a case isn't asked. */
#define SKIPS(X)                                                                                             \
  X(OWN_BACKEND, "with a backend of its own", "with backends of their own")                                  \
  X(NO_REQUEST, "without a request", "without requests")                                                     \
  X(MOCK, "of a mock, which has no backend", "of mocks, which have no backend")                              \
  X(NO_OPERATION, "that no operation takes", "that no operation takes")                                      \
  X(GATEWAY, "that the gateway answers itself", "that the gateway answers itself")                           \
  X(SERVICE, "of an AWS service other than Lambda", "of AWS services other than Lambda")
typedef enum Skip {
#define NAME(name, one, many) SKIP_##name,
  SKIPS(NAME)
#undef NAME
      SKIP_COUNT
} Skip;

typedef struct RecordPlan {
  RecordTask *tasks;
  size_t count;
  size_t skipped[SKIP_COUNT];
} RecordPlan;

/* Every case with a request and an operation, `repeat` times. FAULT_USAGE when a function would be called and
 * there is no endpoint. */
bool plan_make(const Spec *spec, const RecordOptions *options, int repeat, Arena *arena, RecordPlan *out,
               Fault *fault);

/* ---- record_keep.c ---- */

typedef struct RecordTotals {
  size_t asked, answered, unchanged, changed, fresh, stored;
  size_t failures, unreachable, redacted;
  char unreachable_detail[200]; /* of the first */
} RecordTotals;

typedef struct Keeper {
  Store *store;
  Text command; /* of the run that what is stored belongs to */
  bool run_started;
  bool stores_all; /* also what the backend answered before */
  const Spec *spec;
  RedactionRule *rules;
  size_t rule_count;
  const Text *keep;
  size_t keep_count;
  Text key;
  RecordTotals *totals;
  RecordTotals pending; /* of the batch that isn't durable yet */
  Arena *passing;
  bool in_batch;
  int batch_count;
  uint64_t batch_began;
  uint64_t began;
  bool shows_progress;
  bool progress_shown;
} Keeper;

/* A RecordSink: redacts, compares with what was recorded before, stores what is new; prints what changed. */
bool keeper_take(void *keeper, RecordTask *task, Fault *fault);
/* Makes durable what was taken. */
bool keeper_commit(Keeper *keeper, Fault *fault);
void keeper_hide_progress(Keeper *keeper);

#endif
