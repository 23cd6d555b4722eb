/* The formats, and what they share. */
#include "harness/report/report.h"

#include "harness/report/parts.h"

#include <string.h>

static const ReportFormat *const formats[] = {&report_terminal, &report_ndjson, &report_json,
                                              &report_junit,    &report_tap,    &report_markdown,
                                              &report_github,   &report_sarif,  &report_html};

const ReportFormat *report_format(Text name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (text_is(name, formats[i]->name)) return formats[i];
  return NULL;
}

size_t report_formats(const ReportFormat *const **out) {
  *out = formats;
  return sizeof formats / sizeof *formats;
}

Report *report_new(const ReportOptions *options, Buffer *out, Arena *arena) {
  Report *report = ARENA_NEW(arena, Report);
  report->options = *options;
  report->out = out;
  report->arena = arena;
  report->held = buffer_make(arena, 0);
  report->details = buffer_make(arena, 0);
  return report;
}

bool verdict_fails(const Verdict *verdict) {
  return verdict->kind == VERDICT_DIFFERENT || verdict->unapproved;
}

void append_cut(Buffer *out, Text text, size_t limit) {
  if (limit == 0 || text.length <= limit) {
    append_visible_line(out, text);
    return;
  }
  size_t end = limit;
  while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80) end--;
  append_visible_line(out, text_slice(text, 0, end));
  buffer_print(out, "… (%zu bytes)", text.length);
}

void append_cut_lines(Buffer *out, Text lines, size_t limit) {
  enum { LINE = 400 };
  size_t start = out->length, left = 0;
  Text rest = lines;
  while (rest.data != NULL && rest.length > 0 && out->length - start < limit) {
    append_cut(out, text_split(rest, '\n', &rest), LINE);
    buffer_append_char(out, '\n');
  }
  for (; rest.data != NULL && rest.length > 0; left++) text_split(rest, '\n', &rest);
  if (left > 0) buffer_print(out, "… %zu more lines\n", left);
}

static void print_values(const Difference *difference, size_t limit, Buffer *out) {
  buffer_append_string(out, "expected ");
  append_cut(out, difference->expected.data != NULL ? difference->expected : TEXT("nothing"), limit);
  buffer_append_string(out, ", got ");
  append_cut(out, difference->actual.data != NULL ? difference->actual : TEXT("nothing"), limit);
}

void difference_print(const Difference *difference, size_t limit, Buffer *out) {
  if (difference->message.data == NULL) {
    print_values(difference, limit, out);
    return;
  }
  append_cut(out, difference->message, limit);
  /* A matcher's message quotes what it found; one about a whole body only says where. */
  if (!text_ends(difference->at, TEXT("body")) || difference->actual.data == NULL) return;
  buffer_append_string(out, "; ");
  if (difference->expected.data != NULL) {
    print_values(difference, limit, out);
  } else {
    buffer_append_string(out, "got ");
    append_cut(out, difference->actual, limit);
  }
}

void differences_print(const Verdict *verdict, Buffer *out) {
  enum { SHOWN = 2000, LISTED = 100 };
  size_t count = verdict->differences.count;
  for (size_t i = 0; i < count && i < LISTED; i++) {
    const Difference *difference = &verdict->differences.items[i];
    append_visible_line(out, difference->at);
    buffer_append_string(out, ": ");
    difference_print(difference, SHOWN, out);
    buffer_print(out, " [%s]\n", severity_name(difference->severity));
  }
  if (count > LISTED) buffer_print(out, "… and %zu more differences\n", count - LISTED);
  if (verdict->kind == VERDICT_NEW) buffer_append_string(out, "nothing is approved for it yet\n");
  if (verdict->kind == VERDICT_UNMAPPED) buffer_append_string(out, "no operation matches its request\n");
}

void verdict_print_place(const Verdict *verdict, Buffer *out) {
  const char *file = verdict->place.file != NULL ? verdict->place.file : verdict->spec;
  if (verdict->place.line > 0) {
    append_visible_line(out, text_from(file));
    buffer_print(out, ":%u", verdict->place.line);
  } else if (verdict->exchange_id.data != NULL) {
    append_visible_line(out, verdict->exchange_id);
  } else {
    append_visible_line(out, text_from(file));
  }
}

const char *rule_verdict_words(RuleVerdict verdict) {
  switch (verdict) {
  case RULE_CHOSEN: return "matched";
  case RULE_CHOSEN_DEFAULT: return "nothing matched, so the default";
  case RULE_NOT_MATCHED: return "not matched";
  case RULE_NOT_REACHED: return "not reached";
  case RULE_DEFAULT_UNUSED: return "default, not needed";
  case RULE_INVALID: return "its pattern is broken";
  case RULE_UNDECIDED: return "matching took too long";
  }
  return "";
}

void trace_print(const ReportOptions *options, const RuleTrace *trace, Buffer *out) {
  const IntegrationResponse *rule = trace->rule;
  bool chosen = trace->verdict == RULE_CHOSEN || trace->verdict == RULE_CHOSEN_DEFAULT;
  buffer_append_string(out, chosen ? "    → " : "      ");
  const char *bold = options->color && chosen ? "\033[1m" : "", *dim = options->color ? "\033[2m" : "";
  const char *plain = options->color ? "\033[0m" : "";
  buffer_append_string(out, bold);
  if (rule->is_default) {
    buffer_append_string(out, "default");
  } else {
    buffer_append_char(out, '"');
    append_visible_line(out, rule->selection_pattern.text);
    buffer_append_char(out, '"');
  }
  buffer_append_string(out, " gives ");
  append_visible_line(out, rule->status_code);
  buffer_append_string(out, chosen ? plain : "");
  if (rule->place.file != NULL) {
    buffer_append_string(out, "  ");
    buffer_append_string(out, dim);
    append_visible_line(out, text_from(rule->place.file));
    buffer_print(out, ":%u%s", rule->place.line, plain);
  }
  buffer_print(out, "  %s", rule_verdict_words(trace->verdict));
  if (trace->why.length > 0) {
    buffer_append_string(out, ": ");
    append_visible_line(out, trace->why);
  }
  buffer_append_char(out, '\n');
}

static void print_count(size_t count, const char *what, const char **separator, Buffer *out) {
  if (count == 0) return;
  buffer_print(out, "%s%zu %s", *separator, count, what);
  *separator = ", ";
}

static void print_time(double seconds, Buffer *out) {
  if (seconds < 1)
    buffer_print(out, "%.1f ms", seconds * 1e3);
  else
    buffer_print(out, "%.2f s", seconds);
}

void totals_print(const ReplayTotals *totals, Buffer *out) {
  const char *separator = "";
  size_t all = totals->same + totals->different + totals->fresh + totals->unmapped;
  size_t failed = totals->different + totals->unapproved;
  if (all == 0)
    buffer_append_string(out, "nothing was run");
  else if (failed == 0 && totals->broken > 0)
    buffer_append_string(out, "incomplete: ");
  else if (failed == 0)
    buffer_append_string(out, "as expected: ");
  else
    buffer_print(out, "not as expected: %zu of %zu: ", failed, all);
  print_count(totals->same, "same", &separator, out);
  print_count(totals->different, "different", &separator, out);
  print_count(totals->fresh, "new", &separator, out);
  print_count(totals->unmapped, "unmapped", &separator, out);
  if (totals->statuses > 0)
    buffer_print(out, " (%zu backend statuses in %zu tables)", totals->statuses, totals->tables);
  separator = " · ";
  print_count(totals->broken, "couldn't run", &separator, out);
  separator = " · ";
  print_count(totals->skipped, "not selected", &separator, out);
  if (totals->stopped) buffer_append_string(out, " · stopped at the first difference");
  if (totals->seconds <= 0) return; /* merged results: nobody knows */
  buffer_append_string(out, " · ");
  print_time(totals->seconds, out);
}
