/* Copies that outlive the passing arena: examples and seeds. */
#include "harness/compare/parts.h"

static Text keep(Text text, Arena *arena) {
  return text.data != NULL ? arena_copy_text(arena, text) : text;
}

Headers headers_deep_copy(const Headers *headers, Arena *arena) {
  Headers copy = {0};
  for (size_t i = 0; i < headers->count; i++)
    headers_add(&copy, keep(headers->items[i].name, arena), keep(headers->items[i].value, arena), arena);
  return copy;
}

Request request_copy(const Request *request, Arena *arena) {
  Request copy = *request;
  copy.method = keep(request->method, arena);
  copy.path = keep(request->path, arena);
  copy.body = keep(request->body, arena);
  copy.resource_path = keep(request->resource_path, arena);
  copy.query = headers_deep_copy(&request->query, arena);
  copy.headers = headers_deep_copy(&request->headers, arena);
  copy.path_parameters = headers_deep_copy(&request->path_parameters, arena);
  return copy;
}

BackendAnswer answer_copy(const BackendAnswer *answer, Arena *arena) {
  BackendAnswer copy = *answer;
  copy.headers = headers_deep_copy(&answer->headers, arena);
  copy.body = keep(answer->body, arena);
  copy.function_error = keep(answer->function_error, arena);
  copy.log_tail = keep(answer->log_tail, arena);
  copy.detail = keep(answer->detail, arena);
  return copy;
}

Response response_copy(const Response *response, Arena *arena) {
  return (Response){.status = response->status,
                    .headers = headers_deep_copy(&response->headers, arena),
                    .body = keep(response->body, arena)};
}

Differences differences_copy(const Differences *list, Arena *arena) {
  Differences copy = differences_make(arena);
  for (size_t i = 0; i < list->count; i++) {
    Difference difference = list->items[i];
    difference.at = keep(difference.at, arena);
    difference.expected = keep(difference.expected, arena);
    difference.actual = keep(difference.actual, arena);
    difference.message = keep(difference.message, arena);
    differences_add(&copy, difference);
  }
  return copy;
}
