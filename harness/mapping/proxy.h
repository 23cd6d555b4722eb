/* The Lambda proxy format, both ways: the event that the function gets, and the answer it must give
 * (gateway.md 3). */
#ifndef STATUSQUO_MAPPING_PROXY_H
#define STATUSQUO_MAPPING_PROXY_H

#include "harness/mapping/run.h"

/* The event of an AWS_PROXY integration (payload format 1.0), as JSON. */
Text proxy_event(MappingRun *run, bool binary);

typedef struct ProxyAnswer {
  int status;
  Headers headers; /* multiValueHeaders merged with headers */
  Text body;
  bool base64;
} ProxyAnswer;
/* False: "Malformed Lambda proxy response"; `why` says for a person what is wrong with it. */
bool proxy_answer_read(Text payload, Arena *passing, ProxyAnswer *out, Text *why);

#endif
