/* Replay: exchanges, cases and status tables through mapping and diff; verdicts come out in the order of the
 * spec. */
#ifndef STATUSQUO_REPLAY_REPLAY_H
#define STATUSQUO_REPLAY_REPLAY_H

#include "harness/diff/diff.h"
#include "harness/mapping/mapping.h"
#include "harness/spec/spec.h"
#include "store/store.h"

typedef enum VerdictKind { VERDICT_SAME, VERDICT_DIFFERENT, VERDICT_NEW, VERDICT_UNMAPPED } VerdictKind;
const char *verdict_kind_name(VerdictKind kind);

/* One case, one recorded exchange, or one status table (which stands for all statuses it covers). Valid only
 * inside the sink call: it lives in the worker's passing arena. */
typedef struct Verdict {
  const char *spec; /* file */
  Text name;        /* case name, exchange name or "statuses GET /x" */
  Place place;      /* where it is written; line 0 for exchanges */
  Text exchange_id; /* data NULL: none */
  Text operation;   /* data NULL: unknown */
  VerdictKind kind;
  const Request *request;       /* NULL: a table */
  const BackendAnswer *backend; /* NULL: none was needed */
  const Exchange *exchange;     /* the recorded one it is about; NULL: none */
  bool has_expected;
  Response expected; /* what is known of it; status 0: not said */
  Outcome outcome;
  Differences differences;
  size_t checked;  /* statuses checked by a table; otherwise 1 */
  bool unapproved; /* VERDICT_NEW where the spec says that everything recorded must be approved */
  Text selector;   /* what to give --filter to run just this one */
  double duration_us;
  Text *tags;
  size_t tag_count;
} Verdict;

typedef struct ReplayOptions {
  Pattern *filter;  /* NULL: all; finds in the name */
  Text operation;   /* data NULL: all */
  const Text *tags; /* any of them */
  size_t tag_count;
  bool fail_fast;
  const TemplateWatch *watch;   /* told of what templates of cases and exchanges decide; NULL: nobody. It is
                                   called by several threads at once unless `jobs` is 1 */
  bool detailed;                /* passing verdicts too carry the whole log and the reasons in the trace */
  int jobs;                     /* 0: as many as processors */
  int shard_index, shard_total; /* shard_total 0: no sharding; index from 0 */
  /* Other specs of this run that read the same recordings: what their definitions map isn't unmapped here,
   * and the exchanges (by id) that their cases speak for are none of this spec's business. */
  const Definition *const *others;
  size_t other_count;
  const char *const *claimed;
  size_t claimed_count;
  bool unmapped_told; /* an earlier spec of this run has listed the unmapped ones of these recordings */
  /* Receives what is wrong with the input without stopping the run: broken patterns and templates of the
   * definition (as warnings when a passing verdict expects that very failure), cases whose exchange isn't
   * recorded. NULL: not wanted. Broken operations that no selected verdict reached are only told when
   * nothing was deselected. */
  FaultList *faults;
} ReplayOptions;

typedef struct ReplayTotals {
  size_t same, different, fresh, unmapped, skipped;
  size_t cases, exchanges, tables, statuses;
  size_t defects;    /* verdicts that differ because the definition is broken */
  size_t unapproved; /* of the fresh: those that the spec wanted approved */
  size_t selected;   /* by filters, before sharding: shards count on through all specs of a run */
  size_t broken;     /* selected, but couldn't run: see ReplayOptions.faults */
  bool stopped;      /* by fail_fast */
  double seconds;
} ReplayTotals;

/* Counts one verdict by its kind. */
void totals_add(ReplayTotals *totals, const Verdict *verdict);
/* A pattern for --filter that finds this name and no longer one. */
Text verdict_selector(Text name, Arena *arena);

typedef bool (*VerdictSink)(void *subject, const Verdict *verdict, Fault *fault);

/* Ids of the exchanges that the spec's cases speak for: by name, by id, or because they were recorded for it.
 */
const char **replay_claims(const Spec *spec, Store *const *stores, size_t store_count, Arena *arena,
                           size_t *count);

/* `stores` are the spec's recordings, opened by the caller. Adds to `totals`. False: a fault; differences are
 * not faults. */
bool replay_spec(const Spec *spec, Store *const *stores, size_t store_count, const ReplayOptions *options,
                 VerdictSink sink, void *subject, ReplayTotals *totals, Fault *fault);

#endif
