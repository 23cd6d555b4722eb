/* $context.responseOverride: what either template stored there wins over the rule (gateway.md 6.6). */
#include "harness/mapping/response_parts.h"

#include "harness/base/utf8.h"
#include "harness/mapping/content.h"
#include "harness/mapping/gateway_response.h"

/* Integers from 100 to 599 only; anything else is ignored (seen). */
static void apply_status(const Map *override, Outcome *out) {
  const Value *status = map_get_text(override, TEXT("status"));
  int64_t number;
  if (status == NULL || !value_to_long(*status, &number) || number < STATUS_FIRST || number > STATUS_LAST)
    return;
  out->response.status = (int)number;
  out->status_overridden = true;
}

/* A list joins with a comma in one line (documented for the request side, assumed here). */
static bool header_text(Value value, Arena *passing, Text *out) {
  if (value.kind != VALUE_LIST) return value_to_parameter(value, passing, out);
  TextList list = {ARENA_ARRAY(passing, Text, value.as.list->count + 1), 0};
  for (uint32_t i = 0; i < value.as.list->count; i++)
    if (value_to_parameter(value.as.list->items[i], passing, &list.items[list.count])) list.count++;
  *out = text_list_join(&list, passing);
  return true;
}

/* False: the values are larger together than anything that a template may write. */
static bool apply_headers(const Map *headers, Arena *passing, Outcome *out) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < headers->count; i++) {
    Text value, name = value_to_text(headers->entries[i].key, passing);
    if (!header_text(headers->entries[i].value, passing, &value)) continue;
    bytes += value.length;
    if (bytes > PARAMETER_BYTES) return false;
    headers_set(&out->response.headers, name, text_to_bytes(value, passing), passing);
  }
  return true;
}

bool response_overrides_apply(MappingRun *run, Outcome *out) {
  const Value *override = context_find(run->made_context, TEXT("responseOverride"));
  if (override == NULL || override->kind != VALUE_MAP) return true;
  apply_status(override->as.map, out);
  const Value *headers = map_get_text(override->as.map, TEXT("header"));
  if (headers == NULL || headers->kind != VALUE_MAP) return true;
  if (headers->as.map->count > OVERRIDE_LIMIT || !apply_headers(headers->as.map, run->passing, out)) {
    gateway_configuration_error(run, GATEWAY_RESPONSE_MAPPING, "DEFAULT_5XX",
                                TEXT("Unable to transform response"),
                                run->mapping->operation->integration.place, out);
    return outcome_detail(run, TEXT("the overrides are too many, or too long"), out);
  }
  return true;
}

Text lambda_error_message(Text payload, Arena *passing) {
  payload = utf8_repair(payload, passing); /* Java has decoded it before it selects */
  Text trimmed = text_trim(payload);
  Value value;
  if (trimmed.length == 0 || trimmed.data[0] != '{' || !value_read(payload, passing, &value, NULL) ||
      value.kind != VALUE_MAP)
    return TEXT_EMPTY;
  const Value *message = map_get_text(value.as.map, TEXT("errorMessage"));
  Text text;
  return message != NULL && value_to_parameter(*message, passing, &text) ? text : TEXT_EMPTY;
}
