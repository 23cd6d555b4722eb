/* Templates: do they parse, do the names they read exist, is what they print safe inside JSON. */
#include "harness/lint/findings.h"
#include "harness/vtl/inspect.h"

#include <string.h>

typedef struct TemplateCheck {
  const LintSubject *subject;
  const TemplateEntry *entry;
  const VtlTemplate *compiled;
  bool response; /* else the request direction */
  Text *assigned;
  size_t assigned_count, assigned_capacity;
} TemplateCheck;

static const char *const roots[] = {"input",   "util",          "context",        "stageVariables",
                                    "foreach", "velocityCount", "velocityHasNext"};
static const char *const input_members[] = {"body", "json", "params", "path"};
static const char *const util_members[] = {"escapeJavaScript", "parseJson",    "urlEncode",
                                           "urlDecode",        "base64Encode", "base64Decode"};
static const char *const context_members[] = {"accountId",
                                              "apiId",
                                              "authorizer",
                                              "awsEndpointRequestId",
                                              "customDomain",
                                              "deploymentId",
                                              "domainName",
                                              "domainPrefix",
                                              "error",
                                              "extendedRequestId",
                                              "httpMethod",
                                              "identity",
                                              "integration",
                                              "isCanaryRequest",
                                              "path",
                                              "protocol",
                                              "requestId",
                                              "requestOverride",
                                              "requestTime",
                                              "requestTimeEpoch",
                                              "resourceId",
                                              "resourcePath",
                                              "responseOverride",
                                              "responseLatency",
                                              "responseLength",
                                              "stage",
                                              "status",
                                              "tenantId",
                                              "waf",
                                              "wafResponseCode",
                                              "webaclArn",
                                              "xrayTraceId"};
/* Methods that every Java object or map has: $input.getClass(), $context.containsKey('x'). */
static const char *const map_methods[] = {"containsKey", "containsValue", "entrySet", "equals",  "get",
                                          "getClass",    "getOrDefault",  "hashCode", "isEmpty", "keySet",
                                          "put",         "putAll",        "remove",   "size",    "toString",
                                          "values",      "empty",         "class"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_one_of(Text name, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_is(name, list[i])) return true;
  return false;
}

static Place place_at(const TemplateCheck *check, size_t offset) {
  return source_text_place(&check->entry->source, offset);
}

static void collect_assigned(void *subject, const VtlReference *reference) {
  TemplateCheck *check = subject;
  if (reference->use != VTL_ASSIGNED || reference->step_count > 0) return;
  if (check->assigned_count == check->assigned_capacity) {
    size_t capacity = check->assigned_capacity == 0 ? 16 : check->assigned_capacity * 2;
    check->assigned = arena_resize(check->subject->arena, check->assigned,
                                   check->assigned_capacity * sizeof(Text), capacity * sizeof(Text));
    check->assigned_capacity = capacity;
  }
  check->assigned[check->assigned_count++] = reference->root;
}

static bool is_assigned(const TemplateCheck *check, Text name) {
  for (size_t i = 0; i < check->assigned_count; i++)
    if (text_equal(check->assigned[i], name)) return true;
  return false;
}

static void unknown(const TemplateCheck *check, const VtlReference *reference, Text name, const char *owner,
                    const char *const *known, size_t count) {
  const char *near = text_suggest(name, known, count);
  if (near != NULL)
    finding_add(check->subject, LINT_UNKNOWN_NAME, place_at(check, reference->offset),
                "%s%.*s doesn't exist and reads as the empty text (did you mean %s%s?)", owner,
                TEXT_ARGS(name), owner, near);
  else
    finding_add(check->subject, LINT_UNKNOWN_NAME, place_at(check, reference->offset),
                "%s%.*s doesn't exist and reads as the empty text", owner, TEXT_ARGS(name));
}

static void check_member(const TemplateCheck *check, const VtlReference *reference, const char *owner,
                         const char *const *known, size_t count) {
  if (reference->step_count == 0) return;
  Text name = reference->steps[0].name;
  if (name.length == 0 || is_one_of(name, known, count) || is_one_of(name, map_methods, COUNT(map_methods)))
    return;
  unknown(check, reference, name, owner, known, count);
}

/* `$null` is how people write null: a name that nobody sets, on purpose. */
static void check_names(const TemplateCheck *check, const VtlReference *reference) {
  if (is_assigned(check, reference->root) || text_is(reference->root, "null")) return;
  if (source_text_is_open(&check->entry->source, reference->offset)) return;
  if (!is_one_of(reference->root, roots, COUNT(roots))) {
    unknown(check, reference, reference->root, "$", roots, COUNT(roots));
  } else if (text_is(reference->root, "input")) {
    check_member(check, reference, "$input.", input_members, COUNT(input_members));
  } else if (text_is(reference->root, "util")) {
    check_member(check, reference, "$util.", util_members, COUNT(util_members));
  } else if (text_is(reference->root, "context") && reference->use != VTL_ASSIGNED) {
    check_member(check, reference, "$context.", context_members, COUNT(context_members));
  }
}

/* "name": "$input.path('$.name')": data between JSON quotes whose last call doesn't escape it. */
static void check_escaping(const TemplateCheck *check, const VtlReference *reference) {
  static const char *const safe[] = {"escapeJavaScript", "base64Encode", "urlEncode", "size", "length"};
  Text source = check->entry->source.text;
  if (text_find(check->entry->content_type, TEXT("json"), 0) == TEXT_NOT_FOUND) return;
  if (reference->offset == 0 || reference->offset > source.length ||
      source.data[reference->offset - 1] != '"')
    return;
  bool from_outside = text_is(reference->root, "input") && (text_is(reference->steps[0].name, "path") ||
                                                            text_is(reference->steps[0].name, "params") ||
                                                            text_is(reference->steps[0].name, "body"));
  if (!from_outside || is_one_of(reference->last_call, safe, COUNT(safe))) return;
  finding_add(check->subject, LINT_UNESCAPED_TEXT, place_at(check, reference->offset),
              "a quote, a backslash or a line's end in $input.%.*s makes invalid JSON; wrap it in "
              "$util.escapeJavaScript(…)",
              TEXT_ARGS(reference->steps[0].name));
}

static void check_reference(void *subject, const VtlReference *reference) {
  const TemplateCheck *check = subject;
  check_names(check, reference);
  if (reference->use == VTL_PRINTED) check_escaping(check, reference);
}

/* Did the parser stop because somebody wrote \" inside "…"? */
static bool is_escaped_quote(Text source, size_t offset, size_t *at) {
  size_t line_end = text_find_char(source, '\n', offset);
  size_t found = text_find(source, TEXT("\\\""), 0);
  if (line_end == TEXT_NOT_FOUND) line_end = source.length;
  for (; found != TEXT_NOT_FOUND && found < line_end; found = text_find(source, TEXT("\\\""), found + 2)) {
    size_t start = found;
    while (start > 0 && source.data[start - 1] != '\n') start--;
    Text before = text_slice(source, start, found);
    if (text_find(before, TEXT("#set"), 0) == TEXT_NOT_FOUND &&
        text_find(before, TEXT("#if"), 0) == TEXT_NOT_FOUND &&
        text_find(before, TEXT("#elseif"), 0) == TEXT_NOT_FOUND)
      continue;
    *at = found;
    return true;
  }
  return false;
}

static void check_template(const LintSubject *subject, const TemplateEntry *entry, bool response) {
  Text source = entry->source.text;
  if (source.length == 0) return;
  TemplateCheck check = {.subject = subject, .entry = entry, .response = response};
  if (source.length > VTL_TEMPLATE_LIMIT) {
    finding_add(subject, LINT_TEMPLATE_TOO_LARGE, entry->source.place,
                "the template has %zu bytes, %d are allowed", source.length, VTL_TEMPLATE_LIMIT);
    return;
  }
  Fault fault;
  VtlTemplate *compiled = NULL;
  if (!vtl_compile(source, subject->arena, &compiled, &fault)) {
    size_t quote;
    if (is_escaped_quote(source, fault.offset, &quote))
      finding_add(subject, LINT_ESCAPED_QUOTE, place_at(&check, quote),
                  "\\\" ends the text here (then: %s); double the quote or use single quotes outside",
                  fault.message);
    else
      finding_add(subject, LINT_TEMPLATE_SYNTAX, place_at(&check, fault.offset), "Unable to transform %s: %s",
                  response ? "response" : "request", fault.message);
    return;
  }
  check.compiled = compiled;
  vtl_references(compiled, collect_assigned, &check);
  vtl_references(compiled, check_reference, &check);
}

static bool binary_everything(const Definition *definition) {
  for (size_t i = 0; i < definition->binary_media_type_count; i++)
    if (text_is(definition->binary_media_types[i], "*/*")) return true;
  return false;
}

void check_templates(const LintSubject *subject) {
  const Integration *integration = &subject->operation->integration;
  bool reported = false;
  for (size_t i = 0; i < integration->request_templates.count; i++)
    check_template(subject, &integration->request_templates.items[i], false);
  for (size_t i = 0; subject->selects && i < subject->rule_count; i++) {
    const IntegrationResponse *rule = subject->rules[i];
    for (size_t j = 0; j < rule->response_templates.count; j++) {
      const TemplateEntry *entry = &rule->response_templates.items[j];
      check_template(subject, entry, true);
      bool runs = entry->source.text.length > 0 && integration->type != INTEGRATION_MOCK &&
                  rule->content_handling != CONTENT_TO_TEXT;
      if (reported || !runs || !binary_everything(subject->operation->definition)) continue;
      finding_add(
          subject, LINT_BINARY_EVERYTHING, entry->source.place,
          "with */* among the binary media types this template fails: \"Unable to transform response\"");
      reported = true;
    }
  }
}
