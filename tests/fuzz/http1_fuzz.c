/* layer: record. Fuzzes the HTTP/1.1 reader: a stream that arrives in pieces must be understood, and refused,
 * exactly as when it arrives at once. The first byte chooses requests or answers and where to cut. With
 * libFuzzer: clang -fsanitize=fuzzer,address -DSTATUSQUO_LIBFUZZER … Without it this is a program of its own
 * that mutates seeds: http1_fuzz [ITERATIONS [SEED]]. */
#include "tests/runner/http1_transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t random_state = 1;
static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return limit > 0 ? (size_t)(random_state % limit) : 0;
}

static void check_same(Text whole, Text pieces, Text bytes) {
  if (text_equal(whole, pieces)) return;
  fprintf(stderr, "%zu bytes understood in two ways:\n%.*s\n---\n%.*s\n", bytes.length, TEXT_ARGS(whole),
          TEXT_ARGS(pieces));
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  Arena *arena = arena_new(0);
  bool answers = data[0] & 1;
  Text bytes = {(const char *)data + 1, size - 1};
  Http1Transcript whole = transcript_make(answers, arena), pieces = transcript_make(answers, arena);
  random_state = ((uint64_t)data[0] << 8 | size) * 2654435761u | 1;
  transcript_add(&whole, bytes);
  for (size_t at = 0, step; at < bytes.length && !pieces.over; at += step) {
    step = 1 + random_below(data[0] & 2 ? 3 : 40);
    transcript_add(&pieces, text_slice(bytes, at, at + step));
  }
  check_same(buffer_text(&whole.text), buffer_text(&pieces.text), bytes);
  arena_free(arena);
  return 0;
}

#ifndef STATUSQUO_LIBFUZZER

static const char *const seeds[] = {
    "GET /a?b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n",
    "PUT http://h/ HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "HTTP/1.1 204 No\r\nConnection: close\r\n\r\n",
};

static const char *const pieces[] = {"\r\n",
                                     "\n",
                                     "\r",
                                     "\r\n\r\n",
                                     ": ",
                                     " ",
                                     "\t",
                                     "0",
                                     "ffffffff",
                                     "Content-Length: 3\r\n",
                                     "HTTP/1.1",
                                     "\x80",
                                     "Transfer-Encoding: chunked\r\n",
                                     "Host: h\r\n",
                                     ";",
                                     ",",
                                     "GET ",
                                     "close",
                                     "upgrade",
                                     "-1",
                                     "1\r\nx\r\n",
                                     "0\r\n\r\n"};

enum { INPUT_LIMIT = 2048 };

typedef struct Input {
  size_t length;
  char data[INPUT_LIMIT + 256];
} Input;

static void insert(Input *input, const char *text) {
  size_t length = strlen(text), at = 1 + random_below(input->length);
  if (input->length + length > INPUT_LIMIT) return;
  memmove(input->data + at + length, input->data + at, input->length - at);
  memcpy(input->data + at, text, length);
  input->length += length;
}

static void mutate(Input *input) {
  size_t at = 1 + random_below(input->length - 1), length = random_below(6);
  switch (random_below(3)) {
  case 0: insert(input, pieces[random_below(sizeof pieces / sizeof *pieces)]); break;
  case 1:
    if (at + length > input->length) break;
    memmove(input->data + at, input->data + at + length, input->length - at - length);
    input->length -= length;
    break;
  default: input->data[at] = (char)random_below(256);
  }
}

int main(int argument_count, char **arguments) {
  long iterations = argument_count > 1 ? atol(arguments[1]) : 20000;
  uint64_t seed = argument_count > 2 ? strtoull(arguments[2], NULL, 10) | 1 : 88172645463325252u;
  for (long i = 0; i < iterations; i++) {
    random_state = seed;
    Input input = {.length = 1};
    input.data[0] = (char)random_below(256);
    for (size_t times = 1 + random_below(3); times > 0; times--) {
      const char *next = seeds[random_below(sizeof seeds / sizeof *seeds)];
      memcpy(input.data + input.length, next, strlen(next));
      input.length += strlen(next);
    }
    for (size_t times = random_below(5); times > 0; times--) mutate(&input);
    seed = random_state;
    LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.length);
  }
  printf("http1_fuzz: %ld streams, each understood in one way\n", iterations);
  return 0;
}

#endif
