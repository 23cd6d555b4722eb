/* Statements: text, comments, escapes, #set, #if and the other directives. */
#include "harness/vtl/parser.h"

#include <string.h>

/* ---- text ---- */

void add_text(Parser *parser, Children *statements, Text text, uint32_t offset) {
  if (text.length == 0) return;
  if (statements->last != 0) {
    Node *last = &parser->nodes[statements->last];
    if (last->kind == NODE_TEXT && last->as.text.data + last->as.text.length == text.data) {
      last->as.text.length += text.length;
      return;
    }
  }
  NodeIndex node = node_new(parser, NODE_TEXT, offset);
  parser->nodes[node].as.text = text;
  children_add(parser, statements, node);
}

/* A token that is text, with what stands before it; one span of the source when they touch there. */
static void add_token_text(Parser *parser, Children *statements, const Token *token) {
  Text source = parser->window->lexer.source;
  uint32_t offset = parser->window->origin + token->offset;
  Text before = token->before, image = token->image;
  bool touching = token->offset >= before.length && image.data == source.data + token->offset &&
                  text_equal(before, text_slice(source, token->offset - before.length, token->offset));
  if (touching) {
    size_t from = token->offset - before.length;
    add_text(parser, statements, text_slice(source, from, token->offset + image.length), offset);
    return;
  }
  add_text(parser, statements, arena_copy_text(parser->lasting, before), offset);
  add_text(parser, statements, image, offset);
}

/* Comment := "##" newline? | "*#": prints what stood before the comment in its first token. */
static void parse_comment(Parser *parser, Children *statements) {
  const Token *token = vtl_peek(parser, 0);
  uint32_t offset = vtl_offset(parser);
  size_t mark = text_find(token->image, TEXT("##"), 0);
  if (mark == TEXT_NOT_FOUND) mark = text_find(token->image, TEXT("#*"), 0);
  if (mark != TEXT_NOT_FOUND) add_text(parser, statements, text_slice(token->image, 0, mark), offset);
  bool line = token->kind == TOKEN_LINE_COMMENT_OPEN;
  parser->window->at++;
  if (line) vtl_take(parser, TOKEN_LINE_COMMENT_CLOSE);
}

/* TextBlock := "#[[" … "]]#"; what stood before "#[[" in the token shifts the text (seen: 1.7 counts three
 * bytes). */
static void parse_text_block(Parser *parser, Children *statements) {
  const Token *token = vtl_peek(parser, 0);
  add_text(parser, statements, text_slice(token->image, 3, token->image.length - 3), vtl_offset(parser));
  parser->window->at++;
}

/* ---- escapes ---- */

static bool is_control_word(Text name) {
  static const char *const words[] = {"if", "end", "set", "else", "elseif"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(name, words[i])) return true;
  return false;
}

static bool is_directive(const Parser *parser, Text name) {
  return directive_is_known(name) || name_known(&parser->macros, name);
}

/* EscapedDirective := \#word: before a directive half of the backslashes go, before anything else they stay.
 */
static void parse_escaped_directive(Parser *parser, Children *statements) {
  Token *token = vtl_peek(parser, 0);
  size_t escape = text_find_last_char(token->image, '\\');
  Text word = text_slice(token->image, escape + 1, token->image.length);
  Text name = text_slice(word, 1, word.length);
  if (text_starts(name, TEXT("{"))) name = text_slice(name, 1, name.length - 1);
  if (is_directive(parser, name) || is_control_word(name)) {
    Buffer kept = buffer_make(parser->lasting, 0);
    buffer_append(&kept, text_slice(token->image, 0, escape / 2));
    buffer_append(&kept, word);
    token->image = buffer_text(&kept);
  }
  add_text(parser, statements, token->image, vtl_offset(parser));
  parser->window->at++;
}

/* The first character of the next token aside, is this a directive's name? (Velocity asks no more than that.)
 */
static bool names_directive(const Parser *parser, const Token *token) {
  switch (token->kind) {
  case TOKEN_IF:
  case TOKEN_ELSE:
  case TOKEN_ELSEIF:
  case TOKEN_END: return true;
  default: break;
  }
  size_t start = 1;
  while (start < token->image.length && ((unsigned char)token->image.data[start] & 0xC0) == 0x80) start++;
  return is_directive(parser, text_slice(token->image, start, token->image.length));
}

/* Escape := (\\\\)+: halved before a directive; what stood before one of them is lost (seen). */
static bool parse_escape(Parser *parser, Children *statements) {
  uint32_t offset = vtl_offset(parser);
  size_t pairs = 0;
  while (vtl_take(parser, TOKEN_DOUBLE_ESCAPE)) pairs++;
  const Token *token = vtl_peek(parser, 0);
  if (token == NULL) return false;
  Buffer escapes = buffer_make(parser->lasting, 0);
  size_t count = names_directive(parser, token) ? pairs : pairs * 2;
  for (size_t i = 0; i < count; i++) buffer_append_char(&escapes, '\\');
  add_text(parser, statements, buffer_text(&escapes), offset);
  return true;
}

/* ---- #set and #if ---- */

/* Set := "#set(" Blank? Reference Blank? "=" Expression ")" */
static bool parse_set(Parser *parser, Children *statements) {
  NodeIndex node = node_new(parser, NODE_SET, vtl_offset(parser));
  Children parts = {.parent = node};
  parser->window->at++;
  vtl_take(parser, TOKEN_BLANK);
  uint32_t first = parser->window->at;
  NodeIndex target, value;
  if (!parse_reference(parser, &target)) return false;
  vtl_take(parser, TOKEN_BLANK);
  if (!vtl_expect(parser, TOKEN_ASSIGN, "\"=\"") || !parse_expression(parser, &value) ||
      !vtl_expect(parser, TOKEN_PAREN_CLOSE, "an operator or \")\""))
    return false;
  lexer_leave_set(&parser->window->lexer);
  children_add(parser, &parts, target);
  children_add(parser, &parts, value);
  /* Velocity assigns to what follows the first character, so ${x} and $!x name no variable (fact 10). */
  Text image = parser->window->tokens[first].image;
  parser->nodes[node].as.reference.slot =
      name_slot(&parser->names, text_slice(image, 1, image.length), parser->scratch);
  children_add(parser, statements, node);
  return true;
}

static bool parse_block(Parser *parser, Children *parent) {
  if (!vtl_parse_enter(parser)) return false;
  NodeIndex block = node_new(parser, NODE_BLOCK, vtl_offset(parser));
  if (!parse_statements(parser, block)) return false;
  vtl_parse_leave(parser);
  children_add(parser, parent, block);
  return true;
}

/* Blank? "(" Expression ")" Statement* */
static bool parse_branch(Parser *parser, Children *branches) {
  NodeIndex condition;
  parser->window->at++;
  vtl_take(parser, TOKEN_BLANK);
  if (!vtl_expect(parser, TOKEN_PAREN_OPEN, "\"(\"") || !parse_expression(parser, &condition) ||
      !vtl_expect(parser, TOKEN_PAREN_CLOSE, "an operator or \")\""))
    return false;
  children_add(parser, branches, condition);
  return parse_block(parser, branches);
}

/* If := "#if" Branch ("#elseif" Branch)* ("#else" Statement*)? "#end" */
static bool parse_if(Parser *parser, Children *statements) {
  uint32_t opened = vtl_offset(parser);
  NodeIndex node = node_new(parser, NODE_IF, opened);
  Children branches = {.parent = node};
  if (!parse_branch(parser, &branches)) return false;
  while (vtl_next_is(parser, TOKEN_ELSEIF))
    if (!parse_branch(parser, &branches)) return false;
  if (vtl_take(parser, TOKEN_ELSE) && !parse_block(parser, &branches)) return false;
  children_add(parser, statements, node);
  return vtl_expect_end(parser, TEXT("if"), opened);
}

/* ---- statements ---- */

/* DOT, parentheses and literals are text wherever a statement may stand. */
static bool is_text(TokenKind kind) {
  switch (kind) {
  case TOKEN_PLAIN:
  case TOKEN_DOT:
  case TOKEN_PAREN_OPEN:
  case TOKEN_PAREN_CLOSE:
  case TOKEN_INTEGER:
  case TOKEN_FLOAT:
  case TOKEN_STRING:
  case TOKEN_ESCAPE:
  case TOKEN_CURLY_OPEN:
  case TOKEN_CURLY_CLOSE:
  case TOKEN_EMPTY_INDEX: return true;
  default: return false;
  }
}

static bool sees_reference(Parser *parser, const Token *token) {
  if (token->kind == TOKEN_IDENTIFIER) return true;
  if (token->kind != TOKEN_CURLY_OPEN) return false;
  const Token *second = vtl_peek(parser, 1);
  return second != NULL && second->kind == TOKEN_IDENTIFIER;
}

static bool parse_reference_statement(Parser *parser, Children *statements) {
  NodeIndex reference;
  if (!parse_reference(parser, &reference)) return false;
  children_add(parser, statements, reference);
  return true;
}

typedef enum Step { STEP_DONE, STEP_TAKEN, STEP_FAILED } Step;

static Step taken_if(bool taken) {
  return taken ? STEP_TAKEN : STEP_FAILED;
}

/* Statement := If | Reference | Comment | TextBlock | Set | EscapedDirective | Escape | Directive | Text */
static Step parse_statement(Parser *parser, Children *statements) {
  Token *token = vtl_peek(parser, 0);
  if (token == NULL) return STEP_FAILED;
  if (sees_reference(parser, token)) return taken_if(parse_reference_statement(parser, statements));
  token = vtl_peek(parser, 0); /* the window may have moved */
  if (parser->window->broken) return STEP_FAILED;
  if (is_text(token->kind)) {
    add_token_text(parser, statements, token);
    parser->window->at++;
    return STEP_TAKEN;
  }
  switch (token->kind) {
  case TOKEN_IF: return taken_if(parse_if(parser, statements));
  case TOKEN_SET: return taken_if(parse_set(parser, statements));
  case TOKEN_DOUBLE_ESCAPE: return taken_if(parse_escape(parser, statements));
  case TOKEN_WORD:
  case TOKEN_BRACKETED_WORD: return taken_if(parse_directive(parser, statements));
  case TOKEN_LINE_COMMENT_OPEN:
  case TOKEN_FORMAL_COMMENT_CLOSE:
  case TOKEN_COMMENT_CLOSE: parse_comment(parser, statements); return STEP_TAKEN;
  case TOKEN_TEXT_BLOCK: parse_text_block(parser, statements); return STEP_TAKEN;
  case TOKEN_ESCAPED_DIRECTIVE: parse_escaped_directive(parser, statements); return STEP_TAKEN;
  default: return STEP_DONE;
  }
}

bool parse_statements(Parser *parser, NodeIndex block) {
  Children statements = {.parent = block};
  for (;;) {
    Step step = parse_statement(parser, &statements);
    if (step != STEP_TAKEN) return step == STEP_DONE;
  }
}
