/* Redaction: what is secret is replaced before anybody stores it. A placeholder is made with a key, so equal
 * secrets stay equal and nobody without the key can try out guesses. */
#include "harness/record/record_parts.h"

#include "harness/document/document.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum { PLACEHOLDER_DIGITS = 16, DIGEST_SIZE = 32 };
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

static bool is_placeholder(Text text) {
  if (!text_starts(text, prefix) || text.length != prefix.length + PLACEHOLDER_DIGITS) return false;
  for (size_t i = prefix.length; i < text.length; i++)
    if (text.data[i] == '\0' || strchr("0123456789abcdef", text.data[i]) == NULL) return false;
  return true;
}

Text redact_placeholder(const Redactor *redactor, Text secret) {
  if (is_placeholder(secret)) return secret;
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

static bool is_kept(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->keep_count; i++)
    if (text_equal_ignoring_case(name, redactor->keep[i])) return true;
  return false;
}

bool redact_header_is_secret(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (redactor->rules[i].header.data != NULL && text_equal_ignoring_case(name, redactor->rules[i].header))
      return true;
  return is_listed(name, secret_headers, COUNT_OF(secret_headers)) && !is_kept(redactor, name);
}

static bool parameter_is_secret(const Redactor *redactor, Text name) {
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (redactor->rules[i].query.data != NULL && text_equal(name, redactor->rules[i].query)) return true;
  return is_listed(name, secret_parameters, COUNT_OF(secret_parameters)) && !is_kept(redactor, name);
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
    }
    headers_add(&clean, header.name, header.value, redactor->arena);
  }
  *headers = clean;
}

static void redact_query(Redactor *redactor, Headers *query) {
  Headers clean = {0};
  for (size_t i = 0; i < query->count; i++) {
    Header parameter = query->items[i];
    if (parameter_is_secret(redactor, parameter.name) && parameter.value.length > 0) {
      Text secret = parameter.value;
      parameter.value = replace_secret(redactor, secret);
      if (!text_equal(secret, parameter.value)) redact_note(redactor, "request query", parameter.name);
    }
    headers_add(&clean, parameter.name, parameter.value, redactor->arena);
  }
  *query = clean;
}

/* ---- an exchange ---- */

void redact_exchange(Exchange *exchange, const RedactionRule *rules, size_t rule_count, const Text *keep,
                     size_t keep_count, Text key, Arena *arena) {
  Buffer notes = buffer_make(arena, 0);
  Redactor redactor = {rules, rule_count, keep, keep_count, key, arena, &notes, {0}};
  bool is_payload = exchange->backend.kind == BACKEND_LAMBDA;
  redact_headers(&redactor, "request header", &exchange->request.headers);
  redact_query(&redactor, &exchange->request.query);
  exchange->request.body = redact_body(&redactor, "request body", exchange->request.body, false);
  redact_headers(&redactor, "backend header", &exchange->backend.headers);
  redact_echoing_headers(&redactor, &exchange->backend.headers);
  exchange->backend.body = redact_body(&redactor, "backend body", exchange->backend.body, is_payload);
  exchange->backend.body =
      redact_echoes(&redactor, "backend body", TEXT("(an echo of a secret)"), exchange->backend.body);
  if (notes.length == 0) return;
  Text before = exchange->redactions; /* of an earlier redaction: a JSON list */
  size_t end = before.length;
  while (end > 0 && before.data[end - 1] != ']') end--;
  Text earlier = text_trim(text_slice(before, 0, end > 0 ? end - 1 : 0));
  exchange->redactions = earlier.length > 1 ? arena_print(arena, "%.*s,%.*s]", TEXT_ARGS(earlier),
                                                          TEXT_ARGS(buffer_text(&notes)))
                                            : arena_print(arena, "[%.*s]", TEXT_ARGS(buffer_text(&notes)));
}
