/* export FORMAT: exchanges of recordings, for other programs. */
#include "harness/cli/options.h"
#include "harness/cli/output.h"
#include "harness/cli/verbs.h"
#include "store/formats.h"
#include "store/store.h"

#include <string.h>

typedef struct Writer {
  const char *name;
  void (*start)(Buffer *out);
  void (*write)(const Exchange *exchange, bool *first, Buffer *out);
  void (*end)(Buffer *out);
} Writer;

static void write_nothing(Buffer *out) {
  (void)out;
}

static void write_line(const Exchange *exchange, bool *first, Buffer *out) {
  *first = false;
  exchange_write(exchange, out);
  buffer_append_char(out, '\n');
}

static const Writer writers[] = {{"ndjson", write_nothing, write_line, write_nothing},
                                 {"har", har_start, har_write, har_end}};

static bool export_store(Store *store, const Writer *writer, bool *first, Output *output, Fault *fault) {
  StoreCursor *cursor;
  Exchange exchange;
  int more = -1;
  if (!store_select(store, &cursor, fault)) return false;
  Arena *arena = arena_new(0);
  while ((more = store_next(cursor, arena, &exchange, fault)) == 1) {
    writer->write(&exchange, first, &output->buffer);
    arena_reset(arena);
    if (!output_flush(output, false, fault)) break;
  }
  store_cursor_close(cursor);
  arena_free(arena);
  return more == 0;
}

static bool export_named(Store *store, const OptionList *names, const Writer *writer, bool *first,
                         Output *output, Fault *fault) {
  Arena *arena = arena_new(0);
  bool good = true;
  for (size_t i = 0; good && i < names->count; i++) {
    Exchange exchange;
    good = store_find(store, text_from(names->items[i]), arena, &exchange, fault);
    if (good) writer->write(&exchange, first, &output->buffer);
  }
  arena_free(arena);
  return good;
}

static bool export_all(const OptionList *recordings, const OptionList *names, const Writer *writer,
                       Output *output, Fault *fault) {
  bool first = true;
  writer->start(&output->buffer);
  for (size_t i = 0; i < recordings->count; i++) {
    Store *store;
    if (!store_open(recordings->items[i], STORE_READ, &store, fault)) return false;
    bool good = names->count > 0 ? export_named(store, names, writer, &first, output, fault)
                                 : export_store(store, writer, &first, output, fault);
    store_close(store, NULL);
    if (!good) return false;
  }
  writer->end(&output->buffer);
  return true;
}

static const Writer *find_writer(const Usage *usage, const char *name, int *status) {
  static const char *const names[] = {"ndjson", "har"};
  for (size_t i = 0; i < OPTION_COUNT(writers); i++)
    if (strcmp(name, writers[i].name) == 0) return &writers[i];
  const char *near = text_suggest(text_from(name), names, OPTION_COUNT(names));
  *status = options_refuse(usage, "unknown format \"%s\" (ndjson or har%s%s%s)", name,
                           near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                           near != NULL ? "\"?" : "");
  return NULL;
}

static int export_to(const char *path, const OptionList *recordings, const OptionList *names,
                     const Writer *writer, Arena *arena) {
  Output output;
  Fault fault, late;
  if (!output_open(path, arena, &output, &fault)) return console_fault(&fault);
  bool good = export_all(recordings, names, writer, &output, &fault);
  if (!output_close(&output, good, &late) && good) {
    fault = late;
    good = false;
  }
  return good ? EXIT_AS_EXPECTED : (int)console_fault(&fault);
}

int export_main(int argc, char **argv) {
  const char *path = NULL;
  OptionList recordings = {0}, operands = {0};
  const Option options[] = {
      {OPTION_LIST, 0, "recordings", "FILE", "a recording (repeatable)", .target = &recordings},
      {OPTION_TEXT, 'o', "output", "FILE", "write there instead of to standard output", .target = &path},
  };
  const Usage usage = {
      .verb = "export",
      .operands = "FORMAT [EXCHANGE…]",
      .least = 1,
      .most = OPERANDS_ANY,
      .description = "Writes exchanges, all or those named by id or name: ndjson (one a line, nothing\n"
                     "lost) or har (for browsers and other tools).",
      .examples = "statusquo export ndjson --recordings pets.db > pets.ndjson\n"
                  "statusquo export har \"order declined\" --recordings pets.db -o order.har",
      .options = options,
      .option_count = OPTION_COUNT(options)};
  Arena *arena = arena_new(0);
  int status;
  if (!options_parse(&usage, argc, argv, arena, &operands, &status)) goto done;
  const Writer *writer = find_writer(&usage, operands.items[0], &status);
  if (writer == NULL) goto done;
  if (recordings.count == 0) {
    status = options_refuse(&usage, "export which recording? --recordings FILE");
  } else {
    const OptionList names = {operands.items + 1, operands.count - 1};
    status = export_to(path, &recordings, &names, writer, arena);
  }
done:
  arena_free(arena);
  return status;
}
