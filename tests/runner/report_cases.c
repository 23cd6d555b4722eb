/* Cases of reports: a spec is replayed and reported. Sections: those of replay_input.h, and the name of each
 * format with what it should print; times are masked. */
#include "harness/report/report.h"
#include "tests/runner/replay_input.h"

const char *const case_section_names[] = {
    "definition", "spec", "exchanges", "approved", "options", "terminal", "ndjson",      "json",
    "junit",      "tap",  "markdown",  "github",   "sarif",   "html",     "explanation", NULL};

/* 12.5 ms, "durationUs":41, time="0.000041" and "seconds":0.01 become N. */
static Text mask_times(Text text, Arena *arena) {
  static const char *const before[] = {" · ", "\"durationUs\":", "time=\"", "\"seconds\":"};
  Buffer out = buffer_make(arena, 0);
  for (size_t at = 0; at < text.length;) {
    size_t skip = 0;
    for (size_t i = 0; i < sizeof before / sizeof *before && skip == 0; i++)
      if (text_starts(text_slice(text, at, text.length), text_from(before[i]))) skip = strlen(before[i]);
    size_t end = at + skip;
    while (skip > 0 && end < text.length &&
           ((text.data[end] >= '0' && text.data[end] <= '9') || text.data[end] == '.'))
      end++;
    bool time = skip > 0 && end > at + skip;
    bool worded = skip == strlen(" · ") && !text_starts(text_slice(text, end, text.length), TEXT(" ms"));
    if (time && !worded) {
      buffer_append(&out, text_slice(text, at, at + skip));
      buffer_append_char(&out, 'N');
      at = end;
    } else {
      buffer_append_char(&out, text.data[at++]);
    }
  }
  return buffer_text(&out);
}

typedef struct Sink {
  const ReportFormat *format;
  Report *report;
} Sink;

static bool pass_on(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  Sink *sink = subject;
  sink->format->verdict(sink->report, verdict);
  return true;
}

static void check_format(const Case *subject, ReplayInput *input, const ReportFormat *format,
                         Buffer *failure) {
  ReportOptions options = {.program = "statusquo", .verbose = input->verbose};
  ReplayTotals totals = {0};
  Buffer out = buffer_make(input->arena, 0);
  Sink sink = {format, format->open(&options, &out, input->arena)};
  Fault fault;
  if (!replay_spec(input->spec, input->stores, input->store_count, &input->options, pass_on, &sink, &totals,
                   &fault)) {
    buffer_print(failure, "  replay: %s\n", fault.message);
    return;
  }
  format->finish(sink.report, &totals);
  Text actual = mask_times(without_folder(input, buffer_text(&out)), input->arena);
  while (actual.length > 0 && actual.data[actual.length - 1] == '\n') actual.length--;
  case_expect_text(format->name, expected_section(subject, format->name), actual, failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  ReplayInput input;
  Fault fault;
  const ReportFormat *const *formats;
  size_t count = report_formats(&formats);
  if (open_input(subject, arena, &input, &fault)) {
    for (size_t i = 0; i < count; i++)
      if (case_has(subject, formats[i]->name)) check_format(subject, &input, formats[i], failure);
    if (case_has(subject, "explanation")) check_format(subject, &input, &report_explanation, failure);
  } else {
    buffer_print(failure, "  input: %s\n", fault.message);
  }
  close_input(&input);
}
