#include "harness/mapping/context.h"

#include <string.h>
#include <time.h>

/* ---- generated values ---- */

enum { COPY_DEPTH = 64 }; /* levels of a given $context value that are taken over */

#define STAND_IN_TIME INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

Generated generated_complete(Generated given) {
  if (given.request_id.data == NULL) given.request_id = TEXT("00000000-0000-4000-8000-000000000000");
  if (given.extended_request_id.data == NULL) given.extended_request_id = TEXT("AAAAAAAAAAAAAAA=");
  if (given.trace_id.data == NULL) given.trace_id = TEXT("Root=1-6955b900-000000000000000000000000");
  if (given.time_ms == 0) given.time_ms = STAND_IN_TIME;
  return given;
}

/* trace := field { ";" field }   field := name "=" value */
static Text trace_field(Text trace, const char *name, Text otherwise) {
  for (Text rest = trace; rest.data != NULL;) {
    Text value, field = text_split(rest, ';', &rest);
    Text key = text_trim(text_split(field, '=', &value));
    if (value.data != NULL && text_equal_ignoring_case(key, text_from(name))) return text_trim(value);
  }
  return otherwise;
}

Text trace_continue(const Headers *headers, Text generated, Arena *arena) {
  const Header *sent = headers_find(headers, TEXT("X-Amzn-Trace-Id"));
  Text root = sent != NULL ? trace_field(sent->value, "Root", TEXT_EMPTY) : TEXT_EMPTY;
  if (root.length == 0) return generated;
  Text parent = trace_field(sent->value, "Parent", TEXT("0000000000000001"));
  Text sampled = trace_field(sent->value, "Sampled", TEXT("0"));
  return arena_print(arena, "Root=%.*s;Parent=%.*s;Sampled=%.*s", TEXT_ARGS(root), TEXT_ARGS(parent),
                     TEXT_ARGS(sampled));
}

static struct tm split_time(int64_t milliseconds) {
  time_t seconds = (time_t)(milliseconds / 1000);
  struct tm parts = {.tm_year = 70, .tm_mday = 1};
  gmtime_r(&seconds, &parts);
  return parts;
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/* Every answer has a date and a length: printf would be most of its cost. */
static char *put_number(char *at, int64_t number, int digits) {
  for (int i = digits - 1; i >= 0; i--, number /= 10) at[i] = (char)('0' + number % 10);
  return at + digits;
}

static char *put_string(char *at, const char *string) {
  size_t length = strlen(string);
  memcpy(at, string, length);
  return at + length;
}

static char *put_clock(char *at, const struct tm *parts) {
  at = put_number(at, parts->tm_hour, 2);
  at = put_number(put_string(at, ":"), parts->tm_min, 2);
  return put_number(put_string(at, ":"), parts->tm_sec, 2);
}

enum { TIME_SIZE = 40 };

Text time_to_log(int64_t milliseconds, Arena *arena) {
  struct tm parts = split_time(milliseconds);
  char *text = arena_alloc(arena, TIME_SIZE), *at = put_number(text, parts.tm_mday, 2);
  at = put_string(put_string(put_string(at, "/"), month_names[parts.tm_mon]), "/");
  at = put_number(at, parts.tm_year + 1900, 4);
  at = put_string(put_clock(put_string(at, ":"), &parts), " +0000");
  return (Text){text, (size_t)(at - text)};
}

Text time_to_date(int64_t milliseconds, Arena *arena) {
  if (milliseconds == STAND_IN_TIME) return TEXT("Thu, 01 Jan 2026 00:00:00 GMT");
  struct tm parts = split_time(milliseconds);
  char *text = arena_alloc(arena, TIME_SIZE), *at = put_string(text, day_names[parts.tm_wday]);
  at = put_number(put_string(at, ", "), parts.tm_mday, 2);
  at = put_string(put_string(put_string(at, " "), month_names[parts.tm_mon]), " ");
  at = put_number(at, parts.tm_year + 1900, 4);
  at = put_string(put_clock(put_string(at, " "), &parts), " GMT");
  return (Text){text, (size_t)(at - text)};
}

Text number_to_text(uint64_t number, Arena *arena) {
  int digits = 1;
  for (uint64_t rest = number / 10; rest > 0; rest /= 10) digits++;
  char *text = arena_alloc(arena, 20);
  put_number(text, (int64_t)number, digits);
  return (Text){text, (size_t)digits};
}

/* ---- given values over the computed ones ---- */

static Value copy_value(Value value, int depth, Arena *passing);

static void merge_map(Map *into, const Map *given, int depth, Arena *passing) {
  for (uint32_t i = 0; i < given->count; i++) {
    const MapEntry *entry = &given->entries[i];
    const Value *old = map_get(into, entry->key);
    if (entry->value.kind == VALUE_MAP && old != NULL && old->kind == VALUE_MAP && depth < COPY_DEPTH)
      merge_map(old->as.map, entry->value.as.map, depth + 1, passing);
    else
      map_put(into, entry->key, copy_value(entry->value, depth + 1, passing), passing);
  }
}

/* A copy, because a template may change what it is given and the original is shared between threads. */
static Value copy_value(Value value, int depth, Arena *passing) {
  if (depth > COPY_DEPTH) return value_null();
  if (value.kind == VALUE_MAP) {
    Map *copy = template_context_new(passing);
    merge_map(copy, value.as.map, depth, passing);
    return value_from_map(copy);
  }
  if (value.kind != VALUE_LIST) return value;
  List *copy = list_new((ListKind)value.as.list->kind, passing);
  for (uint32_t i = 0; i < value.as.list->count; i++)
    list_append(copy, copy_value(value.as.list->items[i], depth + 1, passing), passing);
  return value_from_list(copy);
}

static bool is_flag(Text key) {
  static const char *const flags[] = {"testInvoke",     "requestValidator",  "requestModels",
                                      "apiKeyRequired", "requestParameters", "gatewayError"};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (text_is(key, flags[i])) return true;
  return false;
}

static void merge_given(Map *context, const Map *given, Arena *passing) {
  for (uint32_t i = 0; i < given->count; i++) {
    const MapEntry *entry = &given->entries[i];
    if (entry->key.kind != VALUE_TEXT || is_flag(value_text(entry->key, passing))) continue;
    const Value *old = map_get(context, entry->key);
    if (entry->value.kind == VALUE_MAP && old != NULL && old->kind == VALUE_MAP)
      merge_map(old->as.map, entry->value.as.map, 1, passing);
    else
      map_put(context, entry->key, copy_value(entry->value, 1, passing), passing);
  }
}

/* ---- computed values ---- */

static Text given_text(const MappingRun *run, const char *name, Text otherwise) {
  const Map *given = run->input->context;
  const Value *member = given != NULL ? map_get_text(given, text_from(name)) : NULL;
  return member != NULL && member->kind == VALUE_TEXT ? value_text(*member, run->passing) : otherwise;
}

/* Null members are there: keySet() shows them (seen). The order is the gateway's iteration order, so that
 * members of one bucket come out right. */
static Map *make_identity(const MappingRun *run) {
  static const char *const unknown[] = {"cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller"};
  static const char *const unknown_too[] = {"principalOrgId", "accessKey", "cognitoAuthenticationType",
                                            "cognitoAuthenticationProvider", "userArn"};
  Arena *passing = run->passing;
  bool test = run->flags.test_invoke;
  Map *identity = template_context_new(passing);
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
    map_put_text(identity, text_from(unknown[i]), value_null(), passing);
  map_put_text(identity, TEXT("sourceIp"),
               value_from_text(test ? TEXT("test-invoke-source-ip") : TEXT("127.0.0.1")), passing);
  for (size_t i = 0; i < sizeof unknown_too / sizeof *unknown_too; i++)
    map_put_text(identity, text_from(unknown_too[i]), value_null(), passing);
  const Header *agent = headers_find(&run->request->headers, TEXT("User-Agent"));
  map_put_text(identity, TEXT("userAgent"), agent != NULL ? value_from_text(agent->value) : value_null(),
               passing);
  map_put_text(identity, TEXT("user"), value_null(), passing);
  const Header *key = headers_find(&run->request->headers, TEXT("x-api-key"));
  if (test) {
    map_put_text(identity, TEXT("apiKey"), value_from_text(TEXT("test-invoke-api-key")), passing);
    map_put_text(identity, TEXT("apiKeyId"), value_from_text(TEXT("test-invoke-api-key-id")), passing);
  } else if (key != NULL) {
    map_put_text(identity, TEXT("apiKey"), value_from_text(key->value), passing);
    map_put_text(identity, TEXT("apiKeyId"), value_from_text(TEXT("key0000000")), passing);
  }
  return identity;
}

/* {path, header, querystring}, {header}: header goes in before querystring, which is the order seen. */
static Map *make_overrides(bool request, Arena *passing) {
  Map *overrides = template_context_new(passing);
  if (request) map_put_text(overrides, TEXT("path"), value_from_map(template_context_new(passing)), passing);
  map_put_text(overrides, TEXT("header"), value_from_map(template_context_new(passing)), passing);
  if (request)
    map_put_text(overrides, TEXT("querystring"), value_from_map(template_context_new(passing)), passing);
  return overrides;
}

static Text domain_prefix(Text domain) {
  Text rest;
  return text_split(domain, '.', &rest);
}

Map *context_make(const MappingRun *run) {
  Arena *passing = run->passing;
  const Request *request = run->request;
  bool test = run->flags.test_invoke;
  Text api = given_text(run, "apiId", TEXT("api0000000"));
  Text stage = given_text(run, "stage", run->stage);
  Text domain = test ? TEXT("testPrefix.testDomainName")
                     : arena_print(passing, "%.*s.execute-api.us-east-1.amazonaws.com", TEXT_ARGS(api));
  domain = given_text(run, "domainName", domain);
  Text path = request->path.length > 0 ? request->path : TEXT("/");
  if (!test) path = arena_print(passing, "/%.*s%.*s", TEXT_ARGS(stage), TEXT_ARGS(path));
  int64_t time = run->generated.time_ms;

  Map *context = template_context_new(passing);
  struct {
    const char *name;
    Value value;
  } members[] = {
      {"resourceId", value_from_text(TEXT("res000"))},
      {"resourcePath", value_from_text(request->resource_path)},
      {"httpMethod", value_from_text(request->method)},
      {"extendedRequestId", value_from_text(run->generated.extended_request_id)},
      {"requestTime", value_from_text(time_to_log(time, passing))},
      {"path", value_from_text(path)},
      {"accountId", value_from_text(TEXT("123456789012"))},
      {"protocol", value_from_text(TEXT("HTTP/1.1"))},
      {"requestOverride", value_from_map(make_overrides(true, passing))},
      {"stage", value_from_text(stage)},
      {"domainPrefix", value_from_text(domain_prefix(domain))},
      {"requestTimeEpoch", value_long(time)},
      {"requestId", value_from_text(run->generated.request_id)},
      {"identity", value_from_map(make_identity(run))},
      {"domainName", value_from_text(domain)},
      {"deploymentId", value_from_text(TEXT("dep000"))},
      {"responseOverride", value_from_map(make_overrides(false, passing))},
      {"apiId", value_from_text(api)},
  };
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    map_put_text(context, text_from(members[i].name), members[i].value, passing);
  if (run->input->context != NULL) merge_given(context, run->input->context, passing);
  return context;
}
