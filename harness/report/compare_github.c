/* Workflow commands: each open group is an annotation at the line that changed. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

enum { ANNOTATION_LIMIT = 4000 };

static void flush_property(Buffer *words, Buffer *out) {
  append_workflow_property(out, buffer_text(words));
  buffer_clear(words);
}

static void flush_message(Buffer *words, Buffer *out) {
  append_workflow_message(out, text_trim(buffer_text(words)));
  buffer_clear(words);
}

static void write_message(const Comparison *comparison, const Group *group, Buffer *words) {
  enum { SHOWN = 300 };
  print_counts(comparison, group, words);
  for (size_t i = 0; i < group->change_count && words->length < ANNOTATION_LIMIT; i++) {
    buffer_append_char(words, '\n');
    print_file_place(comparison, change_place(group->changes[i]), words);
    buffer_append_char(words, ' ');
    print_change(group->changes[i], SHOWN, words);
  }
  for (size_t i = 0; i < group->aspect_count && words->length < ANNOTATION_LIMIT; i++) {
    buffer_append_char(words, '\n');
    print_aspect(&group->aspects[i], words);
  }
  if (group->has_example) {
    buffer_append_string(words, "\nexample: ");
    print_example_call(&group->example, words);
    buffer_append_string(words, "\n- ");
    print_response(&group->example.old_response, group->example.old_reason, SHOWN, words);
    buffer_append_string(words, "\n+ ");
    print_response(&group->example.new_response, group->example.new_reason, SHOWN, words);
  }
  buffer_print(words, "\nfingerprint %s", group->fingerprint);
}

static void write_group(const Comparison *comparison, const Group *group, Severity fail_on, Buffer *words,
                        Buffer *out) {
  Place place = group->change_count > 0 ? change_place(group->changes[0]) : (Place){NULL, 0, 0};
  const char *command = group->level >= fail_on          ? "error"
                        : group->level >= SEVERITY_RISKY ? "warning"
                                                         : "notice";
  buffer_print(out, "::%s file=", command);
  print_file_place(comparison, (Place){place.file, 0, 0}, words);
  flush_property(words, out);
  if (place.line > 0) buffer_print(out, ",line=%u", place.line);
  if (place.line > 0 && place.column > 0) buffer_print(out, ",col=%u", place.column);
  buffer_append_string(out, ",title=");
  buffer_print(words, "%s: ", severity_name(group->level));
  print_flow(group, words);
  flush_property(words, out);
  buffer_append_string(out, "::");
  write_message(comparison, group, words);
  flush_message(words, out);
  buffer_append_char(out, '\n');
}

void compare_write_github(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Buffer words = buffer_make(NULL, 0);
  for (size_t i = 0; i < comparison->group_count; i++)
    if (comparison->groups[i]->accepted == NULL)
      write_group(comparison, comparison->groups[i], options->fail_on, &words, out);
  bool fails = comparison_fails(comparison, options->fail_on);
  buffer_append_string(out,
                       fails ? "::error title=statusquo compare::" : "::notice title=statusquo compare::");
  print_verdict(comparison, options->fail_on, &words);
  buffer_append_char(&words, '\n');
  print_accept_notes(comparison, &words);
  flush_message(&words, out);
  buffer_append_char(out, '\n');
  buffer_free(&words);
}
