/* The compiled tree, readable: one node a line, indented, with line and column. */
#include "harness/vtl/node.h"

const char *node_kind_name(NodeKind kind) {
  static const char *const names[] = {
#define NODE(kind, name) name,
      VTL_NODES(NODE)
#undef NODE
  };
  return names[kind];
}

static void dump_quoted(Buffer *out, Text text) {
  buffer_append_char(out, '"');
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    switch (byte) {
    case '\n': buffer_append_string(out, "\\n"); break;
    case '\r': buffer_append_string(out, "\\r"); break;
    case '\t': buffer_append_string(out, "\\t"); break;
    case '"': buffer_append_string(out, "\\\""); break;
    case '\\': buffer_append_string(out, "\\\\"); break;
    default:
      if ((unsigned char)byte < 0x20)
        buffer_print(out, "\\u%04X", (unsigned char)byte);
      else
        buffer_append_char(out, byte);
    }
  }
  buffer_append_char(out, '"');
}

static void dump_constant(Value value, Buffer *out) {
  if (value.kind == VALUE_TEXT) {
    dump_quoted(out, (Text){value.as.text, value.length});
    return;
  }
  Arena *arena = arena_new(0);
  value_print(value, out, arena);
  arena_free(arena);
}

static void dump_name(const VtlTemplate *compiled, uint32_t slot, Buffer *out) {
  buffer_append(out, compiled->names[slot]);
}

static void dump_reference(const VtlTemplate *compiled, const Node *node, Buffer *out) {
  static const struct {
    int flag;
    const char *word;
  } words[] = {{NODE_ESCAPED, " escaped"},
               {NODE_BARE, " bare"},
               {NODE_UNCOMPUTABLE, " uncomputable"},
               {NODE_QUIET, " quiet"}};
  dump_name(compiled, node->as.reference.slot, out);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if ((node->flags & words[i].flag) != 0) buffer_append_string(out, words[i].word);
}

static void dump_details(const VtlTemplate *compiled, const Node *node, Buffer *out) {
  switch (node->kind) {
  case NODE_TEXT: dump_quoted(out, node->as.text); break;
  case NODE_PROPERTY:
  case NODE_METHOD:
  case NODE_WORD: buffer_append(out, node->as.text); break;
  case NODE_REFERENCE: dump_reference(compiled, node, out); break;
  case NODE_SET:
  case NODE_DEFINE: dump_name(compiled, node->as.reference.slot, out); break;
  case NODE_FOREACH: dump_name(compiled, node->as.loop.slot, out); break;
  case NODE_CONSTANT: dump_constant(node->as.value, out); break;
  default: break;
  }
}

/* Line starts, so that a place costs a binary search: templates may be long. */
typedef struct Lines {
  size_t *starts;
  size_t count, capacity;
} Lines;

static void lines_add(Lines *lines, size_t start, Arena *arena) {
  if (lines->count == lines->capacity) {
    size_t capacity = lines->capacity == 0 ? 64 : lines->capacity * 2;
    lines->starts =
        arena_resize(arena, lines->starts, lines->capacity * sizeof(size_t), capacity * sizeof(size_t));
    lines->capacity = capacity;
  }
  lines->starts[lines->count++] = start;
}

static Lines lines_of(Text source, Arena *arena) {
  Lines lines = {0};
  lines_add(&lines, 0, arena);
  for (size_t i = 0; i < source.length; i++) {
    bool pair = source.data[i] == '\r' && i + 1 < source.length && source.data[i + 1] == '\n';
    if ((source.data[i] == '\n' || source.data[i] == '\r') && !pair) lines_add(&lines, i + 1, arena);
  }
  return lines;
}

static size_t line_of(const Lines *lines, size_t offset) {
  size_t low = 0, high = lines->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (lines->starts[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

enum { DUMP_DEPTH = 3000, DUMP_INDENT = 40 };

static void dump_node(const VtlTemplate *compiled, const Lines *lines, NodeIndex index, int depth,
                      Buffer *out) {
  const Node *node = &compiled->nodes[index];
  size_t line = line_of(lines, node->offset);
  int indent = depth < DUMP_INDENT ? depth * 2 : DUMP_INDENT * 2;
  buffer_print(out, "%4zu:%-3zu %*s%s ", line + 1, node->offset - lines->starts[line] + 1, indent, "",
               node_kind_name((NodeKind)node->kind));
  dump_details(compiled, node, out);
  buffer_append_char(out, '\n');
  if (depth == DUMP_DEPTH) return;
  for (NodeIndex i = node->child; i != 0; i = compiled->nodes[i].next)
    dump_node(compiled, lines, i, depth + 1, out);
}

void vtl_dump(const VtlTemplate *compiled, Buffer *out) {
  Arena *arena = arena_new(0);
  Lines lines = lines_of(compiled->source, arena);
  dump_node(compiled, &lines, compiled->root, 0, out);
  arena_free(arena);
}
