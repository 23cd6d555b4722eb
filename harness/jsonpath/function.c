/* Functions: $.a.length(), $.sum($.a, 1). Numbers come back as Double, sizes as Integer. Witness: seen,
 * features function, function-arg, function-scan. */
#include "harness/jsonpath/parts.h"

#include <float.h>
#include <math.h>

typedef struct Invocation {
  const Call *call;
  Walk *walk;
  Value model;
} Invocation;

typedef Answer FunctionBody(const Invocation *invocation, Value *out);

/* ---- arguments ---- */

static Walk argument_walk(const Walk *walk, const Argument *argument) {
  const ArgumentState *state = &walk->run->arguments[argument->number];
  return (Walk){.run = walk->run,
                .steps = state->steps != NULL ? state->steps : argument->path.steps,
                .count = state->steps != NULL ? state->count : argument->path.count,
                .root = walk->root,
                .root_number = walk->root_number,
                .require = walk->require,
                .definite = argument->path.definite};
}

/* All path arguments are read from the root document before the call; a later call of the same function in
 * the same reading keeps the first value as long as nothing was appended to the document. */
static Answer arguments_evaluate(const Call *call, Walk *walk) {
  for (uint32_t i = 0; i < call->count; i++) {
    const Argument *argument = &call->arguments[i];
    if (!argument->is_path) continue;
    ArgumentState *state = &walk->run->arguments[argument->number];
    Walk inner = argument_walk(walk, argument);
    Value value;
    Answer answer = walk_document(&inner, walk->root, &value);
    if (answer != ANSWER_DONE) return answer;
    if (state->root_number == walk->root_number && state->changes == walk->run->changes) continue;
    state->root_number = walk->root_number;
    state->changes = walk->run->changes;
    state->value = value;
  }
  return ANSWER_DONE;
}

/* JSON arguments are parsed each time they are asked for: append() may give them away. */
static Answer argument_value(const Walk *walk, const Argument *argument, Value *out) {
  if (argument->is_path) {
    *out = walk->run->arguments[argument->number].value;
    return ANSWER_DONE;
  }
  run_charge(walk->run, argument->json.length * 8);
  if (value_read(argument->json, walk->run->arena, out, NULL)) return ANSWER_DONE;
  return run_fails(walk->run, ANSWER_ERROR, "InvalidJsonException: %.*s", TEXT_ARGS(argument->json));
}

static ArgumentState *argument_change(const Walk *walk, const Argument *argument) {
  ArgumentState *state = &walk->run->arguments[argument->number];
  if (state->steps == NULL) {
    state->steps = ARENA_ARRAY(walk->run->arena, Step, argument->path.count + 1);
    state->count = argument->path.count;
    for (uint32_t i = 0; i < state->count; i++) state->steps[i] = argument->path.steps[i];
  }
  return state;
}

/* Jayway's length() puts a wildcard behind its first argument, to count children. */
static void argument_add_wildcard(const Walk *walk, const Argument *argument) {
  ArgumentState *state = argument_change(walk, argument);
  state->steps = arena_resize(walk->run->arena, state->steps, state->count * sizeof(Step),
                              (state->count + 1) * sizeof(Step));
  state->steps[state->count++] = (Step){.kind = STEP_WILDCARD, .watch = argument->watch, .guard = -1};
  walk->run->watches[argument->watch] = 0;
}

/* Behind every call, the first wildcard of the first argument is taken out again, whoever put it there. */
static void argument_tidy(const Walk *walk, const Argument *argument) {
  if (!argument->is_path || argument->path.is_function) return;
  Walk inner = argument_walk(walk, argument);
  uint32_t at = 1;
  while (at < inner.count && inner.steps[at].kind != STEP_WILDCARD) at++;
  if (at >= inner.count) return;
  ArgumentState *state = argument_change(walk, argument);
  state->count--;
  for (; at < state->count; at++) state->steps[at] = state->steps[at + 1];
}

/* ---- numbers ---- */

typedef struct Statistics {
  uint64_t count;
  double sum, squares, least, most;
} Statistics;

static void statistics_add(Statistics *statistics, Value value) {
  if (!value_is_number(value)) return;
  double number = value_to_double(value);
  statistics->count++;
  statistics->sum += number;
  statistics->squares += number * number;
  if (statistics->least > number) statistics->least = number;
  if (statistics->most < number) statistics->most = number;
}

/* An array counts by its elements, anything else by itself. */
static void statistics_add_all(Run *run, Statistics *statistics, Value value) {
  if (!value_is_array(value)) {
    statistics_add(statistics, value);
    return;
  }
  run_charge(run, value.as.list->count);
  for (uint32_t i = 0; i < value.as.list->count; i++) statistics_add(statistics, value.as.list->items[i]);
}

/* The numbers of the model, if it is an array, and of all arguments. */
static Answer statistics_collect(const Invocation *invocation, Statistics *out) {
  *out = (Statistics){.least = DBL_MAX, .most = -DBL_MAX};
  if (value_is_array(invocation->model)) statistics_add_all(invocation->walk->run, out, invocation->model);
  for (uint32_t i = 0; i < invocation->call->count; i++) {
    Value value;
    Answer answer = argument_value(invocation->walk, &invocation->call->arguments[i], &value);
    if (answer != ANSWER_DONE) return answer;
    statistics_add_all(invocation->walk->run, out, value);
  }
  if (out->count > 0) return ANSWER_DONE;
  return run_fails(invocation->walk->run, ANSWER_ERROR,
                   "JsonPathException: an aggregation without any number");
}

#define NUMBER_FUNCTION(name, expression)                                                                    \
  static Answer name(const Invocation *invocation, Value *out) {                                             \
    Statistics all;                                                                                          \
    Answer answer = statistics_collect(invocation, &all);                                                    \
    double count = (double)all.count;                                                                        \
    (void)count;                                                                                             \
    *out = value_double(expression);                                                                         \
    return answer;                                                                                           \
  }
NUMBER_FUNCTION(function_sum, all.sum)
NUMBER_FUNCTION(function_min, all.least)
NUMBER_FUNCTION(function_max, all.most)
NUMBER_FUNCTION(function_avg, all.sum / count)
NUMBER_FUNCTION(function_stddev, sqrt(all.squares / count - all.sum * all.sum / count / count))

/* ---- sizes and keys ---- */

static bool value_size(Value value, uint32_t *out) {
  if (value_is_array(value)) {
    *out = value.as.list->count;
  } else if (value_is_object(value)) {
    *out = value.as.map->count;
  } else {
    return false;
  }
  return true;
}

/* The first argument, with a wildcard behind it, read from the model as if that were the document;
 * `*is_array` tells whether it gave a list. */
static Answer length_of_argument(const Invocation *invocation, uint32_t *size, bool *is_array) {
  Walk *walk = invocation->walk;
  const Argument *argument = &invocation->call->arguments[0];
  if (!argument->is_path)
    return run_fails(walk->run, ANSWER_ERROR, "NullPointerException: length() of a literal");
  if (!argument->path.is_function && argument->path.count > 0) argument_add_wildcard(walk, argument);
  Walk inner = argument_walk(walk, argument);
  inner.root = invocation->model;
  inner.root_number = ++walk->run->roots;
  Value value;
  Answer answer = walk_document(&inner, invocation->model, &value);
  *is_array = answer == ANSWER_DONE && value_is_array(value);
  if (*is_array) *size = value.as.list->count;
  return answer;
}

static Answer function_length(const Invocation *invocation, Value *out) {
  uint32_t size;
  bool counted = false;
  Answer answer = ANSWER_DONE;
  if (invocation->call->count > 0) answer = length_of_argument(invocation, &size, &counted);
  if (!counted) counted = value_size(invocation->model, &size);
  *out = counted ? value_integer((int32_t)size) : value_null();
  return answer;
}

static Answer function_keys(const Invocation *invocation, Value *out) {
  *out = value_null();
  if (!value_is_object(invocation->model)) return ANSWER_DONE;
  Arena *arena = invocation->walk->run->arena;
  Map *map = invocation->model.as.map;
  List *keys = list_new(LIST_VIEW, arena);
  keys->class_name = TEXT("java.util.LinkedHashMap$LinkedKeySet");
  keys->source = map;
  run_charge(invocation->walk->run, map->count);
  for (uint32_t i = 0; i < map->count; i++) list_append(keys, map->entries[i].key, arena);
  *out = value_from_list(keys);
  return ANSWER_DONE;
}

/* ---- elements ---- */

/* Counted from the end when negative, but the first element can't be reached that way (Jayway compares with >
 * 0). */
static Answer element_take(const Invocation *invocation, int64_t index, Value *out) {
  Run *run = invocation->walk->run;
  if (!value_is_array(invocation->model)) {
    return run_fails(run, ANSWER_ERROR, "JsonPathException: an aggregation of what is no array");
  }
  const List *list = invocation->model.as.list;
  if (index < 0) {
    index += list->count;
    if (index <= 0)
      return run_fails(run, ANSWER_ERROR, "JsonPathException: target index larger than object count");
  }
  if (index >= list->count) {
    return run_fails(run, ANSWER_OUT_OF_BOUNDS, "IndexOutOfBoundsException: %lld of %u", (long long)index,
                     list->count);
  }
  *out = list->items[index];
  return ANSWER_DONE;
}

static Answer function_first(const Invocation *invocation, Value *out) {
  return element_take(invocation, 0, out);
}

static Answer function_last(const Invocation *invocation, Value *out) {
  return element_take(invocation, -1, out);
}

/* The first number among the arguments. */
static bool first_number(Value value, int64_t *out) {
  const Value *items = value_is_array(value) ? value.as.list->items : &value;
  uint32_t count = value_is_array(value) ? value.as.list->count : 1;
  for (uint32_t i = 0; i < count; i++) {
    if (!value_is_number(items[i])) continue;
    *out = items[i].kind == VALUE_INTEGER ? items[i].as.integer : (int32_t)value_to_double(items[i]);
    return true;
  }
  return false;
}

static Answer function_index(const Invocation *invocation, Value *out) {
  Run *run = invocation->walk->run;
  if (!value_is_array(invocation->model)) return element_take(invocation, 0, out);
  int64_t index = 0;
  bool found = false;
  for (uint32_t i = 0; i < invocation->call->count; i++) {
    Value value;
    Answer answer = argument_value(invocation->walk, &invocation->call->arguments[i], &value);
    if (answer != ANSWER_DONE) return answer;
    if (!found) found = first_number(value, &index);
  }
  if (!found)
    return run_fails(run, ANSWER_OUT_OF_BOUNDS, "IndexOutOfBoundsException: index() without a number");
  return element_take(invocation, index, out);
}

/* ---- texts and lists ---- */

enum { CONCAT_LIMIT = 64 * 1024 * 1024 };

static void concat_add(Value value, Buffer *out, Arena *arena) {
  if (!value_is_null(value) && !out->overflowed) value_print(value, out, arena);
}

/* Texts of the model, then whatever the arguments print as. */
static Answer function_concat(const Invocation *invocation, Value *out) {
  Arena *arena = invocation->walk->run->arena;
  Buffer buffer = buffer_make(arena, CONCAT_LIMIT);
  if (value_is_array(invocation->model)) {
    const List *list = invocation->model.as.list;
    for (uint32_t i = 0; i < list->count; i++) {
      if (list->items[i].kind == VALUE_TEXT) concat_add(list->items[i], &buffer, arena);
    }
  }
  for (uint32_t i = 0; i < invocation->call->count; i++) {
    Value value;
    Answer answer = argument_value(invocation->walk, &invocation->call->arguments[i], &value);
    if (answer != ANSWER_DONE) return answer;
    bool is_array = value_is_array(value);
    if (!is_array) concat_add(value, &buffer, arena);
    for (uint32_t j = 0; is_array && j < value.as.list->count; j++) {
      concat_add(value.as.list->items[j], &buffer, arena);
    }
  }
  run_charge(invocation->walk->run, buffer.length / 4);
  if (buffer.overflowed) {
    fault_raise(invocation->walk->run->fault, FAULT_LIMIT, "concat() makes more than %d bytes", CONCAT_LIMIT);
    return ANSWER_ERROR;
  }
  *out = value_from_text(buffer_text(&buffer));
  return ANSWER_DONE;
}

/* Changes the document itself. What is no array stays as it is, and arguments are not even parsed then. */
static Answer function_append(const Invocation *invocation, Value *out) {
  Run *run = invocation->walk->run;
  *out = invocation->model;
  if (!value_is_array(invocation->model)) return ANSWER_DONE;
  for (uint32_t i = 0; i < invocation->call->count; i++) {
    Value value;
    Answer answer = argument_value(invocation->walk, &invocation->call->arguments[i], &value);
    if (answer != ANSWER_DONE) return answer;
    list_append(invocation->model.as.list, value, run->arena);
    run->changes++;
  }
  return ANSWER_DONE;
}

/* ---- the table ---- */

#define FUNCTIONS(X)                                                                                         \
  X("avg", function_avg)                                                                                     \
  X("stddev", function_stddev)                                                                               \
  X("sum", function_sum)                                                                                     \
  X("min", function_min)                                                                                     \
  X("max", function_max)                                                                                     \
  X("concat", function_concat)                                                                               \
  X("length", function_length)                                                                               \
  X("size", function_length)                                                                                 \
  X("append", function_append)                                                                               \
  X("keys", function_keys)                                                                                   \
  X("first", function_first)                                                                                 \
  X("last", function_last)                                                                                   \
  X("index", function_index)

static FunctionBody *function_find(Text name) {
#define FUNCTION(function, body) {TEXT_INIT(function), body},
  static const struct {
    Text name;
    FunctionBody *body;
  } functions[] = {FUNCTIONS(FUNCTION)};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (text_equal(name, functions[i].name)) return functions[i].body;
  }
  return NULL;
}

Answer call_invoke(const Call *call, Walk *walk, Value model, Value *out) {
  FunctionBody *body = function_find(call->name);
  if (body == NULL) {
    return run_fails(walk->run, ANSWER_INVALID, "InvalidPathException: there is no function %.*s",
                     TEXT_ARGS(call->name));
  }
  Answer answer = arguments_evaluate(call, walk);
  if (answer != ANSWER_DONE) return answer;
  Invocation invocation = {.call = call, .walk = walk, .model = model};
  answer = body(&invocation, out);
  if (answer == ANSWER_DONE && call->count > 0) argument_tidy(walk, &call->arguments[0]);
  return answer;
}
