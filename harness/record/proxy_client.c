/* A client's connection: reads requests one after the other, hands them to the handler, sends what it
 * answers. Nothing is read ahead of what can be taken: a slow backend or a full sink makes the client wait.
 */
#include "harness/record/proxy_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void update_reading(LiveClient *client);

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle) {
  LiveClient *client = handle->data;
  Live *server = client->server;
  buffer_free(&client->input);
  buffer_free(&client->out);
  buffer_free(&client->writing);
  free(client);
  live_client_left(server);
}

static void unlink_client(LiveClient *client) {
  if (client->previous != NULL)
    client->previous->next = client->next;
  else
    client->server->clients = client->next;
  if (client->next != NULL) client->next->previous = client->previous;
}

static void release_work(LiveClient *client) {
  Live *server = client->server;
  LiveExchange *live = client->live;
  if (client->state == CLIENT_ACTIVE || client->state == CLIENT_TUNNEL) server->handler->gone(client);
  client->live = NULL;
  if (live == NULL) return;
  if (client->state == CLIENT_SETTLING)
    live->client = NULL; /* it is the sink's */
  else
    live_exchange_recycle(server, live);
}

static void end_client(LiveClient *client, bool resets) {
  if (client->state == CLIENT_CLOSED) return;
  release_work(client);
  client->state = CLIENT_CLOSED;
  unlink_client(client);
  if (!resets || uv_tcp_close_reset(&client->tcp, on_closed) != 0)
    uv_close((uv_handle_t *)&client->tcp, on_closed);
}

void client_close(LiveClient *client) {
  end_client(client, false);
}

/* ---- sending ---- */

void client_send(LiveClient *client, Text bytes) {
  buffer_append(&client->out, bytes);
}

size_t client_pending(const LiveClient *client) {
  return client->out.length + client->writing.length - client->written;
}

static void on_shutdown(uv_shutdown_t *request, int status) {
  LiveClient *client = request->data;
  if (client->state == CLIENT_CLOSED) return;
  if (status < 0 || client->at_end) end_client(client, false);
}

/* Says that nothing more comes and waits a moment for the client to go: closing at once could reset what it
 * is still reading. */
static void say_goodbye(LiveClient *client) {
  if (client->resets) {
    end_client(client, true);
    return;
  }
  client_set_deadline(client, LIVE_LINGER_MS);
  client->shutdown.data = client;
  if (uv_shutdown(&client->shutdown, (uv_stream_t *)&client->tcp, on_shutdown) != 0)
    end_client(client, false);
}

static void all_sent(LiveClient *client) {
  if (client->state == CLIENT_LINGER)
    say_goodbye(client);
  else if (client->state == CLIENT_ACTIVE || client->state == CLIENT_TUNNEL)
    client->server->handler->drained(client);
}

static void on_written(uv_write_t *write, int status) {
  LiveClient *client = write->data;
  client->is_writing = false;
  buffer_clear(&client->writing);
  client->written = 0;
  if (client->state == CLIENT_CLOSED) return;
  if (status < 0) {
    end_client(client, false);
    return;
  }
  if (client->deadline != 0 && client->state != CLIENT_HEAD) client_set_deadline(client, LIVE_STALL_MS);
  client_flush(client);
  if (client->state != CLIENT_CLOSED && client_pending(client) == 0) all_sent(client);
}

static void write_rest(LiveClient *client, size_t sent) {
  Buffer empty = client->writing;
  client->writing = client->out;
  client->out = empty;
  client->written = sent;
  uv_buf_t bytes = uv_buf_init(client->writing.data + sent, (unsigned)(client->writing.length - sent));
  client->write.data = client;
  client->is_writing = uv_write(&client->write, (uv_stream_t *)&client->tcp, &bytes, 1, on_written) == 0;
  if (!client->is_writing) end_client(client, false);
}

void client_flush(LiveClient *client) {
  if (client->is_writing || client->out.length == 0 || client->state == CLIENT_SETTLING ||
      client->state == CLIENT_CLOSED)
    return;
  uv_buf_t bytes = uv_buf_init(client->out.data, (unsigned)client->out.length);
  int sent = uv_try_write((uv_stream_t *)&client->tcp, &bytes, 1);
  if (sent == (int)client->out.length)
    buffer_clear(&client->out);
  else if (sent < 0 && sent != UV_EAGAIN)
    end_client(client, false);
  else
    write_rest(client, sent > 0 ? (size_t)sent : 0);
}

static void linger(LiveClient *client) {
  client->state = CLIENT_LINGER;
  client_set_deadline(client, client_pending(client) > 0 ? LIVE_STALL_MS : LIVE_LINGER_MS);
  buffer_free(&client->input);
  client_flush(client);
  if (client->state != CLIENT_LINGER) return;
  if (client_pending(client) == 0) say_goodbye(client);
  if (client->state == CLIENT_LINGER) update_reading(client);
}

/* ---- our own answers ---- */

void client_say(LiveClient *client, int status, const char *text) {
  bool is_head = text_is(client->request.method, "HEAD");
  buffer_print(
      &client->out,
      "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nX-Statusquo: %d\r\n%s\r\n",
      status, http1_phrase(status), strlen(text) + 1, status, client->closes ? "Connection: close\r\n" : "");
  if (!is_head) buffer_print(&client->out, "%s\n", text);
}

void client_refuse(LiveClient *client, int status, const char *reason) {
  client->server->totals.refused++;
  client->closes = true;
  if (client->answering)
    client->resets = true; /* too late to say anything */
  else
    client_say(client, status, reason);
  release_work(client);
  linger(client);
}

/* ---- requests ---- */

void client_set_deadline(LiveClient *client, uint64_t milliseconds) {
  client->deadline = milliseconds == 0 ? 0 : uv_now(&client->server->loop) + milliseconds;
}

static void begin_request(LiveClient *client, Text head) {
  Live *server = client->server;
  Http1Refusal why;
  LiveExchange *live = live_exchange_new(server);
  Text copy = arena_copy_text(live->arena, head);
  server->totals.requests++;
  client->live = live;
  if (!http1_read_request(copy, live->arena, &client->request, &why)) {
    client_refuse(client, why.status, why.reason);
    return;
  }
  if (client->request.target.length == 0 || client->request.target.data[0] == '?')
    client->request.target =
        arena_print(live->arena, "/%.*s", TEXT_ARGS(client->request.target)); /* of an absolute form */
  http1_begin_body(&client->body, &client->request);
  client->request_done = client->request.framing == HTTP1_NO_BODY;
  client->closes = client->request.closes || server->stopping;
  client->resets = client->paused = client->answering = false;
  client->state = CLIENT_ACTIVE;
  client->work = NULL;
  client_set_deadline(client, LIVE_STALL_MS);
  server->handler->begin(client);
  if (client->state == CLIENT_ACTIVE && client->request_done) server->handler->ended(client);
}

static bool is_stalled(LiveClient *client) {
  Live *server = client->server;
  if (!server->sink.is_full(server->sink.subject)) return false;
  client->state = CLIENT_STALLED;
  client->scan = (Http1Scan){0};
  server->stalled = true;
  return true;
}

/* How many bytes were used. */
static size_t take_head(LiveClient *client, Text bytes) {
  Http1Refusal why;
  size_t length = 0;
  if (client->state == CLIENT_IDLE) {
    client->state = CLIENT_HEAD;
    client->scan = (Http1Scan){0};
    client_set_deadline(client, (uint64_t)client->server->options.head_timeout_ms);
  }
  switch (http1_scan_head(&client->scan, bytes, &length, &why)) {
  case HTTP1_MORE: return 0;
  case HTTP1_REFUSED:
    client->request = (Http1Message){0};
    client_refuse(client, why.status, why.reason);
    return bytes.length;
  case HTTP1_DONE: break;
  }
  if (length == 2) {
    client->scan = (Http1Scan){0};
    return length;
  }
  if (is_stalled(client)) return 0;
  begin_request(client, text_slice(bytes, 0, length));
  return length;
}

static size_t take_body(LiveClient *client, Text bytes) {
  Live *server = client->server;
  LiveExchange *live = client->live;
  Http1Refusal why;
  Text data;
  size_t used;
  Http1State state = http1_read_body(&client->body, bytes, &used, &data, &why);
  if (data.length > 0) {
    spool_append(&live->request_body, &server->space, data);
    server->handler->body(client, data);
    if (client->state != CLIENT_ACTIVE) return used;
  }
  if (state == HTTP1_REFUSED) {
    client_refuse(client, why.status, why.reason);
  } else if (state == HTTP1_DONE) {
    client->request_done = true;
    server->totals.trailers += client->body.trailers;
    server->handler->ended(client);
  }
  return used;
}

/* Takes what can be taken now from the beginning of `bytes`; answers how many were used. */
static size_t consume(LiveClient *client, Text bytes) {
  size_t at = 0, used = 1;
  client->consuming = true;
  while (at < bytes.length && used > 0) {
    Text rest = text_slice(bytes, at, bytes.length);
    if (client->state == CLIENT_IDLE || client->state == CLIENT_HEAD)
      used = take_head(client, rest);
    else if (client->state == CLIENT_ACTIVE && !client->request_done && !client->paused)
      used = take_body(client, rest);
    else if (client->state == CLIENT_TUNNEL)
      client->server->handler->tunnelled(client, rest), used = rest.length;
    else if (client->state >= CLIENT_LINGER)
      used = rest.length;
    else
      used = 0;
    at += used;
  }
  client->consuming = false;
  return at;
}

static void drop_front(Buffer *buffer, size_t count) {
  memmove(buffer->data, buffer->data + count, buffer->length - count);
  buffer->length -= count;
  if (buffer->length == 0) buffer_free(buffer); /* an idle connection holds nothing */
}

/* The client sends no more: a request that isn't complete never will be. */
static void meet_end(LiveClient *client) {
  bool can_go_on = client->state == CLIENT_SETTLING || client->state == CLIENT_STALLED ||
                   (client->state == CLIENT_ACTIVE && client->request_done) ||
                   (client->state == CLIENT_ACTIVE && client->input.length > 0);
  if (!client->at_end || client->state == CLIENT_CLOSED || can_go_on) return;
  if (client->state == CLIENT_LINGER && client_pending(client) > 0) return;
  if (client->state == CLIENT_ACTIVE) client->server->totals.abandoned++;
  end_client(client, false);
}

void client_continue(LiveClient *client) {
  if (client->consuming) return; /* the loop in consume goes on by itself */
  if (client->input.length > 0) {
    size_t used = consume(client, buffer_text(&client->input));
    if (client->state == CLIENT_CLOSED) return;
    if (used > 0 && client->input.length >= used) drop_front(&client->input, used);
  }
  meet_end(client);
  if (client->state != CLIENT_CLOSED) update_reading(client);
}

/* ---- receiving ---- */

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
  LiveClient *client = handle->data;
  (void)wanted;
  *out = uv_buf_init(client->server->scratch, LIVE_SCRATCH);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
  LiveClient *client = stream->data;
  if (count == 0) return;
  if (count < 0 && count != UV_EOF) {
    if (client->state == CLIENT_ACTIVE) client->server->totals.abandoned++;
    end_client(client, false);
    return;
  }
  if (count == UV_EOF) {
    client->at_end = true;
    client_continue(client);
    return;
  }
  if (client->input.length == 0) {
    size_t used = consume(client, (Text){bytes->base, (size_t)count});
    if (client->state == CLIENT_CLOSED) return;
    if (client->state != CLIENT_LINGER)
      buffer_append_bytes(&client->input, bytes->base + used, (size_t)count - used);
    update_reading(client);
    return;
  }
  buffer_append_bytes(&client->input, bytes->base, (size_t)count);
  client_continue(client);
}

static bool wants_reading(const LiveClient *client) {
  if (client->at_end) return false;
  switch (client->state) {
  case CLIENT_IDLE:
  case CLIENT_HEAD:
  case CLIENT_LINGER: return true;
  case CLIENT_TUNNEL: return !client->paused;
  case CLIENT_ACTIVE:
  case CLIENT_SETTLING: return !client->paused && client->input.length < LIVE_SCRATCH; /* to see it leave */
  case CLIENT_STALLED:
  case CLIENT_CLOSED: return false;
  }
  return false;
}

static void update_reading(LiveClient *client) {
  bool wanted = wants_reading(client);
  if (wanted == client->reading) return;
  client->reading = wanted;
  if (wanted)
    uv_read_start((uv_stream_t *)&client->tcp, on_allocate, on_read);
  else
    uv_read_stop((uv_stream_t *)&client->tcp);
}

void client_pause(LiveClient *client) {
  client->paused = true;
  if (!client->consuming) update_reading(client);
}

void client_resume(LiveClient *client) {
  if (!client->paused) return;
  client->paused = false;
  client_continue(client);
}

void client_tunnel(LiveClient *client) {
  client->state = CLIENT_TUNNEL;
  client->request_done = true;
  client->deadline = 0;
  client_continue(client);
}

/* ---- after an answer ---- */

/* What one large answer needed isn't kept for the next. */
static void shrink(Buffer *buffer) {
  if (buffer->length == 0 && buffer->capacity > LIVE_SCRATCH) buffer_free(buffer);
}

static void next_request(LiveClient *client) {
  if (!client->request_done || client->server->stopping) client->closes = true;
  if (client->closes) {
    linger(client);
    return;
  }
  client->state = CLIENT_IDLE;
  client_set_deadline(client, (uint64_t)client->server->options.idle_timeout_ms);
  client_flush(client);
  shrink(&client->out);
  if (!client->is_writing) shrink(&client->writing);
  if (client->state == CLIENT_IDLE) client_continue(client);
}

void client_answered(LiveClient *client, bool records) {
  Live *server = client->server;
  LiveExchange *live = client->live;
  if (!records) {
    client->live = NULL;
    live_exchange_recycle(server, live);
    next_request(client);
    return;
  }
  if (server->options.durable) {
    live->client = client;
    client->state = CLIENT_SETTLING;
    client->deadline = 0;
    live_hand_over(server, live);
    if (!client->consuming) update_reading(client);
    return;
  }
  client->live = NULL;
  live_hand_over(server, live);
  next_request(client);
}

void client_settled(LiveClient *client) {
  assert(client->state == CLIENT_SETTLING);
  client->live = NULL; /* its owner recycles it */
  next_request(client);
}

void client_break(LiveClient *client, bool records, bool resets) {
  Live *server = client->server;
  LiveExchange *live = client->live;
  client->live = NULL;
  if (records)
    live_hand_over(server, live);
  else
    live_exchange_recycle(server, live);
  client->resets = resets;
  linger(client);
}

/* ---- time ---- */

void client_tick(LiveClient *client, uint64_t now) {
  if (client->deadline == 0 || now < client->deadline) return;
  switch (client->state) {
  case CLIENT_HEAD:
    client->request = (Http1Message){0};
    client_refuse(client, 408, "the head of the request didn't arrive in time");
    break;
  case CLIENT_ACTIVE:
    if (client->is_writing)
      end_client(client, true); /* it doesn't read */
    else
      client->server->handler->late(client);
    break;
  case CLIENT_IDLE:
  case CLIENT_LINGER: end_client(client, false); break;
  case CLIENT_STALLED:
  case CLIENT_SETTLING:
  case CLIENT_TUNNEL:
  case CLIENT_CLOSED: break;
  }
}

void client_stop(LiveClient *client) {
  client->closes = true;
  if (client->state == CLIENT_IDLE || client->state == CLIENT_HEAD || client->state == CLIENT_STALLED ||
      client->state == CLIENT_TUNNEL)
    end_client(client, false);
}

/* ---- the beginning ---- */

void client_accept(Live *server) {
  LiveClient *client = memory_alloc(sizeof *client);
  memset(client, 0, sizeof *client);
  client->server = server;
  client->input = buffer_make(NULL, 0); /* bounded by wants_reading */
  client->out = buffer_make(NULL, 0);   /* bounded by LIVE_HIGH_WATER */
  client->writing = buffer_make(NULL, 0);
  uv_tcp_init(&server->loop, &client->tcp);
  client->tcp.data = client;
  client->next = server->clients;
  if (client->next != NULL) client->next->previous = client;
  server->clients = client;
  server->client_count++;
  server->totals.connections++;
  if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&client->tcp) != 0) {
    end_client(client, false);
    return;
  }
  uv_tcp_nodelay(&client->tcp, 1);
  client_set_deadline(client, (uint64_t)server->options.idle_timeout_ms);
  update_reading(client);
}
