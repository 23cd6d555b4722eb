#include "harness/mapping/strict_json.h"

enum { STRICT_DEPTH = 1000 }; /* levels of nesting, as Jackson's own limit is */

typedef struct Reader {
  Text text;
  size_t at;
} Reader;

static void skip_blanks(Reader *reader) {
  while (reader->at < reader->text.length) {
    char byte = reader->text.data[reader->at];
    if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') return;
    reader->at++;
  }
}

static int peek(const Reader *reader) {
  return reader->at < reader->text.length ? (unsigned char)reader->text.data[reader->at] : -1;
}

static bool take(Reader *reader, char byte) {
  if (peek(reader) != (unsigned char)byte) return false;
  reader->at++;
  return true;
}

static bool take_word(Reader *reader, Text word) {
  if (!text_starts(text_slice(reader->text, reader->at, reader->text.length), word)) return false;
  reader->at += word.length;
  return true;
}

static bool is_hex(int byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* escape := "\" ( one of "\/bfnrt and the quote | "u" hex hex hex hex ) */
static bool take_escape(Reader *reader) {
  int byte = peek(reader);
  reader->at++;
  if (byte != 'u')
    return byte == '"' || byte == '\\' || byte == '/' || byte == 'b' || byte == 'f' || byte == 'n' ||
           byte == 'r' || byte == 't';
  for (int i = 0; i < 4; i++) {
    if (!is_hex(peek(reader))) return false;
    reader->at++;
  }
  return true;
}

static bool take_string(Reader *reader) {
  if (!take(reader, '"')) return false;
  while (reader->at < reader->text.length) {
    unsigned char byte = (unsigned char)reader->text.data[reader->at++];
    if (byte == '"') return true;
    if (byte < 0x20) return false;
    if (byte == '\\' && !take_escape(reader)) return false;
  }
  return false;
}

static bool take_digits(Reader *reader) {
  size_t from = reader->at;
  while (peek(reader) >= '0' && peek(reader) <= '9') reader->at++;
  return reader->at > from;
}

/* number := [ "-" ] ( "0" | digits ) [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ] */
static bool take_number(Reader *reader) {
  take(reader, '-');
  if (!take(reader, '0') && !take_digits(reader)) return false;
  if (take(reader, '.') && !take_digits(reader)) return false;
  if (!take(reader, 'e') && !take(reader, 'E')) return true;
  if (!take(reader, '+')) take(reader, '-');
  return take_digits(reader);
}

static bool take_scalar(Reader *reader) {
  switch (peek(reader)) {
  case '"': return take_string(reader);
  case 't': return take_word(reader, TEXT("true"));
  case 'f': return take_word(reader, TEXT("false"));
  case 'n': return take_word(reader, TEXT("null"));
  default: return take_number(reader);
  }
}

/* member-name := string ":" */
static bool take_name(Reader *reader) {
  skip_blanks(reader);
  if (!take_string(reader)) return false;
  skip_blanks(reader);
  return take(reader, ':');
}

/* value := object | array | scalar, without recursion: `open` remembers the closing brackets. */
bool strict_json_is_valid(Text text) {
  Reader reader = {text, 0};
  char open[STRICT_DEPTH];
  int depth = 0;
  for (;;) {
    skip_blanks(&reader);
    int byte = peek(&reader);
    if (byte == '{' || byte == '[') {
      if (depth == STRICT_DEPTH) return false;
      open[depth++] = byte == '{' ? '}' : ']';
      reader.at++;
      skip_blanks(&reader);
      if (!take(&reader, open[depth - 1])) {
        if (byte == '{' && !take_name(&reader)) return false;
        continue;
      }
      depth--;
    } else if (!take_scalar(&reader)) {
      return false;
    }
    for (;;) { /* a value ended: close, or go on behind a comma */
      skip_blanks(&reader);
      if (depth == 0) return reader.at == text.length;
      if (!take(&reader, open[depth - 1])) break;
      depth--;
    }
    if (!take(&reader, ',')) return false;
    if (open[depth - 1] == '}' && !take_name(&reader)) return false;
  }
}
