/* The approved responses as one text file that a review can read. The recording stays the truth: this is
 * written from it, whole, and in an order that recording again doesn't change. */
#include "harness/base/utf8.h"
#include "harness/diff/json_scanner.h"
#include "harness/replay/approve.h"

#include <stdlib.h>
#include <string.h>

const char *approved_text_path(const char *spec, Arena *arena) {
  static const char *const endings[] = {".yaml", ".yml", ".json"};
  Text path = text_from(spec);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (text_ends(path, text_from(endings[i]))) {
      path = text_slice(path, 0, path.length - strlen(endings[i]));
      break;
    }
  return arena_print(arena, "%.*s.approved.txt", TEXT_ARGS(path)).data;
}

/* ---- bodies ---- */

enum { TEXT_DEPTH = 64 }; /* deeper lines aren't indented further */

static void write_indent(Buffer *out, size_t depth) {
  buffer_append_char(out, '\n');
  for (size_t i = 0; i <= depth && i < TEXT_DEPTH; i++) buffer_append_string(out, "  ");
}

static bool is_empty_so_far(const Buffer *out) {
  char last = out->length > 0 ? out->data[out->length - 1] : '\0';
  return last == '{' || last == '[';
}

/* One member or item a line, each token as it was sent. */
static void lay_out(Text json, Buffer *out) {
  size_t depth = 0;
  bool quoted = false, escaped = false;
  for (size_t i = 0; i < json.length; i++) {
    char byte = json.data[i];
    if (quoted) {
      buffer_append_char(out, byte);
      if (!escaped && byte == '"') quoted = false;
      escaped = !escaped && byte == '\\';
      continue;
    }
    if (strchr(" \t\r\n", byte) != NULL) continue;
    bool closes = byte == '}' || byte == ']';
    if (closes) depth--;
    if (closes != is_empty_so_far(out) && (closes || depth > 0)) write_indent(out, depth);
    buffer_append_char(out, byte);
    if (byte == '{' || byte == '[') depth++;
    if (byte == ',') write_indent(out, depth);
    if (byte == ':') buffer_append_char(out, ' ');
    if (byte == '"') quoted = true;
  }
}

/* False: no JSON, and nothing was written. */
static bool write_json_body(Text body, Buffer *out, Arena *arena) {
  JsonIndex index;
  Text json = text_trim(body);
  if (!text_starts(json, TEXT("{")) && !text_starts(json, TEXT("["))) return false;
  if (!json_index(body, arena, &index)) return false;
  Buffer lines = buffer_make(arena, 0);
  lay_out(json, &lines);
  buffer_append_string(out, "  ");
  append_visible(out, buffer_text(&lines));
  buffer_append_char(out, '\n');
  return true;
}

static void write_body(Text body, Buffer *out, Arena *arena) {
  if (body.length == 0 || write_json_body(body, out, arena)) return;
  if (!utf8_is_valid(body)) {
    buffer_print(out, "  (%zu bytes, fnv1a %016llx)\n", body.length, (unsigned long long)text_hash(body));
    return;
  }
  for (Text rest = body; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    if (rest.data == NULL && line.length == 0) break; /* the last line had an end */
    buffer_append_string(out, "  ");
    append_visible(out, line);
    buffer_append_string(out, rest.data == NULL ? "\n  (no newline at the end)\n" : "\n");
  }
}

/* ---- blocks ---- */

typedef struct Block {
  Text operation, name, id;
  Text text;
} Block;

static int by_operation(const void *left, const void *right) {
  const Block *first = left, *second = right;
  int order = text_compare(first->operation, second->operation);
  if (order == 0) order = text_compare(first->name, second->name);
  return order != 0 ? order : text_compare(first->id, second->id);
}

static Text block_text(const Exchange *exchange, Text operation, const Response *approved, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  Text name = exchange->name.data != NULL ? exchange->name : exchange->id;
  const BackendAnswer *backend = &exchange->backend;
  buffer_append_string(&out, "== ");
  append_visible(&out, operation);
  buffer_append_string(&out, " · ");
  append_visible(&out, name);
  buffer_append_string(&out, "\n");
  append_visible(&out, exchange->request.method);
  buffer_append_char(&out, ' ');
  append_visible(&out, request_target(&exchange->request, arena));
  buffer_print(&out, "\nbackend %s", backend_kind_name(backend->kind));
  if (backend->kind == BACKEND_HTTP) buffer_print(&out, " %d", backend->status);
  if (backend->kind == BACKEND_FAILURE) buffer_print(&out, " %s", failure_reason_name(backend->reason));
  if (backend->function_error.data != NULL)
    buffer_print(&out, " error %.*s", TEXT_ARGS(backend->function_error));
  buffer_print(&out, "\nclient %d\n", approved->status);
  for (size_t i = 0; i < approved->headers.count; i++) {
    const Header *header = &approved->headers.items[i];
    if (diff_header_is_generated(header->name)) continue;
    append_visible(&out, header->name);
    buffer_append_string(&out, ": ");
    append_visible(&out, header->value);
    buffer_append_char(&out, '\n');
  }
  write_body(approved->body, &out, arena);
  return buffer_text(&out);
}

typedef struct Blocks {
  Block *items;
  size_t count, capacity;
  Arena *arena;
} Blocks;

static void add_block(Blocks *blocks, Block block) {
  if (blocks->count == blocks->capacity) {
    size_t capacity = blocks->capacity == 0 ? 64 : blocks->capacity * 2;
    blocks->items =
        arena_resize(blocks->arena, blocks->items, blocks->count * sizeof(Block), capacity * sizeof(Block));
    blocks->capacity = capacity;
  }
  blocks->items[blocks->count++] = block;
}

/* The operation of this spec that the exchange goes through; data NULL: another spec's business. */
static Text operation_of(const Spec *spec, const Exchange *exchange, Arena *arena) {
  const Operation *operation = NULL;
  Headers parameters = {0};
  if (spec->definition == NULL) return (Text){NULL, 0};
  if (definition_route(spec->definition, exchange->request.method, exchange->request.path, arena, &operation,
                       &parameters) != ROUTE_FOUND)
    operation =
        exchange->operation.data != NULL ? definition_operation(spec->definition, exchange->operation) : NULL;
  return operation != NULL ? operation_name(operation, arena) : (Text){NULL, 0};
}

static bool read_store(const Spec *spec, Store *store, Blocks *blocks, Fault *fault) {
  StoreCursor *cursor = NULL;
  if (!store_select(store, &cursor, fault)) return false;
  Arena *passing = arena_new(0);
  int more = 1;
  while (more > 0) {
    Exchange exchange;
    Response approved;
    arena_reset(passing);
    more = store_next(cursor, passing, &exchange, fault);
    if (more <= 0) break;
    Text operation = operation_of(spec, &exchange, passing);
    int known = operation.data != NULL ? store_approved(store, exchange.id, passing, &approved, fault) : 0;
    if (known < 0) more = -1;
    if (known <= 0) continue;
    Text name = exchange.name.data != NULL ? exchange.name : exchange.id;
    Text text = block_text(&exchange, operation, &approved, passing);
    add_block(blocks,
              (Block){arena_copy_text(blocks->arena, operation), arena_copy_text(blocks->arena, name),
                      arena_copy_text(blocks->arena, exchange.id), arena_copy_text(blocks->arena, text)});
  }
  store_cursor_close(cursor);
  arena_free(passing);
  return more == 0;
}

bool approved_text_write(const Spec *spec, Store *const *stores, size_t store_count, Arena *arena,
                         Buffer *out, size_t *count, Fault *fault) {
  Blocks blocks = {.arena = arena};
  for (size_t i = 0; i < store_count; i++)
    if (!read_store(spec, stores[i], &blocks, fault)) return false;
  if (blocks.count > 1) qsort(blocks.items, blocks.count, sizeof(Block), by_operation);
  const char *slash = strrchr(spec->file, '/');
  buffer_print(out, "# Approved responses of what was recorded for %s.\n",
               slash != NULL ? slash + 1 : spec->file);
  buffer_append_string(out,
                       "# Written by `statusquo approve`, for reviews: JSON is laid out, what the gateway\n"
                       "# generates is left out. The recording holds the bytes.\n");
  for (size_t i = 0; i < blocks.count; i++) {
    buffer_append_char(out, '\n');
    buffer_append(out, blocks.items[i].text);
  }
  *count = blocks.count;
  return true;
}
