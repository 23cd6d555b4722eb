/* Redaction: what is secret is replaced before anybody stores it. A placeholder is made with a key, so equal
 * secrets stay equal and nobody without the key can try out guesses. */
#include "harness/record/record_parts.h"

#include "harness/document/document.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum { PLACEHOLDER_DIGITS = 16, /* as detect_is_placeholder knows them */ DIGEST_SIZE = 32 };
static const Text prefix = TEXT_INIT("redacted-");

static const char *const secret_headers[] = {
    "Authorization", "Proxy-Authorization", "Cookie",         "Set-Cookie",           "X-Api-Key",
    "Api-Key",       "X-Auth-Token",        "X-Access-Token", "X-Amz-Security-Token", "X-Csrf-Token",
    "X-Xsrf-Token",  "X-Session-Token",
};
static const char *const secret_parameters[] = {
    "access_token",         "api_key",         "apikey", "client_secret", "id_token", "password",
    "refresh_token",        "secret",          "sig",    "signature",     "token",    "X-Amz-Credential",
    "X-Amz-Security-Token", "X-Amz-Signature",
};
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* ---- placeholders ---- */

static void digest(const Redactor *redactor, Text secret, unsigned char out[DIGEST_SIZE]) {
  unsigned length = DIGEST_SIZE;
  if (HMAC(EVP_sha256(), redactor->key.data != NULL ? redactor->key.data : "", (int)redactor->key.length,
           (const unsigned char *)secret.data, secret.length, out, &length) == NULL)
    abort(); /* no memory */
}

Text redact_placeholder(const Redactor *redactor, Text secret) {
  if (detect_is_placeholder(secret)) return secret;
  unsigned char bytes[DIGEST_SIZE];
  digest(redactor, secret, bytes);
  Buffer out = buffer_make(redactor->arena, 0);
  buffer_append(&out, prefix);
  for (size_t i = 0; i < PLACEHOLDER_DIGITS / 2; i++) buffer_print(&out, "%02x", bytes[i]);
  return buffer_text(&out);
}

void redact_digits(const Redactor *redactor, Text secret, char *digits, size_t count) {
  unsigned char bytes[DIGEST_SIZE];
  digest(redactor, secret, bytes);
  for (size_t i = 0; i < count; i++) digits[i] = (char)('0' + bytes[i % DIGEST_SIZE] % 10);
  if (count > 0 && digits[0] == '0') digits[0] = '1';
}

void redact_note(Redactor *redactor, const char *where, Text what) {
  Buffer text = buffer_make(redactor->arena, 0);
  buffer_print(&text, "%s %.*s", where, TEXT_ARGS(what));
  if (redactor->notes->length > 0) buffer_append_char(redactor->notes, ',');
  json_write_text(redactor->notes, buffer_text(&text));
}

/* ---- what is secret ---- */

static bool is_listed(Text name, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_equal_ignoring_case(name, text_from(list[i]))) return true;
  return false;
}

bool redact_is_kept(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->keep_count; i++)
    if (text_equal_ignoring_case(name, redactor->keep[i])) return true;
  return false;
}

bool redact_header_is_secret(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (redactor->rules[i].header.data != NULL && text_equal_ignoring_case(name, redactor->rules[i].header))
      return true;
  return is_listed(name, secret_headers, COUNT_OF(secret_headers)) && !redact_is_kept(redactor, name);
}

static bool parameter_is_secret(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (redactor->rules[i].query.data != NULL && text_equal(name, redactor->rules[i].query)) return true;
  return is_listed(name, secret_parameters, COUNT_OF(secret_parameters)) && !redact_is_kept(redactor, name);
}

/* ---- secrets that the backend says again ---- */

enum { ECHO_LENGTH = 8 }; /* a shorter secret is found where none is meant */

/* The placeholder of a secret that may come back in a header or a body. */
static Text replace_secret(Redactor *redactor, Text secret) {
  Text placeholder = redact_placeholder(redactor, secret);
  if (secret.length >= ECHO_LENGTH && placeholder.data != secret.data)
    headers_add(&redactor->secrets, secret, placeholder, redactor->arena);
  return placeholder;
}

static Text replace_all(Redactor *redactor, Text text, const Header *secret) {
  Buffer out = buffer_make(redactor->arena, 0);
  size_t done = 0, at;
  while ((at = text_find(text, secret->name, done)) != TEXT_NOT_FOUND) {
    buffer_append(&out, text_slice(text, done, at));
    buffer_append(&out, secret->value);
    done = at + secret->name.length;
  }
  if (done == 0) return text;
  buffer_append(&out, text_slice(text, done, text.length));
  return buffer_text(&out);
}

static Text redact_echoes(Redactor *redactor, const char *where, Text what, Text text) {
  Text clean = text;
  for (size_t i = 0; i < redactor->secrets.count; i++)
    clean = replace_all(redactor, clean, &redactor->secrets.items[i]);
  if (clean.data != text.data) redact_note(redactor, where, what);
  return clean;
}

static void redact_echoing_headers(Redactor *redactor, Headers *headers) {
  for (size_t i = 0; i < headers->count; i++)
    headers->items[i].value =
        redact_echoes(redactor, "backend header", headers->items[i].name, headers->items[i].value);
}

/* ---- secrets known by their form ---- */

Text redact_detected(Redactor *redactor, Text name, bool near_key, Text text, Text *kinds) {
  Detected detected;
  Buffer out = {0};
  unsigned found = 0;
  size_t done = 0;
  while (detect_next(text, done, name, near_key, redactor->detectors, &detected)) {
    if (found == 0) out = buffer_make(redactor->arena, 0);
    found |= 1U << detected.detector;
    buffer_append(&out, text_slice(text, done, detected.from));
    buffer_append(&out, redact_placeholder(redactor, text_slice(text, detected.from, detected.to)));
    done = detected.to;
  }
  if (found == 0) return text;
  buffer_append(&out, text_slice(text, done, text.length));
  Buffer names = buffer_make(redactor->arena, 0);
  for (Detector i = 0; i < DETECTOR_COUNT; i++)
    if ((found & 1U << i) != 0) buffer_print(&names, "%s%s", names.length > 0 ? ", " : "", detector_name(i));
  *kinds = buffer_text(&names);
  return buffer_text(&out);
}

/* A value, and the name that it has in the recording. */
static Text detect_in(Redactor *redactor, const char *where, Text name, Text value) {
  Text kinds;
  if (redact_is_kept(redactor, name)) return value;
  Text clean = redact_detected(redactor, name, false, value, &kinds);
  if (clean.data != value.data)
    redact_note(redactor, where,
                arena_print(redactor->arena, "%.*s%s(%.*s)", TEXT_ARGS(name), name.length > 0 ? " " : "",
                            TEXT_ARGS(kinds)));
  return clean;
}

static unsigned wanted_detectors(const Redactor *redactor) {
  unsigned wanted = detectors_usual();
  Detector detector;
  for (size_t i = 0; i < redactor->keep_count; i++)
    if (detector_find(redactor->keep[i], &detector)) wanted &= ~(1U << detector);
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (detector_find(redactor->rules[i].detector, &detector)) wanted |= 1U << detector;
  return wanted;
}

/* ---- headers and the query ---- */

/* pair = [ name "=" ] value */
static void redact_pair(Redactor *redactor, Text pair, Buffer *out) {
  size_t equals = text_find_char(pair, '=', 0);
  size_t value = equals == TEXT_NOT_FOUND ? 0 : equals + 1;
  buffer_append(out, text_slice(pair, 0, value));
  buffer_append(out, replace_secret(redactor, text_slice(pair, value, pair.length)));
}

/* cookies = pair *( ";" [ " " ] pair ); of a Set-Cookie only the first pair is the cookie */
static Text redact_cookies(Redactor *redactor, Text value, bool only_first) {
  Buffer out = buffer_make(redactor->arena, 0);
  Text rest = value;
  for (bool first = true; rest.data != NULL; first = false) {
    Text pair = text_split(rest, ';', &rest);
    if (!first) buffer_append_char(&out, ';');
    size_t blanks = 0;
    while (blanks < pair.length && pair.data[blanks] == ' ') blanks++;
    buffer_append(&out, text_slice(pair, 0, blanks));
    pair = text_slice(pair, blanks, pair.length);
    if (pair.length == 0 || (only_first && !first))
      buffer_append(&out, pair);
    else
      redact_pair(redactor, pair, &out);
  }
  return buffer_text(&out);
}

Text redact_header_value(Redactor *redactor, Text name, Text value) {
  if (value.length == 0) return value;
  if (text_equal_ignoring_case(name, TEXT("Set-Cookie"))) return redact_cookies(redactor, value, true);
  if (text_equal_ignoring_case(name, TEXT("Cookie"))) return redact_cookies(redactor, value, false);
  size_t blank = text_find_char(value, ' ', 0);
  bool has_scheme = blank != TEXT_NOT_FOUND && (text_equal_ignoring_case(name, TEXT("Authorization")) ||
                                                text_equal_ignoring_case(name, TEXT("Proxy-Authorization")));
  if (!has_scheme) return replace_secret(redactor, value);
  Text secret = text_trim(text_slice(value, blank + 1, value.length));
  return arena_print(redactor->arena, "%.*s %.*s", TEXT_ARGS(text_slice(value, 0, blank)),
                     TEXT_ARGS(replace_secret(redactor, secret)));
}

static void redact_headers(Redactor *redactor, const char *where, Headers *headers) {
  Headers clean = {0};
  for (size_t i = 0; i < headers->count; i++) {
    Header header = headers->items[i];
    if (redact_header_is_secret(redactor, header.name) && header.value.length > 0) {
      Text secret = header.value;
      header.value = redact_header_value(redactor, header.name, secret);
      if (!text_equal(secret, header.value)) redact_note(redactor, where, header.name);
    } else {
      header.value = detect_in(redactor, where, header.name, header.value);
    }
    headers_add(&clean, header.name, header.value, redactor->arena);
  }
  *headers = clean;
}

static void redact_parameters(Redactor *redactor, const char *where, Headers *query) {
  Headers clean = {0};
  for (size_t i = 0; i < query->count; i++) {
    Header parameter = query->items[i];
    if (parameter_is_secret(redactor, parameter.name) && parameter.value.length > 0) {
      Text secret = parameter.value;
      parameter.value = replace_secret(redactor, secret);
      if (!text_equal(secret, parameter.value)) redact_note(redactor, where, parameter.name);
    } else {
      parameter.name = detect_in(redactor, where, TEXT_EMPTY, parameter.name);
      parameter.value = detect_in(redactor, where, parameter.name, parameter.value);
    }
    headers_add(&clean, parameter.name, parameter.value, redactor->arena);
  }
  *query = clean;
}

/* ---- an exchange ---- */

static Redactor redactor_make(const RedactionRule *rules, size_t rule_count, const Text *keep,
                              size_t keep_count, Text key, Buffer *notes) {
  Redactor redactor = {.rules = rules,
                       .rule_count = rule_count,
                       .keep = keep,
                       .keep_count = keep_count,
                       .key = key,
                       .arena = notes->arena,
                       .notes = notes};
  redactor.detectors = wanted_detectors(&redactor);
  return redactor;
}

void redact_exchange(Exchange *exchange, const RedactionRule *rules, size_t rule_count, const Text *keep,
                     size_t keep_count, Text key, Arena *arena) {
  Buffer notes = buffer_make(arena, 0);
  Redactor redactor = redactor_make(rules, rule_count, keep, keep_count, key, &notes);
  Request *request = &exchange->request;
  BackendAnswer *backend = &exchange->backend;
  redact_headers(&redactor, "request header", &request->headers);
  redact_parameters(&redactor, "request query", &request->query);
  request->path = detect_in(&redactor, "request path", TEXT_EMPTY, request->path);
  for (size_t i = 0; i < request->path_parameters.count; i++) {
    Header *parameter = &request->path_parameters.items[i];
    parameter->value = detect_in(&redactor, "path parameter", parameter->name, parameter->value);
  }
  request->body = redact_body(&redactor, "request body", request->body, false);
  redact_headers(&redactor, "backend header", &backend->headers);
  redact_echoing_headers(&redactor, &backend->headers);
  backend->body = redact_body(&redactor, "backend body", backend->body, backend->kind == BACKEND_LAMBDA);
  backend->body = redact_echoes(&redactor, "backend body", TEXT("(an echo of a secret)"), backend->body);
  backend->log_tail = detect_in(&redactor, "function log", TEXT_EMPTY, backend->log_tail);
  exchange->extra = redact_body(&redactor, "extra", exchange->extra, false);
  if (notes.length == 0) return;
  Text before = exchange->redactions; /* of an earlier redaction: a JSON list */
  size_t end = before.length;
  while (end > 0 && before.data[end - 1] != ']') end--;
  Text earlier = text_trim(text_slice(before, 0, end > 0 ? end - 1 : 0));
  exchange->redactions = earlier.length > 1 ? arena_print(arena, "%.*s,%.*s]", TEXT_ARGS(earlier),
                                                          TEXT_ARGS(buffer_text(&notes)))
                                            : arena_print(arena, "[%.*s]", TEXT_ARGS(buffer_text(&notes)));
}

Text redact_response(Response *response, const RedactionRule *rules, size_t rule_count, const Text *keep,
                     size_t keep_count, Text key, Arena *arena) {
  Buffer notes = buffer_make(arena, 0);
  Redactor redactor = redactor_make(rules, rule_count, keep, keep_count, key, &notes);
  redact_headers(&redactor, "approved header", &response->headers);
  response->body = redact_body(&redactor, "approved body", response->body, false);
  return notes.length == 0 ? (Text){NULL, 0} : arena_print(arena, "[%.*s]", TEXT_ARGS(buffer_text(&notes)));
}
