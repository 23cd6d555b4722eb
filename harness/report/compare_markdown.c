/* Markdown, as a comment on a pull request takes it: the verdict, a table, details to unfold. Cut where a
 * comment ends, and that is said. Texts go through HTML escapes: nothing in them is markup. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

enum { COMMENT_LIMIT = 60000, CELL_LIMIT = 160, BODY_LIMIT = 1500 }; /* a comment has room for 65,536 */

/* Each of these is printed by the words that all formats share, then escaped. */
static void flush(Buffer *words, Buffer *out) {
  append_cell(out, buffer_text(words));
  buffer_clear(words);
}

static void write_row(const Comparison *comparison, const Group *group, Buffer *words, Buffer *out) {
  static const char *const signs[] = {"", "🟢", "🟠", "🔴"};
  buffer_print(out, "| %s %s | ", group->accepted != NULL ? "⚪" : signs[group->level],
               group->accepted != NULL ? "accepted" : severity_name(group->level));
  append_cut(words, group->operation, CELL_LIMIT);
  flush(words, out);
  buffer_append_string(out, " | ");
  print_statuses(group, words);
  flush(words, out);
  buffer_append_string(out, " | ");
  print_counts(comparison, group, words);
  flush(words, out);
  buffer_append_string(out, " | ");
  if (group->change_count > 0) {
    print_file_place(comparison, change_place(group->changes[0]), words);
    buffer_append_string(words, " ");
    print_change(group->changes[0], CELL_LIMIT, words);
    flush(words, out);
  }
  if (group->change_count > 1) buffer_print(out, " and %zu more", group->change_count - 1);
  buffer_print(out, " | <code>%s</code> |\n", group->fingerprint);
}

static void write_line(const char *sign, const Response *response, Text reason, Buffer *words, Buffer *out) {
  buffer_append_string(out, sign);
  print_response(response, reason, BODY_LIMIT, words);
  append_cell(out, buffer_text(words));
  buffer_append_char(out, '\n');
  buffer_clear(words);
}

static void write_example(const Example *example, Buffer *words, Buffer *out) {
  buffer_append_string(out, "\nSmallest example: ");
  if (example->id.data != NULL) {
    append_cut(words, example->name.data != NULL ? example->name : example->id, CELL_LIMIT);
    flush(words, out);
    buffer_append_string(out, ", ");
  }
  print_example_call(example, words);
  flush(words, out);
  buffer_append_string(out, "\n<pre>");
  if (example->backend.kind != BACKEND_NONE)
    write_line("  ", &(Response){.status = example->backend.status, .body = example->backend.body},
               TEXT_EMPTY, words, out);
  write_line("- ", &example->old_response, example->old_reason, words, out);
  write_line("+ ", &example->new_response, example->new_reason, words, out);
  buffer_append_string(out, "</pre>\n");
}

static void write_details(const Comparison *comparison, const Group *group, Buffer *words, Buffer *out) {
  enum { CHANGES = 10 };
  buffer_append_string(out, "\n<details><summary>");
  print_flow(group, words);
  flush(words, out);
  buffer_append_string(out, "</summary>\n\n");
  for (int side = 0; side < 2 && (group->old_status != 0 || group->new_status != 0); side++) {
    const IntegrationResponse *rule = side == 0 ? group->old_rule : group->new_rule;
    buffer_append_string(out, side == 0 ? "- old rule: " : "- new rule: ");
    print_rule(rule, words);
    if (rule != NULL) {
      buffer_append_string(words, " at ");
      print_file_place(comparison, rule->place, words);
    }
    flush(words, out);
    buffer_append_char(out, '\n');
  }
  for (size_t i = 0; i < group->change_count && i < CHANGES; i++) {
    buffer_append_string(out, "- changed at ");
    print_change_places(comparison, group->changes[i], words);
    buffer_append_string(words, ", ");
    print_change(group->changes[i], CELL_LIMIT, words);
    flush(words, out);
    buffer_append_char(out, '\n');
  }
  for (size_t i = 0; i < group->aspect_count; i++) {
    buffer_append_string(out, "- ");
    print_aspect(&group->aspects[i], words);
    flush(words, out);
    buffer_append_char(out, '\n');
  }
  if (group->has_example) write_example(&group->example, words, out);
  buffer_append_string(out, "\n</details>\n");
}

/* Rows first, since they say the most; then as many details as fit. */
static void write_groups(const Comparison *comparison, Buffer *words, Buffer *out) {
  Buffer part = buffer_make(NULL, 0);
  size_t rows = 0, details = 0;
  buffer_append_string(out, "\n| level | operation | status | seen | changed | fingerprint |\n"
                            "| --- | --- | --- | --- | --- | --- |\n");
  for (; rows < comparison->group_count && out->length < COMMENT_LIMIT / 2; rows++)
    write_row(comparison, comparison->groups[rows], words, out);
  if (rows < comparison->group_count)
    buffer_print(out, "\n… and %zu more groups: the comment ends here, the other formats have them.\n",
                 comparison->group_count - rows);
  for (; details < rows; details++) {
    if (comparison->groups[details]->accepted != NULL) continue;
    buffer_clear(&part);
    write_details(comparison, comparison->groups[details], words, &part);
    if (out->length + part.length > COMMENT_LIMIT) break;
    buffer_append(out, buffer_text(&part));
  }
  if (details < rows)
    buffer_print(out, "\n… details of %zu more groups are left out: the comment ends here.\n",
                 rows - details);
  buffer_free(&part);
}

static void write_list(Buffer *words, Buffer *out) {
  for (Text rest = buffer_text(words); rest.length > 0;) {
    Text line = text_split(rest, '\n', &rest);
    if (line.length == 0) continue;
    buffer_append_string(out, "- ");
    append_cell(out, line);
    buffer_append_char(out, '\n');
  }
  buffer_clear(words);
}

void compare_write_markdown(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Buffer words = buffer_make(NULL, 0);
  bool fails = comparison_fails(comparison, options->fail_on);
  buffer_append_string(out, fails ? "### ✗ statusquo compare: " : "### ✓ statusquo compare: ");
  print_verdict(comparison, options->fail_on, &words);
  flush(&words, out);
  buffer_append_char(out, '\n');
  if (comparison->group_count > 0) write_groups(comparison, &words, out);
  buffer_append_char(out, '\n');
  print_coverage(comparison, false, &words);
  print_accept_notes(comparison, &words);
  write_list(&words, out);
  buffer_free(&words);
}
