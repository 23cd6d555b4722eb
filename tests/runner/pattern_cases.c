/* Cases of patterns. Sections:
 *   pattern    the expression, in Java's dialect
 *   subject    the text; may be left out when only compiling is looked at
 *   answer     "matches" or "no match" (Pattern.matches), "undecided", "refused" (Java refuses the pattern),
 *              "limit" (Java takes it, this program doesn't)
 *   message    what a refusal, limit or undecided match says
 *   offset     the byte of the pattern that a refusal points at
 *   found      every Matcher.find(), one a line: the match in brackets, then each group; "-" for an unset one
 *   miss       pattern_explain_miss */
#include "harness/pattern/pattern.h"
#include "tests/runner/case.h"

const char *const case_section_names[] = {"pattern", "subject", "answer", "message",
                                          "offset",  "found",   "miss",   NULL};

enum { GROUPS_MOST = 32 };

static Text found_text(const Pattern *pattern, Text subject, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  size_t spans[2 * GROUPS_MOST];
  uint32_t groups = pattern_group_count(pattern);
  PatternSearch search = {0};
  while (pattern_find_next(pattern, subject, &search, spans, 2 * ((size_t)groups + 1), NULL) ==
         PATTERN_MATCHES) {
    if (out.length > 0) buffer_append_char(&out, '\n');
    for (uint32_t group = 0; group <= groups; group++) {
      if (group > 0) buffer_append_char(&out, ' ');
      if (spans[2 * group] == PATTERN_UNSET)
        buffer_append_char(&out, '-');
      else
        buffer_print(&out, "[%.*s]", TEXT_ARGS(text_slice(subject, spans[2 * group], spans[2 * group + 1])));
    }
  }
  return buffer_text(&out);
}

static const char *answer_word(PatternAnswer answer) {
  return answer == PATTERN_MATCHES ? "matches" : answer == PATTERN_NO_MATCH ? "no match" : "undecided";
}

static void check_section(const Case *subject, const char *section, Text actual, Buffer *failure) {
  if (case_has(subject, section)) case_expect_text(section, case_section(subject, section), actual, failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Fault fault = {0};
  Pattern *pattern;
  if (!pattern_compile(case_section(subject, "pattern"), 0, arena, &pattern, &fault)) {
    check_section(subject, "answer", fault.kind == FAULT_INPUT ? TEXT("refused") : TEXT("limit"), failure);
    if (!case_has(subject, "answer")) buffer_print(failure, "  doesn't compile: %s\n", fault.message);
    check_section(subject, "message", text_from(fault.message), failure);
    check_section(subject, "offset", arena_print(arena, "%zu", fault.offset), failure);
    return;
  }
  Text text = case_section(subject, "subject");
  PatternAnswer answer = pattern_matches(pattern, text, &fault);
  check_section(subject, "answer", text_from(answer_word(answer)), failure);
  check_section(subject, "message", text_from(fault.message), failure);
  check_section(subject, "miss", pattern_explain_miss(pattern, text, arena), failure);
  if (!case_has(subject, "found")) return;
  if (pattern_group_count(pattern) >= GROUPS_MOST)
    buffer_append_string(failure, "  too many groups for the case runner\n");
  else
    check_section(subject, "found", found_text(pattern, text, arena), failure);
}
