/* Selection patterns: which statuses they take, which they never see, what they mean for a function's errors.
 */
#include "harness/lint/findings.h"
#include "harness/pattern/pattern.h"

#include <string.h>

static bool any(const bool set[STATUS_COUNT]) {
  return memchr(set, true, STATUS_COUNT) != NULL;
}

static bool has_default(const LintSubject *subject) {
  return subject->rule_count > 0 && subject->rules[subject->rule_count - 1]->is_default;
}

static void check_shadows(const LintSubject *subject, size_t at, bool taken[STATUS_COUNT]) {
  const IntegrationResponse *rule = subject->rules[at];
  bool alone[STATUS_COUNT];
  for (int i = 0; i < STATUS_COUNT; i++) alone[i] = subject->matches[at][i] && !taken[i];
  if (!any(subject->matches[at])) {
    finding_add(subject, LINT_UNREACHABLE_PATTERN, pattern_place(rule),
                "no status from 100 to 599 matches \"%.*s\" as a whole",
                TEXT_ARGS(rule->selection_pattern.text));
    return;
  }
  if (!any(alone)) {
    finding_add(subject, LINT_UNREACHABLE_PATTERN, pattern_place(rule),
                "\"%.*s\" is never reached: rules of smaller statuses take %.*s first",
                TEXT_ARGS(rule->selection_pattern.text),
                TEXT_ARGS(status_ranges(subject->matches[at], subject->arena)));
    return;
  }
  for (size_t other = 0; other < at; other++) {
    bool both[STATUS_COUNT];
    for (int i = 0; i < STATUS_COUNT; i++) both[i] = subject->matches[at][i] && subject->matches[other][i];
    if (!any(both) || subject->patterns[other] == NULL) continue;
    finding_add(subject, LINT_AMBIGUOUS_PATTERNS, pattern_place(rule),
                "both this pattern and \"%.*s\" (line %u) match %.*s: the smaller status, %.*s, wins",
                TEXT_ARGS(subject->rules[other]->selection_pattern.text),
                pattern_place(subject->rules[other]).line, TEXT_ARGS(status_ranges(both, subject->arena)),
                TEXT_ARGS(subject->rules[other]->status_code));
  }
}

static void check_status_table(const LintSubject *subject) {
  bool taken[STATUS_COUNT] = {false};
  for (size_t i = 0; i < subject->rule_count; i++) {
    if (subject->patterns[i] == NULL) continue;
    check_shadows(subject, i, taken);
    for (int status = 0; status < STATUS_COUNT; status++)
      taken[status] = taken[status] || subject->matches[i][status];
  }
  if (subject->operation->integration.type == INTEGRATION_MOCK)
    return; /* its statuses are the template's own */
  bool left[STATUS_COUNT], errors[STATUS_COUNT] = {false};
  for (int i = 0; i < STATUS_COUNT; i++) {
    left[i] = !taken[i];
    errors[i] = left[i] && i + FIRST_STATUS >= 400;
  }
  if (!has_default(subject)) {
    if (any(left))
      finding_add(subject, LINT_NO_DEFAULT, subject->operation->integration.place,
                  "backend statuses %.*s match no rule and become 500",
                  TEXT_ARGS(status_ranges(left, subject->arena)));
    return;
  }
  const IntegrationResponse *fallback = subject->rules[subject->rule_count - 1];
  if (any(errors) && text_starts(fallback->status_code, TEXT("2")))
    finding_add(subject, LINT_ERRORS_INTO_SUCCESS, fallback->place,
                "backend errors %.*s reach the client as %.*s",
                TEXT_ARGS(status_ranges(errors, subject->arena)), TEXT_ARGS(fallback->status_code));
}

/* 4\d{2}, 404, 4.., [45]\d\d, (400|404): matches a status, and no sentence. */
static bool looks_like_status(const Pattern *pattern) {
  static const char *const statuses[] = {"200", "400", "401", "403", "404", "409",
                                         "422", "429", "500", "502", "503"};
  if (pattern_matches(pattern, TEXT("Task timed out after 3.00 seconds"), NULL) == PATTERN_MATCHES)
    return false;
  if (pattern_matches(pattern, TEXT(""), NULL) == PATTERN_MATCHES) return false;
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    if (pattern_matches(pattern, text_from(statuses[i]), NULL) != PATTERN_MATCHES) continue;
    Text sentence = TEXT("Error: 400 401 403 404 409 422 429 500 502 503 200 in a sentence");
    return pattern_matches(pattern, sentence, NULL) != PATTERN_MATCHES;
  }
  return false;
}

/* A dot outside of a class and not escaped, and no (?s), \n or [\s\S] that would cover a line's end. */
static bool has_stopping_dot(Text pattern) {
  if (text_find(pattern, TEXT("\\n"), 0) != TEXT_NOT_FOUND ||
      text_find(pattern, TEXT("\\s\\S"), 0) != TEXT_NOT_FOUND ||
      text_find(pattern, TEXT("(?s"), 0) != TEXT_NOT_FOUND)
    return false;
  bool in_class = false;
  for (size_t i = 0; i < pattern.length; i++) {
    char byte = pattern.data[i];
    if (byte == '\\')
      i++;
    else if (byte == '[')
      in_class = true;
    else if (byte == ']')
      in_class = false;
    else if (byte == '.' && !in_class)
      return true;
  }
  return false;
}

static void check_function_patterns(const LintSubject *subject) {
  size_t patterns = 0;
  for (size_t i = 0; i < subject->rule_count; i++) {
    const IntegrationResponse *rule = subject->rules[i];
    if (subject->patterns[i] == NULL) continue;
    patterns++;
    Text pattern = rule->selection_pattern.text;
    if (pattern_matches(subject->patterns[i], TEXT(""), NULL) == PATTERN_MATCHES)
      finding_add(subject, LINT_MATCHES_SUCCESS, pattern_place(rule),
                  "\"%.*s\" also matches the empty text of a function that returned normally: every success "
                  "becomes %.*s",
                  TEXT_ARGS(pattern), TEXT_ARGS(rule->status_code));
    if (looks_like_status(subject->patterns[i]))
      finding_add(subject, LINT_STATUS_PATTERN_ON_FUNCTION, pattern_place(rule),
                  "\"%.*s\" reads like a status, but a function's errorMessage is matched, as a whole",
                  TEXT_ARGS(pattern));
    else if (has_stopping_dot(pattern))
      finding_add(subject, LINT_DOT_STOPS_AT_NEWLINE, pattern_place(rule),
                  "\"%.*s\" fails on an error message of several lines; (\\n|.)* or [\\s\\S]* matches them",
                  TEXT_ARGS(pattern));
  }
  if (!has_default(subject)) {
    finding_add(subject, LINT_NO_DEFAULT, subject->operation->integration.place,
                "a function that returns normally, or an error that no pattern takes, becomes 500");
    return;
  }
  const IntegrationResponse *fallback = subject->rules[subject->rule_count - 1];
  if (patterns == 0 && text_starts(fallback->status_code, TEXT("2")))
    finding_add(subject, LINT_ERRORS_INTO_SUCCESS, fallback->place,
                "a function that raises reaches the client as %.*s", TEXT_ARGS(fallback->status_code));
}

void check_patterns(const LintSubject *subject) {
  if (!subject->selects) return;
  for (size_t i = 0; i < subject->rule_count; i++) {
    const SourceText *pattern = &subject->rules[i]->selection_pattern;
    if (subject->rules[i]->is_default) continue;
    Fault fault;
    Pattern *compiled;
    if (subject->patterns[i] == NULL && !pattern_compile(pattern->text, 0, subject->arena, &compiled, &fault))
      finding_add(subject, LINT_INVALID_PATTERN, source_text_place(pattern, fault.offset),
                  "selection pattern \"%.*s\": %s", TEXT_ARGS(pattern->text), fault.message);
    size_t doubled = text_find(pattern->text, TEXT("\\\\"), 0);
    if (doubled != TEXT_NOT_FOUND)
      finding_add(subject, LINT_DOUBLED_BACKSLASH, source_text_place(pattern, doubled),
                  "\"%.*s\" wants a backslash in the text; one backslash is enough here",
                  TEXT_ARGS(pattern->text));
    if (pattern->document != NULL && pattern->node != NULL && cJSON_IsNumber(pattern->node))
      finding_add(subject, LINT_NUMBER_FOR_TEXT, pattern->place,
                  "the pattern %.*s is a number; write it in quotes", TEXT_ARGS(pattern->text));
  }
  if (subject->selects_error)
    check_function_patterns(subject);
  else
    check_status_table(subject);
}
