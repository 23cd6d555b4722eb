/* Taken over by the loop's thread, looked at, redacted, stored and committed by the writer's own. */
#include "harness/cli/writer.h"

#include "harness/cli/console.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

enum {
  FULL_COUNT = 1024,
  FULL_BYTES = 64 * 1024 * 1024,
  BATCH_COUNT = 512,   /* worth a commit at once */
  CHUNK_COUNT = 64,    /* given back together: a full writer is full only for as long as these take */
  GATHER_MS = 10,      /* how long a batch that nobody waits for gathers */
  BATCH_MS = 20,       /* how old an uncommitted exchange gets */
  TRY_AGAIN_MS = 1000, /* after the store failed */
  PROGRESS_MS = 1000,
};

struct Writer {
  Store *store;
  WriterOptions options;
  Live *live;
  uv_thread_t thread;
  uv_mutex_t lock;
  uv_cond_t wake;
  LiveExchange *first, **last;    /* under the lock: taken over, not yet looked at */
  size_t count;                   /* of them, under the lock */
  bool closing;                   /* under the lock */
  atomic_size_t held, held_bytes; /* not settled */
  /* the thread's own */
  WriterTotals totals;
  bool in_batch;
  size_t batch_count;
  uint64_t batch_began;
  uint64_t broken_until; /* 0: the store is fine */
  uint64_t opened_at;
  bool gone; /* the file was removed: there is no use in trying again */
  struct stat file;
  uint64_t shown_at;
  bool shown;
};

/* ---- the loop's side ---- */

static size_t size_of(const LiveExchange *live) {
  return arena_used(live->arena) + (size_t)live->answer_body.length + (size_t)live->request_body.length;
}

static void take(void *subject, LiveExchange *live) {
  Writer *writer = subject;
  atomic_fetch_add_explicit(&writer->held, 1, memory_order_relaxed);
  live->held_bytes = size_of(live);
  atomic_fetch_add_explicit(&writer->held_bytes, live->held_bytes, memory_order_relaxed);
  live->next = NULL;
  uv_mutex_lock(&writer->lock);
  *writer->last = live;
  writer->last = &live->next;
  size_t count = ++writer->count;
  uv_mutex_unlock(&writer->lock);
  if (count == 1 || count == BATCH_COUNT) uv_cond_signal(&writer->wake);
}

static bool is_full(void *subject) {
  Writer *writer = subject;
  return atomic_load_explicit(&writer->held, memory_order_relaxed) >= FULL_COUNT ||
         atomic_load_explicit(&writer->held_bytes, memory_order_relaxed) >= FULL_BYTES;
}

LiveSink writer_sink(Writer *writer) {
  return (LiveSink){writer, take, is_full};
}

/* ---- waiting for work ---- */

static uint64_t now_ms(void) {
  return uv_hrtime() / 1000000;
}

/* Until something is signalled, or `until` passed; false: it passed. Called under the lock. */
static bool wait_until(Writer *writer, uint64_t until) {
  uint64_t now = uv_hrtime();
  return now < until && uv_cond_timedwait(&writer->wake, &writer->lock, until - now) == 0;
}

/* Cuts the first ones off the queue, under the lock. */
static LiveExchange *cut_chunk(Writer *writer) {
  LiveExchange *list = writer->first, **end = &writer->first;
  size_t most = writer->options.durable ? SIZE_MAX : CHUNK_COUNT; /* one commit for all who wait */
  for (size_t i = 0; i < most && *end != NULL; i++, writer->count--) end = &(*end)->next;
  writer->first = *end;
  *end = NULL;
  if (writer->first == NULL) writer->last = &writer->first;
  return list;
}

/* Some of what was taken over; NULL: a batch is due, or the end (`*ends`). */
static LiveExchange *next_ones(Writer *writer, bool *ends) {
  uv_mutex_lock(&writer->lock);
  bool was_empty = writer->count == 0;
  uint64_t until = uv_hrtime() + GATHER_MS * UINT64_C(1000000);
  while (writer->count == 0 && !writer->closing) {
    if (!writer->in_batch)
      uv_cond_wait(&writer->wake, &writer->lock);
    else if (!wait_until(writer, until))
      break;
  }
  bool gathers = was_empty && !writer->options.durable;
  until = uv_hrtime() + GATHER_MS * UINT64_C(1000000);
  while (gathers && writer->count > 0 && writer->count < BATCH_COUNT && !writer->closing)
    if (!wait_until(writer, until)) break;
  LiveExchange *list = cut_chunk(writer);
  *ends = list == NULL && writer->closing;
  uv_mutex_unlock(&writer->lock);
  return list;
}

/* ---- when the store fails ---- */

static void hide_progress(Writer *writer) {
  if (writer->shown) fputs("\r\033[K", stderr);
  writer->shown = false;
}

static void fail(Writer *writer, size_t lost, const Fault *fault) {
  hide_progress(writer);
  bool known = writer->broken_until != 0;
  writer->totals.lost += lost;
  writer->in_batch = false;
  writer->batch_count = 0;
  writer->broken_until = now_ms() + TRY_AGAIN_MS;
  if (known) return;
  console_fault(fault);
  console_note("  requests are still passed on, but they aren't recorded%s",
               writer->gone ? "" : " until that is mended");
}

static void recover(Writer *writer) {
  if (writer->broken_until == 0) return;
  writer->broken_until = 0;
  console_note("recording again: %llu exchanges were lost", (unsigned long long)writer->totals.lost);
}

/* A file that was removed takes everything that is written to it along, without an error. */
static bool still_there(Writer *writer, Fault *fault) {
  struct stat named;
  if (stat(writer->options.path, &named) == 0 && named.st_ino == writer->file.st_ino &&
      named.st_dev == writer->file.st_dev)
    return true;
  if (!writer->gone) { /* what was stored went with it */
    writer->totals.lost += writer->totals.stored;
    writer->totals.stored = 0;
  }
  writer->gone = true;
  return fault_raise(fault, FAULT_SYSTEM,
                     "the recording %s was removed or replaced while it was being written",
                     writer->options.path);
}

/* ---- rotation ---- */

static uint64_t file_size(const char *path, const char *side) {
  char name[4096];
  struct stat file;
  if (snprintf(name, sizeof name, "%s%s", path, side) >= (int)sizeof name || stat(name, &file) != 0) return 0;
  return (uint64_t)file.st_size;
}

static bool is_rotation_due(const Writer *writer) {
  const WriterOptions *options = &writer->options;
  if (options->rotate_ms > 0 && now_ms() - writer->opened_at >= options->rotate_ms) return true;
  return options->rotate_bytes > 0 &&
         file_size(options->path, "") + file_size(options->path, "-wal") >= options->rotate_bytes;
}

static bool open_next(Writer *writer, Fault *fault) {
  if (!writer->options.open_next(writer->options.subject, &writer->store, &writer->options.key, fault)) {
    writer->store = NULL;
    return false;
  }
  writer->opened_at = now_ms();
  return stat(writer->options.path, &writer->file) == 0;
}

/* "r.db" becomes "r.20261123T080102.db", with a number behind when that is taken. */
static bool move_away(const Writer *writer, Fault *fault) {
  const char *path = writer->options.path;
  const char *dot = strrchr(path, '.');
  size_t stem = dot != NULL && strchr(dot, '/') == NULL ? (size_t)(dot - path) : strlen(path);
  char when[32], name[4096];
  time_t now = time(NULL);
  struct tm parts;
  strftime(when, sizeof when, "%Y%m%dT%H%M%S", gmtime_r(&now, &parts));
  for (int i = 1; i < 1000; i++) {
    char number[16] = "";
    if (i > 1) snprintf(number, sizeof number, "-%d", i);
    snprintf(name, sizeof name, "%.*s.%s%s%s", (int)stem, path, when, number, path + stem);
    if (access(name, F_OK) == 0) continue;
    return rename(path, name) == 0 ||
           fault_raise(fault, FAULT_SYSTEM, "%s can't be renamed: %s", path, strerror(errno));
  }
  return fault_raise(fault, FAULT_SYSTEM, "%s can't be renamed: there are too many of this second", path);
}

/* Between two batches. A failure is told like any of the store's; the next batch tries to open again. */
static void rotate(Writer *writer) {
  Fault fault;
  Store *full = writer->store;
  writer->store = NULL;
  if (store_close(full, &fault) && move_away(writer, &fault) && open_next(writer, &fault))
    writer->totals.files++;
  else
    fail(writer, 0, &fault);
}

/* ---- storing ---- */

static void commit(Writer *writer) {
  Fault fault;
  size_t count = writer->batch_count;
  if (!writer->in_batch) return;
  writer->in_batch = false;
  writer->batch_count = 0;
  if (!store_commit(writer->store, &fault) || !still_there(writer, &fault)) {
    fail(writer, count, &fault);
    return;
  }
  writer->totals.stored += count;
  recover(writer);
  if (count > 0 && is_rotation_due(writer)) rotate(writer);
}

static bool begin(Writer *writer, Fault *fault) {
  if (writer->in_batch) return true;
  if (writer->store == NULL && !open_next(writer, fault)) return false;
  if (!still_there(writer, fault) || !store_begin(writer->store, fault)) return false;
  writer->in_batch = true;
  writer->batch_count = 0;
  writer->batch_began = now_ms();
  return true;
}

static void add(Writer *writer, LiveExchange *live) {
  const WriterOptions *options = &writer->options;
  Exchange *exchange = &live->exchange;
  Fault fault;
  if (writer->gone || now_ms() < writer->broken_until) {
    writer->totals.lost++;
    return;
  }
  if (!begin(writer, &fault)) {
    fail(writer, 1, &fault);
    return;
  }
  bool good = live_complete(live, &fault);
  if (good) {
    redact_exchange(exchange, options->rules, options->rule_count, options->keep, options->keep_count,
                    options->key, live->arena);
    writer->totals.redacted += exchange->redactions.data != NULL;
    good = store_add(writer->store, exchange, live->arena, &fault);
  }
  if (good) {
    writer->batch_count++;
  } else if (fault.kind != FAULT_SYSTEM) { /* this one can't be stored; the others can */
    writer->totals.lost++;
    console_fault(&fault);
  } else {
    store_rollback(writer->store);
    fail(writer, writer->batch_count + 1, &fault);
  }
}

static void give_back(Writer *writer, LiveExchange *list) {
  size_t count = 0, bytes = 0;
  for (const LiveExchange *live = list; live != NULL; live = live->next) {
    count++;
    bytes += live->held_bytes;
  }
  atomic_fetch_sub_explicit(&writer->held, count, memory_order_relaxed);
  atomic_fetch_sub_explicit(&writer->held_bytes, bytes, memory_order_relaxed);
  live_settled(writer->live, list);
}

static void show_progress(Writer *writer) {
  uint64_t now = now_ms();
  if (!writer->options.shows_progress || now - writer->shown_at < PROGRESS_MS) return;
  writer->shown_at = now;
  writer->shown = true;
  fprintf(stderr, "\r%llu exchanges recorded\033[K", (unsigned long long)writer->totals.stored);
}

static void run(void *subject) {
  Writer *writer = subject;
  bool ends = false;
  while (!ends) {
    LiveExchange *list = next_ones(writer, &ends);
    for (LiveExchange *live = list; live != NULL; live = live->next) add(writer, live);
    bool due = writer->options.durable || list == NULL || writer->batch_count >= BATCH_COUNT ||
               now_ms() - writer->batch_began >= BATCH_MS - GATHER_MS;
    if (due) commit(writer);
    if (list != NULL) give_back(writer, list);
    show_progress(writer);
  }
  commit(writer);
  hide_progress(writer);
}

/* ---- beginning and end ---- */

Writer *writer_start(Store *store, const WriterOptions *options) {
  Writer *writer = memory_alloc(sizeof *writer);
  memset(writer, 0, sizeof *writer);
  writer->store = store;
  writer->options = *options;
  writer->last = &writer->first;
  writer->opened_at = now_ms();
  if (stat(options->path, &writer->file) != 0) memset(&writer->file, 0, sizeof writer->file);
  if (uv_mutex_init(&writer->lock) != 0 || uv_cond_init(&writer->wake) != 0) abort(); /* no memory */
  return writer;
}

/* Signals are the loop's: one that ended this thread's wait for the disk would lose data. */
void writer_serve(Writer *writer, Live *live) {
  sigset_t all, before;
  writer->live = live;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (uv_thread_create(&writer->thread, run, writer) != 0) abort(); /* no memory */
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

WriterTotals writer_finish(Writer *writer, Store **store) {
  if (writer->live != NULL) {
    uv_mutex_lock(&writer->lock);
    writer->closing = true;
    uv_mutex_unlock(&writer->lock);
    uv_cond_signal(&writer->wake);
    uv_thread_join(&writer->thread);
  }
  WriterTotals totals = writer->totals;
  *store = writer->store;
  uv_mutex_destroy(&writer->lock);
  uv_cond_destroy(&writer->wake);
  free(writer);
  return totals;
}
