/* Values as a person would write them into a YAML file: plain where that is safe, quoted where it isn't. */
#include "harness/base/utf8.h"
#include "harness/document/edit.h"

#include <string.h>

/* ---- texts ---- */

static bool is_word(Text text) {
  static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_equal_ignoring_case(text, text_from(words[i]))) return true;
  return false;
}

/* Letters first, so that no reader takes it for a number, a date or an indicator. */
static bool is_plain(Text text) {
  if (text.length == 0 || is_word(text) || text.data[text.length - 1] == ' ') return false;
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    bool later = (byte >= '0' && byte <= '9') || (byte != '\0' && strchr(" _./+-;()$", byte) != NULL);
    bool first = byte == '/' || byte == '_' || byte == '$';
    if (!letter && !(i == 0 ? first : later)) return false;
  }
  return true;
}

/* One line of characters that YAML shows as they are. */
static bool is_printable(Text text) {
  for (size_t at = 0; at < text.length;) {
    uint32_t rune = utf8_next(text, &at);
    bool shown = (rune >= 0x20 && rune < 0x7F) ||
                 (rune >= 0xA0 && rune <= 0xD7FF && rune != 0x2028 && rune != 0x2029) ||
                 (rune >= 0xE000 && rune < 0xFFFD && rune != 0xFEFF) || rune > 0xFFFF;
    if (!shown) return false;
  }
  return true;
}

static void write_single_quoted(Buffer *out, Text text) {
  buffer_append_char(out, '\'');
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] == '\'') buffer_append_char(out, '\'');
    buffer_append_char(out, text.data[i]);
  }
  buffer_append_char(out, '\'');
}

/* Escapes that JSON and YAML share. */
static void write_double_quoted(Buffer *out, Text text) {
  static const char escaped[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
  buffer_append_char(out, '"');
  for (size_t at = 0; at < text.length;) {
    size_t begin = at;
    uint32_t rune = utf8_next(text, &at);
    const char *found = rune != 0 && rune < 0x80 ? strchr(escaped, (int)rune) : NULL;
    if (found != NULL)
      buffer_print(out, "\\%c", letters[found - escaped]);
    else if (is_printable(text_slice(text, begin, at)))
      buffer_append(out, text_slice(text, begin, at));
    else
      buffer_print(out, "\\u%04x", (unsigned)rune);
  }
  buffer_append_char(out, '"');
}

static void write_text(Buffer *out, Text text, bool json) {
  if (!json && is_plain(text))
    buffer_append(out, text);
  else if (!json && is_printable(text))
    write_single_quoted(out, text);
  else
    write_double_quoted(out, text);
}

/* A key is a text whatever it looks like: 404 needs no quotes there. */
static void write_key(Buffer *out, Text key, bool json) {
  bool plain = key.length > 0 && !is_word(key);
  for (size_t i = 0; i < key.length && plain; i++) {
    char byte = key.data[i];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    plain = letter || (byte >= '0' && byte <= '9') || byte == '_' || (i > 0 && byte == '-');
  }
  if (!json && plain)
    buffer_append(out, key);
  else
    write_text(out, key, json);
}

/* ---- values ---- */

void document_write_key(Buffer *out, Text key, bool json) {
  write_key(out, key, json);
  buffer_append_string(out, ": ");
}

static void write_members(Buffer *out, const cJSON *value, bool json) {
  bool object = cJSON_IsObject(value);
  buffer_append_char(out, object ? '{' : '[');
  for (const cJSON *item = value->child; item != NULL; item = item->next) {
    if (item != value->child) buffer_append_string(out, ", ");
    if (object) document_write_key(out, text_from(item->string), json);
    document_write_flow(out, item, json);
  }
  buffer_append_char(out, object ? '}' : ']');
}

void document_write_flow(Buffer *out, const cJSON *value, bool json) {
  if (cJSON_IsObject(value) || cJSON_IsArray(value))
    write_members(out, value, json);
  else if (cJSON_IsString(value))
    write_text(out, document_text(NULL, value), json);
  else if (cJSON_IsNull(value))
    buffer_append_string(out, json ? "null" : "~");
  else
    buffer_append(out, document_text(NULL, value));
}

static void write_break(Buffer *out, size_t indent) {
  buffer_append_char(out, '\n');
  for (size_t i = 0; i < indent; i++) buffer_append_char(out, ' ');
}

/* Whether the value takes no more than `room` columns on one line; looks no further than that. */
static bool fits(const cJSON *value, size_t *room) {
  size_t wanted =
      2 + document_text(NULL, value).length + (value->string != NULL ? strlen(value->string) + 2 : 0);
  if (wanted > *room) return false;
  *room -= wanted;
  for (const cJSON *item = value->child; item != NULL; item = item->next)
    if (!fits(item, room)) return false;
  return true;
}

static bool is_short(const cJSON *value, size_t indent) {
  enum { COLUMNS = 100 };
  size_t room = indent < COLUMNS ? COLUMNS - indent : 0;
  return value->child == NULL || fits(value, &room);
}

void document_write_block(Buffer *out, const cJSON *value, size_t indent) {
  bool object = cJSON_IsObject(value);
  if (value->child == NULL) document_write_flow(out, value, false);
  for (const cJSON *item = value->child; item != NULL; item = item->next) {
    bool flat = is_short(item, indent + 2);
    if (item != value->child) write_break(out, indent);
    if (object) write_key(out, text_from(item->string), false);
    buffer_append_string(out, object ? ":" : "-");
    if (flat || !object)
      buffer_append_char(out, ' ');
    else
      write_break(out, indent + 2);
    if (flat)
      document_write_flow(out, item, false);
    else
      document_write_block(out, item, indent + 2);
  }
}
