/* Text: borrowed bytes with a length. Nothing here allocates; nothing here needs a terminating NUL. */
#ifndef STATUSQUO_BASE_TEXT_H
#define STATUSQUO_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes owned by somebody else (an arena, a file, a literal). `data` may be NULL only when `length` is 0. */
typedef struct Text {
  const char *data;
  size_t length;
} Text;

#define TEXT(literal) ((Text){(literal), sizeof(literal) - 1})
#define TEXT_INIT(literal)                                                                                   \
  { (literal), sizeof(literal) - 1 }
#define TEXT_EMPTY ((Text){"", 0})
/* The two arguments that "%.*s" takes. */
#define TEXT_ARGS(text) (int)(text).length, (text).data != NULL ? (text).data : ""
#define TEXT_NOT_FOUND ((size_t)-1)

/* The bridge from C strings (argv, library results); NULL becomes the empty text. */
Text text_from(const char *terminated);
/* Bytes [from, to); both are clamped to the text. */
Text text_slice(Text text, size_t from, size_t to);
/* Without ASCII white space (space, \t, \n, \v, \f, \r) at both ends. */
Text text_trim(Text text);

bool text_equal(Text left, Text right);
bool text_is(Text text, const char *terminated);
/* ASCII letters only, as header names compare. */
bool text_equal_ignoring_case(Text left, Text right);
bool text_starts(Text text, Text prefix);
bool text_ends(Text text, Text suffix);
/* memcmp order, shorter first: <0, 0, >0. */
int text_compare(Text left, Text right);
/* Index of the first occurrence at or after `from`, or TEXT_NOT_FOUND. */
size_t text_find(Text text, Text needle, size_t from);
size_t text_find_char(Text text, char byte, size_t from);
/* Index of the last occurrence, or TEXT_NOT_FOUND. */
size_t text_find_last_char(Text text, char byte);

/* The part before the first `separator`; `rest` receives what follows it (empty and data NULL when there was
 * none). */
Text text_split(Text text, char separator, Text *rest);
/* An optional minus and decimal digits that fill the whole text and fit. */
bool text_to_integer(Text text, int64_t *out);
/* FNV-1a, 64 bit. Not for hostile keys without a bound on their number. */
uint64_t text_hash(Text text);
/* Edits (insert, delete, replace, swap) from one to the other; `limit` + 1 when there are more. */
size_t text_distance(Text left, Text right, size_t limit);
/* The candidate that was probably meant by `unknown`, or NULL when none is near. */
const char *text_suggest(Text unknown, const char *const *candidates, size_t count);

#endif
