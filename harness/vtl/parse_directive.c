/* #foreach, #define, #literal, #macro, #break, #stop, and the words that are no directives: those print what
 * was written, arguments unrendered, but their arguments must parse (facts 12, 22 to 24).
 *
 * The gateway's settings stand here: #evaluate, #parse and #include are removed (settings 4, assumed for the
 * last two), #macro is accepted and defines nothing (setting 3). */
#include "harness/vtl/parser.h"

typedef struct Directive Directive;

/* One use of a directive while it is being parsed. */
typedef struct Call {
  Text name;
  uint32_t offset;
  uint32_t first;                      /* its first token */
  uint32_t argument_from, argument_to; /* tokens of the first argument */
  NodeIndex arguments[4];              /* the first ones */
  uint32_t argument_count;
  NodeIndex block;
  uint32_t block_from, block_to;
} Call;

struct Directive {
  Text name;
  bool has_block;
  bool (*finish)(Parser *parser, const Call *call, Children *statements);
};

/* The first token's text behind its first character: how Velocity names what a directive defines. */
static Text name_from_token(const Parser *parser, uint32_t token) {
  Text image = parser->window->tokens[token].image;
  return text_slice(image, 1, image.length);
}

/* #foreach(element word list): the children are counted, not checked: whatever stands third is the list and
 * whatever stands fourth is rendered (seen). */
static bool finish_foreach(Parser *parser, const Call *call, Children *statements) {
  NodeIndex written[5];
  uint32_t count = 0;
  for (; count < call->argument_count && count < 4; count++) written[count] = call->arguments[count];
  written[count++] = call->block;
  NodeIndex node = node_new(parser, NODE_FOREACH, call->offset);
  Children children = {.parent = node};
  for (uint32_t i = 0; i < count; i++) children_add(parser, &children, written[i]);
  const Node *first = &parser->nodes[written[0]];
  uint32_t token = call->argument_count > 0 ? call->argument_from : call->block_from;
  uint32_t slot = first->kind == NODE_REFERENCE
                      ? first->as.reference.slot
                      : name_slot(&parser->names, name_from_token(parser, token), parser->scratch);
  Node *loop = &parser->nodes[node];
  loop->as.loop.slot = slot;
  loop->as.loop.list = count > 2 ? written[2] : 0;
  loop->as.loop.body = count > 3 ? written[3] : 0;
  children_add(parser, statements, node);
  return true;
}

static bool finish_define(Parser *parser, const Call *call, Children *statements) {
  if (call->argument_count != 1)
    return vtl_parse_fail(parser, call->offset, "#define takes one argument, the block's name");
  NodeIndex node = node_new(parser, NODE_DEFINE, call->offset);
  Text name = name_from_token(parser, call->argument_from);
  parser->nodes[node].as.reference.slot = name_slot(&parser->names, name, parser->scratch);
  parser->nodes[node].child = call->block;
  children_add(parser, statements, node);
  return true;
}

/* #literal()…#end prints its block as written; with an argument, the argument. An empty block is a
 * NullPointerException (seen). */
static bool finish_literal(Parser *parser, const Call *call, Children *statements) {
  bool argument = call->argument_count > 0;
  uint32_t from = argument ? call->argument_from : call->block_from;
  uint32_t to = argument ? call->argument_to : call->block_to;
  if (from == to) return vtl_parse_fail(parser, call->offset, "#literal of nothing: NullPointerException");
  add_text(parser, statements, tokens_literal(parser, from, to), call->offset);
  return true;
}

static bool finish_macro(Parser *parser, const Call *call, Children *statements) {
  (void)statements;
  if (call->argument_count == 0)
    return vtl_parse_fail(parser, call->offset, "First argument to #macro() must be macro name");
  name_slot(&parser->macros, parser->window->tokens[call->argument_from].image, parser->scratch);
  return true;
}

static bool finish_jump(Parser *parser, const Call *call, Children *statements) {
  if (call->argument_count > 1)
    return vtl_parse_fail(parser, call->offset, "The #stop directive only accepts a single argument");
  NodeIndex node = node_new(parser, text_is(call->name, "stop") ? NODE_STOP : NODE_BREAK, call->offset);
  parser->nodes[node].child = call->arguments[0];
  children_add(parser, statements, node);
  return true;
}

static const Directive directives[] = {
    {TEXT_INIT("foreach"), true, finish_foreach}, {TEXT_INIT("define"), true, finish_define},
    {TEXT_INIT("literal"), true, finish_literal}, {TEXT_INIT("macro"), true, finish_macro},
    {TEXT_INIT("break"), false, finish_jump},     {TEXT_INIT("stop"), false, finish_jump},
};

static const Directive *directive_find(Text name) {
  for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
    if (text_equal(directives[i].name, name)) return &directives[i];
  return NULL;
}

bool directive_is_known(Text name) {
  return directive_find(name) != NULL;
}

/* A word is an argument of #foreach's second place, of #macro's first, and of what is no directive. */
static bool check_argument(Parser *parser, const Directive *directive, const Call *call, NodeIndex argument) {
  if (directive == NULL) return true;
  bool macro = text_is(directive->name, "macro");
  bool word = parser->nodes[argument].kind == NODE_WORD;
  uint32_t offset = parser->nodes[argument].offset;
  if (macro && call->argument_count == 0)
    return word ||
           vtl_parse_fail(parser, offset, "Invalid first arg in #macro() directive - must be a word token");
  if (!word || (text_is(directive->name, "foreach") && call->argument_count == 1)) return true;
  return vtl_parse_fail(parser, offset, "Invalid arg #%u in directive #%.*s", call->argument_count,
                        TEXT_ARGS(directive->name));
}

static bool sees_end_of_arguments(Parser *parser) {
  const Token *token = vtl_peek(parser, 0);
  if (token != NULL && token->kind == TOKEN_BLANK) token = vtl_peek(parser, 1);
  return token != NULL && token->kind == TOKEN_PAREN_CLOSE;
}

/* Arguments := Blank? "(" (Blank? ","? Blank? DirectiveArg)* Blank? ")" */
static bool parse_arguments(Parser *parser, const Directive *directive, Call *call) {
  vtl_take(parser, TOKEN_BLANK);
  if (!vtl_expect(parser, TOKEN_PAREN_OPEN, "\"(\"") || !vtl_parse_enter(parser)) return false;
  while (!sees_end_of_arguments(parser)) {
    vtl_take(parser, TOKEN_BLANK);
    if (vtl_take(parser, TOKEN_COMMA)) vtl_take(parser, TOKEN_BLANK);
    uint32_t from = parser->window->at;
    NodeIndex argument;
    if (!parse_argument(parser, &argument) || !check_argument(parser, directive, call, argument))
      return false;
    if (call->argument_count == 0) {
      call->argument_from = from;
      call->argument_to = parser->window->at;
    }
    if (call->argument_count < 4) call->arguments[call->argument_count] = argument;
    call->argument_count++;
  }
  vtl_parse_leave(parser);
  vtl_take(parser, TOKEN_BLANK);
  return vtl_expect(parser, TOKEN_PAREN_CLOSE, "\")\"");
}

static bool parse_directive_block(Parser *parser, Call *call) {
  if (!vtl_parse_enter(parser)) return false;
  call->block = node_new(parser, NODE_BLOCK, vtl_offset(parser));
  call->block_from = parser->window->at;
  if (!parse_statements(parser, call->block)) return false;
  call->block_to = parser->window->at;
  vtl_parse_leave(parser);
  return vtl_expect_end(parser, call->name, call->offset);
}

/* What is no directive prints its tokens; "#@word" without arguments prints just that. */
static void print_words(Parser *parser, const Call *call, Children *statements) {
  uint32_t to = parser->window->at;
  if (to == call->first + 1) {
    const Token *word = &parser->window->tokens[call->first];
    if (text_starts(call->name, TEXT("@"))) add_text(parser, statements, TEXT("#"), call->offset);
    add_text(parser, statements, text_starts(call->name, TEXT("@")) ? call->name : word->image, call->offset);
    return;
  }
  Buffer text = buffer_make(parser->lasting, 0);
  for (uint32_t i = call->first; i < to; i++) buffer_append(&text, parser->window->tokens[i].image);
  add_text(parser, statements, buffer_text(&text), call->offset);
}

static Text word_name(const Token *word) {
  bool bracketed = word->kind == TOKEN_BRACKETED_WORD;
  return text_slice(word->image, bracketed ? 2 : 1, word->image.length - (bracketed ? 1 : 0));
}

/* #word without arguments. */
static bool finish_bare(Parser *parser, const Directive *directive, const Call *call, Children *statements) {
  lexer_leave_directive(&parser->window->lexer);
  if (directive == NULL) {
    print_words(parser, call, statements);
    return true;
  }
  if (!directive->has_block) return directive->finish(parser, call, statements);
  return vtl_parse_fail(parser, call->offset, "#%.*s needs arguments in parentheses", TEXT_ARGS(call->name));
}

/* Directive := (Word | "{" Word "}") (Arguments (Statement* "#end")?)? */
bool parse_directive(Parser *parser, Children *statements) {
  const Token *word = vtl_peek(parser, 0);
  Call call = {.name = word_name(word), .offset = vtl_offset(parser), .first = parser->window->at};
  const Directive *directive = directive_find(call.name);
  parser->window->at++;
  if (!lexer_sees_parenthesis(&parser->window->lexer))
    return finish_bare(parser, directive, &call, statements);
  lexer_enter_directive(&parser->window->lexer);
  if (!parse_arguments(parser, directive, &call)) return false;
  bool has_block = directive != NULL ? directive->has_block : text_starts(call.name, TEXT("@"));
  if (has_block && !parse_directive_block(parser, &call)) return false;
  if (directive != NULL) return directive->finish(parser, &call, statements);
  print_words(parser, &call, statements);
  return true;
}
