/* TAP 14: a line a verdict, a YAML block under those that fail, the plan at the end. */
#include "harness/report/parts.h"

#include "harness/document/document.h"

static Report *tap_open(const ReportOptions *options, Buffer *out, Arena *arena) {
  buffer_append_string(out, "TAP version 14\n");
  return report_new(options, out, arena);
}

/* '#' and '\' mean something in a description. */
static void append_description(Buffer *out, Text name) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible_line(&visible, name);
  for (size_t i = 0; i < visible.length; i++) {
    char byte = visible.data[i];
    if (byte == '#' || byte == '\\') buffer_append_char(out, '\\');
    buffer_append_char(out, byte);
  }
  buffer_free(&visible);
}

void tap_point(Buffer *out, bool passes, size_t number, Text name) {
  buffer_print(out, "%s %zu - ", passes ? "ok" : "not ok", number);
  append_description(out, name);
}

void tap_directive(Buffer *out, const char *directive, Text words) {
  buffer_print(out, " # %s ", directive);
  append_description(out, words);
}

void tap_member(Buffer *out, const char *key, Text value) {
  buffer_append_string(out, key);
  json_write_text(out, value);
  buffer_append_char(out, '\n');
}

/* A mapping an item: readers of YAML's small dialects take a quoted text with a colon in a list for a key. */
static void append_difference(Buffer *out, const Difference *difference) {
  Buffer text = buffer_make(NULL, 0);
  append_visible_line(&text, difference->at);
  tap_member(out, "    - at: ", buffer_text(&text));
  buffer_clear(&text);
  difference_print(difference, 400, &text);
  tap_member(out, "      difference: ", buffer_text(&text));
  buffer_print(out, "      severity: %s\n", severity_name(difference->severity));
  buffer_free(&text);
}

static void append_block(Buffer *out, const Verdict *verdict) {
  enum { LISTED = 100 };
  size_t count = verdict->differences.count;
  Buffer place = buffer_make(NULL, 0);
  verdict_print_place(verdict, &place);
  buffer_append_string(out, "  ---\n");
  tap_member(out, "  at: ", buffer_text(&place));
  buffer_print(out, "  severity: %s\n  differences:\n",
               severity_name(differences_severity(&verdict->differences)));
  for (size_t i = 0; i < count && i < LISTED; i++) append_difference(out, &verdict->differences.items[i]);
  if (count > LISTED) buffer_print(out, "  untold: %zu\n", count - LISTED);
  buffer_append_string(out, "  ...\n");
  buffer_free(&place);
}

static void tap_verdict(Report *report, const Verdict *verdict) {
  bool fails = verdict_fails(verdict);
  tap_point(report->out, !fails, ++report->count, verdict->name);
  if (!fails && verdict->kind != VERDICT_SAME)
    tap_directive(report->out, "SKIP", text_from(verdict_kind_name(verdict->kind)));
  buffer_append_char(report->out, '\n');
  if (fails && verdict->differences.count > 0) append_block(report->out, verdict);
}

static void tap_finish(Report *report, const ReplayTotals *totals) {
  (void)totals;
  buffer_print(report->out, "1..%zu\n", report->count);
}

const ReportFormat report_tap = {"tap", "Test Anything Protocol 14", tap_open, tap_verdict, tap_finish};
