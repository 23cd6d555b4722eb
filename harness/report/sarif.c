#include "harness/report/sarif.h"

#include "harness/report/parts.h"

void sarif_open(Buffer *out) {
  /* Places count characters, not UTF-16 units. */
  buffer_append_string(
      out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
           "\"columnKind\":\"unicodeCodePoints\","
           "\"tool\":{\"driver\":{\"name\":\"statusquo\",\"version\":\"" STATUSQUO_VERSION "\",\"rules\":[");
}

void sarif_rule(const SarifRule *rule, bool first, Buffer *out) {
  buffer_print(out, "%s\n{\"id\":\"%s\",\"shortDescription\":{\"text\":", first ? "" : ",", rule->id);
  json_write_text(out, text_from(rule->title));
  buffer_append_string(out, "},\"fullDescription\":{\"text\":");
  json_write_text(out, text_from(rule->why != NULL ? rule->why : rule->title));
  buffer_print(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", rule->level);
}

static const SarifRule severity_rules[] = {
    {"breaking", "The response differs in a way that breaks clients", NULL, "error"},
    {"risky", "The response differs in a way that clients may depend on", NULL, "warning"},
    {"compatible", "The response differs in a way that tolerant clients don't see", NULL, "note"}};

void sarif_severity_rules(Buffer *out) {
  for (size_t i = 0; i < sizeof severity_rules / sizeof *severity_rules; i++)
    sarif_rule(&severity_rules[i], i == 0, out);
}

size_t sarif_severity_rule(Severity severity) {
  return severity == SEVERITY_BREAKING ? 0 : severity == SEVERITY_RISKY ? 1 : 2;
}

const char *sarif_level(Severity severity) {
  return severity_rules[sarif_severity_rule(severity)].level;
}

void sarif_open_results(Buffer *out) {
  buffer_append_string(out, "]}},\"results\":[");
}

/* Control characters visible, as in every format. */
static void write_message(Text message, Buffer *out) {
  Buffer visible = buffer_make(NULL, 0);
  append_visible(&visible, message);
  buffer_append_string(out, "\"message\":{\"text\":");
  json_write_text(out, buffer_text(&visible));
  buffer_append_char(out, '}');
  buffer_free(&visible);
}

static void write_place(Text file, uint32_t line, uint32_t column, Buffer *out) {
  buffer_append_string(out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
  append_uri(out, file);
  buffer_append_string(out, "\"}");
  if (line > 0) buffer_print(out, ",\"region\":{\"startLine\":%u", line);
  if (line > 0 && column > 0) buffer_print(out, ",\"startColumn\":%u", column);
  buffer_append_string(out, line > 0 ? "}}" : "}");
}

static void write_related(const SarifResult *result, Buffer *out) {
  if (result->related_count == 0) return;
  buffer_append_string(out, ",\"relatedLocations\":[");
  for (size_t i = 0; i < result->related_count; i++) {
    const SarifPlace *place = &result->related[i];
    buffer_print(out, "%s{\"id\":%zu,", i > 0 ? "," : "", i + 1);
    write_message(place->message, out);
    buffer_append_char(out, ',');
    write_place(place->file, place->line, place->column, out);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

void sarif_result(const SarifResult *result, bool first, Buffer *out) {
  buffer_print(out, "%s\n{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"%s\",", first ? "" : ",",
               result->rule, result->rule_index, result->level);
  write_message(result->message, out);
  buffer_append_string(out, ",\"locations\":[");
  if (result->file.length > 0) {
    buffer_append_char(out, '{');
    write_place(result->file, result->line, result->column, out);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
  write_related(result, out);
  if (result->fingerprint.data != NULL) {
    buffer_append_string(out, ",\"partialFingerprints\":{\"statusquo/v1\":");
    json_write_text(out, result->fingerprint);
    buffer_append_char(out, '}');
  }
  if (result->accepted.data != NULL) {
    buffer_append_string(out, ",\"suppressions\":[{\"kind\":\"external\",\"justification\":");
    json_write_text(out, result->accepted);
    buffer_append_string(out, "}]");
  }
  buffer_append_char(out, '}');
}

void sarif_close(Buffer *out) {
  buffer_append_string(out, "\n]}]}\n");
}
