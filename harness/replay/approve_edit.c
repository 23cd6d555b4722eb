/* Accepted differences as edits of the spec file: each goes to the very value that it contradicts. */
#include "harness/base/encoding.h"
#include "harness/base/utf8.h"
#include "harness/document/edit.h"
#include "harness/replay/approve.h"

#include <string.h>

/* ---- one set of edits for each file ---- */

typedef struct Editor {
  Arena *arena;
  const Document **documents;
  DocumentEdits **edits;
  size_t count;
} Editor;

static DocumentEdits *edits_of(Editor *editor, const cJSON *node) {
  const Document *document = document_of(node);
  for (size_t i = 0; i < editor->count; i++)
    if (editor->documents[i] == document) return editor->edits[i];
  size_t count = editor->count++;
  editor->documents = arena_resize(editor->arena, editor->documents, count * sizeof *editor->documents,
                                   (count + 1) * sizeof *editor->documents);
  editor->edits = arena_resize(editor->arena, editor->edits, count * sizeof *editor->edits,
                               (count + 1) * sizeof *editor->edits);
  editor->documents[count] = document;
  return editor->edits[count] = document_edits_new(document, editor->arena);
}

static bool set(Editor *editor, const cJSON *node, Text json, Fault *fault) {
  return document_edit_value(edits_of(editor, node), node, json, fault);
}

/* A member that is there is replaced, another one added. */
static bool put(Editor *editor, const cJSON *object, const char *key, Text json, Fault *fault) {
  const cJSON *member = document_find(object, text_from(key));
  if (member != NULL) return set(editor, member, json, fault);
  return document_edit_add(edits_of(editor, object), object, text_from(key), json, fault);
}

static Text node_json(const cJSON *node, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  json_write_node(&out, node);
  return buffer_text(&out);
}

static bool by_hand(Fault *fault, const char *why) {
  return fault_raise(fault, FAULT_INPUT, "%s: edit it by hand", why);
}

/* ---- paths as differences write them: $.items[0]['odd key'] ---- */

/* The next step of `path`: a name, or an index when `name` is left NULL. */
static bool next_step(Text *path, Arena *arena, Text *name, int64_t *index) {
  Text rest = *path;
  size_t end = 1;
  *name = (Text){NULL, 0};
  if (text_starts(rest, TEXT("['"))) {
    Buffer text = buffer_make(arena, 0);
    for (end = 2; end < rest.length && rest.data[end] != '\''; end++) {
      if (rest.data[end] == '\\' && end + 1 < rest.length) end++;
      buffer_append_char(&text, rest.data[end]);
    }
    *name = text.length > 0 ? buffer_text(&text) : TEXT_EMPTY;
    *path = text_slice(rest, end + 2, rest.length);
    return true;
  }
  if (text_starts(rest, TEXT("["))) {
    end = text_find_char(rest, ']', 0);
    *path = text_slice(rest, end == TEXT_NOT_FOUND ? rest.length : end + 1, rest.length);
    return end != TEXT_NOT_FOUND && text_to_integer(text_slice(rest, 1, end), index);
  }
  while (end < rest.length && rest.data[end] != '.' && rest.data[end] != '[') end++;
  *name = text_slice(rest, 1, end);
  *path = text_slice(rest, end, rest.length);
  return true;
}

static const cJSON *step_into(const cJSON *node, Text name, int64_t index) {
  if (name.data != NULL) return document_find(node, name);
  const cJSON *item = cJSON_IsArray(node) ? node->child : NULL;
  while (item != NULL && index-- > 0) item = item->next;
  return item;
}

/* ---- bodies ---- */

static bool edit_body_path(Editor *editor, const cJSON *expected, Text path, Text body, Fault *fault) {
  FaultList faults = fault_list_make(editor->arena);
  Document *document = NULL;
  if (!document_read("the response's body.json", body, 0, editor->arena, &document, &faults))
    return by_hand(fault, "the body can't be read as JSON");
  const cJSON *actual = document_root(document), *parent = NULL;
  Text rest = text_slice(path, 1, path.length), name = {NULL, 0};
  int64_t index = 0;
  while (rest.length > 0 && expected != NULL && actual != NULL) {
    if (!next_step(&rest, editor->arena, &name, &index)) break;
    parent = expected;
    expected = step_into(expected, name, index);
    actual = step_into(actual, name, index);
  }
  if (rest.length > 0 || (expected == NULL && actual == NULL))
    return by_hand(fault, "the place isn't found in the spec");
  if (expected != NULL && actual != NULL)
    return set(editor, expected, node_json(actual, editor->arena), fault);
  if (expected != NULL) return document_edit_remove(edits_of(editor, expected), expected, fault);
  if (name.data == NULL) return by_hand(fault, "a list has another length");
  return document_edit_add(edits_of(editor, parent), parent, name, node_json(actual, editor->arena), fault);
}

static bool edit_body(Editor *editor, const cJSON *message, Text body, Fault *fault) {
  const cJSON *base64 = document_find(message, TEXT("bodyBase64"));
  const cJSON *text = document_find(message, TEXT("body"));
  if (base64 != NULL)
    return set(editor, base64, json_quote(base64_encode(body, editor->arena), editor->arena), fault);
  if (text == NULL) return by_hand(fault, "the body is no JSON, so \"json\" can't hold");
  if (!utf8_is_valid(body)) return by_hand(fault, "the body is no text");
  return set(editor, text, json_quote(body, editor->arena), fault);
}

/* ---- the parts of a message ---- */

static Text header_json(const Headers *headers, Text name, bool lines, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  size_t found = 0;
  if (lines) buffer_append_char(&out, '[');
  for (size_t i = 0; i < headers->count && (lines || found == 0); i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, name)) continue;
    if (found++ > 0) buffer_append_char(&out, ',');
    buffer_append(&out, json_quote(headers->items[i].value, arena));
  }
  if (lines) buffer_append_char(&out, ']');
  return found > 0 ? buffer_text(&out) : TEXT("null");
}

static bool edit_header(Editor *editor, const cJSON *message, Text name, const Headers *actual,
                        Fault *fault) {
  const cJSON *headers = document_find(message, TEXT("headers"));
  const cJSON *member = headers != NULL ? document_find(headers, name) : NULL;
  if (member == NULL) return by_hand(fault, "the header isn't found in the spec");
  return set(editor, member, header_json(actual, name, cJSON_IsArray(member), editor->arena), fault);
}

/* Matchers give way to what is there; literal objects are written {equals: …}. A tolerance stays. */
static bool edit_matcher(Editor *editor, const cJSON *member, Text actual, Fault *fault) {
  Text json = actual;
  const cJSON *equals = document_find(member, TEXT("equals"));
  bool tolerant = document_find(member, TEXT("tolerance")) != NULL && json_has_type(actual, TEXT("number"));
  if (equals != NULL && tolerant) return set(editor, equals, actual, fault);
  if (actual.data == NULL) json = TEXT("{\"absent\": true}");
  if (text_starts(actual, TEXT("{")))
    json = arena_print(editor->arena, "{\"equals\": %.*s}", TEXT_ARGS(actual));
  return set(editor, member, json, fault);
}

/* Every matcher's message begins so; a body's own differences say other things. */
static bool is_of_matcher(const Difference *difference) {
  return text_starts(difference->message, TEXT("should "));
}

typedef struct Message {
  const Headers *headers;
  Text body;
} Message;

static bool edit_message(Editor *editor, const cJSON *written, Text at, const Difference *difference,
                         const Message *actual, Fault *fault) {
  static const Text header = TEXT_INIT("header ");
  if (text_starts(at, header))
    return edit_header(editor, written, text_slice(at, header.length, at.length), actual->headers, fault);
  if (text_is(at, "body")) return edit_body(editor, written, actual->body, fault);
  const cJSON *json = document_find(written, TEXT("json"));
  const cJSON *member = json != NULL ? document_find(json, at) : NULL;
  if (member != NULL && is_of_matcher(difference))
    return edit_matcher(editor, member, difference->actual, fault);
  const cJSON *body = document_find(written, TEXT("body"));
  if (body == NULL) body = document_find(written, TEXT("subset"));
  if (body != NULL && text_starts(at, TEXT("$")))
    return edit_body_path(editor, body, at, actual->body, fault);
  return by_hand(fault, "nothing in the spec says so");
}

/* ---- a case ---- */

static bool edit_backend_request(Editor *editor, const cJSON *expect, const Approval *approval, Text at,
                                 Fault *fault) {
  const cJSON *written = document_find(expect, TEXT("backendRequest"));
  if (written == NULL || !approval->has_request)
    return by_hand(fault, "nothing would be sent to the backend");
  if (text_is(at, "method"))
    return put(editor, written, "method", json_quote(approval->sent_method, editor->arena), fault);
  if (text_is(at, "uri"))
    return put(editor, written, "uri", json_quote(approval->sent_uri, editor->arena), fault);
  Message actual = {&approval->sent_headers, approval->sent_body};
  return edit_message(editor, written, at, approval->differences, &actual, fault);
}

static bool edit_expectation(Editor *editor, const Approval *approval, Fault *fault) {
  static const Text prefix = TEXT_INIT("backendRequest");
  const cJSON *expect = document_find(approval->spec_case->node, TEXT("expect"));
  const Difference *difference = approval->differences;
  Text at = difference->at;
  if (expect == NULL) return by_hand(fault, "the case has no \"expect\" of its own");
  if (text_is(at, "status") || text_is(at, "failure-as-success")) {
    Text status = arena_print(editor->arena, "%d", approval->actual.status);
    return cJSON_IsObject(expect) ? put(editor, expect, "status", status, fault)
                                  : set(editor, expect, status, fault);
  }
  if (text_is(at, "outcome")) return put(editor, expect, "outcome", difference->actual, fault);
  if (text_starts(at, prefix))
    return edit_backend_request(editor, expect, approval, text_slice(at, prefix.length + 1, at.length),
                                fault);
  Message actual = {&approval->actual.headers, approval->actual.body};
  return edit_message(editor, expect, at, difference, &actual, fault);
}

/* The first expectation of a case: its status, and the body as JSON or text. */
static bool edit_case(Editor *editor, const Approval *approval, Fault *fault) {
  Arena *arena = editor->arena;
  Text body = approval->actual.body;
  FaultList faults = fault_list_make(arena);
  Document *document = NULL;
  bool json = text_starts(text_trim(body), TEXT("{")) || text_starts(text_trim(body), TEXT("["));
  json = json && document_read("body.json", body, 0, arena, &document, &faults);
  Text value = json ? node_json(document_root(document), arena) : TEXT("null");
  if (!json && body.length > 0)
    value = utf8_is_valid(body) ? json_quote(body, arena) : json_quote(base64_encode(body, arena), arena);
  const char *key = json || utf8_is_valid(body) ? "body" : "bodyBase64";
  Text expect = body.length == 0 ? arena_print(arena, "%d", approval->actual.status)
                                 : arena_print(arena, "{\"status\": %d, \"%s\": %.*s}",
                                               approval->actual.status, key, TEXT_ARGS(value));
  return put(editor, approval->spec_case->node, "expect", expect, fault);
}

/* ---- a status table ---- */

enum { FIRST_STATUS = 100, LAST_STATUS = 599 };

static const StatusEntry *deciding(const StatusTable *table, int status) {
  for (size_t i = 0; i < table->entry_count; i++)
    if (status >= table->entries[i].backend.from && status <= table->entries[i].backend.to)
      return &table->entries[i];
  return NULL;
}

/* "backend status 404", "backend statuses 400-499" */
static bool read_stretch(Text at, StatusRange *out) {
  int64_t from, to;
  size_t space = text_find_last_char(at, ' ');
  if (space == TEXT_NOT_FOUND) return false;
  Text rest, first = text_split(text_slice(at, space + 1, at.length), '-', &rest);
  if (!text_to_integer(first, &from)) return false;
  to = from;
  if (rest.data != NULL && !text_to_integer(rest, &to)) return false;
  *out = (StatusRange){(int)from, (int)to};
  return from >= FIRST_STATUS && to <= LAST_STATUS;
}

static Text range_key(StatusRange range, Arena *arena) {
  if (range.from % 100 == 0 && range.to == range.from + 99)
    return arena_print(arena, "%dxx", range.from / 100);
  if (range.from == range.to) return arena_print(arena, "%d", range.from);
  return arena_print(arena, "%d-%d", range.from, range.to);
}

/* All that an entry decides is wrong in the same way: it changes. Otherwise the part of it gets an entry of
 * its own, which is narrower and so decides. */
static bool edit_entry(Editor *editor, const StatusTable *table, const StatusEntry *entry,
                       StatusRange stretch, Text actual, Fault *fault) {
  bool whole = true;
  for (int status = FIRST_STATUS; status <= LAST_STATUS; status++)
    if (deciding(table, status) == entry && (status < stretch.from || status > stretch.to)) whole = false;
  if (whole) return set(editor, entry->node, actual, fault);
  for (int from = stretch.from; from <= stretch.to;) {
    int to = from;
    if (deciding(table, from++) != entry) continue;
    while (to < stretch.to && deciding(table, to + 1) == entry) to++;
    Text key = range_key((StatusRange){from - 1, to}, editor->arena);
    if (!document_edit_add(edits_of(editor, table->node), table->node, key, actual, fault)) return false;
    from = to + 1;
  }
  return true;
}

static bool edit_table(Editor *editor, const Approval *approval, Fault *fault) {
  const StatusTable *table = approval->table;
  const Difference *difference = approval->differences;
  StatusRange stretch;
  if (table == NULL || !read_stretch(difference->at, &stretch))
    return by_hand(fault, "the entry isn't found in the spec");
  for (size_t i = 0; i < table->entry_count; i++) {
    const StatusEntry *entry = &table->entries[i];
    bool decides = false;
    for (int status = stretch.from; status <= stretch.to && !decides; status++)
      decides = deciding(table, status) == entry;
    if (decides && !edit_entry(editor, table, entry, stretch, difference->actual, fault)) return false;
  }
  return true;
}

/* ---- all of them ---- */

static bool edit_one(Editor *editor, const Approval *approval, Fault *fault) {
  switch (approval->kind) {
  case APPROVAL_EXPECTATION: return edit_expectation(editor, approval, fault);
  case APPROVAL_CASE: return edit_case(editor, approval, fault);
  case APPROVAL_TABLE: return edit_table(editor, approval, fault);
  default: return true;
  }
}

void approvals_edit(Approvals *approvals, EditedFile **files, size_t *count, FaultList *refused) {
  Editor editor = {.arena = approvals->arena};
  for (size_t i = 0; i < approvals->count; i++) {
    Approval *approval = &approvals->items[i];
    Fault fault = {0};
    if (approval->decision != DECISION_ACCEPTED || edit_one(&editor, approval, &fault)) continue;
    approval->decision = DECISION_OPEN;
    Fault *told = fault_list_add(refused);
    fault_raise(told, FAULT_INPUT, "%.*s, %.*s: %s", TEXT_ARGS(approval->name),
                TEXT_ARGS(approval->differences != NULL && approval->count > 0 ? approval->differences[0].at
                                                                               : TEXT("expect")),
                fault.message);
    told->place = approval->place;
  }
  *files = ARENA_ARRAY(approvals->arena, EditedFile, editor.count + 1);
  *count = 0;
  for (size_t i = 0; i < editor.count; i++) {
    Text text = document_edits_apply(editor.edits[i]);
    if (text_equal(text, document_source(editor.documents[i]))) continue;
    (*files)[(*count)++] = (EditedFile){document_name(editor.documents[i]), text};
  }
}
