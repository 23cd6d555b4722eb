/* The scanner: matchers, the state stack, and what each token does to the states. */
#include "harness/vtl/token.h"

#include <string.h>

/* ---- matchers: the length of the longest match at `at`, 0 for none ---- */

static char peek(const Lexer *lexer, size_t at) {
  return at < lexer->source.length ? lexer->source.data[at] : '\0';
}

static bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_word(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '@';
}

static bool looking_at(const Lexer *lexer, size_t at, const char *text, size_t length) {
  return lexer->source.length - at >= length && memcmp(lexer->source.data + at, text, length) == 0;
}

static size_t match_text(Lexer *lexer, size_t at, const char *text) {
  size_t length = strlen(text);
  return looking_at(lexer, at, text, length) ? length : 0;
}

/* Two spellings, the longer match first when one begins the other (never the case here). */
static size_t match_either(Lexer *lexer, size_t at, const char *spellings) {
  const char *blank = strchr(spellings, ' ');
  size_t first = (size_t)(blank - spellings);
  return looking_at(lexer, at, spellings, first) ? first : match_text(lexer, at, blank + 1);
}

static size_t match_newline(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  if (peek(lexer, at) == '\r') return peek(lexer, at + 1) == '\n' ? 2 : 1;
  return peek(lexer, at) == '\n' ? 1 : 0;
}

/* word | "{" word "}" */
static size_t match_word_is(Lexer *lexer, size_t at, const char *text) {
  size_t plain = match_text(lexer, at, text);
  if (plain > 0 || peek(lexer, at) != '{') return plain;
  size_t inner = match_text(lexer, at + 1, text);
  return inner > 0 && peek(lexer, at + 1 + inner) == '}' ? inner + 2 : 0;
}

/* What closes takes the rest of its line when that is blank: [ \t]* newline. */
static size_t match_closing(Lexer *lexer, size_t at, const char *text) {
  size_t length = match_word_is(lexer, at, text);
  if (length == 0) return 0;
  size_t end = at + length;
  while (peek(lexer, end) == ' ' || peek(lexer, end) == '\t') end++;
  size_t newline = match_newline(lexer, end, "");
  return newline > 0 ? end + newline - at : length;
}

static size_t match_any(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  return at < lexer->source.length ? 1 : 0;
}

static size_t match_blank(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t end = at;
  for (char byte = peek(lexer, end); byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';)
    byte = peek(lexer, ++end);
  return end - at;
}

static size_t match_plain(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t end = at;
  for (; end < lexer->source.length; end++) {
    char byte = lexer->source.data[end];
    if (byte == '$' || byte == '#' || byte == '\\') break;
  }
  return end - at;
}

/* End of the backslashes that begin at `at`. */
static size_t skip_backslashes(Lexer *lexer, size_t at) {
  if (peek(lexer, at) != '\\') return at;
  if (at >= lexer->backslashes_end) {
    lexer->backslashes_end = at;
    while (peek(lexer, lexer->backslashes_end) == '\\') lexer->backslashes_end++;
  }
  return lexer->backslashes_end;
}

static size_t match_dollar(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t end = skip_backslashes(lexer, at);
  return peek(lexer, end) == '$' ? end + 1 - at : 0;
}

/* "\"* "$" "\"* "!" */
static size_t match_dollar_bang(Lexer *lexer, size_t at, const char *text) {
  size_t dollar = match_dollar(lexer, at, text);
  if (dollar == 0) return 0;
  size_t end = at + dollar;
  while (peek(lexer, end) == '\\') end++;
  return peek(lexer, end) == '!' ? end + 1 - at : 0;
}

/* "#**" and anything but "#" */
static size_t match_formal_comment(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  return match_text(lexer, at, "#**") > 0 && at + 3 < lexer->source.length && peek(lexer, at + 3) != '#' ? 4
                                                                                                         : 0;
}

static size_t match_empty_index(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  static const char *const spellings[] = {"$[", "$![", "$\\![", "$."};
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
    size_t length = match_text(lexer, at, spellings[i]);
    if (length > 0) return length;
  }
  return 0;
}

static size_t match_word(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t end = at;
  if (is_digit(peek(lexer, end))) return 0;
  while (is_word(peek(lexer, end))) end++;
  return end - at;
}

static size_t match_bracketed_word(Lexer *lexer, size_t at, const char *text) {
  if (peek(lexer, at) != '{' || peek(lexer, at + 1) == '@') return 0;
  size_t word = match_word(lexer, at + 1, text);
  return word > 0 && peek(lexer, at + 1 + word) == '}' ? word + 2 : 0;
}

/* An odd number of backslashes and #word or #{word} */
static size_t match_escaped_directive(Lexer *lexer, size_t at, const char *text) {
  size_t hash = skip_backslashes(lexer, at);
  if ((hash - at) % 2 == 0 || peek(lexer, hash) != '#') return 0;
  size_t word = match_word(lexer, hash + 1, text);
  if (word == 0) word = match_bracketed_word(lexer, hash + 1, text);
  return word > 0 ? hash + 1 + word - at : 0;
}

/* [ \t]* ("#set" | "#{set}") " "* "(" */
static size_t match_set(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t end = at;
  while (peek(lexer, end) == ' ' || peek(lexer, end) == '\t') end++;
  if (peek(lexer, end) != '#') return 0;
  size_t word = match_word_is(lexer, end + 1, "set");
  if (word == 0) return 0;
  end += 1 + word;
  while (peek(lexer, end) == ' ') end++;
  return peek(lexer, end) == '(' ? end + 1 - at : 0;
}

/* A quote, anything but that quote or two of it, a quote: the longest such text. */
static size_t match_string(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  char quote = peek(lexer, at);
  if (quote != '"' && quote != '\'') return 0;
  size_t closed = 0;
  for (size_t end = at + 1; end < lexer->source.length; end++) {
    if (lexer->source.data[end] != quote) continue;
    closed = end + 1 - at;
    if (peek(lexer, end + 1) != quote) break;
    end++;
  }
  return closed;
}

static size_t skip_digits(const Lexer *lexer, size_t at) {
  while (is_digit(peek(lexer, at))) at++;
  return at;
}

/* "-"? digits ".."? : the dots are given back, they only keep 1..3 from being read as 1. */
static size_t match_integer(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t begin = at + (peek(lexer, at) == '-' ? 1 : 0);
  size_t end = skip_digits(lexer, begin);
  if (end == begin) return 0;
  return (looking_at(lexer, end, "..", 2) ? end + 2 : end) - at;
}

static size_t skip_exponent(const Lexer *lexer, size_t at) {
  if (peek(lexer, at) != 'e' && peek(lexer, at) != 'E') return at;
  size_t digits = at + (peek(lexer, at + 1) == '+' || peek(lexer, at + 1) == '-' ? 2 : 1);
  size_t end = skip_digits(lexer, digits);
  return end > digits ? end : at;
}

/* "-"? (digits "." digits? | "." digits | digits exponent) exponent? */
static size_t match_float(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  size_t begin = at + (peek(lexer, at) == '-' ? 1 : 0);
  size_t whole = skip_digits(lexer, begin);
  if (peek(lexer, whole) == '.') {
    size_t fraction = skip_digits(lexer, whole + 1);
    if (whole > begin || fraction > whole + 1) return skip_exponent(lexer, fraction) - at;
    return 0;
  }
  size_t end = skip_exponent(lexer, whole);
  return whole > begin && end > whole ? end - at : 0;
}

static size_t match_identifier(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  if (!is_letter(peek(lexer, at)) && peek(lexer, at) != '_') return 0;
  size_t end = at + 1;
  while (is_letter(peek(lexer, end)) || is_digit(peek(lexer, end)) || peek(lexer, end) == '_' ||
         peek(lexer, end) == '-')
    end++;
  return end - at;
}

static size_t match_dot(Lexer *lexer, size_t at, const char *text) {
  (void)text;
  return peek(lexer, at) == '.' && is_letter(peek(lexer, at + 1)) ? 2 : 0;
}

static const struct TokenRule {
  uint32_t states;
  Disposition disposition;
  size_t (*match)(Lexer *lexer, size_t at, const char *text);
  const char *text;
} rules[] = {
#define TOKEN(name, states, disposition, matcher, text) {states, disposition, matcher, text},
    VTL_TOKENS(TOKEN)
#undef TOKEN
};

/* ---- states ---- */

static void push_state(Lexer *lexer) {
  if (lexer->depth == lexer->capacity) {
    size_t capacity = lexer->capacity == 0 ? 32 : lexer->capacity * 2;
    lexer->stack = arena_resize(lexer->arena, lexer->stack, lexer->capacity * sizeof(SavedState),
                                capacity * sizeof(SavedState));
    lexer->capacity = capacity;
  }
  lexer->stack[lexer->depth++] = (SavedState){lexer->state, lexer->open, lexer->closed};
  lexer->open = 0; /* `closed` stays, as in Velocity */
}

static bool pop_state(Lexer *lexer) {
  if (lexer->depth == 0) {
    lexer->open = 0;
    lexer->state = STATE_DEFAULT;
    return false;
  }
  const SavedState *saved = &lexer->stack[--lexer->depth];
  lexer->open = saved->open;
  lexer->closed = saved->closed;
  lexer->state = saved->state;
  return true;
}

static void enter(Lexer *lexer, LexicalState state) {
  push_state(lexer);
  lexer->state = state;
}

static void enter_comment(Lexer *lexer, LexicalState state) {
  lexer->in_comment = true;
  enter(lexer, state);
}

static void leave_comment(Lexer *lexer) {
  lexer->in_comment = false;
  pop_state(lexer);
}

/* ")" closes the innermost state that has an open parenthesis. */
static void close_parenthesis(Lexer *lexer) {
  while (lexer->open == 0)
    if (!pop_state(lexer)) return;
  if (lexer->open == lexer->closed + 1)
    pop_state(lexer);
  else
    lexer->closed++;
}

/* A literal outside of parentheses ends a directive. */
static void end_bare_literal(Lexer *lexer, bool in_value) {
  if (lexer->open == 0 && !lexer->in_set && !in_value) pop_state(lexer);
}

static void after_more(Lexer *lexer, TokenKind kind) {
  if (lexer->in_comment) return;
  switch (kind) {
  case TOKEN_DOLLAR:
  case TOKEN_DOLLAR_BANG:
    if (lexer->state == STATE_REFERENCE) pop_state(lexer);
    enter(lexer, STATE_REFERENCE);
    break;
  case TOKEN_HASH:
    if (lexer->state == STATE_REFERENCE || lexer->state == STATE_MODIFIER) pop_state(lexer);
    enter(lexer, STATE_PRE_DIRECTIVE);
    break;
  case TOKEN_TEXT_BLOCK_OPEN: enter_comment(lexer, STATE_TEXT_BLOCK); break;
  case TOKEN_COMMENT_OPEN: enter_comment(lexer, STATE_COMMENT); break;
  case TOKEN_FORMAL_COMMENT_OPEN:
    lexer->at--;
    enter_comment(lexer, STATE_FORMAL_COMMENT);
    break;
  default: break;
  }
}

static void after_token(Lexer *lexer, Token *token) {
  switch (token->kind) {
  case TOKEN_INDEX_OPEN: enter(lexer, STATE_INDEX); break;
  case TOKEN_INDEX_CLOSE:
  case TOKEN_CURLY_CLOSE:
  case TOKEN_END:
  case TOKEN_ELSE: pop_state(lexer); break;
  case TOKEN_PAREN_OPEN:
    lexer->open++;
    if (lexer->state == STATE_MODIFIER) lexer->state = STATE_ARGUMENTS;
    break;
  case TOKEN_PAREN_CLOSE: close_parenthesis(lexer); break;
  case TOKEN_ARGUMENTS_CLOSE: lexer->state = STATE_REFERENCE; break;
  case TOKEN_SET:
    enter(lexer, STATE_DIRECTIVE);
    lexer->in_set = true;
    lexer->open++;
    break;
  case TOKEN_LINE_COMMENT_OPEN:
    if (lexer->state == STATE_REFERENCE) pop_state(lexer);
    enter_comment(lexer, STATE_LINE_COMMENT);
    break;
  case TOKEN_LINE_COMMENT_CLOSE:
  case TOKEN_FORMAL_COMMENT_CLOSE:
  case TOKEN_COMMENT_CLOSE:
  case TOKEN_TEXT_BLOCK: leave_comment(lexer); break;
  case TOKEN_IF:
  case TOKEN_ELSEIF: lexer->state = STATE_DIRECTIVE; break;
  case TOKEN_STRING: end_bare_literal(lexer, lexer->state != STATE_DIRECTIVE); break;
  case TOKEN_INTEGER:
    if (text_ends(token->image, TEXT(".."))) {
      lexer->at -= 2;
      token->image.length -= 2;
    }
    end_bare_literal(lexer, lexer->state == STATE_ARGUMENTS || lexer->state == STATE_INDEX);
    break;
  case TOKEN_FLOAT: end_bare_literal(lexer, lexer->state == STATE_ARGUMENTS); break;
  case TOKEN_DOT:
    lexer->at--;
    token->image = TEXT(".");
    lexer->state = STATE_MODIFIER;
    break;
  default: break;
  }
}

/* ---- text before tokens ---- */

/* Of a text that began like VTL and wasn't, Velocity keeps the $ and #, and backslashes in front of a $. */
static void keep_special(Buffer *kept, Text image) {
  for (size_t i = 0; i < image.length; i++) {
    char byte = image.data[i];
    if (byte == '#' || byte == '$') buffer_append_char(kept, byte);
    if (byte != '\\') continue;
    size_t end = i;
    while (end < image.length && image.data[end] == '\\') end++;
    if (end == image.length || image.data[end] != '$') continue;
    buffer_append(kept, text_slice(image, i, end + 1));
    i = end + 1;
  }
}

typedef struct Specials {
  Buffer kept;
  bool dropped; /* the last one began with ##: nothing is kept (seen) */
} Specials;

static void add_special(Specials *specials, Text image) {
  keep_special(&specials->kept, image);
  specials->dropped = text_starts(image, TEXT("##"));
}

/* ---- the scanner ---- */

Lexer lexer_make(Text source, Arena *arena) {
  return (Lexer){.source = source, .state = STATE_DEFAULT, .arena = arena};
}

static TokenKind longest_match(Lexer *lexer, size_t *length) {
  TokenKind best = TOKEN_END_OF_INPUT;
  *length = 0;
  for (size_t kind = 0; kind < sizeof rules / sizeof *rules; kind++) {
    if ((rules[kind].states >> lexer->state & 1u) == 0) continue;
    size_t matched = rules[kind].match(lexer, lexer->at, rules[kind].text);
    if (matched <= *length) continue;
    *length = matched;
    best = (TokenKind)kind;
  }
  return best;
}

bool lexer_next(Lexer *lexer, Token *token, size_t *error) {
  Specials specials = {.kept = buffer_make(lexer->arena, 0)};
  for (size_t start = lexer->at; lexer->at < lexer->source.length;) {
    size_t length;
    TokenKind kind = longest_match(lexer, &length);
    if (length == 0) {
      *error = lexer->at;
      return false;
    }
    lexer->at += length;
    Text image = text_slice(lexer->source, start, lexer->at);
    switch (rules[kind].disposition) {
    case MAKE_TOKEN:
      *token =
          (Token){kind, (uint32_t)start, image, specials.dropped ? TEXT_EMPTY : buffer_text(&specials.kept)};
      after_token(lexer, token);
      return true;
    case MAKE_MORE:
      after_more(lexer, kind);
      if (lexer->at < lexer->source.length) continue;
      *error = lexer->at; /* a token that never got finished: "$", "#", "#[[ …" at the end (fact 2) */
      return false;
    case MAKE_SPECIAL:
      add_special(&specials, image);
      lexer->at--;
      pop_state(lexer);
      break;
    case MAKE_NOTHING: break;
    }
    start = lexer->at;
  }
  size_t last = lexer->source.length > 0 ? lexer->source.length - 1 : 0;
  *token = (Token){TOKEN_END_OF_INPUT, (uint32_t)lexer->source.length,
                   text_slice(lexer->source, last, lexer->source.length), TEXT_EMPTY};
  return true;
}

bool lexer_sees_parenthesis(const Lexer *lexer) {
  size_t at = lexer->at;
  while (peek(lexer, at) == ' ' || peek(lexer, at) == '\t' || peek(lexer, at) == '\n' ||
         peek(lexer, at) == '\r')
    at++;
  return peek(lexer, at) == '(';
}

void lexer_enter_directive(Lexer *lexer) {
  lexer->state = STATE_DIRECTIVE;
}

void lexer_leave_directive(Lexer *lexer) {
  pop_state(lexer);
}

void lexer_leave_set(Lexer *lexer) {
  lexer->in_set = false;
}
