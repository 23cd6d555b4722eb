/* What the files of live recording share; nobody else includes it. */
#ifndef STATUSQUO_RECORD_PROXY_PARTS_H
#define STATUSQUO_RECORD_PROXY_PARTS_H

#include "harness/record/http1.h"
#include "harness/record/proxy.h"
#include "harness/record/record_parts.h"
#include "harness/record/upstream.h"

#include <pthread.h>

enum {
  LIVE_SCRATCH = 64 * 1024,
  LIVE_HIGH_WATER = 256 * 1024, /* what waits for a slow reader before the writer is paused */
  LIVE_STALL_MS = 60000,        /* no byte moves for so long: the connection is given up */
  LIVE_LINGER_MS = 2000,
};

/* ---- proxy_spool.c ---- */

typedef struct SpoolSpace {
  uint64_t limit;     /* of one body */
  uint64_t in_memory; /* of all bodies that are being received */
  const char *folder;
} SpoolSpace;

void spool_begin(Spool *spool, Arena *arena);
void spool_append(Spool *spool, SpoolSpace *space, Text bytes);
/* No more comes: its memory is somebody else's concern now. */
void spool_end(Spool *spool, SpoolSpace *space);
/* The whole body; a file is mapped until spool_free. */
bool spool_read(Spool *spool, Text *out, Fault *fault);
void spool_free(Spool *spool);

/* ---- proxy_client.c: a client's connection ---- */

typedef enum ClientState {
  CLIENT_IDLE,     /* nothing of the next request has arrived */
  CLIENT_HEAD,     /* a part of a head has */
  CLIENT_STALLED,  /* a whole head has, but the sink is full */
  CLIENT_ACTIVE,   /* a request is being handled */
  CLIENT_SETTLING, /* the answer's end waits until its exchange is durable */
  CLIENT_TUNNEL,   /* an upgraded connection: bytes both ways */
  CLIENT_LINGER,   /* answered for the last time; what still comes is thrown away */
  CLIENT_CLOSED,   /* its memory stays until libuv lets go of it */
} ClientState;

/* Who handles requests: the relay or the gateway. Each may end the client. */
typedef struct LiveHandler {
  void (*begin)(LiveClient *client);           /* the head is read */
  void (*body)(LiveClient *client, Text data); /* a piece of the request's body */
  void (*ended)(LiveClient *client);           /* the request is complete */
  void (*tunnelled)(LiveClient *client, Text bytes);
  void (*drained)(LiveClient *client); /* the client took what it was sent */
  void (*late)(LiveClient *client);    /* the deadline passed */
  void (*gone)(LiveClient *client);    /* let go of everything, the client has left */
} LiveHandler;

struct LiveClient {
  uv_tcp_t tcp;
  Live *server;
  LiveClient *previous, *next;
  ClientState state;
  bool reading, paused; /* paused: by the handler */
  bool at_end;          /* the client sends no more */
  bool consuming;
  bool request_done;
  bool answering;    /* a part of the answer was given to client_send */
  bool closes;       /* after this answer */
  bool resets;       /* instead of closing in order */
  uint64_t deadline; /* 0: none */
  Buffer input;
  Http1Scan scan;
  Http1Message request;
  Http1Body body;
  LiveExchange *live; /* of the request that is handled, or that settles */
  void *work;         /* the handler's */
  Buffer out, writing;
  size_t written;
  uv_write_t write;
  uv_shutdown_t shutdown;
  bool is_writing;
};

void client_accept(Live *server);
void client_send(LiveClient *client, Text bytes);
void client_flush(LiveClient *client);
size_t client_pending(const LiveClient *client);
/* The handler wants no more of the body for now. */
void client_pause(LiveClient *client);
void client_resume(LiveClient *client);
void client_set_deadline(LiveClient *client, uint64_t milliseconds);
/* The whole answer was given to client_send. `records`: the exchange goes to the sink. */
void client_answered(LiveClient *client, bool records);
/* A short answer of our own in place of the backend's: its head, its body; for client_answered. */
void client_say(LiveClient *client, int status, const char *text);
/* The answer can't be completed: what was sent goes out, then the connection ends. */
void client_break(LiveClient *client, bool records, bool resets);
void client_refuse(LiveClient *client, int status, const char *reason);
void client_tunnel(LiveClient *client);
/* At once. */
void client_close(LiveClient *client);
/* Takes up again what waits in `input`. */
void client_continue(LiveClient *client);
/* The exchange is durable (or lost): the answer's end goes out. */
void client_settled(LiveClient *client);
void client_tick(LiveClient *client, uint64_t now);
/* The server stops: idle ones go, others end after their answer. */
void client_stop(LiveClient *client);

/* ---- proxy.c: the server ---- */

struct Live {
  uv_loop_t loop;
  LiveOptions options;
  LiveSink sink;
  const LiveHandler *handler;
  LiveTotals totals;
  uv_tcp_t listener;
  uv_timer_t tick;
  uv_async_t settled_signal;
  uv_signal_t signals[3];
  int signal_count; /* received */
  bool stopping, cut_short;
  uint64_t drain_deadline;
  uint64_t end; /* when to stop; 0: never */
  LiveClient *clients;
  size_t client_count;
  bool stalled; /* some clients wait for the sink */
  SpoolSpace space;
  uint64_t sampled; /* exchanges that sampling was asked about */
  LiveExchange *spare;
  pthread_mutex_t lock;
  LiveExchange *settled;     /* under the lock */
  struct Upstream *upstream; /* the proxy's */
  Address to;
  void *gateway; /* the gateway's */
  Arena *arena;
  char scratch[LIVE_SCRATCH];
};

LiveExchange *live_exchange_new(Live *server);
void live_exchange_recycle(Live *server, LiveExchange *live);
void live_hand_over(Live *server, LiveExchange *live);
void live_client_left(Live *server);
void live_event(Live *server, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- proxy_relay.c, gateway.c ---- */

extern const LiveHandler relay_handler;
extern const LiveHandler gateway_handler;
bool gateway_open(Live *server, Fault *fault);
void gateway_close(Live *server);

/* The exchange's request as the client sent it. */
void live_take_request(LiveClient *client);
/* Counts what isn't recorded. */
bool live_should_record(LiveClient *client);
void live_fail(LiveExchange *live, FailureReason reason, const char *detail);

#endif
