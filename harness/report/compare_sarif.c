/* SARIF: a result a group at the first line that changed, the others beside it. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"
#include "harness/report/sarif.h"

enum { SHOWN = 300, RELATED_MOST = 20 };

static void write_story(const Comparison *comparison, const Group *group, Buffer *words) {
  print_flow(group, words);
  buffer_append_char(words, '\n');
  print_counts(comparison, group, words);
  for (size_t i = 0; i < group->aspect_count; i++) {
    buffer_append_char(words, '\n');
    print_aspect(&group->aspects[i], words);
  }
  if (!group->has_example) return;
  buffer_append_string(words, "\nexample: ");
  print_example_call(&group->example, words);
  buffer_append_string(words, "\n- ");
  print_response(&group->example.old_response, group->example.old_reason, SHOWN, words);
  buffer_append_string(words, "\n+ ");
  print_response(&group->example.new_response, group->example.new_reason, SHOWN, words);
}

/* The file as people name it: a definition from git has no other. */
static Text file_of(const Comparison *comparison, Place place, Arena *arena) {
  Buffer name = buffer_make(arena, 0);
  print_file_place(comparison, (Place){place.file, 0, 0}, &name);
  return buffer_text(&name);
}

static SarifPlace related_place(const Comparison *comparison, const DefinitionChange *change, Arena *arena) {
  Buffer words = buffer_make(arena, 0);
  Place place = change_place(change);
  print_change(change, SHOWN, &words);
  return (SarifPlace){file_of(comparison, place, arena), place.line, place.column, buffer_text(&words)};
}

static void write_group(const Comparison *comparison, const Group *group, bool first, Arena *arena,
                        Buffer *out) {
  SarifPlace related[RELATED_MOST];
  size_t related_count = 0;
  Place place = group->change_count > 0 ? change_place(group->changes[0]) : (Place){NULL, 0, 0};
  Buffer words = buffer_make(arena, 0);
  write_story(comparison, group, &words);
  for (size_t i = 0; i < group->change_count && related_count < RELATED_MOST; i++)
    related[related_count++] = related_place(comparison, group->changes[i], arena);
  const SarifResult result = {.rule = severity_name(group->level),
                              .rule_index = sarif_severity_rule(group->level),
                              .level = sarif_level(group->level),
                              .message = buffer_text(&words),
                              .file = file_of(comparison, place, arena),
                              .line = place.line,
                              .column = place.column,
                              .related = related,
                              .related_count = related_count,
                              .fingerprint = text_from(group->fingerprint),
                              .accepted =
                                  group->accepted != NULL ? group->accepted->reason : (Text){NULL, 0}};
  sarif_result(&result, first, out);
}

void compare_write_sarif(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  (void)options;
  sarif_open(out);
  sarif_severity_rules(out);
  sarif_open_results(out);
  for (size_t i = 0; i < comparison->group_count; i++) {
    Arena *arena = arena_new(0);
    write_group(comparison, comparison->groups[i], i == 0, arena, out);
    arena_free(arena);
  }
  sarif_close(out);
}
