/* Prepares each operation once and runs the checks over it. */
#include "harness/lint/findings.h"
#include "harness/pattern/pattern.h"

#include <stdio.h>
#include <stdlib.h>

const LintRule lint_rules[LINT_RULE_COUNT] = {
#define LINT_RULE(number, id, severity, title, why, bad, good) {id, severity, title, why, bad, good},
#include "harness/lint/rules.inc"
#undef LINT_RULE
};

static const char *const severity_names[] = {"note", "warning", "error"};

const char *lint_severity_name(LintSeverity severity) {
  return severity_names[severity];
}

bool lint_severity_read(Text name, LintSeverity *out) {
  for (LintSeverity severity = LINT_NOTE; severity <= LINT_ERROR; severity++) {
    if (!text_is(name, severity_names[severity])) continue;
    *out = severity;
    return true;
  }
  return false;
}

const LintRule *lint_rule(Text id) {
  for (size_t i = 0; i < LINT_RULE_COUNT; i++)
    if (text_is(id, lint_rules[i].id)) return &lint_rules[i];
  return NULL;
}

/* Patterns by ascending status, as the gateway tries them (gateway.md 5.2), the default behind them. */
static int by_trial(const void *left, const void *right) {
  const IntegrationResponse *first = *(const IntegrationResponse *const *)left;
  const IntegrationResponse *second = *(const IntegrationResponse *const *)right;
  if (first->is_default != second->is_default) return first->is_default ? 1 : -1;
  int order = text_compare(first->status_code, second->status_code);
  return order != 0 ? order : (first > second) - (first < second);
}

static void subject_rules(LintSubject *subject) {
  const Integration *integration = &subject->operation->integration;
  subject->rule_count = integration->response_count;
  subject->rules = ARENA_ARRAY(subject->arena, const IntegrationResponse *, subject->rule_count + 1);
  subject->patterns = ARENA_ARRAY(subject->arena, Pattern *, subject->rule_count + 1);
  for (size_t i = 0; i < subject->rule_count; i++) subject->rules[i] = &integration->responses[i];
  if (subject->rule_count > 1) qsort(subject->rules, subject->rule_count, sizeof *subject->rules, by_trial);
  if (subject->selects_status)
    subject->matches = arena_alloc_zero(subject->arena, subject->rule_count + 1, sizeof *subject->matches);
  for (size_t i = 0; i < subject->rule_count; i++) {
    const IntegrationResponse *rule = subject->rules[i];
    if (rule->is_default) continue;
    if (!pattern_compile(rule->selection_pattern.text, 0, subject->arena, &subject->patterns[i], NULL)) {
      subject->patterns[i] = NULL;
      continue;
    }
    for (int status = 0; subject->selects_status && status < STATUS_COUNT; status++) {
      char digits[8];
      int length = snprintf(digits, sizeof digits, "%d", status + FIRST_STATUS);
      subject->matches[i][status] =
          pattern_matches(subject->patterns[i], (Text){digits, (size_t)length}, NULL) == PATTERN_MATCHES;
    }
  }
}

static void lint_operation(const Operation *operation, const Exchange *exchanges, size_t exchange_count,
                           Arena *arena, Findings *out) {
  const Integration *integration = &operation->integration;
  bool proxy = integration->type == INTEGRATION_AWS_PROXY || integration->type == INTEGRATION_HTTP_PROXY;
  LintSubject subject = {
      .operation = operation, .name = operation_name(operation, arena), .arena = arena, .findings = out};
  if (!operation->has_integration) {
    finding_add(&subject, LINT_NO_INTEGRATION, operation->place, "No integration defined for method");
    return;
  }
  subject.selects = !proxy;
  subject.selects_error = integration->type == INTEGRATION_AWS && integration->is_lambda;
  subject.selects_status = subject.selects && !subject.selects_error;
  FaultList defects = fault_list_make(arena); /* the checks say the same with more words */
  subject.mapping = mapping_compile(operation, arena, &defects);
  subject_rules(&subject);
  check_responses(&subject);
  check_patterns(&subject);
  check_templates(&subject);
  check_recorded(&subject, exchanges, exchange_count);
}

static int by_place(const void *left, const void *right) {
  const Finding *first = left, *second = right;
  if (first->place.line != second->place.line) return first->place.line < second->place.line ? -1 : 1;
  if (first->place.column != second->place.column) return first->place.column < second->place.column ? -1 : 1;
  if (first->rule != second->rule) return first->rule < second->rule ? -1 : 1;
  return text_compare(first->message, second->message);
}

void lint_definition(const Definition *definition, const Exchange *exchanges, size_t exchange_count,
                     Arena *arena, Findings *out) {
  *out = (Findings){.arena = arena};
  for (size_t i = 0; i < definition->operation_count; i++)
    lint_operation(&definition->operations[i], exchanges, exchange_count, arena, out);
  if (out->count > 1) qsort(out->items, out->count, sizeof(Finding), by_place);
}
