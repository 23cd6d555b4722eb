/* RFC 8259, strictly: the whole input, UTF-8, no leading zeros, no raw control characters, no lone
 * surrogates, no duplicate keys. cJSON's own parser lets all of these pass and keeps no places, so only its
 * nodes are used.
 */
#include "harness/document/node.h"

#include "harness/base/utf8.h"

#include <string.h>

typedef struct Reader {
  Tree *tree;
  Text source;
  size_t at;
} Reader;

static bool complain(Reader *reader, size_t at, const char *format, const char *what) {
  return document_fault_at(reader->tree->document, at, reader->tree->faults, format, what);
}

/* A short name for what stands at the place: "'}'", "the end of the file". */
static bool unexpected(Reader *reader, const char *wanted) {
  if (reader->at >= reader->source.length)
    return document_fault_at(reader->tree->document, reader->at, reader->tree->faults,
                             "expected %s, but the file ends here", wanted);
  size_t end = reader->at;
  utf8_next(reader->source, &end);
  return document_fault_at(reader->tree->document, reader->at, reader->tree->faults,
                           "expected %s, not '%.*s'", wanted,
                           TEXT_ARGS(text_slice(reader->source, reader->at, end)));
}

static int peek(Reader *reader) {
  while (reader->at < reader->source.length) {
    char byte = reader->source.data[reader->at];
    if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') return (unsigned char)byte;
    reader->at++;
  }
  return -1;
}

static size_t digits(Text text, size_t at) {
  while (at < text.length && text.data[at] >= '0' && text.data[at] <= '9') at++;
  return at;
}

size_t json_number_length(Text text) {
  size_t start = text.length > 0 && text.data[0] == '-' ? 1 : 0;
  size_t at = digits(text, start);
  if (at == start) return 0;
  if (text.data[start] == '0') at = start + 1;
  if (at < text.length && text.data[at] == '.') {
    size_t end = digits(text, at + 1);
    if (end == at + 1) return at;
    at = end;
  }
  if (at < text.length && (text.data[at] == 'e' || text.data[at] == 'E')) {
    size_t sign = at + 1;
    if (sign < text.length && (text.data[sign] == '+' || text.data[sign] == '-')) sign++;
    size_t end = digits(text, sign);
    if (end > sign) at = end;
  }
  return at;
}

static int hex_value(char digit) {
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* u hex hex hex hex, at the 'u' */
static bool read_unit(Reader *reader, size_t at, uint32_t *out) {
  uint32_t unit = 0;
  for (size_t i = 1; i <= 4; i++) {
    int digit = at + i < reader->source.length ? hex_value(reader->source.data[at + i]) : -1;
    if (digit < 0) return complain(reader, at - 1, "\\u takes four hexadecimal digits%s", "");
    unit = unit << 4 | (uint32_t)digit;
  }
  *out = unit;
  return true;
}

/* \uXXXX or \uD8XX\uDCXX, at the 'u'; steps over it */
static bool read_unicode_escape(Reader *reader, size_t *at, Buffer *out) {
  uint32_t unit, low = 0;
  size_t start = *at - 1;
  if (!read_unit(reader, *at, &unit)) return false;
  *at += 5;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    bool pair = text_starts(text_slice(reader->source, *at, *at + 2), TEXT("\\u"));
    if (pair && !read_unit(reader, *at + 1, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF)
      return complain(reader, start, "half of a surrogate pair: %s is missing", "\\uDC00 to \\uDFFF");
    *at += 6;
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
    return complain(reader, start, "half of a surrogate pair: %s is missing", "\\uD800 to \\uDBFF");
  }
  utf8_append(out, unit);
  return true;
}

/* \ followed by one of " \ / b f n r t u */
static bool read_escape(Reader *reader, size_t *at, Buffer *out) {
  static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
  char letter = ++*at < reader->source.length ? reader->source.data[*at] : '\0';
  if (letter == 'u') return read_unicode_escape(reader, at, out);
  const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
  if (found == NULL)
    return complain(reader, *at - 1, "unknown escape: after \\ stands one of \" \\ / b f n r t u%s", "");
  buffer_append_char(out, bytes[found - letters]);
  ++*at;
  return true;
}

static size_t plain_run(Text source, size_t at) {
  while (at < source.length && source.data[at] != '"' && source.data[at] != '\\' &&
         (unsigned char)source.data[at] >= 0x20)
    at++;
  return at;
}

/* "characters and escapes", at the quote */
static bool read_string(Reader *reader, Text *out) {
  Text source = reader->source;
  size_t start = reader->at, at = start + 1;
  Buffer buffer = {0};
  for (;;) {
    size_t end = plain_run(source, at);
    if (end == source.length)
      return complain(reader, start, "a text that begins here has no closing %s", "\"");
    if (source.data[end] == '"' && buffer.arena == NULL) { /* no escapes: borrow */
      *out = text_slice(source, at, end);
      reader->at = end + 1;
      return true;
    }
    if (buffer.arena == NULL) buffer = buffer_make(reader->tree->arena, 0);
    buffer_append(&buffer, text_slice(source, at, end));
    at = end;
    if (source.data[at] == '"') break;
    if (source.data[at] != '\\')
      return complain(reader, at, "a raw control character in a text: write %s",
                      source.data[at] == '\n'   ? "\\n"
                      : source.data[at] == '\t' ? "\\t"
                                                : "it as \\u00XX");
    if (!read_escape(reader, &at, &buffer)) return false;
  }
  *out = buffer_text(&buffer);
  reader->at = at + 1;
  return true;
}

static bool read_value(Reader *reader);

static bool read_number(Reader *reader) {
  Text rest = text_slice(reader->source, reader->at, reader->source.length);
  size_t length = json_number_length(rest);
  char next = length < rest.length ? rest.data[length] : ' ';
  if (length == 0) return unexpected(reader, "a digit");
  if ((next >= '0' && next <= '9') || next == '.' || next == 'e' || next == 'E')
    return complain(reader, reader->at, "not a JSON number%s",
                    next == '.' || next == 'e' || next == 'E' ? ": digits are missing" : ": a leading zero");
  Node *node = tree_new_node(reader->tree, cJSON_Number, reader->at);
  tree_set_number(reader->tree, node, text_slice(rest, 0, length));
  node->style = STYLE_PLAIN;
  reader->at += length;
  node->end = (uint32_t)reader->at;
  return tree_add(reader->tree, node);
}

static bool read_text(Reader *reader) {
  size_t start = reader->at;
  Text text;
  if (!read_string(reader, &text)) return false;
  Node *node = tree_new_node(reader->tree, cJSON_String, start);
  tree_set_text(reader->tree, node, text);
  node->style = STYLE_JSON;
  node->end = (uint32_t)reader->at;
  return tree_add(reader->tree, node);
}

static bool read_word(Reader *reader) {
  static const struct {
    Text word;
    int type;
  } words[] = {
      {TEXT_INIT("true"), cJSON_True}, {TEXT_INIT("false"), cJSON_False}, {TEXT_INIT("null"), cJSON_NULL}};
  Text rest = text_slice(reader->source, reader->at, reader->source.length);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!text_starts(rest, words[i].word)) continue;
    Node *node = tree_new_node(reader->tree, words[i].type, reader->at);
    node->style = STYLE_PLAIN;
    reader->at += words[i].word.length;
    node->end = (uint32_t)reader->at;
    return tree_add(reader->tree, node);
  }
  return unexpected(reader, "a value");
}

/* '[' (value (',' value)*)? ']' */
static bool read_list(Reader *reader) {
  for (reader->at++; peek(reader) != ']';) {
    if (!read_value(reader)) return false;
    int next = peek(reader);
    if (next == ']') break;
    if (next != ',') return unexpected(reader, "',' or ']'");
    reader->at++;
    if (peek(reader) == ']') return unexpected(reader, "a value");
  }
  return true;
}

/* '{' (text ':' value (',' text ':' value)*)? '}' */
static bool read_object(Reader *reader) {
  Text key;
  for (reader->at++; peek(reader) != '}';) {
    if (peek(reader) != '"') return unexpected(reader, "a key in double quotes");
    size_t start = reader->at;
    if (!read_string(reader, &key) || !tree_key(reader->tree, key, start)) return false;
    if (peek(reader) != ':') return unexpected(reader, "':'");
    reader->at++;
    if (!read_value(reader)) return false;
    int next = peek(reader);
    if (next == '}') break;
    if (next != ',') return unexpected(reader, "',' or '}'");
    reader->at++;
    if (peek(reader) == '}') return unexpected(reader, "a key in double quotes");
  }
  return true;
}

/* object | list | text | number | true | false | null. Depth is bounded by tree_open. */
static bool read_value(Reader *reader) {
  int next = peek(reader);
  if (next == '"') return read_text(reader);
  if (next == '-' || (next >= '0' && next <= '9')) return read_number(reader);
  if (next != '{' && next != '[') return read_word(reader);
  Node *node = tree_new_node(reader->tree, next == '{' ? cJSON_Object : cJSON_Array, reader->at);
  if (!tree_add(reader->tree, node) || !tree_open(reader->tree, node, false)) return false;
  if (!(next == '{' ? read_object(reader) : read_list(reader))) return false;
  reader->at++;
  tree_close(reader->tree, reader->at); /* a duplicate key is told and does not stop the reading */
  return true;
}

bool json_read_tree(Tree *tree) {
  Reader reader = {.tree = tree, .source = tree->document->source};
  if (!read_value(&reader)) return false;
  if (peek(&reader) != -1) return unexpected(&reader, "the end of the file");
  return true;
}
