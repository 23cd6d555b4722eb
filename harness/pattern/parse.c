/* The structure of a pattern: alternatives, rows, groups, quantifiers. Reads as Java reads, odd cases
 * included: what follows a finished quantifier begins anew (a{2}{3} is a{2} and then nothing, three times).
 */
#include "harness/pattern/parser.h"
#include "harness/pattern/unicode.h"

static bool parse_alternatives(Parser *parser, Branch **out);

static void branch_append(Branch *branch, Node *node) {
  if (branch->last != NULL)
    branch->last->next = node;
  else
    branch->first = node;
  while (node->next != NULL) node = node->next;
  branch->last = node;
}

/* ---- quantifiers */

/* ["?" | "+"] behind a quantifier, whose last character is under the cursor */
static RepeatMode parse_mode(Parser *parser) {
  uint32_t ahead = parser_next(parser);
  if (ahead != '?' && ahead != '+') return REPEAT_GREEDY;
  parser_next(parser);
  return ahead == '?' ? REPEAT_LAZY : REPEAT_POSSESSIVE;
}

/* digits; `first` was taken, `after` receives what follows them */
static bool parse_count(Parser *parser, uint32_t first, int32_t *out, uint32_t *after) {
  int64_t count = 0;
  uint32_t digit = first;
  for (; is_ascii_digit(digit); digit = parser_take(parser)) {
    count = count * 10 + (digit - '0');
    if (count > INT32_MAX) return parser_fail(parser, "illegal repetition range: the number is too large");
  }
  *out = (int32_t)count;
  *after = digit;
  return true;
}

/* "{" digits ["," [digits]] "}"; the brace is under the cursor, and at the end the closing one is */
static bool parse_counts(Parser *parser, int32_t *least, int32_t *most) {
  uint32_t ahead = parser_skip(parser);
  if (!is_ascii_digit(ahead)) return parser_fail(parser, "illegal repetition: { doesn't start a quantifier");
  if (!parse_count(parser, ahead, least, &ahead)) return false;
  *most = *least;
  if (ahead == ',') {
    ahead = parser_take(parser);
    if (ahead == '}')
      *most = REPEAT_UNBOUNDED;
    else if (!parse_count(parser, ahead, most, &ahead))
      return false;
  }
  if (ahead != '}') return parser_fail(parser, "unclosed counted repetition");
  if (*most < *least) return parser_fail(parser, "illegal repetition range: the most is less than the least");
  parser_back(parser);
  return true;
}

/* Whether Java matches turn by turn without ever going back into a finished one: loops over what isn't a
 * group, possessive loops, and loops over what it takes for deterministic, which \R is for it (seen: JDK 17).
 * Asked only where it could show: `choices` says that \R stands inside. */
static bool repeats_whole_turns(const Node *repeat, bool choices) {
  const Node *body = repeat->body;
  if (body->kind != NODE_GROUP) return body->kind == NODE_LINE_BREAK;
  if (repeat->least == 0 && repeat->most == 1) return false;
  if (repeat->mode == REPEAT_POSSESSIVE) return true;
  return choices && branches_study(body->branches).deterministic;
}

/* quantifier = ("?" | "*" | "+" | counts) ["?" | "+"] */
static bool parse_quantifier(Parser *parser, Node *body, bool choices, Node **out) {
  int32_t least = 0, most = REPEAT_UNBOUNDED;
  switch (parser_peek(parser)) {
  case '?': most = 1; break;
  case '*': break;
  case '+': least = 1; break;
  case '{':
    if (!parse_counts(parser, &least, &most)) return false;
    break;
  default: *out = body; return true;
  }
  Node *repeat = parser_node(parser, NODE_REPEAT);
  repeat->body = body;
  repeat->least = least;
  repeat->most = most;
  repeat->mode = parse_mode(parser);
  repeat->whole_turns = repeats_whole_turns(repeat, choices);
  *out = repeat;
  return true;
}

/* ---- single things */

/* A run of characters as Java collects it: the last one is given back when a quantifier follows, so that it
 * stands alone. */
typedef struct Run {
  uint32_t *characters;
  size_t count, capacity;
} Run;

static void run_add(Parser *parser, Run *run, uint32_t character) {
  if (run->count == run->capacity) {
    size_t capacity = run->capacity == 0 ? 16 : run->capacity * 2;
    run->characters = arena_resize(parser->arena, run->characters, run->capacity * sizeof(uint32_t),
                                   capacity * sizeof(uint32_t));
    run->capacity = capacity;
  }
  run->characters[run->count++] = character;
}

static bool run_nodes(Parser *parser, const Run *run, Node **out) {
  Branch row = {0};
  for (size_t i = 0; i < run->count; i++) {
    CharSet set =
        run->count == 1 ? set_of_single(parser, run->characters[i]) : set_of_run(parser, run->characters[i]);
    if (!parser_spend(parser, set.count)) return false;
    branch_append(&row, parser_set_node(parser, set));
  }
  *out = row.first != NULL ? row.first : parser_node(parser, NODE_NOTHING);
  return true;
}

/* Given inline, (?c) changes what classes and properties take, and nothing else (seen: JDK 17). */
static bool may_hold_class(Parser *parser) {
  return !parser_has(parser, PATTERN_CANONICAL) ||
         parser_limit(parser, "classes under (?c), by canonical equivalence, aren't supported");
}

static bool parse_property(Parser *parser, Node **out) {
  CharSet set;
  if (!may_hold_class(parser) || !property_parse(parser, &set) || !parser_spend(parser, set.count))
    return false;
  *out = parser_set_node(parser, set);
  return true;
}

/* atom = character {character} | escape */
static bool parse_atom(Parser *parser, Node **out) {
  Run run = {0};
  size_t before = parser->cursor;
  uint32_t ahead = parser_peek(parser);
  for (;;) {
    switch (ahead) {
    case '*':
    case '+':
    case '?':
    case '{':
      if (run.count > 1) {
        parser->cursor = before;
        run.count--;
      }
      return run_nodes(parser, &run, out);
    case '$':
    case '.':
    case '^':
    case '(':
    case '[':
    case '|':
    case ')': return run_nodes(parser, &run, out);
    case '\\': {
      ahead = parser_next_raw(parser);
      if (ahead == 'p' || ahead == 'P') {
        if (run.count == 0) return parse_property(parser, out);
        parser_back(parser);
        return run_nodes(parser, &run, out);
      }
      parser_back(parser);
      if (parser->cursor + 1 >= parser->length)
        return parser_fail(parser, "a backslash at the end of the pattern");
      before = parser->cursor;
      Escape escape = escape_parse(parser, false, false);
      if (escape.kind == ESCAPE_FAULT) return false;
      if (escape.kind != ESCAPE_CHARACTER && run.count > 0) {
        parser->cursor = before;
        return run_nodes(parser, &run, out);
      }
      if (escape.kind == ESCAPE_NODE) {
        *out = escape.node;
        return true;
      }
      if (escape.kind == ESCAPE_SET) {
        *out = parser_set_node(parser, escape.set);
        return parser_spend(parser, escape.set.count);
      }
      run_add(parser, &run, escape.character);
      ahead = parser_peek(parser);
      continue;
    }
    case 0:
      if (parser_at_end(parser)) return run_nodes(parser, &run, out);
      break;
    default: break;
    }
    before = parser->cursor;
    run_add(parser, &run, ahead);
    ahead = parser_next(parser);
  }
}

static Node *line_start(Parser *parser) {
  if (!parser_has(parser, PATTERN_MULTILINE)) return parser_node(parser, NODE_TEXT_START);
  Node *node = parser_node(parser, NODE_LINE_START);
  node->unix_lines = parser_has(parser, PATTERN_UNIX_LINES);
  return node;
}

static Node *line_end(Parser *parser) {
  Node *node =
      parser_node(parser, parser_has(parser, PATTERN_MULTILINE) ? NODE_LINE_END : NODE_LAST_LINE_END);
  node->unix_lines = parser_has(parser, PATTERN_UNIX_LINES);
  return node;
}

/* What '.' stops at: nothing under (?s), \n under (?d), else all of Java's line terminators. */
static Node *dot(Parser *parser) {
  static const CharRange terminators[] = {{'\n', '\n'}, {'\r', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}};
  CharSet none = {terminators, sizeof terminators / sizeof terminators[0]};
  if (parser_has(parser, PATTERN_UNIX_LINES)) none.count = 1;
  if (parser_has(parser, PATTERN_DOTALL)) none.count = 0;
  return parser_set_node(parser, charset_negation(none, parser->arena));
}

/* ---- groups */

static bool inline_flag(uint32_t letter, unsigned *out) {
  switch (letter) {
  case 'i': *out = PATTERN_CASE_INSENSITIVE; return true;
  case 'm': *out = PATTERN_MULTILINE; return true;
  case 's': *out = PATTERN_DOTALL; return true;
  case 'd': *out = PATTERN_UNIX_LINES; return true;
  case 'u': *out = PATTERN_UNICODE_CASE; return true;
  case 'c': *out = PATTERN_CANONICAL; return true;
  case 'x': *out = PATTERN_COMMENTS; return true;
  case 'U': *out = PATTERN_UNICODE_CHARACTER_CLASS | PATTERN_UNICODE_CASE; return true;
  default: return false;
  }
}

/* flags = {letter} ["-" {letter}] */
static bool parse_flags(Parser *parser) {
  bool off = false;
  unsigned flag;
  for (uint32_t ahead = parser_peek(parser);; ahead = parser_next(parser)) {
    if (ahead == '-' && !off) {
      off = true;
      continue;
    }
    if (!inline_flag(ahead, &flag)) break;
    if (off)
      parser->flags &= ~flag;
    else
      parser->flags |= flag;
  }
  return true;
}

static bool name_group(Parser *parser, Text name, uint32_t number) {
  if (parser_find_group(parser, name) > 0)
    return parser_fail(parser, "there is a capturing group <%.*s> already", TEXT_ARGS(name));
  if (parser->name_count == parser->name_capacity) {
    size_t capacity = parser->name_capacity == 0 ? 8 : parser->name_capacity * 2;
    parser->names = arena_resize(parser->arena, parser->names, parser->name_capacity * sizeof(GroupName),
                                 capacity * sizeof(GroupName));
    parser->name_capacity = capacity;
  }
  parser->names[parser->name_count++] = (GroupName){name, number};
  return true;
}

static bool parse_behind(Parser *parser, bool negated, Node **out) {
  Node *node = parser_node(parser, NODE_BEHIND);
  node->negated = negated;
  node->by_characters = parser->wide_end > parser->cursor;
  if (!parse_alternatives(parser, &node->branches)) return false;
  Study study = branches_study(node->branches);
  if (!study.bounded) return parser_fail(parser, "look-behind group does not have an obvious maximum length");
  node->least = study.least;
  node->most = study.most;
  *out = node;
  return true;
}

/* At the character behind "(?"; *out stays NULL for flags that stand alone. */
static bool parse_special_group(Parser *parser, Node **out) {
  uint32_t kind = parser_skip(parser);
  Node *node = NULL;
  switch (kind) {
  case ':': node = parser_node(parser, NODE_GROUP); break;
  case '>': node = parser_node(parser, NODE_ATOMIC); break;
  case '=':
  case '!':
    node = parser_node(parser, NODE_AHEAD);
    node->negated = kind == '!';
    break;
  case '<': {
    uint32_t first = parser_take(parser);
    if (first == '=' || first == '!') return parse_behind(parser, first == '!', out);
    Text name;
    node = parser_node(parser, NODE_GROUP);
    if (!group_name_parse(parser, first, &name)) return false;
    if (!name_group(parser, name, parser->group_count + 1)) return false;
    node->number = ++parser->group_count;
    break;
  }
  case '$':
  case '@': return parser_fail(parser, "unknown group type (?%c", (char)kind);
  default: {
    parser_back(parser);
    if (!parse_flags(parser)) return false;
    uint32_t end = parser_take(parser);
    if (end == ')') return true;
    if (end != ':') return parser_fail(parser, "unknown inline modifier");
    node = parser_node(parser, NODE_GROUP);
    break;
  }
  }
  *out = node;
  return parse_alternatives(parser, &node->branches);
}

/* group = "(" ["?" (":" | "=" | "!" | ">" | "<=" | "<!" | "<" name ">" | flags ":")] alternatives ")"
 * [quantifier] | "(?" flags ")" */
static bool parse_group(Parser *parser, Node **out) {
  unsigned flags = parser->flags;
  uint32_t line_breaks = parser->line_breaks;
  Node *node = NULL;
  *out = NULL;
  if (parser_next(parser) == '?') {
    if (!parse_special_group(parser, &node)) return false;
    if (node == NULL) return true;
  } else {
    node = parser_node(parser, NODE_GROUP);
    node->number = ++parser->group_count;
    if (!parse_alternatives(parser, &node->branches)) return false;
  }
  if (!parser_expect(parser, ')', "unclosed group")) return false;
  parser->flags = flags;
  return parse_quantifier(parser, node, parser->line_breaks != line_breaks, out);
}

/* ---- rows and alternatives */

/* One thing and its quantifier; *out stays NULL for flags. */
static bool parse_one(Parser *parser, uint32_t ahead, Node **out) {
  Node *node;
  switch (ahead) {
  case '(': return parse_group(parser, out);
  case '[': {
    CharSet set;
    if (!may_hold_class(parser) || !class_parse(parser, &set)) return false;
    node = parser_set_node(parser, set);
    break;
  }
  case '^':
    parser_next(parser);
    node = line_start(parser);
    break;
  case '$':
    parser_next(parser);
    node = line_end(parser);
    break;
  case '.':
    parser_next(parser);
    node = dot(parser);
    break;
  case '?':
  case '*':
  case '+': parser_next(parser); return parser_fail(parser, "dangling meta character '%c'", (char)ahead);
  default:
    if (!parse_atom(parser, &node)) return false;
    break;
  }
  if (node->next != NULL) { /* a run of characters: a quantifier can't follow */
    *out = node;
    return true;
  }
  return parse_quantifier(parser, node, false, out);
}

/* row = {one}, up to '|', ')' or the end */
static bool parse_row(Parser *parser, Branch *branch) {
  for (;;) {
    uint32_t ahead = parser_peek(parser);
    if (ahead == '|' || ahead == ')' || (ahead == 0 && parser_at_end(parser))) return true;
    Node *node = NULL;
    if (!parse_one(parser, ahead, &node)) return false;
    if (node != NULL) branch_append(branch, node);
  }
}

/* alternatives = row {"|" row} */
static bool parse_alternatives(Parser *parser, Branch **out) {
  if (parser->depth >= PATTERN_DEEPEST)
    return parser_limit(parser, "the pattern nests more than %d deep", PATTERN_DEEPEST);
  parser->depth++;
  for (Branch **link = out;;) {
    Branch *branch = *link = ARENA_NEW(parser->arena, Branch);
    if (!parse_row(parser, branch)) return false;
    link = &branch->next;
    if (parser_peek(parser) != '|') break;
    parser_next(parser);
  }
  parser->depth--;
  return true;
}

static bool parse_literal(Parser *parser, Branch **out) {
  *out = ARENA_NEW(parser->arena, Branch);
  for (size_t i = 0; i < parser->length; i++)
    branch_append(*out, parser_set_node(parser, set_of_run(parser, parser->characters[i])));
  return true;
}

bool tree_parse(Text source, unsigned flags, Arena *arena, Tree *out, Fault *fault) {
  enum { SET_BUDGET = 2 * 1000 * 1000 };
  if ((flags & PATTERN_UNICODE_CHARACTER_CLASS) != 0) flags |= PATTERN_UNICODE_CASE;
  Parser parser = {
      .source = source, .flags = flags, .arena = arena, .fault = fault, .set_budget = SET_BUDGET};
  *out = (Tree){0};
  if (!parser_read(&parser)) return false;
  if (parser_has(&parser, PATTERN_LITERAL)) return parse_literal(&parser, &out->branches);
  if (!parse_alternatives(&parser, &out->branches)) return false;
  if (parser_peek(&parser) == ')') {
    parser.cursor++;
    return parser_fail(&parser, "unmatched closing ')'");
  }
  if (parser.cursor != parser.length)
    return parser_fail(&parser, "the pattern ends in the middle of something");
  out->group_count = parser.group_count;
  out->names = parser.names;
  out->name_count = parser.name_count;
  return true;
}
