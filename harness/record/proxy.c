/* The server: listens, counts, keeps the exchanges' memory, stops in order. */
#include "harness/record/proxy_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  TICK_MS = 250,
  BACKLOG = 1024,
  HEAD_TIMEOUT_MS = 10000,
  IDLE_TIMEOUT_MS = 60000,
  DRAIN_TIMEOUT_MS = 10000,
  EXCHANGE_BLOCK = 6 * 1024, /* heads and body of a usual exchange */
};

void live_event(Live *server, const char *format, ...) {
  char text[FAULT_MESSAGE_SIZE];
  va_list arguments;
  if (server->options.on_event == NULL) return;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  server->options.on_event(server->options.event_subject, text);
}

/* ---- exchanges ---- */

LiveExchange *live_exchange_new(Live *server) {
  LiveExchange *live = server->spare;
  Arena *arena;
  if (live != NULL) {
    server->spare = live->next;
    arena = live->arena;
    arena_reset(arena);
  } else {
    live = memory_alloc(sizeof *live);
    arena = arena_new(EXCHANGE_BLOCK);
  }
  *live = (LiveExchange){.arena = arena};
  spool_begin(&live->request_body, arena);
  spool_begin(&live->answer_body, arena);
  return live;
}

static void make_spare(Live *server, LiveExchange *live) {
  spool_free(&live->request_body);
  spool_free(&live->answer_body);
  live->next = server->spare;
  server->spare = live;
}

static void end_spools(Live *server, LiveExchange *live) {
  spool_end(&live->request_body, &server->space);
  spool_end(&live->answer_body, &server->space);
}

void live_exchange_recycle(Live *server, LiveExchange *live) {
  end_spools(server, live);
  make_spare(server, live);
}

static void stop(Live *server);

void live_hand_over(Live *server, LiveExchange *live) {
  uint64_t count = ++server->totals.recorded;
  live->finished_ms = clock_milliseconds();
  end_spools(server, live);
  server->sink.take(server->sink.subject, live);
  if (server->options.count > 0 && count >= (uint64_t)server->options.count) stop(server);
}

bool live_complete(LiveExchange *live, Fault *fault) {
  Request *request = &live->exchange.request;
  exchange_stamp(&live->exchange, live->finished_ms, live->arena);
  if (live->target.data != NULL) request_set_target(request, live->target, live->arena);
  return spool_read(&live->request_body, &request->body, fault) &&
         (live->exchange.backend.kind == BACKEND_FAILURE || live->exchange.backend.body.data != NULL ||
          spool_read(&live->answer_body, &live->exchange.backend.body, fault));
}

void live_settled(Live *server, LiveExchange *list) {
  LiveExchange *last = list;
  if (list == NULL) return;
  while (last->next != NULL) last = last->next;
  pthread_mutex_lock(&server->lock);
  last->next = server->settled;
  server->settled = list;
  pthread_mutex_unlock(&server->lock);
  uv_async_send(&server->settled_signal);
}

static LiveExchange *take_settled(Live *server) {
  pthread_mutex_lock(&server->lock);
  LiveExchange *list = server->settled;
  server->settled = NULL;
  pthread_mutex_unlock(&server->lock);
  return list;
}

static void resume_stalled(Live *server) {
  server->stalled = false;
  for (LiveClient *client = server->clients, *next; client != NULL; client = next) {
    next = client->next;
    if (client->state != CLIENT_STALLED) continue;
    client->state = CLIENT_HEAD;
    client_continue(client);
  }
}

static void on_settled(uv_async_t *signal) {
  Live *server = signal->data;
  LiveExchange *next;
  for (LiveExchange *live = take_settled(server); live != NULL; live = next) {
    LiveClient *client = live->client;
    next = live->next;
    make_spare(server, live);
    if (client != NULL) client_settled(client);
  }
  if (server->stalled && !server->sink.is_full(server->sink.subject)) resume_stalled(server);
}

/* ---- common to relay and gateway ---- */

void live_take_request(LiveClient *client) {
  LiveExchange *live = client->live;
  live->target = client->request.target;
  live->exchange.request.method = client->request.method;
  live->exchange.request.headers = client->request.headers;
  live->exchange.request.has_body = client->request.framing != HTTP1_NO_BODY;
}

bool live_should_record(LiveClient *client) {
  Live *server = client->server;
  const LiveExchange *live = client->live;
  const BackendAnswer *answer = &live->exchange.backend;
  Text rest, path = live->exchange.request.path;
  if (live->target.data != NULL) path = text_split(live->target, '?', &rest);
  if (live->request_body.overflowed) {
    server->totals.too_large++;
    return false;
  }
  bool wanted = live_filter_fits(server->options.filter, &live->exchange.request, path,
                                 answer->kind == BACKEND_HTTP ? answer->status : 0, &answer->headers);
  if (wanted && server->options.sample > 1)
    wanted = server->sampled++ % (uint64_t)server->options.sample == 0;
  server->totals.filtered += !wanted;
  return wanted;
}

void live_fail(LiveExchange *live, FailureReason reason, const char *detail) {
  double duration = live->exchange.backend.duration_ms;
  live->exchange.backend = (BackendAnswer){.kind = BACKEND_FAILURE,
                                           .reason = reason,
                                           .detail = arena_copy_text(live->arena, text_from(detail)),
                                           .duration_ms = duration};
}

/* ---- clients come and go ---- */

static void finish(Live *server) {
  if (server->stopping && server->client_count == 0) uv_stop(&server->loop);
}

void live_client_left(Live *server) {
  server->client_count--;
  finish(server);
}

static void on_connection(uv_stream_t *listener, int status) {
  Live *server = listener->data;
  if (status == 0) client_accept(server);
}

static void on_tick(uv_timer_t *timer) {
  Live *server = timer->data;
  uint64_t now = uv_now(&server->loop);
  if (server->end != 0 && now >= server->end) stop(server);
  bool late = server->stopping && now >= server->drain_deadline;
  for (LiveClient *client = server->clients, *next; client != NULL; client = next) {
    next = client->next;
    if (late && client->state != CLIENT_SETTLING)
      client_close(client);
    else
      client_tick(client, now);
  }
  if (server->stalled && !server->sink.is_full(server->sink.subject)) resume_stalled(server);
}

/* ---- stopping ---- */

static void stop(Live *server) {
  if (server->stopping) return;
  server->stopping = true;
  server->drain_deadline = uv_now(&server->loop) + (uint64_t)server->options.drain_timeout_ms;
  uv_close((uv_handle_t *)&server->listener, NULL);
  for (LiveClient *client = server->clients, *next; client != NULL; client = next) {
    next = client->next;
    client_stop(client);
  }
  finish(server);
}

static void on_signal(uv_signal_t *handle, int number) {
  Live *server = handle->data;
  (void)number;
  if (server->signal_count++ == 0) {
    stop(server);
    return;
  }
  server->cut_short = true;
  uv_stop(&server->loop);
}

/* ---- opening ---- */

/* address = [ host ":" ] port; host = name / IPv4 / "[" IPv6 "]" */
static bool read_address(const char *text, struct sockaddr_storage *out, Fault *fault) {
  Text all = text_from(text);
  size_t colon = text_find_last_char(all, ':');
  bool has_host = colon != TEXT_NOT_FOUND;
  Text port_text = has_host ? text_slice(all, colon + 1, all.length) : all;
  Text host = has_host ? text_slice(all, 0, colon) : TEXT_EMPTY;
  int64_t port;
  char name[64];
  if (!text_to_integer(port_text, &port) || port < 0 || port > 65535 || host.length >= sizeof name)
    return fault_raise(fault, FAULT_USAGE, "\"%s\" is no address to listen on (127.0.0.1:8080, 8080)", text);
  if (host.length == 0 || text_is(host, "localhost")) host = TEXT("127.0.0.1");
  if (host.length > 1 && host.data[0] == '[') host = text_slice(host, 1, host.length - 1);
  snprintf(name, sizeof name, "%.*s", TEXT_ARGS(host));
  if (uv_ip4_addr(name, (int)port, (struct sockaddr_in *)out) == 0 ||
      uv_ip6_addr(name, (int)port, (struct sockaddr_in6 *)out) == 0)
    return true;
  return fault_raise(fault, FAULT_USAGE, "\"%s\" is no address to listen on: the host is written as numbers",
                     text);
}

static bool start_listening(Live *server, Fault *fault) {
  struct sockaddr_storage address = {0};
  if (!read_address(server->options.listen, &address, fault)) return false;
  int error = uv_tcp_bind(&server->listener, (const struct sockaddr *)&address, 0);
  if (error == 0) error = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
  if (error == 0) return true;
  return fault_raise(fault, FAULT_SYSTEM, "cannot listen on %s: %s", server->options.listen,
                     uv_strerror(error));
}

static void default_to(int *value, int usual) {
  if (*value <= 0) *value = usual;
}

static void set_defaults(Live *server) {
  LiveOptions *options = &server->options;
  const char *temporary = getenv("TMPDIR");
  default_to(&options->head_timeout_ms, HEAD_TIMEOUT_MS);
  default_to(&options->idle_timeout_ms, IDLE_TIMEOUT_MS);
  default_to(&options->drain_timeout_ms, DRAIN_TIMEOUT_MS);
  if (options->body_limit == 0) options->body_limit = RECORD_BODY_LIMIT;
  if (options->spool_folder == NULL)
    options->spool_folder = temporary != NULL && *temporary != '\0' ? temporary : "/tmp";
  server->space = (SpoolSpace){.limit = options->body_limit, .folder = options->spool_folder};
}

static void start_loop(Live *server) {
  static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
  uv_loop_init(&server->loop);
  uv_tcp_init(&server->loop, &server->listener);
  uv_timer_init(&server->loop, &server->tick);
  uv_async_init(&server->loop, &server->settled_signal, on_settled);
  server->listener.data = server->tick.data = server->settled_signal.data = server;
  for (size_t i = 0; i < 3; i++) {
    uv_signal_init(&server->loop, &server->signals[i]);
    server->signals[i].data = server;
    uv_signal_start(&server->signals[i], on_signal, numbers[i]);
  }
  uv_timer_start(&server->tick, on_tick, TICK_MS, TICK_MS);
  if (server->options.duration_ms > 0)
    server->end = uv_now(&server->loop) + (uint64_t)server->options.duration_ms;
}

static bool open_backend(Live *server, Fault *fault) {
  const LiveOptions *options = &server->options;
  if (options->to == NULL) {
    server->handler = &gateway_handler;
    return gateway_open(server, fault);
  }
  server->handler = &relay_handler;
  if (!address_of(text_from(options->to), NULL, server->arena, &server->to, fault)) return false;
  const UpstreamOptions upstream = {.address = arena_copy_string(server->arena, server->to.base),
                                    .ca_file = options->backend.ca_file,
                                    .insecure = options->backend.insecure,
                                    .is_loopback = server->to.is_loopback,
                                    .connect_timeout_ms = 10000};
  server->upstream = upstream_open(&server->loop, &upstream);
  return true;
}

bool live_check(const LiveOptions *options, Fault *fault) {
  struct sockaddr_storage listen = {0};
  Address to;
  Arena *arena = arena_new(0);
  bool good = read_address(options->listen, &listen, fault) &&
              (options->to == NULL || address_of(text_from(options->to), NULL, arena, &to, fault));
  if (good && options->to != NULL && text_find_char(to.host, '@', 0) != TEXT_NOT_FOUND)
    good =
        fault_raise(fault, FAULT_USAGE, "the backend's address holds a user's name: clients send their own");
  arena_free(arena);
  return good;
}

bool live_open(const LiveOptions *options, const LiveSink *sink, Live **out, Fault *fault) {
  Live *server = memory_alloc(sizeof *server);
  memset(server, 0, sizeof *server);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  server->options = *options;
  server->sink = *sink;
  server->arena = arena_new(0);
  pthread_mutex_init(&server->lock, NULL);
  set_defaults(server);
  start_loop(server);
  if (open_backend(server, fault) && start_listening(server, fault)) {
    *out = server;
    return true;
  }
  live_close(server);
  return false;
}

int live_port(const Live *server) {
  struct sockaddr_storage address = {0};
  int length = sizeof address;
  uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length);
  uint16_t port = address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                : ((struct sockaddr_in *)&address)->sin_port;
  return (port & 0xFF) << 8 | port >> 8;
}

bool live_run(Live *server) {
  uv_run(&server->loop, UV_RUN_DEFAULT);
  return !server->cut_short;
}

const LiveTotals *live_totals(const Live *server) {
  return &server->totals;
}

/* ---- closing ---- */

static void close_handle(uv_handle_t *handle, void *unused) {
  (void)unused;
  if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

void live_close(Live *server) {
  while (server->clients != NULL) client_close(server->clients);
  gateway_close(server);
  upstream_close(server->upstream);
  uv_run(&server->loop, UV_RUN_NOWAIT); /* what is closing already has callbacks of its own */
  uv_walk(&server->loop, close_handle, NULL);
  uv_run(&server->loop, UV_RUN_DEFAULT);
  uv_loop_close(&server->loop);
  for (LiveExchange *live = take_settled(server), *next; live != NULL; live = next) {
    next = live->next;
    make_spare(server, live);
  }
  for (LiveExchange *live = server->spare, *next; live != NULL; live = next) {
    next = live->next;
    arena_free(live->arena);
    free(live);
  }
  pthread_mutex_destroy(&server->lock);
  arena_free(server->arena);
  free(server);
}
