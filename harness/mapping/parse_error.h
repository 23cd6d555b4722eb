/* The words of json-smart's ParseException: the gateway shows them to the client when a request template
 * reads a malformed body (seen in 2016). */
#ifndef STATUSQUO_MAPPING_PARSE_ERROR_H
#define STATUSQUO_MAPPING_PARSE_ERROR_H

#include "harness/base/fault.h"

/* `fault` as value_read raised it for `body`. */
Text parse_error_text(Text body, const Fault *fault, Arena *arena);

#endif
