/* replay --learn: ignore rules for what varies by itself, as a patch to the spec. */
#ifndef STATUSQUO_CLI_LEARN_H
#define STATUSQUO_CLI_LEARN_H

#include "harness/cli/options.h"
#include "harness/exchange/exchange.h"

typedef struct LearnArguments {
  OptionList specs, recordings;
  Headers variables;
  const char *api;
} LearnArguments;

/* Writes a unified diff; EXIT_DIFFERENT when there is something to propose. */
int learn_run(const LearnArguments *arguments, Arena *arena);

#endif
