/* Exactness of the live recorder: a client behind it sees what it sees without it, and what is recorded is
 * what was sent, for every kind of answer that recorders get wrong. */
#include "tests/runner/live_recorder.h"

enum { LARGE = 24 * 1024 * 1024 };

static char all_bytes[512];

static Row rows[] = {
    {.title = "numbers that no double holds",
     .bytes = OK JSON "Content-Length: 56\r\n\r\n"
                      "{\"a\":0.00,\"b\":174322306148984899,\"c\":1e2,\"d\":1.0,\"e\":-0}"},
    {.title = "members twice, CRLF inside",
     .bytes = OK JSON "Content-Length: 28\r\n\r\n{ \"b\" : 1,\r\n \"a\":1, \"a\":2 }\n"},
    {.title = "all 256 bytes", .bytes = all_bytes},
    {.title = "bytes that aren't UTF-8 under a JSON type",
     BYTES(OK JSON "Content-Length: 11\r\n\r\n{\"a\":\"\xFF\xFE\x80\"}")},
    {.title = "gzip as it was sent",
     BYTES(OK "Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\n\x1f\x8b\x08\x00\x00\x01")},
    {.title = "brotli as it was sent",
     BYTES(OK "Content-Encoding: br\r\nContent-Length: 5\r\n\r\n\x0b\x02\x80{}")},
    {.title = "zstd as it was sent",
     BYTES(OK "Content-Encoding: zstd\r\nContent-Length: 5\r\n\r\n\x28\xb5\x2f\xfd\x00")},
    {.title = "two Set-Cookie",
     .bytes = OK "Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"},
    {.title = "odd case and order of headers",
     .bytes = OK "x-ODD-cASe: A\r\nb: 1\r\ncontent-LENGTH: 1\r\nB: 2\r\n\r\nx"},
    {.title = "repeats apart from each other",
     .bytes = OK "X-R: 1\r\nContent-Length: 0\r\nx-r: 2, 3\r\nY: z\r\nX-R: 1\r\n\r\n"},
    {.title = "an empty header", .bytes = OK "X-Empty:\r\nX-Blank: \r\nContent-Length: 0\r\n\r\n"},
    {.title = "blanks around values", .bytes = OK "A:b\r\nC:  d\te \t\r\nContent-Length: 0\r\n\r\n"},
    {.title = "a value that is Latin-1", BYTES(OK "X-Latin: caf\xE9\r\nContent-Length: 0\r\n\r\n")},
    {.title = "a long header", .bytes = NULL},
    {.title = "204", .bytes = "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"},
    {.title = "304 with a length",
     .bytes = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 99\r\n\r\n"},
    {.title = "HEAD", .bytes = OK "Content-Length: 1234\r\n\r\n", .method = "HEAD"},
    {.title = "HEAD of chunks", .bytes = OK "Transfer-Encoding: chunked\r\n\r\n", .method = "HEAD"},
    {.title = "an interim answer",
     .bytes = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK "Content-Length: 2\r\n\r\nok"},
    {.title = "two interim answers",
     .bytes = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 x\r\n\r\n" OK "Content-Length: 1\r\n\r\n1"},
    {.title = "100-continue",
     .bytes = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
     .ending = CONTINUES,
     .method = "POST",
     .expected = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"},
    {.title = "chunks", .bytes = OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
    {.title = "chunks with extensions and trailers",
     .bytes = OK "Trailer: X\r\nTransfer-Encoding: Chunked\r\n\r\n"
                 "05;a=b\r\nhello\r\n0;c\r\nX: 1\r\n\r\n",
     .expected = OK "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
    {.title = "a slow trickle", .bytes = OK "Content-Length: 12\r\n\r\ndrop by drop", .trickles = true},
    {.title = "until the connection closes",
     .bytes = OK "X: y\r\n\r\nto the end",
     .ending = CLOSES,
     .expected = OK "X: y\r\nConnection: close\r\n\r\nto the end"},
    {.title = "nothing until the connection closes",
     .bytes = OK "Connection: close\r\n\r\n",
     .ending = CLOSES},
    {.title = "a backend of HTTP/1.0",
     .bytes = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
     .ending = CLOSES,
     .expected = OK "Content-Length: 2\r\nConnection: close\r\n\r\nok"},
    {.title = "Connection: close",
     .bytes = OK "Connection: close\r\nContent-Length: 2\r\n\r\nok",
     .ending = CLOSES},
    {.title = "Keep-Alive concerns one connection",
     .bytes = OK "Keep-Alive: timeout=5\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
     .expected = OK "Connection: keep-alive\r\nContent-Length: 0\r\n\r\n"},
    {.title = "no reason", .bytes = "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"},
    {.title = "a reason of its own",
     BYTES("HTTP/1.1 299 Quite \xC3\xA9trange, really\r\nContent-Length: 0\r\n\r\n")},
    {.title = "an unknown status", .bytes = "HTTP/1.1 599 X\r\nContent-Length: 1\r\n\r\nx"},
    {.title = "a redirect isn't followed",
     .bytes = "HTTP/1.1 302 Found\r\nLocation: /1\r\nContent-Length: 0\r\n\r\n"},
    {.title = "a challenge",
     .bytes = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"},
    {.title = "a large body", .bytes = NULL},
    {.title = "a body that is cut off",
     .bytes = OK "Content-Length: 100\r\n\r\nonly this",
     .ending = CLOSES,
     .unfinished = true},
    {.title = "chunks that are cut off",
     .bytes = OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
     .ending = CLOSES,
     .unfinished = true},
    {.title = "a reset in the middle",
     .bytes = OK "Content-Length: 100\r\n\r\nonly this",
     .ending = RESETS,
     .unfinished = true},
};
enum { ROWS = sizeof rows / sizeof *rows };

static Row *row_named(const char *title) {
  for (size_t i = 0; i < ROWS; i++)
    if (strcmp(rows[i].title, title) == 0) return &rows[i];
  abort();
}

static void make_rows(void) {
  static char long_header[40000];
  int length = snprintf(all_bytes, sizeof all_bytes, OK "Content-Length: 256\r\n\r\n");
  for (int i = 0; i < 256; i++) all_bytes[length + i] = (char)i;
  row_named("all 256 bytes")->length = (size_t)length + 256;
  length = snprintf(long_header, sizeof long_header, OK "X-Long: ");
  memset(long_header + length, 'x', 30000);
  strcpy(long_header + length + 30000, "\r\nContent-Length: 0\r\n\r\n");
  row_named("a long header")->bytes = long_header;
  char *large = malloc(LARGE + 100);
  length = snprintf(large, 100, OK "Content-Length: %d\r\n\r\n", LARGE);
  for (size_t i = 0; i < LARGE; i++) large[(size_t)length + i] = (char)(i * 2654435761u >> 13);
  Row *row = row_named("a large body");
  row->bytes = large;
  row->length = (size_t)length + LARGE;
  for (size_t i = 0; i < ROWS; i++)
    if (rows[i].length == 0) rows[i].length = strlen(rows[i].bytes);
}

/* ---- exactness ---- */

static void send_row_request(int client, size_t row) {
  char request[200];
  bool posts = rows[row].ending == CONTINUES;
  snprintf(request, sizeof request, "%s /%zu HTTP/1.1\r\nHost: x\r\n%s\r\n",
           rows[row].method != NULL ? rows[row].method : "GET", row,
           posts ? "Expect: 100-continue\r\nContent-Length: 4\r\n" : "");
  send_text(client, request);
  if (!posts) return;
  Buffer interim = buffer_make(NULL, 0);
  receive(client, &interim, 25, WAIT_MS);
  assert_true(text_is(buffer_text(&interim), "HTTP/1.1 100 Continue\r\n\r\n"));
  buffer_free(&interim);
  send_text(client, "body");
}

static void check_client(size_t index, Text expected) {
  const Row *row = &rows[index];
  Buffer got = buffer_make(NULL, 0);
  int client = connect_to(recorder.port);
  if (row->ending == CONTINUES) buffer_append_string(&got, "HTTP/1.1 100 Continue\r\n\r\n");
  send_row_request(client, index);
  End end = receive(client, &got, expected.length, WAIT_MS);
  if (end == STILL_OPEN)
    end = receive(client, &got, SIZE_MAX, row->unfinished || row->ending == CLOSES ? WAIT_MS : 20);
  if (!text_equal(buffer_text(&got), expected))
    fail_msg("%s: the client got %zu bytes:\n%.*s", row->title, got.length,
             (int)(got.length < 500 ? got.length : 500), got.data != NULL ? got.data : "");
  const End wanted = row->ending == RESETS ? WAS_RESET : row->ending == CLOSES ? CLOSED : STILL_OPEN;
  if (end != wanted)
    fail_msg("%s: the connection ended otherwise than without the recorder (%d)", row->title, end);
  close(client);
  buffer_free(&got);
}

/* What the bytes say, read apart from the recorder's own way: the last head, and what its framing gives. */
static void check_recorded(const Row *row, const BackendAnswer *actual) {
  Arena *arena = arena_new(0);
  Http1Message message;
  Http1Refusal why;
  Text all = {row->bytes, row->length}, head;
  size_t length;
  do {
    Http1Scan scan = {0};
    assert_int_equal(http1_scan_head(&scan, all, &length, &why), HTTP1_DONE);
    head = text_slice(all, 0, length);
    all = text_slice(all, length, all.length);
    assert_true(
        http1_read_answer(head, text_from(row->method != NULL ? row->method : "GET"), arena, &message, &why));
  } while (message.status < 200);
  if (message.framing == HTTP1_CHUNKED) all = TEXT("hello");
  assert_int_equal(actual->kind, BACKEND_HTTP);
  assert_int_equal(actual->status, message.status);
  assert_int_equal(actual->headers.count, message.headers.count);
  for (size_t i = 0; i < message.headers.count; i++) {
    assert_true(text_equal(actual->headers.items[i].name, message.headers.items[i].name));
    assert_true(text_equal(actual->headers.items[i].value, message.headers.items[i].value));
  }
  if (!text_equal(actual->body, all)) fail_msg("%s: the recorded body is another", row->title);
  arena_free(arena);
}

static void clients_and_recordings_get_what_was_sent(void **state) {
  (void)state;
  start((LiveOptions){0});
  for (size_t i = 0; i < ROWS; i++) {
    const Row *row = &rows[i];
    check_client(i, row->expected != NULL ? text_from(row->expected) : (Text){row->bytes, row->length});
    const LiveExchange *live = wait_for(i + 1);
    char path[24];
    snprintf(path, sizeof path, "/%zu", i);
    assert_true(text_is(live->exchange.request.path, path));
    if (row->unfinished)
      assert_int_equal(live->exchange.backend.kind, BACKEND_FAILURE);
    else
      check_recorded(row, &live->exchange.backend);
    settle_all();
  }
  LiveTotals totals = stop();
  assert_int_equal(totals.recorded, ROWS);
  assert_int_equal(totals.trailers, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clients_and_recordings_get_what_was_sent),
  };
  signal(SIGPIPE, SIG_IGN);
  make_rows();
  served_rows = rows;
  served_count = ROWS;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
