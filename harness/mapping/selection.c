#include "harness/mapping/selection.h"

#include <stdio.h>
#include <string.h>

/* What a pattern answers when it isn't simply yes or no. */
static RuleVerdict try_rule(const CompiledRule *rule, Text value, Fault *fault) {
  if (rule->pattern == NULL) return RULE_INVALID;
  switch (pattern_matches(rule->pattern, value, fault)) {
  case PATTERN_MATCHES: return RULE_CHOSEN;
  case PATTERN_NO_MATCH: return RULE_NOT_MATCHED;
  case PATTERN_UNDECIDED: break;
  }
  return RULE_UNDECIDED;
}

static Text explain_verdict(const CompiledRule *rule, RuleVerdict verdict, Text value, const Fault *fault,
                            Arena *passing) {
  switch (verdict) {
  case RULE_NOT_MATCHED: return pattern_explain_miss(rule->pattern, value, passing);
  case RULE_INVALID: return text_from(rule->defect->message);
  case RULE_UNDECIDED: return arena_copy_text(passing, text_from(fault->message));
  default: return TEXT_EMPTY;
  }
}

static void trace_defaults(const Mapping *mapping, size_t chosen, RuleTrace *trace) {
  for (size_t i = mapping->pattern_count; i < mapping->rule_count; i++)
    trace[i] = (RuleTrace){
        .rule = mapping->rules[i].response,
        .verdict = i == chosen ? RULE_CHOSEN_DEFAULT : RULE_DEFAULT_UNUSED,
        .why = i > mapping->pattern_count ? TEXT("a second default: the gateway refuses it when it is put")
                                          : TEXT_EMPTY,
    };
}

void selection_run(const Mapping *mapping, Text value, bool explain, Arena *passing, Selection *out) {
  *out = (Selection){.rule = NULL};
  if (explain) out->trace = ARENA_ARRAY(passing, RuleTrace, mapping->rule_count + 1);
  out->trace_count = explain ? mapping->rule_count : 0;
  bool decided = false;
  for (size_t i = 0; i < mapping->pattern_count; i++) {
    const CompiledRule *rule = &mapping->rules[i];
    Fault fault = {.kind = FAULT_NONE};
    RuleVerdict verdict = decided ? RULE_NOT_REACHED : try_rule(rule, value, &fault);
    if (explain)
      out->trace[i] =
          (RuleTrace){rule->response, verdict, explain_verdict(rule, verdict, value, &fault, passing)};
    if (decided || verdict == RULE_NOT_MATCHED) continue;
    decided = true;
    out->rule = verdict == RULE_CHOSEN ? rule : NULL;
    if (verdict != RULE_CHOSEN) {
      out->trouble = true;
      out->troublemaker = rule;
      out->trouble_reason = explain_verdict(rule, verdict, value, &fault, passing);
    }
    if (!explain) return;
  }
  size_t chosen = mapping->rule_count;
  if (!decided && mapping->pattern_count < mapping->rule_count) {
    chosen = mapping->pattern_count;
    out->rule = &mapping->rules[chosen];
  }
  if (explain) trace_defaults(mapping, chosen, out->trace);
}

static bool is_literal_digits(Text pattern) {
  for (size_t i = 0; i < pattern.length; i++)
    if (pattern.data[i] < '0' || pattern.data[i] > '9') return false;
  return pattern.length > 0;
}

/* A pattern of three digits needs no 500 matches. */
static void fill_from_rule(Mapping *mapping, size_t at) {
  const CompiledRule *rule = &mapping->rules[at];
  Text source = rule->response->selection_pattern.text;
  int64_t only = -1;
  if (is_literal_digits(source) && (source.length != 3 || !text_to_integer(source, &only))) return;
  for (int i = 0; i < STATUS_COUNT; i++) {
    if (mapping->by_status[i] != RULE_NONE || (only >= 0 && only != i + STATUS_FIRST)) continue;
    char digits[12];
    snprintf(digits, sizeof digits, "%d", i + STATUS_FIRST);
    switch (try_rule(rule, (Text){digits, 3}, NULL)) {
    case RULE_CHOSEN: mapping->by_status[i] = (int16_t)at; break;
    case RULE_NOT_MATCHED: break;
    default: mapping->by_status[i] = RULE_TROUBLE; break;
    }
  }
}

void selection_fill_table(Mapping *mapping) {
  if (mapping->rule_count > INT16_MAX) {
    mapping->has_table = false;
    return;
  }
  for (int i = 0; i < STATUS_COUNT; i++) mapping->by_status[i] = RULE_NONE;
  for (size_t i = 0; i < mapping->pattern_count; i++) fill_from_rule(mapping, i);
  if (mapping->pattern_count == mapping->rule_count) return;
  for (int i = 0; i < STATUS_COUNT; i++)
    if (mapping->by_status[i] == RULE_NONE) mapping->by_status[i] = (int16_t)mapping->pattern_count;
}

void selection_run_status(const Mapping *mapping, int64_t status, Arena *passing, Selection *out) {
  bool in_table = mapping->has_table && status >= STATUS_FIRST && status <= STATUS_LAST;
  int16_t at = in_table ? mapping->by_status[status - STATUS_FIRST] : (int16_t)RULE_TROUBLE;
  if (at == RULE_TROUBLE) {
    selection_run(mapping, arena_print(passing, "%lld", (long long)status), false, passing, out);
    return;
  }
  *out = (Selection){.rule = at == RULE_NONE ? NULL : &mapping->rules[at]};
}

const IntegrationResponse *mapping_rule_for(const Mapping *mapping, Text selection_value, Arena *passing,
                                            RuleTrace **trace, size_t *trace_count) {
  Selection selection;
  int64_t status;
  if (trace == NULL && selection_value.length == 3 && text_to_integer(selection_value, &status))
    selection_run_status(mapping, status, passing, &selection);
  else
    selection_run(mapping, selection_value, trace != NULL, passing, &selection);
  if (trace != NULL) *trace = selection.trace;
  if (trace_count != NULL) *trace_count = selection.trace_count;
  return selection.rule != NULL ? selection.rule->response : NULL;
}
