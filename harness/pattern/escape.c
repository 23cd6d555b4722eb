/* What follows a backslash, inside classes and outside. */
#include "harness/pattern/parser.h"
#include "harness/pattern/unicode.h"

static const Escape escape_fault = {.kind = ESCAPE_FAULT};

static Escape escape_failed(Parser *parser, const char *reason) {
  parser_fail(parser, "%s", reason);
  return escape_fault;
}

static Escape escape_character(uint32_t character) {
  return (Escape){.kind = ESCAPE_CHARACTER, .character = character};
}

static Escape escape_set(Parser *parser, CharSet set, bool negated) {
  return (Escape){.kind = ESCAPE_SET, .set = negated ? charset_negation(set, parser->arena) : set};
}

static Escape escape_node(Node *node) {
  return (Escape){.kind = ESCAPE_NODE, .node = node};
}

/* ---- \d \h \s \v \w */

static const CharRange digits[] = {{'0', '9'}};
static const CharRange words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const CharRange blanks[] = {{'\t', '\r'}, {' ', ' '}};
static const CharRange horizontal[] = {{'\t', '\t'},     {' ', ' '},       {0xA0, 0xA0},
                                       {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200A},
                                       {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
static const CharRange vertical[] = {{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}};

#define PREDEFINED(X)                                                                                        \
  X('d', digits, UNICODE_POSIX, "DIGIT")                                                                     \
  X('w', words, UNICODE_BINARY, "WORD")                                                                      \
  X('s', blanks, UNICODE_BINARY, "WHITE_SPACE")                                                              \
  X('h', horizontal, UNICODE_BINARY, NULL)                                                                   \
  X('v', vertical, UNICODE_BINARY, NULL)

typedef struct Predefined {
  char letter;
  const CharRange *ranges;
  size_t count;
  UnicodeKind kind; /* where the set under (?U) is found */
  const char *name; /* NULL: the same under (?U) */
} Predefined;

static const Predefined predefined[] = {
#define PREDEFINED_ROW(letter, ranges, kind, name)                                                           \
  {letter, ranges, sizeof(ranges) / sizeof(ranges)[0], kind, name},
    PREDEFINED(PREDEFINED_ROW)
#undef PREDEFINED_ROW
};

static bool predefined_set(Parser *parser, uint32_t letter, Escape *out) {
  for (size_t i = 0; i < sizeof predefined / sizeof predefined[0]; i++) {
    const Predefined *row = &predefined[i];
    if ((letter | 32) != (uint32_t)row->letter) continue;
    CharSet set = {row->ranges, row->count};
    if (row->name != NULL && parser_has(parser, PATTERN_UNICODE_CHARACTER_CLASS))
      unicode_find(row->kind, text_from(row->name), false, parser->arena, &set);
    *out = escape_set(parser, set, letter < 'a');
    return true;
  }
  return false;
}

/* ---- \p */

/* name=value */
static bool find_valued_property(Parser *parser, Text name, Text value, CharSet *out) {
  bool any_case = parser_has(parser, PATTERN_CASE_INSENSITIVE);
  if (text_equal_ignoring_case(name, TEXT("sc")) || text_equal_ignoring_case(name, TEXT("script")))
    return unicode_find(UNICODE_SCRIPT, value, false, parser->arena, out);
  if (text_equal_ignoring_case(name, TEXT("blk")) || text_equal_ignoring_case(name, TEXT("block")))
    return unicode_find(UNICODE_BLOCK, value, false, parser->arena, out);
  if (text_equal_ignoring_case(name, TEXT("gc")) || text_equal_ignoring_case(name, TEXT("general_category")))
    return unicode_find(UNICODE_PROPERTY, value, any_case, parser->arena, out);
  return false;
}

static bool find_property(Parser *parser, Text name, CharSet *out) {
  bool any_case = parser_has(parser, PATTERN_CASE_INSENSITIVE);
  Text rest = text_slice(name, 2, name.length);
  if (text_starts(name, TEXT("In"))) return unicode_find(UNICODE_BLOCK, rest, false, parser->arena, out);
  if (text_starts(name, TEXT("Is")))
    return unicode_find(UNICODE_BINARY, rest, any_case, parser->arena, out) ||
           unicode_find(UNICODE_POSIX, rest, any_case, parser->arena, out) ||
           unicode_find(UNICODE_PROPERTY, rest, any_case, parser->arena, out) ||
           unicode_find(UNICODE_SCRIPT, rest, false, parser->arena, out);
  return (parser_has(parser, PATTERN_UNICODE_CHARACTER_CLASS) &&
          unicode_find(UNICODE_POSIX, name, any_case, parser->arena, out)) ||
         unicode_find(UNICODE_PROPERTY, name, any_case, parser->arena, out);
}

/* "{" { character } "}", of which the brace was seen */
static bool property_name(Parser *parser, Text *out) {
  parser_next(parser);
  size_t from = parser->cursor;
  parser->sentinel = '}';
  while (parser_take(parser) != '}')
    if (parser->cursor > parser->length) break;
  parser->sentinel = 0;
  size_t to = parser->cursor;
  if (to > parser->length) return parser_fail(parser, "unclosed character family: \\p{ without }");
  if (from + 1 >= to) return parser_fail(parser, "empty character family: \\p{}");
  *out = parser_text(parser, from, to - 1);
  return true;
}

/* property = ("p" | "P") (letter | "{" ["In" | "Is"] name "}" | "{" name "=" value "}") */
bool property_parse(Parser *parser, CharSet *out) {
  bool negated = parser_at(parser, parser->cursor) == 'P';
  Text name;
  if (parser_next(parser) == '{') {
    if (!property_name(parser, &name)) return false;
  } else {
    name = parser_text(parser, parser->cursor, parser->cursor + 1);
    parser->cursor++;
    parser_peek(parser);
  }
  size_t equals = text_find_char(name, '=', 0);
  bool found = equals == TEXT_NOT_FOUND
                   ? find_property(parser, name, out)
                   : find_valued_property(parser, text_slice(name, 0, equals),
                                          text_slice(name, equals + 1, name.length), out);
  if (!found) return parser_fail(parser, "unknown character property {%.*s}", TEXT_ARGS(name));
  if (negated) *out = charset_negation(*out, parser->arena);
  return true;
}

/* ---- characters by number and by name */

static bool is_octal(uint32_t character) {
  return character >= '0' && character <= '7';
}

/* "0" octal [octal [octal]], at most \0377 */
static Escape escape_octal(Parser *parser) {
  uint32_t first = parser_take(parser);
  if (!is_octal(first)) return escape_failed(parser, "illegal octal escape: \\0 needs octal digits");
  uint32_t number = first - '0';
  for (int more = first <= '3' ? 2 : 1; more > 0; more--) {
    uint32_t digit = parser_take(parser);
    if (!is_octal(digit)) {
      parser_back(parser);
      break;
    }
    number = number * 8 + (digit - '0');
  }
  return escape_character(number);
}

/* "x" hex hex | "x{" hex {hex} "}" */
static Escape escape_hexadecimal(Parser *parser) {
  uint32_t first = parser_take(parser);
  if (hex_value(first) >= 0) {
    int second = hex_value(parser_take(parser));
    if (second >= 0) return escape_character((uint32_t)(hex_value(first) * 16 + second));
  } else if (first == '{' && hex_value(parser_peek(parser)) >= 0) {
    uint32_t number = 0, digit;
    while (hex_value(digit = parser_take(parser)) >= 0) {
      number = number << 4 | (uint32_t)hex_value(digit);
      if (number > CHARACTER_LAST) return escape_failed(parser, "hexadecimal code point is too big");
    }
    if (digit != '}') return escape_failed(parser, "unclosed hexadecimal escape: \\x{ without }");
    return escape_character(number);
  }
  return escape_failed(parser, "illegal hexadecimal escape: \\xhh or \\x{h..h}");
}

/* hex hex hex hex */
static bool utf16_unit(Parser *parser, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_value(parser_take(parser));
    if (digit < 0) return parser_fail(parser, "illegal Unicode escape: \\u needs four hexadecimal digits");
    *out = *out << 4 | (uint32_t)digit;
  }
  return true;
}

/* "u" unit ["\u" unit]: a pair of surrogates is one character */
static Escape escape_utf16(Parser *parser) {
  uint32_t unit, low;
  if (!utf16_unit(parser, &unit)) return escape_fault;
  if (unit < 0xD800 || unit > 0xDBFF) return escape_character(unit);
  size_t back = parser->cursor;
  if (parser_take(parser) == '\\' && parser_take(parser) == 'u') {
    if (!utf16_unit(parser, &low)) return escape_fault;
    if (low >= 0xDC00 && low <= 0xDFFF)
      return escape_character(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
  }
  parser->cursor = back;
  return escape_character(unit);
}

/* "N{" name "}" */
static Escape escape_named(Parser *parser) {
  if (parser_take(parser) != '{')
    return escape_failed(parser, "illegal character name escape: \\N needs {NAME}");
  size_t from = parser->cursor;
  while (parser_take(parser) != '}')
    if (parser->cursor >= parser->length)
      return escape_failed(parser, "unclosed character name escape: \\N{ without }");
  Text name = parser_text(parser, from, parser->cursor - 1);
  int32_t character = unicode_named_character(name);
  if (character >= 0) return escape_character((uint32_t)character);
  parser_fail(parser, "unknown character name [%.*s]", TEXT_ARGS(name));
  return escape_fault;
}

/* "c" character: its code with bit 64 turned over, whatever it is */
static Escape escape_control(Parser *parser) {
  if (parser_at_end(parser)) return escape_failed(parser, "illegal control escape: \\c needs a character");
  return escape_character(parser_take(parser) ^ 64);
}

/* ---- groups */

bool group_name_parse(Parser *parser, uint32_t first, Text *out) {
  if (!is_ascii_letter(first))
    return parser_fail(parser, "the name of a capturing group doesn't start with a Latin letter");
  Buffer name = buffer_make(parser->arena, 0);
  uint32_t character = first;
  do buffer_append_char(&name, (char)character);
  while (character = parser_take(parser), is_ascii_letter(character) || is_ascii_digit(character));
  if (character != '>') return parser_fail(parser, "the name of a capturing group isn't closed by '>'");
  *out = buffer_text(&name);
  return true;
}

uint32_t parser_find_group(const Parser *parser, Text name) {
  for (size_t i = 0; i < parser->name_count; i++)
    if (text_equal(parser->names[i].name, name)) return parser->names[i].number;
  return 0;
}

static Escape escape_reference(Parser *parser, uint32_t number) {
  Node *node = parser_node(parser, NODE_BACK_REFERENCE);
  node->number = number;
  if (parser_has(parser, PATTERN_CASE_INSENSITIVE))
    node->fold = parser_has(parser, PATTERN_UNICODE_CASE) ? FOLD_UNICODE : FOLD_ASCII;
  return escape_node(node);
}

/* digit {digit}: as many digits as name a group that has been opened by now */
static Escape escape_numbered_reference(Parser *parser, uint32_t number) {
  for (;;) {
    uint32_t digit = parser_peek(parser);
    if (!is_ascii_digit(digit)) break;
    uint32_t longer = number * 10 + (digit - '0');
    if (longer > parser->group_count) break;
    number = longer;
    parser->cursor++;
  }
  return escape_reference(parser, number);
}

/* "k<" name ">" */
static Escape escape_named_reference(Parser *parser) {
  if (parser_take(parser) != '<')
    return escape_failed(parser, "\\k is not followed by '<' and the name of a group");
  Text name;
  if (!group_name_parse(parser, parser_take(parser), &name)) return escape_fault;
  uint32_t number = parser_find_group(parser, name);
  if (number > 0) return escape_reference(parser, number);
  parser_fail(parser, "there is no capturing group <%.*s> before this reference", TEXT_ARGS(name));
  return escape_fault;
}

/* ---- places and other things that don't stand in classes */

/* "b" ["{g}"] | "B" */
static Escape escape_boundary(Parser *parser, bool negated) {
  if (!negated && parser_peek(parser) == '{') {
    if (parser_skip(parser) == 'g') {
      if (parser_take(parser) == '}') return escape_node(parser_node(parser, NODE_GRAPHEME_BOUNDARY));
      return escape_failed(parser, "illegal escape: \\b{g without }");
    }
    parser_back(parser);
    parser_back(parser);
  }
  Node *node = parser_node(parser, NODE_WORD_BOUNDARY);
  node->negated = negated;
  node->unicode_words = parser_has(parser, PATTERN_UNICODE_CHARACTER_CLASS);
  return escape_node(node);
}

static Escape escape_outside(Parser *parser, uint32_t letter) {
  Node *node;
  switch (letter) {
  case 'A': return escape_node(parser_node(parser, NODE_TEXT_START));
  case 'B':
  case 'b': return escape_boundary(parser, letter == 'B');
  case 'G': return escape_node(parser_node(parser, NODE_PREVIOUS_END));
  case 'R': parser->line_breaks++; return escape_node(parser_node(parser, NODE_LINE_BREAK));
  case 'X': return escape_node(parser_node(parser, NODE_GRAPHEME));
  case 'Z':
    node = parser_node(parser, NODE_LAST_LINE_END);
    node->unix_lines = parser_has(parser, PATTERN_UNIX_LINES);
    return escape_node(node);
  case 'z': return escape_node(parser_node(parser, NODE_TEXT_END));
  case 'k': return escape_named_reference(parser);
  default: break;
  }
  if (letter >= '1' && letter <= '9') return escape_numbered_reference(parser, letter - '0');
  parser_fail(parser, "illegal or unsupported escape \\%c", (char)letter);
  return escape_fault;
}

/* escape = "\" (letter of a kind below | any character that isn't a Latin letter or digit) */
Escape escape_parse(Parser *parser, bool in_class, bool in_range) {
  uint32_t letter = parser_skip(parser);
  Escape set;
  switch (letter) {
  case '0': return escape_octal(parser);
  case 'a': return escape_character(7);
  case 'c': return escape_control(parser);
  case 'e': return escape_character(27);
  case 'f': return escape_character('\f');
  case 'n': return escape_character('\n');
  case 'r': return escape_character('\r');
  case 't': return escape_character('\t');
  case 'u': return escape_utf16(parser);
  case 'x': return escape_hexadecimal(parser);
  case 'N': return escape_named(parser);
  default: break;
  }
  if (letter == 'v' && in_range) return escape_character('\v');
  if (predefined_set(parser, letter, &set)) return set;
  if (!is_ascii_letter(letter) && !is_ascii_digit(letter)) return escape_character(letter);
  if (!in_class) return escape_outside(parser, letter);
  parser_fail(parser, "illegal or unsupported escape \\%c in a character class", (char)letter);
  return escape_fault;
}
