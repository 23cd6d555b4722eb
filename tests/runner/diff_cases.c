/* Cases of the diff. Sections:
 *   expected-head, actual-head   a status line and headers; 200 and none when left out
 *   expected, actual             the bodies
 *   options                      one a line: numeric loose · body exact · skip generated ·
 *                                ignore header NAME · ignore PATH [tolerance N] [type NAME]
 *   differences                  one a line: severity at: expected -> actual (message); - for absent
 *   lines                        the unified diff of the bodies */
#include "harness/diff/diff.h"
#include "tests/runner/case.h"

#include <stdlib.h>

const char *const case_section_names[] = {"expected-head", "actual-head", "expected", "actual",
                                          "options",       "differences", "lines",    NULL};

static Response read_response(const Case *subject, const char *head, const char *body, Arena *arena) {
  Response out = {.status = 200, .body = case_section(subject, body)};
  Text rest = case_section(subject, head);
  for (bool first = true; rest.data != NULL && rest.length > 0; first = false) {
    Text line = text_split(rest, '\n', &rest);
    if (first) {
      out.status = atoi(arena_copy_string(arena, line));
      continue;
    }
    Text value;
    Text name = text_split(line, ':', &value);
    headers_add(&out.headers, name, text_trim(value), arena);
  }
  return out;
}

static void read_ignore(Text line, IgnoreRule *rule, Arena *arena, Buffer *failure) {
  *rule = (IgnoreRule){.tolerance = -1};
  Text rest;
  Text word = text_split(line, ' ', &rest);
  if (text_is(word, "header")) {
    rule->header = rest;
    return;
  }
  Fault fault;
  if (!jsonpath_compile(word, arena, &rule->path, &fault)) buffer_print(failure, "  %s\n", fault.message);
  while (rest.data != NULL) {
    word = text_split(rest, ' ', &rest);
    Text value = text_split(rest, ' ', &rest);
    if (text_is(word, "tolerance"))
      rule->tolerance = strtod(arena_copy_string(arena, value), NULL);
    else
      rule->type = value;
  }
}

static DiffOptions read_options(Text lines, Arena *arena, Buffer *failure) {
  DiffOptions out = {0};
  IgnoreRule *rules = ARENA_ARRAY(arena, IgnoreRule, lines.length + 1);
  out.ignores = rules;
  while (lines.data != NULL && lines.length > 0) {
    Text line = text_split(lines, '\n', &lines);
    if (text_is(line, "numeric loose"))
      out.numeric_loose = true;
    else if (text_is(line, "body exact"))
      out.body_exact = true;
    else if (text_is(line, "skip generated"))
      out.skip_generated = true;
    else if (text_starts(line, TEXT("ignore ")))
      read_ignore(text_slice(line, 7, line.length), &rules[out.ignore_count++], arena, failure);
    else
      buffer_print(failure, "  no such option: %.*s\n", TEXT_ARGS(line));
  }
  return out;
}

static void print_side(Text side, Buffer *out) {
  buffer_append(out, side.data != NULL ? side : TEXT("-"));
}

static Text print_differences(const Differences *list, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < list->count; i++) {
    const Difference *difference = &list->items[i];
    buffer_print(&out, "%s%s %.*s: ", i > 0 ? "\n" : "", severity_name(difference->severity),
                 TEXT_ARGS(difference->at));
    print_side(difference->expected, &out);
    buffer_append_string(&out, " -> ");
    print_side(difference->actual, &out);
    if (difference->message.data != NULL) buffer_print(&out, " (%.*s)", TEXT_ARGS(difference->message));
  }
  return buffer_text(&out);
}

/* The blank line before the next case is no part of what is expected. */
static Text wanted(const Case *subject, const char *section) {
  Text text = case_section(subject, section);
  while (text.length > 0 && text.data[text.length - 1] == '\n') text.length--;
  return text;
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  Response expected = read_response(subject, "expected-head", "expected", arena);
  Response actual = read_response(subject, "actual-head", "actual", arena);
  if (case_has(subject, "lines")) {
    Buffer lines = buffer_make(arena, 0);
    diff_lines(expected.body, actual.body, &lines);
    Text text = buffer_text(&lines);
    if (text.length > 0) text.length--;
    case_expect_text("lines", wanted(subject, "lines"), text, failure);
    return;
  }
  DiffOptions options = read_options(case_section(subject, "options"), arena, failure);
  Differences differences = differences_make(arena);
  diff_responses(&expected, &actual, &options, &differences);
  case_expect_text("differences", wanted(subject, "differences"), print_differences(&differences, arena),
                   failure);
}
