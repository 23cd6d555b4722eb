/* The permissive reader: json-smart's own grammar, read in place, without recursion.
 *
 *   document: blank* value anything*
 *   value:    object | array | quoted | number | bare           bare ends at a "stop" character of where it
 * stands: object:   '{' ( member? ',' )* member? '}'                     at the top   nothing but the end
 *   member:   name blank* ':' value                                in an array  , ]
 *   array:    '[' ( value? ','? )* ']'                             in an object , }
 *   quoted:   "…" | '…'                                            as a name    :
 *   bare:     null, true, false, NaN, or a text without its outer blanks
 *
 * U+001A is the end, wherever it stands outside of a quoted text without escapes: json-smart uses it as its
 * mark. Open containers keep their items on one stack, so each list and map is made once with its final size:
 *
 *   frames  [ { from 0 ] [ [ from 3 ]            items  [ "a" 1 "b" | 10 20 … ]
 *
 * Witness: seen (json-smart, permissive), velocity-facts 35 and 36. */
#include "harness/value/value_parts.h"

#include <assert.h>
#include <string.h>

enum {
  DEPTH_LIMIT = 400, /* seen: json-smart refuses what is nested deeper */
  END = 0x1A,
  DOUBLE_LENGTH = 18, /* seen: a longer text with a point or an exponent is a BigDecimal */
};

typedef enum Where { AT_TOP, IN_ARRAY, IN_OBJECT, IN_NAME } Where;

typedef struct Frame {
  Where where;
  bool in_member; /* an object whose member's value was begun: a comma or the end comes next */
  uint32_t from;  /* its first item on the stack */
} Frame;

typedef struct Reader {
  const char *start;
  const char *at;
  const char *end;
  Arena *arena;
  Fault *fault;
  Value *items;
  uint32_t count;
  uint32_t capacity;
  uint32_t depth;
  Frame frames[DEPTH_LIMIT + 1];
} Reader;

static char peek(const Reader *reader) {
  return reader->at < reader->end ? *reader->at : END;
}

static bool fail(Reader *reader, const char *reason) {
  fault_raise(reader->fault, FAULT_INPUT, "%s", reason);
  if (reader->fault != NULL) reader->fault->offset = (size_t)(reader->at - reader->start);
  return false;
}

static bool fail_here(Reader *reader) {
  char found = peek(reader);
  if (found == END) return fail(reader, "the text ends too early");
  return fail(reader, found == ':' ? "unexpected ':'" : "unexpected character");
}

static void push(Reader *reader, Value item) {
  if (reader->count == reader->capacity) {
    uint32_t capacity = reader->capacity * 2;
    reader->items = arena_resize(reader->arena, reader->items, reader->capacity * sizeof(Value),
                                 capacity * sizeof(Value));
    reader->capacity = capacity;
  }
  reader->items[reader->count++] = item;
}

/* ---- scalars ---- */

static bool stops(Where where, char byte) {
  if (byte == END) return true;
  switch (where) {
  case IN_ARRAY: return byte == ',' || byte == ']';
  case IN_OBJECT: return byte == ',' || byte == '}';
  case IN_NAME: return byte == ':';
  default: return false;
  }
}

static void skip_bare(Reader *reader, Where where) {
  while (!stops(where, peek(reader))) reader->at++;
}

/* Anything up to the blank, control characters too. */
static void skip_blanks(Reader *reader) {
  while (reader->at < reader->end && (unsigned char)*reader->at <= ' ' && *reader->at != END) reader->at++;
}

static Text trimmed(const char *from, const char *to) {
  while (from < to && (unsigned char)*from <= ' ') from++;
  while (to > from && (unsigned char)to[-1] <= ' ') to--;
  return (Text){from, (size_t)(to - from)};
}

static Text read_bare(Reader *reader, Where where) {
  const char *from = reader->at;
  skip_bare(reader, where);
  return trimmed(from, reader->at);
}

static Value bare_value(Text text) {
  if (text_equal(text, TEXT("null"))) return value_null();
  if (text_equal(text, TEXT("true"))) return value_boolean(true);
  if (text_equal(text, TEXT("false"))) return value_boolean(false);
  if (text_equal(text, TEXT("NaN")))
    return (Value){.kind = VALUE_FLOAT, .as.float_number = __builtin_nanf("")};
  return value_from_text(text);
}

/* A word behind a control character is no keyword (seen). */
static Value read_bare_value(Reader *reader, Where where) {
  const char *from = reader->at;
  Text text = read_bare(reader, where);
  return text.data == from ? bare_value(text) : value_from_text(text);
}

static bool is_hex(char byte) {
  char low = (char)(byte | 0x20);
  return (byte >= '0' && byte <= '9') || (low >= 'a' && low <= 'f');
}

/* escape: '\' ( 'u' hex hex hex hex | 'x' hex hex | any character ) */
static bool skip_escape(Reader *reader) {
  reader->at++;
  char kind = peek(reader);
  if (reader->at < reader->end) reader->at++;
  int digits = kind == 'u' ? 4 : kind == 'x' ? 2 : 0;
  for (; digits > 0; digits--, reader->at++)
    if (!is_hex(peek(reader))) return fail(reader, "an escape needs more hexadecimal digits");
  return true;
}

/* quoted: the quote, then characters and escapes up to the same quote; U+001A ends a text that has escapes */
static bool read_quoted(Reader *reader, Value *out) {
  const char quote = *reader->at++;
  const char *from = reader->at, *at = from;
  while (at < reader->end && *at != quote && *at != '\\') at++;
  bool escaped = at < reader->end && *at == '\\';
  reader->at = escaped ? from : at;
  while (escaped && peek(reader) != quote && peek(reader) != END) {
    if (*reader->at != '\\')
      reader->at++;
    else if (!skip_escape(reader))
      return false;
  }
  if (reader->at == reader->end || *reader->at != quote) return fail(reader, "a quoted text isn't closed");
  *out = value_from_text((Text){from, (size_t)(reader->at - from)});
  out->flags = escaped ? VALUE_ESCAPED : 0;
  reader->at++;
  return true;
}

/* Integer, Long or BigInteger by range; a text of more than 19 digits is a BigInteger whatever its value. */
static Value whole_value(Text text) {
  bool negative = text.data[0] == '-';
  Text digits = text_slice(text, negative ? 1 : 0, text.length);
  Value big = {.kind = VALUE_BIG_INTEGER,
               .flags = VALUE_LEXEME,
               .length = (uint32_t)text.length,
               .as.text = text.data};
  if (digits.length > 19) return big;
  uint64_t sum = 0;
  for (size_t i = 0; i < digits.length; i++) sum = sum * 10 + (uint64_t)(digits.data[i] - '0');
  if (sum > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return big;
  int64_t number = (int64_t)(negative ? 0 - sum : sum);
  return number >= INT32_MIN && number <= INT32_MAX ? value_integer((int32_t)number) : value_long(number);
}

static void skip_digits(Reader *reader) {
  while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') reader->at++;
}

/* A number ends at a stop, and at any character from '~' on; before anything else it was a bare text. */
static bool number_ends(Reader *reader, Where where) {
  skip_blanks(reader);
  char next = peek(reader);
  return stops(where, next) || (unsigned char)next >= '~';
}

static Value bare_number(Reader *reader, const char *from, Where where) {
  skip_bare(reader, where);
  return value_from_text(trimmed(from, reader->at));
}

/* Double.parseDouble and new BigDecimal refuse a number without digits, an exponent without, one out of
 * range. */
static bool float_value(Reader *reader, const char *from, bool exponent_missing, Value *out) {
  Text text = trimmed(from, reader->at);
  bool digit = false;
  for (size_t i = 0; i < text.length && (text.data[i] | 0x20) != 'e'; i++)
    digit = digit || (text.data[i] >= '0' && text.data[i] <= '9');
  if (!digit || exponent_missing) return fail(reader, "a number without digits");
  *out = (Value){.flags = VALUE_LEXEME, .length = (uint32_t)text.length, .as.text = text.data};
  out->kind = text.length > DOUBLE_LENGTH ? VALUE_BIG_DECIMAL : VALUE_DOUBLE;
  if (out->kind == VALUE_DOUBLE) return true;
  return decimal_lexeme_fits(text) || fail(reader, "a number with an exponent out of range");
}

/* number: '-'? digit* ( '.' digit* )? ( [eE] [+-]? digit* )? */
static bool read_number(Reader *reader, Where where, Value *out) {
  const char *from = reader->at++;
  skip_digits(reader);
  char next = peek(reader);
  if (next != '.' && next != 'e' && next != 'E') {
    *out = number_ends(reader, where) ? whole_value(trimmed(from, reader->at))
                                      : bare_number(reader, from, where);
    return true;
  }
  if (next == '.') {
    reader->at++;
    skip_digits(reader);
    next = peek(reader);
  }
  bool exponent_missing = false;
  if (next == 'e' || next == 'E') {
    reader->at++;
    next = peek(reader);
    if (next != '+' && next != '-' && !(next >= '0' && next <= '9')) {
      *out = bare_number(reader, from, where);
      return true;
    }
    const char *sign = reader->at++;
    skip_digits(reader);
    exponent_missing = (*sign == '+' || *sign == '-') && reader->at == sign + 1;
  }
  if (number_ends(reader, where)) return float_value(reader, from, exponent_missing, out);
  *out = bare_number(reader, from, where);
  return true;
}

/* ---- containers ---- */

static bool open_container(Reader *reader, Where where) {
  if (reader->depth == DEPTH_LIMIT) {
    fault_raise(reader->fault, FAULT_LIMIT, "nested deeper than %d levels", DEPTH_LIMIT);
    return false;
  }
  reader->at++;
  reader->frames[++reader->depth] = (Frame){where, false, reader->count};
  return true;
}

static Value close_list(Reader *reader, const Frame *frame) {
  uint32_t count = reader->count - frame->from;
  List *list = list_new(LIST_JSON_ARRAY, reader->arena);
  if (count > 0) {
    list->items = arena_alloc(reader->arena, count * sizeof(Value));
    memcpy(list->items, reader->items + frame->from, count * sizeof(Value));
  }
  list->count = list->capacity = count;
  return value_from_list(list);
}

static Value close_map(Reader *reader, const Frame *frame) {
  static_assert(sizeof(MapEntry) == 2 * sizeof(Value), "entries lie on the stack as key, value");
  Map *map = map_new(MAP_LINKED, reader->arena);
  const MapEntry *entries = (const MapEntry *)(const void *)(reader->items + frame->from);
  map_take_entries(map, entries, (reader->count - frame->from) / 2, reader->arena);
  return value_from_map(map);
}

static void close_container(Reader *reader) {
  const Frame *frame = &reader->frames[reader->depth--];
  reader->at++;
  Value closed = frame->where == IN_ARRAY ? close_list(reader, frame) : close_map(reader, frame);
  reader->count = frame->from;
  push(reader, closed);
}

/* ---- the walk ---- */

static void skip_white(Reader *reader) {
  for (; reader->at < reader->end; reader->at++) {
    char byte = *reader->at;
    if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t') return;
  }
}

/* value; a container is only opened here */
static bool read_value(Reader *reader, Where where) {
  skip_white(reader);
  Value value;
  switch (peek(reader)) {
  case ':':
  case '}':
  case ']': return fail_here(reader);
  case '{':
  case '[': return open_container(reader, *reader->at == '{' ? IN_OBJECT : IN_ARRAY);
  case '"':
  case '\'':
    if (!read_quoted(reader, &value)) return false;
    break;
  case '-':
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
  case '8':
  case '9':
    if (!read_number(reader, where, &value)) return false;
    break;
  default: value = read_bare_value(reader, where);
  }
  push(reader, value);
  return true;
}

/* name: quoted | bare up to ':' */
static bool read_name(Reader *reader) {
  Value name;
  if (peek(reader) == '"' || peek(reader) == '\'') {
    if (!read_quoted(reader, &name)) return false;
  } else {
    name = value_from_text(read_bare(reader, IN_NAME));
  }
  if (name.flags & VALUE_ESCAPED) name = value_from_text(value_text(name, reader->arena));
  push(reader, name);
  skip_blanks(reader);
  if (peek(reader) != ':') return fail_here(reader);
  reader->at++;
  return true;
}

/* One step inside an array: a comma, its end or an item. */
static bool step_array(Reader *reader) {
  skip_white(reader);
  switch (peek(reader)) {
  case ']': close_container(reader); return true;
  case ',': reader->at++; return true;
  case ':':
  case '}':
  case END: return fail_here(reader);
  default: return read_value(reader, IN_ARRAY);
  }
}

static bool end_member(Reader *reader, Frame *frame) {
  frame->in_member = false;
  skip_blanks(reader);
  if (peek(reader) == '}') {
    close_container(reader);
    return true;
  }
  if (peek(reader) != ',') return fail_here(reader);
  reader->at++;
  return true;
}

/* One step inside an object: a comma, its end, a member, or what follows a member. */
static bool step_object(Reader *reader, Frame *frame) {
  if (frame->in_member) return end_member(reader, frame);
  skip_white(reader);
  switch (peek(reader)) {
  case '}': close_container(reader); return true;
  case ',': reader->at++; return true;
  case ':':
  case ']':
  case '[':
  case '{': return fail_here(reader);
  default: break;
  }
  frame->in_member = true;
  return read_name(reader) && read_value(reader, IN_OBJECT);
}

bool value_read(Text body, Arena *arena, Value *out, Fault *fault) {
  enum { FIRST_ITEMS = 64, LONGEST = 1 << 30 };
  if (body.length > LONGEST) return fault_raise(fault, FAULT_LIMIT, "a body of more than 1 GiB");
  Reader reader = {
      .start = body.data, .at = body.data, .end = body.data + body.length, .arena = arena, .fault = fault};
  reader.items = arena_alloc(arena, FIRST_ITEMS * sizeof(Value));
  reader.capacity = FIRST_ITEMS;
  if (!read_value(&reader, AT_TOP)) return false;
  while (reader.depth > 0) {
    Frame *frame = &reader.frames[reader.depth];
    if (!(frame->where == IN_ARRAY ? step_array(&reader) : step_object(&reader, frame))) return false;
  }
  *out = reader.items[0];
  return true;
}
