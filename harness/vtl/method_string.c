/* java.lang.String, but for what needs patterns or formats. */
#include "harness/vtl/method_parts.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"

#include <string.h>

static Text self_text(const Call *call) {
  return value_text(call->self, call->arena);
}

static VtlAnswer out_of_range(Call *call) {
  return call_throw(call, "java.lang.StringIndexOutOfBoundsException");
}

static VtlAnswer answer_boolean(Call *call, bool boolean) {
  return call_answer(call, value_boolean(boolean));
}

static VtlAnswer answer_integer(Call *call, size_t integer) {
  return call_answer(call, value_integer((int32_t)integer));
}

/* ---- units ---- */

static VtlAnswer string_length(Call *call) {
  return answer_integer(call, utf16_length(self_text(call)));
}

static VtlAnswer string_char_at(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  int32_t at = call_integer(call, 0);
  if (at < 0 || (size_t)at >= units.count) return out_of_range(call);
  return call_answer(call, value_character(units.items[at]));
}

static bool is_pair(Units units, size_t high) {
  return high + 1 < units.count && units.items[high] >= 0xD800 && units.items[high] < 0xDC00 &&
         units.items[high + 1] >= 0xDC00 && units.items[high + 1] < 0xE000;
}

static int32_t code_point(Units units, size_t at) {
  if (!is_pair(units, at)) return units.items[at];
  return 0x10000 + ((units.items[at] - 0xD800) << 10) + (units.items[at + 1] - 0xDC00);
}

static VtlAnswer string_code_point_at(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  int32_t at = call_integer(call, 0);
  if (at < 0 || (size_t)at >= units.count) return out_of_range(call);
  return call_answer(call, value_integer(code_point(units, (size_t)at)));
}

static VtlAnswer string_code_point_before(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  int32_t at = call_integer(call, 0);
  if (at < 1 || (size_t)at > units.count) return out_of_range(call);
  size_t before = (size_t)at - 1;
  units.count = (size_t)at;
  if (before > 0 && is_pair(units, before - 1)) before--;
  return call_answer(call, value_integer(code_point(units, before)));
}

static VtlAnswer string_code_point_count(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  int32_t from = call_integer(call, 0), to = call_integer(call, 1);
  if (from < 0 || from > to || (size_t)to > units.count) return call_throw_index(call);
  units.count = (size_t)to;
  int32_t count = 0;
  for (size_t at = (size_t)from; at < units.count; at += is_pair(units, at) ? 2 : 1) count++;
  return call_answer(call, value_integer(count));
}

static VtlAnswer string_offset_by_code_points(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  int32_t from = call_integer(call, 0), steps = call_integer(call, 1);
  if (from < 0 || (size_t)from > units.count) return call_throw_index(call);
  size_t at = (size_t)from;
  for (; steps > 0; steps--) {
    if (at >= units.count) return call_throw_index(call);
    at += is_pair(units, at) ? 2 : 1;
  }
  for (; steps < 0; steps++) {
    if (at == 0) return call_throw_index(call);
    at -= at >= 2 && is_pair(units, at - 2) ? 2 : 1;
  }
  return answer_integer(call, at);
}

static VtlAnswer string_to_char_array(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  List *array = array_new(TEXT("[C"), call->arena);
  for (size_t i = 0; i < units.count; i++) list_append(array, value_character(units.items[i]), call->arena);
  return call_answer(call, value_from_list(array));
}

static VtlAnswer string_chars(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  List *chars = list_new(LIST_ARRAY_LIST, call->arena);
  for (size_t i = 0; i < units.count; i++) list_append(chars, value_integer(units.items[i]), call->arena);
  return call_answer(call, stream_new(chars, true, call->arena));
}

static VtlAnswer string_code_points(Call *call) {
  Units units = units_of(self_text(call), call->arena);
  List *points = list_new(LIST_ARRAY_LIST, call->arena);
  for (size_t i = 0; i < units.count; i += is_pair(units, i) ? 2 : 1)
    list_append(points, value_integer(code_point(units, i)), call->arena);
  return call_answer(call, stream_new(points, true, call->arena));
}

/* ---- pieces ---- */

static VtlAnswer substring(Call *call, int32_t from, bool to_end) {
  Text text = self_text(call);
  size_t length = utf16_length(text);
  int32_t to = to_end ? (int32_t)length : call_integer(call, 1);
  if (from < 0 || from > to || (size_t)to > length) return out_of_range(call);
  return call_answer_text(call, text_of_span(text, (size_t)from, (size_t)to, call->arena));
}

static VtlAnswer string_substring_from(Call *call) {
  return substring(call, call_integer(call, 0), true);
}
static VtlAnswer string_substring(Call *call) {
  return substring(call, call_integer(call, 0), false);
}

/* trim(): up to the blank; strip(): Character.isWhitespace */
static bool is_trimmed(uint32_t character) {
  return character <= ' ';
}
static bool is_white(uint32_t character) {
  if (character == 0xA0 || character == 0x2007 || character == 0x202F) return false;
  if ((character >= 9 && character <= 13) || (character >= 0x1C && character <= 0x20)) return true;
  return character == 0x1680 || (character >= 0x2000 && character <= 0x200A) || character == 0x2028 ||
         character == 0x2029 || character == 0x205F || character == 0x3000;
}

static Text without(Text text, bool (*drop)(uint32_t character), bool leading, bool trailing) {
  size_t from = 0;
  while (leading && from < text.length) {
    size_t at = from;
    if (!drop(utf8_next(text, &at))) break;
    from = at;
  }
  text = text_slice(text, from, text.length);
  while (trailing && text.length > 0) {
    size_t start = text.length - 1;
    while (start > 0 && ((unsigned char)text.data[start] & 0xC0) == 0x80) start--;
    size_t at = start;
    if (!drop(utf8_next(text, &at))) break;
    text.length = start;
  }
  return text;
}

static VtlAnswer string_trim(Call *call) {
  return call_answer_text(call, without(self_text(call), is_trimmed, true, true));
}
static VtlAnswer string_strip(Call *call) {
  return call_answer_text(call, without(self_text(call), is_white, true, true));
}
static VtlAnswer string_strip_leading(Call *call) {
  return call_answer_text(call, without(self_text(call), is_white, true, false));
}
static VtlAnswer string_strip_trailing(Call *call) {
  return call_answer_text(call, without(self_text(call), is_white, false, true));
}
static VtlAnswer string_is_blank(Call *call) {
  return answer_boolean(call, without(self_text(call), is_white, true, false).length == 0);
}
static VtlAnswer string_is_empty(Call *call) {
  return answer_boolean(call, self_text(call).length == 0);
}

/* ---- joining ---- */

static VtlAnswer string_concat(Call *call) {
  Buffer out = buffer_make(call->arena, 0);
  buffer_append(&out, self_text(call));
  utf8_append_joining(&out, call_text(call, 0));
  return call_answer_text(call, buffer_text(&out));
}

static VtlAnswer string_repeat(Call *call) {
  enum { LONGEST = 64 * 1024 * 1024 };
  Text text = self_text(call);
  int32_t count = call_integer(call, 0);
  if (count < 0) return call_throw(call, "java.lang.IllegalArgumentException: count is negative");
  if (text.length > 0 && (size_t)count > LONGEST / text.length)
    return call_throw(call, "java.lang.OutOfMemoryError");
  Buffer out = buffer_make(call->arena, 0);
  buffer_reserve(&out, text.length * (size_t)count);
  for (int32_t i = 0; i < count && text.length > 0; i++) utf8_append_joining(&out, text);
  return call_answer_text(call, buffer_text(&out));
}

static VtlAnswer join_items(Call *call, const List *items) {
  Text separator = call_text(call, 0);
  Buffer out = buffer_make(call->arena, 0);
  for (uint32_t i = 0; i < items->count; i++) {
    if (i > 0) utf8_append_joining(&out, separator);
    Value item = items->items[i];
    if (item.kind != VALUE_TEXT && item.kind != VALUE_NULL)
      return call_throw(call, "java.lang.ClassCastException");
    utf8_append_joining(&out, value_to_text(item, call->arena));
  }
  return call_answer_text(call, buffer_text(&out));
}

static VtlAnswer string_join(Call *call) {
  return join_items(call, call->arguments[1].as.list);
}

static VtlAnswer string_join_iterable(Call *call) {
  List *items = call->arguments[1].as.list;
  if (!list_refresh(items)) return call_throw(call, "java.util.ConcurrentModificationException");
  return join_items(call, items);
}

/* ---- comparing ---- */

static bool equal_folded(const uint16_t *left, const uint16_t *right, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (left[i] != right[i] && unit_fold(left[i]) != unit_fold(right[i])) return false;
  return true;
}

static VtlAnswer string_equals_ignore_case(Call *call) {
  if (value_is_null(call->arguments[0])) return answer_boolean(call, false);
  Units left = units_of(self_text(call), call->arena), right = units_of(call_text(call, 0), call->arena);
  return answer_boolean(call, left.count == right.count && equal_folded(left.items, right.items, left.count));
}

static int32_t compare_units(Units left, Units right, bool folded) {
  size_t shorter = left.count < right.count ? left.count : right.count;
  for (size_t i = 0; i < shorter; i++) {
    if (left.items[i] == right.items[i]) continue;
    int32_t one = folded ? unit_fold(left.items[i]) : left.items[i];
    int32_t other = folded ? unit_fold(right.items[i]) : right.items[i];
    if (one != other) return one - other;
  }
  return (int32_t)left.count - (int32_t)right.count;
}

static VtlAnswer compare_with(Call *call, bool folded) {
  Units left = units_of(self_text(call), call->arena), right = units_of(call_text(call, 0), call->arena);
  return call_answer(call, value_integer(compare_units(left, right, folded)));
}

static VtlAnswer string_compare_to(Call *call) {
  return compare_with(call, false);
}
static VtlAnswer string_compare_to_ignore_case(Call *call) {
  return compare_with(call, true);
}
static VtlAnswer string_compare_to_other(Call *call) {
  if (value_is_null(call->arguments[0])) return call_throw_null_pointer(call);
  return call_throw(call, "java.lang.ClassCastException");
}
static VtlAnswer string_compare(Call *call) {
  Units left = units_of(call_text(call, 0), call->arena), right = units_of(call_text(call, 1), call->arena);
  return call_answer(call, value_integer(compare_units(left, right, false)));
}

static VtlAnswer string_content_equals(Call *call) {
  return answer_boolean(call, text_equal(self_text(call), call_text(call, 0)));
}

static VtlAnswer string_starts_with(Call *call) {
  return answer_boolean(call, text_starts(self_text(call), call_text(call, 0)));
}

static VtlAnswer string_ends_with(Call *call) {
  return answer_boolean(call, text_ends(self_text(call), call_text(call, 0)));
}

static VtlAnswer region_matches(Call *call, bool folded, size_t first) {
  int64_t from = call_integer(call, first), other_from = call_integer(call, first + 2);
  int64_t count = call_integer(call, first + 3);
  Units left = units_of(self_text(call), call->arena),
        right = units_of(call_text(call, first + 1), call->arena);
  if (from < 0 || other_from < 0 || from > (int64_t)left.count - count ||
      other_from > (int64_t)right.count - count)
    return answer_boolean(call, false);
  if (count <= 0) return answer_boolean(call, true);
  const uint16_t *one = left.items + from, *other = right.items + other_from;
  bool same =
      folded ? equal_folded(one, other, (size_t)count) : memcmp(one, other, (size_t)count * sizeof *one) == 0;
  return answer_boolean(call, same);
}

static VtlAnswer string_region_matches(Call *call) {
  return region_matches(call, false, 0);
}
static VtlAnswer string_region_matches_case(Call *call) {
  return region_matches(call, call->arguments[0].as.boolean, 1);
}

static VtlAnswer string_starts_with_at(Call *call) {
  int32_t from = call_integer(call, 1);
  Units text = units_of(self_text(call), call->arena), prefix = units_of(call_text(call, 0), call->arena);
  bool fits = from >= 0 && (int64_t)from <= (int64_t)text.count - (int64_t)prefix.count;
  return answer_boolean(call, fits && memcmp(text.items + from, prefix.items, prefix.count * 2) == 0);
}

/* ---- searching ---- */

enum { NOT_FOUND = -1 };

static int32_t find_units(Units text, Units needle, int64_t from) {
  if (from < 0) from = 0;
  if (from > (int64_t)text.count) from = (int64_t)text.count;
  for (int64_t at = from; at + (int64_t)needle.count <= (int64_t)text.count; at++)
    if (memcmp(text.items + at, needle.items, needle.count * sizeof *needle.items) == 0) return (int32_t)at;
  return NOT_FOUND;
}

static int32_t find_units_backwards(Units text, Units needle, int64_t from) {
  int64_t last = (int64_t)text.count - (int64_t)needle.count;
  for (int64_t at = from < last ? from : last; at >= 0; at--)
    if (memcmp(text.items + at, needle.items, needle.count * sizeof *needle.items) == 0) return (int32_t)at;
  return NOT_FOUND;
}

/* What is looked for: a text, or a code point given as int. */
static bool needle_of(Call *call, Units *out) {
  if (call->arguments[0].kind == VALUE_TEXT) {
    *out = units_of(call_text(call, 0), call->arena);
    return true;
  }
  int32_t character = call_integer(call, 0);
  char bytes[4];
  if (character < 0 || character > 0x10FFFF) return false;
  *out = units_of((Text){bytes, utf8_encode((uint32_t)character, bytes)}, call->arena);
  return true;
}

static VtlAnswer index_of(Call *call, int64_t from, bool backwards) {
  Units text = units_of(self_text(call), call->arena), needle;
  if (!needle_of(call, &needle)) return call_answer(call, value_integer(NOT_FOUND));
  int32_t found = backwards ? find_units_backwards(text, needle, from) : find_units(text, needle, from);
  return call_answer(call, value_integer(found));
}

static VtlAnswer string_index_of(Call *call) {
  return index_of(call, call->count > 1 ? call_integer(call, 1) : 0, false);
}
static VtlAnswer string_last_index_of(Call *call) {
  return index_of(call, call->count > 1 ? call_integer(call, 1) : INT32_MAX, true);
}
static VtlAnswer string_contains(Call *call) {
  index_of(call, 0, false);
  return answer_boolean(call, call->result->as.integer >= 0);
}

/* ---- replacing ---- */

static VtlAnswer replace_units(Call *call, Units from, Units to) {
  Units text = units_of(self_text(call), call->arena);
  Buffer out = buffer_make(call->arena, 0);
  const char *replacement = (const char *)to.items;
  size_t size = sizeof *to.items;
  size_t at = 0;
  while (at + from.count <= text.count) {
    if (memcmp(text.items + at, from.items, from.count * size) != 0) {
      buffer_append_bytes(&out, text.items + at++, size);
      continue;
    }
    buffer_append_bytes(&out, replacement, to.count * size);
    if (from.count > 0) {
      at += from.count;
    } else { /* between all units, and at the end */
      if (at == text.count) break;
      buffer_append_bytes(&out, text.items + at++, size);
    }
  }
  buffer_append_bytes(&out, text.items + at, (text.count - at) * size);
  if (out.length == 0) return call_answer_text(call, TEXT_EMPTY);
  return call_answer_text(
      call, text_of_units((const uint16_t *)(const void *)out.data, out.length / size, call->arena));
}

static VtlAnswer string_replace(Call *call) {
  return replace_units(call, units_of(call_text(call, 0), call->arena),
                       units_of(call_text(call, 1), call->arena));
}

static VtlAnswer string_replace_char(Call *call) {
  uint16_t from = call->arguments[0].as.character, to = call->arguments[1].as.character;
  return replace_units(call, (Units){&from, 1}, (Units){&to, 1});
}

static VtlAnswer string_to_lower_case(Call *call) {
  return call_answer_text(call, text_to_lower(self_text(call), call->arena));
}
static VtlAnswer string_to_upper_case(Call *call) {
  return call_answer_text(call, text_to_upper(self_text(call), call->arena));
}

/* ---- lines ---- */

/* The text up to \n, \r or \r\n; `rest` starts behind it. */
static Text next_line(Text *rest) {
  size_t end = 0;
  while (end < rest->length && rest->data[end] != '\n' && rest->data[end] != '\r') end++;
  Text line = text_slice(*rest, 0, end);
  size_t skip = end < rest->length ? 1 : 0;
  if (skip == 1 && rest->data[end] == '\r' && end + 1 < rest->length && rest->data[end + 1] == '\n') skip = 2;
  *rest = text_slice(*rest, end + skip, rest->length);
  return line;
}

static VtlAnswer string_lines(Call *call) {
  List *lines = list_new(LIST_ARRAY_LIST, call->arena);
  for (Text rest = self_text(call); rest.length > 0;)
    list_append(lines, value_from_text(next_line(&rest)), call->arena);
  return call_answer(call, stream_new(lines, false, call->arena));
}

static size_t leading_white(Text line) {
  return line.length - without(line, is_white, true, false).length;
}

static VtlAnswer string_indent(Call *call) {
  int32_t count = call_integer(call, 0);
  if (count > 1000 * 1000) return call_throw(call, "java.lang.OutOfMemoryError");
  Buffer out = buffer_make(call->arena, 0);
  for (Text rest = self_text(call); rest.length > 0;) {
    Text line = next_line(&rest);
    for (int32_t i = 0; i < count; i++) buffer_append_char(&out, ' ');
    for (int32_t i = 0; i > count && line.length > 0; i--) {
      size_t at = 0;
      if (!is_white(utf8_next(line, &at))) break;
      line = text_slice(line, at, line.length);
    }
    buffer_append(&out, line);
    buffer_append_char(&out, '\n');
  }
  return call_answer_text(call, buffer_text(&out));
}

/* The blanks that all lines share go, and all at their ends; the last line counts even when it is blank. */
static VtlAnswer string_strip_indent(Call *call) {
  Text text = self_text(call);
  if (text.length == 0) return call_answer_text(call, text);
  bool ends_line = text.data[text.length - 1] == '\n' || text.data[text.length - 1] == '\r';
  size_t shared = ends_line ? 0 : SIZE_MAX;
  for (Text rest = text; rest.length > 0;) {
    Text line = next_line(&rest);
    bool last = rest.length == 0;
    size_t white = leading_white(line);
    if (white == line.length && !last) continue;
    if (white < shared) shared = white;
  }
  Buffer out = buffer_make(call->arena, 0);
  for (Text rest = text; rest.length > 0;) {
    Text line = next_line(&rest);
    Text kept = without(text_slice(line, shared, line.length), is_white, false, true);
    buffer_append(&out, kept);
    if (rest.length > 0 || ends_line) buffer_append_char(&out, '\n');
  }
  return call_answer_text(call, buffer_text(&out));
}

/* escape: '\' ( b t n f r s " ' \ | octal{1,3} | end of line ) */
static VtlAnswer string_translate_escapes(Call *call) {
  static const char letters[] = "btnfrs\"'\\", meanings[] = "\b\t\n\f\r \"'\\";
  Text text = self_text(call);
  Buffer out = buffer_make(call->arena, 0);
  for (size_t at = 0; at < text.length;) {
    char byte = text.data[at++];
    if (byte != '\\') {
      buffer_append_char(&out, byte);
      continue;
    }
    char kind = at < text.length ? text.data[at++] : '\0';
    const char *letter = kind == '\0' ? NULL : strchr(letters, kind);
    if (letter != NULL) {
      buffer_append_char(&out, meanings[letter - letters]);
    } else if (kind >= '0' && kind <= '7') {
      uint32_t code = (uint32_t)(kind - '0');
      size_t limit = at + (kind <= '3' ? 2 : 1);
      while (at < limit && at < text.length && text.data[at] >= '0' && text.data[at] <= '7')
        code = code * 8 + (uint32_t)(text.data[at++] - '0');
      utf8_append(&out, code);
    } else if (kind == '\r') {
      if (at < text.length && text.data[at] == '\n') at++;
    } else if (kind != '\n') {
      return call_throw(call, "java.lang.IllegalArgumentException: invalid escape sequence");
    }
  }
  return call_answer_text(call, buffer_text(&out));
}

/* ---- bytes ---- */

typedef enum Encoding {
  ENCODING_UTF_8,
  ENCODING_LATIN_1,
  ENCODING_ASCII,
  ENCODING_UTF_16,
  ENCODING_UTF_16BE,
  ENCODING_UTF_16LE,
  ENCODING_UNKNOWN
} Encoding;

static Encoding encoding_of(Text name) {
  static const struct {
    const char *name;
    Encoding encoding;
  } names[] = {
      {"UTF-8", ENCODING_UTF_8},        {"UTF8", ENCODING_UTF_8},        {"ISO-8859-1", ENCODING_LATIN_1},
      {"ISO8859_1", ENCODING_LATIN_1},  {"latin1", ENCODING_LATIN_1},    {"l1", ENCODING_LATIN_1},
      {"US-ASCII", ENCODING_ASCII},     {"ASCII", ENCODING_ASCII},       {"UTF-16", ENCODING_UTF_16},
      {"UTF_16", ENCODING_UTF_16},      {"UTF-16BE", ENCODING_UTF_16BE}, {"UTF-16LE", ENCODING_UTF_16LE},
      {"ISO_8859-1", ENCODING_LATIN_1}, {"ISO8859-1", ENCODING_LATIN_1}, {"8859_1", ENCODING_LATIN_1}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (text_equal_ignoring_case(name, text_from(names[i].name))) return names[i].encoding;
  return ENCODING_UNKNOWN;
}

static void append_byte(List *bytes, unsigned byte, Arena *arena) {
  list_append(bytes, (Value){.kind = VALUE_BYTE, .as.integer = (int8_t)byte}, arena);
}

/* What a encoding can't hold becomes '?'. */
static VtlAnswer answer_bytes(Call *call, Encoding encoding) {
  Text text = self_text(call);
  List *bytes = array_new(TEXT("[B"), call->arena);
  Units units = units_of(text, call->arena);
  if (encoding == ENCODING_UTF_16) {
    append_byte(bytes, 0xFE, call->arena);
    append_byte(bytes, 0xFF, call->arena);
  }
  for (size_t at = 0; at < units.count; at++) {
    unsigned unit = units.items[at];
    bool pair = is_pair(units, at);
    if (encoding >= ENCODING_UTF_16) {
      append_byte(bytes, encoding == ENCODING_UTF_16LE ? unit & 0xFF : unit >> 8, call->arena);
      append_byte(bytes, encoding == ENCODING_UTF_16LE ? unit >> 8 : unit & 0xFF, call->arena);
      continue;
    }
    char encoded[4] = {'?'};
    size_t length = 1;
    bool lone = !pair && unit >= 0xD800 && unit < 0xE000;
    if (encoding == ENCODING_UTF_8 && !lone) length = utf8_encode((uint32_t)code_point(units, at), encoded);
    if (encoding != ENCODING_UTF_8 && unit < (encoding == ENCODING_ASCII ? 0x80u : 0x100u))
      encoded[0] = (char)unit;
    for (size_t i = 0; i < length; i++) append_byte(bytes, (unsigned char)encoded[i], call->arena);
    if (pair) at++;
  }
  return call_answer(call, value_from_list(bytes));
}

static VtlAnswer string_get_bytes(Call *call) {
  return answer_bytes(call, ENCODING_UTF_8);
}

static VtlAnswer string_get_bytes_in(Call *call) {
  Encoding encoding = encoding_of(call_text(call, 0));
  if (encoding == ENCODING_UNKNOWN) return call_throw(call, "java.io.UnsupportedEncodingException");
  return answer_bytes(call, encoding);
}

/* ---- making ---- */

static VtlAnswer string_identity(Call *call) {
  return call_answer(call, call->self);
}

static VtlAnswer string_value_of(Call *call) {
  Text text = value_to_text(call->arguments[0], call->arena);
  return text.data == NULL ? call_throw(call, "java.lang.StackOverflowError") : call_answer_text(call, text);
}

static VtlAnswer value_of_chars(Call *call, int64_t from, int64_t count) {
  const List *chars = call->arguments[0].as.list;
  if (from < 0 || count < 0 || from > (int64_t)chars->count - count) return out_of_range(call);
  uint16_t *units = ARENA_ARRAY(call->arena, uint16_t, (size_t)count + 1);
  for (int64_t i = 0; i < count; i++) units[i] = chars->items[from + i].as.character;
  return call_answer_text(call, text_of_units(units, (size_t)count, call->arena));
}

static VtlAnswer string_of_chars(Call *call) {
  return value_of_chars(call, 0, call->arguments[0].as.list->count);
}
static VtlAnswer string_of_some_chars(Call *call) {
  return value_of_chars(call, call_integer(call, 1), call_integer(call, 2));
}

static VtlAnswer string_format(Call *call) {
  const List *arguments = value_is_null(call->arguments[1]) ? NULL : call->arguments[1].as.list;
  return call_format(call, call_text(call, 0), arguments);
}

static VtlAnswer string_formatted(Call *call) {
  const List *arguments = value_is_null(call->arguments[0]) ? NULL : call->arguments[0].as.list;
  return call_format(call, self_text(call), arguments);
}

static VtlAnswer string_format_in_locale(Call *call) {
  const List *arguments = value_is_null(call->arguments[2]) ? NULL : call->arguments[2].as.list;
  return call_format(call, call_text(call, 1), arguments);
}

static const Method string_rows[] = {
    METHOD_ROW(charAt, "I", string_char_at),
    METHOD_ROW(chars, "", string_chars),
    METHOD_ROW(codePointAt, "I", string_code_point_at),
    METHOD_ROW(codePointBefore, "I", string_code_point_before),
    METHOD_ROW(codePointCount, "II", string_code_point_count),
    METHOD_ROW(codePoints, "", string_code_points),
    METHOD_ROW(compare, "QQ", string_compare),
    METHOD_ROW(compareTo, "O", string_compare_to_other),
    METHOD_ROW(compareTo, "T", string_compare_to),
    METHOD_ROW(compareToIgnoreCase, "T", string_compare_to_ignore_case),
    METHOD_ROW(concat, "T", string_concat),
    METHOD_ROW(contains, "Q", string_contains),
    METHOD_ROW(contentEquals, "1", call_throw_null_pointer),
    METHOD_ROW(contentEquals, "Q", string_content_equals),
    METHOD_ROW(copyValueOf, "[C", string_of_chars),
    METHOD_ROW(copyValueOf, "[CII", string_of_some_chars),
    METHOD_ROW(endsWith, "T", string_ends_with),
    METHOD_ROW(equalsIgnoreCase, "?T", string_equals_ignore_case),
    METHOD_ROW(format, "?2T?[O", string_format_in_locale),
    METHOD_ROW(format, "T?[O", string_format),
    METHOD_ROW(formatted, "?[O", string_formatted),
    METHOD_ROW(getBytes, "", string_get_bytes),
    METHOD_ROW(getBytes, "3", call_throw_null_pointer),
    METHOD_ROW(getBytes, "T", string_get_bytes_in),
    METHOD_ROW(indent, "I", string_indent),
    METHOD_ROW(indexOf, "I", string_index_of),
    METHOD_ROW(indexOf, "II", string_index_of),
    METHOD_ROW(indexOf, "T", string_index_of),
    METHOD_ROW(indexOf, "TI", string_index_of),
    METHOD_ROW(intern, "", string_identity),
    METHOD_ROW(isBlank, "", string_is_blank),
    METHOD_ROW(isEmpty, "", string_is_empty),
    METHOD_ROW(join, "QR", string_join_iterable),
    METHOD_ROW(join, "Q[Q", string_join),
    METHOD_ROW(lastIndexOf, "I", string_last_index_of),
    METHOD_ROW(lastIndexOf, "II", string_last_index_of),
    METHOD_ROW(lastIndexOf, "T", string_last_index_of),
    METHOD_ROW(lastIndexOf, "TI", string_last_index_of),
    METHOD_ROW(length, "", string_length),
    METHOD_ROW(lines, "", string_lines),
    METHOD_ROW(matches, "T", string_matches),
    METHOD_ROW(offsetByCodePoints, "II", string_offset_by_code_points),
    METHOD_ROW(regionMatches, "ITII", string_region_matches),
    METHOD_ROW(regionMatches, "ZITII", string_region_matches_case),
    METHOD_ROW(repeat, "I", string_repeat),
    METHOD_ROW(replace, "CC", string_replace_char),
    METHOD_ROW(replace, "QQ", string_replace),
    METHOD_ROW(replaceAll, "TT", string_replace_all),
    METHOD_ROW(replaceFirst, "TT", string_replace_first),
    METHOD_ROW(split, "T", string_split),
    METHOD_ROW(split, "TI", string_split),
    METHOD_ROW(startsWith, "T", string_starts_with),
    METHOD_ROW(startsWith, "TI", string_starts_with_at),
    METHOD_ROW(strip, "", string_strip),
    METHOD_ROW(stripIndent, "", string_strip_indent),
    METHOD_ROW(stripLeading, "", string_strip_leading),
    METHOD_ROW(stripTrailing, "", string_strip_trailing),
    METHOD_ROW(subSequence, "II", string_substring),
    METHOD_ROW(substring, "I", string_substring_from),
    METHOD_ROW(substring, "II", string_substring),
    METHOD_ROW(toCharArray, "", string_to_char_array),
    METHOD_ROW(toLowerCase, "", string_to_lower_case),
    METHOD_ROW(toLowerCase, "2", call_throw_null_pointer),
    METHOD_ROW(toUpperCase, "", string_to_upper_case),
    METHOD_ROW(toUpperCase, "2", call_throw_null_pointer),
    METHOD_ROW(transform, "4", call_throw_null_pointer),
    METHOD_ROW(translateEscapes, "", string_translate_escapes),
    METHOD_ROW(trim, "", string_trim),
    METHOD_ROW(valueOf, "C", string_value_of),
    METHOD_ROW(valueOf, "D", string_value_of),
    METHOD_ROW(valueOf, "F", string_value_of),
    METHOD_ROW(valueOf, "I", string_value_of),
    METHOD_ROW(valueOf, "J", string_value_of),
    METHOD_ROW(valueOf, "O", string_value_of),
    METHOD_ROW(valueOf, "Z", string_value_of),
    METHOD_ROW(valueOf, "[C", string_of_chars),
    METHOD_ROW(valueOf, "[CII", string_of_some_chars),
};
METHOD_TABLE(string_methods, string_rows, &object_methods);
