/* For a person: each finding with its line of the source, the counts last. */
#include "harness/base/file.h"
#include "harness/report/lint_parts.h"
#include "harness/report/parts.h"

/* The source line under a finding, from the file it stands in; nothing when that can't be read any more. */
static void quote_place(Place place, Arena *arena, Fault *fault) {
  enum { LARGEST = 64 * 1024 * 1024 };
  Text source;
  if (place.file == NULL || place.line == 0 || !file_read(place.file, LARGEST, arena, &source, NULL)) return;
  Text rest = source;
  for (uint32_t line = 1; line < place.line && rest.data != NULL; line++) text_split(rest, '\n', &rest);
  if (rest.data == NULL) return;
  size_t offset = (size_t)(rest.data - source.data);
  for (uint32_t column = 1; column < place.column && offset < source.length && source.data[offset] != '\n';
       column++) {
    offset++;
    while (offset < source.length && ((unsigned char)source.data[offset] & 0xC0) == 0x80) offset++;
  }
  fault_quote(fault, source, offset);
}

static void write_quoted(Place place, Arena *arena, Buffer *out) {
  Fault quoted = {0};
  quote_place(place, arena, &quoted);
  if (quoted.source[0] == '\0') return;
  buffer_append_string(out, "  ");
  append_visible_line(out, text_from(quoted.source));
  buffer_print(out, "\n  %*s^\n", (int)quoted.caret, "");
}

static void write_finding(const LintResult *result, const Finding *finding, bool color, Arena *arena,
                          Buffer *out) {
  static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
  LintSeverity severity = finding->rule->severity;
  print_finding_place(result, finding, out);
  buffer_print(out, ": %s%s%s: ", color ? colors[severity] : "", lint_severity_name(severity),
               color ? "\033[0m" : "");
  append_visible_line(out, finding->message);
  buffer_print(out, " [%s]\n", finding->rule->id);
  write_quoted(finding->place, arena, out);
  if (finding->operation.data == NULL) return;
  buffer_append_string(out, "  in ");
  append_visible_line(out, finding->operation);
  buffer_append_char(out, '\n');
}

void lint_write_terminal(const LintRun *run, Buffer *out) {
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < run->count; i++)
    for (size_t j = 0; j < run->results[i].findings.count; j++)
      write_finding(&run->results[i], &run->results[i].findings.items[j], run->color, arena, out);
  print_lint_counts(run, out);
  buffer_append_char(out, '\n');
  arena_free(arena);
}
