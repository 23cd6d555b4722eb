/* A whole spec: its cases, its status tables, then every other recorded exchange. This file does what needs
 * the store and an order: it selects, looks up, routes, hands tasks to the crew and takes verdicts back. */
#include "harness/replay/replay.h"

#include "harness/replay/parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *verdict_kind_name(VerdictKind kind) {
  static const char *const names[] = {"same", "different", "new", "unmapped"};
  return names[kind];
}

/* ---- compiling ---- */

static void compile_operation(const Operation *operation, Arena *lasting, CompiledOperation *out) {
  out->operation = operation;
  out->defects = fault_list_make(lasting);
  out->mapping = mapping_compile(operation, lasting, &out->defects);
  out->expected = ARENA_ARRAY(lasting, bool, out->defects.count + 1);
}

static void compile(Replay *replay) {
  const Spec *spec = replay->spec;
  if (spec->definition != NULL) {
    replay->operation_count = spec->definition->operation_count;
    replay->operations = ARENA_ARRAY(replay->lasting, CompiledOperation, replay->operation_count);
    for (size_t i = 0; i < replay->operation_count; i++)
      compile_operation(&spec->definition->operations[i], replay->lasting, &replay->operations[i]);
  }
  replay->own = ARENA_ARRAY(replay->lasting, CompiledOperation, spec->case_count);
  for (size_t i = 0; i < spec->case_count; i++) {
    const Definition *own = spec->cases[i].method_definition;
    if (own != NULL && own->operation_count > 0)
      compile_operation(&own->operations[0], replay->lasting, &replay->own[i]);
  }
}

static CompiledOperation *compiled(const Replay *replay, const Operation *operation) {
  if (operation == NULL) return NULL;
  return &replay->operations[operation - replay->spec->definition->operations];
}

/* ---- selecting ---- */

static bool wants_tag(const ReplayOptions *options, const Text *tags, size_t tag_count) {
  for (size_t i = 0; i < options->tag_count; i++)
    for (size_t k = 0; k < tag_count; k++)
      if (text_equal(options->tags[i], tags[k])) return true;
  return options->tag_count == 0;
}

static bool wants_operation(const ReplayOptions *options, const Task *task, Arena *arena) {
  if (options->operation.data == NULL) return true;
  if (task->table != NULL) return text_equal(options->operation, task->table->operation);
  if (task->operation == NULL) return false;
  return text_equal(options->operation, operation_name(task->operation->operation, arena));
}

static bool is_selected(const ReplayOptions *options, const Task *task, Arena *arena) {
  const SpecCase *spec_case = task->spec_case;
  bool tagged = spec_case != NULL        ? wants_tag(options, spec_case->tags, spec_case->tag_count)
                : task->exchange != NULL ? wants_tag(options, task->exchange->tags, task->exchange->tag_count)
                                         : options->tag_count == 0;
  if (!tagged || !wants_operation(options, task, arena)) return false;
  size_t spans[2];
  return options->filter == NULL ||
         pattern_find(options->filter, task->name, 0, spans, 1, NULL) == PATTERN_MATCHES;
}

/* A case that isn't to be run says why; one that says `only` keeps all others of its spec from running. */
static bool is_held_back(const Spec *spec, const Task *task) {
  const SpecCase *spec_case = task->spec_case;
  if (spec->has_only && (spec_case == NULL || !spec_case->only)) return true;
  return spec_case != NULL && (spec_case->skip.data != NULL || spec_case->todo.data != NULL);
}

static bool is_restricted(const ReplayOptions *options) {
  return options->filter != NULL || options->operation.data != NULL || options->tag_count > 0 ||
         options->shard_total > 0 || options->fail_fast;
}

/* ---- the run ---- */

typedef struct Run {
  Replay replay;
  VerdictSink sink;
  void *subject;
  ReplayTotals *totals;
  Crew *crew;
  const char **judged; /* ids of exchanges that a case speaks for, here or in another spec; sorted later */
  size_t judged_count;
} Run;

/* Counts a selected task; answers whether it belongs to this shard. */
static bool is_ours(Run *run) {
  const ReplayOptions *options = run->replay.options;
  size_t number = run->totals->selected++;
  return options->shard_total <= 1 || number % (size_t)options->shard_total == (size_t)options->shard_index;
}

static void tell_held_back(const Run *run, const Task *task, Arena *arena) {
  const SpecCase *spec_case = task->spec_case;
  FaultList *faults = run->replay.options->faults;
  if (spec_case == NULL || faults == NULL) return;
  bool todo = spec_case->skip.data == NULL;
  Text reason = todo ? spec_case->todo : spec_case->skip;
  if (reason.data == NULL) return; /* because of another's `only` */
  Fault why;
  fault_raise(&why, FAULT_INPUT, "case \"%.*s\" doesn't run, %s: %.*s", TEXT_ARGS(task->name),
              todo ? "todo" : "skipped", TEXT_ARGS(reason));
  why.warning = true;
  *fault_list_add(faults) = *task_problem(&run->replay, spec_case->place, &why, arena);
}

/* A filled task becomes part of the chunk when somebody wants it. */
static void offer(Run *run, Chunk *chunk, const Task *task) {
  bool selected = is_selected(run->replay.options, task, chunk->arena);
  bool held_back = is_held_back(run->replay.spec, task);
  if (selected && held_back) tell_held_back(run, task, chunk->arena);
  if (selected && !held_back && is_ours(run))
    chunk->tasks[chunk->count++] = *task;
  else
    run->totals->skipped++;
}

/* `why` at a place of the spec, with the line quoted when it stands in the spec's own file. */
Fault *task_problem(const Replay *replay, Place place, const Fault *why, Arena *arena) {
  const Document *document = replay->spec->document;
  Fault *problem = ARENA_NEW(arena, Fault);
  *problem = *why;
  problem->place = place;
  bool here = document != NULL && place.file != NULL && strcmp(place.file, document_name(document)) == 0;
  if (here) fault_quote(problem, document_source(document), document_offset(document, place));
  return problem;
}

/* ---- looking up ---- */

static bool find_exchange(const Replay *replay, Text id_or_name, Arena *arena, Exchange *out, Fault *fault) {
  fault_raise(fault, FAULT_INPUT, "no recordings to look for exchange \"%.*s\" in", TEXT_ARGS(id_or_name));
  for (size_t i = 0; i < replay->store_count; i++)
    if (store_find(replay->stores[i], id_or_name, arena, out, fault)) return true;
  return false;
}

static bool same_target(const Request *expected, const Request *actual, Arena *arena) {
  return text_equal(expected->method, actual->method) &&
         text_equal(request_target(expected, arena), request_target(actual, arena));
}

/* What `record` stored for the case: under its name as long as the request is still the same, or else
 * whatever was answered to that very request. */
static bool find_recorded(const Replay *replay, const SpecCase *spec_case, Arena *arena, Exchange *out,
                          Fault *why) {
  for (size_t i = 0; i < replay->store_count; i++)
    if (store_find(replay->stores[i], spec_case->name, arena, out, NULL) &&
        same_target(&spec_case->request, &out->request, arena))
      return true;
  int answer = 0;
  for (size_t i = 0; i < replay->store_count && answer == 0; i++)
    answer = store_find_request(replay->stores[i], &spec_case->request, arena, out, why);
  return answer > 0;
}

static bool find_approved(const Replay *replay, Text id, Arena *arena, Task *task, Fault *fault) {
  for (size_t i = 0; i < replay->store_count; i++) {
    int answer = store_approved(replay->stores[i], id, arena, &task->approved, fault);
    if (answer < 0) return false;
    if (answer == 0) continue;
    task->has_approved = true;
    return true;
  }
  return true;
}

/* ---- routing ---- */

/* A recorded exchange may have been sent through a stage or a custom domain: its own operation name then
 * says what the path doesn't. */
static void route(const Replay *replay, Task *task, Arena *arena) {
  const Definition *definition = replay->spec->definition;
  const Operation *operation = NULL;
  task->definition = definition;
  if (definition == NULL) return;
  RouteAnswer answer = definition_route(definition, task->request.method, task->request.path, arena,
                                        &operation, &task->request.path_parameters);
  if (answer != ROUTE_FOUND) {
    operation = NULL;
    if (task->exchange != NULL && task->exchange->operation.data != NULL)
      operation = definition_operation(definition, task->exchange->operation);
  }
  task->operation = compiled(replay, operation);
  if (operation != NULL) task->request.resource_path = operation->resource_path;
}

/* A case's own method isn't routed: its request says itself where it stands. */
static void place_on_own_method(const Replay *replay, const SpecCase *spec_case, Task *task) {
  size_t index = (size_t)(spec_case - replay->spec->cases);
  task->definition = spec_case->method_definition;
  bool routed = !task->request.unrouted && replay->own[index].mapping != NULL;
  task->operation = routed ? &replay->own[index] : NULL;
  if (!routed) return;
  const Operation *operation = task->operation->operation;
  if (task->request.method.length == 0) task->request.method = operation->method;
  if (task->request.resource_path.data == NULL) task->request.resource_path = operation->resource_path;
  if (task->request.path.length == 0) task->request.path = task->request.resource_path;
}

/* ---- cases ---- */

/* The exchange that the case speaks for. False: none; when that is a mistake, `why` says so. */
static bool find_claimed(const Replay *replay, const SpecCase *spec_case, Arena *arena, Exchange *out,
                         Fault *why) {
  *why = (Fault){.kind = FAULT_NONE};
  if (spec_case->exchange.data != NULL) return find_exchange(replay, spec_case->exchange, arena, out, why);
  return !spec_case->has_backend && spec_case->has_request &&
         find_recorded(replay, spec_case, arena, out, why);
}

const char **replay_claims(const Spec *spec, Store *const *stores, size_t store_count, Arena *arena,
                           size_t *count) {
  Replay replay = {.spec = spec, .stores = stores, .store_count = store_count};
  const char **ids = ARENA_ARRAY(arena, const char *, spec->case_count);
  Arena *passing = arena_new(0);
  *count = 0;
  for (size_t i = 0; i < spec->case_count; i++) {
    Exchange exchange;
    Fault why;
    arena_reset(passing);
    if (find_claimed(&replay, &spec->cases[i], passing, &exchange, &why))
      ids[(*count)++] = arena_copy_string(arena, exchange.id);
  }
  arena_free(passing);
  return ids;
}

static bool prepare_case(const Replay *replay, const SpecCase *spec_case, Arena *arena, Task *task,
                         Fault *fault) {
  Exchange *exchange = ARENA_NEW(arena, Exchange);
  Fault why;
  *task = (Task){.kind = TASK_CASE, .spec_case = spec_case, .name = spec_case->name};
  bool found = find_claimed(replay, spec_case, arena, exchange, &why);
  if (!found && why.kind != FAULT_NONE) task->problem = task_problem(replay, spec_case->place, &why, arena);
  if (found) task->exchange = exchange;
  task->request = spec_case->has_request || !found ? spec_case->request : exchange->request;
  task->backend = spec_case->has_backend ? &spec_case->backend : found ? &exchange->backend : NULL;
  if (spec_case->method_definition != NULL)
    place_on_own_method(replay, spec_case, task);
  else
    route(replay, task, arena);
  if (task->definition == NULL && task->problem == NULL) {
    fault_raise(&why, FAULT_INPUT, "case \"%.*s\" has neither an api nor a method of its own",
                TEXT_ARGS(task->name));
    task->problem = task_problem(replay, spec_case->place, &why, arena);
  }
  return !found || find_approved(replay, exchange->id, arena, task, fault);
}

/* Said once, so that nobody forgets it there. */
static void tell_only(const Run *run) {
  const Spec *spec = run->replay.spec;
  if (!spec->has_only || run->replay.options->faults == NULL) return;
  size_t first = 0;
  while (!spec->cases[first].only) first++;
  Fault why;
  fault_raise(&why, FAULT_INPUT, "only the cases that say \"only\" run");
  why.warning = true;
  *fault_list_add(run->replay.options->faults) =
      *task_problem(&run->replay, spec->cases[first].place, &why, run->replay.lasting);
}

static bool run_cases(Run *run, Fault *fault) {
  const Spec *spec = run->replay.spec;
  tell_only(run);
  for (size_t i = 0; i < spec->case_count; i++) {
    Chunk *chunk = crew_chunk(run->crew, fault);
    Task task;
    if (chunk == NULL || !prepare_case(&run->replay, &spec->cases[i], chunk->arena, &task, fault))
      return false;
    if (task.exchange != NULL)
      run->judged[run->judged_count++] = arena_copy_string(run->replay.lasting, task.exchange->id);
    offer(run, chunk, &task);
  }
  return true;
}

/* ---- tables ---- */

static void prepare_table(const Replay *replay, const StatusTable *table, Arena *arena, Task *task) {
  *task = (Task){.kind = TASK_TABLE, .table = table, .definition = replay->spec->definition};
  task->name = arena_print(arena, "statuses %.*s", TEXT_ARGS(table->operation));
  const Operation *operation =
      task->definition != NULL ? definition_operation(task->definition, table->operation) : NULL;
  if (operation == NULL) {
    Fault why;
    fault_raise(&why, FAULT_INPUT, "the definition has no operation \"%.*s\"", TEXT_ARGS(table->operation));
    task->problem = task_problem(replay, table->place, &why, arena);
    return;
  }
  task->operation = compiled(replay, operation);
  task->request = (Request){.method = text_is(operation->method, "ANY") ? TEXT("GET") : operation->method,
                            .path = operation->resource_path,
                            .resource_path = operation->resource_path};
}

static bool run_tables(Run *run, Fault *fault) {
  const Spec *spec = run->replay.spec;
  for (size_t i = 0; i < spec->table_count; i++) {
    Chunk *chunk = crew_chunk(run->crew, fault);
    Task task;
    if (chunk == NULL) return false;
    prepare_table(&run->replay, &spec->tables[i], chunk->arena, &task);
    offer(run, chunk, &task);
  }
  return true;
}

/* ---- the other recorded exchanges ---- */

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_judged(const Run *run, Text id, Arena *arena) {
  const char *key = arena_copy_string(arena, id);
  return run->judged_count > 0 &&
         bsearch(&key, run->judged, run->judged_count, sizeof *run->judged, by_text) != NULL;
}

/* Several specs may share a recording: each exchange is some spec's, or unmapped once. */
static bool is_elsewhere(const ReplayOptions *options, const Task *task, Arena *arena) {
  if (task->operation != NULL) return false;
  for (size_t i = 0; i < options->other_count; i++) {
    const Operation *operation;
    Headers parameters = {0};
    if (definition_route(options->others[i], task->request.method, task->request.path, arena, &operation,
                         &parameters) == ROUTE_FOUND)
      return true;
  }
  return options->unmapped_told;
}

static bool run_exchange(Run *run, Store *store, Exchange *exchange, Chunk *chunk, Fault *fault) {
  Arena *arena = chunk->arena;
  Task task = {.kind = TASK_EXCHANGE, .exchange = exchange, .request = exchange->request};
  if (is_judged(run, exchange->id, arena)) return true;
  task.name = exchange->name.data != NULL ? exchange->name : exchange->id;
  task.backend = &exchange->backend;
  route(&run->replay, &task, arena);
  if (is_elsewhere(run->replay.options, &task, arena)) return true;
  int answer = store_approved(store, exchange->id, arena, &task.approved, fault);
  if (answer < 0) return false;
  task.has_approved = answer > 0;
  offer(run, chunk, &task);
  return true;
}

static bool run_store(Run *run, Store *store, Fault *fault) {
  StoreCursor *cursor = NULL;
  if (!store_select(store, &cursor, fault)) return false;
  bool fine = true;
  for (int more = 1; fine && more > 0;) {
    Chunk *chunk = crew_chunk(run->crew, fault);
    if (chunk == NULL) {
      fine = false;
      break;
    }
    Exchange *exchange = ARENA_NEW(chunk->arena, Exchange);
    more = store_next(cursor, chunk->arena, exchange, fault);
    if (more > 0) fine = run_exchange(run, store, exchange, chunk, fault);
    if (more < 0) fine = false;
  }
  store_cursor_close(cursor);
  return fine;
}

/* Without a definition of the spec there is nothing to map them with. */
static bool run_recorded(Run *run, Fault *fault) {
  if (run->replay.spec->definition == NULL) return true;
  if (run->judged_count > 1) qsort(run->judged, run->judged_count, sizeof *run->judged, by_text);
  for (size_t i = 0; i < run->replay.store_count; i++)
    if (!run_store(run, run->replay.stores[i], fault)) return false;
  return true;
}

/* ---- delivering ---- */

static void add_fault(const ReplayOptions *options, const Fault *fault) {
  if (options->faults != NULL) *fault_list_add(options->faults) = *fault;
}

/* A passing verdict that ends in a defect expects it; when the place tells which one, only that one. */
static void mark_defects(CompiledOperation *operation, const Verdict *verdict) {
  operation->used = true;
  if (verdict->kind != VERDICT_SAME || !verdict->outcome.from_defect) return;
  bool found = false;
  for (size_t i = 0; i < operation->defects.count; i++) {
    const Fault *defect = &operation->defects.items[i];
    if (defect->place.line != verdict->outcome.reason_place.line) continue;
    operation->expected[i] = true;
    found = true;
  }
  for (size_t i = 0; i < operation->defects.count && !found; i++) operation->expected[i] = true;
}

void totals_add(ReplayTotals *totals, const Verdict *verdict) {
  totals->same += verdict->kind == VERDICT_SAME ? 1 : 0;
  totals->different += verdict->kind == VERDICT_DIFFERENT ? 1 : 0;
  totals->fresh += verdict->kind == VERDICT_NEW ? 1 : 0;
  totals->unmapped += verdict->kind == VERDICT_UNMAPPED ? 1 : 0;
  totals->unapproved += verdict->unapproved ? 1 : 0;
}

static void count(const Task *task, const Verdict *verdict, ReplayTotals *totals) {
  totals_add(totals, verdict);
  totals->defects += verdict->kind == VERDICT_DIFFERENT && verdict->outcome.from_defect ? 1 : 0;
  totals->cases += task->kind == TASK_CASE ? 1 : 0;
  totals->tables += task->kind == TASK_TABLE ? 1 : 0;
  totals->exchanges += task->kind == TASK_EXCHANGE ? 1 : 0;
  totals->statuses += task->kind == TASK_TABLE ? verdict->checked : 0;
}

static bool deliver(void *subject, Chunk *chunk, Fault *fault) {
  Run *run = subject;
  for (size_t i = 0; i < chunk->count; i++) {
    Task *task = &chunk->tasks[i];
    const Verdict *verdict = &chunk->verdicts[i];
    if (task->problem != NULL) {
      run->totals->broken++;
      add_fault(run->replay.options, task->problem);
      continue;
    }
    if (task->operation != NULL) mark_defects(task->operation, verdict);
    count(task, verdict, run->totals);
    if (!run->sink(run->subject, verdict, fault)) return false;
    if (run->replay.options->fail_fast && verdict->kind == VERDICT_DIFFERENT) {
      run->totals->stopped = true;
      return false;
    }
  }
  return true;
}

static void tell_defects(const Replay *replay, CompiledOperation *operation) {
  bool restricted = is_restricted(replay->options) || replay->spec->has_only;
  if (operation->mapping == NULL || (restricted && !operation->used)) return;
  for (size_t i = 0; i < operation->defects.count; i++) {
    Fault *defect = &operation->defects.items[i];
    if (operation->expected[i]) defect->warning = true;
    add_fault(replay->options, defect);
  }
}

static int jobs_for(const Run *run) {
  const Spec *spec = run->replay.spec;
  /* A handful of cases is done before a thread has started. */
  if (run->replay.store_count == 0 && spec->case_count + spec->table_count <= CHUNK_TASKS) return 1;
  if (run->replay.options->jobs > 0) return run->replay.options->jobs;
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors > 1 ? (int)processors : 1;
}

static double now_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool replay_spec(const Spec *spec, Store *const *stores, size_t store_count, const ReplayOptions *options,
                 VerdictSink sink, void *subject, ReplayTotals *totals, Fault *fault) {
  double start = now_seconds();
  Arena *lasting = arena_new(0);
  Run run = {.replay = {.spec = spec,
                        .stores = stores,
                        .store_count = store_count,
                        .options = options,
                        .lasting = lasting},
             .sink = sink,
             .subject = subject,
             .totals = totals,
             .judged = ARENA_ARRAY(lasting, const char *, spec->case_count + options->claimed_count + 1)};
  for (size_t i = 0; i < options->claimed_count; i++) run.judged[run.judged_count++] = options->claimed[i];
  compile(&run.replay);
  run.crew = crew_start(&run.replay, jobs_for(&run), deliver, &run);
  bool fine = run_cases(&run, fault) && run_tables(&run, fault) && run_recorded(&run, fault);
  fine = crew_finish(run.crew, fault) && fine;
  for (size_t i = 0; i < run.replay.operation_count; i++)
    tell_defects(&run.replay, &run.replay.operations[i]);
  for (size_t i = 0; i < spec->case_count; i++) tell_defects(&run.replay, &run.replay.own[i]);
  arena_free(lasting);
  totals->seconds += now_seconds() - start;
  return fine || totals->stopped;
}
