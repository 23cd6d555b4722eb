/* Detectors: what is a secret by its form alone, what only looks like one, and where redaction finds them.
 * The secrets are put together here so that no scanner takes this file for a leak. */
#include "harness/base/encoding.h"
#include "harness/record/detect.h"
#include "harness/record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KEY_ID                                                                                               \
  "AKIA"                                                                                                     \
  "IOSFODNN7EXAMPLE"
#define SECRET                                                                                               \
  "wJalrXUtnFEMI/K7MDENG/"                                                                                   \
  "bPxRfiCYEXAMPLEKEY"
#define JWT_TEXT                                                                                             \
  "eyJhbGciOiJIUzI1NiJ9"                                                                                     \
  ".eyJzdWIiOiIxIn0."                                                                                        \
  "c2lnbmF0dXJl"
#define TOKEN                                                                                                \
  "mF_9.B5f-4.1JqM"                                                                                          \
  "abc="
#define BLOCK                                                                                                \
  "-----BEGIN RSA PRIVATE KEY-----\n"                                                                        \
  "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy\n"                                                            \
  "-----END RSA PRIVATE KEY-----"
#define CARD                                                                                                 \
  "4111"                                                                                                     \
  "111111111111"

static Arena *arena;

static int prepare(void **state) {
  (void)state;
  arena = arena_new(0);
  return 0;
}

static int tidy(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static const RedactionRule on_request[] = {{.detector = TEXT_INIT("card")}, {.detector = TEXT_INIT("email")}};

static Exchange redact_with(BackendKind kind, Text body, size_t rules, const char *keep) {
  Exchange exchange = {.backend = {.kind = kind, .status = 200, .body = body}};
  Text kept = text_from(keep);
  redact_exchange(&exchange, on_request, rules, &kept, keep != NULL, TEXT("key"), arena);
  return exchange;
}

static bool holds(Text text, const char *part) {
  return text_find(text, text_from(part), 0) != TEXT_NOT_FOUND;
}

static void secrets_are_found_in_texts_and_in_json(void **state) {
  (void)state;
  static const struct {
    const char *body, *secret, *note;
    size_t rules;
  } rows[] = {
      {"{\"id\":\"" KEY_ID "\"}", KEY_ID, "backend body $.id (aws-key)", 0},
      {"id=" KEY_ID "&x=1", KEY_ID, "backend body byte 3 (aws-key)", 0},
      {"{\"Credentials\":{\"SecretAccessKey\":\"" SECRET "\"}}", SECRET,
       "$.Credentials.SecretAccessKey (aws-secret)", 0},
      {"{\"config\":\"[default]\\naws_secret_access_key = " SECRET "\\n\"}", SECRET, "$.config (aws-secret)",
       0},
      {"<SecretAccessKey>" SECRET "</SecretAccessKey>", SECRET, "(aws-secret)", 0},
      {"[\"" KEY_ID "\",\"" SECRET "\"]", SECRET, "$[1] (aws-secret)",
       0}, /* beside its id it needs no name */
      {"{\"a\":[{\"t\":\"" JWT_TEXT "\"}]}", JWT_TEXT, "$.a[0].t (jwt)", 0},
      {"<t>" JWT_TEXT "</t>", JWT_TEXT, "byte 3 (jwt)", 0},
      {"{\"curl\":\"-H 'Authorization: Bearer " TOKEN "'\"}", TOKEN, "$.curl (bearer)", 0},
      {"{\"pem\":\"-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy\\n-----END "
       "PRIVATE "
       "KEY-----\\n\"}",
       "MIIEpAIBAAKCAQEA0Z3VS5JJ", "$.pem (private-key)", 0},
      {"x\n" BLOCK "\n", "MIIEpAIBAAKCAQEA0Z3VS5JJ", "byte 2 (private-key)", 0},
      {"{\"" JWT_TEXT "\":1}", JWT_TEXT, "(jwt)", 0}, /* a name can be a secret too */
      {"{\"n\":" CARD "}", CARD, "$.n (card)", 2},
      {"{\"n\":\"4111-1111-1111-1111\"}", "4111-1111", "$.n (card)", 2},
      {"write to ann@example.com.", "ann@example", "byte 9 (email)", 2},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Exchange exchange = redact_with(BACKEND_HTTP, text_from(rows[i].body), rows[i].rules, NULL);
    if (holds(exchange.backend.body, rows[i].secret)) fail_msg("%s is still there", rows[i].body);
    if (!holds(exchange.redactions, rows[i].note))
      fail_msg("%.*s lacks %s", TEXT_ARGS(exchange.redactions), rows[i].note);
    Exchange again = redact_with(BACKEND_HTTP, exchange.backend.body, rows[i].rules, NULL);
    if (again.redactions.data != NULL) fail_msg("found again: %.*s", TEXT_ARGS(again.redactions));
  }
}

static void what_only_looks_like_a_secret_stays(void **state) {
  (void)state;
  static const char *const bodies[] = {
      "{\"id\":\"123e4567-e89b-42d3-a456-426614174000\",\"sha\":"
      "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}",
      "{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
      "{\"role\":\"AROAIOSFODNN7EXAMPLE\",\"user\":\"AIDAIOSFODNN7EXAMPLE\",\"ulid\":"
      "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
      "{\"key\":\"XAKIAIOSFODNN7EXAMPLE\",\"long\":\"AKIAIOSFODNN7EXAMPLEZ\",\"word\":\"AKIA\"}",
      "{\"image\":\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"
      "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\"}",
      "{\"etag\":\"" SECRET "\"}", /* forty characters say nothing without a name or an id beside them */
      "{\"secret_key_sha1\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}",
      "{\"cursor\":\"eyJwYWdlIjoyfQ\",\"version\":\"eyJhIjox.eyJhIjox.x\"}", /* base64 JSON, no \"alg\" */
      "{\"say\":\"bearer authentication-is-required here\",\"www\":\"Bearer realm=\\\"example.com\\\"\"}",
      "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYD\n-----END "
      "CERTIFICATE-----",
      "-----BEGIN PRIVATE KEY----- ... -----END PRIVATE KEY-----",
      "{\"card\":" CARD ",\"mail\":\"ann@example.com\"}", /* only when asked for */
  };
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    Exchange exchange = redact_with(BACKEND_HTTP, text_from(bodies[i]), 0, NULL);
    if (exchange.redactions.data != NULL) fail_msg("%s: %.*s", bodies[i], TEXT_ARGS(exchange.redactions));
    assert_ptr_equal(exchange.backend.body.data, bodies[i]);
  }
  static const char *const asked[] = {
      "{\"order\":4111111111111112,\"time\":1700000000000,\"price\":4111111111111111.5}",
      "{\"id\":\"order-4111111111111111\",\"trace\":\"a4111111111111111\"}",
      "@ann, a@b, x @ y, user@host and 5@6.7",
  };
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    Exchange exchange = redact_with(BACKEND_HTTP, text_from(asked[i]), 2, NULL);
    if (exchange.redactions.data != NULL) fail_msg("%s: %.*s", asked[i], TEXT_ARGS(exchange.redactions));
  }
}

/* No image, however large: noise in base64 gives no finding. */
static void base64_noise_is_no_secret(void **state) {
  (void)state;
  enum { SIZE = 400000 };
  char *bytes = arena_alloc(arena, SIZE);
  uint64_t noise = 88172645463325252U;
  for (size_t i = 0; i < SIZE; i++) {
    noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
    bytes[i] = (char)(noise >> 32 & 0xFF);
  }
  Text image = base64_encode((Text){bytes, SIZE}, arena);
  assert_null(redact_with(BACKEND_HTTP, image, 2, NULL).redactions.data);
  assert_null(redact_with(BACKEND_HTTP, (Text){bytes, SIZE}, 0, NULL).redactions.data);
}

static void equal_secrets_stay_equal_and_bytes_around_stay(void **state) {
  (void)state;
  Exchange exchange = redact_with(
      BACKEND_HTTP, TEXT("{ \"a\" : \"" JWT_TEXT "\",\"n\":1.10, \"b\":\"x " JWT_TEXT "\" }\n"), 0, NULL);
  Text body = exchange.backend.body;
  size_t first = text_find(body, TEXT("redacted-"), 0),
         second = text_find(body, TEXT("redacted-"), first + 1);
  assert_int_not_equal(second, TEXT_NOT_FOUND);
  assert_memory_equal(body.data + first, body.data + second, 25);
  assert_true(text_starts(body, TEXT("{ \"a\" : \"redacted-")));
  assert_true(holds(body, "\",\"n\":1.10, \"b\":\"x redacted-"));
}

static void headers_paths_and_queries_are_searched(void **state) {
  (void)state;
  Exchange exchange = {.request.path = TEXT("/reset/" JWT_TEXT)};
  Headers *headers = &exchange.request.headers;
  headers_add(headers, TEXT("X-Forwarded-Authorization"), TEXT("Bearer " TOKEN), arena);
  headers_add(headers, TEXT("X-Trace"), TEXT("1-5759e988-bd862e3fe1be46a994272793"), arena);
  headers_add(&exchange.request.query, TEXT("state"), TEXT(JWT_TEXT), arena);
  headers_add(&exchange.request.path_parameters, TEXT("token"), TEXT(JWT_TEXT), arena);
  headers_add(&exchange.backend.headers, TEXT("Location"), TEXT("/a#id_token=" JWT_TEXT "&x"), arena);
  redact_exchange(&exchange, NULL, 0, NULL, 0, TEXT("key"), arena);
  assert_true(text_starts(headers->items[0].value, TEXT("Bearer redacted-")));
  assert_true(text_is(headers->items[1].value, "1-5759e988-bd862e3fe1be46a994272793"));
  assert_true(text_starts(exchange.request.path, TEXT("/reset/redacted-")));
  assert_true(text_starts(exchange.request.query.items[0].value, TEXT("redacted-")));
  assert_true(text_starts(exchange.request.path_parameters.items[0].value, TEXT("redacted-")));
  assert_true(holds(exchange.backend.headers.items[0].value, "id_token=redacted-"));
  assert_true(holds(exchange.redactions, "\"request header X-Forwarded-Authorization (bearer)\""));
  assert_true(holds(exchange.redactions, "\"request path (jwt)\""));
}

static void bodies_of_proxy_answers_are_searched_in_base64_too(void **state) {
  (void)state;
  Text inner = base64_encode(TEXT("{\"token\":\"" JWT_TEXT "\"}"), arena);
  Text payload =
      arena_print(arena, "{\"statusCode\":200,\"body\":\"%.*s\",\"isBase64Encoded\":true}", TEXT_ARGS(inner));
  Exchange exchange = redact_with(BACKEND_LAMBDA, payload, 0, NULL);
  Text body = exchange.backend.body, bytes;
  size_t from = text_find(body, TEXT("\"body\":\""), 0) + 8, to = text_find(body, TEXT("\",\"isBase"), 0);
  assert_true(base64_decode(text_slice(body, from, to), arena, &bytes, NULL));
  assert_true(text_starts(bytes, TEXT("{\"token\":\"redacted-")));
  assert_true(holds(exchange.redactions, "proxied body $.token (jwt)"));
}

static void what_is_kept_by_name_stays(void **state) {
  (void)state;
  const Text body = TEXT("{\"token\":\"" JWT_TEXT "\"}");
  assert_null(redact_with(BACKEND_HTTP, body, 0, "jwt").redactions.data);
  assert_null(redact_with(BACKEND_HTTP, body, 0, "token").redactions.data);
  assert_non_null(redact_with(BACKEND_HTTP, body, 0, "bearer").redactions.data);
}

/* Texts made of beginnings of secrets: were any of them searched twice, this would take minutes. */
static void searching_is_linear(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "AKIA", "eyJ.", "bearer ", "bearer.", "secretkey:", "sessiontoken=", "-----BEGIN PRIVATE KEY-----",
      "a@",   "@",    "4 ",      "secret"};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    Buffer text = buffer_make(arena, 0);
    while (text.length < 2000000) buffer_append_string(&text, pieces[i]);
    redact_with(BACKEND_HTTP, buffer_text(&text), 2, NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(secrets_are_found_in_texts_and_in_json),
      cmocka_unit_test(what_only_looks_like_a_secret_stays),
      cmocka_unit_test(base64_noise_is_no_secret),
      cmocka_unit_test(equal_secrets_stay_equal_and_bytes_around_stay),
      cmocka_unit_test(headers_paths_and_queries_are_searched),
      cmocka_unit_test(bodies_of_proxy_answers_are_searched_in_base64_too),
      cmocka_unit_test(what_is_kept_by_name_stays),
      cmocka_unit_test(searching_is_linear),
  };
  return cmocka_run_group_tests(tests, prepare, tidy);
}
