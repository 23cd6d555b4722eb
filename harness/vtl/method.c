/* How Velocity 1.7 finds a method: every public method of the class by that name is tried against the
 * arguments, the most specific one wins, and when none is, the reference is invalid.
 *
 * An exact hit on the parameter classes is taken first, without comparing: Velocity keeps its methods in a
 * cache by name and classes. A method without parameters takes any arguments (a quirk of 1.7) and then fails.
 * Witness: seen (Velocity 1.7), velocity-facts 26-31. */
#include "harness/vtl/method_parts.h"

#include <assert.h>
#include <string.h>

enum { PARAMETERS_LIMIT = 24 };

/* ---- names ---- */

#define NAME_TEXT(name) TEXT_INIT(#name),
static const Text method_names[] = {TEXT_INIT(""), METHOD_NAMES(NAME_TEXT)};
#undef NAME_TEXT
enum { NAME_COUNT = sizeof method_names / sizeof *method_names };

MethodNumber method_number(Text name) {
  size_t low = 1, high = NAME_COUNT;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = text_compare(method_names[middle], name);
    if (order == 0) return (MethodNumber)middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return 0;
}

/* ---- signatures ---- */

typedef struct Parameter {
  char code;
  bool array;
  bool nullable;
} Parameter;

typedef struct Signature {
  Parameter items[PARAMETERS_LIMIT];
  size_t count;
} Signature;

static Signature signature_of(const Method *method) {
  Signature signature = {.count = 0};
  for (const char *at = method->parameters; *at != '\0'; at++) {
    assert(signature.count < PARAMETERS_LIMIT);
    Parameter *parameter = &signature.items[signature.count++];
    parameter->nullable = *at == '?';
    if (*at == '?') at++;
    parameter->array = *at == '[';
    if (*at == '[') at++;
    parameter->code = *at;
    parameter->nullable = parameter->nullable || (*at == 'O' && !parameter->array);
  }
  return signature;
}

static bool is_primitive(char code) {
  return strchr("ZCBSIJFD", code) != NULL;
}

/* The box of a primitive, as a value kind; VALUE_NULL for other codes. */
static ValueKind kind_of(char code) {
  switch (code) {
  case 'Z':
  case 'z': return VALUE_BOOLEAN;
  case 'C':
  case 'c': return VALUE_CHARACTER;
  case 'B':
  case 'b': return VALUE_BYTE;
  case 'S':
  case 's': return VALUE_SHORT;
  case 'I':
  case 'i': return VALUE_INTEGER;
  case 'J':
  case 'j': return VALUE_LONG;
  case 'F':
  case 'f': return VALUE_FLOAT;
  case 'D':
  case 'd': return VALUE_DOUBLE;
  case 'X': return VALUE_BIG_INTEGER;
  case 'Y': return VALUE_BIG_DECIMAL;
  case 'T': return VALUE_TEXT;
  default: return VALUE_NULL;
  }
}

static bool is_array(Value value) {
  return value.kind == VALUE_LIST && value.as.list->kind == LIST_FIXED;
}

/* Widening: byte < short < int < long < float < double. */
static bool widens(char formal, ValueKind actual) {
  ValueKind kind = kind_of(formal);
  if (kind == actual) return true;
  static const uint8_t ranks[] = {[VALUE_BYTE] = 1, [VALUE_SHORT] = 2, [VALUE_INTEGER] = 3,
                                  [VALUE_LONG] = 4, [VALUE_FLOAT] = 5, [VALUE_DOUBLE] = 6};
  if (kind > VALUE_DOUBLE || actual > VALUE_DOUBLE) return false;
  return ranks[kind] > 0 && ranks[actual] > 0 && ranks[actual] < ranks[kind];
}

static bool fits_class(char code, Value value) {
  switch (code) {
  case 'O': return true;
  case 'Q': return value.kind == VALUE_TEXT;
  case 'U':
  case 'R': return value_is_collection(value);
  case 'K': return value_is_list(value);
  case 'M': return value.kind == VALUE_MAP;
  case 'E': return value_is_entry(value);
  default: return kind_of(code) != VALUE_NULL && kind_of(code) == value.kind;
  }
}

/* char[] takes "[C", Object[] any array of objects, String[] and CharSequence[] "[Ljava.lang.String;". */
static bool fits_array(char code, Value value) {
  if (!is_array(value)) return false;
  Text name = value.as.list->class_name;
  if (is_primitive(code)) return name.length == 2 && name.data[1] == code;
  if (code == 'O') return name.length > 2;
  return (code == 'Q' || code == 'T') && text_is(name, "[Ljava.lang.String;");
}

/* IntrospectionUtils.isMethodInvocationConvertible */
static bool fits(Parameter parameter, Value value) {
  bool primitive = is_primitive(parameter.code) && !parameter.array;
  if (value.kind == VALUE_NULL) return !primitive;
  if (parameter.array) return fits_array(parameter.code, value);
  return primitive ? widens(parameter.code, value.kind) : fits_class(parameter.code, value);
}

static bool fits_item(Parameter parameter, Value value) {
  parameter.array = false;
  return fits(parameter, value);
}

/* An array's items, when an array is given where a variable-length parameter stands. */
static bool fits_variable(Parameter parameter, Value value) {
  if (!parameter.array) return false;
  if (!is_array(value)) return fits_item(parameter, value);
  Text name = value.as.list->class_name;
  if (name.length == 2) return is_primitive(parameter.code) && name.data[1] == parameter.code;
  return parameter.code == 'O' ||
         (strchr("QT", parameter.code) != NULL && text_is(name, "[Ljava.lang.String;"));
}

/* MethodMap.isApplicable */
static bool applicable(const Signature *signature, const Value *arguments, size_t count) {
  const Parameter *last = signature->count > 0 ? &signature->items[signature->count - 1] : NULL;
  if (last == NULL) return true; /* the quirk: arguments are not counted then */
  size_t fixed = signature->count - 1;
  if (count + 1 < signature->count || (count < signature->count && !last->array)) return false;
  if (count > signature->count && !last->array) return false;
  for (size_t i = 0; i < fixed; i++)
    if (!fits(signature->items[i], arguments[i])) return false;
  if (count == signature->count)
    return fits(*last, arguments[fixed]) || fits_variable(*last, arguments[fixed]);
  for (size_t i = fixed; i < count; i++)
    if (!fits_item(*last, arguments[i])) return false;
  return true;
}

/* Can a parameter of the class `actual` be passed where `formal` stands? Between declared classes. */
static bool assignable(Parameter formal, Parameter actual) {
  if (formal.code == actual.code && formal.array == actual.array) return true;
  bool actual_primitive = is_primitive(actual.code) && !actual.array;
  if (formal.array != actual.array) return formal.code == 'O' && !formal.array && !actual_primitive;
  if (formal.array)
    return formal.code == 'O' ? !is_primitive(actual.code) : formal.code == 'Q' && actual.code == 'T';
  if (is_primitive(formal.code)) return actual_primitive && widens(formal.code, kind_of(actual.code));
  if (actual_primitive) return false;
  switch (formal.code) {
  case 'O': return true;
  case 'Q':
    return actual.code == 'T' || actual.code == '1'; /* 1 is StringBuffer where it meets CharSequence */
  case 'R': return actual.code == 'U' || actual.code == 'K';
  case 'U': return actual.code == 'K';
  default: return false;
  }
}

static bool strictly_convertible(Parameter formal, Parameter actual, bool last) {
  if (assignable(formal, actual)) return true;
  if (!last || !formal.array) return false;
  formal.array = actual.array = false;
  return assignable(formal, actual);
}

typedef enum Specificity { MORE_SPECIFIC, LESS_SPECIFIC, INCOMPARABLE } Specificity;

/* MethodMap.compare */
static Specificity compare(const Signature *first, const Signature *second) {
  if (first->count != second->count) return first->count > second->count ? MORE_SPECIFIC : LESS_SPECIFIC;
  bool first_more = false, second_more = false;
  for (size_t i = 0; i < first->count; i++) {
    Parameter one = first->items[i], other = second->items[i];
    if (one.code == other.code && one.array == other.array) continue;
    bool last = i == first->count - 1;
    first_more = first_more || strictly_convertible(other, one, last);
    second_more = second_more || strictly_convertible(one, other, last);
  }
  if (first_more && second_more) {
    bool first_array = first->items[first->count - 1].array,
         second_array = second->items[second->count - 1].array;
    if (first_array != second_array) return first_array ? MORE_SPECIFIC : LESS_SPECIFIC;
    return INCOMPARABLE;
  }
  return first_more ? MORE_SPECIFIC : second_more ? LESS_SPECIFIC : INCOMPARABLE;
}

/* The parameter classes are the arguments' classes; null counts as Object, a primitive as its box. */
static bool exact(const Signature *signature, const Value *arguments, size_t count) {
  if (signature->count != count) return false;
  for (size_t i = 0; i < count; i++) {
    Parameter parameter = signature->items[i];
    bool same =
        arguments[i].kind == VALUE_NULL
            ? parameter.code == 'O' && !parameter.array
            : !parameter.array && kind_of(parameter.code) == arguments[i].kind && parameter.code != 'O';
    if (!same) return false;
  }
  return true;
}

/* ---- the best match ---- */

typedef struct Search {
  const Method *best;
  Signature best_signature;
  const Method *rivals[8]; /* neither more nor less specific than the best */
  size_t rival_count;
} Search;

/* MethodMap.getBestMatch, one more applicable method at a time. */
static void search_add(Search *search, const Method *method, const Signature *signature) {
  if (search->best == NULL) {
    search->best = method;
    search->best_signature = *signature;
    return;
  }
  bool overridden = strcmp(method->parameters, search->best->parameters) == 0;
  for (size_t i = 0; i < search->rival_count; i++)
    overridden = overridden || strcmp(method->parameters, search->rivals[i]->parameters) == 0;
  if (overridden) return;
  Specificity specificity = compare(signature, &search->best_signature);
  if (specificity == LESS_SPECIFIC) return;
  bool beats = specificity == MORE_SPECIFIC;
  for (size_t i = 0; beats && i < search->rival_count; i++) {
    Signature rival = signature_of(search->rivals[i]);
    beats = compare(signature, &rival) == MORE_SPECIFIC;
  }
  if (beats) {
    *search = (Search){.best = method, .best_signature = *signature};
  } else if (search->rival_count < sizeof search->rivals / sizeof *search->rivals) {
    search->rivals[search->rival_count++] = method;
  }
}

static const Method *first_row(const MethodTable *table, MethodNumber name) {
  size_t low = 0, high = table->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table->rows[middle].name < name)
      low = middle + 1;
    else
      high = middle;
  }
  return table->rows + low;
}

const Method *method_find(const MethodTable *table, MethodNumber name, const Value *arguments, size_t count) {
  Search search = {.best = NULL};
  for (; table != NULL; table = table->parent) {
    const Method *end = table->rows + table->count;
    for (const Method *row = first_row(table, name); row < end && row->name == name; row++) {
      Signature signature = signature_of(row);
      if (exact(&signature, arguments, count)) return row;
      if (applicable(&signature, arguments, count)) search_add(&search, row, &signature);
    }
  }
  return search.rival_count == 0 ? search.best : NULL; /* ambiguous is as good as none */
}

/* ---- calling ---- */

static Text array_class(char code) {
  return code == 'O'   ? TEXT("[Ljava.lang.Object;")
         : code == 'Q' ? TEXT("[Ljava.lang.CharSequence;")
         : code == 'C' ? TEXT("[C")
                       : TEXT("[B");
}

/* VelMethodImpl.handleVarArg: what stands where an array is declared is packed into one. */
static const Value *pack_variable(const Signature *signature, const Value *arguments, size_t *count,
                                  Arena *arena) {
  Parameter last = signature->items[signature->count - 1];
  size_t fixed = signature->count - 1;
  bool single = *count == signature->count;
  if (single && (value_is_null(arguments[fixed]) || is_array(arguments[fixed]))) return arguments;
  List *array = array_new(array_class(last.code), arena);
  for (size_t i = fixed; i < *count; i++) list_append(array, arguments[i], arena);
  Value *packed = ARENA_ARRAY(arena, Value, signature->count);
  if (fixed > 0) memcpy(packed, arguments, fixed * sizeof *packed);
  packed[fixed] = value_from_list(array);
  *count = signature->count;
  return packed;
}

static VtlAnswer invoke(const Method *method, Call *call) {
  Signature signature = signature_of(method);
  if (signature.count == 0 && call->count > 0)
    return call_throw(call, "java.lang.IllegalArgumentException: wrong number of arguments");
  if (signature.count > 0 && signature.items[signature.count - 1].array)
    call->arguments = pack_variable(&signature, call->arguments, &call->count, call->arena);
  for (size_t i = 0; i < signature.count; i++)
    if (value_is_null(call->arguments[i]) && !signature.items[i].nullable)
      return call_throw_null_pointer(call);
  *call->result = value_null();
  if (call->self.kind == VALUE_LIST && !list_refresh(call->self.as.list))
    return call_throw(call, "java.util.ConcurrentModificationException");
  return method->body(call);
}

/* An array is asked as itself first, then as the list that Velocity wraps around it. */
static const Method *find_for(Value subject, MethodNumber name, const Value *arguments, size_t count) {
  const MethodTable *table = method_table(subject);
  if (!is_array(subject)) return method_find(table, name, arguments, count);
  const Method *own = method_find(&object_methods, name, arguments, count);
  return own != NULL ? own : method_find(&list_methods, name, arguments, count);
}

/* SecureUberspector: of a class only getName() may be called; wait and notify of nothing. */
static bool is_allowed(const MethodTable *table, MethodNumber name) {
  if (table == &class_methods) return name == METHOD_getName;
  return name != METHOD_wait && name != METHOD_notify;
}

static VtlAnswer call_own(Value subject, MethodNumber name, const Value *arguments, size_t count,
                          Arena *passing, Value *result, Fault *fault) {
  if (name == 0 || !is_allowed(method_table(subject), name)) return VTL_MISSING;
  const Method *method = find_for(subject, name, arguments, count);
  if (method == NULL) return VTL_MISSING;
  Call call = {subject, arguments, count, passing, result, fault};
  return invoke(method, &call);
}

/* Statics are told by where they stand and what they take: no instance method of a box but compareTo and
 * equals has parameters. */
static bool is_static(Value example, const Method *method) {
  switch (example.kind) {
  case VALUE_TEXT:
    return method->name == METHOD_valueOf || method->name == METHOD_copyValueOf ||
           method->name == METHOD_format || method->name == METHOD_join;
  case VALUE_BIG_INTEGER:
  case VALUE_BIG_DECIMAL: return method->name == METHOD_valueOf;
  case VALUE_LIST:
  case VALUE_MAP:
  case VALUE_OBJECT: return false;
  default:
    return method->parameters[0] != '\0' && method->name != METHOD_compareTo && method->name != METHOD_equals;
  }
}

/* $x.class.name(…): what a Class itself doesn't answer is looked for among the methods of the class that it
 * is. Statics work ($n.class.parseInt('1')), others are found and fail (seen). */
static VtlAnswer call_of_class(Value class, MethodNumber name, const Value *arguments, size_t count,
                               Arena *passing, Value *result, Fault *fault) {
  Value example = class_example(class);
  if (value_is_null(example) || name == 0 || is_array(example)) return VTL_MISSING;
  const MethodTable *table = method_table(example);
  if (table == NULL) table = &object_methods;
  if (!is_allowed(table, name)) return VTL_MISSING;
  const Method *method = method_find(table, name, arguments, count);
  if (method == NULL) return VTL_MISSING;
  Call call = {example, arguments, count, passing, result, fault};
  if (is_static(example, method)) return invoke(method, &call);
  return call_throw(&call,
                    "java.lang.IllegalArgumentException: object is not an instance of declaring class");
}

VtlAnswer method_call(Value subject, MethodNumber method, Text name, const Value *arguments, size_t count,
                      Arena *passing, Value *result, Fault *fault) {
  if (value_is_null(subject)) return VTL_MISSING;
  if (subject.kind == VALUE_OBJECT) {
    const VtlObjectType *type = (const VtlObjectType *)(const void *)subject.as.object->type;
    if (type->call != NULL) {
      VtlAnswer answer = type->call(subject.as.object, name, arguments, count, passing, result, fault);
      if (answer != VTL_MISSING) return answer;
    }
  }
  VtlAnswer answer = call_own(subject, method, arguments, count, passing, result, fault);
  if (answer != VTL_MISSING || subject.kind != VALUE_OBJECT) return answer;
  return call_of_class(subject, method, arguments, count, passing, result, fault);
}

/* ---- properties ---- */

/* Longer than any method's name: nothing is missed by cutting there. */
enum { NAME_SIZE = 64 };

/* prefix + name, with the first letter of the name as it is or the other way round. */
static VtlAnswer call_prefixed(Value subject, const char *prefix, Text name, const Value *arguments,
                               size_t count, Arena *passing, Value *result, Fault *fault) {
  char text[NAME_SIZE];
  size_t front = strlen(prefix);
  if (name.length == 0 || front + name.length > sizeof text) return VTL_MISSING;
  memcpy(text, prefix, front);
  memcpy(text + front, name.data, name.length);
  for (int attempt = 0; attempt < 2; attempt++) {
    MethodNumber method = method_number((Text){text, front + name.length});
    VtlAnswer answer = call_own(subject, method, arguments, count, passing, result, fault);
    if (answer != VTL_MISSING) return answer;
    char low = (char)(text[front] | 0x20);
    if (low >= 'a' && low <= 'z') text[front] ^= 0x20;
  }
  return VTL_MISSING;
}

static VtlAnswer call_getter(Value subject, const char *prefix, Text name, Arena *passing, Value *result,
                             Fault *fault) {
  return call_prefixed(subject, prefix, name, NULL, 0, passing, result, fault);
}

/* The only getter without arguments that maps and arrays have is getClass(). */
static bool names_class(Text name) {
  return text_equal(name, TEXT("class")) || text_equal(name, TEXT("Class"));
}

static VtlAnswer own_property(Value subject, Text name, Arena *passing, Value *result, Fault *fault) {
  bool map = subject.kind == VALUE_MAP;
  if ((map || is_array(subject)) && names_class(name))
    return call_own(subject, METHOD_getClass, NULL, 0, passing, result, fault);
  if (is_array(subject)) return VTL_MISSING; /* not wrapped as a list here */
  if (map) {
    const Value *found = map_get_text(subject.as.map, name);
    *result = found == NULL ? value_null() : *found;
    return VTL_FOUND;
  }
  VtlAnswer answer = call_getter(subject, "get", name, passing, result, fault);
  if (answer != VTL_MISSING) return answer;
  Value key = value_from_text(name);
  answer = call_own(subject, METHOD_get, &key, 1, passing, result, fault);
  if (answer != VTL_MISSING) return answer;
  answer = call_getter(subject, "is", name, passing, result, fault);
  return answer == VTL_FOUND && result->kind != VALUE_BOOLEAN ? VTL_MISSING : answer;
}

VtlAnswer property_get(Value subject, Text name, Arena *passing, Value *result, Fault *fault) {
  if (value_is_null(subject)) return VTL_MISSING;
  if (subject.kind == VALUE_OBJECT) {
    const VtlObjectType *type = (const VtlObjectType *)(const void *)subject.as.object->type;
    if (type->property != NULL) {
      VtlAnswer answer = type->property(subject.as.object, name, passing, result, fault);
      if (answer != VTL_MISSING) return answer;
    }
    if (type->call != NULL) {
      if (!text_is(name, "class")) return VTL_MISSING;
      return call_own(subject, METHOD_getClass, NULL, 0, passing, result, fault);
    }
  }
  return own_property(subject, name, passing, result, fault);
}

/* setName(value) or setname(value), then Map.put, then put("name", value). */
VtlAnswer property_set(Value subject, Text name, Value value, Arena *passing, Fault *fault) {
  if (value_is_null(subject)) return VTL_MISSING;
  Value ignored;
  if (subject.kind != VALUE_MAP) {
    VtlAnswer answer = call_prefixed(subject, "set", name, &value, 1, passing, &ignored, fault);
    if (answer != VTL_MISSING) return answer;
  }
  Value arguments[] = {value_from_text(name), value};
  if (!value_is_null(class_example(subject))) return VTL_MISSING; /* its own put() is forbidden */
  return method_call(subject, METHOD_put, TEXT("put"), arguments, 2, passing, &ignored, fault);
}

/* ---- [index] ---- */

/* A negative Integer counts from the end; what has no size() can't have one. */
static VtlAnswer adjust_index(Value subject, Value *index, Arena *passing, Fault *fault) {
  if (index->kind != VALUE_INTEGER || index->as.integer >= 0) return VTL_FOUND;
  Value size;
  VtlAnswer answer = method_call(subject, METHOD_size, TEXT("size"), NULL, 0, passing, &size, fault);
  if (answer == VTL_MISSING) {
    fault_raise(fault, FAULT_INPUT, "a negative index into what has no size()");
    return VTL_THROWS;
  }
  if (answer == VTL_FOUND && size.kind == VALUE_INTEGER)
    *index = value_integer(size.as.integer + index->as.integer);
  return answer;
}

VtlAnswer index_get(Value subject, Value index, Arena *passing, Value *result, Fault *fault) {
  if (value_is_null(subject)) return VTL_MISSING;
  VtlAnswer answer = adjust_index(subject, &index, passing, fault);
  if (answer != VTL_FOUND) return answer;
  return method_call(subject, METHOD_get, TEXT("get"), &index, 1, passing, result, fault);
}

VtlAnswer index_set(Value subject, Value index, Value value, Arena *passing, Fault *fault) {
  if (value_is_null(subject)) return VTL_MISSING;
  VtlAnswer answer = adjust_index(subject, &index, passing, fault);
  if (answer != VTL_FOUND) return answer;
  Value arguments[] = {index, value}, ignored;
  answer = method_call(subject, METHOD_set, TEXT("set"), arguments, 2, passing, &ignored, fault);
  if (answer != VTL_MISSING) return answer;
  return method_call(subject, METHOD_put, TEXT("put"), arguments, 2, passing, &ignored, fault);
}
