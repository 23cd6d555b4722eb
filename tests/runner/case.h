/* The .case format: data that reads like documentation, each case one named cmocka test.
 *
 *   # a comment, before the first case or between cases
 *   == title of the case
 *   witness: seen (Velocity 1.7), fact 17
 *   -- template
 *   lines of the section, verbatim
 *   -- output json
 *   "a JSON string, where ends of lines or control characters matter"
 *
 * A section ends before the next line that begins with "== " or "-- "; its last newline doesn't belong to it,
 * nor does one empty line that parts a case from the next. A line that must begin with one of those is
 * written with a backslash before it. The word `json` behind a name says that the content is one JSON string
 * literal. Which sections a kind of case takes is said at the head of its runner. */
#ifndef STATUSQUO_TESTS_RUNNER_CASE_H
#define STATUSQUO_TESTS_RUNNER_CASE_H

#include "harness/base/buffer.h"
#include "harness/base/fault.h"

enum { CASE_SECTIONS = 16 };

typedef struct CaseSection {
  Text name;
  Text content;
  uint32_t line;
} CaseSection;

typedef struct Case {
  const char *file;
  uint32_t line;
  Text title;
  Text witness;
  CaseSection sections[CASE_SECTIONS];
  size_t section_count;
} Case;

bool case_has(const Case *subject, const char *section);
/* The empty text when absent. */
Text case_section(const Case *subject, const char *section);

/* Written by each runner: appends to `failure` what went wrong; nothing means passed. `arena` is fresh for
 * each case. */
void case_check(const Case *subject, Arena *arena, Buffer *failure);
/* The section names a runner takes, NULL-terminated: any other is an error of the case file. */
extern const char *const case_section_names[];

/* Two texts that should be equal: appends nothing, or both with control characters visible. */
void case_expect_text(const char *what, Text expected, Text actual, Buffer *failure);

#endif
