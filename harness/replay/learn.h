/* Learned noise: what differs between answers to the same request, recorded more than once, is proposed as
 * ignore rules that keep the type checked. Nothing is applied: a person reads the proposal. */
#ifndef STATUSQUO_REPLAY_LEARN_H
#define STATUSQUO_REPLAY_LEARN_H

#include "harness/replay/replay.h"

typedef struct LearnedRule {
  Text at;     /* "$.items[*].id", "header Date" */
  Text type;   /* of the value on both sides, always the same; data NULL: a header */
  bool steady; /* false: it was missing, or had different types: no noise, and not proposed */
  size_t seen;
} LearnedRule;

typedef struct KnownAnswer KnownAnswer;
enum { LEARN_BUCKETS = 4096 };

typedef struct Learned {
  const Spec *spec;
  Arena *arena;
  KnownAnswer *buckets[LEARN_BUCKETS];
  LearnedRule *rules;
  size_t count;
  size_t repeated; /* exchanges whose request was seen before */
} Learned;

Learned *learned_new(const Spec *spec, Arena *lasting);
/* A VerdictSink: `subject` is the Learned. */
bool learned_note(void *subject, const Verdict *verdict, Fault *fault);
/* The spec's file with the rules in its `ignore`; `proposed` receives how many. */
bool learned_propose(const Learned *learned, Text *text, size_t *proposed, Fault *fault);

#endif
