/* The reverse proxy: passes a request on and its answer back, byte for byte, and keeps a copy of both.
 *
 * Header lines go on as they came, in order. What concerns one connection only is the proxy's own:
 * Connection, Keep-Alive, Proxy-Connection, TE, Trailer; chunks are cut anew, their extensions and trailers
 * are dropped (and trailers counted). The backend's Host stands in place of the client's unless it is to be
 * kept. */
#include "harness/record/proxy_parts.h"

#include <stdio.h>
#include <string.h>

enum {
  RETRY_LIMIT = 64 * 1024, /* requests up to this size can be sent again */
  INTERIM_MOST = 100,
  IDLE_MS = 30000,       /* a kept connection may have been idle for so long */
  IDLE_UNSAFE_MS = 1000, /* the same for a request that mustn't be sent twice: a backend closes old ones */
};

typedef struct Relay {
  LiveClient *client;
  UpstreamLink *link; /* NULL: released */
  Buffer sent;        /* the request so far, while it can be sent again */
  bool can_retry, retried;
  bool chunks_out; /* the client gets chunks */
  bool head_done;
  bool tunnels;
  int interim_count;
  Http1Scan scan;
  Buffer head; /* of the answer, until it is whole */
  Http1Message answer;
  Http1Body body;
  uint64_t began; /* uv_hrtime */
  uint64_t timeout_ms;
} Relay;

static Relay *relay_of(LiveClient *client) {
  return client->work;
}

static void release(Relay *relay, bool reusable) {
  UpstreamLink *link = relay->link;
  relay->link = NULL;
  if (link != NULL) upstream_release(link, reusable);
}

/* ---- the request ---- */

static bool is_one_of(Text name, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_equal_ignoring_case(name, text_from(list[i]))) return true;
  return false;
}

/* Concerns one connection only. */
static bool is_hop(Text name) {
  static const char *const names[] = {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer"};
  return (name.length == 2 || name.length == 7 || name.length == 10 || name.length == 16) &&
         is_one_of(name, names, sizeof names / sizeof *names);
}

static void append_header(Buffer *out, const char *name, Text value) {
  buffer_append_string(out, name);
  buffer_append(out, TEXT(": "));
  buffer_append(out, value);
  buffer_append(out, TEXT("\r\n"));
}

static Text target_prefix(const Live *server) {
  Text prefix = server->to.target;
  while (prefix.length > 0 && prefix.data[prefix.length - 1] == '/') prefix.length--;
  return prefix;
}

static void write_request_headers(const LiveClient *client, Buffer *out) {
  const Http1Message *request = &client->request;
  const Live *server = client->server;
  bool has_host = false;
  for (size_t i = 0; i < request->headers.count; i++) {
    const Header *header = &request->headers.items[i];
    if (is_hop(header->name)) {
      if (request->upgrades && text_equal_ignoring_case(header->name, TEXT("Connection")))
        buffer_append(out, http1_raw_line(header));
    } else if (text_equal_ignoring_case(header->name, TEXT("Host"))) {
      has_host = true;
      Text kept = request->authority.data != NULL ? request->authority : header->value;
      buffer_append(out, header->name);
      buffer_append(out, TEXT(": "));
      buffer_append(out, server->options.keep_host ? kept : server->to.host);
      buffer_append(out, TEXT("\r\n"));
    } else if (!request->upgrades && text_equal_ignoring_case(header->name, TEXT("Upgrade"))) {
      continue; /* without a word in Connection it means nothing */
    } else {
      buffer_append(out, http1_raw_line(header));
    }
  }
  if (!has_host) append_header(out, "Host", server->to.host);
  buffer_append(out, TEXT("\r\n"));
}

static void write_request_head(const LiveClient *client, Buffer *out) {
  const Http1Message *request = &client->request;
  buffer_append(out, request->method);
  buffer_append_char(out, ' ');
  if (request->target.data[0] == '/') buffer_append(out, target_prefix(client->server));
  buffer_append(out, request->target);
  buffer_append(out, TEXT(" HTTP/1.1\r\n"));
  write_request_headers(client, out);
}

static bool is_safe_twice(Text method) {
  static const char *const names[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return is_one_of(method, names, sizeof names / sizeof *names);
}

static void send_on(Relay *relay, Text bytes) {
  if (relay->can_retry && relay->sent.length + bytes.length <= RETRY_LIMIT)
    buffer_append(&relay->sent, bytes);
  else
    relay->can_retry = false;
  upstream_send(relay->link, bytes);
}

static const UpstreamHandler link_handler;

static void connect_again(Relay *relay) {
  relay->retried = true;
  relay->link = upstream_acquire(relay->client->server->upstream, 0, &link_handler, relay);
  upstream_send(relay->link, buffer_text(&relay->sent));
}

static void on_begin(LiveClient *client) {
  Live *server = client->server;
  Arena *arena = client->live->arena;
  Relay *relay = ARENA_NEW(arena, Relay);
  Buffer head = buffer_make(arena, 0);
  bool safe = is_safe_twice(client->request.method);
  relay->client = client;
  relay->head = buffer_make(arena, 0);
  relay->sent = buffer_make(arena, 0);
  relay->can_retry = safe;
  relay->began = uv_hrtime();
  relay->timeout_ms = server->options.backend.timeout_ms > 0 ? (uint64_t)server->options.backend.timeout_ms
                                                             : (uint64_t)LIVE_STALL_MS;
  client->work = relay;
  live_take_request(client);
  write_request_head(client, &head);
  uint64_t longest_idle = client->request.upgrades ? 0 : safe ? IDLE_MS : IDLE_UNSAFE_MS;
  relay->link = upstream_acquire(server->upstream, longest_idle, &link_handler, relay);
  client_set_deadline(client, relay->timeout_ms);
  send_on(relay, buffer_text(&head));
}

static void on_body(LiveClient *client, Text data) {
  Relay *relay = relay_of(client);
  char line[24];
  if (relay->link == NULL) return;
  client_set_deadline(client, relay->timeout_ms);
  if (client->request.framing == HTTP1_CHUNKED) {
    int length = snprintf(line, sizeof line, "%zx\r\n", data.length);
    send_on(relay, (Text){line, (size_t)length});
    send_on(relay, data);
    send_on(relay, TEXT("\r\n"));
  } else {
    send_on(relay, data);
  }
  if (upstream_pending(relay->link) > LIVE_HIGH_WATER) client_pause(client);
}

static void on_ended(LiveClient *client) {
  Relay *relay = relay_of(client);
  if (relay->link != NULL && client->request.framing == HTTP1_CHUNKED) send_on(relay, TEXT("0\r\n\r\n"));
}

static void on_link_drained(void *subject) {
  Relay *relay = subject;
  client_resume(relay->client);
}

/* ---- what is recorded ---- */

static double duration_of(const Relay *relay) {
  return (double)(uv_hrtime() - relay->began) / 1e6;
}

static void take_answer(Relay *relay) {
  LiveExchange *live = relay->client->live;
  BackendAnswer *answer = &live->exchange.backend;
  *answer = (BackendAnswer){.kind = BACKEND_HTTP,
                            .status = relay->answer.status,
                            .headers = relay->answer.headers,
                            .duration_ms = duration_of(relay)};
  if (live->answer_body.overflowed) {
    relay->client->server->totals.too_large++;
    live_fail(live, FAILURE_TOO_LARGE,
              arena_print(live->arena, "the answer is larger than %llu bytes (--body-limit)",
                          (unsigned long long)relay->client->server->options.body_limit)
                  .data);
  }
}

/* ---- the answer's head ---- */

static void write_status(const Relay *relay, Buffer *out) {
  buffer_print(out, "HTTP/1.1 %03d ", relay->answer.status);
  buffer_append(out, relay->answer.reason);
  buffer_append(out, TEXT("\r\n"));
}

/* A Connection line of the backend goes on when it says what happens to the client's connection too. */
static bool connection_fits(const Relay *relay, const Header *header) {
  if (relay->tunnels) return true;
  bool says_close = text_equal_ignoring_case(header->value, TEXT("close"));
  bool says_keep = text_equal_ignoring_case(header->value, TEXT("keep-alive"));
  return relay->client->closes ? says_close : says_keep;
}

static void write_answer_headers(Relay *relay, Buffer *out) {
  const LiveClient *client = relay->client;
  bool told = false;
  for (size_t i = 0; i < relay->answer.headers.count; i++) {
    const Header *header = &relay->answer.headers.items[i];
    bool is_connection = text_equal_ignoring_case(header->name, TEXT("Connection"));
    if (is_connection ? !connection_fits(relay, header) : is_hop(header->name)) continue;
    if (!relay->chunks_out && text_equal_ignoring_case(header->name, TEXT("Transfer-Encoding")) &&
        relay->answer.framing == HTTP1_CHUNKED)
      continue; /* for a client of HTTP/1.0 */
    told |= is_connection;
    buffer_append(out, http1_raw_line(header));
  }
  if (!told && client->closes && !relay->tunnels) append_header(out, "Connection", TEXT("close"));
  if (!told && !client->closes && client->request.minor_version == 0)
    append_header(out, "Connection", TEXT("keep-alive"));
  buffer_append(out, TEXT("\r\n"));
}

/* What came so far was an interim answer. */
static void pass_interim(Relay *relay, Text head) {
  LiveClient *client = relay->client;
  if (client->request.minor_version == 1) client_send(client, head);
}

static void begin_answer(Relay *relay) {
  LiveClient *client = relay->client;
  Http1Message *answer = &relay->answer;
  bool old = client->request.minor_version == 0;
  relay->head_done = true;
  relay->can_retry = false;
  relay->tunnels = answer->status == 101;
  relay->chunks_out = answer->framing == HTTP1_CHUNKED && !old;
  bool ends_with_close = answer->framing == HTTP1_UNTIL_CLOSE || (answer->framing == HTTP1_CHUNKED && old);
  if (answer->closes || ends_with_close || client->server->stopping) client->closes = true;
  http1_begin_body(&relay->body, answer);
  write_status(relay, &client->out);
  write_answer_headers(relay, &client->out);
  client->answering = true;
}

static void begin_tunnel(Relay *relay) {
  LiveClient *client = relay->client;
  Live *server = client->server;
  server->totals.tunnels++;
  client_tunnel(client);
}

/* ---- failures ---- */

static void finish(Relay *relay, bool reusable);

/* Nothing more comes from the backend, and the answer isn't complete. `drops`: it was a reset. */
static void fail(Relay *relay, FailureReason reason, int status, const char *detail, bool drops) {
  LiveClient *client = relay->client;
  LiveExchange *live = client->live;
  char text[CURL_ERROR_SIZE + 64];
  release(relay, false);
  client->server->totals.failures++;
  live->exchange.backend.duration_ms = duration_of(relay);
  live_fail(live, reason, detail);
  bool records = live_should_record(client);
  if (client->answering) {
    client_break(client, records, drops || (relay->answer.framing == HTTP1_CHUNKED && !relay->chunks_out));
    return;
  }
  if (!client->request_done) client->closes = true;
  snprintf(text, sizeof text, "statusquo: no answer from the backend: %s", detail);
  client_say(client, status, text);
  client_answered(client, records);
}

static void fail_malformed(Relay *relay, const char *reason) {
  fail(relay, FAILURE_NETWORK, 502, reason, true);
}

/* Says how far the answer came. */
static void fail_network(Relay *relay, UpstreamEnd how, const char *detail) {
  unsigned long long had = relay->client->live->answer_body.length, all = relay->answer.length;
  Arena *arena = relay->client->live->arena;
  if (relay->head_done && relay->answer.framing == HTTP1_LENGTH)
    detail = arena_print(arena, "%s after %llu of %llu bytes", detail, had, all).data;
  else if (relay->head_done)
    detail = arena_print(arena, "%s after %llu bytes", detail, had).data;
  fail(relay, FAILURE_NETWORK, 502, detail, how != UPSTREAM_CLOSED);
}

static void on_link_ended(void *subject, UpstreamEnd how, const char *detail) {
  Relay *relay = subject;
  LiveClient *client = relay->client;
  relay->link = NULL;
  if (client->state == CLIENT_TUNNEL) {
    client_break(client, false, how == UPSTREAM_BROKEN);
    return;
  }
  bool untouched = !relay->head_done && relay->head.length == 0 && !client->answering;
  if (relay->head_done && relay->answer.framing == HTTP1_UNTIL_CLOSE && how == UPSTREAM_CLOSED)
    finish(relay, false);
  else if (untouched && relay->can_retry && !relay->retried && client->request_done &&
           (how == UPSTREAM_CLOSED || how == UPSTREAM_BROKEN))
    connect_again(relay);
  else if (how == UPSTREAM_SLOW)
    fail(relay, FAILURE_TIMEOUT, 504, detail, true);
  else
    fail_network(relay, how, detail);
}

static void on_late(LiveClient *client) {
  Relay *relay = relay_of(client);
  bool client_is_slow = !client->request_done && !client->answering &&
                        (relay->link == NULL || upstream_pending(relay->link) == 0);
  if (client_is_slow)
    client_refuse(client, 408, "the body of the request didn't arrive in time");
  else
    fail(relay, FAILURE_TIMEOUT, 504, "the backend didn't answer in time", true);
}

/* ---- the answer's body ---- */

static void finish(Relay *relay, bool reusable) {
  LiveClient *client = relay->client;
  take_answer(relay);
  client->server->totals.trailers += relay->body.trailers;
  if (relay->chunks_out) client_send(client, TEXT("0\r\n\r\n"));
  release(relay, reusable && client->request_done);
  client_answered(client, live_should_record(client));
}

static void pass_data(Relay *relay, Text data) {
  LiveClient *client = relay->client;
  char line[24];
  spool_append(&client->live->answer_body, &client->server->space, data);
  if (!relay->chunks_out) {
    client_send(client, data);
    return;
  }
  int length = snprintf(line, sizeof line, "%zx\r\n", data.length);
  client_send(client, (Text){line, (size_t)length});
  client_send(client, data);
  client_send(client, TEXT("\r\n"));
}

/* False: the relay is over. */
static bool take_body(Relay *relay, Text bytes) {
  Http1Refusal why;
  for (;;) {
    Text data;
    size_t used;
    Http1State state = http1_read_body(&relay->body, bytes, &used, &data, &why);
    if (data.length > 0) pass_data(relay, data);
    bytes = text_slice(bytes, used, bytes.length);
    if (state == HTTP1_REFUSED) {
      fail_malformed(relay, why.reason);
      return false;
    }
    if (state == HTTP1_DONE) {
      finish(relay, bytes.length == 0 && !relay->answer.closes);
      return false;
    }
    if (bytes.length == 0) return true;
  }
}

/* Reads a whole head; false: the relay is over, or it is a tunnel now. `rest`: what follows the head. */
static bool take_head(Relay *relay, Text head, Text rest, bool *more) {
  LiveClient *client = relay->client;
  Http1Refusal why;
  Text copy = arena_copy_text(client->live->arena, head);
  *more = true;
  if (!http1_read_answer(copy, client->request.method, client->live->arena, &relay->answer, &why)) {
    fail_malformed(relay, why.reason);
    return false;
  }
  if (relay->answer.status == 101 && !client->request.upgrades) {
    fail_malformed(relay, "the backend switched protocols though nobody asked for it");
    return false;
  }
  if (relay->answer.status < 200 && relay->answer.status != 101) {
    pass_interim(relay, copy);
    if (++relay->interim_count <= INTERIM_MOST) return true;
    fail_malformed(relay, "the backend sends interim answers without end");
    return false;
  }
  begin_answer(relay);
  if (relay->tunnels) {
    client_send(client, rest);
    client_flush(client);
    if (client->state == CLIENT_ACTIVE) begin_tunnel(relay);
    return false;
  }
  *more = false;
  return true;
}

/* Takes heads until the final one; false: the relay is over. `bytes` becomes what follows. */
static bool take_heads(Relay *relay, Text *bytes) {
  Http1Refusal why;
  bool more = true;
  while (more) {
    size_t length = 0;
    bool in_place = relay->head.length == 0;
    if (!in_place) buffer_append(&relay->head, *bytes);
    Text all = in_place ? *bytes : buffer_text(&relay->head);
    switch (http1_scan_head(&relay->scan, all, &length, &why)) {
    case HTTP1_REFUSED: fail_malformed(relay, why.reason); return false;
    case HTTP1_MORE:
      if (in_place) buffer_append(&relay->head, *bytes);
      *bytes = TEXT_EMPTY;
      return true;
    case HTTP1_DONE: break;
    }
    relay->scan = (Http1Scan){0};
    *bytes = text_slice(all, length, all.length);
    if (!take_head(relay, text_slice(all, 0, length), *bytes, &more)) return false;
    if (in_place) continue;
    /* What follows must outlive the buffer it stands in, which begins anew for the next head. */
    *bytes = arena_copy_text(relay->client->live->arena, *bytes);
    buffer_clear(&relay->head);
  }
  return true;
}

static void on_received(void *subject, Text bytes) {
  Relay *relay = subject;
  LiveClient *client = relay->client;
  if (client->state == CLIENT_TUNNEL) {
    client_send(client, bytes);
  } else {
    client_set_deadline(client, relay->timeout_ms);
    if (!relay->head_done && !take_heads(relay, &bytes)) return;
    if (relay->head_done && !take_body(relay, bytes)) return;
  }
  client_flush(client);
  if (client->state == CLIENT_ACTIVE || client->state == CLIENT_TUNNEL)
    if (client_pending(client) > LIVE_HIGH_WATER) upstream_pause(relay->link);
}

static const UpstreamHandler link_handler = {on_received, on_link_drained, on_link_ended};

/* ---- the client's side ---- */

static void on_tunnelled(LiveClient *client, Text bytes) {
  Relay *relay = relay_of(client);
  if (relay->link == NULL) return;
  upstream_send(relay->link, bytes);
  if (relay->link != NULL && upstream_pending(relay->link) > LIVE_HIGH_WATER) client_pause(client);
}

static void on_drained(LiveClient *client) {
  Relay *relay = relay_of(client);
  if (relay != NULL && relay->link != NULL) upstream_resume(relay->link);
}

static void on_gone(LiveClient *client) {
  if (client->work != NULL) release(relay_of(client), false);
  client->work = NULL;
}

const LiveHandler relay_handler = {
    .begin = on_begin,
    .body = on_body,
    .ended = on_ended,
    .tunnelled = on_tunnelled,
    .drained = on_drained,
    .late = on_late,
    .gone = on_gone,
};
