/* java.util.stream.Stream and IntStream, as far as templates get without functions to hand in:
 * String.lines(), chars() and codePoints(), Collection.stream(). A stream can be used once. */
#include "harness/vtl/method_parts.h"

#include <string.h>

typedef struct Stream {
  Object object;
  List *items;
  bool used;
} Stream;

const MethodObjectType stream_type = {
    {{TEXT_INIT("java.util.stream.ReferencePipeline$Head"), object_identity_print, NULL, true}, NULL, NULL},
    &stream_methods};
const MethodObjectType int_stream_type = {
    {{TEXT_INIT("java.util.stream.IntPipeline$Head"), object_identity_print, NULL, true}, NULL, NULL},
    &int_stream_methods};

Value stream_new(List *items, bool of_integers, Arena *arena) {
  Stream *stream = ARENA_NEW(arena, Stream);
  stream->object.type = of_integers ? &int_stream_type.vtl.object : &stream_type.vtl.object;
  stream->items = items;
  return value_object(&stream->object);
}

/* The items; NULL when the stream was used before. */
static List *use(Call *call) {
  Stream *stream = (Stream *)call->self.as.object;
  if (stream->used) return NULL;
  stream->used = true;
  return stream->items;
}

static VtlAnswer throw_used(Call *call) {
  return call_throw(call, "java.lang.IllegalStateException: stream has already been operated upon or closed");
}

static VtlAnswer answer_stream(Call *call, List *items) {
  bool of_integers = call->self.as.object->type == &int_stream_type.vtl.object;
  return call_answer(call, stream_new(items, of_integers, call->arena));
}

static List *part(const List *items, int64_t from, int64_t to, Arena *arena) {
  List *result = list_new(LIST_ARRAY_LIST, arena);
  for (int64_t i = from; i < to && i < (int64_t)items->count; i++)
    list_append(result, items->items[i], arena);
  return result;
}

static VtlAnswer stream_count(Call *call) {
  const List *items = use(call);
  return items == NULL ? throw_used(call) : call_answer(call, value_long(items->count));
}

static VtlAnswer stream_to_list(Call *call) {
  List *items = use(call);
  return items == NULL ? throw_used(call) : call_answer(call, value_from_list(items));
}

static VtlAnswer stream_to_array(Call *call) {
  const List *items = use(call);
  if (items == NULL) return throw_used(call);
  bool of_integers = call->self.as.object->type == &int_stream_type.vtl.object;
  List *array = array_new(of_integers ? TEXT("[I") : TEXT("[Ljava.lang.Object;"), call->arena);
  for (uint32_t i = 0; i < items->count; i++) list_append(array, items->items[i], call->arena);
  return call_answer(call, value_from_list(array));
}

static VtlAnswer stream_iterator(Call *call) {
  List *items = use(call);
  if (items == NULL) return throw_used(call);
  return call_answer(call, value_object(&iterator_new(WALK_LIST, items, NULL, false, call->arena)->object));
}

static VtlAnswer stream_limit(Call *call) {
  int64_t most = call_long(call, 0);
  if (most < 0) return call_throw(call, "java.lang.IllegalArgumentException");
  const List *items = use(call);
  return items == NULL ? throw_used(call) : answer_stream(call, part(items, 0, most, call->arena));
}

static VtlAnswer stream_skip(Call *call) {
  int64_t skipped = call_long(call, 0);
  if (skipped < 0) return call_throw(call, "java.lang.IllegalArgumentException");
  const List *items = use(call);
  return items == NULL ? throw_used(call) : answer_stream(call, part(items, skipped, INT64_MAX, call->arena));
}

static VtlAnswer stream_distinct(Call *call) {
  const List *items = use(call);
  if (items == NULL) return throw_used(call);
  Map *seen = map_new(MAP_LINKED, call->arena);
  List *result = list_new(LIST_ARRAY_LIST, call->arena);
  for (uint32_t i = 0; i < items->count; i++) {
    if (map_get(seen, items->items[i]) != NULL) continue;
    map_put(seen, items->items[i], value_null(), call->arena);
    list_append(result, items->items[i], call->arena);
  }
  return answer_stream(call, result);
}

static VtlAnswer stream_sorted(Call *call) {
  const List *items = use(call);
  if (items == NULL) return throw_used(call);
  List *result = part(items, 0, INT64_MAX, call->arena);
  Value nothing = value_null(), ignored;
  VtlAnswer answer = method_call(value_from_list(result), METHOD_sort, TEXT("sort"), &nothing, 1, call->arena,
                                 &ignored, call->fault);
  return answer == VTL_FOUND ? answer_stream(call, result) : VTL_THROWS;
}

static VtlAnswer stream_sum(Call *call) {
  const List *items = use(call);
  if (items == NULL) return throw_used(call);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < items->count; i++) sum += (uint32_t)items->items[i].as.integer;
  return call_answer(call, value_integer((int32_t)sum));
}

static VtlAnswer stream_boxed(Call *call) {
  List *items = use(call);
  return items == NULL ? throw_used(call) : call_answer(call, stream_new(items, false, call->arena));
}

#define STREAM_ROWS                                                                                          \
  METHOD_ROW(distinct, "", stream_distinct), METHOD_ROW(iterator, "", stream_iterator),                      \
      METHOD_ROW(limit, "J", stream_limit), METHOD_ROW(skip, "J", stream_skip),                              \
      METHOD_ROW(sorted, "", stream_sorted)

static const Method stream_rows[] = {METHOD_ROW(count, "", stream_count), STREAM_ROWS,
                                     METHOD_ROW(toArray, "", stream_to_array),
                                     METHOD_ROW(toList, "", stream_to_list)};
METHOD_TABLE(stream_methods, stream_rows, &object_methods);

static const Method int_stream_rows[] = {
    METHOD_ROW(boxed, "", stream_boxed), METHOD_ROW(count, "", stream_count), STREAM_ROWS,
    METHOD_ROW(sum, "", stream_sum), METHOD_ROW(toArray, "", stream_to_array)};
METHOD_TABLE(int_stream_methods, int_stream_rows, &object_methods);
