/* A file as it stood in a git revision: "main:api.yaml", as git itself names it. */
#ifndef STATUSQUO_CLI_REVISION_H
#define STATUSQUO_CLI_REVISION_H

#include "harness/cli/console.h"

typedef struct Revision {
  const char *path; /* what to read: the operand itself, or a copy of what git holds */
  const char *file; /* the copy; NULL: none */
  char *folder;     /* that it stands in */
} Revision;

/* A file of that very name comes first. FAULT_INPUT when git doesn't know the revision or path. */
bool revision_open(const char *operand, Arena *arena, Revision *out, Fault *fault);
/* Takes the copy away. */
void revision_close(Revision *revision);

#endif
