/* HAR 1.2 out. What HAR has no place for stands in the member "_statusquo", from which reading takes it back.
 */
#include "store/formats.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"
#include "harness/document/document.h"

static void write_pairs(const char *key, const Headers *pairs, bool *first, Buffer *out) {
  json_write_key(out, key, first);
  buffer_append_char(out, '[');
  for (size_t i = 0; i < pairs->count; i++) {
    buffer_append_string(out, i > 0 ? ",{\"name\":" : "{\"name\":");
    json_write_text(out, pairs->items[i].name);
    buffer_append_string(out, ",\"value\":");
    json_write_text(out, pairs->items[i].value);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_member(const char *key, Text text, bool *first, Buffer *out) {
  json_write_key(out, key, first);
  json_write_text(out, text);
}

static void write_number(const char *key, int64_t number, bool *first, Buffer *out) {
  json_write_key(out, key, first);
  buffer_print(out, "%lld", (long long)number);
}

static Text media_type(const Headers *headers) {
  const Header *type = headers_find(headers, TEXT("Content-Type"));
  return type != NULL ? type->value : TEXT("");
}

static void write_request(const Request *request, Arena *arena, Buffer *out) {
  bool first = true, first_inside = true;
  const Header *host = headers_find(&request->headers, TEXT("Host"));
  Text url = arena_print(arena, "http://%.*s%.*s", TEXT_ARGS(host != NULL ? host->value : TEXT("localhost")),
                         TEXT_ARGS(request_target(request, arena)));
  buffer_append_char(out, '{');
  write_member("method", request->method, &first, out);
  write_member("url", url, &first, out);
  write_member("httpVersion", TEXT("HTTP/1.1"), &first, out);
  write_pairs("cookies", &(Headers){0}, &first, out);
  write_pairs("headers", &request->headers, &first, out);
  write_pairs("queryString", &request->query, &first, out);
  if (request->has_body) {
    json_write_key(out, "postData", &first);
    buffer_append_char(out, '{');
    write_member("mimeType", media_type(&request->headers), &first_inside, out);
    write_member("text", request->body, &first_inside, out);
    buffer_append_char(out, '}');
  }
  write_number("headersSize", -1, &first, out);
  write_number("bodySize", (int64_t)request->body.length, &first, out);
  buffer_append_char(out, '}');
}

static void write_content(const BackendAnswer *answer, Arena *arena, Buffer *out) {
  bool first = true;
  buffer_append_char(out, '{');
  write_number("size", (int64_t)answer->body.length, &first, out);
  write_member("mimeType", media_type(&answer->headers), &first, out);
  if (utf8_is_valid(answer->body)) {
    write_member("text", answer->body, &first, out);
  } else {
    write_member("text", base64_encode(answer->body, arena), &first, out);
    write_member("encoding", TEXT("base64"), &first, out);
  }
  buffer_append_char(out, '}');
}

static void write_response(const BackendAnswer *answer, Arena *arena, Buffer *out) {
  bool first = true;
  const Header *location = headers_find(&answer->headers, TEXT("Location"));
  buffer_append_char(out, '{');
  write_number("status", answer->kind == BACKEND_FAILURE ? 0 : answer->status, &first, out);
  write_member("statusText", TEXT(""), &first, out);
  write_member("httpVersion", TEXT("HTTP/1.1"), &first, out);
  write_pairs("cookies", &(Headers){0}, &first, out);
  write_pairs("headers", &answer->headers, &first, out);
  json_write_key(out, "content", &first);
  write_content(answer, arena, out);
  write_member("redirectURL", location != NULL ? location->value : TEXT(""), &first, out);
  write_number("headersSize", -1, &first, out);
  write_number("bodySize", (int64_t)answer->body.length, &first, out);
  buffer_append_char(out, '}');
}

void har_start(Buffer *out) {
  buffer_append_string(out, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"statusquo\",\"version\":"
                            "\"" STATUSQUO_VERSION "\"},\"entries\":[");
}

void har_write(const Exchange *exchange, bool *first, Buffer *out) {
  Arena *arena = arena_new(0);
  bool first_member = true;
  double duration = exchange->backend.duration_ms;
  buffer_append_string(out, *first ? "\n{" : ",\n{");
  *first = false;
  write_member("startedDateTime", exchange->recorded_at, &first_member, out);
  json_write_key(out, "time", &first_member);
  buffer_print(out, "%.3f", duration >= 0 ? duration : 0.0);
  json_write_key(out, "request", &first_member);
  write_request(&exchange->request, arena, out);
  json_write_key(out, "response", &first_member);
  write_response(&exchange->backend, arena, out);
  buffer_append_string(out, ",\"cache\":{}");
  buffer_print(out, ",\"timings\":{\"send\":0,\"wait\":%.3f,\"receive\":0}", duration >= 0 ? duration : 0.0);
  json_write_key(out, "_statusquo", &first_member);
  exchange_write(exchange, out);
  buffer_append_char(out, '}');
  arena_free(arena);
}

void har_end(Buffer *out) {
  buffer_append_string(out, "\n]}}\n");
}
