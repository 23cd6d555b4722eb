/* --history FILE: what each run came to, a line of JSON a run; the next report draws the trend of it. */
#ifndef STATUSQUO_CLI_HISTORY_H
#define STATUSQUO_CLI_HISTORY_H

#include "harness/report/report.h"

/* Earlier runs, oldest first; none when the file isn't there yet. */
bool history_read(const char *path, Arena *arena, ReportRun **out, size_t *count, Fault *fault);
/* This run, now. */
bool history_add(const char *path, const ReplayTotals *totals, Fault *fault);

#endif
