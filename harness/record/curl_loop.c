/* libcurl waits where everything else waits: its sockets and its timer on the libuv loop. */
#include "harness/record/upstream.h"

#include <stdlib.h>

struct CurlLoop {
  uv_loop_t *loop;
  CURLM *multi; /* NULL: freed, only the memory is left until libuv lets go of the timer */
  uv_timer_t timer;
  CurlDone done;
  void *subject;
};

typedef struct CurlSocket {
  uv_poll_t poll;
  CurlLoop *curl;
  curl_socket_t socket;
} CurlSocket;

static void report(CurlLoop *curl) {
  int left;
  const CURLMsg *message;
  while (curl->multi != NULL && (message = curl_multi_info_read(curl->multi, &left)) != NULL)
    if (message->msg == CURLMSG_DONE) curl->done(curl->subject, message->easy_handle, message->data.result);
}

static void act(CurlLoop *curl, curl_socket_t socket, int events) {
  int running;
  curl_multi_socket_action(curl->multi, socket, events, &running);
  report(curl);
}

static void on_socket(uv_poll_t *poll, int status, int events) {
  const CurlSocket *socket = poll->data;
  int flags = status < 0 ? CURL_CSELECT_ERR : 0;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  act(socket->curl, socket->socket, flags);
}

static void free_socket(uv_handle_t *handle) {
  free(handle->data);
}

static int watch_socket(CURL *easy, curl_socket_t descriptor, int what, void *subject, void *known) {
  CurlLoop *curl = subject;
  CurlSocket *socket = known;
  (void)easy;
  if (what == CURL_POLL_REMOVE) {
    if (socket == NULL) return 0;
    curl_multi_assign(curl->multi, descriptor, NULL);
    uv_poll_stop(&socket->poll);
    uv_close((uv_handle_t *)&socket->poll, free_socket);
    return 0;
  }
  if (socket == NULL) {
    socket = memory_alloc(sizeof *socket);
    *socket = (CurlSocket){.curl = curl, .socket = descriptor};
    if (uv_poll_init_socket(curl->loop, &socket->poll, descriptor) != 0) {
      free(socket);
      return -1;
    }
    socket->poll.data = socket;
    curl_multi_assign(curl->multi, descriptor, socket);
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  return uv_poll_start(&socket->poll, events, on_socket) == 0 ? 0 : -1;
}

static void on_timer(uv_timer_t *timer) {
  act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long milliseconds, void *subject) {
  CurlLoop *curl = subject;
  (void)multi;
  if (milliseconds < 0)
    uv_timer_stop(&curl->timer);
  else
    uv_timer_start(&curl->timer, on_timer, (uint64_t)milliseconds, 0);
  return 0;
}

CurlLoop *curl_loop_new(uv_loop_t *loop, CurlDone done, void *subject) {
  CurlLoop *curl = memory_alloc(sizeof *curl);
  *curl = (CurlLoop){.loop = loop, .multi = curl_multi_init(), .done = done, .subject = subject};
  if (curl->multi == NULL) abort(); /* no memory */
  uv_timer_init(loop, &curl->timer);
  curl->timer.data = curl;
  curl_multi_setopt(curl->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
  curl_multi_setopt(curl->multi, CURLMOPT_SOCKETDATA, curl);
  curl_multi_setopt(curl->multi, CURLMOPT_TIMERFUNCTION, set_timer);
  curl_multi_setopt(curl->multi, CURLMOPT_TIMERDATA, curl);
  return curl;
}

static void free_loop(uv_handle_t *handle) {
  free(handle->data);
}

void curl_loop_free(CurlLoop *curl) {
  if (curl == NULL) return;
  curl_multi_cleanup(curl->multi);
  curl->multi = NULL;
  uv_timer_stop(&curl->timer);
  uv_close((uv_handle_t *)&curl->timer, free_loop);
}

void curl_loop_add(CurlLoop *curl, CURL *easy) {
  curl_multi_add_handle(curl->multi, easy);
}

void curl_loop_remove(CurlLoop *curl, CURL *easy) {
  curl_multi_remove_handle(curl->multi, easy);
}
