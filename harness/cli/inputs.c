#include "harness/cli/inputs.h"

#include "harness/base/file.h"
#include "harness/document/document.h"

/* ---- specs ---- */

static bool has_any(const cJSON *root, const char *const *keys, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (document_get(root, keys[i]) != NULL) return true;
  return false;
}

/* In a folder stand definitions and included parts too. What can't be read at all counts as a spec: its
 * mistakes must be seen. */
static bool is_spec(const char *path, Arena *arena) {
  static const char *const spec_keys[] = {"cases", "statuses", "approved"};
  static const char *const other_keys[] = {"openapi", "swagger", "Resources", "resource_changes",
                                           "planned_values"};
  FaultList faults = fault_list_make(arena);
  Document *document = NULL;
  if (!document_load(path, DOCUMENT_CLOUDFORMATION_TAGS, arena, &document, &faults)) return true;
  const cJSON *root = document_root(document);
  bool recorded_only = document_get(root, "api") != NULL && document_get(root, "recordings") != NULL;
  return cJSON_IsObject(root) && !has_any(root, other_keys, OPTION_COUNT(other_keys)) &&
         (recorded_only || has_any(root, spec_keys, OPTION_COUNT(spec_keys)));
}

static bool add_folder(const char *folder, Arena *arena, OptionList *specs, Fault *fault) {
  static const char *const endings[] = {".yaml", ".yml", ".json"};
  const char **paths;
  size_t count = 0, before = specs->count;
  if (!folder_list(folder, endings, OPTION_COUNT(endings), arena, &paths, &count, fault)) return false;
  const char **items = ARENA_ARRAY(arena, const char *, specs->count + count + 1);
  for (size_t i = 0; i < specs->count; i++) items[i] = specs->items[i];
  specs->items = items;
  for (size_t i = 0; i < count; i++) {
    Arena *passing = arena_new(0);
    if (is_spec(paths[i], passing)) specs->items[specs->count++] = paths[i];
    arena_free(passing);
  }
  return specs->count > before || fault_raise(fault, FAULT_INPUT, "%s: no spec file in this folder", folder);
}

static void add_file(const char *path, Arena *arena, OptionList *specs) {
  const char **items = ARENA_ARRAY(arena, const char *, specs->count + 1);
  for (size_t i = 0; i < specs->count; i++) items[i] = specs->items[i];
  items[specs->count++] = path;
  specs->items = items;
}

bool inputs_find_specs(const OptionList *operands, Arena *arena, OptionList *specs, int *status) {
  Fault fault;
  for (size_t i = 0; i < operands->count; i++) {
    const char *path = operands->items[i];
    if (!folder_exists(path)) {
      add_file(path, arena, specs);
    } else if (!add_folder(path, arena, specs, &fault)) {
      *status = console_fault(&fault);
      return false;
    }
  }
  return true;
}

/* ---- variables ---- */

bool inputs_read_variables(const OptionList *given, Arena *arena, Headers *out, Fault *fault) {
  for (size_t i = 0; i < given->count; i++) {
    Text value, name = text_split(text_from(given->items[i]), '=', &value);
    if (value.data == NULL || name.length == 0)
      return fault_raise(fault, FAULT_USAGE, "--variable is NAME=VALUE, not \"%s\"", given->items[i]);
    headers_add(out, name, value, arena);
  }
  return true;
}

/* ---- recordings ---- */

static void warn_missing(const char *path) {
  Fault warning;
  fault_raise(&warning, FAULT_INPUT, "%s: nothing is recorded there yet", path);
  warning.warning = true;
  console_fault(&warning);
}

static bool open_all(const char *const *paths, size_t count, bool may_be_missing, bool quiet, Recordings *out,
                     Fault *fault) {
  for (size_t i = 0; i < count; i++) {
    if (may_be_missing && !file_exists(paths[i])) {
      if (!quiet) warn_missing(paths[i]);
      continue;
    }
    if (!store_open(paths[i], STORE_READ, &out->stores[out->count], fault)) return false;
    out->count++;
  }
  return true;
}

bool inputs_open_recordings(const Spec *spec, const OptionList *given, bool quiet, Arena *arena,
                            Recordings *out, int *status) {
  bool own = given->count == 0;
  const char *const *paths = own ? (const char *const *)spec->recordings : given->items;
  size_t count = own ? spec->recording_count : given->count;
  Fault fault;
  *out = (Recordings){.stores = ARENA_ARRAY(arena, Store *, count + 1)};
  if (open_all(paths, count, own, quiet, out, &fault)) return true;
  if (!quiet) *status = console_fault(&fault);
  inputs_close_recordings(out);
  return false;
}

void inputs_close_recordings(Recordings *recordings) {
  for (size_t i = 0; i < recordings->count; i++) store_close(recordings->stores[i], NULL);
  recordings->count = 0;
}
