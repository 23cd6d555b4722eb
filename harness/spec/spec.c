/* A spec file: its top level, what it includes, the definition it tests. */
#include "harness/spec/spec.h"

#include "harness/base/file.h"
#include "harness/spec/reader.h"

#include <string.h>

enum { INCLUDE_DEPTH = 16 };

/* What the file says wins over what it includes: scalars are taken once, from the outside in. */
static void top_api(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  if (spec->api_path != NULL || cJSON_IsNull(node)) return;
  spec->api_path = take_path(reader, node, "\"api\"");
  reader->api = node;
}

static void stage_name(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  Text name = {NULL, 0};
  if (take_scalar(reader, node, "a stage's name", &name) && spec->stage.data == NULL) spec->stage = name;
}

static void stage_variables(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  take_pairs(reader, node, "\"variables\"", &spec->stage_variables);
}

static const Member stage_members[] = {{"name", stage_name}, {"variables", stage_variables}};

static void top_stage(Reader *reader, const cJSON *node, void *target) {
  if (cJSON_IsObject(node))
    READ_MEMBERS(reader, node, stage_members, "\"stage\"", target);
  else
    stage_name(reader, node, target);
}

static void top_parameters(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  take_pairs(reader, node, "\"parameters\"", &spec->parameters);
}

static void top_backend(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  Text url;
  if (!take_text(reader, node, "\"backend\"", &url) || spec->backend.data != NULL) return;
  bool web = text_starts(url, TEXT("http://")) || text_starts(url, TEXT("https://"));
  if (!web) spec_fault(reader, node, "\"backend\" is a URL that begins with http:// or https://");
  spec->backend = url;
}

static void add_recording(Reader *reader, const cJSON *node, Spec *spec) {
  const char *path = take_path(reader, node, "a recording");
  if (path != NULL) *ARENA_ADD(reader->arena, spec->recordings, spec->recording_count) = path;
}

static void top_recordings(Reader *reader, const cJSON *node, void *target) {
  const cJSON *item;
  if (!cJSON_IsArray(node)) add_recording(reader, node, target);
  if (cJSON_IsArray(node)) cJSON_ArrayForEach(item, node) add_recording(reader, item, target);
}

static void top_approved(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  bool approved = false;
  take_truth(reader, node, "\"approved\"", &approved);
  spec->approved = spec->approved || approved;
}

/* "reason" for all operations, or {operation: reason} */
static void top_allow_failure(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  if (cJSON_IsString(node))
    headers_add(&spec->allowed_failures, TEXT("*"), document_text(document_of(node), node), reader->arena);
  else
    take_pairs(reader, node, "\"allowFailureAsSuccess\"", &spec->allowed_failures);
}

static void top_description(Reader *reader, const cJSON *node, void *target) {
  (void)reader;
  (void)node;
  (void)target;
}

static void top_include(Reader *reader, const cJSON *node, void *target) {
  (void)reader; /* read after the file's own members: read_file */
  (void)node;
  (void)target;
}

static const Member top_members[] = {
    {"api", top_api},
    {"include", top_include},
    {"stage", top_stage},
    {"parameters", top_parameters},
    {"backend", top_backend},
    {"recordings", top_recordings},
    {"cases", read_cases},
    {"statuses", read_statuses},
    {"approved", top_approved},
    {"ignore", read_ignores},
    {"redact", read_redacts},
    {"allowFailureAsSuccess", top_allow_failure},
    {"description", top_description},
    {"$schema", top_description},
};

/* ---- files ---- */

static bool read_file(Reader *reader, const char *path, const cJSON *from);

static void include_file(Reader *reader, const cJSON *node) {
  const char *path = take_path(reader, node, "\"include\"");
  if (path == NULL) return;
  for (size_t i = 0; i < reader->depth; i++)
    if (text_is(reader->included[i], path)) {
      spec_fault(reader, node, "%s includes itself", path);
      return;
    }
  if (reader->depth == INCLUDE_DEPTH) {
    spec_fault(reader, node, "files are included more than %d deep", INCLUDE_DEPTH);
    return;
  }
  read_file(reader, path, node);
}

static bool load_document(Reader *reader, const char *path, const cJSON *from, Document **out) {
  FaultList faults = fault_list_make(reader->arena);
  bool good = document_load(path, 0, reader->arena, out, &faults);
  for (size_t i = 0; i < faults.count; i++) {
    bool placed = faults.items[i].place.line > 0 || from == NULL;
    if (placed)
      *fault_list_add(reader->faults) = faults.items[i];
    else
      spec_fault(reader, from, "%s", faults.items[i].message);
  }
  return good;
}

static bool read_file(Reader *reader, const char *path, const cJSON *from) {
  Document *document;
  if (!load_document(reader, path, from, &document)) return false;
  if (from == NULL) reader->spec->document = document;
  const cJSON *root = document_root(document), *item;
  if (!cJSON_IsObject(root)) return wrong_kind(reader, root, "a spec", "a mapping");
  reader->included[reader->depth++] = text_from(path);
  READ_MEMBERS(reader, root, top_members, "a spec", reader->spec);
  const cJSON *include = document_find(root, TEXT("include"));
  if (cJSON_IsArray(include))
    cJSON_ArrayForEach(item, include) include_file(reader, item);
  else if (include != NULL)
    include_file(reader, include);
  reader->depth--;
  return true;
}

/* ---- the definition ---- */

static void load_definition(Reader *reader, const char *path) {
  Spec *spec = reader->spec;
  FaultList faults = fault_list_make(reader->arena);
  DefinitionOptions options = {.parameters = spec->parameters};
  definition_load(path, &options, reader->arena, &spec->definition, &faults);
  for (size_t i = 0; i < faults.count; i++) {
    bool placed = faults.items[i].place.line > 0 || reader->api == NULL;
    if (placed)
      *fault_list_add(reader->faults) = faults.items[i];
    else
      spec_fault(reader, reader->api, "%s", faults.items[i].message);
  }
}

/* Later checks find mistakes in earlier lines: people read from the top. Stable, file by file. */
static void sort_faults(FaultList *faults, size_t from) {
  for (size_t i = from + 1; i < faults->count; i++) {
    Fault fault = faults->items[i];
    size_t at = i;
    for (; at > from; at--) {
      const Place *before = &faults->items[at - 1].place;
      bool same =
          before->file != NULL && fault.place.file != NULL && strcmp(before->file, fault.place.file) == 0;
      bool later = before->line > fault.place.line ||
                   (before->line == fault.place.line && before->column > fault.place.column);
      if (!same || !later) break;
      faults->items[at] = faults->items[at - 1];
    }
    faults->items[at] = fault;
  }
}

bool spec_load(const char *path, const char *api_override, Arena *lasting, Spec **out, FaultList *faults) {
  Text files[INCLUDE_DEPTH + 1];
  Reader reader = {.spec = ARENA_NEW(lasting, Spec), .arena = lasting, .faults = faults, .included = files};
  Spec *spec = reader.spec;
  spec->file = arena_copy_string(lasting, text_from(path));
  size_t first = faults->count;
  reader.errors_before = fault_list_errors(faults);
  if (!read_file(&reader, spec->file, NULL)) return false;
  if (api_override != NULL) {
    spec->api_path = api_override;
    reader.api = NULL;
  }
  if (spec->api_path != NULL) load_definition(&reader, spec->api_path);
  check_cases(&reader);
  check_tables(&reader, api_override != NULL);
  sort_faults(faults, first);
  if (fault_list_errors(faults) > reader.errors_before) return false;
  *out = spec;
  return true;
}
