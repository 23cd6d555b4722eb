/* What a case expects, held against what came out. Only what the case names is looked at. */
#include "harness/replay/parts.h"

static bool status_fits(const Expectation *expectation, int status) {
  for (size_t i = 0; i < expectation->status_count; i++)
    if (status >= expectation->statuses[i].from && status <= expectation->statuses[i].to) return true;
  return expectation->status_count == 0;
}

/* 404 as a number; ranges and choices as a text: "2xx or 304", "500-503" */
static Text print_statuses(const Expectation *expectation, Arena *arena) {
  const StatusRange *first = &expectation->statuses[0];
  if (expectation->status_count == 1 && first->from == first->to)
    return arena_print(arena, "%d", first->from);
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < expectation->status_count; i++) {
    const StatusRange *range = &expectation->statuses[i];
    if (i > 0) buffer_append_string(&out, " or ");
    if (range->from % 100 == 0 && range->to == range->from + 99)
      buffer_print(&out, "%dxx", range->from / 100);
    else if (range->from == range->to)
      buffer_print(&out, "%d", range->from);
    else
      buffer_print(&out, "%d-%d", range->from, range->to);
  }
  return json_quote(buffer_text(&out), arena);
}

static void check_status(const Expectation *expectation, int status, Differences *out) {
  if (status_fits(expectation, status)) return;
  differences_add(out, (Difference){.at = TEXT("status"),
                                    .expected = print_statuses(expectation, out->arena),
                                    .actual = arena_print(out->arena, "%d", status),
                                    .severity = SEVERITY_BREAKING});
}

static void check_outcome(const Expectation *expectation, const Outcome *outcome, Differences *out) {
  Text actual = text_from(gateway_failure_name(outcome->failure));
  if (expectation->outcome.data == NULL || text_equal(expectation->outcome, actual)) return;
  differences_add(out, (Difference){.at = TEXT("outcome"),
                                    .expected = json_quote(expectation->outcome, out->arena),
                                    .actual = json_quote(actual, out->arena),
                                    .severity = SEVERITY_BREAKING});
}

/* ---- bodies ---- */

static Text node_text(const cJSON *node, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  json_write_node(&out, node);
  return buffer_text(&out);
}

static void not_json(Text at, Text expected, Text actual, Differences *out) {
  differences_add(out, (Difference){.at = at,
                                    .expected = expected,
                                    .actual = json_quote(actual, out->arena),
                                    .message = TEXT("is no JSON"),
                                    .severity = SEVERITY_BREAKING});
}

/* Differences found below `prefix` say so. */
static void prefix_from(Differences *out, size_t first, const char *prefix) {
  for (size_t i = first; i < out->count && prefix[0] != '\0'; i++)
    out->items[i].at = arena_print(out->arena, "%s%.*s", prefix, TEXT_ARGS(out->items[i].at));
}

/* Members that nobody asked for are no differences. */
static void check_subset(Text expected, Text actual, const DiffOptions *options, Differences *out) {
  Differences all = differences_make(out->arena);
  if (!diff_json(expected, actual, options, &all)) not_json(TEXT("body"), expected, actual, out);
  for (size_t i = 0; i < all.count; i++)
    if (all.items[i].expected.data != NULL || all.items[i].message.data != NULL)
      differences_add(out, all.items[i]);
}

static void check_body(BodyExpectation kind, Text text, const cJSON *json, const char *prefix, Text actual,
                       const DiffOptions *options, Differences *out) {
  size_t first = out->count;
  if (kind == BODY_TEXT || kind == BODY_BYTES) diff_text(TEXT("body"), text, actual, out);
  if (kind == BODY_JSON) {
    Text expected = node_text(json, out->arena);
    if (!diff_json(expected, actual, options, out)) not_json(TEXT("body"), expected, actual, out);
  }
  if (kind == BODY_SUBSET) check_subset(node_text(json, out->arena), actual, options, out);
  prefix_from(out, first, prefix);
}

/* ---- what the backend would be sent ---- */

static void check_word(const char *at, Text expected, Text actual, Differences *out) {
  if (expected.data == NULL || text_equal(expected, actual)) return;
  differences_add(out, (Difference){.at = text_from(at),
                                    .expected = json_quote(expected, out->arena),
                                    .actual = json_quote(actual, out->arena),
                                    .severity = SEVERITY_BREAKING});
}

static void check_backend_request(const RequestExpectation *expected, const Outcome *outcome,
                                  const DiffOptions *options, Differences *out) {
  if (!outcome->has_backend_request) {
    differences_add(out, (Difference){.at = TEXT("backendRequest"),
                                      .message = TEXT("nothing would be sent to the backend"),
                                      .severity = SEVERITY_BREAKING});
    return;
  }
  const BackendRequest *actual = &outcome->backend_request;
  check_word("backendRequest.method", expected->method, actual->method, out);
  check_word("backendRequest.uri", expected->uri, actual->uri, out);
  for (size_t i = 0; i < expected->header_count; i++)
    matcher_check_header(&expected->headers[i], "backendRequest.", &actual->headers, out);
  check_body(expected->body_kind, expected->body, expected->body_json, "backendRequest.", actual->body,
             options, out);
  matcher_check_body(expected->json, expected->json_count, "backendRequest.", actual->body,
                     options->numeric_loose, out);
}

void expectation_check(const Expectation *expectation, const Spec *spec, const Outcome *outcome,
                       Differences *out) {
  DiffOptions options = {.ignores = spec->ignores,
                         .ignore_count = spec->ignore_count,
                         .numeric_loose = expectation->numeric_loose};
  const Response *response = &outcome->response;
  check_status(expectation, response->status, out);
  check_outcome(expectation, outcome, out);
  for (size_t i = 0; i < expectation->header_count; i++)
    matcher_check_header(&expectation->headers[i], "", &response->headers, out);
  check_body(expectation->body_kind, expectation->body, expectation->body_json, "", response->body, &options,
             out);
  matcher_check_body(expectation->json, expectation->json_count, "", response->body,
                     expectation->numeric_loose, out);
  if (expectation->backend_request != NULL)
    check_backend_request(expectation->backend_request, outcome, &options, out);
}

void expectation_response(const Expectation *expectation, Arena *arena, Response *out) {
  *out = (Response){0};
  if (expectation->status_count == 1 && expectation->statuses[0].from == expectation->statuses[0].to)
    out->status = expectation->statuses[0].from;
  for (size_t i = 0; i < expectation->header_count; i++) {
    const HeaderExpectation *header = &expectation->headers[i];
    const cJSON *literal = header->matcher.equals;
    if (literal != NULL && literal->valuestring != NULL)
      headers_add(&out->headers, header->name, text_from(literal->valuestring), arena);
  }
  out->body =
      expectation->body_kind == BODY_JSON ? node_text(expectation->body_json, arena) : expectation->body;
}
