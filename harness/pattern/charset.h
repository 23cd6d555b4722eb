/* Sets of characters as sorted ranges: what every character class comes down to before it is handed to PCRE2.
 * Java's class algebra (union, &&, ^, nested classes) is arithmetic here, so nothing of it depends on what
 * PCRE2 can say. */
#ifndef STATUSQUO_PATTERN_CHARSET_H
#define STATUSQUO_PATTERN_CHARSET_H

#include "harness/base/arena.h"

enum { CHARACTER_LAST = 0x10FFFF };

typedef struct CharRange {
  uint32_t first, last;
} CharRange;

/* Sorted, without overlap or touching neighbours; constant once made. */
typedef struct CharSet {
  const CharRange *ranges;
  size_t count;
} CharSet;

CharSet charset_of(const CharRange *ranges, size_t count, Arena *arena);
CharSet charset_range(uint32_t first, uint32_t last, Arena *arena);
CharSet charset_union(CharSet left, CharSet right, Arena *arena);
CharSet charset_intersection(CharSet left, CharSet right, Arena *arena);
CharSet charset_negation(CharSet set, Arena *arena);
bool charset_has(CharSet set, uint32_t character);
bool charset_is_everything(CharSet set);
/* The generated form: see unicode_tables.c. */
CharSet charset_unpack(const unsigned char *bytes, Arena *arena);

/* A union in the making: cheap to add to, whatever the order. */
typedef struct CharSetBuilder {
  Arena *arena;
  CharRange *ranges;
  size_t count, capacity;
  size_t tidy; /* ranges were put in order when there were so many */
} CharSetBuilder;

void charset_add_range(CharSetBuilder *builder, uint32_t first, uint32_t last);
void charset_add(CharSetBuilder *builder, CharSet set);
CharSet charset_finish(CharSetBuilder *builder);

#endif
