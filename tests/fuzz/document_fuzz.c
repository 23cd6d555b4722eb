/* Fuzzes the YAML and JSON readers. The first byte of the input is a set of options, the rest the document.
 * What was read is written as JSON that reads as the same, and every letter of a text is found where
 * its place says. */
#include "harness/document/document.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* An escape or a doubled quote may make a letter; a letter that is written as itself must stand there. */
static void check_text(const Document *document, const cJSON *node) {
  Text text = document_text(document, node), source = document_source(document);
  for (size_t i = 0; i < text.length && i < 200; i++) {
    if (!is_letter(text.data[i])) continue;
    size_t at = document_offset(document, document_text_place(document, node, i));
    if (at >= source.length || (source.data[at] != text.data[i] && source.data[at] != '\\')) abort();
  }
}

/* Depth is bounded by the reader. Parts of a !GetAtt share one place. */
static void check_node(const Document *document, const cJSON *node, bool texts) {
  document_place(document, node);
  document_key_place(document, node);
  if (texts && cJSON_IsString(node)) check_text(document, node);
  const cJSON *child;
  cJSON_ArrayForEach(child, node) check_node(document, child, texts);
}

static void check_round_trip(const Document *document, Arena *arena) {
  Buffer once = buffer_make(arena, 0), twice = buffer_make(arena, 0);
  Document *again;
  json_write_node(&once, document_root(document));
  FaultList faults = fault_list_make(arena);
  if (!document_read("again.json", buffer_text(&once), 0, arena, &again, &faults)) abort();
  json_write_node(&twice, document_root(again));
  if (!text_equal(buffer_text(&once), buffer_text(&twice))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Document *document;
  unsigned options = data[0] & (DOCUMENT_CLOUDFORMATION_TAGS | DOCUMENT_LAST_KEY_WINS);
  const char *name = (data[0] & 4) != 0 ? "file.json" : "file.yaml";
  Text source = {(const char *)data + 1, size - 1};
  if (document_read(name, source, options, arena, &document, &faults)) {
    check_node(document, document_root(document), (options & DOCUMENT_CLOUDFORMATION_TAGS) == 0);
    check_round_trip(document, arena);
  } else if (fault_list_errors(&faults) == 0 || faults.items[0].place.line == 0) {
    abort();
  }
  arena_free(arena);
  return 0;
}

const char *const fuzz_seeds[] = {
    "0a: &x [1, -2.5e3, 0x1F, yes, ~, true]\nb: { <<: { c: d }, e: *x }\n",
    "0t: |+2\n   one\n  two\n\n    three\n\nu: >-\n  folded\n  lines\n\n    more\n  end\n",
    "0t: \"a\\nb \\x41\\u00e4 \\\n   c\n\n  d\"\nu: 'it''s\n  here'\nv: plain\n  text # comment\n",
    "1a: !Sub [\"${x}\", {x: !GetAtt A.B}]\nb: !Ref C\nc: !If [a, b, !Join [\"\", [c]]]\n",
    "4{\"a\": [1, 2.50, \"x\\ud83d\\ude00\\n\", true, null], \"b\": {\"c\": {}}}",
    "0- ? k\n  : v\n- [a, b: c]\n- !!str 1\n- &a {b: *a}\n",
    "2a: 1\na: 2\nb: {c: 1, c: 2}\n",
    "0\xEF\xBB\xBF%YAML 1.1\n---\na: b\n...\n",
    NULL};

const char *const fuzz_pieces[] = {
    "\n", "  ",   "- ",      ": ",       "? ",    "|",  ">",    "\"", "'",     "\\",       "#",
    "&a", "*a",   "<<: *a",  "[",        "]",     "{",  "}",    ",",  "!Sub ", "!!str ",   "---",
    "\t", "\r\n", "\\u0041", "\xC3\xA4", "\\x41", "''", "\\\n", "0",  "1e5",   "\xC2\x85", NULL};

const char *const fuzz_tails[] = {NULL};
