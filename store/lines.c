/* Names and values as lines, exact to the byte and readable in any SQLite tool:
 *
 *   list = *( name ": " value "\n" )
 *
 * with \\ for a backslash, \n for a newline and, in names, \: for a colon. */
#include "store/store_parts.h"

#include <string.h>

static void write_escaped(Text text, bool is_name, Buffer *out) {
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    if (byte == '\\' || byte == '\n' || (byte == ':' && is_name)) {
      buffer_append_char(out, '\\');
      if (byte == '\n') byte = 'n';
    }
    buffer_append_char(out, byte);
  }
}

void lines_write(const Headers *headers, Buffer *out) {
  for (size_t i = 0; i < headers->count; i++) {
    write_escaped(headers->items[i].name, true, out);
    buffer_append(out, TEXT(": "));
    write_escaped(headers->items[i].value, false, out);
    buffer_append_char(out, '\n');
  }
}

/* Takes escapes back where they stand: text only shrinks. */
static bool unescape(Text *text) {
  if (text->length == 0 || memchr(text->data, '\\', text->length) == NULL) return true;
  char *bytes = (char *)(uintptr_t)text->data; /* our own copy, see lines_read */
  size_t length = 0;
  for (size_t i = 0; i < text->length; i++) {
    char byte = bytes[i];
    if (byte == '\\') {
      if (++i == text->length) return false;
      byte = bytes[i] == 'n' ? '\n' : bytes[i];
    }
    bytes[length++] = byte;
  }
  text->length = length;
  return true;
}

/* The first colon that isn't escaped. */
static size_t name_end(Text line) {
  for (size_t i = 0; i < line.length; i++) {
    if (line.data[i] == '\\')
      i++;
    else if (line.data[i] == ':')
      return i;
  }
  return TEXT_NOT_FOUND;
}

bool lines_read(Text lines, Arena *arena, Headers *out) {
  *out = (Headers){0};
  if (lines.length == 0) return true;
  if (lines.data[lines.length - 1] != '\n') return false;
  Text rest = arena_copy_text(arena, lines);
  while (rest.length > 0) {
    Text line = text_split(rest, '\n', &rest);
    size_t end = name_end(line);
    if (end == TEXT_NOT_FOUND || end + 1 >= line.length || line.data[end + 1] != ' ') return false;
    Header header = {text_slice(line, 0, end), text_slice(line, end + 2, line.length)};
    if (!unescape(&header.name) || !unescape(&header.value)) return false;
    headers_add(out, header.name, header.value, arena);
  }
  return true;
}
