/* The formats of a comparison. */
#include "harness/report/compare_report.h"

#include "harness/report/compare_parts.h"

static const CompareFormat formats[] = {
    {"terminal", "for a person (default)", compare_write_terminal},
    {"json", "one document", compare_write_json},
    {"ndjson", "one group a line", compare_write_ndjson},
    {"markdown", "a comment on a pull request, or a job summary", compare_write_markdown},
    {"github", "annotations of a GitHub workflow, at the definitions' lines", compare_write_github},
    {"junit", "JUnit XML, a case an operation and group", compare_write_junit},
    {"tap", "Test Anything Protocol 14, a point a group", compare_write_tap},
    {"sarif", "SARIF 2.1.0 for code scanning, at the definitions' lines", compare_write_sarif},
    {"html", "one self-contained page", compare_write_html},
};

const CompareFormat *compare_format(Text name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (text_is(name, formats[i].name)) return &formats[i];
  return NULL;
}

size_t compare_formats(const CompareFormat **out) {
  *out = formats;
  return sizeof formats / sizeof *formats;
}

bool comparison_tried_nothing(const Comparison *comparison) {
  uint64_t tried = 0;
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const OperationPair *pair = &comparison->pairs[i];
    tried += pair->exchanges + pair->statuses + pair->messages + pair->bodies;
  }
  return tried == 0 && comparison->group_count == 0 && untried_count(comparison) > 0;
}

bool comparison_fails(const Comparison *comparison, Severity fail_on) {
  bool expired = comparison->accepted != NULL && comparison->accepted->expired > 0;
  return expired || comparison_level(comparison) >= fail_on;
}
