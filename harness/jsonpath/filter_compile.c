/* The text of a filter to a tree, the way Jayway's FilterCompiler reads it.
 *
 *   filter   = "[" "?" "(" or ")" "]"          or       = and { "||" and }
 *   and      = operand { "&&" operand }        operand  = "!" operand | "(" or ")" | relation
 *   relation = value operator value | path     value    = path | string | number | true | false | null | json
 * | pattern
 *
 * Where no operator and value follow, the reader goes back and takes the path alone, which then has to exist.
 * It only does so after an InvalidPathException; a number that is none, say, ends everything. Witness: seen,
 * features filter, filter-type, filter-syntax. */
#include "harness/jsonpath/characters.h"
#include "harness/jsonpath/decimal_text.h"
#include "harness/jsonpath/relation.h"

#include <string.h>

typedef struct FilterReader {
  Compiler *compiler;
  Characters characters;
} FilterReader;

#define PLACE(reader) ((reader)->characters.text.data + (reader)->characters.at)

static int skip_to(FilterReader *reader) {
  characters_skip_blanks(&reader->characters);
  return character_now(&reader->characters);
}

static bool expect(FilterReader *reader, char wanted) {
  if (skip_to(reader) != wanted)
    return compiler_invalid(reader->compiler, PLACE(reader), "expected %c", wanted);
  reader->characters.at++;
  return true;
}

static bool is_operator_character(int character) {
  return character > 0 && memchr("<>=~!", character, 5) != NULL;
}

/* ---- values ---- */

/* The parenthesis here ends a call without arguments, as in @.a.length(). */
static bool closes_call(const Characters *characters, int begin) {
  int open = characters_significant_before(characters, characters->at);
  if (open == CHARACTER_NONE || character_at(characters, open) != '(') return false;
  for (int at = open - 1; at > begin; at--) {
    if (character_at(characters, at) == '.') return true;
  }
  return false;
}

/* Moves behind the path that begins here: up to an operator, a blank, or a parenthesis that isn't its own. */
static bool find_path_end(FilterReader *reader) {
  Characters *characters = &reader->characters;
  int begin = characters->at++;
  while (characters_hold(characters, characters->at)) {
    if (character_now(characters) == '[') {
      int close;
      if (characters_find_close(characters, characters->at, '[', ']', false, &close) != CLOSE_FOUND) {
        return compiler_invalid(reader->compiler, PLACE(reader), "a bracket is not closed");
      }
      characters->at = close + 1;
    }
    int character = character_now(characters);
    if (!characters_hold(characters, characters->at) || is_operator_character(character) || character == ' ')
      break;
    if (character == ')' && !closes_call(characters, begin)) break;
    characters->at++;
  }
  return true;
}

static bool read_path(FilterReader *reader, Operand *out) {
  Characters *characters = &reader->characters;
  int before = characters_significant_before(characters, characters->at);
  int begin = characters->at;
  if (!find_path_end(reader)) return false;
  Path *path = ARENA_NEW(reader->compiler->lasting, Path);
  out->kind = OPERAND_PATH;
  out->path = path;
  out->memo = ++reader->compiler->memos;
  out->should_exist = before == CHARACTER_NONE || character_at(characters, before) != '!';
  return path_compile(reader->compiler, characters_slice(characters, begin, characters->at), path);
}

/* string = quote { character | "\" character } the same quote */
static bool read_string(FilterReader *reader, char quote, Operand *out) {
  Characters *characters = &reader->characters;
  int begin = characters->at;
  int close = characters_find_unescaped(characters, begin, quote);
  if (close == CHARACTER_NONE) {
    return compiler_invalid(reader->compiler, PLACE(reader), "the string is not closed, expected %c", quote);
  }
  characters->at = close + 1;
  out->kind = OPERAND_STRING;
  if (literal_unescape(characters_slice(characters, begin + 1, close), reader->compiler->lasting,
                       &out->text)) {
    return true;
  }
  return compiler_fails(reader->compiler, characters->text.data + begin, "\\u needs four hexadecimal digits");
}

static bool read_word(FilterReader *reader, Text word) {
  Characters *characters = &reader->characters;
  int end = characters->at + (int)word.length;
  if (!characters_hold(characters, end - 1) ||
      !text_equal(characters_slice(characters, characters->at, end), word)) {
    return compiler_invalid(reader->compiler, PLACE(reader), "expected %.*s", TEXT_ARGS(word));
  }
  characters->at = end;
  return true;
}

static bool read_boolean(FilterReader *reader, bool value, Operand *out) {
  out->kind = OPERAND_BOOLEAN;
  out->boolean = value;
  return read_word(reader, value ? TEXT("true") : TEXT("false"));
}

/* number = what BigDecimal accepts of the digits, signs, dots and e's that stand here */
static bool read_number(FilterReader *reader, Operand *out) {
  Characters *characters = &reader->characters;
  int begin = characters->at;
  while (characters_hold(characters, characters->at) && character_now(characters) > 0 &&
         memchr("0123456789-.eE", character_now(characters), 14) != NULL) {
    characters->at++;
  }
  out->kind = OPERAND_NUMBER;
  out->text = characters_slice(characters, begin, characters->at);
  int64_t whole;
  if (text_to_integer(out->text, &whole)) out->value = value_long(whole);
  DecimalText decimal;
  if (decimal_text_read(out->text, reader->compiler->lasting, &decimal)) return true;
  return compiler_fails(reader->compiler, characters->text.data + begin, "expected a value");
}

/* json = "[" … "]" | "{" … "}". It is parsed here, but Java would parse it when it is used: only then it is
 * broken. */
static bool read_json(FilterReader *reader, char open, Operand *out) {
  Characters *characters = &reader->characters;
  int close;
  char wanted = open == '[' ? ']' : '}';
  if (characters_find_close(characters, characters->at, open, wanted, false, &close) != CLOSE_FOUND) {
    return compiler_invalid(reader->compiler, PLACE(reader), "expected %c", wanted);
  }
  out->kind = OPERAND_JSON;
  out->literal = true;
  out->text = characters_slice(characters, characters->at, close + 1);
  out->broken = !value_read(out->text, reader->compiler->lasting, &out->value, NULL);
  characters->at = close + 1;
  return true;
}

static unsigned pattern_flag(int letter) {
  switch (letter) {
  case 'd': return PATTERN_UNIX_LINES;
  case 'i': return PATTERN_CASE_INSENSITIVE;
  case 'x': return PATTERN_COMMENTS;
  case 'm': return PATTERN_MULTILINE;
  case 's': return PATTERN_DOTALL;
  case 'u': return PATTERN_UNICODE_CASE;
  case 'U': return PATTERN_UNICODE_CHARACTER_CLASS;
  default: return 0;
  }
}

/* pattern = "/" { character | "\" character } "/" { flag } */
static bool read_pattern(FilterReader *reader, Operand *out) {
  Characters *characters = &reader->characters;
  int begin = characters->at;
  int close = characters_find_unescaped(characters, begin, '/');
  if (close == CHARACTER_NONE)
    return compiler_invalid(reader->compiler, PLACE(reader), "the pattern is not closed");
  unsigned flags = 0;
  characters->at = close + 1;
  while (characters_hold(characters, characters->at) && pattern_flag(character_now(characters)) != 0) {
    flags |= pattern_flag(character_now(characters));
    characters->at++;
  }
  out->kind = OPERAND_PATTERN;
  Text source = characters_slice(characters, begin + 1, close);
  Pattern *pattern;
  Fault reason = {0};
  if (!pattern_compile(source, flags, reader->compiler->lasting, &pattern, &reason)) {
    return compiler_fails(reader->compiler, source.data, "%s", reason.message);
  }
  out->pattern = pattern;
  return true;
}

static bool read_value(FilterReader *reader, Operand *out) {
  *out = (Operand){0};
  int first = skip_to(reader);
  if (first == '!') {
    reader->characters.at++;
    first = skip_to(reader);
    if (first == '$' || first == '@') return read_path(reader, out);
    return compiler_invalid(reader->compiler, PLACE(reader), "expected a path after !");
  }
  switch (first) {
  case '$':
  case '@': return read_path(reader, out);
  case '\'':
  case '"': return read_string(reader, (char)first, out);
  case 't': return read_boolean(reader, true, out);
  case 'f': return read_boolean(reader, false, out);
  case 'n': out->kind = OPERAND_NULL; return read_word(reader, TEXT("null"));
  case '[':
  case '{': return read_json(reader, (char)first, out);
  case '/': return read_pattern(reader, out);
  default: return read_number(reader, out);
  }
}

/* ---- relations ---- */

/* operator = { "<" | ">" | "=" | "~" | "!" } | everything up to a blank */
static bool read_operator(FilterReader *reader, const Relation **out) {
  Characters *characters = &reader->characters;
  bool symbol = is_operator_character(skip_to(reader));
  int begin = characters->at;
  while (characters_hold(characters, characters->at)) {
    int character = character_now(characters);
    if (symbol ? !is_operator_character(character) : character == ' ') break;
    characters->at++;
  }
  Text name = characters_slice(characters, begin, characters->at);
  *out = relation_find(name);
  if (*out != NULL) return true;
  return compiler_invalid(reader->compiler, name.data, "no such operator: %.*s", TEXT_ARGS(name));
}

static bool read_relation(FilterReader *reader, Expression *out) {
  Compiler *compiler = reader->compiler;
  out->kind = EXPRESSION_RELATION;
  if (!read_value(reader, &out->left)) return false;
  int savepoint = reader->characters.at;
  if (read_operator(reader, &out->relation) && read_value(reader, &out->right)) return true;
  if (compiler->unforgivable) return false;
  if (out->left.kind != OPERAND_PATH)
    return compiler_invalid(compiler, PLACE(reader), "only a path can stand alone");
  reader->characters.at = savepoint;
  if (compiler->fault != NULL) *compiler->fault = (Fault){0};
  out->relation = &relation_exists;
  out->right = (Operand){.kind = OPERAND_BOOLEAN, .boolean = out->left.should_exist};
  return true;
}

/* ---- logic ---- */

static bool read_or(FilterReader *reader, const Expression **out);

static bool read_operand_inside(FilterReader *reader, Expression *out) {
  int savepoint = reader->characters.at;
  if (skip_to(reader) == '!') {
    savepoint = reader->characters.at++;
    int next = skip_to(reader);
    if (next != '$' && next != '@') {
      out->kind = EXPRESSION_NOT;
      Expression *inner = ARENA_NEW(reader->compiler->lasting, Expression);
      out->first = inner;
      if (!compiler_enter(reader->compiler, PLACE(reader))) return false;
      bool read = read_operand_inside(reader, inner);
      compiler_leave(reader->compiler);
      return read;
    }
    reader->characters.at = savepoint;
  }
  if (skip_to(reader) != '(') return read_relation(reader, out);
  reader->characters.at++;
  out->kind = EXPRESSION_AND; /* a chain of one */
  return read_or(reader, &out->first) && expect(reader, ')');
}

static bool has_word(FilterReader *reader, const char word[2]) {
  Characters *characters = &reader->characters;
  characters_skip_blanks(characters);
  if (!characters_hold(characters, characters->at + 1) || memcmp(PLACE(reader), word, 2) != 0) return false;
  characters->at += 2;
  return true;
}

static bool read_and(FilterReader *reader, Expression *out) {
  out->kind = EXPRESSION_AND;
  const Expression **link = &out->first;
  for (;;) {
    Expression *operand = ARENA_NEW(reader->compiler->lasting, Expression);
    *link = operand;
    link = &operand->next;
    if (!read_operand_inside(reader, operand)) return false;
    int savepoint = reader->characters.at;
    if (has_word(reader, "&&")) continue;
    reader->characters.at = savepoint;
    return true;
  }
}

static bool read_or(FilterReader *reader, const Expression **out) {
  if (!compiler_enter(reader->compiler, PLACE(reader))) return false;
  Expression *chain = ARENA_NEW(reader->compiler->lasting, Expression);
  chain->kind = EXPRESSION_OR;
  *out = chain;
  const Expression **link = &chain->first;
  for (;;) {
    Expression *operand = ARENA_NEW(reader->compiler->lasting, Expression);
    *link = operand;
    link = &operand->next;
    if (!read_and(reader, operand)) return false;
    int savepoint = reader->characters.at;
    if (has_word(reader, "||")) continue;
    reader->characters.at = savepoint;
    break;
  }
  compiler_leave(reader->compiler);
  return true;
}

bool filter_compile(Compiler *compiler, Text criteria, const Expression **out) {
  FilterReader reader = {.compiler = compiler, .characters = characters_make(criteria)};
  Characters *characters = &reader.characters;
  characters->at++; /* [ */
  characters->end--;
  characters_trim(characters);
  characters->at++; /* ? */
  characters_trim(characters);
  unsigned nesting = compiler->nesting;
  bool read = read_or(&reader, out);
  compiler->nesting = nesting;
  if (!read) return false;
  characters_skip_blanks(characters);
  if (!characters_hold(characters, characters->at)) return true;
  return compiler_invalid(compiler, PLACE(&reader), "expected the end of the filter");
}
