/* Bodies as a person compares them: JSON laid out line by line, then a unified diff. */
#include "harness/diff/json_scanner.h"
#include "harness/report/parts.h"

static void indent(Buffer *out, uint32_t depth) {
  buffer_append_char(out, '\n');
  for (uint32_t i = 0; i < depth; i++) buffer_append_string(out, "  ");
}

/* False: it is no JSON object or array, or too large when laid out. */
static bool lay_out(Text body, Buffer *out) {
  JsonScanner scanner;
  uint32_t depth = 0;
  JsonKind before = JSON_END;
  json_scanner_start(&scanner, body);
  JsonToken token = json_scanner_next(&scanner);
  bool nested = token.kind == JSON_OBJECT || token.kind == JSON_ARRAY;
  for (; nested && token.kind != JSON_END && token.kind != JSON_INVALID && !out->overflowed;
       token = json_scanner_next(&scanner)) {
    bool opened = before == JSON_OBJECT || before == JSON_ARRAY;
    if (token.kind == JSON_CLOSE) depth--;
    if (before != JSON_END && before != JSON_KEY) {
      if (token.kind != JSON_CLOSE && !opened) buffer_append_char(out, ',');
      if (token.kind != JSON_CLOSE || !opened) indent(out, depth);
    }
    buffer_append(out, token.text);
    if (token.kind == JSON_KEY) buffer_append_string(out, ": ");
    if (token.kind == JSON_OBJECT || token.kind == JSON_ARRAY) depth++;
    before = token.kind;
  }
  return nested && token.kind == JSON_END && !out->overflowed;
}

Text body_lay_out(Text body, Buffer *out) {
  if (!lay_out(body, out)) return body;
  buffer_append_char(out, '\n');
  return out->overflowed ? body : buffer_text(out);
}

/* A last line is a line, however it ends. */
static Text ended(Text text, Buffer *out) {
  if (text.length == 0 || text_ends(text, TEXT("\n"))) return text;
  buffer_append(out, text);
  buffer_append_char(out, '\n');
  return buffer_text(out);
}

void bodies_diff(Text expected, Text actual, Buffer *out) {
  Buffer left = buffer_make(NULL, LAID_OUT_LIMIT), right = buffer_make(NULL, LAID_OUT_LIMIT);
  Buffer left_end = buffer_make(NULL, 0), right_end = buffer_make(NULL, 0);
  Text wanted = body_lay_out(expected, &left), found = body_lay_out(actual, &right);
  /* One of them as it came, the other laid out: every line would differ. */
  if ((wanted.data == expected.data) != (found.data == actual.data)) wanted = expected, found = actual;
  if (!text_ends(wanted, TEXT("\n")) && !text_ends(found, TEXT("\n")))
    diff_lines(ended(wanted, &left_end), ended(found, &right_end), out);
  else
    diff_lines(wanted, found, out);
  buffer_free(&right_end);
  buffer_free(&left_end);
  buffer_free(&right);
  buffer_free(&left);
}

void bodies_diff_print(const Verdict *verdict, size_t limit, Buffer *out) {
  Text expected = verdict->expected.body, actual = verdict->outcome.response.body;
  if (!verdict->has_expected || expected.data == NULL || text_equal(expected, actual)) return;
  Buffer lines = buffer_make(NULL, 0);
  bodies_diff(expected, actual, &lines);
  append_cut_lines(out, buffer_text(&lines), limit);
  buffer_free(&lines);
}
