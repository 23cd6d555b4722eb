/* Recording: asks the live backend and hands each exchange to a sink. Knows nothing of the store.
 * HTTP through libcurl; Lambda through the Invoke API at an endpoint. Bodies byte for byte, header order,
 * case and repeats. */
#ifndef STATUSQUO_RECORD_RECORD_H
#define STATUSQUO_RECORD_RECORD_H

#include "harness/exchange/exchange.h"
#include "harness/jsonpath/jsonpath.h"
#include "harness/mapping/mapping.h"

typedef struct RecordOptions {
  const char
      *backend; /* base URL that replaces scheme, host and port of HTTP integrations; NULL: their own */
  const char *lambda_endpoint; /* base URL of the Invoke API; NULL: no Lambda can be asked */
  const char *ca_file;         /* NULL: the system's */
  bool insecure;
  int timeout_ms; /* over the integration's own; 0: that */
  int jobs;       /* transfers at once; 0: 8 */
} RecordOptions;

/* One request to ask: what to send and the exchange to complete. */
typedef struct RecordTask {
  Exchange exchange;      /* request, name, operation filled; backend is completed */
  BackendRequest request; /* from mapping_request */
  IntegrationType integration;
  bool is_lambda;
  Text function_name;
  int timeout_ms;
  bool unreachable; /* set: no connection could be made, so nobody answered at all */
} RecordTask;

enum { RECORD_BODY_LIMIT = 10 * 1024 * 1024 }; /* what the gateway takes from a backend (documented) */

/* Takes a completed exchange; false stops the recording (the fault is the sink's). `task` NULL: all that
 * arrived was handed over and the next answers are waited for, a moment to make what was taken durable. */
typedef bool (*RecordSink)(void *subject, RecordTask *task, Fault *fault);

/* Asks all tasks, several at once, and calls `sink` in the order in which answers arrive. `stop` is set from
 * a signal handler: nothing new is asked, what was answered is still handed over, what wasn't is given up. A
 * refused connection, a timeout, a TLS error are answers of kind failure, not faults. */
bool record_tasks(RecordTask *tasks, size_t count, const RecordOptions *options, RecordSink sink,
                  void *subject, const volatile int *stop, Arena *arena, Fault *fault);

/* ---- redaction: nothing secret reaches the sink ---- */

typedef struct RedactionRule {
  Text header;    /* data NULL: not a header */
  Text query;     /* data NULL: not a query parameter */
  JsonPath *path; /* NULL: not a body path */
  Text detector;  /* name of a detector that isn't on by itself (detect.h); data NULL: none */
} RedactionRule;

/* Replaces what the rules and the default deny list (Authorization, Cookie, Set-Cookie, X-Api-Key,
 * X-Amz-Security-Token, …) name, and what the detectors know by its form, by keyed, deterministic
 * placeholders: equal secrets stay equal. Notes in exchange->redactions what was touched and where. `keep`
 * are names of headers, parameters, JSON members and detectors that are let be. `key` is the recording's own
 * random key. */
void redact_exchange(Exchange *exchange, const RedactionRule *rules, size_t rule_count, const Text *keep,
                     size_t keep_count, Text key, Arena *arena);
/* The same for what a client received; the notes are a JSON list, data NULL when nothing was touched. */
Text redact_response(Response *response, const RedactionRule *rules, size_t rule_count, const Text *keep,
                     size_t keep_count, Text key, Arena *arena);

/* The key for one recording, made from the person's own (STATUSQUO_REDACTION_KEY, or a file below
 * XDG_STATE_HOME that is created when absent) and the recording's id: it is never stored in the recording. */
bool redaction_key(Text recording_id, Arena *arena, Text *out, Fault *fault);
/* A key for this run alone, when no other can be had. */
Text redaction_key_random(Arena *arena);

#endif
