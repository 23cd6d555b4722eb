/* Exchanges as rows: adding, reading in order, finding; approved responses. */
#include "store/store_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- columns ---- */

void bind_text(sqlite3_stmt *statement, int parameter, Text text) {
  if (text.data != NULL)
    sqlite3_bind_text64(statement, parameter, text.data, text.length, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_blob(sqlite3_stmt *statement, int parameter, Text bytes) {
  sqlite3_bind_blob64(statement, parameter, bytes.data != NULL ? bytes.data : "", bytes.length,
                      SQLITE_STATIC);
}

static void bind_row(sqlite3_stmt *statement, int parameter, int64_t row) {
  if (row != 0) sqlite3_bind_int64(statement, parameter, row);
}

static void bind_list(sqlite3_stmt *statement, int parameter, const Headers *list, Arena *arena) {
  Buffer lines = buffer_make(arena, 0);
  lines_write(list, &lines);
  bind_blob(statement, parameter, buffer_text(&lines));
}

static Text column_bytes(sqlite3_stmt *row, int column) {
  const void *bytes = sqlite3_column_blob(row, column);
  size_t length = (size_t)sqlite3_column_bytes(row, column);
  return (Text){bytes != NULL ? bytes : "", length};
}

Text column_copy(sqlite3_stmt *row, int column, Arena *arena) {
  if (sqlite3_column_type(row, column) == SQLITE_NULL) return (Text){NULL, 0};
  return arena_copy_text(arena, column_bytes(row, column));
}

static Text now_text(Arena *arena) {
  return time_print(clock_milliseconds(), arena);
}

/* ---- adding ---- */

static bool keep_body(Store *store, Text bytes, bool has_body, int64_t *row, Fault *fault) {
  *row = 0;
  return !has_body || body_keep(store, bytes, row, fault);
}

/* What makes two requests the same: method, target and body. Headers are the caller's business. */
static void request_key(Store *store, const Request *request, Arena *arena, unsigned char out[SHA256_SIZE]) {
  unsigned char body[SHA256_SIZE];
  digest_bytes(store, request->body, body);
  Buffer text = buffer_make(arena, 0);
  buffer_append(&text, request->method);
  buffer_append_char(&text, ' ');
  buffer_append(&text, request_target(request, arena));
  buffer_append_char(&text, '\n');
  buffer_append_bytes(&text, body, sizeof body);
  digest_bytes(store, buffer_text(&text), out);
}

static bool add_tags(Store *store, const Exchange *exchange, int64_t row, Fault *fault) {
  for (size_t i = 0; i < exchange->tag_count; i++) {
    sqlite3_stmt *add = store_statement(store, STATEMENT_ADD_TAG, fault);
    if (add == NULL) return false;
    sqlite3_bind_int64(add, 1, row);
    sqlite3_bind_int64(add, 2, (int64_t)i);
    bind_text(add, 3, exchange->tags[i]);
    if (!store_run(store, add, fault, "writing a tag")) return false;
  }
  return true;
}

static void bind_request(sqlite3_stmt *add, const Request *request, int64_t body, const unsigned char *key,
                         Arena *arena) {
  bind_text(add, 7, request->method.data != NULL ? request->method : TEXT_EMPTY);
  bind_text(add, 8, request->path.data != NULL ? request->path : TEXT_EMPTY);
  bind_list(add, 9, &request->query, arena);
  bind_list(add, 10, &request->headers, arena);
  bind_row(add, 11, body);
  sqlite3_bind_blob(add, 12, key, SHA256_SIZE, SQLITE_STATIC);
  bind_text(add, 13, request->resource_path);
  bind_list(add, 14, &request->path_parameters, arena);
}

static void bind_answer(sqlite3_stmt *add, const BackendAnswer *answer, int64_t body, Arena *arena) {
  sqlite3_bind_text(add, 15, backend_kind_name(answer->kind), -1, SQLITE_STATIC);
  sqlite3_bind_int(add, 16, answer->status);
  bind_list(add, 17, &answer->headers, arena);
  bind_row(add, 18, body);
  bind_text(add, 19, answer->function_error);
  bind_text(add, 20, answer->log_tail);
  if (answer->kind == BACKEND_FAILURE)
    sqlite3_bind_text(add, 21, failure_reason_name(answer->reason), -1, SQLITE_STATIC);
  bind_text(add, 22, answer->detail);
  if (answer->duration_ms >= 0) sqlite3_bind_double(add, 23, answer->duration_ms);
}

bool store_add(Store *store, Exchange *exchange, Arena *arena, Fault *fault) {
  assert(store->writes);
  exchange_stamp(exchange, clock_milliseconds(), arena);
  int64_t request_body, response_body;
  unsigned char key[SHA256_SIZE];
  request_key(store, &exchange->request, arena, key);
  if (!keep_body(store, exchange->request.body, exchange->request.has_body, &request_body, fault) ||
      !keep_body(store, exchange->backend.body, exchange->backend.body.length > 0, &response_body, fault))
    return false;
  sqlite3_stmt *add = store_statement(store, STATEMENT_ADD_EXCHANGE, fault);
  if (add == NULL) return false;
  bind_text(add, 1, exchange->id);
  bind_text(add, 2, exchange->name);
  bind_text(add, 3, exchange->recorded_at);
  bind_row(add, 4, store->run);
  bind_text(add, 5, exchange->operation);
  sqlite3_bind_int64(add, 6, (int64_t)exchange->tag_count);
  bind_request(add, &exchange->request, request_body, key, arena);
  bind_answer(add, &exchange->backend, response_body, arena);
  bind_text(add, 24, exchange->redactions);
  bind_text(add, 25, exchange->extra);
  int state = sqlite3_step(add);
  bool good = state == SQLITE_DONE;
  if (!good && sqlite3_extended_errcode(store->database) == SQLITE_CONSTRAINT_UNIQUE)
    fault_raise(fault, FAULT_INPUT, "%s already holds an exchange with the id %.*s", store->path,
                TEXT_ARGS(exchange->id));
  else if (!good)
    store_fault(store, fault, "writing an exchange");
  store_done(add);
  return good && add_tags(store, exchange, sqlite3_last_insert_rowid(store->database), fault);
}

/* ---- reading ---- */

static bool read_kind(Text name, BackendKind *out) {
  for (int kind = BACKEND_NONE; kind <= BACKEND_FAILURE; kind++) {
    *out = (BackendKind)kind;
    if (text_is(name, backend_kind_name(*out))) return true;
  }
  return false;
}

static bool take_tags(Store *store, int64_t row, size_t count, Arena *arena, Exchange *out, Fault *fault) {
  if (count == 0) return true;
  sqlite3_stmt *get = store_statement(store, STATEMENT_GET_TAGS, fault);
  if (get == NULL) return false;
  sqlite3_bind_int64(get, 1, row);
  Headers tags = {0}; /* a growing list; values unused */
  int state;
  while ((state = sqlite3_step(get)) == SQLITE_ROW)
    headers_add(&tags, column_copy(get, 0, arena), TEXT_EMPTY, arena);
  bool good = state == SQLITE_DONE || store_fault(store, fault, "reading tags");
  store_done(get);
  out->tags = ARENA_ARRAY(arena, Text, tags.count);
  out->tag_count = tags.count;
  for (size_t i = 0; i < tags.count; i++) out->tags[i] = tags.items[i].name;
  if (good && tags.count != count) return store_damaged(store, fault, "tags are missing");
  return good;
}

static bool take_body(Store *store, sqlite3_stmt *row, int reference, int column, Arena *arena, Text *out,
                      Fault *fault) {
  *out = TEXT_EMPTY;
  return sqlite3_column_type(row, reference) == SQLITE_NULL ||
         body_take(store, row, column, arena, out, fault);
}

static bool take_request(Store *store, sqlite3_stmt *row, Arena *arena, Request *out, Fault *fault) {
  *out = (Request){.method = column_copy(row, 6, arena),
                   .path = column_copy(row, 7, arena),
                   .has_body = sqlite3_column_type(row, 10) != SQLITE_NULL,
                   .resource_path = column_copy(row, 11, arena)};
  if (!lines_read(column_bytes(row, 8), arena, &out->query) ||
      !lines_read(column_bytes(row, 9), arena, &out->headers) ||
      !lines_read(column_bytes(row, 12), arena, &out->path_parameters))
    return store_damaged(store, fault, "a request's headers or parameters can't be read");
  return take_body(store, row, 10, 24, arena, &out->body, fault);
}

static bool take_answer(Store *store, sqlite3_stmt *row, Arena *arena, BackendAnswer *out, Fault *fault) {
  bool timed = sqlite3_column_type(row, 21) != SQLITE_NULL;
  *out = (BackendAnswer){.status = sqlite3_column_int(row, 14),
                         .function_error = column_copy(row, 17, arena),
                         .log_tail = column_copy(row, 18, arena),
                         .detail = column_copy(row, 20, arena),
                         .duration_ms = timed ? sqlite3_column_double(row, 21) : -1};
  if (!read_kind(column_bytes(row, 13), &out->kind))
    return store_damaged(store, fault, "an answer is of no known kind");
  if (out->kind == BACKEND_FAILURE && !failure_reason_read(column_bytes(row, 19), &out->reason))
    return store_damaged(store, fault, "a failure has no known reason");
  if (!lines_read(column_bytes(row, 15), arena, &out->headers))
    return store_damaged(store, fault, "an answer's headers can't be read");
  return take_body(store, row, 16, 28, arena, &out->body, fault);
}

bool exchange_take(Store *store, sqlite3_stmt *row, Arena *arena, Exchange *out, Fault *fault) {
  *out = (Exchange){.id = column_copy(row, 1, arena),
                    .name = column_copy(row, 2, arena),
                    .recorded_at = column_copy(row, 3, arena),
                    .operation = column_copy(row, 4, arena),
                    .redactions = column_copy(row, 22, arena),
                    .extra = column_copy(row, 23, arena)};
  if (take_request(store, row, arena, &out->request, fault) &&
      take_answer(store, row, arena, &out->backend, fault) &&
      take_tags(store, sqlite3_column_int64(row, 0), (size_t)sqlite3_column_int64(row, 5), arena, out, fault))
    return true;
  return fault_wrap(fault, "exchange %.*s", TEXT_ARGS(out->id));
}

/* Runs a bound statement that answers one exchange or none. 1, 0, -1. */
static int take_one(Store *store, sqlite3_stmt *get, Arena *arena, Exchange *out, Fault *fault) {
  int state = sqlite3_step(get);
  bool good = state == SQLITE_ROW    ? exchange_take(store, get, arena, out, fault)
              : state == SQLITE_DONE ? true
                                     : store_fault(store, fault, "reading an exchange");
  store_done(get);
  return !good ? -1 : state == SQLITE_ROW;
}

/* ---- in order ---- */

enum { PAGE_ROWS = 256 }; /* a read transaction ends with each page: a writer's log doesn't grow behind it */

struct StoreCursor {
  Store *store;
  sqlite3_stmt *page;
  int64_t last;
  int rows;
};

bool store_select(Store *store, StoreCursor **out, Fault *fault) {
  static const char sql[] = "SELECT " EXCHANGE_COLUMNS "WHERE e.exchange > ?1 ORDER BY e.exchange LIMIT ?2";
  sqlite3_stmt *page = NULL;
  if (sqlite3_prepare_v2(store->database, sql, -1, &page, NULL) != SQLITE_OK)
    return store_fault(store, fault, "reading its tables");
  *out = memory_alloc(sizeof **out);
  **out = (StoreCursor){.store = store, .page = page, .last = INT64_MIN};
  sqlite3_bind_int64(page, 1, INT64_MIN);
  sqlite3_bind_int(page, 2, PAGE_ROWS);
  return true;
}

int store_next(StoreCursor *cursor, Arena *arena, Exchange *out, Fault *fault) {
  int state = sqlite3_step(cursor->page);
  if (state == SQLITE_DONE && cursor->rows == PAGE_ROWS) {
    cursor->rows = 0;
    sqlite3_reset(cursor->page);
    sqlite3_bind_int64(cursor->page, 1, cursor->last);
    state = sqlite3_step(cursor->page);
  }
  if (state == SQLITE_DONE) {
    sqlite3_reset(cursor->page);
    sqlite3_bind_int64(cursor->page, 1, cursor->last);
    return 0;
  }
  if (state != SQLITE_ROW) return store_fault(cursor->store, fault, "reading an exchange") - 1;
  cursor->rows++;
  cursor->last = sqlite3_column_int64(cursor->page, 0);
  return exchange_take(cursor->store, cursor->page, arena, out, fault) ? 1 : -1;
}

void store_cursor_close(StoreCursor *cursor) {
  if (cursor == NULL) return;
  sqlite3_finalize(cursor->page);
  free(cursor);
}

/* ---- finding ---- */

static const char *near_name(Store *store, Text wanted, Arena *arena) {
  enum { NAMES = 2000 };
  sqlite3_stmt *all = NULL;
  const char **names = ARENA_ARRAY(arena, const char *, NAMES);
  size_t count = 0;
  sqlite3_prepare_v2(store->database, "SELECT DISTINCT name FROM exchange WHERE name IS NOT NULL", -1, &all,
                     NULL);
  while (all != NULL && count < NAMES && sqlite3_step(all) == SQLITE_ROW)
    names[count++] = column_copy(all, 0, arena).data;
  sqlite3_finalize(all);
  return text_suggest(wanted, names, count);
}

bool store_find(Store *store, Text id_or_name, Arena *arena, Exchange *out, Fault *fault) {
  static const StatementName ways[] = {STATEMENT_GET_BY_ID, STATEMENT_GET_BY_NAME};
  for (size_t i = 0; i < 2; i++) {
    sqlite3_stmt *get = store_statement(store, ways[i], fault);
    if (get == NULL) return false;
    bind_text(get, 1, id_or_name.data != NULL ? id_or_name : TEXT_EMPTY);
    int found = take_one(store, get, arena, out, fault);
    if (found != 0) return found > 0;
  }
  if (fault == NULL) return false; /* nobody reads a suggestion */
  const char *near = near_name(store, id_or_name, arena);
  if (near != NULL)
    return fault_raise(fault, FAULT_INPUT, "%s has no exchange \"%.*s\" (did you mean \"%s\"?)", store->path,
                       TEXT_ARGS(id_or_name), near);
  return fault_raise(fault, FAULT_INPUT, "%s has no exchange \"%.*s\"", store->path, TEXT_ARGS(id_or_name));
}

int store_find_request(Store *store, const Request *request, Arena *arena, Exchange *out, Fault *fault) {
  unsigned char key[SHA256_SIZE];
  request_key(store, request, arena, key);
  sqlite3_stmt *get = store_statement(store, STATEMENT_GET_BY_REQUEST, fault);
  if (get == NULL) return -1;
  sqlite3_bind_blob(get, 1, key, sizeof key, SQLITE_STATIC);
  return take_one(store, get, arena, out, fault);
}

int store_find_previous(Store *store, const Exchange *exchange, Arena *arena, Exchange *out, Fault *fault) {
  unsigned char key[SHA256_SIZE];
  request_key(store, &exchange->request, arena, key);
  sqlite3_stmt *get = store_statement(store, STATEMENT_GET_BY_NAME_AND_REQUEST, fault);
  if (get == NULL) return -1;
  sqlite3_bind_blob(get, 1, key, sizeof key, SQLITE_STATIC);
  bind_text(get, 2, exchange->name);
  return take_one(store, get, arena, out, fault);
}

bool store_count(Store *store, uint64_t *exchanges, Fault *fault) {
  sqlite3_stmt *count = store_statement(store, STATEMENT_COUNT_EXCHANGES, fault);
  if (count == NULL) return false;
  bool good = sqlite3_step(count) == SQLITE_ROW || store_fault(store, fault, "counting");
  if (good) *exchanges = (uint64_t)sqlite3_column_int64(count, 0);
  store_done(count);
  return good;
}

bool store_count_newer(Store *store, const Exchange *exchange, uint64_t *newer, Fault *fault) {
  sqlite3_stmt *count = store_statement(store, STATEMENT_COUNT_NEWER, fault);
  if (count == NULL) return false;
  bind_text(count, 1, exchange->name);
  bind_text(count, 2, exchange->id);
  bool good = sqlite3_step(count) == SQLITE_ROW || store_fault(store, fault, "counting");
  if (good) *newer = (uint64_t)sqlite3_column_int64(count, 0);
  store_done(count);
  return good;
}

/* 1: found, 0: none, -1: fault. */
static int find_row(Store *store, Text id, int64_t *out, Fault *fault) {
  sqlite3_stmt *find = store_statement(store, STATEMENT_FIND_ID, fault);
  if (find == NULL) return -1;
  bind_text(find, 1, id);
  int state = sqlite3_step(find);
  if (state == SQLITE_ROW) *out = sqlite3_column_int64(find, 0);
  if (state != SQLITE_ROW && state != SQLITE_DONE) store_fault(store, fault, "reading an exchange");
  store_done(find);
  return state == SQLITE_ROW ? 1 : state == SQLITE_DONE ? 0 : -1;
}

int store_has(Store *store, Text id, Fault *fault) {
  int64_t row;
  return find_row(store, id, &row, fault);
}

/* ---- approved responses ---- */

bool store_approve(Store *store, Text exchange_id, const Response *approved, Fault *fault) {
  assert(store->writes);
  int64_t exchange, body;
  int found = find_row(store, exchange_id, &exchange, fault);
  if (found < 0) return false;
  if (found == 0)
    return fault_raise(fault, FAULT_INPUT, "%s has no exchange %.*s", store->path, TEXT_ARGS(exchange_id));
  if (!keep_body(store, approved->body, approved->body.length > 0, &body, fault)) return false;
  sqlite3_stmt *approve = store_statement(store, STATEMENT_APPROVE, fault);
  if (approve == NULL) return false;
  Arena *arena = arena_new(0);
  sqlite3_bind_int64(approve, 1, exchange);
  bind_text(approve, 2, now_text(arena));
  sqlite3_bind_int(approve, 3, approved->status);
  bind_list(approve, 4, &approved->headers, arena);
  bind_row(approve, 5, body);
  bool good = store_run(store, approve, fault, "writing an approved response");
  arena_free(arena);
  return good;
}

int store_approved(Store *store, Text exchange_id, Arena *arena, Response *out, Fault *fault) {
  sqlite3_stmt *get = store_statement(store, STATEMENT_GET_APPROVED, fault);
  if (get == NULL) return -1;
  bind_text(get, 1, exchange_id);
  int state = sqlite3_step(get);
  bool good = state == SQLITE_ROW || state == SQLITE_DONE ||
              store_fault(store, fault, "reading an approved response");
  if (state == SQLITE_ROW) {
    *out = (Response){.status = sqlite3_column_int(get, 0)};
    good = lines_read(column_bytes(get, 1), arena, &out->headers)
               ? take_body(store, get, 2, 3, arena, &out->body, fault)
               : store_damaged(store, fault, "an approved response's headers can't be read");
  }
  store_done(get);
  return !good ? -1 : state == SQLITE_ROW;
}
