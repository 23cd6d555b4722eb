/* Texts that a pattern matches, read off its tree: for whoever needs an input that chooses a rule. */
#ifndef STATUSQUO_PATTERN_EXAMPLE_H
#define STATUSQUO_PATTERN_EXAMPLE_H

#include "harness/pattern/pattern.h"

enum { PATTERN_EXAMPLES = 24, PATTERN_EXAMPLE_LENGTH = 4096 };

/* Up to PATTERN_EXAMPLES different ones into `out`, each of which the whole pattern matches; how many. None
 * when the pattern is broken, or when look-arounds and references keep what is tried from matching. The same
 * pattern always gives the same texts. */
size_t pattern_examples(Text source, Arena *arena, Text out[PATTERN_EXAMPLES]);

#endif
