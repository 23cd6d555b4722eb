/* Markdown, for a pull request or a job summary: the verdict first, then a table of what differs. */
#include "harness/report/parts.h"

/* Into a table cell: nothing of it is markup, and no line ends. */
static void append_cell(Buffer *out, Text text) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible(&visible, text);
  for (size_t i = 0; i < visible.length; i++) {
    char byte = visible.data[i];
    switch (byte) {
    case '\n': buffer_append_char(out, ' '); break;
    case '<': buffer_append_string(out, "&lt;"); break;
    case '>': buffer_append_string(out, "&gt;"); break;
    case '&': buffer_append_string(out, "&amp;"); break;
    case '|':
    case '\\':
    case '`':
    case '*':
    case '_':
    case '[':
    case ']':
    case '#':
    case '~':
    case '@': buffer_print(out, "&#%d;", byte); break; /* a backslash before | doesn't work everywhere */
    default: buffer_append_char(out, byte); break;
    }
  }
  buffer_free(&visible);
}

static void markdown_verdict(Report *report, const Verdict *verdict) {
  Buffer *out = &report->held;
  if (!verdict_fails(verdict)) return;
  Buffer text = buffer_make(NULL, 0);
  size_t count = verdict->differences.count;
  for (size_t i = 0; i < (count > 0 ? count : 1); i++) {
    const Difference *difference = count > 0 ? &verdict->differences.items[i] : NULL;
    buffer_append_string(out, "| ");
    if (i == 0) append_cell(out, verdict->name);
    buffer_append_string(out, " | ");
    buffer_clear(&text);
    if (i == 0) verdict_print_place(verdict, &text);
    append_cell(out, buffer_text(&text));
    buffer_append_string(out, " | ");
    append_cell(out, difference != NULL ? difference->at : TEXT("new"));
    buffer_append_string(out, " | ");
    buffer_clear(&text);
    if (difference != NULL)
      difference_print(difference, 200, &text);
    else
      buffer_append_string(&text, "nothing is approved for it yet");
    append_cell(out, buffer_text(&text));
    buffer_print(out, " | %s |\n", difference != NULL ? severity_name(difference->severity) : "");
  }
  buffer_free(&text);
}

static void markdown_finish(Report *report, const ReplayTotals *totals) {
  Buffer *out = report->out;
  bool failed = totals->different + totals->unapproved + totals->broken > 0;
  buffer_append_string(out, failed ? "### ✗ statusquo: " : "### ✓ statusquo: ");
  totals_print(totals, out);
  buffer_append_char(out, '\n');
  if (report->held.length == 0) return;
  buffer_append_string(out,
                       "\n| case | where | at | difference | severity |\n| --- | --- | --- | --- | --- |\n");
  buffer_append(out, buffer_text(&report->held));
}

const ReportFormat report_markdown = {"markdown", "for a pull request or a job summary", report_new,
                                      markdown_verdict, markdown_finish};
