/* Looking at everything that a recording holds. A problem is told and the search goes on: one bad page must
 * not hide another. */
#include "store/store_parts.h"

#include <string.h>

typedef struct Verification {
  Store *store;
  void (*report)(void *subject, Text problem);
  void *subject;
  StoreState *state;
  Arena *arena;
} Verification;

static void tell(Verification *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(Verification *run, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  run->report(run->subject, arena_print_list(run->arena, format, arguments));
  va_end(arguments);
  run->state->problems++;
}

static void tell_failure(Verification *run, const char *doing) {
  Fault fault;
  store_fault(run->store, &fault, doing);
  tell(run, "%s", fault.message);
}

/* SQLite's own checks answer one row a problem; "ok" when there is none. */
static void check_with(Verification *run, const char *sql, const char *what) {
  sqlite3_stmt *check = store_prepare(run->store, sql, NULL);
  int state = check == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (state == SQLITE_ROW && (state = sqlite3_step(check)) == SQLITE_ROW) {
    Text line = column_copy(check, 0, run->arena);
    if (!text_is(line, "ok")) tell(run, "%s: %.*s", what, TEXT_ARGS(line));
  }
  if (state != SQLITE_DONE) tell_failure(run, what);
  sqlite3_finalize(check);
}

static void check_body(Verification *run, sqlite3_stmt *row) {
  Text bytes;
  Fault fault;
  unsigned char actual[SHA256_SIZE];
  int64_t number = sqlite3_column_int64(row, 0);
  if (!body_take(run->store, row, 1, run->arena, &bytes, &fault)) {
    tell(run, "body %lld: it isn't what was recorded", (long long)number);
    return;
  }
  digest_bytes(run->store, bytes, actual);
  if (memcmp(actual, sqlite3_column_blob(row, 1), SHA256_SIZE) != 0)
    tell(run, "body %lld: its sha256 is another", (long long)number);
}

static void check_bodies(Verification *run) {
  sqlite3_stmt *all =
      store_prepare(run->store, "SELECT body, sha256, size, encoding, content FROM body", NULL);
  int state = all == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (state == SQLITE_ROW && (state = sqlite3_step(all)) == SQLITE_ROW) {
    arena_reset(run->arena);
    check_body(run, all);
    run->state->bodies++;
  }
  if (state != SQLITE_DONE) tell_failure(run, "reading the bodies");
  sqlite3_finalize(all);
}

/* Row by row, past the ones that can't be read. */
static void check_exchanges(Verification *run) {
  sqlite3_stmt *all = store_prepare(run->store, "SELECT " EXCHANGE_COLUMNS "ORDER BY e.exchange", NULL);
  int state = all == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (state == SQLITE_ROW && (state = sqlite3_step(all)) == SQLITE_ROW) {
    Exchange exchange;
    Fault fault;
    arena_reset(run->arena);
    run->state->exchanges++;
    if (!exchange_take(run->store, all, run->arena, &exchange, &fault)) tell(run, "%s", fault.message);
  }
  if (state != SQLITE_DONE) tell_failure(run, "reading the exchanges");
  sqlite3_finalize(all);
}

static void check_approved(Verification *run) {
  sqlite3_stmt *all = store_prepare(
      run->store, "SELECT e.id FROM approved a JOIN exchange e ON e.exchange = a.exchange", NULL);
  int state = all == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (state == SQLITE_ROW && (state = sqlite3_step(all)) == SQLITE_ROW) {
    Response response;
    Fault fault;
    arena_reset(run->arena);
    run->state->approved++;
    if (store_approved(run->store, column_copy(all, 0, run->arena), run->arena, &response, &fault) < 0)
      tell(run, "%s", fault.message);
  }
  if (state != SQLITE_DONE) tell_failure(run, "reading the approved responses");
  sqlite3_finalize(all);
}

void store_verify(Store *store, void (*report)(void *subject, Text problem), void *subject, StoreState *out) {
  Verification run = {store, report, subject, out, arena_new(0)};
  *out = (StoreState){0};
  check_with(&run, "PRAGMA integrity_check", "structure");
  check_with(&run, "SELECT \"table\" || ' refers to a row that is missing' FROM pragma_foreign_key_check",
             "references");
  check_bodies(&run);
  check_exchanges(&run);
  check_approved(&run);
  arena_free(run.arena);
}
