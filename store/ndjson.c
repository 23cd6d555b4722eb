/* NDJSON in: line by line; every bad line is told, none is skipped. */
#include "store/formats.h"

enum { MOST_FAULTS = 50 };

bool ndjson_import(Import *import) {
  Arena *passing = arena_new(0);
  uint32_t number = 0;
  bool good = true, refused = false;
  Text rest = import->source;
  if (text_starts(rest, TEXT("\xEF\xBB\xBF"))) rest = text_slice(rest, 3, rest.length);
  while (rest.length > 0 && !refused && import->faults->count < MOST_FAULTS) {
    Exchange exchange;
    Fault fault = {0};
    Text line = text_trim(text_split(rest, '\n', &rest));
    number++;
    if (line.length == 0) continue;
    arena_reset(passing);
    bool fine = exchange_read(line, import->name, number, passing, &exchange, &fault);
    if (fine && good) {
      fine = import->sink(import->subject, &exchange, &fault);
      refused = !fine;
    }
    import->read += fine;
    if (!fine) *fault_list_add(import->faults) = fault;
    good = good && fine;
  }
  arena_free(passing);
  return good;
}
