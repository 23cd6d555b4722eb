/* Opening and closing recordings, transactions, and what SQLite's failures mean to a person. */
#include "store/store_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const statement_texts[] = {
#define SQL(name, sql) sql,
    STORE_STATEMENTS(SQL)
#undef SQL
};

/* ---- faults ---- */

static const char *system_reason(Store *store) {
  int error = sqlite3_system_errno(store->database);
  return error != 0 ? strerror(error) : sqlite3_errmsg(store->database);
}

bool store_fault(Store *store, Fault *fault, const char *doing) {
  const char *path = store->path;
  switch (sqlite3_errcode(store->database) & 0xFF) {
  case SQLITE_NOTADB: return fault_raise(fault, FAULT_INPUT, "%s is not a recording", path);
  case SQLITE_CORRUPT: return store_damaged(store, fault, "%s: %s", doing, sqlite3_errmsg(store->database));
  case SQLITE_FULL: return fault_raise(fault, FAULT_SYSTEM, "%s: %s: no space left on the disk", path, doing);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return fault_raise(fault, FAULT_SYSTEM, "%s: %s: another program is using the recording", path, doing);
  case SQLITE_READONLY:
    return fault_raise(fault, FAULT_SYSTEM, "%s: %s: the file or its folder is read-only", path, doing);
  case SQLITE_TOOBIG:
    return fault_raise(fault, FAULT_LIMIT, "%s: %s: more than %d bytes in one value", path, doing,
                       STORE_BODY_LIMIT);
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
  case SQLITE_AUTH: return fault_raise(fault, FAULT_SYSTEM, "%s: %s: %s", path, doing, system_reason(store));
  case SQLITE_ERROR: /* the schema isn't ours: a table or a column is missing */
    return store_damaged(store, fault, "%s: %s", doing, sqlite3_errmsg(store->database));
  default:
    return fault_raise(fault, FAULT_SYSTEM, "%s: %s: %s", path, doing, sqlite3_errmsg(store->database));
  }
}

bool store_damaged(Store *store, Fault *fault, const char *format, ...) {
  char what[FAULT_MESSAGE_SIZE / 2];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return fault_raise(fault, FAULT_INPUT, "the recording %s is damaged (%s)", store->path, what);
}

/* ---- statements ---- */

sqlite3_stmt *store_statement(Store *store, StatementName name, Fault *fault) {
  sqlite3_stmt **statement = &store->statements[name];
  if (*statement == NULL && sqlite3_prepare_v3(store->database, statement_texts[name], -1,
                                               SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
    store_fault(store, fault, "reading its tables");
    return NULL;
  }
  return *statement;
}

void store_done(sqlite3_stmt *statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

bool store_run(Store *store, sqlite3_stmt *statement, Fault *fault, const char *doing) {
  bool good = sqlite3_step(statement) == SQLITE_DONE || store_fault(store, fault, doing);
  store_done(statement);
  return good;
}

sqlite3_stmt *store_prepare(Store *store, const char *sql, Fault *fault) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK)
    store_fault(store, fault, "reading its tables");
  return statement;
}

static bool execute(Store *store, const char *sql, Fault *fault, const char *doing) {
  return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
         store_fault(store, fault, doing);
}

static bool read_number(Store *store, const char *sql, int64_t *out, Fault *fault) {
  sqlite3_stmt *statement = NULL;
  bool good = sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;
  if (good)
    *out = sqlite3_column_int64(statement, 0);
  else
    store_fault(store, fault, "opening it");
  sqlite3_finalize(statement);
  return good;
}

/* ---- opening ---- */

/* A recording may come from anywhere: nothing in its schema may run code of its own. */
static void distrust(sqlite3 *database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, STORE_BODY_LIMIT);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

bool store_set_meta(Store *store, Text key, Text value, Fault *fault) {
  sqlite3_stmt *add = store_statement(store, STATEMENT_ADD_META, fault);
  if (add == NULL) return false;
  bind_text(add, 1, key);
  bind_text(add, 2, value);
  return store_run(store, add, fault, "writing what is true of it");
}

static bool write_schema(Store *store, Fault *fault) {
  Arena *arena = arena_new(0);
  uint64_t now = clock_milliseconds();
  const Text rows[][2] = {
      {TEXT("recording"), exchange_new_id(now, arena)},
      {TEXT("created_at"), time_print(now, arena)},
      {TEXT("created_by"), TEXT("statusquo " STATUSQUO_VERSION)},
  };
  bool good = execute(store, (const char *)store_schema, fault, "creating it");
  for (size_t i = 0; good && i < sizeof rows / sizeof *rows; i++)
    good = store_set_meta(store, rows[i][0], rows[i][1], fault);
  arena_free(arena);
  return good;
}

static bool create_schema(Store *store, Fault *fault) {
  if (!execute(store, "BEGIN IMMEDIATE", fault, "creating it")) return false;
  if (write_schema(store, fault) && execute(store, "COMMIT", fault, "creating it")) return true;
  sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
  return false;
}

/* Whose file is it, and of which version? Nothing was written so far. */
static bool check_identity(Store *store, Fault *fault) {
  int64_t application = 0, version = 0, tables = 0;
  if (!read_number(store, "SELECT count(*) FROM sqlite_schema", &tables, fault) ||
      !read_number(store, "PRAGMA application_id", &application, fault) ||
      !read_number(store, "PRAGMA user_version", &version, fault))
    return false;
  if (application == 0 && version == 0 && tables == 0 && store->writes) return create_schema(store, fault);
  if (application != STORE_APPLICATION)
    return fault_raise(fault, FAULT_INPUT, "%s is not a recording%s", store->path,
                       tables == 0 ? " (it is empty)" : " (another program's SQLite database)");
  if (version > STORE_VERSION)
    return fault_raise(fault, FAULT_INPUT,
                       "%s is a recording of version %lld; this program knows version %d: a newer statusquo "
                       "is needed",
                       store->path, (long long)version, STORE_VERSION);
  if (version < 1) return store_damaged(store, fault, "it has no version");
  return true;
}

static bool configure(Store *store, Fault *fault) {
  char pragmas[256];
  snprintf(pragmas, sizeof pragmas,
           "PRAGMA page_size = %d; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16000;", STORE_PAGE);
  if (!execute(store, pragmas, fault, "opening it")) return false;
  if (!store->writes) return execute(store, "PRAGMA query_only = ON", fault, "opening it");
  return true;
}

/* The write-ahead log makes a batch cheap and lets others read meanwhile; where the file system can't have
 * one, SQLite stays with its journal. */
static bool prepare_writing(Store *store, Fault *fault) {
  return execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", fault, "preparing to write");
}

static Store *store_new(const char *path, StoreMode mode) {
  Store *store = memory_alloc(sizeof *store);
  *store = (Store){.writes = mode == STORE_WRITE, .lock = -1};
  store->path = memory_alloc(strlen(path) + 1);
  memcpy(store->path, path, strlen(path) + 1);
  store->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  store->digest = EVP_MD_CTX_new();
  store->compressor = ZSTD_createCCtx();
  store->decompressor = ZSTD_createDCtx();
  if (store->sha256 == NULL || store->digest == NULL || store->compressor == NULL ||
      store->decompressor == NULL)
    abort(); /* no memory */
  ZSTD_CCtx_setParameter(store->compressor, ZSTD_c_compressionLevel, 3);
  ZSTD_CCtx_setParameter(store->compressor, ZSTD_c_checksumFlag, 1);
  return store;
}

static void release(Store *store) {
  for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(store->statements[i]);
  sqlite3_close(store->database);
  store_unlock(store);
  EVP_MD_free(store->sha256);
  EVP_MD_CTX_free(store->digest);
  ZSTD_freeCCtx(store->compressor);
  ZSTD_freeDCtx(store->decompressor);
  free(store->path);
  free(store);
}

static bool open_file(Store *store, Fault *fault) {
  int flags = store->writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  FILE *probe = store->writes ? NULL : fopen(store->path, "rb");
  if (!store->writes && probe == NULL)
    return fault_raise(fault, errno == ENOENT || errno == ENOTDIR ? FAULT_INPUT : FAULT_SYSTEM,
                       "cannot open the recording %s: %s", store->path, strerror(errno));
  if (probe != NULL) fclose(probe);
  if (sqlite3_open_v2(store->path, &store->database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      NULL) != SQLITE_OK)
    return store_fault(store, fault, "opening it");
  distrust(store->database);
  sqlite3_busy_timeout(store->database, STORE_BUSY_MS);
  return true;
}

bool store_open(const char *path, StoreMode mode, Store **out, Fault *fault) {
  if (*path == '\0') return fault_raise(fault, FAULT_USAGE, "the name of a recording is empty");
  Store *store = store_new(path, mode);
  if ((!store->writes || store_lock(store, fault)) && open_file(store, fault) && configure(store, fault) &&
      check_identity(store, fault) && (!store->writes || prepare_writing(store, fault))) {
    *out = store;
    return true;
  }
  release(store);
  return false;
}

/* ---- closing ---- */

/* Everything from the log into the file, and the log away. Readers may keep the log in place: then nothing is
 * lost, and the next writer tidies up. */
bool store_settle(Store *store, Fault *fault) {
  sqlite3_busy_timeout(store->database, 500);
  int state = sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (state != SQLITE_OK && (state & 0xFF) != SQLITE_BUSY) {
    store_fault(store, fault, "closing it");
    return fault_wrap(fault, "everything recorded is kept in %s-wal, which belongs to it", store->path);
  }
  sqlite3_exec(store->database, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
  return true;
}

bool store_close(Store *store, Fault *fault) {
  if (store == NULL) return true;
  if (store->in_batch) store_rollback(store);
  for (size_t i = 0; i < STATEMENT_COUNT; i++) {
    sqlite3_finalize(store->statements[i]);
    store->statements[i] = NULL;
  }
  bool good = !store->writes || store_settle(store, fault);
  release(store);
  return good;
}

/* ---- batches ---- */

bool store_begin(Store *store, Fault *fault) {
  assert(store->writes && !store->in_batch);
  sqlite3_stmt *begin = store_statement(store, STATEMENT_BEGIN, fault);
  store->in_batch = begin != NULL && store_run(store, begin, fault, "beginning to write");
  return store->in_batch;
}

bool store_commit(Store *store, Fault *fault) {
  assert(store->in_batch);
  sqlite3_stmt *commit = store_statement(store, STATEMENT_COMMIT, fault);
  if (commit != NULL && store_run(store, commit, fault, "writing")) {
    store->in_batch = false;
    return true;
  }
  store_rollback(store);
  return false;
}

void store_rollback(Store *store) {
  store->in_batch = false;
  if (sqlite3_get_autocommit(store->database)) return; /* SQLite did it by itself */
  sqlite3_stmt *rollback = store_statement(store, STATEMENT_ROLLBACK, NULL);
  if (rollback != NULL) store_run(store, rollback, NULL, "rolling back");
}

bool store_start_run(Store *store, Text command, Fault *fault) {
  sqlite3_stmt *add = store_statement(store, STATEMENT_ADD_RUN, fault);
  if (add == NULL) return false;
  Arena *arena = arena_new(0);
  bind_text(add, 1, time_print(clock_milliseconds(), arena));
  bind_text(add, 2, TEXT("statusquo " STATUSQUO_VERSION));
  bind_text(add, 3, command);
  bool good = store_run(store, add, fault, "writing");
  if (good) store->run = sqlite3_last_insert_rowid(store->database);
  arena_free(arena);
  return good;
}

bool store_meta(Store *store, Text key, Arena *arena, Text *out, Fault *fault) {
  sqlite3_stmt *get = store_statement(store, STATEMENT_GET_META, fault);
  if (get == NULL) return false;
  bind_text(get, 1, key);
  int state = sqlite3_step(get);
  *out = state == SQLITE_ROW ? column_copy(get, 0, arena) : (Text){NULL, 0};
  bool good = state == SQLITE_ROW || state == SQLITE_DONE || store_fault(store, fault, "reading");
  store_done(get);
  return good;
}
