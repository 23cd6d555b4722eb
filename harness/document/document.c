/* Choosing the reader, and looking into the tree. */
#include "harness/document/document.h"

#include "harness/base/file.h"
#include "harness/base/utf8.h"
#include "harness/document/node.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool has_ending(const char *name, const char *ending) {
  size_t length = strlen(ending);
  Text text = text_from(name);
  return text_equal_ignoring_case(
      text_slice(text, text.length < length ? 0 : text.length - length, text.length), text_from(ending));
}

static Document *document_new(const char *name, Text source, Arena *arena) {
  if (text_starts(source, TEXT("\xEF\xBB\xBF"))) source = text_slice(source, 3, source.length);
  Document *document = ARENA_NEW(arena, Document);
  document->name = arena_copy_string(arena, text_from(name));
  document->source = source.data != NULL ? source : TEXT_EMPTY;
  document_index_lines(document, arena);
  return document;
}

static bool is_utf16(Text source) {
  bool marked = text_starts(source, TEXT("\xFF\xFE")) || text_starts(source, TEXT("\xFE\xFF"));
  return marked || (source.length >= 2 && (source.data[0] == '\0') != (source.data[1] == '\0'));
}

static bool check_utf8(const Document *document, FaultList *faults) {
  if (is_utf16(document->source))
    return document_fault_at(document, 0, faults, "this is UTF-16: save the file as UTF-8");
  size_t valid = utf8_valid_prefix(document->source);
  if (valid == document->source.length) return true;
  return document_fault_at(document, valid, faults, "byte 0x%02X is not UTF-8",
                           (unsigned char)document->source.data[valid]);
}

/* What stands where reading stopped, when it was written on purpose. */
static const struct {
  const char *written;
  bool json_only;
  const char *said;
} strange[] = {
    {"{{", false, "\"{{\" is a placeholder of a template language: render the file first"},
    {"{%", false, "\"{%\" is a tag of a template language: render the file first"},
    {"//", true, "JSON has no comments"},
    {"/*", true, "JSON has no comments"},
};

static void explain_fault(Text source, bool json, Fault *fault) {
  if (fault->offset >= source.length) return;
  bool inside = fault->offset > 0 && source.data[fault->offset - 1] == '{';
  Text found = text_slice(source, fault->offset - (inside ? 1 : 0), source.length);
  for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
    if ((json || !strange[i].json_only) && text_starts(found, text_from(strange[i].written)))
      snprintf(fault->message, sizeof fault->message, "%s", strange[i].said);
}

/* Good, and nothing was told since the list held `first` entries. */
static bool finish(const Document *document, bool good, bool json, size_t first, FaultList *faults) {
  for (size_t i = first; i < faults->count; i++) {
    if (faults->items[i].warning) continue;
    good = false;
    if (document->holder == NULL) explain_fault(document->source, json, &faults->items[i]);
  }
  return good;
}

/* The stack of open collections stays as it is: it is large, and a line of NDJSON is a document too. */
static void tree_begin(Tree *tree, Document *document, unsigned options, Arena *arena, FaultList *faults) {
  document->root = NULL;
  tree->document = document;
  tree->arena = arena;
  tree->faults = faults;
  tree->depth = tree->nodes = tree->copied = 0;
  tree->last_key_wins = (options & DOCUMENT_LAST_KEY_WINS) != 0;
}

static bool read_json(Document *document, unsigned options, Arena *arena, FaultList *faults) {
  Tree tree;
  size_t first = faults->count;
  tree_begin(&tree, document, options, arena, faults);
  return finish(document, json_read_tree(&tree), true, first, faults);
}

static bool read_yaml(Document *document, unsigned options, Arena *arena, FaultList *faults) {
  Tree tree;
  size_t first = faults->count;
  tree_begin(&tree, document, options, arena, faults);
  return finish(document, yaml_read_tree(&tree, options), false, first, faults);
}

static bool read_nothing(Document *document, Arena *arena, FaultList *faults) {
  Tree tree;
  tree_begin(&tree, document, 0, arena, faults);
  return tree_add(&tree, tree_new_node(&tree, cJSON_NULL, 0));
}

static void take_faults(FaultList *from, FaultList *to) {
  for (size_t i = 0; i < from->count; i++) {
    Fault *fault = fault_list_add(to);
    if (fault != NULL) *fault = from->items[i];
  }
}

/* Text that looks like JSON but isn't may still be YAML in flow style; when it is neither, the name of the
 * file says which complaint helps. */
static bool read_either(Document *document, unsigned options, Arena *arena, FaultList *faults) {
  FaultList json = fault_list_make(arena), yaml = fault_list_make(arena);
  if (read_json(document, options, arena, &json)) {
    take_faults(&json, faults);
    return true;
  }
  bool good = read_yaml(document, options, arena, &yaml);
  bool named_yaml = has_ending(document->name, ".yaml") || has_ending(document->name, ".yml");
  take_faults(good || named_yaml ? &yaml : &json, faults);
  return good;
}

static bool read_source(Document *document, unsigned options, Arena *arena, FaultList *faults) {
  Text content = text_trim(document->source);
  if (content.length == 0) return read_nothing(document, arena, faults);
  if (has_ending(document->name, ".json")) {
    /* Deployment tools read YAML under that name too. */
    bool worded =
        isalpha((unsigned char)content.data[0]) && text_find_char(content, ':', 0) != TEXT_NOT_FOUND;
    return worded ? read_yaml(document, options, arena, faults) : read_json(document, options, arena, faults);
  }
  if (content.data[0] == '{' || content.data[0] == '[') return read_either(document, options, arena, faults);
  return read_yaml(document, options, arena, faults);
}

bool document_read(const char *name, Text source, unsigned options, Arena *arena, Document **out,
                   FaultList *faults) {
  FaultList own = fault_list_make(arena);
  if (faults == NULL) faults = &own;
  if (source.length > DOCUMENT_LIMIT) {
    Fault *fault = fault_list_add(faults);
    fault_raise(fault, FAULT_LIMIT, "larger than %d bytes", DOCUMENT_LIMIT);
    fault->place.file = arena_copy_string(arena, text_from(name));
    return false;
  }
  Document *document = document_new(name, source, arena);
  if (!check_utf8(document, faults) || !read_source(document, options, arena, faults)) return false;
  *out = document;
  return true;
}

bool document_read_inside(const cJSON *node, unsigned options, Arena *arena, Document **out,
                          FaultList *faults) {
  const Node *holder = (const Node *)(const void *)node;
  Text text = document_text(holder->document, node);
  Document *document = document_new(holder->document->name, text, arena);
  document->holder = holder;
  document->holder_from = (size_t)(document->source.data - text.data);
  scalar_mark(holder, arena, &document->marks, &document->mark_count);
  Text content = text_trim(document->source);
  bool good = content.length == 0 ? read_nothing(document, arena, faults)
              : content.data[0] == '{' || content.data[0] == '['
                  ? read_either(document, options, arena, faults)
                  : read_yaml(document, options, arena, faults);
  if (good) *out = document;
  return good;
}

bool document_load(const char *path, unsigned options, Arena *arena, Document **out, FaultList *faults) {
  Text source;
  Fault fault;
  if (file_read(path, DOCUMENT_LIMIT, arena, &source, &fault))
    return document_read(path, source, options, arena, out, faults);
  Fault *entry = fault_list_add(faults);
  if (entry != NULL) *entry = fault;
  return false;
}

const cJSON *document_root(const Document *document) {
  return &document->root->json;
}

const char *document_name(const Document *document) {
  return document->name;
}

Text document_source(const Document *document) {
  return document->source;
}

const Document *document_of(const cJSON *node) {
  return ((const Node *)(const void *)node)->document;
}

const cJSON *document_get(const cJSON *object, const char *key) {
  if (!cJSON_IsObject(object)) return NULL;
  for (const cJSON *member = object->child; member != NULL; member = member->next)
    if (member->string != NULL && strcmp(member->string, key) == 0) return member;
  return NULL;
}

const cJSON *document_find(const cJSON *object, Text key) {
  if (!cJSON_IsObject(object)) return NULL;
  const Node *found = node_find((const Node *)(const void *)object, key);
  return found != NULL ? &found->json : NULL;
}

Text document_text(const Document *document, const cJSON *node) {
  (void)document;
  if (cJSON_IsTrue(node)) return TEXT("true");
  if (cJSON_IsFalse(node)) return TEXT("false");
  if (!cJSON_IsString(node) && !cJSON_IsNumber(node)) return TEXT_EMPTY;
  bool counted = cJSON_IsString(node) && node->valueint > 0;
  return counted ? (Text){node->valuestring, (size_t)node->valueint} : text_from(node->valuestring);
}

const char *document_kind(const cJSON *node) {
  if (node == NULL) return "nothing";
  if (cJSON_IsString(node)) return "a text";
  if (cJSON_IsNumber(node)) return "a number";
  if (cJSON_IsBool(node)) return "a boolean";
  if (cJSON_IsObject(node)) return "a mapping";
  if (cJSON_IsArray(node)) return "a list";
  return "null";
}

bool document_check_keys(const Document *document, const cJSON *object, const char *const *known,
                         size_t count, const char *what, FaultList *faults) {
  bool good = true;
  for (const cJSON *member = cJSON_IsObject(object) ? object->child : NULL; member != NULL;
       member = member->next) {
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) found = strcmp(member->string, known[i]) == 0;
    if (found) continue;
    const char *near = text_suggest(text_from(member->string), known, count);
    good =
        near != NULL
            ? document_key_fault(document, member, faults, "unknown key \"%s\" in %s (did you mean \"%s\"?)",
                                 member->string, what, near)
            : document_key_fault(document, member, faults, "unknown key \"%s\" in %s", member->string, what);
  }
  return good;
}
