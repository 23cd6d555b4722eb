/* What the parts of the compiler share: the token window, the growing tree, the names. Grammar lines in the
 * .c files are Velocity 1.7's productions. */
#ifndef STATUSQUO_VTL_PARSER_H
#define STATUSQUO_VTL_PARSER_H

#include "harness/vtl/node.h"
#include "harness/vtl/token.h"

enum { VTL_NESTING_LIMIT = 400 }; /* blocks, parentheses, arguments, strings inside each other */

typedef struct NameTable {
  Text *names;
  uint32_t count, capacity;
  uint32_t *index; /* open addressing: slot + 1 */
  uint32_t index_size;
} NameTable;

/* One text being parsed: the template, or the inside of a string. Tokens are kept, since nodes print them. */
typedef struct TokenWindow {
  Lexer lexer;
  Token *tokens;
  uint32_t count, capacity;
  uint32_t at;     /* the token that is next */
  uint32_t origin; /* of this text in the template's source */
  bool broken;     /* the scanner found no token */
} TokenWindow;

typedef struct Parser {
  Text source;
  Arena *lasting, *scratch;
  TokenWindow *window;
  Node *nodes;
  uint32_t node_count, node_capacity;
  NameTable names;
  NameTable macros; /* defined by #macro so far: only escapes ask for them */
  uint32_t depth;
  Fault *fault;
} Parser;

/* ---- tokens (compile.c) ---- */

/* The token `ahead` places on; NULL with a fault when the scanner finds none. */
Token *vtl_peek(Parser *parser, uint32_t ahead);
bool vtl_next_is(Parser *parser, TokenKind kind);
/* Steps over the next token if it is of this kind. */
bool vtl_take(Parser *parser, TokenKind kind);
/* The same, a parse error otherwise. */
bool vtl_expect(Parser *parser, TokenKind kind, const char *what);
/* #end; where the template ends instead, the mistake is the directive that stands at `opened`. */
bool vtl_expect_end(Parser *parser, Text directive, uint32_t opened);
/* "Encountered … , expected …" at the next token. */
bool vtl_refuse(Parser *parser, const char *expected);
bool vtl_parse_fail(Parser *parser, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool vtl_parse_enter(Parser *parser);
void vtl_parse_leave(Parser *parser);

/* ---- nodes (compile.c) ---- */

NodeIndex node_new(Parser *parser, NodeKind kind, uint32_t offset);
/* Children in order: a list starts empty and grows at its end. */
typedef struct Children {
  NodeIndex parent, last;
} Children;
void children_add(Parser *parser, Children *children, NodeIndex child);
/* Offset in the template of the next token. */
uint32_t vtl_offset(Parser *parser);
uint32_t name_slot(NameTable *table, Text name, Arena *lasting);
bool name_known(const NameTable *table, Text name);

/* The text of tokens [first, last) as Velocity's Node.literal() gives it. */
Text tokens_literal(const Parser *parser, uint32_t first, uint32_t last);

/* ---- productions ---- */

bool parse_statements(Parser *parser, NodeIndex block);
/* The inside of a string, as a template of its own. */
bool parse_nested(Parser *parser, Text text, uint32_t origin, NodeIndex *block);
bool parse_directive(Parser *parser, Children *statements);
bool parse_reference(Parser *parser, NodeIndex *out);
bool parse_expression(Parser *parser, NodeIndex *out);
/* Parameter := Blank? (String | Integer | Range | Map | List | true | false | Reference | Float) Blank? */
bool parse_parameter(Parser *parser, NodeIndex *out);
bool parse_argument(Parser *parser, NodeIndex *out);
bool parse_index_value(Parser *parser, NodeIndex *out);
void add_text(Parser *parser, Children *statements, Text text, uint32_t offset);
bool directive_is_known(Text name);

#endif
