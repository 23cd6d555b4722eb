/* replay --mutate: which small changes of the definition would nobody notice? */
#ifndef STATUSQUO_CLI_MUTATE_H
#define STATUSQUO_CLI_MUTATE_H

#include "harness/cli/options.h"
#include "harness/exchange/exchange.h"

typedef struct MutateArguments {
  OptionList specs, recordings;
  Headers variables;
  const char *api;
  int seed, budget; /* seconds; 0: no limit */
  int threshold;    /* per cent that must be noticed */
} MutateArguments;

/* Lists what nobody noticed; EXIT_DIFFERENT when that is more than the threshold allows. */
int mutate_run(const MutateArguments *arguments, Arena *arena);

#endif
