#include "harness/pattern/program.h"

Text pattern_explain_miss(const Pattern *pattern, Text subject, Arena *arena) {
  (void)pattern;
  if (subject.length == 0) return arena_print(arena, "the value is empty");
  return TEXT_EMPTY;
}
