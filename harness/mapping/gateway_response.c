#include "harness/mapping/gateway_response.h"

#include "harness/mapping/content.h"
#include "harness/mapping/log.h"
#include "harness/mapping/response_headers.h"

#include <string.h>

/* ---- the types ---- */

typedef struct GatewayType {
  const char *name;
  int status;
  const char *message; /* NULL: null */
  const char *error_type;
  bool front_door; /* answered before the integration layer: no blank behind the colon */
} GatewayType;

/* Statuses seen; messages and error types seen or documented as gateway.md 10.1 marks them. */
static const GatewayType gateway_types[] = {
    {"ACCESS_DENIED", 403, "User is not authorized to access this resource", "AccessDeniedException", true},
    {"API_CONFIGURATION_ERROR", 500, "Internal server error", "InternalServerErrorException", false},
    {"AUTHORIZER_CONFIGURATION_ERROR", 500, NULL, "AuthorizerConfigurationException", true},
    {"AUTHORIZER_FAILURE", 500, "Internal server error", "AuthorizerFailureException", true},
    {"BAD_REQUEST_BODY", 400, "Invalid request body", "BadRequestException", false},
    {"BAD_REQUEST_PARAMETERS", 400, "Missing required request parameters: []", "BadRequestException", false},
    {"EXPIRED_TOKEN", 403, "The security token included in the request is expired", "ExpiredTokenException",
     true},
    {"INTEGRATION_FAILURE", 504, "Network error communicating with endpoint", "InternalServerErrorException",
     false},
    {"INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", "InternalServerErrorException", false},
    {"INVALID_API_KEY", 403, "Forbidden", "ForbiddenException", true},
    {"INVALID_SIGNATURE", 403,
     "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
     "Access "
     "Key and signing method. Consult the service documentation for details.",
     "InvalidSignatureException", true},
    {"MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token",
     "MissingAuthenticationTokenException", true},
    {"QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceededException", true},
    {"REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException", true},
    {"RESOURCE_NOT_FOUND", 404, "Not Found", "ResourceNotFoundException", true},
    {"THROTTLED", 429, "Too Many Requests", "TooManyRequestsException", true},
    {"UNAUTHORIZED", 401, "Unauthorized", "UnauthorizedException", true},
    {"UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type", "BadRequestException", false},
    {"WAF_FILTERED", 403, "Forbidden", "ForbiddenException", true},
    {"DEFAULT_4XX", 400, "Bad Request", "BadRequestException", false},
    {"DEFAULT_5XX", 500, "Internal server error", "InternalServerErrorException", false},
};

/* An unknown type answers as an internal error does. */
static const GatewayType *find_type(const char *name) {
  size_t count = sizeof gateway_types / sizeof *gateway_types;
  for (size_t i = 0; i < count; i++)
    if (strcmp(gateway_types[i].name, name) == 0) return &gateway_types[i];
  return &gateway_types[count - 1];
}

static const GatewayResponse *find_setting(const Definition *definition, const char *type) {
  for (size_t i = 0; i < definition->gateway_response_count; i++)
    if (text_is(definition->gateway_responses[i].type, type)) return &definition->gateway_responses[i];
  return NULL;
}

/* A type that was set inherits nothing; one that wasn't takes the default of its class, status, headers and
 * template together (seen). 413 can't be customised (documented). */
static const GatewayResponse *effective_setting(const Definition *definition, const GatewayType *type) {
  if (type->status == 413) return NULL;
  const GatewayResponse *own = find_setting(definition, type->name);
  if (own != NULL) return own;
  return find_setting(definition, type->status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
}

/* ---- substitution: not VTL (documented) ---- */

static bool is_name_character(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == '-';
}

/* Name := word { "." word } from `at`; a dot at the end isn't part of it. */
static size_t name_end(Text text, size_t at) {
  size_t end = at;
  while (at < text.length && is_name_character(text.data[at])) {
    while (at < text.length && is_name_character(text.data[at])) at++;
    end = at;
    if (at < text.length && text.data[at] == '.') at++;
  }
  return end;
}

typedef struct Substitution {
  MappingRun *run;
  const GatewayError *error;
  const GatewayType *type;
  Text message; /* data NULL: null */
} Substitution;

static void append_quoted(Buffer *out, Text text) {
  if (text.data == NULL)
    buffer_append_string(out, "null");
  else
    value_write_json(value_from_text(text), out);
}

static void append_error_member(const Substitution *about, Text name, Buffer *out) {
  if (text_is(name, "message") && about->message.data != NULL) buffer_append(out, about->message);
  if (text_is(name, "messageString")) append_quoted(out, about->message);
  if (text_is(name, "responseType")) buffer_append_string(out, about->error->type);
  if (text_is(name, "validationErrorString") && about->error->validation.data != NULL)
    buffer_append(out, about->error->validation);
}

static void append_found(const Substitution *about, const Source *source, Buffer *out) {
  SourceInputs inputs = run_source_inputs(about->run, NULL);
  TextList found;
  if (source_read(source, &inputs, &found) == SOURCE_FOUND)
    buffer_append(out, text_list_join(&found, about->run->passing));
}

/* reference := "$" ( "context." | "stageVariables." | "method.request.(header|path|querystring)." ) name.
 * Appends its value, or nothing for one without value; false: this is not a reference. */
static bool append_reference(const Substitution *about, Text reference, Buffer *out) {
  static const struct {
    Text prefix;
    SourceKind kind;
  } kinds[] = {
      {TEXT_INIT("context."), SOURCE_CONTEXT},
      {TEXT_INIT("stageVariables."), SOURCE_STAGE_VARIABLE},
      {TEXT_INIT("method.request.header."), SOURCE_REQUEST_HEADER},
      {TEXT_INIT("method.request.path."), SOURCE_REQUEST_PATH},
      {TEXT_INIT("method.request.querystring."), SOURCE_REQUEST_QUERY},
  };
  Text error = TEXT("context.error.");
  if (text_starts(reference, error)) {
    append_error_member(about, text_slice(reference, error.length, reference.length), out);
    return true;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (!text_starts(reference, kinds[i].prefix)) continue;
    Text name = text_slice(reference, kinds[i].prefix.length, reference.length);
    append_found(about, &(Source){.kind = kinds[i].kind, .name = name}, out);
    return true;
  }
  return false;
}

static Text substitute(const Substitution *about, Text template_text) {
  Buffer out = buffer_make(about->run->passing, VTL_OUTPUT_LIMIT);
  for (size_t at = 0; at < template_text.length;) {
    size_t dollar = text_find_char(template_text, '$', at);
    if (dollar == TEXT_NOT_FOUND) dollar = template_text.length;
    buffer_append(&out, text_slice(template_text, at, dollar));
    if (dollar == template_text.length) break;
    size_t end = name_end(template_text, dollar + 1);
    if (!append_reference(about, text_slice(template_text, dollar + 1, end), &out)) {
      buffer_append_char(&out, '$');
      end = dollar + 1;
    }
    at = end;
  }
  return buffer_text(&out);
}

/* ---- the answer ---- */

/* {"message":null} for a type without message; {"Message":…} for ACCESS_DENIED; a blank behind the colon in
 * what the integration layer says (seen: Content-Length 36). */
static Text standard_body(const Substitution *about) {
  Buffer out = buffer_make(about->run->passing, 0);
  bool denied = strcmp(about->type->name, "ACCESS_DENIED") == 0;
  buffer_append_string(&out, denied ? "{\"Message\":" : "{\"message\":");
  if (!about->type->front_door) buffer_append_char(&out, ' ');
  append_quoted(&out, about->message);
  buffer_append_char(&out, '}');
  return buffer_text(&out);
}

static const TemplateEntry *choose_template(const MappingRun *run, const GatewayResponse *setting) {
  if (setting == NULL || setting->templates.count == 0) return NULL;
  Text accept = media_type_of(&run->request->headers, "Accept", TEXT("application/json"));
  const TemplateEntry *json = NULL;
  for (size_t i = 0; i < setting->templates.count; i++) {
    const TemplateEntry *entry = &setting->templates.items[i];
    if (text_equal_ignoring_case(entry->content_type, accept)) return entry;
    if (text_is(entry->content_type, "application/json")) json = entry;
  }
  return json != NULL ? json : &setting->templates.items[0];
}

static Text gateway_body(const Substitution *about, const GatewayResponse *setting) {
  const TemplateEntry *chosen = choose_template(about->run, setting);
  if (chosen == NULL || chosen->source.text.length == 0) return standard_body(about);
  return substitute(about, chosen->source.text);
}

static void map_parameters(const Substitution *about, const GatewayResponse *setting, Headers *headers) {
  if (setting == NULL) return;
  Arena *passing = about->run->passing;
  ParameterSet set = parameters_compile(&setting->parameters, passing, NULL);
  SourceInputs inputs = run_source_inputs(about->run, NULL);
  size_t bytes = 0;
  for (size_t i = 0; i < set.count && bytes <= PARAMETER_BYTES; i++) {
    const CompiledParameter *parameter = &set.items[i];
    if (parameter->target != TARGET_GATEWAY_HEADER) continue;
    Text error = TEXT("error.");
    TextList found;
    if (parameter->source.kind == SOURCE_CONTEXT && text_starts(parameter->source.name, error)) {
      Buffer value = buffer_make(passing, 0);
      append_error_member(
          about, text_slice(parameter->source.name, error.length, parameter->source.name.length), &value);
      headers_set(headers, parameter->name, buffer_text(&value), passing);
    } else if (source_read(&parameter->source, &inputs, &found) == SOURCE_FOUND &&
               text_list_fits(&found, &bytes)) {
      headers_set(headers, parameter->name, text_list_join(&found, passing), passing);
    }
  }
}

/* A status that was raised inside beats the type's declared one, unless the user set one (seen). */
static int choose_status(const GatewayError *error, const GatewayType *type, const GatewayResponse *setting) {
  if (setting != NULL && setting->status != 0) return setting->status;
  return error->status != 0 ? error->status : type->status;
}

bool gateway_answer(MappingRun *run, const GatewayError *error, Outcome *out) {
  const GatewayType *type = find_type(error->type);
  const GatewayResponse *setting = effective_setting(run->definition, type);
  Substitution about = {.run = run, .error = error, .type = type, .message = error->message};
  if (about.message.data == NULL && type->message != NULL) about.message = text_from(type->message);

  if (error->reason.data != NULL) log_text(run, "", error->reason);
  out->response.status = choose_status(error, type, setting);
  out->response.body = text_to_bytes(gateway_body(&about, setting), run->passing);
  out->response.headers = (Headers){NULL, 0, 0};
  map_parameters(&about, setting, &out->response.headers);
  if (setting != NULL) {
    log_line(run, "Gateway response type: %.*s with status code: %d", TEXT_ARGS(setting->type),
             out->response.status);
    log_text(run, "Gateway response body: ", out->response.body);
    log_headers(run, "Gateway response headers: ", &out->response.headers);
  }
  FinishHeaders finish = {
      .error_type = text_from(type->error_type),
      .content_type = true,
      .trace_id = run->backend_called,
  };
  response_headers_finish(run, &finish, out);
  out->failure = error->failure;
  out->response_type = text_from(type->name);
  out->reason = error->reason.data != NULL ? error->reason : about.message;
  out->reason_place = error->place;
  out->from_defect = error->from_defect;
  log_finish(run, out);
  return false;
}

bool gateway_configuration_error(MappingRun *run, GatewayFailure failure, const char *type, Text reason,
                                 Place place, Outcome *out) {
  GatewayError error = {
      .failure = failure,
      .type = type,
      .message = TEXT("Internal server error"),
      .reason =
          arena_print(run->passing, "Execution failed due to configuration error: %.*s", TEXT_ARGS(reason)),
      .place = place,
  };
  return gateway_answer(run, &error, out);
}

bool outcome_detail(const MappingRun *run, Text detail, Outcome *out) {
  if (detail.length > 0)
    out->reason = arena_print(run->passing, "%.*s (%.*s)", TEXT_ARGS(out->reason), TEXT_ARGS(detail));
  return false;
}
