/* Options: one table a verb, from which both the parsing and the help come.
 *
 *   static int run(…)
 *   int render_main(int argc, char **argv) {
 *     const char *input = NULL;
 *     bool pretty = false;
 *     const Option options[] = {
 *         {OPTION_TEXT, 'i', "input", "FILE", "the body that $input holds", .target = &input},
 *         {OPTION_FLAG, 0, "pretty", NULL, "indent JSON", .target = &pretty},
 *     };
 *     const Usage usage = {.verb = "render", .operands = "TEMPLATE", .least = 1, .most = 1,
 *                          .description = "…", .examples = "statusquo render a.vtl --input body.json",
 *                          .options = options, .option_count = OPTION_COUNT(options)};
 *     OptionList operands = {0};
 *     int status;
 *     if (!options_parse(&usage, argc, argv, arena, &operands, &status)) return status;
 *
 * As everywhere: --name VALUE, --name=VALUE, -nVALUE, -n VALUE, -abc for flags, options and operands mixed,
 * `--` ends options, `-` is an operand. Names aren't abbreviated: a script must not break when an option is
 * added. Every verb has --help (-h) and --color by itself. */
#ifndef STATUSQUO_CLI_OPTIONS_H
#define STATUSQUO_CLI_OPTIONS_H

#include "harness/cli/console.h"

typedef enum OptionKind {
  OPTION_FLAG,    /* target: bool, set to true */
  OPTION_TEXT,    /* target: const char *, the last one given wins */
  OPTION_INTEGER, /* target: int, from 0 */
  OPTION_LIST,    /* target: OptionList, each one given is added */
  OPTION_CALL,    /* take(target, value, fault): for values that have a grammar */
} OptionKind;

typedef struct OptionList {
  const char **items;
  size_t count;
} OptionList;

typedef struct Option {
  OptionKind kind;
  char letter;          /* 0: none */
  const char *name;     /* without the dashes */
  const char *argument; /* "FILE"; NULL: takes none */
  const char *help;     /* lower case, without a full stop; a newline starts a further line */
  void *target;
  bool (*take)(void *target, const char *value, Fault *fault); /* value NULL when `argument` is */
} Option;

#define OPTION_COUNT(options) (sizeof(options) / sizeof *(options))
#define OPERANDS_ANY ((size_t)-1)

typedef struct Usage {
  const char *verb;
  const char *operands; /* "SPEC…"; NULL: none */
  size_t least, most;   /* how many operands */
  const char *description;
  const char *examples; /* one a line */
  const Option *options;
  size_t option_count;
} Usage;

/* True: go on. False: end with *status (the help was printed, or what is wrong). */
bool options_parse(const Usage *usage, int argc, char **argv, Arena *arena, OptionList *operands,
                   int *status);
/* A usage error of the verb itself ("--from needs --to"): prints it with a pointer to --help, answers
 * EXIT_INPUT. */
int options_refuse(const Usage *usage, const char *format, ...) __attribute__((format(printf, 2, 3)));
void options_help(const Usage *usage, Buffer *out);
/* The verb's line in verbs.h; NULL when there is no such verb. */
const char *verb_summary(const char *verb);

#endif
