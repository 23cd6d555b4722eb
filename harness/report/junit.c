/* JUnit XML as CI servers read it: a suite a spec, stable and unique names. New and unmapped ones are skipped
 * tests, unless the spec wants everything approved. */
#include "harness/report/parts.h"

#include <string.h>

static void flush_suite(Report *report) {
  if (report->spec == NULL) return;
  Buffer *out = report->out;
  buffer_append_string(out, "  <testsuite name=\"");
  append_attribute(out, text_from(report->spec));
  buffer_print(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.6f\">\n",
               report->held_count, report->held_failures, report->held_skipped, report->held_us / 1e6);
  buffer_append_string(out, "    <properties>\n      <property name=\"tool\" value=\"statusquo\"/>\n"
                            "    </properties>\n");
  buffer_append(out, buffer_text(&report->held));
  buffer_append_string(out, "  </testsuite>\n");
  buffer_clear(&report->held);
  report->held_count = report->held_failures = report->held_skipped = 0;
  report->held_us = 0;
}

static Report *junit_open(const ReportOptions *options, Buffer *out, Arena *arena) {
  buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"statusquo\">\n");
  return report_new(options, out, arena);
}

static void write_failure(Buffer *out, const Verdict *verdict) {
  Buffer text = buffer_make(NULL, 0);
  buffer_append_string(out, "      <failure type=\"");
  append_xml(out, text_from(severity_name(differences_severity(&verdict->differences))));
  buffer_append_string(out, "\" message=\"");
  if (verdict->differences.count > 0) {
    const Difference *first = &verdict->differences.items[0];
    append_visible_line(&text, first->at);
    buffer_append_string(&text, ": ");
    difference_print(first, 200, &text);
  } else {
    buffer_append_string(&text, "nothing is approved for it yet");
  }
  append_attribute(out, buffer_text(&text));
  buffer_append_string(out, "\">");
  buffer_clear(&text);
  verdict_print_place(verdict, &text);
  buffer_append_char(&text, '\n');
  differences_print(verdict, &text);
  append_xml(out, buffer_text(&text));
  buffer_append_string(out, "</failure>\n");
  buffer_free(&text);
}

/* The two bodies as a unified diff. */
static void write_bodies(Buffer *out, const Verdict *verdict) {
  enum { SHOWN = 8000 };
  Buffer lines = buffer_make(NULL, 0);
  bodies_diff_print(verdict, SHOWN, &lines);
  if (lines.length > 0) {
    buffer_append_string(out, "      <system-out>");
    append_xml(out, buffer_text(&lines));
    buffer_append_string(out, "</system-out>\n");
  }
  buffer_free(&lines);
}

static void junit_verdict(Report *report, const Verdict *verdict) {
  if (report->spec == NULL || strcmp(report->spec, verdict->spec) != 0) {
    flush_suite(report);
    report->spec = arena_copy_string(report->arena, text_from(verdict->spec));
  }
  Buffer *out = &report->held;
  bool fails = verdict_fails(verdict);
  bool skipped = !fails && verdict->kind != VERDICT_SAME;
  report->held_count++;
  report->held_failures += fails ? 1 : 0;
  report->held_skipped += skipped ? 1 : 0;
  report->held_us += verdict->duration_us;
  buffer_append_string(out, "    <testcase classname=\"");
  append_attribute(out, text_from(verdict->spec));
  buffer_append_string(out, "\" name=\"");
  append_attribute(out, verdict->name);
  /* Names of exchanges may repeat; a report needs unique ones. */
  if (verdict->place.line == 0 && !text_equal(verdict->name, verdict->exchange_id)) {
    buffer_append_string(out, " (");
    append_attribute(out, verdict->exchange_id);
    buffer_append_char(out, ')');
  }
  buffer_append_string(out, "\" file=\"");
  append_attribute(out, text_from(verdict->spec));
  if (verdict->place.line > 0) buffer_print(out, "\" line=\"%u", verdict->place.line);
  buffer_print(out, "\" time=\"%.6f\"", verdict->duration_us / 1e6);
  if (!fails && !skipped) {
    buffer_append_string(out, "/>\n");
    return;
  }
  buffer_append_string(out, ">\n");
  if (fails) {
    write_failure(out, verdict);
    write_bodies(out, verdict);
  } else {
    buffer_print(out, "      <skipped message=\"%s\"/>\n", verdict_kind_name(verdict->kind));
  }
  buffer_append_string(out, "    </testcase>\n");
}

static void junit_finish(Report *report, const ReplayTotals *totals) {
  (void)totals;
  flush_suite(report);
  buffer_append_string(report->out, "</testsuites>\n");
}

const ReportFormat report_junit = {"junit", "JUnit XML, a suite a spec", junit_open, junit_verdict,
                                   junit_finish};
