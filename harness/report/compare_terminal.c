/* For a person: the worst first, each group with what changed and its smallest example; the verdict last. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

enum { RED = 31, GREEN = 32, YELLOW = 33, BOLD = 1, DIM = 2 };

typedef struct Terminal {
  const Comparison *comparison;
  const CompareReportOptions *options;
  Buffer *out;
} Terminal;

static void paint(const Terminal *terminal, int code) {
  if (terminal->options->color) buffer_print(terminal->out, "\033[%dm", code);
}

static void plain(const Terminal *terminal) {
  if (terminal->options->color) buffer_append_string(terminal->out, "\033[0m");
}

static void title(const Terminal *terminal, const char *words) {
  buffer_append_string(terminal->out, "  ");
  paint(terminal, DIM);
  buffer_print(terminal->out, "%-9s", words);
  plain(terminal);
}

static int level_color(Severity level) {
  return level == SEVERITY_BREAKING ? RED : level == SEVERITY_RISKY ? YELLOW : GREEN;
}

static size_t value_limit(const Terminal *terminal) {
  enum { PAGE = 400, NARROW = 60, INDENT = 20 };
  if (terminal->options->verbose) return 0;
  int width = terminal->options->width;
  return width == 0 ? PAGE : width > NARROW + INDENT ? (size_t)(width - INDENT) : NARROW;
}

static void write_place(const Terminal *terminal, Place place) {
  if (place.line == 0) return;
  buffer_append_string(terminal->out, "  ");
  paint(terminal, DIM);
  print_file_place(terminal->comparison, place, terminal->out);
  plain(terminal);
}

static void write_rule(const Terminal *terminal, const char *words, const IntegrationResponse *rule) {
  title(terminal, words);
  print_rule(rule, terminal->out);
  if (rule != NULL) write_place(terminal, rule->place);
  buffer_append_char(terminal->out, '\n');
}

static void write_changes(const Terminal *terminal, const Group *group) {
  enum { SHORT = 6, LINE_LIMIT = 80 };
  for (size_t i = 0; i < group->change_count; i++) {
    const DefinitionChange *change = group->changes[i];
    if (i == SHORT && !terminal->options->verbose) {
      title(terminal, "");
      buffer_print(terminal->out, "… and %zu more (--verbose)\n", group->change_count - i);
      return;
    }
    title(terminal, i == 0 ? "changed" : "");
    print_change(change, terminal->options->verbose ? 0 : LINE_LIMIT, terminal->out);
    buffer_append_string(terminal->out, "  ");
    paint(terminal, DIM);
    print_change_places(terminal->comparison, change, terminal->out);
    plain(terminal);
    buffer_append_char(terminal->out, '\n');
  }
}

static void write_aspects(const Terminal *terminal, const Group *group) {
  for (size_t i = 0; i < group->aspect_count; i++) {
    title(terminal, i == 0 ? "differs" : "");
    print_aspect(&group->aspects[i], terminal->out);
    buffer_append_char(terminal->out, '\n');
  }
  if (!group->more_aspects) return;
  title(terminal, "");
  buffer_append_string(terminal->out, "… and other places\n");
}

static void write_example(const Terminal *terminal, const Group *group) {
  const Example *example = &group->example;
  Buffer *out = terminal->out;
  if (!group->has_example) return;
  title(terminal, "example");
  if (example->id.data != NULL) {
    append_cut(out, example->name.data != NULL ? example->name : example->id, 120);
    buffer_append_string(out, "  ");
  }
  print_example_call(example, out);
  buffer_append_char(out, '\n');
  if (example->backend.kind != BACKEND_NONE && example->backend.body.length > 0) {
    title(terminal, "");
    Text body = example->backend.body;
    print_response(&(Response){.status = example->backend.status, .body = body}, TEXT_EMPTY,
                   value_limit(terminal), out);
    buffer_append_char(out, '\n');
  }
  title(terminal, "");
  paint(terminal, RED);
  buffer_append_string(out, "- ");
  print_response(&example->old_response, example->old_reason, value_limit(terminal), out);
  plain(terminal);
  buffer_append_char(out, '\n');
  title(terminal, "");
  paint(terminal, GREEN);
  buffer_append_string(out, "+ ");
  print_response(&example->new_response, example->new_reason, value_limit(terminal), out);
  plain(terminal);
  buffer_append_char(out, '\n');
}

static void write_group(const Terminal *terminal, const Group *group) {
  Buffer *out = terminal->out;
  paint(terminal, level_color(group->level));
  buffer_print(out, "%s", group->accepted != NULL ? "accepted" : severity_name(group->level));
  plain(terminal);
  buffer_append_string(out, "  ");
  paint(terminal, BOLD);
  print_flow(group, out);
  plain(terminal);
  buffer_append_string(out, "  ");
  paint(terminal, DIM);
  buffer_print(out, "[%s]", group->fingerprint);
  plain(terminal);
  buffer_append_char(out, '\n');
  title(terminal, "seen");
  print_counts(terminal->comparison, group, out);
  buffer_append_char(out, '\n');
  if (group->accepted != NULL) {
    title(terminal, "accepted");
    append_cut(out, group->accepted->reason, 200);
    buffer_append_string(out, " (");
    append_cut(out, group->accepted->owner, 80);
    buffer_append_string(out, ")\n\n");
    return;
  }
  if (group->old_status != 0 || group->new_status != 0) {
    write_rule(terminal, "old rule", group->old_rule);
    write_rule(terminal, "new rule", group->new_rule);
  }
  write_changes(terminal, group);
  write_aspects(terminal, group);
  write_example(terminal, group);
  buffer_append_char(out, '\n');
}

void compare_write_terminal(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  enum { SHORT = 50 };
  Terminal terminal = {comparison, options, out};
  for (size_t i = 0; i < comparison->group_count; i++) {
    if (i == SHORT && !options->verbose) {
      buffer_print(out, "… and %zu more groups (--verbose lists them)\n\n", comparison->group_count - i);
      break;
    }
    write_group(&terminal, comparison->groups[i]);
  }
  print_coverage(comparison, options->verbose, out);
  print_accept_notes(comparison, out);
  bool fails = comparison_fails(comparison, options->fail_on);
  paint(&terminal, fails ? RED : GREEN);
  print_verdict(comparison, options->fail_on, out);
  plain(&terminal);
  buffer_append_char(out, '\n');
}
