/* The live recorder against a backend that sends exactly the bytes it is told: a client behind the recorder
 * sees what it sees without it, and what is recorded is what was sent. Both ends are plain sockets, so
 * nothing between them tidies up. */
#include "harness/record/http1.h"
#include "harness/record/proxy.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 5000, LARGE = 24 * 1024 * 1024, BODY_LIMIT = 32 * 1024 * 1024 };

/* ---- what the backend answers ---- */

typedef enum Ending {
  KEEPS,     /* the connection stays open */
  CLOSES,    /* in order */
  RESETS,    /* with RST */
  CONTINUES, /* 100 first, and the answer after the body */
} Ending;

typedef struct Row {
  const char *title;
  const char *bytes; /* NULL: a large body */
  size_t length;     /* 0: strlen */
  Ending ending;
  const char *method;   /* NULL: GET */
  const char *expected; /* what the client gets, when it isn't just the bytes */
  bool trickles;        /* byte by byte */
  bool unfinished;      /* recorded as a failure */
} Row;

#define OK "HTTP/1.1 200 OK\r\n"
#define JSON "Content-Type: application/json\r\n"
#define BYTES(literal) .bytes = (literal), .length = sizeof(literal) - 1

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

/* ---- sockets ---- */

static int listen_somewhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(listener, 100), 0);
  getsockname(listener, (struct sockaddr *)&address, &length);
  *port = ntohs(address.sin_port);
  return listener;
}

static int connect_to(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
  int one = 1, client = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return client;
}

/* Its closing will be a reset. */
static void make_resetting(int client) {
  const struct linger at_once = {1, 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void send_bytes(int client, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes += sent;
    length -= (size_t)sent;
  }
}

static void send_text(int client, const char *text) {
  send_bytes(client, text, strlen(text));
}

typedef enum End { STILL_OPEN, CLOSED, WAS_RESET } End;

/* Everything until the end, until `enough` bytes, or until nothing came for `wait` ms. */
static End receive(int client, Buffer *out, size_t enough, int wait) {
  static char piece[65536];
  while (out->length < enough) {
    struct pollfd ready = {.fd = client, .events = POLLIN};
    if (poll(&ready, 1, wait) <= 0) return STILL_OPEN;
    ssize_t count = recv(client, piece, sizeof piece, 0);
    if (count == 0) return CLOSED;
    if (count < 0) return WAS_RESET;
    buffer_append_bytes(out, piece, (size_t)count);
  }
  return STILL_OPEN;
}

static void sleep_ms(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* ---- the backend: one thread a connection; /N answers row N, other paths see below ---- */

static atomic_int backend_connections;

static bool read_request(int client, Buffer *input, Http1Message *message, Arena *arena) {
  Http1Refusal why;
  Http1Scan scan = {0};
  size_t length;
  char piece[4096];
  for (;;) {
    Http1State state = http1_scan_head(&scan, buffer_text(input), &length, &why);
    if (state == HTTP1_DONE) break;
    ssize_t count = recv(client, piece, sizeof piece, 0);
    if (state == HTTP1_REFUSED || count <= 0) return false;
    buffer_append_bytes(input, piece, (size_t)count);
  }
  Text head = arena_copy_text(arena, text_slice(buffer_text(input), 0, length));
  Text rest = arena_copy_text(arena, text_slice(buffer_text(input), length, input->length));
  buffer_clear(input);
  buffer_append(input, rest);
  return http1_read_request(head, arena, message, &why);
}

static bool read_body(int client, Buffer *input, const Http1Message *message, Buffer *body, Arena *arena) {
  Http1Body framing;
  Http1Refusal why;
  char piece[4096];
  http1_begin_body(&framing, message);
  for (;;) {
    size_t used;
    Text data;
    Http1State state = http1_read_body(&framing, buffer_text(input), &used, &data, &why);
    buffer_append(body, data);
    Text rest = arena_copy_text(arena, text_slice(buffer_text(input), used, input->length));
    buffer_clear(input);
    buffer_append(input, rest);
    if (state != HTTP1_MORE) return state == HTTP1_DONE;
    if (input->length > 0) continue;
    ssize_t count = recv(client, piece, sizeof piece, 0);
    if (count <= 0) return false;
    buffer_append_bytes(input, piece, (size_t)count);
  }
}

static void send_row(int client, const Row *row) {
  for (size_t i = 0; row->trickles && i < row->length; i++) {
    send_bytes(client, row->bytes + i, 1);
    sleep_ms(1);
  }
  if (!row->trickles) send_bytes(client, row->bytes, row->length);
  if (row->ending == RESETS) sleep_ms(50); /* else the reset overtakes the bytes */
}

/* What was asked, sent back: the request's head line and body. */
static void send_echo(int client, const Http1Message *message, const Buffer *body) {
  Buffer text = buffer_make(NULL, 0);
  buffer_print(&text, "%.*s %.*s\n", TEXT_ARGS(message->method), TEXT_ARGS(message->target));
  for (size_t i = 0; i < message->headers.count; i++)
    buffer_append(&text, http1_raw_line(&message->headers.items[i]));
  buffer_append(&text, buffer_text(body));
  char head[100];
  snprintf(head, sizeof head, OK "Content-Length: %zu\r\n\r\n", text.length);
  send_text(client, head);
  send_bytes(client, text.data, text.length);
  buffer_free(&text);
}

static void echo_raw(int client) {
  char piece[4096];
  ssize_t count;
  send_text(client, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  while ((count = recv(client, piece, sizeof piece, 0)) > 0) send_bytes(client, piece, (size_t)count);
}

static bool serve_one(int client, Buffer *input, Arena *arena) {
  Http1Message message;
  Buffer body = buffer_make(arena, 0);
  if (!read_request(client, input, &message, arena)) return false;
  int64_t number = -1;
  text_to_integer(text_slice(message.target, 1, message.target.length), &number);
  const Row *row = number >= 0 && number < ROWS ? &rows[number] : NULL;
  if (row != NULL && row->ending == CONTINUES) send_text(client, "HTTP/1.1 100 Continue\r\n\r\n");
  if (text_is(message.target, "/early")) { /* answers without reading the body */
    send_text(client, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    sleep_ms(50);
    return false;
  }
  if (!read_body(client, input, &message, &body, arena)) return false;
  if (text_starts(message.target, TEXT("/echo"))) send_echo(client, &message, &body);
  if (text_is(message.target, "/upgrade")) echo_raw(client);
  if (text_is(message.target, "/once")) { /* then closes without having said so */
    send_text(client, OK "Content-Length: 4\r\n\r\nonce");
    return false;
  }
  if (text_is(message.target, "/silent")) sleep_ms(800);
  if (text_is(message.target, "/garbage")) send_text(client, "I am no HTTP server\r\n\r\n");
  if (row == NULL) return text_starts(message.target, TEXT("/echo"));
  send_row(client, row);
  if (row->ending == RESETS) make_resetting(client);
  return row->ending == KEEPS || row->ending == CONTINUES;
}

static void *serve_connection(void *subject) {
  int client = (int)(intptr_t)subject;
  Buffer input = buffer_make(NULL, 0);
  Arena *arena = arena_new(0);
  while (serve_one(client, &input, arena)) arena_reset(arena);
  buffer_free(&input);
  arena_free(arena);
  close(client);
  return NULL;
}

static void *serve_backend(void *subject) {
  int listener = (int)(intptr_t)subject, client;
  while ((client = accept(listener, NULL, NULL)) >= 0) {
    pthread_t thread;
    backend_connections++;
    pthread_create(&thread, NULL, serve_connection, (void *)(intptr_t)client);
    pthread_detach(thread);
  }
  return NULL;
}

/* ---- the recorder under test ---- */

typedef struct Recorder {
  Live *live;
  pthread_t thread;
  int port, backend_port;
  pthread_mutex_t lock;
  LiveExchange *taken; /* in reverse order, under the lock */
  size_t count;        /* ever taken, under the lock */
  atomic_bool full;
} Recorder;

static Recorder recorder;

static void take(void *subject, LiveExchange *live) {
  Recorder *self = subject;
  pthread_mutex_lock(&self->lock);
  live->next = self->taken;
  self->taken = live;
  self->count++;
  pthread_mutex_unlock(&self->lock);
}

static bool is_full(void *subject) {
  return ((Recorder *)subject)->full;
}

static void *run_live(void *subject) {
  live_run(subject);
  return NULL;
}

static void start_with(LiveOptions options, int backend_port) {
  static char to[64];
  Fault fault;
  snprintf(to, sizeof to, "http://127.0.0.1:%d", backend_port);
  options.listen = "127.0.0.1:0";
  options.to = to;
  options.body_limit = BODY_LIMIT;
  recorder = (Recorder){.backend_port = backend_port};
  pthread_mutex_init(&recorder.lock, NULL);
  const LiveSink sink = {&recorder, take, is_full};
  if (!live_open(&options, &sink, &recorder.live, &fault)) fail_msg("%s", fault.message);
  recorder.port = live_port(recorder.live);
  pthread_create(&recorder.thread, NULL, run_live, recorder.live);
}

static void start(LiveOptions options) {
  static int port;
  if (port == 0) {
    pthread_t thread;
    int listener = listen_somewhere(&port);
    pthread_create(&thread, NULL, serve_backend, (void *)(intptr_t)listener);
    pthread_detach(thread);
  }
  start_with(options, port);
}

static LiveTotals stop(void) {
  kill(getpid(), SIGTERM);
  pthread_join(recorder.thread, NULL);
  LiveTotals totals = *live_totals(recorder.live);
  live_settled(recorder.live, recorder.taken);
  live_close(recorder.live);
  return totals;
}

/* The exchange that was taken last, as soon as `count` were. */
static LiveExchange *wait_for(size_t count) {
  Fault fault;
  LiveExchange *last = NULL;
  for (int waited = 0; last == NULL; waited++) {
    pthread_mutex_lock(&recorder.lock);
    if (recorder.count >= count) last = recorder.taken;
    pthread_mutex_unlock(&recorder.lock);
    if (last == NULL && waited > WAIT_MS) fail_msg("only %zu exchanges were recorded", recorder.count);
    if (last == NULL) sleep_ms(1);
  }
  assert_true(live_complete(last, &fault));
  return last;
}

static void settle_all(void) {
  pthread_mutex_lock(&recorder.lock);
  LiveExchange *list = recorder.taken;
  recorder.taken = NULL;
  pthread_mutex_unlock(&recorder.lock);
  live_settled(recorder.live, list);
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
  snprintf(request, sizeof request, "GET /%zu HTTP/1.0\r\n\r\n", (size_t)(row_named("chunks") - rows));
  send_text(client, request);
  assert_int_equal(receive(client, &got, SIZE_MAX, WAIT_MS), CLOSED);
  assert_true(text_is(buffer_text(&got), OK "Connection: close\r\n\r\nhello"));
  close(client);
  client = connect_to(recorder.port);
  buffer_clear(&got);
  send_text(client, "GET /0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  receive(client, &got, rows[0].length + 24, WAIT_MS);
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
    snprintf(request, sizeof request, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i % 2 ? 34 : 23);
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
  size_t large = (size_t)(row_named("a large body") - rows);
  char request[100];
  start((LiveOptions){0});
  int client = connect_to(recorder.port);
  Buffer got = buffer_make(NULL, 0);
  snprintf(request, sizeof request, "GET /%zu HTTP/1.1\r\nHost: h\r\n\r\n", large);
  send_text(client, request);
  sleep_ms(300);
  pthread_mutex_lock(&recorder.lock);
  size_t count = recorder.count;
  pthread_mutex_unlock(&recorder.lock);
  assert_int_equal(count, 0); /* it waits instead of being read ahead */
  receive(client, &got, rows[large].length, WAIT_MS);
  assert_int_equal(got.length, rows[large].length);
  assert_memory_equal(got.data, rows[large].bytes, got.length);
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
    receive(client, &got, rows[0].length, WAIT_MS);
    assert_true(text_is(buffer_text(&got), rows[0].bytes));
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
      cmocka_unit_test(clients_and_recordings_get_what_was_sent),
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
  return cmocka_run_group_tests(tests, NULL, NULL);
}
