#include "harness/cli/console.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static ColorChoice chosen_color = COLOR_AUTO;

void console_choose_color(ColorChoice choice) {
  chosen_color = choice;
}

static bool is_set(const char *variable) {
  const char *value = getenv(variable);
  return value != NULL && value[0] != '\0';
}

bool console_color(int descriptor) {
  if (chosen_color != COLOR_AUTO) return chosen_color == COLOR_ALWAYS;
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0) return true;
  const char *terminal = getenv("TERM");
  return terminal != NULL && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

int console_width(int descriptor) {
  struct winsize size;
  if (!isatty(descriptor)) return 0;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* `statusquo … | head` ends as every filter does; the signal was ignored for the sake of sockets. */
static void end_as_broken_pipe(void) {
  signal(SIGPIPE, SIG_DFL);
  raise(SIGPIPE);
  _exit(EXIT_ENVIRONMENT);
}

bool console_write(Text bytes, Fault *fault) {
  while (bytes.length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes.data, bytes.length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) end_as_broken_pipe();
    if (written < 0)
      return fault_raise(fault, FAULT_SYSTEM, "can't write to standard output: %s", strerror(errno));
    bytes = text_slice(bytes, (size_t)written, bytes.length);
  }
  return true;
}

void console_note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

/* The word "error:" or "warning:" in colour; the text itself comes from fault_print, which leaves no control
 * characters in it. */
static void print_colored(const char *text, bool warning) {
  const char *word = warning ? "warning: " : "error: ";
  const char *at = strstr(text, word);
  if (at == NULL) at = text;
  size_t length = at == text ? 0 : strlen(word);
  if (strncmp(text, word, strlen(word)) == 0) length = strlen(word);
  fprintf(stderr, "\033[1m%.*s\033[0m\033[1;%dm%.*s\033[0m%s", (int)(at - text), text, warning ? 33 : 31,
          (int)length, at, at + length);
}

static ExitStatus status_of(const Fault *fault) {
  if (fault->warning) return EXIT_AS_EXPECTED;
  return fault->kind == FAULT_SYSTEM ? EXIT_ENVIRONMENT : EXIT_INPUT;
}

ExitStatus console_fault(const Fault *fault) {
  Buffer text = buffer_make(NULL, 0);
  fault_print(fault, &text);
  if (console_color(STDERR_FILENO))
    print_colored(buffer_string(&text), fault->warning);
  else
    fputs(buffer_string(&text), stderr);
  buffer_free(&text);
  return status_of(fault);
}

ExitStatus console_faults(const FaultList *faults) {
  ExitStatus worst = EXIT_AS_EXPECTED;
  for (size_t i = 0; i < faults->count; i++) {
    ExitStatus status = console_fault(&faults->items[i]);
    if (status > worst) worst = status;
  }
  return worst;
}
