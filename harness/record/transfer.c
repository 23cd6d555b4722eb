/* One call to a backend through libcurl: nothing is sent that the mapping didn't say, and what comes back is
 * kept as it came: header order, case and repeats, bytes of the body. */
#include "harness/record/record_parts.h"

#include "harness/base/encoding.h"

#include <stdlib.h>
#include <string.h>

enum { GATEWAY_TIMEOUT_MS = 29000 }; /* documented: the longest that the gateway waits unless told */

/* ---- what comes back ---- */

/* header = name ":" blanks value CRLF; a line that begins with a blank goes on the one before */
static void take_header(Transfer *transfer, Text line) {
  Headers *headers = &transfer->headers;
  if (line.length > 0 && (line.data[0] == ' ' || line.data[0] == '\t') && headers->count > 0) {
    Header *last = &headers->items[headers->count - 1];
    last->value =
        arena_print(transfer->arena, "%.*s %.*s", TEXT_ARGS(last->value), TEXT_ARGS(text_trim(line)));
    return;
  }
  size_t colon = text_find_char(line, ':', 0);
  if (colon == TEXT_NOT_FOUND) return;
  headers_add(headers, arena_copy_text(transfer->arena, text_slice(line, 0, colon)),
              arena_copy_text(transfer->arena, text_trim(text_slice(line, colon + 1, line.length))),
              transfer->arena);
}

/* Called with each line of each head (interim ones too) and with trailers. */
static size_t on_header(char *bytes, size_t size, size_t count, void *subject) {
  Transfer *transfer = subject;
  Text line = {bytes, size * count};
  long status = 0;
  if (transfer->head_done) return size * count;
  if (text_starts(line, TEXT("HTTP/"))) {
    transfer->headers = (Headers){0};
    return size * count;
  }
  if (text_trim(line).length > 0) {
    take_header(transfer, line);
    return size * count;
  }
  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  transfer->head_done = status >= 200;
  return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *subject) {
  Transfer *transfer = subject;
  buffer_append_bytes(&transfer->body, bytes, size * count);
  return transfer->body.overflowed ? 0 : size * count;
}

/* ---- what is sent ---- */

static bool can_be_sent(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0') return false;
  return true;
}

static void send_line(Transfer *transfer, Text line) {
  transfer->sent = curl_slist_append(transfer->sent, line.data);
}

static bool send_header(Transfer *transfer, const Header *header, Fault *fault) {
  if (header->name.length == 0 || !can_be_sent(header->name) || !can_be_sent(header->value))
    return fault_raise(fault, FAULT_INPUT, "the header \"%.*s\" holds what HTTP can't carry",
                       TEXT_ARGS(header->name));
  send_line(transfer, header->value.length == 0
                          ? arena_print(transfer->arena, "%.*s;", TEXT_ARGS(header->name))
                          : arena_print(transfer->arena, "%.*s: %.*s", TEXT_ARGS(header->name),
                                        TEXT_ARGS(header->value)));
  return true;
}

/* libcurl would add these by itself. */
static void drop_defaults(Transfer *transfer, const Headers *headers) {
  static const char *const defaults[] = {"Accept", "User-Agent", "Content-Type", "Expect"};
  for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
    if (headers_find(headers, text_from(defaults[i])) == NULL)
      send_line(transfer, arena_print(transfer->arena, "%s:", defaults[i]));
}

/* The length is libcurl's business; a Host of the integration's own would be wrong at another backend. */
static bool is_left_out(const Header *header, const RecordTask *task, const Address *address) {
  static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Expect"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (text_equal_ignoring_case(header->name, text_from(names[i]))) return true;
  return text_equal_ignoring_case(header->name, TEXT("Host")) && !text_equal(header->value, address->host) &&
         text_find(task->request.uri, header->value, 0) != TEXT_NOT_FOUND;
}

static bool send_http_headers(Transfer *transfer, const Address *address, Fault *fault) {
  const RecordTask *task = transfer->task;
  for (size_t i = 0; i < task->request.headers.count; i++) {
    const Header *header = &task->request.headers.items[i];
    if (!is_left_out(header, task, address) && !send_header(transfer, header, fault)) return false;
  }
  drop_defaults(transfer, &task->request.headers);
  return true;
}

static void sign(Transfer *transfer, const Address *address) {
  const char *key = getenv("AWS_ACCESS_KEY_ID"), *secret = getenv("AWS_SECRET_ACCESS_KEY");
  const char *token = getenv("AWS_SESSION_TOKEN"), *region = getenv("AWS_REGION");
  if (key == NULL || *key == '\0' || secret == NULL) return;
  if (region == NULL || *region == '\0') region = getenv("AWS_DEFAULT_REGION");
  Text host = address->host, rest;
  if ((region == NULL || *region == '\0') && text_starts(host, TEXT("lambda."))) {
    text_split(host, '.', &rest);
    region = arena_copy_string(transfer->arena, text_split(rest, '.', &rest));
  }
  if (region == NULL || *region == '\0') region = "us-east-1";
  curl_easy_setopt(transfer->easy, CURLOPT_AWS_SIGV4,
                   arena_print(transfer->arena, "aws:amz:%s:lambda", region).data);
  curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, key);
  curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD, secret);
  if (token != NULL && *token != '\0')
    send_line(transfer, arena_print(transfer->arena, "X-Amz-Security-Token: %s", token));
}

/* Only what Invoke itself understands goes along: a function doesn't see headers. */
static bool send_invoke_headers(Transfer *transfer, const Address *address, Fault *fault) {
  const RecordTask *task = transfer->task;
  for (size_t i = 0; i < task->request.headers.count; i++) {
    const Header *header = &task->request.headers.items[i];
    bool is_context = text_equal_ignoring_case(header->name, TEXT("X-Amz-Client-Context"));
    if (is_context && !send_header(transfer, header, fault)) return false;
  }
  send_line(transfer, TEXT("Content-Type: application/json"));
  if (task->request.asynchronous) send_line(transfer, TEXT("X-Amz-Invocation-Type: Event"));
  drop_defaults(transfer,
                &(Headers){.items = &(Header){TEXT_INIT("Content-Type"), TEXT_INIT("")}, .count = 1});
  sign(transfer, address);
  return true;
}

static void set_method(Transfer *transfer) {
  const RecordTask *task = transfer->task;
  CURL *easy = transfer->easy;
  Text method = task->is_lambda ? TEXT("POST") : task->request.method;
  Text body = task->request.body;
  bool posts = text_is(method, "POST") || text_is(method, "PUT") || text_is(method, "PATCH");
  if (text_is(method, "HEAD")) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (posts || body.length > 0) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.length > 0 ? body.data : "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, arena_copy_string(transfer->arena, method));
}

static void set_address(Transfer *transfer, const Address *address) {
  CURL *easy = transfer->easy;
  curl_easy_setopt(
      easy, CURLOPT_URL,
      arena_print(transfer->arena, "%.*s%.*s", TEXT_ARGS(address->base), TEXT_ARGS(address->target)).data);
  curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, arena_copy_string(transfer->arena, address->target));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (address->is_loopback) curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void set_limits(Transfer *transfer, const RecordOptions *options) {
  CURL *easy = transfer->easy;
  int timeout = options->timeout_ms > 0          ? options->timeout_ms
                : transfer->task->timeout_ms > 0 ? transfer->task->timeout_ms
                                                 : GATEWAY_TIMEOUT_MS;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  allow_only_http(easy);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  if (options->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
  if (!options->insecure) return;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

static void set_receivers(Transfer *transfer) {
  CURL *easy = transfer->easy;
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->sent);
}

/* ---- the life of a transfer ---- */

void transfer_open(Transfer *transfer) {
  *transfer = (Transfer){.easy = curl_easy_init(), .body = buffer_make(NULL, RECORD_BODY_LIMIT)};
  if (transfer->easy == NULL) abort(); /* no memory */
}

static void forget(Transfer *transfer) {
  curl_slist_free_all(transfer->sent);
  transfer->sent = NULL;
  transfer->task = NULL;
}

void transfer_close(Transfer *transfer) {
  curl_easy_cleanup(transfer->easy);
  forget(transfer);
  buffer_free(&transfer->body);
}

static void fail(RecordTask *task, FailureReason reason, Text detail) {
  task->exchange.backend =
      (BackendAnswer){.kind = BACKEND_FAILURE, .reason = reason, .detail = detail, .duration_ms = -1};
}

bool transfer_start(Transfer *transfer, RecordTask *task, const RecordOptions *options, Arena *arena) {
  Address address;
  Fault fault;
  transfer->task = task;
  transfer->arena = arena;
  transfer->headers = (Headers){0};
  transfer->head_done = false;
  transfer->error[0] = '\0';
  buffer_clear(&transfer->body);
  curl_easy_reset(transfer->easy);
  bool good = task->is_lambda
                  ? address_of_function(task, options->lambda_endpoint, arena, &address, &fault) &&
                        send_invoke_headers(transfer, &address, &fault)
                  : address_of(task->request.uri, options->backend, arena, &address, &fault) &&
                        send_http_headers(transfer, &address, &fault);
  if (!good) {
    task->unreachable = true;
    fail(task, FAILURE_NETWORK, arena_copy_text(arena, text_from(fault.message)));
    forget(transfer);
    return false;
  }
  set_method(transfer);
  set_address(transfer, &address);
  set_limits(transfer, options);
  set_receivers(transfer);
  return true;
}

/* Nobody was there, as opposed to somebody who answered badly: the request was never sent. */
static bool is_unreachable(const Transfer *transfer, CURLcode result) {
  curl_off_t sent_after = 0;
  switch (result) {
  case CURLE_OPERATION_TIMEDOUT:
    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_after);
    return sent_after == 0;
  case CURLE_URL_MALFORMAT:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM: return true;
  default: return false;
  }
}

static void take_failure(Transfer *transfer, CURLcode result, double duration_ms) {
  RecordTask *task = transfer->task;
  const char *detail = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(result);
  FailureReason reason = result == CURLE_OPERATION_TIMEDOUT ? FAILURE_TIMEOUT : FAILURE_NETWORK;
  if (transfer->body.overflowed) {
    reason = FAILURE_TOO_LARGE;
    detail = "the answer is larger than 10 MB, which the gateway doesn't take";
  }
  fail(task, reason, arena_copy_text(transfer->arena, text_from(detail)));
  task->exchange.backend.duration_ms = duration_ms;
  task->unreachable = is_unreachable(transfer, result);
}

/* Invoke answered: what the gateway takes as a refusal is a failure, the rest is the function's. Witness for
 * 403 and 429: seen in execution logs (gateway.md 2.2); for the others: assumed. */
static void take_invocation(Transfer *transfer, BackendAnswer *answer) {
  static const struct {
    int status;
    FailureReason reason;
  } refusals[] = {{403, FAILURE_ACCESS_DENIED},
                  {404, FAILURE_ACCESS_DENIED},
                  {413, FAILURE_TOO_LARGE},
                  {429, FAILURE_THROTTLED}};
  const Header *error = headers_find(&answer->headers, TEXT("X-Amz-Function-Error"));
  const Header *log = headers_find(&answer->headers, TEXT("X-Amz-Log-Result"));
  answer->kind = BACKEND_LAMBDA;
  if (error != NULL) answer->function_error = error->value;
  if (log != NULL && !base64_decode(log->value, transfer->arena, &answer->log_tail, NULL))
    answer->log_tail = (Text){NULL, 0};
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    if (answer->status != refusals[i].status) continue;
    double duration_ms = answer->duration_ms;
    fail(transfer->task, refusals[i].reason,
         arena_print(transfer->arena, "Invoke answered %d: %.*s", answer->status, TEXT_ARGS(answer->body)));
    answer->duration_ms = duration_ms;
    return;
  }
}

void transfer_finish(Transfer *transfer, CURLcode result) {
  RecordTask *task = transfer->task;
  curl_off_t microseconds = 0;
  long status = 0;
  curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  double duration_ms = (double)microseconds / 1000;
  exchange_stamp(&task->exchange, clock_milliseconds(), transfer->arena);
  if (result != CURLE_OK) {
    take_failure(transfer, result, duration_ms);
  } else {
    BackendAnswer *answer = &task->exchange.backend;
    *answer = (BackendAnswer){.kind = BACKEND_HTTP,
                              .status = (int)status,
                              .headers = transfer->headers,
                              .body = arena_copy_text(transfer->arena, buffer_text(&transfer->body)),
                              .duration_ms = duration_ms};
    if (task->is_lambda) take_invocation(transfer, answer);
  }
  forget(transfer);
}
