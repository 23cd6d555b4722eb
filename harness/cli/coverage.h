/* replay --coverage: what of the definitions nothing goes through. */
#ifndef STATUSQUO_CLI_COVERAGE_H
#define STATUSQUO_CLI_COVERAGE_H

#include "harness/cli/options.h"
#include "harness/exchange/exchange.h"

typedef struct CoverageArguments {
  OptionList specs, recordings;
  Headers variables;
  const char *api;
  const char *format; /* text, json or lcov */
  int threshold;      /* per cent of everything that must be reached */
} CoverageArguments;

int coverage_run(const CoverageArguments *arguments, Arena *arena);

#endif
