#include "harness/mapping/schema.h"

#include "harness/base/utf8.h"

#include <math.h>
#include <string.h>

enum {
  SCHEMA_DEPTH = 100,     /* schemas inside schemas, references followed */
  SCHEMA_STEPS = 1000000, /* keyword checks for one body, and for each of its values */
  STEPS_A_VALUE = 4,
  BYTES_A_STEP = 64,
  VALUES_A_STEP = 8, /* of an enum */
  PATTERN_STEPS = 100,
  UNDECIDED_STEPS = 100000, /* a search that was given up took as long as this many checks */
  SCHEMA_MESSAGES = 20,     /* violations that are listed */
};

/* ---- models ---- */

SchemaSet schemas_compile(const Definition *definition, Arena *lasting) {
  SchemaSet set = {ARENA_ARRAY(lasting, SchemaModel, definition->model_count + 1), 0};
  for (size_t i = 0; i < definition->model_count; i++) {
    const Model *model = &definition->models[i];
    Buffer json = buffer_make(lasting, 0);
    json_write_node(&json, model->schema);
    SchemaModel *compiled = &set.items[set.count];
    compiled->name = model->name;
    if (value_read(buffer_text(&json), lasting, &compiled->schema, NULL)) set.count++;
  }
  return set;
}

const Value *schemas_find(const SchemaSet *set, Text name) {
  static const Value anything = {.kind = VALUE_BOOLEAN, .as.boolean = true};
  for (size_t i = 0; i < set->count; i++)
    if (text_equal(set->items[i].name, name)) return &set->items[i].schema;
  return text_is(name, "Empty") || text_is(name, "Error") ? &anything : NULL;
}

/* ---- the check ---- */

typedef struct Check {
  const SchemaSet *models;
  Value root;
  Arena *passing;
  Buffer *messages; /* NULL: only yes or no */
  size_t message_count;
  Map *pattern_places; /* source -> where its pattern is */
  Pattern **patterns;
  size_t pattern_count, pattern_capacity;
  size_t steps, most_steps;
  int depth;
} Check;

static bool check_value(Check *check, Value schema, Value instance);

static bool violated(Check *check, Text message) {
  if (check->messages == NULL || check->message_count++ >= SCHEMA_MESSAGES) return false;
  if (check->message_count > 1) buffer_append_string(check->messages, ", ");
  buffer_append(check->messages, message);
  return false;
}

/* Nobody will read a further message: don't make one. */
static bool is_silent(const Check *check) {
  return check->messages == NULL || check->message_count >= SCHEMA_MESSAGES;
}

/* Yes or no, without messages. */
static bool conforms(Check *check, Value schema, Value instance) {
  Buffer *messages = check->messages;
  check->messages = NULL;
  bool answer = check_value(check, schema, instance);
  check->messages = messages;
  return answer;
}

static const Value *member(const Map *map, const char *name) {
  return map_get_text(map, text_from(name));
}

static const List *list_member(const Map *map, const char *name) {
  const Value *found = member(map, name);
  return found != NULL && found->kind == VALUE_LIST ? found->as.list : NULL;
}

static const Map *map_member(const Map *map, const char *name) {
  const Value *found = member(map, name);
  return found != NULL && found->kind == VALUE_MAP ? found->as.map : NULL;
}

static bool whole_member(const Map *map, const char *name, int64_t *out) {
  const Value *found = member(map, name);
  return found != NULL && value_to_long(*found, out);
}

static bool true_member(const Map *map, const char *name) {
  const Value *found = member(map, name);
  return found != NULL && found->kind == VALUE_BOOLEAN && found->as.boolean;
}

static Text json_of(Value value, Arena *passing) {
  Buffer json = buffer_make(passing, 0);
  value_write_json(value, &json);
  return buffer_text(&json);
}

/* ---- type, enum ---- */

static const char *type_of(Value value) {
  switch (value.kind) {
  case VALUE_NULL: return "null";
  case VALUE_BOOLEAN: return "boolean";
  case VALUE_TEXT: return "string";
  case VALUE_LIST: return "array";
  case VALUE_MAP: return "object";
  default: return value_is_whole(value) ? "integer" : "number";
  }
}

static bool has_type(Value instance, Text type) {
  const char *actual = type_of(instance);
  return text_is(type, actual) || (text_is(type, "number") && strcmp(actual, "integer") == 0);
}

static bool check_type(Check *check, const Map *schema, Value instance) {
  const Value *type = member(schema, "type");
  if (type == NULL) return true;
  List single = {.count = 1, .items = (Value *)type};
  const List *types = type->kind == VALUE_LIST ? type->as.list : &single;
  List *allowed = list_new(LIST_ARRAY_LIST, check->passing);
  for (uint32_t i = 0; i < types->count; i++) {
    if (types->items[i].kind != VALUE_TEXT) continue;
    Text name = value_text(types->items[i], check->passing);
    if (has_type(instance, name)) return true;
    if (text_is(name, "number")) list_append(allowed, value_from_text(TEXT("integer")), check->passing);
    list_append(allowed, value_from_text(name), check->passing);
  }
  if (allowed->count == 0) return true;
  Text list = json_of(value_from_list(allowed), check->passing);
  return violated(check,
                  arena_print(check->passing,
                              "instance type (%s) does not match any allowed primitive type (allowed: %.*s)",
                              type_of(instance), TEXT_ARGS(list)));
}

/* Numbers by value, everything else by content. */
static bool same_json(Value left, Value right, int depth) {
  if (value_is_number(left) && value_is_number(right)) return number_compare(left, right) == 0;
  if (left.kind != right.kind || depth == 0) return false;
  if (left.kind == VALUE_LIST) {
    if (left.as.list->count != right.as.list->count) return false;
    for (uint32_t i = 0; i < left.as.list->count; i++)
      if (!same_json(left.as.list->items[i], right.as.list->items[i], depth - 1)) return false;
    return true;
  }
  if (left.kind != VALUE_MAP) return value_equal(left, right);
  if (left.as.map->count != right.as.map->count) return false;
  for (uint32_t i = 0; i < left.as.map->count; i++) {
    const Value *other = map_get(right.as.map, left.as.map->entries[i].key);
    if (other == NULL || !same_json(left.as.map->entries[i].value, *other, depth - 1)) return false;
  }
  return true;
}

static bool check_enum(Check *check, const Map *schema, Value instance) {
  const List *values = list_member(schema, "enum");
  if (values == NULL) return true;
  check->steps += values->count / VALUES_A_STEP;
  for (uint32_t i = 0; i < values->count; i++)
    if (same_json(values->items[i], instance, SCHEMA_DEPTH)) return true;
  if (is_silent(check)) return false;
  Text found = json_of(instance, check->passing);
  Text possible = json_of(value_from_list((List *)values), check->passing);
  return violated(check, arena_print(check->passing,
                                     "instance value (%.*s) not found in enum (possible values: %.*s)",
                                     TEXT_ARGS(found), TEXT_ARGS(possible)));
}

/* ---- numbers ---- */

static bool check_bound(Check *check, const Map *schema, Value instance, bool lower) {
  const Value *bound = member(schema, lower ? "minimum" : "maximum");
  if (bound == NULL || !value_is_number(*bound)) return true;
  int order = number_compare(instance, *bound);
  bool outside = lower ? order < 0 : order > 0;
  bool strict = order == 0 && true_member(schema, lower ? "exclusiveMinimum" : "exclusiveMaximum");
  if (!outside && !strict) return true;
  Text limit = json_of(*bound, check->passing), found = json_of(instance, check->passing);
  if (strict)
    return violated(
        check, arena_print(check->passing, "numeric instance is not strictly %s than the required %s %.*s",
                           lower ? "greater" : "lower", lower ? "minimum" : "maximum", TEXT_ARGS(limit)));
  return violated(check, arena_print(check->passing,
                                     "numeric instance is %s than the required %s (%s: %.*s, found: %.*s)",
                                     lower ? "lower" : "greater", lower ? "minimum" : "maximum",
                                     lower ? "minimum" : "maximum", TEXT_ARGS(limit), TEXT_ARGS(found)));
}

/* Whole numbers exactly; fractions as near as a double tells, so that 0.3 is a multiple of 0.1. */
static bool is_multiple(Value number, Value divisor, Arena *passing) {
  Value remainder;
  if (value_is_whole(number) && value_is_whole(divisor))
    return !number_compute(NUMBER_MODULO, number, divisor, passing, &remainder) ||
           number_compare(remainder, value_integer(0)) == 0;
  double quotient = value_to_double(number) / value_to_double(divisor);
  return fabs(quotient - round(quotient)) < 1e-9;
}

static bool check_multiple(Check *check, const Map *schema, Value instance) {
  const Value *divisor = member(schema, "multipleOf");
  if (divisor == NULL || !value_is_number(*divisor) || number_compare(*divisor, value_integer(0)) <= 0)
    return true;
  if (is_multiple(instance, *divisor, check->passing)) return true;
  Text number = json_of(instance, check->passing), by = json_of(*divisor, check->passing);
  return violated(check, arena_print(check->passing, "remainder of division is not zero (%.*s / %.*s)",
                                     TEXT_ARGS(number), TEXT_ARGS(by)));
}

static bool check_number(Check *check, const Map *schema, Value instance) {
  bool ok = check_bound(check, schema, instance, true);
  ok = check_bound(check, schema, instance, false) && ok;
  return check_multiple(check, schema, instance) && ok;
}

/* ---- texts ---- */

/* The pattern of this source, compiled once a check; NULL for one that is invalid. */
static const Pattern *find_pattern(Check *check, Text source) {
  const Value *known = map_get_text(check->pattern_places, source);
  int64_t place;
  if (known != NULL && value_to_long(*known, &place)) return check->patterns[place];
  if (check->pattern_count == check->pattern_capacity) {
    size_t capacity = check->pattern_capacity == 0 ? 16 : check->pattern_capacity * 2;
    check->patterns = arena_resize(check->passing, check->patterns, check->pattern_count * sizeof(Pattern *),
                                   capacity * sizeof(Pattern *));
    check->pattern_capacity = capacity;
  }
  Pattern *pattern = NULL;
  if (!pattern_compile(source, 0, check->passing, &pattern, NULL)) pattern = NULL;
  map_put_text(check->pattern_places, source, value_long((int64_t)check->pattern_count), check->passing);
  check->patterns[check->pattern_count++] = pattern;
  return pattern;
}

/* ECMA 262 patterns, searched for anywhere; Java's dialect is near enough (assumed). One that is invalid
 * answers `otherwise`. */
static bool has_match(Check *check, Text source, Text text, bool otherwise) {
  size_t spans[2];
  check->steps += PATTERN_STEPS;
  if (check->steps > check->most_steps) return false;
  const Pattern *pattern = find_pattern(check, source);
  if (pattern == NULL) return otherwise;
  PatternAnswer answer = pattern_find(pattern, text, 0, spans, 2, NULL);
  if (answer == PATTERN_UNDECIDED) check->steps += UNDECIDED_STEPS;
  return answer == PATTERN_MATCHES;
}

static bool check_pattern(Check *check, const Map *schema, Text text) {
  const Value *source = member(schema, "pattern");
  if (source == NULL || source->kind != VALUE_TEXT) return true;
  Text pattern_text = value_text(*source, check->passing);
  if (has_match(check, pattern_text, text, true)) return true;
  if (is_silent(check)) return false;
  return violated(check,
                  arena_print(check->passing, "ECMA 262 regex \"%.*s\" does not match input string \"%.*s\"",
                              TEXT_ARGS(pattern_text), TEXT_ARGS(text)));
}

static bool check_text(Check *check, const Map *schema, Value instance) {
  Text text = value_text(instance, check->passing);
  size_t length = utf8_count(text);
  check->steps += text.length / BYTES_A_STEP;
  int64_t limit;
  bool ok = check_pattern(check, schema, text);
  if (whole_member(schema, "minLength", &limit) && (int64_t)length < limit)
    ok = violated(check, arena_print(check->passing,
                                     "string \"%.*s\" is too short (length: %zu, required minimum: %lld)",
                                     TEXT_ARGS(text), length, (long long)limit));
  if (whole_member(schema, "maxLength", &limit) && (int64_t)length > limit)
    ok = violated(check, arena_print(check->passing,
                                     "string \"%.*s\" is too long (length: %zu, maximum allowed: %lld)",
                                     TEXT_ARGS(text), length, (long long)limit));
  return ok;
}

/* ---- arrays ---- */

static bool check_items(Check *check, const Map *schema, const List *list) {
  const Value *items = member(schema, "items");
  const Value *more = member(schema, "additionalItems");
  bool ok = true;
  for (uint32_t i = 0; i < list->count; i++) {
    const Value *one = items;
    if (items != NULL && items->kind == VALUE_LIST)
      one = i < items->as.list->count ? &items->as.list->items[i] : more;
    if (one == NULL || (one->kind != VALUE_MAP && one->kind != VALUE_BOOLEAN)) continue;
    if (one->kind == VALUE_BOOLEAN && !one->as.boolean)
      return violated(check, TEXT("array instance has elements which are not allowed by the schema"));
    ok = check_value(check, *one, list->items[i]) && ok;
  }
  return ok;
}

/* Equal values have equal compact JSON once numbers and member order are out of the way: close enough to find
 * duplicates in one pass. */
static bool has_duplicates(Check *check, const List *list) {
  Arena *passing = check->passing;
  Map *seen = map_new(MAP_LINKED, passing);
  for (uint32_t i = 0; i < list->count; i++) {
    Text json = json_of(list->items[i], passing);
    check->steps += 1 + json.length / BYTES_A_STEP;
    if (map_get_text(seen, json) != NULL) return true;
    map_put_text(seen, json, value_null(), passing);
  }
  return false;
}

static bool check_list(Check *check, const Map *schema, const List *list) {
  int64_t limit;
  bool ok = true;
  if (whole_member(schema, "minItems", &limit) && list->count < limit)
    ok = violated(
        check,
        arena_print(check->passing,
                    "array is too short: must have at least %lld elements but instance has %u elements",
                    (long long)limit, list->count));
  if (whole_member(schema, "maxItems", &limit) && list->count > limit)
    ok = violated(
        check, arena_print(check->passing,
                           "array is too long: must have at most %lld elements but instance has %u elements",
                           (long long)limit, list->count));
  if (true_member(schema, "uniqueItems") && has_duplicates(check, list))
    ok = violated(check, TEXT("array must not contain duplicate elements"));
  return check_items(check, schema, list) && ok;
}

/* ---- objects ---- */

static bool check_required(Check *check, const Map *schema, const Map *object) {
  const List *required = list_member(schema, "required");
  if (required == NULL) return true;
  List *missing = list_new(LIST_ARRAY_LIST, check->passing);
  for (uint32_t i = 0; i < required->count; i++)
    if (map_get(object, required->items[i]) == NULL) list_append(missing, required->items[i], check->passing);
  if (missing->count == 0) return true;
  Text names = json_of(value_from_list(missing), check->passing);
  return violated(
      check, arena_print(check->passing, "object has missing required properties (%.*s)", TEXT_ARGS(names)));
}

/* The schemas of patternProperties that cover a name; their number is returned. */
static size_t check_pattern_properties(Check *check, const Map *patterns, Value name, Value value, bool *ok) {
  size_t covered = 0;
  for (uint32_t i = 0; patterns != NULL && i < patterns->count; i++) {
    Text source = value_text(patterns->entries[i].key, check->passing);
    if (!has_match(check, source, value_text(name, check->passing), false)) continue;
    covered++;
    *ok = check_value(check, patterns->entries[i].value, value) && *ok;
  }
  return covered;
}

static bool check_properties(Check *check, const Map *schema, const Map *object) {
  const Map *properties = map_member(schema, "properties");
  const Map *patterns = map_member(schema, "patternProperties");
  const Value *more = member(schema, "additionalProperties");
  List *surplus = list_new(LIST_ARRAY_LIST, check->passing);
  bool ok = true;
  for (uint32_t i = 0; i < object->count; i++) {
    Value name = object->entries[i].key, value = object->entries[i].value;
    const Value *own = properties != NULL ? map_get(properties, name) : NULL;
    if (own != NULL) ok = check_value(check, *own, value) && ok;
    size_t covered = check_pattern_properties(check, patterns, name, value, &ok);
    if (own != NULL || covered > 0 || more == NULL) continue;
    if (more->kind == VALUE_BOOLEAN && !more->as.boolean) list_append(surplus, name, check->passing);
    if (more->kind == VALUE_MAP) ok = check_value(check, *more, value) && ok;
  }
  if (surplus->count == 0) return ok;
  Text names = json_of(value_from_list(surplus), check->passing);
  return violated(check,
                  arena_print(check->passing,
                              "object instance has properties which are not allowed by the schema: %.*s",
                              TEXT_ARGS(names)));
}

static bool check_dependencies(Check *check, const Map *schema, const Map *object) {
  const Map *dependencies = map_member(schema, "dependencies");
  bool ok = true;
  for (uint32_t i = 0; dependencies != NULL && i < dependencies->count; i++) {
    const MapEntry *entry = &dependencies->entries[i];
    if (map_get(object, entry->key) == NULL) continue;
    if (entry->value.kind == VALUE_MAP)
      ok = check_value(check, entry->value, value_from_map((Map *)object)) && ok;
    if (entry->value.kind != VALUE_LIST) continue;
    List *missing = list_new(LIST_ARRAY_LIST, check->passing);
    for (uint32_t j = 0; j < entry->value.as.list->count; j++)
      if (map_get(object, entry->value.as.list->items[j]) == NULL)
        list_append(missing, entry->value.as.list->items[j], check->passing);
    if (missing->count == 0) continue;
    Text name = json_of(entry->key, check->passing), wanted = json_of(entry->value, check->passing);
    Text lacking = json_of(value_from_list(missing), check->passing);
    ok = violated(check,
                  arena_print(check->passing,
                              "property %.*s of object has missing property dependencies (schema requires "
                              "%.*s; missing: %.*s)",
                              TEXT_ARGS(name), TEXT_ARGS(wanted), TEXT_ARGS(lacking)));
  }
  return ok;
}

static bool check_object(Check *check, const Map *schema, const Map *object) {
  int64_t limit;
  bool ok = check_required(check, schema, object);
  if (whole_member(schema, "minProperties", &limit) && object->count < limit)
    ok = violated(check,
                  arena_print(check->passing,
                              "object has too few properties (found %u but schema requires at least %lld)",
                              object->count, (long long)limit));
  if (whole_member(schema, "maxProperties", &limit) && object->count > limit)
    ok = violated(check,
                  arena_print(check->passing,
                              "object has too many properties (found %u but schema requires at most %lld)",
                              object->count, (long long)limit));
  ok = check_properties(check, schema, object) && ok;
  return check_dependencies(check, schema, object) && ok;
}

/* ---- combinations ---- */

static uint32_t count_conforming(Check *check, const List *schemas, Value instance) {
  uint32_t matched = 0;
  for (uint32_t i = 0; i < schemas->count; i++)
    if (conforms(check, schemas->items[i], instance)) matched++;
  return matched;
}

static bool check_combinations(Check *check, const Map *schema, Value instance) {
  const List *all = list_member(schema, "allOf"), *any = list_member(schema, "anyOf");
  const List *one = list_member(schema, "oneOf");
  const Value *not_this = member(schema, "not");
  bool ok = true;
  uint32_t matched;
  if (all != NULL && (matched = count_conforming(check, all, instance)) < all->count)
    ok = violated(check,
                  arena_print(check->passing,
                              "instance failed to match all required schemas (matched only %u out of %u)",
                              matched, all->count));
  if (any != NULL && count_conforming(check, any, instance) == 0)
    ok = violated(check,
                  arena_print(check->passing,
                              "instance failed to match at least one required schema among %u", any->count));
  if (one != NULL && (matched = count_conforming(check, one, instance)) != 1)
    ok = violated(check, arena_print(check->passing,
                                     "instance failed to match exactly one schema (matched %u out of %u)",
                                     matched, one->count));
  if (not_this != NULL && not_this->kind == VALUE_MAP && conforms(check, *not_this, instance))
    ok = violated(check, TEXT("instance matched a schema which it should not have"));
  return ok;
}

/* ---- references ---- */

/* pointer := { "/" step } with ~1 for "/" and ~0 for "~" */
static const Value *follow_pointer(const Check *check, Text pointer) {
  const Value *at = &check->root;
  Text rest = pointer;
  while (rest.data != NULL && at != NULL) {
    Text step = text_split(rest, '/', &rest);
    Buffer name = buffer_make(check->passing, 0);
    for (size_t i = 0; i < step.length; i++) {
      bool escape = step.data[i] == '~' && i + 1 < step.length;
      buffer_append_char(&name, !escape ? step.data[i] : step.data[i + 1] == '1' ? '/' : '~');
      i += escape ? 1 : 0;
    }
    int64_t index;
    if (at->kind == VALUE_MAP)
      at = map_get_text(at->as.map, buffer_text(&name));
    else if (at->kind == VALUE_LIST && text_to_integer(step, &index) && index >= 0 &&
             index < at->as.list->count)
      at = &at->as.list->items[index];
    else
      at = NULL;
  }
  return at;
}

/* "#/definitions/X" inside the schema; "…/models/X", "#/components/schemas/X" and "#/definitions/X" of the
 * API. */
static const Value *find_reference(const Check *check, Text reference) {
  const Value *found = NULL;
  if (text_is(reference, "#")) return &check->root;
  if (text_starts(reference, TEXT("#/")))
    found = follow_pointer(check, text_slice(reference, 2, reference.length));
  size_t slash = text_find_last_char(reference, '/');
  if (found != NULL || slash == TEXT_NOT_FOUND) return found;
  return schemas_find(check->models, text_slice(reference, slash + 1, reference.length));
}

static bool check_schema(Check *check, const Map *schema, Value instance) {
  const Value *reference = member(schema, "$ref");
  if (reference != NULL && reference->kind == VALUE_TEXT) {
    const Value *target = find_reference(check, value_text(*reference, check->passing));
    return target == NULL || check_value(check, *target, instance);
  }
  bool ok = check_type(check, schema, instance);
  ok = check_enum(check, schema, instance) && ok;
  if (value_is_number(instance)) ok = check_number(check, schema, instance) && ok;
  if (instance.kind == VALUE_TEXT) ok = check_text(check, schema, instance) && ok;
  if (instance.kind == VALUE_LIST) ok = check_list(check, schema, instance.as.list) && ok;
  if (instance.kind == VALUE_MAP) ok = check_object(check, schema, instance.as.map) && ok;
  return check_combinations(check, schema, instance) && ok;
}

static bool check_value(Check *check, Value schema, Value instance) {
  if (schema.kind != VALUE_MAP) return true;
  if (check->depth == SCHEMA_DEPTH || ++check->steps > check->most_steps)
    return violated(check, TEXT("the schema takes too much to be checked"));
  check->depth++;
  bool ok = check_schema(check, schema.as.map, instance);
  check->depth--;
  return ok;
}

/* What a document holds, containers and leaves. */
static size_t count_values(Value value) {
  size_t count = 1;
  if (value.kind == VALUE_LIST)
    for (uint32_t i = 0; i < value.as.list->count; i++) count += count_values(value.as.list->items[i]);
  if (value.kind == VALUE_MAP)
    for (uint32_t i = 0; i < value.as.map->count; i++) count += count_values(value.as.map->entries[i].value);
  return count;
}

bool schema_check(const SchemaSet *models, Value schema, Value instance, Arena *passing, Text *violations) {
  Buffer messages = buffer_make(passing, 0);
  Check check = {
      .models = models,
      .root = schema,
      .passing = passing,
      .messages = &messages,
      .most_steps = SCHEMA_STEPS + STEPS_A_VALUE * count_values(instance),
      .pattern_places = map_new(MAP_LINKED, passing),
  };
  bool ok = check_value(&check, schema, instance);
  if (check.steps > check.most_steps && messages.length == 0) /* what wasn't looked at doesn't conform */
    ok = violated(&check, TEXT("the schema takes too much to be checked"));
  *violations = buffer_text(&messages);
  return ok;
}
