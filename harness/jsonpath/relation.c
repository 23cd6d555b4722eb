/* What each operator of a filter answers, after Jayway's EvaluatorFactory and ValueNodes: what an operand is
 * not made for mostly makes the whole filter false (ANSWER_INVALID), sometimes the whole reading fail
 * (ANSWER_ERROR). Witness: seen, features filter and filter-type. */
#include "harness/jsonpath/relation.h"

#include "harness/base/utf8.h"
#include "harness/jsonpath/decimal_text.h"

#include <math.h>

/* ---- operands ---- */

static bool number_operand(Value value, Operand *out) {
  if ((value.kind == VALUE_DOUBLE || value.kind == VALUE_FLOAT) && !isfinite(value_to_double(value)))
    return false;
  *out = (Operand){.kind = OPERAND_NUMBER, .value = value};
  return true;
}

Answer operand_from_value(Run *run, Value value, Operand *out) {
  *out = (Operand){.kind = OPERAND_JSON, .value = value};
  switch ((ValueKind)value.kind) {
  case VALUE_NULL: out->kind = OPERAND_NULL; return ANSWER_DONE;
  case VALUE_BOOLEAN:
    out->kind = OPERAND_BOOLEAN;
    out->boolean = value.as.boolean;
    return ANSWER_DONE;
  case VALUE_TEXT:
    out->kind = OPERAND_STRING;
    if (value.flags & VALUE_ESCAPED) run_charge(run, value.length);
    out->text = value_text(value, run->arena);
    return ANSWER_DONE;
  default: break;
  }
  if (value_is_number(value)) {
    if (number_operand(value, out)) return ANSWER_DONE;
    return run_fails(run, ANSWER_ERROR, "NumberFormatException: NaN and Infinity can't be compared");
  }
  if (value_is_array(value) || value_is_object(value)) return ANSWER_DONE;
  return run_fails(run, ANSWER_ERROR, "JsonPathException: could not convert %.*s to a ValueNode",
                   TEXT_ARGS(value_class_name(value)));
}

static bool text_is_path(Run *run, Text trimmed) {
  if (trimmed.length == 0 || trimmed.length > PATH_LENGTH_LIMIT) return false;
  if (trimmed.data[0] != '$' && trimmed.data[0] != '@') return false;
  run_charge(run, trimmed.length * 8);
  Compiler compiler = {.lasting = run->arena, .text = trimmed};
  Path path;
  return path_compile(&compiler, trimmed, &path);
}

static bool text_is_json(Run *run, Text trimmed, Value *out) {
  if (trimmed.length <= 1) return false;
  char first = trimmed.data[0], last = trimmed.data[trimmed.length - 1];
  if (!(first == '[' && last == ']') && !(first == '{' && last == '}')) return false;
  run_charge(run, trimmed.length * 8);
  return value_read(trimmed, run->arena, out, NULL);
}

/* What stands between equal quotes at both ends, unescaped; texts of one character stay as they are. */
static bool unquote(Run *run, Text text, Text *out) {
  *out = text;
  if (utf16_length(text) <= 1) return true;
  char first = text.data[0], last = text.data[text.length - 1];
  if (first == last && (first == '\'' || first == '"')) text = text_slice(text, 1, text.length - 1);
  return literal_unescape(text, run->arena, out);
}

static Answer operand_from_text_element(Run *run, Operand *out) {
  Text text = out->text;
  Text trimmed = literal_trim(text);
  if (text_is_path(run, trimmed)) {
    out->kind = OPERAND_PATH;
  } else if (text_is_json(run, trimmed, &out->value)) {
    out->kind = OPERAND_JSON;
    out->literal = true;
  } else if (!unquote(run, text, &out->text)) {
    return run_fails(run, ANSWER_ERROR, "JsonPathException: \\u needs four hexadecimal digits");
  }
  return ANSWER_DONE;
}

Answer operand_from_element(Run *run, Value value, Operand *out) {
  if (value.kind == VALUE_LIST || value.kind == VALUE_MAP || value.kind == VALUE_OBJECT) {
    return run_fails(run, ANSWER_ERROR, "JsonPathException: could not determine value type");
  }
  Answer answer = operand_from_value(run, value, out);
  if (answer != ANSWER_DONE || out->kind != OPERAND_STRING) return answer;
  return operand_from_text_element(run, out);
}

/* ---- numbers and texts ---- */

static void operand_decimal(Run *run, const Operand *number, DecimalText *out) {
  Text text = number->text.data != NULL ? number->text : value_to_text(number->value, run->arena);
  run_charge(run, 8 + text.length / 4);
  bool read = decimal_text_read(text, run->arena, out);
  (void)read; /* checked when the operand was made */
}

/* The same number, perhaps with another scale: up to 15 characters a Double's source text is the decimal that
 * Java would print again, so nothing has to be converted. */
static void operand_magnitude(Run *run, const Operand *number, DecimalText *out) {
  Value value = number->value;
  if (value.kind == VALUE_DOUBLE && (value.flags & VALUE_LEXEME) && value.length <= 15) {
    Text lexeme = {value.as.text, value.length};
    bool plain =
        text_find_char(lexeme, 'e', 0) == TEXT_NOT_FOUND && text_find_char(lexeme, 'E', 0) == TEXT_NOT_FOUND;
    run_charge(run, 2);
    if (plain && decimal_text_read(lexeme, run->arena, out)) return;
  }
  operand_decimal(run, number, out);
}

/* As text, a number is what BigDecimal prints: 1e1 is 1E+1. */
static Text operand_text(Run *run, const Operand *operand) {
  if (operand->kind == OPERAND_STRING) return operand->text;
  DecimalText decimal;
  operand_decimal(run, operand, &decimal);
  return decimal_text_print(&decimal, run->arena);
}

static int numbers_compare(Run *run, const Operand *left, const Operand *right) {
  int64_t left_whole, right_whole;
  if (value_to_long(left->value, &left_whole) && value_to_long(right->value, &right_whole)) {
    return left_whole == right_whole ? 0 : left_whole < right_whole ? -1 : 1;
  }
  DecimalText left_decimal, right_decimal;
  operand_magnitude(run, left, &left_decimal);
  operand_magnitude(run, right, &right_decimal);
  return decimal_text_compare(&left_decimal, &right_decimal);
}

/* String.compareTo(): by UTF-16 units, where characters past U+FFFF sort before U+E000. */
static int texts_compare(Text left, Text right) {
  size_t at = 0, shorter = left.length < right.length ? left.length : right.length;
  while (at < shorter && left.data[at] == right.data[at]) at++;
  if (at == shorter) return left.length == right.length ? 0 : left.length < right.length ? -1 : 1;
  while (at > 0 && ((unsigned char)left.data[at] & 0xC0) == 0x80) at--;
  size_t left_at = at, right_at = at;
  uint32_t left_character = utf8_next(left, &left_at), right_character = utf8_next(right, &right_at);
  bool left_pair = left_character >= 0x10000, right_pair = right_character >= 0x10000;
  if (left_pair && !right_pair) left_character = 0xD800;
  if (right_pair && !left_pair) right_character = 0xD800;
  return left_character < right_character ? -1 : 1;
}

/* ---- equality ---- */

static bool number_equals(Run *run, const Operand *number, const Operand *other) {
  if (other->kind == OPERAND_NUMBER) return numbers_compare(run, number, other) == 0;
  DecimalText left, right;
  if (other->kind != OPERAND_STRING || !decimal_text_read(other->text, run->arena, &right)) return false;
  operand_magnitude(run, number, &left);
  return decimal_text_compare(&left, &right) == 0;
}

/* Two JSON nodes inside a list: one that is still text is a Java String there. */
static bool json_equals(const Operand *left, const Operand *right) {
  if (left->literal != right->literal) return false;
  return left->literal ? text_equal(left->text, right->text) : value_equal(left->value, right->value);
}

bool operand_equal(Run *run, const Operand *left, const Operand *right) {
  switch ((OperandKind)left->kind) {
  case OPERAND_NULL: return right->kind == OPERAND_NULL;
  case OPERAND_BOOLEAN: return right->kind == OPERAND_BOOLEAN && left->boolean == right->boolean;
  case OPERAND_NUMBER: return number_equals(run, left, right);
  case OPERAND_STRING:
    if (right->kind != OPERAND_STRING && right->kind != OPERAND_NUMBER) return false;
    return text_equal(left->text, operand_text(run, right));
  case OPERAND_JSON: return right->kind == OPERAND_JSON && json_equals(left, right);
  default: return false; /* patterns and undefined operands equal nothing */
  }
}

/* The nodes of a value, as far as the budget goes. */
static void charge_nodes(Run *run, Value value, unsigned depth) {
  run_charge(run, 1);
  if (depth == 0 || run->budget == 0) return;
  if (value.kind == VALUE_LIST) {
    for (uint32_t i = 0; i < value.as.list->count; i++) charge_nodes(run, value.as.list->items[i], depth - 1);
  } else if (value.kind == VALUE_MAP) {
    for (uint32_t i = 0; i < value.as.map->count; i++)
      charge_nodes(run, value.as.map->entries[i].value, depth - 1);
  }
}

static bool values_equal(Run *run, Value left, Value right) {
  if (left.kind != right.kind) return false;
  if (left.kind == VALUE_LIST && left.as.list->count != right.as.list->count) return false;
  if (left.kind == VALUE_MAP && left.as.map->count != right.as.map->count) return false;
  charge_nodes(run, left, RUN_DEPTH_LIMIT / 4);
  return run->budget > 0 && value_equal(left, right);
}

static Answer broken_literal(Run *run, const Operand *literal) {
  return run_fails(run, ANSWER_ERROR, "IllegalArgumentException: not JSON: %.*s", TEXT_ARGS(literal->text));
}

/* The right JSON literal is parsed, a left one is still text and equals no list or object. */
static Answer relation_equal(Run *run, const Operand *left, const Operand *right, bool *holds) {
  if (left->kind != OPERAND_JSON || right->kind != OPERAND_JSON) {
    *holds = operand_equal(run, left, right);
    return ANSWER_DONE;
  }
  if (right->broken) return broken_literal(run, right);
  *holds = !left->literal && values_equal(run, left->value, right->value);
  return ANSWER_DONE;
}

static Answer relation_not_equal(Run *run, const Operand *left, const Operand *right, bool *holds) {
  Answer answer = relation_equal(run, left, right, holds);
  *holds = !*holds;
  return answer;
}

static Answer relation_same(Run *run, const Operand *left, const Operand *right, bool *holds) {
  if (left->kind == right->kind) return relation_equal(run, left, right, holds);
  *holds = false;
  return ANSWER_DONE;
}

static Answer relation_not_same(Run *run, const Operand *left, const Operand *right, bool *holds) {
  Answer answer = relation_same(run, left, right, holds);
  *holds = !*holds;
  return answer;
}

/* ---- order ---- */

/* Only numbers among themselves and texts among themselves have an order. */
static bool operands_compare(Run *run, const Operand *left, const Operand *right, int *order) {
  if (left->kind == OPERAND_NUMBER && right->kind == OPERAND_NUMBER) {
    *order = numbers_compare(run, left, right);
  } else if (left->kind == OPERAND_STRING && right->kind == OPERAND_STRING) {
    *order = texts_compare(left->text, right->text);
  } else {
    return false;
  }
  return true;
}

#define ORDER_RELATION(name, condition)                                                                      \
  static Answer name(Run *run, const Operand *left, const Operand *right, bool *holds) {                     \
    int order;                                                                                               \
    *holds = operands_compare(run, left, right, &order) && order condition;                                  \
    return ANSWER_DONE;                                                                                      \
  }
ORDER_RELATION(relation_less, < 0)
ORDER_RELATION(relation_less_or_equal, <= 0)
ORDER_RELATION(relation_greater, > 0)
ORDER_RELATION(relation_greater_or_equal, >= 0)

/* ---- size, empty, exists ---- */

static Answer relation_size(Run *run, const Operand *left, const Operand *right, bool *holds) {
  *holds = false;
  if (right->kind != OPERAND_NUMBER) return ANSWER_DONE;
  if (left->kind != OPERAND_STRING && left->kind != OPERAND_JSON) return ANSWER_DONE;
  DecimalText expected;
  operand_decimal(run, right, &expected);
  int64_t size = -1; /* of an object, too (seen in Jayway's source, assumed) */
  if (left->kind == OPERAND_STRING) {
    size = (int64_t)utf16_length(left->text);
  } else if (left->broken) {
    return broken_literal(run, left);
  } else if (left->value.kind == VALUE_LIST) {
    size = left->value.as.list->count;
  }
  *holds = size == decimal_text_to_int(&expected);
  return ANSWER_DONE;
}

static Answer relation_empty(Run *run, const Operand *left, const Operand *right, bool *holds) {
  bool empty;
  *holds = false;
  if (left->kind == OPERAND_STRING) {
    empty = left->text.length == 0;
  } else if (left->kind != OPERAND_JSON) {
    return ANSWER_DONE;
  } else if (left->broken) {
    return broken_literal(run, left);
  } else if (left->value.kind == VALUE_MAP) {
    return run_fails(run, ANSWER_ERROR, "ClassCastException: empty asks a Map as if it were a Collection");
  } else {
    empty = left->value.as.list->count == 0;
  }
  if (right->kind != OPERAND_BOOLEAN) return ANSWER_INVALID;
  *holds = empty == right->boolean;
  return ANSWER_DONE;
}

/* Also reached by name: `@.a exists true` compares the value itself. */
static Answer relation_exist(Run *run, const Operand *left, const Operand *right, bool *holds) {
  if (left->kind != OPERAND_BOOLEAN && right->kind != OPERAND_BOOLEAN) {
    return run_fails(run, ANSWER_ERROR, "JsonPathException: failed to evaluate exists expression");
  }
  if (left->kind != OPERAND_BOOLEAN || right->kind != OPERAND_BOOLEAN) return ANSWER_INVALID;
  *holds = left->boolean == right->boolean;
  return ANSWER_DONE;
}

/* type, matches, all: they want a kind of operand that a path in text form can't make. */
static Answer relation_impossible(Run *run, const Operand *left, const Operand *right, bool *holds) {
  (void)run;
  (void)left;
  (void)right;
  *holds = false;
  return ANSWER_INVALID;
}

/* ---- lists ---- */

/* The list that an operand stands for. INVALID: it isn't JSON; `*out` NULL: JSON, but no list. */
static Answer operand_list(Run *run, const Operand *operand, const List **out) {
  *out = NULL;
  if (operand->kind != OPERAND_JSON) return ANSWER_INVALID;
  if (operand->broken) return broken_literal(run, operand);
  if (operand->value.kind != VALUE_LIST) return ANSWER_DONE;
  *out = operand->value.as.list;
  run_charge(run, (*out)->count);
  Operand element; /* Java makes nodes of all elements before it compares the first */
  for (uint32_t i = 0; i < (*out)->count; i++) {
    Answer answer = operand_from_element(run, (*out)->items[i], &element);
    if (answer != ANSWER_DONE) return answer;
  }
  return ANSWER_DONE;
}

static bool list_contains(Run *run, const List *list, const Operand *wanted) {
  run_charge(run, list->count);
  for (uint32_t i = 0; i < list->count; i++) {
    Operand element;
    operand_from_element(run, list->items[i], &element);
    if (operand_equal(run, wanted, &element)) return true;
  }
  return false;
}

static Answer relation_in(Run *run, const Operand *left, const Operand *right, bool *holds) {
  const List *list;
  Answer answer = operand_list(run, right, &list);
  *holds = answer == ANSWER_DONE && list != NULL && list_contains(run, list, left);
  return answer;
}

static Answer relation_not_in(Run *run, const Operand *left, const Operand *right, bool *holds) {
  Answer answer = relation_in(run, left, right, holds);
  *holds = !*holds;
  return answer;
}

static Answer relation_contains(Run *run, const Operand *left, const Operand *right, bool *holds) {
  *holds = false;
  if (left->kind == OPERAND_STRING && right->kind == OPERAND_STRING) {
    *holds = text_find(left->text, right->text, 0) != TEXT_NOT_FOUND;
    return ANSWER_DONE;
  }
  return left->kind == OPERAND_JSON ? relation_in(run, right, left, holds) : ANSWER_DONE;
}

/* Both lists, right first, as Jayway looks at them; `*both` false when one is no list. */
static Answer operand_lists(Run *run, const Operand *left, const Operand *right, const List **left_list,
                            const List **right_list, bool *both) {
  *both = false;
  Answer answer = operand_list(run, right, right_list);
  if (answer != ANSWER_DONE || *right_list == NULL) return answer;
  answer = operand_list(run, left, left_list);
  *both = answer == ANSWER_DONE && *left_list != NULL;
  return answer;
}

/* Does any element of the left list stand in the right one, or any not? */
static bool any_element(Run *run, const List *left, const List *right, bool contained) {
  for (uint32_t i = 0; i < left->count && run->budget > 0; i++) {
    Operand element;
    operand_from_element(run, left->items[i], &element);
    if (list_contains(run, right, &element) == contained) return true;
  }
  return false;
}

static Answer relation_subset_of(Run *run, const Operand *left, const Operand *right, bool *holds) {
  const List *left_list, *right_list;
  Answer answer = operand_lists(run, left, right, &left_list, &right_list, holds);
  *holds = *holds && !any_element(run, left_list, right_list, false);
  return answer;
}

static Answer relation_any_of(Run *run, const Operand *left, const Operand *right, bool *holds) {
  const List *left_list, *right_list;
  Answer answer = operand_lists(run, left, right, &left_list, &right_list, holds);
  *holds = *holds && any_element(run, left_list, right_list, true);
  return answer;
}

static Answer relation_none_of(Run *run, const Operand *left, const Operand *right, bool *holds) {
  const List *left_list, *right_list;
  Answer answer = operand_lists(run, left, right, &left_list, &right_list, holds);
  *holds = *holds && !any_element(run, left_list, right_list, true);
  return answer;
}

/* ---- =~ ---- */

static Answer pattern_holds(Run *run, const Pattern *pattern, const Operand *subject, bool *holds) {
  Text text = TEXT_EMPTY;
  if (subject->kind == OPERAND_STRING || subject->kind == OPERAND_NUMBER) text = operand_text(run, subject);
  if (subject->kind == OPERAND_BOOLEAN) text = subject->boolean ? TEXT("true") : TEXT("false");
  if (subject->kind == OPERAND_NULL) text = TEXT("null");
  run_charge(run, 20 + text.length / 4);
  PatternAnswer answer = pattern_matches(pattern, text, run->fault);
  *holds = answer == PATTERN_MATCHES;
  return answer == PATTERN_UNDECIDED ? ANSWER_ERROR : ANSWER_DONE;
}

/* Exactly one side is a pattern; it has to match all of the text, or all of one element of a list. */
static Answer relation_match(Run *run, const Operand *left, const Operand *right, bool *holds) {
  *holds = false;
  if ((left->kind == OPERAND_PATTERN) == (right->kind == OPERAND_PATTERN)) return ANSWER_DONE;
  const Pattern *pattern = left->kind == OPERAND_PATTERN ? left->pattern : right->pattern;
  const Operand *subject = left->kind == OPERAND_PATTERN ? right : left;
  if (subject->kind == OPERAND_UNDEFINED) return ANSWER_DONE;
  if (subject->kind != OPERAND_JSON) return pattern_holds(run, pattern, subject, holds);
  const List *list;
  Answer answer = operand_list(run, subject, &list);
  if (answer != ANSWER_DONE) return answer;
  if (list == NULL) return pattern_holds(run, pattern, subject, holds);
  for (uint32_t i = 0; i < list->count && answer == ANSWER_DONE && !*holds; i++) {
    Operand element;
    operand_from_element(run, list->items[i], &element);
    answer = pattern_holds(run, pattern, &element, holds);
  }
  return answer;
}

/* ---- the table ---- */

#define RELATIONS(X)                                                                                         \
  X("==", relation_equal)                                                                                    \
  X("!=", relation_not_equal)                                                                                \
  X("===", relation_same)                                                                                    \
  X("!==", relation_not_same)                                                                                \
  X("<", relation_less)                                                                                      \
  X("<=", relation_less_or_equal)                                                                            \
  X(">", relation_greater)                                                                                   \
  X(">=", relation_greater_or_equal)                                                                         \
  X("=~", relation_match)                                                                                    \
  X("IN", relation_in)                                                                                       \
  X("NIN", relation_not_in)                                                                                  \
  X("CONTAINS", relation_contains)                                                                           \
  X("SIZE", relation_size)                                                                                   \
  X("EMPTY", relation_empty)                                                                                 \
  X("SUBSETOF", relation_subset_of)                                                                          \
  X("ANYOF", relation_any_of)                                                                                \
  X("NONEOF", relation_none_of)                                                                              \
  X("EXISTS", relation_exist)                                                                                \
  X("ALL", relation_impossible)                                                                              \
  X("TYPE", relation_impossible)                                                                             \
  X("MATCHES", relation_impossible)

#define RELATION(name, test) {TEXT_INIT(name), test},
static const Relation relations[] = {RELATIONS(RELATION)};
const Relation relation_exists = {TEXT_INIT("EXISTS"), relation_exist};

const Relation *relation_find(Text name) {
  for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
    if (text_equal_ignoring_case(name, relations[i].name)) return &relations[i];
  }
  return NULL;
}
