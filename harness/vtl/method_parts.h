/* What the method files share: tables of Java methods, the call being answered, and Java strings as UTF-16.
 */
#ifndef STATUSQUO_VTL_METHOD_PARTS_H
#define STATUSQUO_VTL_METHOD_PARTS_H

#include "harness/vtl/method.h"
#include "harness/vtl/method_names.h"

/* ---- calls ---- */

/* The arguments have passed the method's signature; those of a variable-length parameter are one LIST_FIXED.
 */
typedef struct Call {
  Value self;
  const Value *arguments;
  size_t count;
  Arena *arena;
  Value *result;
  Fault *fault;
} Call;

typedef VtlAnswer (*MethodBody)(Call *call);

/* `parameters`, one code each:
 *   Z C B S I J F D   boolean char byte short int long float double
 *   z c b s i j f d   their boxes
 *   O Object   T String   Q CharSequence   X BigInteger   Y BigDecimal
 *   U Collection   R Iterable   K List   M Map   E Map.Entry
 *   1-9   classes that templates have no instance of: only null fits. Different digits are unrelated classes.
 *   [     array of what follows
 * null for any class but O is answered with a NullPointerException, unless '?' stands before the code. */
typedef struct Method {
  MethodNumber name;
  const char *parameters;
  MethodBody body;
} Method;

/* The public methods of a class as Velocity sees them; what a parent declares too is left to the parent. Rows
 * are sorted by name. */
typedef struct MethodTable {
  const Method *rows;
  size_t count;
  const struct MethodTable *parent;
} MethodTable;

#define METHOD_ROW(name, parameters, body)                                                                   \
  { METHOD_##name, parameters, body }
#define METHOD_TABLE(identifier, array, super)                                                               \
  const MethodTable identifier = {array, sizeof(array) / sizeof *(array), super}

extern const MethodTable object_methods, string_methods, boolean_methods, character_methods, class_methods;
extern const MethodTable number_methods, byte_methods, short_methods, integer_methods, long_methods,
    float_methods, double_methods;
extern const MethodTable big_integer_methods, big_decimal_methods;
extern const MethodTable collection_methods, set_methods, list_methods, array_list_methods,
    json_array_methods;
extern const MethodTable stream_methods, int_stream_methods;
extern const MethodTable map_methods, entry_methods, iterator_methods, list_iterator_methods;

/* The table of a value's class; NULL for objects of other modules. */
const MethodTable *method_table(Value subject);
/* The method that Velocity picks for these arguments, or NULL. */
const Method *method_find(const MethodTable *table, MethodNumber name, const Value *arguments, size_t count);

/* ---- answering ---- */

VtlAnswer call_answer(Call *call, Value result);
VtlAnswer call_answer_text(Call *call, Text text);
/* void, or null */
VtlAnswer call_answer_null(Call *call);
/* Leaves "java.lang.…Exception: …" in the fault. */
VtlAnswer call_throw(Call *call, const char *exception);
VtlAnswer call_throw_null_pointer(Call *call);
VtlAnswer call_throw_unsupported(Call *call);
VtlAnswer call_throw_index(Call *call);

int32_t call_integer(const Call *call, size_t argument);
int64_t call_long(const Call *call, size_t argument);
double call_double(const Call *call, size_t argument);
Text call_text(const Call *call, size_t argument);

/* An array as Java would make it: "[Ljava.lang.String;", "[B", … */
List *array_new(Text class_name, Arena *arena);
/* getClass() */
Value class_object(Value example, Arena *arena);
/* The value whose class this is; null when it is no class. */
Value class_example(Value class);

/* ---- objects of this module ---- */

typedef struct MethodObjectType {
  VtlObjectType vtl;
  const MethodTable *methods;
} MethodObjectType;
extern const MethodObjectType class_type, entry_type, iterator_type, list_iterator_type, stream_type,
    int_stream_type;
Text object_identity_print(const Object *object, Arena *arena);

typedef enum Walking { WALK_LIST, WALK_KEYS, WALK_VALUES, WALK_ENTRIES, WALK_NOTHING } Walking;

/* java.util.Iterator and ListIterator. */
struct MethodIterator {
  Object object;
  Walking walking;
  bool removed; /* nothing to remove() now */
  List *list;
  Map *map;
  Value *keys; /* of the map, in its order, when the iterator was made */
  uint32_t count;
  uint32_t cursor;
  uint32_t last; /* index of the item returned last */
  uint32_t modifications;
  Arena *arena;
  Value borrowed; /* an iterator of the template's own */
};
MethodIterator *iterator_new(Walking walking, List *list, Map *map, bool both_ways, Arena *arena);
Value stream_new(List *items, bool of_integers, Arena *arena);
bool value_is_entry(Value value);
Value entry_new(Map *map, Value key, Value value, Arena *arena);

/* ---- lists ---- */

/* True for what Java calls a Collection or a List; arrays are neither. */
bool value_is_collection(Value value);
bool value_is_list(Value value);
/* keySet(), values(), entrySet(), subList(): they look at their source. */
List *map_view(Map *map, Walking walking, Arena *arena);
List *list_view(List *parent, uint32_t from, uint32_t to, Arena *arena);
bool list_is_set(const List *list);
/* Brings a view up to date; false: its source was changed behind its back (ConcurrentModificationException).
 */
bool list_refresh(List *list);
/* Structural changes, passed on to what a view looks at. */
bool list_change_insert(List *list, uint32_t at, Value item, Arena *arena);
void list_change_remove(List *list, uint32_t at, Arena *arena);
void list_change_set(List *list, uint32_t at, Value item);

/* ---- strings ---- */

typedef struct Units {
  uint16_t *items;
  size_t count;
} Units;
bool text_is_ascii(Text text);
Units units_of(Text text, Arena *arena);
Text text_of_units(const uint16_t *units, size_t count, Arena *arena);
/* Units [from, to), which lie inside the text. */
Text text_of_span(Text text, size_t from, size_t to, Arena *arena);
/* The unit index of a byte offset. */
size_t unit_index(Text text, size_t offset);
Text text_to_upper(Text text, Arena *arena);
Text text_to_lower(Text text, Arena *arena);
/* Case-insensitive as String.equalsIgnoreCase: unit by unit, upper case then lower case. */
uint16_t unit_fold(uint16_t unit);
/* The bodies that need patterns. */
VtlAnswer string_matches(Call *call);
VtlAnswer string_replace_all(Call *call);
VtlAnswer string_replace_first(Call *call);
VtlAnswer string_split(Call *call);
/* java.util.Formatter; `arguments` NULL is a null array. */
VtlAnswer call_format(Call *call, Text format, const List *arguments);

#endif
