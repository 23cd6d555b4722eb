/* $context: every member with its shape (gateway.md 6.5), in the order in which Java's HashMap gives it back.
 */
#ifndef STATUSQUO_MAPPING_CONTEXT_H
#define STATUSQUO_MAPPING_CONTEXT_H

#include "harness/mapping/run.h"

/* Fixed stand-ins where the caller gave nothing. */
Generated generated_complete(Generated given);
/* The trace that the client began goes on: Root, Parent and Sampled as sent, a missing Parent is made (seen
 * for AWS_PROXY, assumed for the others). Without a Root: `generated`. */
Text trace_continue(const Headers *headers, Text generated, Arena *arena);
/* The run's flags, request, stage and generated values must be set. */
Map *context_make(const MappingRun *run);

/* "20/May/2025:15:07:31 +0000" and "Tue, 20 May 2025 15:07:31 GMT". */
Text time_to_log(int64_t milliseconds, Arena *arena);
Text time_to_date(int64_t milliseconds, Arena *arena);
Text number_to_text(uint64_t number, Arena *arena);

#endif
