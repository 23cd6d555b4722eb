/* Exchanges out, as NDJSON. Bytes that aren't UTF-8 go as "…Base64", so that reading gives back the same. */
#include "harness/exchange/exchange.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"
#include "harness/document/document.h"

#include <stdio.h>
#include <stdlib.h>

static void write_base64(Text bytes, Buffer *out) {
  buffer_append_char(out, '"');
  base64_append(out, bytes);
  buffer_append_char(out, '"');
}

void body_write(const char *key, Text body, bool *first, Buffer *out) {
  if (utf8_is_valid(body)) {
    json_write_key(out, key, first);
    json_write_text(out, body);
    return;
  }
  char name[64];
  snprintf(name, sizeof name, "%sBase64", key);
  json_write_key(out, name, first);
  write_base64(body, out);
}

/* A name or value of a header: "text" or {"base64":"…"}. */
static void write_header_text(Text text, Buffer *out) {
  if (utf8_is_valid(text)) {
    json_write_text(out, text);
    return;
  }
  buffer_append_string(out, "{\"base64\":");
  write_base64(text, out);
  buffer_append_char(out, '}');
}

void headers_write(const Headers *headers, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < headers->count; i++) {
    buffer_append_string(out, i == 0 ? "[" : ",[");
    write_header_text(headers->items[i].name, out);
    buffer_append_char(out, ',');
    write_header_text(headers->items[i].value, out);
    buffer_append_char(out, ']');
  }
  buffer_append_char(out, ']');
}

static void write_optional(const char *key, Text text, bool *first, Buffer *out) {
  if (text.data != NULL) body_write(key, text, first, out);
}

static void write_list(const char *key, const Headers *list, bool *first, Buffer *out) {
  if (list->count == 0) return;
  json_write_key(out, key, first);
  headers_write(list, out);
}

/* As few digits as read back to the same number. */
static void write_number(const char *key, double number, bool *first, Buffer *out) {
  char digits[32];
  for (int precision = 1; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, number);
    if (strtod(digits, NULL) == number) break;
  }
  json_write_key(out, key, first);
  buffer_append_string(out, digits);
}

/* The members of `extra` (or of one of its parts) that this version doesn't know. */
static void write_unknown(const cJSON *extra, bool is_top, bool *first, Buffer *out) {
  for (const cJSON *member = cJSON_IsObject(extra) ? extra->child : NULL; member != NULL;
       member = member->next) {
    Text key = text_from(member->string);
    if (is_top && (text_is(key, "request") || text_is(key, "backend"))) continue;
    json_write_key(out, member->string, first);
    json_write_node(out, member);
  }
}

static void write_tags(const Exchange *exchange, bool *first, Buffer *out) {
  if (exchange->tag_count == 0) return;
  json_write_key(out, "tags", first);
  for (size_t i = 0; i < exchange->tag_count; i++) {
    buffer_append_char(out, i == 0 ? '[' : ',');
    json_write_text(out, exchange->tags[i]);
  }
  buffer_append_char(out, ']');
}

static void write_request(const Request *request, const cJSON *extra, Buffer *out) {
  bool first = true;
  buffer_append_char(out, '{');
  body_write("method", request->method, &first, out);
  body_write("path", request->path, &first, out);
  write_list("query", &request->query, &first, out);
  write_list("headers", &request->headers, &first, out);
  if (request->has_body) body_write("body", request->body, &first, out);
  write_optional("resourcePath", request->resource_path, &first, out);
  write_list("pathParameters", &request->path_parameters, &first, out);
  write_unknown(extra, false, &first, out);
  buffer_append_char(out, '}');
}

static void write_answer(const BackendAnswer *answer, const cJSON *extra, Buffer *out) {
  bool first = true;
  buffer_append_char(out, '{');
  json_write_key(out, "kind", &first);
  json_write_text(out, text_from(backend_kind_name(answer->kind)));
  if (answer->kind == BACKEND_FAILURE) {
    json_write_key(out, "reason", &first);
    json_write_text(out, text_from(failure_reason_name(answer->reason)));
  }
  if (answer->status != 0) {
    json_write_key(out, "status", &first);
    buffer_print(out, "%d", answer->status);
  }
  write_list("headers", &answer->headers, &first, out);
  if (answer->kind == BACKEND_LAMBDA)
    body_write("payload", answer->body, &first, out);
  else if (answer->kind == BACKEND_HTTP || answer->body.length > 0)
    body_write("body", answer->body, &first, out);
  write_optional("functionError", answer->function_error, &first, out);
  write_optional("logTail", answer->log_tail, &first, out);
  write_optional("detail", answer->detail, &first, out);
  if (answer->duration_ms >= 0) write_number("durationMs", answer->duration_ms, &first, out);
  write_unknown(extra, false, &first, out);
  buffer_append_char(out, '}');
}

/* `redactions` and `extra` are JSON texts that were read strictly before; one that isn't is left out. */
static const cJSON *read_json(Text json, Arena *arena) {
  Document *document;
  if (json.data == NULL || !document_read("extra.json", json, 0, arena, &document, NULL)) return NULL;
  return document_root(document);
}

void exchange_write(const Exchange *exchange, Buffer *out) {
  Arena *arena = exchange->extra.data != NULL || exchange->redactions.data != NULL ? arena_new(0) : NULL;
  const cJSON *extra = arena == NULL ? NULL : read_json(exchange->extra, arena);
  const cJSON *redactions = arena == NULL ? NULL : read_json(exchange->redactions, arena);
  bool first = true;
  buffer_append_char(out, '{');
  if (exchange->id.length > 0) body_write("id", exchange->id, &first, out);
  write_optional("name", exchange->name, &first, out);
  if (exchange->recorded_at.length > 0) body_write("recordedAt", exchange->recorded_at, &first, out);
  write_tags(exchange, &first, out);
  write_optional("operation", exchange->operation, &first, out);
  json_write_key(out, "request", &first);
  write_request(&exchange->request, document_get(extra, "request"), out);
  json_write_key(out, "backend", &first);
  write_answer(&exchange->backend, document_get(extra, "backend"), out);
  if (redactions != NULL) {
    json_write_key(out, "redactions", &first);
    json_write_node(out, redactions);
  }
  write_unknown(extra, true, &first, out);
  buffer_append_char(out, '}');
  arena_free(arena);
}
