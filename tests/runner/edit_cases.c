/* layer: document. Edits of documents. Sections:
 *   source   the file; `name` its name (default file.yaml)
 *   edits    one a line: set PATH JSON · add PATH KEY JSON · append PATH JSON · remove PATH; PATH is keys
 * joined with /, "." the root edited   the whole file afterwards, which must still read refused  why edits
 * were refused, one a line
 */
#include "harness/document/edit.h"
#include "tests/runner/case.h"

const char *const case_section_names[] = {"source", "name", "edits", "edited", "refused", NULL};

static const cJSON *walk(const cJSON *node, Text path) {
  if (text_is(path, ".")) return node;
  while (node != NULL && path.length > 0) {
    int64_t index;
    Text key = text_split(path, '/', &path);
    if (cJSON_IsArray(node))
      node = text_to_integer(key, &index) ? cJSON_GetArrayItem(node, (int)index) : NULL;
    else
      node = document_find(node, key);
  }
  return node;
}

static void edit(DocumentEdits *edits, const cJSON *root, Text line, Buffer *refused, Buffer *failure) {
  Fault fault = {0};
  Text rest, path, value, key;
  Text verb = text_split(line, ' ', &rest);
  path = text_split(rest, ' ', &value);
  const cJSON *node = walk(root, path);
  bool fine = false;
  if (node == NULL) {
    buffer_print(failure, "  nothing stands at %.*s\n", TEXT_ARGS(path));
    return;
  }
  if (text_is(verb, "set")) fine = document_edit_value(edits, node, value, &fault);
  if (text_is(verb, "append")) fine = document_edit_append(edits, node, value, &fault);
  if (text_is(verb, "remove")) fine = document_edit_remove(edits, node, &fault);
  if (text_is(verb, "add")) {
    key = text_split(value, ' ', &value);
    fine = document_edit_add(edits, node, key, value, &fault);
  }
  if (!fine) buffer_print(refused, "%.*s: %s\n", TEXT_ARGS(path), fault.message);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  FaultList faults = fault_list_make(arena);
  const char *name =
      case_has(subject, "name") ? arena_copy_string(arena, case_section(subject, "name")) : "file.yaml";
  Document *document, *again;
  Buffer refused = buffer_make(arena, 0);
  if (!document_read(name, case_section(subject, "source"), 0, arena, &document, &faults)) {
    buffer_append_string(failure, "  the source can't be read\n");
    return;
  }
  DocumentEdits *edits = document_edits_new(document, arena);
  for (Text rest = case_section(subject, "edits"); rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    if (line.length > 0) edit(edits, document_root(document), line, &refused, failure);
  }
  Text edited = document_edits_apply(edits);
  case_expect_text("edited", text_trim(case_section(subject, "edited")), text_trim(edited), failure);
  case_expect_text("refused", text_trim(case_section(subject, "refused")), text_trim(buffer_text(&refused)),
                   failure);
  if (!document_read(name, edited, 0, arena, &again, &faults))
    buffer_print(failure, "  what came out can't be read: %s\n",
                 faults.count > 0 ? faults.items[0].message : "?");
}
