/* What the formats of a comparison share. */
#ifndef STATUSQUO_REPORT_COMPARE_PARTS_H
#define STATUSQUO_REPORT_COMPARE_PARTS_H

#include "harness/report/compare_report.h"

/* The file as the user named it, and :line. Control characters visible. */
void print_file_place(const Comparison *comparison, Place place, Buffer *out);
/* The new definition's place, or the old one's when there is none. */
Place change_place(const DefinitionChange *change);
/* "old.yaml:12 → new.yaml:14", or the one there is. */
void print_change_places(const Comparison *comparison, const DefinitionChange *change, Buffer *out);
/* "404", "500 (no-match)", "no operation" */
void print_status(int status, GatewayFailure failure, Buffer *out);
/* "GET /pets  502 → 200" with both failures; "GET /pets  removed" */
void print_flow(const Group *group, Buffer *out);
/* The same without the operation. */
void print_statuses(const Group *group, Buffer *out);
/* "\"4\\d{2}\" gives 404", "default gives 502", "no rule" */
void print_rule(const IntegrationResponse *rule, Buffer *out);
/* "3 exchanges (23.1 %), 100 statuses (400-499)" */
void print_counts(const Comparison *comparison, const Group *group, Buffer *out);
/* "selection pattern: 200 → 20.*" without places, cut. */
void print_change(const DefinitionChange *change, size_t limit, Buffer *out);
/* "removed $.pets[*].label (3)" */
void print_aspect(const Aspect *aspect, Buffer *out);
/* "GET /pets/42 · backend 404" */
void print_example_call(const Example *example, Buffer *out);
/* "200 {…}" on one line, cut. */
void print_response(const Response *response, Text reason, size_t limit, Buffer *out);
/* "breaking: 2 groups; risky: 1 group · 1 accepted" */
void print_verdict(const Comparison *comparison, Severity fail_on, Buffer *out);
/* Changed, and nothing that can be made up says anything about it: a proxy, another kind of integration. */
bool pair_is_untried(const OperationPair *pair);
size_t untried_count(const Comparison *comparison);
#define UNTRIED_WORDS "changed, and only recordings can tell"
/* What was looked at and what wasn't, one a line. */
void print_coverage(const Comparison *comparison, bool verbose, Buffer *out);
/* Expired entries and those that match nothing, one a line. */
void print_accept_notes(const Comparison *comparison, Buffer *out);

/* One group as a JSON object, without a newline; the totals as the members of an object. */
void group_write(const Comparison *comparison, const Group *group, Buffer *out);
void comparison_write_totals(const Comparison *comparison, Severity fail_on, bool *first, Buffer *out);

void compare_write_terminal(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_json(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_ndjson(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_markdown(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_github(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_junit(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_tap(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_sarif(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);
void compare_write_html(const Comparison *comparison, const CompareReportOptions *options, Buffer *out);

#endif
