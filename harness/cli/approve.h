/* Approving, for the verb and for `replay --update`. */
#ifndef STATUSQUO_CLI_APPROVE_H
#define STATUSQUO_CLI_APPROVE_H

#include "harness/cli/options.h"
#include "harness/replay/approve.h"

typedef struct ApproveArguments {
  OptionList specs, recordings, only, tags, variables;
  const char *api, *filter, *operation;
  bool interactive, all, non_breaking, breaking;
} ApproveArguments;

int approve_run(const ApproveArguments *arguments, Arena *arena);

/* A person goes through what is open, key by key. False: left without wanting anything written. */
bool approve_ask(Approvals *approvals, bool breaking, Fault *fault);
/* One approval as text; `index` and `total` 0: without a number. */
void approve_print(const Approval *approval, size_t index, size_t total, bool color, Buffer *out);

#endif
