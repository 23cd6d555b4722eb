/* The tokens of Velocity 1.7, as its generated scanner makes them: twelve lexical states on a stack, the
 * longest match wins, among equals the one that stands first in the table. The parser steers the scanner in
 * two places (lexer_enter_directive, lexer_leave_set), so tokens are made only when the parser asks for them.
 *
 * Witness: seen (Velocity 1.7); velocity-facts 1 to 15 are what follows from this table. */
#ifndef STATUSQUO_VTL_TOKEN_H
#define STATUSQUO_VTL_TOKEN_H

#include "harness/base/buffer.h"
#include "harness/base/fault.h"

typedef enum LexicalState {
  STATE_DEFAULT,
  STATE_REFERENCE,     /* behind $ */
  STATE_MODIFIER,      /* behind $a. */
  STATE_ARGUMENTS,     /* behind $a.b( */
  STATE_INDEX,         /* behind $a[ */
  STATE_PRE_DIRECTIVE, /* behind # */
  STATE_DIRECTIVE,     /* behind #word */
  STATE_LINE_COMMENT,
  STATE_COMMENT,
  STATE_FORMAL_COMMENT,
  STATE_TEXT_BLOCK, /* behind #[[ */
} LexicalState;

#define IN(state) (1u << STATE_##state)
#define IN_VALUES (IN(DIRECTIVE) | IN(ARGUMENTS))
#define IN_LITERALS (IN_VALUES | IN(INDEX))
#define IN_PATH (IN(REFERENCE) | IN(MODIFIER))
#define IN_COMMENTS (IN(LINE_COMMENT) | IN(COMMENT) | IN(FORMAL_COMMENT))
#define ANYWHERE (~0u)

/* What becomes of a match: a token; more of the next token; nothing; text that hangs before the next token.
 */
typedef enum Disposition { MAKE_TOKEN, MAKE_MORE, MAKE_NOTHING, MAKE_SPECIAL } Disposition;

/* TOKEN(name, states, disposition, matcher, text). The order decides among matches of equal length. */
#define VTL_TOKENS(TOKEN)                                                                                    \
  TOKEN(INDEX_OPEN, IN_PATH, MAKE_TOKEN, match_text, "[")                                                    \
  TOKEN(INDEX_CLOSE, IN(INDEX), MAKE_TOKEN, match_text, "]")                                                 \
  TOKEN(BRACKET_OPEN, IN_VALUES, MAKE_TOKEN, match_text, "[")                                                \
  TOKEN(BRACKET_CLOSE, IN_VALUES, MAKE_TOKEN, match_text, "]")                                               \
  TOKEN(COMMA, IN_VALUES, MAKE_TOKEN, match_text, ",")                                                       \
  TOKEN(DOUBLE_DOT, IN_VALUES, MAKE_TOKEN, match_text, "..")                                                 \
  TOKEN(COLON, IN_VALUES, MAKE_TOKEN, match_text, ":")                                                       \
  TOKEN(MAP_OPEN, IN_VALUES, MAKE_TOKEN, match_text, "{")                                                    \
  TOKEN(MAP_CLOSE, IN_VALUES, MAKE_TOKEN, match_text, "}")                                                   \
  TOKEN(PAREN_OPEN, IN(DIRECTIVE) | IN(MODIFIER), MAKE_TOKEN, match_text, "(")                               \
  TOKEN(PAREN_CLOSE, IN(DIRECTIVE), MAKE_TOKEN, match_closing, ")")                                          \
  TOKEN(ARGUMENTS_CLOSE, IN(ARGUMENTS), MAKE_TOKEN, match_text, ")")                                         \
  TOKEN(ESCAPED_DIRECTIVE, IN(DEFAULT), MAKE_TOKEN, match_escaped_directive, "")                             \
  TOKEN(SET, IN(DEFAULT) | IN_PATH | IN(ARGUMENTS), MAKE_TOKEN, match_set, "")                               \
  TOKEN(DOLLAR, ANYWHERE, MAKE_MORE, match_dollar, "")                                                       \
  TOKEN(DOLLAR_BANG, ANYWHERE, MAKE_MORE, match_dollar_bang, "")                                             \
  TOKEN(TEXT_BLOCK_OPEN, ANYWHERE, MAKE_MORE, match_text, "#[[")                                             \
  TOKEN(FORMAL_COMMENT_OPEN, ANYWHERE, MAKE_MORE, match_formal_comment, "")                                  \
  TOKEN(COMMENT_OPEN, ANYWHERE, MAKE_MORE, match_text, "#*")                                                 \
  TOKEN(HASH, ANYWHERE, MAKE_MORE, match_text, "#")                                                          \
  TOKEN(LINE_COMMENT_OPEN, IN(DEFAULT) | IN(PRE_DIRECTIVE) | IN(DIRECTIVE) | IN(REFERENCE), MAKE_TOKEN,      \
        match_text, "##")                                                                                    \
  TOKEN(DOUBLE_ESCAPE, IN(DEFAULT), MAKE_TOKEN, match_text, "\\\\")                                          \
  TOKEN(ESCAPE, IN(DEFAULT), MAKE_TOKEN, match_text, "\\")                                                   \
  TOKEN(PLAIN, IN(DEFAULT), MAKE_TOKEN, match_plain, "")                                                     \
  TOKEN(LINE_COMMENT_CLOSE, IN(LINE_COMMENT), MAKE_TOKEN, match_newline, "")                                 \
  TOKEN(FORMAL_COMMENT_CLOSE, IN(FORMAL_COMMENT), MAKE_TOKEN, match_text, "*#")                              \
  TOKEN(COMMENT_CLOSE, IN(COMMENT), MAKE_TOKEN, match_text, "*#")                                            \
  TOKEN(TEXT_BLOCK, IN(TEXT_BLOCK), MAKE_TOKEN, match_text, "]]#")                                           \
  TOKEN(COMMENT_TEXT, IN_COMMENTS, MAKE_NOTHING, match_any, "")                                              \
  TOKEN(BLOCK_TEXT, IN(TEXT_BLOCK), MAKE_MORE, match_any, "")                                                \
  TOKEN(BLANK, IN_LITERALS, MAKE_TOKEN, match_blank, "")                                                     \
  TOKEN(STRING, IN_LITERALS, MAKE_TOKEN, match_string, "")                                                   \
  TOKEN(TRUE, IN_PATH | IN_LITERALS, MAKE_TOKEN, match_text, "true")                                         \
  TOKEN(FALSE, IN_PATH | IN_LITERALS, MAKE_TOKEN, match_text, "false")                                       \
  TOKEN(MINUS, IN(DIRECTIVE), MAKE_TOKEN, match_text, "-")                                                   \
  TOKEN(PLUS, IN(DIRECTIVE), MAKE_TOKEN, match_text, "+")                                                    \
  TOKEN(TIMES, IN(DIRECTIVE), MAKE_TOKEN, match_text, "*")                                                   \
  TOKEN(DIVIDE, IN(DIRECTIVE), MAKE_TOKEN, match_text, "/")                                                  \
  TOKEN(MODULO, IN(DIRECTIVE), MAKE_TOKEN, match_text, "%")                                                  \
  TOKEN(AND, IN(DIRECTIVE), MAKE_TOKEN, match_either, "&& and")                                              \
  TOKEN(OR, IN(DIRECTIVE), MAKE_TOKEN, match_either, "|| or")                                                \
  TOKEN(LESS, IN(DIRECTIVE), MAKE_TOKEN, match_either, "< lt")                                               \
  TOKEN(LESS_EQUAL, IN(DIRECTIVE), MAKE_TOKEN, match_either, "<= le")                                        \
  TOKEN(GREATER, IN(DIRECTIVE), MAKE_TOKEN, match_either, "> gt")                                            \
  TOKEN(GREATER_EQUAL, IN(DIRECTIVE), MAKE_TOKEN, match_either, ">= ge")                                     \
  TOKEN(EQUAL, IN(DIRECTIVE), MAKE_TOKEN, match_either, "== eq")                                             \
  TOKEN(NOT_EQUAL, IN(DIRECTIVE), MAKE_TOKEN, match_either, "!= ne")                                         \
  TOKEN(NOT, IN(DIRECTIVE), MAKE_TOKEN, match_either, "! not")                                               \
  TOKEN(ASSIGN, IN(DIRECTIVE), MAKE_TOKEN, match_text, "=")                                                  \
  TOKEN(END, IN(PRE_DIRECTIVE), MAKE_TOKEN, match_closing, "end")                                            \
  TOKEN(IF, IN(PRE_DIRECTIVE), MAKE_TOKEN, match_word_is, "if")                                              \
  TOKEN(ELSEIF, IN(PRE_DIRECTIVE), MAKE_TOKEN, match_word_is, "elseif")                                      \
  TOKEN(ELSE, IN(PRE_DIRECTIVE), MAKE_TOKEN, match_closing, "else")                                          \
  TOKEN(INTEGER, IN(PRE_DIRECTIVE) | IN_LITERALS, MAKE_TOKEN, match_integer, "")                             \
  TOKEN(FLOAT, IN(PRE_DIRECTIVE) | IN_LITERALS, MAKE_TOKEN, match_float, "")                                 \
  TOKEN(WORD, IN(PRE_DIRECTIVE) | IN(DIRECTIVE), MAKE_TOKEN, match_word, "")                                 \
  TOKEN(BRACKETED_WORD, IN(PRE_DIRECTIVE) | IN(DIRECTIVE), MAKE_TOKEN, match_bracketed_word, "")             \
  TOKEN(IDENTIFIER, IN_PATH | IN(ARGUMENTS), MAKE_TOKEN, match_identifier, "")                               \
  TOKEN(DOT, IN_PATH | IN(ARGUMENTS), MAKE_TOKEN, match_dot, "")                                             \
  TOKEN(CURLY_OPEN, IN_PATH, MAKE_TOKEN, match_text, "{")                                                    \
  TOKEN(CURLY_CLOSE, IN_PATH, MAKE_TOKEN, match_text, "}")                                                   \
  TOKEN(REFERENCE_TERMINATOR, IN_PATH, MAKE_SPECIAL, match_any, "")                                          \
  TOKEN(DIRECTIVE_TERMINATOR, IN(PRE_DIRECTIVE), MAKE_SPECIAL, match_any, "")                                \
  TOKEN(EMPTY_INDEX, IN(DEFAULT) | IN(REFERENCE), MAKE_TOKEN, match_empty_index, "")

typedef enum TokenKind {
#define TOKEN(name, states, disposition, matcher, text) TOKEN_##name,
  VTL_TOKENS(TOKEN)
#undef TOKEN
      TOKEN_END_OF_INPUT,
} TokenKind;

typedef struct Token {
  TokenKind kind;
  uint32_t offset; /* where the image begins */
  Text image;      /* the parser shortens some, as Velocity does */
  Text before;     /* the $ and # of what looked like VTL before the token and wasn't */
} Token;

typedef struct SavedState {
  LexicalState state;
  uint32_t open;
  uint32_t closed;
} SavedState;

typedef struct Lexer {
  Text source;
  size_t at;
  LexicalState state;
  uint32_t open, closed; /* parentheses of this state */
  bool in_comment;
  bool in_set;
  SavedState *stack;
  size_t depth, capacity;
  size_t backslashes_end; /* end of the last run of backslashes looked at: keeps long runs linear */
  Arena *arena;
} Lexer;

Lexer lexer_make(Text source, Arena *arena);
/* False: no token fits here (Velocity: "Lexical error"); `error` receives the offset. */
bool lexer_next(Lexer *lexer, Token *token, size_t *error);
/* Behind #word: is a parenthesis next, blanks and newlines aside? */
bool lexer_sees_parenthesis(const Lexer *lexer);
/* #word( begins arguments; #word alone is over. */
void lexer_enter_directive(Lexer *lexer);
void lexer_leave_directive(Lexer *lexer);
/* Behind the closing parenthesis of #set. */
void lexer_leave_set(Lexer *lexer);

#endif
