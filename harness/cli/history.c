#include "harness/cli/history.h"

#include "harness/base/file.h"
#include "harness/cli/output.h"

enum { HISTORY_LIMIT = 64 * 1024 * 1024 };

static size_t count_lines(Text source) {
  size_t count = 1;
  for (size_t i = 0; i < source.length; i++) count += source.data[i] == '\n' ? 1 : 0;
  return count;
}

bool history_read(const char *path, Arena *arena, ReportRun **out, size_t *count, Fault *fault) {
  Text source;
  *out = NULL;
  *count = 0;
  if (!file_exists(path)) return true;
  if (!file_read(path, HISTORY_LIMIT, arena, &source, fault)) return false;
  *out = ARENA_ARRAY(arena, ReportRun, count_lines(source));
  uint32_t number = 0;
  for (Text rest = source; rest.data != NULL && rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    number++;
    if (line.length == 0) continue;
    if (!run_read(line, path, number, arena, &(*out)[(*count)++], fault)) return false;
  }
  return true;
}

bool history_add(const char *path, const ReplayTotals *totals, Fault *fault) {
  Output output;
  Arena *arena = arena_new(0);
  const ReportRun run = {time_print(clock_milliseconds(), arena), *totals};
  bool fine = output_append(path, &output, fault);
  if (fine) {
    run_write(&run, &output.buffer);
    fine = output_close(&output, true, fault);
  }
  arena_free(arena);
  return fine;
}
