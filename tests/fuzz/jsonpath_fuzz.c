/* Fuzzes paths and documents. The input is a path, a newline, a document. With libFuzzer:
 *   clang -fsanitize=fuzzer,address -DSTATUSQUO_LIBFUZZER …
 * Without it this is a program of its own that mutates seeds: jsonpath_fuzz [ITERATIONS [SEED]]. Nothing is
 * compared: no crash, no hang, and a reason for every failure is what is wanted. */
#include "harness/jsonpath/jsonpath.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const JsonPath *path, Value document, Arena *arena) {
  Fault fault = {0};
  Value value;
  if (jsonpath_read(path, document, arena, &value, &fault) != JSONPATH_FOUND) {
    if (fault.kind == FAULT_NONE) abort();
    return;
  }
  Buffer out = buffer_make(arena, 1 << 20);
  value_write_json(value, &out);
  value_print(value, &out, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Arena *arena = arena_new(0);
  Text body;
  Text source = text_split((Text){(const char *)data, size}, '\n', &body);
  JsonPath *path;
  Value document;
  Fault fault = {0};
  if (!jsonpath_compile(source, arena, &path, &fault)) {
    if (fault.kind == FAULT_NONE || fault.offset > source.length) abort();
  } else {
    const JsonStep place[] = {{.name = TEXT_INIT("a")}, {.index = 1}};
    bool covers;
    jsonpath_covers(path, place, 2, &covers, NULL);
    if (value_read(body, arena, &document, NULL)) read_all(path, document, arena);
  }
  arena_free(arena);
  return 0;
}

#ifndef STATUSQUO_LIBFUZZER

static const char *const seeds[] = {
    "$.a.b[0]\n{\"a\":{\"b\":[1,2]}}",
    "$..a[?(@.b == 'x' && !(@.c > 1.5))].d\n{\"a\":[{\"b\":\"x\",\"c\":1,\"d\":[]}]}",
    "$['a','b'][1:-1,2]\n{\"a\":[1,2,3]}",
    "$..*.length($.a[*])\n{\"a\":[[1],[2]],\"b\":{}}",
    "$.concat(\"a\\\"\", $..x, 1e3)\n{\"x\":\"\\u00e9\"}",
    "$[?(@ in ['a',\"$.b\",'\\u0041'] || @ =~ /a(b|c)*/i)]\n[\"a\",\"abc\",3,null]",
    "$[?(@.v size 2)]['k', 'v'].sum()\n[{\"v\":[1,2],\"k\":3}]",
    "a b\n[]",
    "@..[-2:].append({\"x\":[1]}).keys()\n[[1,2,3]]",
    "$[?({\"a\":1} == @ || @ nin $.x[*] || @.a empty true)]\n[{\"a\":\"\"}]",
};

static const char *const pieces[] = {"$",    "@",    "..",       "[",     "]",   "(",   ")",   "?(",
                                     "'",    "\"",   "\\",       ",",     ":",   "*",   "-1",  "0",
                                     ".a",   " ",    "&&",       "||",    "==",  "!",   "=~",  "/a/",
                                     " in ", "null", "length()", "\\u12", "1e9", "[*]", "[0]", "{\"a\":"};

enum { INPUT_LIMIT = 4096 };

typedef struct Input {
  size_t length;
  char data[INPUT_LIMIT + 64];
} Input;

static uint64_t random_state;
static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return limit > 0 ? (size_t)(random_state % limit) : 0;
}

static void insert(Input *input, const char *text) {
  size_t length = strlen(text), at = random_below(input->length + 1);
  if (input->length + length > INPUT_LIMIT) return;
  memmove(input->data + at + length, input->data + at, input->length - at);
  memcpy(input->data + at, text, length);
  input->length += length;
}

static void erase(Input *input) {
  size_t at = random_below(input->length), length = random_below(8);
  if (at + length > input->length) return;
  memmove(input->data + at, input->data + at + length, input->length - at - length);
  input->length -= length;
}

static void mutate(Input *input) {
  switch (random_below(4)) {
  case 0: insert(input, pieces[random_below(sizeof pieces / sizeof *pieces)]); break;
  case 1: erase(input); break;
  case 2: insert(input, seeds[random_below(sizeof seeds / sizeof *seeds)]); break;
  default:
    if (input->length > 0) input->data[random_below(input->length)] = (char)random_below(256);
  }
}

int main(int argument_count, char **arguments) {
  long iterations = argument_count > 1 ? atol(arguments[1]) : 20000;
  random_state = argument_count > 2 ? strtoull(arguments[2], NULL, 10) | 1 : 88172645463325252u;
  for (long i = 0; i < iterations; i++) {
    Input input = {0};
    insert(&input, seeds[random_below(sizeof seeds / sizeof *seeds)]);
    for (size_t times = random_below(6); times > 0; times--) mutate(&input);
    LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.length);
  }
  printf("jsonpath_fuzz: %ld inputs, no crash\n", iterations);
  return 0;
}

#endif
