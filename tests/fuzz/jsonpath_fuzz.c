/* Fuzzes paths and documents. The input is a path, a newline, a document. */
#include "harness/jsonpath/jsonpath.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

const char *const fuzz_seeds[] = {
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
    NULL};

const char *const fuzz_pieces[] = {"$",     "@",   "..",  "[",   "]",       "(",   ")",    "?(",   "'",
                                   "\"",    "\\",  ",",   ":",   "*",       "-1",  "0",    ".a",   " ",
                                   "&&",    "||",  "==",  "!",   "=~",      "/a/", " in ", "null", "length()",
                                   "\\u12", "1e9", "[*]", "[0]", "{\"a\":", NULL};

const char *const fuzz_tails[] = {NULL};
