#include "harness/base/text.h"

#include <string.h>

Text text_from(const char *terminated) {
  return terminated == NULL ? TEXT_EMPTY : (Text){terminated, strlen(terminated)};
}

Text text_slice(Text text, size_t from, size_t to) {
  if (to > text.length) to = text.length;
  if (from > to) from = to;
  return text.data == NULL ? TEXT_EMPTY : (Text){text.data + from, to - from};
}

static bool is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

Text text_trim(Text text) {
  size_t from = 0;
  size_t to = text.length;
  while (from < to && is_blank(text.data[from])) from++;
  while (to > from && is_blank(text.data[to - 1])) to--;
  return text_slice(text, from, to);
}

bool text_equal(Text left, Text right) {
  return left.length == right.length && (left.length == 0 || memcmp(left.data, right.data, left.length) == 0);
}

bool text_is(Text text, const char *terminated) {
  return text_equal(text, text_from(terminated));
}

static unsigned char lower(char byte) {
  return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
}

bool text_equal_ignoring_case(Text left, Text right) {
  if (left.length != right.length) return false;
  for (size_t i = 0; i < left.length; i++)
    if (lower(left.data[i]) != lower(right.data[i])) return false;
  return true;
}

bool text_starts(Text text, Text prefix) {
  return text.length >= prefix.length && text_equal(text_slice(text, 0, prefix.length), prefix);
}

bool text_ends(Text text, Text suffix) {
  return text.length >= suffix.length &&
         text_equal(text_slice(text, text.length - suffix.length, text.length), suffix);
}

int text_compare(Text left, Text right) {
  size_t shorter = left.length < right.length ? left.length : right.length;
  int order = shorter == 0 ? 0 : memcmp(left.data, right.data, shorter);
  if (order != 0) return order;
  return left.length == right.length ? 0 : left.length < right.length ? -1 : 1;
}

size_t text_find(Text text, Text needle, size_t from) {
  if (from > text.length) return TEXT_NOT_FOUND;
  if (needle.length == 0) return from;
  for (size_t at = from; needle.length <= text.length - at;) {
    const char *hit =
        memchr(text.data + at, (unsigned char)needle.data[0], text.length - at - needle.length + 1);
    if (hit == NULL) return TEXT_NOT_FOUND;
    at = (size_t)(hit - text.data);
    if (memcmp(hit, needle.data, needle.length) == 0) return at;
    at++;
  }
  return TEXT_NOT_FOUND;
}

size_t text_find_char(Text text, char byte, size_t from) {
  if (from >= text.length) return TEXT_NOT_FOUND;
  const char *hit = memchr(text.data + from, (unsigned char)byte, text.length - from);
  return hit == NULL ? TEXT_NOT_FOUND : (size_t)(hit - text.data);
}

size_t text_find_last_char(Text text, char byte) {
  for (size_t at = text.length; at > 0; at--)
    if (text.data[at - 1] == byte) return at - 1;
  return TEXT_NOT_FOUND;
}

Text text_split(Text text, char separator, Text *rest) {
  size_t at = text_find_char(text, separator, 0);
  if (at == TEXT_NOT_FOUND) {
    *rest = (Text){NULL, 0};
    return text;
  }
  *rest = text_slice(text, at + 1, text.length);
  return text_slice(text, 0, at);
}

bool text_to_integer(Text text, int64_t *out) {
  bool negative = text.length > 0 && text.data[0] == '-';
  size_t at = negative ? 1 : 0;
  if (at == text.length) return false;
  uint64_t bound = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
  uint64_t sum = 0;
  for (; at < text.length; at++) {
    char byte = text.data[at];
    if (byte < '0' || byte > '9') return false;
    uint64_t digit = (uint64_t)(byte - '0');
    if (sum > (bound - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *out = negative ? (int64_t)(0 - sum) : (int64_t)sum;
  return true;
}

uint64_t text_hash(Text text) {
  uint64_t hash = 1469598103934665603u;
  for (size_t i = 0; i < text.length; i++) hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211u;
  return hash;
}

size_t text_distance(Text left, Text right, size_t limit) {
  enum { LONGEST = 64 };
  if (left.length > LONGEST || right.length > LONGEST) return text_equal(left, right) ? 0 : limit + 1;
  size_t rows[3][LONGEST + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= right.length; j++) above[j] = j;
  for (size_t i = 1; i <= left.length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= right.length; j++) {
      size_t best = above[j - 1] + (left.data[i - 1] == right.data[j - 1] ? 0 : 1);
      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      bool swapped =
          i > 1 && j > 1 && left.data[i - 1] == right.data[j - 2] && left.data[i - 2] == right.data[j - 1];
      if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      row[j] = best;
    }
    size_t *spare = before;
    before = above;
    above = row;
    row = spare;
  }
  return above[right.length] > limit ? limit + 1 : above[right.length];
}

const char *text_suggest(Text unknown, const char *const *candidates, size_t count) {
  const char *best = NULL;
  size_t nearest = unknown.length <= 3 ? 1 : unknown.length <= 6 ? 2 : 3;
  for (size_t i = 0; i < count; i++) {
    Text candidate = text_from(candidates[i]);
    size_t distance =
        text_equal_ignoring_case(unknown, candidate) ? 0 : text_distance(unknown, candidate, nearest);
    if (distance > nearest) continue;
    if (best != NULL && distance == nearest) continue;
    best = candidates[i];
    nearest = distance;
    if (distance == 0) break;
  }
  return best;
}
