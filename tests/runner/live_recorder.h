/* A live recorder between plain sockets: a backend that sends exactly the bytes of its rows, a recorder with
 * a sink in memory, and clients that tidy nothing up. Shared by the tests of live recording. */
#ifndef STATUSQUO_TESTS_LIVE_RECORDER_H
#define STATUSQUO_TESTS_LIVE_RECORDER_H

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

enum { WAIT_MS = 5000, BODY_LIMIT = 32 * 1024 * 1024 };

/* ---- what the backend answers: /N is row N ---- */

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

/* Set before the first start. */
static const Row *served_rows;
static size_t served_count;

/* ---- sockets ---- */

static inline int listen_somewhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(listener, 100), 0);
  getsockname(listener, (struct sockaddr *)&address, &length);
  *port = ntohs(address.sin_port);
  return listener;
}

static inline int connect_to(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
  int one = 1, client = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return client;
}

/* Its closing will be a reset. */
static inline void make_resetting(int client) {
  const struct linger at_once = {1, 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static inline void send_bytes(int client, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes += sent;
    length -= (size_t)sent;
  }
}

static inline void send_text(int client, const char *text) {
  send_bytes(client, text, strlen(text));
}

typedef enum End { STILL_OPEN, CLOSED, WAS_RESET } End;

/* Everything until the end, until `enough` bytes, or until nothing came for `wait` ms. */
static inline End receive(int client, Buffer *out, size_t enough, int wait) {
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

static inline void sleep_ms(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* ---- the backend: one thread a connection; paths that aren't a row's see serve_one ---- */

static atomic_int backend_connections;

static inline bool read_request(int client, Buffer *input, Http1Message *message, Arena *arena) {
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

static inline bool read_body(int client, Buffer *input, const Http1Message *message, Buffer *body,
                             Arena *arena) {
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

static inline void send_row(int client, const Row *row) {
  for (size_t i = 0; row->trickles && i < row->length; i++) {
    send_bytes(client, row->bytes + i, 1);
    sleep_ms(1);
  }
  if (!row->trickles) send_bytes(client, row->bytes, row->length);
  if (row->ending == RESETS) sleep_ms(50); /* else the reset overtakes the bytes */
}

/* What was asked, sent back: the request's head line and body. */
static inline void send_echo(int client, const Http1Message *message, const Buffer *body) {
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

static inline void echo_raw(int client) {
  char piece[4096];
  ssize_t count;
  send_text(client, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  while ((count = recv(client, piece, sizeof piece, 0)) > 0) send_bytes(client, piece, (size_t)count);
}

static inline bool serve_one(int client, Buffer *input, Arena *arena) {
  Http1Message message;
  Buffer body = buffer_make(arena, 0);
  if (!read_request(client, input, &message, arena)) return false;
  int64_t number = -1;
  text_to_integer(text_slice(message.target, 1, message.target.length), &number);
  const Row *row = number >= 0 && (size_t)number < served_count ? &served_rows[number] : NULL;
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

static inline void *serve_connection(void *subject) {
  int client = (int)(intptr_t)subject;
  Buffer input = buffer_make(NULL, 0);
  Arena *arena = arena_new(0);
  while (serve_one(client, &input, arena)) arena_reset(arena);
  buffer_free(&input);
  arena_free(arena);
  close(client);
  return NULL;
}

static inline void *serve_backend(void *subject) {
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

static inline void take(void *subject, LiveExchange *live) {
  Recorder *self = subject;
  pthread_mutex_lock(&self->lock);
  live->next = self->taken;
  self->taken = live;
  self->count++;
  pthread_mutex_unlock(&self->lock);
}

static inline bool is_full(void *subject) {
  return ((Recorder *)subject)->full;
}

static inline void *run_live(void *subject) {
  live_run(subject);
  return NULL;
}

static inline void start_with(LiveOptions options, int backend_port) {
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

static inline void start(LiveOptions options) {
  static int port;
  if (port == 0) {
    pthread_t thread;
    int listener = listen_somewhere(&port);
    pthread_create(&thread, NULL, serve_backend, (void *)(intptr_t)listener);
    pthread_detach(thread);
  }
  start_with(options, port);
}

static inline LiveTotals stop(void) {
  kill(getpid(), SIGTERM);
  pthread_join(recorder.thread, NULL);
  LiveTotals totals = *live_totals(recorder.live);
  live_settled(recorder.live, recorder.taken);
  live_close(recorder.live);
  return totals;
}

/* The exchange that was taken last, as soon as `count` were. */
static inline LiveExchange *wait_for(size_t count) {
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

static inline void settle_all(void) {
  pthread_mutex_lock(&recorder.lock);
  LiveExchange *list = recorder.taken;
  recorder.taken = NULL;
  pthread_mutex_unlock(&recorder.lock);
  live_settled(recorder.live, list);
}

#endif
