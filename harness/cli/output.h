/* Where a report goes while it grows: standard output as it comes, or a file that takes its name only when it
 * is complete. */
#ifndef STATUSQUO_CLI_OUTPUT_H
#define STATUSQUO_CLI_OUTPUT_H

#include "harness/cli/console.h"

typedef struct Output {
  Buffer buffer;    /* write here */
  const char *path; /* NULL: standard output */
  char *temporary;
  int descriptor;
} Output;

/* `path` NULL or "-": standard output. */
bool output_open(const char *path, Arena *arena, Output *out, Fault *fault);
/* To the end of a file that others write to as well. */
bool output_append(const char *path, Output *out, Fault *fault);
/* Passes on what is in the buffer once it is worth it, or `now`. */
bool output_flush(Output *output, bool now, Fault *fault);
/* Writes the rest and renames; when `complete` is false nothing is left behind. */
bool output_close(Output *output, bool complete, Fault *fault);

#endif
