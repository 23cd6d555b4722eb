#include "harness/mapping/log.h"

enum { LOG_HEADERS_LIMIT = 1000 }; /* characters of a header map before " [TRUNCATED]" */

static void add_line(MappingRun *run, Text line) {
  if (run->log_count == run->log_capacity) {
    size_t capacity = run->log_capacity == 0 ? 32 : run->log_capacity * 2;
    run->log =
        arena_resize(run->passing, run->log, run->log_capacity * sizeof(Text), capacity * sizeof(Text));
    run->log_capacity = capacity;
  }
  run->log[run->log_count++] = line;
}

void log_line(MappingRun *run, const char *format, ...) {
  if (run->input->brief) return;
  va_list arguments;
  va_start(arguments, format);
  add_line(run, arena_print_list(run->passing, format, arguments));
  va_end(arguments);
}

void log_text(MappingRun *run, const char *label, Text text) {
  if (run->input->brief) return;
  Buffer line = buffer_make(run->passing, 0);
  buffer_append_string(&line, label);
  buffer_append(&line, text);
  add_line(run, buffer_text(&line));
}

static bool is_repeat(const Headers *headers, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (text_equal(headers->items[i].name, headers->items[at].name)) return true;
  return false;
}

void log_headers(MappingRun *run, const char *label, const Headers *headers) {
  if (run->input->brief) return;
  Buffer map = buffer_make(run->passing, 0);
  buffer_append_char(&map, '{');
  bool first = true;
  for (size_t i = 0; i < headers->count && map.length <= LOG_HEADERS_LIMIT; i++) {
    Text name = headers->items[i].name;
    if (is_repeat(headers, i)) continue;
    buffer_append_string(&map, first ? "" : ", ");
    first = false;
    buffer_append(&map, name);
    buffer_append_char(&map, '=');
    buffer_append(&map, headers->items[i].value);
    for (size_t j = i + 1; j < headers->count; j++) {
      if (!text_equal(headers->items[j].name, name)) continue;
      buffer_append_string(&map, ", ");
      buffer_append(&map, headers->items[j].value);
    }
  }
  buffer_append_char(&map, '}');
  Text text = buffer_text(&map);
  if (text.length <= LOG_HEADERS_LIMIT) {
    log_text(run, label, text);
    return;
  }
  Buffer cut = buffer_make(run->passing, 0);
  buffer_append(&cut, text_slice(text, 0, LOG_HEADERS_LIMIT));
  buffer_append_string(&cut, " [TRUNCATED]");
  log_text(run, label, buffer_text(&cut));
}

void log_start(MappingRun *run) {
  const Request *request = run->request;
  if (run->flags.test_invoke) log_text(run, "Execution log for request ", run->generated.request_id);
  log_text(run, "Starting execution for request: ", run->generated.request_id);
  log_line(run, "HTTP Method: %.*s, Resource Path: %.*s", TEXT_ARGS(request->method),
           TEXT_ARGS(request->path));
  log_headers(run, "Method request path: ", &request->path_parameters);
  log_headers(run, "Method request query string: ", &request->query);
  log_headers(run, "Method request headers: ", &request->headers);
  log_text(run, "Method request body before transformations: ", request->body);
}

void log_finish(MappingRun *run, Outcome *out) {
  log_line(run, "Method completed with status: %d", out->response.status);
  out->log = run->log;
  out->log_count = run->log_count;
}
