/* Random patterns over Java's whole dialect, and subjects that have a chance to match them. */
#ifndef STATUSQUO_TESTS_DIFFERENTIAL_REGEX_GENERATE_H
#define STATUSQUO_TESTS_DIFFERENTIAL_REGEX_GENERATE_H

#include "harness/base/buffer.h"

typedef struct Random {
  uint64_t state;
} Random;

uint32_t random_below(Random *random, uint32_t bound);
/* Appends a pattern, and to `subject` a text made along the way that often matches it or nearly does. */
void generate_pair(Random *random, Buffer *pattern, Buffer *subject);

#endif
