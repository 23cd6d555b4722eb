#include "harness/mapping/response_headers.h"

#include "harness/mapping/context.h"
#include "harness/mapping/log.h"

/* ---- renamed and dropped ---- */

enum {
  MAPPED = 1,     /* AWS, HTTP, MOCK */
  HTTP_PROXY = 2, /* what the backend itself sent */
  AWS_PROXY = 4,  /* what the function returned */
};

typedef struct HeaderRule {
  Text name;
  unsigned remapped; /* integration types that rename it to x-amzn-Remapped-… */
  unsigned dropped;  /* integration types that drop it */
} HeaderRule;

/* Witness: MAPPED is seen (all names, 2024-12-11). HTTP_PROXY is seen for Connection, Content-Length, Date,
 * Server and x-amzn-RequestId, documented for Authorization, Content-MD5, Max-Forwards, User-Agent and
 * WWW-Authenticate, assumed for the rest. AWS_PROXY is assumed to follow the documentation. */
static const HeaderRule header_rules[] = {
    {TEXT_INIT("Authorization"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Connection"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Content-Encoding"), 0, HTTP_PROXY},
    {TEXT_INIT("Content-Length"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Content-MD5"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Date"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Expect"), MAPPED | HTTP_PROXY, 0},
    {TEXT_INIT("Host"), MAPPED | HTTP_PROXY, 0},
    {TEXT_INIT("Max-Forwards"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Proxy-Authenticate"), MAPPED | HTTP_PROXY, 0},
    {TEXT_INIT("Server"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Trailer"), MAPPED | HTTP_PROXY, 0},
    {TEXT_INIT("Transfer-Encoding"), 0, MAPPED | HTTP_PROXY | AWS_PROXY},
    {TEXT_INIT("Upgrade"), MAPPED | HTTP_PROXY, 0},
    {TEXT_INIT("User-Agent"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("Via"), 0, HTTP_PROXY},
    {TEXT_INIT("WWW-Authenticate"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
    {TEXT_INIT("x-amz-apigw-id"), 0, HTTP_PROXY | AWS_PROXY},
    {TEXT_INIT("x-amzn-RequestId"), MAPPED | HTTP_PROXY | AWS_PROXY, 0},
};

static const HeaderRule *find_rule(Text name) {
  for (size_t i = 0; i < sizeof header_rules / sizeof *header_rules; i++)
    if (text_equal_ignoring_case(name, header_rules[i].name)) return &header_rules[i];
  return NULL;
}

void response_headers_remap(Headers *headers, IntegrationType type, Arena *passing) {
  unsigned bit = type == INTEGRATION_HTTP_PROXY  ? (unsigned)HTTP_PROXY
                 : type == INTEGRATION_AWS_PROXY ? (unsigned)AWS_PROXY
                                                 : (unsigned)MAPPED;
  size_t kept = 0;
  for (size_t i = 0; i < headers->count; i++) {
    Header header = headers->items[i];
    const HeaderRule *rule = find_rule(header.name);
    if (rule != NULL && (rule->dropped & bit)) continue;
    if (rule != NULL && (rule->remapped & bit))
      header.name = arena_print(passing, "x-amzn-Remapped-%.*s", TEXT_ARGS(header.name));
    headers->items[kept++] = header;
  }
  headers->count = kept;
}

/* ---- added ---- */

static void add_matching(const Headers *from, Text name, bool matching, Headers *to, Arena *passing) {
  for (size_t i = 0; i < from->count; i++)
    if (text_equal_ignoring_case(from->items[i].name, name) == matching)
      headers_add(to, from->items[i].name, from->items[i].value, passing);
}

/* What the log shows, and all that TestInvokeMethod returns. */
static Headers method_headers(const MappingRun *run, const FinishHeaders *finish, const Headers *mapped) {
  Arena *passing = run->passing;
  Headers headers = {NULL, 0, 0};
  if (finish->error_type.data != NULL)
    headers_add(&headers, TEXT("x-amzn-ErrorType"), finish->error_type, passing);
  if (finish->trace_id && headers_find(mapped, TEXT("X-Amzn-Trace-Id")) == NULL)
    headers_add(&headers, TEXT("X-Amzn-Trace-Id"), run->generated.trace_id, passing);
  for (size_t i = 0; i < mapped->count; i++)
    headers_add(&headers, mapped->items[i].name, mapped->items[i].value, passing);
  bool is_error = finish->error_type.data != NULL;
  if (finish->content_type && !is_error && headers_find(mapped, TEXT("Content-Type")) == NULL)
    headers_add(&headers, TEXT("Content-Type"), TEXT("application/json"), passing);
  return headers;
}

/* The order of a regional endpoint over HTTP/1.1 (assumed; clients don't depend on it). */
static Headers wire_headers(const MappingRun *run, const FinishHeaders *finish, const Outcome *out) {
  Arena *passing = run->passing;
  const Headers *mapped = &out->response.headers;
  Headers headers = {NULL, 0, 0};
  headers_add(&headers, TEXT("Date"), time_to_date(run->generated.time_ms, passing), passing);
  if (headers_find(mapped, TEXT("Content-Type")) == NULL)
    headers_add(&headers, TEXT("Content-Type"), TEXT("application/json"), passing);
  add_matching(mapped, TEXT("Content-Type"), true, &headers, passing);
  headers_add(&headers, TEXT("Content-Length"), number_to_text(out->response.body.length, passing), passing);
  headers_add(&headers, TEXT("Connection"), TEXT("keep-alive"), passing);
  headers_add(&headers, TEXT("x-amzn-RequestId"), run->generated.request_id, passing);
  if (finish->error_type.data != NULL)
    headers_add(&headers, TEXT("x-amzn-ErrorType"), finish->error_type, passing);
  add_matching(mapped, TEXT("Content-Type"), false, &headers, passing);
  headers_add(&headers, TEXT("x-amz-apigw-id"), run->generated.extended_request_id, passing);
  if (finish->trace_id && headers_find(mapped, TEXT("X-Amzn-Trace-Id")) == NULL)
    headers_add(&headers, TEXT("X-Amzn-Trace-Id"), run->generated.trace_id, passing);
  return headers;
}

void response_headers_finish(MappingRun *run, const FinishHeaders *finish, Outcome *out) {
  bool is_error = finish->error_type.data != NULL;
  Headers method = {NULL, 0, 0};
  if (run->flags.test_invoke || !run->input->brief)
    method = method_headers(run, finish, &out->response.headers);
  if (!is_error) log_headers(run, "Method response headers: ", &method);
  out->response.headers = run->flags.test_invoke ? method : wire_headers(run, finish, out);
}
