/* The console: the only place that prints. Results go to standard output, everything else to standard error;
 * colours by --color, NO_COLOR, CLICOLOR_FORCE, TERM=dumb and whether it is a terminal, in that order. */
#ifndef STATUSQUO_CLI_CONSOLE_H
#define STATUSQUO_CLI_CONSOLE_H

#include "harness/base/fault.h"

/* What every verb answers. "Failed" and "broken" never share a number. */
typedef enum ExitStatus {
  EXIT_AS_EXPECTED = 0,
  EXIT_DIFFERENT = 1,   /* differences or findings */
  EXIT_INPUT = 2,       /* usage, spec, definition, recording: what was given is wrong */
  EXIT_ENVIRONMENT = 3, /* disk, network, port */
  EXIT_NOTHING = 4,     /* nothing was selected to run */
} ExitStatus;

typedef enum ColorChoice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorChoice;
/* What --color said, for both streams. */
void console_choose_color(ColorChoice choice);
/* `descriptor` is STDOUT_FILENO or STDERR_FILENO. */
bool console_color(int descriptor);
/* Columns of the terminal behind `descriptor`; 0: not a terminal. */
int console_width(int descriptor);

/* To standard output, unbuffered. A reader that went away ends the program as SIGPIPE would have; false is
 * a fault (a full disk). */
bool console_write(Text bytes, Fault *fault);
/* A line for people on standard error. */
void console_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the fault to standard error and answers the exit status that goes with its kind. */
ExitStatus console_fault(const Fault *fault);
/* Prints all; EXIT_AS_EXPECTED when there are only warnings. */
ExitStatus console_faults(const FaultList *faults);

#endif
