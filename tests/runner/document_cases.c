/* Documents: what is read, and how mistakes are told. Sections:
 *   source   the file; `name` its name (default file.yaml); `tags` present: CloudFormation's tags are
 * accepted tree     what was read, as compact JSON errors   everything that fault_print says, one after the
 * other places   lines "path value|key|OFFSET line:column"; path is keys joined with /, OFFSET a byte of the
 * text */
#include "harness/document/document.h"
#include "tests/runner/case.h"

#include <stdio.h>
#include <string.h>

const char *const case_section_names[] = {"source", "name", "tags", "tree", "errors", "places", NULL};

/* An expectation without the empty line that parts it from the next case. */
static Text expected_of(const Case *subject, const char *section) {
  Text text = case_section(subject, section);
  while (text.length > 0 && text.data[text.length - 1] == '\n') text.length--;
  return text;
}

static const cJSON *walk(const cJSON *node, Text path) {
  while (node != NULL && path.data != NULL && path.length > 0) {
    Text key = text_split(path, '/', &path);
    if (cJSON_IsArray(node)) {
      int64_t index;
      node = text_to_integer(key, &index) ? cJSON_GetArrayItem(node, (int)index) : NULL;
    } else {
      node = document_find(node, key);
    }
  }
  return node;
}

static Place place_for(const Document *document, const cJSON *node, Text what) {
  int64_t offset;
  if (text_is(what, "value")) return document_place(document, node);
  if (text_is(what, "key")) return document_key_place(document, node);
  return text_to_integer(what, &offset) ? document_text_place(document, node, (size_t)offset) : (Place){0};
}

static void check_places(const Document *document, Text lines, Buffer *failure) {
  for (Text rest = lines; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest), what, expected;
    Text path = text_split(line, ' ', &what);
    what = text_split(what, ' ', &expected);
    const cJSON *node = walk(document_root(document), path);
    if (node == NULL) {
      buffer_print(failure, "  nothing stands at %.*s\n", TEXT_ARGS(path));
      continue;
    }
    Place place = place_for(document, node, what);
    char actual[64];
    snprintf(actual, sizeof actual, "%u:%u", place.line, place.column);
    case_expect_text(arena_print(failure->arena, "place %.*s", TEXT_ARGS(line)).data, expected,
                     text_from(actual), failure);
  }
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  FaultList faults = fault_list_make(arena);
  const char *name =
      case_has(subject, "name") ? arena_copy_string(arena, expected_of(subject, "name")) : "file.yaml";
  Document *document = NULL;
  unsigned options = case_has(subject, "tags") ? DOCUMENT_CLOUDFORMATION_TAGS : 0;
  bool good = document_read(name, case_section(subject, "source"), options, arena, &document, &faults);
  Buffer told = buffer_make(arena, 0), tree = buffer_make(arena, 0);
  for (size_t i = 0; i < faults.count; i++) fault_print(&faults.items[i], &told);
  if (told.length > 0) told.length--; /* sections end without a newline */
  case_expect_text("errors", expected_of(subject, "errors"), buffer_text(&told), failure);
  if (good != (document != NULL)) buffer_append_string(failure, "  the answer and the document disagree\n");
  if (document == NULL) return;
  json_write_node(&tree, document_root(document));
  if (case_has(subject, "tree"))
    case_expect_text("tree", expected_of(subject, "tree"), buffer_text(&tree), failure);
  if (case_has(subject, "places")) {
    Buffer own = buffer_make(arena, 0);
    check_places(document, expected_of(subject, "places"), &own);
    buffer_append(failure, buffer_text(&own));
  }
}
