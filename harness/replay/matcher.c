/* Matchers: {matches}, {contains}, {type}, … against a JSON text. Each that fails says what it wanted and
 * what it found, with the type: `should match "[0-9a-f-]{36}", got string "abc"`. */
#include "harness/replay/parts.h"

#include "harness/base/utf8.h"
#include "harness/diff/json_scanner.h"

#include <math.h>
#include <stdlib.h>

/* One value under one matcher. */
typedef struct Match {
  Text at;
  Text json; /* data NULL: there is nothing */
  bool numeric_loose;
  Differences *out;
  Arena *arena;
} Match;

static const char *type_name(Text json) {
  static const char *const names[] = {"string", "number", "boolean", "object", "array", "null"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (json_has_type(json, text_from(names[i]))) return names[i];
  return "nothing";
}

/* A value as a message shows it: the type before it, cut when long. */
static Text describe(Text json, Arena *arena) {
  enum { SHOWN = 120 };
  if (json.data == NULL) return TEXT("nothing");
  if (text_is(json, "null")) return json;
  if (json.length <= SHOWN) return arena_print(arena, "%s %.*s", type_name(json), TEXT_ARGS(json));
  size_t end = SHOWN;
  while (end > 0 && ((unsigned char)json.data[end] & 0xC0) == 0x80) end--;
  return arena_print(arena, "%s %.*s… (%zu bytes)", type_name(json), (int)end, json.data, json.length);
}

static void fail(const Match *match, Text expected, Text wanted, Severity severity) {
  Text found = describe(match->json, match->arena);
  differences_add(match->out, (Difference){.at = match->at,
                                           .expected = expected,
                                           .actual = match->json,
                                           .message = arena_print(match->arena, "%.*s, got %.*s",
                                                                  TEXT_ARGS(wanted), TEXT_ARGS(found)),
                                           .severity = severity});
}

static Text node_text(const cJSON *node, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  json_write_node(&out, node);
  return buffer_text(&out);
}

static bool equal_json(const Match *match, Text expected) {
  Differences scratch = differences_make(match->arena);
  DiffOptions options = {.numeric_loose = match->numeric_loose};
  return diff_json(expected, match->json, &options, &scratch) && scratch.count == 0;
}

/* A string's characters, or the JSON text of anything else. */
static Text plain_text(Text json, Arena *arena) {
  return json_has_type(json, TEXT("string")) ? json_unescape(json, arena) : json;
}

static void check_pattern(const Match *match, const Pattern *pattern) {
  Text source = json_quote(pattern_source(pattern), match->arena);
  Fault why;
  PatternAnswer answer = pattern_matches(pattern, plain_text(match->json, match->arena), &why);
  if (answer == PATTERN_MATCHES) return;
  Text wanted = arena_print(match->arena, "should match %.*s", TEXT_ARGS(source));
  if (answer == PATTERN_UNDECIDED)
    wanted = arena_print(match->arena, "should match %.*s, which can't be decided (%s)", TEXT_ARGS(source),
                         why.message);
  fail(match, source, wanted, SEVERITY_RISKY);
}

static bool array_holds(Text array, Text wanted, Arena *arena) {
  JsonIndex index;
  if (!json_index(array, arena, &index)) return false;
  for (uint32_t i = 1; i < index.count; i = index.nodes[i].next)
    if (text_equal(plain_text(index.nodes[i].text, arena), wanted)) return true;
  return false;
}

static void check_contains(const Match *match, Text part) {
  bool holds = json_has_type(match->json, TEXT("array"))
                   ? array_holds(match->json, part, match->arena)
                   : text_find(plain_text(match->json, match->arena), part, 0) != TEXT_NOT_FOUND;
  if (holds) return;
  Text quoted = json_quote(part, match->arena);
  fail(match, quoted, arena_print(match->arena, "should contain %.*s", TEXT_ARGS(quoted)), SEVERITY_RISKY);
}

static void check_type(const Match *match, Text type) {
  if (json_has_type(match->json, type)) return;
  fail(match, json_quote(type, match->arena),
       arena_print(match->arena, "should be of type %.*s", TEXT_ARGS(type)), SEVERITY_BREAKING);
}

/* Characters of a string, items of an array, members of an object. */
static bool length_of(Text json, Arena *arena, size_t *out) {
  JsonIndex index;
  if (json_has_type(json, TEXT("string"))) {
    *out = utf8_count(json_unescape(json, arena));
    return true;
  }
  bool counts = json_has_type(json, TEXT("array")) || json_has_type(json, TEXT("object"));
  if (!counts || !json_index(json, arena, &index)) return false;
  *out = index.nodes[0].count;
  return true;
}

static void check(const Match *match, const Matcher *matcher);

/* The matchers of {length: {…}}: the spec layer has looked at them already. */
static void read_length_matcher(const cJSON *node, Arena *arena, Matcher *out) {
  const cJSON *pattern = document_get(node, "matches"), *tolerance = document_get(node, "tolerance");
  *out = (Matcher){.tolerance = cJSON_IsNumber(tolerance) ? tolerance->valuedouble : -1,
                   .equals = document_get(node, "equals"),
                   .one_of = document_get(node, "oneOf")};
  if (cJSON_IsString(pattern))
    pattern_compile(text_from(pattern->valuestring), 0, arena, &out->matches, NULL);
}

static bool length_holds(const Match *match, const cJSON *wanted, size_t length) {
  Matcher matcher = {.tolerance = -1, .equals = wanted};
  Differences scratch = differences_make(match->arena);
  Match inner = {.at = match->at,
                 .json = arena_print(match->arena, "%zu", length),
                 .numeric_loose = true,
                 .out = &scratch,
                 .arena = match->arena};
  if (cJSON_IsObject(wanted)) read_length_matcher(wanted, match->arena, &matcher);
  check(&inner, &matcher);
  return scratch.count == 0;
}

static void check_length(const Match *match, const cJSON *wanted) {
  size_t length = 0;
  Text expected = node_text(wanted, match->arena);
  bool counts = length_of(match->json, match->arena, &length);
  if (counts && length_holds(match, wanted, length)) return;
  Text words = arena_print(match->arena, "should have length %.*s", TEXT_ARGS(expected));
  if (counts) words = arena_print(match->arena, "%.*s, has %zu", TEXT_ARGS(words), length);
  fail(match, expected, words, SEVERITY_RISKY);
}

static void check_choices(const Match *match, const cJSON *choices) {
  const cJSON *choice;
  cJSON_ArrayForEach(choice, choices) if (equal_json(match, node_text(choice, match->arena))) return;
  Text expected = node_text(choices, match->arena);
  fail(match, expected, arena_print(match->arena, "should be one of %.*s", TEXT_ARGS(expected)),
       SEVERITY_RISKY);
}

static bool within(const Match *match, Text expected, double tolerance) {
  if (!json_has_type(expected, TEXT("number")) || !json_has_type(match->json, TEXT("number"))) return false;
  double wanted = strtod(arena_copy_string(match->arena, expected), NULL);
  double found = strtod(arena_copy_string(match->arena, match->json), NULL);
  return fabs(wanted - found) <= tolerance + (fabs(wanted) + fabs(found)) * 1e-15;
}

static void check_equals(const Match *match, const Matcher *matcher) {
  Text expected = node_text(matcher->equals, match->arena);
  if (equal_json(match, expected)) return;
  if (matcher->tolerance >= 0 && within(match, expected, matcher->tolerance)) return;
  bool other_type = !json_has_type(match->json, text_from(type_name(expected)));
  Text words =
      matcher->tolerance >= 0
          ? arena_print(match->arena, "should be %.*s within %g", TEXT_ARGS(expected), matcher->tolerance)
          : arena_print(match->arena, "should be %.*s", TEXT_ARGS(describe(expected, match->arena)));
  fail(match, expected, words, other_type ? SEVERITY_BREAKING : SEVERITY_RISKY);
}

/* What stands in for `expected` when the value isn't there at all. */
static Text wish(const Matcher *matcher, Arena *arena) {
  if (matcher->equals != NULL) return node_text(matcher->equals, arena);
  return (Text){NULL, 0};
}

static void check(const Match *match, const Matcher *matcher) {
  if (matcher->absent) {
    if (match->json.data != NULL) fail(match, (Text){NULL, 0}, TEXT("should be absent"), SEVERITY_RISKY);
    return;
  }
  if (match->json.data == NULL) {
    fail(match, wish(matcher, match->arena), TEXT("should be there"), SEVERITY_BREAKING);
    return;
  }
  if (matcher->matches != NULL) check_pattern(match, matcher->matches);
  if (matcher->contains.data != NULL) check_contains(match, matcher->contains);
  if (matcher->type.data != NULL) check_type(match, matcher->type);
  if (matcher->length != NULL) check_length(match, matcher->length);
  if (matcher->one_of != NULL) check_choices(match, matcher->one_of);
  if (matcher->equals != NULL) check_equals(match, matcher);
}

void matcher_check(const Matcher *matcher, Text at, Text json, bool numeric_loose, Differences *out) {
  Match match = {.at = at, .json = json, .numeric_loose = numeric_loose, .out = out, .arena = out->arena};
  check(&match, matcher);
}

/* ---- headers ---- */

/* A literal is compared as the text that a header is: 3 in YAML is "3". */
static const cJSON *literal_text(const cJSON *literal) {
  return literal != NULL && !cJSON_IsString(literal) && literal->valuestring != NULL ? literal : NULL;
}

static bool header_holds(const Matcher *matcher, Text at, Text value, Differences *out) {
  Text json = json_quote(value, out->arena);
  size_t before = out->count;
  const cJSON *number = literal_text(matcher->equals);
  if (number != NULL && text_is(value, number->valuestring)) return true;
  if (matcher->tolerance >= 0 && json_has_type(value, TEXT("number"))) json = value;
  matcher_check(matcher, at, json, true, out);
  return out->count == before;
}

/* A list in the spec: these lines, in this order, and no others. */
static void check_lines(const HeaderExpectation *expectation, Text at, const Headers *headers,
                        Differences *out) {
  Arena *arena = out->arena;
  Buffer lines = buffer_make(arena, 0);
  buffer_append_char(&lines, '[');
  for (size_t i = 0; i < headers->count; i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, expectation->name)) continue;
    if (lines.length > 1) buffer_append_char(&lines, ',');
    buffer_append(&lines, json_quote(headers->items[i].value, arena));
  }
  buffer_append_char(&lines, ']');
  Buffer wanted = buffer_make(arena, 0);
  buffer_append_char(&wanted, '[');
  const cJSON *item;
  cJSON_ArrayForEach(item, expectation->matcher.equals) {
    if (wanted.length > 1) buffer_append_char(&wanted, ',');
    buffer_append(&wanted, json_quote(text_from(item->valuestring), arena));
  }
  buffer_append_char(&wanted, ']');
  if (text_equal(buffer_text(&wanted), buffer_text(&lines))) return;
  differences_add(out, (Difference){.at = at,
                                    .expected = buffer_text(&wanted),
                                    .actual = buffer_text(&lines),
                                    .severity = SEVERITY_RISKY});
}

/* A repeated header holds when one of its values does, or all of them joined as a client may read them. */
void matcher_check_header(const HeaderExpectation *expectation, const char *prefix, const Headers *headers,
                          Differences *out) {
  const Matcher *matcher = &expectation->matcher;
  Text at = arena_print(out->arena, "%sheader %.*s", prefix, TEXT_ARGS(expectation->name));
  size_t before = out->count, after_first = before, found = 0;
  if (cJSON_IsArray(matcher->equals)) {
    check_lines(expectation, at, headers, out);
    return;
  }
  for (size_t i = 0; i < headers->count; i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, expectation->name)) continue;
    bool holds = header_holds(matcher, at, headers->items[i].value, out) && !matcher->absent;
    if (found++ == 0) after_first = out->count;
    out->count = holds ? before : after_first; /* the first value's difference speaks for all */
    if (holds) return;
  }
  if (found == 0) matcher_check(matcher, at, (Text){NULL, 0}, true, out);
  if (found < 2 || matcher->absent) return;
  bool joined_holds =
      header_holds(matcher, at, headers_join(headers, expectation->name, TEXT(", "), out->arena), out);
  out->count = joined_holds ? before : after_first;
}

/* ---- bodies ---- */

typedef enum Found { FOUND_VALUE, FOUND_NOTHING, FOUND_ERROR } Found;

/* An indefinite path that finds nothing counts as absent. */
static Found find_value(const JsonPath *path, Value document, Arena *arena, Text *json, Fault *fault) {
  Value value;
  JsonPathAnswer answer = jsonpath_read(path, document, arena, &value, fault);
  if (answer == JSONPATH_ERROR) return FOUND_ERROR;
  if (answer == JSONPATH_MISSING) return FOUND_NOTHING;
  if (!jsonpath_is_definite(path) && value.kind == VALUE_LIST && value.as.list->count == 0)
    return FOUND_NOTHING;
  Buffer out = buffer_make(arena, 0);
  value_write_json(value, &out);
  *json = buffer_text(&out);
  return FOUND_VALUE;
}

static void check_path(const JsonExpectation *expectation, const char *prefix, Value document,
                       bool numeric_loose, Differences *out) {
  Text at = arena_print(out->arena, "%s%.*s", prefix, TEXT_ARGS(expectation->path_text));
  Text json = {NULL, 0};
  Fault fault;
  if (find_value(expectation->path, document, out->arena, &json, &fault) != FOUND_ERROR) {
    matcher_check(&expectation->matcher, at, json, numeric_loose, out);
    return;
  }
  differences_add(out, (Difference){.at = at,
                                    .message = arena_print(out->arena, "the path fails: %s", fault.message),
                                    .severity = SEVERITY_BREAKING});
}

void matcher_check_body(const JsonExpectation *expectations, size_t count, const char *prefix, Text body,
                        bool numeric_loose, Differences *out) {
  if (count == 0) return;
  JsonIndex index;
  Value document = value_null();
  /* The engine's reader is as permissive as the gateway; a client's reader isn't. */
  bool strict = json_index(body, out->arena, &index) && value_read(body, out->arena, &document, NULL);
  if (!strict) {
    differences_add(out, (Difference){.at = arena_print(out->arena, "%sbody", prefix),
                                      .actual = json_quote(body, out->arena),
                                      .message = TEXT("is no JSON, so no path can be looked up"),
                                      .severity = SEVERITY_BREAKING});
    return;
  }
  for (size_t i = 0; i < count; i++) check_path(&expectations[i], prefix, document, numeric_loose, out);
}
