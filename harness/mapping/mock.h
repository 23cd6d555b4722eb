/* MOCK: the status comes out of the rendered request template (gateway.md 2.5). */
#ifndef STATUSQUO_MAPPING_MOCK_H
#define STATUSQUO_MAPPING_MOCK_H

#include "harness/base/arena.h"

/* The integer `statusCode` of a lenient JSON object, as decimal text. False: there is none. */
bool mock_status(Text document, Arena *passing, Text *out);

#endif
