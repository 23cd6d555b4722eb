/* Text to steps, the way Jayway's PathCompiler walks over it. It is no grammar in the usual sense: readers
 * are tried in an order, look ahead over blanks, and stop one character before the end; what follows from
 * that (`$.a[` is `$.a`,
 * `$.a.length().x` asks for a member named ")") is kept. Witness: seen, features property, array, slice,
 * scan. */
#include "harness/jsonpath/arguments.h"
#include "harness/jsonpath/characters.h"
#include "harness/jsonpath/parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct PathReader {
  Compiler *compiler;
  Characters characters;
  Step *steps;
  uint32_t count;
  uint32_t capacity;
} PathReader;

typedef enum ReadAnswer { READ_DONE, READ_OTHER, READ_FAULT } ReadAnswer;

/* ---- faults ---- */

static bool compiler_raise(Compiler *compiler, FaultKind kind, const char *at, const char *format,
                           va_list arguments) {
  if (compiler->fault == NULL) return false;
  char reason[FAULT_MESSAGE_SIZE / 2];
  vsnprintf(reason, sizeof reason, format, arguments);
  size_t offset = 0;
  const char *begin = compiler->text.data;
  if (at != NULL && at >= begin && at <= begin + compiler->text.length) offset = (size_t)(at - begin);
  offset = offset > compiler->prefix ? offset - compiler->prefix : 0;
  Text source = text_slice(compiler->text, compiler->prefix, compiler->text.length);
  return fault_raise_at(compiler->fault, kind, NULL, source, offset, "%s", reason);
}

bool compiler_invalid(Compiler *compiler, const char *at, const char *format, ...) {
  if (compiler->limited) return false;
  va_list arguments;
  va_start(arguments, format);
  compiler_raise(compiler, FAULT_INPUT, at, format, arguments);
  va_end(arguments);
  return false;
}

bool compiler_fails(Compiler *compiler, const char *at, const char *format, ...) {
  if (compiler->limited) return false;
  compiler->unforgivable = true;
  va_list arguments;
  va_start(arguments, format);
  compiler_raise(compiler, FAULT_INPUT, at, format, arguments);
  va_end(arguments);
  return false;
}

static bool compiler_limit(Compiler *compiler, const char *at, const char *format, ...) {
  compiler->limited = compiler->unforgivable = true;
  va_list arguments;
  va_start(arguments, format);
  compiler_raise(compiler, FAULT_LIMIT, at, format, arguments);
  va_end(arguments);
  return false;
}

bool compiler_enter(Compiler *compiler, const char *at) {
  if (++compiler->nesting <= PATH_NESTING_LIMIT) return true;
  return compiler_limit(compiler, at, "nested more than %d deep", PATH_NESTING_LIMIT);
}

void compiler_leave(Compiler *compiler) {
  compiler->nesting--;
}

static const char *reader_place(const PathReader *reader, int at) {
  return reader->characters.text.data + at;
}

#define reader_invalid(reader, at, ...)                                                                      \
  compiler_invalid((reader)->compiler, reader_place(reader, at), __VA_ARGS__)

/* ---- steps ---- */

static Step *reader_add(PathReader *reader, StepKind kind) {
  if (reader->count == reader->capacity) {
    uint32_t larger = reader->capacity == 0 ? 4 : reader->capacity * 2;
    reader->steps = arena_resize(reader->compiler->lasting, reader->steps, reader->capacity * sizeof(Step),
                                 larger * sizeof(Step));
    reader->capacity = larger;
  }
  Step *step = &reader->steps[reader->count++];
  *step = (Step){.kind = (uint8_t)kind};
  return step;
}

static void reader_add_names(PathReader *reader, const Text *names, uint32_t count) {
  Step *step = reader_add(reader, STEP_PROPERTY);
  step->as.names = names;
  step->count = count;
}

static bool is_digit(int character) {
  return character >= '0' && character <= '9';
}

/* ---- ['a', "b"] ---- */

typedef struct Names {
  Text *items;
  uint32_t count;
  uint32_t capacity;
} Names;

static bool names_add(PathReader *reader, Names *names, int from, int to) {
  Arena *arena = reader->compiler->lasting;
  if (names->count == names->capacity) {
    uint32_t larger = names->capacity == 0 ? 1 : names->capacity * 2;
    names->items = arena_resize(arena, names->items, names->capacity * sizeof(Text), larger * sizeof(Text));
    names->capacity = larger;
  }
  Text raw = characters_slice(&reader->characters, from, to);
  if (literal_unescape(raw, arena, &names->items[names->count++])) return true;
  return compiler_fails(reader->compiler, raw.data, "\\u needs four hexadecimal digits");
}

/* Collects what stands between quotes up to the closing bracket; other characters there are skipped. */
static bool read_names(PathReader *reader, int quote, Names *names, int *last_end) {
  const Characters *characters = &reader->characters;
  bool inside = false, escaped = false, after_comma = false;
  int start = 0, at = characters->at + 1;
  for (; characters_hold(characters, at); at++) {
    int character = character_at(characters, at);
    if (escaped) {
      escaped = false;
    } else if (character == '\\') {
      escaped = true;
    } else if (character == ']' && !inside) {
      if (after_comma) return reader_invalid(reader, at, "a name is missing before ]");
      break;
    } else if (character == quote && inside) {
      int next = character_significant_after(characters, at);
      if (next != ']' && next != ',') return reader_invalid(reader, at, "a name must be followed by , or ]");
      if (!names_add(reader, names, start, at)) return false;
      *last_end = at;
      inside = false;
    } else if (character == quote) {
      start = at + 1;
      inside = true;
      after_comma = false;
    } else if (character == ',' && !inside) {
      if (after_comma) return reader_invalid(reader, at, "a name is missing before ,");
      after_comma = true;
    }
  }
  return !inside || reader_invalid(reader, start, "the name is not closed, expected %c", quote);
}

/* names = "[" quote name quote { "," quote name quote } "]" */
static ReadAnswer read_bracket_names(PathReader *reader) {
  Characters *characters = &reader->characters;
  int quote = character_significant_after(characters, characters->at);
  if (quote != '\'' && quote != '"') return READ_OTHER;
  Names names = {0};
  int last_end = 0;
  if (!read_names(reader, quote, &names, &last_end)) return READ_FAULT;
  int close = characters_significant_after(characters, last_end);
  if (character_at(characters, close) != ']') {
    reader_invalid(reader, close, "expected ]");
    return READ_FAULT;
  }
  if (names.count == 0) {
    reader_invalid(reader, close, "no names in brackets");
    return READ_FAULT;
  }
  characters->at = close + 1;
  reader_add_names(reader, names.items, names.count);
  return READ_DONE;
}

/* ---- [1], [1,2], [1:2] ---- */

static bool read_int(PathReader *reader, Text text, int32_t *out) {
  int64_t number;
  while (text.length > 11 && text.data[0] == '0') text = text_slice(text, 1, text.length);
  if (!text_to_integer(text, &number) || number < INT32_MIN || number > INT32_MAX) {
    return compiler_invalid(reader->compiler, text.data, "not an index: %.*s", TEXT_ARGS(text));
  }
  *out = (int32_t)number;
  return true;
}

/* slice = [ integer ] ":" [ integer ] [ ":" anything ], not both missing; blanks are not allowed */
static bool read_slice(PathReader *reader, Text text) {
  if (text_find_char(text, ' ', 0) != TEXT_NOT_FOUND || text_find_char(text, ',', 0) != TEXT_NOT_FOUND) {
    return compiler_invalid(reader->compiler, text.data, "not a slice: %.*s", TEXT_ARGS(text));
  }
  Text rest;
  Text from = text_split(text, ':', &rest);
  Text to = text_split(rest, ':', &rest);
  Slice slice = {.has_from = from.length > 0, .has_to = to.length > 0};
  if (!slice.has_from && !slice.has_to) {
    return compiler_invalid(reader->compiler, text.data, "a slice needs a start or an end");
  }
  if (slice.has_from && !read_int(reader, from, &slice.from)) return false;
  if (slice.has_to && !read_int(reader, to, &slice.to)) return false;
  reader_add(reader, STEP_SLICE)->as.slice = slice;
  return true;
}

/* indexes = integer { "," integer }, blanks around the commas */
static bool read_indexes(PathReader *reader, Text text) {
  uint32_t count = 1;
  for (size_t i = 0; i < text.length; i++) count += text.data[i] == ',';
  int32_t *indexes = ARENA_ARRAY(reader->compiler->lasting, int32_t, count);
  for (uint32_t i = 0; i < count; i++) {
    if (!read_int(reader, text_trim(text_split(text, ',', &text)), &indexes[i])) return false;
  }
  Step *step = reader_add(reader, STEP_INDEX);
  step->as.indexes = indexes;
  step->count = count;
  return true;
}

static ReadAnswer read_array(PathReader *reader) {
  Characters *characters = &reader->characters;
  int next = character_significant_after(characters, characters->at);
  if (!is_digit(next) && next != '-' && next != ':') return READ_OTHER;
  int close = characters_find(characters, characters->at + 1, ']');
  if (close == CHARACTER_NONE) return READ_OTHER;
  Text text = literal_trim(characters_slice(characters, characters->at + 1, close));
  for (size_t i = 0; i < text.length; i++) {
    if (!is_digit(text.data[i]) && memchr(",-: ", text.data[i], 4) == NULL) return READ_OTHER;
  }
  bool is_slice = text_find_char(text, ':', 0) != TEXT_NOT_FOUND;
  if (!(is_slice ? read_slice(reader, text) : read_indexes(reader, text))) return READ_FAULT;
  characters->at = close + 1;
  return READ_DONE;
}

/* ---- [*], * ---- */

static ReadAnswer read_wildcard(PathReader *reader) {
  Characters *characters = &reader->characters;
  if (character_now(characters) == '[') {
    int star = characters_significant_after(characters, characters->at);
    if (!characters_hold(characters, star) || character_at(characters, star) != '*') return READ_OTHER;
    int close = characters_significant_after(characters, star);
    if (!characters_hold(characters, close) || character_at(characters, close) != ']') {
      reader_invalid(reader, star + 1, "expected ] after *");
      return READ_FAULT;
    }
    characters->at = close + 1;
  } else {
    characters->at++;
  }
  reader_add(reader, STEP_WILDCARD);
  return READ_DONE;
}

/* ---- [?(…)] ---- */

static ReadAnswer read_filter(PathReader *reader) {
  Characters *characters = &reader->characters;
  int question = characters_significant_after(characters, characters->at);
  if (character_at(characters, question) != '?') return READ_OTHER;
  int open = characters_significant_after(characters, question);
  if (character_at(characters, open) != '(') return READ_OTHER;
  int close;
  CloseAnswer closed = characters_find_close(characters, open, '(', ')', true, &close);
  if (closed == CLOSE_NONE) return READ_OTHER;
  if (closed == CLOSE_OPEN_QUOTE) {
    reader_invalid(reader, open, "a string or pattern in the filter is not closed");
    return READ_FAULT;
  }
  int end = characters_significant_after(characters, close);
  if (!characters_hold(characters, end) || character_at(characters, end) != ']') return READ_OTHER;
  const Expression *filter;
  if (!filter_compile(reader->compiler, characters_slice(characters, characters->at, end + 1), &filter)) {
    return READ_FAULT;
  }
  reader_add(reader, STEP_FILTER)->as.filter = filter;
  characters->at = end + 1;
  return READ_DONE;
}

/* bracket = names | indexes | slice | wildcard | filter; the first reader that feels responsible decides.
 * `[?]`, a place for a predicate handed over by a program, has none here and is invalid (seen). */
static bool read_bracket(PathReader *reader) {
  static ReadAnswer (*const readers[])(PathReader *) = {read_bracket_names, read_array, read_wildcard,
                                                        read_filter};
  for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
    ReadAnswer answer = readers[i](reader);
    if (answer != READ_OTHER) return answer == READ_DONE;
  }
  return reader_invalid(reader, reader->characters.at,
                        "expected a name in quotes, an index, * or ?( in brackets");
}

/* ---- ., .. ---- */

static bool read_dot(PathReader *reader) {
  Characters *characters = &reader->characters;
  int next = characters_hold(characters, characters->at + 1) ? character_at(characters, characters->at + 1)
                                                             : CHARACTER_NONE;
  if (next == CHARACTER_NONE) return reader_invalid(reader, characters->at, "the path ends with a dot");
  if (next == '.') reader_add(reader, STEP_SCAN);
  characters->at += next == '.' ? 2 : 1;
  return character_now(characters) != '.' || reader_invalid(reader, characters->at, "a dot too many");
}

/* ---- name, name(…) ---- */

/* Where the parenthesis opened at `open` is closed, without regard to quotes. */
static bool parenthesis_closes(const Characters *characters, int open) {
  int opened = 1;
  for (int at = open + 1; characters_hold(characters, at) && opened > 0; at++) {
    int character = character_at(characters, at);
    opened += (character == '(') - (character == ')');
  }
  return opened == 0;
}

/* call = name "(" arguments ")". Without arguments the reader stays on the closing parenthesis: as the last
 * character it is ignored, otherwise it begins a member name (seen, `$.a.length().x`). */
static bool read_call(PathReader *reader, Text name, int open) {
  Characters *characters = &reader->characters;
  if (!parenthesis_closes(characters, open))
    return reader_invalid(reader, open, "the arguments are not closed");
  Call *call = ARENA_NEW(reader->compiler->lasting, Call);
  call->name = name;
  characters->at = open + 1;
  if (character_now(characters) != ')' && !arguments_read(reader->compiler, characters, call)) return false;
  reader_add(reader, STEP_FUNCTION)->as.call = call;
  return true;
}

static bool read_name(PathReader *reader) {
  Characters *characters = &reader->characters;
  int start = characters->at, at = start;
  if (character_now(characters) == ' ')
    return reader_invalid(reader, start, "a name can't begin with a blank");
  for (; characters_hold(characters, at); at++) {
    int character = character_at(characters, at);
    if (character == ' ')
      return reader_invalid(reader, at, "a name with blanks must stand in brackets and quotes");
    if (character == '.' || character == '[' || character == '(') break;
  }
  Text name = characters_slice(characters, start, at);
  if (characters_hold(characters, at) && character_at(characters, at) == '(')
    return read_call(reader, name, at);
  characters->at = at;
  Text *names = ARENA_NEW(reader->compiler->lasting, Text);
  *names = name;
  reader_add_names(reader, names, 1);
  return true;
}

/* ---- paths ---- */

/* steps = { bracket | "." | ".." | "*" | name }, and at most one stray character behind them */
static bool read_steps(PathReader *reader) {
  Characters *characters = &reader->characters;
  for (;;) {
    bool read;
    switch (character_now(characters)) {
    case CHARACTER_NONE: return compiler_fails(reader->compiler, NULL, "the path ends too early");
    case '.':
      if (!read_dot(reader)) return false;
      continue;
    case '[': read = read_bracket(reader); break;
    case '*': read = read_wildcard(reader) == READ_DONE; break;
    default: read = read_name(reader);
    }
    if (!read) return false;
    if (characters_at_tail(characters)) return true;
  }
}

static bool step_is_definite(const Step *step, bool last) {
  switch ((StepKind)step->kind) {
  case STEP_PROPERTY: return step->count == 1 || last; /* several names at the end make one object */
  case STEP_INDEX: return step->count == 1;
  case STEP_FUNCTION: return true;
  default: return false;
  }
}

/* A scan hands every element of an array that fits its target to the step behind the target, and counts them.
 * If that step is the last one and picks members, it answers only where the count equals the index that the
 * target asks for (seen, `$..*.name`, `$..[0].name`; older_jayway doesn't). */
static void watch_step(Compiler *compiler, Step *steps, uint32_t at) {
  Step *step = &steps[at];
  if (at < 2 || steps[at - 2].kind != STEP_SCAN) return;
  if (step->kind != STEP_PROPERTY && step->kind != STEP_WILDCARD) return;
  const Step *target = &steps[at - 1];
  step->watch = ++compiler->watches;
  step->guard = target->kind == STEP_INDEX && target->count == 1 ? target->as.indexes[0] : -1;
}

/* `upstream` false: a scan was cut off before the first step. */
static void path_finish(Compiler *compiler, Step *steps, uint32_t count, bool upstream, Path *path) {
  bool definite = true;
  for (uint32_t i = 0; i < count; i++) {
    steps[i].upstream_definite = upstream && definite;
    definite = definite && step_is_definite(&steps[i], i + 1 == count);
    watch_step(compiler, steps, i);
  }
  path->steps = steps;
  path->count = count;
  path->definite = definite;
  path->is_function = count > 0 && steps[count - 1].kind == STEP_FUNCTION;
}

/* `$..x.f()` becomes `$.f($..x)`: functions that end a scan get all of its results at once. */
static bool path_invert(PathReader *reader, Path *path) {
  if (reader->steps[0].kind != STEP_SCAN || reader->steps[reader->count - 1].kind != STEP_FUNCTION)
    return false;
  uint32_t at = 0;
  while (reader->steps[at].kind != STEP_FUNCTION) at++;
  Compiler *compiler = reader->compiler;
  Argument *argument = ARENA_NEW(compiler->lasting, Argument);
  argument->is_path = true;
  argument->number = ++compiler->arguments;
  argument->watch = ++compiler->watches;
  argument->path.from_root = true;
  path_finish(compiler, reader->steps, at, true, &argument->path);
  Call *call = ARENA_NEW(compiler->lasting, Call);
  *call = (Call){.name = reader->steps[at].as.call->name, .arguments = argument, .count = 1};
  reader->steps[at].as.call = call;
  path_finish(compiler, reader->steps + at, reader->count - at, false, path);
  return true;
}

/* path = ( "$" | "@" ) [ steps ] */
static bool read_path(PathReader *reader, Path *out) {
  Characters *characters = &reader->characters;
  while (characters_hold(characters, characters->at) && character_now(characters) >= 0 &&
         memchr(" \t\r\n", character_now(characters), 4) != NULL) {
    characters->at++;
  }
  int root = character_now(characters);
  if (root != '$' && root != '@') return reader_invalid(reader, characters->at, "a path begins with $ or @");
  *out = (Path){.from_root = root == '$', .definite = true};
  if (characters_at_tail(characters)) return true;
  characters->at++;
  if (character_now(characters) != '.' && character_now(characters) != '[') {
    return reader_invalid(reader, characters->at, "expected . or [");
  }
  if (!read_steps(reader)) return false;
  if (!path_invert(reader, out)) path_finish(reader->compiler, reader->steps, reader->count, true, out);
  return true;
}

bool path_compile_argument(Compiler *compiler, Text text, Path *out) {
  if (!compiler_enter(compiler, text.data)) return false;
  PathReader reader = {.compiler = compiler, .characters = characters_make(text)};
  bool compiled = read_path(&reader, out);
  compiler_leave(compiler);
  return compiled;
}

static bool compile_trimmed(Compiler *compiler, Text text, Path *out) {
  if (text.length == 0) return compiler_invalid(compiler, text.data, "the path is empty");
  PathReader reader = {.compiler = compiler, .characters = characters_make(text)};
  characters_trim(&reader.characters);
  if (text.data[0] != '$' && text.data[0] != '@') {
    Text rooted = arena_print(compiler->lasting, "$.%.*s", TEXT_ARGS(text));
    if (compiler->text.data == text.data) {
      compiler->text = rooted;
      compiler->prefix = 2;
    }
    reader.characters = characters_make(rooted);
    characters_trim(&reader.characters);
  }
  if (character_last(&reader.characters) == '.') {
    return reader_invalid(&reader, reader.characters.end - 1, "the path ends with a dot");
  }
  return read_path(&reader, out);
}

bool path_compile(Compiler *compiler, Text text, Path *out) {
  if (!compiler_enter(compiler, text.data)) return false;
  bool compiled = compile_trimmed(compiler, text, out);
  if (!compiled && !compiler->limited)
    compiler->unforgivable = false; /* whatever it was: InvalidPathException */
  compiler_leave(compiler);
  return compiled;
}

bool jsonpath_compile(Text source, Arena *lasting, JsonPath **out, Fault *fault) {
  Compiler compiler = {.lasting = lasting, .fault = fault, .text = source};
  if (source.length > PATH_LENGTH_LIMIT) {
    return compiler_limit(&compiler, source.data, "a path of more than %d bytes", PATH_LENGTH_LIMIT);
  }
  JsonPath *path = ARENA_NEW(lasting, JsonPath);
  path->source = compiler.text = arena_copy_text(lasting, source);
  if (!path_compile(&compiler, path->source, &path->path)) return false;
  path->watches = compiler.watches;
  path->memos = compiler.memos;
  path->arguments = compiler.arguments;
  *out = path;
  return true;
}

Text jsonpath_source(const JsonPath *path) {
  return path->source;
}

bool jsonpath_is_definite(const JsonPath *path) {
  return path->path.definite;
}
