/* Bodies: each kept once, found by its sha256, compressed when that pays, checked whenever it is read. */
#include "store/store_parts.h"

#include <assert.h>
#include <string.h>

enum {
  COMPRESS_FROM = 2048, /* smaller bodies: the time to unpack is worth more than the bytes */
  COMPRESS_GAIN = 8,    /* it pays when at least an eighth is saved */
};

void digest_bytes(Store *store, Text bytes, unsigned char out[SHA256_SIZE]) {
  bool good = EVP_DigestInit_ex2(store->digest, store->sha256, NULL) == 1 &&
              EVP_DigestUpdate(store->digest, bytes.data, bytes.length) == 1 &&
              EVP_DigestFinal_ex(store->digest, out, NULL) == 1;
  assert(good);
  (void)good;
}

/* 1: found, 0: none, -1: fault. */
static int find_body(Store *store, const unsigned char *sha256, int64_t *out, Fault *fault) {
  sqlite3_stmt *find = store_statement(store, STATEMENT_FIND_BODY, fault);
  if (find == NULL) return -1;
  sqlite3_bind_blob(find, 1, sha256, SHA256_SIZE, SQLITE_STATIC);
  int state = sqlite3_step(find);
  if (state == SQLITE_ROW) *out = sqlite3_column_int64(find, 0);
  if (state != SQLITE_ROW && state != SQLITE_DONE) store_fault(store, fault, "looking for a body");
  store_done(find);
  return state == SQLITE_ROW ? 1 : state == SQLITE_DONE ? 0 : -1;
}

/* The compressed form, or the bytes themselves when it wouldn't pay. */
static Text compress(Store *store, Text bytes, Arena *arena) {
  if (bytes.length < COMPRESS_FROM) return bytes;
  size_t room = bytes.length - bytes.length / COMPRESS_GAIN;
  char *packed = arena_alloc(arena, room);
  size_t length = ZSTD_compress2(store->compressor, packed, room, bytes.data, bytes.length);
  return ZSTD_isError(length) ? bytes : (Text){packed, length};
}

static bool add_body(Store *store, Text bytes, const unsigned char *sha256, Fault *fault) {
  sqlite3_stmt *add = store_statement(store, STATEMENT_ADD_BODY, fault);
  if (add == NULL) return false;
  Arena *arena = arena_new(0);
  Text content = compress(store, bytes, arena);
  sqlite3_bind_blob(add, 1, sha256, SHA256_SIZE, SQLITE_STATIC);
  sqlite3_bind_int64(add, 2, (sqlite3_int64)bytes.length);
  sqlite3_bind_text(add, 3, content.data == bytes.data ? "raw" : "zstd", -1, SQLITE_STATIC);
  bind_blob(add, 4, content);
  bool good = store_run(store, add, fault, "writing a body");
  arena_free(arena);
  return good;
}

bool body_keep(Store *store, Text bytes, int64_t *out, Fault *fault) {
  if (bytes.length > STORE_BODY_LIMIT / 2)
    return fault_raise(fault, FAULT_LIMIT, "a body of %zu bytes is too large to be recorded", bytes.length);
  unsigned char sha256[SHA256_SIZE];
  digest_bytes(store, bytes, sha256);
  int found = find_body(store, sha256, out, fault);
  if (found != 0) return found > 0;
  if (!add_body(store, bytes, sha256, fault)) return false;
  *out = sqlite3_last_insert_rowid(store->database);
  return true;
}

static bool unpack(Store *store, Text content, size_t size, Arena *arena, Text *out) {
  if (size > STORE_BODY_LIMIT || ZSTD_getFrameContentSize(content.data, content.length) != size) return false;
  char *bytes = arena_alloc(arena, size + 1);
  if (ZSTD_decompressDCtx(store->decompressor, bytes, size, content.data, content.length) != size)
    return false;
  bytes[size] = '\0';
  *out = (Text){bytes, size};
  return true;
}

/* A raw body is held against its sha256; a compressed one carries a checksum that unpacking has looked at. */
bool body_take(Store *store, sqlite3_stmt *row, int column, Arena *arena, Text *out, Fault *fault) {
  const void *sha256 = sqlite3_column_blob(row, column);
  int64_t size = sqlite3_column_int64(row, column + 1);
  const char *encoding = (const char *)sqlite3_column_text(row, column + 2);
  Text content = {sqlite3_column_blob(row, column + 3), (size_t)sqlite3_column_bytes(row, column + 3)};
  bool whole = sha256 != NULL && sqlite3_column_bytes(row, column) == SHA256_SIZE && encoding != NULL;
  if (whole && strcmp(encoding, "zstd") == 0) {
    whole = size >= 0 && unpack(store, content, (size_t)size, arena, out);
  } else if (whole) {
    unsigned char actual[SHA256_SIZE];
    digest_bytes(store, content, actual);
    whole = (int64_t)content.length == size && memcmp(actual, sha256, SHA256_SIZE) == 0;
    if (whole) *out = arena_copy_text(arena, content);
  }
  return whole || store_damaged(store, fault, "a body isn't what was recorded");
}
