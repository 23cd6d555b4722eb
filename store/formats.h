/* Other forms of exchanges: what browsers, proxies and the gateway's own log wrote. Reading hands each
 * exchange to a sink in the order of the file; writing appends to a buffer. */
#ifndef STATUSQUO_STORE_FORMATS_H
#define STATUSQUO_STORE_FORMATS_H

#include "harness/exchange/exchange.h"

/* False ends the reading; the fault is the sink's. */
typedef bool (*ExchangeSink)(void *subject, Exchange *exchange, Fault *fault);

typedef struct Import {
  const char *name; /* of the file, for messages */
  Text source;
  ExchangeSink sink;
  void *subject;
  Arena *arena;      /* of the whole import; exchanges live in a passing one */
  FaultList *faults; /* mistakes of the file, with their places */
  size_t read, left_out;
} Import;

/* False: there was a mistake (in faults) or the sink refused (its fault is the last in faults). */
bool ndjson_import(Import *import);
/* HAR 1.2. What a browser decoded is decoded there: Content-Encoding, Transfer-Encoding and Content-Length
 * are left out with their meaning. An exchange that we exported comes back as it was. */
bool har_import(Import *import);
/* The gateway's execution log, from CloudWatch or TestInvokeMethod: one exchange a request id that has an
 * endpoint's answer. Bodies that the log truncated are left out and counted. */
bool execution_log_import(Import *import);

/* {"log": … "entries": [ … ]}: start, each exchange, end. */
void har_start(Buffer *out);
void har_write(const Exchange *exchange, bool *first, Buffer *out);
void har_end(Buffer *out);

#endif
