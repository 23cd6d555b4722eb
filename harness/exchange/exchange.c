/* What is known about requests and answers without looking into them: names, targets, failure, identity. */
#include "harness/exchange/exchange.h"

#include "harness/base/encoding.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static const char *const kind_names[] = {"none", "http", "lambda", "failure"};
static const char *const reason_names[] = {"timeout", "network", "throttled", "access-denied", "too-large"};
static const size_t reason_count = sizeof reason_names / sizeof *reason_names;

const char *backend_kind_name(BackendKind kind) {
  assert(kind <= BACKEND_FAILURE);
  return kind_names[kind];
}

const char *failure_reason_name(FailureReason reason) {
  assert(reason <= FAILURE_TOO_LARGE);
  return reason_names[reason];
}

bool failure_reason_read(Text name, FailureReason *out) {
  for (size_t i = 0; i < reason_count; i++) {
    if (!text_is(name, reason_names[i])) continue;
    *out = (FailureReason)i;
    return true;
  }
  return false;
}

bool backend_failed(const BackendAnswer *answer) {
  switch (answer->kind) {
  case BACKEND_NONE: return false;
  case BACKEND_HTTP: return answer->status >= 500;
  case BACKEND_LAMBDA: return answer->function_error.data != NULL || answer->status >= 400;
  case BACKEND_FAILURE: return true;
  }
  return false;
}

/* target = path [ "?" [ pair ] *( "&" [ pair ] ) ]; pair = name [ "=" value ]; '+' is a blank, as in forms.
 */
void request_set_target(Request *request, Text target, Arena *arena) {
  Text rest;
  request->path = text_split(target, '?', &rest);
  request->query = (Headers){0};
  while (rest.data != NULL) {
    Text value;
    Text pair = text_split(rest, '&', &rest);
    if (pair.length == 0) continue;
    Text name = text_split(pair, '=', &value);
    headers_add(&request->query, percent_decode(name, true, arena),
                value.data == NULL ? TEXT_EMPTY : percent_decode(value, true, arena), arena);
  }
}

Text request_target(const Request *request, Arena *arena) {
  static const char plain[] = "/:@,"; /* readable and without meaning inside a query */
  Buffer target = buffer_make(arena, 0);
  buffer_append(&target, request->path);
  for (size_t i = 0; i < request->query.count; i++) {
    buffer_append_char(&target, i == 0 ? '?' : '&');
    buffer_append(&target, percent_encode(request->query.items[i].name, plain, arena));
    buffer_append_char(&target, '=');
    buffer_append(&target, percent_encode(request->query.items[i].value, plain, arena));
  }
  return buffer_text(&target);
}

/* ---- ULID: 48 bits of time, 80 bits of chance, as 26 digits of Crockford's base 32 ---- */

typedef struct Chance {
  uint64_t milliseconds;
  uint16_t high;
  uint64_t low;
} Chance;

/* Within one millisecond the chance part counts up, so that ids keep the order in which they were made. */
static Chance next_chance(uint64_t milliseconds) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static Chance last = {UINT64_MAX, 0, 0};
  pthread_mutex_lock(&lock);
  if (milliseconds == last.milliseconds) {
    if (++last.low == 0) last.high++;
  } else {
    unsigned char bytes[10] = {0};
    if (getentropy(bytes, sizeof bytes) != 0) abort(); /* no system we run on ever refuses ten bytes */
    memcpy(&last.high, bytes, 2);
    memcpy(&last.low, bytes + 2, 8);
    last.high &= 0x7FFF; /* room to count up */
    last.milliseconds = milliseconds;
  }
  Chance chance = last;
  pthread_mutex_unlock(&lock);
  return chance;
}

Text exchange_new_id(uint64_t milliseconds, Arena *arena) {
  static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  enum { TIME_DIGITS = 10, DIGITS = 26 };
  Chance chance = next_chance(milliseconds & 0xFFFFFFFFFFFF);
  uint64_t time = chance.milliseconds;
  char *id = arena_alloc(arena, DIGITS + 1);
  for (size_t i = TIME_DIGITS; i > 0; i--, time >>= 5) id[i - 1] = digits[time & 31];
  for (size_t i = DIGITS; i > TIME_DIGITS; i--) {
    id[i - 1] = digits[chance.low & 31];
    chance.low = chance.low >> 5 | (uint64_t)(chance.high & 31) << 59;
    chance.high = (uint16_t)(chance.high >> 5);
  }
  id[DIGITS] = '\0';
  return (Text){id, DIGITS};
}

/* ---- time ---- */

uint64_t clock_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

Text time_print(uint64_t milliseconds, Arena *arena) {
  time_t seconds = (time_t)(milliseconds / 1000);
  struct tm parts;
  if (gmtime_r(&seconds, &parts) == NULL) return TEXT("1970-01-01T00:00:00.000Z");
  char text[64];
  size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return arena_print(arena, "%.*s.%03uZ", (int)length, text, (unsigned)(milliseconds % 1000));
}

/* `count` digits at `*at`; steps over them and over the byte behind, which must be `end` unless that is 0. */
static bool read_digits(Text text, size_t *at, size_t count, char end, int *out) {
  if (text.length < *at + count + (end != 0)) return false;
  *out = 0;
  for (size_t i = 0; i < count; i++) {
    char digit = text.data[(*at)++];
    if (digit < '0' || digit > '9') return false;
    *out = *out * 10 + (digit - '0');
  }
  return end == 0 || text.data[(*at)++] == end;
}

/* offset = "Z" | ( "+" | "-" ) hours ":" minutes */
static bool read_offset(Text text, size_t *at, int64_t *seconds) {
  int hours, minutes;
  *seconds = 0;
  if (*at >= text.length) return false;
  char sign = text.data[(*at)++];
  if (sign == 'Z' || sign == 'z') return true;
  if ((sign != '+' && sign != '-') || !read_digits(text, at, 2, ':', &hours) ||
      !read_digits(text, at, 2, 0, &minutes))
    return false;
  *seconds = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

/* time = year "-" month "-" day ( "T" | " " ) hour ":" minute ":" second [ "." digits ] offset */
bool time_read(Text text, uint64_t *milliseconds) {
  struct tm parts = {0};
  size_t at = 0;
  int fraction = 0, scale = 100;
  int64_t offset;
  if (text.length < 20 || !read_digits(text, &at, 4, '-', &parts.tm_year) ||
      !read_digits(text, &at, 2, '-', &parts.tm_mon) || !read_digits(text, &at, 2, 0, &parts.tm_mday) ||
      (text.data[at] != 'T' && text.data[at] != ' ') || (at++, false) ||
      !read_digits(text, &at, 2, ':', &parts.tm_hour) || !read_digits(text, &at, 2, ':', &parts.tm_min) ||
      !read_digits(text, &at, 2, 0, &parts.tm_sec))
    return false;
  if (at < text.length && text.data[at] == '.')
    for (at++; at < text.length && text.data[at] >= '0' && text.data[at] <= '9'; at++, scale /= 10)
      fraction += (text.data[at] - '0') * scale;
  if (!read_offset(text, &at, &offset) || at != text.length || parts.tm_mon < 1 || parts.tm_mon > 12 ||
      parts.tm_mday < 1 || parts.tm_mday > 31 || parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60)
    return false;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  int64_t seconds = (int64_t)timegm(&parts) - offset;
  if (seconds < 0) return false;
  *milliseconds = (uint64_t)seconds * 1000 + (uint64_t)fraction;
  return true;
}

void exchange_stamp(Exchange *exchange, uint64_t milliseconds, Arena *arena) {
  if (exchange->id.length == 0) exchange->id = exchange_new_id(milliseconds, arena);
  if (exchange->recorded_at.length == 0) exchange->recorded_at = time_print(milliseconds, arena);
}
