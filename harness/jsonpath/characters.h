/* Jayway's CharacterIndex: a text with a position and an end that trimming moves. Positions are byte offsets;
 * what lies behind the end can still be seen, as in Java. Only blanks (U+0020) are insignificant. */
#ifndef STATUSQUO_JSONPATH_CHARACTERS_H
#define STATUSQUO_JSONPATH_CHARACTERS_H

#include "harness/base/text.h"

enum { CHARACTER_NONE = -1 };

typedef struct Characters {
  Text text;
  int at;
  int end; /* behind the last character */
} Characters;

Characters characters_make(Text text);
void characters_trim(Characters *characters);
/* The byte there, CHARACTER_NONE outside of the text (where Java throws). */
int character_at(const Characters *characters, int at);
int character_now(const Characters *characters);
int character_last(const Characters *characters);
bool characters_hold(const Characters *characters, int at);
/* At the last UTF-16 unit or behind it: Jayway stops here, so one stray character behind a path is ignored.
 */
bool characters_at_tail(const Characters *characters);
void characters_skip_blanks(Characters *characters);
/* Position of the first significant character behind `from`; the end when there is none. */
int characters_significant_after(const Characters *characters, int from);
/* The same, the character itself; a blank when there is none. */
int character_significant_after(const Characters *characters, int from);
/* Position of the last significant character before `from`, or CHARACTER_NONE. */
int characters_significant_before(const Characters *characters, int from);
/* First `wanted` at or behind `from`, or CHARACTER_NONE. */
int characters_find(const Characters *characters, int from, char wanted);
/* First `wanted` behind `from` that no backslash escapes. */
int characters_find_unescaped(const Characters *characters, int from, char wanted);
Text characters_slice(const Characters *characters, int from, int to);

typedef enum CloseAnswer { CLOSE_FOUND, CLOSE_NONE, CLOSE_OPEN_QUOTE } CloseAnswer;
/* The bracket that closes the one at `from`; strings, and regular expressions on demand, are skipped the way
 * Jayway skips them: what stands right behind a closing quote isn't looked at as an opening one. */
CloseAnswer characters_find_close(const Characters *characters, int from, char open, char close,
                                  bool skip_patterns, int *out);

#endif
