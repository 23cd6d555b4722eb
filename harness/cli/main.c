/* Chooses the verb. What concerns the whole process stands here: the end when memory runs out, SIGPIPE. */
#include "harness/cli/options.h"
#include "harness/cli/verbs.h"
#include "harness/cli/version.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Verb {
  const char *name;
  const char *summary;
  int (*run)(int argc, char **argv); /* NULL: not part of this build */
} Verb;

#define VERB_ROW(name, summary) {#name, summary, name##_main},
static const Verb verbs[] = {VERBS(VERB_ROW)};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void end_without_memory(size_t wanted) {
  char message[96];
  int length = snprintf(message, sizeof message, "error: out of memory (%zu bytes wanted)\n", wanted);
  if (length > 0 && write(STDERR_FILENO, message, (size_t)length) < 0) _exit(EXIT_ENVIRONMENT);
  _exit(EXIT_ENVIRONMENT);
}

static void print_help(Buffer *out) {
  buffer_append_string(
      out, "Usage: statusquo VERB [OPTION…] …\n\n"
           "Records what a backend answered, replays it through an API Gateway response mapping and says\n"
           "which client-visible statuses, headers and bodies are no longer what they were. Offline.\n\n"
           "Verbs:\n");
  for (size_t i = 0; i < VERB_COUNT; i++)
    if (verbs[i].run != NULL) buffer_print(out, "  %-12s%s\n", verbs[i].name, verbs[i].summary);
  buffer_append_string(out, "\nOptions:\n"
                            "  -h, --help  print this help; `statusquo VERB --help` tells more\n"
                            "  --version   print the versions of the program and its libraries\n\n"
                            "Exit status: 0 as expected, 1 differences or findings, 2 the input is wrong,\n"
                            "  3 the environment failed, 4 nothing was selected to run\n\n"
                            "Environment: NO_COLOR, CLICOLOR_FORCE, TERM (colours); TEST_SHARD_INDEX,\n"
                            "  TEST_TOTAL_SHARDS, TEST_SHARD_STATUS_FILE (shards)\n");
}

static int print(void (*write_text)(Buffer *out)) {
  Buffer text = buffer_make(NULL, 0);
  Fault fault;
  write_text(&text);
  int status = console_write(buffer_text(&text), &fault) ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
  buffer_free(&text);
  return status;
}

static int refuse_verb(const char *word) {
  Fault fault;
  const char *names[VERB_COUNT + 2] = {"--help", "--version"};
  size_t count = 2;
  for (size_t i = 0; i < VERB_COUNT; i++)
    if (verbs[i].run != NULL) names[count++] = verbs[i].name;
  const char *near = text_suggest(text_from(word), names, count);
  const char *what = word[0] == '-' ? "option" : "verb";
  if (near != NULL)
    fault_raise(&fault, FAULT_USAGE, "unknown %s \"%s\" (did you mean \"%s\"?)", what, word, near);
  else
    fault_raise(&fault, FAULT_USAGE, "unknown %s \"%s\"", what, word);
  int status = console_fault(&fault);
  console_note("  see: statusquo --help");
  return status;
}

int main(int argc, char **argv) {
  memory_on_exhausted(end_without_memory);
  signal(SIGPIPE, SIG_IGN);
  if (argc < 2) {
    Buffer help = buffer_make(NULL, 0);
    print_help(&help);
    fputs(buffer_string(&help), stderr);
    buffer_free(&help);
    return EXIT_INPUT;
  }
  const char *word = argv[1];
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
    return print(print_help);
  if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) return print(version_print);
  for (size_t i = 0; i < VERB_COUNT; i++)
    if (verbs[i].run != NULL && strcmp(word, verbs[i].name) == 0) return verbs[i].run(argc - 1, argv + 1);
  return refuse_verb(word);
}
