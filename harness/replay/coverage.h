/* Coverage: what of a definition cases and recorded exchanges went through: operations, rules, templates,
 * their #if branches both ways, gateway responses. Status tables don't count: they say nothing of bodies. */
#ifndef STATUSQUO_REPLAY_COVERAGE_H
#define STATUSQUO_REPLAY_COVERAGE_H

#include "harness/replay/replay.h"

typedef enum CoveredKind {
  COVERED_OPERATION,
  COVERED_RULE,
  COVERED_TEMPLATE,
  COVERED_BRANCH,
  COVERED_GATEWAY_RESPONSE,
  COVERED_KINDS,
} CoveredKind;
const char *covered_kind_name(CoveredKind kind);

typedef struct CoveredItem {
  CoveredKind kind;
  Text operation; /* data NULL: a gateway response */
  Text what;      /* "4\d{2} (400)", "#if($x)", "application/json" */
  Place place;
  const void *key; /* in the definition */
  size_t from, to; /* of a branch's condition, in the template */
  bool reached;    /* a branch: was true */
  bool otherwise;  /* a branch: was false; others: as reached */
  Text suggestion; /* what would reach it, as a case of a spec or in words */
} CoveredItem;

typedef struct Coverage {
  const Definition *definition;
  CoveredItem *items;
  size_t count;
  CoveredItem **order; /* those with a key, by key */
  size_t ordered;
} Coverage;

Coverage *coverage_new(const Definition *definition, Arena *lasting);
/* For ReplayOptions.watch. */
TemplateWatch coverage_watch(Coverage *coverage);
void coverage_note(Coverage *coverage, const Verdict *verdict);
/* The same definition, read for another spec. */
void coverage_merge(Coverage *into, const Coverage *from);

typedef struct CoverageCount {
  size_t reached, all; /* a branch counts twice: true and false */
} CoverageCount;
CoverageCount coverage_count(const Coverage *coverage, CoveredKind kind);

#endif
