/* Live recording: a server that stands in front of a backend, passes on what it hears byte for byte and hands
 * each exchange to a sink. As a plain reverse proxy (--proxy), or as the gateway itself (--api), which maps
 * both ways. One loop thread does all of it; the sink must not block it. Knows nothing of the store.
 *
 *   client -- http1 --> LiveClient -- relay or gateway --> backend
 *                           | LiveExchange
 *                           v
 *                       LiveSink.take … live_settled */
#ifndef STATUSQUO_RECORD_PROXY_H
#define STATUSQUO_RECORD_PROXY_H

#include "harness/record/record.h"

/* ---- bodies that may be large ---- */

/* A body while it is recorded: in memory, past a limit in a file without a name. */
typedef struct Spool {
  Buffer memory;
  int file; /* -1: none */
  uint64_t length;
  bool overflowed; /* past the limit, or the disk is full: it isn't kept */
  void *mapped;
} Spool;

/* ---- what is handed over ---- */

typedef struct LiveClient LiveClient;

/* An exchange with all it is made of. Belongs to the sink from `take` until live_settled. */
typedef struct LiveExchange {
  Exchange exchange;
  Arena *arena;
  Text target; /* path and query as the client sent them */
  Spool request_body, answer_body;
  uint64_t finished_ms;      /* since 1970 */
  LiveClient *client;        /* waits for it to be durable; the loop thread's business */
  struct LiveExchange *next; /* for whoever holds it */
  size_t held_bytes;         /* for the sink */
} LiveExchange;

/* Fills what takes time and was left for another thread: path, query, bodies, id. False: a body can't be read
 * back. */
bool live_complete(LiveExchange *live, Fault *fault);

typedef struct LiveSink {
  void *subject;
  void (*take)(void *subject, LiveExchange *live); /* never blocks, never fails: see live_settled */
  bool (*is_full)(void *subject);                  /* then no new request is read until something settles */
} LiveSink;

/* ---- which exchanges are recorded ---- */

/* Terms "method=GET,POST", "path=/pets/X", where X may hold * for any characters, "status=404,5xx",
 * "type=application/json", "type=json". An exchange is recorded when it fits one --only (or there is none)
 * and no
 * --skip. */
typedef struct LiveFilter LiveFilter;
LiveFilter *live_filter_new(Arena *arena);
bool live_filter_add(LiveFilter *filter, bool skips, Text term, Arena *arena, Fault *fault);
/* `status` 0: not answered. */
bool live_filter_fits(const LiveFilter *filter, const Request *request, Text path, int status,
                      const Headers *headers);

/* ---- the server ---- */

typedef struct LiveOptions {
  const char *listen; /* "127.0.0.1:8080", "8080", "[::1]:0" */
  const char *to;     /* the proxy's backend; NULL: be the gateway of `api` */
  const Definition *api;
  RecordOptions backend;    /* certificates, timeout; for the gateway also where its backends are */
  bool keep_host;           /* pass on the client's Host instead of the backend's */
  bool durable;             /* answer only when the exchange has settled */
  uint64_t body_limit;      /* larger ones are passed on and not recorded; 0: RECORD_BODY_LIMIT */
  const char *spool_folder; /* NULL: TMPDIR, or /tmp */
  const LiveFilter *filter; /* NULL: everything */
  int sample;               /* record one exchange of so many; 0: each */
  int count;                /* stop after so many recorded exchanges; 0: never */
  int duration_ms;          /* stop after so long; 0: never */
  int head_timeout_ms;      /* for a whole head; 0: 10 s */
  int idle_timeout_ms;      /* between requests; 0: 60 s */
  int drain_timeout_ms;     /* after a stop; 0: 10 s */
  void (*on_event)(void *subject, const char *text); /* a line for people; NULL: nobody */
  void *event_subject;
} LiveOptions;

typedef struct LiveTotals {
  uint64_t connections, requests;
  uint64_t recorded;  /* handed to the sink */
  uint64_t filtered;  /* left out by a filter or as not sampled */
  uint64_t too_large; /* left out for their size */
  uint64_t tunnels;   /* upgraded connections, passed through */
  uint64_t refused;   /* malformed requests */
  uint64_t abandoned; /* clients that left before their answer */
  uint64_t failures;  /* backends that didn't answer */
  uint64_t unasked;   /* answered by the gateway itself */
  uint64_t trailers;  /* trailer lines that were dropped */
} LiveTotals;

typedef struct Live Live;

/* Are the addresses addresses? Says so before anything is created. */
bool live_check(const LiveOptions *options, Fault *fault);
/* Listens. The port is open when this returns. */
bool live_open(const LiveOptions *options, const LiveSink *sink, Live **out, Fault *fault);
int live_port(const Live *live);
/* Serves until a signal (SIGTERM, SIGINT, SIGHUP): then what is under way is finished; a second one ends at
 * once. False: it ended at once. */
bool live_run(Live *live);
/* A list of exchanges is durable, or lost, and goes back. From any thread, until live_close. */
void live_settled(Live *live, LiveExchange *list);
const LiveTotals *live_totals(const Live *live);
void live_close(Live *live);

#endif
