/* Expressions: literals, operators, truth. */
#include "harness/vtl/run.h"

#include "harness/base/utf8.h"

#include <math.h>
#include <stdlib.h>

bool value_to_java_text(Run *run, const Node *node, Value value, Text *out) {
  if (value.kind == VALUE_TEXT) {
    *out = value_text(value, run->arena);
    return true;
  }
  *out = value_to_text(value, run->arena);
  if (run->flow != FLOW_GO) return false;
  bool thrown = out->data == NULL && block_reference_of(value) == NULL;
  return !thrown || vtl_run_fail(run, node, "StackOverflowError in toString()");
}

/* ---- literals ---- */

static bool list_value(Run *run, const Node *node, Value *out) {
  List *list = list_new(LIST_ARRAY_LIST, run->arena);
  for (NodeIndex i = node->child; i != 0; i = run->nodes[i].next) {
    Value item;
    if (!node_value(run, i, &item)) return false;
    list_append(list, item, run->arena);
  }
  *out = value_from_list(list);
  return true;
}

static bool map_value(Run *run, const Node *node, Value *out) {
  Map *map = map_new(MAP_LINKED, run->arena);
  for (NodeIndex i = node->child; i != 0; i = run->nodes[run->nodes[i].next].next) {
    Value key, value;
    if (!node_value(run, i, &key) || !node_value(run, run->nodes[i].next, &value)) return false;
    map_put(map, key, value, run->arena);
  }
  *out = value_from_map(map);
  return true;
}

bool range_value(Run *run, const Node *node, uint32_t limit, Value *out) {
  Value left, right;
  *out = value_null();
  if (!node_value(run, node->child, &left) || !node_value(run, run->nodes[node->child].next, &right))
    return false;
  if (!value_is_number(left) || !value_is_number(right)) return true;
  int32_t from = number_convert(left, VALUE_INTEGER, run->arena).as.integer;
  int32_t to = number_convert(right, VALUE_INTEGER, run->arena).as.integer;
  int32_t difference = (int32_t)((uint32_t)from - (uint32_t)to);
  if (difference == INT32_MIN || abs(difference) == INT32_MAX)
    return vtl_run_fail(run, node, "IllegalArgumentException: the range is too long");
  uint32_t count = (uint32_t)abs(difference) + 1;
  if (count > limit) count = limit;
  if (!vtl_run_has_room(run, node, (size_t)count * sizeof(Value))) return false;
  int32_t step = from >= to ? -1 : 1;
  List *list = list_new(LIST_ARRAY_LIST, run->arena);
  list->items = arena_alloc(run->arena, count * sizeof(Value));
  list->count = list->capacity = count;
  for (uint32_t i = 0; i < count; i++, from = (int32_t)((uint32_t)from + (uint32_t)step))
    list->items[i] = value_integer(from);
  *out = value_from_list(list);
  return true;
}

/* Takes off the blank that was put behind the text: the last UTF-16 unit, whatever it is (seen). */
static Text without_last_unit(Text text, Arena *arena) {
  if (text.length == 0) return text;
  size_t start = text.length - 1;
  while (start > 0 && ((unsigned char)text.data[start] & 0xC0) == 0x80) start--;
  Text kept = text_slice(text, 0, start);
  size_t at = start;
  uint32_t last = utf8_next(text, &at);
  if (last < 0x10000) return kept;
  Buffer buffer = buffer_make(arena, 0);
  buffer_append(&buffer, kept);
  utf8_append(&buffer, 0xD800 + ((last - 0x10000) >> 10));
  return buffer_text(&buffer);
}

static bool interpolated_value(Run *run, const Node *node, Value *out) {
  Buffer text = buffer_make(run->arena, run->memory_limit);
  Buffer *output = run->output;
  run->output = &text;
  bool rendered = node_render(run, node->child);
  run->output = output;
  if (!rendered) return false;
  if (text.overflowed)
    return vtl_run_limit(run, node, "a string in the template is longer than %zu bytes", text.limit);
  Text result = buffer_text(&text);
  *out =
      value_from_text((node->flags & NODE_KEEPS_END) != 0 ? result : without_last_unit(result, run->arena));
  return true;
}

/* ---- comparing ---- */

/* Is one Java class the other's, or above it? ArrayList stands above JSONArray, HashMap above LinkedHashMap
 * and above $context's own class. */
static bool classes_related(Value left, Value right) {
  if (left.kind != right.kind) return false;
  if (left.kind == VALUE_LIST) {
    bool plain = left.as.list->kind <= LIST_JSON_ARRAY && right.as.list->kind <= LIST_JSON_ARRAY;
    return plain || text_equal(value_class_name(left), value_class_name(right));
  }
  if (left.kind == VALUE_MAP) {
    const Map *one = left.as.map, *other = right.as.map;
    if (one->class_name.length > 0 || other->class_name.length > 0)
      return text_equal(value_class_name(left), value_class_name(right));
    if (one->kind != other->kind) return !one->prints_empty && !other->prints_empty;
    return true;
  }
  return left.kind != VALUE_OBJECT || text_equal(value_class_name(left), value_class_name(right));
}

/* Infinity and NaN have no BigDecimal, as which they would be compared with a big number. */
static bool is_comparable(Value left, Value right) {
  bool big = left.kind == VALUE_BIG_INTEGER || left.kind == VALUE_BIG_DECIMAL ||
             right.kind == VALUE_BIG_INTEGER || right.kind == VALUE_BIG_DECIMAL;
  if (!big) return true;
  bool left_float = left.kind == VALUE_DOUBLE || left.kind == VALUE_FLOAT;
  bool right_float = right.kind == VALUE_DOUBLE || right.kind == VALUE_FLOAT;
  return (!left_float || isfinite(value_to_double(left))) &&
         (!right_float || isfinite(value_to_double(right)));
}

static bool compare_numbers(Run *run, const Node *node, Value left, Value right, int *order) {
  if (!is_comparable(left, right)) return vtl_run_fail(run, node, "NumberFormatException: Infinite or NaN");
  *order = number_compare(left, right);
  return true;
}

/* ASTEQNode: numbers by value, related classes by equals(), anything else by its text (fact 18). */
static bool values_equal(Run *run, const Node *node, Value left, Value right, bool *equal) {
  if (value_is_number(left) && value_is_number(right)) {
    int order = 0;
    if (!compare_numbers(run, node, left, right, &order)) return false;
    *equal = order == 0;
    return true;
  }
  if (value_is_null(left) || value_is_null(right)) {
    *equal = value_is_null(left) && value_is_null(right);
    return true;
  }
  if (classes_related(left, right)) {
    *equal = value_equal(left, right);
    return true;
  }
  Text left_text, right_text;
  if (!value_to_java_text(run, node, left, &left_text) || !value_to_java_text(run, node, right, &right_text))
    return false;
  *equal = (left_text.data == NULL) == (right_text.data == NULL) && text_equal(left_text, right_text);
  return true;
}

static bool operands(Run *run, const Node *node, Value *left, Value *right) {
  return node_value(run, node->child, left) && node_value(run, run->nodes[node->child].next, right);
}

static bool compare(Run *run, const Node *node, bool *out) {
  Value left, right;
  if (!operands(run, node, &left, &right)) return false;
  if (node->kind == NODE_EQUAL || node->kind == NODE_NOT_EQUAL) {
    if (!values_equal(run, node, left, right, out)) return false;
    *out = *out == (node->kind == NODE_EQUAL);
    return true;
  }
  *out = false;
  if (!value_is_number(left) || !value_is_number(right)) return true;
  int order = 0;
  if (!compare_numbers(run, node, left, right, &order)) return false;
  switch (node->kind) {
  case NODE_LESS: *out = order < 0; break;
  case NODE_LESS_EQUAL: *out = order <= 0; break;
  case NODE_GREATER: *out = order > 0; break;
  default: *out = order >= 0; break;
  }
  return true;
}

/* ---- computing ---- */

/* NaN compares as equal to everything, but isn't zero. */
static bool is_zero(Value number) {
  return number_compare(number, value_integer(0)) == 0 && value_to_double(number) == 0;
}

static bool concatenate(Run *run, const Node *node, Value left, Value right, Value *out) {
  Text first = node->as.literals->left, second = node->as.literals->right;
  if (!value_is_null(left) && !value_to_java_text(run, node, left, &first)) return false;
  if (!value_is_null(right) && !value_to_java_text(run, node, right, &second)) return false;
  if (first.data == NULL || second.data == NULL)
    return vtl_run_fail(run, node, "NullPointerException: toString() of an operand is null");
  if (!vtl_run_has_room(run, node, first.length + second.length)) return false;
  Buffer text = buffer_make(run->arena, 0);
  buffer_reserve(&text, first.length + second.length);
  buffer_append(&text, first);
  utf8_append_joining(&text, second);
  *out = value_from_text(buffer_text(&text));
  return true;
}

/* + concatenates as soon as one side is a text; other operands that aren't numbers, and division by zero,
 * give null (facts 19, 20). */
static bool compute(Run *run, const Node *node, Value *out) {
  Value left, right;
  if (!operands(run, node, &left, &right)) return false;
  bool text = left.kind == VALUE_TEXT || right.kind == VALUE_TEXT;
  if (node->kind == NODE_ADD && text) return concatenate(run, node, left, right, out);
  *out = value_null();
  if (!value_is_number(left) || !value_is_number(right)) return true;
  bool divides = node->kind == NODE_DIVIDE || node->kind == NODE_MODULO;
  if (divides && is_zero(right)) return true;
  NumberOperation operation = (NumberOperation)(node->kind - NODE_ADD);
  return number_compute(operation, left, right, run->arena, out) ||
         vtl_run_fail(run, node, "ArithmeticException");
}

_Static_assert(NODE_MODULO - NODE_ADD == NUMBER_MODULO && NODE_SUBTRACT - NODE_ADD == NUMBER_SUBTRACT &&
                   NODE_MULTIPLY - NODE_ADD == NUMBER_MULTIPLY && NODE_DIVIDE - NODE_ADD == NUMBER_DIVIDE,
               "operators in the same order");

/* ---- values and truth ---- */

static bool truth_value(Run *run, NodeIndex index, Value *out) {
  bool truth;
  if (!node_truth(run, index, &truth)) return false;
  *out = value_boolean(truth);
  return true;
}

static bool operator_value(Run *run, NodeIndex index, Value *out) {
  const Node *node = &run->nodes[index];
  switch (node->kind) {
  case NODE_LIST: return list_value(run, node, out);
  case NODE_MAP: return map_value(run, node, out);
  case NODE_RANGE: return range_value(run, node, UINT32_MAX, out);
  case NODE_INTERPOLATED: return interpolated_value(run, node, out);
  case NODE_ADD:
  case NODE_SUBTRACT:
  case NODE_MULTIPLY:
  case NODE_DIVIDE:
  case NODE_MODULO: return compute(run, node, out);
  default: return truth_value(run, index, out);
  }
}

bool node_value(Run *run, NodeIndex index, Value *out) {
  const Node *node = &run->nodes[index];
  bool evaluated = true;
  switch (node->kind) {
  case NODE_CONSTANT: *out = node->as.value; return true;
  case NODE_WORD:
  case NODE_BLOCK: *out = value_null(); return true;
  default: break;
  }
  if (!vtl_run_enter(run, node)) return false;
  if (node->kind != NODE_REFERENCE)
    evaluated = operator_value(run, index, out);
  else if ((node->flags & NODE_UNCOMPUTABLE) != 0)
    *out = value_null();
  else
    evaluated = reference_value(run, node, out);
  vtl_run_leave(run);
  return evaluated;
}

/* Anything but false is true; printing a block to see whether it is null has its effects (seen). */
static bool reference_truth(Run *run, const Node *node, bool *out) {
  Value value;
  if (!reference_value(run, node, &value)) return false;
  *out = value.kind == VALUE_BOOLEAN ? value.as.boolean : !value_is_null(value);
  if (block_reference_of(value) == NULL) return true;
  Text text;
  if (!value_to_java_text(run, node, value, &text)) return false;
  *out = text.data != NULL;
  return true;
}

static bool operator_truth(Run *run, const Node *node, bool *out) {
  switch (node->kind) {
  case NODE_REFERENCE: return reference_truth(run, node, out);
  case NODE_NOT:
    if (!node_truth(run, node->child, out)) return false;
    *out = !*out;
    return true;
  case NODE_AND:
  case NODE_OR:
    if (!node_truth(run, node->child, out)) return false;
    return *out == (node->kind == NODE_OR) || node_truth(run, run->nodes[node->child].next, out);
  default: return compare(run, node, out);
  }
}

/* Literals and arithmetic are false, whatever they hold (fact 17). */
bool node_truth(Run *run, NodeIndex index, bool *out) {
  const Node *node = &run->nodes[index];
  bool decides = node->kind == NODE_REFERENCE || (node->kind >= NODE_OR && node->kind <= NODE_GREATER_EQUAL);
  if (!decides) {
    *out = node->kind == NODE_CONSTANT && node->as.value.kind == VALUE_BOOLEAN && node->as.value.as.boolean;
    return true;
  }
  if (!vtl_run_enter(run, node)) return false;
  bool evaluated = operator_truth(run, node, out);
  vtl_run_leave(run);
  return evaluated;
}
