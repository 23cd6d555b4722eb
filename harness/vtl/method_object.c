/* java.lang.Object, Boolean, Class, and the pieces every method body answers with. */
#include "harness/vtl/method_parts.h"

#include <string.h>

/* ---- answering ---- */

VtlAnswer call_answer(Call *call, Value result) {
  *call->result = result;
  return VTL_FOUND;
}

VtlAnswer call_answer_text(Call *call, Text text) {
  return call_answer(call, value_from_text(text));
}

VtlAnswer call_answer_null(Call *call) {
  return call_answer(call, value_null());
}

VtlAnswer call_throw(Call *call, const char *exception) {
  fault_raise(call->fault, FAULT_INPUT, "%s", exception);
  return VTL_THROWS;
}

VtlAnswer call_throw_null_pointer(Call *call) {
  return call_throw(call, "java.lang.NullPointerException");
}

VtlAnswer call_throw_unsupported(Call *call) {
  return call_throw(call, "java.lang.UnsupportedOperationException");
}

VtlAnswer call_throw_index(Call *call) {
  return call_throw(call, "java.lang.IndexOutOfBoundsException");
}

int32_t call_integer(const Call *call, size_t argument) {
  return call->arguments[argument].as.integer; /* Byte, Short and Integer hold it alike */
}

int64_t call_long(const Call *call, size_t argument) {
  int64_t number = 0;
  value_to_long(call->arguments[argument], &number);
  return number;
}

double call_double(const Call *call, size_t argument) {
  return value_to_double(call->arguments[argument]);
}

Text call_text(const Call *call, size_t argument) {
  return value_text(call->arguments[argument], call->arena);
}

List *array_new(Text class_name, Arena *arena) {
  List *array = list_new(LIST_FIXED, arena);
  array->class_name = class_name;
  return array;
}

Text object_identity_print(const Object *object, Arena *arena) {
  return arena_print(arena, "%.*s@2a139a55", TEXT_ARGS(object->type->class_name));
}

/* ---- Class ---- */

typedef struct ClassObject {
  Object object;
  Text name;
  Value example; /* the value whose class it is */
} ClassObject;

static Text class_print(const Object *object, Arena *arena) {
  const ClassObject *class = (const ClassObject *)object;
  return arena_print(arena, "class %.*s", TEXT_ARGS(class->name));
}

static bool class_equal(const Object *object, Value other) {
  return other.kind == VALUE_OBJECT && other.as.object->type == object->type &&
         text_equal(((const ClassObject *)object)->name, ((const ClassObject *)other.as.object)->name);
}

const MethodObjectType class_type = {
    {{TEXT_INIT("java.lang.Class"), class_print, class_equal, true}, NULL, NULL}, &class_methods};

Value class_object(Value example, Arena *arena) {
  ClassObject *class = ARENA_NEW(arena, ClassObject);
  class->object.type = &class_type.vtl.object;
  class->name = value_class_name(example);
  class->example = example;
  return value_object(&class->object);
}

Value class_example(Value class) {
  bool is_class = class.kind == VALUE_OBJECT && class.as.object->type == &class_type.vtl.object;
  return is_class ? ((const ClassObject *)class.as.object)->example : value_null();
}

static VtlAnswer class_get_name(Call *call) {
  return call_answer_text(call, ((const ClassObject *)call->self.as.object)->name);
}

static const Method class_rows[] = {METHOD_ROW(getName, "", class_get_name)};
METHOD_TABLE(class_methods, class_rows, &object_methods);

/* ---- Object ---- */

static VtlAnswer object_equals(Call *call) {
  return call_answer(call, value_boolean(value_equal(call->self, call->arguments[0])));
}

static VtlAnswer object_get_class(Call *call) {
  return call_answer(call, class_object(call->self, call->arena));
}

static VtlAnswer object_hash_code(Call *call) {
  return call_answer(call, value_integer(value_hash_code(call->self)));
}

static VtlAnswer object_notify_all(Call *call) {
  return call_throw(call, "java.lang.IllegalMonitorStateException");
}

static VtlAnswer object_to_string(Call *call) {
  Text text = value_to_text(call->self, call->arena);
  return text.data == NULL ? call_throw(call, "java.lang.StackOverflowError") : call_answer_text(call, text);
}

static const Method object_rows[] = {
    METHOD_ROW(equals, "O", object_equals),     METHOD_ROW(getClass, "", object_get_class),
    METHOD_ROW(hashCode, "", object_hash_code), METHOD_ROW(notifyAll, "", object_notify_all),
    METHOD_ROW(toString, "", object_to_string),
};
METHOD_TABLE(object_methods, object_rows, NULL);

/* ---- Boolean ---- */

static bool boolean_argument(const Call *call, size_t argument) {
  return call->arguments[argument].as.boolean;
}

static VtlAnswer answer_boolean(Call *call, bool boolean) {
  return call_answer(call, value_boolean(boolean));
}

static bool is_true_text(Value text, Arena *arena) {
  return !value_is_null(text) && text_equal_ignoring_case(value_text(text, arena), TEXT("true"));
}

static VtlAnswer boolean_value(Call *call) {
  return call_answer(call, call->self);
}
static VtlAnswer boolean_compare(Call *call) {
  return call_answer(call, value_integer((int)boolean_argument(call, 0) - (int)boolean_argument(call, 1)));
}
static VtlAnswer boolean_compare_to(Call *call) {
  return call_answer(call, value_integer((int)call->self.as.boolean - (int)boolean_argument(call, 0)));
}
static VtlAnswer compare_to_other_class(Call *call) {
  return call_throw(call, "java.lang.ClassCastException");
}
static VtlAnswer boolean_system_property(Call *call) {
  return answer_boolean(call, false); /* assumed: no system property is set */
}
static VtlAnswer boolean_hash_code(Call *call) {
  return call_answer(call, value_integer(value_hash_code(call->arguments[0])));
}
static VtlAnswer boolean_and(Call *call) {
  return answer_boolean(call, boolean_argument(call, 0) && boolean_argument(call, 1));
}
static VtlAnswer boolean_or(Call *call) {
  return answer_boolean(call, boolean_argument(call, 0) || boolean_argument(call, 1));
}
static VtlAnswer boolean_xor(Call *call) {
  return answer_boolean(call, boolean_argument(call, 0) != boolean_argument(call, 1));
}
static VtlAnswer boolean_parse(Call *call) {
  return answer_boolean(call, is_true_text(call->arguments[0], call->arena));
}
static VtlAnswer boolean_to_string(Call *call) {
  return call_answer_text(call, boolean_argument(call, 0) ? TEXT("true") : TEXT("false"));
}
static VtlAnswer boolean_identity(Call *call) {
  return call_answer(call, call->arguments[0]);
}

static const Method boolean_rows[] = {
    METHOD_ROW(booleanValue, "", boolean_value),
    METHOD_ROW(compare, "ZZ", boolean_compare),
    METHOD_ROW(compareTo, "z", boolean_compare_to),
    METHOD_ROW(compareTo, "O", compare_to_other_class),
    METHOD_ROW(getBoolean, "?T", boolean_system_property),
    METHOD_ROW(hashCode, "Z", boolean_hash_code),
    METHOD_ROW(logicalAnd, "ZZ", boolean_and),
    METHOD_ROW(logicalOr, "ZZ", boolean_or),
    METHOD_ROW(logicalXor, "ZZ", boolean_xor),
    METHOD_ROW(parseBoolean, "?T", boolean_parse),
    METHOD_ROW(toString, "Z", boolean_to_string),
    METHOD_ROW(valueOf, "?T", boolean_parse),
    METHOD_ROW(valueOf, "Z", boolean_identity),
};
METHOD_TABLE(boolean_methods, boolean_rows, &object_methods);

/* ---- classes of values ---- */

/* Objects of other modules answer through their own call; what is left are the methods of every object. */
static const MethodTable *object_table(const Object *object) {
  static const MethodObjectType *const types[] = {&class_type,         &entry_type,  &iterator_type,
                                                  &list_iterator_type, &stream_type, &int_stream_type};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (object->type == &types[i]->vtl.object) return types[i]->methods;
  return &object_methods;
}

const MethodTable *method_table(Value subject) {
  switch ((ValueKind)subject.kind) {
  case VALUE_BOOLEAN: return &boolean_methods;
  case VALUE_BYTE: return &byte_methods;
  case VALUE_SHORT: return &short_methods;
  case VALUE_INTEGER: return &integer_methods;
  case VALUE_LONG: return &long_methods;
  case VALUE_BIG_INTEGER: return &big_integer_methods;
  case VALUE_FLOAT: return &float_methods;
  case VALUE_DOUBLE: return &double_methods;
  case VALUE_BIG_DECIMAL: return &big_decimal_methods;
  case VALUE_CHARACTER: return &character_methods;
  case VALUE_TEXT: return &string_methods;
  case VALUE_MAP: return &map_methods;
  case VALUE_LIST: {
    const List *list = subject.as.list;
    if (list->kind == LIST_ARRAY_LIST) return &array_list_methods;
    if (list->kind == LIST_JSON_ARRAY) return &json_array_methods;
    if (list->kind == LIST_FIXED) return &object_methods;
    return list_is_set(list) ? &set_methods : value_is_list(subject) ? &list_methods : &collection_methods;
  }
  case VALUE_OBJECT: return object_table(subject.as.object);
  case VALUE_NULL: break;
  }
  return &object_methods;
}
