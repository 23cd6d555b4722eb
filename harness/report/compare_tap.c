/* TAP 14: a point a group, in the order of the operations' worst; those that answer as before pass. What
 * somebody accepted is still to do: it doesn't fail. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

enum { SHOWN = 400 };

typedef struct Points {
  const Comparison *comparison;
  Buffer words; /* one text before it is written */
  size_t count;
  Buffer *out;
} Points;

static void flush(Points *points, const char *key) {
  tap_member(points->out, key, buffer_text(&points->words));
  buffer_clear(&points->words);
}

static void write_changes(Points *points, const Group *group) {
  if (group->change_count > 0) buffer_append_string(points->out, "  changes:\n");
  for (size_t i = 0; i < group->change_count; i++) {
    print_change_places(points->comparison, group->changes[i], &points->words);
    flush(points, "    - at: ");
    print_change(group->changes[i], SHOWN, &points->words);
    flush(points, "      change: ");
  }
}

static void write_aspects(Points *points, const Group *group) {
  if (group->aspect_count > 0) buffer_append_string(points->out, "  differences:\n");
  for (size_t i = 0; i < group->aspect_count; i++) {
    print_aspect(&group->aspects[i], &points->words);
    flush(points, "    - difference: ");
  }
}

static void write_example(Points *points, const Example *example) {
  print_example_call(example, &points->words);
  flush(points, "  example: ");
  print_response(&example->old_response, example->old_reason, SHOWN, &points->words);
  flush(points, "  old: ");
  print_response(&example->new_response, example->new_reason, SHOWN, &points->words);
  flush(points, "  new: ");
}

static void write_group(Points *points, const Group *group, Severity fail_on) {
  Buffer *out = points->out;
  bool passes = group->level < fail_on;
  print_flow(group, &points->words);
  buffer_print(&points->words, " [%s]", group->fingerprint);
  tap_point(out, passes, ++points->count, buffer_text(&points->words));
  buffer_clear(&points->words);
  if (group->accepted != NULL && !passes) {
    buffer_append_string(&points->words, "accepted: ");
    append_cut(&points->words, group->accepted->reason, SHOWN);
    tap_directive(out, "TODO", buffer_text(&points->words));
    buffer_clear(&points->words);
  }
  buffer_print(out, "\n  ---\n  severity: %s\n", severity_name(group->level));
  print_counts(points->comparison, group, &points->words);
  flush(points, "  seen: ");
  write_changes(points, group);
  write_aspects(points, group);
  if (group->has_example) write_example(points, &group->example);
  buffer_append_string(out, "  ...\n");
}

static bool has_group(const Comparison *comparison, const OperationPair *pair) {
  for (size_t i = 0; i < comparison->group_count; i++)
    if (comparison->groups[i]->pair == pair) return true;
  return false;
}

static void write_pair(Points *points, const OperationPair *pair) {
  if (has_group(points->comparison, pair)) return;
  bool untried = pair_is_untried(pair);
  append_cut(&points->words, pair->name, 0);
  if (!untried) buffer_append_string(&points->words, " answers as before");
  tap_point(points->out, true, ++points->count, buffer_text(&points->words));
  buffer_clear(&points->words);
  if (untried) tap_directive(points->out, "SKIP", TEXT(UNTRIED_WORDS));
  buffer_append_char(points->out, '\n');
}

static void write_accepted(Points *points, const AcceptedEntry *entry) {
  if (!entry->expired) return;
  buffer_print(&points->words, "accept list: %.*s expired on %.*s", TEXT_ARGS(entry->fingerprint),
               TEXT_ARGS(entry->expires));
  tap_point(points->out, false, ++points->count, buffer_text(&points->words));
  buffer_clear(&points->words);
  buffer_append_char(points->out, '\n');
}

void compare_write_tap(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Points points = {comparison, buffer_make(NULL, 0), 0, out};
  const AcceptList *list = comparison->accepted;
  buffer_append_string(out, "TAP version 14\n");
  for (size_t i = 0; i < comparison->group_count; i++)
    write_group(&points, comparison->groups[i], options->fail_on);
  for (size_t i = 0; i < comparison->pair_count; i++) write_pair(&points, &comparison->pairs[i]);
  for (size_t i = 0; list != NULL && i < list->count; i++) write_accepted(&points, &list->items[i]);
  buffer_print(out, "1..%zu\n", points.count);
  buffer_free(&points.words);
}
