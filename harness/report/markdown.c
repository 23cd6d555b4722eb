/* Markdown, for a pull request or a job summary: the verdict first, then a table of what differs, then what
 * is to know of each case, folded. Cut knowingly before a comment's limit of 65,536 characters. */
#include "harness/report/parts.h"

enum {
  TABLE_LIMIT = 30 * 1000, /* bytes */
  DETAILS_LIMIT = 24 * 1000,
  DIFFERENCES_LISTED = 10, /* of one case */
};

static void write_row(Buffer *out, const Verdict *verdict, size_t index) {
  const Difference *difference =
      index < verdict->differences.count ? &verdict->differences.items[index] : NULL;
  Buffer text = buffer_make(NULL, 0);
  buffer_append_string(out, "| ");
  if (index == 0) append_cut(&text, verdict->name, 200);
  append_cell(out, buffer_text(&text));
  buffer_append_string(out, " | ");
  buffer_clear(&text);
  if (index == 0) verdict_print_place(verdict, &text);
  append_cell(out, buffer_text(&text));
  buffer_append_string(out, " | ");
  buffer_clear(&text);
  append_cut(&text, difference != NULL ? difference->at : TEXT("new"), 200);
  append_cell(out, buffer_text(&text));
  buffer_append_string(out, " | ");
  buffer_clear(&text);
  if (difference != NULL)
    difference_print(difference, 200, &text);
  else
    buffer_append_string(&text, "nothing is approved for it yet");
  append_cell(out, buffer_text(&text));
  buffer_print(out, " | %s |\n", difference != NULL ? severity_name(difference->severity) : "");
  buffer_free(&text);
}

/* A block that nothing in it can end: its fence is longer than any run of backticks there. */
static void write_fenced(Buffer *out, const char *language, Text lines) {
  size_t longest = 2, run = 0;
  for (size_t i = 0; i < lines.length; i++) {
    run = lines.data[i] == '`' ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  buffer_append_char(out, '\n');
  for (size_t i = 0; i <= longest; i++) buffer_append_char(out, '`');
  buffer_print(out, "%s\n", language);
  buffer_append(out, lines);
  for (size_t i = 0; i <= longest; i++) buffer_append_char(out, '`');
  buffer_append_string(out, "\n\n");
}

/* Which rules were tried, and the bodies: folded. */
static void write_details(Buffer *out, const Verdict *verdict) {
  enum { SHOWN = 2000 };
  const ReportOptions plain = {0};
  const Outcome *outcome = &verdict->outcome;
  Buffer text = buffer_make(NULL, 0), shown = buffer_make(NULL, 0);
  append_cut(&text, verdict->name, 200);
  buffer_append_string(out, "\n<details><summary>");
  append_cell(out, buffer_text(&text));
  buffer_append_string(out, "</summary>\n");
  buffer_clear(&text);
  if (outcome->selection_value.data != NULL && outcome->trace_count > 0) {
    buffer_append_string(&text, "patterns are tried against \"");
    append_cut(&text, outcome->selection_value, 200);
    buffer_append_string(&text, "\"\n");
  }
  for (size_t i = 0; i < outcome->trace_count; i++) trace_print(&plain, &outcome->trace[i], &text);
  append_cut_lines(&shown, buffer_text(&text), SHOWN);
  if (shown.length > 0) write_fenced(out, "", buffer_text(&shown));
  buffer_clear(&shown);
  bodies_diff_print(verdict, SHOWN, &shown);
  if (shown.length > 0) write_fenced(out, "diff", buffer_text(&shown));
  buffer_append_string(out, "</details>\n");
  buffer_free(&shown);
  buffer_free(&text);
}

static bool has_details(const Verdict *verdict) {
  return verdict->kind == VERDICT_DIFFERENT && (verdict->outcome.trace_count > 0 || verdict->has_expected);
}

static void markdown_verdict(Report *report, const Verdict *verdict) {
  if (!verdict_fails(verdict)) return;
  if (report->held.length >= TABLE_LIMIT) {
    report->untold++;
    return;
  }
  size_t count = verdict->differences.count;
  for (size_t i = 0; i < (count > 0 ? count : 1) && i < DIFFERENCES_LISTED; i++)
    write_row(&report->held, verdict, i);
  if (count > DIFFERENCES_LISTED)
    buffer_print(&report->held, "|  |  |  | … and %zu more differences |  |\n", count - DIFFERENCES_LISTED);
  if (has_details(verdict) && report->details.length < DETAILS_LIMIT)
    write_details(&report->details, verdict);
}

static void markdown_finish(Report *report, const ReplayTotals *totals) {
  Buffer *out = report->out;
  bool failed = totals->different + totals->unapproved + totals->broken > 0;
  buffer_append_string(out, failed ? "### ✗ statusquo: " : "### ✓ statusquo: ");
  totals_print(totals, out);
  buffer_append_char(out, '\n');
  if (report->options.run_count > 0) {
    buffer_append_char(out, '\n');
    trend_print(&report->options, totals, out);
    buffer_append_char(out, '\n');
  }
  if (report->held.length == 0) return;
  buffer_append_string(out,
                       "\n| case | where | at | difference | severity |\n| --- | --- | --- | --- | --- |\n");
  buffer_append(out, buffer_text(&report->held));
  if (report->untold > 0)
    buffer_print(out, "\n… and %zu more that aren't as expected: a comment has no room for them.\n",
                 report->untold);
  buffer_append(out, buffer_text(&report->details));
}

const ReportFormat report_markdown = {"markdown", "for a pull request or a job summary", report_new,
                                      markdown_verdict, markdown_finish};
