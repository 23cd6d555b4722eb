/* Markdown, for a pull request or a job summary: the verdict, then a row a finding. Cut knowingly before a
 * comment's limit of 65,536 characters. */
#include "harness/report/lint_parts.h"
#include "harness/report/parts.h"

enum { TABLE_LIMIT = 56 * 1000, CELL_LIMIT = 400 };

static void write_cell(Buffer *words, Buffer *out) {
  append_cell(out, buffer_text(words));
  buffer_append_string(out, " | ");
  buffer_clear(words);
}

static void write_row(const LintResult *result, const Finding *finding, Buffer *words, Buffer *out) {
  buffer_print(out, "| %s | ", lint_severity_name(finding->rule->severity));
  print_finding_place(result, finding, words);
  write_cell(words, out);
  append_cut(words, finding->operation.data != NULL ? finding->operation : TEXT_EMPTY, CELL_LIMIT);
  write_cell(words, out);
  append_cut(words, finding->message, CELL_LIMIT);
  write_cell(words, out);
  buffer_print(out, "%s |\n", finding->rule->id);
}

void lint_write_markdown(const LintRun *run, Buffer *out) {
  Buffer words = buffer_make(NULL, 0), table = buffer_make(NULL, 0);
  size_t untold = 0;
  for (size_t i = 0; i < run->count; i++) {
    const LintResult *result = &run->results[i];
    for (size_t j = 0; j < result->findings.count; j++) {
      if (table.length < TABLE_LIMIT)
        write_row(result, &result->findings.items[j], &words, &table);
      else
        untold++;
    }
  }
  buffer_append_string(out, lint_run_fails(run) ? "### ✗ statusquo lint: " : "### ✓ statusquo lint: ");
  print_lint_counts(run, out);
  buffer_append_char(out, '\n');
  for (size_t i = 0; i < run->count; i++) {
    if (run->results[i].definition != NULL) continue;
    append_visible_line(&words, text_from(run->results[i].file));
    buffer_append_char(out, '\n');
    append_cell(out, buffer_text(&words));
    buffer_append_string(out, " couldn't be loaded.\n");
    buffer_clear(&words);
  }
  if (table.length > 0) {
    buffer_append_string(
        out, "\n| severity | where | operation | finding | rule |\n| --- | --- | --- | --- | --- |\n");
    buffer_append(out, buffer_text(&table));
  }
  if (untold > 0) buffer_print(out, "\n… and %zu more: a comment has no room for them.\n", untold);
  buffer_free(&words);
  buffer_free(&table);
}
