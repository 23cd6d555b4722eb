/* From the tree to the text of PCRE2 patterns. What PCRE2 can't say (Java's word boundaries, \G after an
 * empty match, look-behinds of varying length) becomes a callout: a letter, perhaps with a number, that
 * match.c answers at that place. */
#ifndef STATUSQUO_PATTERN_TRANSLATE_H
#define STATUSQUO_PATTERN_TRANSLATE_H

#include "harness/pattern/tree.h"

enum {
  CALLOUT_WORD = 'w',         /* a boundary of words */
  CALLOUT_NOT_WORD = 'W',     /* none */
  CALLOUT_WORD_UNICODE = 'u', /* the same two under (?U) */
  CALLOUT_NOT_WORD_UNICODE = 'U',
  CALLOUT_PREVIOUS_END = 'G',
  CALLOUT_GRAPHEME_BOUNDARY = 'g',
  CALLOUT_CLUSTER_START = 'c', /* remembers the place */
  CALLOUT_IN_CLUSTER = 'i',    /* the grapheme cluster that started there hasn't ended */
  CALLOUT_FOLD_START = 'f',    /* remembers the place */
  CALLOUT_FOLD_ASCII = 'a',    /* what was read since equals group N, ASCII case aside */
  CALLOUT_FOLD_UNICODE = 'n',  /* the same by Unicode's simple folding */
  CALLOUT_BEHIND = 'b',        /* look-behind N matches before this place */
  CALLOUT_NOT_BEHIND = 'B',    /* it doesn't */
  CALLOUT_BEHIND_END = 'e',    /* inside a look-behind: here is where it has to end */
};

enum { BEHIND_DEEPEST = 4 };

/* A look-behind that is matched on its own, from every place that is near enough. */
typedef struct BehindText {
  Text text;
  size_t least, most; /* SIZE_MAX: any distance */
  size_t room;        /* UTF-16 units that must stand before the place, whatever the match takes */
  bool by_characters;
} BehindText;

typedef struct Translation {
  Text text;
  BehindText *behinds; /* 1 … behind_count, entry 0 is unused */
  size_t behind_count;
  bool literal_ways; /* PCRE2 must not make loops possessive or anchor .* of its own accord: it forgets that a
                        callout can refuse, and that an atomic group can be empty (seen: 10.42) */
  bool literal_starts; /* … nor work out what a match starts with: it is wrong about (?=a)b?a (seen: 10.42) */
  uint32_t *groups;    /* PCRE2's number for each of Java's groups; 0: PCRE2 doesn't see it */
  bool *hidden; /* … though it may take part: it is in a positive look-behind that is matched apart */
} Translation;

/* `share_sets`: large sets are written once and called, which is slower but makes smaller programs. */
bool tree_translate(Tree *tree, bool share_sets, Arena *arena, Translation *out, Fault *fault);

#endif
