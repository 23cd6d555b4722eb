/* A comparison, written for a person or a machine. A format is one function and a line in compare_report.c.
 * Everything that comes from recordings and definitions is hostile and escaped. */
#ifndef STATUSQUO_REPORT_COMPARE_REPORT_H
#define STATUSQUO_REPORT_COMPARE_REPORT_H

#include "harness/compare/compare.h"

typedef struct CompareReportOptions {
  bool color;
  bool verbose;     /* nothing is left out where the format leaves out */
  int width;        /* of the terminal; 0: unknown */
  Severity fail_on; /* the level from which the comparison fails */
} CompareReportOptions;

typedef struct CompareFormat {
  const char *name;
  const char *summary; /* for --help */
  void (*write)(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
} CompareFormat;

/* NULL when there is no such format. */
const CompareFormat *compare_format(Text name);
size_t compare_formats(const CompareFormat **out);
/* Does the run fail: an open group at that level or above, or an accepted entry that expired? */
bool comparison_fails(const Comparison *comparison, Severity fail_on);
/* Something changed, and nothing went through both definitions that could tell what it does. */
bool comparison_tried_nothing(const Comparison *comparison);

#endif
