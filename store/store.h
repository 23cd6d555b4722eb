/* The recording: one SQLite file of exchanges. Schema in schema.sql, stable, documented in README.md. Writes
 * go in one transaction a batch; a file newer than this program is refused, a damaged one is reported, never
 * silently read past. */
#ifndef STATUSQUO_STORE_STORE_H
#define STATUSQUO_STORE_STORE_H

#include "harness/exchange/exchange.h"

typedef struct Store Store;

typedef enum StoreMode {
  STORE_READ,  /* must exist */
  STORE_WRITE, /* created when absent; one writer at a time, enforced */
} StoreMode;

/* FAULT_INPUT: not there, not a recording, too new, damaged. FAULT_SYSTEM: can't be opened, locked, no space.
 */
bool store_open(const char *path, StoreMode mode, Store **out, Fault *fault);
/* Checkpoints and leaves one file without side files. False when the last bytes couldn't be kept. NULL is
 * fine. */
bool store_close(Store *store, Fault *fault);
/* The same without closing: everything into the one file. Nothing may be written afterwards. */
bool store_settle(Store *store, Fault *fault);

/* A batch: everything between begin and commit is kept or not at all. */
bool store_begin(Store *store, Fault *fault);
bool store_commit(Store *store, Fault *fault);
void store_rollback(Store *store);

/* Exchanges added from here on belong to this call of the program. */
bool store_start_run(Store *store, Text command, Fault *fault);
/* What is true of the whole file: "recording" (its own id), "created_at", "created_by"; data NULL: none. */
bool store_meta(Store *store, Text key, Arena *arena, Text *out, Fault *fault);

/* Adds; `exchange->id` empty gets a fresh one, written back. Bodies are kept once by content hash. */
bool store_add(Store *store, Exchange *exchange, Arena *arena, Fault *fault);

/* Reading in order of recording, one at a time: nothing is held beyond the current row's arena. */
typedef struct StoreCursor StoreCursor;
bool store_select(Store *store, StoreCursor **out, Fault *fault);
/* 1: an exchange, 0: the end, -1: fault. */
int store_next(StoreCursor *cursor, Arena *arena, Exchange *out, Fault *fault);
void store_cursor_close(StoreCursor *cursor);

/* By id or name (the newest of that name). False with FAULT_INPUT when there is none (near names are
 * suggested). */
bool store_find(Store *store, Text id_or_name, Arena *arena, Exchange *out, Fault *fault);
/* The newest exchange whose request is the same (method, target, body and the named headers), or 0 when none.
 * 1 found, -1 fault. */
int store_find_request(Store *store, const Request *request, Arena *arena, Exchange *out, Fault *fault);
/* The newest exchange of the same name whose request is the same: what it answered the last time. 1, 0, -1.
 */
int store_find_previous(Store *store, const Exchange *exchange, Arena *arena, Exchange *out, Fault *fault);
/* 1: an exchange of that id is there, 0: none, -1: fault. */
int store_has(Store *store, Text id, Fault *fault);
bool store_count(Store *store, uint64_t *exchanges, Fault *fault);
/* How many of the same name were recorded after it. */
bool store_count_newer(Store *store, const Exchange *exchange, uint64_t *newer, Fault *fault);

/* The response a person accepted for an exchange. */
bool store_approve(Store *store, Text exchange_id, const Response *approved, Fault *fault);
/* 1: found, 0: none, -1: fault. */
int store_approved(Store *store, Text exchange_id, Arena *arena, Response *out, Fault *fault);

/* Looks at everything: the file's structure, each body against its sha256, each row. `report` gets one line a
 * problem. */
typedef struct StoreState {
  uint64_t exchanges, bodies, approved, problems;
} StoreState;
void store_verify(Store *store, void (*report)(void *subject, Text problem), void *subject, StoreState *out);
/* Replaces what is true of the whole file. */
bool store_set_meta(Store *store, Text key, Text value, Fault *fault);

#endif
