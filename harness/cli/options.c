#include "harness/cli/options.h"

#include "harness/base/utf8.h"
#include "harness/cli/verbs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- the options that every verb has ---- */

static bool take_color(void *target, const char *value, Fault *fault) {
  (void)target;
  static const char *const words[] = {"auto", "always", "never"};
  for (size_t i = 0; i < OPTION_COUNT(words); i++) {
    if (strcmp(value, words[i]) != 0) continue;
    console_choose_color((ColorChoice)i);
    return true;
  }
  return fault_raise(fault, FAULT_USAGE, "--color is auto, always or never, not \"%s\"", value);
}

static bool help_wanted;

static const Option common_options[] = {
    {OPTION_CALL, 0, "color", "WHEN", "auto, always or never", .take = take_color},
    {OPTION_FLAG, 'h', "help", NULL, "print this help", .target = &help_wanted},
};

/* The verb's options first, then the common ones; NULL past the end. */
static const Option *option_at(const Usage *usage, size_t index) {
  if (index < usage->option_count) return &usage->options[index];
  index -= usage->option_count;
  return index < OPTION_COUNT(common_options) ? &common_options[index] : NULL;
}

/* ---- help ---- */

#define VERB_SUMMARY(name, summary) {#name, summary},
static const struct { const char *name, *summary; } summaries[] = {VERBS(VERB_SUMMARY)};

const char *verb_summary(const char *verb) {
  for (size_t i = 0; i < OPTION_COUNT(summaries); i++)
    if (strcmp(summaries[i].name, verb) == 0) return summaries[i].summary;
  return NULL;
}

static void help_option(const Option *option, Buffer *out) {
  enum { COLUMN = 28 };
  size_t start = out->length;
  buffer_append_string(out, "  ");
  if (option->letter != 0)
    buffer_print(out, "-%c, ", option->letter);
  else
    buffer_append_string(out, "    ");
  buffer_print(out, "--%s", option->name);
  if (option->argument != NULL) buffer_print(out, " %s", option->argument);
  size_t width = utf8_count(text_slice(buffer_text(out), start, out->length));
  if (width + 2 > COLUMN) {
    buffer_append_char(out, '\n');
    width = 0;
  }
  for (Text rest = text_from(option->help); rest.data != NULL; width = 0) {
    Text line = text_split(rest, '\n', &rest);
    buffer_print(out, "%*s%.*s\n", (int)(COLUMN - width), "", TEXT_ARGS(line));
  }
}

static void help_lines(const char *title, const char *lines, Buffer *out) {
  if (lines == NULL) return;
  buffer_print(out, "\n%s:\n", title);
  for (Text rest = text_from(lines); rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    buffer_print(out, "  %.*s\n", TEXT_ARGS(line));
  }
}

void options_help(const Usage *usage, Buffer *out) {
  buffer_print(out, "Usage: statusquo %s [OPTION…]%s%s\n\n", usage->verb, usage->operands != NULL ? " " : "",
               usage->operands != NULL ? usage->operands : "");
  const char *summary = verb_summary(usage->verb);
  if (summary != NULL) buffer_print(out, "%s\n", summary);
  if (usage->description != NULL) buffer_print(out, "\n%s\n", usage->description);
  buffer_append_string(out, "\nOptions:\n");
  const Option *option;
  for (size_t i = 0; (option = option_at(usage, i)) != NULL; i++) help_option(option, out);
  help_lines("Examples", usage->examples, out);
  buffer_append_string(out, "\nExit status: 0 as expected, 1 differences or findings, 2 the input is wrong,\n"
                            "  3 the environment failed, 4 nothing was selected to run\n");
}

/* ---- parsing ---- */

typedef struct Reading {
  const Usage *usage;
  Arena *arena;
  char **argv;
  int argc;
  int at; /* the word being read */
  OptionList *operands;
  Fault fault;
} Reading;

static void list_add(OptionList *list, const char *item, const Reading *reading) {
  /* No list gets longer than the command line: one block is enough for good. */
  if (list->items == NULL) list->items = ARENA_ARRAY(reading->arena, const char *, (size_t)reading->argc + 1);
  list->items[list->count++] = item;
}

static bool take_integer(const Option *option, const char *value, Fault *fault) {
  int64_t number;
  if (!text_to_integer(text_from(value), &number) || number < 0 || number > INT_MAX)
    return fault_raise(fault, FAULT_USAGE, "--%s needs a whole number, not \"%s\"", option->name, value);
  *(int *)option->target = (int)number;
  return true;
}

static bool take_value(const Option *option, const char *value, Reading *reading) {
  switch (option->kind) {
  case OPTION_FLAG: *(bool *)option->target = true; return true;
  case OPTION_TEXT: *(const char **)option->target = value; return true;
  case OPTION_INTEGER: return take_integer(option, value, &reading->fault);
  case OPTION_LIST: list_add(option->target, value, reading); return true;
  case OPTION_CALL: return option->take(option->target, value, &reading->fault);
  }
  return false;
}

static bool unknown_name(Reading *reading, Text name) {
  const Option *option;
  size_t count = 0;
  while (option_at(reading->usage, count) != NULL) count++;
  const char **names = ARENA_ARRAY(reading->arena, const char *, count);
  for (size_t i = 0; (option = option_at(reading->usage, i)) != NULL; i++) names[i] = option->name;
  const char *near = text_suggest(name, names, count);
  if (near != NULL)
    return fault_raise(&reading->fault, FAULT_USAGE, "unknown option --%.*s (did you mean --%s?)",
                       TEXT_ARGS(name), near);
  return fault_raise(&reading->fault, FAULT_USAGE, "unknown option --%.*s", TEXT_ARGS(name));
}

/* --name | --name=value | --name value */
static bool read_long(Reading *reading, const char *word) {
  Text value;
  Text name = text_split(text_from(word + 2), '=', &value);
  const Option *option;
  for (size_t i = 0; (option = option_at(reading->usage, i)) != NULL; i++)
    if (text_is(name, option->name)) break;
  if (option == NULL) return unknown_name(reading, name);
  if (option->argument == NULL && value.data != NULL)
    return fault_raise(&reading->fault, FAULT_USAGE, "--%s takes no value", option->name);
  if (option->argument == NULL || value.data != NULL) return take_value(option, value.data, reading);
  if (reading->at + 1 >= reading->argc)
    return fault_raise(&reading->fault, FAULT_USAGE, "--%s needs a value: %s", option->name,
                       option->argument);
  return take_value(option, reading->argv[++reading->at], reading);
}

/* -abc for flags | -nvalue | -n value */
static bool read_short(Reading *reading, const char *word) {
  for (const char *letter = word + 1; *letter != '\0'; letter++) {
    const Option *option;
    for (size_t i = 0; (option = option_at(reading->usage, i)) != NULL; i++)
      if (option->letter == *letter) break;
    if (option == NULL) return fault_raise(&reading->fault, FAULT_USAGE, "unknown option -%c", *letter);
    if (option->argument == NULL) {
      if (!take_value(option, NULL, reading)) return false;
      continue;
    }
    if (letter[1] != '\0') return take_value(option, letter + 1, reading);
    if (reading->at + 1 >= reading->argc)
      return fault_raise(&reading->fault, FAULT_USAGE, "-%c needs a value: %s", *letter, option->argument);
    return take_value(option, reading->argv[++reading->at], reading);
  }
  return true;
}

static bool read_words(Reading *reading) {
  bool operands_only = false;
  for (reading->at = 1; reading->at < reading->argc; reading->at++) {
    const char *word = reading->argv[reading->at];
    if (operands_only || word[0] != '-' || word[1] == '\0')
      list_add(reading->operands, word, reading);
    else if (strcmp(word, "--") == 0)
      operands_only = true;
    else if (!(word[1] == '-' ? read_long(reading, word) : read_short(reading, word)))
      return false;
    if (help_wanted) return true;
  }
  return true;
}

static bool check_operands(Reading *reading) {
  const Usage *usage = reading->usage;
  size_t count = reading->operands->count;
  if (count < usage->least)
    return fault_raise(&reading->fault, FAULT_USAGE, "%s is missing",
                       usage->operands != NULL ? usage->operands : "an operand");
  if (count > usage->most)
    return fault_raise(&reading->fault, FAULT_USAGE, "unexpected operand \"%s\"",
                       reading->operands->items[usage->most]);
  return true;
}

static int refuse(const Usage *usage, const Fault *fault) {
  int status = console_fault(fault);
  console_note("  see: statusquo %s --help", usage->verb);
  return status;
}

int options_refuse(const Usage *usage, const char *format, ...) {
  Fault fault;
  char message[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  fault_raise(&fault, FAULT_USAGE, "%s", message);
  return refuse(usage, &fault);
}

bool options_parse(const Usage *usage, int argc, char **argv, Arena *arena, OptionList *operands,
                   int *status) {
  Reading reading = {.usage = usage, .arena = arena, .argv = argv, .argc = argc, .operands = operands};
  help_wanted = false;
  bool understood = read_words(&reading);
  if (understood && help_wanted) {
    Buffer help = buffer_make(arena, 0);
    options_help(usage, &help);
    *status = console_write(buffer_text(&help), &reading.fault) ? EXIT_AS_EXPECTED
                                                                : (int)console_fault(&reading.fault);
    return false;
  }
  if (understood && check_operands(&reading)) return true;
  *status = refuse(usage, &reading.fault);
  return false;
}
