/* What to redact, as the command line says it. */
#include "harness/cli/recordings.h"

#include "harness/record/detect.h"

bool redaction_rules_add(RuleList *rules, const char *text, Arena *arena, Fault *fault) {
  RedactionRule rule = {0};
  Text rest, whole = text_trim(text_from(text));
  Text word = text_split(whole, ' ', &rest);
  if (rest.data != NULL && text_is(word, "header")) rule.header = text_trim(rest);
  if (rest.data != NULL && text_is(word, "query")) rule.query = text_trim(rest);
  bool is_name = rule.header.length > 0 || rule.query.length > 0;
  if (!is_name && !text_starts(whole, TEXT("$")))
    return fault_raise(fault, FAULT_USAGE,
                       "\"%s\" is no rule: give \"header NAME\", \"query NAME\" or a path like $.card.number",
                       text);
  if (!is_name && !jsonpath_compile(whole, arena, &rule.path, fault))
    return fault_wrap(fault, "the rule %s", text);
  *ARENA_ADD(arena, rules->items, rules->count) = rule;
  return true;
}

bool redaction_detectors_add(RuleList *rules, const char *text, Arena *arena, Fault *fault) {
  for (Text rest = text_from(text); rest.data != NULL;) {
    Detector detector;
    Text name = text_trim(text_split(rest, ',', &rest));
    if (!detector_find(name, &detector)) {
      Buffer names = buffer_make(arena, 0);
      for (Detector i = 0; i < DETECTOR_COUNT; i++)
        buffer_print(&names, "%s%s", i > 0 ? ", " : "", detector_name(i));
      return fault_raise(fault, FAULT_USAGE, "there is no detector \"%.*s\"; there are %s", TEXT_ARGS(name),
                         buffer_string(&names));
    }
    *ARENA_ADD(arena, rules->items, rules->count) = (RedactionRule){.detector = name};
  }
  return true;
}
