/* The rules themselves, and what was counted in each file: neither is a report of findings. */
#include "harness/report/lint_report.h"
#include "harness/report/parts.h"

#include <string.h>

static size_t count_templates(const Operation *operation) {
  const Integration *integration = &operation->integration;
  size_t templates = integration->request_templates.count;
  for (size_t i = 0; i < integration->response_count; i++)
    templates += integration->responses[i].response_templates.count;
  return templates;
}

void lint_write_summary(const LintResult *results, size_t count, Buffer *out) {
  for (size_t i = 0; i < count; i++) {
    const Definition *definition = results[i].definition;
    if (definition == NULL) {
      buffer_print(out, "%s: couldn't be loaded\n", results[i].file);
      continue;
    }
    size_t rules = 0, templates = 0;
    for (size_t j = 0; j < definition->operation_count; j++) {
      rules += definition->operations[j].integration.response_count;
      templates += count_templates(&definition->operations[j]);
    }
    buffer_print(out, "%s: %.*s, %zu operation%s, %zu rule%s, %zu template%s\n", results[i].file,
                 TEXT_ARGS(definition->format), definition->operation_count,
                 definition->operation_count == 1 ? "" : "s", rules, rules == 1 ? "" : "s", templates,
                 templates == 1 ? "" : "s");
    for (size_t j = 0; j < definition->notes.count; j++) {
      const Fault *note = &definition->notes.items[j];
      buffer_append_string(out, "  ");
      bool elsewhere = note->place.file != NULL && strcmp(note->place.file, definition->file) != 0;
      if (elsewhere) buffer_print(out, note->place.line > 0 ? "%s:" : "%s: ", note->place.file);
      if (note->place.line > 0) buffer_print(out, "%u:%u: ", note->place.line, note->place.column);
      append_visible_line(out, text_from(note->message));
      buffer_append_char(out, '\n');
    }
  }
}

static void write_indented(Buffer *out, const char *example) {
  for (Text rest = text_from(example); rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    buffer_print(out, "      %.*s\n", TEXT_ARGS(line));
  }
}

/* An example inside a table's cell. */
static void write_cell(Buffer *out, const char *example) {
  for (Text rest = text_from(example); rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    buffer_append_string(out, "`");
    for (size_t i = 0; i < line.length; i++) {
      if (line.data[i] == '|') buffer_append_char(out, '\\');
      buffer_append_char(out, line.data[i]);
    }
    buffer_append_string(out, rest.data != NULL ? "`<br>" : "`");
  }
}

void lint_write_rules(bool markdown, Buffer *out) {
  if (markdown)
    buffer_append_string(
        out, "| rule | severity | finds | why | bad | good |\n| --- | --- | --- | --- | --- | --- |\n");
  for (size_t i = 0; i < LINT_RULE_COUNT; i++) {
    const LintRule *rule = &lint_rules[i];
    if (markdown) {
      buffer_print(out, "| `%s` | %s | %s | ", rule->id, lint_severity_name(rule->severity), rule->title);
      for (const char *at = rule->why; *at != '\0'; at++) {
        if (*at == '|' || *at == '*') buffer_append_char(out, '\\');
        buffer_append_char(out, *at);
      }
      buffer_append_string(out, " | ");
      write_cell(out, rule->bad);
      buffer_append_string(out, " | ");
      write_cell(out, rule->good);
      buffer_append_string(out, " |\n");
      continue;
    }
    buffer_print(out, "%s (%s): %s\n    %s\n    bad:\n", rule->id, lint_severity_name(rule->severity),
                 rule->title, rule->why);
    write_indented(out, rule->bad);
    buffer_append_string(out, "    good:\n");
    write_indented(out, rule->good);
    buffer_append_char(out, '\n');
  }
}
