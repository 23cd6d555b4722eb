/* HTTP/1.1 read strictly: what is understood, what is refused and why, and that cutting changes nothing.
 * Witness: RFC 9112 and RFC 9110 by section; where they allow a repair, refusing it is our choice. */
#include "tests/runner/http1_transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Row {
  const char *title;
  const char *bytes;
  const char *expected; /* the transcript */
} Row;

static const Row requests[] = {
    {"a plain request", "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET /a?b=c 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"two requests in one piece", "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET /1 0 1.1 [Host=h]||0 bytes, 0 trailers\nGET /2 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"empty lines before a request (RFC 9112, 2.2)", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET / 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"a body with a length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET",
     "POST / 0 1.1 [Host=h] [Content-Length=3]|abc|3 bytes, 0 trailers\n"},
    {"chunks, extensions, trailers",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
     "Chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0a\r\n0123456789\r\n0\r\n"
     "X-Sum: 1\r\nY: \r\n\r\n",
     "POST / 0 1.1 [Host=h] [Transfer-Encoding=Chunked]|abc0123456789|13 bytes, 2 trailers\n"},
    {"order, case, repeats and empty values of headers stay",
     "GET / HTTP/1.1\r\nHost:h\r\nx-B: 1 \r\nX-b:\t2\r\nE:\r\nx-B: \xE9\r\n\r\n",
     "GET / 0 1.1 [Host=h] [x-B=1] [X-b=2] [E=] [x-B=\xE9]||0 bytes, 0 trailers\n"},
    {"an absolute form", "GET http://Other:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET /p?q 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"an absolute form without a path", "GET http://other HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET  0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"the asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
     "OPTIONS * 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},
    {"HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n", "GET / 0 1.0 closes||0 bytes, 0 trailers\n"},
    {"HTTP/1.0 that keeps", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
     "GET / 0 1.0 [Connection=Keep-Alive]||0 bytes, 0 trailers\n"},
    {"close in a list", "GET / HTTP/1.1\r\nHost: h\r\nConnection: te, close\r\n\r\n",
     "GET / 0 1.1 closes [Host=h] [Connection=te, close]||0 bytes, 0 trailers\n"},
    {"100-continue", "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
     "PUT / 0 1.1 expects [Host=h] [Expect=100-Continue] [Content-Length=1]|x|1 bytes, 0 trailers\n"},
    {"an upgrade", "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
     "GET / 0 1.1 upgrades [Host=h] [Connection=Upgrade] [Upgrade=websocket]||0 bytes, 0 trailers\n"},
    {"an unknown method", "P!ST-x /%2F..//a HTTP/1.1\r\nHost: h\r\n\r\n",
     "P!ST-x /%2F..//a 0 1.1 [Host=h]||0 bytes, 0 trailers\n"},

    /* smuggling */
    {"a length and an encoding (RFC 9112, 6.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
     "refused 400: both Content-Length and Transfer-Encoding are given\n"},
    {"an encoding and a length",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-length: 0\r\n\r\n",
     "refused 400: both Content-Length and Transfer-Encoding are given\n"},
    {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
     "refused 400: Content-Length is given more than once\n"},
    {"the same length twice", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\n",
     "refused 400: Content-Length is given more than once\n"},
    {"a list of lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"a signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"a negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"a hexadecimal length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"an empty length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"a length past 64 bits", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551617\r\n\r\n",
     "refused 400: Content-Length is no length\n"},
    {"two encodings",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
     "refused 501: only the transfer encoding \"chunked\" is understood\n"},
    {"an unknown encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     "refused 501: only the transfer encoding \"chunked\" is understood\n"},
    {"an encoding that only looks like chunked",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n",
     "refused 501: only the transfer encoding \"chunked\" is understood\n"},
    {"an encoding behind a vertical tab",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \vchunked\r\n\r\n",
     "refused 400: a header's value holds a control character\n"},
    {"an encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
     "refused 400: Transfer-Encoding in a message of HTTP/1.0\n"},
    {"a blank before the colon (RFC 9112, 5.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n",
     "refused 400: a header's name holds what no name may hold\n"},
    {"a folded line (RFC 9112, 5.2)", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
     "refused 400: a header line begins with a blank (folded lines are refused)\n"},
    {"a blank before the first header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
     "refused 400: a header line begins with a blank (folded lines are refused)\n"},
    {"a bare LF", "GET / HTTP/1.1\nHost: h\n\n", "refused 400: a line of the head doesn't end in CRLF\n"},
    {"a bare LF between headers", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
     "refused 400: a line of the head doesn't end in CRLF\n"},
    {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n",
     "refused 400: a header's value holds a control character\n"},
    {"a line without a colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n",
     "refused 400: a header line has no colon\n"},
    {"an empty name", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",
     "refused 400: a header's name holds what no name may hold\n"},
    {"no Host (RFC 9112, 3.2)", "GET / HTTP/1.1\r\n\r\n", "refused 400: Host is missing\n"},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
     "refused 400: Host is given more than once\n"},
    {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
     "refused 400: this is no request line\n"},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "refused 400: this is no request line\n"},
    {"a tab", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", "refused 400: this is no request line\n"},
    {"HTTP/0.9", "GET /\r\n\r\n", "refused 400: this is no request line\n"},
    {"HTTP/2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
     "refused 505: only HTTP/1.0 and HTTP/1.1 are understood\n"},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
     "refused 505: only HTTP/1.0 and HTTP/1.1 are understood\n"},
    {"lower case", "GET / http/1.1\r\nHost: h\r\n\r\n",
     "refused 400: only HTTP/1.0 and HTTP/1.1 are understood\n"},
    {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
     "refused 501: CONNECT: this is no forward proxy\n"},
    {"a relative target", "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
     "refused 400: the request's target is no path\n"},
    {"a target of another scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
     "refused 400: the request's target is no path\n"},
    {"a TLS hello", "\x16\x03\x01\x02\n", "refused 400: a line of the head doesn't end in CRLF\n"},

#define CHUNKED "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
#define CHUNKED_HEAD "POST / 0 1.1 [Host=h] [Transfer-Encoding=chunked]|"
    {"a chunk size without digits", CHUNKED "\r\n",
     CHUNKED_HEAD "refused 400: a chunk's size is no hexadecimal number\n"},
    {"a chunk size with a sign", CHUNKED "-1\r\n",
     CHUNKED_HEAD "refused 400: a chunk's size is no hexadecimal number\n"},
    {"a chunk size with 0x", CHUNKED "0x3\r\nabc\r\n",
     CHUNKED_HEAD "refused 400: a chunk's size is no hexadecimal number\n"},
    {"a chunk size past 64 bits", CHUNKED "10000000000000003\r\n",
     CHUNKED_HEAD "refused 400: a chunk's size is too large\n"},
    {"a chunk that is longer than it says", CHUNKED "3\r\nabcd\r\n",
     CHUNKED_HEAD "abcrefused 400: a chunk isn't as long as it says\n"},
    {"a chunk size that ends in a bare LF", CHUNKED "3\nabc\r\n",
     CHUNKED_HEAD "refused 400: a chunk's size is no hexadecimal number\n"},
    {"an extension that ends in a bare LF", CHUNKED "3;x\nabc\r\n",
     CHUNKED_HEAD "refused 400: a control character between the chunks of a body\n"},
    {"a trailer that is no header line", CHUNKED "0\r\nGET / HTTP/1.1\r\n",
     CHUNKED_HEAD "refused 400: a trailer is no header line\n"},
};

static const Row answers[] = {
    {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
     "  200 1.1 [Content-Length=2]|ab|2 bytes, 0 trailers\n"},
    {"no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
     "  200 1.1 [Content-Length=0]||0 bytes, 0 trailers\n"},
    {"an interim answer before the final one",
     "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
     "  103 1.1 [Link=x]||0 bytes, 0 trailers\n  204 1.1||0 bytes, 0 trailers\n"},
    {"304 with the length of what it doesn't send", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
     "  304 1.1 [Content-Length=99]||0 bytes, 0 trailers\n"},
    {"until the connection closes", "HTTP/1.1 200 OK\r\n\r\nabc", "  200 1.1 closes|abc"},
    {"two different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     "refused 400: Content-Length is given more than once\n"},
    {"no status line", "OK\r\n\r\n", "refused 502: the backend's answer begins with no status line\n"},
    {"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n",
     "refused 502: the backend's answer begins with no status line\n"},
};

static void check_row(const Row *row, bool is_answer, size_t first, size_t second, Arena *arena) {
  Text bytes = text_from(row->bytes);
  Http1Transcript transcript = transcript_make(is_answer, arena);
  transcript_add(&transcript, text_slice(bytes, 0, first));
  transcript_add(&transcript, text_slice(bytes, first, second));
  transcript_add(&transcript, text_slice(bytes, second, bytes.length));
  Text actual = buffer_text(&transcript.text);
  if (text_is(actual, row->expected)) return;
  fail_msg("%s, cut at %zu and %zu:\n%.*s\ninstead of\n%s", row->title, first, second, TEXT_ARGS(actual),
           row->expected);
}

static void check_rows(const Row *rows, size_t count, bool is_answer) {
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < count; i++) {
    size_t length = strlen(rows[i].bytes);
    for (size_t first = 0; first <= length; first++)
      for (size_t second = first; second <= length; second += first % 5 + 1, arena_reset(arena))
        check_row(&rows[i], is_answer, first, second, arena);
  }
  arena_free(arena);
}

static void requests_are_read_as_they_are_meant(void **state) {
  (void)state;
  check_rows(requests, sizeof requests / sizeof *requests, false);
}

static void answers_are_read_as_they_are_meant(void **state) {
  (void)state;
  check_rows(answers, sizeof answers / sizeof *answers, true);
}

static Text transcript_of(Text bytes, Arena *arena) {
  Http1Transcript transcript = transcript_make(false, arena);
  transcript_add(&transcript, bytes);
  return buffer_text(&transcript.text);
}

static void a_nul_is_refused_at_once(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text actual = transcript_of((Text){"GET / HTTP/1.1\r\nHost: h\0", 24}, arena);
  assert_true(text_is(actual, "refused 400: the head of the message holds a NUL\n"));
  arena_free(arena);
}

static void heads_have_limits(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer many = buffer_make(arena, 0), large = buffer_make(arena, 0), fits = buffer_make(arena, 0);
  buffer_append_string(&many, "GET / HTTP/1.1\r\nHost: h\r\n");
  buffer_append_string(&fits, "GET / HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 256; i++) buffer_print(&many, "X-%d: y\r\n", i);
  for (int i = 0; i < 255; i++) buffer_print(&fits, "X-%d: y\r\n", i);
  buffer_append_string(&many, "\r\n");
  buffer_append_string(&fits, "\r\n");
  buffer_append_string(&large, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
  for (int i = 0; i < 8 * 1024; i++) buffer_append_string(&large, "12345678");
  assert_true(text_is(transcript_of(buffer_text(&many), arena), "refused 431: more than 256 header lines\n"));
  assert_true(text_starts(transcript_of(buffer_text(&fits), arena), TEXT("GET / 0 1.1")));
  assert_true(text_is(transcript_of(buffer_text(&large), arena),
                      "refused 431: the head of the message is larger than 64 KB\n"));
  arena_free(arena);
}

static void chunk_lines_and_trailers_have_limits(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer extension = buffer_make(arena, 0), trailers = buffer_make(arena, 0);
  buffer_append_string(&extension, CHUNKED "1;");
  for (int i = 0; i < HTTP1_CHUNK_LINE_LIMIT; i++) buffer_append_char(&extension, 'x');
  buffer_append_string(&trailers, CHUNKED "0\r\n");
  for (int i = 0; i < HTTP1_HEAD_LIMIT / 4; i++) buffer_append_string(&trailers, "X: abc\r\n");
  buffer_append_string(&trailers, "\r\n");
  assert_true(text_ends(transcript_of(buffer_text(&extension), arena),
                        TEXT("refused 400: the line of a chunk's size is too long\n")));
  assert_true(text_ends(transcript_of(buffer_text(&trailers), arena),
                        TEXT("refused 431: the trailers of a body are larger than 64 KB\n")));
  arena_free(arena);
}

static void an_answer_to_head_has_no_body(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Http1Message message;
  Http1Refusal why;
  Text head = TEXT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  assert_true(http1_read_answer(head, TEXT("HEAD"), arena, &message, &why));
  assert_int_equal(message.framing, HTTP1_NO_BODY);
  assert_true(http1_read_answer(head, TEXT("GET"), arena, &message, &why));
  assert_int_equal(message.framing, HTTP1_CHUNKED);
  arena_free(arena);
}

static void raw_lines_are_the_bytes_that_came(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Http1Message message;
  Http1Refusal why;
  assert_true(
      http1_read_request(TEXT("GET / HTTP/1.1\r\nHost:h\r\nA:  b \t\r\nE: \r\n\r\n"), arena, &message, &why));
  assert_true(text_is(http1_raw_line(&message.headers.items[0]), "Host:h\r\n"));
  assert_true(text_is(http1_raw_line(&message.headers.items[1]), "A:  b \t\r\n"));
  assert_true(text_is(http1_raw_line(&message.headers.items[2]), "E: \r\n"));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_are_read_as_they_are_meant),
      cmocka_unit_test(answers_are_read_as_they_are_meant),
      cmocka_unit_test(a_nul_is_refused_at_once),
      cmocka_unit_test(heads_have_limits),
      cmocka_unit_test(chunk_lines_and_trailers_have_limits),
      cmocka_unit_test(an_answer_to_head_has_no_body),
      cmocka_unit_test(raw_lines_are_the_bytes_that_came),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
