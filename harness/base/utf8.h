/* UTF-8, and the UTF-16 view of it that Java strings have. Text inside the engine may be "WTF-8": a lone
 * surrogate, which Java can hold and UTF-8 can't, is kept as its three-byte form; whoever concatenates Java
 * strings joins such pairs again. */
#ifndef STATUSQUO_BASE_UTF8_H
#define STATUSQUO_BASE_UTF8_H

#include "harness/base/buffer.h"

enum { UTF8_REPLACEMENT = 0xFFFD };

/* Strict UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF. */
bool utf8_is_valid(Text text);
/* Offset of the first ill-formed byte, or text.length. */
size_t utf8_valid_prefix(Text text);
/* Characters in well-formed text; continuation bytes are not counted, so ill-formed text gets an estimate. */
size_t utf8_count(Text text);
/* Decodes one character at `*at` (which is before text.length) and steps over it. Surrogates in three-byte
 * form decode to themselves; anything else ill-formed yields U+FFFD and steps over its maximal subpart
 * (Unicode "best practice", which is what Java's CharsetDecoder REPLACE does). */
uint32_t utf8_next(Text text, size_t *at);
/* Writes 1 to 4 bytes (three for a surrogate), returns how many. */
size_t utf8_encode(uint32_t character, char out[4]);
void utf8_append(Buffer *buffer, uint32_t character);
/* Appends WTF-8 as Java concatenates strings: a high surrogate at the end of the buffer and a low one at the
 * beginning of the text become one character. */
void utf8_append_joining(Buffer *buffer, Text text);
/* A copy where each maximal ill-formed subpart became U+FFFD, an encoded surrogate being one such part (seen:
 * JDK 17); the text itself when it was well formed. */
Text utf8_repair(Text text, Arena *arena);

/* Not a letter but an order: DEL and the C1 controls, marks, embeddings and isolates that turn the direction
 * of a line around, line and paragraph separators, the byte order mark. What people and programs read shows
 * them as \u202e. */
bool utf8_is_hidden(uint32_t character);

/* Length in UTF-16 code units. */
size_t utf16_length(Text text);

#endif
