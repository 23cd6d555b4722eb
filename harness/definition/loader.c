/* What all formats share: looking at nodes, notes and errors, files beside the definition. */
#include "harness/definition/loader.h"

#include "harness/base/file.h"

#include <stdio.h>
#include <string.h>

enum { FILE_LIMIT = 200 };

static void note(Loader *loader, const cJSON *node, const char *format, va_list arguments) {
  FaultList *notes = &loader->definition->notes;
  char message[FAULT_MESSAGE_SIZE];
  vsnprintf(message, sizeof message, format, arguments);
  if (node != NULL) {
    document_fault(document_of(node), node, notes, "%s", message);
  } else {
    Fault *entry = fault_list_add(notes);
    fault_raise(entry, FAULT_INPUT, "%s", message);
    entry->place.file = loader->definition->file;
  }
  notes->items[notes->count - 1].warning = true;
}

void loader_note(Loader *loader, const cJSON *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  note(loader, node, format, arguments);
  va_end(arguments);
}

void loader_note_once(Loader *loader, Text name, const cJSON *node, const char *format, ...) {
  enum { NAMES = 200 }; /* the look-up walks them */
  if (loader->noted.count >= NAMES || headers_find_exact(&loader->noted, name) != NULL) return;
  headers_add(&loader->noted, name, TEXT_EMPTY, loader->arena);
  va_list arguments;
  va_start(arguments, format);
  note(loader, node, format, arguments);
  va_end(arguments);
}

void loader_other_api(Loader *loader, const cJSON *node, Text name) {
  Definition *definition = loader->definition;
  *ARENA_ADD(loader->arena, definition->other_apis, definition->other_api_count) = name;
  loader_note(loader, node, "another API: name it with #%.*s", TEXT_ARGS(name));
}

bool loader_fault(Loader *loader, const cJSON *node, const char *format, ...) {
  char message[FAULT_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return document_fault(document_of(node), node, loader->faults, "%s", message);
}

const Document *loader_open(Loader *loader, const cJSON *from, Text path) {
  const char *beside = path_beside(document_name(document_of(from)), path, loader->arena);
  for (size_t i = 0; i < loader->file_count; i++)
    if (strcmp(loader->files[i].path, beside) == 0) return loader->files[i].document;
  if (loader->file_count == FILE_LIMIT) {
    loader_fault(loader, from, "refers to more than %d files", FILE_LIMIT);
    return NULL;
  }
  Document *document = NULL;
  FaultList faults = fault_list_make(loader->arena);
  bool good = document_load(beside, DEFINITION_DOCUMENT, loader->arena, &document, &faults);
  for (size_t i = 0; i < faults.count; i++) {
    if (faults.items[i].place.line > 0)
      *fault_list_add(loader->faults) = faults.items[i];
    else
      loader_fault(loader, from, "%s", faults.items[i].message);
  }
  LoadedFile *file = ARENA_ADD(loader->arena, loader->files, loader->file_count);
  *file = (LoadedFile){beside, good ? document : NULL};
  return file->document;
}

const cJSON *loader_see(Loader *loader, const cJSON *node) {
  if (node != NULL && loader->template != NULL && is_intrinsic(node)) node = intrinsic_see(loader, node);
  return node == NULL || cJSON_IsNull(node) ? NULL : node;
}

const cJSON *loader_member(Loader *loader, const cJSON *object, const char *key) {
  return loader_see(loader, document_find(object, text_from(key)));
}

static SourceText plain_text(const cJSON *node) {
  const Document *document = document_of(node);
  return (SourceText){.text = document_text(document, node),
                      .place = document_place(document, node),
                      .document = document,
                      .node = node};
}

bool loader_text(Loader *loader, const cJSON *node, SourceText *out) {
  *out = (SourceText){0};
  if (node == NULL) return true;
  if (loader->template != NULL && is_intrinsic(node)) return intrinsic_text(loader, node, out);
  node = loader_see(loader, node);
  if (node == NULL) return true;
  if (cJSON_IsObject(node) || cJSON_IsArray(node))
    return loader_fault(loader, node, "expected a text, not %s", document_kind(node));
  *out = plain_text(node);
  return true;
}

Text loader_bytes(Loader *loader, const cJSON *node) {
  SourceText text;
  return loader_text(loader, node, &text) ? text.text : (Text){NULL, 0};
}

bool loader_truth(Loader *loader, const cJSON *node) {
  node = loader_see(loader, node);
  if (node == NULL || cJSON_IsBool(node)) return cJSON_IsTrue(node);
  return text_equal_ignoring_case(loader_bytes(loader, node), TEXT("true"));
}

const cJSON *loader_mapping(Loader *loader, const cJSON *node, const char *what) {
  node = loader_see(loader, node);
  if (node == NULL || cJSON_IsObject(node)) return node;
  loader_fault(loader, node, "%s must be a mapping, not %s", what, document_kind(node));
  return NULL;
}

const cJSON *loader_list(Loader *loader, const cJSON *node, const char *what) {
  node = loader_see(loader, node);
  if (node == NULL || cJSON_IsArray(node)) return node;
  loader_fault(loader, node, "%s must be a list, not %s", what, document_kind(node));
  return NULL;
}

void loader_texts(Loader *loader, const cJSON *list, Text **items, size_t *count) {
  const cJSON *item;
  cJSON_ArrayForEach(item, list) {
    Text text = loader_bytes(loader, item);
    if (text.data != NULL) *ARENA_ADD(loader->arena, *items, *count) = text;
  }
}

Operation *loader_operation(Loader *loader, Text method, Text resource_path, Place place) {
  Definition *definition = loader->definition;
  Operation *operation = ARENA_ADD(loader->arena, definition->operations, definition->operation_count);
  operation->definition = definition;
  char *upper = arena_copy_string(loader->arena, method);
  for (char *at = upper; *at != '\0'; at++)
    if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
  operation->method = (Text){upper, method.length};
  operation->resource_path = resource_path;
  operation->integration.timeout_ms = 29000;
  operation->place = place;
  return operation;
}
