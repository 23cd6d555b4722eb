/* The writer: a thread that stores what a live recording hands over, many exchanges in one transaction. The
 * recording never waits for it: when the store falls behind, the writer says that it is full, and when the
 * store fails, it counts what is lost and lets the recording go on. */
#ifndef STATUSQUO_CLI_WRITER_H
#define STATUSQUO_CLI_WRITER_H

#include "harness/record/proxy.h"
#include "store/store.h"

typedef struct WriterOptions {
  const char *path; /* of the recording */
  bool durable;     /* clients wait: commit as soon as there is something */
  const RedactionRule *rules;
  size_t rule_count;
  const Text *keep;
  size_t keep_count;
  Text key;
  bool shows_progress;
  /* Rotation: past a size or an age (0: never) the recording gets another name and a new one takes its place.
   */
  uint64_t rotate_bytes, rotate_ms;
  bool (*open_next)(void *subject, Store **store, Text *key, Fault *fault);
  void *subject;
} WriterOptions;

typedef struct WriterTotals {
  uint64_t stored, redacted;
  uint64_t lost;  /* handed over and not in the recording */
  uint64_t files; /* that were filled and renamed */
} WriterTotals;

typedef struct Writer Writer;

/* The store is the writer's until writer_finish. */
Writer *writer_start(Store *store, const WriterOptions *options);
/* For live_open. */
LiveSink writer_sink(Writer *writer);
/* Where exchanges go back to; before live_run. */
void writer_serve(Writer *writer, Live *live);
/* Stores what was taken, ends the thread, gives the store back: another one after a rotation, NULL when none
 * could be opened. */
WriterTotals writer_finish(Writer *writer, Store **store);

#endif
