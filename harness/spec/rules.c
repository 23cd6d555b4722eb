/* What a spec says for all exchanges: status tables, what to ignore, what to redact. */
#include "harness/spec/reader.h"

#include <stdlib.h>
#include <string.h>

/* ---- statuses ---- */

static void read_entry(Reader *reader, const cJSON *node, StatusTable *table) {
  StatusEntry entry = {.place = document_key_place(document_of(node), node), .node = node};
  Text key = text_from(node->string), client;
  StatusRange answer;
  entry.is_default = text_is(key, "default");
  if (entry.is_default)
    entry.backend = (StatusRange){100, 599};
  else if (!range_read(key, &entry.backend)) {
    document_key_fault(document_of(node), node, reader->faults,
                       "a backend status is 100 to 599, 4xx, 500-599 or default, not \"%s\"", node->string);
    return;
  }
  if (!take_scalar(reader, node, "a client status", &client)) return;
  if (!range_read(client, &answer) || answer.from != answer.to) {
    spec_fault(reader, node, "a client status is a number from 100 to 599, not \"%.*s\"", TEXT_ARGS(client));
    return;
  }
  entry.client = answer.from;
  *ARENA_ADD(reader->arena, table->entries, table->entry_count) = entry;
}

/* Narrow before wide; `default`, as wide as can be, last. */
static int by_width(const void *left, const void *right) {
  const StatusEntry *first = left, *second = right;
  if (first->is_default != second->is_default) return first->is_default ? 1 : -1;
  int one = first->backend.to - first->backend.from, other = second->backend.to - second->backend.from;
  if (one != other) return one < other ? -1 : 1;
  return first->backend.from - second->backend.from;
}

static void read_table(Reader *reader, const cJSON *node, Spec *spec) {
  const cJSON *member;
  if (!take_mapping(reader, node, "a status table")) return;
  StatusTable *table = ARENA_ADD(reader->arena, spec->tables, spec->table_count);
  table->operation = text_from(node->string);
  table->place = document_key_place(document_of(node), node);
  table->node = node;
  cJSON_ArrayForEach(member, node) read_entry(reader, member, table);
  if (table->entry_count > 1) qsort(table->entries, table->entry_count, sizeof(StatusEntry), by_width);
  for (size_t i = 1; i < table->entry_count; i++) {
    const StatusEntry *entry = &table->entries[i], *before = entry - 1;
    bool same = entry->backend.from == before->backend.from && entry->backend.to == before->backend.to;
    if (same && entry->is_default == before->is_default)
      spec_fault(reader, node, "this table says twice what becomes of %d", entry->backend.from);
  }
}

void read_statuses(Reader *reader, const cJSON *node, void *target) {
  const cJSON *member;
  if (!take_mapping(reader, node, "\"statuses\"")) return;
  cJSON_ArrayForEach(member, node) read_table(reader, member, target);
}

/* The name of an operation near the one that isn't there, or NULL. */
static const char *near_operation(Reader *reader, Text name) {
  enum { CANDIDATES = 500 };
  const Definition *definition = reader->spec->definition;
  size_t count = definition->operation_count < CANDIDATES ? definition->operation_count : CANDIDATES;
  const char **names = arena_alloc(reader->arena, (count + 1) * sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = operation_name(&definition->operations[i], reader->arena).data;
  return text_suggest(name, names, count);
}

/* Under another definition (--api) an operation may be gone: that is a difference, not a mistake. */
void check_tables(Reader *reader, bool overridden) {
  Spec *spec = reader->spec;
  for (size_t i = 0; i < spec->table_count && spec->definition != NULL && !overridden; i++) {
    const StatusTable *table = &spec->tables[i];
    if (definition_operation(spec->definition, table->operation) != NULL) continue;
    const char *near = near_operation(reader, table->operation);
    Fault *fault = fault_list_add(reader->faults);
    fault_raise(fault, FAULT_INPUT,
                near != NULL ? "%s has no operation \"%.*s\" (did you mean \"%s\"?)"
                             : "%s has no operation \"%.*s\"",
                spec->definition->file, TEXT_ARGS(table->operation), near);
    fault->place = table->place;
    fault->offset = document_offset(spec->document, table->place);
    fault_quote(fault, document_source(spec->document), fault->offset);
  }
}

/* ---- where: "$.path", "header Name", "query name" ---- */

typedef struct Location {
  JsonPath *path;
  Text header;
  Text query;
} Location;

static bool read_location(Reader *reader, const cJSON *node, bool query_too, Location *out) {
  Text text, rest;
  Fault fault;
  *out = (Location){0};
  if (!take_text(reader, node, "a place", &text)) return false;
  Text kind = text_split(text, ' ', &rest);
  rest = text_trim(rest);
  if (text_is(kind, "header") && rest.length > 0) {
    out->header = rest;
    return true;
  }
  if (query_too && text_is(kind, "query") && rest.length > 0) {
    out->query = rest;
    return true;
  }
  if (!text_starts(text, TEXT("$")))
    return spec_fault(reader, node, "a place is a path ($.a.b)%s a header (header Date)%s, not \"%.*s\"",
                      query_too ? "," : " or", query_too ? " or a query parameter (query token)" : "",
                      TEXT_ARGS(text));
  if (jsonpath_compile(text, reader->arena, &out->path, &fault)) return true;
  return document_text_fault(document_of(node), node, fault.offset, reader->faults, "path: %s",
                             fault.message);
}

/* ---- ignore ---- */

typedef struct IgnoreParts {
  IgnoreRule rule;
  bool placed;
} IgnoreParts;

static void ignore_at(Reader *reader, const cJSON *node, void *target) {
  IgnoreParts *parts = target;
  Location location;
  if (!read_location(reader, node, false, &location)) return;
  parts->placed = true;
  parts->rule.path = location.path;
  parts->rule.header = location.header;
}

static void ignore_tolerance(Reader *reader, const cJSON *node, void *target) {
  IgnoreParts *parts = target;
  parts->rule.tolerance = cJSON_IsNumber(node) ? node->valuedouble : 0;
  if (!cJSON_IsNumber(node) || node->valuedouble < 0)
    spec_fault(reader, node, "\"tolerance\" is a number from 0");
}

static void ignore_type(Reader *reader, const cJSON *node, void *target) {
  IgnoreParts *parts = target;
  take_text(reader, node, "\"type\"", &parts->rule.type);
}

static const Member ignore_members[] = {
    {"at", ignore_at}, {"tolerance", ignore_tolerance}, {"type", ignore_type}};
const MemberTable ignore_table = MEMBER_TABLE("ignore", ignore_members);

void read_ignores(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  const cJSON *item;
  if (!cJSON_IsArray(node)) {
    wrong_kind(reader, node, "\"ignore\"", "a list");
    return;
  }
  cJSON_ArrayForEach(item, node) {
    IgnoreParts parts = {.rule.tolerance = -1};
    size_t before = reader->faults->count;
    if (cJSON_IsObject(item))
      READ_MEMBERS(reader, item, ignore_members, "an ignore rule", &parts);
    else
      ignore_at(reader, item, &parts);
    if (!parts.placed && reader->faults->count == before)
      spec_fault(reader, item, "an ignore rule needs \"at\"");
    if (parts.placed) *ARENA_ADD(reader->arena, spec->ignores, spec->ignore_count) = parts.rule;
  }
}

/* ---- redact ---- */

void read_redacts(Reader *reader, const cJSON *node, void *target) {
  Spec *spec = target;
  const cJSON *item;
  if (!cJSON_IsArray(node)) {
    wrong_kind(reader, node, "\"redact\"", "a list");
    return;
  }
  cJSON_ArrayForEach(item, node) {
    Location location;
    if (read_location(reader, item, true, &location))
      *ARENA_ADD(reader->arena, spec->redacts, spec->redact_count) =
          (RedactRule){location.path, location.header, location.query};
  }
}
