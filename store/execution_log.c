/* The gateway's execution log in: what its lines tell of the request and of the endpoint's answer, before
 * anything was mapped (gateway.md 11).
 *
 *   CloudWatch:        [ prefix ] "(" request-id ") " message
 *   TestInvokeMethod:  "Mon Nov 23 10:00:00 UTC 2026 : " message
 *   CloudWatch's JSON: { "events": [ { "timestamp": …, "message": "(request-id) …" }, … ] }
 *
 * A line that begins like neither goes on the message before it. Lines of several requests may be mixed. */
#include "store/formats.h"

#include "harness/document/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Message {
  Text request; /* the request's id */
  Text text;
  uint64_t milliseconds; /* 0: unknown */
  size_t index;
  size_t group; /* index of the request's first message */
} Message;

typedef struct Log {
  Import *import;
  Message *items;
  size_t count, capacity;
} Log;

static void add_message(Log *log, Text request, Text text, uint64_t milliseconds) {
  if (log->count == log->capacity) {
    size_t capacity = log->capacity == 0 ? 64 : log->capacity * 2;
    log->items = arena_resize(log->import->arena, log->items, log->capacity * sizeof(Message),
                              capacity * sizeof(Message));
    log->capacity = capacity;
  }
  log->items[log->count] = (Message){request, text, milliseconds, log->count, 0};
  log->count++;
}

/* ---- lines to messages ---- */

static bool is_request_id(Text text) {
  if (text.length < 8 || text.length > 64) return false;
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    bool hexadecimal =
        (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
    if (!hexadecimal && byte != '-') return false;
  }
  return true;
}

/* [ prefix ] "(" id ") " message; the prefix (a time, a stream's name) may begin with RFC 3339. */
static bool read_cloudwatch_line(Log *log, Text line) {
  size_t open = text_find_char(line, '(', 0);
  size_t close = open == TEXT_NOT_FOUND ? TEXT_NOT_FOUND : text_find_char(line, ')', open);
  if (close == TEXT_NOT_FOUND || open > 200) return false;
  Text id = text_slice(line, open + 1, close), rest;
  uint64_t milliseconds = 0;
  if (!is_request_id(id)) return false;
  if (!time_read(text_split(line, ' ', &rest), &milliseconds)) milliseconds = 0;
  size_t start = close + 1 < line.length && line.data[close + 1] == ' ' ? close + 2 : close + 1;
  add_message(log, id, text_slice(line, start, line.length), milliseconds);
  return true;
}

/* "Mon Nov 23 10:00:00 UTC 2026"; 0 when it isn't */
static uint64_t read_invoke_time(Text text) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = "";
  int day, hour, minute, second, year;
  char *copy = strndup(text.data, text.length);
  bool good = copy != NULL && sscanf(copy, "%*3s %3s %2d %2d:%2d:%2d UTC %4d", month, &day, &hour, &minute,
                                     &second, &year) == 6;
  free(copy);
  const char *found = good && strlen(month) == 3 ? strstr(months, month) : NULL;
  if (found == NULL || (found - months) % 3 != 0) return 0;
  char rfc[80];
  uint64_t milliseconds = 0;
  int length = snprintf(rfc, sizeof rfc, "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
                        (int)(found - months) / 3 + 1, day, hour, minute, second);
  return time_read((Text){rfc, (size_t)length}, &milliseconds) ? milliseconds : 0;
}

/* "Mon Nov 23 10:00:00 UTC 2026 : " message */
static bool read_invoke_line(Log *log, Text line, Text *request) {
  static const Text starts[] = {TEXT_INIT("Execution log for request "),
                                TEXT_INIT("Starting execution for request: ")};
  size_t colon = text_find(line, TEXT(" : "), 0);
  bool dated = colon == 28 && text_find(text_slice(line, 0, colon), TEXT(" UTC "), 0) == 19;
  Text text = dated ? text_slice(line, colon + 3, line.length) : line;
  for (size_t i = 0; i < 2; i++)
    if (text_starts(text, starts[i])) {
      *request = text_trim(text_slice(text, starts[i].length, text.length));
      return true;
    }
  if (dated && request->data != NULL)
    add_message(log, *request, text, read_invoke_time(text_slice(line, 0, colon)));
  return dated;
}

static void continue_message(Log *log, Text line) {
  if (log->count == 0) return;
  Message *last = &log->items[log->count - 1];
  if (line.data == last->text.data + last->text.length + 1) /* the very next line: one text with it */
    last->text.length += 1 + line.length;
}

static void read_lines(Log *log, Text source) {
  Text request = {NULL, 0};
  for (Text rest = source; rest.length > 0;) {
    Text line = text_split(rest, '\n', &rest);
    if (!read_cloudwatch_line(log, line) && !read_invoke_line(log, line, &request))
      continue_message(log, line);
  }
}

static bool read_events(Log *log, Text source) {
  Document *document;
  const cJSON *event;
  if (!document_read("events.json", source, 0, log->import->arena, &document, log->import->faults))
    return false;
  const cJSON *events = document_get(document_root(document), "events");
  if (!cJSON_IsArray(events))
    return document_fault(document, document_root(document), log->import->faults,
                          "this is no execution log: there is no list \"events\"");
  cJSON_ArrayForEach(event, events) {
    const cJSON *message = document_get(event, "message"), *time = document_get(event, "timestamp");
    if (!cJSON_IsString(message)) continue;
    size_t before = log->count;
    read_cloudwatch_line(log, document_text(document, message));
    if (log->count > before && cJSON_IsNumber(time) && time->valuedouble > 0)
      log->items[before].milliseconds = (uint64_t)time->valuedouble;
  }
  return true;
}

/* ---- messages to exchanges ---- */

typedef struct Story {
  Exchange exchange;
  Arena *arena;
  bool has_request, has_answer, truncated;
} Story;

static bool is_truncated(Text text) {
  return text_ends(text_trim(text), TEXT("[TRUNCATED]"));
}

static bool is_name_byte(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == '-' || byte == '_' || byte == '.';
}

/* Does `name "="` stand at `at`? */
static bool starts_pair(Text map, size_t at) {
  size_t end = at;
  while (end < map.length && is_name_byte(map.data[end])) end++;
  return end > at && end < map.length && map.data[end] == '=';
}

/* map = "{" [ pair *( ", " pair ) ] "}"; a comma in a value is one that no name and '=' follow. A map that
 * was cut loses its last, broken pair. */
static Headers read_map(Text map, Arena *arena) {
  Headers pairs = {0};
  bool cut = is_truncated(map);
  map = text_trim(map);
  if (text_starts(map, TEXT("{"))) map = text_slice(map, 1, map.length);
  if (!cut && text_ends(map, TEXT("}"))) map.length--;
  for (size_t at = 0; at < map.length;) {
    size_t end = text_find(map, TEXT(", "), at);
    while (end != TEXT_NOT_FOUND && !starts_pair(map, end + 2)) end = text_find(map, TEXT(", "), end + 2);
    if (end == TEXT_NOT_FOUND && cut) break;
    Text pair = text_slice(map, at, end == TEXT_NOT_FOUND ? map.length : end), value;
    Text name = text_split(pair, '=', &value);
    headers_add(&pairs, name, value.data != NULL ? value : TEXT_EMPTY, arena);
    at = end == TEXT_NOT_FOUND ? map.length : end + 2;
  }
  return pairs;
}

/* "GET, Resource Path: /pets/123" */
static void take_method(Story *story, Text text) {
  Text rest;
  story->exchange.request.method = text_trim(text_split(text, ',', &rest));
  size_t path = text_find(rest, TEXT("Resource Path: "), 0);
  story->has_request = path != TEXT_NOT_FOUND;
  if (story->has_request) story->exchange.request.path = text_trim(text_slice(rest, path + 15, rest.length));
}

static void take_query(Story *story, Text text) {
  story->exchange.request.query = read_map(text, story->arena);
}

static void take_request_headers(Story *story, Text text) {
  story->exchange.request.headers = read_map(text, story->arena);
}

static void take_request_body(Story *story, Text text) {
  story->truncated |= is_truncated(text);
  story->exchange.request.body = text;
  story->exchange.request.has_body = text.length > 0;
}

static void take_uri(Story *story, Text text) {
  if (text_find(text, TEXT("/2015-03-31/functions/"), 0) != TEXT_NOT_FOUND)
    story->exchange.backend.kind = BACKEND_LAMBDA;
  else
    story->exchange.backend.kind = BACKEND_HTTP;
}

/* "Status: 200, Integration latency: 25 ms" */
static void take_status(Story *story, Text text) {
  Text rest;
  int64_t status, latency;
  size_t at = text_find(text, TEXT("Status: "), 0), took = text_find(text, TEXT("latency: "), 0);
  if (at != TEXT_NOT_FOUND &&
      text_to_integer(text_split(text_slice(text, at + 8, text.length), ',', &rest), &status) &&
      status >= 100 && status <= 999) {
    story->exchange.backend.status = (int)status;
    story->has_answer = true;
  }
  if (took != TEXT_NOT_FOUND &&
      text_to_integer(text_split(text_slice(text, took + 9, text.length), ' ', &rest), &latency))
    story->exchange.backend.duration_ms = (double)latency;
}

static void take_answer_headers(Story *story, Text text) {
  BackendAnswer *answer = &story->exchange.backend;
  answer->headers = read_map(text, story->arena);
  const Header *error = headers_find(&answer->headers, TEXT("X-Amz-Function-Error"));
  if (error != NULL) answer->function_error = error->value;
}

static void take_answer_body(Story *story, Text text) {
  story->truncated |= is_truncated(text);
  story->exchange.backend.body = text;
}

static void take_function_error(Story *story, Text text) {
  (void)text;
  if (story->exchange.backend.function_error.data == NULL)
    story->exchange.backend.function_error = TEXT("Unhandled");
}

static void take_failure(Story *story, Text text) {
  static const struct {
    Text words;
    FailureReason reason;
  } reasons[] = {{TEXT_INIT("timeout error"), FAILURE_TIMEOUT},
                 {TEXT_INIT("timed out"), FAILURE_TIMEOUT},
                 {TEXT_INIT("network error"), FAILURE_NETWORK},
                 {TEXT_INIT("Invalid permissions on Lambda function"), FAILURE_ACCESS_DENIED},
                 {TEXT_INIT("Rate Exceeded"), FAILURE_THROTTLED},
                 {TEXT_INIT("is larger than allowed maximum"), FAILURE_TOO_LARGE}};
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
    if (text_find(text, reasons[i].words, 0) == TEXT_NOT_FOUND) continue;
    story->exchange.backend.kind = BACKEND_FAILURE;
    story->exchange.backend.reason = reasons[i].reason;
    story->exchange.backend.detail = text_trim(text);
    story->has_answer = true;
    return;
  }
}

static void read_message(Story *story, Text text) {
  static const struct {
    Text start;
    void (*take)(Story *story, Text rest);
  } kinds[] = {{TEXT_INIT("HTTP Method: "), take_method},
               {TEXT_INIT("Method request query string: "), take_query},
               {TEXT_INIT("Method request headers: "), take_request_headers},
               {TEXT_INIT("Method request body before transformations: "), take_request_body},
               {TEXT_INIT("Endpoint request URI: "), take_uri},
               {TEXT_INIT("Received response. "), take_status},
               {TEXT_INIT("Endpoint response headers: "), take_answer_headers},
               {TEXT_INIT("Endpoint response body before transformations: "), take_answer_body},
               {TEXT_INIT("Lambda execution failed with status 200 due to customer function error"),
                take_function_error},
               {TEXT_INIT("Execution failed due to"), take_failure}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (!text_starts(text, kinds[i].start)) continue;
    kinds[i].take(story, text_slice(text, kinds[i].start.length, text.length));
    return;
  }
}

static bool tell_story(Log *log, const Message *messages, size_t count, Arena *arena) {
  Import *import = log->import;
  Story story = {.exchange = {.id = TEXT_EMPTY}, .arena = arena};
  Fault fault = {0};
  uint64_t milliseconds = 0;
  story.exchange.backend = (BackendAnswer){.kind = BACKEND_HTTP, .duration_ms = -1};
  for (size_t i = 0; i < count; i++) {
    if (milliseconds == 0) milliseconds = messages[i].milliseconds;
    read_message(&story, messages[i].text);
  }
  if (!story.has_request || !story.has_answer || story.truncated) {
    import->left_out++;
    return true;
  }
  if (milliseconds > 0) exchange_stamp(&story.exchange, milliseconds, arena);
  Buffer extra = buffer_make(arena, 0);
  buffer_append_string(&extra, "{\"gatewayRequestId\":");
  json_write_text(&extra, messages[0].request);
  buffer_append_char(&extra, '}');
  story.exchange.extra = buffer_text(&extra);
  import->read++;
  if (import->sink(import->subject, &story.exchange, &fault)) return true;
  *fault_list_add(import->faults) = fault;
  return false;
}

/* ---- messages of one request together, requests in the order of their first message ---- */

static int by_request(const void *left, const void *right) {
  const Message *first = left, *second = right;
  int order = text_compare(first->request, second->request);
  if (order != 0) return order;
  return first->index < second->index ? -1 : first->index > second->index;
}

static int by_group(const void *left, const void *right) {
  const Message *first = left, *second = right;
  if (first->group != second->group) return first->group < second->group ? -1 : 1;
  return first->index < second->index ? -1 : first->index > second->index;
}

static void sort_messages(Log *log) {
  if (log->count == 0) return;
  qsort(log->items, log->count, sizeof(Message), by_request);
  for (size_t i = 0; i < log->count; i++) {
    bool same = i > 0 && text_equal(log->items[i].request, log->items[i - 1].request);
    log->items[i].group = same ? log->items[i - 1].group : log->items[i].index;
  }
  qsort(log->items, log->count, sizeof(Message), by_group);
}

bool execution_log_import(Import *import) {
  Log log = {.import = import};
  Text source = text_trim(import->source);
  if (source.length > 0 && source.data[0] == '{') {
    if (!read_events(&log, source)) return false;
  } else {
    read_lines(&log, source);
  }
  if (log.count == 0)
    return fault_raise(fault_list_add(import->faults), FAULT_INPUT,
                       "%s holds no line of an execution log: \"(request id) message\"", import->name);
  sort_messages(&log);
  Arena *arena = arena_new(0);
  bool good = true;
  for (size_t i = 0, end; good && i < log.count; i = end) {
    for (end = i + 1; end < log.count && log.items[end].group == log.items[i].group;) end++;
    arena_reset(arena);
    good = tell_story(&log, &log.items[i], end - i, arena);
  }
  arena_free(arena);
  return good;
}
