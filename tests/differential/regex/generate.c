#include "tests/differential/regex/generate.h"

#include "harness/base/utf8.h"

#include <string.h>

/* xorshift64*: the same pairs for the same seed everywhere. */
uint32_t random_below(Random *random, uint32_t bound) {
  random->state ^= random->state >> 12;
  random->state ^= random->state << 25;
  random->state ^= random->state >> 27;
  return (uint32_t)((random->state * 2685821657736338717u) >> 33) % bound;
}

static bool chance(Random *random, uint32_t percent) {
  return random_below(random, 100) < percent;
}

#define PICK(random, list) ((list)[random_below(random, (uint32_t)(sizeof(list) / sizeof(list)[0]))])

typedef struct Maker {
  Random *random;
  Buffer *pattern;
  Buffer *subject;
  unsigned groups, named;
  unsigned depth;
  unsigned behind; /* inside look-behinds: lengths should stay bounded */
} Maker;

/* Letters that repeat, so that references and alternatives meet; line terminators, case pairs with a twist
 * (Kelvin, long s, dotted and dotless i, sharp s, sigma), a mark, digits of other scripts, beyond the BMP. */
static const uint32_t alphabet[] = {
    'a',   'a',    'a',    'b',    'b',    'c',    'k',     's',     'A',     'B',    'K',     'S',
    '0',   '1',    '4',    '9',    '_',    '-',    ' ',     ' ',     '\t',    '\n',   '\n',    '\r',
    '.',   ',',    ':',    '[',    ']',    '{',    '}',     '&',     '^',     '#',    0x0B,    0x85,
    0xA0,  0xDF,   0xE9,   0xC9,   0x130,  0x131,  0x17F,   0x212A,  0x301,   0x3C3,  0x3C2,   0x3A3,
    0x660, 0x2028, 0x2029, 0x1E9E, 0x4E00, 0xFF21, 0x1F600, 0x10400, 0x10428, 0x200D, 0x1F1E9, 0x1F1EA,
};

static uint32_t any_character(Random *random) {
  return chance(random, 70) ? alphabet[random_below(random, 24)] : PICK(random, alphabet);
}

static void say(Maker *maker, const char *text) {
  buffer_append_string(maker->pattern, text);
}

static void sample(Maker *maker, uint32_t character) {
  if (maker->subject->length < 60) utf8_append(maker->subject, character);
}

static void sample_any(Maker *maker) {
  sample(maker, any_character(maker->random));
}

/* ---- characters */

static void say_character(Maker *maker, uint32_t character, bool in_class) {
  bool special = character < 0x80 && strchr("\\^$.|?*+()[]{}&-# \t\n\r\v", (int)character) != NULL;
  uint32_t way = random_below(maker->random, 100);
  if (way < 3) {
    buffer_print(maker->pattern, "\\x{%x}", character);
  } else if (way < 6 && character < 0x10000) {
    buffer_print(maker->pattern, "\\u%04x", character);
  } else if (way < 8 && character < 0x100) {
    buffer_print(maker->pattern, "\\x%02X", character);
  } else if (way < 9 && character < 0x100) {
    buffer_print(maker->pattern, "\\0%o", character);
  } else if (way < 10 && character >= 0x10000) {
    buffer_print(maker->pattern, "\\u%04x\\u%04x", 0xD800 + ((character - 0x10000) >> 10),
                 0xDC00 + (character & 0x3FF));
  } else if (special && (way < 90 || !in_class)) {
    say(maker, "\\");
    utf8_append(maker->pattern, character);
  } else {
    utf8_append(maker->pattern, character);
  }
}

static void say_literal(Maker *maker) {
  uint32_t character = any_character(maker->random);
  say_character(maker, character, false);
  if (chance(maker->random, 85))
    sample(maker, character);
  else if (character < 0x80 && (character | 32) >= 'a' && (character | 32) <= 'z')
    sample(maker, character ^ 32);
  else
    sample_any(maker);
}

static void say_escape(Maker *maker, bool in_class) {
  static const char *const classes[] = {"\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\h", "\\H", "\\v", "\\V"};
  static const char *const controls[] = {"\\t",
                                         "\\n",
                                         "\\r",
                                         "\\f",
                                         "\\a",
                                         "\\e",
                                         "\\cA",
                                         "\\cj",
                                         "\\N{LATIN SMALL LETTER A}",
                                         "\\N{WHITE SMILING FACE}"};
  static const char *const properties[] = {"\\p{Lu}",
                                           "\\p{Ll}",
                                           "\\pL",
                                           "\\PL",
                                           "\\p{L}",
                                           "\\p{Nd}",
                                           "\\p{Alpha}",
                                           "\\p{Lower}",
                                           "\\p{Upper}",
                                           "\\p{Punct}",
                                           "\\p{Space}",
                                           "\\p{Graph}",
                                           "\\p{Print}",
                                           "\\p{Blank}",
                                           "\\p{Cntrl}",
                                           "\\p{XDigit}",
                                           "\\p{Alnum}",
                                           "\\p{ASCII}",
                                           "\\p{IsAlphabetic}",
                                           "\\p{IsLatin}",
                                           "\\p{IsGreek}",
                                           "\\p{InGreek}",
                                           "\\p{InBasicLatin}",
                                           "\\p{script=Han}",
                                           "\\p{sc=latin}",
                                           "\\p{block=Deseret}",
                                           "\\p{blk=Arabic}",
                                           "\\p{gc=Lu}",
                                           "\\p{general_category=Sc}",
                                           "\\p{IsUppercase}",
                                           "\\p{IsLowercase}",
                                           "\\p{IsWhite_Space}",
                                           "\\p{IsDigit}",
                                           "\\p{IsPunctuation}",
                                           "\\p{IsL}",
                                           "\\p{javaLowerCase}",
                                           "\\p{javaUpperCase}",
                                           "\\p{javaWhitespace}",
                                           "\\p{javaMirrored}",
                                           "\\p{LC}",
                                           "\\p{LD}",
                                           "\\p{L1}",
                                           "\\p{all}",
                                           "\\p{Cn}",
                                           "\\p{M}",
                                           "\\p{IsAssigned}",
                                           "\\P{Lu}",
                                           "\\P{IsAlphabetic}",
                                           "\\P{Alpha}",
                                           "\\p{IsWord}",
                                           "\\p{Lt}",
                                           "\\p{IsTitlecase}"};
  static const char *const wrong[] = {"\\p{Latin}", "\\p{^L}", "\\y",   "\\K", "\\E",  "\\p{Any}",
                                      "\\p{}",      "\\x1",    "\\u12", "\\N", "\\08", "\\pX"};
  uint32_t way = random_below(maker->random, 100);
  if (way < 45)
    say(maker, PICK(maker->random, classes));
  else if (way < 60)
    say(maker, PICK(maker->random, controls));
  else if (way < 98 || in_class)
    say(maker, PICK(maker->random, properties));
  else
    say(maker, PICK(maker->random, wrong));
  sample_any(maker);
}

/* ---- classes */

static void say_class(Maker *maker);

static void say_member(Maker *maker) {
  uint32_t way = random_below(maker->random, 100);
  if (way < 45) {
    say_character(maker, any_character(maker->random), true);
  } else if (way < 65) {
    uint32_t first = any_character(maker->random), last = any_character(maker->random);
    if (first > last && chance(maker->random, 95)) {
      uint32_t swap = first;
      first = last;
      last = swap;
    }
    say_character(maker, first, true);
    say(maker, "-");
    say_character(maker, last, true);
  } else if (way < 75) {
    say_escape(maker, true);
  } else if (way < 88 && maker->depth < 4) {
    say_class(maker);
  } else if (way < 96) {
    say(maker, "&&");
  } else {
    static const char *const odd[] = {"-", "&", "^", "]", " ", "#", "[:alpha:]", "\\Q]-[\\E", "\\b"};
    say(maker, PICK(maker->random, odd));
  }
}

static void say_class(Maker *maker) {
  maker->depth++;
  size_t length = maker->subject->length;
  say(maker, chance(maker->random, 30) ? "[^" : "[");
  for (uint32_t members = 1 + random_below(maker->random, 4); members > 0; members--) say_member(maker);
  say(maker, "]");
  maker->subject->length = length;
  sample_any(maker);
  maker->depth--;
}

/* ---- structure */

static void say_alternatives(Maker *maker);

static void say_flags(Maker *maker) {
  static const char letters[] = "iiimsduxU";
  for (uint32_t count = 1 + random_below(maker->random, 2); count > 0; count--)
    buffer_append_char(maker->pattern, letters[random_below(maker->random, sizeof letters - 1)]);
  if (chance(maker->random, 20)) {
    say(maker, "-");
    buffer_append_char(maker->pattern, letters[random_below(maker->random, sizeof letters - 1)]);
  }
}

static void say_group(Maker *maker) {
  uint32_t way = random_below(maker->random, 100);
  size_t length = maker->subject->length;
  maker->depth++;
  bool around = false, behind = false;
  if (way < 40) {
    say(maker, "(");
    maker->groups++;
  } else if (way < 48 && maker->named < 3) {
    buffer_print(maker->pattern, "(?<n%u>", ++maker->named);
    maker->groups++;
  } else if (way < 65) {
    say(maker, "(?:");
  } else if (way < 71) {
    say(maker, "(?>");
  } else if (way < 78) {
    say(maker, "(?");
    say_flags(maker);
    say(maker, ":");
  } else if (way < 88) {
    say(maker, chance(maker->random, 60) ? "(?=" : "(?!");
    around = true;
  } else {
    say(maker, chance(maker->random, 60) ? "(?<=" : "(?<!");
    around = behind = true;
  }
  maker->behind += behind;
  say_alternatives(maker);
  maker->behind -= behind;
  say(maker, ")");
  if (around && chance(maker->random, 50)) maker->subject->length = length;
  maker->depth--;
}

static void say_place(Maker *maker) {
  static const char *const places[] = {"^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "^", "$", "\\b"};
  say(maker, PICK(maker->random, places));
}

static void say_quote(Maker *maker) {
  say(maker, "\\Q");
  for (uint32_t count = 1 + random_below(maker->random, 3); count > 0; count--) {
    uint32_t character = any_character(maker->random);
    utf8_append(maker->pattern, character);
    sample(maker, character);
  }
  if (chance(maker->random, 90)) say(maker, "\\E");
}

static void say_reference(Maker *maker) {
  if (maker->named > 0 && chance(maker->random, 30))
    buffer_print(maker->pattern, "\\k<n%u>", 1 + random_below(maker->random, maker->named));
  else
    buffer_print(maker->pattern, "\\%u", 1 + random_below(maker->random, maker->groups + 2));
  if (chance(maker->random, 50)) sample_any(maker);
}

static void say_atom(Maker *maker) {
  uint32_t way = random_below(maker->random, 100);
  if (way < 36) {
    say_literal(maker);
  } else if (way < 44) {
    say(maker, ".");
    sample_any(maker);
  } else if (way < 52) {
    say_escape(maker, false);
  } else if (way < 64) {
    say_class(maker);
  } else if (way < 82 && maker->depth < 5) {
    say_group(maker);
  } else if (way < 89) {
    say_place(maker);
  } else if (way < 91) {
    say_quote(maker);
  } else if (way < 94) {
    say_reference(maker);
  } else if (way < 96) {
    say(maker, chance(maker->random, 80) ? "\\R" : "\\X");
    sample(maker, chance(maker->random, 50) ? '\n' : '\r');
  } else if (way < 98) {
    say(maker, "(?");
    say_flags(maker);
    say(maker, ")");
  } else {
    static const char *const odd[] = {"(?#c)", "{1}", "}", "]",    "(?P<a>b)", "#",
                                      " ",     "\\",  "*", "(?c)", "(?|a)",    "{a"};
    say(maker, PICK(maker->random, odd));
  }
}

static void say_quantifier(Maker *maker, size_t from) {
  static const char *const simple[] = {"*",     "+",    "?",   "{2}",   "{1,2}",
                                       "{0,1}", "{2,}", "{0}", "{1,3}", "{0,2}"};
  static const char *const bounded[] = {"?", "{2}", "{1,2}", "{0,1}", "{3}", "{1,3}"};
  say(maker, maker->behind > 0 && chance(maker->random, 85) ? PICK(maker->random, bounded)
                                                            : PICK(maker->random, simple));
  if (chance(maker->random, 30)) say(maker, chance(maker->random, 60) ? "?" : "+");
  Text once = text_slice(buffer_text(maker->subject), from, maker->subject->length);
  uint32_t turns = random_below(maker->random, 3);
  if (turns == 0)
    maker->subject->length = from;
  else if (turns == 2 && maker->subject->length < 60) {
    char copy[128];
    if (once.length > 0 && once.length < sizeof copy) {
      memcpy(copy, once.data, once.length);
      buffer_append_bytes(maker->subject, copy, once.length);
    }
  }
}

static void say_row(Maker *maker) {
  for (uint32_t atoms = random_below(maker->random, maker->depth > 1 ? 4 : 6); atoms > 0; atoms--) {
    size_t from = maker->subject->length;
    say_atom(maker);
    if (chance(maker->random, 28)) say_quantifier(maker, from);
  }
}

static void say_alternatives(Maker *maker) {
  say_row(maker);
  while (chance(maker->random, 18)) {
    size_t length = maker->subject->length;
    say(maker, "|");
    say_row(maker);
    if (chance(maker->random, 70)) maker->subject->length = length;
  }
}

/* A slip of the hand: one character of the pattern lost, doubled or replaced. */
static void disturb(Random *random, Buffer *text, const char *meta) {
  if (text->length == 0) return;
  size_t at = random_below(random, (uint32_t)text->length);
  if ((unsigned char)text->data[at] >= 0x80) return;
  if (chance(random, 40)) {
    memmove(text->data + at, text->data + at + 1, text->length - at - 1);
    text->length--;
  } else {
    text->data[at] = meta[random_below(random, (uint32_t)strlen(meta))];
  }
}

void generate_pair(Random *random, Buffer *pattern, Buffer *subject) {
  Maker maker = {.random = random, .pattern = pattern, .subject = subject};
  if (chance(random, 20)) {
    say(&maker, "(?");
    say_flags(&maker);
    say(&maker, ")");
  }
  say_alternatives(&maker);
  if (chance(random, 8)) disturb(random, pattern, "()[]{}?*+\\|^$&-,019Qpx");
  if (chance(random, 25)) disturb(random, subject, "abkKS01\n\r _-");
  if (chance(random, 15)) utf8_append(subject, any_character(random));
  if (chance(random, 5)) buffer_append_string(subject, "\r\n");
}
