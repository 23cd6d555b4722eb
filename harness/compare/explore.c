/* Bodies that nobody recorded: from recorded ones and from shapes that the templates and schemas suggest,
 * every single step in turn, then several at random from a seed. The order of what is tried depends on the
 * definitions, the recordings and the seed only; time may only end it early. */
#include "harness/compare/explore.h"

#include "harness/diff/json_scanner.h"
#include "harness/pattern/example.h"

#include <time.h>

enum {
  RANDOM_BODIES = 2000, /* for a target whose single steps found nothing */
  RANDOM_STEPS = 4,
  SHRINK_TRIES = 2000,
  BASES_MOST = SEEDS + 4,
  TARGETS_MOST = 64, /* of one operation */
};

/* An answer, or a request, whose body is varied. */
typedef struct Target {
  const IntegrationResponse *old_rule, *new_rule;
  Request request;
  BackendAnswer backend;
  bool of_request; /* the request's body; else the backend's */
  bool response_only;
  Text bases[BASES_MOST];
  size_t base_count;
  Words words;
} Target;

typedef struct Explorer {
  Comparison *comparison;
  OperationPair *pair;
  Arena *lasting; /* of this operation */
  Arena *passing; /* of one body */
  Target *targets;
  size_t target_count;
  double deadline;
  uint64_t random;
  bool found; /* the current target parted */
} Explorer;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* splitmix64 */
static uint64_t next_random(Explorer *explorer) {
  uint64_t mixed = explorer->random += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

/* ---- trying ---- */

/* What a target makes of a body. */
typedef struct Attempt {
  Request request;
  BackendAnswer backend;
  Trial trial;
} Attempt;

static void prepare(const Explorer *explorer, const Target *target, Text body, Attempt *out) {
  out->request = target->request;
  out->backend = target->backend;
  if (target->of_request) {
    out->request.body = body;
    out->request.has_body = true;
  } else {
    out->backend.body = body;
  }
  out->trial = (Trial){.evidence = EVIDENCE_EXPLORED,
                       .pair = explorer->pair,
                       .request = &out->request,
                       .backend = &out->backend,
                       .response_only = target->response_only};
  trial_route(explorer->comparison, &out->trial, explorer->passing);
}

static bool is_in_group(const Group *group, const TrialResult *result) {
  const Outcome *before = &result->old_outcome, *after = &result->new_outcome;
  return result->level == group->example.level && before->response.status == group->old_status &&
         after->response.status == group->new_status && before->rule == group->old_rule &&
         after->rule == group->new_rule && before->failure == group->old_failure &&
         after->failure == group->new_failure;
}

/* Every smaller body that still parts in the same way is the next to be made smaller. */
static void shrink(Explorer *explorer, const Target *target, Group *group, Text body) {
  Arena *keep = arena_new(0), *spare = arena_new(0);
  Text best = arena_copy_text(keep, json_compact(body, explorer->passing));
  bool smaller = true;
  int tries = 0;
  while (smaller) {
    smaller = false;
    for (size_t number = 0; tries < SHRINK_TRIES && now() < explorer->deadline; tries++) {
      arena_reset(explorer->passing);
      Text candidate;
      if (!reduce(best, number, explorer->passing, &candidate)) break;
      number++;
      if (candidate.data == NULL || candidate.length >= best.length) continue;
      Attempt attempt;
      TrialResult result;
      prepare(explorer, target, candidate, &attempt);
      trial_run(explorer->comparison, &attempt.trial, explorer->passing, &result);
      if (!is_in_group(group, &result)) continue;
      group_keep_example(group, &attempt.trial, &result);
      arena_reset(spare);
      best = arena_copy_text(spare, candidate);
      Arena *other = keep;
      keep = spare;
      spare = other;
      smaller = true;
      number--; /* what stands there now */
    }
  }
  arena_free(keep);
  arena_free(spare);
}

/* `body` must not live in the passing arena's current round. */
static void try_body(Explorer *explorer, const Target *target, Text body) {
  Attempt attempt;
  TrialResult result;
  prepare(explorer, target, body, &attempt);
  Group *group = trial_count(explorer->comparison, &attempt.trial, explorer->passing, &result);
  explorer->pair->bodies++;
  if (result.differences.count > 0) explorer->found = true;
  bool shown = group != NULL && group->example.evidence == EVIDENCE_EXPLORED &&
               group->example.level == result.level && group->shrunk < result.level;
  if (!shown) return;
  group->shrunk = result.level;
  shrink(explorer, target, group, body);
}

static bool out_of_time(Explorer *explorer) {
  if (now() < explorer->deadline) return false;
  explorer->pair->out_of_time = true;
  return true;
}

static bool try_single_steps(Explorer *explorer, const Target *target, Text base) {
  arena_reset(explorer->passing);
  try_body(explorer, target, base);
  arena_reset(explorer->passing);
  size_t count = mutations_of(base, &target->words, explorer->passing);
  for (size_t number = 0; number < count; number++) {
    if (out_of_time(explorer)) return false;
    arena_reset(explorer->passing);
    Text body;
    if (mutate(base, number, &target->words, explorer->passing, &body)) try_body(explorer, target, body);
  }
  return true;
}

static bool try_several_steps(Explorer *explorer, const Target *target) {
  for (int i = 0; i < RANDOM_BODIES && !explorer->found; i++) {
    if (out_of_time(explorer)) return false;
    arena_reset(explorer->passing);
    Text body = target->bases[next_random(explorer) % target->base_count];
    uint64_t steps = 2 + next_random(explorer) % (RANDOM_STEPS - 1);
    for (uint64_t step = 0; step < steps; step++) {
      size_t count = mutations_of(body, &target->words, explorer->passing);
      Text changed;
      if (count == 0) break;
      if (mutate(body, next_random(explorer) % count, &target->words, explorer->passing, &changed))
        body = changed;
    }
    try_body(explorer, target, body);
  }
  return true;
}

/* Rules that say the same on both sides answer the same, whatever the body. */
static bool may_part(const Explorer *explorer, const Target *target) {
  const DefinitionChanges *changes = &explorer->pair->changes;
  if (target->of_request || explorer->comparison->changes.count > 0) return true;
  for (size_t i = 0; i < changes->count; i++) {
    const DefinitionChange *change = &changes->items[i];
    bool whole = change->old_rule == NULL && change->new_rule == NULL && !change->of_request;
    bool old_one = change->old_rule != NULL && change->old_rule == target->old_rule;
    bool new_one = change->new_rule != NULL && change->new_rule == target->new_rule;
    if (whole || old_one || new_one) return true;
  }
  return false;
}

static void explore_target(Explorer *explorer, const Target *target) {
  if (!may_part(explorer, target)) return;
  explorer->found = false;
  for (size_t i = 0; i < target->base_count; i++)
    if (!try_single_steps(explorer, target, target->bases[i])) return;
  if (!explorer->found && target->base_count > 0) try_several_steps(explorer, target);
}

/* ---- targets ---- */

static void add_base(Target *target, Text body) {
  for (size_t i = 0; i < target->base_count; i++)
    if (text_equal(target->bases[i], body)) return;
  if (target->base_count < BASES_MOST) target->bases[target->base_count++] = body;
}

static Target *add_target(Explorer *explorer) {
  if (explorer->target_count == TARGETS_MOST) return NULL;
  Target *target = &explorer->targets[explorer->target_count++];
  *target = (Target){.request = pair_request(explorer->pair, explorer->lasting)};
  return target;
}

static void add_templates(Shape *shape, const Templates *templates, Words *words, Arena *arena) {
  for (size_t i = 0; i < templates->count; i++)
    shape_add_template(shape, templates->items[i].source.text, words, arena);
}

static void add_rule(Shape *shape, const IntegrationResponse *rule, Words *words, Arena *arena) {
  if (rule == NULL) return;
  add_templates(shape, &rule->response_templates, words, arena);
  shape_add_parameters(shape, &rule->response_parameters, arena);
}

static void add_body_of(Target *target, const Shape *shape, const char *first, bool numbers, Arena *arena) {
  Buffer body = buffer_make(arena, BODY_MOST);
  shape_write(shape, numbers, &body);
  Text text = buffer_text(&body);
  if (body.overflowed) return;
  /* What chooses the rule comes first. */
  bool object = text.length > 2 && text.data[0] == '{';
  if (first != NULL && object)
    text = arena_print(arena, "{%s,%.*s", first, TEXT_ARGS(text_slice(text, 1, text.length)));
  else if (first != NULL)
    text = arena_print(arena, "{%s}", first);
  else if (!object && text.data[0] != '[')
    text = TEXT("{\"x\":\"x\"}");
  add_base(target, text);
}

/* Templates put some texts in quotes and others not: once all leaves are texts, once numbers. */
static void add_shaped_base(Target *target, const Shape *shape, const char *first, Arena *arena) {
  add_body_of(target, shape, first, false, arena);
  add_body_of(target, shape, first, true, arena);
}

static Target *rule_target(Explorer *explorer, const IntegrationResponse *old_rule,
                           const IntegrationResponse *new_rule, const char *first) {
  Target *target = add_target(explorer);
  if (target == NULL) return NULL;
  target->old_rule = old_rule;
  target->new_rule = new_rule;
  target->response_only = true;
  Shape *shape = shape_new(explorer->lasting);
  add_rule(shape, old_rule, &target->words, explorer->lasting);
  add_rule(shape, new_rule, &target->words, explorer->lasting);
  add_shaped_base(target, shape, first, explorer->lasting);
  return target;
}

static bool has_target(const Explorer *explorer, const IntegrationResponse *old_rule,
                       const IntegrationResponse *new_rule) {
  for (size_t i = 0; i < explorer->target_count; i++)
    if (explorer->targets[i].old_rule == old_rule && explorer->targets[i].new_rule == new_rule) return true;
  return false;
}

/* 200 and the like come first: people know them. */
static void add_status_targets(Explorer *explorer) {
  static const int usual[] = {200, 201, 400, 404, 500};
  enum { USUAL = sizeof usual / sizeof *usual };
  for (int i = 0; i < USUAL + STATUSES; i++) {
    int status = i < USUAL ? usual[i] : STATUS_FROM + i - USUAL;
    arena_reset(explorer->passing);
    Text value = arena_print(explorer->passing, "%d", status);
    const OperationPair *pair = explorer->pair;
    const IntegrationResponse *before =
        mapping_rule_for(pair->old_mapping, value, explorer->passing, NULL, NULL);
    const IntegrationResponse *after =
        mapping_rule_for(pair->new_mapping, value, explorer->passing, NULL, NULL);
    if (has_target(explorer, before, after)) continue;
    Target *target = rule_target(explorer, before, after, NULL);
    if (target == NULL) return;
    target->backend = (BackendAnswer){.kind = BACKEND_HTTP, .status = status, .duration_ms = -1};
    headers_add(&target->backend.headers, TEXT("Content-Type"), TEXT("application/json"), explorer->lasting);
  }
}

static void add_message_target(Explorer *explorer, Text message) {
  Arena *arena = explorer->lasting;
  bool raised = message.data != NULL;
  Text value = raised ? message : TEXT_EMPTY;
  const OperationPair *pair = explorer->pair;
  const IntegrationResponse *before = mapping_rule_for(pair->old_mapping, value, arena, NULL, NULL);
  const IntegrationResponse *after = mapping_rule_for(pair->new_mapping, value, arena, NULL, NULL);
  if (has_target(explorer, before, after)) return;
  const char *first = NULL;
  if (raised) first = arena_print(arena, "\"errorMessage\":%.*s", TEXT_ARGS(json_quote(message, arena))).data;
  Target *target = rule_target(explorer, before, after, first);
  if (target == NULL) return;
  target->backend = (BackendAnswer){.kind = BACKEND_LAMBDA,
                                    .status = 200,
                                    .function_error = raised ? TEXT("Unhandled") : (Text){NULL, 0},
                                    .duration_ms = -1};
}

static void add_function_targets(Explorer *explorer) {
  add_message_target(explorer, (Text){NULL, 0});
  for (int side = 0; side < 2; side++) {
    const OperationPair *pair = explorer->pair;
    const Integration *integration =
        side == 0 ? &pair->old_operation->integration : &pair->new_operation->integration;
    for (size_t i = 0; i < integration->response_count; i++) {
      const IntegrationResponse *rule = &integration->responses[i];
      Text examples[PATTERN_EXAMPLES];
      if (rule->is_default) continue;
      size_t count = pattern_examples(rule->selection_pattern.text, explorer->lasting, examples);
      for (size_t k = 0; k < count; k++) add_message_target(explorer, examples[k]);
    }
  }
}

/* Recorded answers start a target of their own, or are another base of the one with the same rules. */
static void add_recorded(Explorer *explorer) {
  const OperationPair *pair = explorer->pair;
  for (size_t i = 0; pair->seeds != NULL && i < SEEDS && pair->seeds[i].arena != NULL; i++) {
    const Seed *seed = &pair->seeds[i];
    if (seed->backend.kind != BACKEND_HTTP && seed->backend.kind != BACKEND_LAMBDA) continue;
    JsonIndex index;
    arena_reset(explorer->passing);
    bool json = json_index(seed->backend.body, explorer->passing, &index);
    for (size_t k = 0; k < explorer->target_count && json; k++) {
      Target *target = &explorer->targets[k];
      if (target->of_request || target->old_rule != seed->old_rule || target->new_rule != seed->new_rule)
        continue;
      if (target->backend.kind == seed->backend.kind) add_base(target, seed->backend.body);
    }
  }
}

static const cJSON *request_schema(const Operation *operation) {
  const Header *named = operation->request_models.count > 0 ? &operation->request_models.items[0] : NULL;
  const Definition *definition = operation->definition;
  for (size_t i = 0; named != NULL && i < definition->model_count; i++)
    if (text_equal(definition->models[i].name, named->value)) return definition->models[i].schema;
  return NULL;
}

/* What the client sends, when that side changed or when it is all there is (MOCK). */
static void add_request_target(Explorer *explorer, bool mock) {
  const OperationPair *pair = explorer->pair;
  Target *target = add_target(explorer);
  if (target == NULL) return;
  target->of_request = true;
  target->backend = (BackendAnswer){.kind = mock                                         ? BACKEND_NONE
                                            : pair->old_operation->integration.is_lambda ? BACKEND_LAMBDA
                                                                                         : BACKEND_HTTP,
                                    .status = 200,
                                    .body = TEXT("{}"),
                                    .duration_ms = -1};
  headers_add(&target->backend.headers, TEXT("Content-Type"), TEXT("application/json"), explorer->lasting);
  headers_add(&target->request.headers, TEXT("Content-Type"), TEXT("application/json"), explorer->lasting);
  Shape *shape = shape_new(explorer->lasting);
  const Operation *sides[] = {pair->old_operation, pair->new_operation};
  for (int i = 0; i < 2; i++) {
    add_templates(shape, &sides[i]->integration.request_templates, &target->words, explorer->lasting);
    shape_add_parameters(shape, &sides[i]->integration.request_parameters, explorer->lasting);
    for (size_t k = 0; mock && k < sides[i]->integration.response_count; k++)
      add_rule(shape, &sides[i]->integration.responses[k], &target->words, explorer->lasting);
    shape_add_schema(shape, request_schema(sides[i]), explorer->lasting);
  }
  bool passes = mock && pair->old_operation->integration.request_templates.count == 0;
  add_shaped_base(target, shape, passes ? "\"statusCode\":200" : NULL, explorer->lasting);
  for (size_t i = 0; pair->seeds != NULL && i < SEEDS; i++)
    if (pair->seeds[i].arena != NULL && pair->seeds[i].request.body.length > 0)
      add_base(target, pair->seeds[i].request.body);
}

static bool is_proxy(const Operation *operation) {
  IntegrationType type = operation->integration.type;
  return type == INTEGRATION_AWS_PROXY || type == INTEGRATION_HTTP_PROXY || !operation->has_integration;
}

static void add_targets(Explorer *explorer) {
  const OperationPair *pair = explorer->pair;
  bool mock = pair->old_operation->integration.type == INTEGRATION_MOCK;
  bool proxy = is_proxy(pair->old_operation) || is_proxy(pair->new_operation);
  if (!proxy && !mock && pair->old_operation->integration.is_lambda)
    add_function_targets(explorer);
  else if (!proxy && !mock)
    add_status_targets(explorer);
  add_recorded(explorer);
  if (mock || pair->request_changed) add_request_target(explorer, mock);
}

/* ---- the whole ---- */

static bool is_explored(const Comparison *comparison, const OperationPair *pair) {
  return pair->old_operation != NULL && pair->new_operation != NULL &&
         (pair->changes.count > 0 || comparison->changes.count > 0);
}

static void explore_pair(Explorer *explorer, double end, size_t pairs_left) {
  explorer->target_count = 0;
  arena_reset(explorer->lasting);
  explorer->targets = ARENA_ARRAY(explorer->lasting, Target, TARGETS_MOST);
  explorer->random = explorer->comparison->seed ^ text_hash(explorer->pair->name);
  add_targets(explorer);
  /* What one doesn't need is left for those behind it. */
  double pair_end = now() + (end - now()) / (double)pairs_left;
  for (size_t i = 0; i < explorer->target_count; i++) {
    explorer->deadline = now() + (pair_end - now()) / (double)(explorer->target_count - i);
    explore_target(explorer, &explorer->targets[i]);
  }
}

void explore_compare(Comparison *comparison) {
  Explorer explorer = {.comparison = comparison, .lasting = arena_new(0), .passing = arena_new(0)};
  double end = now() + comparison->explore_seconds;
  size_t left = 0;
  for (size_t i = 0; i < comparison->pair_count; i++)
    left += is_explored(comparison, &comparison->pairs[i]) ? 1 : 0;
  for (size_t i = 0; i < comparison->pair_count; i++) {
    explorer.pair = &comparison->pairs[i];
    if (is_explored(comparison, explorer.pair)) explore_pair(&explorer, end, left--);
  }
  arena_free(explorer.lasting);
  arena_free(explorer.passing);
}
