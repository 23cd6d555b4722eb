/* HTTP/1.1 messages, read strictly: what two programs could understand differently is refused, so that nobody
 * can smuggle a request past a recorder. Heads are scanned as they arrive, each byte once, and read when they
 * are whole; bodies are read piece by piece and never held. Cutting the input differently changes nothing. */
#ifndef STATUSQUO_RECORD_HTTP1_H
#define STATUSQUO_RECORD_HTTP1_H

#include "harness/exchange/exchange.h"

enum {
  HTTP1_HEAD_LIMIT = 64 * 1024, /* bytes of a head, and of a trailer section */
  HTTP1_HEADER_LIMIT = 256,     /* header lines of a head */
  HTTP1_CHUNK_LINE_LIMIT = 4096,
};

typedef enum Http1State {
  HTTP1_MORE,    /* not all of it is there */
  HTTP1_DONE,    /* the head, or the body, is complete */
  HTTP1_REFUSED, /* what arrived is no message that we pass on */
} Http1State;

/* Why a message is refused, and the status that says so to a client. */
typedef struct Http1Refusal {
  int status;
  const char *reason;
} Http1Refusal;

typedef enum Http1Framing {
  HTTP1_NO_BODY,
  HTTP1_LENGTH,
  HTTP1_CHUNKED,
  HTTP1_UNTIL_CLOSE, /* answers only: the body ends where the connection does */
} Http1Framing;

/* A head. All texts borrow from the bytes it was read from. */
typedef struct Http1Message {
  Text method;    /* requests */
  Text target;    /* in origin form ("/path?query") or "*"; of an absolute form what follows the authority */
  Text authority; /* of an absolute form; data NULL otherwise */
  int status;     /* answers */
  Text reason;
  int minor_version; /* HTTP/1.0 or HTTP/1.1 */
  Headers headers;   /* as they came; values without the blanks around them */
  Http1Framing framing;
  uint64_t length;       /* HTTP1_LENGTH */
  bool closes;           /* the sender ends the connection after it */
  bool expects_continue; /* Expect: 100-continue */
  bool upgrades;         /* Connection: upgrade, with an Upgrade header */
} Http1Message;

/* Where the scan of a head stands; zeroed at its beginning. */
typedef struct Http1Scan {
  size_t scanned;
  size_t line; /* where the line that isn't complete begins */
} Http1Scan;

/* Looks at what is new in `bytes`, which begin where the head does and only grow. DONE: `*length` bytes, the
 * empty line included, are the head; 2 when there is nothing but the empty line, which a client may send
 * before a request (RFC 9112, 2.2). A line that doesn't end in CRLF and a NUL are refused at once. */
Http1State http1_scan_head(Http1Scan *scan, Text bytes, size_t *length, Http1Refusal *why);
/* Read whole heads; false: refused. `to_method` is the method of the request that is answered. */
bool http1_read_request(Text head, Arena *arena, Http1Message *out, Http1Refusal *why);
bool http1_read_answer(Text head, Text to_method, Arena *arena, Http1Message *out, Http1Refusal *why);

/* The body's framing while it is read. */
typedef struct Http1Body {
  Http1Framing framing;
  uint64_t left; /* of a length, or of this chunk */
  int state;     /* inside chunks */
  size_t line_length, trailer_length;
  uint64_t trailers; /* trailer lines, which are dropped */
} Http1Body;

void http1_begin_body(Http1Body *body, const Http1Message *message);
/* Takes bytes from the beginning of `input`: `*used` of them, of which `*data` are the body's. Call again
 * with the rest until everything is used or the body is complete. */
Http1State http1_read_body(Http1Body *body, Text input, size_t *used, Text *data, Http1Refusal *why);

/* The usual words for a status; "Unknown" where there are none. */
const char *http1_phrase(int status);
/* A header line as it came, with its CRLF; only for headers that were read here. */
Text http1_raw_line(const Header *header);
/* Does a header that holds a list of words hold this one? */
bool http1_has_word(const Headers *headers, Text name, Text word);

#endif
