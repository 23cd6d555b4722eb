#include "harness/report/lint_report.h"

#include "harness/base/file.h"

#include <string.h>

const char *const lint_format_names[LINT_FORMATS] = {"terminal", "json", "sarif", "github"};

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

static void write_visible(Buffer *out, Text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte < 0x20 || byte == 0x7F)
      buffer_print(out, "\\x%02x", byte);
    else
      buffer_append_char(out, text.data[i]);
  }
}

static void write_terminal(const LintResult *results, size_t count, bool color, Arena *arena, Buffer *out) {
  static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
  size_t totals[LINT_ERROR + 1] = {0};
  size_t ignored = 0;
  for (size_t i = 0; i < count; i++) {
    ignored += results[i].ignored;
    for (size_t j = 0; j < results[i].findings.count; j++) {
      const Finding *finding = &results[i].findings.items[j];
      LintSeverity severity = finding->rule->severity;
      totals[severity]++;
      buffer_append_string(out, finding->place.file != NULL ? finding->place.file : results[i].file);
      if (finding->place.line > 0) buffer_print(out, ":%u:%u", finding->place.line, finding->place.column);
      buffer_print(out, ": %s%s%s: ", color ? colors[severity] : "", lint_severity_name(severity),
                   color ? "\033[0m" : "");
      write_visible(out, finding->message);
      buffer_print(out, " [%s]\n", finding->rule->id);
      Fault quoted = {0};
      quote_place(finding->place, arena, &quoted);
      if (quoted.source[0] != '\0') {
        buffer_append_string(out, "  ");
        write_visible(out, text_from(quoted.source));
        buffer_print(out, "\n  %*s^\n", (int)quoted.caret, "");
      }
      if (finding->operation.data != NULL) {
        buffer_append_string(out, "  in ");
        write_visible(out, finding->operation);
        buffer_append_char(out, '\n');
      }
    }
  }
  buffer_print(out, "%zu error%s, %zu warning%s, %zu note%s", totals[LINT_ERROR],
               totals[LINT_ERROR] == 1 ? "" : "s", totals[LINT_WARNING], totals[LINT_WARNING] == 1 ? "" : "s",
               totals[LINT_NOTE], totals[LINT_NOTE] == 1 ? "" : "s");
  if (ignored > 0) buffer_print(out, ", %zu ignored", ignored);
  buffer_append_char(out, '\n');
}

static void write_place(const Finding *finding, const LintResult *result, Buffer *out) {
  buffer_append_string(out, "\"file\":");
  json_write_text(out, text_from(finding->place.file != NULL ? finding->place.file : result->file));
  buffer_print(out, ",\"line\":%u,\"column\":%u", finding->place.line, finding->place.column);
}

static void write_json(const LintResult *results, size_t count, bool color, Arena *arena, Buffer *out) {
  (void)color;
  (void)arena;
  buffer_append_string(out, "{\"schema\":1,\"findings\":[");
  bool first = true;
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < results[i].findings.count; j++) {
      const Finding *finding = &results[i].findings.items[j];
      buffer_print(out, "%s\n{\"rule\":\"%s\",\"severity\":\"%s\",", first ? "" : ",", finding->rule->id,
                   lint_severity_name(finding->rule->severity));
      first = false;
      write_place(finding, &results[i], out);
      buffer_append_string(out, ",\"operation\":");
      if (finding->operation.data != NULL)
        json_write_text(out, finding->operation);
      else
        buffer_append_string(out, "null");
      buffer_append_string(out, ",\"message\":");
      json_write_text(out, finding->message);
      buffer_append_char(out, '}');
    }
  }
  buffer_append_string(out, "\n]}\n");
}

/* SARIF 2.1.0, as code scanning reads it. */
static void write_sarif(const LintResult *results, size_t count, bool color, Arena *arena, Buffer *out) {
  (void)color;
  (void)arena;
  buffer_append_string(
      out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
           "\"tool\":{\"driver\":{\"name\":\"statusquo\",\"version\":\"" STATUSQUO_VERSION "\",\"rules\":[");
  for (size_t i = 0; i < LINT_RULE_COUNT; i++) {
    buffer_print(out, "%s\n{\"id\":\"%s\",\"shortDescription\":{\"text\":", i == 0 ? "" : ",",
                 lint_rules[i].id);
    json_write_text(out, text_from(lint_rules[i].title));
    buffer_append_string(out, "},\"fullDescription\":{\"text\":");
    json_write_text(out, text_from(lint_rules[i].why));
    buffer_print(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}",
                 lint_severity_name(lint_rules[i].severity));
  }
  buffer_append_string(out, "]}},\"results\":[");
  bool first = true;
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < results[i].findings.count; j++) {
      const Finding *finding = &results[i].findings.items[j];
      buffer_print(out, "%s\n{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"%s\",\"message\":{\"text\":",
                   first ? "" : ",", finding->rule->id, (size_t)(finding->rule - lint_rules),
                   lint_severity_name(finding->rule->severity));
      first = false;
      json_write_text(out, finding->message);
      buffer_append_string(out, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
      json_write_text(out, text_from(finding->place.file != NULL ? finding->place.file : results[i].file));
      buffer_append_string(out, "}");
      if (finding->place.line > 0)
        buffer_print(out, ",\"region\":{\"startLine\":%u,\"startColumn\":%u}", finding->place.line,
                     finding->place.column);
      buffer_append_string(out, "}}]}");
    }
  }
  buffer_append_string(out, "\n]}]}\n");
}

/* Workflow commands: the message escapes %, CR, LF; a property also : and ,. */
static void write_workflow_text(Buffer *out, Text text, bool property) {
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    if (byte == '%' || byte == '\r' || byte == '\n' || (property && (byte == ':' || byte == ',')))
      buffer_print(out, "%%%02X", (unsigned char)byte);
    else if ((unsigned char)byte < 0x20 || byte == 0x7F)
      buffer_append_char(out, '?');
    else
      buffer_append_char(out, byte);
  }
}

static void write_github(const LintResult *results, size_t count, bool color, Arena *arena, Buffer *out) {
  static const char *const commands[] = {"notice", "warning", "error"};
  (void)color;
  (void)arena;
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < results[i].findings.count; j++) {
      const Finding *finding = &results[i].findings.items[j];
      buffer_print(out, "::%s title=%s,file=", commands[finding->rule->severity], finding->rule->id);
      write_workflow_text(out, text_from(finding->place.file != NULL ? finding->place.file : results[i].file),
                          true);
      if (finding->place.line > 0)
        buffer_print(out, ",line=%u,col=%u", finding->place.line, finding->place.column);
      buffer_append_string(out, "::");
      write_workflow_text(out, finding->message, false);
      buffer_append_char(out, '\n');
    }
  }
}

LintWriter lint_writer(Text format) {
  static const LintWriter writers[LINT_FORMATS] = {write_terminal, write_json, write_sarif, write_github};
  for (size_t i = 0; i < LINT_FORMATS; i++)
    if (text_is(format, lint_format_names[i])) return writers[i];
  return NULL;
}

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
      write_visible(out, text_from(note->message));
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
