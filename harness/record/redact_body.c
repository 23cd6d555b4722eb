/* Secrets in JSON bodies: values that a rule's path covers are replaced where they stand, every other byte
 * stays. Texts become placeholders, numbers other numbers of as many digits, booleans false; null stays.
 *
 * A Lambda's payload may be a proxy answer: its headers are headers, and its body is searched as a body. */
#include "harness/record/record_parts.h"

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

static void visit_scalar(Walk *walk, JsonToken token) {
  Redactor *redactor = walk->redactor;
  Text name;
  if (is_covered(walk)) {
    redact_value(walk, token);
    return;
  }
  if (token.kind != JSON_STRING) return;
  if (is_proxy_header(walk, &name) && redact_header_is_secret(redactor, name)) {
    Text value = json_unescape(token.text, redactor->arena);
    Text clean = redact_header_value(redactor, name, value);
    if (text_equal(value, clean)) return;
    replace(walk, token.text, quoted(walk, clean));
    redact_note(redactor, walk->where, location(walk));
  } else if (walk->is_payload && walk->depth == 1 && text_is(walk->steps[0].name, "body")) {
    Text value = json_unescape(token.text, redactor->arena);
    Text clean = redact_body(redactor, "proxied body", value, false);
    if (clean.data != value.data) replace(walk, token.text, quoted(walk, clean));
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
    case JSON_KEY:
      walk->steps[walk->depth - 1].name = json_unescape(token.text, walk->redactor->arena);
      break;
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

/* A body that looks like JSON but can't be searched for what a rule names is replaced as a whole. */
Text redact_body(Redactor *redactor, const char *where, Text body, bool is_payload) {
  bool searches = has_path(redactor);
  if (body.length == 0 || (!searches && !is_payload)) return body;
  Walk *walk = ARENA_NEW(redactor->arena, Walk);
  walk->redactor = redactor;
  walk->where = where;
  walk->is_payload = is_payload;
  walk->out = buffer_make(redactor->arena, 0);
  size_t noted = redactor->notes->length;
  json_scanner_start(&walk->scanner, body);
  if (walk_json(walk)) {
    if (!walk->changed) return body;
    buffer_append(&walk->out, text_slice(body, walk->copied, body.length));
    return buffer_text(&walk->out);
  }
  redactor->notes->length = noted;
  if (!searches || !looks_like_json(body)) return body;
  redact_note(redactor, where, TEXT("$ (as a whole: a rule's path can't be looked for in it)"));
  return quoted(walk, redact_placeholder(redactor, body));
}
