/* The pieces of the response direction. */
#ifndef STATUSQUO_MAPPING_RESPONSE_PARTS_H
#define STATUSQUO_MAPPING_RESPONSE_PARTS_H

#include "harness/mapping/run.h"

/* Timeouts, network errors and the like: the gateway answers itself. False: *out is complete. */
bool backend_answered(MappingRun *run, const BackendAnswer *answer, Outcome *out);
/* An answer that is too large, or an invocation that was refused or throttled. False: *out is complete. */
bool backend_usable(MappingRun *run, const BackendAnswer *answer, Outcome *out);

/* errorMessage of a function's payload: what its rules are matched against. Empty when the payload isn't an
 * object that has one (seen); of another kind than text: its JSON (assumed). */
Text lambda_error_message(Text payload, Arena *passing);

/* $context.responseOverride, from either template, over status and headers. False: *out is complete. */
bool response_overrides_apply(MappingRun *run, Outcome *out);

#endif
