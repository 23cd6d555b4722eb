/* Which integration response answers: patterns by full match in ascending order of status, then the default
 * (gateway.md 5). */
#ifndef STATUSQUO_MAPPING_SELECTION_H
#define STATUSQUO_MAPPING_SELECTION_H

#include "harness/mapping/compiled.h"

typedef struct Selection {
  const CompiledRule *rule; /* NULL: nothing matched and there is no default, or trouble */
  bool trouble;             /* a pattern that is broken, or that can't be decided, stood in the way */
  const CompiledRule *troublemaker;
  Text trouble_reason;
  RuleTrace *trace; /* NULL when not wanted */
  size_t trace_count;
} Selection;

/* `explain`: also the trace with its reasons. */
void selection_run(const Mapping *mapping, Text value, bool explain, Arena *passing, Selection *out);
/* By the table, when there is one: constant time. */
void selection_run_status(const Mapping *mapping, int64_t status, Arena *passing, Selection *out);
/* Fills mapping->by_status; rules must be complete. */
void selection_fill_table(Mapping *mapping);

#endif
