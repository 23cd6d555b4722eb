/* Exchanges in, from NDJSON. Strict where a mistake would change what is replayed; members that this version
 * doesn't know are kept in `extra`, so that a newer program's lines survive. */
#include "harness/exchange/exchange.h"

#include "harness/base/encoding.h"
#include "harness/document/document.h"

#include <string.h>

typedef struct Reader {
  const Document *document;
  FaultList *faults;
  Arena *arena;
} Reader;

/* ---- texts and bytes ---- */

static bool take_text(const Reader *reader, const cJSON *node, const char *what, Text *out) {
  if (!cJSON_IsString(node))
    return document_fault(reader->document, node, reader->faults, "%s is %s, a text is wanted", what,
                          document_kind(node));
  *out = document_text(reader->document, node);
  return true;
}

static bool take_base64(const Reader *reader, const cJSON *node, const char *what, Text *out) {
  Text encoded;
  Fault fault;
  if (!take_text(reader, node, what, &encoded)) return false;
  if (base64_decode(encoded, reader->arena, out, &fault)) return true;
  return document_fault(reader->document, node, reader->faults, "%s: %s", what, fault.message);
}

/* "key" or "keyBase64". Absent and null leave *out as it is; 1: taken, 0: absent, -1: fault. */
static int take_bytes(const Reader *reader, const cJSON *object, const char *key, Text *out) {
  Text encoded_key = arena_print(reader->arena, "%sBase64", key);
  const cJSON *plain = document_get(object, key), *encoded = document_get(object, encoded_key.data);
  if (plain != NULL && encoded != NULL)
    return document_key_fault(reader->document, encoded, reader->faults, "both \"%s\" and \"%s\"", key,
                              encoded_key.data) -
           1;
  if (encoded != NULL) return take_base64(reader, encoded, encoded_key.data, out) ? 1 : -1;
  if (plain == NULL || cJSON_IsNull(plain)) return 0;
  return take_text(reader, plain, key, out) ? 1 : -1;
}

/* ---- lists of names and values ---- */

/* text = "…" | number | true | false | {"base64": "…"} */
static bool take_header_text(const Reader *reader, const cJSON *node, const char *what, Text *out) {
  const cJSON *encoded = document_get(node, "base64");
  if (encoded != NULL) return take_base64(reader, encoded, what, out);
  if (!cJSON_IsString(node) && !cJSON_IsNumber(node) && !cJSON_IsBool(node))
    return document_fault(reader->document, node, reader->faults, "a value in %s is %s, a text is wanted",
                          what, document_kind(node));
  *out = document_text(reader->document, node);
  return true;
}

static bool take_pair(const Reader *reader, const cJSON *pair, const char *what, Headers *out) {
  Header header;
  if (!cJSON_IsArray(pair) || pair->child == NULL || pair->child->next == NULL ||
      pair->child->next->next != NULL)
    return document_fault(reader->document, pair, reader->faults,
                          "an item of %s is %s, a pair [\"name\", \"value\"] is wanted", what,
                          document_kind(pair));
  if (!take_header_text(reader, pair->child, what, &header.name) ||
      !take_header_text(reader, pair->child->next, what, &header.value))
    return false;
  headers_add(out, header.name, header.value, reader->arena);
  return true;
}

/* member = "name": text | "name": [ text, … ] */
static bool take_member(const Reader *reader, const cJSON *member, const char *what, Headers *out) {
  bool is_list = cJSON_IsArray(member);
  for (const cJSON *item = is_list ? member->child : member; item != NULL;
       item = is_list ? item->next : NULL) {
    Text value;
    if (!take_header_text(reader, item, what, &value)) return false;
    headers_add(out, text_from(member->string), value, reader->arena);
  }
  return true;
}

/* list = [ pair, … ] | { member, … } */
static bool take_list(const Reader *reader, const cJSON *object, const char *key, Headers *out) {
  const cJSON *list = document_get(object, key);
  if (list == NULL || cJSON_IsNull(list)) return true;
  if (!cJSON_IsArray(list) && !cJSON_IsObject(list))
    return document_fault(reader->document, list, reader->faults,
                          "%s is %s, a list of pairs or a mapping is wanted", key, document_kind(list));
  bool good = true;
  for (const cJSON *item = list->child; item != NULL; item = item->next)
    good = (cJSON_IsArray(list) ? take_pair(reader, item, key, out) : take_member(reader, item, key, out)) &&
           good;
  return good;
}

/* ---- the parts ---- */

static const cJSON *take_object(const Reader *reader, const cJSON *object, const char *key) {
  const cJSON *part = document_get(object, key);
  if (part == NULL) {
    document_fault(reader->document, object, reader->faults, "the exchange has no \"%s\"", key);
    return NULL;
  }
  if (cJSON_IsObject(part)) return part;
  document_fault(reader->document, part, reader->faults, "%s is %s, a mapping is wanted", key,
                 document_kind(part));
  return NULL;
}

static bool need(const Reader *reader, const cJSON *object, const char *part, const char *key, int taken) {
  if (taken != 0) return taken > 0;
  return document_fault(reader->document, object, reader->faults, "the %s has no \"%s\"", part, key);
}

/* A path may carry its query, as people write it. */
static bool take_request(const Reader *reader, const cJSON *object, Request *out) {
  int body = 0;
  if (!need(reader, object, "request", "method", take_bytes(reader, object, "method", &out->method)) ||
      !need(reader, object, "request", "path", take_bytes(reader, object, "path", &out->path)))
    return false;
  if (document_get(object, "query") == NULL) request_set_target(out, out->path, reader->arena);
  bool good = take_list(reader, object, "query", &out->query) &&
              take_list(reader, object, "headers", &out->headers) &&
              take_list(reader, object, "pathParameters", &out->path_parameters) &&
              take_bytes(reader, object, "resourcePath", &out->resource_path) >= 0 &&
              (body = take_bytes(reader, object, "body", &out->body)) >= 0;
  out->has_body = good && body > 0;
  return good;
}

static bool take_kind(const Reader *reader, const cJSON *object, BackendKind *out) {
  static const char *const names[] = {"none", "http", "lambda", "failure"};
  Text name;
  const cJSON *node = document_get(object, "kind");
  if (node == NULL) return need(reader, object, "backend", "kind", 0);
  if (!take_text(reader, node, "kind", &name)) return false;
  for (int kind = BACKEND_NONE; kind <= BACKEND_FAILURE; kind++) {
    *out = (BackendKind)kind;
    if (text_is(name, backend_kind_name(*out))) return true;
  }
  const char *near = text_suggest(name, names, sizeof names / sizeof *names);
  return document_fault(reader->document, node, reader->faults,
                        "unknown kind \"%.*s\" (http, lambda, failure or none%s%s%s)", TEXT_ARGS(name),
                        near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                        near != NULL ? "\"?" : "");
}

static bool take_status(const Reader *reader, const cJSON *object, BackendAnswer *out) {
  const cJSON *node = document_get(object, "status");
  int64_t status;
  if (node == NULL || cJSON_IsNull(node)) {
    if (out->kind == BACKEND_HTTP) return need(reader, object, "backend", "status", 0);
    out->status = out->kind == BACKEND_LAMBDA ? 200 : 0;
    return true;
  }
  if (!cJSON_IsNumber(node) || !text_to_integer(document_text(reader->document, node), &status) ||
      status < 100 || status > 999)
    return document_fault(reader->document, node, reader->faults,
                          "status is no whole number from 100 to 999");
  out->status = (int)status;
  return true;
}

static bool take_reason(const Reader *reader, const cJSON *object, BackendAnswer *out) {
  if (out->kind != BACKEND_FAILURE) return true;
  const cJSON *node = document_get(object, "reason");
  Text name;
  if (node == NULL) return need(reader, object, "backend", "reason", 0);
  if (!take_text(reader, node, "reason", &name)) return false;
  return failure_reason_read(name, &out->reason) ||
         document_fault(reader->document, node, reader->faults,
                        "unknown reason \"%.*s\" (timeout, network, throttled, access-denied or too-large)",
                        TEXT_ARGS(name));
}

static bool take_duration(const Reader *reader, const cJSON *object, BackendAnswer *out) {
  const cJSON *node = document_get(object, "durationMs");
  out->duration_ms = -1;
  if (node == NULL || cJSON_IsNull(node)) return true;
  if (!cJSON_IsNumber(node) || !(node->valuedouble >= 0))
    return document_fault(reader->document, node, reader->faults, "durationMs is no number from 0");
  out->duration_ms = node->valuedouble;
  return true;
}

/* A Lambda's answer: "payload" is its exact text, "result" its JSON, written compactly. */
static int take_payload(const Reader *reader, const cJSON *object, BackendAnswer *out) {
  const cJSON *result = document_get(object, "result");
  int taken = take_bytes(reader, object, "payload", &out->body);
  if (result == NULL || taken < 0) return taken;
  if (taken > 0)
    return document_key_fault(reader->document, result, reader->faults,
                              "both \"payload\" and \"result\": one says what the function answered") -
           1;
  Buffer text = buffer_make(reader->arena, 0);
  json_write_node(&text, result);
  out->body = buffer_text(&text);
  return 1;
}

static bool take_answer(const Reader *reader, const cJSON *object, BackendAnswer *out) {
  if (!take_kind(reader, object, &out->kind)) return false;
  int body = out->kind == BACKEND_LAMBDA ? take_payload(reader, object, out)
                                         : take_bytes(reader, object, "body", &out->body);
  return body >= 0 && take_status(reader, object, out) && take_reason(reader, object, out) &&
         take_duration(reader, object, out) && take_list(reader, object, "headers", &out->headers) &&
         take_bytes(reader, object, "functionError", &out->function_error) >= 0 &&
         take_bytes(reader, object, "logTail", &out->log_tail) >= 0 &&
         take_bytes(reader, object, "detail", &out->detail) >= 0;
}

static bool take_tags(const Reader *reader, const cJSON *object, Exchange *out) {
  const cJSON *list = document_get(object, "tags");
  if (list == NULL || cJSON_IsNull(list)) return true;
  if (!cJSON_IsArray(list))
    return document_fault(reader->document, list, reader->faults, "tags is %s, a list of texts is wanted",
                          document_kind(list));
  out->tags = ARENA_ARRAY(reader->arena, Text, (size_t)cJSON_GetArraySize(list));
  for (const cJSON *item = list->child; item != NULL; item = item->next)
    if (!take_text(reader, item, "a tag", &out->tags[out->tag_count++])) return false;
  return true;
}

/* ---- what isn't known ---- */

typedef struct KnownNames {
  const char *const *items;
  size_t count;
} KnownNames;
#define KNOWN(...)                                                                                           \
  { (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *) }
static const KnownNames known_top =
    KNOWN("id", "idBase64", "name", "nameBase64", "recordedAt", "recordedAtBase64", "tags", "operation",
          "operationBase64", "request", "backend", "redactions");
static const KnownNames known_request =
    KNOWN("method", "methodBase64", "path", "pathBase64", "query", "headers", "body", "bodyBase64",
          "resourcePath", "resourcePathBase64", "pathParameters");
static const KnownNames known_backend =
    KNOWN("kind", "status", "reason", "headers", "body", "bodyBase64", "payload", "payloadBase64", "result",
          "functionError", "functionErrorBase64", "logTail", "logTailBase64", "detail", "detailBase64",
          "durationMs");

static bool is_known(const KnownNames *known, const char *name) {
  for (size_t i = 0; i < known->count; i++)
    if (strcmp(known->items[i], name) == 0) return true;
  return false;
}

static void write_unknown(const cJSON *object, const KnownNames *known, bool *first, Buffer *out) {
  for (const cJSON *member = object->child; member != NULL; member = member->next) {
    if (is_known(known, member->string)) continue;
    json_write_key(out, member->string, first);
    json_write_node(out, member);
  }
}

static void write_unknown_part(const cJSON *part, const KnownNames *known, const char *key, bool *first,
                               Buffer *out) {
  size_t before = out->length;
  bool first_inside = true, first_before = *first;
  json_write_key(out, key, first);
  buffer_append_char(out, '{');
  write_unknown(part, known, &first_inside, out);
  buffer_append_char(out, '}');
  if (!first_inside) return;
  out->length = before; /* nothing unknown in there */
  *first = first_before;
}

static Text unknown_members(const cJSON *root, const cJSON *request, const cJSON *backend, Arena *arena) {
  Buffer extra = buffer_make(arena, 0);
  bool first = true;
  buffer_append_char(&extra, '{');
  write_unknown(root, &known_top, &first, &extra);
  write_unknown_part(request, &known_request, "request", &first, &extra);
  write_unknown_part(backend, &known_backend, "backend", &first, &extra);
  buffer_append_char(&extra, '}');
  return first ? (Text){NULL, 0} : buffer_text(&extra);
}

/* ---- one line ---- */

static bool take_exchange(const Reader *reader, Exchange *out) {
  const cJSON *root = document_root(reader->document);
  if (!cJSON_IsObject(root))
    return document_fault(reader->document, root, reader->faults, "%s, an exchange is wanted",
                          document_kind(root));
  const cJSON *request = take_object(reader, root, "request"),
              *backend = take_object(reader, root, "backend");
  bool good = request != NULL && take_request(reader, request, &out->request);
  good = backend != NULL && take_answer(reader, backend, &out->backend) && good;
  good = good && take_bytes(reader, root, "id", &out->id) >= 0 &&
         take_bytes(reader, root, "name", &out->name) >= 0 &&
         take_bytes(reader, root, "recordedAt", &out->recorded_at) >= 0 &&
         take_bytes(reader, root, "operation", &out->operation) >= 0 && take_tags(reader, root, out);
  if (!good) return false;
  const cJSON *redactions = document_get(root, "redactions");
  if (redactions != NULL && !cJSON_IsNull(redactions)) {
    Buffer json = buffer_make(reader->arena, 0);
    json_write_node(&json, redactions);
    out->redactions = buffer_text(&json);
  }
  out->extra = unknown_members(root, request, backend, reader->arena);
  return true;
}

/* The document begins in line 1; the line stands further down in its file. */
static bool hand_over(const FaultList *faults, const char *name, uint32_t line_number, Fault *fault) {
  if (fault == NULL) return false;
  *fault = faults->items[0];
  fault->place.file = name;
  if (fault->place.line == 0) fault->place.column = 1;
  fault->place.line = line_number;
  return false;
}

bool exchange_read(Text line, const char *name, uint32_t line_number, Arena *arena, Exchange *out,
                   Fault *fault) {
  *out = (Exchange){.id = TEXT_EMPTY, .recorded_at = TEXT_EMPTY};
  FaultList faults = fault_list_make(arena);
  Document *document;
  if (document_read("line.json", line, 0, arena, &document, &faults)) {
    const Reader reader = {document, &faults, arena};
    if (take_exchange(&reader, out)) return true;
  }
  return hand_over(&faults, name, line_number, fault);
}
