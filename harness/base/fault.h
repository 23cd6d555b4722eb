/* Fault: the world is wrong (bad input, no network, a full disk). Returned in one line,
 *   return fault_raise(fault, FAULT_INPUT, "no such operation: %s", name);
 * which is always false, so calls chain with &&. Bugs assert; lack of memory ends the run in arena.c. A
 * template or a mapping that fails inside the gateway is not a fault of ours: mapping/ turns it into an
 * Outcome. */
#ifndef STATUSQUO_BASE_FAULT_H
#define STATUSQUO_BASE_FAULT_H

#include "harness/base/arena.h"
#include "harness/base/buffer.h"

typedef enum FaultKind {
  FAULT_NONE,
  FAULT_USAGE,  /* the command line is wrong: exit 2 */
  FAULT_INPUT,  /* a spec, definition, template, pattern, path or body is wrong: exit 2 */
  FAULT_LIMIT,  /* an input goes past a documented limit: exit 2 */
  FAULT_SYSTEM, /* disk, network, port, permission: exit 3 */
} FaultKind;

/* Where in a source: line and column count from 1, columns in characters (code points); 0 is unknown. `file`
 * NULL is unknown. */
typedef struct Place {
  const char *file;
  uint32_t line;
  uint32_t column;
} Place;

enum { FAULT_MESSAGE_SIZE = 600, FAULT_SOURCE_SIZE = 200 };

/* Self-contained (except place.file, which lives in a lasting arena), so it can be copied and kept. */
typedef struct Fault {
  FaultKind kind;
  bool warning; /* worth saying, does not stop anything */
  Place place;
  size_t offset;                    /* byte offset inside the text that was being read */
  uint32_t caret;                   /* characters before the caret in `source` */
  char message[FAULT_MESSAGE_SIZE]; /* cut at a character when longer */
  char source[FAULT_SOURCE_SIZE];   /* the source line around the place, "" when unknown */
} Fault;

/* All of these return false. `fault` may be NULL: then the reason is dropped. */
bool fault_raise(Fault *fault, FaultKind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Also fills place, offset, source and caret from `offset` bytes into `source`. */
bool fault_raise_at(Fault *fault, FaultKind kind, const char *file, Text source, size_t offset,
                    const char *format, ...) __attribute__((format(printf, 6, 7)));
/* "reading pets.yaml: <what was there>": what the caller was doing when a fault passed through. */
bool fault_wrap(Fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Line and column of a byte offset: \n, \r\n and \r end lines. */
Place place_of(const char *file, Text source, size_t offset);
/* Copies the line that holds `offset` (a window of it when long) and counts the characters before the caret.
 */
void fault_quote(Fault *fault, Text source, size_t offset);

/* file:line:column: error: message, the source line, a caret. No colour; control characters made visible. */
void fault_print(const Fault *fault, Buffer *out);

/* All faults of a file, in the order found. A zeroed list is empty; it lives in its arena. */
typedef struct FaultList {
  Arena *arena;
  Fault *items;
  size_t count;
  size_t capacity;
} FaultList;

FaultList fault_list_make(Arena *arena);
/* A fresh entry to raise into: fault_raise(fault_list_add(list), …). */
Fault *fault_list_add(FaultList *list);
/* Entries that are errors, not warnings. */
size_t fault_list_errors(const FaultList *list);

#endif
