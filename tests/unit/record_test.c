/* record: what goes over the wire and what is made of the answer, held against a server that says exactly
 * what a test tells it; and redaction. */
#include "harness/record/record.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static Arena *arena;

static int prepare(void **state) {
  (void)state;
  arena = arena_new(0);
  unsetenv("AWS_ACCESS_KEY_ID");
  return 0;
}

static int tidy(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void assert_text(Text actual, const char *expected) {
  if (actual.length != strlen(expected) || memcmp(actual.data, expected, actual.length) != 0)
    fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARGS(actual), expected);
}

static void assert_has(Text text, const char *part) {
  if (text_find(text, text_from(part), 0) == TEXT_NOT_FOUND)
    fail_msg("\"%.*s\" lacks \"%s\"", TEXT_ARGS(text), part);
}

/* ---- a server of one connection ---- */

typedef struct Script {
  Text answer; /* data NULL: silence until the client leaves */
  int listener;
  int port;
  char request[4096];
  size_t length;
  pthread_t thread;
} Script;

static int listen_somewhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(listener, 8), 0);
  getsockname(listener, (struct sockaddr *)&address, &length);
  *port = ntohs(address.sin_port);
  return listener;
}

/* Until the head is there, and as many bytes of the body as it announces. */
static bool request_is_whole(const Script *script) {
  const char *end = strstr(script->request, "\r\n\r\n");
  const char *length = strstr(script->request, "Content-Length: ");
  if (end == NULL) return false;
  size_t body = length != NULL ? (size_t)atol(length + 16) : 0;
  return script->length >= (size_t)(end - script->request) + 4 + body;
}

static void *serve(void *subject) {
  Script *script = subject;
  int client = accept(script->listener, NULL, NULL);
  while (client >= 0 && !request_is_whole(script)) {
    ssize_t got =
        recv(client, script->request + script->length, sizeof script->request - 1 - script->length, 0);
    if (got <= 0) break;
    script->length += (size_t)got;
  }
  for (Text left = script->answer; left.length > 0;) {
    ssize_t sent = send(client, left.data, left.length, MSG_NOSIGNAL);
    if (sent <= 0) break;
    left = text_slice(left, (size_t)sent, left.length);
  }
  char byte;
  if (script->answer.data == NULL)
    while (recv(client, &byte, 1, 0) > 0) continue;
  shutdown(client, SHUT_WR);
  close(client);
  return NULL;
}

static void start(Script *script) {
  script->listener = listen_somewhere(&script->port);
  pthread_create(&script->thread, NULL, serve, script);
}

static Text finish(Script *script) {
  pthread_join(script->thread, NULL);
  close(script->listener);
  return (Text){script->request, script->length};
}

/* ---- asking ---- */

typedef struct Seen {
  int count;
  int stop_after; /* 0: never */
  int *stop;
  bool refuses;
} Seen;

static bool take(void *subject, RecordTask *task, Fault *fault) {
  Seen *seen = subject;
  if (task == NULL) return true;
  seen->count++;
  assert_int_equal(task->exchange.id.length, 26);
  if (seen->count == seen->stop_after) *seen->stop = 1;
  if (seen->refuses) return fault_raise(fault, FAULT_SYSTEM, "no room");
  return true;
}

static RecordTask task_for(const char *uri) {
  RecordTask task = {.integration = INTEGRATION_HTTP};
  task.request.method = TEXT("GET");
  task.request.uri = text_from(uri);
  return task;
}

static const BackendAnswer *ask(RecordTask *task, const RecordOptions *options) {
  Fault fault = {0};
  Seen seen = {0};
  if (!record_tasks(task, 1, options, take, &seen, NULL, arena, &fault)) fail_msg("%s", fault.message);
  assert_int_equal(seen.count, 1);
  return &task->exchange.backend;
}

static char *local(int port) {
  return arena_copy_string(arena, arena_print(arena, "http://127.0.0.1:%d", port));
}

static const BackendAnswer *ask_for_answer(Text raw) {
  Script script = {.answer = raw};
  start(&script);
  RecordTask task = task_for("http://example.com/x");
  const BackendAnswer *answer = ask(&task, &(RecordOptions){.backend = local(script.port)});
  finish(&script);
  BackendAnswer *copy = ARENA_NEW(arena, BackendAnswer);
  *copy = *answer;
  return copy;
}

/* ---- what is sent ---- */

static void nothing_is_sent_that_was_not_said(void **state) {
  (void)state;
  Script script = {.answer = TEXT("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
  start(&script);
  RecordTask task = task_for("http://backend.example.com/a/../b//c%2F?x=%41&y=\xC3\xA9 z");
  headers_add(&task.request.headers, TEXT("x-Odd"), TEXT("1"), arena);
  headers_add(&task.request.headers, TEXT("Host"), TEXT("backend.example.com"), arena);
  headers_add(&task.request.headers, TEXT("X-Empty"), TEXT(""), arena);
  headers_add(&task.request.headers, TEXT("x-Odd"), TEXT("2"), arena);
  ask(&task, &(RecordOptions){.backend = local(script.port)});
  Text expected = arena_print(arena,
                              "GET /a/../b//c%%2F?x=%%41&y=\xC3\xA9%%20z HTTP/1.1\r\n"
                              "Host: 127.0.0.1:%d\r\nx-Odd: 1\r\nX-Empty:\r\nx-Odd: 2\r\n\r\n",
                              script.port);
  assert_text(finish(&script), expected.data);
}

static void a_body_is_sent_with_its_length(void **state) {
  (void)state;
  Script script = {.answer = TEXT("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
  start(&script);
  RecordTask task = task_for("http://backend.example.com/orders");
  task.request.method = TEXT("DELETE");
  task.request.body = TEXT("{\"a\":1}");
  headers_add(&task.request.headers, TEXT("Content-Type"), TEXT("text/x"), arena);
  headers_add(&task.request.headers, TEXT("Content-Length"), TEXT("99"), arena);
  ask(&task, &(RecordOptions){.backend = arena_print(arena, "%s/base/", local(script.port)).data});
  Text sent = finish(&script);
  assert_has(sent, "DELETE /base/orders HTTP/1.1\r\n");
  assert_has(sent, "Content-Type: text/x\r\n");
  assert_has(sent, "Content-Length: 7\r\n");
  assert_has(sent, "\r\n\r\n{\"a\":1}");
  assert_int_equal(text_find(sent, TEXT("Content-Length: 99"), 0), TEXT_NOT_FOUND);
}

static void a_header_that_would_break_the_request_is_refused(void **state) {
  (void)state;
  RecordTask task = task_for("http://127.0.0.1:1/");
  headers_add(&task.request.headers, TEXT("X"), TEXT("1\r\nInjected: 2"), arena);
  const BackendAnswer *answer = ask(&task, &(RecordOptions){0});
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_has(answer->detail, "can't carry");
}

/* ---- what comes back ---- */

static void answers_are_kept_as_they_came(void **state) {
  (void)state;
  const BackendAnswer *answer = ask_for_answer(
      TEXT("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
           "HTTP/1.1 404 Gone Fishing\r\nx-ODD:  v1 \r\nSet-Cookie: a=1\r\nX-Empty:\r\nset-cookie: b=2\r\n"
           "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nFolded: one\r\n  two\r\n\r\n"
           "3\r\n\x1f\x8b\xff\r\n2;x=y\r\nab\r\n0\r\nTrailer: late\r\n\r\n"));
  assert_int_equal(answer->kind, BACKEND_HTTP);
  assert_int_equal(answer->status, 404);
  assert_text(answer->body, "\x1f\x8b\xff"
                            "ab");
  static const char *const expected[][2] = {
      {"x-ODD", "v1"},       {"Set-Cookie", "a=1"},        {"X-Empty", ""},
      {"set-cookie", "b=2"}, {"Content-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"},
      {"Folded", "one two"}};
  assert_int_equal(answer->headers.count, 7);
  for (size_t i = 0; i < 7; i++) {
    assert_text(answer->headers.items[i].name, expected[i][0]);
    assert_text(answer->headers.items[i].value, expected[i][1]);
  }
  assert_true(answer->duration_ms >= 0);
}

static void redirects_are_answers(void **state) {
  (void)state;
  const BackendAnswer *answer = ask_for_answer(
      TEXT("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));
  assert_int_equal(answer->status, 302);
  assert_text(headers_find(&answer->headers, TEXT("location"))->value, "http://127.0.0.1:1/");
}

static void bodiless_statuses_do_not_hang(void **state) {
  (void)state;
  assert_int_equal(ask_for_answer(TEXT("HTTP/1.1 204 No Content\r\n\r\n"))->status, 204);
  assert_int_equal(ask_for_answer(TEXT("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"))->status,
                   304);
}

static void a_body_that_ends_too_early_is_a_failure(void **state) {
  (void)state;
  const BackendAnswer *answer = ask_for_answer(TEXT("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_int_equal(answer->reason, FAILURE_NETWORK);
  assert_has(answer->detail, "remaining");
}

static void what_is_no_http_is_a_failure(void **state) {
  (void)state;
  const BackendAnswer *answer = ask_for_answer(TEXT("SSH-2.0-OpenSSH_9.2\r\n"));
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_int_equal(answer->reason, FAILURE_NETWORK);
}

static void a_huge_answer_is_too_large(void **state) {
  (void)state;
  Buffer raw = buffer_make(arena, 0);
  buffer_print(&raw, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", RECORD_BODY_LIMIT + 1);
  size_t head = raw.length;
  while (raw.length < head + RECORD_BODY_LIMIT + 1) buffer_append_char(&raw, 'x');
  const BackendAnswer *answer = ask_for_answer(buffer_text(&raw));
  assert_int_equal(answer->reason, FAILURE_TOO_LARGE);
  assert_int_equal(answer->kind, BACKEND_FAILURE);
}

static void silence_is_a_timeout(void **state) {
  (void)state;
  Script script = {0};
  start(&script);
  RecordTask task = task_for("http://example.com/x");
  task.timeout_ms = 150;
  const BackendAnswer *answer = ask(&task, &(RecordOptions){.backend = local(script.port)});
  finish(&script);
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_int_equal(answer->reason, FAILURE_TIMEOUT);
  assert_true(answer->duration_ms >= 100);
}

static void nobody_there_is_a_network_failure(void **state) {
  (void)state;
  int port;
  close(listen_somewhere(&port));
  RecordTask refused = task_for(local(port));
  const BackendAnswer *answer = ask(&refused, &(RecordOptions){0});
  assert_int_equal(answer->reason, FAILURE_NETWORK);
  assert_has(answer->detail, "connect");
  RecordTask unknown = task_for("http://no-such-host.invalid/");
  answer = ask(&unknown, &(RecordOptions){0});
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_int_equal(answer->reason, FAILURE_NETWORK);
  RecordTask scheme = task_for("file:///etc/passwd");
  answer = ask(&scheme, &(RecordOptions){0});
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  assert_has(answer->detail, "no http or https address");
}

static void broken_tls_is_a_network_failure(void **state) {
  (void)state;
  Script script = {.answer = TEXT("this is not TLS\r\n\r\n")};
  script.request[0] = '\0';
  start(&script);
  RecordTask task = task_for("https://example.com/");
  const BackendAnswer *answer =
      ask(&task, &(RecordOptions){.backend = arena_print(arena, "https://127.0.0.1:%d", script.port).data,
                                  .timeout_ms = 3000});
  assert_int_equal(answer->kind, BACKEND_FAILURE);
  shutdown(script.listener, SHUT_RDWR);
  finish(&script);
}

/* ---- Lambda ---- */

static RecordTask function_task(const char *name) {
  RecordTask task = {.integration = INTEGRATION_AWS, .is_lambda = true, .function_name = text_from(name)};
  task.request.method = TEXT("POST");
  task.request.body = TEXT("{\"a\":1}");
  headers_add(&task.request.headers, TEXT("X-Client"), TEXT("not for Invoke"), arena);
  return task;
}

static void functions_are_invoked(void **state) {
  (void)state;
  Script script = {.answer = TEXT("HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\n"
                                  "X-Amz-Log-Result: U1RBUlQ=\r\nContent-Length: 21\r\n\r\n"
                                  "{\"errorMessage\": \"a\"}")};
  start(&script);
  RecordTask task = function_task("orders:live");
  const BackendAnswer *answer = ask(&task, &(RecordOptions){.lambda_endpoint = local(script.port)});
  Text sent = finish(&script);
  assert_has(sent, "POST /2015-03-31/functions/orders:live/invocations HTTP/1.1\r\n");
  assert_has(sent, "\r\n\r\n{\"a\":1}");
  assert_int_equal(text_find(sent, TEXT("X-Client"), 0), TEXT_NOT_FOUND);
  assert_int_equal(text_find(sent, TEXT("Authorization"), 0), TEXT_NOT_FOUND);
  assert_int_equal(answer->kind, BACKEND_LAMBDA);
  assert_int_equal(answer->status, 200);
  assert_text(answer->function_error, "Unhandled");
  assert_text(answer->log_tail, "START");
  assert_text(answer->body, "{\"errorMessage\": \"a\"}");
}

static void invocations_are_signed_and_may_be_asynchronous(void **state) {
  (void)state;
  Script script = {.answer = TEXT("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")};
  start(&script);
  setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  setenv("AWS_SESSION_TOKEN", "session", 1);
  setenv("AWS_REGION", "eu-west-1", 1);
  RecordTask task = function_task("orders");
  task.request.asynchronous = true;
  const BackendAnswer *answer = ask(&task, &(RecordOptions){.lambda_endpoint = local(script.port)});
  unsetenv("AWS_ACCESS_KEY_ID");
  Text sent = finish(&script);
  assert_has(sent, "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
  assert_has(sent, "/eu-west-1/lambda/aws4_request");
  assert_has(sent, "X-Amz-Security-Token: session\r\n");
  assert_has(sent, "X-Amz-Invocation-Type: Event\r\n");
  assert_int_equal(answer->status, 202);
}

static void refused_invocations_are_failures(void **state) {
  (void)state;
  static const struct {
    const char *line;
    FailureReason reason;
  } refusals[] = {{"403 Forbidden", FAILURE_ACCESS_DENIED}, {"429 Too Many Requests", FAILURE_THROTTLED}};
  for (size_t i = 0; i < 2; i++) {
    Script script = {.answer =
                         arena_print(arena, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\n{}", refusals[i].line)};
    start(&script);
    RecordTask task = function_task("orders");
    const BackendAnswer *answer = ask(&task, &(RecordOptions){.lambda_endpoint = local(script.port)});
    finish(&script);
    assert_int_equal(answer->kind, BACKEND_FAILURE);
    assert_int_equal(answer->reason, refusals[i].reason);
  }
  RecordTask task = function_task("orders");
  assert_has(ask(&task, &(RecordOptions){0})->detail, "--lambda-endpoint");
}

/* ---- several ---- */

static void a_stop_gives_up_what_is_not_answered(void **state) {
  (void)state;
  enum { COUNT = 50 };
  RecordTask tasks[COUNT];
  int stop = 0;
  for (int i = 0; i < COUNT; i++) tasks[i] = task_for("http://127.0.0.1:1/");
  Seen seen = {.stop_after = 3, .stop = &stop};
  assert_true(record_tasks(tasks, COUNT, &(RecordOptions){.jobs = 2}, take, &seen, &stop, arena, NULL));
  assert_in_range(seen.count, 3, 6);
}

static void a_sink_that_refuses_ends_it(void **state) {
  (void)state;
  RecordTask tasks[5];
  for (int i = 0; i < 5; i++) tasks[i] = task_for("http://127.0.0.1:1/");
  Seen seen = {.refuses = true};
  Fault fault;
  assert_false(record_tasks(tasks, 5, &(RecordOptions){.jobs = 1}, take, &seen, NULL, arena, &fault));
  assert_int_equal(seen.count, 1);
  assert_string_equal(fault.message, "no room");
}

/* ---- redaction ---- */

static JsonPath *path_of(const char *source) {
  JsonPath *path = NULL;
  Fault fault;
  if (!jsonpath_compile(text_from(source), arena, &path, &fault)) fail_msg("%s", fault.message);
  return path;
}

static Exchange redact(const char *path, BackendKind kind, const char *body) {
  Exchange exchange = {.backend = {.kind = kind, .status = 200, .body = text_from(body)}};
  RedactionRule rule = {.path = path != NULL ? path_of(path) : NULL};
  redact_exchange(&exchange, &rule, 1, NULL, 0, TEXT("key"), arena);
  return exchange;
}

static void secrets_in_headers_and_queries_are_replaced(void **state) {
  (void)state;
  Exchange exchange = {0};
  Headers *headers = &exchange.request.headers;
  headers_add(headers, TEXT("authorization"), TEXT("Bearer s3cret"), arena);
  headers_add(headers, TEXT("Cookie"), TEXT("a=s3cret; b=s3cret"), arena);
  headers_add(headers, TEXT("X-Api-Key"), TEXT("kept"), arena);
  headers_add(headers, TEXT("X-Own"), TEXT("s3cret"), arena);
  headers_add(headers, TEXT("Accept"), TEXT("s3cret"), arena);
  headers_add(&exchange.request.query, TEXT("access_token"), TEXT("s3cret"), arena);
  headers_add(&exchange.request.query, TEXT("q"), TEXT("s3cret"), arena);
  headers_add(&exchange.backend.headers, TEXT("Set-Cookie"), TEXT("sid=s3cret; Path=/; HttpOnly"), arena);
  const RedactionRule rules[] = {{.header = TEXT("x-own")}, {.query = TEXT("other")}};
  const Text keep = TEXT("x-api-key");
  redact_exchange(&exchange, rules, 2, &keep, 1, TEXT("key"), arena);
  Text placeholder = headers->items[3].value;
  assert_int_equal(placeholder.length, 25);
  assert_has(placeholder, "redacted-");
  const char *p = placeholder.data;
  assert_text(headers->items[0].value, arena_print(arena, "Bearer %.25s", p).data);
  assert_text(headers->items[1].value, arena_print(arena, "a=%.25s; b=%.25s", p, p).data);
  assert_text(headers->items[2].value, "kept");
  assert_text(headers->items[4].value, "s3cret");
  assert_text(exchange.request.query.items[0].value, arena_print(arena, "%.25s", p).data);
  assert_text(exchange.request.query.items[1].value, "s3cret");
  assert_text(exchange.backend.headers.items[0].value,
              arena_print(arena, "sid=%.25s; Path=/; HttpOnly", p).data);
  assert_text(exchange.redactions, "[\"request header authorization\",\"request header Cookie\","
                                   "\"request header X-Own\",\"request query access_token\","
                                   "\"backend header Set-Cookie\"]");
  Exchange again = exchange;
  redact_exchange(&again, rules, 2, &keep, 1, TEXT("another key"), arena);
  assert_text(again.request.headers.items[0].value, arena_print(arena, "Bearer %.25s", p).data);
}

static void a_secret_that_the_backend_says_again_is_replaced(void **state) {
  (void)state;
  Exchange exchange = {
      .backend = {.kind = BACKEND_HTTP, .body = TEXT("you sent tok-12345678, tok-12345678")}};
  headers_add(&exchange.request.headers, TEXT("Authorization"), TEXT("Bearer tok-12345678"), arena);
  headers_add(&exchange.request.headers, TEXT("X-Api-Key"), TEXT("you"), arena); /* too short to look for */
  headers_add(&exchange.backend.headers, TEXT("X-Echo"), TEXT("tok-12345678"), arena);
  redact_exchange(&exchange, NULL, 0, NULL, 0, TEXT("key"), arena);
  Text body = exchange.backend.body;
  assert_int_equal(text_find(body, TEXT("tok-"), 0), TEXT_NOT_FOUND);
  assert_has(body, "you sent redacted-");
  assert_has(exchange.backend.headers.items[0].value, "redacted-");
  assert_has(exchange.redactions, "an echo of a secret");
}

static void members_are_replaced_where_they_stand(void **state) {
  (void)state;
  Exchange exchange = redact("$.card", BACKEND_HTTP,
                             "{ \"n\": 1.10,\"card\":{\"number\":4111111111111111, \"ok\":true,\"x\":null, "
                             "\"t\":[\"a\\n\",\"a\\u000a\"] } }\n");
  Text body = exchange.backend.body;
  assert_has(body, "{ \"n\": 1.10,\"card\":{\"number\":");
  assert_has(body, ", \"ok\":false,\"x\":null, \"t\":[\"redacted-");
  assert_int_equal(text_find(body, TEXT("4111111111111111"), 0), TEXT_NOT_FOUND);
  size_t first = text_find(body, TEXT("redacted-"), 0),
         second = text_find(body, TEXT("redacted-"), first + 1);
  assert_memory_equal(body.data + first, body.data + second, 25); /* equal secrets stay equal */
  assert_has(exchange.redactions, "\"backend body $.card.number\"");
  assert_has(exchange.redactions, "\"backend body $.card.t[1]\"");
  Exchange array =
      redact("$[*].pin", BACKEND_HTTP, "[{\"pin\":\"1\"},{\"pin\":-0.5e7,\"a\":[1,{\"pin\":2}]}]");
  assert_has(array.backend.body, "\"a\":[1,{\"pin\":2}]}]");
  assert_int_equal(text_find(array.backend.body, TEXT("-0.5e7"), 0), TEXT_NOT_FOUND);
  assert_has(array.backend.body, "e7,");
}

static void bodies_without_secrets_stay_as_they_are(void **state) {
  (void)state;
  const char *body = "{\"a\" : 1}";
  Exchange exchange = redact("$.b", BACKEND_HTTP, body);
  assert_ptr_equal(exchange.backend.body.data, body);
  assert_null(exchange.redactions.data);
  assert_text(redact("$.b", BACKEND_HTTP, "<html>").backend.body, "<html>");
  assert_text(redact(NULL, BACKEND_HTTP, "{a:1").backend.body, "{a:1");
}

static void what_can_not_be_searched_is_replaced_as_a_whole(void **state) {
  (void)state;
  assert_has(redact("$.b", BACKEND_HTTP, "{b: s3cret}").backend.body, "\"redacted-");
  assert_has(redact("$[?(@.a)].b", BACKEND_HTTP, "[{\"b\":\"s3cret\"}]").backend.body, "\"redacted-");
}

static void proxy_answers_are_searched_as_answers(void **state) {
  (void)state;
  Exchange exchange = redact("$.card", BACKEND_LAMBDA,
                             "{\"statusCode\":200,\"headers\":{\"Set-Cookie\":\"a=s3cret; Path=/\"},"
                             "\"multiValueHeaders\":{\"set-cookie\":[\"b=s3cret\"]},"
                             "\"body\":\"{\\\"card\\\":\\\"s3cret\\\"}\"}");
  Text body = exchange.backend.body;
  assert_int_equal(text_find(body, TEXT("s3cret"), 0), TEXT_NOT_FOUND);
  assert_has(body, "\"Set-Cookie\":\"a=redacted-");
  assert_has(body, "; Path=/\"");
  assert_has(body, "\"body\":\"{\\\"card\\\":\\\"redacted-");
  assert_has(exchange.redactions, "proxied body $.card");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_sent_that_was_not_said),
      cmocka_unit_test(a_body_is_sent_with_its_length),
      cmocka_unit_test(a_header_that_would_break_the_request_is_refused),
      cmocka_unit_test(answers_are_kept_as_they_came),
      cmocka_unit_test(redirects_are_answers),
      cmocka_unit_test(bodiless_statuses_do_not_hang),
      cmocka_unit_test(a_body_that_ends_too_early_is_a_failure),
      cmocka_unit_test(what_is_no_http_is_a_failure),
      cmocka_unit_test(a_huge_answer_is_too_large),
      cmocka_unit_test(silence_is_a_timeout),
      cmocka_unit_test(nobody_there_is_a_network_failure),
      cmocka_unit_test(broken_tls_is_a_network_failure),
      cmocka_unit_test(functions_are_invoked),
      cmocka_unit_test(invocations_are_signed_and_may_be_asynchronous),
      cmocka_unit_test(refused_invocations_are_failures),
      cmocka_unit_test(a_stop_gives_up_what_is_not_answered),
      cmocka_unit_test(a_sink_that_refuses_ends_it),
      cmocka_unit_test(secrets_in_headers_and_queries_are_replaced),
      cmocka_unit_test(a_secret_that_the_backend_says_again_is_replaced),
      cmocka_unit_test(members_are_replaced_where_they_stand),
      cmocka_unit_test(bodies_without_secrets_stay_as_they_are),
      cmocka_unit_test(what_can_not_be_searched_is_replaced_as_a_whole),
      cmocka_unit_test(proxy_answers_are_searched_as_answers),
  };
  return cmocka_run_group_tests(tests, prepare, tidy);
}
