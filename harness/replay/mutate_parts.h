/* What the files of the mutation check share. */
#ifndef STATUSQUO_REPLAY_MUTATE_PARTS_H
#define STATUSQUO_REPLAY_MUTATE_PARTS_H

#include "harness/replay/mutate.h"

typedef enum ChangeKind {
  CHANGE_DROP,      /* a rule is gone */
  CHANGE_SWAP,      /* it and the next one have each other's status */
  CHANGE_PATTERN,   /* it has another pattern */
  CHANGE_PARAMETER, /* one of its header mappings is gone */
  CHANGE_TEMPLATE,  /* one of its templates is another */
} ChangeKind;

typedef struct Change {
  Operation *operation;
  ChangeKind kind;
  size_t rule, item;
  Text text;                 /* the pattern or template instead */
  const SpecCase *spec_case; /* NULL: of the spec's definition */
  Mutant mutant;
} Change;

typedef struct Changes {
  Arena *arena;
  const SpecCase *spec_case; /* whose operation is looked at */
  Change *items;
  size_t count;
} Changes;

/* Adds every change that the operation can have. */
void changes_of(Operation *operation, Changes *changes);
/* Makes it; the caller has kept the integration as it was. */
void change_apply(const Change *change, Arena *arena);

#endif
