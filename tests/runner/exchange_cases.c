/* Cases of NDJSON: `line` is read; `output` is what writing it again gives; `fault` is the message instead,
 * "line:column: text". The line stands in line 3 of its file. */
#include "harness/exchange/exchange.h"
#include "tests/runner/case.h"

const char *const case_section_names[] = {"line", "output", "fault", NULL};

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Exchange exchange;
  Fault fault = {0};
  Buffer written = buffer_make(arena, 0), message = buffer_make(arena, 0);
  if (exchange_read(case_section(subject, "line"), "cases.ndjson", 3, arena, &exchange, &fault))
    exchange_write(&exchange, &written);
  else
    buffer_print(&message, "%u:%u: %s", fault.place.line, fault.place.column, fault.message);
  case_expect_text("fault", case_section(subject, "fault"), buffer_text(&message), failure);
  case_expect_text("output", case_section(subject, "output"), buffer_text(&written), failure);
  if (written.length == 0) return;
  Buffer again = buffer_make(arena, 0);
  if (!exchange_read(buffer_text(&written), "written.ndjson", 1, arena, &exchange, &fault)) {
    buffer_print(failure, "  what was written can't be read: %s\n", fault.message);
    return;
  }
  exchange_write(&exchange, &again);
  case_expect_text("output of the second round", buffer_text(&written), buffer_text(&again), failure);
}
