/* Upstream: the backend's side of a recording proxy. Connections are made by libcurl (names, happy eyeballs,
 * TLS with verification, forward proxies) and then carry bytes exactly as they are given: libcurl's own HTTP
 * would add, reorder and normalise. Everything happens on one libuv loop; handlers are called from it only.
 */
#ifndef STATUSQUO_RECORD_UPSTREAM_H
#define STATUSQUO_RECORD_UPSTREAM_H

#include "harness/base/fault.h"

#include <curl/curl.h>
#include <uv.h>

/* ---- curl_loop.c: a libcurl multi handle that waits on a libuv loop ---- */

typedef struct CurlLoop CurlLoop;
typedef void (*CurlDone)(void *subject, CURL *easy, CURLcode result);

/* `done` is called for each handle that ends, outside of libcurl: it may take the handle out and free the
 * loop itself. */
CurlLoop *curl_loop_new(uv_loop_t *loop, CurlDone done, void *subject);
void curl_loop_free(CurlLoop *curl);
void curl_loop_add(CurlLoop *curl, CURL *easy);
void curl_loop_remove(CurlLoop *curl, CURL *easy);

/* ---- upstream.c ---- */

typedef struct UpstreamOptions {
  const char *address; /* scheme://host:port; what follows is the caller's business */
  const char *ca_file; /* NULL: the system's */
  bool insecure;
  bool is_loopback; /* never through a forward proxy */
  int connect_timeout_ms;
} UpstreamOptions;

typedef enum UpstreamEnd {
  UPSTREAM_CLOSED,  /* the backend closed the connection in order */
  UPSTREAM_BROKEN,  /* reset, or broken TLS */
  UPSTREAM_REFUSED, /* no connection could be made */
  UPSTREAM_SLOW,    /* no connection could be made in time */
} UpstreamEnd;

typedef struct Upstream Upstream;
typedef struct UpstreamLink UpstreamLink;

/* Who has a link. After `ended` and after upstream_release nothing is called any more. */
typedef struct UpstreamHandler {
  void (*received)(void *subject, Text bytes);
  void (*drained)(void *subject); /* what was to be sent has left */
  void (*ended)(void *subject, UpstreamEnd how, const char *detail);
} UpstreamHandler;

Upstream *upstream_open(uv_loop_t *loop, const UpstreamOptions *options);
/* Closes idle connections; those in use are their owners' to release first. */
void upstream_close(Upstream *upstream);

/* An idle connection, or a new one that is being made; what is sent before it stands waits.
 * `longest_idle_ms`: connections that were idle for longer aren't taken (0: only a new one). */
UpstreamLink *upstream_acquire(Upstream *upstream, uint64_t longest_idle_ms, const UpstreamHandler *handler,
                               void *subject);
/* Back among the idle ones when it can carry another request; otherwise it is closed. */
void upstream_release(UpstreamLink *link, bool reusable);
/* It carried another request before. */
bool upstream_is_reused(const UpstreamLink *link);

void upstream_send(UpstreamLink *link, Text bytes);
/* What was given to be sent and hasn't left. */
size_t upstream_pending(const UpstreamLink *link);
void upstream_pause(UpstreamLink *link);
void upstream_resume(UpstreamLink *link);

#endif
