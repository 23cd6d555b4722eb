/* One task: the mapping runs, what came out is compared, a verdict is made. */
#include "harness/replay/parts.h"

#include <time.h>

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- running the mapping ---- */

static void overlay(Headers *variables, const Headers *over, Arena *arena) {
  for (size_t i = 0; i < over->count; i++) {
    Header *known = (Header *)headers_find_exact(variables, over->items[i].name);
    if (known != NULL)
      known->value = over->items[i].value;
    else
      headers_add(variables, over->items[i].name, over->items[i].value, arena);
  }
}

/* The definition's stage variables under the spec's under the case's. */
static const Headers *stage_variables(const Replay *replay, const Task *task, Arena *passing) {
  bool own = task->spec_case != NULL && task->spec_case->stage_variables.count > 0;
  if (!own && replay->spec->stage_variables.count == 0) return NULL;
  Headers *variables = ARENA_NEW(passing, Headers);
  if (task->definition != NULL) *variables = headers_copy(&task->definition->stage_variables, passing);
  overlay(variables, &replay->spec->stage_variables, passing);
  if (own) overlay(variables, &task->spec_case->stage_variables, passing);
  return variables;
}

MappingInput task_input(const Replay *replay, const Task *task, PathCache *paths, Arena *passing) {
  return (MappingInput){.request = &task->request,
                        .stage = replay->spec->stage,
                        .stage_variables = stage_variables(replay, task, passing),
                        .context = task->spec_case != NULL ? task->spec_case->context : NULL,
                        .watch = task->kind == TASK_TABLE ? NULL : replay->options->watch,
                        .paths = paths};
}

static bool is_mock(const Task *task) {
  return task->operation != NULL && task->operation->operation->integration.type == INTEGRATION_MOCK;
}

static const BackendAnswer no_backend = {.kind = BACKEND_NONE, .duration_ms = -1};

/* False: the backend would have been asked, and nobody knows what it answers. */
static bool run(const Task *task, const MappingInput *input, Arena *passing, Outcome *out) {
  *out = (Outcome){0};
  if (task->operation == NULL) {
    mapping_gateway_response(task->definition, TEXT("MISSING_AUTHENTICATION_TOKEN"), input,
                             TEXT("Missing Authentication Token"), passing, out);
    return true;
  }
  const BackendAnswer *answer = is_mock(task) ? &no_backend : task->backend;
  if (answer != NULL) {
    mapping_run(task->operation->mapping, input, answer, passing, out);
    return true;
  }
  MappingRun *request_only = mapping_begin(task->operation->mapping, input, passing);
  return !mapping_request(request_only, out);
}

/* ---- comparing ---- */

static bool names_status(const Task *task) {
  const SpecCase *spec_case = task->spec_case;
  if (spec_case == NULL || !spec_case->has_expectation) return task->has_approved;
  return spec_case->expectation.status_count > 0;
}

/* Allowed with a reason, by the case or by the spec for the operation or for all. */
static bool may_hide_failures(const Replay *replay, const Task *task, Arena *arena) {
  if (task->spec_case != NULL && task->spec_case->allow_failure_as_success.data != NULL) return true;
  const Headers *allowed = &replay->spec->allowed_failures;
  if (allowed->count == 0) return false;
  return headers_find_exact(allowed, TEXT("*")) != NULL ||
         headers_find_exact(allowed, operation_name(task->operation->operation, arena)) != NULL;
}

static void check_failure_as_success(const Replay *replay, const Task *task, const Outcome *outcome,
                                     Differences *out) {
  int status = outcome->response.status;
  bool relevant = task->backend != NULL && task->operation != NULL && !is_mock(task);
  if (!relevant || names_status(task) || !backend_failed(task->backend)) return;
  if (status < 200 || status > 299 || may_hide_failures(replay, task, out->arena)) return;
  const BackendAnswer *answer = task->backend;
  Text what = answer->function_error.data != NULL ? TEXT("the function failed")
              : answer->kind == BACKEND_FAILURE
                  ? arena_print(out->arena, "the backend failed (%s)", failure_reason_name(answer->reason))
                  : arena_print(out->arena, "the backend answered %d", answer->status);
  differences_add(out, (Difference){.at = TEXT("failure-as-success"),
                                    .actual = arena_print(out->arena, "%d", status),
                                    .message = arena_print(out->arena, "%.*s, but the client is told %d",
                                                           TEXT_ARGS(what), status),
                                    .severity = SEVERITY_BREAKING});
}

/* True: there was something to compare with. */
static bool compare(const Replay *replay, const Task *task, Verdict *out) {
  const SpecCase *spec_case = task->spec_case;
  Arena *passing = out->differences.arena;
  if (spec_case != NULL && spec_case->has_expectation) {
    expectation_check(&spec_case->expectation, replay->spec, &out->outcome, &out->differences);
    expectation_check_schema(&spec_case->expectation, task, &out->outcome.response, &out->differences);
    expectation_response(&spec_case->expectation, passing, &out->expected);
    return true;
  }
  if (!task->has_approved) return false;
  DiffOptions options = {
      .ignores = replay->spec->ignores, .ignore_count = replay->spec->ignore_count, .skip_generated = true};
  diff_responses(&task->approved, &out->outcome.response, &options, &out->differences);
  out->expected = task->approved;
  return true;
}

static Fault *nothing_recorded(const Replay *replay, const Task *task, Arena *passing) {
  Fault why;
  fault_raise(&why, FAULT_INPUT, "nothing recorded for case \"%.*s\"; run: statusquo record %s",
              TEXT_ARGS(task->name), replay->spec->file);
  return task_problem(replay, task->spec_case->place, &why, passing);
}

/* Does the case ask about the client's response, or only about what the backend would be sent? */
static bool wants_response(const SpecCase *spec_case) {
  const Expectation *expectation = &spec_case->expectation;
  return !spec_case->has_expectation || expectation->status_count > 0 || expectation->header_count > 0 ||
         expectation->body_kind != BODY_ANY || expectation->json_count > 0 ||
         expectation->outcome.data != NULL || expectation->schema_declared || expectation->schema != NULL ||
         expectation->backend_request == NULL;
}

static bool needs_details(const Replay *replay, const Task *task) {
  return replay->options->detailed ||
         (task->spec_case != NULL && task->spec_case->expectation.backend_request != NULL);
}

static void judge(const Replay *replay, const Task *task, Verdict *out) {
  bool compared = compare(replay, task, out);
  check_failure_as_success(replay, task, &out->outcome, &out->differences);
  out->has_expected = compared;
  out->kind = out->differences.count > 0 ? VERDICT_DIFFERENT : compared ? VERDICT_SAME : VERDICT_NEW;
  out->unapproved = out->kind == VERDICT_NEW && replay->spec->approved;
}

static void evaluate(const Replay *replay, Task *task, PathCache *paths, Arena *passing, Verdict *out) {
  if (task->kind == TASK_EXCHANGE && task->operation == NULL) {
    out->kind = VERDICT_UNMAPPED;
    return;
  }
  MappingInput input = task_input(replay, task, paths, passing);
  input.brief = !needs_details(replay, task);
  if (!run(task, &input, passing, &out->outcome) && wants_response(task->spec_case)) {
    task->problem = nothing_recorded(replay, task, passing);
    return;
  }
  judge(replay, task, out);
  /* Whoever has to look at it gets all of the story. */
  input.brief = false;
  if (out->kind != VERDICT_SAME && !needs_details(replay, task)) run(task, &input, passing, &out->outcome);
}

/* ---- the verdict ---- */

Text verdict_selector(Text name, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  buffer_append_char(&out, '^');
  for (size_t i = 0; i < name.length; i++) {
    char byte = name.data[i];
    if (byte != '\0' && text_find_char(TEXT("\\^$.|?*+()[]{}"), byte, 0) != TEXT_NOT_FOUND)
      buffer_append_char(&out, '\\');
    buffer_append_char(&out, byte);
  }
  buffer_append_char(&out, '$');
  return buffer_text(&out);
}

static Text operation_of(const Task *task, Arena *passing) {
  if (task->operation != NULL) return operation_name(task->operation->operation, passing);
  if (task->table != NULL) return task->table->operation;
  return (Text){NULL, 0};
}

static void introduce(const Replay *replay, const Task *task, Arena *passing, Verdict *out) {
  *out = (Verdict){.spec = replay->spec->file,
                   .name = task->name,
                   .exchange_id = task->exchange != NULL ? task->exchange->id : (Text){NULL, 0},
                   .exchange = task->exchange,
                   .operation = operation_of(task, passing),
                   .request = task->kind == TASK_TABLE ? NULL : &task->request,
                   .backend = is_mock(task) ? NULL : task->backend,
                   .differences = differences_make(passing),
                   .checked = 1,
                   .selector = verdict_selector(task->name, passing)};
  if (task->spec_case != NULL) {
    out->place = task->spec_case->place;
    out->tags = task->spec_case->tags;
    out->tag_count = task->spec_case->tag_count;
  } else if (task->table != NULL) {
    out->place = task->table->place;
  } else if (task->exchange != NULL) {
    out->tags = task->exchange->tags;
    out->tag_count = task->exchange->tag_count;
  }
}

void task_evaluate(const Replay *replay, Task *task, PathCache *paths, Arena *passing, Verdict *out) {
  double start = now_us();
  introduce(replay, task, passing, out);
  if (task->problem != NULL) return;
  if (task->kind == TASK_TABLE)
    table_evaluate(replay, task, paths, passing, out);
  else
    evaluate(replay, task, paths, passing, out);
  out->duration_us = now_us() - start;
}
