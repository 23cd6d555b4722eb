/* What comes from recordings and definitions, made harmless for what it is written into. Control characters
 * are made visible in all of these. */
#include "harness/report/parts.h"

#include "harness/base/utf8.h"

/* ---- XML and HTML ---- */

/* U+FFFE and U+FFFF: well-formed UTF-8 that XML doesn't allow. */
static bool is_noncharacter(Text character) {
  return text_is(character, "\xEF\xBF\xBE") || text_is(character, "\xEF\xBF\xBF");
}

void append_xml(Buffer *out, Text text) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible(&visible, text);
  for (size_t i = 0; i < visible.length; i++) {
    char byte = visible.data[i];
    if (byte == '\xEF' && is_noncharacter(text_slice(buffer_text(&visible), i, i + 3))) {
      buffer_print(out, "\\u%s", visible.data[i + 2] == '\xBE' ? "fffe" : "ffff");
      i += 2;
      continue;
    }
    switch (byte) {
    case '&': buffer_append_string(out, "&amp;"); break;
    case '<': buffer_append_string(out, "&lt;"); break;
    case '>': buffer_append_string(out, "&gt;"); break;
    case '"': buffer_append_string(out, "&quot;"); break;
    default: buffer_append_char(out, byte); break;
    }
  }
  buffer_free(&visible);
}

void append_attribute(Buffer *out, Text text) {
  Buffer line = buffer_make(NULL, 0);
  append_visible_line(&line, text);
  append_xml(out, buffer_text(&line));
  buffer_free(&line);
}

/* ---- Markdown ---- */

void append_cell(Buffer *out, Text text) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible(&visible, text);
  for (size_t i = 0; i < visible.length; i++) {
    char byte = visible.data[i];
    if (byte == '\n')
      buffer_append_char(out, ' ');
    else if (byte == '<' || byte == '>' || byte == '&')
      buffer_append_string(out, byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : "&amp;");
    else if (text_find_char(TEXT("|\\`*_[]#~@$"), byte, 0) != TEXT_NOT_FOUND)
      buffer_print(out, "&#%d;", byte); /* a backslash before | doesn't work everywhere */
    else
      buffer_append_char(out, byte);
  }
  buffer_free(&visible);
}

/* ---- workflow commands ---- */

static void append_workflow(Buffer *out, Text text, const char *special) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible(&visible, text);
  for (size_t i = 0; i < visible.length; i++) {
    char byte = visible.data[i];
    if (text_find_char(text_from(special), byte, 0) != TEXT_NOT_FOUND)
      buffer_print(out, "%%%02X", (unsigned)byte);
    else
      buffer_append_char(out, byte);
  }
  buffer_free(&visible);
}

void append_workflow_message(Buffer *out, Text text) {
  append_workflow(out, text, "%\r\n");
}

void append_workflow_property(Buffer *out, Text text) {
  append_workflow(out, text, "%\r\n:,");
}

/* ---- JSON and URIs ---- */

/* Outside of texts JSON has no such character, so each can be replaced where it stands. */
void append_json(Buffer *out, Text json) {
  for (size_t at = 0; at < json.length;) {
    size_t start = at;
    uint32_t character = utf8_next(json, &at);
    if (character == '<' || utf8_is_hidden(character))
      buffer_print(out, "\\u%04x", (unsigned)character);
    else
      buffer_append(out, text_slice(json, start, at));
  }
}

void append_uri(Buffer *out, Text path) {
  for (size_t i = 0; i < path.length; i++) {
    unsigned char byte = (unsigned char)path.data[i];
    bool letter =
        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    if (letter || text_find_char(TEXT("/-._~"), (char)byte, 0) != TEXT_NOT_FOUND)
      buffer_append_char(out, (char)byte);
    else
      buffer_print(out, "%%%02X", (unsigned)byte);
  }
}
