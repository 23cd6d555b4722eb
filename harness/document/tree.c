/* The tree while it grows: order of members, duplicate keys, merges, limits. */
#include "harness/document/node.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DROPPED UINT32_MAX /* rank of a member that another one overrides */

Node *tree_new_node(Tree *tree, int type, size_t offset) {
  Node *node = ARENA_NEW(tree->arena, Node);
  node->json.type = type;
  node->document = tree->document;
  node->offset = (uint32_t)offset;
  node->end = (uint32_t)offset;
  node->key_offset = (uint32_t)offset;
  node->style = STYLE_COLLECTION;
  tree->nodes++;
  return node;
}

void tree_set_text(Tree *tree, Node *node, Text text) {
  node->json.valuestring = arena_copy_string(tree->arena, text);
  node->json.valueint = (int)text.length;
}

void tree_set_number(Tree *tree, Node *node, Text lexeme) {
  tree_set_text(tree, node, lexeme);
  double number = strtod(node->json.valuestring, NULL);
  if (text_starts(lexeme, TEXT("0o"))) number = (double)strtoull(node->json.valuestring + 2, NULL, 8);
  node->json.valuedouble = number;
  node->json.valueint = number >= INT_MAX ? INT_MAX : number <= INT_MIN ? INT_MIN : (int)number;
}

static OpenCollection *innermost(Tree *tree) {
  return tree->depth > 0 ? &tree->stack[tree->depth - 1] : NULL;
}

bool tree_wants_key(const Tree *tree) {
  if (tree->depth == 0) return false;
  const OpenCollection *open = &tree->stack[tree->depth - 1];
  return cJSON_IsObject(&open->node->json) && !open->has_key;
}

static void append(OpenCollection *open, Node *node) {
  if (open->last == NULL) {
    open->node->json.child = &node->json;
  } else {
    open->last->json.next = &node->json;
    node->json.prev = &open->last->json;
  }
  open->node->json.child->prev = &node->json; /* cJSON keeps the last item there */
  open->last = node;
  open->count++;
}

bool tree_add(Tree *tree, Node *node) {
  OpenCollection *open = innermost(tree);
  if (tree->nodes > DOCUMENT_NODES)
    return document_fault_at(tree->document, node->offset, tree->faults,
                             "the document holds more than %d values", DOCUMENT_NODES);
  if (open == NULL) {
    tree->document->root = node;
    return true;
  }
  if (open->merging) {
    open->merge = node;
    open->merging = open->has_key = false;
    return true;
  }
  if (cJSON_IsObject(&open->node->json)) {
    assert(open->has_key);
    node->json.string = open->key;
    node->key_offset = open->key_offset;
    open->has_key = false;
  }
  append(open, node);
  return true;
}

bool tree_open(Tree *tree, Node *node, bool wrapper) {
  if (tree->depth == DOCUMENT_DEPTH)
    return document_fault_at(tree->document, node->offset, tree->faults, "nested deeper than %d levels",
                             DOCUMENT_DEPTH);
  tree->stack[tree->depth++] = (OpenCollection){.node = node, .wrapper = wrapper};
  return true;
}

bool tree_key(Tree *tree, Text key, size_t offset) {
  OpenCollection *open = innermost(tree);
  if (memchr(key.data, '\0', key.length) != NULL)
    return document_fault_at(tree->document, offset, tree->faults, "a key can't hold a NUL character");
  open->key = arena_copy_string(tree->arena, key);
  open->key_offset = (uint32_t)offset;
  open->has_key = true;
  return true;
}

bool tree_merge_key(Tree *tree, size_t offset) {
  OpenCollection *open = innermost(tree);
  if (open->merge != NULL)
    return document_fault_at(tree->document, offset, tree->faults, "duplicate key \"<<\" (give it a list)");
  open->merge_offset = (uint32_t)offset;
  open->merging = open->has_key = true;
  return true;
}

/* ---- members by key ---- */

static int by_key(const void *left, const void *right) {
  const Node *first = *(Node *const *)left, *second = *(Node *const *)right;
  int order = strcmp(first->json.string, second->json.string);
  if (order != 0) return order;
  if (first->rank != second->rank) return first->rank < second->rank ? -1 : 1;
  return first->key_offset < second->key_offset ? -1 : first->key_offset > second->key_offset;
}

static Node **sort_members(const OpenCollection *open, Arena *arena) {
  Node **sorted = arena_alloc(arena, (open->count + 1) * sizeof(Node *));
  size_t count = 0;
  for (cJSON *member = open->node->json.child; member != NULL; member = member->next)
    sorted[count++] = (Node *)(void *)member;
  if (count > 1) qsort(sorted, count, sizeof(Node *), by_key);
  return sorted;
}

static bool duplicate_fault(Tree *tree, OpenCollection *open, Node *first, const Node *second) {
  Place place = document_place_at(tree->document, first->key_offset);
  size_t before = tree->faults->count;
  document_fault_at(tree->document, second->key_offset, tree->faults,
                    "duplicate key \"%s\" (first in line %u)", second->json.string, place.line);
  if (!tree->last_key_wins) return false;
  if (tree->faults->count > before) tree->faults->items[before].warning = true;
  first->rank = DROPPED;
  open->overridden = true;
  return true;
}

static bool check_few(Tree *tree, OpenCollection *open) {
  bool good = true;
  for (cJSON *member = open->node->json.child; member != NULL; member = member->next)
    for (cJSON *other = open->node->json.child; other != member; other = other->next)
      if (((Node *)(void *)other)->rank != DROPPED && strcmp(member->string, other->string) == 0) {
        good = duplicate_fault(tree, open, (Node *)(void *)other, (Node *)(void *)member) && good;
        break;
      }
  return good;
}

static bool check_many(Tree *tree, OpenCollection *open) {
  Node *node = open->node;
  node->index = sort_members(open, tree->arena);
  node->index_count = (uint32_t)open->count;
  bool good = true;
  for (size_t i = 1; i < open->count; i++)
    if (strcmp(node->index[i - 1]->json.string, node->index[i]->json.string) == 0)
      good = duplicate_fault(tree, open, node->index[i - 1], node->index[i]) && good;
  return good;
}

static void drop_members(OpenCollection *open) {
  cJSON *next = open->node->json.child;
  open->node->json.child = NULL;
  open->last = NULL;
  open->count = 0;
  for (cJSON *member = next; member != NULL; member = next) {
    next = member->next;
    member->next = member->prev = NULL;
    Node *node = (Node *)(void *)member;
    if (node->rank != DROPPED) append(open, node);
  }
}

static bool check_members(Tree *tree, OpenCollection *open) {
  bool many = open->count >= DOCUMENT_INDEX_FROM;
  bool good = many ? check_many(tree, open) : check_few(tree, open);
  if (!open->overridden) return good;
  open->overridden = false;
  drop_members(open);
  if (many) {
    open->node->index = sort_members(open, tree->arena);
    open->node->index_count = (uint32_t)open->count;
  }
  return good;
}

const Node *node_find(const Node *object, Text key) {
  if (object->index == NULL) {
    for (const cJSON *member = object->json.child; member != NULL; member = member->next)
      if (member->string != NULL && text_is(key, member->string)) return (const Node *)(const void *)member;
    return NULL;
  }
  size_t low = 0, high = object->index_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = text_compare(text_from(object->index[middle]->json.string), key);
    if (order == 0) return object->index[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* ---- aliases and merges ---- */

Node *tree_copy(Tree *tree, const Node *node, size_t depth, size_t offset) {
  if (depth >= DOCUMENT_DEPTH) {
    document_fault_at(tree->document, offset, tree->faults, "nested deeper than %d levels", DOCUMENT_DEPTH);
    return NULL;
  }
  if (tree->copied++ >= DOCUMENT_COPIED_NODES) {
    document_fault_at(tree->document, offset, tree->faults, "aliases expand to more than %d values",
                      DOCUMENT_COPIED_NODES);
    return NULL;
  }
  Node *copy = arena_alloc(tree->arena, sizeof(Node));
  *copy = *node;
  copy->json.next = copy->json.prev = copy->json.child = NULL;
  copy->index = NULL;
  OpenCollection open = {.node = copy};
  for (const cJSON *child = node->json.child; child != NULL; child = child->next) {
    Node *fresh = tree_copy(tree, (const Node *)(const void *)child, depth + 1, offset);
    if (fresh == NULL) return NULL;
    append(&open, fresh);
  }
  if (node->index != NULL) {
    copy->index = sort_members(&open, tree->arena);
    copy->index_count = (uint32_t)open.count;
  }
  return copy;
}

/* Members of one merged mapping that the mapping doesn't have itself; `written` finds those. */
static bool merge_one(Tree *tree, OpenCollection *open, const Node *written, const Node *source,
                      uint32_t *rank) {
  for (const cJSON *member = source->json.child; member != NULL; member = member->next) {
    if (node_find(written, text_from(member->string)) != NULL) continue;
    Node *copy = tree_copy(tree, (const Node *)(const void *)member, tree->depth, open->merge_offset);
    if (copy == NULL) return false;
    copy->rank = ++*rank;
    append(open, copy);
  }
  return true;
}

/* Of members with the same key the first by rank stays. */
static void drop_overridden(Tree *tree, OpenCollection *open) {
  Node **sorted = sort_members(open, tree->arena);
  for (size_t i = 1, kept = 0; i < open->count; i++) {
    if (strcmp(sorted[kept]->json.string, sorted[i]->json.string) == 0)
      sorted[i]->rank = DROPPED;
    else
      kept = i;
  }
  drop_members(open);
}

/* "<<": a mapping, or a list of mappings of which the earlier win. What is written in the mapping wins over
 * all. */
static bool merge(Tree *tree, OpenCollection *open) {
  const Node *value = open->merge;
  Node written = {.index = sort_members(open, tree->arena), .index_count = (uint32_t)open->count};
  uint32_t rank = 0;
  bool mapping = cJSON_IsObject(&value->json);
  if (mapping && !merge_one(tree, open, &written, value, &rank)) return false;
  bool good = mapping || cJSON_IsArray(&value->json);
  for (const cJSON *item = mapping ? NULL : value->json.child; good && item != NULL; item = item->next) {
    good = cJSON_IsObject(item);
    if (good && !merge_one(tree, open, &written, (const Node *)(const void *)item, &rank)) return false;
  }
  if (!good)
    return document_fault_at(tree->document, open->merge_offset, tree->faults,
                             "\"<<\" takes a mapping or a list of mappings");
  drop_overridden(tree, open);
  return true;
}

bool tree_close(Tree *tree, size_t end) {
  OpenCollection *open = innermost(tree);
  open->node->end = (uint32_t)end;
  bool good = true;
  if (cJSON_IsObject(&open->node->json)) {
    good = check_members(tree, open);
    if (open->merge != NULL && good) good = merge(tree, open) && check_members(tree, open);
  }
  tree->depth--;
  return good;
}
