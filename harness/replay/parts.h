/* What the files of this layer share: the compiled spec, one task and its evaluation. */
#ifndef STATUSQUO_REPLAY_PARTS_H
#define STATUSQUO_REPLAY_PARTS_H

#include "harness/replay/replay.h"

/* A mapping, compiled once, and what was wrong with it. Only the delivering thread changes the flags. */
typedef struct CompiledOperation {
  const Operation *operation;
  Mapping *mapping;
  FaultList defects;
  bool used;      /* a delivered verdict went through it */
  bool *expected; /* by defect: a passing verdict expects it */
} CompiledOperation;

typedef struct Replay {
  const Spec *spec;
  Store *const *stores;
  size_t store_count;
  const ReplayOptions *options;
  Arena *lasting;
  CompiledOperation *operations; /* of the spec's definition, in its order */
  size_t operation_count;
  CompiledOperation *own; /* by case: those that carry their own method */
  Headers stage_variables;
} Replay;

typedef enum TaskKind { TASK_CASE, TASK_TABLE, TASK_EXCHANGE } TaskKind;

/* Everything that reading the store and routing could find out: what is left needs no I/O. */
typedef struct Task {
  TaskKind kind;
  const SpecCase *spec_case;
  const StatusTable *table;
  Exchange *exchange; /* NULL: none */
  Response approved;
  bool has_approved;
  Request request; /* routed */
  const BackendAnswer *backend;
  const Definition *definition; /* NULL: none */
  CompiledOperation *operation; /* NULL: no operation matches */
  Text name;
  Fault *problem; /* the case can't run; NULL: it can */
} Task;

/* Compares what came out with what the case expects. */
void expectation_check(const Expectation *expectation, const Spec *spec, const Outcome *outcome,
                       Differences *out);
/* The same for `schema`. */
void expectation_check_schema(const Expectation *expectation, const Task *task, const Response *response,
                              Differences *out);
/* What is known of the expected response, for reports. */
void expectation_response(const Expectation *expectation, Arena *arena, Response *out);

/* What a matcher is held against: a JSON text, or data NULL when there is nothing. */
void matcher_check(const Matcher *matcher, Text at, Text json, bool numeric_loose, Differences *out);
/* The same against a header's values: one of them must hold. */
void matcher_check_header(const HeaderExpectation *expectation, const char *prefix, const Headers *headers,
                          Differences *out);
/* Every path of `expectations` in the body; "at" begins with `prefix`. */
void matcher_check_body(const JsonExpectation *expectations, size_t count, const char *prefix, Text body,
                        bool numeric_loose, Differences *out);

/* One task, on any thread; `paths` is that thread's own. Everything of the verdict lives in `passing`. */
void task_evaluate(const Replay *replay, Task *task, PathCache *paths, Arena *passing, Verdict *out);
/* The same for a status table: status by status through the mapping. */
void table_evaluate(const Replay *replay, const Task *task, PathCache *paths, Arena *passing, Verdict *out);
MappingInput task_input(const Replay *replay, const Task *task, PathCache *paths, Arena *passing);
/* What keeps a task from running, at its place in the spec. */
Fault *task_problem(const Replay *replay, Place place, const Fault *why, Arena *arena);

/* ---- the crew: tasks in chunks, evaluated by several threads, delivered in order by the calling one ---- */

enum { CHUNK_TASKS = 32 };
typedef struct Chunk {
  Arena *arena;
  Task tasks[CHUNK_TASKS];
  Verdict verdicts[CHUNK_TASKS];
  size_t count;
  bool done;
} Chunk;

typedef bool (*ChunkSink)(void *subject, Chunk *chunk, Fault *fault);
typedef struct Crew Crew;
/* `jobs` 1: no threads at all. */
Crew *crew_start(const Replay *replay, int jobs, ChunkSink sink, void *subject);
/* The chunk being filled, with room for one more task; hands full ones over. NULL: the sink wants no more, or
 * there was a fault. */
Chunk *crew_chunk(Crew *crew, Fault *fault);
/* Delivers what is left (nothing after a stop or fault) and ends the threads. */
bool crew_finish(Crew *crew, Fault *fault);

#endif
