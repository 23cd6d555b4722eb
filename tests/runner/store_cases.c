/* Cases of other forms of exchanges: `ndjson`, `har` or `execution-log` is the file; `output` is what was
 * read from it as NDJSON (ids left out, they hold chance), `fault` all mistakes, "line:column: text",
 * `left-out` how many entries weren't whole. */
#include "store/formats.h"
#include "tests/runner/case.h"

const char *const case_section_names[] = {"ndjson",   "har", "execution-log", "output", "fault",
                                          "left-out", NULL};

static bool write_line(void *subject, Exchange *exchange, Fault *fault) {
  Buffer *out = subject;
  (void)fault;
  exchange->id = TEXT_EMPTY;
  if (out->length > 0) buffer_append_char(out, '\n');
  exchange_write(exchange, out);
  return true;
}

static void write_faults(const FaultList *faults, Buffer *out) {
  for (size_t i = 0; i < faults->count; i++) {
    const Fault *fault = &faults->items[i];
    if (out->length > 0) buffer_append_char(out, '\n');
    if (fault->place.line > 0) buffer_print(out, "%u:%u: ", fault->place.line, fault->place.column);
    buffer_append_string(out, fault->message);
  }
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  static const struct {
    const char *section;
    bool (*read)(Import *import);
  } forms[] = {{"ndjson", ndjson_import}, {"har", har_import}, {"execution-log", execution_log_import}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (!case_has(subject, forms[i].section)) continue;
    FaultList faults = fault_list_make(arena);
    Buffer output = buffer_make(arena, 0), messages = buffer_make(arena, 0);
    Import import = {.name = "input",
                     .source = case_section(subject, forms[i].section),
                     .sink = write_line,
                     .subject = &output,
                     .arena = arena,
                     .faults = &faults};
    forms[i].read(&import);
    write_faults(&faults, &messages);
    case_expect_text("fault", case_section(subject, "fault"), buffer_text(&messages), failure);
    case_expect_text("output", case_section(subject, "output"), buffer_text(&output), failure);
    Text left_out = case_has(subject, "left-out") ? case_section(subject, "left-out") : TEXT("0");
    case_expect_text("left-out", left_out, arena_print(arena, "%zu", import.left_out), failure);
    return;
  }
  buffer_append_string(failure, "  the case has no input\n");
}
