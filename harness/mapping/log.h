/* The execution log, as the gateway words it (gateway.md 11). Nothing is written when the run is brief. */
#ifndef STATUSQUO_MAPPING_LOG_H
#define STATUSQUO_MAPPING_LOG_H

#include "harness/mapping/run.h"

void log_line(MappingRun *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A label and any text behind it. */
void log_text(MappingRun *run, const char *label, Text text);
/* {k=v, k2=v2}; several values of a name are joined with ", ". Cut at about 1000 characters, as the gateway
 * does. */
void log_headers(MappingRun *run, const char *label, const Headers *headers);
/* From "Starting execution" to the request's body. */
void log_start(MappingRun *run);
void log_finish(MappingRun *run, Outcome *out);

#endif
