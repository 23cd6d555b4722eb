/* A spec file: its top level, what it includes, the definition it tests. */
#include "harness/spec/spec.h"

#include "harness/base/file.h"
#include "harness/spec/expand.h"

#include <stdlib.h>
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
const MemberTable stage_table = MEMBER_TABLE("stage", stage_members);

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

/* Read before or after the file's other members: read_file. */
static void top_apart(Reader *reader, const cJSON *node, void *target) {
  (void)reader;
  (void)node;
  (void)target;
}

static const Member top_members[] = {
    {"api", top_api},
    {"include", top_apart},
    {"variables", top_apart},
    {"environment", top_apart},
    {"defaults", top_apart},
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
const MemberTable spec_table = MEMBER_TABLE("spec", top_members);

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

/* ---- what holds everywhere: known before anything else is read ---- */

/* What an outer file says wins. */
static void join_mapping(Reader *reader, const cJSON *node, const char *what, const cJSON **joined) {
  if (node == NULL || cJSON_IsNull(node) || !take_mapping(reader, node, what)) return;
  *joined = *joined == NULL ? node : expand_defaults(reader, *joined, node);
}

/* The names that may come from outside: what isn't listed stays outside. */
static void read_environment(Reader *reader, const cJSON *node) {
  const cJSON *item;
  Text name;
  if (node == NULL) return;
  reader->has_variables = true;
  if (!cJSON_IsArray(node)) wrong_kind(reader, node, "\"environment\"", "a list of names");
  cJSON_ArrayForEach(item, node) {
    if (!take_text(reader, item, "a name", &name)) continue;
    const char *value = getenv(arena_copy_string(reader->arena, name));
    if (value != NULL && headers_find_exact(&reader->variables, name) == NULL)
      headers_add(&reader->variables, name, arena_copy_text(reader->arena, text_from(value)), reader->arena);
  }
}

static void read_apart(Reader *reader, const cJSON *root) {
  const cJSON *variables = document_find(root, TEXT("variables"));
  const cJSON *defaults = document_find(root, TEXT("defaults"));
  join_mapping(reader, variables, "\"variables\"", &reader->values);
  join_mapping(reader, defaults, "\"defaults\"", &reader->defaults);
  read_environment(reader, document_find(root, TEXT("environment")));
  reader->has_variables = reader->has_variables || variables != NULL;
  check_defaults(reader, defaults);
}

/* Defaults and cases are expanded case by case: a row's names come in there. */
static void read_rest(Reader *reader, const cJSON *root) {
  static const char *const apart[] = {"cases", "defaults", "variables", "environment", "include"};
  const Scope scope = {.values = reader->values};
  const cJSON *member;
  cJSON_ArrayForEach(member, root) {
    bool whole = false;
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) whole |= strcmp(member->string, apart[i]) == 0;
    const cJSON *value = whole ? member : expand_variables(reader, member, &scope);
    READ_MEMBER(reader, value, top_members, "a spec", reader->spec);
  }
}

/* The files in order, a file before what it includes. */
static bool read_file(Reader *reader, const char *path, const cJSON *from) {
  Document *document;
  if (!load_document(reader, path, from, &document)) return false;
  if (from == NULL) reader->spec->document = document;
  const cJSON *root = document_root(document), *item;
  if (!cJSON_IsObject(root)) return wrong_kind(reader, root, "a spec", "a mapping");
  reader->included[reader->depth++] = text_from(path);
  *ARENA_ADD(reader->arena, reader->roots, reader->root_count) = root;
  read_apart(reader, root);
  const cJSON *include = document_find(root, TEXT("include"));
  if (cJSON_IsArray(include))
    cJSON_ArrayForEach(item, include) include_file(reader, item);
  else if (include != NULL)
    include_file(reader, include);
  reader->depth--;
  return true;
}

static void read_all(Reader *reader) {
  for (size_t i = 0; i < reader->root_count; i++) read_rest(reader, reader->roots[i]);
  read_noted_cases(reader);
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

bool spec_load_with(const char *path, const SpecOptions *options, Arena *lasting, Spec **out,
                    FaultList *faults) {
  Text files[INCLUDE_DEPTH + 1];
  Reader reader = {.spec = ARENA_NEW(lasting, Spec),
                   .arena = lasting,
                   .faults = faults,
                   .included = files,
                   .variables = headers_copy(&options->variables, lasting),
                   .has_variables = options->variables.count > 0};
  Spec *spec = reader.spec;
  spec->file = arena_copy_string(lasting, text_from(path));
  size_t first = faults->count;
  reader.errors_before = fault_list_errors(faults);
  if (!read_file(&reader, spec->file, NULL)) return false;
  read_all(&reader);
  if (options->api != NULL) {
    spec->api_path = options->api;
    reader.api = NULL;
  }
  if (spec->api_path != NULL) load_definition(&reader, spec->api_path);
  check_cases(&reader);
  check_tables(&reader, options->api != NULL);
  sort_faults(faults, first);
  if (fault_list_errors(faults) > reader.errors_before) return false;
  *out = spec;
  return true;
}

bool spec_load(const char *path, const char *api_override, Arena *lasting, Spec **out, FaultList *faults) {
  return spec_load_with(path, &(SpecOptions){.api = api_override}, lasting, out, faults);
}
