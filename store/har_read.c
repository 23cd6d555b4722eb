/* HAR 1.2 in, as browsers and proxies write it. */
#include "store/formats.h"

#include "harness/base/encoding.h"
#include "harness/document/document.h"

#include <string.h>

enum { MOST_FAULTS = 50 };

typedef struct HarReader {
  Import *import;
  Document *document;
  Arena *passing; /* of one entry */
} HarReader;

static bool complain(const HarReader *reader, const cJSON *node, const char *what) {
  return document_fault(reader->document, node, reader->import->faults, "%s", what);
}

static Text member(const HarReader *reader, const cJSON *object, const char *key) {
  const cJSON *node = document_get(object, key);
  return cJSON_IsString(node) ? document_text(reader->document, node) : (Text){NULL, 0};
}

/* [ {"name": …, "value": …}, … ]; what HTTP/2 calls :authority and the like is no header. */
static bool read_headers(const HarReader *reader, const cJSON *object, Headers *out) {
  const cJSON *list = document_get(object, "headers"), *item;
  if (list != NULL && !cJSON_IsArray(list)) return complain(reader, list, "headers is no list");
  cJSON_ArrayForEach(item, list) {
    Text name = member(reader, item, "name"), value = member(reader, item, "value");
    if (name.data == NULL) return complain(reader, item, "a header has no name");
    if (name.length == 0 || name.data[0] == ':') continue;
    headers_add(out, name, value.data != NULL ? value : TEXT_EMPTY, reader->passing);
  }
  return true;
}

/* url = scheme "://" authority [ path ] [ "?" query ] [ "#" fragment ] */
static void set_url(Request *request, Text url, Arena *arena) {
  size_t scheme = text_find(url, TEXT("://"), 0), fragment = text_find_char(url, '#', 0);
  size_t start = scheme == TEXT_NOT_FOUND ? 0 : scheme + 3;
  if (fragment != TEXT_NOT_FOUND) url = text_slice(url, 0, fragment);
  while (scheme != TEXT_NOT_FOUND && start < url.length && url.data[start] != '/' && url.data[start] != '?')
    start++;
  Text target = text_slice(url, start, url.length);
  if (target.length == 0 || target.data[0] != '/') target = arena_print(arena, "/%.*s", TEXT_ARGS(target));
  request_set_target(request, target, arena);
}

/* postData = {"text": …} | {"params": [{"name", "value"}]} */
static void read_post(const HarReader *reader, const cJSON *post, Request *out) {
  Text text = member(reader, post, "text"), encoding = member(reader, post, "encoding");
  const cJSON *params = document_get(post, "params"), *item;
  if (text.data == NULL && cJSON_IsArray(params)) {
    Buffer form = buffer_make(reader->passing, 0);
    cJSON_ArrayForEach(item, params) {
      if (form.length > 0) buffer_append_char(&form, '&');
      buffer_append(&form, percent_encode(member(reader, item, "name"), "", reader->passing));
      buffer_append_char(&form, '=');
      buffer_append(&form, percent_encode(member(reader, item, "value"), "", reader->passing));
    }
    text = buffer_text(&form);
  }
  if (text_is(encoding, "base64")) base64_decode(text, reader->passing, &text, NULL);
  out->body = text;
  out->has_body = text.data != NULL;
}

static bool read_request(const HarReader *reader, const cJSON *entry, Request *out) {
  const cJSON *request = document_get(entry, "request"), *post = document_get(request, "postData");
  if (!cJSON_IsObject(request)) return complain(reader, entry, "an entry has no request");
  Text url = member(reader, request, "url");
  out->method = member(reader, request, "method");
  if (url.data == NULL || out->method.data == NULL)
    return complain(reader, request, "a request has no url or no method");
  set_url(out, url, reader->passing);
  if (cJSON_IsObject(post)) read_post(reader, post, out);
  return read_headers(reader, request, &out->headers);
}

/* The content is what the client made of the bytes: coding and length of the wire no longer hold. */
static bool read_content(const HarReader *reader, const cJSON *response, BackendAnswer *out) {
  const cJSON *content = document_get(response, "content");
  Text text = member(reader, content, "text"), encoding = member(reader, content, "encoding");
  Fault fault;
  headers_remove(&out->headers, TEXT("Content-Encoding"));
  headers_remove(&out->headers, TEXT("Transfer-Encoding"));
  headers_remove(&out->headers, TEXT("Content-Length"));
  out->body = text.data != NULL ? text : TEXT_EMPTY;
  if (!text_is(encoding, "base64")) return true;
  return base64_decode(text, reader->passing, &out->body, &fault) || complain(reader, content, fault.message);
}

static bool read_answer(const HarReader *reader, const cJSON *entry, BackendAnswer *out) {
  const cJSON *response = document_get(entry, "response"), *status = document_get(response, "status");
  const cJSON *time = document_get(entry, "time");
  if (!cJSON_IsObject(response)) return complain(reader, entry, "an entry has no response");
  if (!cJSON_IsNumber(status)) return complain(reader, response, "a response has no status");
  out->duration_ms = cJSON_IsNumber(time) && time->valuedouble >= 0 ? time->valuedouble : -1;
  if (status->valueint < 100 || status->valueint > 999) { /* 0: blocked, aborted, no connection */
    Text error = member(reader, response, "_error");
    out->kind = BACKEND_FAILURE;
    out->reason =
        text_find(error, TEXT("TIMED_OUT"), 0) != TEXT_NOT_FOUND ? FAILURE_TIMEOUT : FAILURE_NETWORK;
    out->detail = error;
    return true;
  }
  out->kind = BACKEND_HTTP;
  out->status = status->valueint;
  return read_headers(reader, response, &out->headers) && read_content(reader, response, out);
}

/* What we exported ourselves stands there whole. */
static bool read_own(const HarReader *reader, const cJSON *own, Exchange *out, Fault *fault) {
  Buffer json = buffer_make(reader->passing, 0);
  json_write_node(&json, own);
  return exchange_read(buffer_text(&json), reader->import->name, document_place(reader->document, own).line,
                       reader->passing, out, fault);
}

static bool read_entry(const HarReader *reader, const cJSON *entry) {
  const cJSON *own = document_get(entry, "_statusquo");
  Exchange exchange = {.id = TEXT_EMPTY};
  Fault fault = {0};
  uint64_t milliseconds;
  if (own != NULL) {
    if (!read_own(reader, own, &exchange, &fault)) {
      *fault_list_add(reader->import->faults) = fault;
      return false;
    }
  } else {
    if (!read_request(reader, entry, &exchange.request) || !read_answer(reader, entry, &exchange.backend))
      return false;
    if (time_read(member(reader, entry, "startedDateTime"), &milliseconds))
      exchange_stamp(&exchange, milliseconds, reader->passing);
  }
  if (reader->import->faults->count > 0) return false; /* only mistakes are of interest now */
  if (reader->import->sink(reader->import->subject, &exchange, &fault)) return true;
  *fault_list_add(reader->import->faults) = fault;
  return false;
}

bool har_import(Import *import) {
  HarReader reader = {.import = import};
  const cJSON *entry;
  /* Forced to be read as JSON; the place names the real file. */
  if (!document_read("log.json", import->source, 0, import->arena, &reader.document, import->faults))
    goto done;
  const cJSON *entries = document_get(document_get(document_root(reader.document), "log"), "entries");
  if (!cJSON_IsArray(entries)) {
    complain(&reader, document_root(reader.document), "this is no HAR: there is no list log.entries");
    goto done;
  }
  reader.passing = arena_new(0);
  cJSON_ArrayForEach(entry, entries) {
    arena_reset(reader.passing);
    import->read += read_entry(&reader, entry);
    if (import->faults->count >= MOST_FAULTS) break;
  }
  arena_free(reader.passing);
done:
  for (size_t i = 0; i < import->faults->count; i++)
    if (import->faults->items[i].place.file != NULL) import->faults->items[i].place.file = import->name;
  return import->faults->count == 0;
}
