/* What the files of the store share; nobody else includes it. */
#ifndef STATUSQUO_STORE_PARTS_H
#define STATUSQUO_STORE_PARTS_H

#include "store/store.h"

#include <openssl/evp.h>
#include <sqlite3.h>
#include <zstd.h>

enum {
  STORE_APPLICATION = 0x7374716f, /* "stqo" */
  STORE_VERSION = 1,
  STORE_PAGE = 8192,
  STORE_BUSY_MS = 5000,
  STORE_BODY_LIMIT = 1000 * 1000 * 1000, /* SQLite's own limit of one value */
  SHA256_SIZE = 32,
};

/* Columns that read_exchange expects, in its order. */
#define EXCHANGE_COLUMNS                                                                                     \
  "e.exchange, e.id, e.name, e.recorded_at, e.operation, e.tags, e.method, e.path, e.query, "                \
  "e.request_headers, e.request_body, e.resource_path, e.path_parameters, e.backend, e.status, e.headers, "  \
  "e.response_body, e.function_error, e.log_tail, e.failure, e.detail, e.duration_ms, e.redactions, "        \
  "e.extra, q.sha256, q.size, q.encoding, q.content, r.sha256, r.size, r.encoding, r.content "               \
  "FROM exchange e LEFT JOIN body q ON q.body = e.request_body LEFT JOIN body r ON r.body = "                \
  "e.response_body "

/* Every statement that is prepared once and used again. */
#define STORE_STATEMENTS(X)                                                                                  \
  X(BEGIN, "BEGIN IMMEDIATE")                                                                                \
  X(COMMIT, "COMMIT")                                                                                        \
  X(ROLLBACK, "ROLLBACK")                                                                                    \
  X(FIND_BODY, "SELECT body FROM body WHERE sha256 = ?1")                                                    \
  X(ADD_BODY, "INSERT INTO body (sha256, size, encoding, content) VALUES (?1, ?2, ?3, ?4)")                  \
  X(ADD_RUN, "INSERT INTO run (started_at, program, command) VALUES (?1, ?2, ?3)")                           \
  X(ADD_TAG, "INSERT INTO tag (exchange, position, tag) VALUES (?1, ?2, ?3)")                                \
  X(GET_TAGS, "SELECT tag FROM tag WHERE exchange = ?1 ORDER BY position")                                   \
  X(ADD_EXCHANGE,                                                                                            \
    "INSERT INTO exchange (id, name, recorded_at, run, operation, tags, method, path, query, "               \
    "request_headers, request_body, request_key, resource_path, path_parameters, backend, status, headers, " \
    "response_body, function_error, log_tail, failure, detail, duration_ms, redactions, extra) VALUES "      \
    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, "      \
    "?22, ?23, ?24, ?25)")                                                                                   \
  X(FIND_ID, "SELECT exchange FROM exchange WHERE id = ?1")                                                  \
  X(GET_BY_ID, "SELECT " EXCHANGE_COLUMNS "WHERE e.id = ?1")                                                 \
  X(GET_BY_NAME, "SELECT " EXCHANGE_COLUMNS "WHERE e.name = ?1 ORDER BY e.exchange DESC LIMIT 1")            \
  X(GET_BY_REQUEST, "SELECT " EXCHANGE_COLUMNS "WHERE e.request_key = ?1 ORDER BY e.exchange DESC LIMIT 1")  \
  X(GET_BY_NAME_AND_REQUEST,                                                                                 \
    "SELECT " EXCHANGE_COLUMNS "WHERE e.request_key = ?1 AND e.name IS ?2 ORDER BY e.exchange DESC LIMIT 1") \
  X(COUNT_EXCHANGES, "SELECT count(*) FROM exchange")                                                        \
  X(COUNT_NEWER, "SELECT count(*) FROM exchange WHERE name = ?1 AND exchange > "                             \
                 "(SELECT exchange FROM exchange WHERE id = ?2)")                                            \
  X(APPROVE,                                                                                                 \
    "INSERT INTO approved (exchange, approved_at, status, headers, body) VALUES (?1, ?2, ?3, ?4, ?5) "       \
    "ON CONFLICT (exchange) DO UPDATE SET approved_at = ?2, status = ?3, headers = ?4, body = ?5")           \
  X(GET_APPROVED,                                                                                            \
    "SELECT a.status, a.headers, a.body, b.sha256, b.size, b.encoding, b.content FROM approved a "           \
    "LEFT JOIN body b ON b.body = a.body WHERE a.exchange = "                                                \
    "(SELECT exchange FROM exchange WHERE id = ?1)")                                                         \
  X(GET_META, "SELECT value FROM meta WHERE key = ?1")                                                       \
  X(ADD_META, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")

typedef enum StatementName {
#define NAME(name, sql) STATEMENT_##name,
  STORE_STATEMENTS(NAME)
#undef NAME
      STATEMENT_COUNT
} StatementName;

struct Store {
  sqlite3 *database;
  char *path;
  bool writes;
  bool in_batch;
  int lock; /* of the one writer; -1: none */
  char *lock_path;
  int64_t run; /* 0: none was started */
  sqlite3_stmt *statements[STATEMENT_COUNT];
  EVP_MD *sha256;
  EVP_MD_CTX *digest;
  ZSTD_CCtx *compressor;
  ZSTD_DCtx *decompressor;
};

/* store.c: every failure of SQLite becomes a fault here. */
bool store_fault(Store *store, Fault *fault, const char *doing);
bool store_damaged(Store *store, Fault *fault, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A statement ready to be bound, or NULL with a fault; give it back with store_done. */
sqlite3_stmt *store_statement(Store *store, StatementName name, Fault *fault);
void store_done(sqlite3_stmt *statement);
/* Steps a statement that answers no rows and gives it back. */
bool store_run(Store *store, sqlite3_stmt *statement, Fault *fault, const char *doing);

/* lock.c */
bool store_lock(Store *store, Fault *fault);
void store_unlock(Store *store);

/* body.c */
void digest_bytes(Store *store, Text bytes, unsigned char out[SHA256_SIZE]);
/* The number of a body's row, which is added when there is none. */
bool body_keep(Store *store, Text bytes, int64_t *out, Fault *fault);
/* Reads the columns sha256, size, encoding, content from `column` on. */
bool body_take(Store *store, sqlite3_stmt *row, int column, Arena *arena, Text *out, Fault *fault);

/* lines.c: names and values as lines. */
void lines_write(const Headers *headers, Buffer *out);
bool lines_read(Text lines, Arena *arena, Headers *out);

/* rows.c */
void bind_text(sqlite3_stmt *statement, int parameter, Text text);
void bind_blob(sqlite3_stmt *statement, int parameter, Text bytes);
/* data NULL where the column is NULL. */
Text column_copy(sqlite3_stmt *row, int column, Arena *arena);
bool exchange_take(Store *store, sqlite3_stmt *row, Arena *arena, Exchange *out, Fault *fault);

/* A statement that is needed once. */
sqlite3_stmt *store_prepare(Store *store, const char *sql, Fault *fault);

extern const unsigned char store_schema[]; /* schema.sql, embedded by the build; ends in a NUL */

#endif
