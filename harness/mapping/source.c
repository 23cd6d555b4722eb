#include "harness/mapping/source.h"

#include "harness/base/utf8.h"

/* ---- parsing ---- */

typedef struct SourcePrefix {
  Text prefix;
  SourceKind kind;
} SourcePrefix;

static const SourcePrefix source_prefixes[] = {
    {TEXT_INIT("method.request.path."), SOURCE_REQUEST_PATH},
    {TEXT_INIT("method.request.querystring."), SOURCE_REQUEST_QUERY},
    {TEXT_INIT("method.request.header."), SOURCE_REQUEST_HEADER},
    {TEXT_INIT("method.request.multivaluequerystring."), SOURCE_REQUEST_MULTI_QUERY},
    {TEXT_INIT("method.request.multivalueheader."), SOURCE_REQUEST_MULTI_HEADER},
    {TEXT_INIT("method.request.body"), SOURCE_REQUEST_BODY},
    {TEXT_INIT("integration.response.header."), SOURCE_RESPONSE_HEADER},
    {TEXT_INIT("integration.response.multivalueheader."), SOURCE_RESPONSE_MULTI_HEADER},
    {TEXT_INIT("integration.response.body"), SOURCE_RESPONSE_BODY},
    {TEXT_INIT("context."), SOURCE_CONTEXT},
    {TEXT_INIT("stageVariables."), SOURCE_STAGE_VARIABLE},
};

typedef struct TargetPrefix {
  Text prefix;
  TargetKind kind;
} TargetPrefix;

static const TargetPrefix target_prefixes[] = {
    {TEXT_INIT("integration.request.path."), TARGET_REQUEST_PATH},
    {TEXT_INIT("integration.request.querystring."), TARGET_REQUEST_QUERY},
    {TEXT_INIT("integration.request.header."), TARGET_REQUEST_HEADER},
    {TEXT_INIT("method.response.header."), TARGET_RESPONSE_HEADER},
    {TEXT_INIT("gatewayresponse.header."), TARGET_GATEWAY_HEADER},
};

static void parse_target(CompiledParameter *parameter) {
  Text target = parameter->entry->target;
  for (size_t i = 0; i < sizeof target_prefixes / sizeof *target_prefixes; i++) {
    if (!text_starts(target, target_prefixes[i].prefix)) continue;
    parameter->target = target_prefixes[i].kind;
    parameter->name = text_slice(target, target_prefixes[i].prefix.length, target.length);
    return;
  }
}

/* body-source := "integration.response.body" [ "." path | "[" path ] */
static bool parse_body_path(Source *source, Text rest, Arena *arena, Fault *fault) {
  if (rest.length == 0) return true;
  if (rest.data[0] != '.' && rest.data[0] != '[') {
    source->kind = SOURCE_INVALID;
    return fault_raise(fault, FAULT_INPUT, "not a mapping expression");
  }
  Text path = arena_print(arena, "$%.*s", TEXT_ARGS(rest));
  if (jsonpath_compile(path, arena, &source->path, fault)) return true;
  source->path = NULL;
  source->broken = true;
  return false;
}

/* source := "'" text "'" | prefix name | body-source */
static bool source_parse(Text text, Arena *arena, Source *out, Fault *fault) {
  *out = (Source){.kind = SOURCE_INVALID};
  if (text.length >= 2 && text.data[0] == '\'' && text.data[text.length - 1] == '\'') {
    *out = (Source){.kind = SOURCE_STATIC, .name = text_slice(text, 1, text.length - 1)};
    return true;
  }
  for (size_t i = 0; i < sizeof source_prefixes / sizeof *source_prefixes; i++) {
    const SourcePrefix *candidate = &source_prefixes[i];
    if (!text_starts(text, candidate->prefix)) continue;
    Text rest = text_slice(text, candidate->prefix.length, text.length);
    *out = (Source){.kind = candidate->kind, .name = rest};
    bool is_body = candidate->kind == SOURCE_REQUEST_BODY || candidate->kind == SOURCE_RESPONSE_BODY;
    return is_body ? parse_body_path(out, rest, arena, fault) : true;
  }
  return fault_raise(fault, FAULT_INPUT, "not a mapping expression: %.*s", TEXT_ARGS(text));
}

ParameterSet parameters_compile(const Parameters *parameters, Arena *arena, FaultList *defects) {
  ParameterSet set = {.items = ARENA_ARRAY(arena, CompiledParameter, parameters->count + 1),
                      .count = parameters->count};
  for (size_t i = 0; i < set.count; i++) {
    CompiledParameter *compiled = &set.items[i];
    compiled->entry = &parameters->items[i];
    parse_target(compiled);
    if (compiled->entry->source.data == NULL) continue; /* null maps nothing */
    Fault fault;
    bool parsed = source_parse(compiled->entry->source, arena, &compiled->source, &fault);
    SourceKind kind = compiled->source.kind;
    if (kind == SOURCE_CONTEXT) set.reads_context = true;
    if (kind == SOURCE_REQUEST_HEADER || kind == SOURCE_REQUEST_MULTI_HEADER) set.reads_headers = true;
    if (parsed || defects == NULL) continue;
    fault.place = compiled->entry->place;
    Fault *listed = fault_list_add(defects);
    *listed = fault;
    fault_wrap(listed, "source of %.*s", TEXT_ARGS(compiled->entry->target));
  }
  return set;
}

/* ---- reading ---- */

static SourceAnswer found_text(Text text, Arena *passing, TextList *out) {
  out->items = ARENA_ARRAY(passing, Text, 1);
  out->items[0] = text;
  out->count = 1;
  return SOURCE_FOUND;
}

static SourceAnswer found_header(const Header *header, Arena *passing, TextList *out) {
  return header == NULL ? SOURCE_MISSING : found_text(header->value, passing, out);
}

/* All values of exactly this name. */
static SourceAnswer found_all(const Headers *headers, Text name, Arena *passing, TextList *out) {
  out->items = ARENA_ARRAY(passing, Text, headers->count + 1);
  for (size_t i = 0; i < headers->count; i++)
    if (text_equal(headers->items[i].name, name)) out->items[out->count++] = headers->items[i].value;
  return out->count > 0 ? SOURCE_FOUND : SOURCE_MISSING;
}

bool value_to_parameter(Value value, Arena *arena, Text *out) {
  if (value_is_null(value)) return false;
  if (value.kind == VALUE_TEXT) {
    *out = value_text(value, arena);
    return true;
  }
  if (value.kind != VALUE_LIST && value.kind != VALUE_MAP) {
    *out = value_to_text(value, arena);
    return true;
  }
  Buffer json = buffer_make(arena, 0);
  value_write_json(value, &json);
  *out = buffer_text(&json);
  return true;
}

const Value *context_find(const Map *context, Text dotted) {
  Text rest = dotted;
  while (context != NULL) {
    Text name = text_split(rest, '.', &rest);
    const Value *member = map_get_text(context, name);
    if (member == NULL || rest.data == NULL) return member;
    context = member->kind == VALUE_MAP ? member->as.map : NULL;
  }
  return NULL;
}

/* ---- bodies ---- */

static size_t first_not_blank(Text text) {
  size_t at = 0;
  while (at < text.length && (text.data[at] == ' ' || (text.data[at] >= '\t' && text.data[at] <= '\r'))) at++;
  return at;
}

/* Text that begins like JSON must be JSON (seen); other text is just text. Java decodes the bytes first: what
 * is ill-formed becomes U+FFFD. */
static void body_parse(BodyReader *body, Arena *passing) {
  if (body->tried) return;
  body->tried = true;
  body->text = utf8_repair(body->text, passing);
  size_t at = first_not_blank(body->text);
  if (at == body->text.length || (body->text.data[at] != '{' && body->text.data[at] != '[')) return;
  body->is_json = value_read(body->text, passing, &body->value, NULL);
  body->broken = !body->is_json;
}

/* A Lambda custom error: the document with the JSON text of its errorMessage read as well (documented). */
static bool with_error_message(const BodyReader *body, Arena *passing, Value *out) {
  if (!body->is_lambda_answer || body->value.kind != VALUE_MAP) return false;
  const Value *message = map_get_text(body->value.as.map, TEXT("errorMessage"));
  if (message == NULL || message->kind != VALUE_TEXT) return false;
  BodyReader inner = {.text = value_text(*message, passing)};
  body_parse(&inner, passing);
  if (!inner.is_json) return false;
  Map *copy = map_new(MAP_LINKED, passing);
  map_put_text(copy, TEXT("errorMessage"), inner.value, passing);
  *out = value_from_map(copy);
  return true;
}

static SourceAnswer read_body(const Source *source, BodyReader *body, Arena *passing, TextList *out) {
  if (source->broken) return SOURCE_FAILS;
  body_parse(body, passing);
  if (body->broken) return SOURCE_FAILS;
  if (source->path == NULL) return found_text(body->text.length > 0 ? body->text : TEXT("{}"), passing, out);
  if (!body->is_json) return SOURCE_MISSING;
  Value found;
  JsonPathAnswer answer = jsonpath_read(source->path, body->value, passing, &found, NULL);
  Value document;
  if (answer != JSONPATH_FOUND && with_error_message(body, passing, &document))
    answer = jsonpath_read(source->path, document, passing, &found, NULL);
  Text text;
  if (answer != JSONPATH_FOUND || !value_to_parameter(found, passing, &text)) return SOURCE_MISSING;
  return found_text(text, passing, out);
}

static SourceAnswer read_context(const Source *source, const SourceInputs *inputs, TextList *out) {
  const Value *member = context_find(inputs->context, source->name);
  Text text;
  if (member == NULL || member->kind == VALUE_MAP || !value_to_parameter(*member, inputs->passing, &text))
    return SOURCE_MISSING;
  return found_text(text, inputs->passing, out);
}

/* Names compare with case, single forms take the last value (seen). */
SourceAnswer source_read(const Source *source, const SourceInputs *inputs, TextList *out) {
  Arena *passing = inputs->passing;
  static const Headers none;
  const Headers *answered = inputs->response_headers != NULL ? inputs->response_headers : &none;
  *out = (TextList){NULL, 0};
  switch (source->kind) {
  case SOURCE_INVALID: return source->broken ? SOURCE_FAILS : SOURCE_MISSING;
  case SOURCE_STATIC: return found_text(source->name, passing, out);
  case SOURCE_REQUEST_PATH:
    return found_header(headers_find_last_exact(&inputs->request->path_parameters, source->name), passing,
                        out);
  case SOURCE_REQUEST_QUERY:
    return found_header(headers_find_last_exact(&inputs->request->query, source->name), passing, out);
  case SOURCE_REQUEST_HEADER:
    return found_header(headers_find_last_exact(inputs->request_headers, source->name), passing, out);
  case SOURCE_REQUEST_MULTI_QUERY: return found_all(&inputs->request->query, source->name, passing, out);
  case SOURCE_REQUEST_MULTI_HEADER: return found_all(inputs->request_headers, source->name, passing, out);
  case SOURCE_REQUEST_BODY: return read_body(source, inputs->request_body, passing, out);
  case SOURCE_RESPONSE_HEADER:
    return found_header(headers_find_last_exact(answered, source->name), passing, out);
  case SOURCE_RESPONSE_MULTI_HEADER: return found_all(answered, source->name, passing, out);
  case SOURCE_RESPONSE_BODY:
    return inputs->response_body == NULL ? SOURCE_MISSING
                                         : read_body(source, inputs->response_body, passing, out);
  case SOURCE_CONTEXT: return read_context(source, inputs, out);
  case SOURCE_STAGE_VARIABLE:
    return found_header(headers_find_last_exact(inputs->stage_variables, source->name), passing, out);
  }
  return SOURCE_MISSING;
}

bool text_list_fits(const TextList *list, size_t *bytes) {
  for (size_t i = 0; i < list->count; i++) *bytes += list->items[i].length;
  return *bytes <= PARAMETER_BYTES;
}

Text text_list_join(const TextList *list, Arena *arena) {
  if (list->count == 1) return list->items[0];
  Buffer joined = buffer_make(arena, 0);
  for (size_t i = 0; i < list->count; i++) {
    if (i > 0) buffer_append_char(&joined, ',');
    buffer_append(&joined, list->items[i]);
  }
  return buffer_text(&joined);
}
