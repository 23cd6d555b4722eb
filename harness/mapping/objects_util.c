/* $util: commons-lang's escapeJavaScript, java.net's URL coding, java.util's Base64 (velocity-facts 40;
 * urlEncode of a blank as '+' and the escaped '/' were seen on the gateway, the rest in Java). Arguments that
 * aren't texts are taken as they print (assumed). */
#include "harness/mapping/objects_parts.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"

#include <string.h>

/* ---- coding ---- */

static const char hexadecimal[] = "0123456789ABCDEF";

/* getBytes(UTF_8): a lone surrogate becomes '?'. */
static Text java_bytes(Text text, Arena *arena) {
  if (utf8_is_valid(text)) return text;
  Buffer out = buffer_make(arena, 0);
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    utf8_append(&out, character >= 0xD800 && character <= 0xDFFF ? '?' : character);
  }
  return buffer_text(&out);
}

static void append_unit(Buffer *out, uint32_t unit) {
  buffer_append_string(out, "\\u");
  for (int shift = 12; shift >= 0; shift -= 4) buffer_append_char(out, hexadecimal[unit >> shift & 15]);
}

static void append_script_character(Buffer *out, uint32_t character) {
  static const char plain[] = "\b\n\t\f\r\"'\\/", escaped[] = "bntfr\"'\\/";
  const char *found = character < 0x80 && character > 0 ? strchr(plain, (int)character) : NULL;
  if (found != NULL) {
    buffer_append_char(out, '\\');
    buffer_append_char(out, escaped[found - plain]);
  } else if (character >= 0x10000) {
    append_unit(out, 0xD800 + ((character - 0x10000) >> 10));
    append_unit(out, 0xDC00 + ((character - 0x10000) & 0x3FF));
  } else if (character < 0x20 || character > 0x7F) {
    append_unit(out, character);
  } else {
    buffer_append_char(out, (char)character);
  }
}

/* Copied in one piece up to here? Most texts need no escape at all. */
static size_t plain_prefix(Text text, size_t from) {
  size_t at = from;
  while (at < text.length) {
    unsigned char byte = (unsigned char)text.data[at];
    if (byte < 0x20 || byte > 0x7F || byte == '"' || byte == '\'' || byte == '\\' || byte == '/') break;
    at++;
  }
  return at;
}

Text util_escape_javascript(Text text, Arena *arena) {
  size_t at = plain_prefix(text, 0);
  if (at == text.length) return text;
  Buffer out = buffer_make(arena, 0);
  buffer_reserve(&out, text.length + text.length / 4 + 16);
  for (size_t from = 0;; at = plain_prefix(text, at)) {
    buffer_append(&out, text_slice(text, from, at));
    if (at == text.length) return buffer_text(&out);
    append_script_character(&out, utf8_next(text, &at));
    from = at;
  }
}

static bool is_url_safe(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '-' || byte == '_' || byte == '.' || byte == '*';
}

Text util_url_encode(Text text, Arena *arena) {
  Text bytes = java_bytes(text, arena);
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < bytes.length; i++) {
    char byte = bytes.data[i];
    if (is_url_safe(byte)) {
      buffer_append_char(&out, byte);
    } else if (byte == ' ') {
      buffer_append_char(&out, '+');
    } else {
      buffer_append_char(&out, '%');
      buffer_append_char(&out, hexadecimal[(unsigned char)byte >> 4]);
      buffer_append_char(&out, hexadecimal[(unsigned char)byte & 15]);
    }
  }
  return buffer_text(&out);
}

static int hex_value(char digit) {
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* Two characters as Integer.parseInt(…, 16) reads them: "+7" is 7 (seen). -1: NumberFormatException or
 * negative. */
static int escaped_byte(Text digits) {
  if (digits.length < 2) return -1;
  int high = digits.data[0] == '+' ? 0 : hex_value(digits.data[0]);
  int low = hex_value(digits.data[1]);
  if (digits.data[0] == '-' && low == 0) return 0;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool util_url_decode(Text text, Arena *arena, Text *out, Fault *fault) {
  Buffer decoded = buffer_make(arena, 0), run = buffer_make(arena, 0);
  for (size_t at = 0; at < text.length;) {
    if (text.data[at] != '%') {
      buffer_append_char(&decoded, text.data[at] == '+' ? ' ' : text.data[at]);
      at++;
      continue;
    }
    buffer_clear(&run);
    for (; at < text.length && text.data[at] == '%'; at += 3) {
      int byte = escaped_byte(text_slice(text, at + 1, at + 3));
      if (byte < 0)
        return fault_raise(fault, FAULT_INPUT,
                           "java.lang.IllegalArgumentException: URLDecoder: bad %% escape");
      buffer_append_char(&run, (char)byte);
    }
    buffer_append(&decoded, utf8_repair(buffer_text(&run), arena));
  }
  *out = buffer_text(&decoded);
  return true;
}

/* ---- the functions ---- */

static VtlAnswer answer_text(Value *result, Text text) {
  *result = value_from_text(text);
  return VTL_FOUND;
}

static VtlAnswer answer_escaped(Text text, Arena *arena, Value *result, Fault *fault) {
  (void)fault;
  return answer_text(result, util_escape_javascript(text, arena));
}

/* json-smart in permissive mode (assumed for parseJson; seen for bodies). */
static VtlAnswer answer_parsed(Text text, Arena *arena, Value *result, Fault *fault) {
  return value_read(text, arena, result, fault) ? VTL_FOUND : VTL_THROWS;
}

static VtlAnswer answer_url_encoded(Text text, Arena *arena, Value *result, Fault *fault) {
  (void)fault;
  return answer_text(result, util_url_encode(text, arena));
}

static VtlAnswer answer_url_decoded(Text text, Arena *arena, Value *result, Fault *fault) {
  Text decoded;
  if (!util_url_decode(text, arena, &decoded, fault)) return VTL_THROWS;
  return answer_text(result, decoded);
}

static VtlAnswer answer_base64(Text text, Arena *arena, Value *result, Fault *fault) {
  (void)fault;
  return answer_text(result, base64_encode(java_bytes(text, arena), arena));
}

static VtlAnswer answer_base64_decoded(Text text, Arena *arena, Value *result, Fault *fault) {
  Text decoded;
  if (!base64_decode(text, arena, &decoded, fault)) return VTL_THROWS;
  return answer_text(result, utf8_repair(decoded, arena));
}

/* toString() was null (a block inside itself): escapeJavaScript passes that on, the others fail (seen). */
static VtlAnswer answer_no_text(bool passes, Value *result, Fault *fault) {
  *result = value_null();
  if (passes) return VTL_FOUND;
  fault_raise(fault, FAULT_INPUT, "java.lang.NullPointerException");
  return VTL_THROWS;
}

static const struct UtilFunction {
  Text name;
  VtlAnswer (*answer)(Text text, Arena *arena, Value *result, Fault *fault);
} functions[] = {
    {TEXT_INIT("escapeJavaScript"), answer_escaped}, {TEXT_INIT("parseJson"), answer_parsed},
    {TEXT_INIT("urlEncode"), answer_url_encoded},    {TEXT_INIT("urlDecode"), answer_url_decoded},
    {TEXT_INIT("base64Encode"), answer_base64},      {TEXT_INIT("base64Decode"), answer_base64_decoded},
};

static VtlAnswer util_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                           Value *result, Fault *fault) {
  (void)self;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!text_equal(functions[i].name, method)) continue;
    if (count != 1) return VTL_MISSING;
    Text text = value_is_null(arguments[0]) ? TEXT_EMPTY : value_to_text(arguments[0], passing);
    if (text.data == NULL) return answer_no_text(functions[i].answer == answer_escaped, result, fault);
    return functions[i].answer(text, passing, result, fault);
  }
  return VTL_MISSING;
}

static Text print_nothing(const Object *object, Arena *arena) {
  (void)object;
  (void)arena;
  return TEXT_EMPTY;
}

static const VtlObjectType util_type = {
    .object = {.class_name = TEXT_INIT("Util"), .print = print_nothing},
    .call = util_call,
};

Value util_object(Arena *passing) {
  Object *object = ARENA_NEW(passing, Object);
  object->type = &util_type.object;
  return value_object(object);
}
