/* The live recorder's conduct: requests passed on, connections kept, failures told, hostile clients refused
 * while others are served, and what the sink may ask of it. */
#include "tests/runner/live_recorder.h"

enum { LARGE_SIZE = 24 * 1024 * 1024 };

enum { SMALL, CHUNKS, TRICKLE, LARGE, ROWS };
static Row rows[ROWS] = {
    [SMALL] = {.title = "small", .bytes = OK JSON "Content-Length: 14\r\n\r\n{\"small\":true}"},
    [CHUNKS] = {.title = "chunks", .bytes = OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
    [TRICKLE] = {.title = "a slow trickle",
                 .bytes = OK "Content-Length: 12\r\n\r\ndrop by drop",
                 .trickles = true},
    [LARGE] = {.title = "a large body"},
};

static void make_rows(void) {
  char *large = calloc(LARGE_SIZE + 100, 1);
  int length = snprintf(large, 100, OK "Content-Length: %d\r\n\r\n", LARGE_SIZE);
  rows[LARGE].bytes = large;
  rows[LARGE].length = (size_t)length + LARGE_SIZE;
  for (size_t i = 0; i < LARGE; i++) rows[i].length = strlen(rows[i].bytes);
}

/* ---- requests ---- */

/* Sends, reads the whole answer, which must begin as expected. */
static void check_whole(int client, const char *request, const char *expected) {
  Arena *arena = arena_new(0);
  Buffer got = buffer_make(arena, 0);
  Http1Message message;
  Http1Refusal why;
  Http1Scan scan = {0};
  size_t length;
  send_text(client, request);
  while (http1_scan_head(&scan, buffer_text(&got), &length, &why) == HTTP1_MORE)
    if (receive(client, &got, got.length + 1, WAIT_MS) != STILL_OPEN) break;
  Text head = arena_copy_text(arena, text_slice(buffer_text(&got), 0, length));
  assert_true(http1_read_answer(head, TEXT("GET"), arena, &message, &why));
  receive(client, &got, length + message.length, WAIT_MS);
  assert_int_equal(got.length, length + message.length);
  if (!text_starts(buffer_text(&got), text_from(expected)))
    fail_msg("got:\n%.*s", TEXT_ARGS(buffer_text(&got)));
  arena_free(arena);
}

static void check_answer(int client, const char *request, const char *expected) {
  Buffer got = buffer_make(NULL, 0);
  send_text(client, request);
  receive(client, &got, strlen(expected), WAIT_MS);
  Text begin = text_slice(buffer_text(&got), 0, strlen(expected));
  if (!text_is(begin, expected))
    fail_msg("got:\n%.*s\ninstead of:\n%s", TEXT_ARGS(buffer_text(&got)), expected);
  buffer_free(&got);
}

static void requests_are_passed_on_as_they_came(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  char expected[500], host[64];
  snprintf(host, sizeof host, "127.0.0.1:%d", recorder.backend_port);
  snprintf(
      expected, sizeof expected,
      OK "Content-Length: %zu\r\n\r\nP!ST /echo/%%2F//..?a=+%%20&a=&b\nhOst: %s\r\nX-b: 1\r\nx-B:2\r\nE:\r\n"
         "Content-Length: 3\r\nabc",
      strlen(host) + 80, host);
  check_answer(client,
               "P!ST /echo/%2F//..?a=+%20&a=&b HTTP/1.1\r\nhOst: elsewhere\r\nConnection: keep-alive\r\nX-b: "
               "1\r\nx-B:2\r\nTE: trailers\r\nE:\r\nContent-Length: 3\r\n\r\nabc",
               expected);
  const LiveExchange *live = wait_for(1);
  assert_true(text_is(live->exchange.request.method, "P!ST"));
  assert_true(text_is(live->exchange.request.path, "/echo/%2F//.."));
  assert_int_equal(live->exchange.request.query.count, 3);
  assert_int_equal(live->exchange.request.headers.count, 7);
  assert_true(text_is(live->exchange.request.headers.items[0].value, "elsewhere"));
  assert_true(text_is(live->exchange.request.body, "abc"));
  close(client);
  stop();
}

static void chunked_requests_stay_chunked(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  send_text(client, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n");
  sleep_ms(20);
  check_answer(client, "2\r\nde\r\n0\r\nT: 1\r\n\r\n", OK);
  const LiveExchange *live = wait_for(1);
  assert_true(text_is(live->exchange.request.body, "abcde"));
  assert_true(text_ends(live->exchange.backend.body, TEXT("\r\nTransfer-Encoding: chunked\r\nabcde")));
  close(client);
  assert_int_equal(stop().trailers, 1);
}

static void clients_of_http_1_0_get_no_chunks(void **state) {
  (void)state;
  char request[100];
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  snprintf(request, sizeof request, "GET /%zu HTTP/1.0\r\n\r\n", (size_t)CHUNKS);
  send_text(client, request);
  assert_int_equal(receive(client, &got, SIZE_MAX, WAIT_MS), CLOSED);
  assert_true(text_is(buffer_text(&got), OK "Connection: close\r\n\r\nhello"));
  close(client);
  client = connect_to(recorder.port);
  buffer_clear(&got);
  send_text(client, "GET /0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  receive(client, &got, rows[SMALL].length + 24, WAIT_MS);
  assert_true(text_find(buffer_text(&got), TEXT("\r\nConnection: keep-alive\r\n"), 0) != TEXT_NOT_FOUND);
  close(client);
  buffer_free(&got);
  stop();
}

static void pipelined_requests_are_answered_in_order(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0), requests = buffer_make(NULL, 0);
  for (int i = 0; i < 50; i++)
    buffer_print(&requests, "POST /echo/%d HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", i);
  send_bytes(client, requests.data, requests.length);
  send_text(client, "GET /echo/last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  assert_int_equal(receive(client, &got, SIZE_MAX, WAIT_MS), CLOSED);
  size_t at = 0;
  for (int i = 0; i < 50; i++) {
    char line[32];
    snprintf(line, sizeof line, "\r\nPOST /echo/%d\n", i);
    at = text_find(buffer_text(&got), text_from(line), at);
    if (at == TEXT_NOT_FOUND) fail_msg("no answer to request %d in its place", i);
  }
  assert_true(text_find(buffer_text(&got), TEXT("\r\nGET /echo/last\n"), at) != TEXT_NOT_FOUND);
  wait_for(51);
  close(client);
  buffer_free(&got);
  buffer_free(&requests);
  stop();
}

static void connections_to_the_backend_are_kept(void **state) {
  (void)state;
  start((LiveOptions){0});
  int before = backend_connections;
  for (int i = 0; i < 20; i++) {
    int client = connect_to(recorder.port);
    check_whole(client, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", OK);
    close(client);
  }
  assert_int_equal(backend_connections - before, 1);
  stop();
}

static void a_kept_connection_that_ended_is_made_anew(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  for (int i = 0; i < 20; i++) /* the backend closes after each answer without having said so */
    check_answer(client, "GET /once HTTP/1.1\r\nHost: h\r\n\r\n", OK "Content-Length: 4\r\n\r\nonce");
  close(client);
  assert_int_equal(stop().failures, 0);
}

static void an_early_answer_ends_the_connection(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  send_text(client, "POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nsome");
  assert_int_equal(receive(client, &got, SIZE_MAX, WAIT_MS), CLOSED);
  assert_true(text_starts(buffer_text(&got), TEXT("HTTP/1.1 413 Too Large\r\n")));
  assert_true(text_ends(buffer_text(&got), TEXT("no")));
  close(client);
  buffer_free(&got);
  stop();
}

static void upgrades_pass_through_unrecorded(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  check_answer(client, "GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
               "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  check_answer(client, "\x01 anything\n", "\x01 anything\n");
  close(client);
  LiveTotals totals = stop();
  assert_int_equal(totals.tunnels, 1);
  assert_int_equal(totals.recorded, 0);
}

/* ---- failures ---- */

static void a_backend_that_is_no_http_server_is_a_failure(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  check_answer(client, "GET /garbage HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n");
  assert_int_equal(wait_for(1)->exchange.backend.kind, BACKEND_FAILURE);
  close(client);
  stop();
}

static void a_silent_backend_is_a_timeout(void **state) {
  (void)state;
  start((LiveOptions){.backend = {.timeout_ms = 300}});
  int client = connect_to(recorder.port);
  check_answer(client, "GET /silent HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 504 Gateway Timeout\r\n");
  assert_int_equal(wait_for(1)->exchange.backend.reason, FAILURE_TIMEOUT);
  close(client);
  stop();
}

static void an_absent_backend_is_a_failure(void **state) {
  int port;
  (void)state;
  close(listen_somewhere(&port)); /* nobody listens there any more */
  start_with((LiveOptions){0}, port);
  int client = connect_to(recorder.port);
  check_answer(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n");
  assert_int_equal(wait_for(1)->exchange.backend.reason, FAILURE_NETWORK);
  close(client);
  stop();
}

/* ---- hostile clients ---- */

static void malformed_requests_are_refused_while_others_are_served(void **state) {
  static const char *const bad[] = {
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\n",
      "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
  };
  enum { BAD = sizeof bad / sizeof *bad };
  (void)state;
  start((LiveOptions){0});
  int good = connect_to(recorder.port);
  for (size_t i = 0; i < BAD; i++) {
    int client = connect_to(recorder.port);
    Buffer got = buffer_make(NULL, 0);
    send_text(client, bad[i]);
    send_text(client, "GET /echo/smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    if (receive(client, &got, SIZE_MAX, WAIT_MS) == STILL_OPEN) fail_msg("not closed after: %s", bad[i]);
    if (!text_starts(buffer_text(&got), TEXT("HTTP/1.1 400 ")) ||
        text_find(buffer_text(&got), TEXT("smuggled"), 0) != TEXT_NOT_FOUND)
      fail_msg("after %s:\n%.*s", bad[i], TEXT_ARGS(buffer_text(&got)));
    check_whole(good, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", OK);
    close(client);
    buffer_free(&got);
  }
  close(good);
  LiveTotals totals = stop();
  assert_int_equal(totals.refused, BAD);
  assert_int_equal(totals.recorded, BAD);
}

static void a_head_has_a_deadline_however_it_drips(void **state) {
  (void)state;
  start((LiveOptions){.head_timeout_ms = 300});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  End end = STILL_OPEN;
  send_text(client, "GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100 && end == STILL_OPEN; i++) {
    send_text(client, "X: y\r\n");
    end = receive(client, &got, SIZE_MAX, 20);
  }
  assert_int_not_equal(end, STILL_OPEN);
  assert_true(text_starts(buffer_text(&got), TEXT("HTTP/1.1 408 Request Timeout\r\n")));
  close(client);
  buffer_free(&got);
  stop();
}

static void clients_that_leave_are_let_go(void **state) {
  (void)state;
  start((LiveOptions){0});
  for (int i = 0; i < 20; i++) {
    char request[100];
    int client = connect_to(recorder.port);
    snprintf(request, sizeof request, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i % 2 ? LARGE : TRICKLE);
    send_text(client, request);
    sleep_ms(i % 4);
    if (i % 3 == 0) make_resetting(client);
    close(client);
  }
  int client = connect_to(recorder.port);
  check_whole(client, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", OK);
  close(client);
  stop();
}

static void a_client_that_reads_slowly_holds_little(void **state) {
  (void)state;
  char request[100];
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  snprintf(request, sizeof request, "GET /%zu HTTP/1.1\r\nHost: h\r\n\r\n", (size_t)LARGE);
  send_text(client, request);
  sleep_ms(300);
  pthread_mutex_lock(&recorder.lock);
  size_t count = recorder.count;
  pthread_mutex_unlock(&recorder.lock);
  assert_int_equal(count, 0); /* it waits instead of being read ahead */
  receive(client, &got, rows[LARGE].length, WAIT_MS);
  assert_int_equal(got.length, rows[LARGE].length);
  assert_memory_equal(got.data, rows[LARGE].bytes, got.length);
  close(client);
  buffer_free(&got);
  stop();
}

/* ---- the sink ---- */

static void a_durable_answer_waits_for_its_exchange(void **state) {
  (void)state;
  start((LiveOptions){.durable = true});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  for (size_t i = 1; i <= 3; i++) {
    buffer_clear(&got);
    send_text(client, "GET /0 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(i);
    assert_int_equal(receive(client, &got, 1, 50), STILL_OPEN);
    assert_int_equal(got.length, 0);
    settle_all();
    receive(client, &got, rows[SMALL].length, WAIT_MS);
    assert_true(text_is(buffer_text(&got), rows[SMALL].bytes));
  }
  close(client);
  buffer_free(&got);
  stop();
}

static void a_full_sink_makes_clients_wait(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  recorder.full = true;
  send_text(client, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  assert_int_equal(receive(client, &got, 1, 100), STILL_OPEN);
  assert_int_equal(got.length, 0);
  recorder.full = false;
  receive(client, &got, 19, WAIT_MS);
  assert_true(text_starts(buffer_text(&got), TEXT(OK)));
  close(client);
  buffer_free(&got);
  stop();
}

static void filters_choose_what_is_recorded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  LiveFilter *filter = live_filter_new(arena);
  Fault fault;
  assert_true(live_filter_add(filter, false, TEXT("path=/echo/*"), arena, &fault));
  assert_true(live_filter_add(filter, false, TEXT("status=4xx"), arena, &fault));
  assert_true(live_filter_add(filter, true, TEXT("method=DELETE,PUT"), arena, &fault));
  assert_true(live_filter_add(filter, true, TEXT("type=html"), arena, &fault));
  assert_false(live_filter_add(filter, true, TEXT("color=red"), arena, &fault));
  assert_false(live_filter_add(filter, true, TEXT("status=4y"), arena, &fault));
  const Request get = {.method = TEXT("GET")}, delete = {.method = TEXT("DELETE")};
  Header html = {TEXT_INIT("content-type"), TEXT_INIT("text/HTML; charset=utf-8")};
  const Headers none = {0}, page = {&html, 1, 1};
  assert_true(live_filter_fits(filter, &get, TEXT("/echo/1"), 200, &none));
  assert_false(live_filter_fits(filter, &get, TEXT("/other"), 200, &none));
  assert_true(live_filter_fits(filter, &get, TEXT("/other"), 404, &none));
  assert_false(live_filter_fits(filter, &delete, TEXT("/echo/1"), 200, &none));
  assert_false(live_filter_fits(filter, &get, TEXT("/echo/1"), 200, &page));
  start((LiveOptions){.filter = filter});
  int client = connect_to(recorder.port);
  check_whole(client, "DELETE /echo/1 HTTP/1.1\r\nHost: h\r\n\r\n", OK);
  close(client);
  client = connect_to(recorder.port);
  check_whole(client, "GET /echo/1 HTTP/1.1\r\nHost: h\r\n\r\n", OK);
  close(client);
  LiveTotals totals = stop();
  assert_int_equal(totals.recorded, 1);
  assert_int_equal(totals.filtered, 1);
  arena_free(arena);
}

static void large_bodies_are_passed_on_and_noted(void **state) {
  (void)state;
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  char head[100];
  static char piece[1 << 20];
  snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n",
           BODY_LIMIT + (1 << 20));
  send_text(client, head);
  for (int i = 0; i < BODY_LIMIT / (1 << 20) + 1; i++) send_bytes(client, piece, sizeof piece);
  receive(client, &got, BODY_LIMIT + (1 << 20) + 100, WAIT_MS);
  assert_true(got.length > BODY_LIMIT + (1 << 20));
  close(client);
  buffer_free(&got);
  LiveTotals totals = stop();
  assert_int_equal(totals.recorded, 0);
  assert_true(totals.too_large >= 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_are_passed_on_as_they_came),
      cmocka_unit_test(chunked_requests_stay_chunked),
      cmocka_unit_test(clients_of_http_1_0_get_no_chunks),
      cmocka_unit_test(pipelined_requests_are_answered_in_order),
      cmocka_unit_test(connections_to_the_backend_are_kept),
      cmocka_unit_test(a_kept_connection_that_ended_is_made_anew),
      cmocka_unit_test(an_early_answer_ends_the_connection),
      cmocka_unit_test(upgrades_pass_through_unrecorded),
      cmocka_unit_test(a_backend_that_is_no_http_server_is_a_failure),
      cmocka_unit_test(a_silent_backend_is_a_timeout),
      cmocka_unit_test(an_absent_backend_is_a_failure),
      cmocka_unit_test(malformed_requests_are_refused_while_others_are_served),
      cmocka_unit_test(a_head_has_a_deadline_however_it_drips),
      cmocka_unit_test(clients_that_leave_are_let_go),
      cmocka_unit_test(a_client_that_reads_slowly_holds_little),
      cmocka_unit_test(a_durable_answer_waits_for_its_exchange),
      cmocka_unit_test(a_full_sink_makes_clients_wait),
      cmocka_unit_test(filters_choose_what_is_recorded),
      cmocka_unit_test(large_bodies_are_passed_on_and_noted),
  };
  signal(SIGPIPE, SIG_IGN);
  make_rows();
  served_rows = rows;
  served_count = ROWS;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
