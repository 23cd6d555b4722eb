/* Secrets in JSON bodies: values that a rule's path covers are replaced where they stand, every other byte
 * stays. Texts become placeholders, numbers other numbers of as many digits, booleans false; null stays.
 *
 * A Lambda's payload may be a proxy answer: its headers are headers, and its body is searched as a body. */
#include "harness/record/record_parts.h"

#include "harness/base/encoding.h"
#include "harness/diff/json_scanner.h"
#include "harness/document/document.h"

#include <string.h>

typedef struct Walk {
  Redactor *redactor;
  const char *where;
  JsonScanner scanner;
  JsonStep steps[JSON_DEPTH + 1];
  size_t depth;
  bool in_object[JSON_DEPTH + 1];
  bool is_payload;
  bool is_base64; /* the payload says so of its body */
  bool near_key;
  bool changed;
  bool undecided; /* a path that can't be answered here: then everything is secret */
  size_t copied;  /* bytes of the source that are in `out` or were replaced */
  Buffer out;
} Walk;

static Text location(const Walk *walk) {
  Buffer text = buffer_make(walk->redactor->arena, 0);
  buffer_append_char(&text, '$');
  for (size_t i = 0; i < walk->depth; i++) {
    if (walk->steps[i].name.data != NULL)
      buffer_print(&text, ".%.*s", TEXT_ARGS(walk->steps[i].name));
    else
      buffer_print(&text, "[%u]", walk->steps[i].index);
  }
  return buffer_text(&text);
}

static bool is_covered(Walk *walk) {
  for (size_t i = 0; i < walk->redactor->rule_count; i++) {
    const JsonPath *path = walk->redactor->rules[i].path;
    bool covers = false;
    if (path == NULL) continue;
    if (!jsonpath_covers(path, walk->steps, walk->depth, &covers, NULL)) walk->undecided = true;
    if (covers || walk->undecided) return true;
  }
  return false;
}

static void replace(Walk *walk, Text token, Text by) {
  size_t at = (size_t)(token.data - walk->scanner.source.data);
  buffer_append(&walk->out, text_slice(walk->scanner.source, walk->copied, at));
  buffer_append(&walk->out, by);
  walk->copied = at + token.length;
  walk->changed = true;
}

static Text quoted(Walk *walk, Text text) {
  Buffer out = buffer_make(walk->redactor->arena, 0);
  json_write_text(&out, text);
  return buffer_text(&out);
}

/* Only digits of the mantissa change: the number keeps its class. */
static Text other_number(const Walk *walk, Text number) {
  char *digits = arena_copy_string(walk->redactor->arena, number);
  char *fresh = arena_alloc(walk->redactor->arena, number.length);
  size_t used = 0;
  redact_digits(walk->redactor, number, fresh, number.length);
  for (size_t i = 0; i < number.length && digits[i] != 'e' && digits[i] != 'E'; i++)
    if (digits[i] >= '0' && digits[i] <= '9') digits[i] = fresh[used++];
  return (Text){digits, number.length};
}

static void redact_value(Walk *walk, JsonToken token) {
  switch (token.kind) {
  case JSON_STRING:
    replace(
        walk, token.text,
        quoted(walk, redact_placeholder(walk->redactor, json_unescape(token.text, walk->redactor->arena))));
    break;
  case JSON_NUMBER: replace(walk, token.text, other_number(walk, token.text)); break;
  case JSON_TRUE:
  case JSON_FALSE: replace(walk, token.text, TEXT("false")); break;
  default: return;
  }
  redact_note(walk->redactor, walk->where, location(walk));
}

/* Is this text a header of a proxy answer ($.headers.Name, $.multiValueHeaders.Name[0])? */
static bool is_proxy_header(const Walk *walk, Text *name) {
  if (!walk->is_payload || walk->depth < 2 || walk->steps[1].name.data == NULL) return false;
  bool single = walk->depth == 2 && text_is(walk->steps[0].name, "headers");
  bool multiple = walk->depth == 3 && text_is(walk->steps[0].name, "multiValueHeaders");
  *name = walk->steps[1].name;
  return single || multiple;
}

/* What the string says; without a copy when there is no escape in it. */
static Text content(const Walk *walk, Text string) {
  bool plain = text_find_char(string, '\\', 0) == TEXT_NOT_FOUND;
  return plain ? text_slice(string, 1, string.length - 1) : json_unescape(string, walk->redactor->arena);
}

static void note_detected(Walk *walk, Text kinds) {
  redact_note(walk->redactor, walk->where,
              arena_print(walk->redactor->arena, "%.*s (%.*s)", TEXT_ARGS(location(walk)), TEXT_ARGS(kinds)));
}

static void detect_in_string(Walk *walk, Text string) {
  Text name =
      walk->depth > 0 && walk->in_object[walk->depth - 1] ? walk->steps[walk->depth - 1].name : TEXT_EMPTY;
  Text value = content(walk, string), kinds;
  if (redact_is_kept(walk->redactor, name)) return;
  Text clean = redact_detected(walk->redactor, name, walk->near_key, value, &kinds);
  if (clean.data == value.data) return;
  replace(walk, string, quoted(walk, clean));
  note_detected(walk, kinds);
}

/* Only a card's number is a secret without quotes. No network's numbers begin with 9. */
static void detect_in_number(Walk *walk, Text number) {
  Text kinds;
  if (redact_detected(walk->redactor, TEXT_EMPTY, false, number, &kinds).data == number.data) return;
  Text other = other_number(walk, number);
  replace(walk, number,
          arena_print(walk->redactor->arena, "9%.*s", TEXT_ARGS(text_slice(other, 1, other.length))));
  note_detected(walk, kinds);
}

static void visit_key(Walk *walk, JsonToken token) {
  Text name = content(walk, token.text), kinds;
  Text clean = redact_detected(walk->redactor, TEXT_EMPTY, walk->near_key, name, &kinds);
  walk->steps[walk->depth - 1].name = clean; /* a rule's path can't name what isn't known before */
  if (clean.data == name.data) return;
  replace(walk, token.text, quoted(walk, clean));
  note_detected(walk, kinds);
}

/* The body of a proxy answer, which may say that it is in base64. */
static void visit_proxied_body(Walk *walk, Text string) {
  Text value = json_unescape(string, walk->redactor->arena), bytes;
  bool decoded = walk->is_base64 && base64_decode(value, walk->redactor->arena, &bytes, NULL);
  Text body = decoded ? bytes : value;
  Text clean = redact_body(walk->redactor, "proxied body", body, false);
  if (clean.data == body.data) return;
  replace(walk, string, quoted(walk, decoded ? base64_encode(clean, walk->redactor->arena) : clean));
}

static void visit_scalar(Walk *walk, JsonToken token) {
  Redactor *redactor = walk->redactor;
  Text name;
  if (is_covered(walk)) {
    redact_value(walk, token);
    return;
  }
  if (token.kind == JSON_NUMBER) detect_in_number(walk, token.text);
  if (token.kind != JSON_STRING) return;
  if (is_proxy_header(walk, &name) && redact_header_is_secret(redactor, name)) {
    Text value = json_unescape(token.text, redactor->arena);
    Text clean = redact_header_value(redactor, name, value);
    if (text_equal(value, clean)) return;
    replace(walk, token.text, quoted(walk, clean));
    redact_note(redactor, walk->where, location(walk));
  } else if (walk->is_payload && walk->depth == 1 && text_is(walk->steps[0].name, "body")) {
    visit_proxied_body(walk, token.text);
  } else {
    detect_in_string(walk, token.text);
  }
}

/* The step to the next sibling: an array counts up, an object's key follows. */
static void step_over(Walk *walk) {
  if (walk->depth > 0 && !walk->in_object[walk->depth - 1]) walk->steps[walk->depth - 1].index++;
}

/* False: not strict JSON. */
static bool walk_json(Walk *walk) {
  for (;;) {
    JsonToken token = json_scanner_next(&walk->scanner);
    switch (token.kind) {
    case JSON_END: return true;
    case JSON_INVALID: return false;
    case JSON_KEY: visit_key(walk, token); break;
    case JSON_OBJECT:
    case JSON_ARRAY:
      if (walk->depth == JSON_DEPTH) return false;
      walk->in_object[walk->depth] = token.kind == JSON_OBJECT;
      walk->steps[walk->depth++] =
          (JsonStep){.name = token.kind == JSON_OBJECT ? TEXT_EMPTY : (Text){NULL, 0}};
      break;
    case JSON_CLOSE:
      walk->depth--;
      step_over(walk);
      break;
    default: visit_scalar(walk, token); step_over(walk);
    }
    if (walk->undecided) return false;
  }
}

static bool has_path(const Redactor *redactor) {
  for (size_t i = 0; i < redactor->rule_count; i++)
    if (redactor->rules[i].path != NULL) return true;
  return false;
}

static bool looks_like_json(Text body) {
  Text text = text_trim(body);
  return text.length > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

/* {…, "isBase64Encoded": true, …}, before or behind the body. */
static bool says_base64(Text payload) {
  JsonScanner scanner;
  bool named = false;
  json_scanner_start(&scanner, payload);
  for (;;) {
    JsonToken token = json_scanner_next(&scanner);
    if (token.kind == JSON_END || token.kind == JSON_INVALID) return false;
    if (named && token.kind == JSON_TRUE) return true;
    named = token.kind == JSON_KEY && scanner.depth == 1 && text_is(token.text, "\"isBase64Encoded\"");
  }
}

static Text redact_text(Redactor *redactor, const char *where, Text body, bool near_key) {
  Text kinds;
  Text clean = redact_detected(redactor, TEXT_EMPTY, near_key, body, &kinds);
  if (clean.data == body.data) return body;
  size_t same = 0;
  while (same < body.length && same < clean.length && body.data[same] == clean.data[same]) same++;
  redact_note(redactor, where, arena_print(redactor->arena, "byte %zu (%.*s)", same, TEXT_ARGS(kinds)));
  return clean;
}

/* A body that looks like JSON but can't be searched for what a rule names is replaced as a whole. */
Text redact_body(Redactor *redactor, const char *where, Text body, bool is_payload) {
  bool searches = has_path(redactor);
  if (body.length == 0 || (!searches && !is_payload && redactor->detectors == 0)) return body;
  Walk *walk = ARENA_NEW(redactor->arena, Walk);
  walk->redactor = redactor;
  walk->where = where;
  walk->is_payload = is_payload;
  walk->is_base64 = is_payload && says_base64(body);
  walk->near_key = (redactor->detectors & 1U << DETECT_AWS_SECRET) != 0 && detect_has_aws_key(body);
  walk->out = buffer_make(redactor->arena, 0);
  size_t noted = redactor->notes->length;
  json_scanner_start(&walk->scanner, body);
  if (walk_json(walk)) {
    if (!walk->changed) return body;
    buffer_append(&walk->out, text_slice(body, walk->copied, body.length));
    return buffer_text(&walk->out);
  }
  redactor->notes->length = noted;
  if (!searches || !looks_like_json(body)) return redact_text(redactor, where, body, walk->near_key);
  redact_note(redactor, where, TEXT("$ (as a whole: a rule's path can't be looked for in it)"));
  return quoted(walk, redact_placeholder(redactor, body));
}
