#include "harness/diff/json_scanner.h"

#include "harness/base/utf8.h"

#include <string.h>

typedef enum Expects { EXPECTS_VALUE, EXPECTS_ITEM_OR_CLOSE, EXPECTS_KEY_OR_CLOSE, EXPECTS_MORE } Expects;

void json_scanner_start(JsonScanner *scanner, Text source) {
  scanner->source = source;
  scanner->at = 0;
  scanner->depth = 0;
  scanner->expects = EXPECTS_VALUE;
}

static int peek(const JsonScanner *scanner) {
  return scanner->at < scanner->source.length ? (unsigned char)scanner->source.data[scanner->at] : -1;
}

static inline void skip_blanks(JsonScanner *scanner) {
  const char *data = scanner->source.data;
  size_t at = scanner->at, end = scanner->source.length;
  while (at < end && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t')) at++;
  scanner->at = at;
}

static JsonToken token(const JsonScanner *scanner, JsonKind kind, size_t start) {
  return (JsonToken){kind, {scanner->source.data + start, scanner->at - start}};
}

static JsonToken invalid(JsonScanner *scanner) {
  scanner->expects = EXPECTS_MORE;
  scanner->depth = 0;
  scanner->at = scanner->source.length + 1; /* stays invalid */
  return (JsonToken){JSON_INVALID, TEXT_EMPTY};
}

static bool is_hex(int byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* What ends the run of plain characters inside a string: control characters, quote, backslash. */
static const bool ends_run[256] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,
                                   1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1};

/* escape: '\' ["\/bfnrt] | '\u' hex hex hex hex; `at` stands on the backslash. Where it ends, or 0. */
static size_t scan_escape(const char *data, size_t at, size_t end) {
  if (++at == end || data[at] == '\0' || strchr("\"\\/bfnrtu", data[at]) == NULL) return 0;
  if (data[at] != 'u') return at + 1;
  for (int digit = 0; digit < 4; digit++)
    if (++at >= end || !is_hex(data[at])) return 0;
  return at + 1;
}

/* string: '"' ( char | escape )* '"' */
static bool scan_string(JsonScanner *scanner) {
  const char *data = scanner->source.data;
  size_t end = scanner->source.length, at = scanner->at + 1;
  while (at < end) {
    while (at < end && !ends_run[(unsigned char)data[at]]) at++;
    if (at == end || (unsigned char)data[at] < 0x20) return false;
    if (data[at] == '"') {
      scanner->at = at + 1;
      return true;
    }
    at = scan_escape(data, at, end);
    if (at == 0) return false;
  }
  return false;
}

static bool scan_digits(JsonScanner *scanner) {
  size_t start = scanner->at;
  while (peek(scanner) >= '0' && peek(scanner) <= '9') scanner->at++;
  return scanner->at > start;
}

/* number: '-'? ( '0' | [1-9] [0-9]* ) ( '.' [0-9]+ )? ( [eE] [+-]? [0-9]+ )? */
static bool scan_number(JsonScanner *scanner) {
  if (peek(scanner) == '-') scanner->at++;
  if (peek(scanner) == '0')
    scanner->at++;
  else if (!scan_digits(scanner))
    return false;
  if (peek(scanner) == '.') {
    scanner->at++;
    if (!scan_digits(scanner)) return false;
  }
  if (peek(scanner) == 'e' || peek(scanner) == 'E') {
    scanner->at++;
    if (peek(scanner) == '+' || peek(scanner) == '-') scanner->at++;
    if (!scan_digits(scanner)) return false;
  }
  return true;
}

static bool scan_word(JsonScanner *scanner, Text word) {
  if (!text_starts(text_slice(scanner->source, scanner->at, scanner->source.length), word)) return false;
  scanner->at += word.length;
  return true;
}

static JsonToken open_container(JsonScanner *scanner, bool object) {
  if (scanner->depth == JSON_DEPTH) return invalid(scanner);
  scanner->in_object[scanner->depth++] = object;
  scanner->expects = object ? EXPECTS_KEY_OR_CLOSE : EXPECTS_ITEM_OR_CLOSE;
  scanner->at++;
  return token(scanner, object ? JSON_OBJECT : JSON_ARRAY, scanner->at - 1);
}

static JsonToken close_container(JsonScanner *scanner) {
  scanner->depth--;
  scanner->expects = EXPECTS_MORE;
  scanner->at++;
  return token(scanner, JSON_CLOSE, scanner->at - 1);
}

static JsonToken scan_key(JsonScanner *scanner) {
  size_t start = scanner->at;
  if (peek(scanner) != '"' || !scan_string(scanner)) return invalid(scanner);
  JsonToken key = token(scanner, JSON_KEY, start);
  skip_blanks(scanner);
  if (peek(scanner) != ':') return invalid(scanner);
  scanner->at++;
  scanner->expects = EXPECTS_VALUE;
  return key;
}

static JsonToken scan_value(JsonScanner *scanner) {
  size_t start = scanner->at;
  JsonKind kind = JSON_NUMBER;
  bool right;
  switch (peek(scanner)) {
  case '{': return open_container(scanner, true);
  case '[': return open_container(scanner, false);
  case '"': kind = JSON_STRING, right = scan_string(scanner); break;
  case 't': kind = JSON_TRUE, right = scan_word(scanner, TEXT("true")); break;
  case 'f': kind = JSON_FALSE, right = scan_word(scanner, TEXT("false")); break;
  case 'n': kind = JSON_NULL, right = scan_word(scanner, TEXT("null")); break;
  default: right = scan_number(scanner); break;
  }
  if (!right) return invalid(scanner);
  scanner->expects = EXPECTS_MORE;
  return token(scanner, kind, start);
}

/* After a value: the end, ',' or a closing bracket. A comma leads straight to what follows it. */
static JsonToken scan_more(JsonScanner *scanner) {
  if (scanner->depth == 0)
    return scanner->at == scanner->source.length ? (JsonToken){JSON_END, TEXT_EMPTY} : invalid(scanner);
  bool in_object = scanner->in_object[scanner->depth - 1];
  if (peek(scanner) == (in_object ? '}' : ']')) return close_container(scanner);
  if (peek(scanner) != ',') return invalid(scanner);
  scanner->at++;
  skip_blanks(scanner);
  return in_object ? scan_key(scanner) : scan_value(scanner);
}

JsonToken json_scanner_next(JsonScanner *scanner) {
  if (scanner->at > scanner->source.length) return invalid(scanner);
  skip_blanks(scanner);
  switch ((Expects)scanner->expects) {
  case EXPECTS_VALUE: return scan_value(scanner);
  case EXPECTS_ITEM_OR_CLOSE: return peek(scanner) == ']' ? close_container(scanner) : scan_value(scanner);
  case EXPECTS_KEY_OR_CLOSE: return peek(scanner) == '}' ? close_container(scanner) : scan_key(scanner);
  case EXPECTS_MORE: return scan_more(scanner);
  }
  return invalid(scanner);
}

/* ---- the index ---- */

static JsonNode *add_node(JsonIndex *index, uint32_t *capacity, Arena *arena) {
  if (index->count == *capacity) {
    uint32_t larger = *capacity == 0 ? 64 : *capacity * 2;
    index->nodes = arena_resize(arena, index->nodes, *capacity * sizeof(JsonNode), larger * sizeof(JsonNode));
    *capacity = larger;
  }
  return &index->nodes[index->count++];
}

bool json_index(Text source, Arena *arena, JsonIndex *out) {
  JsonScanner scanner;
  uint32_t open_nodes[JSON_DEPTH + 1];
  uint32_t depth = 0, capacity = 0;
  *out = (JsonIndex){0};
  if (source.length >= UINT32_MAX) return false;
  json_scanner_start(&scanner, source);
  for (;;) {
    JsonToken found = json_scanner_next(&scanner);
    if (found.kind == JSON_INVALID) return false;
    if (found.kind == JSON_END) return true;
    if (found.kind == JSON_CLOSE) {
      JsonNode *container = &out->nodes[open_nodes[--depth]];
      container->next = out->count;
      container->text.length = (size_t)(found.text.data + 1 - container->text.data);
      continue;
    }
    if (depth > 0 && (found.kind == JSON_KEY || out->nodes[open_nodes[depth - 1]].kind == JSON_ARRAY))
      out->nodes[open_nodes[depth - 1]].count++;
    JsonNode *node = add_node(out, &capacity, arena);
    *node = (JsonNode){.kind = found.kind, .next = out->count, .text = found.text};
    if (found.kind == JSON_OBJECT || found.kind == JSON_ARRAY) open_nodes[depth++] = out->count - 1;
  }
}

/* ---- strings ---- */

static uint32_t read_unit(const char *digits) {
  uint32_t unit = 0;
  for (int i = 0; i < 4; i++) {
    int byte = digits[i];
    unit = unit << 4 | (uint32_t)(byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10);
  }
  return unit;
}

static bool is_high(uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

Text json_unescape(Text quoted, Arena *arena) {
  Text inner = text_slice(quoted, 1, quoted.length - 1);
  if (text_find_char(inner, '\\', 0) == TEXT_NOT_FOUND) return inner;
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < inner.length; i++) {
    if (inner.data[i] != '\\') {
      buffer_append_char(&out, inner.data[i]);
      continue;
    }
    char escape = inner.data[++i];
    switch (escape) {
    case 'b': buffer_append_char(&out, '\b'); break;
    case 'f': buffer_append_char(&out, '\f'); break;
    case 'n': buffer_append_char(&out, '\n'); break;
    case 'r': buffer_append_char(&out, '\r'); break;
    case 't': buffer_append_char(&out, '\t'); break;
    case 'u': {
      uint32_t unit = read_unit(inner.data + i + 1);
      i += 4;
      bool pair = is_high(unit) && i + 6 < inner.length && inner.data[i + 1] == '\\' &&
                  inner.data[i + 2] == 'u' && is_low(read_unit(inner.data + i + 3));
      if (pair) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (read_unit(inner.data + i + 3) - 0xDC00);
        i += 6;
      }
      utf8_append(&out, unit);
      break;
    }
    default: buffer_append_char(&out, escape); break;
    }
  }
  return buffer_text(&out);
}

Text json_compact(Text json, Arena *arena) {
  if (text_find_char(json, '\n', 0) == TEXT_NOT_FOUND && text_find_char(json, '\r', 0) == TEXT_NOT_FOUND &&
      text_find_char(json, ' ', 0) == TEXT_NOT_FOUND && text_find_char(json, '\t', 0) == TEXT_NOT_FOUND)
    return json;
  Buffer out = buffer_make(arena, 0);
  bool in_string = false;
  for (size_t i = 0; i < json.length; i++) {
    char byte = json.data[i];
    if (!in_string && (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t')) continue;
    buffer_append_char(&out, byte);
    if (byte == '"') in_string = !in_string;
    if (byte == '\\') buffer_append_char(&out, json.data[++i]);
  }
  return buffer_text(&out);
}

/* ---- numbers ---- */

/* A number as 0.d1d2d3… * 10^exponent with d1 and the last digit not 0; zero has no digits. */
typedef struct Decimal {
  Text digits; /* as written: may hold the point */
  size_t count;
  int64_t exponent;
  bool negative;
} Decimal;

static int64_t read_exponent(Text digits) {
  enum { ENOUGH = 1000000000 };
  bool negative = digits.length > 0 && digits.data[0] == '-';
  int64_t value = 0;
  for (size_t i = 0; i < digits.length; i++)
    if (digits.data[i] >= '0' && value < ENOUGH) value = value * 10 + (digits.data[i] - '0');
  return negative ? -value : value;
}

static Decimal read_decimal(Text number) {
  Decimal out = {.negative = number.data[0] == '-'};
  size_t start = out.negative ? 1 : 0, end = start;
  while (end < number.length && number.data[end] != 'e' && number.data[end] != 'E') end++;
  if (end < number.length) out.exponent = read_exponent(text_slice(number, end + 1, number.length));
  Text mantissa = text_slice(number, start, end);
  size_t point = text_find_char(mantissa, '.', 0);
  size_t whole = point == TEXT_NOT_FOUND ? mantissa.length : point;
  size_t first = 0, last = mantissa.length;
  while (first < last && (mantissa.data[first] == '0' || mantissa.data[first] == '.')) first++;
  while (last > first && (mantissa.data[last - 1] == '0' || mantissa.data[last - 1] == '.')) last--;
  if (first == last) return (Decimal){0}; /* zero has no sign either */
  out.digits = text_slice(mantissa, first, last);
  out.count = out.digits.length - (text_find_char(out.digits, '.', 0) != TEXT_NOT_FOUND ? 1 : 0);
  /* Digits before the point count up, zeros behind it count down. */
  out.exponent += first < whole ? (int64_t)(whole - first) : -(int64_t)(first - whole - 1);
  return out;
}

bool json_number_equal(Text expected, Text actual) {
  if (text_equal(expected, actual)) return true;
  Decimal left = read_decimal(expected), right = read_decimal(actual);
  if (left.count != right.count) return false;
  if (left.count == 0) return true;
  if (left.negative != right.negative || left.exponent != right.exponent) return false;
  for (size_t i = 0, j = 0; i < left.digits.length && j < right.digits.length; i++, j++) {
    if (left.digits.data[i] == '.') i++;
    if (right.digits.data[j] == '.') j++;
    if (left.digits.data[i] != right.digits.data[j]) return false;
  }
  return true;
}

bool json_number_is_whole(Text number) {
  for (size_t i = 0; i < number.length; i++)
    if (number.data[i] == '.' || number.data[i] == 'e' || number.data[i] == 'E') return false;
  return true;
}
