/* Values: what a JSON body holds and what templates compute with. The kinds are Java's classes, because the
 * gateway's templates can see them (printing, equality, arithmetic, methods). A Value is 16 bytes, passed by
 * value; what it points to lives in an arena. Text is borrowed from the body and unescaped only when somebody
 * asks.
 *
 * Witness of all behaviour below: seen (json-smart, java.lang.*, Velocity 1.7), rows in
 * conformance/numbers.jsonl and vtl.jsonl. */
#ifndef STATUSQUO_VALUE_VALUE_H
#define STATUSQUO_VALUE_VALUE_H

#include "harness/base/buffer.h"
#include "harness/base/fault.h"

typedef enum ValueKind {
  VALUE_NULL,
  VALUE_BOOLEAN,
  VALUE_BYTE,        /* java.lang.Byte: as.integer */
  VALUE_SHORT,       /* java.lang.Short: as.integer */
  VALUE_INTEGER,     /* java.lang.Integer, 32 bit */
  VALUE_LONG,        /* java.lang.Long, 64 bit */
  VALUE_BIG_INTEGER, /* java.math.BigInteger */
  VALUE_FLOAT,       /* java.lang.Float (json-smart's NaN) */
  VALUE_DOUBLE,      /* java.lang.Double */
  VALUE_BIG_DECIMAL, /* java.math.BigDecimal */
  VALUE_CHARACTER,   /* java.lang.Character: one UTF-16 unit, as.character */
  VALUE_TEXT,        /* java.lang.String */
  VALUE_LIST,        /* java.util.List, arrays */
  VALUE_MAP,         /* java.util.Map */
  VALUE_OBJECT,      /* anything else: iterators, entries, classes, $input, $util, … */
} ValueKind;

enum {
  VALUE_ESCAPED = 1, /* VALUE_TEXT: the bytes still hold JSON escapes; read them with value_text */
  VALUE_LEXEME = 2, /* VALUE_DOUBLE, VALUE_BIG_INTEGER, VALUE_BIG_DECIMAL: as.text is the source text, not yet
                       converted */
};

typedef struct List List;
typedef struct Map Map;
typedef struct Object Object;
typedef struct BigNumber BigNumber;

typedef struct Value {
  uint8_t kind; /* ValueKind */
  uint8_t flags;
  uint16_t reserved;
  uint32_t length; /* bytes, where as.text is used */
  union {
    bool boolean;
    int32_t integer;
    int64_t long_integer;
    float float_number;
    double double_number;
    uint16_t character;
    const char *text;
    List *list;
    Map *map;
    Object *object;
    const BigNumber *big;
  } as;
} Value;

/* Objects that are neither JSON nor numbers. The table is constant; the struct that begins with Object is its
 * owner's. */
typedef struct ObjectType {
  Text class_name;                                   /* as getClass().getName() says */
  Text (*print)(const Object *object, Arena *arena); /* toString(); `data` NULL where Java would throw */
  bool (*equal)(const Object *object, Value other);  /* equals(); NULL: identity */
  bool unwritable;                                   /* json-smart throws when it has to write one */
} ObjectType;
struct Object {
  const ObjectType *type;
};

static inline Value value_null(void) {
  return (Value){.kind = VALUE_NULL};
}
static inline Value value_boolean(bool boolean) {
  return (Value){.kind = VALUE_BOOLEAN, .as.boolean = boolean};
}
static inline Value value_integer(int32_t integer) {
  return (Value){.kind = VALUE_INTEGER, .as.integer = integer};
}
static inline Value value_long(int64_t integer) {
  return (Value){.kind = VALUE_LONG, .as.long_integer = integer};
}
static inline Value value_double(double number) {
  return (Value){.kind = VALUE_DOUBLE, .as.double_number = number};
}
static inline Value value_character(uint16_t unit) {
  return (Value){.kind = VALUE_CHARACTER, .as.character = unit};
}
/* Borrows; the text must be no longer than 4 GiB. */
static inline Value value_from_text(Text text) {
  return (Value){
      .kind = VALUE_TEXT, .length = (uint32_t)text.length, .as.text = text.data != NULL ? text.data : ""};
}
static inline Value value_object(Object *object) {
  return (Value){.kind = VALUE_OBJECT, .as.object = object};
}
static inline bool value_is_null(Value value) {
  return value.kind == VALUE_NULL;
}
static inline bool value_is_number(Value value) {
  return value.kind >= VALUE_BYTE && value.kind <= VALUE_BIG_DECIMAL;
}
/* Byte, Short, Integer, Long, BigInteger. */
static inline bool value_is_whole(Value value) {
  return value.kind >= VALUE_BYTE && value.kind <= VALUE_BIG_INTEGER;
}

/* The characters of a VALUE_TEXT, unescaped (WTF-8 when the body held a lone surrogate escape). */
Text value_text(Value text, Arena *arena);
/* The same for a map key or a name: is it this text? Doesn't allocate. */
bool value_text_is(Value text, Text expected);

/* Byte to Long as int64_t; false for anything else. */
bool value_to_long(Value value, int64_t *out);
/* Any number as double (BigInteger and BigDecimal rounded as Java's doubleValue() does). */
double value_to_double(Value number);

/* ---- lists ---- */

typedef enum ListKind {
  LIST_ARRAY_LIST, /* prints [a, b]; with a class_name it is another, immutable List */
  LIST_JSON_ARRAY, /* json-smart's JSONArray: prints as JSON */
  LIST_FIXED, /* a Java array (String[], Object[], byte[], char[]): prints as an array does, methods as a List
               */
  LIST_VIEW,  /* subList, keySet, values, entrySet and the like: see list_view */
} ListKind;

struct List {
  uint8_t kind; /* ListKind */
  uint32_t count;
  uint32_t capacity;
  uint32_t modifications; /* structural changes: an iterator that sees another number fails */
  Value *items;
  Text class_name; /* LIST_FIXED and LIST_VIEW: "[Ljava.lang.String;", "java.util.LinkedHashMap$LinkedKeySet",
                      … */
  void *source;    /* LIST_VIEW: what it looks at (a List or a Map), its owner's business */
  bool (*refresh)(
      List *list); /* LIST_VIEW: brings `items` up to date; false when Java would throw. May be NULL */
};

/* Before reading the items of a list that may be a view. */
static inline bool list_is_current(const List *list) {
  return list->refresh == NULL || list->refresh((List *)(uintptr_t)list);
}
List *list_new(ListKind kind, Arena *arena);
Value value_from_list(List *list);
void list_append(List *list, Value item, Arena *arena);
/* `at` from 0 to count. */
void list_insert(List *list, uint32_t at, Value item, Arena *arena);
void list_remove(List *list, uint32_t at);

/* ---- maps ---- */

typedef enum MapKind {
  MAP_LINKED, /* java.util.LinkedHashMap (JSON objects, {…} literals): insertion order */
  MAP_HASH, /* java.util.HashMap: iterates bucket by bucket, (h ^ h>>>16) & (n-1), n = 16 doubling above 0.75
               load */
} MapKind;

typedef struct MapEntry {
  Value key; /* VALUE_TEXT from JSON; any value from templates */
  Value value;
} MapEntry;

struct Map {
  uint8_t kind;      /* MapKind */
  bool prints_empty; /* $context and its members print as "" (seen) */
  uint32_t count;
  uint32_t capacity;
  uint32_t modifications;
  MapEntry *entries; /* in insertion order, without holes */
  uint32_t *index;   /* hash table over entries, built when the map grows beyond a few; NULL before */
  uint32_t index_size;
  uint32_t buckets; /* the table size that java.util.HashMap would have: it grows and never shrinks */
  Text class_name;  /* "" means by kind */
};

Map *map_new(MapKind kind, Arena *arena);
Value value_from_map(Map *map);
/* NULL when absent. Keys compare as Java's equals() does: 1 is not 1L, "a" is not 'a'. */
const Value *map_get(const Map *map, Value key);
const Value *map_get_text(const Map *map, Text key);
/* Replaces (keeping the position) or adds at the end. */
void map_put(Map *map, Value key, Value value, Arena *arena);
void map_put_text(Map *map, Text key, Value value, Arena *arena);
bool map_remove(Map *map, Value key);
void map_clear(Map *map);
/* Fills an empty map with entries that may repeat keys (none of them escaped): the last value wins, at the
 * first one's place. */
void map_take_entries(Map *map, const MapEntry *entries, uint32_t count, Arena *arena);
/* The order in which Java iterates: entries for MAP_LINKED, by bucket for MAP_HASH. `order` has room for
 * count. */
void map_order(const Map *map, const MapEntry **order);

/* ---- the permissive reader ---- */

/* Reads a body as json-smart's permissive mode does (velocity-facts 35, 36): what it accepts, and as which
 * class. The values point into `body`, which must outlive them. False: json-smart would throw ParseException
 * (fault has the offset). Depth is bounded (FAULT_LIMIT); time and memory are linear in the body. An empty
 * body is the caller's business. */
bool value_read(Text body, Arena *arena, Value *out, Fault *fault);

/* ---- writers ----
 * Where Java would throw (a value that holds itself, nesting past a few thousand levels, a null key in JSON)
 * the buffer is left `overflowed`, as it is when its limit is reached. */

/* As JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS): '/' raw, U+0000-1F, U+007F-9F and U+2000-20FF as
 * \uXXXX, Infinity and NaN as null, maps in their order. What $input.json() prints. */
void value_write_json(Value value, Buffer *out);
/* As json-smart's own toString(): '/' as \/. What a JSONArray prints. */
void value_write_json_protected(Value value, Buffer *out);
/* As Java's String.valueOf(): {k=v}, [a, b], 1.0E10, null as "null". Bounded depth for values that hold
 * themselves. */
void value_print(Value value, Buffer *out, Arena *arena);
/* `data` is NULL where Java would throw, or past 64 MiB. */
Text value_to_text(Value value, Arena *arena);
/* Fully qualified class name: "java.lang.Integer", "net.minidev.json.JSONArray", … */
Text value_class_name(Value value);

/* ---- comparing and computing, as Java does ---- */

/* equals(): same class and same content (Integer 2 is not Long 2; 1.0 and 1.00 are different BigDecimals). */
bool value_equal(Value left, Value right);
/* hashCode(). */
int32_t value_hash_code(Value value);
/* Numbers of any class by value, as Velocity's MathUtils.compare: -1, 0, 1 (NaN as Java answers there). */
int number_compare(Value left, Value right);

typedef enum NumberOperation {
  NUMBER_ADD,
  NUMBER_SUBTRACT,
  NUMBER_MULTIPLY,
  NUMBER_DIVIDE,
  NUMBER_MODULO
} NumberOperation;
/* Velocity 1.7's MathUtils (velocity-facts 19): widening, overflow to Long and BigInteger, Double,
 * BigDecimal. Returns false when Java throws ArithmeticException there. The caller handles division by zero
 * and non-numbers first. */
bool number_compute(NumberOperation operation, Value left, Value right, Arena *arena, Value *out);

/* Text -> number as the class's own parser reads it (Integer.parseInt, Double.parseDouble, new
 * BigDecimal(…)); false: NumberFormatException. */
bool number_parse(ValueKind kind, Text text, int radix, Arena *arena, Value *out);
/* Conversions between classes as intValue(), longValue(), … do them. */
Value number_convert(Value number, ValueKind kind, Arena *arena);

/* Double.toString / Float.toString of JDK 19+ (shortest that round-trips, Java's notation). Writes at most 32
 * bytes. */
size_t double_print(double number, char out[32]);
size_t float_print(float number, char out[32]);

#endif
