/* store: what goes in comes out to the byte; nothing kept is lost; what isn't a recording is refused. */
#include "store/store.h"

#include "harness/base/file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static char folder[64];
static Arena *arena;

static int prepare(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/store_test.XXXXXX");
  if (mkdtemp(folder) == NULL) return -1;
  arena = arena_new(0);
  return 0;
}

static int tidy(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  arena_free(arena);
  return system(command);
}

static const char *path_of(const char *name) {
  return arena_print(arena, "%s/%s", folder, name).data;
}

static Store *open_good(const char *path, StoreMode mode) {
  Store *store = NULL;
  Fault fault = {0};
  if (!store_open(path, mode, &store, &fault)) fail_msg("%s", fault.message);
  return store;
}

static void close_good(Store *store) {
  Fault fault = {0};
  if (!store_close(store, &fault)) fail_msg("%s", fault.message);
}

static void assert_refused(const char *path, StoreMode mode, FaultKind kind, const char *part) {
  Store *store = NULL;
  Fault fault = {0};
  assert_false(store_open(path, mode, &store, &fault));
  assert_int_equal(fault.kind, kind);
  if (strstr(fault.message, part) == NULL) fail_msg("\"%s\" lacks \"%s\"", fault.message, part);
}

static void run_sql(const char *path, const char *sql) {
  sqlite3 *database;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(database);
}

static int64_t ask_number(const char *path, const char *sql) {
  sqlite3 *database;
  sqlite3_stmt *statement;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return number;
}

static Exchange sample(const char *name, Text body) {
  Exchange exchange = {.name = text_from(name), .operation = TEXT("POST /orders/{orderId}")};
  exchange.request = (Request){
      .method = TEXT("POST"), .path = TEXT("/orders/4%2F2"), .body = TEXT("{\"a\":1}"), .has_body = true};
  headers_add(&exchange.request.headers, TEXT("Accept"), TEXT("application/json"), arena);
  headers_add(&exchange.request.query, TEXT("q"), TEXT("1"), arena);
  exchange.backend = (BackendAnswer){.kind = BACKEND_HTTP, .status = 404, .body = body, .duration_ms = 12.5};
  headers_add(&exchange.backend.headers, TEXT("content-TYPE"), TEXT("application/json"), arena);
  return exchange;
}

static void add_good(Store *store, Exchange *exchange) {
  Fault fault = {0};
  if (!store_add(store, exchange, arena, &fault)) fail_msg("%s", fault.message);
}

static void assert_same_text(Text expected, Text actual) {
  assert_int_equal(expected.data == NULL, actual.data == NULL);
  assert_int_equal(expected.length, actual.length);
  if (expected.length > 0) assert_memory_equal(expected.data, actual.data, expected.length);
}

static void assert_same_headers(const Headers *expected, const Headers *actual) {
  assert_int_equal(expected->count, actual->count);
  for (size_t i = 0; i < expected->count; i++) {
    assert_same_text(expected->items[i].name, actual->items[i].name);
    assert_same_text(expected->items[i].value, actual->items[i].value);
  }
}

static void assert_same_exchange(const Exchange *expected, const Exchange *actual) {
  assert_same_text(expected->id, actual->id);
  assert_same_text(expected->name, actual->name);
  assert_same_text(expected->recorded_at, actual->recorded_at);
  assert_same_text(expected->operation, actual->operation);
  assert_same_text(expected->redactions, actual->redactions);
  assert_same_text(expected->extra, actual->extra);
  assert_int_equal(expected->tag_count, actual->tag_count);
  for (size_t i = 0; i < expected->tag_count; i++) assert_same_text(expected->tags[i], actual->tags[i]);
  assert_same_text(expected->request.method, actual->request.method);
  assert_same_text(expected->request.path, actual->request.path);
  assert_same_headers(&expected->request.query, &actual->request.query);
  assert_same_headers(&expected->request.headers, &actual->request.headers);
  assert_int_equal(expected->request.has_body, actual->request.has_body);
  assert_int_equal(expected->request.body.length, actual->request.body.length);
  assert_same_text(expected->request.resource_path, actual->request.resource_path);
  assert_same_headers(&expected->request.path_parameters, &actual->request.path_parameters);
  assert_int_equal(expected->backend.kind, actual->backend.kind);
  assert_int_equal(expected->backend.status, actual->backend.status);
  assert_same_headers(&expected->backend.headers, &actual->backend.headers);
  assert_int_equal(expected->backend.body.length, actual->backend.body.length);
  if (expected->backend.body.length > 0)
    assert_memory_equal(expected->backend.body.data, actual->backend.body.data,
                        expected->backend.body.length);
  assert_same_text(expected->backend.function_error, actual->backend.function_error);
  assert_same_text(expected->backend.log_tail, actual->backend.log_tail);
  assert_int_equal(expected->backend.reason, actual->backend.reason);
  assert_same_text(expected->backend.detail, actual->backend.detail);
  assert_true(expected->backend.duration_ms == actual->backend.duration_ms);
}

/* Everything an exchange can hold, with the bytes that formats like to lose. */
static Exchange strange(void) {
  Exchange exchange = sample("strange \xF0\x9F\x90\xB1", (Text){"\0\xFF\n\x80 bytes", 10});
  Text *tags = ARENA_ARRAY(arena, Text, 2);
  tags[0] = TEXT("checkout");
  tags[1] = TEXT("checkout");
  exchange.tags = tags;
  exchange.tag_count = 2;
  headers_add(&exchange.request.headers, TEXT("X-Empty"), TEXT(""), arena);
  headers_add(&exchange.request.headers, TEXT("a:b\\n\nc"), TEXT(": \\ \n\r\n "), arena);
  headers_add(&exchange.request.headers, TEXT(""), (Text){"\0", 1}, arena);
  headers_add(&exchange.request.query, (Text){"n\0l", 3}, TEXT("\xFF"), arena);
  headers_add(&exchange.backend.headers, TEXT("Set-Cookie"), TEXT("a=1"), arena);
  headers_add(&exchange.backend.headers, TEXT("set-cookie"), TEXT("b=2"), arena);
  exchange.request.resource_path = TEXT("/orders/{orderId}");
  headers_add(&exchange.request.path_parameters, TEXT("orderId"), TEXT("4/2"), arena);
  exchange.redactions = TEXT("[]");
  exchange.extra = TEXT("{\"x\":1.0}");
  return exchange;
}

static void exchanges_come_back_to_the_byte(void **state) {
  (void)state;
  const char *path = path_of("round.db");
  Store *store = open_good(path, STORE_WRITE);
  Exchange raised = sample("raised", TEXT("{\"errorMessage\":\"no\"}"));
  raised.backend.kind = BACKEND_LAMBDA;
  raised.backend.status = 200;
  raised.backend.function_error = TEXT("Unhandled");
  raised.backend.log_tail = TEXT("START\n");
  Exchange silent = sample("silent", TEXT(""));
  silent.backend = (BackendAnswer){
      .kind = BACKEND_FAILURE, .reason = FAILURE_THROTTLED, .detail = TEXT("429"), .duration_ms = -1};
  silent.request.has_body = false;
  silent.request.body = TEXT_EMPTY;
  silent.name = (Text){NULL, 0};
  Exchange exchanges[] = {strange(), raised, silent};
  for (size_t i = 0; i < 3; i++) add_good(store, &exchanges[i]);
  close_good(store);

  store = open_good(path, STORE_READ);
  StoreCursor *cursor;
  assert_true(store_select(store, &cursor, NULL));
  for (size_t i = 0; i < 3; i++) {
    Exchange actual;
    assert_int_equal(store_next(cursor, arena, &actual, NULL), 1);
    assert_same_exchange(&exchanges[i], &actual);
  }
  Exchange actual;
  assert_int_equal(store_next(cursor, arena, &actual, NULL), 0);
  assert_int_equal(store_next(cursor, arena, &actual, NULL), 0);
  store_cursor_close(cursor);
  close_good(store);
}

static void many_exchanges_keep_their_order(void **state) {
  (void)state;
  enum { COUNT = 1000 };
  Store *store = open_good(path_of("many.db"), STORE_WRITE);
  assert_true(store_begin(store, NULL));
  for (int i = 0; i < COUNT; i++) {
    Exchange exchange = sample("one of many", TEXT("x"));
    exchange.backend.status = i;
    add_good(store, &exchange);
  }
  assert_true(store_commit(store, NULL));
  StoreCursor *cursor;
  assert_true(store_select(store, &cursor, NULL));
  Exchange exchange;
  int count = 0;
  Text last = TEXT_EMPTY;
  while (store_next(cursor, arena, &exchange, NULL) == 1) {
    assert_int_equal(exchange.backend.status, count++);
    assert_true(text_compare(last, exchange.id) < 0); /* ids sort by time */
    last = exchange.id;
  }
  assert_int_equal(count, COUNT);
  uint64_t counted;
  assert_true(store_count(store, &counted, NULL));
  assert_int_equal(counted, COUNT);
  store_cursor_close(cursor);
  close_good(store);
}

static void bodies_are_kept_once_and_compressed(void **state) {
  (void)state;
  const char *path = path_of("bodies.db");
  Buffer large = buffer_make(arena, 0);
  for (int i = 0; i < 20000; i++) buffer_print(&large, "{\"item\":%d},", i % 7);
  Store *store = open_good(path, STORE_WRITE);
  Exchange first = sample("large", buffer_text(&large)), second = sample("large too", buffer_text(&large));
  add_good(store, &first);
  add_good(store, &second);
  close_good(store);
  assert_int_equal(ask_number(path, "SELECT count(*) FROM body"), 2); /* the request's, the answer's */
  assert_int_equal(ask_number(path, "SELECT count(*) FROM body WHERE encoding = 'zstd'"), 1);
  assert_true(ask_number(path, "SELECT length(content) FROM body WHERE encoding = 'zstd'") < 10000);
  store = open_good(path, STORE_READ);
  Exchange actual;
  assert_true(store_find(store, TEXT("large too"), arena, &actual, NULL));
  assert_same_exchange(&second, &actual);
  close_good(store);
}

static void a_closed_recording_is_one_file(void **state) {
  (void)state;
  const char *path = path_of("alone.db");
  Store *store = open_good(path, STORE_WRITE);
  Exchange exchange = sample("x", TEXT("y"));
  add_good(store, &exchange);
  assert_true(file_exists(path_of("alone.db-wal")));
  assert_true(file_exists(path_of("alone.db-lock")));
  close_good(store);
  assert_false(file_exists(path_of("alone.db-wal")));
  assert_false(file_exists(path_of("alone.db-shm")));
  assert_false(file_exists(path_of("alone.db-lock")));
  assert_int_equal(ask_number(path, "PRAGMA page_size"), 8192);
  assert_int_equal(ask_number(path, "PRAGMA application_id"), 0x7374716f);
}

static void the_newest_of_a_name_is_found(void **state) {
  (void)state;
  Store *store = open_good(path_of("find.db"), STORE_WRITE);
  Exchange old = sample("order declined", TEXT("old")), new = sample("order declined", TEXT("new"));
  add_good(store, &old);
  add_good(store, &new);
  Exchange actual;
  assert_true(store_find(store, TEXT("order declined"), arena, &actual, NULL));
  assert_same_text(new.id, actual.id);
  assert_true(store_find(store, old.id, arena, &actual, NULL));
  assert_same_text(old.id, actual.id);
  assert_int_equal(store_find_request(store, &old.request, arena, &actual, NULL), 1);
  assert_same_text(new.id, actual.id);
  assert_int_equal(store_find_previous(store, &old, arena, &actual, NULL), 1);
  Exchange other = old;
  other.name = TEXT("another name");
  assert_int_equal(store_find_previous(store, &other, arena, &actual, NULL), 0);
  other.request.method = TEXT("PUT");
  assert_int_equal(store_find_request(store, &other.request, arena, &actual, NULL), 0);
  Fault fault;
  assert_false(store_find(store, TEXT("order declind"), arena, &actual, &fault));
  assert_int_equal(fault.kind, FAULT_INPUT);
  assert_non_null(strstr(fault.message, "did you mean \"order declined\"?"));
  assert_int_equal(store_has(store, old.id, NULL), 1);
  assert_int_equal(store_has(store, TEXT("none"), NULL), 0);
  assert_false(store_add(store, &old, arena, &fault));
  assert_non_null(strstr(fault.message, "already holds"));
  close_good(store);
}

static void approved_responses_replace_each_other(void **state) {
  (void)state;
  Store *store = open_good(path_of("approved.db"), STORE_WRITE);
  Exchange exchange = sample("x", TEXT("y"));
  add_good(store, &exchange);
  Response response = {.status = 201, .body = TEXT("{}")}, actual;
  headers_add(&response.headers, TEXT("X"), TEXT("1"), arena);
  assert_int_equal(store_approved(store, exchange.id, arena, &actual, NULL), 0);
  assert_true(store_approve(store, exchange.id, &response, NULL));
  response.status = 202;
  assert_true(store_approve(store, exchange.id, &response, NULL));
  assert_int_equal(store_approved(store, exchange.id, arena, &actual, NULL), 1);
  assert_int_equal(actual.status, 202);
  assert_same_headers(&response.headers, &actual.headers);
  assert_same_text(response.body, actual.body);
  Fault fault;
  assert_false(store_approve(store, TEXT("nobody"), &response, &fault));
  assert_int_equal(fault.kind, FAULT_INPUT);
  close_good(store);
}

static void a_batch_is_kept_or_not_at_all(void **state) {
  (void)state;
  Store *store = open_good(path_of("batch.db"), STORE_WRITE);
  Exchange kept = sample("kept", TEXT("1")), dropped = sample("dropped", TEXT("2"));
  assert_true(store_begin(store, NULL));
  add_good(store, &kept);
  assert_true(store_commit(store, NULL));
  assert_true(store_begin(store, NULL));
  add_good(store, &dropped);
  store_rollback(store);
  uint64_t count;
  assert_true(store_count(store, &count, NULL));
  assert_int_equal(count, 1);
  close_good(store);
}

static void a_second_writer_is_refused_and_a_reader_is_not(void **state) {
  (void)state;
  const char *path = path_of("writer.db");
  Store *store = open_good(path, STORE_WRITE);
  Exchange exchange = sample("x", TEXT("y"));
  add_good(store, &exchange);
  assert_refused(path, STORE_WRITE, FAULT_SYSTEM, "being written by another statusquo");
  Store *reader = open_good(path, STORE_READ);
  uint64_t count;
  assert_true(store_count(reader, &count, NULL));
  assert_int_equal(count, 1);
  close_good(store); /* with a reader open */
  assert_true(store_count(reader, &count, NULL));
  close_good(reader);
  close_good(open_good(path, STORE_WRITE));
  assert_false(file_exists(path_of("writer.db-wal")));
}

static void what_is_no_recording_is_refused(void **state) {
  (void)state;
  assert_refused(path_of("absent.db"), STORE_READ, FAULT_INPUT, "cannot open");
  assert_false(file_exists(path_of("absent.db")));
  assert_refused(path_of("no/folder.db"), STORE_WRITE, FAULT_INPUT, "No such file");
  const char *text = path_of("text.db");
  assert_true(file_write(text, TEXT("name,value\nthis is no database at all, but long enough\n"), NULL));
  assert_refused(text, STORE_READ, FAULT_INPUT, "not a recording");
  assert_refused(text, STORE_WRITE, FAULT_INPUT, "not a recording");
  const char *empty = path_of("empty.db");
  assert_true(file_write(empty, TEXT(""), NULL));
  assert_refused(empty, STORE_READ, FAULT_INPUT, "it is empty");
  const char *other = path_of("other.db");
  run_sql(other, "CREATE TABLE exchange (id)");
  assert_refused(other, STORE_WRITE, FAULT_INPUT, "another program's");
  assert_int_equal(ask_number(other, "SELECT count(*) FROM sqlite_schema"), 1);
  const char *newer = path_of("newer.db");
  close_good(open_good(newer, STORE_WRITE));
  run_sql(newer, "PRAGMA user_version = 2");
  assert_refused(newer, STORE_READ, FAULT_INPUT, "a newer statusquo is needed");
  assert_refused(newer, STORE_WRITE, FAULT_INPUT, "a newer statusquo is needed");
}

/* Reads all; -1 after a fault, which must say "damaged" or that it is no recording. */
static int read_all(const char *path) {
  Store *store;
  Fault fault = {0};
  Exchange exchange;
  int count = 0, more = -1;
  StoreCursor *cursor = NULL;
  if (!store_open(path, STORE_READ, &store, &fault)) goto refused;
  if (store_select(store, &cursor, &fault))
    while ((more = store_next(cursor, arena, &exchange, &fault)) == 1) count++;
  store_cursor_close(cursor);
  store_close(store, NULL);
  if (more == 0) return count;
refused:
  if (strstr(fault.message, "damaged") == NULL && strstr(fault.message, "is not a recording") == NULL &&
      strstr(fault.message, "is needed") == NULL)
    fail_msg("unclear: %s", fault.message);
  return -1;
}

static void damage_is_reported(void **state) {
  (void)state;
  const char *path = path_of("whole.db"), *broken = path_of("broken.db");
  Store *store = open_good(path, STORE_WRITE);
  Buffer body = buffer_make(arena, 0);
  for (int i = 0; i < 3000; i++) buffer_print(&body, "%d,", i * 7919 % 1000);
  for (int i = 0; i < 20; i++) {
    Exchange exchange = sample("x", arena_print(arena, "%d %.*s", i, 1500 + i * 300, buffer_string(&body)));
    add_good(store, &exchange);
  }
  close_good(store);
  Text whole;
  assert_true(file_read(path, 0, arena, &whole, NULL));
  int reported = 0;
  for (size_t at = 0; at < whole.length; at += 509) {
    char *copy = arena_copy_string(arena, whole);
    memset(copy + at, 0x5A, at + 64 > whole.length ? whole.length - at : 64);
    assert_true(file_write(broken, (Text){copy, whole.length}, NULL));
    reported += read_all(broken) < 0;
  }
  assert_true(reported > 50);
  for (size_t length = 0; length < whole.length; length += 1777) {
    assert_true(file_write(broken, text_slice(whole, 0, length), NULL));
    assert_int_equal(read_all(broken), -1);
  }
}

static void a_changed_body_is_noticed(void **state) {
  (void)state;
  const char *path = path_of("changed.db");
  Store *store = open_good(path, STORE_WRITE);
  Exchange exchange = sample("x", TEXT("true"));
  add_good(store, &exchange);
  close_good(store);
  run_sql(path, "UPDATE body SET content = x'66616c73' WHERE size = 4");
  assert_int_equal(read_all(path), -1);
}

static void count_problem(void *subject, Text problem) {
  assert_true(problem.length > 0);
  (*(int *)subject)++;
}

static void verifying_finds_what_is_wrong(void **state) {
  (void)state;
  const char *path = path_of("verified.db");
  Store *store = open_good(path, STORE_WRITE);
  Exchange first = sample("first", TEXT("true")), second = sample("second", TEXT("more"));
  add_good(store, &first);
  add_good(store, &second);
  assert_true(store_approve(store, first.id, &(Response){.status = 200, .body = TEXT("ok")}, NULL));
  int problems = 0;
  StoreState found;
  store_verify(store, count_problem, &problems, &found);
  assert_int_equal(problems, 0);
  assert_int_equal(found.exchanges, 2);
  assert_int_equal(found.bodies, 4);
  assert_int_equal(found.approved, 1);
  close_good(store);
  run_sql(path, "UPDATE body SET content = x'66616c73' WHERE size = 4 AND content = x'74727565';"
                "UPDATE exchange SET headers = x'6e6f' WHERE name = 'second';"
                "PRAGMA foreign_keys = OFF; DELETE FROM body WHERE size = 2");
  store = open_good(path, STORE_READ);
  store_verify(store, count_problem, &problems, &found);
  assert_int_equal(problems, (int)found.problems);
  assert_true(problems >= 4); /* the body, its exchange, the headers, the reference */
  assert_int_equal(found.exchanges, 2);
  close_good(store);
}

/* A process that records one exchange a batch and dies without closing in the midst of the next one. */
static void record_and_die(const char *path, int batches) {
  Store *store = open_good(path, STORE_WRITE);
  for (int i = 0; i < batches; i++) {
    Exchange exchange = sample("x", TEXT("y"));
    store_begin(store, NULL);
    store_add(store, &exchange, arena, NULL);
    store_commit(store, NULL);
  }
  Exchange exchange = sample("half", TEXT("y"));
  store_begin(store, NULL);
  store_add(store, &exchange, arena, NULL);
  kill(getpid(), SIGKILL);
}

static void a_killed_writer_loses_nothing_committed(void **state) {
  (void)state;
  const char *path = path_of("killed.db");
  pid_t child = fork();
  if (child == 0) record_and_die(path, 25);
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFSIGNALED(status));
  assert_true(file_exists(path_of("killed.db-wal")));
  assert_int_equal(read_all(path), 25);
  close_good(open_good(path, STORE_WRITE)); /* the dead writer's lock holds nobody up */
  assert_int_equal(read_all(path), 25);
  assert_false(file_exists(path_of("killed.db-wal")));
}

/* No file may grow beyond 400 KB: as on a full disk, writing fails somewhere in the middle. */
static void a_full_disk_loses_nothing_committed(void **state) {
  (void)state;
  const char *path = path_of("full.db");
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    Store *store = open_good(path, STORE_WRITE);
    struct rlimit limit = {400 * 1000, 400 * 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    Fault fault = {0};
    for (int kept = 0; kept < 100; kept++) {
      char *body = arena_alloc(arena, 50000);
      for (int i = 0; i < 50000; i++) body[i] = (char)(rand() >> 7);
      Exchange exchange = sample("x", (Text){body, 50000});
      if (store_begin(store, &fault) && store_add(store, &exchange, arena, &fault) &&
          store_commit(store, &fault))
        continue;
      store_rollback(store);
      store_close(store, NULL);
      _exit(fault.kind == FAULT_SYSTEM ? kept : 111);
    }
    _exit(112);
  }
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFEXITED(status));
  assert_in_range(WEXITSTATUS(status), 1, 100);
  assert_int_equal(read_all(path), WEXITSTATUS(status));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exchanges_come_back_to_the_byte),
      cmocka_unit_test(many_exchanges_keep_their_order),
      cmocka_unit_test(bodies_are_kept_once_and_compressed),
      cmocka_unit_test(a_closed_recording_is_one_file),
      cmocka_unit_test(the_newest_of_a_name_is_found),
      cmocka_unit_test(approved_responses_replace_each_other),
      cmocka_unit_test(a_batch_is_kept_or_not_at_all),
      cmocka_unit_test(a_second_writer_is_refused_and_a_reader_is_not),
      cmocka_unit_test(what_is_no_recording_is_refused),
      cmocka_unit_test(damage_is_reported),
      cmocka_unit_test(a_changed_body_is_noticed),
      cmocka_unit_test(verifying_finds_what_is_wrong),
      cmocka_unit_test(a_killed_writer_loses_nothing_committed),
      cmocka_unit_test(a_full_disk_loses_nothing_committed),
  };
  return cmocka_run_group_tests(tests, prepare, tidy);
}
