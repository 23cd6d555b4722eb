/* Whole responses: status, headers, body. */
#include "harness/diff/diff.h"
#include "harness/diff/json_scanner.h"

#include "harness/base/utf8.h"

static const Text nothing = {NULL, 0};

/* ---- headers ---- */

bool diff_header_is_generated(Text name) {
  /* Ids and times are made for each response; length and connection follow from the body and the transport.
   */
  static const char *const generated[] = {"x-amzn-RequestId", "x-amz-apigw-id", "X-Amzn-Trace-Id", "Date",
                                          "Content-Length",   "Connection"};
  for (size_t i = 0; i < sizeof generated / sizeof *generated; i++)
    if (text_equal_ignoring_case(name, text_from(generated[i]))) return true;
  return false;
}

static bool is_left_out(Text name, const DiffOptions *options) {
  if (options->skip_generated && diff_header_is_generated(name)) return true;
  for (size_t i = 0; i < options->ignore_count; i++) {
    const IgnoreRule *rule = &options->ignores[i];
    if (rule->path == NULL && text_equal_ignoring_case(rule->header, name)) return true;
  }
  return false;
}

/* "application/json" of "application/json; charset=utf-8" */
static Text media_type(Text value) {
  Text rest;
  return text_trim(text_split(value, ';', &rest));
}

static Severity header_severity(Text name, Text expected, Text actual) {
  if (expected.data == NULL) return SEVERITY_COMPATIBLE;
  if (actual.data == NULL) return SEVERITY_BREAKING;
  bool other_type = text_equal_ignoring_case(name, TEXT("Content-Type")) &&
                    !text_equal_ignoring_case(media_type(expected), media_type(actual));
  return other_type ? SEVERITY_BREAKING : SEVERITY_RISKY;
}

static void add_header(Text name, Text expected, Text actual, Differences *out) {
  Arena *arena = out->arena;
  differences_add(out, (Difference){.at = arena_print(arena, "header %.*s", TEXT_ARGS(name)),
                                    .expected = expected.data != NULL ? json_quote(expected, arena) : nothing,
                                    .actual = actual.data != NULL ? json_quote(actual, arena) : nothing,
                                    .severity = header_severity(name, expected, actual)});
}

/* The `nth` header of the name, from 0. */
static const Header *nth_of(const Headers *headers, Text name, size_t nth) {
  for (size_t i = 0; i < headers->count; i++)
    if (text_equal_ignoring_case(headers->items[i].name, name) && nth-- == 0) return &headers->items[i];
  return NULL;
}

/* How many of the same name stand before it. */
static size_t rank_of(const Headers *headers, size_t at) {
  size_t rank = 0;
  for (size_t i = 0; i < at; i++)
    rank += text_equal_ignoring_case(headers->items[i].name, headers->items[at].name) ? 1 : 0;
  return rank;
}

/* Names without case; the values of a repeated name in their order, since that order means something. */
static void diff_headers(const Headers *expected, const Headers *actual, const DiffOptions *options,
                         Differences *out) {
  for (size_t i = 0; i < expected->count; i++) {
    const Header *wanted = &expected->items[i];
    if (is_left_out(wanted->name, options)) continue;
    const Header *found = nth_of(actual, wanted->name, rank_of(expected, i));
    if (found == NULL)
      add_header(wanted->name, wanted->value, nothing, out);
    else if (!text_equal(wanted->value, found->value))
      add_header(wanted->name, wanted->value, found->value, out);
  }
  for (size_t i = 0; i < actual->count; i++) {
    const Header *found = &actual->items[i];
    if (!is_left_out(found->name, options) && nth_of(expected, found->name, rank_of(actual, i)) == NULL)
      add_header(found->name, nothing, found->value, out);
  }
}

/* ---- bodies ---- */

static size_t first_difference(Text expected, Text actual) {
  size_t shorter = expected.length < actual.length ? expected.length : actual.length;
  size_t at = 0;
  while (at < shorter && expected.data[at] == actual.data[at]) at++;
  return at;
}

/* Up to eight bytes from `at`: "de ad be ef" */
static const char *hex_from(Text bytes, size_t at, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = at; i < bytes.length && i < at + 8; i++)
    buffer_print(&out, "%s%02x", i > at ? " " : "", (unsigned char)bytes.data[i]);
  return out.length > 0 ? buffer_string(&out) : "the end";
}

static void diff_bytes(Text at, Text expected, Text actual, Differences *out) {
  Arena *arena = out->arena;
  size_t offset = first_difference(expected, actual);
  differences_add(
      out,
      (Difference){.at = at,
                   .expected = json_quote(arena_print(arena, "%zu bytes", expected.length), arena),
                   .actual = json_quote(arena_print(arena, "%zu bytes", actual.length), arena),
                   .message = arena_print(arena, "byte %zu: %s, not %s", offset,
                                          hex_from(actual, offset, arena), hex_from(expected, offset, arena)),
                   .severity = SEVERITY_RISKY});
}

void diff_text(Text at, Text expected, Text actual, Differences *out) {
  if (text_equal(expected, actual)) return;
  if (!utf8_is_valid(expected) || !utf8_is_valid(actual)) {
    diff_bytes(at, expected, actual, out);
    return;
  }
  Arena *arena = out->arena;
  Place place = place_of(NULL, expected, first_difference(expected, actual));
  Severity severity = expected.length == 0 ? SEVERITY_COMPATIBLE
                      : actual.length == 0 ? SEVERITY_BREAKING
                                           : SEVERITY_RISKY;
  Text message = nothing;
  if (expected.length > 0 && actual.length > 0)
    message = arena_print(arena, "from line %u, column %u", place.line, place.column);
  differences_add(out, (Difference){.at = at,
                                    .expected = json_quote(expected, arena),
                                    .actual = json_quote(actual, arena),
                                    .message = message,
                                    .severity = severity});
}

static bool is_container(Text body) {
  Text trimmed = text_trim(body);
  return trimmed.length > 0 && (trimmed.data[0] == '{' || trimmed.data[0] == '[');
}

static bool says_json(const Headers *headers) {
  const Header *type = headers_find(headers, TEXT("Content-Type"));
  return type != NULL && text_find(type->value, TEXT("json"), 0) != TEXT_NOT_FOUND;
}

static bool is_json(Text body, Arena *arena) {
  JsonIndex index;
  return json_index(body, arena, &index);
}

/* A bare number or text counts as JSON only when the response says so: as plain text `1.0` isn't `1.00`. */
static void diff_bodies(const Response *expected, const Response *actual, const DiffOptions *options,
                        Differences *out) {
  if (text_equal(expected->body, actual->body)) return;
  bool as_json = !options->body_exact && (is_container(expected->body) ||
                                          (says_json(&expected->headers) && says_json(&actual->headers)));
  if (as_json && diff_json(expected->body, actual->body, options, out)) return;
  size_t before = out->count;
  diff_text(TEXT("body"), expected->body, actual->body, out);
  if (as_json && out->count > before && actual->body.length > 0 && is_json(expected->body, out->arena)) {
    out->items[before].severity = SEVERITY_BREAKING;
    out->items[before].message = TEXT("no longer JSON");
  }
}

void diff_responses(const Response *expected, const Response *actual, const DiffOptions *options,
                    Differences *out) {
  if (expected->status != actual->status)
    differences_add(out, (Difference){.at = TEXT("status"),
                                      .expected = arena_print(out->arena, "%d", expected->status),
                                      .actual = arena_print(out->arena, "%d", actual->status),
                                      .severity = SEVERITY_BREAKING});
  diff_headers(&expected->headers, &actual->headers, options, out);
  diff_bodies(expected, actual, options, out);
  differences_finish(out);
}
