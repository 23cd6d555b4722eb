#include "harness/spec/first.h"

#include "harness/pattern/example.h"

#include <string.h>

enum { FIRST_STATUS = 100, LAST_STATUS = 599 };

typedef struct FirstSpec {
  Buffer *out;
  Arena *lasting, *passing;
  const Operation *operation;
  Mapping *mapping;
  Text name;         /* GET /pets/{petId} */
  Text method, path; /* of an example request */
} FirstSpec;

/* What a client gets for this answer, today. */
static int client_status(FirstSpec *first, const BackendAnswer *answer) {
  arena_reset(first->passing);
  Request request = operation_example(first->operation, first->passing);
  MappingInput input = {.request = &request};
  Outcome outcome;
  mapping_run(first->mapping, &input, answer, first->passing, &outcome);
  return outcome.response.status;
}

static int status_for_status(FirstSpec *first, int status) {
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = status, .body = TEXT("{}"), .duration_ms = -1};
  return client_status(first, &answer);
}

/* A YAML text in single quotes. */
static void write_quoted(Buffer *out, Text text) {
  buffer_append_char(out, '\'');
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] == '\'') buffer_append_char(out, '\'');
    buffer_append_char(out, (unsigned char)text.data[i] < 0x20 ? ' ' : text.data[i]);
  }
  buffer_append_char(out, '\'');
}

static void write_case(FirstSpec *first, const IntegrationResponse *rule, const char *backend, int expected) {
  Buffer *out = first->out;
  Text title = rule == NULL ? arena_print(first->lasting, "%.*s answers", TEXT_ARGS(first->name))
               : rule->is_default
                   ? arena_print(first->lasting, "%.*s, the default", TEXT_ARGS(first->name))
                   : arena_print(first->lasting, "%.*s, rule %.*s for %.*s", TEXT_ARGS(first->name),
                                 TEXT_ARGS(rule->status_code), TEXT_ARGS(rule->selection_pattern.text));
  buffer_append_string(out, "  - name: ");
  write_quoted(out, title);
  buffer_append_string(out, "\n    request: ");
  write_quoted(out,
               arena_print(first->lasting, "%.*s %.*s", TEXT_ARGS(first->method), TEXT_ARGS(first->path)));
  if (backend != NULL) buffer_print(out, "\n    backend: %s", backend);
  buffer_print(out, "\n    expect: %d\n", expected);
}

/* ---- rules that see a status ---- */

static void write_status_cases(FirstSpec *first) {
  const Integration *integration = &first->operation->integration;
  for (size_t i = 0; i < integration->response_count; i++) {
    const IntegrationResponse *rule = &integration->responses[i];
    for (int status = 200; status != FIRST_STATUS - 1;
         status = status == LAST_STATUS ? FIRST_STATUS : status + 1) {
      Text digits = arena_print(first->passing, "%d", status);
      if (mapping_rule_for(first->mapping, digits, first->passing, NULL, NULL) == rule) {
        write_case(first, rule, arena_print(first->lasting, "%d", status).data,
                   status_for_status(first, status));
        break;
      }
      if (status == 199) break;
    }
  }
}

static void write_status_table(FirstSpec *first) {
  Buffer *out = first->out;
  buffer_append_string(out, "  ");
  write_quoted(out, first->name);
  buffer_append_string(out, ": {");
  int from = FIRST_STATUS, client = status_for_status(first, FIRST_STATUS);
  for (int status = FIRST_STATUS + 1; status <= LAST_STATUS + 1; status++) {
    int next = status <= LAST_STATUS ? status_for_status(first, status) : -1;
    if (next == client) continue;
    if (from > FIRST_STATUS) buffer_append_string(out, ", ");
    if (from == status - 1)
      buffer_print(out, "%d: %d", from, client);
    else
      buffer_print(out, "%d-%d: %d", from, status - 1, client);
    from = status;
    client = next;
  }
  buffer_append_string(out, "}\n");
}

/* ---- rules that see a function's errorMessage ---- */

/* The first message of some length that the pattern matches; data NULL when none is found. */
static Text example_message(Text pattern, Arena *arena) {
  Text examples[PATTERN_EXAMPLES];
  size_t count = pattern_examples(pattern, arena, examples);
  for (size_t i = 0; i < count; i++)
    if (examples[i].length > 0) return examples[i];
  return (Text){NULL, 0};
}

static void write_function_cases(FirstSpec *first) {
  const Integration *integration = &first->operation->integration;
  for (size_t i = 0; i < integration->response_count; i++) {
    const IntegrationResponse *rule = &integration->responses[i];
    if (rule->is_default) {
      BackendAnswer answer = {.kind = BACKEND_LAMBDA, .status = 200, .body = TEXT("{}"), .duration_ms = -1};
      write_case(first, rule, "{result: {}}", client_status(first, &answer));
      continue;
    }
    Text message = example_message(rule->selection_pattern.text, first->lasting);
    if (message.data == NULL) {
      buffer_append_string(first->out, "  # write a case: which errorMessage does this rule take? ");
      write_quoted(first->out, rule->selection_pattern.text);
      buffer_append_char(first->out, '\n');
      continue;
    }
    Buffer payload = buffer_make(first->lasting, 0);
    buffer_append_string(&payload, "{\"errorMessage\":");
    json_write_text(&payload, message);
    buffer_append_char(&payload, '}');
    BackendAnswer answer = {.kind = BACKEND_LAMBDA,
                            .status = 200,
                            .body = buffer_text(&payload),
                            .function_error = TEXT("Unhandled"),
                            .duration_ms = -1};
    Buffer backend = buffer_make(first->lasting, 0);
    buffer_append_string(&backend, "{error: {errorMessage: ");
    write_quoted(&backend, message);
    buffer_append_string(&backend, "}}");
    write_case(first, rule, buffer_string(&backend), client_status(first, &answer));
  }
}

static void write_cases(FirstSpec *first) {
  static const BackendAnswer nothing = {.kind = BACKEND_NONE, .duration_ms = -1};
  const Integration *integration = &first->operation->integration;
  switch (integration->type) {
  case INTEGRATION_AWS_PROXY: write_case(first, NULL, "{result: {statusCode: 200}}", 200); break;
  case INTEGRATION_HTTP_PROXY: write_case(first, NULL, "200", status_for_status(first, 200)); break;
  case INTEGRATION_MOCK: write_case(first, NULL, NULL, client_status(first, &nothing)); break;
  case INTEGRATION_AWS:
  case INTEGRATION_HTTP:
    if (integration->is_lambda)
      write_function_cases(first);
    else
      write_status_cases(first);
    break;
  }
}

static bool has_table(const Operation *operation) {
  const Integration *integration = &operation->integration;
  return operation->has_integration && integration->response_count > 0 &&
         (integration->type == INTEGRATION_HTTP ||
          (integration->type == INTEGRATION_AWS && !integration->is_lambda));
}

void spec_write_first(const Definition *definition, Text api, Buffer *out) {
  FirstSpec first = {.out = out, .lasting = arena_new(0), .passing = arena_new(0)};
  buffer_append_string(
      out, "# yaml-language-server: $schema=spec.schema.json\n"
           "# (statusquo schema > spec.schema.json, and an editor completes keys)\n"
           "# What the definition does today, one case a rule and one table an operation, as a start:\n"
           "# rename the cases after what clients rely on, and say more than the status.\n");
  buffer_append_string(out, "api: ");
  write_quoted(out, api);
  buffer_append_string(out, "\n\ncases:\n");
  size_t tables = 0;
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 1 && tables > 0) buffer_append_string(out, "\nstatuses:\n");
    for (size_t i = 0; i < definition->operation_count; i++) {
      first.operation = &definition->operations[i];
      if (!first.operation->has_integration) continue;
      FaultList defects = fault_list_make(first.lasting);
      first.mapping = mapping_compile(first.operation, first.lasting, &defects);
      first.name = operation_name(first.operation, first.lasting);
      const Request example = operation_example(first.operation, first.lasting);
      first.method = example.method;
      first.path = example.path;
      bool table = has_table(first.operation);
      if (pass == 0)
        write_cases(&first);
      else if (table)
        write_status_table(&first);
      tables += pass == 0 && table ? 1 : 0;
    }
    if (pass == 0 && definition->operation_count == 0) buffer_append_string(out, "  []\n");
  }
  arena_free(first.lasting);
  arena_free(first.passing);
}
