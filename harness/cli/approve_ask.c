/* The interactive part of approve: one thing at a time, keys as cargo-insta has them. */
#include "harness/cli/approve.h"
#include "harness/report/parts.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* ---- showing ---- */

static void paint(Buffer *out, bool color, const char *code) {
  if (color) buffer_print(out, "\033[%sm", code);
}

static void print_severity(Buffer *out, bool color, Severity severity) {
  static const char *const codes[] = {"2", "32", "33", "31"};
  buffer_append_string(out, "  ");
  paint(out, color, codes[severity]);
  buffer_print(out, "[%s]", severity_name(severity));
  paint(out, color, "0");
}

/* What nobody has approved before: the response itself. */
static void print_response(const Approval *approval, Buffer *out) {
  enum { LINES = 6, COLUMNS = 160 };
  Text rest = approval->actual.body;
  buffer_print(out, "      new: the client gets %d", approval->actual.status);
  const Header *type = headers_find(&approval->actual.headers, TEXT("Content-Type"));
  if (type != NULL) buffer_append_char(out, ' ');
  if (type != NULL) append_visible(out, type->value);
  buffer_print(out, ", %zu B\n", rest.length);
  for (int i = 0; i < LINES && rest.data != NULL && rest.length > 0; i++) {
    Text line = text_split(rest, '\n', &rest);
    buffer_append_string(out, "        ");
    append_cut(out, line, COLUMNS);
    buffer_append_char(out, '\n');
  }
  if (rest.data != NULL && rest.length > 0) buffer_append_string(out, "        …\n");
}

static void print_differences(const Approval *approval, bool color, Buffer *out) {
  enum { SHOWN = 20, VALUE = 400 };
  for (size_t i = 0; i < approval->count; i++) {
    const Difference *difference = &approval->differences[i];
    buffer_append_string(out, "      ");
    if (i == SHOWN) {
      buffer_print(out, "… and %zu more differences\n", approval->count - i);
      return;
    }
    paint(out, color, "1");
    append_visible(out, difference->at);
    paint(out, color, "0");
    buffer_append_string(out, "  ");
    difference_print(difference, VALUE, out);
    print_severity(out, color, difference->severity);
    buffer_append_char(out, '\n');
  }
}

void approve_print(const Approval *approval, size_t index, size_t total, bool color, Buffer *out) {
  buffer_append_string(out, "  ");
  if (total > 0) buffer_print(out, "[%zu/%zu] ", index, total);
  append_visible(out, approval->name);
  if (approval->place.line > 0) buffer_print(out, "  %s:%u", approval->place.file, approval->place.line);
  if (approval->place.line == 0 && approval->exchange_id.data != NULL)
    buffer_print(out, "  %.*s", TEXT_ARGS(approval->exchange_id));
  buffer_append_char(out, '\n');
  if (approval->request.data != NULL) {
    buffer_append_string(out, "      ");
    append_visible(out, approval->request);
    if (approval->backend.data != NULL) buffer_print(out, " · backend %.*s", TEXT_ARGS(approval->backend));
    buffer_append_char(out, '\n');
  }
  if (approval->count == 0)
    print_response(approval, out);
  else
    print_differences(approval, color, out);
}

static bool is_same_group(const Approval *one, const Approval *other) {
  return text_equal(one->operation, other->operation) && text_equal(one->rule, other->rule);
}

static void print_group(const Approvals *approvals, size_t at, bool color, Buffer *out) {
  const Approval *first = &approvals->items[at];
  size_t count = 0;
  while (at + count < approvals->count && is_same_group(first, &approvals->items[at + count])) count++;
  buffer_append_char(out, '\n');
  paint(out, color, "1");
  append_visible(out, first->operation.data != NULL ? first->operation : TEXT("no operation"));
  paint(out, color, "0");
  buffer_append_string(out, " · ");
  append_visible(out, first->rule);
  buffer_print(out, " · %zu to look at\n", count);
}

/* ---- keys ---- */

enum { KEY_END = 4, KEY_INTERRUPT = 3 };

/* One key, without waiting for a line; KEY_END when there is no more. */
static int read_key(void) {
  struct termios before, raw;
  unsigned char byte = KEY_END;
  bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }
  ssize_t got;
  do got = read(STDIN_FILENO, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (terminal) tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
  return got == 1 ? byte : KEY_END;
}

static const char keys_help[] =
    "    a  accept: what came out is what is expected\n"
    "    r  reject: the mapping is wrong, the expectation stays\n"
    "    s  skip: decide another time\n"
    "    A, R, S  the same for everything of this kind: operation, rule and place\n"
    "    q  stop here and write what was accepted; Ctrl-C: write nothing\n";

static void print_prompt(size_t alike, Buffer *out) {
  buffer_append_string(out, "    (a)ccept (r)eject (s)kip");
  if (alike > 1) buffer_print(out, ", (A/R/S) all %zu of this kind", alike);
  buffer_append_string(out, ", (q)uit (?) ");
}

/* ---- deciding ---- */

static size_t count_alike(const Approvals *approvals, size_t at, const bool *asked) {
  size_t count = 0;
  for (size_t i = at; i < approvals->count; i++)
    if (!asked[i] && text_equal(approvals->items[i].likeness, approvals->items[at].likeness)) count++;
  return count;
}

static void decide(Approvals *approvals, size_t at, bool all, Decision decision, bool *asked) {
  Text likeness = approvals->items[at].likeness;
  for (size_t i = at; i < approvals->count && (all || i == at); i++) {
    if (asked[i] || !text_equal(approvals->items[i].likeness, likeness)) continue;
    approvals->items[i].decision = decision;
    asked[i] = true;
  }
}

typedef enum Answer { ANSWER_NEXT, ANSWER_AGAIN, ANSWER_QUIT, ANSWER_ABANDON } Answer;

static Answer answer(Approvals *approvals, size_t at, int key, bool breaking, bool *asked, Buffer *out) {
  bool all = key == 'A' || key == 'R' || key == 'S';
  bool harmless = breaking || approvals->items[at].severity < SEVERITY_BREAKING;
  switch (key) {
  case 'a':
  case 'A':
    buffer_append_string(out, harmless ? "accepted\n" : "this breaks clients: run again with --breaking\n");
    if (!harmless) return ANSWER_AGAIN;
    decide(approvals, at, all, DECISION_ACCEPTED, asked);
    return ANSWER_NEXT;
  case 'r':
  case 'R':
    buffer_append_string(out, "rejected\n");
    decide(approvals, at, all, DECISION_REJECTED, asked);
    return ANSWER_NEXT;
  case 's':
  case 'S':
    buffer_append_string(out, "skipped\n");
    decide(approvals, at, all, DECISION_OPEN, asked);
    return ANSWER_NEXT;
  case 'q':
  case KEY_END: buffer_append_string(out, "stopped\n"); return ANSWER_QUIT;
  case KEY_INTERRUPT: buffer_append_string(out, "nothing is written\n"); return ANSWER_ABANDON;
  default: buffer_append_char(out, '\n'); buffer_append_string(out, keys_help);
  }
  return ANSWER_AGAIN;
}

static Answer ask_one(Approvals *approvals, size_t at, bool breaking, bool *asked, Buffer *out,
                      Fault *fault) {
  for (;;) {
    print_prompt(count_alike(approvals, at, asked), out);
    if (!console_write(buffer_text(out), fault)) return ANSWER_ABANDON;
    buffer_clear(out);
    Answer got = answer(approvals, at, read_key(), breaking, asked, out);
    if (got != ANSWER_AGAIN) return got;
  }
}

bool approve_ask(Approvals *approvals, bool breaking, Fault *fault) {
  bool color = console_color(STDOUT_FILENO);
  bool *asked = ARENA_ARRAY(approvals->arena, bool, approvals->count + 1);
  Buffer out = buffer_make(NULL, 0);
  Answer got = ANSWER_NEXT;
  *fault = (Fault){0};
  for (size_t i = 0; i < approvals->count && got == ANSWER_NEXT; i++) {
    if (asked[i]) continue;
    if (i == 0 || !is_same_group(&approvals->items[i - 1], &approvals->items[i]))
      print_group(approvals, i, color, &out);
    approve_print(&approvals->items[i], i + 1, approvals->count, color, &out);
    got = ask_one(approvals, i, breaking, asked, &out, fault);
  }
  bool written = console_write(buffer_text(&out), fault);
  buffer_free(&out);
  return written && got != ANSWER_ABANDON;
}
