/* toString() and class names, as Java's classes have them. */
#include "harness/value/value_parts.h"

#include "harness/base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PRINT_LIMIT = 64 * 1024 * 1024 };

typedef struct Printer {
  Buffer *out;
  Arena *arena;
  uint32_t depth;
} Printer;

static void print_value(Printer *printer, Value value);

/* AbstractCollection and AbstractMap notice only that an item is the container itself. */
static void print_item(Printer *printer, Value item, const void *container, const char *self) {
  const void *inner = item.kind == VALUE_LIST  ? (const void *)item.as.list
                      : item.kind == VALUE_MAP ? (const void *)item.as.map
                                               : NULL;
  if (inner == container && inner != NULL)
    buffer_append_string(printer->out, self);
  else
    print_value(printer, item);
}

static void print_collection(Printer *printer, const List *list) {
  if (!list_is_current(list)) printer->out->overflowed = true;
  buffer_append_char(printer->out, '[');
  for (uint32_t i = 0; i < list->count && !printer->out->overflowed; i++) {
    if (i > 0) buffer_append(printer->out, TEXT(", "));
    print_item(printer, list->items[i], list, "(this Collection)");
  }
  buffer_append_char(printer->out, ']');
}

/* An array prints its class and its identity hash code, which differs from run to run in Java. */
static void print_array(Printer *printer, const List *list) {
  buffer_append(printer->out, list->class_name);
  buffer_append(printer->out, TEXT("@2a139a55"));
}

static void print_list(Printer *printer, const List *list) {
  switch ((ListKind)list->kind) {
  case LIST_JSON_ARRAY:
    value_write_json_protected(value_from_list((List *)(uintptr_t)list), printer->out);
    break;
  case LIST_FIXED: print_array(printer, list); break;
  default: print_collection(printer, list);
  }
}

static void print_map(Printer *printer, const Map *map) {
  if (map->prints_empty) return;
  const MapEntry **order = memory_alloc(map->count * sizeof *order);
  map_order(map, order);
  buffer_append_char(printer->out, '{');
  for (uint32_t i = 0; i < map->count && !printer->out->overflowed; i++) {
    if (i > 0) buffer_append(printer->out, TEXT(", "));
    print_item(printer, order[i]->key, map, "(this Map)");
    buffer_append_char(printer->out, '=');
    print_item(printer, order[i]->value, map, "(this Map)");
  }
  buffer_append_char(printer->out, '}');
  free(order);
}

static void print_container(Printer *printer, Value value) {
  if (printer->depth == VALUE_DEPTH_LIMIT) {
    printer->out->overflowed = true; /* Java: StackOverflowError */
    return;
  }
  printer->depth++;
  if (value.kind == VALUE_LIST)
    print_list(printer, value.as.list);
  else
    print_map(printer, value.as.map);
  printer->depth--;
}

static void print_text(Printer *printer, Value text) {
  PlainText plain = plain_text_open(text);
  utf8_append_joining(printer->out, plain.text);
  plain_text_close(&plain);
}

static void print_character(Printer *printer, uint16_t unit) {
  char bytes[4];
  utf8_append_joining(printer->out, (Text){bytes, utf8_encode(unit, bytes)});
}

static void print_value(Printer *printer, Value value) {
  switch ((ValueKind)value.kind) {
  case VALUE_NULL: buffer_append(printer->out, TEXT("null")); break;
  case VALUE_BOOLEAN: buffer_append(printer->out, value.as.boolean ? TEXT("true") : TEXT("false")); break;
  case VALUE_CHARACTER: print_character(printer, value.as.character); break;
  case VALUE_TEXT: print_text(printer, value); break;
  case VALUE_LIST:
  case VALUE_MAP: print_container(printer, value); break;
  case VALUE_OBJECT: {
    const Object *object = value.as.object;
    Text text = object->type->print(object, printer->arena);
    if (text.data == NULL) printer->out->overflowed = true;
    buffer_append(printer->out, text);
    break;
  }
  default: number_print(value, printer->out);
  }
}

void value_print(Value value, Buffer *out, Arena *arena) {
  print_value(&(Printer){out, arena, 0}, value);
}

Text value_to_text(Value value, Arena *arena) {
  if (value.kind == VALUE_TEXT) return value_text(value, arena);
  Buffer out = buffer_make(arena, PRINT_LIMIT);
  value_print(value, &out, arena);
  return out.overflowed ? (Text){NULL, 0} : buffer_text(&out);
}

Text value_class_name(Value value) {
  static const Text names[] = {
      [VALUE_NULL] = TEXT_INIT("null"),
      [VALUE_BOOLEAN] = TEXT_INIT("java.lang.Boolean"),
      [VALUE_BYTE] = TEXT_INIT("java.lang.Byte"),
      [VALUE_SHORT] = TEXT_INIT("java.lang.Short"),
      [VALUE_INTEGER] = TEXT_INIT("java.lang.Integer"),
      [VALUE_LONG] = TEXT_INIT("java.lang.Long"),
      [VALUE_BIG_INTEGER] = TEXT_INIT("java.math.BigInteger"),
      [VALUE_FLOAT] = TEXT_INIT("java.lang.Float"),
      [VALUE_DOUBLE] = TEXT_INIT("java.lang.Double"),
      [VALUE_BIG_DECIMAL] = TEXT_INIT("java.math.BigDecimal"),
      [VALUE_CHARACTER] = TEXT_INIT("java.lang.Character"),
      [VALUE_TEXT] = TEXT_INIT("java.lang.String"),
  };
  if (value.kind == VALUE_OBJECT) return value.as.object->type->class_name;
  if (value.kind == VALUE_MAP) {
    if (value.as.map->class_name.length > 0) return value.as.map->class_name;
    return value.as.map->kind == MAP_LINKED ? TEXT("java.util.LinkedHashMap") : TEXT("java.util.HashMap");
  }
  if (value.kind != VALUE_LIST) return names[value.kind];
  const List *list = value.as.list;
  if (list->kind == LIST_ARRAY_LIST && list->class_name.length == 0) return TEXT("java.util.ArrayList");
  return list->kind == LIST_JSON_ARRAY ? TEXT("net.minidev.json.JSONArray") : list->class_name;
}
