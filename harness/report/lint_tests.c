/* For readers of test results: a finding is a test, which fails from the severity that fails the run; a file
 * without any is one that passes. */
#include "harness/report/lint_parts.h"
#include "harness/report/parts.h"

static bool fails(const LintRun *run, const Finding *finding) {
  return finding->rule->severity >= run->fail_on;
}

/* ---- JUnit ---- */

static void open_case(const LintResult *result, Text name, Buffer *out) {
  buffer_append_string(out, "    <testcase classname=\"");
  append_attribute(out, text_from(result->file));
  buffer_append_string(out, "\" name=\"");
  append_attribute(out, name);
  buffer_append_char(out, '"');
}

static void write_case(const LintRun *run, const LintResult *result, size_t index, Buffer *out) {
  const Finding *finding = &result->findings.items[index];
  const char *element = fails(run, finding) ? "failure" : "system-out";
  Buffer words = buffer_make(NULL, 0);
  print_finding_name(result, index, &words);
  open_case(result, buffer_text(&words), out);
  if (finding->place.line > 0) buffer_print(out, " line=\"%u\"", finding->place.line);
  buffer_print(out, ">\n      <%s", element);
  if (fails(run, finding)) {
    buffer_print(out, " type=\"%s\" message=\"", finding->rule->id);
    append_attribute(out, finding->message);
    buffer_append_char(out, '"');
  }
  buffer_append_char(out, '>');
  buffer_clear(&words);
  print_finding_place(result, finding, &words);
  buffer_print(&words, ": %s: ", lint_severity_name(finding->rule->severity));
  append_visible_line(&words, finding->message);
  append_xml(out, buffer_text(&words));
  buffer_print(out, "</%s>\n    </testcase>\n", element);
  buffer_free(&words);
}

static void write_suite(const LintRun *run, const LintResult *result, Buffer *out) {
  size_t count = result->findings.count, failures = 0;
  bool broken = result->definition == NULL;
  for (size_t i = 0; i < count; i++) failures += fails(run, &result->findings.items[i]) ? 1 : 0;
  buffer_append_string(out, "  <testsuite name=\"");
  append_attribute(out, text_from(result->file));
  buffer_print(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"0\" time=\"0\">\n",
               count > 0 ? count : 1, failures, broken ? 1 : 0);
  for (size_t i = 0; i < count; i++) write_case(run, result, i, out);
  if (count == 0) {
    open_case(result, broken ? TEXT("can be loaded") : TEXT("no finding"), out);
    buffer_append_string(out, broken ? "><error message=\"it couldn't be loaded\"/></testcase>\n" : "/>\n");
  }
  buffer_append_string(out, "  </testsuite>\n");
}

void lint_write_junit(const LintRun *run, Buffer *out) {
  buffer_append_string(out,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"statusquo lint\">\n");
  for (size_t i = 0; i < run->count; i++) write_suite(run, &run->results[i], out);
  buffer_append_string(out, "</testsuites>\n");
}

/* ---- TAP ---- */

static void write_point(const LintRun *run, const LintResult *result, size_t index, size_t number,
                        Buffer *out) {
  const Finding *finding = &result->findings.items[index];
  Buffer words = buffer_make(NULL, 0);
  print_finding_name(result, index, &words);
  tap_point(out, !fails(run, finding), number, buffer_text(&words));
  buffer_clear(&words);
  print_finding_place(result, finding, &words);
  buffer_append_string(out, "\n  ---\n");
  tap_member(out, "  at: ", buffer_text(&words));
  buffer_print(out, "  severity: %s\n  rule: %s\n  ...\n", lint_severity_name(finding->rule->severity),
               finding->rule->id);
  buffer_free(&words);
}

static void write_file_point(const LintResult *result, size_t number, Buffer *out) {
  bool loaded = result->definition != NULL;
  Buffer words = buffer_make(NULL, 0);
  buffer_print(&words, "%s: %s", result->file, loaded ? "no finding" : "couldn't be loaded");
  tap_point(out, loaded, number, buffer_text(&words));
  buffer_append_char(out, '\n');
  buffer_free(&words);
}

void lint_write_tap(const LintRun *run, Buffer *out) {
  size_t number = 0;
  buffer_append_string(out, "TAP version 14\n");
  for (size_t i = 0; i < run->count; i++) {
    const LintResult *result = &run->results[i];
    for (size_t j = 0; j < result->findings.count; j++) write_point(run, result, j, ++number, out);
    if (result->findings.count == 0) write_file_point(result, ++number, out);
  }
  buffer_print(out, "1..%zu\n", number);
}
