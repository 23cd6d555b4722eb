/* Bodies as bytes and as text: media types, binaryMediaTypes, contentHandling (gateway.md 8). */
#ifndef STATUSQUO_MAPPING_CONTENT_H
#define STATUSQUO_MAPPING_CONTENT_H

#include "harness/definition/definition.h"

/* The first media type of a Content-Type or Accept value, without parameters; `absent` for a missing one. */
Text media_type_of(const Headers *headers, const char *name, Text absent);
/* Does the definition call it binary? An empty media type (no such header) is matched by the entry star/star
 * alone (documented). */
bool media_type_is_binary(const Definition *definition, Text media_type);

typedef struct Payload {
  Text bytes;
  bool binary; /* raw bytes, which a template can't take */
} Payload;

/* The backend's body on its way to the client: the table of gateway.md 8.2 (seen, 45 rows). False: it isn't
 * base64 where it must be. */
bool content_convert_response(ContentHandling handling, bool payload_binary, bool accept_binary, Text body,
                              Arena *passing, Payload *out);
/* The client's body on its way to the backend (documented). False as above. */
bool content_convert_request(ContentHandling handling, bool payload_binary, Text body, Arena *passing,
                             Payload *out);
/* A Java String as UTF-8 bytes: a lone surrogate becomes '?' (seen: Java). */
Text text_to_bytes(Text text, Arena *passing);

#endif
