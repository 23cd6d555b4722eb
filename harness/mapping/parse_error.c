#include "harness/mapping/parse_error.h"

#include "harness/base/utf8.h"

#include <string.h>

/* What was open when the text ended. */
typedef enum Open { OPEN_NOTHING, OPEN_ARRAY, OPEN_OBJECT, OPEN_QUOTE } Open;

typedef struct Ending {
  Open open;
  bool behind_colon; /* an object's member has its colon and no value yet */
} Ending;

/* Brackets and quotes are enough to know; quotes count only where a text may begin. */
static Ending find_ending(Text body, Arena *arena) {
  Buffer stack = buffer_make(arena, 0);
  char quote = 0, last = 0;
  for (size_t i = 0; i < body.length; i++) {
    char byte = body.data[i];
    if (quote != 0) {
      if (byte == '\\') i++;
      if (byte == quote) quote = 0;
      continue;
    }
    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') continue;
    bool begins = last == 0 || strchr("{[,:", last) != NULL;
    last = byte;
    if ((byte == '"' || byte == '\'') && begins) quote = byte;
    if (byte == '{' || byte == '[') buffer_append_char(&stack, byte);
    if ((byte == '}' || byte == ']') && stack.length > 0 &&
        stack.data[stack.length - 1] == (byte == '}' ? '{' : '['))
      stack.length--;
  }
  if (quote != 0) return (Ending){OPEN_QUOTE, false};
  if (stack.length == 0) return (Ending){OPEN_NOTHING, false};
  return (Ending){stack.data[stack.length - 1] == '[' ? OPEN_ARRAY : OPEN_OBJECT, last == ':'};
}

/* Positions count UTF-16 units from 0. Witness: seen (json-smart). */
static Text early_end(Text body, Arena *arena) {
  Ending ending = find_ending(body, arena);
  size_t length = utf16_length(body);
  if (ending.open != OPEN_QUOTE && length > 0) length--;
  bool named = ending.open == OPEN_ARRAY || ending.behind_colon;
  return arena_print(arena, "Unexpected End Of File position %zu: %s", length, named ? "EOF" : "null");
}

Text parse_error_text(Text body, const Fault *fault, Arena *arena) {
  if (fault->offset >= body.length) return early_end(body, arena);
  size_t at = fault->offset;
  size_t position = utf16_length(text_slice(body, 0, at));
  utf8_next(body, &at);
  Text character = text_slice(body, fault->offset, at);
  if (strstr(fault->message, "escape") != NULL)
    return arena_print(arena, "Unexpected unicode escape sequence %.*s at position %zu.",
                       TEXT_ARGS(character), position);
  return arena_print(arena, "Unexpected character (%.*s) at position %zu.", TEXT_ARGS(character), position);
}
