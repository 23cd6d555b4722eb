/* A list of replaced stretches of the source. What may be edited is found by one walk over the tree: a node
 * is written where it stands unless it lies before what was read already (then an alias brought it), or came
 * with "<<". */
#include "harness/document/edit.h"

#include "harness/document/node.h"

#include <stdlib.h>
#include <string.h>

typedef struct Written {
  const Node *node;
  const Node *parent; /* NULL: the root */
  bool here;          /* written in its parent, not brought by an alias or "<<" */
  bool shared;        /* an alias repeats it, or something around it */
  bool removed;
  Text added;    /* members that are added to it, as in a flow mapping */
  bool replaced; /* all of its members went: what is added makes a new mapping */
} Written;

typedef struct Edit {
  size_t from, to;
  Text text;
  size_t order;
  const Node *into; /* adds to this mapping; NULL: no addition */
} Edit;

struct DocumentEdits {
  const Document *document;
  Arena *arena;
  bool json;
  Written *nodes; /* sorted by address */
  size_t node_count;
  uint32_t *borrowed; /* sorted: where nodes stand that aliases repeat */
  size_t borrowed_count;
  Edit *edits;
  size_t count, capacity;
};

static const Node *node_of(const cJSON *json) {
  return (const Node *)(const void *)json;
}

/* ---- the walk ---- */

static size_t count_nodes(const cJSON *node) {
  size_t count = 1;
  for (const cJSON *child = node->child; child != NULL; child = child->next) count += count_nodes(child);
  return count;
}

static void walk(DocumentEdits *edits, const Node *node, const Node *parent, bool here, size_t *read) {
  here = here && node->rank == 0 && node->offset >= *read;
  edits->nodes[edits->node_count++] = (Written){.node = node, .parent = parent, .here = here};
  if (here)
    *read = node->offset;
  else
    edits->borrowed[edits->borrowed_count++] = node->offset;
  for (const cJSON *child = node->json.child; child != NULL; child = child->next)
    walk(edits, node_of(child), node, here, read);
  if (here && node->json.child == NULL) *read = node->end > node->offset ? node->end : node->offset;
}

static int by_offset(const void *left, const void *right) {
  uint32_t first = *(const uint32_t *)left, second = *(const uint32_t *)right;
  return first < second ? -1 : first > second;
}

static int by_address(const void *left, const void *right) {
  const Node *first = ((const Written *)left)->node, *second = ((const Written *)right)->node;
  return first < second ? -1 : first > second;
}

static bool is_borrowed(const DocumentEdits *edits, uint32_t offset) {
  return edits->borrowed_count > 0 &&
         bsearch(&offset, edits->borrowed, edits->borrowed_count, sizeof offset, by_offset) != NULL;
}

DocumentEdits *document_edits_new(const Document *document, Arena *arena) {
  DocumentEdits *edits = ARENA_NEW(arena, DocumentEdits);
  size_t count = count_nodes(document_root(document)), read = 0;
  Text source = text_trim(document->source);
  edits->document = document;
  edits->arena = arena;
  edits->json = source.length > 0 && source.data[0] == '{';
  edits->nodes = ARENA_ARRAY(arena, Written, count);
  edits->borrowed = ARENA_ARRAY(arena, uint32_t, count);
  walk(edits, document->root, NULL, true, &read);
  qsort(edits->borrowed, edits->borrowed_count, sizeof *edits->borrowed, by_offset);
  for (size_t i = 0; i < count; i++)
    edits->nodes[i].shared = edits->nodes[i].here && is_borrowed(edits, edits->nodes[i].node->offset);
  qsort(edits->nodes, count, sizeof *edits->nodes, by_address);
  return edits;
}

static Written *written(const DocumentEdits *edits, const Node *node) {
  Written key = {.node = node};
  return node == NULL ? NULL
                      : bsearch(&key, edits->nodes, edits->node_count, sizeof *edits->nodes, by_address);
}

/* A copy that a reader made keeps where it was written, and rank 0 when it still says what stands there. */
static const Written *original(const DocumentEdits *edits, const Node *copy) {
  for (size_t i = 0; i < edits->node_count && copy->rank == 0; i++) {
    const Written *found = &edits->nodes[i];
    bool same = found->node->offset == copy->offset && found->node->key_offset == copy->key_offset &&
                found->node->json.type == copy->json.type;
    if (found->here && same) return found;
  }
  return NULL;
}

/* The node as it is written; NULL with the reason when it can't be edited. */
static const Node *own_node(const DocumentEdits *edits, const Node *node, Fault *fault) {
  const Written *found = written(edits, node);
  if (found == NULL) found = original(edits, node);
  if (found == NULL || !found->here)
    fault_raise(fault, FAULT_INPUT,
                "it isn't written there (an alias, a variable, a default): edit it by hand");
  else if (found->shared)
    fault_raise(fault, FAULT_INPUT, "an alias repeats it elsewhere: edit it by hand");
  else
    return found->node;
  return NULL;
}

/* ---- where things stand ---- */

static bool is_flow(const DocumentEdits *edits, const Node *node) {
  char first = node->offset < edits->document->source.length ? edits->document->source.data[node->offset] : 0;
  return first == '{' || first == '[';
}

static size_t line_begin(Text source, size_t at) {
  while (at > 0 && source.data[at - 1] != '\n') at--;
  return at;
}

static size_t line_end(Text source, size_t at) {
  while (at < source.length && source.data[at] != '\n' && source.data[at] != '\r') at++;
  return at;
}

static bool is_collection(const Node *node) {
  return cJSON_IsObject(&node->json) || cJSON_IsArray(&node->json);
}

/* libyaml ends a block where the next thing begins; what belongs to it ends with its last value. */
static size_t real_end(const DocumentEdits *edits, const Node *node) {
  Text source = edits->document->source;
  size_t end = node->end > node->offset ? node->end : node->offset;
  if (end > source.length) end = source.length;
  if (is_collection(node) && !is_flow(edits, node)) {
    end = node->offset;
    for (const cJSON *child = node->json.child; child != NULL; child = child->next) {
      const Written *found = written(edits, node_of(child));
      if (found == NULL || !found->here) continue;
      size_t at = real_end(edits, node_of(child));
      if (at > end) end = at;
    }
  }
  while (end > node->offset && strchr(" \t\r\n", source.data[end - 1]) != NULL) end--;
  return end;
}

static size_t column_of(const DocumentEdits *edits, size_t at) {
  return at - line_begin(edits->document->source, at);
}

static void add_edit(DocumentEdits *edits, size_t from, size_t to, Text text) {
  if (edits->count == edits->capacity) {
    size_t capacity = edits->capacity == 0 ? 8 : edits->capacity * 2;
    edits->edits =
        arena_resize(edits->arena, edits->edits, edits->count * sizeof(Edit), capacity * sizeof(Edit));
    edits->capacity = capacity;
  }
  edits->edits[edits->count] = (Edit){from, to, text, edits->count, NULL};
  edits->count++;
}

/* ---- replacing ---- */

static const cJSON *read_value(const DocumentEdits *edits, Text json, Fault *fault) {
  FaultList faults = fault_list_make(edits->arena);
  Document *value = NULL;
  if (document_read("value.json", json, 0, edits->arena, &value, &faults)) return document_root(value);
  fault_raise(fault, FAULT_INPUT, "%s", faults.count > 0 ? faults.items[0].message : "no JSON");
  return NULL;
}

/* A text of lines where a block of lines stood before. */
static bool write_literal(const DocumentEdits *edits, const Node *old, const cJSON *value, Buffer *out) {
  bool block = old->style == STYLE_LITERAL || old->style == STYLE_FOLDED;
  Text text = cJSON_IsString(value) ? document_text(NULL, value) : TEXT_EMPTY;
  if (!block || text.length == 0 || text.data[0] == ' ' || text.data[0] == '\n') return false;
  for (size_t i = 0; i < text.length; i++)
    if ((unsigned char)text.data[i] < 0x20 && text.data[i] != '\n') return false;
  bool ends = text.data[text.length - 1] == '\n';
  if (ends && text.length > 1 && text.data[text.length - 2] == '\n') return false;
  size_t begin = line_begin(edits->document->source, old->key_offset), indent = 2;
  Text line = text_slice(edits->document->source, begin, old->key_offset);
  indent += line.length;
  buffer_append_string(out, ends ? "|" : "|-");
  for (Text rest = ends ? text_slice(text, 0, text.length - 1) : text; rest.data != NULL;) {
    Text part = text_split(rest, '\n', &rest);
    buffer_append_char(out, '\n');
    for (size_t i = 0; i < indent && part.length > 0; i++) buffer_append_char(out, ' ');
    buffer_append(out, part);
  }
  return true;
}

static void write_new(const DocumentEdits *edits, const Node *old, const cJSON *value, Buffer *out) {
  bool collection = cJSON_IsObject(value) || cJSON_IsArray(value);
  bool block = is_collection(old) && !is_flow(edits, old);
  if (write_literal(edits, old, value, out)) return;
  if (!edits->json && collection && block)
    document_write_block(out, value, column_of(edits, old->offset));
  else
    document_write_flow(out, value,
                        edits->json || (old->style == STYLE_DOUBLE_QUOTED && cJSON_IsString(value)));
}

bool document_edit_value(DocumentEdits *edits, const cJSON *json_node, Text json, Fault *fault) {
  const cJSON *value = read_value(edits, json, fault);
  const Node *node = value != NULL ? own_node(edits, node_of(json_node), fault) : NULL;
  if (node == NULL) return false;
  Text source = edits->document->source;
  Buffer text = buffer_make(edits->arena, 0);
  bool touching = node->offset > 0 && strchr(":-", source.data[node->offset - 1]) != NULL;
  if (touching && real_end(edits, node) == node->offset) buffer_append_char(&text, ' ');
  write_new(edits, node, value, &text);
  add_edit(edits, node->offset, real_end(edits, node), buffer_text(&text));
  return true;
}

/* ---- adding ---- */

static const Node *last_written(const DocumentEdits *edits, const Node *object) {
  const Node *last = NULL;
  for (const cJSON *child = object->json.child; child != NULL; child = child->next) {
    const Written *found = written(edits, node_of(child));
    if (found != NULL && found->here) last = node_of(child);
  }
  return last;
}

static void write_member(const DocumentEdits *edits, Text key, const cJSON *value, Buffer *out) {
  document_write_key(out, key, edits->json);
  document_write_flow(out, value, edits->json);
}

/* What stands before the new one: behind a comma, or on a line of its own when the last stands so. */
static void write_lead(Text source, bool flow, size_t begin, size_t last, Buffer *text) {
  bool alone = text_trim(text_slice(source, begin, last)).length == 0;
  if (flow) buffer_append_char(text, ',');
  if (flow && !alone) buffer_append_char(text, ' ');
  if (flow && !alone) return;
  buffer_append_char(text, '\n');
  for (size_t i = begin; i < last; i++) buffer_append_char(text, ' ');
}

bool document_edit_add(DocumentEdits *edits, const cJSON *object, Text key, Text json, Fault *fault) {
  const cJSON *value = read_value(edits, json, fault);
  const Node *node = value != NULL ? own_node(edits, node_of(object), fault) : NULL, *last;
  if (node == NULL) return false;
  Text source = edits->document->source;
  Buffer text = buffer_make(edits->arena, 0);
  last = last_written(edits, node);
  bool flow = is_flow(edits, node);
  if (last == NULL && !flow)
    return fault_raise(fault, FAULT_INPUT, "nothing is written there yet: edit it by hand");
  size_t end = last == NULL ? node->offset + 1 : real_end(edits, last);
  if (!flow) end = line_end(source, end);
  if (last != NULL) write_lead(source, flow, line_begin(source, last->key_offset), last->key_offset, &text);
  Buffer member = buffer_make(edits->arena, 0);
  write_member(edits, key, value, &member);
  buffer_append(&text, buffer_text(&member));
  add_edit(edits, end, end, buffer_text(&text));
  edits->edits[edits->count - 1].into = node;
  Written *object_written = written(edits, node);
  bool first = object_written->added.length == 0;
  object_written->added = arena_print(edits->arena, "%.*s%s%.*s", TEXT_ARGS(object_written->added),
                                      first ? "" : ", ", TEXT_ARGS(buffer_text(&member)));
  return true;
}

bool document_edit_append(DocumentEdits *edits, const cJSON *list, Text json, Fault *fault) {
  const cJSON *value = read_value(edits, json, fault);
  const Node *node = value != NULL ? own_node(edits, node_of(list), fault) : NULL, *last;
  if (node == NULL) return false;
  Text source = edits->document->source;
  Buffer text = buffer_make(edits->arena, 0);
  last = last_written(edits, node);
  bool flow = is_flow(edits, node);
  if (last == NULL && !flow)
    return fault_raise(fault, FAULT_INPUT, "nothing is written there yet: edit it by hand");
  size_t end = last == NULL ? node->offset + 1 : real_end(edits, last);
  if (!flow) end = line_end(source, end);
  size_t first = flow ? (last != NULL ? last->offset : 0) : node->offset; /* of a block: its first dash */
  if (last != NULL) write_lead(source, flow, line_begin(source, first), first, &text);
  if (!flow) buffer_append_string(&text, "- ");
  document_write_flow(&text, value, edits->json);
  add_edit(edits, end, end, buffer_text(&text));
  return true;
}

/* ---- removing ---- */

bool document_edit_remove(DocumentEdits *edits, const cJSON *member, Fault *fault) {
  const Node *node = own_node(edits, node_of(member), fault);
  if (node == NULL) return false;
  Written *found = written(edits, node);
  if (found->parent == NULL || !cJSON_IsObject(&found->parent->json))
    return fault_raise(fault, FAULT_INPUT, "only members can be removed");
  found->removed = true;
  return true;
}

/* Of those written here; NULL: none. */
typedef struct Siblings {
  const Node *before, *after;
  bool kept_before, kept_after; /* one that stays */
} Siblings;

static Siblings siblings_of(const DocumentEdits *edits, const Node *parent, const Node *node) {
  Siblings out = {0};
  bool passed = false;
  for (const cJSON *child = parent->json.child; child != NULL; child = child->next) {
    const Written *found = written(edits, node_of(child));
    if (node_of(child) == node) {
      passed = true;
    } else if (found->here) {
      if (!passed) out.before = found->node;
      if (passed && out.after == NULL) out.after = found->node;
      if (!found->removed) *(passed ? &out.kept_after : &out.kept_before) = true;
    }
  }
  return out;
}

/* With its line where it has one of its own, else with a comma. */
static void remove_one(DocumentEdits *edits, const Written *removed) {
  Text source = edits->document->source;
  const Node *node = removed->node, *parent = removed->parent;
  Siblings siblings = siblings_of(edits, parent, node);
  size_t begin = line_begin(source, node->key_offset), end = real_end(edits, node);
  bool alone = text_trim(text_slice(source, begin, node->key_offset)).length == 0;
  size_t before = begin; /* of the line's end before it: what is added behind it starts a line */
  if (before > 0) before--;
  if (before > 0 && source.data[before] == '\n' && source.data[before - 1] == '\r') before--;
  if (!siblings.kept_before && !siblings.kept_after) {
    Written *object = written(edits, parent);
    Text members = arena_print(edits->arena, "{%.*s}", TEXT_ARGS(object->added));
    if (!object->replaced) add_edit(edits, parent->offset, real_end(edits, parent), members);
    object->replaced = true;
  } else if (!is_flow(edits, parent) && alone && begin > 0) {
    add_edit(edits, before, line_end(source, end), TEXT_EMPTY);
  } else if (!is_flow(edits, parent) && alone) {
    add_edit(edits, begin, siblings.after != NULL ? siblings.after->key_offset : end, TEXT_EMPTY);
  } else if (siblings.kept_before)
    add_edit(edits, real_end(edits, siblings.before), end, TEXT_EMPTY);
  else
    add_edit(edits, node->key_offset, siblings.after != NULL ? siblings.after->key_offset : end, TEXT_EMPTY);
}

/* ---- applying ---- */

/* Wide before narrow at the same place, so that the whole is met before its parts. */
static int by_place(const void *left, const void *right) {
  const Edit *first = left, *second = right;
  if (first->from != second->from) return first->from < second->from ? -1 : 1;
  bool empty = first->from == first->to, other_empty = second->from == second->to;
  if (!empty && !other_empty && first->to != second->to) return first->to > second->to ? -1 : 1;
  if (empty != other_empty) return empty ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

Text document_edits_apply(DocumentEdits *edits) {
  Text source = edits->document->source;
  Buffer out = buffer_make(edits->arena, 0);
  size_t at = 0;
  for (size_t i = 0; i < edits->node_count; i++)
    if (edits->nodes[i].removed) remove_one(edits, &edits->nodes[i]);
  if (edits->count > 1) qsort(edits->edits, edits->count, sizeof(Edit), by_place);
  for (size_t i = 0; i < edits->count; i++) {
    const Edit *edit = &edits->edits[i];
    if (edit->into != NULL && written(edits, edit->into)->replaced) continue;
    if (edit->to < at || (edit->to == at && edit->from < at && edit->text.length > 0)) continue;
    if (edit->from > at) buffer_append(&out, text_slice(source, at, edit->from));
    buffer_append(&out, edit->text);
    if (edit->to > at) at = edit->to;
    if (edit->from > at) at = edit->from;
  }
  buffer_append(&out, text_slice(source, at, source.length));
  return buffer_text(&out);
}
