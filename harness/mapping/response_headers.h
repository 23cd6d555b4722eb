/* Headers of the client response: what is renamed, dropped and added (gateway.md 9). */
#ifndef STATUSQUO_MAPPING_RESPONSE_HEADERS_H
#define STATUSQUO_MAPPING_RESPONSE_HEADERS_H

#include "harness/mapping/run.h"

/* x-amzn-Remapped-… and dropped names, by integration type. */
void response_headers_remap(Headers *headers, IntegrationType type, Arena *passing);

typedef struct FinishHeaders {
  Text error_type;   /* x-amzn-ErrorType; data NULL: none */
  bool content_type; /* application/json unless there is one: what TestInvokeMethod and the log show */
  bool trace_id;     /* X-Amzn-Trace-Id unless there is one */
} FinishHeaders;

/* out->response.headers holds the mapped headers: adds the gateway's own, in the order of the wire. Logs the
 * line "Method response headers" for an answer that isn't a gateway response. */
void response_headers_finish(MappingRun *run, const FinishHeaders *finish, Outcome *out);

#endif
