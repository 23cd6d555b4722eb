/* What verbs read: spec files, and folders of them; recordings. */
#ifndef STATUSQUO_CLI_INPUTS_H
#define STATUSQUO_CLI_INPUTS_H

#include "harness/cli/options.h"
#include "harness/spec/spec.h"
#include "store/store.h"

/* The spec files that the operands name, in order. A folder stands for every spec file below it: files that
 * have cases, statuses or approved at the root, or api and recordings; definitions beside them are passed
 * over. Prints what is wrong; false then, with *status. */
bool inputs_find_specs(const OptionList *operands, Arena *arena, OptionList *specs, int *status);

/* NAME=VALUE, as --variable takes them; a usage fault names the one that isn't. */
bool inputs_read_variables(const OptionList *given, Arena *arena, Headers *out, Fault *fault);

typedef struct Recordings {
  Store **stores;
  size_t count;
} Recordings;

/* Those of --recordings when given, else the spec's own. One that the spec names and that isn't there yet is
 * only worth a warning: nothing was recorded so far. `quiet`: prints nothing, and status may be NULL. */
bool inputs_open_recordings(const Spec *spec, const OptionList *given, bool quiet, Arena *arena,
                            Recordings *out, int *status);
void inputs_close_recordings(Recordings *recordings);

#endif
