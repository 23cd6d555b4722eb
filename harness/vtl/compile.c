/* Compiling: tokens through a window, nodes into one growing array, names to slots. The productions stand in
 * parse_statement.c, parse_reference.c and parse_expression.c. */
#include "harness/vtl/parser.h"

#include "harness/base/utf8.h"

#include <stdio.h>
#include <string.h>

/* ---- faults ---- */

bool vtl_parse_fail(Parser *parser, uint32_t offset, const char *format, ...) {
  char message[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return fault_raise_at(parser->fault, FAULT_INPUT, NULL, parser->source, offset, "%s", message);
}

/* What stands at the place, cut to a readable length. */
static Text shown(const Token *token) {
  static const Text end = TEXT_INIT("<EOF>");
  if (token->kind == TOKEN_END_OF_INPUT) return end;
  return text_slice(token->image, 0, 40);
}

bool vtl_refuse(Parser *parser, const char *expected) {
  const Token *token = vtl_peek(parser, 0);
  if (token == NULL) return false;
  Text text = shown(token);
  return vtl_parse_fail(parser, vtl_offset(parser), "Encountered \"%.*s\", expected %s", TEXT_ARGS(text),
                        expected);
}

static bool refuse_lexeme(Parser *parser, size_t at) {
  const TokenWindow *window = parser->window;
  uint32_t offset = window->origin + (uint32_t)at;
  if (at >= window->lexer.source.length)
    return vtl_parse_fail(parser, offset, "Lexical error: encountered <EOF>");
  size_t next = at;
  utf8_next(window->lexer.source, &next);
  return vtl_parse_fail(parser, offset, "Lexical error: encountered \"%.*s\"",
                        TEXT_ARGS(text_slice(window->lexer.source, at, next)));
}

bool vtl_parse_enter(Parser *parser) {
  if (parser->depth == VTL_NESTING_LIMIT)
    return fault_raise_at(parser->fault, FAULT_LIMIT, NULL, parser->source, vtl_offset(parser),
                          "the template nests deeper than %d levels", VTL_NESTING_LIMIT);
  parser->depth++;
  return true;
}

void vtl_parse_leave(Parser *parser) {
  parser->depth--;
}

/* ---- tokens ---- */

static bool read_token(Parser *parser) {
  TokenWindow *window = parser->window;
  if (window->count == window->capacity) {
    uint32_t capacity = window->capacity == 0 ? 64 : window->capacity * 2;
    window->tokens = arena_resize(parser->scratch, window->tokens, window->capacity * sizeof(Token),
                                  capacity * sizeof(Token));
    window->capacity = capacity;
  }
  size_t error;
  if (!lexer_next(&window->lexer, &window->tokens[window->count], &error)) {
    window->broken = true;
    return refuse_lexeme(parser, error);
  }
  window->count++;
  return true;
}

Token *vtl_peek(Parser *parser, uint32_t ahead) {
  TokenWindow *window = parser->window;
  while (window->count <= window->at + ahead)
    if (window->broken || !read_token(parser)) return NULL;
  return &window->tokens[window->at + ahead];
}

bool vtl_next_is(Parser *parser, TokenKind kind) {
  const Token *token = vtl_peek(parser, 0);
  return token != NULL && token->kind == kind;
}

bool vtl_take(Parser *parser, TokenKind kind) {
  if (!vtl_next_is(parser, kind)) return false;
  parser->window->at++;
  return true;
}

bool vtl_expect(Parser *parser, TokenKind kind, const char *what) {
  return vtl_take(parser, kind) || vtl_refuse(parser, what);
}

bool vtl_expect_end(Parser *parser, Text directive, uint32_t opened) {
  if (vtl_next_is(parser, TOKEN_END_OF_INPUT))
    return vtl_parse_fail(parser, opened, "Encountered \"<EOF>\", expected #end: this #%.*s is never closed",
                          TEXT_ARGS(directive));
  return vtl_expect(parser, TOKEN_END, "#end");
}

uint32_t vtl_offset(Parser *parser) {
  const TokenWindow *window = parser->window;
  uint32_t within =
      window->at < window->count ? window->tokens[window->at].offset : (uint32_t)window->lexer.at;
  return window->origin + within;
}

Text tokens_literal(const Parser *parser, uint32_t first, uint32_t last) {
  Buffer text = buffer_make(parser->lasting, 0);
  for (uint32_t i = first; i < last; i++) {
    const Token *token = &parser->window->tokens[i];
    if (token->kind == TOKEN_COMMENT_CLOSE) continue;
    buffer_append(&text, token->before);
    buffer_append(&text, token->image);
  }
  return buffer_text(&text);
}

/* ---- nodes ---- */

NodeIndex node_new(Parser *parser, NodeKind kind, uint32_t offset) {
  if (parser->node_count == parser->node_capacity) {
    uint32_t capacity = parser->node_capacity * 2;
    parser->nodes = arena_resize(parser->scratch, parser->nodes, parser->node_capacity * sizeof(Node),
                                 capacity * sizeof(Node));
    parser->node_capacity = capacity;
  }
  parser->nodes[parser->node_count] = (Node){.kind = (uint8_t)kind, .offset = offset};
  return parser->node_count++;
}

void children_add(Parser *parser, Children *children, NodeIndex child) {
  if (children->last == 0)
    parser->nodes[children->parent].child = child;
  else
    parser->nodes[children->last].next = child;
  children->last = child;
}

/* ---- names ---- */

static uint32_t *name_place(const NameTable *table, Text name) {
  uint32_t mask = table->index_size - 1;
  for (uint32_t at = (uint32_t)text_hash(name) & mask;; at = (at + 1) & mask)
    if (table->index[at] == 0 || text_equal(table->names[table->index[at] - 1], name))
      return &table->index[at];
}

static void names_grow(NameTable *table, Arena *arena) {
  uint32_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
  table->names = arena_resize(arena, table->names, table->capacity * sizeof(Text), capacity * sizeof(Text));
  table->capacity = capacity;
  table->index_size = capacity * 2;
  table->index = ARENA_ARRAY(arena, uint32_t, table->index_size);
  for (uint32_t slot = 0; slot < table->count; slot++) *name_place(table, table->names[slot]) = slot + 1;
}

uint32_t name_slot(NameTable *table, Text name, Arena *arena) {
  if (table->count == table->capacity) names_grow(table, arena);
  uint32_t *place = name_place(table, name);
  if (*place == 0) {
    table->names[table->count++] = name;
    *place = table->count;
  }
  return *place - 1;
}

static uint32_t slot_of(const NameTable *table, Text name) {
  if (table->count == 0) return VTL_NO_SLOT;
  uint32_t place = *name_place(table, name);
  return place == 0 ? VTL_NO_SLOT : place - 1;
}

bool name_known(const NameTable *table, Text name) {
  return slot_of(table, name) != VTL_NO_SLOT;
}

/* ---- templates ---- */

/* process := Statement* <EOF> */
bool parse_nested(Parser *parser, Text text, uint32_t origin, NodeIndex *block) {
  TokenWindow window = {.lexer = lexer_make(text, parser->scratch), .origin = origin};
  TokenWindow *outer = parser->window;
  parser->window = &window;
  *block = node_new(parser, NODE_BLOCK, origin);
  bool parsed = vtl_parse_enter(parser) && parse_statements(parser, *block) &&
                vtl_expect(parser, TOKEN_END_OF_INPUT, "text, a reference or a directive");
  if (parsed) vtl_parse_leave(parser);
  parser->window = outer;
  return parsed;
}

static VtlTemplate *finish(Parser *parser, NodeIndex root) {
  VtlTemplate *compiled = ARENA_NEW(parser->lasting, VtlTemplate);
  Node *nodes = ARENA_ARRAY(parser->lasting, Node, parser->node_count);
  memcpy(nodes, parser->nodes, parser->node_count * sizeof(Node));
  *compiled = (VtlTemplate){.source = parser->source,
                            .nodes = nodes,
                            .node_count = parser->node_count,
                            .root = root,
                            .name_count = parser->names.count,
                            .foreach_slot = slot_of(&parser->names, TEXT("foreach")),
                            .count_slot = slot_of(&parser->names, TEXT("velocityCount")),
                            .has_next_slot = slot_of(&parser->names, TEXT("velocityHasNext"))};
  Text *names = ARENA_ARRAY(parser->lasting, Text, parser->names.count);
  if (parser->names.count > 0) memcpy(names, parser->names.names, parser->names.count * sizeof(Text));
  compiled->names = names;
  return compiled;
}

bool vtl_compile(Text source, Arena *lasting, VtlTemplate **out, Fault *fault) {
  if (source.length > VTL_TEMPLATE_LIMIT)
    return fault_raise(fault, FAULT_LIMIT, "the template has %zu bytes, the gateway takes %d", source.length,
                       VTL_TEMPLATE_LIMIT);
  Arena *scratch = arena_new(0);
  Parser parser = {
      .source = source, .lasting = lasting, .scratch = scratch, .node_capacity = 64, .fault = fault};
  parser.nodes = ARENA_ARRAY(scratch, Node, parser.node_capacity);
  parser.node_count = 1; /* index 0 is no node */
  NodeIndex root;
  bool parsed = parse_nested(&parser, source, 0, &root);
  if (parsed) *out = finish(&parser, root);
  arena_free(scratch);
  return parsed;
}
