/* Jayway cuts arguments out by counting brackets and double quotes, before anybody parses them. An argument
 * is JSON when it begins with { " - or a digit, a path when it begins with $ or @; everything else is skipped
 * up to such a character, so single quotes and true are lost and 'a1' is the text "1'" (seen, feature
 * function-arg). */
#include "harness/jsonpath/arguments.h"

typedef enum ArgumentKind { ARGUMENT_UNKNOWN, ARGUMENT_JSON, ARGUMENT_PATH } ArgumentKind;

typedef struct ArgumentReader {
  Compiler *compiler;
  Buffer text; /* of the argument so far */
  ArgumentKind kind;
  int parentheses, brackets, braces, quotes; /* open */
  Argument *items;
  uint32_t count;
  uint32_t capacity;
} ArgumentReader;

static ArgumentKind kind_of(int character) {
  if (character == '{' || character == '"' || character == '-') return ARGUMENT_JSON;
  if (character >= '0' && character <= '9') return ARGUMENT_JSON;
  return character == '$' || character == '@' ? ARGUMENT_PATH : ARGUMENT_UNKNOWN;
}

static bool is_white(int character) {
  return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static bool argument_take(ArgumentReader *reader) {
  Arena *arena = reader->compiler->lasting;
  if (reader->count == reader->capacity) {
    uint32_t larger = reader->capacity == 0 ? 2 : reader->capacity * 2;
    reader->items =
        arena_resize(arena, reader->items, reader->capacity * sizeof(Argument), larger * sizeof(Argument));
    reader->capacity = larger;
  }
  Argument *argument = &reader->items[reader->count++];
  *argument = (Argument){.is_path = reader->kind == ARGUMENT_PATH};
  Text text = arena_copy_text(arena, buffer_text(&reader->text));
  buffer_clear(&reader->text);
  reader->kind = ARGUMENT_UNKNOWN;
  if (!argument->is_path) {
    argument->json = text;
    return true;
  }
  argument->number = ++reader->compiler->arguments;
  argument->watch = ++reader->compiler->watches;
  return path_compile_argument(reader->compiler, text, &argument->path);
}

/* A comma or closing parenthesis outside of everything ends an argument. */
static bool argument_ends(const ArgumentReader *reader, int character) {
  if (reader->quotes != 0 || reader->braces != 0 || reader->brackets != 0) return false;
  return reader->parentheses == 1 || (reader->parentheses == 0 && character == ')');
}

static bool count_character(ArgumentReader *reader, int character, int before) {
  switch (character) {
  case '"': reader->quotes += before != '\\' && reader->quotes > 0 ? -1 : 1; return true;
  case '(': reader->parentheses++; return true;
  case '{': reader->braces++; return true;
  case '[': reader->brackets++; return true;
  case '}': return reader->braces-- > 0;
  case ']': return reader->brackets-- > 0;
  case ')':
    reader->parentheses--;
    if (reader->parentheses < 0 || before == '(') buffer_append_char(&reader->text, ')');
    return true;
  default: return true;
  }
}

/* arguments = [ argument { "," argument } ] ")" */
bool arguments_read(Compiler *compiler, Characters *characters, Call *call) {
  ArgumentReader reader = {.compiler = compiler, .text = buffer_make(compiler->lasting, 0), .parentheses = 1};
  int before = 0;
  bool ended = false;
  while (characters_hold(characters, characters->at) && !ended) {
    int character = character_at(characters, characters->at++);
    if (reader.kind == ARGUMENT_UNKNOWN) {
      if (is_white(character)) continue;
      reader.kind = kind_of(character);
    }
    if (!count_character(&reader, character, before)) {
      return compiler_invalid(compiler, characters->text.data + characters->at - 1, "unexpected %c",
                              character);
    }
    if ((character == ')' || character == ',') && argument_ends(&reader, character)) {
      ended = reader.parentheses == 0;
      if (reader.kind != ARGUMENT_UNKNOWN && !argument_take(&reader)) return false;
    }
    bool separates =
        character == ',' && reader.braces == 0 && reader.brackets == 0 && reader.parentheses == 1;
    if (reader.kind != ARGUMENT_UNKNOWN && !separates) buffer_append_char(&reader.text, (char)character);
    before = character;
  }
  if (reader.braces != 0 || reader.parentheses != 0 || reader.brackets != 0) {
    return compiler_invalid(compiler, characters->text.data, "the arguments are not closed");
  }
  call->arguments = reader.items;
  call->count = reader.count;
  return true;
}
