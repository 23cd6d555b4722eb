/* Which exchanges are recorded: terms of --only and --skip. */
#include "harness/record/proxy.h"

enum { TERMS_MOST = 64 };

typedef enum FilterPart { FILTER_METHOD, FILTER_PATH, FILTER_STATUS, FILTER_TYPE, FILTER_PARTS } FilterPart;
static const char *const part_names[FILTER_PARTS] = {"method", "path", "status", "type"};

typedef struct FilterTerm {
  FilterPart part;
  Text values; /* one of them, parted by commas, must fit */
} FilterTerm;

typedef struct FilterTerms {
  FilterTerm items[TERMS_MOST];
  size_t count;
} FilterTerms;

struct LiveFilter {
  FilterTerms only, skip;
};

LiveFilter *live_filter_new(Arena *arena) {
  return ARENA_NEW(arena, LiveFilter);
}

/* status = 3( digit / "x" ) */
static bool is_status(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.data[i] != 'x' && (text.data[i] < '0' || text.data[i] > '9')) return false;
  return text.length == 3;
}

/* term = part "=" value *( "," value ) */
bool live_filter_add(LiveFilter *filter, bool skips, Text term, Arena *arena, Fault *fault) {
  FilterTerms *terms = skips ? &filter->skip : &filter->only;
  Text values;
  Text name = text_split(term, '=', &values);
  int part = 0;
  while (part < FILTER_PARTS && !text_is(name, part_names[part])) part++;
  if (part == FILTER_PARTS || values.length == 0)
    return fault_raise(fault, FAULT_USAGE,
                       "a filter reads method=…, path=…, status=… or type=…, not \"%.*s\"", TEXT_ARGS(term));
  if (terms->count == TERMS_MOST) return fault_raise(fault, FAULT_LIMIT, "more than %d filters", TERMS_MOST);
  Text rest = values;
  while (part == FILTER_STATUS && rest.data != NULL)
    if (!is_status(text_split(rest, ',', &rest)))
      return fault_raise(fault, FAULT_USAGE, "a status reads 404 or 4xx, not \"%.*s\"", TEXT_ARGS(values));
  terms->items[terms->count++] = (FilterTerm){(FilterPart)part, arena_copy_text(arena, values)};
  return true;
}

/* A * stands for any characters. Linear but for the number of stars: the last one is tried again only. */
static bool fits_pattern(Text pattern, Text text) {
  size_t at = 0, p = 0, star = TEXT_NOT_FOUND, retry = 0;
  while (at < text.length) {
    if (p < pattern.length && pattern.data[p] == '*') {
      star = p++;
      retry = at;
    } else if (p < pattern.length && pattern.data[p] == text.data[at]) {
      p++, at++;
    } else if (star != TEXT_NOT_FOUND) {
      p = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern.data[p] == '*') p++;
  return p == pattern.length;
}

static bool fits_status(Text pattern, int status) {
  const char digits[3] = {(char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
                          (char)('0' + status % 10)};
  for (size_t i = 0; i < 3; i++)
    if (pattern.data[i] != 'x' && pattern.data[i] != digits[i]) return false;
  return status > 0;
}

/* "application/json" whatever parameters follow; "json" also application/problem+json. */
static bool fits_type(Text wanted, const Headers *headers) {
  const Header *header = headers_find(headers, TEXT("Content-Type"));
  Text rest;
  if (header == NULL) return text_is(wanted, "none");
  Text type = text_trim(text_split(header->value, ';', &rest));
  if (text_find_char(wanted, '/', 0) != TEXT_NOT_FOUND) return text_equal_ignoring_case(type, wanted);
  size_t from = text_find_char(type, '/', 0);
  size_t plus = text_find_last_char(type, '+');
  if (plus != TEXT_NOT_FOUND) from = plus;
  return from != TEXT_NOT_FOUND && text_equal_ignoring_case(text_slice(type, from + 1, type.length), wanted);
}

static bool fits_value(FilterPart part, Text value, const Request *request, Text path, int status,
                       const Headers *headers) {
  switch (part) {
  case FILTER_METHOD: return text_equal_ignoring_case(value, request->method);
  case FILTER_PATH: return fits_pattern(value, path);
  case FILTER_STATUS: return fits_status(value, status);
  case FILTER_TYPE: return fits_type(value, headers);
  case FILTER_PARTS: break;
  }
  return false;
}

static bool fits_any(const FilterTerms *terms, const Request *request, Text path, int status,
                     const Headers *headers) {
  for (size_t i = 0; i < terms->count; i++) {
    Text rest = terms->items[i].values;
    while (rest.data != NULL)
      if (fits_value(terms->items[i].part, text_split(rest, ',', &rest), request, path, status, headers))
        return true;
  }
  return false;
}

bool live_filter_fits(const LiveFilter *filter, const Request *request, Text path, int status,
                      const Headers *headers) {
  if (filter == NULL) return true;
  return (filter->only.count == 0 || fits_any(&filter->only, request, path, status, headers)) &&
         !fits_any(&filter->skip, request, path, status, headers);
}
