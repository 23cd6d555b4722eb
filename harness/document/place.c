/* Byte offsets to lines and columns. A checkpoint every 512 bytes makes a lookup constant, also in a file
 * that is one line of five megabytes. */
#include "harness/document/node.h"

#include <stdio.h>

enum { STEP = 512 };

/* \n, \r\n and \r end lines, as everywhere in the program. */
static void step_over(Text source, size_t at, Checkpoint *mark) {
  unsigned char byte = (unsigned char)source.data[at];
  if ((byte & 0xC0) != 0x80) {
    mark->characters++;
    mark->column++;
  }
  bool lonely_return = byte == '\r' && (at + 1 == source.length || source.data[at + 1] != '\n');
  if (byte == '\n' || lonely_return) {
    mark->line++;
    mark->column = 0;
  }
}

void document_index_lines(Document *document, Arena *arena) {
  size_t count = document->source.length / STEP + 1;
  document->checkpoints = arena_alloc(arena, count * sizeof(Checkpoint));
  document->checkpoint_count = count;
  Checkpoint mark = {0, 0, 0};
  for (size_t at = 0; at < document->source.length; at++) {
    if (at % STEP == 0) document->checkpoints[at / STEP] = mark;
    step_over(document->source, at, &mark);
  }
  if (document->source.length % STEP == 0) document->checkpoints[count - 1] = mark;
}

static Checkpoint mark_at(const Document *document, size_t offset) {
  Checkpoint mark = document->checkpoints[offset / STEP];
  for (size_t at = offset - offset % STEP; at < offset; at++) step_over(document->source, at, &mark);
  return mark;
}

/* From a document inside a scalar to the file. */
static const Document *file_of(const Document *document, size_t *offset) {
  for (; document->holder != NULL; document = document->holder->document)
    *offset = scalar_marked_offset(document->holder, document->marks, document->mark_count,
                                   document->holder_from + *offset);
  return document;
}

Place document_place_at(const Document *document, size_t offset) {
  document = file_of(document, &offset);
  if (offset > document->source.length) offset = document->source.length;
  Checkpoint mark = mark_at(document, offset);
  return (Place){document->name, mark.line + 1, mark.column + 1};
}

size_t document_offset_of_character(const Document *document, size_t character) {
  size_t low = 0, high = document->checkpoint_count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (document->checkpoints[middle].characters <= character)
      low = middle;
    else
      high = middle;
  }
  Text source = document->source;
  size_t at = low * STEP;
  size_t passed = document->checkpoints[low].characters;
  while (at < source.length) {
    if (((unsigned char)source.data[at] & 0xC0) != 0x80 && passed++ == character) break;
    at++;
  }
  return at;
}

size_t document_offset(const Document *document, Place place) {
  if (place.line == 0) return 0;
  uint32_t line = place.line - 1, column = place.column > 0 ? place.column - 1 : 0;
  size_t low = 0, high = document->checkpoint_count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    const Checkpoint *mark = &document->checkpoints[middle];
    if (mark->line < line || (mark->line == line && mark->column <= column))
      low = middle;
    else
      high = middle;
  }
  Text source = document->source;
  size_t at = low * STEP;
  Checkpoint mark = document->checkpoints[low];
  while (at < source.length && (mark.line < line || (mark.line == line && mark.column < column)))
    step_over(source, at++, &mark);
  while (at < source.length && ((unsigned char)source.data[at] & 0xC0) == 0x80) at++;
  return at;
}

/* ---- faults with their source line ---- */

/* The part of the line that can be shown: a line may be megabytes long. */
static void quote_line(const Document *document, size_t offset, Fault *fault) {
  enum { AROUND = 2 * FAULT_SOURCE_SIZE };
  Text source = document->source;
  size_t from = offset > AROUND ? offset - AROUND : 0;
  while (from > 0 && from < offset && ((unsigned char)source.data[from] & 0xC0) == 0x80) from++;
  size_t to = source.length - offset > AROUND ? offset + AROUND : source.length;
  fault_quote(fault, text_slice(source, from, to), offset - from);
}

/* Is the end of the list full of this document? One list may serve many files. The last entry says so, as an
 * error, so that nothing that was left out makes a file look sound. */
static bool list_is_full(const Document *document, FaultList *faults) {
  if (faults == NULL) return true;
  size_t own = 0;
  while (own < faults->count && faults->items[faults->count - 1 - own].place.file == document->name) own++;
  if (own < DOCUMENT_FAULTS) return false;
  if (own > DOCUMENT_FAULTS) return true;
  Fault *last = fault_list_add(faults);
  fault_raise(last, FAULT_LIMIT, "too many errors: the others are not shown");
  last->place.file = document->name;
  return true;
}

bool document_fault_list(const Document *document, size_t offset, FaultList *faults, const char *format,
                         va_list arguments) {
  document = file_of(document, &offset);
  if (list_is_full(document, faults)) return false;
  if (offset > document->source.length) offset = document->source.length;
  char message[FAULT_MESSAGE_SIZE * 2];
  vsnprintf(message, sizeof message, format, arguments);
  Fault *fault = fault_list_add(faults);
  fault_raise(fault, FAULT_INPUT, "%s", message);
  fault->place = document_place_at(document, offset);
  fault->offset = offset;
  quote_line(document, offset, fault);
  return false;
}

bool document_fault_at(const Document *document, size_t offset, FaultList *faults, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  document_fault_list(document, offset, faults, format, arguments);
  va_end(arguments);
  return false;
}

static const Node *node_of(const cJSON *node) {
  return (const Node *)(const void *)node;
}

Place document_place(const Document *document, const cJSON *node) {
  if (node == NULL) return (Place){document->name, 0, 0};
  return document_place_at(node_of(node)->document, node_of(node)->offset);
}

Place document_key_place(const Document *document, const cJSON *node) {
  if (node == NULL) return (Place){document->name, 0, 0};
  return document_place_at(node_of(node)->document, node_of(node)->key_offset);
}

Place document_text_place(const Document *document, const cJSON *node, size_t offset) {
  if (node == NULL) return (Place){document->name, 0, 0};
  return document_place_at(node_of(node)->document, scalar_source_offset(node_of(node), offset));
}

Place document_key_text_place(const Document *document, const cJSON *node, size_t offset) {
  if (node == NULL || node->string == NULL) return document_key_place(document, node);
  const Document *owner = node_of(node)->document;
  size_t start = node_of(node)->key_offset;
  char first = start < owner->source.length ? owner->source.data[start] : '\0';
  Node key = {.document = node_of(node)->document, .offset = (uint32_t)start};
  key.end = (uint32_t)owner->source.length;
  key.style = first == '"' ? STYLE_DOUBLE_QUOTED : first == '\'' ? STYLE_SINGLE_QUOTED : STYLE_PLAIN;
  key.json.type = cJSON_String;
  key.json.valuestring = node->string;
  return document_place_at(owner, scalar_source_offset(&key, offset));
}

bool document_fault(const Document *document, const cJSON *node, FaultList *faults, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const Document *owner = node != NULL ? node_of(node)->document : document;
  document_fault_list(owner, node != NULL ? node_of(node)->offset : 0, faults, format, arguments);
  va_end(arguments);
  return false;
}

bool document_key_fault(const Document *document, const cJSON *node, FaultList *faults, const char *format,
                        ...) {
  va_list arguments;
  va_start(arguments, format);
  const Document *owner = node != NULL ? node_of(node)->document : document;
  document_fault_list(owner, node != NULL ? node_of(node)->key_offset : 0, faults, format, arguments);
  va_end(arguments);
  return false;
}

bool document_text_fault(const Document *document, const cJSON *node, size_t offset, FaultList *faults,
                         const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const Document *owner = node != NULL ? node_of(node)->document : document;
  document_fault_list(owner, node != NULL ? scalar_source_offset(node_of(node), offset) : 0, faults, format,
                      arguments);
  va_end(arguments);
  return false;
}
