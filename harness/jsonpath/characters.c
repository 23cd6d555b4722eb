#include "harness/jsonpath/characters.h"

Characters characters_make(Text text) {
  return (Characters){.text = text, .at = 0, .end = (int)text.length};
}

int character_at(const Characters *characters, int at) {
  if (at < 0 || at >= (int)characters->text.length) return CHARACTER_NONE;
  return (unsigned char)characters->text.data[at];
}

int character_now(const Characters *characters) {
  return character_at(characters, characters->at);
}

int character_last(const Characters *characters) {
  return character_at(characters, characters->end - 1);
}

bool characters_hold(const Characters *characters, int at) {
  return at >= 0 && at < characters->end;
}

bool characters_at_tail(const Characters *characters) {
  if (characters->at >= characters->end - 1) return true;
  int lead = character_now(characters);
  int width = lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return lead < 0xF0 && characters->at >= characters->end - width;
}

void characters_skip_blanks(Characters *characters) {
  while (characters->at < characters->end - 1 && character_now(characters) == ' ') characters->at++;
}

void characters_trim(Characters *characters) {
  characters_skip_blanks(characters);
  while (characters->at < characters->end - 1 && character_last(characters) == ' ') characters->end--;
}

int characters_significant_after(const Characters *characters, int from) {
  int at = from + 1;
  while (characters_hold(characters, at) && character_at(characters, at) == ' ') at++;
  return at;
}

int character_significant_after(const Characters *characters, int from) {
  int at = characters_significant_after(characters, from);
  return characters_hold(characters, at) ? character_at(characters, at) : ' ';
}

int characters_significant_before(const Characters *characters, int from) {
  int at = from - 1;
  while (characters_hold(characters, at) && character_at(characters, at) == ' ') at--;
  return characters_hold(characters, at) ? at : CHARACTER_NONE;
}

int characters_find(const Characters *characters, int from, char wanted) {
  for (int at = from; characters_hold(characters, at); at++) {
    if (character_at(characters, at) == wanted) return at;
  }
  return CHARACTER_NONE;
}

int characters_find_unescaped(const Characters *characters, int from, char wanted) {
  bool escaped = false;
  for (int at = from + 1; characters_hold(characters, at); at++) {
    int byte = character_at(characters, at);
    if (escaped) {
      escaped = false;
    } else if (byte == '\\') {
      escaped = true;
    } else if (byte == wanted) {
      return at;
    }
  }
  return CHARACTER_NONE;
}

Text characters_slice(const Characters *characters, int from, int to) {
  return text_slice(characters->text, (size_t)from, (size_t)(to > from ? to : from));
}

CloseAnswer characters_find_close(const Characters *characters, int from, char open, char close,
                                  bool skip_patterns, int *out) {
  int opened = 1;
  for (int at = from + 1; characters_hold(characters, at); at++) {
    int quote = character_at(characters, at);
    if (quote == '\'' || quote == '"') {
      at = characters_find_unescaped(characters, at, (char)quote);
      if (at == CHARACTER_NONE) return CLOSE_OPEN_QUOTE;
      at++;
    }
    if (skip_patterns && character_at(characters, at) == '/') {
      at = characters_find_unescaped(characters, at, '/');
      if (at == CHARACTER_NONE) return CLOSE_OPEN_QUOTE;
      at++;
    }
    int byte = character_at(characters, at);
    if (byte == open) opened++;
    if (byte == close && --opened == 0) {
      *out = at;
      return CLOSE_FOUND;
    }
  }
  return CLOSE_NONE;
}
