/* YAML: libyaml's events composed into the tree. Core schema (YAML 1.2): `yes` and `2010-09-09` are texts,
 * `~` is null, `0x1F` is a number. `.inf` and `.nan` stay texts, because JSON has no such numbers. libyaml
 * counts characters, not bytes. */
#include "harness/document/node.h"

#include <yaml.h>

#include <stdio.h>
#include <string.h>

typedef struct Anchor {
  const char *name;
  uint64_t hash;
  Node *node;
} Anchor;

typedef struct Composer {
  Tree *tree;
  yaml_parser_t parser;
  bool cloudformation;
  bool ascii; /* character numbers are byte offsets */
  size_t documents;
  Anchor *anchors; /* hash table */
  size_t anchor_count, anchor_size;
} Composer;

static size_t offset_of(const Composer *composer, yaml_mark_t mark) {
  return composer->ascii ? mark.index : document_offset_of_character(composer->tree->document, mark.index);
}

static bool is_one_of(Text source, size_t at, const char *set) {
  return at < source.length && source.data[at] != '\0' && strchr(set, source.data[at]) != NULL;
}

static bool is_anchor_character(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == '_' || byte == '-';
}

static size_t skip_until(Text source, size_t at, const char *set) {
  while (at < source.length && !is_one_of(source, at, set)) at++;
  return at;
}

static size_t skip_anchor(Text source, size_t at) {
  do at++;
  while (at < source.length && is_anchor_character(source.data[at]));
  return at;
}

/* Where the value itself begins: tags and anchors stand before it (!Sub &name "text"), on their own lines
 * too.
 */
static size_t content_offset(Text source, size_t at) {
  if (!is_one_of(source, at, "!&")) return at;
  while (is_one_of(source, at, "!&# \t\r\n")) {
    switch (source.data[at]) {
    case '#': at = skip_until(source, at, "\r\n"); break;
    case '!': at = skip_until(source, at, " \t\r\n"); break;
    case '&': at = skip_anchor(source, at); break;
    default: at++;
    }
  }
  return at;
}

static bool complain(Composer *composer, size_t offset, const char *format, const char *what) {
  return document_fault_at(composer->tree->document, offset, composer->tree->faults, format, what);
}

/* ---- anchors ---- */

static Anchor *anchor_slot(Composer *composer, const char *name, uint64_t hash) {
  size_t at = hash & (composer->anchor_size - 1);
  while (composer->anchors[at].name != NULL &&
         (composer->anchors[at].hash != hash || strcmp(composer->anchors[at].name, name) != 0))
    at = (at + 1) & (composer->anchor_size - 1);
  return &composer->anchors[at];
}

static void grow_anchors(Composer *composer) {
  Anchor *old = composer->anchors;
  size_t old_size = composer->anchor_size;
  composer->anchor_size = old_size == 0 ? 64 : old_size * 2;
  composer->anchors = ARENA_ARRAY(composer->tree->arena, Anchor, composer->anchor_size);
  for (size_t i = 0; i < old_size; i++)
    if (old[i].name != NULL) *anchor_slot(composer, old[i].name, old[i].hash) = old[i];
}

static bool set_anchor(Composer *composer, const yaml_char_t *name, Node *node) {
  if (name == NULL) return true;
  if (composer->anchor_count == DOCUMENT_ANCHORS)
    return complain(composer, node->offset, "too many anchors%s", "");
  if (composer->anchor_count * 2 >= composer->anchor_size) grow_anchors(composer);
  Text text = text_from((const char *)name);
  Anchor *slot = anchor_slot(composer, text.data, text_hash(text));
  if (slot->name == NULL) {
    composer->anchor_count++;
    *slot = (Anchor){.name = arena_copy_string(composer->tree->arena, text), .hash = text_hash(text)};
  }
  slot->node = node;
  return true;
}

static bool is_open(const Tree *tree, const Node *node) {
  for (size_t i = 0; i < tree->depth; i++)
    if (tree->stack[i].node == node) return true;
  return false;
}

static bool close_wrappers(Composer *composer, size_t end);

/* *name */
static bool on_alias(Composer *composer, const yaml_event_t *event) {
  Tree *tree = composer->tree;
  const char *name = (const char *)event->data.alias.anchor;
  size_t offset = offset_of(composer, event->start_mark);
  const Anchor *anchor =
      composer->anchor_size > 0 ? anchor_slot(composer, name, text_hash(text_from(name))) : NULL;
  if (anchor == NULL || anchor->name == NULL)
    return complain(composer, offset, "unknown anchor: nothing before this is marked &%s", name);
  if (is_open(tree, anchor->node))
    return complain(composer, offset, "*%s stands inside the value that it names", name);
  if (tree_wants_key(tree)) {
    if (!cJSON_IsString(&anchor->node->json)) return complain(composer, offset, "a key must be a text%s", "");
    return tree_key(tree, document_text(tree->document, &anchor->node->json), offset);
  }
  Node *copy = tree_copy(tree, anchor->node, tree->depth, offset);
  if (copy == NULL) return false;
  copy->rank = 0;
  return tree_add(tree, copy) && close_wrappers(composer, offset_of(composer, event->end_mark));
}

/* ---- tags ---- */

/* CloudFormation's short forms and what they stand for. */
static const char *const short_tags[][2] = {
    {"Ref", "Ref"},
    {"Condition", "Condition"},
    {"GetAtt", "Fn::GetAtt"},
    {"Sub", "Fn::Sub"},
    {"Join", "Fn::Join"},
    {"Select", "Fn::Select"},
    {"Split", "Fn::Split"},
    {"If", "Fn::If"},
    {"Equals", "Fn::Equals"},
    {"And", "Fn::And"},
    {"Or", "Fn::Or"},
    {"Not", "Fn::Not"},
    {"Base64", "Fn::Base64"},
    {"Cidr", "Fn::Cidr"},
    {"FindInMap", "Fn::FindInMap"},
    {"GetAZs", "Fn::GetAZs"},
    {"Length", "Fn::Length"},
    {"ImportValue", "Fn::ImportValue"},
    {"Transform", "Fn::Transform"},
    {"ToJsonString", "Fn::ToJsonString"},
    {"ForEach", "Fn::ForEach"},
    {"Contains", "Fn::Contains"},
    {"EachMemberEquals", "Fn::EachMemberEquals"},
    {"EachMemberIn", "Fn::EachMemberIn"},
    {"RefAll", "Fn::RefAll"},
    {"ValueOf", "Fn::ValueOf"},
    {"ValueOfAll", "Fn::ValueOfAll"},
};
enum { SHORT_TAGS = sizeof short_tags / sizeof *short_tags };

typedef enum Schema { SCHEMA_CORE, SCHEMA_TEXT } Schema;

typedef struct Tag {
  const char *intrinsic; /* "Fn::Sub"; NULL: none */
  Schema schema;
} Tag;

static bool unknown_tag(Composer *composer, size_t offset, const char *tag) {
  const char *names[SHORT_TAGS];
  for (size_t i = 0; i < SHORT_TAGS; i++) names[i] = short_tags[i][0];
  if (!composer->cloudformation)
    return complain(composer, offset, "tags such as %s are understood in CloudFormation templates only", tag);
  const char *near = tag[0] == '!' ? text_suggest(text_from(tag + 1), names, SHORT_TAGS) : NULL;
  return document_fault_at(composer->tree->document, offset, composer->tree->faults,
                           near != NULL ? "unknown tag %s (did you mean !%s?)" : "unknown tag %s", tag, near);
}

static bool read_tag(Composer *composer, const yaml_char_t *written, size_t offset, Tag *out) {
  static const char *const core[] = {"int", "float", "bool", "null", "map", "seq"};
  static const Text prefix = TEXT_INIT("tag:yaml.org,2002:");
  *out = (Tag){.schema = SCHEMA_CORE};
  if (written == NULL) return true;
  const char *tag = (const char *)written;
  if (text_starts(text_from(tag), prefix)) {
    const char *name = tag + prefix.length;
    out->schema = strcmp(name, "str") == 0 ? SCHEMA_TEXT : SCHEMA_CORE;
    bool known = out->schema == SCHEMA_TEXT;
    for (size_t i = 0; i < sizeof core / sizeof *core; i++) known = known || strcmp(name, core[i]) == 0;
    return known || unknown_tag(composer, offset, tag);
  }
  out->schema = SCHEMA_TEXT;
  if (strcmp(tag, "!") == 0) return true;
  for (size_t i = 0; composer->cloudformation && i < SHORT_TAGS; i++)
    if (tag[0] == '!' && strcmp(tag + 1, short_tags[i][0]) == 0) out->intrinsic = short_tags[i][1];
  return out->intrinsic != NULL || unknown_tag(composer, offset, tag);
}

/* {"Fn::Sub": around the value that comes next. */
static bool open_wrapper(Composer *composer, const Tag *tag, const yaml_char_t *anchor, size_t offset) {
  Tree *tree = composer->tree;
  Node *wrapper = tree_new_node(tree, cJSON_Object, offset);
  return set_anchor(composer, anchor, wrapper) && tree_add(tree, wrapper) && tree_open(tree, wrapper, true) &&
         tree_key(tree, text_from(tag->intrinsic), offset);
}

static bool close_wrappers(Composer *composer, size_t end) {
  Tree *tree = composer->tree;
  while (tree->depth > 0 && tree->stack[tree->depth - 1].wrapper)
    if (!tree_close(tree, end)) return false;
  return true;
}

/* ---- scalars ---- */

static size_t count_of(Text text, size_t at, const char *set) {
  size_t start = at;
  while (at < text.length && text.data[at] != '\0' && strchr(set, text.data[at]) != NULL) at++;
  return at - start;
}

/* [-+]?digits | 0o octal | 0x hex */
static bool is_integer(Text text) {
  if (text_starts(text, TEXT("0o")))
    return text.length > 2 && 2 + count_of(text, 2, "01234567") == text.length;
  if (text_starts(text, TEXT("0x")))
    return text.length > 2 && 2 + count_of(text, 2, "0123456789abcdefABCDEF") == text.length;
  size_t start = count_of(text_slice(text, 0, 1), 0, "+-");
  return text.length > start && start + count_of(text, start, "0123456789") == text.length;
}

/* [-+]? ( . digits | digits ( . digits? )? ) ( [eE] [-+]? digits )? */
static bool is_float(Text text) {
  static const char digits[] = "0123456789";
  size_t at = count_of(text_slice(text, 0, 1), 0, "+-");
  size_t whole = count_of(text, at, digits), fraction = 0;
  at += whole;
  if (at < text.length && text.data[at] == '.') {
    fraction = count_of(text, at + 1, digits);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return false;
  if (at < text.length && (text.data[at] == 'e' || text.data[at] == 'E')) {
    at++;
    at += count_of(text_slice(text, at, at + 1), 0, "+-");
    size_t exponent = count_of(text, at, digits);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.length;
}

/* cJSON type of a plain scalar by the core schema. */
static int core_type(Text text) {
  static const struct {
    const char *word;
    int type;
  } words[] = {{"", cJSON_NULL},       {"~", cJSON_NULL},      {"null", cJSON_NULL},  {"Null", cJSON_NULL},
               {"NULL", cJSON_NULL},   {"true", cJSON_True},   {"True", cJSON_True},  {"TRUE", cJSON_True},
               {"false", cJSON_False}, {"False", cJSON_False}, {"FALSE", cJSON_False}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(text, words[i].word)) return words[i].type;
  return is_integer(text) || is_float(text) ? cJSON_Number : cJSON_String;
}

static NodeStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
  case YAML_SINGLE_QUOTED_SCALAR_STYLE: return STYLE_SINGLE_QUOTED;
  case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return STYLE_DOUBLE_QUOTED;
  case YAML_LITERAL_SCALAR_STYLE: return STYLE_LITERAL;
  case YAML_FOLDED_SCALAR_STYLE: return STYLE_FOLDED;
  default: return STYLE_PLAIN;
  }
}

/* !GetAtt Resource.Name -> ["Resource", "Name"] */
static bool add_attribute_pair(Composer *composer, Text text, size_t offset, size_t end) {
  Tree *tree = composer->tree;
  Node *list = tree_new_node(tree, cJSON_Array, offset);
  if (!tree_add(tree, list) || !tree_open(tree, list, false)) return false;
  size_t dot = text_find_char(text, '.', 0);
  Text parts[] = {text_slice(text, 0, dot), text_slice(text, dot + 1, text.length)};
  for (size_t i = 0; i < 2; i++) {
    Node *part = tree_new_node(tree, cJSON_String, offset);
    tree_set_text(tree, part, parts[i]);
    if (!tree_add(tree, part)) return false;
  }
  return tree_close(tree, end) && close_wrappers(composer, end);
}

static bool on_key(Composer *composer, const yaml_event_t *event, Text text, size_t offset) {
  bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (plain && text_is(text, "<<") && event->data.scalar.tag == NULL)
    return tree_merge_key(composer->tree, offset);
  Tag tag;
  if (!read_tag(composer, event->data.scalar.tag, offset, &tag)) return false;
  if (tag.intrinsic != NULL) return complain(composer, offset, "a key can't be a function%s", "");
  if (event->data.scalar.anchor != NULL) {
    Node *node = tree_new_node(composer->tree, cJSON_String, offset);
    tree_set_text(composer->tree, node, text);
    if (!set_anchor(composer, event->data.scalar.anchor, node)) return false;
  }
  return tree_key(composer->tree, text, offset);
}

static bool on_scalar(Composer *composer, const yaml_event_t *event) {
  Tree *tree = composer->tree;
  Text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
  size_t offset = offset_of(composer, event->start_mark), end = offset_of(composer, event->end_mark);
  if (tree_wants_key(tree)) return on_key(composer, event, text, offset);
  Tag tag;
  if (!read_tag(composer, event->data.scalar.tag, offset, &tag)) return false;
  const yaml_char_t *anchor = event->data.scalar.anchor;
  if (tag.intrinsic != NULL) {
    if (!open_wrapper(composer, &tag, anchor, offset)) return false;
    anchor = NULL;
    bool attribute =
        strcmp(tag.intrinsic, "Fn::GetAtt") == 0 && text_find_char(text, '.', 0) != TEXT_NOT_FOUND;
    if (attribute) return add_attribute_pair(composer, text, offset, end);
  }
  bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && tag.schema == SCHEMA_CORE;
  size_t content = content_offset(tree->document->source, offset);
  Node *node = tree_new_node(tree, plain ? core_type(text) : cJSON_String, content < end ? content : end);
  if (cJSON_IsNumber(&node->json)) tree_set_number(tree, node, text);
  if (cJSON_IsString(&node->json)) tree_set_text(tree, node, text);
  node->style = (uint8_t)style_of(event->data.scalar.style);
  node->end = (uint32_t)end;
  return set_anchor(composer, anchor, node) && tree_add(tree, node) && close_wrappers(composer, end);
}

/* ---- collections ---- */

static bool on_collection(Composer *composer, const yaml_event_t *event, int type) {
  Tree *tree = composer->tree;
  size_t offset = offset_of(composer, event->start_mark);
  bool mapping = type == cJSON_Object;
  const yaml_char_t *written = mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
  const yaml_char_t *anchor = mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
  if (tree_wants_key(tree))
    return complain(composer, offset, "a key must be a text, not a mapping or list%s", "");
  Tag tag;
  if (!read_tag(composer, written, offset, &tag)) return false;
  if (tag.intrinsic != NULL) {
    if (!open_wrapper(composer, &tag, anchor, offset)) return false;
    anchor = NULL;
  }
  Node *node = tree_new_node(tree, type, content_offset(tree->document->source, offset));
  return set_anchor(composer, anchor, node) && tree_add(tree, node) && tree_open(tree, node, false);
}

static bool on_end(Composer *composer, const yaml_event_t *event) {
  size_t end = offset_of(composer, event->end_mark);
  tree_close(composer->tree, end); /* a duplicate key is told and does not stop the reading */
  return close_wrappers(composer, end);
}

static bool on_event(Composer *composer, const yaml_event_t *event) {
  switch (event->type) {
  case YAML_DOCUMENT_START_EVENT:
    if (composer->documents++ == 0) return true;
    return complain(composer, offset_of(composer, event->start_mark),
                    "a second document begins here: a file holds one%s", "");
  case YAML_ALIAS_EVENT: return on_alias(composer, event);
  case YAML_SCALAR_EVENT: return on_scalar(composer, event);
  case YAML_SEQUENCE_START_EVENT: return on_collection(composer, event, cJSON_Array);
  case YAML_MAPPING_START_EVENT: return on_collection(composer, event, cJSON_Object);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT: return on_end(composer, event);
  default: return true;
  }
}

/* ---- libyaml's own complaints ---- */

static bool parser_fault(Composer *composer) {
  const yaml_parser_t *parser = &composer->parser;
  const Document *document = composer->tree->document;
  FaultList *faults = composer->tree->faults;
  const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
  if (parser->error == YAML_READER_ERROR)
    return document_fault_at(document, parser->problem_offset, faults, "YAML: %s (U+%04X)", problem,
                             (unsigned)parser->problem_value);
  size_t offset = offset_of(composer, parser->problem_mark);
  Text source = document->source;
  if (offset < source.length && source.data[offset] == '\t')
    return document_fault_at(document, offset, faults,
                             "YAML: a tab can't indent or begin a value: use spaces");
  if (parser->context == NULL) return document_fault_at(document, offset, faults, "YAML: %s", problem);
  Place begin = document_place_at(document, offset_of(composer, parser->context_mark));
  return document_fault_at(document, offset, faults, "YAML: %s, %s that begins in line %u", problem,
                           parser->context, begin.line);
}

static bool is_ascii(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if ((unsigned char)text.data[i] >= 0x80) return false;
  return true;
}

static bool compose(Composer *composer) {
  for (;;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&composer->parser, &event)) return parser_fault(composer);
    bool good = on_event(composer, &event);
    bool last = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (!good || last) return good;
  }
}

bool yaml_read_tree(Tree *tree, unsigned options) {
  Text source = tree->document->source;
  Composer composer = {.tree = tree,
                       .cloudformation = (options & DOCUMENT_CLOUDFORMATION_TAGS) != 0,
                       .ascii = is_ascii(source)};
  if (!yaml_parser_initialize(&composer.parser))
    return complain(&composer, 0, "YAML: the reader can't start%s", "");
  yaml_parser_set_encoding(&composer.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&composer.parser, (const unsigned char *)source.data, source.length);
  bool good = compose(&composer);
  yaml_parser_delete(&composer.parser);
  if (good && tree->document->root == NULL) return tree_add(tree, tree_new_node(tree, cJSON_NULL, 0));
  return good;
}
