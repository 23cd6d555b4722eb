#include "harness/lint/findings.h"

void finding_add(const LintSubject *subject, LintRuleNumber rule, Place place, const char *format, ...) {
  Findings *list = subject->findings;
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
    list->items =
        arena_resize(list->arena, list->items, list->capacity * sizeof(Finding), capacity * sizeof(Finding));
    list->capacity = capacity;
  }
  va_list arguments;
  va_start(arguments, format);
  Text message = arena_print_list(list->arena, format, arguments);
  va_end(arguments);
  list->items[list->count++] = (Finding){&lint_rules[rule], subject->name, place, message};
}

Text status_ranges(const bool set[STATUS_COUNT], Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (int from = 0; from < STATUS_COUNT; from++) {
    if (!set[from]) continue;
    int to = from;
    while (to + 1 < STATUS_COUNT && set[to + 1]) to++;
    if (out.length > 0) buffer_append_string(&out, ", ");
    buffer_print(&out, "%d", from + FIRST_STATUS);
    if (to > from) buffer_print(&out, "-%d", to + FIRST_STATUS);
    from = to;
  }
  return buffer_text(&out);
}

Place pattern_place(const IntegrationResponse *rule) {
  return rule->selection_pattern.text.data != NULL ? source_text_place(&rule->selection_pattern, 0)
                                                   : rule->place;
}
