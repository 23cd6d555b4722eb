/* The call to the backend: method, URI and headers. */
#include "harness/base/encoding.h"
#include "harness/mapping/gateway_response.h"
#include "harness/mapping/log.h"
#include "harness/mapping/request_parts.h"

/* Dropped whoever set them (assumed, after the public table of header restrictions). */
static const Text dropped_headers[] = {
    TEXT_INIT("Expect"),
    TEXT_INIT("Proxy-Authenticate"),
    TEXT_INIT("TE"),
    TEXT_INIT("Transfer-Encoding"),
    TEXT_INIT("Content-Length"),
};
/* The client's own that a proxy integration doesn't hand on. */
static const Text not_proxied[] = {TEXT_INIT("Host"), TEXT_INIT("Via")};

static bool is_among(Text name, const Text *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_equal_ignoring_case(name, names[i])) return true;
  return false;
}

/* ---- URI ---- */

/* Bytes: no server takes as many. A bound for values that a URI names often. */
enum { URI_LIMIT = 32 * 1024 * 1024 };

static Text uri_text(const Buffer *out, bool *too_long) {
  *too_long = *too_long || out->overflowed;
  return buffer_text(out);
}

/* "${stageVariables.x}" -> its value, nothing when there is none; other "${…}" are unresolved and stay. */
static Text fill_stage_variables(const MappingRun *run, Text uri, bool *too_long) {
  Text opening = TEXT("${stageVariables.");
  Buffer out = buffer_make(run->passing, URI_LIMIT);
  for (size_t at = 0; at < uri.length && !out.overflowed;) {
    size_t found = text_find(uri, opening, at);
    size_t close = found == TEXT_NOT_FOUND ? TEXT_NOT_FOUND : text_find_char(uri, '}', found);
    if (close == TEXT_NOT_FOUND) {
      buffer_append(&out, text_slice(uri, at, uri.length));
      break;
    }
    buffer_append(&out, text_slice(uri, at, found));
    const Header *variable =
        headers_find_last_exact(run->stage_variables, text_slice(uri, found + opening.length, close));
    if (variable != NULL) buffer_append(&out, variable->value);
    at = close + 1;
  }
  return uri_text(&out, too_long);
}

/* "{name}" -> the mapped path parameter, encoded; one without a mapping stays. */
static Text fill_path(const Headers *parameters, Text uri, Arena *passing, bool *too_long) {
  Buffer out = buffer_make(passing, URI_LIMIT);
  for (size_t at = 0; at < uri.length && !out.overflowed;) {
    size_t open = text_find_char(uri, '{', at);
    size_t close = open == TEXT_NOT_FOUND ? TEXT_NOT_FOUND : text_find_char(uri, '}', open);
    if (close == TEXT_NOT_FOUND) {
      buffer_append(&out, text_slice(uri, at, uri.length));
      break;
    }
    buffer_append(&out, text_slice(uri, at, open));
    Text name = text_slice(uri, open + 1, close);
    if (text_ends(name, TEXT("+"))) name.length--;
    const Header *value =
        open > 0 && uri.data[open - 1] == '$' ? NULL : headers_find_last_exact(parameters, name);
    if (value != NULL)
      buffer_append(&out, percent_encode(value->value, "/:@!$&'()*+,;=", passing));
    else
      buffer_append(&out, text_slice(uri, open, close + 1));
    at = close + 1;
  }
  return uri_text(&out, too_long);
}

static Text add_query(Text uri, const Headers *query, Arena *passing, bool *too_long) {
  if (query->count == 0) return uri;
  Buffer out = buffer_make(passing, URI_LIMIT);
  buffer_append(&out, uri);
  char separator = text_find_char(uri, '?', 0) == TEXT_NOT_FOUND ? '?' : '&';
  for (size_t i = 0; i < query->count && !out.overflowed; i++) {
    buffer_append_char(&out, separator);
    buffer_append(&out, percent_encode(query->items[i].name, "", passing));
    buffer_append_char(&out, '=');
    buffer_append(&out, percent_encode(query->items[i].value, "", passing));
    separator = '&';
  }
  return uri_text(&out, too_long);
}

/* scheme "://" host …: an undefined stage variable can leave no host (seen). What can't be resolved here
 * isn't judged. */
static bool has_host(Text uri) {
  if (text_find(uri, TEXT("${"), 0) != TEXT_NOT_FOUND) return true;
  size_t scheme = text_find(uri, TEXT("://"), 0);
  if (scheme == TEXT_NOT_FOUND) return false;
  size_t at = scheme + 3;
  return at < uri.length && uri.data[at] != '/' && uri.data[at] != '?' && uri.data[at] != '#' &&
         uri.data[at] != ':';
}

/* arn:aws:apigateway:region:[subdomain.]service:(path|action)/rest -> the address of the service. */
static Text service_address(Text uri, Arena *passing) {
  Text rest = uri, part[5];
  for (size_t i = 0; i < 5; i++) {
    part[i] = text_split(rest, ':', &rest);
    if (rest.data == NULL) return uri;
  }
  if (!text_is(part[0], "arn") || !text_is(part[2], "apigateway")) return uri;
  Text path, kind = text_split(rest, '/', &path);
  if (path.data == NULL) path = TEXT_EMPTY;
  const char *before = text_is(kind, "action") ? "?Action=" : "";
  return arena_print(passing, "https://%.*s.%.*s.amazonaws.com/%s%.*s", TEXT_ARGS(part[4]),
                     TEXT_ARGS(part[3]), before, TEXT_ARGS(path));
}

/* ---- headers ---- */

static void add_default(Headers *headers, const char *name, Text value, Arena *passing) {
  if (headers_find(headers, text_from(name)) == NULL) headers_add(headers, text_from(name), value, passing);
}

static void drop_headers(Headers *headers) {
  size_t kept = 0;
  for (size_t i = 0; i < headers->count; i++)
    if (!is_among(headers->items[i].name, dropped_headers, sizeof dropped_headers / sizeof *dropped_headers))
      headers->items[kept++] = headers->items[i];
  headers->count = kept;
}

static Headers client_headers(MappingRun *run) {
  Headers headers = {NULL, 0, 0};
  const Headers *visible = run_visible_headers(run);
  for (size_t i = 0; i < visible->count; i++) {
    const Header *header = &visible->items[i];
    if (!is_among(header->name, not_proxied, sizeof not_proxied / sizeof *not_proxied))
      headers_add(&headers, header->name, header->value, run->passing);
  }
  return headers;
}

/* Mapped headers, and what the gateway adds: Accept is application/json whatever the client sent (seen). */
static Headers backend_headers(MappingRun *run, const Headers *mapped, bool proxies) {
  Arena *passing = run->passing;
  Headers headers = proxies ? client_headers(run) : (Headers){NULL, 0, 0};
  for (size_t i = 0; i < mapped->count; i++)
    headers_set(&headers, mapped->items[i].name, mapped->items[i].value, passing);
  drop_headers(&headers);
  const Value *api = context_find(run_context(run), TEXT("apiId"));
  Text api_id = api != NULL && api->kind == VALUE_TEXT ? value_text(*api, passing) : TEXT_EMPTY;
  const Header *type = headers_find(&run->request->headers, TEXT("Content-Type"));
  add_default(&headers, "x-amzn-apigateway-api-id", api_id, passing);
  add_default(&headers, "Accept", TEXT("application/json"), passing);
  add_default(&headers, "User-Agent", arena_print(passing, "AmazonAPIGateway_%.*s", TEXT_ARGS(api_id)),
              passing);
  add_default(&headers, "X-Amzn-Trace-Id", run->generated.trace_id, passing);
  if (!proxies || run->request->body.length > 0)
    add_default(&headers, "Content-Type", type != NULL ? type->value : TEXT("application/json"), passing);
  return headers;
}

/* ---- the whole ---- */

static bool uses_client_method(Text method) {
  return method.length == 0 || text_is(method, "ANY");
}

static Headers backend_query(const MappingRun *run, const Headers *mapped, bool proxies) {
  Headers query = {NULL, 0, 0};
  for (size_t i = 0; proxies && i < run->request->query.count; i++) {
    const Header *own = &run->request->query.items[i];
    if (headers_find_exact(mapped, own->name) == NULL)
      headers_add(&query, own->name, own->value, run->passing);
  }
  for (size_t i = 0; i < mapped->count; i++)
    headers_add(&query, mapped->items[i].name, mapped->items[i].value, run->passing);
  return query;
}

static bool fail_address(MappingRun *run, bool too_long, Outcome *out) {
  gateway_configuration_error(run, GATEWAY_REQUEST_MAPPING, "API_CONFIGURATION_ERROR",
                              TEXT("Invalid endpoint address"),
                              source_text_place(&run->mapping->operation->integration.uri, 0), out);
  return outcome_detail(run, too_long ? TEXT("it grows beyond 32 MiB") : TEXT_EMPTY, out);
}

bool backend_request_make(MappingRun *run, const IntegrationParameters *parameters, Outcome *out) {
  const Integration *integration = &run->mapping->operation->integration;
  BackendRequest *request = &out->backend_request;
  bool proxies = integration->type == INTEGRATION_HTTP_PROXY;
  bool http = proxies || integration->type == INTEGRATION_HTTP;
  if (run->input->brief && !(http && run->mapping->uri_varies)) return true;
  bool too_long = false;
  Text uri = fill_stage_variables(run, integration->uri.text, &too_long);
  if (too_long || (http && !has_host(uri))) return fail_address(run, too_long, out);
  if (run->input->brief) return true;
  uri = fill_path(&parameters->path, uri, run->passing, &too_long);
  if (!http) uri = service_address(uri, run->passing);
  Headers query = backend_query(run, &parameters->query, proxies);
  request->uri = add_query(uri, &query, run->passing, &too_long);
  if (integration->function_name.data != NULL)
    request->function_name = fill_stage_variables(run, integration->function_name, &too_long);
  if (too_long) return fail_address(run, too_long, out);
  request->method = integration->http_method;
  if (uses_client_method(request->method)) request->method = http ? run->request->method : TEXT("POST");
  request->headers = backend_headers(run, &parameters->headers, proxies);
  const Header *invocation = headers_find(&request->headers, TEXT("X-Amz-Invocation-Type"));
  request->asynchronous = invocation != NULL && text_equal_ignoring_case(invocation->value, TEXT("Event"));
  out->has_backend_request = true;
  return true;
}

void backend_request_log(MappingRun *run, const BackendRequest *request, Text body) {
  log_text(run, "Endpoint request URI: ", request->uri);
  log_headers(run, "Endpoint request headers: ", &request->headers);
  log_text(run, "Endpoint request body after transformations: ", body);
  log_text(run, "Sending request to ", request->uri);
}
