/* Expressions, literals and parameters. */
#include "harness/vtl/parser.h"

#include "harness/base/utf8.h"

/* A node and the tokens that Velocity's Node.literal() would print for it. */
typedef struct Operand {
  NodeIndex node;
  uint32_t first, last;
} Operand;

/* ---- literals ---- */

static bool parse_number(Parser *parser, ValueKind smallest, NodeIndex *out) {
  Text image = vtl_peek(parser, 0)->image;
  *out = node_new(parser, NODE_CONSTANT, vtl_offset(parser));
  Value value;
  bool read = smallest == VALUE_DOUBLE
                  ? number_parse(VALUE_DOUBLE, image, 10, parser->lasting, &value)
                  : number_parse(VALUE_INTEGER, image, 10, parser->lasting, &value) ||
                        number_parse(VALUE_LONG, image, 10, parser->lasting, &value) ||
                        number_parse(VALUE_BIG_INTEGER, image, 10, parser->lasting, &value);
  if (!read) return vtl_refuse(parser, "a number");
  parser->nodes[*out].as.value = value;
  parser->window->at++;
  return true;
}

static int hex_value(char digit) {
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* Four characters as Integer.parseInt(…, 16) reads them, so a sign and three digits will do. */
static bool read_unit(Text digits, uint32_t *unit) {
  if (digits.length < 4) return false;
  bool negative = digits.data[0] == '-';
  size_t at = negative || digits.data[0] == '+' ? 1 : 0;
  *unit = 0;
  for (; at < 4; at++) {
    int value = hex_value(digits.data[at]);
    if (value < 0) return false;
    *unit = *unit << 4 | (uint32_t)value;
  }
  if (negative) *unit = (0u - *unit) & 0xFFFF;
  return true;
}

/* \uXXXX anywhere, a backslash before it or not; nothing else is an escape (fact 9). */
static bool append_unescaped(Text text, Buffer *out) {
  for (size_t at = 0;;) {
    size_t escape = text_find(text, TEXT("\\u"), at);
    utf8_append_joining(out, text_slice(text, at, escape == TEXT_NOT_FOUND ? text.length : escape));
    if (escape == TEXT_NOT_FOUND) return true;
    uint32_t unit;
    if (!read_unit(text_slice(text, escape + 2, escape + 6), &unit)) return false;
    char encoded[4];
    utf8_append_joining(out, (Text){encoded, utf8_encode(unit, encoded)});
    at = escape + 6;
  }
}

/* Two quotes are one. */
static Text single_quotes(Text text, char quote, Arena *arena) {
  if (text_find_char(text, quote, 0) == TEXT_NOT_FOUND) return text;
  Buffer out = buffer_make(arena, 0);
  for (size_t at = 0; at < text.length; at++) {
    buffer_append_char(&out, text.data[at]);
    if (text.data[at] == quote && at + 1 < text.length && text.data[at + 1] == quote) at++;
  }
  return buffer_text(&out);
}

/* Velocity puts a blank behind the text, so that "$" at its end isn't cut short, and takes it off the result;
 * unless the text holds ##, which would swallow it. */
static bool parse_interpolated(Parser *parser, Text text, uint32_t origin, NodeIndex node) {
  bool comment = text_find(text, TEXT("##"), 0) != TEXT_NOT_FOUND;
  if (!comment) {
    Buffer longer = buffer_make(parser->lasting, 0);
    buffer_reserve(&longer, text.length + 1);
    buffer_append(&longer, text);
    buffer_append_char(&longer, ' ');
    text = buffer_text(&longer);
  }
  parser->nodes[node].kind = NODE_INTERPOLATED;
  if (comment) parser->nodes[node].flags = NODE_KEEPS_END;
  NodeIndex block;
  if (!parse_nested(parser, text, origin, &block)) return false;
  parser->nodes[node].child = block;
  return true;
}

static bool parse_string(Parser *parser, NodeIndex *out) {
  Text image = vtl_peek(parser, 0)->image;
  uint32_t offset = vtl_offset(parser);
  char quote = image.data[0];
  *out = node_new(parser, NODE_CONSTANT, offset);
  Text text = text_slice(image, 1, image.length - 1);
  if (quote == '"' && text_find(text, TEXT("\\u"), 0) != TEXT_NOT_FOUND) {
    Buffer unescaped = buffer_make(parser->lasting, 0);
    if (!append_unescaped(text, &unescaped))
      return vtl_parse_fail(parser, offset, "\\u needs four hexadecimal digits");
    text = buffer_text(&unescaped);
  }
  text = single_quotes(text, quote, parser->lasting);
  parser->nodes[*out].as.value = value_from_text(text);
  parser->window->at++;
  bool live =
      text_find_char(image, '$', 0) != TEXT_NOT_FOUND || text_find_char(image, '#', 0) != TEXT_NOT_FOUND;
  return quote != '"' || !live || parse_interpolated(parser, text, offset + 1, *out);
}

static bool parse_boolean(Parser *parser, NodeIndex *out) {
  *out = node_new(parser, NODE_CONSTANT, vtl_offset(parser));
  parser->nodes[*out].as.value = value_boolean(vtl_next_is(parser, TOKEN_TRUE));
  parser->window->at++;
  return true;
}

/* The second token ends a map that stands inside of a reference's state: {$} is empty too. */
static bool take_map_close(Parser *parser) {
  return vtl_take(parser, TOKEN_MAP_CLOSE) || vtl_take(parser, TOKEN_CURLY_CLOSE);
}

static bool sees_blank_map(Parser *parser) {
  if (!vtl_next_is(parser, TOKEN_BLANK)) return false;
  const Token *second = vtl_peek(parser, 1);
  return second != NULL && (second->kind == TOKEN_MAP_CLOSE || second->kind == TOKEN_CURLY_CLOSE);
}

/* Map := "{" (Parameter ":" Parameter ("," Parameter ":" Parameter)* | Blank?) "}" */
static bool parse_map(Parser *parser, NodeIndex *out) {
  *out = node_new(parser, NODE_MAP, vtl_offset(parser));
  Children entries = {.parent = *out};
  parser->window->at++;
  if (sees_blank_map(parser)) parser->window->at++;
  if (take_map_close(parser)) return true;
  do {
    NodeIndex key, value;
    if (!parse_parameter(parser, &key) || !vtl_expect(parser, TOKEN_COLON, "\":\"") ||
        !parse_parameter(parser, &value))
      return false;
    children_add(parser, &entries, key);
    children_add(parser, &entries, value);
  } while (vtl_take(parser, TOKEN_COMMA));
  return take_map_close(parser) || vtl_refuse(parser, "\",\" or \"}\"");
}

static bool is_range_end(const Parser *parser, NodeIndex index) {
  const Node *node = &parser->nodes[index];
  return node->kind == NODE_REFERENCE || (node->kind == NODE_CONSTANT && value_is_whole(node->as.value));
}

/* Range := "[" Blank? (Reference | Integer) Blank? ".." Blank? (Reference | Integer) Blank? "]" */
static bool parse_range_end(Parser *parser, Children *ends) {
  NodeIndex last;
  if (!parse_parameter(parser, &last)) return false;
  if (!is_range_end(parser, last))
    return vtl_parse_fail(parser, parser->nodes[last].offset, "a range ends in an integer or a reference");
  children_add(parser, ends, last);
  return vtl_expect(parser, TOKEN_BRACKET_CLOSE, "\"]\"");
}

/* List := "[" (Parameter ("," Parameter)*)? "]" */
static bool parse_list(Parser *parser, NodeIndex *out) {
  *out = node_new(parser, NODE_LIST, vtl_offset(parser));
  Children items = {.parent = *out};
  parser->window->at++;
  if (vtl_take(parser, TOKEN_BRACKET_CLOSE)) return true;
  for (bool first = true;; first = false) {
    NodeIndex item;
    if (!parse_parameter(parser, &item)) return false;
    children_add(parser, &items, item);
    if (first && is_range_end(parser, item) && vtl_take(parser, TOKEN_DOUBLE_DOT)) {
      parser->nodes[*out].kind = NODE_RANGE;
      return parse_range_end(parser, &items);
    }
    if (!vtl_take(parser, TOKEN_COMMA)) break;
  }
  return vtl_expect(parser, TOKEN_BRACKET_CLOSE, "\",\" or \"]\"");
}

/* ---- parameters ---- */

static bool parse_nested_literal(Parser *parser, bool (*parse)(Parser *, NodeIndex *), NodeIndex *out) {
  if (!vtl_parse_enter(parser) || !parse(parser, out)) return false;
  vtl_parse_leave(parser);
  return true;
}

/* Literal := String | Integer | Float | Range | List | Map | true | false | Reference */
static bool parse_literal(Parser *parser, NodeIndex *out) {
  const Token *token = vtl_peek(parser, 0);
  if (token == NULL) return false;
  switch (token->kind) {
  case TOKEN_STRING: return parse_string(parser, out);
  case TOKEN_INTEGER: return parse_number(parser, VALUE_INTEGER, out);
  case TOKEN_FLOAT: return parse_number(parser, VALUE_DOUBLE, out);
  case TOKEN_BRACKET_OPEN: return parse_nested_literal(parser, parse_list, out);
  case TOKEN_MAP_OPEN: return parse_nested_literal(parser, parse_map, out);
  case TOKEN_TRUE:
  case TOKEN_FALSE: return parse_boolean(parser, out);
  case TOKEN_IDENTIFIER:
  case TOKEN_CURLY_OPEN: return parse_reference(parser, out);
  default: return vtl_refuse(parser, "a value");
  }
}

bool parse_parameter(Parser *parser, NodeIndex *out) {
  vtl_take(parser, TOKEN_BLANK);
  if (!parse_literal(parser, out)) return false;
  vtl_take(parser, TOKEN_BLANK);
  return true;
}

/* DirectiveArg := Literal | Word */
bool parse_argument(Parser *parser, NodeIndex *out) {
  const Token *token = vtl_peek(parser, 0);
  if (token == NULL) return false;
  if (token->kind != TOKEN_WORD) return parse_literal(parser, out);
  *out = node_new(parser, NODE_WORD, vtl_offset(parser));
  parser->nodes[*out].as.text = token->image;
  parser->window->at++;
  return true;
}

/* IndexParameter := Blank? (String | Integer | true | false | Reference) Blank? */
bool parse_index_value(Parser *parser, NodeIndex *out) {
  vtl_take(parser, TOKEN_BLANK);
  if (vtl_next_is(parser, TOKEN_FLOAT)) return vtl_refuse(parser, "an index");
  if (!vtl_parse_enter(parser) || !parse_literal(parser, out)) return false;
  vtl_parse_leave(parser);
  vtl_take(parser, TOKEN_BLANK);
  return true;
}

/* ---- operators ---- */

typedef struct Operator {
  TokenKind token;
  NodeKind node;
  int level; /* binds tighter when larger */
} Operator;

static const Operator operators[] = {
    {TOKEN_OR, NODE_OR, 1},           {TOKEN_AND, NODE_AND, 2},
    {TOKEN_EQUAL, NODE_EQUAL, 3},     {TOKEN_NOT_EQUAL, NODE_NOT_EQUAL, 3},
    {TOKEN_LESS, NODE_LESS, 4},       {TOKEN_LESS_EQUAL, NODE_LESS_EQUAL, 4},
    {TOKEN_GREATER, NODE_GREATER, 4}, {TOKEN_GREATER_EQUAL, NODE_GREATER_EQUAL, 4},
    {TOKEN_PLUS, NODE_ADD, 5},        {TOKEN_MINUS, NODE_SUBTRACT, 5},
    {TOKEN_TIMES, NODE_MULTIPLY, 6},  {TOKEN_DIVIDE, NODE_DIVIDE, 6},
    {TOKEN_MODULO, NODE_MODULO, 6},
};

static const Operator *next_operator(Parser *parser) {
  const Token *token = vtl_peek(parser, 0);
  if (token == NULL) return NULL;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (operators[i].token == token->kind) return &operators[i];
  return NULL;
}

static bool parse_operators(Parser *parser, int level, Operand *out);

/* Primary := Blank? (Literal | "(" Expression ")") Blank? */
static bool parse_primary(Parser *parser, Operand *out) {
  vtl_take(parser, TOKEN_BLANK);
  if (vtl_take(parser, TOKEN_PAREN_OPEN)) {
    out->first = parser->window->at;
    if (!vtl_parse_enter(parser) || !parse_expression(parser, &out->node)) return false;
    vtl_parse_leave(parser);
    out->last = parser->window->at;
    if (!vtl_expect(parser, TOKEN_PAREN_CLOSE, "an operator or \")\"")) return false;
  } else {
    out->first = parser->window->at;
    if (!parse_literal(parser, &out->node)) return false;
    out->last = parser->window->at;
  }
  vtl_take(parser, TOKEN_BLANK);
  return true;
}

static bool sees_not(Parser *parser) {
  const Token *token = vtl_peek(parser, 0);
  if (token != NULL && token->kind == TOKEN_BLANK) token = vtl_peek(parser, 1);
  return token != NULL && token->kind == TOKEN_NOT;
}

/* Unary := Blank? "!" Unary | Primary */
static bool parse_unary(Parser *parser, Operand *out) {
  if (!sees_not(parser)) return parse_primary(parser, out);
  vtl_take(parser, TOKEN_BLANK);
  NodeIndex node = node_new(parser, NODE_NOT, vtl_offset(parser));
  parser->window->at++;
  Operand operand;
  if (!vtl_parse_enter(parser) || !parse_unary(parser, &operand)) return false;
  vtl_parse_leave(parser);
  parser->nodes[node].child = operand.node;
  *out = (Operand){node, operand.first, operand.last};
  return true;
}

/* What a + prints for an operand without a value; only some kinds can be without. */
static Text operand_literal(const Parser *parser, Operand operand) {
  const Node *node = &parser->nodes[operand.node];
  bool nullable = node->kind == NODE_RANGE || node->kind >= NODE_ADD ||
                  (node->kind == NODE_REFERENCE && (node->flags & NODE_UNCOMPUTABLE) != 0);
  return nullable ? tokens_literal(parser, operand.first, operand.last) : TEXT_EMPTY;
}

static NodeIndex join(Parser *parser, const Operator *operator, uint32_t offset, Operand left,
                      Operand right) {
  NodeIndex node = node_new(parser, operator->node, offset);
  Children operands = {.parent = node};
  children_add(parser, &operands, left.node);
  children_add(parser, &operands, right.node);
  if (operator->node == NODE_ADD) {
    OperandLiterals *literals = ARENA_NEW(parser->lasting, OperandLiterals);
    *literals = (OperandLiterals){operand_literal(parser, left), operand_literal(parser, right)};
    parser->nodes[node].as.literals = literals;
  }
  return node;
}

/* Level n := Level n+1 (operator of level n, Level n+1)* */
static bool parse_operators(Parser *parser, int level, Operand *out) {
  if (!parse_unary(parser, out)) return false;
  for (;;) {
    const Operator *operator= next_operator(parser);
    if (operator== NULL || operator->level<level) return true;
    uint32_t offset = vtl_offset(parser);
    parser->window->at++;
    uint32_t first = parser->window->at;
    Operand right;
    if (!parse_operators(parser, operator->level + 1, &right)) return false;
    *out = (Operand){join(parser, operator, offset, *out, right), first, parser->window->at};
  }
}

bool parse_expression(Parser *parser, NodeIndex *out) {
  Operand operand;
  if (!parse_operators(parser, 1, &operand)) return false;
  *out = operand.node;
  return true;
}
