/* A first spec for a definition: every operation, a status table that says what the definition does today,
 * and a case for each rule. Everything in it was computed by the engine, so it passes until somebody changes
 * the definition. */
#ifndef STATUSQUO_SPEC_FIRST_H
#define STATUSQUO_SPEC_FIRST_H

#include "harness/mapping/mapping.h"

/* `api` is the path to write under `api:`, as seen from the spec file. */
void spec_write_first(const Definition *definition, Text api, Buffer *out);

#endif
