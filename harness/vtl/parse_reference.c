/* References: $a, $!a, ${a}, with properties, methods and indexes, and what their first token says besides
 * the name (ASTReference.getRoot in Velocity). */
#include "harness/vtl/parser.h"

#include <string.h>

/* Index := "[" Blank? (String | Integer | true | false | Reference) Blank? "]" */
static bool parse_index(Parser *parser, NodeIndex *out) {
  *out = node_new(parser, NODE_INDEX, vtl_offset(parser));
  NodeIndex value;
  if (!vtl_expect(parser, TOKEN_INDEX_OPEN, "\"[\"") || !parse_index_value(parser, &value) ||
      !vtl_expect(parser, TOKEN_INDEX_CLOSE, "\"]\""))
    return false;
  parser->nodes[*out].child = value;
  return true;
}

static bool begins_parameter(TokenKind kind) {
  switch (kind) {
  case TOKEN_BLANK:
  case TOKEN_STRING:
  case TOKEN_INTEGER:
  case TOKEN_FLOAT:
  case TOKEN_BRACKET_OPEN:
  case TOKEN_MAP_OPEN:
  case TOKEN_TRUE:
  case TOKEN_FALSE:
  case TOKEN_IDENTIFIER:
  case TOKEN_CURLY_OPEN: return true;
  default: return false;
  }
}

/* Velocity looks three tokens ahead: a "(" that begins no argument list is text behind a property. */
static bool sees_method(Parser *parser) {
  const Token *token = vtl_peek(parser, 1);
  if (token == NULL || token->kind != TOKEN_PAREN_OPEN) return false;
  token = vtl_peek(parser, 2);
  return token != NULL && (token->kind == TOKEN_ARGUMENTS_CLOSE || begins_parameter(token->kind));
}

/* Method := Identifier "(" (Parameter ("," Parameter)*)? ")" */
static bool parse_method(Parser *parser, NodeIndex *out) {
  Text name = vtl_peek(parser, 0)->image;
  *out = node_new(parser, NODE_METHOD, vtl_offset(parser));
  parser->nodes[*out].as.text = name;
  parser->nodes[*out].method = method_number(name);
  Children arguments = {.parent = *out};
  parser->window->at += 2;
  if (vtl_take(parser, TOKEN_ARGUMENTS_CLOSE)) return true;
  if (!vtl_parse_enter(parser)) return false;
  do {
    NodeIndex argument;
    if (!parse_parameter(parser, &argument)) return false;
    children_add(parser, &arguments, argument);
  } while (vtl_take(parser, TOKEN_COMMA));
  vtl_parse_leave(parser);
  return vtl_expect(parser, TOKEN_ARGUMENTS_CLOSE, "\",\" or \")\"");
}

static NodeIndex parse_property(Parser *parser) {
  NodeIndex property = node_new(parser, NODE_PROPERTY, vtl_offset(parser));
  parser->nodes[property].as.text = vtl_peek(parser, 0)->image;
  parser->window->at++;
  return property;
}

static bool sees_member(Parser *parser) {
  if (!vtl_next_is(parser, TOKEN_DOT)) return false;
  const Token *token = vtl_peek(parser, 1);
  return token != NULL && token->kind == TOKEN_IDENTIFIER;
}

static bool parse_indexes(Parser *parser, Children *path) {
  while (vtl_next_is(parser, TOKEN_INDEX_OPEN)) {
    NodeIndex index;
    if (!parse_index(parser, &index)) return false;
    children_add(parser, path, index);
  }
  return true;
}

/* Path := Index* ("." (Method | Identifier) Index*)* */
static bool parse_path(Parser *parser, Children *path) {
  if (!parse_indexes(parser, path)) return false;
  while (sees_member(parser)) {
    parser->window->at++;
    NodeIndex member;
    if (!sees_method(parser))
      member = parse_property(parser);
    else if (!parse_method(parser, &member))
      return false;
    children_add(parser, path, member);
    if (!parse_indexes(parser, path)) return false;
  }
  return true;
}

/* "$\!x": the name is the image without one backslash. */
static Text unescaped_bang(Parser *parser, Text image) {
  size_t dollar = text_find_char(image, '$', 0);
  size_t start = text_find_char(image, '\\', dollar);
  size_t end = start;
  while (end < image.length && image.data[end] == '\\') end++;
  Buffer name = buffer_make(parser->lasting, 0);
  buffer_append(&name, text_slice(image, 0, end - 1));
  buffer_append(&name, text_slice(image, end, image.length));
  return buffer_text(&name);
}

/* Splits what stands before the last $ of the first token into escapes and other text; the token keeps the
 * rest. */
static void split_first_token(Token *token, Node *node, ReferenceTexts *texts) {
  size_t escapes = 0;
  while (escapes < token->image.length && token->image.data[escapes] == '\\') escapes++;
  if (escapes % 2 != 0) node->flags |= NODE_ESCAPED;
  texts->escapes = text_slice(token->image, 0, escapes / 2);
  token->image = text_slice(token->image, escapes, token->image.length);
  size_t dollar = text_find_last_char(token->image, '$');
  if (dollar == TEXT_NOT_FOUND || dollar == 0) return;
  texts->more = text_slice(token->image, 0, dollar);
  token->image = text_slice(token->image, dollar, token->image.length);
}

/* Name of the variable, and what is printed around its value. */
static Text reference_root(Parser *parser, NodeIndex reference, uint32_t first, ReferenceTexts *texts) {
  Node *node = &parser->nodes[reference];
  Token *token = &parser->window->tokens[first];
  if (text_find(token->image, TEXT("\\!"), 0) != TEXT_NOT_FOUND &&
      text_find_char(token->image, '$', 0) != TEXT_NOT_FOUND) {
    node->flags |= NODE_UNCOMPUTABLE;
    texts->source = unescaped_bang(parser, token->image);
    return texts->source;
  }
  split_first_token(token, node, texts);
  texts->source = tokens_literal(parser, first, parser->window->at);
  Text name = token[1].image;
  if (text_starts(token->image, TEXT("$!"))) {
    node->flags |= NODE_QUIET;
    if ((node->flags & NODE_ESCAPED) == 0) texts->source = TEXT_EMPTY;
    return text_starts(token->image, TEXT("$!{")) ? name : text_slice(token->image, 2, token->image.length);
  }
  if (text_is(token->image, "${")) return name;
  if (text_starts(token->image, TEXT("$"))) return text_slice(token->image, 1, token->image.length);
  node->flags |= NODE_BARE;
  return token->image;
}

/* Reference := Identifier Path | "{" Identifier Path "}" */
bool parse_reference(Parser *parser, NodeIndex *out) {
  uint32_t first = parser->window->at;
  *out = node_new(parser, NODE_REFERENCE, vtl_offset(parser));
  Children path = {.parent = *out};
  bool curly = vtl_take(parser, TOKEN_CURLY_OPEN);
  if (!vtl_expect(parser, TOKEN_IDENTIFIER, "a name") || !parse_path(parser, &path)) return false;
  if (curly && !vtl_expect(parser, TOKEN_CURLY_CLOSE, "\"}\"")) return false;
  if (vtl_peek(parser, 0) == NULL) return false; /* Velocity has looked at it too */
  ReferenceTexts *texts = ARENA_NEW(parser->lasting, ReferenceTexts);
  Text root = reference_root(parser, *out, first, texts);
  Node *node = &parser->nodes[*out];
  node->as.reference.texts = texts;
  node->as.reference.slot = name_slot(&parser->names, root, parser->scratch);
  return true;
}
