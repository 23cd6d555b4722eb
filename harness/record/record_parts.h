/* What the files of record share; nobody else includes it. */
#ifndef STATUSQUO_RECORD_PARTS_H
#define STATUSQUO_RECORD_PARTS_H

#include "harness/record/detect.h"
#include "harness/record/record.h"

#include <curl/curl.h>

/* Only http and https, also behind a redirect; libcurl renamed the option in 7.85. */
static inline void allow_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* ---- transfer.c: one call to a backend ---- */

typedef struct Transfer {
  CURL *easy;
  RecordTask *task; /* NULL: idle */
  Arena *arena;
  struct curl_slist *sent;
  Headers headers;
  Buffer body;
  bool head_done; /* what comes as a header now is a trailer */
  char error[CURL_ERROR_SIZE];
} Transfer;

void transfer_open(Transfer *transfer);
void transfer_close(Transfer *transfer);
/* Ready to be given to the multi handle. False: the task can't be asked and its answer says why. */
bool transfer_start(Transfer *transfer, RecordTask *task, const RecordOptions *options, Arena *arena);
/* Completes the task's answer. */
void transfer_finish(Transfer *transfer, CURLcode result);

/* ---- address.c: where a call goes ---- */

typedef struct Address {
  Text base;   /* scheme://host:port */
  Text host;   /* host:port */
  Text target; /* path and query exactly as they are sent */
  bool is_loopback;
} Address;

/* "scheme://authority/path?query", taken apart; `backend` NULL, or what replaces scheme and authority. */
bool address_of(Text uri, const char *backend, Arena *arena, Address *out, Fault *fault);
bool address_of_function(const RecordTask *task, const char *endpoint, Arena *arena, Address *out,
                         Fault *fault);

/* ---- redaction ---- */

typedef struct Redactor {
  const RedactionRule *rules;
  size_t rule_count;
  const Text *keep;
  size_t keep_count;
  unsigned detectors; /* one bit each */
  Text key;
  Arena *arena;
  Buffer *notes;   /* JSON list without its brackets */
  Headers secrets; /* secret -> placeholder, of what was replaced in headers and in the query */
} Redactor;

void redact_note(Redactor *redactor, const char *where, Text what);
/* "redacted-" and sixteen hexadecimal digits of HMAC-SHA256(key, secret). A placeholder stays as it is. */
Text redact_placeholder(const Redactor *redactor, Text secret);
/* `count` decimal digits of the same. */
void redact_digits(const Redactor *redactor, Text secret, char *digits, size_t count);
bool redact_header_is_secret(const Redactor *redactor, Text name);
/* The value with its secret replaced: schemes, cookie names and attributes stay. */
Text redact_header_value(Redactor *redactor, Text name, Text value);
bool redact_is_kept(const Redactor *redactor, Text name);
/* What the detectors find in a text, replaced; `name` is what the text is the value of. The same text when
 * they find nothing; else `kinds` names what was found: "jwt, bearer". */
Text redact_detected(Redactor *redactor, Text name, bool near_key, Text text, Text *kinds);
/* redact_body.c: JSON members that the rules' paths cover, and what detectors find; `is_payload`: a Lambda's,
 * with headers and a body of its own. */
Text redact_body(Redactor *redactor, const char *where, Text body, bool is_payload);

#endif
