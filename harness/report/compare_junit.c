/* JUnit XML: a suite an operation, a case a group; operations that answer as before are passing cases. Names
 * hold the fingerprint: stable and unique. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

typedef struct Suite {
  const Comparison *comparison;
  Severity fail_on;
  Buffer words; /* one text before it is escaped */
  Buffer cases; /* waits for the counts that come first */
  size_t tests, failures, skipped;
} Suite;

static void flush(Suite *suite, Buffer *out) {
  append_xml(out, buffer_text(&suite->words));
  buffer_clear(&suite->words);
}

static void write_story(Suite *suite, const Group *group) {
  enum { SHOWN = 2000 };
  Buffer *words = &suite->words;
  buffer_print(words, "%s\n", severity_name(group->level));
  for (size_t i = 0; i < group->change_count; i++) {
    print_change_places(suite->comparison, group->changes[i], words);
    buffer_append_char(words, ' ');
    print_change(group->changes[i], SHOWN, words);
    buffer_append_char(words, '\n');
  }
  for (size_t i = 0; i < group->aspect_count; i++) {
    print_aspect(&group->aspects[i], words);
    buffer_append_char(words, '\n');
  }
  if (!group->has_example) return;
  print_example_call(&group->example, words);
  buffer_append_string(words, "\n- ");
  print_response(&group->example.old_response, group->example.old_reason, SHOWN, words);
  buffer_append_string(words, "\n+ ");
  print_response(&group->example.new_response, group->example.new_reason, SHOWN, words);
  buffer_append_char(words, '\n');
}

static void open_case(Suite *suite, Text operation, Buffer *out) {
  suite->tests++;
  buffer_append_string(out, "    <testcase classname=\"");
  append_xml(out, operation);
  buffer_append_string(out, "\" name=\"");
}

static void write_group(Suite *suite, const Group *group) {
  Buffer *out = &suite->cases;
  bool fails = group->accepted == NULL && group->level >= suite->fail_on;
  open_case(suite, group->operation, out);
  print_statuses(group, &suite->words);
  buffer_print(&suite->words, " [%s]", group->fingerprint);
  flush(suite, out);
  buffer_append_string(out, "\">\n");
  if (group->accepted != NULL) {
    suite->skipped++;
    buffer_append_string(out, "      <skipped message=\"accepted: ");
    append_xml(out, group->accepted->reason);
    buffer_append_string(out, "\"/>\n");
  }
  if (fails) {
    suite->failures++;
    buffer_print(out, "      <failure type=\"%s\" message=\"", severity_name(group->level));
    print_counts(suite->comparison, group, &suite->words);
    flush(suite, out);
    buffer_append_string(out, "\">");
    write_story(suite, group);
    flush(suite, out);
    buffer_append_string(out, "</failure>\n");
  } else {
    buffer_append_string(out, "      <system-out>");
    write_story(suite, group);
    flush(suite, out);
    buffer_append_string(out, "</system-out>\n");
  }
  buffer_append_string(out, "    </testcase>\n");
}

static void write_properties(const Comparison *comparison, Buffer *out) {
  buffer_append_string(out, "    <properties>\n      <property name=\"tool\" value=\"statusquo\"/>\n"
                            "      <property name=\"old\" value=\"");
  append_attribute(out, text_from(comparison->old_name));
  buffer_append_string(out, "\"/>\n      <property name=\"new\" value=\"");
  append_attribute(out, text_from(comparison->new_name));
  buffer_append_string(out, "\"/>\n    </properties>\n");
}

static void write_suite(Suite *suite, const OperationPair *pair, Buffer *out) {
  suite->tests = suite->failures = suite->skipped = 0;
  buffer_clear(&suite->cases);
  for (size_t i = 0; i < suite->comparison->group_count; i++)
    if (suite->comparison->groups[i]->pair == pair) write_group(suite, suite->comparison->groups[i]);
  if (suite->tests == 0) {
    open_case(suite, pair->name, &suite->cases);
    if (pair_is_untried(pair)) {
      suite->skipped++;
      buffer_append_string(&suite->cases, UNTRIED_WORDS "\"><skipped/></testcase>\n");
    } else {
      buffer_append_string(&suite->cases, "answers as before\"/>\n");
    }
  }
  buffer_append_string(out, "  <testsuite name=\"");
  append_xml(out, pair->name);
  buffer_print(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"0\">\n",
               suite->tests, suite->failures, suite->skipped);
  write_properties(suite->comparison, out);
  buffer_append(out, buffer_text(&suite->cases));
  buffer_append_string(out, "  </testsuite>\n");
}

static void write_accept_list(Suite *suite, Buffer *out) {
  const AcceptList *list = suite->comparison->accepted;
  if (list == NULL || list->count == 0) return;
  buffer_print(out,
               "  <testsuite name=\"accept list\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" "
               "time=\"0\">\n",
               list->count, list->expired);
  for (size_t i = 0; i < list->count; i++) {
    const AcceptedEntry *entry = &list->items[i];
    buffer_print(out, "    <testcase classname=\"accept list\" name=\"%.*s (entry %zu)\">",
                 TEXT_ARGS(entry->fingerprint), i + 1);
    if (entry->expired)
      buffer_print(out, "<failure type=\"expired\" message=\"expired on %.*s\"/>", TEXT_ARGS(entry->expires));
    buffer_append_string(out, "</testcase>\n");
  }
  buffer_append_string(out, "  </testsuite>\n");
}

void compare_write_junit(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Suite suite = {.comparison = comparison,
                 .fail_on = options->fail_on,
                 .words = buffer_make(NULL, 0),
                 .cases = buffer_make(NULL, 0)};
  buffer_append_string(
      out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"statusquo compare\">\n");
  for (size_t i = 0; i < comparison->pair_count; i++) write_suite(&suite, &comparison->pairs[i], out);
  for (size_t i = 0; i < comparison->crossed_count; i++) write_suite(&suite, comparison->crossed[i], out);
  write_accept_list(&suite, out);
  buffer_append_string(out, "</testsuites>\n");
  buffer_free(&suite.words);
  buffer_free(&suite.cases);
}
