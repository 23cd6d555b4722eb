/* Where two definitions part, line by line: rules are paired first, then what they hold is compared. */
#include "harness/compare/parts.h"

typedef struct ChangeList {
  DefinitionChanges *changes;
  Arena *arena;
  const IntegrationResponse *old_rule, *new_rule;
  bool of_request;
} ChangeList;

static const Text nothing = {NULL, 0};
static const Place nowhere = {NULL, 0, 0};

static void add(const ChangeList *list, Text what, Text old_text, Place old_place, Text new_text,
                Place new_place) {
  DefinitionChanges *changes = list->changes;
  size_t count = changes->count;
  if ((count & (count - 1)) == 0) /* a power of two: room for as many again */
    changes->items = arena_resize(list->arena, changes->items, count * sizeof(DefinitionChange),
                                  (count == 0 ? 1 : 2 * count) * sizeof(DefinitionChange));
  changes->items[changes->count++] = (DefinitionChange){.what = what,
                                                        .old_text = old_text,
                                                        .new_text = new_text,
                                                        .old_place = old_place,
                                                        .new_place = new_place,
                                                        .old_rule = list->old_rule,
                                                        .new_rule = list->new_rule,
                                                        .of_request = list->of_request};
}

static void compare_texts(const ChangeList *list, const char *what, Text old_text, Place old_place,
                          Text new_text, Place new_place) {
  if ((old_text.data == NULL) == (new_text.data == NULL) && text_equal(old_text, new_text)) return;
  add(list, text_from(what), old_text, old_place, new_text, new_place);
}

static Text truth(bool value) {
  return value ? TEXT("true") : TEXT("false");
}

/* ---- templates, line by line ---- */

typedef struct Lines {
  Text *items;
  size_t count;
} Lines;

static Lines split_lines(Text text, Arena *arena) {
  Lines lines = {0};
  size_t room = 1;
  for (size_t i = 0; i < text.length; i++) room += text.data[i] == '\n' ? 1 : 0;
  lines.items = ARENA_ARRAY(arena, Text, room);
  for (Text rest = text; rest.data != NULL && lines.count < room;)
    lines.items[lines.count++] = text_split(rest, '\n', &rest);
  return lines;
}

static Place line_place(const SourceText *source, Text line) {
  size_t at = (size_t)(line.data - source->text.data);
  size_t blank = 0; /* the place of what is written, not of its indentation */
  while (blank < line.length && (line.data[blank] == ' ' || line.data[blank] == '\t')) blank++;
  return source_text_place(source, at + (blank < line.length ? blank : 0));
}

static void add_line(const ChangeList *list, Text what, const SourceText *before, const Text *old_line,
                     const SourceText *after, const Text *new_line) {
  add(list, what, old_line != NULL ? text_trim(*old_line) : nothing,
      old_line != NULL ? line_place(before, *old_line) : nowhere,
      new_line != NULL ? text_trim(*new_line) : nothing,
      new_line != NULL ? line_place(after, *new_line) : nowhere);
}

/* What is left between the equal lines at the beginning and at the end. */
static void compare_lines(const ChangeList *list, Text what, const SourceText *before,
                          const SourceText *after) {
  enum { LINES_TOLD = 8 };
  Lines old_lines = split_lines(before->text, list->arena), new_lines = split_lines(after->text, list->arena);
  size_t from = 0, old_to = old_lines.count, new_to = new_lines.count;
  while (from < old_to && from < new_to && text_equal(old_lines.items[from], new_lines.items[from])) from++;
  while (old_to > from && new_to > from &&
         text_equal(old_lines.items[old_to - 1], new_lines.items[new_to - 1])) {
    old_to--;
    new_to--;
  }
  size_t told = 0;
  for (size_t i = from; (i < old_to || i < new_to) && told < LINES_TOLD; i++) {
    const Text *old_line = i < old_to ? &old_lines.items[i] : NULL;
    const Text *new_line = i < new_to ? &new_lines.items[i] : NULL;
    if (old_line != NULL && new_line != NULL && text_equal(*old_line, *new_line)) continue;
    add_line(list, what, before, old_line, after, new_line);
    told++;
  }
}

static const TemplateEntry *template_of(const Templates *templates, Text content_type) {
  for (size_t i = 0; i < templates->count; i++)
    if (text_equal_ignoring_case(templates->items[i].content_type, content_type)) return &templates->items[i];
  return NULL;
}

static Text first_line(Text text) {
  Text rest;
  return text_trim(text_split(text_trim(text), '\n', &rest));
}

static Text named(const ChangeList *list, const char *format, Text name) {
  return arena_print(list->arena, format, TEXT_ARGS(name));
}

static void compare_templates(const ChangeList *list, const Templates *before, const Templates *after) {
  for (size_t i = 0; i < before->count; i++) {
    const TemplateEntry *entry = &before->items[i];
    const TemplateEntry *other = template_of(after, entry->content_type);
    if (other == NULL)
      add(list, named(list, "template %.*s removed", entry->content_type), first_line(entry->source.text),
          entry->source.place, nothing, nowhere);
    else if (!text_equal(entry->source.text, other->source.text))
      compare_lines(list, named(list, "template %.*s", entry->content_type), &entry->source, &other->source);
  }
  for (size_t i = 0; i < after->count; i++) {
    const TemplateEntry *entry = &after->items[i];
    if (template_of(before, entry->content_type) == NULL)
      add(list, named(list, "template %.*s added", entry->content_type), nothing, nowhere,
          first_line(entry->source.text), entry->source.place);
  }
  /* Without a match the first one answers: their order decides. */
  if (before->count > 1 && before->count == after->count &&
      !text_equal(before->items[0].content_type, after->items[0].content_type))
    add(list, TEXT("order of templates"), before->items[0].content_type, before->items[0].source.place,
        after->items[0].content_type, after->items[0].source.place);
}

/* ---- parameters ---- */

static const ParameterEntry *parameter_of(const Parameters *parameters, Text target) {
  for (size_t i = 0; i < parameters->count; i++)
    if (text_equal(parameters->items[i].target, target)) return &parameters->items[i];
  return NULL;
}

static void compare_parameters(const ChangeList *list, const Parameters *before, const Parameters *after) {
  for (size_t i = 0; i < before->count; i++) {
    const ParameterEntry *entry = &before->items[i], *other = parameter_of(after, entry->target);
    if (other == NULL || !text_equal(entry->source, other->source))
      add(list, entry->target, entry->source, entry->place, other != NULL ? other->source : nothing,
          other != NULL ? other->place : nowhere);
  }
  for (size_t i = 0; i < after->count; i++)
    if (parameter_of(before, after->items[i].target) == NULL)
      add(list, after->items[i].target, nothing, nowhere, after->items[i].source, after->items[i].place);
}

/* Names and values without order. */
static void compare_names(const ChangeList *list, const char *what, const Headers *before, Place old_place,
                          const Headers *after, Place new_place) {
  for (size_t i = 0; i < before->count; i++) {
    const Header *entry = &before->items[i], *other = headers_find_exact(after, entry->name);
    if (other == NULL || !text_equal(entry->value, other->value))
      add(list, arena_print(list->arena, "%s %.*s", what, TEXT_ARGS(entry->name)), entry->value, old_place,
          other != NULL ? other->value : nothing, new_place);
  }
  for (size_t i = 0; i < after->count; i++)
    if (headers_find_exact(before, after->items[i].name) == NULL)
      add(list, arena_print(list->arena, "%s %.*s", what, TEXT_ARGS(after->items[i].name)), nothing,
          old_place, after->items[i].value, new_place);
}

/* ---- rules ---- */

static Text content_handling_name(ContentHandling handling) {
  return handling == CONTENT_TO_TEXT     ? TEXT("CONVERT_TO_TEXT")
         : handling == CONTENT_TO_BINARY ? TEXT("CONVERT_TO_BINARY")
                                         : nothing;
}

static Place pattern_place(const IntegrationResponse *rule) {
  return rule->selection_pattern.text.data != NULL ? source_text_place(&rule->selection_pattern, 0)
                                                   : rule->place;
}

static Text pattern_text(const IntegrationResponse *rule) {
  return rule->is_default ? TEXT("default") : rule->selection_pattern.text;
}

static void compare_rules(const ChangeList *list, const IntegrationResponse *before,
                          const IntegrationResponse *after) {
  compare_texts(list, "status code", before->status_code, before->place, after->status_code, after->place);
  compare_texts(list, "selection pattern", pattern_text(before), pattern_place(before), pattern_text(after),
                pattern_place(after));
  compare_texts(list, "contentHandling", content_handling_name(before->content_handling), before->place,
                content_handling_name(after->content_handling), after->place);
  compare_parameters(list, &before->response_parameters, &after->response_parameters);
  compare_templates(list, &before->response_templates, &after->response_templates);
}

/* From the most alike to the least: what is left over was removed or added. */
static bool are_alike(const IntegrationResponse *before, const IntegrationResponse *after, int pass) {
  bool pattern =
      before->is_default == after->is_default && text_equal(pattern_text(before), pattern_text(after));
  bool status = text_equal(before->status_code, after->status_code);
  switch (pass) {
  case 0: return pattern && status;
  case 1: return pattern;
  default: return status && before->is_default == after->is_default;
  }
}

static void compare_rule_lists(ChangeList *list, const Integration *before, const Integration *after) {
  size_t *partner = ARENA_ARRAY(list->arena, size_t, before->response_count + 1); /* from 1 */
  bool *taken = ARENA_ARRAY(list->arena, bool, after->response_count + 1);
  for (int pass = 0; pass < 3; pass++)
    for (size_t i = 0; i < before->response_count; i++)
      for (size_t k = 0; k < after->response_count && partner[i] == 0; k++)
        if (!taken[k] && are_alike(&before->responses[i], &after->responses[k], pass)) {
          partner[i] = k + 1;
          taken[k] = true;
        }
  for (size_t i = 0; i < before->response_count; i++) {
    const IntegrationResponse *rule = &before->responses[i];
    list->old_rule = rule;
    list->new_rule = partner[i] > 0 ? &after->responses[partner[i] - 1] : NULL;
    if (list->new_rule != NULL)
      compare_rules(list, rule, list->new_rule);
    else
      add(list, rule->is_default ? TEXT("default removed") : TEXT("rule removed"), pattern_text(rule),
          rule->place, nothing, nowhere);
  }
  list->old_rule = NULL;
  for (size_t k = 0; k < after->response_count; k++) {
    const IntegrationResponse *rule = &after->responses[k];
    list->new_rule = rule;
    if (!taken[k])
      add(list, rule->is_default ? TEXT("default added") : TEXT("rule added"), nothing, nowhere,
          pattern_text(rule), rule->place);
  }
  list->new_rule = NULL;
}

/* ---- operations ---- */

static Text type_name(IntegrationType type) {
  static const char *const names[] = {"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"};
  return text_from(names[type]);
}

static Text passthrough_name(Passthrough passthrough) {
  static const char *const names[] = {"WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"};
  return text_from(names[passthrough]);
}

static const MethodResponse *method_response_of(const Operation *operation, Text status_code) {
  for (size_t i = 0; i < operation->method_response_count; i++)
    if (text_equal(operation->method_responses[i].status_code, status_code))
      return &operation->method_responses[i];
  return NULL;
}

static void compare_method_responses(const ChangeList *list, const Operation *before,
                                     const Operation *after) {
  for (size_t i = 0; i < before->method_response_count; i++) {
    const MethodResponse *response = &before->method_responses[i];
    const MethodResponse *other = method_response_of(after, response->status_code);
    if (other == NULL)
      add(list, TEXT("method response removed"), response->status_code, response->place, nothing, nowhere);
    else
      compare_names(list, "method response", &response->parameters, response->place, &other->parameters,
                    other->place);
  }
  for (size_t i = 0; i < after->method_response_count; i++)
    if (method_response_of(before, after->method_responses[i].status_code) == NULL)
      add(list, TEXT("method response added"), nothing, nowhere, after->method_responses[i].status_code,
          after->method_responses[i].place);
}

static void compare_requests(const ChangeList *list, const Operation *before, const Operation *after) {
  const Integration *old_one = &before->integration, *new_one = &after->integration;
  compare_texts(list, "uri", old_one->uri.text, old_one->uri.place, new_one->uri.text, new_one->uri.place);
  compare_texts(list, "httpMethod", old_one->http_method, old_one->place, new_one->http_method,
                new_one->place);
  compare_texts(list, "passthroughBehavior", passthrough_name(old_one->passthrough), old_one->place,
                passthrough_name(new_one->passthrough), new_one->place);
  compare_texts(list, "contentHandling", content_handling_name(old_one->content_handling), old_one->place,
                content_handling_name(new_one->content_handling), new_one->place);
  compare_parameters(list, &old_one->request_parameters, &new_one->request_parameters);
  compare_templates(list, &old_one->request_templates, &new_one->request_templates);
  compare_names(list, "request parameter", &before->request_parameters, before->place,
                &after->request_parameters, after->place);
  compare_names(list, "request model", &before->request_models, before->place, &after->request_models,
                after->place);
  compare_texts(list, "body validation", truth(before->validates_body), before->place,
                truth(after->validates_body), after->place);
  compare_texts(list, "parameter validation", truth(before->validates_parameters), before->place,
                truth(after->validates_parameters), after->place);
  compare_texts(list, "API key", truth(before->api_key_required), before->place,
                truth(after->api_key_required), after->place);
  compare_texts(list, "authorization", before->authorization, before->place, after->authorization,
                after->place);
}

static void compare_timeouts(const ChangeList *list, const Integration *before, const Integration *after) {
  if (before->timeout_ms != after->timeout_ms)
    add(list, TEXT("timeout"), arena_print(list->arena, "%d ms", before->timeout_ms), before->place,
        arena_print(list->arena, "%d ms", after->timeout_ms), after->place);
}

void changes_of_operations(OperationPair *pair, Arena *lasting) {
  const Operation *before = pair->old_operation, *after = pair->new_operation;
  ChangeList list = {.changes = &pair->changes, .arena = lasting};
  if (before == NULL) {
    add(&list, TEXT("operation added"), nothing, nowhere, operation_name(after, lasting), after->place);
    return;
  }
  if (after == NULL) {
    add(&list, TEXT("operation removed"), operation_name(before, lasting), before->place, nothing, nowhere);
    return;
  }
  if (before->has_integration != after->has_integration)
    add(&list, TEXT("integration"), truth(before->has_integration), before->place,
        truth(after->has_integration), after->place);
  compare_texts(&list, "integration type", type_name(before->integration.type), before->integration.place,
                type_name(after->integration.type), after->integration.place);
  compare_rule_lists(&list, &before->integration, &after->integration);
  compare_method_responses(&list, before, after);
  compare_timeouts(&list, &before->integration, &after->integration);
  size_t of_response = pair->changes.count;
  list.of_request = true;
  compare_requests(&list, before, after);
  pair->request_changed = pair->changes.count > of_response;
}

/* ---- definitions ---- */

static const GatewayResponse *gateway_response_of(const Definition *definition, Text type) {
  for (size_t i = 0; i < definition->gateway_response_count; i++)
    if (text_equal(definition->gateway_responses[i].type, type)) return &definition->gateway_responses[i];
  return NULL;
}

static void compare_gateway_responses(const ChangeList *list, const Definition *before,
                                      const Definition *after) {
  for (size_t i = 0; i < before->gateway_response_count; i++) {
    const GatewayResponse *response = &before->gateway_responses[i];
    const GatewayResponse *other = gateway_response_of(after, response->type);
    if (other == NULL) {
      add(list, TEXT("gateway response removed"), response->type, response->place, nothing, nowhere);
      continue;
    }
    if (response->status != other->status)
      add(list, named(list, "status of gateway response %.*s", response->type),
          arena_print(list->arena, "%d", response->status), response->place,
          arena_print(list->arena, "%d", other->status), other->place);
    compare_parameters(list, &response->parameters, &other->parameters);
    compare_templates(list, &response->templates, &other->templates);
  }
  for (size_t i = 0; i < after->gateway_response_count; i++)
    if (gateway_response_of(before, after->gateway_responses[i].type) == NULL)
      add(list, TEXT("gateway response added"), nothing, nowhere, after->gateway_responses[i].type,
          after->gateway_responses[i].place);
}

static Text join(const Text *items, size_t count, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) buffer_append_string(&out, ", ");
    buffer_append(&out, items[i]);
  }
  return out.length > 0 ? buffer_text(&out) : nothing;
}

static Text schema_text(const Model *model, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  json_write_node(&out, model->schema);
  return buffer_text(&out);
}

static const Model *model_of(const Definition *definition, Text name) {
  for (size_t i = 0; i < definition->model_count; i++)
    if (text_equal(definition->models[i].name, name)) return &definition->models[i];
  return NULL;
}

static void compare_models(const ChangeList *list, const Definition *before, const Definition *after) {
  for (size_t i = 0; i < before->model_count; i++) {
    const Model *model = &before->models[i], *other = model_of(after, model->name);
    Text old_text = schema_text(model, list->arena);
    Text new_text = other != NULL ? schema_text(other, list->arena) : nothing;
    if (!text_equal(old_text, new_text))
      add(list, named(list, "model %.*s", model->name), old_text,
          document_place(model->document, model->schema), new_text,
          other != NULL ? document_place(other->document, other->schema) : nowhere);
  }
}

void changes_of_definitions(Comparison *comparison, Arena *lasting) {
  const Definition *before = comparison->old_definition, *after = comparison->new_definition;
  ChangeList list = {.changes = &comparison->changes, .arena = lasting};
  Place old_file = {before->file, 1, 0}, new_file = {after->file, 1, 0};
  compare_gateway_responses(&list, before, after);
  compare_texts(&list, "binary media types",
                join(before->binary_media_types, before->binary_media_type_count, lasting), old_file,
                join(after->binary_media_types, after->binary_media_type_count, lasting), new_file);
  compare_names(&list, "stage variable", &before->stage_variables, old_file, &after->stage_variables,
                new_file);
  compare_models(&list, before, after);
}
