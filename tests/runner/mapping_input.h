/* JSON -> what mapping_run takes: shared by the case runner and the ground-truth rows. Field names are those
 * of gateway.md, Appendix A. */
#ifndef STATUSQUO_TESTS_RUNNER_MAPPING_INPUT_H
#define STATUSQUO_TESTS_RUNNER_MAPPING_INPUT_H

#include "harness/base/encoding.h"
#include "harness/mapping/mapping.h"

#include <string.h>

static const cJSON *json_member(const cJSON *object, const char *key) {
  const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsNull(found) ? NULL : found;
}

/* The bytes of a text, or the JSON of anything else; data NULL when absent. */
static Text json_text(const cJSON *node, Arena *arena) {
  if (node == NULL) return (Text){NULL, 0};
  if (cJSON_IsString(node)) return arena_copy_text(arena, text_from(node->valuestring));
  Buffer out = buffer_make(arena, 0);
  json_write_node(&out, node);
  return buffer_text(&out);
}

/* {"name": "value" or ["value", …]} */
static Headers json_headers(const cJSON *object, Arena *arena) {
  Headers headers = {NULL, 0, 0};
  const cJSON *member, *item;
  cJSON_ArrayForEach(member, object) {
    Text name = arena_copy_text(arena, text_from(member->string));
    if (!cJSON_IsArray(member))
      headers_add(&headers, name, json_text(member, arena), arena);
    else
      cJSON_ArrayForEach(item, member) headers_add(&headers, name, json_text(item, arena), arena);
  }
  return headers;
}

static Text json_body(const cJSON *object, Arena *arena) {
  const cJSON *base64 = json_member(object, "bodyBase64");
  Text body = TEXT_EMPTY;
  if (base64 != NULL)
    base64_decode(json_text(base64, arena), arena, &body, NULL);
  else if (json_member(object, "body") != NULL)
    body = json_text(json_member(object, "body"), arena);
  return body;
}

/* {method, path, resourcePath, pathParameters, queryString, headers, body | bodyBase64} */
static Request json_request(const cJSON *object, Arena *arena) {
  Request request = {
      .method = json_text(json_member(object, "method"), arena),
      .path = json_text(json_member(object, "path"), arena),
      .query = json_headers(json_member(object, "queryString"), arena),
      .headers = json_headers(json_member(object, "headers"), arena),
      .body = json_body(object, arena),
      .resource_path = json_text(json_member(object, "resourcePath"), arena),
      .path_parameters = json_headers(json_member(object, "pathParameters"), arena),
  };
  request.has_body = request.body.length > 0;
  return request;
}

/* {kind, status, headers, body | bodyBase64, functionError, timeout, failure, detail} */
static BackendAnswer json_backend(const cJSON *object, Arena *arena) {
  Text kind = json_text(json_member(object, "kind"), arena);
  const cJSON *status = json_member(object, "status"), *failure = json_member(object, "failure");
  BackendAnswer answer = {
      .kind = text_is(kind, "http")     ? BACKEND_HTTP
              : text_is(kind, "lambda") ? BACKEND_LAMBDA
                                        : BACKEND_NONE,
      .status = status != NULL ? (int)status->valuedouble : 0,
      .headers = json_headers(json_member(object, "headers"), arena),
      .body = json_body(object, arena),
      .function_error = json_text(json_member(object, "functionError"), arena),
      .detail = json_text(json_member(object, "detail"), arena),
      .duration_ms = -1,
  };
  if (cJSON_IsTrue(json_member(object, "timeout"))) answer.kind = BACKEND_FAILURE;
  if (failure != NULL && failure_reason_read(json_text(failure, arena), &answer.reason))
    answer.kind = BACKEND_FAILURE;
  return answer;
}

static const Map *json_context(const cJSON *object, Arena *arena) {
  Value value;
  Text text = json_text(object, arena);
  return text.data != NULL && value_read(text, arena, &value, NULL) && value.kind == VALUE_MAP ? value.as.map
                                                                                               : NULL;
}

#endif
