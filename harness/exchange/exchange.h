/* Exchanges: one client request and the backend's answer to it. Plain data that borrows from an arena, and
 * its NDJSON form (interfaces.md). Nothing is normalised: header order, case and repeats stay, bodies are
 * bytes. */
#ifndef STATUSQUO_EXCHANGE_EXCHANGE_H
#define STATUSQUO_EXCHANGE_EXCHANGE_H

#include "harness/base/fault.h"

typedef struct Header {
  Text name;
  Text value;
} Header;

/* Headers, query parameters or path parameters, in order. A zeroed one is empty. */
typedef struct Headers {
  Header *items;
  size_t count;
  size_t capacity;
} Headers;

void headers_add(Headers *headers, Text name, Text value, Arena *arena);
/* First or last value of a name, or NULL; names of HTTP headers compare without case, parameters and the
 * gateway's mapping sources with case (documented). */
const Header *headers_find(const Headers *headers, Text name);
const Header *headers_find_last(const Headers *headers, Text name);
const Header *headers_find_exact(const Headers *headers, Text name);
const Header *headers_find_last_exact(const Headers *headers, Text name);
/* Replaces the first of that name (case-insensitively) and drops the others, or adds. */
void headers_set(Headers *headers, Text name, Text value, Arena *arena);
void headers_remove(Headers *headers, Text name);
/* All values of a name joined with `separator`, or data NULL when there is none. */
Text headers_join(const Headers *headers, Text name, Text separator, Arena *arena);
Headers headers_copy(const Headers *headers, Arena *arena);

typedef struct Request {
  Text method;   /* GET, … */
  Text path;     /* as sent, percent-encoded, without query */
  Headers query; /* decoded names and values */
  Headers headers;
  Text body;
  bool has_body;
  /* Filled by routing, or given by a case that isn't routed. */
  Text resource_path; /* /pets/{petId}; data NULL: nothing matched */
  bool unrouted;      /* a case says so: no resource of the API matches this request */
  Headers path_parameters;
} Request;

typedef enum BackendKind {
  BACKEND_NONE,    /* MOCK: there is no backend */
  BACKEND_HTTP,    /* status, headers, body; also AWS services other than Lambda */
  BACKEND_LAMBDA,  /* Invoke answered: body is the payload, function_error when the function failed */
  BACKEND_FAILURE, /* nothing answered */
} BackendKind;

typedef enum FailureReason {
  FAILURE_TIMEOUT,
  FAILURE_NETWORK,
  FAILURE_THROTTLED,
  FAILURE_ACCESS_DENIED,
  FAILURE_TOO_LARGE,
} FailureReason;

typedef struct BackendAnswer {
  BackendKind kind;
  int status; /* HTTP status, or that of the Invoke call */
  Headers headers;
  Text body;            /* bytes as received; the payload of a Lambda */
  Text function_error;  /* X-Amz-Function-Error ("Unhandled", "Handled"); data NULL when absent */
  Text log_tail;        /* data NULL when absent */
  FailureReason reason; /* BACKEND_FAILURE */
  Text detail;          /* BACKEND_FAILURE: what the library said; data NULL when unknown */
  double duration_ms;   /* wall-clock time of the call; negative when unknown */
} BackendAnswer;

/* What a client receives. */
typedef struct Response {
  int status;
  Headers headers;
  Text body; /* bytes */
} Response;

typedef struct Exchange {
  Text id;          /* 26 characters, ULID: sorts by time; unique */
  Text name;        /* data NULL when it has none */
  Text recorded_at; /* RFC 3339, UTC, milliseconds */
  Text *tags;
  size_t tag_count;
  Text operation; /* "GET /pets/{petId}"; data NULL when unknown */
  Request request;
  BackendAnswer backend;
  Text redactions; /* JSON list of what was replaced and where; data NULL when nothing */
  Text extra;      /* JSON object of members this version doesn't know; data NULL when none */
} Exchange;

const char *backend_kind_name(BackendKind kind);
const char *failure_reason_name(FailureReason reason);
bool failure_reason_read(Text name, FailureReason *out);
/* The answer is a failure that a client should notice: 5xx, a function error, or nothing at all. */
bool backend_failed(const BackendAnswer *answer);

/* "/pets/42?verbose=true" -> path and decoded query pairs. */
void request_set_target(Request *request, Text target, Arena *arena);
/* path and query, encoded again. */
Text request_target(const Request *request, Arena *arena);

/* One line of NDJSON without the newline. Every member of the form in interfaces.md, header objects accepted
 * on input; unknown members survive in `extra`. `name` and `line_number` are for messages. */
bool exchange_read(Text line, const char *name, uint32_t line_number, Arena *arena, Exchange *out,
                   Fault *fault);
void exchange_write(const Exchange *exchange, Buffer *out);
/* [["k","v"],…]; a name or value that isn't UTF-8 goes as {"base64":"…"} in its place. */
void headers_write(const Headers *headers, Buffer *out);
/* "key":"text", or "keyBase64":"…" when it isn't UTF-8; comma rule as json_write_key. */
void body_write(const char *key, Text body, bool *first, Buffer *out);

/* A new ULID text for `milliseconds` since 1970; unique within and across processes. */
Text exchange_new_id(uint64_t milliseconds, Arena *arena);
/* Fills an absent id and time of recording. */
void exchange_stamp(Exchange *exchange, uint64_t milliseconds, Arena *arena);
/* Milliseconds since 1970, and as RFC 3339 in UTC. */
uint64_t clock_milliseconds(void);
Text time_print(uint64_t milliseconds, Arena *arena);
/* RFC 3339 with any offset; false when it isn't, or lies before 1970. */
bool time_read(Text text, uint64_t *milliseconds);

#endif
