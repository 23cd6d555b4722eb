/* What the formats share. */
#ifndef STATUSQUO_REPORT_PARTS_H
#define STATUSQUO_REPORT_PARTS_H

#include "harness/report/report.h"

/* One struct serves all formats: each uses what it needs of it. */
struct Report {
  ReportOptions options;
  Buffer *out;
  Arena *arena;     /* as long as the report */
  size_t count;     /* verdicts so far */
  size_t listed;    /* of those told in short */
  const char *spec; /* the spec of the verdicts being written */
  Buffer held;      /* what has to wait for a number that comes before it */
  size_t held_count, held_failures, held_skipped;
  double held_us;
  Buffer details;        /* what comes below what is held */
  size_t untold;         /* verdicts that there was no room for */
  struct HtmlPage *page; /* of the HTML report */
};

Report *report_new(const ReportOptions *options, Buffer *out, Arena *arena);

/* A verdict that makes the run fail: different, or new where everything had to be approved. */
bool verdict_fails(const Verdict *verdict);
/* "expected 400, got 200", or the matcher's words. Control characters visible, cut past `limit` bytes (0:
 * not). */
void difference_print(const Difference *difference, size_t limit, Buffer *out);
/* All differences, one a line, with place and severity: for formats that take plain text. */
void differences_print(const Verdict *verdict, Buffer *out);
/* file:line, or the exchange's id. */
void verdict_print_place(const Verdict *verdict, Buffer *out);
/* On one line, and cut at a character past `limit` bytes with "… (N bytes)". */
void append_cut(Buffer *out, Text text, size_t limit);
/* "matched", "not reached", … */
const char *rule_verdict_words(RuleVerdict verdict);
/* Whole lines up to `limit` bytes, then how many more there are. Each is cut past 400 bytes. */
void append_cut_lines(Buffer *out, Text lines, size_t limit);
/* JSON objects and arrays laid out in `out`, a member or item a line; anything else, and what would grow past
 * `out`'s limit, as it came. */
enum { LAID_OUT_LIMIT = 4 * 1024 * 1024 };
Text body_lay_out(Text body, Buffer *out);
/* A unified diff of two bodies, laid out when both are JSON. */
void bodies_diff(Text expected, Text actual, Buffer *out);
/* That of a verdict's bodies, where both are known and differ, up to `limit` bytes. */
void bodies_diff_print(const Verdict *verdict, size_t limit, Buffer *out);
/* One rule's part in the decision, as a line. */
void trace_print(const ReportOptions *options, const RuleTrace *trace, Buffer *out);
/* "as expected: 42 same" / "different: 1 of 43 (42 same)", with what else was counted and the time. */
void totals_print(const ReplayTotals *totals, Buffer *out);
/* "not as expected, run by run: ▁▁▃█ (5, before 2)"; nothing without earlier runs. */
void trend_print(const ReportOptions *options, const ReplayTotals *totals, Buffer *out);
/* One result as a JSON object (interfaces: Result), without a newline. `whole`: also what the backend would
 * be sent. */
void result_write(const Verdict *verdict, bool whole, Buffer *out);
void totals_write(const ReplayTotals *totals, Buffer *out);

/* ---- escape.c ---- */

/* & < > " and everything that XML 1.0 doesn't allow. */
void append_xml(Buffer *out, Text text);
/* The same on one line. */
void append_attribute(Buffer *out, Text text);
/* Into a cell of a Markdown table: nothing of it is markup, and no line ends. */
void append_cell(Buffer *out, Text text);
/* Into a workflow command of GitHub: % and the ends of lines are escaped; in a property : and , too. */
void append_workflow_message(Buffer *out, Text text);
void append_workflow_property(Buffer *out, Text text);
/* A JSON text, with what json_write_text would have escaped. */
void append_json(Buffer *out, Text json);
/* A file's path as a relative reference (RFC 3986). */
void append_uri(Buffer *out, Text path);

extern const ReportFormat report_terminal, report_ndjson, report_json, report_junit, report_tap,
    report_markdown, report_github, report_sarif, report_html;

/* ---- TAP 14 (tap.c) ---- */

/* "not ok 3 - name", without the newline. */
void tap_point(Buffer *out, bool passes, size_t number, Text name);
/* " # SKIP words" or another directive. */
void tap_directive(Buffer *out, const char *directive, Text words);
/* A member of the block below; `key` with its indentation. */
void tap_member(Buffer *out, const char *key, Text value);

#endif
