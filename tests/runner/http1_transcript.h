/* What the reader makes of a stream of bytes that arrives in pieces, as text: equal streams must give equal
 * texts however they are cut. Shared by the unit test and the fuzzer. */
#ifndef STATUSQUO_TESTS_HTTP1_TRANSCRIPT_H
#define STATUSQUO_TESTS_HTTP1_TRANSCRIPT_H

#include "harness/record/http1.h"

typedef struct Http1Transcript {
  bool answers; /* the stream holds answers to GET instead of requests */
  bool in_body, over;
  Http1Scan scan;
  Http1Body body;
  Buffer input; /* what wasn't used yet */
  Buffer text;
  size_t data; /* bytes of the body so far */
  Arena *arena;
} Http1Transcript;

static inline void transcript_end_body(Http1Transcript *transcript) {
  buffer_print(&transcript->text, "|%zu bytes, %llu trailers\n", transcript->data,
               (unsigned long long)transcript->body.trailers);
  transcript->in_body = false;
  transcript->scan = (Http1Scan){0};
}

static inline void transcript_refuse(Http1Transcript *transcript, const Http1Refusal *why) {
  buffer_print(&transcript->text, "refused %d: %s\n", why->status, why->reason);
  transcript->over = true;
}

static inline size_t transcript_head(Http1Transcript *transcript, Text bytes) {
  Http1Refusal why;
  Http1Message message;
  size_t length = 0;
  Http1State state = http1_scan_head(&transcript->scan, bytes, &length, &why);
  if (state == HTTP1_MORE) return 0;
  if (state == HTTP1_DONE && length == 2) {
    transcript->scan = (Http1Scan){0};
    return 2;
  }
  Text head = arena_copy_text(transcript->arena, text_slice(bytes, 0, length));
  bool good = state == HTTP1_DONE &&
              (transcript->answers ? http1_read_answer(head, TEXT("GET"), transcript->arena, &message, &why)
                                   : http1_read_request(head, transcript->arena, &message, &why));
  if (!good) {
    transcript_refuse(transcript, &why);
    return bytes.length;
  }
  buffer_print(&transcript->text, "%.*s %.*s %d 1.%d%s%s%s", TEXT_ARGS(message.method),
               TEXT_ARGS(message.target), message.status, message.minor_version,
               message.closes ? " closes" : "", message.expects_continue ? " expects" : "",
               message.upgrades ? " upgrades" : "");
  for (size_t i = 0; i < message.headers.count; i++)
    buffer_print(&transcript->text, " [%.*s=%.*s]", TEXT_ARGS(message.headers.items[i].name),
                 TEXT_ARGS(message.headers.items[i].value));
  buffer_append_char(&transcript->text, '|');
  http1_begin_body(&transcript->body, &message);
  transcript->data = 0;
  transcript->in_body = true;
  if (message.framing == HTTP1_NO_BODY) transcript_end_body(transcript);
  return length;
}

static inline size_t transcript_body(Http1Transcript *transcript, Text bytes) {
  Http1Refusal why;
  size_t used;
  Text data;
  Http1State state = http1_read_body(&transcript->body, bytes, &used, &data, &why);
  buffer_append(&transcript->text, data);
  transcript->data += data.length;
  if (state == HTTP1_REFUSED) transcript_refuse(transcript, &why);
  if (state == HTTP1_DONE) transcript_end_body(transcript);
  return used;
}

static inline void transcript_add(Http1Transcript *transcript, Text piece) {
  size_t at = 0, used = 1;
  buffer_append(&transcript->input, piece);
  Text all = buffer_text(&transcript->input);
  while (!transcript->over && at < all.length && used > 0) {
    Text rest = text_slice(all, at, all.length);
    used = transcript->in_body ? transcript_body(transcript, rest) : transcript_head(transcript, rest);
    at += used;
  }
  Text left = arena_copy_text(transcript->arena, text_slice(all, at, all.length));
  buffer_clear(&transcript->input);
  buffer_append(&transcript->input, left);
}

static inline Http1Transcript transcript_make(bool answers, Arena *arena) {
  return (Http1Transcript){
      .answers = answers, .input = buffer_make(arena, 0), .text = buffer_make(arena, 0), .arena = arena};
}

#endif
