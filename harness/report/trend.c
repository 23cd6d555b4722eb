/* The history of runs: a line of JSON each, and the trend drawn of it. */
#include "harness/report/html.h"

#include "harness/document/document.h"

#include <string.h>

enum { RUNS_DRAWN = 60 };

/* ---- lines ---- */

void run_write(const ReportRun *run, Buffer *out) {
  bool first = true;
  buffer_append_char(out, '{');
  json_write_key(out, "at", &first);
  json_write_text(out, run->at);
  json_write_key(out, "totals", &first);
  totals_write(&run->totals, out);
  buffer_append_string(out, "}\n");
}

static size_t count_of(const Document *document, const cJSON *totals, const char *key) {
  int64_t number = 0;
  const cJSON *node = document_get(totals, key);
  if (!cJSON_IsNumber(node) || !text_to_integer(document_text(document, node), &number)) return 0;
  return number > 0 ? (size_t)number : 0;
}

bool run_read(Text line, const char *name, uint32_t line_number, Arena *arena, ReportRun *out, Fault *fault) {
  FaultList faults = fault_list_make(arena);
  Document *document = NULL;
  *out = (ReportRun){.at = TEXT_EMPTY};
  bool read = document_read("history.json", line, 0, arena, &document, &faults);
  const cJSON *root = read ? document_root(document) : NULL;
  const cJSON *totals = document_get(root, "totals"), *at = document_get(root, "at");
  if (!cJSON_IsObject(totals) || !cJSON_IsString(at)) {
    fault_raise(fault, FAULT_INPUT, "not a run of a history: it has no \"at\" or no \"totals\"");
    fault->place = (Place){name, line_number, 1};
    return false;
  }
  out->at = document_text(document, at);
  out->totals.same = count_of(document, totals, "same");
  out->totals.different = count_of(document, totals, "different");
  out->totals.fresh = count_of(document, totals, "new");
  out->totals.unmapped = count_of(document, totals, "unmapped");
  out->totals.unapproved = count_of(document, totals, "unapproved");
  out->totals.broken = count_of(document, totals, "broken");
  return true;
}

/* ---- what is drawn ---- */

typedef struct Bar {
  Text at; /* data NULL: this run */
  size_t failed, other, same;
} Bar;

typedef struct Bars {
  Bar items[RUNS_DRAWN + 1];
  size_t count, most, most_failed;
} Bars;

static void add_bar(Bars *bars, Text at, const ReplayTotals *totals) {
  Bar bar = {.at = at,
             .failed = totals->different + totals->unapproved,
             .other = totals->fresh -
                      (totals->unapproved < totals->fresh ? totals->unapproved : totals->fresh) +
                      totals->unmapped,
             .same = totals->same};
  size_t all = bar.failed + bar.other + bar.same;
  if (all > bars->most) bars->most = all;
  if (bar.failed > bars->most_failed) bars->most_failed = bar.failed;
  bars->items[bars->count++] = bar;
}

static Bars collect(const ReportOptions *options, const ReplayTotals *totals) {
  Bars bars = {.most = 1};
  size_t from = options->run_count > RUNS_DRAWN ? options->run_count - RUNS_DRAWN : 0;
  for (size_t i = from; i < options->run_count; i++)
    add_bar(&bars, options->runs[i].at, &options->runs[i].totals);
  add_bar(&bars, (Text){NULL, 0}, totals);
  return bars;
}

static void print_bar(Buffer *out, const Bar *bar) {
  append_cut(out, bar->at.data != NULL ? text_slice(bar->at, 0, 16) : TEXT("this run"), 0);
  buffer_print(out, ": %zu not as expected, %zu same, %zu others", bar->failed, bar->same, bar->other);
}

enum { HEIGHT = 90, STEP = 14, WIDTH = 11 };

/* One that isn't nothing is at least a line. */
static double draw_part(Buffer *out, const char *class, size_t count, size_t most, size_t index,
                        double from) {
  if (count == 0) return from;
  double height = (double)count * HEIGHT / (double)most;
  if (height < 1.5) height = 1.5;
  buffer_print(out, "<rect class=\"%s\" x=\"%zu\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>", class,
               index * STEP, from - height, WIDTH, height);
  return from - height;
}

void html_write_trend(const ReportOptions *options, const ReplayTotals *totals, Buffer *out) {
  if (options->run_count == 0) return;
  Bars bars = collect(options, totals);
  Buffer words = buffer_make(NULL, 0);
  buffer_print(out,
               "<section class=\"trend\" id=\"trend\"><h2>The last %zu runs</h2>\n<svg role=\"img\" "
               "aria-label=\"verdicts of each run, oldest first\" viewBox=\"0 -4 %zu %d\" width=\"%zu\" "
               "height=\"%d\">\n",
               bars.count, bars.count * STEP, HEIGHT + 4, bars.count * STEP, HEIGHT + 4);
  for (size_t i = 0; i < bars.count; i++) {
    const Bar *bar = &bars.items[i];
    buffer_append_string(out, "<g><title>");
    buffer_clear(&words);
    print_bar(&words, bar);
    append_xml(out, buffer_text(&words));
    buffer_append_string(out, "</title>");
    double top = draw_part(out, "different-bar", bar->failed, bars.most, i, HEIGHT);
    top = draw_part(out, "new-bar", bar->other, bars.most, i, top);
    draw_part(out, "same-bar", bar->same, bars.most, i, top);
    buffer_append_string(out, "</g>\n");
  }
  buffer_append_string(out, "</svg>\n<details><summary>as a list</summary><ul>\n");
  for (size_t i = bars.count; i > 0; i--) {
    buffer_append_string(out, "<li>");
    buffer_clear(&words);
    print_bar(&words, &bars.items[i - 1]);
    append_xml(out, buffer_text(&words));
    buffer_append_string(out, "</li>\n");
  }
  buffer_append_string(out, "</ul></details></section>\n");
  buffer_free(&words);
}

void trend_print(const ReportOptions *options, const ReplayTotals *totals, Buffer *out) {
  static const char *const levels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  enum { LEVELS = sizeof levels / sizeof *levels };
  if (options->run_count == 0) return;
  Bars bars = collect(options, totals);
  buffer_append_string(out, "not as expected, run by run: ");
  for (size_t i = 0; i < bars.count; i++) {
    size_t failed = bars.items[i].failed;
    size_t level = failed == 0 ? 0 : 1 + failed * (LEVELS - 2) / bars.most_failed;
    buffer_append_string(out, levels[level]);
  }
  const Bar *before = &bars.items[bars.count - 2];
  buffer_print(out, " (%zu, before %zu)", bars.items[bars.count - 1].failed, before->failed);
}
