/* An exchange as people read HTTP: the request behind '>', the answer behind '<'. */
#include "harness/cli/recordings.h"

#include "harness/base/utf8.h"
#include "harness/diff/diff.h"

Text answer_summary(const BackendAnswer *answer, Arena *arena) {
  switch (answer->kind) {
  case BACKEND_NONE: return TEXT("none");
  case BACKEND_HTTP: return arena_print(arena, "%d", answer->status);
  case BACKEND_LAMBDA:
    return answer->function_error.data != NULL
               ? arena_print(arena, "lambda %.*s", TEXT_ARGS(answer->function_error))
               : arena_print(arena, "lambda %d", answer->status);
  case BACKEND_FAILURE: return arena_print(arena, "failure %s", failure_reason_name(answer->reason));
  }
  return TEXT_EMPTY;
}

static void print_line(char mark, Text line, Buffer *out) {
  buffer_append_char(out, mark);
  if (line.length > 0) buffer_append_char(out, ' ');
  append_visible(out, line);
  buffer_append_char(out, '\n');
}

static void print_headers(char mark, const Headers *headers, Arena *arena, Buffer *out) {
  for (size_t i = 0; i < headers->count; i++)
    print_line(mark,
               arena_print(arena, "%.*s: %.*s", TEXT_ARGS(headers->items[i].name),
                           TEXT_ARGS(headers->items[i].value)),
               out);
}

static void print_body(char mark, Text body, Arena *arena, Buffer *out) {
  if (body.length == 0) return;
  print_line(mark, TEXT_EMPTY, out);
  if (!utf8_is_valid(body)) {
    print_line(mark, arena_print(arena, "(%zu bytes that are no text)", body.length), out);
    return;
  }
  for (Text rest = body; rest.length > 0;) print_line(mark, text_split(rest, '\n', &rest), out);
}

static void print_about(const char *what, Text text, Buffer *out) {
  if (text.data == NULL) return;
  buffer_print(out, "%-12s", what);
  append_visible(out, text);
  buffer_append_char(out, '\n');
}

void exchange_print(const Exchange *exchange, Buffer *out) {
  Arena *arena = arena_new(0);
  const Request *request = &exchange->request;
  const BackendAnswer *answer = &exchange->backend;
  print_about("exchange", exchange->id, out);
  print_about("name", exchange->name, out);
  print_about("recorded at", exchange->recorded_at, out);
  print_about("operation", exchange->operation, out);
  for (size_t i = 0; i < exchange->tag_count; i++) print_about("tag", exchange->tags[i], out);
  print_about("redacted", exchange->redactions, out);
  print_line(
      '>',
      arena_print(arena, "%.*s %.*s", TEXT_ARGS(request->method), TEXT_ARGS(request_target(request, arena))),
      out);
  print_headers('>', &request->headers, arena, out);
  print_body('>', request->body, arena, out);
  Text took = answer->duration_ms >= 0 ? arena_print(arena, " (%.1f ms)", answer->duration_ms) : TEXT_EMPTY;
  print_line('<', arena_print(arena, "%.*s%.*s", TEXT_ARGS(answer_summary(answer, arena)), TEXT_ARGS(took)),
             out);
  if (answer->detail.data != NULL) print_line('<', answer->detail, out);
  print_headers('<', &answer->headers, arena, out);
  print_body('<', answer->body, arena, out);
  if (answer->log_tail.data != NULL) print_body('|', answer->log_tail, arena, out);
  arena_free(arena);
}
