/* Which mutants there are of an operation, and how each is made: the operation's integration is replaced by a
 * copy with one change. */
#include "harness/replay/mutate_parts.h"
#include "harness/replay/template_branches.h"

#include <string.h>

static Text rule_name(const IntegrationResponse *rule, Arena *arena) {
  Text pattern = rule->is_default ? TEXT("default") : rule->selection_pattern.text;
  return arena_print(arena, "%.*s (%.*s)", TEXT_ARGS(pattern), TEXT_ARGS(rule->status_code));
}

static Change *add(Changes *changes, Operation *operation, ChangeKind kind, size_t rule, Text words) {
  const IntegrationResponse *response = &operation->integration.responses[rule];
  Change *change = ARENA_ADD(changes->arena, changes->items, changes->count);
  *change = (Change){.operation = operation, .kind = kind, .rule = rule, .spec_case = changes->spec_case};
  change->mutant = (Mutant){
      .operation = operation_name(operation, changes->arena), .change = words, .place = response->place};
  if (changes->spec_case != NULL) change->mutant.owner = changes->spec_case->name;
  return change;
}

/* ---- patterns ---- */

static Text without_dots(Text pattern) {
  if (text_starts(pattern, TEXT(".*"))) pattern = text_slice(pattern, 2, pattern.length);
  if (text_ends(pattern, TEXT(".*"))) pattern = text_slice(pattern, 0, pattern.length - 2);
  return pattern;
}

/* Statuses are tested by an HTTP backend: the first one that the pattern takes, of several. */
static Text first_status(Text source, Arena *arena) {
  Pattern *pattern;
  int first = 0, count = 0;
  if (!pattern_compile(source, 0, arena, &pattern, NULL)) return TEXT_EMPTY;
  for (int status = 100; status <= 599; status++) {
    if (pattern_matches(pattern, arena_print(arena, "%d", status), NULL) != PATTERN_MATCHES) continue;
    if (count++ == 0) first = status;
  }
  return count > 1 ? arena_print(arena, "%d", first) : TEXT_EMPTY;
}

static void add_patterns(Changes *changes, Operation *operation, size_t rule) {
  Arena *arena = changes->arena;
  const IntegrationResponse *response = &operation->integration.responses[rule];
  Text pattern = response->selection_pattern.text, name = rule_name(response, arena);
  Text tight = operation->integration.is_lambda ? without_dots(pattern) : first_status(pattern, arena);
  if (response->is_default || pattern.length == 0) return;
  if (!text_is(pattern, ".*"))
    add(changes, operation, CHANGE_PATTERN, rule,
        arena_print(arena, "loosens the pattern %.*s to (?s).*", TEXT_ARGS(name)))
        ->text = TEXT("(?s).*");
  if (tight.length > 0 && !text_equal(tight, pattern))
    add(changes, operation, CHANGE_PATTERN, rule,
        arena_print(arena, "tightens the pattern %.*s to %.*s", TEXT_ARGS(name), TEXT_ARGS(tight)))
        ->text = tight;
}

/* ---- templates ---- */

static Text spliced(Text source, size_t from, size_t to, Text text, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  buffer_append(&out, text_slice(source, 0, from));
  buffer_append(&out, text);
  buffer_append(&out, text_slice(source, to, source.length));
  return buffer_text(&out);
}

static void add_template(Changes *changes, Operation *operation, size_t rule, size_t item) {
  static const Text override = TEXT_INIT("$context.responseOverride");
  Arena *arena = changes->arena;
  const TemplateEntry *entry = &operation->integration.responses[rule].response_templates.items[item];
  Text source = entry->source.text;
  size_t from, to;
  for (size_t at = 0; (at = template_branch_find(source, at)) != TEXT_NOT_FOUND; at++) {
    if (!template_condition_find(source, at, &from, &to)) continue;
    Text condition = text_slice(source, from, to);
    Change *change = add(changes, operation, CHANGE_TEMPLATE, rule,
                         arena_print(arena, "negates #if(%.*s)", TEXT_ARGS(condition)));
    change->item = item;
    change->text = spliced(source, from, to, arena_print(arena, "!(%.*s)", TEXT_ARGS(condition)), arena);
    change->mutant.place = source_text_place(&entry->source, at);
  }
  for (size_t at = 0; (at = text_find(source, override, at)) != TEXT_NOT_FOUND; at++) {
    Change *change = add(changes, operation, CHANGE_TEMPLATE, rule, TEXT("removes an override"));
    change->item = item;
    change->text = spliced(source, at, at + override.length, TEXT("$statusquoRemoved"), arena);
    change->mutant.place = source_text_place(&entry->source, at);
  }
}

/* ---- all of an operation ---- */

static void add_rule(Changes *changes, Operation *operation, size_t rule) {
  Arena *arena = changes->arena;
  const Integration *integration = &operation->integration;
  const IntegrationResponse *response = &integration->responses[rule];
  Text name = rule_name(response, arena);
  add(changes, operation, CHANGE_DROP, rule, arena_print(arena, "drops the rule %.*s", TEXT_ARGS(name)));
  add_patterns(changes, operation, rule);
  if (rule + 1 < integration->response_count &&
      !text_equal(response->status_code, integration->responses[rule + 1].status_code))
    add(changes, operation, CHANGE_SWAP, rule,
        arena_print(arena, "swaps the statuses of %.*s and %.*s", TEXT_ARGS(name),
                    TEXT_ARGS(rule_name(&integration->responses[rule + 1], arena))));
  for (size_t i = 0; i < response->response_parameters.count; i++) {
    const ParameterEntry *entry = &response->response_parameters.items[i];
    Change *change = add(changes, operation, CHANGE_PARAMETER, rule,
                         arena_print(arena, "removes the mapping of %.*s", TEXT_ARGS(entry->target)));
    change->item = i;
    change->mutant.place = entry->place;
  }
  for (size_t i = 0; i < response->response_templates.count; i++) add_template(changes, operation, rule, i);
}

void changes_of(Operation *operation, Changes *changes) {
  IntegrationType type = operation->integration.type;
  bool proxy = type == INTEGRATION_AWS_PROXY || type == INTEGRATION_HTTP_PROXY;
  if (!operation->has_integration || proxy) return; /* a proxy's rules are never asked */
  for (size_t i = 0; i < operation->integration.response_count; i++) add_rule(changes, operation, i);
}

/* ---- making one ---- */

static SourceText plain_source(SourceText from, Text text) {
  return (SourceText){.text = text, .place = from.place};
}

static void change_template(IntegrationResponse *response, const Change *change, Arena *arena) {
  Templates *templates = &response->response_templates;
  TemplateEntry *items = ARENA_ARRAY(arena, TemplateEntry, templates->count);
  memcpy(items, templates->items, templates->count * sizeof *items);
  items[change->item].source = plain_source(items[change->item].source, change->text);
  templates->items = items;
}

static void change_parameters(IntegrationResponse *response, const Change *change, Arena *arena) {
  Parameters *parameters = &response->response_parameters;
  ParameterEntry *items = ARENA_ARRAY(arena, ParameterEntry, parameters->count);
  size_t kept = 0;
  for (size_t i = 0; i < parameters->count; i++)
    if (i != change->item) items[kept++] = parameters->items[i];
  *parameters = (Parameters){items, kept};
}

void change_apply(const Change *change, Arena *arena) {
  Integration *integration = &change->operation->integration;
  size_t count = integration->response_count;
  IntegrationResponse *rules = ARENA_ARRAY(arena, IntegrationResponse, count);
  memcpy(rules, integration->responses, count * sizeof *rules);
  IntegrationResponse *rule = &rules[change->rule];
  integration->responses = rules;
  switch (change->kind) {
  case CHANGE_DROP:
    memmove(rule, rule + 1, (count - change->rule - 1) * sizeof *rule);
    integration->response_count--;
    break;
  case CHANGE_SWAP: {
    Text status = rule[0].status_code;
    rule[0].status_code = rule[1].status_code;
    rule[1].status_code = status;
    break;
  }
  case CHANGE_PATTERN: rule->selection_pattern = plain_source(rule->selection_pattern, change->text); break;
  case CHANGE_PARAMETER: change_parameters(rule, change, arena); break;
  case CHANGE_TEMPLATE: change_template(rule, change, arena); break;
  }
}
