/* For a person: what is different, where it is written, what the backend answered, which rule decided and why
 * not another, and how to run just that one. The last line is the verdict. */
#include "harness/report/parts.h"

#include <string.h>

enum { RED = 31, GREEN = 32, YELLOW = 33, BOLD = 1, DIM = 2 };

static void paint(Report *report, int code) {
  if (report->options.color) buffer_print(report->out, "\033[%dm", code);
}

static void plain(Report *report) {
  if (report->options.color) buffer_append_string(report->out, "\033[0m");
}

static void painted(Report *report, int code, const char *words) {
  paint(report, code);
  buffer_append_string(report->out, words);
  plain(report);
}

/* Values are cut to the terminal; without one nothing that fits a page is. */
static size_t value_limit(const Report *report) {
  enum { PAGE = 2000, NARROW = 60 };
  if (report->options.width == 0) return PAGE;
  return report->options.width > NARROW ? (size_t)report->options.width - 20 : NARROW;
}

/* ---- the head: name, place, operation, backend ---- */

static void print_name(Report *report, const Verdict *verdict, int color, const char *sign) {
  painted(report, color, sign);
  buffer_append_char(report->out, ' ');
  paint(report, BOLD);
  append_visible_line(report->out, verdict->name);
  plain(report);
  buffer_append_string(report->out, "  ");
  paint(report, DIM);
  verdict_print_place(verdict, report->out);
  plain(report);
  buffer_append_char(report->out, '\n');
}

static void print_size(Buffer *out, size_t bytes) {
  buffer_print(out, ", %zu %s", bytes, bytes == 1 ? "byte" : "bytes");
}

static void print_answer(Buffer *out, const BackendAnswer *answer) {
  const Header *type = headers_find(&answer->headers, TEXT("Content-Type"));
  switch (answer->kind) {
  case BACKEND_NONE: return;
  case BACKEND_FAILURE: buffer_print(out, "backend failed: %s", failure_reason_name(answer->reason)); return;
  case BACKEND_LAMBDA:
    buffer_append_string(out, answer->function_error.data != NULL ? "function error " : "function returned");
    if (answer->function_error.data != NULL) append_visible_line(out, answer->function_error);
    break;
  case BACKEND_HTTP:
    buffer_print(out, "backend %d", answer->status);
    if (type == NULL) break;
    buffer_append_char(out, ' ');
    append_visible_line(out, type->value);
    break;
  }
  print_size(out, answer->body.length);
}

/* GitHub's runner takes a line of a log that begins with :: or ##[ for a command, however far it is indented:
 * a body must not give any. */
static void print_body_line(Report *report, Text line, size_t limit) {
  Text words = text_trim(line);
  if (text_starts(words, TEXT("::")) || text_starts(words, TEXT("##[")))
    buffer_append_string(report->out, "│ ");
  append_cut(report->out, line, limit);
}

/* The first lines of a body, indented. */
static void print_body(Report *report, Text body) {
  enum { LINES = 3 };
  Text rest = body;
  for (int i = 0; i < LINES && rest.data != NULL && rest.length > 0; i++) {
    Text line = text_split(rest, '\n', &rest);
    buffer_append_string(report->out, "      ");
    paint(report, DIM);
    print_body_line(report, line, value_limit(report) / 2);
    plain(report);
    buffer_append_char(report->out, '\n');
  }
  if (rest.data != NULL && rest.length > 0) buffer_append_string(report->out, "      …\n");
}

static void print_context(Report *report, const Verdict *verdict) {
  Buffer *out = report->out;
  buffer_append_string(out, "    ");
  append_visible_line(out, verdict->operation.data != NULL ? verdict->operation : TEXT("no operation"));
  if (verdict->exchange != NULL) {
    buffer_append_string(out, " · recorded ");
    append_visible_line(out, text_slice(verdict->exchange->recorded_at, 0, 10));
  }
  if (verdict->backend != NULL && verdict->backend->kind != BACKEND_NONE) {
    buffer_append_string(out, " · ");
    print_answer(out, verdict->backend);
  }
  buffer_append_char(out, '\n');
  if (verdict->backend != NULL && verdict->backend->kind != BACKEND_FAILURE)
    print_body(report, verdict->backend->body);
}

/* ---- the rules ---- */

static void print_decision(Report *report, const Outcome *outcome) {
  Buffer *out = report->out;
  if (outcome->selection_value.data != NULL && outcome->trace_count > 0) {
    buffer_append_string(out, "    patterns are tried against \"");
    append_cut(out, outcome->selection_value, value_limit(report));
    buffer_append_string(out, "\"\n");
  }
  for (size_t i = 0; i < outcome->trace_count; i++) trace_print(&report->options, &outcome->trace[i], out);
  if (outcome->failure == GATEWAY_OK && outcome->reason.length == 0) return;
  buffer_print(out, "    gateway: %s", gateway_failure_name(outcome->failure));
  if (outcome->reason.length > 0) {
    buffer_append_string(out, ": ");
    append_cut(out, outcome->reason, value_limit(report));
  }
  if (outcome->reason_place.file != NULL) {
    buffer_append_string(out, "  ");
    append_visible_line(out, text_from(outcome->reason_place.file));
    if (outcome->reason_place.line > 0) buffer_print(out, ":%u", outcome->reason_place.line);
  }
  buffer_append_char(out, '\n');
}

/* The first lines of what the client gets, unless the backend's body just passed through. */
static void print_client(Report *report, const Verdict *verdict) {
  const Response *response = &verdict->outcome.response;
  const Header *type = headers_find(&response->headers, TEXT("Content-Type"));
  if (verdict->request == NULL || response->status == 0) return;
  buffer_print(report->out, "    the client gets %d", response->status);
  if (type != NULL) {
    buffer_append_char(report->out, ' ');
    append_visible_line(report->out, type->value);
  }
  print_size(report->out, response->body.length);
  bool passed = verdict->backend != NULL && text_equal(verdict->backend->body, response->body);
  buffer_append_string(report->out,
                       passed && response->body.length > 0 ? ", as the backend sent it\n" : "\n");
  if (!passed) print_body(report, response->body);
}

/* ---- the differences ---- */

/* Text bodies are told as lines when there are several. */
static bool has_lines(const Verdict *verdict, const Difference *difference) {
  Text expected = verdict->expected.body, actual = verdict->outcome.response.body;
  bool several = text_find_char(expected, '\n', 0) != TEXT_NOT_FOUND ||
                 text_find_char(actual, '\n', 0) != TEXT_NOT_FOUND;
  bool binary = text_starts(difference->message, TEXT("byte "));
  return text_is(difference->at, "body") && expected.data != NULL && several && !binary &&
         verdict->has_expected;
}

static void print_lines(Report *report, const Verdict *verdict) {
  enum { LINES = 40 };
  Text expected = verdict->expected.body, actual = verdict->outcome.response.body;
  Buffer lines = buffer_make(NULL, 0);
  diff_lines(expected, actual, &lines);
  Text rest = buffer_text(&lines);
  size_t count = 0;
  for (; rest.length > 0 && count < LINES; count++) {
    Text line = text_split(rest, '\n', &rest);
    buffer_append_string(report->out, "      ");
    paint(report, line.data[0] == '-' ? RED : line.data[0] == '+' ? GREEN : DIM);
    print_body_line(report, line, value_limit(report));
    plain(report);
    buffer_append_char(report->out, '\n');
  }
  if (rest.length > 0) buffer_append_string(report->out, "      … (more lines differ)\n");
  buffer_free(&lines);
}

static void print_severity(Report *report, Severity severity) {
  static const int colors[] = {DIM, GREEN, YELLOW, RED};
  buffer_append_string(report->out, "  ");
  paint(report, colors[severity]);
  buffer_print(report->out, "[%s]", severity_name(severity));
  plain(report);
  buffer_append_char(report->out, '\n');
}

static void print_differences(Report *report, const Verdict *verdict) {
  enum { SHOWN = 20 };
  const Differences *differences = &verdict->differences;
  for (size_t i = 0; i < differences->count; i++) {
    const Difference *difference = &differences->items[i];
    if (i == SHOWN && !report->options.verbose) {
      buffer_print(report->out, "    … and %zu more differences (--verbose shows all)\n",
                   differences->count - i);
      return;
    }
    buffer_append_string(report->out, "    ");
    paint(report, BOLD);
    append_visible_line(report->out, difference->at);
    plain(report);
    buffer_append_string(report->out, "  ");
    bool lines = has_lines(verdict, difference);
    if (lines)
      append_visible_line(report->out, difference->message);
    else
      difference_print(difference, value_limit(report), report->out);
    print_severity(report, difference->severity);
    if (lines) print_lines(report, verdict);
  }
}

/* ---- the line to run just this one ---- */

/* As a shell takes it: in single quotes. */
static void append_quoted(Buffer *out, Text word) {
  buffer_append_char(out, '\'');
  for (Text rest = word; rest.data != NULL;) {
    append_visible_line(out, text_split(rest, '\'', &rest));
    if (rest.data != NULL) buffer_append_string(out, "'\\''");
  }
  buffer_append_char(out, '\'');
}

static bool is_plain_word(Text word) {
  for (size_t i = 0; i < word.length; i++) {
    unsigned char byte = (unsigned char)word.data[i];
    bool letter = ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || (byte >= '0' && byte <= '9');
    if (!letter && strchr("._/-+=:@", byte) == NULL) return false;
  }
  return word.length > 0;
}

void append_shell_word(Buffer *out, Text word) {
  if (is_plain_word(word))
    buffer_append(out, word);
  else
    append_quoted(out, word);
}

static void print_command(Report *report, const Verdict *verdict) {
  buffer_print(report->out, "    run: %s replay ", report->options.program);
  append_shell_word(report->out, text_from(verdict->spec));
  if (report->options.repeated != NULL) buffer_print(report->out, " %s", report->options.repeated);
  buffer_append_string(report->out, " --filter ");
  append_quoted(report->out, verdict->selector);
  buffer_append_char(report->out, '\n');
}

/* ---- the format ---- */

enum { SHORT_LINES = 20 };

/* New and unmapped exchanges may be many: a line each, and not without end. */
static bool may_list(Report *report) {
  report->listed++;
  return report->options.verbose || report->listed <= SHORT_LINES;
}

static void print_new(Report *report, const Verdict *verdict) {
  print_name(report, verdict, verdict->unapproved ? RED : YELLOW, "+");
  buffer_append_string(report->out, "    new: ");
  append_visible_line(report->out,
                      verdict->operation.data != NULL ? verdict->operation : TEXT("no operation"));
  if (verdict->backend != NULL && verdict->backend->kind != BACKEND_NONE) {
    buffer_append_string(report->out, " · ");
    print_answer(report->out, verdict->backend);
  }
  buffer_print(report->out, " · the client gets %d", verdict->outcome.response.status);
  buffer_append_string(report->out, "; nothing is approved for it yet\n");
}

static void print_unmapped(Report *report, const Verdict *verdict) {
  painted(report, YELLOW, "? ");
  append_visible_line(report->out, verdict->name);
  buffer_append_string(report->out, "  unmapped: no operation for ");
  if (verdict->request != NULL) {
    append_visible_line(report->out, verdict->request->method);
    buffer_append_char(report->out, ' ');
    append_cut(report->out, verdict->request->path, value_limit(report));
  } else {
    buffer_append_string(report->out, "its request");
  }
  buffer_append_string(report->out, "  ");
  paint(report, DIM);
  verdict_print_place(verdict, report->out);
  plain(report);
  buffer_append_char(report->out, '\n');
}

static void terminal_verdict(Report *report, const Verdict *verdict) {
  switch (verdict->kind) {
  case VERDICT_SAME:
    if (report->options.verbose) print_name(report, verdict, GREEN, "✓");
    return;
  case VERDICT_NEW:
    if (may_list(report)) print_new(report, verdict);
    return;
  case VERDICT_UNMAPPED:
    if (may_list(report)) print_unmapped(report, verdict);
    return;
  case VERDICT_DIFFERENT: break;
  }
  print_name(report, verdict, RED, "✗");
  print_context(report, verdict);
  print_decision(report, &verdict->outcome);
  print_client(report, verdict);
  print_differences(report, verdict);
  print_command(report, verdict);
  buffer_append_char(report->out, '\n');
}

static void terminal_finish(Report *report, const ReplayTotals *totals) {
  if (report->listed > SHORT_LINES && !report->options.verbose)
    buffer_print(report->out, "… and %zu more new or unmapped (--verbose lists them)\n",
                 report->listed - SHORT_LINES);
  if (totals->fresh > 0)
    buffer_print(report->out, "accept new ones: %s approve SPEC…\n", report->options.program);
  bool failed = totals->different + totals->unapproved + totals->broken > 0;
  paint(report, failed ? RED : GREEN);
  totals_print(totals, report->out);
  plain(report);
  buffer_append_char(report->out, '\n');
}

const ReportFormat report_terminal = {"terminal", "for a person (default)", report_new, terminal_verdict,
                                      terminal_finish};
