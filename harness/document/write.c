/* JSON out: for NDJSON, results and reports. cJSON's printer loses digits and truncates at NUL, so it is not
 * used. */
#include "harness/document/node.h"

#include "harness/base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_escape(Buffer *out, unsigned char byte) {
  static const char letters[] = "btn\0fr"; /* \b is 8, \v has no short form */
  char letter = byte >= 8 && byte <= 13 ? letters[byte - 8] : '\0';
  if (byte == '"' || byte == '\\') letter = (char)byte;
  if (letter != '\0')
    buffer_print(out, "\\%c", letter);
  else
    buffer_print(out, "\\u%04x", byte);
}

/* `guarded` also escapes what would end a script element, and what no reader would see: a terminal, or a
 * reader that splits lines at more than \n, obeys it. */
static void write_string(Buffer *out, Text text, bool guarded) {
  buffer_append_char(out, '"');
  size_t run = 0, at = 0;
  while (at < text.length) {
    unsigned char byte = (unsigned char)text.data[at];
    bool special = byte == '"' || byte == '\\' || (guarded && (byte == '<' || byte == 0x7F));
    if (byte >= 0x20 && byte < 0x80 && !special) {
      at++;
      continue;
    }
    size_t end = at;
    uint32_t character = utf8_next(text, &end);
    bool hidden = guarded && utf8_is_hidden(character);
    bool broken =
        (character >= 0xD800 && character <= 0xDFFF) ||
        (character == UTF8_REPLACEMENT && !text_equal(text_slice(text, at, end), TEXT("\xEF\xBF\xBD")));
    if (byte < 0x80 || hidden || broken) {
      buffer_append(out, text_slice(text, run, at));
      if (byte < 0x80)
        write_escape(out, byte);
      else if (broken)
        utf8_append(out, UTF8_REPLACEMENT);
      else
        buffer_print(out, "\\u%04x", (unsigned)character);
      run = end;
    }
    at = end;
  }
  buffer_append(out, text_slice(text, run, at));
  buffer_append_char(out, '"');
}

void json_write_text(Buffer *out, Text text) {
  write_string(out, text, true);
}

void json_write_key(Buffer *out, const char *key, bool *first) {
  if (!*first) buffer_append_char(out, ',');
  *first = false;
  json_write_text(out, text_from(key));
  buffer_append_char(out, ':');
}

/* A double that reads back as the same double. */
static void write_double(Buffer *out, double number) {
  if (!isfinite(number)) {
    buffer_append_string(out, "null");
    return;
  }
  char digits[32];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, number);
    if (strtod(digits, NULL) == number) break;
  }
  buffer_append_string(out, digits);
}

/* YAML's spellings that JSON doesn't have: +1, 007, .5, 1., 0x1F, 0o17. Digits are kept where there are any.
 */
static void write_yaml_number(Buffer *out, const cJSON *node) {
  const char *at = node->valuestring;
  if (at[0] == '0' && (at[1] == 'x' || at[1] == 'o')) {
    unsigned long long number = strtoull(at + 2, NULL, at[1] == 'x' ? 16 : 8);
    if (number < UINT64_MAX)
      buffer_print(out, "%llu", number);
    else
      write_double(out, node->valuedouble);
    return;
  }
  if (*at == '-') buffer_append_char(out, '-');
  if (*at == '-' || *at == '+') at++;
  while (*at == '0' && at[1] >= '0' && at[1] <= '9') at++;
  if (*at == '.') buffer_append_char(out, '0');
  for (; *at != '\0'; at++) {
    buffer_append_char(out, *at);
    if (*at == '.' && (at[1] < '0' || at[1] > '9')) buffer_append_char(out, '0');
  }
}

static void write_number(Buffer *out, const cJSON *node) {
  Text lexeme = text_from(node->valuestring);
  if (lexeme.length == 0)
    write_double(out, node->valuedouble);
  else if (json_number_length(lexeme) == lexeme.length)
    buffer_append(out, lexeme);
  else
    write_yaml_number(out, node);
}

/* Depth is that of the document: bounded when it was read. */
void json_write_node(Buffer *out, const cJSON *node) {
  if (cJSON_IsString(node)) {
    write_string(out, document_text(NULL, node), false);
  } else if (cJSON_IsNumber(node)) {
    write_number(out, node);
  } else if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
    bool object = cJSON_IsObject(node);
    buffer_append_char(out, object ? '{' : '[');
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
      if (object) {
        write_string(out, text_from(child->string), false);
        buffer_append_char(out, ':');
      }
      json_write_node(out, child);
      if (child->next != NULL) buffer_append_char(out, ',');
    }
    buffer_append_char(out, object ? '}' : ']');
  } else {
    buffer_append_string(out, cJSON_IsTrue(node) ? "true" : cJSON_IsFalse(node) ? "false" : "null");
  }
}
