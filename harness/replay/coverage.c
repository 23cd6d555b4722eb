#include "harness/replay/coverage.h"

#include "harness/replay/template_branches.h"

#include <stdlib.h>
#include <string.h>

const char *covered_kind_name(CoveredKind kind) {
  static const char *const names[] = {"operations", "rules", "templates", "branches", "gatewayResponses"};
  return names[kind];
}

/* ---- what there is ---- */

typedef struct Listing {
  Coverage *coverage;
  Arena *arena;
  const Operation *operation;
  Text name;
} Listing;

static CoveredItem *add(Listing *listing, CoveredKind kind, Text what, Place place, const void *key) {
  CoveredItem *item = ARENA_ADD(listing->arena, listing->coverage->items, listing->coverage->count);
  *item = (CoveredItem){.kind = kind, .operation = listing->name, .what = what, .place = place, .key = key};
  return item;
}

/* GET /pets/{petId} -> GET /pets/1 */
static Text example_request(const Operation *operation, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  Text method = text_is(operation->method, "ANY") ? TEXT("GET") : operation->method;
  buffer_print(&out, "%.*s ", TEXT_ARGS(method));
  bool inside = false;
  for (size_t i = 0; i < operation->resource_path.length; i++) {
    char byte = operation->resource_path.data[i];
    if (byte == '{') buffer_append_char(&out, '1');
    if (byte == '{' || byte == '}')
      inside = byte == '{';
    else if (!inside)
      buffer_append_char(&out, byte);
  }
  return buffer_text(&out);
}

static bool takes(const IntegrationResponse *rule, int status, Arena *arena) {
  Pattern *pattern;
  return !rule->is_default && pattern_compile(rule->selection_pattern.text, 0, arena, &pattern, NULL) &&
         pattern_matches(pattern, arena_print(arena, "%d", status), NULL) == PATTERN_MATCHES;
}

/* The first status that this rule, and not one before it in the alphabet of statuses, would get; 0: none. */
static int status_for(const Integration *integration, const IntegrationResponse *rule, Arena *arena) {
  for (int status = 200; status < 700; status++) {
    int tried = status < 600 ? status : status - 500; /* 1xx last */
    bool others = false, own = takes(rule, tried, arena);
    for (size_t i = 0; i < integration->response_count; i++)
      others =
          others || (&integration->responses[i] != rule && takes(&integration->responses[i], tried, arena));
    if (own || (rule->is_default && !others)) return tried;
  }
  return 0;
}

/* What a function would have to raise: the pattern without what stands for anything. */
static Text message_for(Text pattern) {
  if (text_starts(pattern, TEXT("(?s)"))) pattern = text_slice(pattern, 4, pattern.length);
  if (text_starts(pattern, TEXT(".*"))) pattern = text_slice(pattern, 2, pattern.length);
  if (text_ends(pattern, TEXT(".*"))) pattern = text_slice(pattern, 0, pattern.length - 2);
  return pattern;
}

static Text suggest_rule(const Listing *listing, const IntegrationResponse *rule) {
  const Integration *integration = &listing->operation->integration;
  Arena *arena = listing->arena, *passing = arena_new(0);
  Text request = example_request(listing->operation, arena), backend;
  int status = integration->is_lambda ? 0 : status_for(integration, rule, passing);
  arena_free(passing);
  if (integration->type == INTEGRATION_MOCK)
    return TEXT("a request for which the request template names this status");
  if (!integration->is_lambda && status == 0) return TEXT("no backend status chooses it");
  if (!integration->is_lambda)
    backend = arena_print(arena, "%d", status);
  else if (rule->is_default)
    backend = TEXT("{result: {}}");
  else
    backend = arena_print(arena, "{error: {errorMessage: %.*s}}",
                          TEXT_ARGS(json_quote(message_for(rule->selection_pattern.text), arena)));
  return arena_print(arena, "- {name: \"…\", request: %.*s, backend: %.*s, expect: %.*s}", TEXT_ARGS(request),
                     TEXT_ARGS(backend), TEXT_ARGS(rule->status_code));
}

static void list_template(Listing *listing, const TemplateEntry *entry, const char *suggestion) {
  Text source = entry->source.text;
  if (source.length == 0) return;
  add(listing, COVERED_TEMPLATE, entry->content_type, entry->source.place, entry)->suggestion =
      text_from(suggestion);
  size_t from, to;
  for (size_t at = 0; (at = template_branch_find(source, at)) != TEXT_NOT_FOUND; at++) {
    if (!template_condition_find(source, at, &from, &to)) continue;
    Text condition = text_slice(source, from, to);
    CoveredItem *item =
        add(listing, COVERED_BRANCH, arena_print(listing->arena, "#if(%.*s)", TEXT_ARGS(condition)),
            source_text_place(&entry->source, at), NULL);
    item->from = from;
    item->to = to;
    item->suggestion = TEXT("a request or answer that turns this condition round");
  }
}

static void list_operation(Listing *listing, const Operation *operation) {
  const Integration *integration = &operation->integration;
  bool proxy = integration->type == INTEGRATION_AWS_PROXY || integration->type == INTEGRATION_HTTP_PROXY;
  listing->operation = operation;
  listing->name = operation_name(operation, listing->arena);
  add(listing, COVERED_OPERATION, listing->name, operation->place, operation)->suggestion = arena_print(
      listing->arena, "- {name: \"…\", request: %.*s, backend: %s, expect: 200}",
      TEXT_ARGS(example_request(operation, listing->arena)), integration->is_lambda ? "{result: {}}" : "200");
  for (size_t i = 0; i < integration->request_templates.count && !proxy; i++)
    list_template(listing, &integration->request_templates.items[i],
                  "a request whose Content-Type chooses this template");
  for (size_t i = 0; i < integration->response_count && !proxy; i++) {
    const IntegrationResponse *rule = &integration->responses[i];
    Text pattern = rule->is_default ? TEXT("default") : rule->selection_pattern.text;
    add(listing, COVERED_RULE,
        arena_print(listing->arena, "%.*s (%.*s)", TEXT_ARGS(pattern), TEXT_ARGS(rule->status_code)),
        rule->place, rule)
        ->suggestion = suggest_rule(listing, rule);
    for (size_t k = 0; k < rule->response_templates.count; k++)
      list_template(listing, &rule->response_templates.items[k],
                    "an answer that this rule gets, with a Content-Type that chooses this template");
  }
}

static int by_key(const void *left, const void *right) {
  const char *first = (*(CoveredItem *const *)left)->key, *second = (*(CoveredItem *const *)right)->key;
  return first < second ? -1 : first > second;
}

Coverage *coverage_new(const Definition *definition, Arena *lasting) {
  Coverage *coverage = ARENA_NEW(lasting, Coverage);
  Listing listing = {.coverage = coverage, .arena = lasting};
  coverage->definition = definition;
  for (size_t i = 0; i < definition->operation_count; i++)
    if (definition->operations[i].has_integration) list_operation(&listing, &definition->operations[i]);
  listing.name = (Text){NULL, 0};
  for (size_t i = 0; i < definition->gateway_response_count; i++) {
    const GatewayResponse *response = &definition->gateway_responses[i];
    add(&listing, COVERED_GATEWAY_RESPONSE, response->type, response->place, response)->suggestion =
        TEXT("a request or failure that the gateway answers by itself in this way");
  }
  coverage->order = ARENA_ARRAY(lasting, CoveredItem *, coverage->count + 1);
  for (size_t i = 0; i < coverage->count; i++)
    if (coverage->items[i].key != NULL) coverage->order[coverage->ordered++] = &coverage->items[i];
  if (coverage->ordered > 1) qsort(coverage->order, coverage->ordered, sizeof *coverage->order, by_key);
  return coverage;
}

/* ---- what was reached ---- */

static CoveredItem *find(const Coverage *coverage, const void *key) {
  size_t low = 0, high = coverage->ordered;
  while (key != NULL && low < high) {
    size_t middle = low + (high - low) / 2;
    CoveredItem *item = coverage->order[middle];
    if (item->key == key) return item;
    if ((const char *)item->key < (const char *)key)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static void reach(const Coverage *coverage, const void *key) {
  CoveredItem *item = find(coverage, key);
  if (item != NULL) item->reached = item->otherwise = true;
}

static void visit(void *subject, const TemplateEntry *entry, size_t offset, const char *what, bool taken) {
  const Coverage *coverage = subject;
  CoveredItem *item = find(coverage, entry), *end = coverage->items + coverage->count;
  if (item == NULL) return;
  item->reached = item->otherwise = true;
  if (strcmp(what, "#if") != 0 && strcmp(what, "#elseif") != 0) return;
  for (item++; item < end && item->kind == COVERED_BRANCH; item++) {
    if (offset < item->from || offset >= item->to) continue;
    *(taken ? &item->reached : &item->otherwise) = true;
    return;
  }
}

TemplateWatch coverage_watch(Coverage *coverage) {
  return (TemplateWatch){coverage, visit};
}

/* The one of this type, else the default of its class. */
static void reach_gateway_response(const Coverage *coverage, const Outcome *outcome) {
  const Definition *definition = coverage->definition;
  const char *fallback = outcome->response.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
  const GatewayResponse *found = NULL;
  for (size_t i = 0; i < definition->gateway_response_count && outcome->response_type.data != NULL; i++) {
    const GatewayResponse *response = &definition->gateway_responses[i];
    bool exact = text_equal(response->type, outcome->response_type);
    if (exact || (found == NULL && text_is(response->type, fallback))) found = response;
    if (exact) break;
  }
  reach(coverage, found);
}

void coverage_note(Coverage *coverage, const Verdict *verdict) {
  if (verdict->request == NULL) return;
  if (verdict->operation.data != NULL)
    reach(coverage, definition_operation(coverage->definition, verdict->operation));
  reach(coverage, verdict->outcome.rule);
  reach_gateway_response(coverage, &verdict->outcome);
}

void coverage_merge(Coverage *into, const Coverage *from) {
  for (size_t i = 0; i < into->count && into->count == from->count; i++) {
    into->items[i].reached = into->items[i].reached || from->items[i].reached;
    into->items[i].otherwise = into->items[i].otherwise || from->items[i].otherwise;
  }
}

CoverageCount coverage_count(const Coverage *coverage, CoveredKind kind) {
  CoverageCount count = {0};
  for (size_t i = 0; i < coverage->count; i++) {
    const CoveredItem *item = &coverage->items[i];
    if (item->kind != kind) continue;
    size_t ways = kind == COVERED_BRANCH ? 2 : 1;
    count.all += ways;
    count.reached += item->reached ? 1 : 0;
    if (ways == 2) count.reached += item->otherwise ? 1 : 0;
  }
  return count;
}
