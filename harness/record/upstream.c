/* Connections to the backend. libcurl makes each (CURLOPT_CONNECT_ONLY). A plain one is then taken over as a
 * libuv stream; one with TLS stays libcurl's, which encrypts and decrypts, in a multi handle of its own,
 * since libcurl tidies up connections of a shared one that it thinks are idle. */
#include "harness/record/upstream.h"

#include "harness/record/record_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 64 * 1024, MOST_IDLE = 1024 };

typedef enum LinkState { LINK_CONNECTING, LINK_OPEN, LINK_CLOSING } LinkState;

struct UpstreamLink {
  Upstream *upstream;
  UpstreamLink *previous, *next;  /* among the idle ones */
  const UpstreamHandler *handler; /* NULL: nobody has it */
  void *subject;
  LinkState state;
  bool is_idle, reused, paused, writing_wanted;
  uint64_t idle_since;
  CurlLoop *curl;
  CURL *easy;
  curl_socket_t socket;
  bool takes_socket; /* libcurl must not close it */
  char error[CURL_ERROR_SIZE];
  union {
    uv_handle_t handle;
    uv_tcp_t tcp;
    uv_poll_t poll;
  } io;
  bool has_io;
  Buffer out, writing; /* `writing` doesn't move while a part of it is on its way */
  size_t written;
  uv_write_t write;
  bool is_writing;
};

struct Upstream {
  uv_loop_t *loop;
  UpstreamOptions options;
  bool is_tls;
  UpstreamLink *idle; /* the last used first */
  UpstreamLink *oldest;
  size_t idle_count;
  char scratch[SCRATCH_SIZE];
};

/* ---- the end of a link ---- */

static void unlink_idle(UpstreamLink *link) {
  Upstream *upstream = link->upstream;
  if (!link->is_idle) return;
  if (link->previous != NULL)
    link->previous->next = link->next;
  else
    upstream->idle = link->next;
  if (link->next != NULL)
    link->next->previous = link->previous;
  else
    upstream->oldest = link->previous;
  link->previous = link->next = NULL;
  link->is_idle = false;
  upstream->idle_count--;
}

static void free_link(UpstreamLink *link) {
  buffer_free(&link->out);
  buffer_free(&link->writing);
  free(link);
}

static void on_closed(uv_handle_t *handle) {
  free_link(handle->data);
}

static void drop_curl(UpstreamLink *link) {
  if (link->easy == NULL) return;
  curl_loop_remove(link->curl, link->easy);
  curl_easy_cleanup(link->easy);
  curl_loop_free(link->curl);
  link->easy = NULL;
  link->curl = NULL;
}

static void close_link(UpstreamLink *link) {
  if (link->state == LINK_CLOSING) return;
  link->state = LINK_CLOSING;
  link->handler = NULL;
  unlink_idle(link);
  bool has_io = link->has_io;
  if (has_io) uv_close(&link->io.handle, on_closed); /* before libcurl closes the socket that is polled */
  drop_curl(link);
  if (!has_io) free_link(link);
}

static void end_link(UpstreamLink *link, UpstreamEnd how, const char *detail) {
  const UpstreamHandler *handler = link->handler;
  void *subject = link->subject;
  char copy[CURL_ERROR_SIZE]; /* the link's own text goes with it */
  strncpy(copy, detail, sizeof copy - 1);
  copy[sizeof copy - 1] = '\0';
  close_link(link);
  if (handler != NULL) handler->ended(subject, how, copy);
}

/* ---- sending ---- */

static bool flush(UpstreamLink *link);

static void break_link(UpstreamLink *link, const char *detail) {
  end_link(link, UPSTREAM_BROKEN, detail);
}

static void tell_drained(UpstreamLink *link) {
  if (link->handler != NULL && upstream_pending(link) == 0) link->handler->drained(link->subject);
}

static void on_written(uv_write_t *write, int status) {
  UpstreamLink *link = write->data;
  link->is_writing = false;
  buffer_clear(&link->writing);
  if (link->state != LINK_OPEN) return;
  if (status < 0) {
    break_link(link, uv_strerror(status));
    return;
  }
  if (flush(link)) tell_drained(link);
}

/* Swaps what is to be sent next to where it stays until it has left. */
static void take_turn(UpstreamLink *link) {
  Buffer empty = link->writing;
  link->writing = link->out;
  link->out = empty;
  buffer_clear(&link->out);
  link->written = 0;
}

static bool flush_plain(UpstreamLink *link) {
  if (link->is_writing || link->out.length == 0) return true;
  uv_buf_t bytes = uv_buf_init(link->out.data, (unsigned)link->out.length);
  int sent = uv_try_write((uv_stream_t *)&link->io.tcp, &bytes, 1);
  if (sent == (int)link->out.length) {
    buffer_clear(&link->out);
    return true;
  }
  if (sent < 0 && sent != UV_EAGAIN) {
    /* What the backend said before it closed is still to be read: reading finds the end. */
    buffer_clear(&link->out);
    return true;
  }
  take_turn(link);
  size_t from = sent > 0 ? (size_t)sent : 0;
  bytes = uv_buf_init(link->writing.data + from, (unsigned)(link->writing.length - from));
  link->is_writing = uv_write(&link->write, (uv_stream_t *)&link->io.tcp, &bytes, 1, on_written) == 0;
  return true;
}

static void watch(UpstreamLink *link);

static bool flush_tls(UpstreamLink *link) {
  for (;;) {
    if (link->written == link->writing.length) take_turn(link);
    if (link->writing.length == 0) break;
    size_t sent = 0;
    CURLcode result = curl_easy_send(link->easy, link->writing.data + link->written,
                                     link->writing.length - link->written, &sent);
    link->written += sent;
    if (result == CURLE_AGAIN || (result == CURLE_OK && sent == 0)) break;
    if (result != CURLE_OK) { /* reading finds the end */
      buffer_clear(&link->writing);
      buffer_clear(&link->out);
      link->written = 0;
      break;
    }
  }
  link->writing_wanted = link->writing.length > link->written;
  watch(link);
  return true;
}

static bool flush(UpstreamLink *link) {
  if (link->state != LINK_OPEN) return false;
  return link->upstream->is_tls ? flush_tls(link) : flush_plain(link);
}

void upstream_send(UpstreamLink *link, Text bytes) {
  buffer_append(&link->out, bytes);
  if (link->state == LINK_OPEN) flush(link);
}

size_t upstream_pending(const UpstreamLink *link) {
  return link->out.length + (link->writing.length - link->written);
}

/* ---- receiving ---- */

static void received(UpstreamLink *link, Text bytes) {
  if (link->handler != NULL)
    link->handler->received(link->subject, bytes);
  else
    close_link(link); /* nobody asked */
}

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
  UpstreamLink *link = handle->data;
  (void)wanted;
  *out = uv_buf_init(link->upstream->scratch, SCRATCH_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
  UpstreamLink *link = stream->data;
  if (count > 0)
    received(link, (Text){bytes->base, (size_t)count});
  else if (count == UV_EOF)
    end_link(link, UPSTREAM_CLOSED, "the backend closed the connection");
  else if (count < 0)
    break_link(link, uv_strerror((int)count));
}

/* Decrypted bytes may wait inside libcurl where no poll sees them: read until it has none. */
static void read_tls(UpstreamLink *link) {
  const UpstreamHandler *handler = link->handler;
  while (link->state == LINK_OPEN && !link->paused && link->handler == handler) {
    size_t count = 0;
    CURLcode result = curl_easy_recv(link->easy, link->upstream->scratch, SCRATCH_SIZE, &count);
    if (result == CURLE_AGAIN) return;
    if (result != CURLE_OK) {
      break_link(link, curl_easy_strerror(result));
      return;
    }
    if (count == 0) {
      end_link(link, UPSTREAM_CLOSED, "the backend closed the connection");
      return;
    }
    received(link, (Text){link->upstream->scratch, count});
  }
}

/* `received` and `drained` may end the link: its memory stays until libuv has let go of it. */
static void on_poll(uv_poll_t *poll, int status, int events) {
  UpstreamLink *link = poll->data;
  if (status < 0) {
    break_link(link, uv_strerror(status));
    return;
  }
  if (events & UV_READABLE) read_tls(link);
  if (link->state == LINK_OPEN && (events & UV_WRITABLE) && flush(link)) tell_drained(link);
}

static void watch(UpstreamLink *link) {
  int events = (link->paused ? 0 : UV_READABLE) | (link->writing_wanted ? UV_WRITABLE : 0);
  if (events == 0)
    uv_poll_stop(&link->io.poll);
  else
    uv_poll_start(&link->io.poll, events, on_poll);
}

void upstream_pause(UpstreamLink *link) {
  if (link->paused) return;
  link->paused = true;
  if (link->state != LINK_OPEN) return;
  if (link->upstream->is_tls)
    watch(link);
  else
    uv_read_stop((uv_stream_t *)&link->io.tcp);
}

void upstream_resume(UpstreamLink *link) {
  if (!link->paused) return;
  link->paused = false;
  if (link->state != LINK_OPEN) return;
  if (link->upstream->is_tls) {
    watch(link);
    read_tls(link);
  } else {
    uv_read_start((uv_stream_t *)&link->io.tcp, on_allocate, on_read);
  }
}

/* ---- connecting ---- */

static int on_close_socket(void *subject, curl_socket_t socket) {
  const UpstreamLink *link = subject;
  return link->takes_socket && socket == link->socket ? 0 : close(socket);
}

static bool take_over(UpstreamLink *link) {
  uv_loop_t *loop = link->upstream->loop;
  if (link->upstream->is_tls) {
    if (uv_poll_init_socket(loop, &link->io.poll, link->socket) != 0) return false;
    link->has_io = true;
    link->io.handle.data = link;
    watch(link);
    return true;
  }
  link->takes_socket = true;
  drop_curl(link);
  uv_tcp_init(loop, &link->io.tcp);
  link->has_io = true;
  link->io.handle.data = link;
  if (uv_tcp_open(&link->io.tcp, link->socket) != 0) {
    close(link->socket);
    return false;
  }
  uv_tcp_nodelay(&link->io.tcp, 1);
  return link->paused || uv_read_start((uv_stream_t *)&link->io.tcp, on_allocate, on_read) == 0;
}

static void on_connected(void *subject, CURL *easy, CURLcode result) {
  UpstreamLink *link = subject;
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (result == CURLE_OK) result = curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
  if (result != CURLE_OK || socket == CURL_SOCKET_BAD) {
    const char *detail = link->error[0] != '\0' ? link->error : curl_easy_strerror(result);
    end_link(link, result == CURLE_OPERATION_TIMEDOUT ? UPSTREAM_SLOW : UPSTREAM_REFUSED, detail);
    return;
  }
  link->socket = socket;
  if (!take_over(link)) {
    end_link(link, UPSTREAM_REFUSED, "no more connections can be opened");
    return;
  }
  link->state = LINK_OPEN;
  if (flush(link)) tell_drained(link);
}

static void set_easy(const UpstreamLink *link) {
  const UpstreamOptions *options = &link->upstream->options;
  CURL *easy = link->easy;
  curl_easy_setopt(easy, CURLOPT_URL, options->address);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  allow_only_http(easy);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, link->error);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, link);
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  if (options->is_loopback) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (options->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
  if (!options->insecure) return;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

static UpstreamLink *connect_link(Upstream *upstream) {
  UpstreamLink *link = memory_alloc(sizeof *link);
  memset(link, 0, sizeof *link);
  link->upstream = upstream;
  link->out = buffer_make(NULL, 0); /* bounded by whoever sends: see upstream_pending */
  link->writing = buffer_make(NULL, 0);
  link->write.data = link;
  link->curl = curl_loop_new(upstream->loop, on_connected, link);
  link->easy = curl_easy_init();
  if (link->easy == NULL) abort(); /* no memory */
  set_easy(link);
  curl_loop_add(link->curl, link->easy);
  return link;
}

/* ---- idle ones ---- */

UpstreamLink *upstream_acquire(Upstream *upstream, uint64_t longest_idle_ms, const UpstreamHandler *handler,
                               void *subject) {
  UpstreamLink *link = upstream->idle;
  uint64_t now = uv_now(upstream->loop);
  if (link != NULL && longest_idle_ms > 0 && now - link->idle_since <= longest_idle_ms) {
    unlink_idle(link);
    link->reused = true;
  } else {
    if (link != NULL && longest_idle_ms > 0) close_link(link); /* too old, and so are those behind it */
    link = connect_link(upstream);
  }
  link->handler = handler;
  link->subject = subject;
  return link;
}

void upstream_release(UpstreamLink *link, bool reusable) {
  Upstream *upstream = link->upstream;
  link->handler = NULL;
  link->subject = NULL;
  if (!reusable || link->state != LINK_OPEN || upstream_pending(link) > 0 || link->paused) {
    close_link(link);
    return;
  }
  link->idle_since = uv_now(upstream->loop);
  link->is_idle = true;
  link->previous = NULL;
  link->next = upstream->idle;
  if (link->next != NULL)
    link->next->previous = link;
  else
    upstream->oldest = link;
  upstream->idle = link;
  if (++upstream->idle_count > MOST_IDLE) close_link(upstream->oldest);
}

bool upstream_is_reused(const UpstreamLink *link) {
  return link->reused;
}

Upstream *upstream_open(uv_loop_t *loop, const UpstreamOptions *options) {
  Upstream *upstream = memory_alloc(sizeof *upstream);
  upstream->loop = loop;
  upstream->options = *options;
  upstream->is_tls = text_starts(text_from(options->address), TEXT("https:")) ||
                     text_starts(text_from(options->address), TEXT("HTTPS:"));
  upstream->idle = upstream->oldest = NULL;
  upstream->idle_count = 0;
  return upstream;
}

void upstream_close(Upstream *upstream) {
  if (upstream == NULL) return;
  while (upstream->idle != NULL) close_link(upstream->idle);
  /* The scratch is still pointed to by links that libuv hasn't let go of, but nothing reads into it any more:
   * uv_close stops reading at once. */
  free(upstream);
}
