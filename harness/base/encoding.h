/* Base64 (RFC 4648, padded) and percent coding. */
#ifndef STATUSQUO_BASE_ENCODING_H
#define STATUSQUO_BASE_ENCODING_H

#include "harness/base/buffer.h"
#include "harness/base/fault.h"

void base64_append(Buffer *buffer, Text bytes);
Text base64_encode(Text bytes, Arena *arena);
/* Strict as java.util.Base64.getDecoder() is: the alphabet with + and /, no blanks or line breaks, nothing
 * behind the padding; missing padding is accepted, wrong padding and a single left-over digit are not (seen:
 * Java). */
bool base64_decode(Text text, Arena *arena, Text *out, Fault *fault);

/* %XX -> byte; malformed escapes stay as they are. `plus_is_space` as in query strings. */
Text percent_decode(Text text, bool plus_is_space, Arena *arena);
/* Everything but unreserved characters (RFC 3986) and those in `keep` becomes %XX. */
Text percent_encode(Text text, const char *keep, Arena *arena);

#endif
