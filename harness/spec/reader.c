/* Scalars, pairs and the walk over a table of keys. */
#include "harness/spec/reader.h"

#include "harness/base/encoding.h"
#include "harness/base/file.h"

#include <stdio.h>
#include <string.h>

bool spec_fault(Reader *reader, const cJSON *node, const char *format, ...) {
  char message[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return document_fault(document_of(node), node, reader->faults, "%s", message);
}

bool wrong_kind(Reader *reader, const cJSON *node, const char *what, const char *wanted) {
  return spec_fault(reader, node, "%s must be %s, not %s", what, wanted, document_kind(node));
}

static const Member *find_member(const Member *members, size_t count, const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(members[i].key, key) == 0) return &members[i];
  return NULL;
}

static void unknown_key(Reader *reader, const cJSON *node, const Member *members, size_t count,
                        const char *what) {
  enum { KEYS = 40 };
  const char *known[KEYS];
  for (size_t i = 0; i < count && i < KEYS; i++) known[i] = members[i].key;
  const char *near = text_suggest(text_from(node->string), known, count < KEYS ? count : KEYS);
  if (near != NULL)
    document_key_fault(document_of(node), node, reader->faults,
                       "unknown key \"%s\" in %s (did you mean \"%s\"?)", node->string, what, near);
  else
    document_key_fault(document_of(node), node, reader->faults, "unknown key \"%s\" in %s", node->string,
                       what);
}

void read_member(Reader *reader, const cJSON *node, const Member *members, size_t count, const char *what,
                 void *target) {
  if (strncmp(node->string, "x-", 2) == 0) return; /* for people, and to hold anchors */
  const Member *member = find_member(members, count, node->string);
  if (member != NULL)
    member->read(reader, node, target);
  else
    unknown_key(reader, node, members, count, what);
}

void read_members(Reader *reader, const cJSON *object, const Member *members, size_t count, const char *what,
                  void *target) {
  const cJSON *node;
  cJSON_ArrayForEach(node, object) read_member(reader, node, members, count, what, target);
}

bool take_text(Reader *reader, const cJSON *node, const char *what, Text *out) {
  if (!cJSON_IsString(node)) return wrong_kind(reader, node, what, "a text");
  *out = document_text(document_of(node), node);
  return true;
}

bool take_scalar(Reader *reader, const cJSON *node, const char *what, Text *out) {
  if (!cJSON_IsString(node) && !cJSON_IsNumber(node) && !cJSON_IsBool(node))
    return wrong_kind(reader, node, what, "a text");
  *out = document_text(document_of(node), node);
  return true;
}

bool take_truth(Reader *reader, const cJSON *node, const char *what, bool *out) {
  if (!cJSON_IsBool(node)) return wrong_kind(reader, node, what, "true or false");
  *out = cJSON_IsTrue(node);
  return true;
}

bool take_base64(Reader *reader, const cJSON *node, const char *what, Text *out) {
  Text text;
  Fault fault;
  if (!take_text(reader, node, what, &text)) return false;
  if (base64_decode(text, reader->arena, out, &fault)) return true;
  return document_text_fault(document_of(node), node, fault.offset, reader->faults, "%s: %s", what,
                             fault.message);
}

bool take_mapping(Reader *reader, const cJSON *node, const char *what) {
  return cJSON_IsObject(node) || wrong_kind(reader, node, what, "a mapping");
}

void take_pairs(Reader *reader, const cJSON *node, const char *what, Headers *out) {
  const cJSON *member, *item;
  if (cJSON_IsNull(node) || !take_mapping(reader, node, what)) return;
  cJSON_ArrayForEach(member, node) {
    Text name = text_from(member->string), value;
    if (cJSON_IsArray(member)) {
      cJSON_ArrayForEach(item, member) if (take_scalar(reader, item, member->string, &value))
          headers_add(out, name, value, reader->arena);
    } else if (take_scalar(reader, member, member->string, &value)) {
      headers_add(out, name, value, reader->arena);
    }
  }
}

Text node_json(Reader *reader, const cJSON *node) {
  Buffer json = buffer_make(reader->arena, 0);
  json_write_node(&json, node);
  return buffer_text(&json);
}

void take_body(Reader *reader, const cJSON *node, Text *out) {
  if (cJSON_IsNull(node)) return;
  *out = cJSON_IsString(node) ? document_text(document_of(node), node) : node_json(reader, node);
}

const char *take_path(Reader *reader, const cJSON *node, const char *what) {
  Text path;
  if (!take_text(reader, node, what, &path)) return NULL;
  if (path.length == 0) {
    spec_fault(reader, node, "%s is empty", what);
    return NULL;
  }
  return path_beside(document_name(document_of(node)), path, reader->arena);
}

/* digits | digit "xx" | digits "-" digits */
bool range_read(Text text, StatusRange *out) {
  int64_t from, to;
  Text rest, first = text_split(text, '-', &rest);
  bool hundred = text.length == 3 && text.data[0] >= '1' && text.data[0] <= '5' &&
                 text_equal_ignoring_case(text_slice(text, 1, 3), TEXT("xx"));
  if (hundred) {
    from = (text.data[0] - '0') * 100;
    to = from + 99;
  } else {
    if (!text_to_integer(text_trim(first), &from)) return false;
    if (rest.data == NULL)
      to = from;
    else if (!text_to_integer(text_trim(rest), &to))
      return false;
  }
  if (from < 100 || to > 599 || from > to) return false;
  *out = (StatusRange){(int)from, (int)to};
  return true;
}
