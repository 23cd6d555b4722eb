/* Definitions: what each format becomes, and how mistakes are told. Sections:
 *   definition  the file; `name` its name (default api.yaml), with #LogicalId when one API is chosen
 *   other       another file beside it: its first line is the name, the rest the content (repeatable)
 *   parameters  lines NAME=VALUE
 *   summary     what was read (see below), without what is at its default
 *   notes       the warnings, first lines only; `errors` everything that fault_print says
 *   routes      lines "METHOD PATH -> OPERATION name=value …", or "-> no resource", "-> no method"
 *   places      lines "OPERATION request|response|pattern INDEX OFFSET line:column": of templates and
 * patterns */
#include "harness/definition/definition.h"
#include "tests/runner/work_folder.h"

#include <string.h>

const char *const case_section_names[] = {"definition", "name",   "other",  "parameters", "summary",
                                          "notes",      "errors", "routes", "places",     NULL};

/* ---- what was read, as text ---- */

static void write_pairs(const char *title, const Headers *pairs, Buffer *out) {
  if (pairs->count == 0) return;
  buffer_print(out, "  %s", title);
  for (size_t i = 0; i < pairs->count; i++)
    buffer_print(out, " %.*s=%.*s", TEXT_ARGS(pairs->items[i].name), TEXT_ARGS(pairs->items[i].value));
  buffer_append_char(out, '\n');
}

static void write_parameters(const char *title, const Parameters *parameters, Buffer *out) {
  for (size_t i = 0; i < parameters->count; i++)
    buffer_print(out, "  %s %.*s <- %.*s\n", title, TEXT_ARGS(parameters->items[i].target),
                 parameters->items[i].source.data != NULL ? (int)parameters->items[i].source.length : 6,
                 parameters->items[i].source.data != NULL ? parameters->items[i].source.data : "(none)");
}

static void write_templates(const char *title, const Templates *templates, Buffer *out) {
  for (size_t i = 0; i < templates->count; i++) {
    const TemplateEntry *entry = &templates->items[i];
    buffer_print(out, "  %s %.*s ", title, TEXT_ARGS(entry->content_type));
    if (entry->source.text.data != NULL)
      json_write_text(out, entry->source.text);
    else
      buffer_append_string(out, "null");
    buffer_append_char(out, '\n');
  }
}

static void write_response(const IntegrationResponse *response, Buffer *out) {
  static const char *const handlings[] = {"", " to text", " to binary"};
  buffer_print(out, "  rule ");
  if (response->is_default)
    buffer_append_string(out, "default");
  else
    json_write_text(out, response->selection_pattern.text);
  buffer_print(out, " -> %.*s%s\n", TEXT_ARGS(response->status_code), handlings[response->content_handling]);
  write_parameters("  header", &response->response_parameters, out);
  write_templates("  template", &response->response_templates, out);
}

static void write_integration(const Integration *integration, Buffer *out) {
  static const char *const types[] = {"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"};
  static const char *const passthroughs[] = {"", " when no templates", " never"};
  static const char *const handlings[] = {"", " to text", " to binary"};
  buffer_print(out, "  %s%s%.*s%s%.*s%s%s", types[integration->type],
               integration->http_method.length > 0 ? " " : "", TEXT_ARGS(integration->http_method),
               integration->uri.text.length > 0 ? " " : "", TEXT_ARGS(integration->uri.text),
               passthroughs[integration->passthrough], handlings[integration->content_handling]);
  if (integration->timeout_ms != 29000) buffer_print(out, " in %d ms", integration->timeout_ms);
  if (integration->is_lambda) buffer_print(out, " (function %.*s)", TEXT_ARGS(integration->function_name));
  if (integration->service_action.data != NULL)
    buffer_print(out, " (service %.*s)", TEXT_ARGS(integration->service_action));
  if (integration->credentials.data != NULL)
    buffer_print(out, " as %.*s", TEXT_ARGS(integration->credentials));
  buffer_append_char(out, '\n');
  write_parameters("request", &integration->request_parameters, out);
  write_templates("request template", &integration->request_templates, out);
  for (size_t i = 0; i < integration->response_count; i++) write_response(&integration->responses[i], out);
}

static void write_operation(const Operation *operation, Buffer *out) {
  buffer_print(out, "%.*s %.*s", TEXT_ARGS(operation->method), TEXT_ARGS(operation->resource_path));
  if (operation->operation_name.data != NULL)
    buffer_print(out, " (%.*s)", TEXT_ARGS(operation->operation_name));
  if (operation->authorization.data != NULL)
    buffer_print(out, " auth %.*s", TEXT_ARGS(operation->authorization));
  buffer_append_string(out, operation->api_key_required ? " key" : "");
  buffer_append_string(out, operation->validates_body ? " checks body" : "");
  buffer_append_string(out, operation->validates_parameters ? " checks parameters" : "");
  buffer_print(out, " line %u\n", operation->place.line);
  write_pairs("takes", &operation->request_parameters, out);
  write_pairs("models", &operation->request_models, out);
  if (operation->has_integration) write_integration(&operation->integration, out);
  for (size_t i = 0; i < operation->method_response_count; i++) {
    const MethodResponse *response = &operation->method_responses[i];
    buffer_print(out, "  answers %.*s\n", TEXT_ARGS(response->status_code));
    write_pairs("  with", &response->parameters, out);
    write_pairs("  models", &response->models, out);
  }
}

static void write_summary(const Definition *definition, Buffer *out) {
  buffer_print(out, "%.*s", TEXT_ARGS(definition->format));
  if (definition->title.data != NULL) buffer_print(out, " \"%.*s\"", TEXT_ARGS(definition->title));
  if (definition->base_path.length > 0) buffer_print(out, " base %.*s", TEXT_ARGS(definition->base_path));
  if (definition->stage.data != NULL) buffer_print(out, " stage %.*s", TEXT_ARGS(definition->stage));
  buffer_append_char(out, '\n');
  write_pairs("variables", &definition->stage_variables, out);
  for (size_t i = 0; i < definition->binary_media_type_count; i++)
    buffer_print(out, "  binary %.*s\n", TEXT_ARGS(definition->binary_media_types[i]));
  for (size_t i = 0; i < definition->model_count; i++) {
    buffer_print(out, "  model %.*s ", TEXT_ARGS(definition->models[i].name));
    json_write_node(out, definition->models[i].schema);
    buffer_append_char(out, '\n');
  }
  for (size_t i = 0; i < definition->gateway_response_count; i++) {
    const GatewayResponse *response = &definition->gateway_responses[i];
    buffer_print(out, "  %.*s -> %d\n", TEXT_ARGS(response->type), response->status);
    write_parameters("  header", &response->parameters, out);
    write_templates("  template", &response->templates, out);
  }
  for (size_t i = 0; i < definition->operation_count; i++) write_operation(&definition->operations[i], out);
}

/* ---- checks ---- */

static void check_routes(const Definition *definition, Text lines, Arena *arena, Buffer *failure) {
  for (Text rest = lines; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest), expected;
    Text method = text_split(line, ' ', &expected);
    Text path = text_split(expected, ' ', &expected);
    const Operation *operation;
    Headers parameters = {0};
    Buffer actual = buffer_make(arena, 0);
    switch (definition_route(definition, method, path, arena, &operation, &parameters)) {
    case ROUTE_NO_RESOURCE: buffer_append_string(&actual, "-> no resource"); break;
    case ROUTE_NO_METHOD: buffer_append_string(&actual, "-> no method"); break;
    case ROUTE_FOUND:
      buffer_print(&actual, "-> %s", operation_name(operation, arena).data);
      for (size_t i = 0; i < parameters.count; i++)
        buffer_print(&actual, " %.*s=%.*s", TEXT_ARGS(parameters.items[i].name),
                     TEXT_ARGS(parameters.items[i].value));
    }
    case_expect_text(arena_print(arena, "route %.*s", TEXT_ARGS(line)).data, expected, buffer_text(&actual),
                     failure);
  }
}

static const SourceText *source_of(const Operation *operation, Text what, size_t index) {
  const Integration *integration = &operation->integration;
  if (text_is(what, "request")) return &integration->request_templates.items[index].source;
  if (text_is(what, "pattern")) return &integration->responses[index].selection_pattern;
  return &integration->responses[index].response_templates.items[0].source;
}

static void check_places(const Definition *definition, Text lines, Arena *arena, Buffer *failure) {
  for (Text rest = lines; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest), tail;
    Text method = text_split(line, ' ', &tail);
    Text path = text_split(tail, ' ', &tail);
    Text what = text_split(tail, ' ', &tail);
    Text index = text_split(tail, ' ', &tail), offset, expected;
    offset = text_split(tail, ' ', &expected);
    const Operation *operation =
        definition_operation(definition, arena_print(arena, "%.*s %.*s", TEXT_ARGS(method), TEXT_ARGS(path)));
    int64_t number, byte;
    if (operation == NULL || !text_to_integer(index, &number) || !text_to_integer(offset, &byte)) {
      buffer_print(failure, "  nothing stands at %.*s\n", TEXT_ARGS(line));
      continue;
    }
    Place place = source_text_place(source_of(operation, what, (size_t)number), (size_t)byte);
    Text actual = arena_print(arena, "%s%s%u:%u", strcmp(place.file, definition->file) == 0 ? "" : place.file,
                              strcmp(place.file, definition->file) == 0 ? "" : ":", place.line, place.column);
    case_expect_text(arena_print(arena, "place %.*s", TEXT_ARGS(line)).data, expected, actual, failure);
  }
}

static void read_parameters(Text lines, Arena *arena, Headers *out) {
  for (Text rest = trimmed(lines); rest.data != NULL && rest.length > 0;) {
    Text value;
    Text name = text_split(text_split(rest, '\n', &rest), '=', &value);
    headers_add(out, name, value, arena);
  }
}

static void check(const Case *subject, const char *path, Arena *arena, Buffer *failure) {
  FaultList faults = fault_list_make(arena);
  DefinitionOptions options = {0};
  Definition *definition = NULL;
  read_parameters(case_section(subject, "parameters"), arena, &options.parameters);
  bool good = definition_load(path, &options, arena, &definition, &faults);
  Buffer told = buffer_make(arena, 0), notes = buffer_make(arena, 0), summary = buffer_make(arena, 0);
  for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], &told);
  case_expect_text("errors", expected_of(subject, "errors"), trimmed(buffer_text(&told)), failure);
  if (good != (definition != NULL))
    buffer_append_string(failure, "  the answer and the definition disagree\n");
  if (definition == NULL) return;
  for (size_t i = 0; i < definition->notes.count; i++) {
    Fault line = definition->notes.items[i];
    line.source[0] = '\0';
    fault_print(&line, &notes);
  }
  write_summary(definition, &summary);
  if (case_has(subject, "summary"))
    case_expect_text("summary", expected_of(subject, "summary"), trimmed(buffer_text(&summary)), failure);
  case_expect_text("notes", expected_of(subject, "notes"), trimmed(buffer_text(&notes)), failure);
  if (case_has(subject, "routes")) check_routes(definition, expected_of(subject, "routes"), arena, failure);
  if (case_has(subject, "places")) check_places(definition, expected_of(subject, "places"), arena, failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  const char *path =
      case_has(subject, "name") ? arena_copy_string(arena, expected_of(subject, "name")) : "api.yaml";
  Text file = text_split(text_from(path), '#', &(Text){NULL, 0});
  WorkFolder folder;
  if (!work_folder_enter(&folder, subject, arena_copy_string(arena, file), "definition")) {
    buffer_append_string(failure, "  no folder to work in\n");
    return;
  }
  check(subject, path, arena, failure);
  work_folder_leave(&folder);
}
