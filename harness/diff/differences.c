#include "harness/diff/diff.h"

#include "harness/document/document.h"

const char *severity_name(Severity severity) {
  static const char *const names[] = {"none", "compatible", "risky", "breaking"};
  return names[severity];
}

Differences differences_make(Arena *arena) {
  return (Differences){.arena = arena};
}

void differences_add(Differences *list, Difference difference) {
  if (list->count >= DIFFERENCES_TOLD) {
    list->untold++;
    if (difference.severity > list->untold_severity) list->untold_severity = difference.severity;
    return;
  }
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
    list->items = arena_resize(list->arena, list->items, list->capacity * sizeof(Difference),
                               capacity * sizeof(Difference));
    list->capacity = capacity;
  }
  list->items[list->count++] = difference;
}

void differences_finish(Differences *list) {
  if (list->untold == 0) return;
  Difference *last = &list->items[list->count - 1];
  *last = (Difference){.at = TEXT("body"),
                       .message = arena_print(list->arena, "and %zu more differences", list->untold + 1),
                       .severity =
                           list->untold_severity > last->severity ? list->untold_severity : last->severity};
  list->untold = 0;
}

Severity differences_severity(const Differences *list) {
  Severity worst = list->untold_severity;
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].severity > worst) worst = list->items[i].severity;
  return worst;
}

Text json_quote(Text text, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  json_write_text(&out, text);
  return buffer_text(&out);
}
