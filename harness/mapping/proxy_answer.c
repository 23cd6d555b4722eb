/* What a Lambda proxy function may return: all rules are those of a Jackson bean
 *   {int statusCode = 200; Map<String,String> headers; Map<String,List<String>> multiValueHeaders;
 *    String body; boolean isBase64Encoded}
 * that fails on unknown members and coerces scalars. Seen for what gateway.md 3 marks as recorded, assumed
 * from that model for the rest. */
#include "harness/mapping/proxy.h"

#include "harness/mapping/strict_json.h"

/* ---- scalars ---- */

/* String: texts as they are, numbers by their source text, booleans by name; null stays null (data NULL). */
static bool coerce_text(Value value, Arena *passing, Text *out) {
  *out = (Text){NULL, 0};
  switch (value.kind) {
  case VALUE_NULL: return true;
  case VALUE_TEXT: *out = value_text(value, passing); return true;
  case VALUE_LIST:
  case VALUE_MAP:
  case VALUE_OBJECT: return false;
  default:
    *out = value.flags & VALUE_LEXEME ? (Text){value.as.text, value.length} : value_to_text(value, passing);
    return true;
  }
}

/* int: whole numbers, numbers cut off at the point, numeric texts. */
static bool coerce_status(Value value, Arena *passing, int *out) {
  int64_t status;
  if (value.kind == VALUE_NULL) return true;
  if (value.kind == VALUE_TEXT) {
    if (!text_to_integer(text_trim(value_text(value, passing)), &status)) return false;
  } else if (!value_to_long(value, &status)) {
    if (!value_is_number(value)) return false;
    double number = value_to_double(value);
    if (!(number > -1e9 && number < 1e9)) return false;
    status = (int64_t)number;
  }
  if (status < 100 || status > 599) return false;
  *out = (int)status;
  return true;
}

/* boolean: also "true", "false" and whole numbers. */
static bool coerce_boolean(Value value, Arena *passing, bool *out) {
  int64_t number;
  *out = false;
  if (value.kind == VALUE_NULL) return true;
  if (value.kind == VALUE_BOOLEAN) {
    *out = value.as.boolean;
    return true;
  }
  if (value.kind == VALUE_TEXT) {
    Text text = text_trim(value_text(value, passing));
    *out = text_equal_ignoring_case(text, TEXT("true"));
    return *out || text.length == 0 || text_equal_ignoring_case(text, TEXT("false"));
  }
  if (!value_to_long(value, &number)) return false;
  *out = number != 0;
  return true;
}

/* ---- headers ---- */

static Text lower(Text name, Arena *passing) {
  char *copy = arena_alloc(passing, name.length + 1);
  for (size_t i = 0; i < name.length; i++) {
    char byte = name.data[i];
    copy[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
  }
  return (Text){copy, name.length};
}

typedef struct Merge {
  Map *by_name; /* lower-case name -> list: [name as first written, value, value, …] */
  Map *pairs;   /* what multiValueHeaders holds, as "name:value" */
  Arena *passing;
} Merge;

static List *merge_entry(Merge *merge, Text key, Text name) {
  const Value *found = map_get_text(merge->by_name, key);
  if (found != NULL) return found->as.list;
  List *list = list_new(LIST_ARRAY_LIST, merge->passing);
  list_append(list, value_from_text(name), merge->passing);
  map_put_text(merge->by_name, key, value_from_list(list), merge->passing);
  return list;
}

static Text pair_of(const Merge *merge, Text key, Text text) {
  return arena_print(merge->passing, "%.*s:%.*s", TEXT_ARGS(key), TEXT_ARGS(text));
}

static bool merge_multi_value(Merge *merge, Text name, Value value) {
  if (value.kind == VALUE_NULL) return true;
  if (value.kind != VALUE_LIST) return false;
  Text key = lower(name, merge->passing);
  List *values = merge_entry(merge, key, name);
  for (uint32_t i = 0; i < value.as.list->count; i++) {
    Text text;
    if (!coerce_text(value.as.list->items[i], merge->passing, &text)) return false;
    if (text.data == NULL) continue;
    list_append(values, value_from_text(text), merge->passing);
    map_put_text(merge->pairs, pair_of(merge, key, text), value_null(), merge->passing);
  }
  return true;
}

static bool merge_multi(Merge *merge, Value value, Text *why) {
  if (value.kind == VALUE_NULL) return true;
  *why = TEXT("multiValueHeaders is not an object");
  if (value.kind != VALUE_MAP) return false;
  *why = TEXT("a value of multiValueHeaders is not a list of texts");
  for (uint32_t i = 0; i < value.as.map->count; i++) {
    const MapEntry *entry = &value.as.map->entries[i];
    if (!merge_multi_value(merge, value_text(entry->key, merge->passing), entry->value)) return false;
  }
  return true;
}

/* A pair that multiValueHeaders has already appears once (documented). */
static bool merge_single(Merge *merge, Value value, Text *why) {
  if (value.kind == VALUE_NULL) return true;
  *why = TEXT("headers is not an object");
  if (value.kind != VALUE_MAP) return false;
  *why = TEXT("a value of headers is an object or a list");
  for (uint32_t i = 0; i < value.as.map->count; i++) {
    const MapEntry *entry = &value.as.map->entries[i];
    Text text;
    if (!coerce_text(entry->value, merge->passing, &text)) return false;
    if (text.data == NULL) continue;
    Text name = value_text(entry->key, merge->passing);
    Text key = lower(name, merge->passing);
    if (merge->pairs->count > 0 && map_get_text(merge->pairs, pair_of(merge, key, text)) != NULL) continue;
    list_append(merge_entry(merge, key, name), value_from_text(text), merge->passing);
  }
  return true;
}

static Headers merged_headers(const Merge *merge) {
  Headers headers = {NULL, 0, 0};
  for (uint32_t i = 0; i < merge->by_name->count; i++) {
    const List *list = merge->by_name->entries[i].value.as.list;
    Text name = value_text(list->items[0], merge->passing);
    for (uint32_t j = 1; j < list->count; j++)
      headers_add(&headers, name, value_text(list->items[j], merge->passing), merge->passing);
  }
  return headers;
}

/* ---- the answer ---- */

static bool read_member(Text key, Value value, Arena *passing, ProxyAnswer *out, Text *why) {
  *why = arena_print(passing, "%.*s has a value that can't be read", TEXT_ARGS(key));
  if (text_is(key, "statusCode")) return coerce_status(value, passing, &out->status);
  if (text_is(key, "body")) return coerce_text(value, passing, &out->body);
  if (text_is(key, "isBase64Encoded")) return coerce_boolean(value, passing, &out->base64);
  if (text_is(key, "headers") || text_is(key, "multiValueHeaders")) return true;
  *why = arena_print(passing, "%.*s is not a member of the proxy format", TEXT_ARGS(key));
  return false;
}

bool proxy_answer_read(Text payload, Arena *passing, ProxyAnswer *out, Text *why) {
  *out = (ProxyAnswer){.status = 200};
  *why = TEXT("the payload is not a JSON object");
  Value value;
  if (!strict_json_is_valid(payload) || !value_read(payload, passing, &value, NULL) ||
      value.kind != VALUE_MAP)
    return false;
  const Map *map = value.as.map;
  for (uint32_t i = 0; i < map->count; i++)
    if (!read_member(value_text(map->entries[i].key, passing), map->entries[i].value, passing, out, why))
      return false;
  Merge merge = {map_new(MAP_LINKED, passing), map_new(MAP_LINKED, passing), passing};
  const Value *multi = map_get_text(map, TEXT("multiValueHeaders"));
  const Value *single = map_get_text(map, TEXT("headers"));
  if (multi != NULL && !merge_multi(&merge, *multi, why)) return false;
  if (single != NULL && !merge_single(&merge, *single, why)) return false;
  out->headers = merged_headers(&merge);
  if (out->body.data == NULL) out->body = TEXT_EMPTY;
  *why = TEXT_EMPTY;
  return true;
}
