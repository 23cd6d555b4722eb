/* Rules against the method's declarations: statuses, headers, defaults. */
#include "harness/lint/findings.h"

#include <string.h>

static const MethodResponse *method_response(const Operation *operation, Text status_code) {
  for (size_t i = 0; i < operation->method_response_count; i++)
    if (text_equal(operation->method_responses[i].status_code, status_code))
      return &operation->method_responses[i];
  return NULL;
}

static bool status_is_valid(Text status) {
  return status.length == 3 && status.data[0] >= '1' && status.data[0] <= '5' &&
         strchr("0123456789", status.data[1]) != NULL && strchr("0123456789", status.data[2]) != NULL;
}

/* 'text' | integration.response.header.X | .multivalueheader.X | .body | .body.PATH | context.X |
 * stageVariables.X */
static bool source_is_known(Text source) {
  static const char *const prefixes[] = {"integration.response.header.",
                                         "integration.response.multivalueheader.",
                                         "integration.response.body.", "context.", "stageVariables."};
  if (source.length >= 2 && source.data[0] == '\'' && source.data[source.length - 1] == '\'') return true;
  if (text_equal(source, TEXT("integration.response.body"))) return true;
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    Text prefix = text_from(prefixes[i]);
    if (text_starts(source, prefix) && source.length > prefix.length) return true;
  }
  return false;
}

static bool header_is_declared(const MethodResponse *response, Text target) {
  for (size_t i = 0; i < response->parameters.count; i++)
    if (text_equal_ignoring_case(response->parameters.items[i].name, target)) return true;
  return false;
}

static void check_parameters(const LintSubject *subject, const IntegrationResponse *rule,
                             const MethodResponse *declared) {
  for (size_t i = 0; i < rule->response_parameters.count; i++) {
    const ParameterEntry *entry = &rule->response_parameters.items[i];
    if (!text_starts(entry->target, TEXT("method.response.header."))) {
      finding_add(subject, LINT_INVALID_PARAMETER, entry->place,
                  "Invalid mapping expression parameter specified: %.*s (only headers can be mapped)",
                  TEXT_ARGS(entry->target));
      continue;
    }
    if (entry->source.data == NULL || !source_is_known(entry->source))
      finding_add(
          subject, LINT_INVALID_PARAMETER, entry->place,
          "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping "
          "expression specified: %.*s]",
          TEXT_ARGS(entry->source));
    if (declared != NULL && !header_is_declared(declared, entry->target))
      finding_add(subject, LINT_UNDECLARED_HEADER, entry->place,
                  "Invalid mapping expression parameter specified: %.*s (declare the header in response %.*s "
                  "of the method)",
                  TEXT_ARGS(entry->target), TEXT_ARGS(rule->status_code));
  }
}

static void check_defaults(const LintSubject *subject) {
  const IntegrationResponse *first = NULL;
  for (size_t i = 0; i < subject->rule_count; i++) {
    const IntegrationResponse *rule = subject->rules[i];
    for (size_t j = 0; j < i; j++)
      if (text_equal(rule->status_code, subject->rules[j]->status_code))
        finding_add(subject, LINT_DUPLICATE_RESPONSE, rule->place,
                    "a second rule for status %.*s; the first is at line %u", TEXT_ARGS(rule->status_code),
                    subject->rules[j]->place.line);
    Text pattern = text_trim(rule->selection_pattern.text);
    if (text_is(pattern, "-") || text_is(pattern, "default"))
      finding_add(subject, LINT_LITERAL_DEFAULT, pattern_place(rule),
                  "\"%.*s\" is how consoles print the default; leave the pattern out", TEXT_ARGS(pattern));
    if (!rule->is_default) continue;
    if (first != NULL)
      finding_add(subject, LINT_TWO_DEFAULTS, rule->place,
                  "Integration response with selection pattern default already exists (line %u)",
                  first->place.line);
    first = rule;
  }
}

/* Does a template of the operation set the status itself? Then any declared response may be produced. */
static bool overrides_status(const Templates *templates) {
  for (size_t i = 0; i < templates->count; i++)
    if (text_find(templates->items[i].source.text, TEXT("responseOverride"), 0) != TEXT_NOT_FOUND)
      return true;
  return false;
}

static void check_declared(const LintSubject *subject) {
  const Operation *operation = subject->operation;
  bool overridden = overrides_status(&operation->integration.request_templates);
  for (size_t i = 0; i < subject->rule_count; i++)
    overridden = overridden || overrides_status(&subject->rules[i]->response_templates);
  if (overridden || subject->rule_count == 0) return;
  for (size_t i = 0; i < operation->method_response_count; i++) {
    const MethodResponse *response = &operation->method_responses[i];
    bool produced = false;
    for (size_t j = 0; j < subject->rule_count; j++)
      produced = produced || text_equal(subject->rules[j]->status_code, response->status_code);
    if (!produced)
      finding_add(subject, LINT_RESPONSE_NEVER_PRODUCED, response->place,
                  "no rule leads to the declared response %.*s", TEXT_ARGS(response->status_code));
  }
}

static bool has_effect(const IntegrationResponse *rule) {
  return !rule->is_default || rule->response_parameters.count > 0 || rule->response_templates.count > 0;
}

void check_responses(const LintSubject *subject) {
  if (!subject->selects) {
    for (size_t i = 0; i < subject->rule_count; i++)
      if (has_effect(subject->rules[i]))
        finding_add(subject, LINT_PROXY_IGNORES_RULES, subject->rules[i]->place,
                    "a proxy integration passes the answer on: this rule has no effect");
    return;
  }
  for (size_t i = 0; i < subject->rule_count; i++) {
    const IntegrationResponse *rule = subject->rules[i];
    const MethodResponse *declared = method_response(subject->operation, rule->status_code);
    if (!status_is_valid(rule->status_code))
      finding_add(subject, LINT_INVALID_STATUS, rule->place, "statusCode \"%.*s\" doesn't match [1-5]\\d\\d",
                  TEXT_ARGS(rule->status_code));
    else if (declared == NULL)
      finding_add(subject, LINT_UNDECLARED_RESPONSE, rule->place,
                  "Output mapping refers to an invalid method response: %.*s (declare it, or the call fails "
                  "with 500)",
                  TEXT_ARGS(rule->status_code));
    check_parameters(subject, rule, declared);
  }
  check_defaults(subject);
  check_declared(subject);
}
