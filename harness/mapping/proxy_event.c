/* The event of a Lambda proxy integration, payload format 1.0 (documented). */
#include "harness/mapping/proxy.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"

typedef struct EventWriter {
  Buffer out;
  bool first;
} EventWriter;

static void write_key(EventWriter *writer, Text key) {
  if (!writer->first) buffer_append_char(&writer->out, ',');
  writer->first = false;
  value_write_json(value_from_text(key), &writer->out);
  buffer_append_char(&writer->out, ':');
}

static void write_text(EventWriter *writer, const char *key, Text text) {
  write_key(writer, text_from(key));
  value_write_json(value_from_text(text), &writer->out);
}

/* Each name once, at its first place, with its last value. A Map serves as the index, so that it stays
 * linear. */
static void write_single(EventWriter *writer, const char *key, const Map *map) {
  write_key(writer, text_from(key));
  if (map->count == 0)
    buffer_append_string(&writer->out, "null");
  else
    value_write_json(value_from_map((Map *)map), &writer->out);
}

/* name -> list of all values */
static void write_multi(EventWriter *writer, const char *key, const Headers *headers, Arena *passing) {
  Map *lists = map_new(MAP_LINKED, passing);
  for (size_t i = 0; i < headers->count; i++) {
    const Value *found = map_get_text(lists, headers->items[i].name);
    List *list = found != NULL ? found->as.list : list_new(LIST_ARRAY_LIST, passing);
    list_append(list, value_from_text(headers->items[i].value), passing);
    if (found == NULL) map_put_text(lists, headers->items[i].name, value_from_list(list), passing);
  }
  write_single(writer, key, lists);
}

/* $context without what only templates have. */
static Map *request_context(MappingRun *run) {
  Map *copy = map_new(MAP_LINKED, run->passing);
  const Map *context = run_context(run);
  for (uint32_t i = 0; i < context->count; i++) {
    const MapEntry *entry = &context->entries[i];
    if (value_text_is(entry->key, TEXT("requestOverride")) ||
        value_text_is(entry->key, TEXT("responseOverride")))
      continue;
    map_put(copy, entry->key, entry->value, run->passing);
  }
  return copy;
}

static void write_body(EventWriter *writer, const MappingRun *run, bool binary) {
  Text body = run->request->body;
  write_key(writer, TEXT("body"));
  if (body.length == 0) {
    buffer_append_string(&writer->out, "null");
  } else {
    Text text = binary ? base64_encode(body, run->passing) : utf8_repair(body, run->passing);
    value_write_json(value_from_text(text), &writer->out);
  }
  write_key(writer, TEXT("isBase64Encoded"));
  buffer_append_string(&writer->out, binary && body.length > 0 ? "true" : "false");
}

Text proxy_event(MappingRun *run, bool binary) {
  const Request *request = run->request;
  const RunParameters *parameters = run_parameters(run);
  EventWriter writer = {.out = buffer_make(run->passing, 0), .first = true};
  buffer_append_char(&writer.out, '{');
  write_text(&writer, "resource", request->resource_path);
  write_text(&writer, "path", request->path);
  write_text(&writer, "httpMethod", request->method);
  write_single(&writer, "headers", parameters->header);
  write_multi(&writer, "multiValueHeaders", run_visible_headers(run), run->passing);
  write_single(&writer, "queryStringParameters", parameters->query);
  write_multi(&writer, "multiValueQueryStringParameters", &request->query, run->passing);
  write_single(&writer, "pathParameters", parameters->path);
  write_single(&writer, "stageVariables", parameters->stage_variables);
  write_single(&writer, "requestContext", request_context(run));
  write_body(&writer, run, binary);
  buffer_append_char(&writer.out, '}');
  return buffer_text(&writer.out);
}
