/* specs/spec.schema.json says what the reader reads: the same keys, and every shipped spec is valid. */
#include "harness/mapping/schema.h"

#include "harness/base/file.h"
#include "harness/spec/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const MemberTable *const tables[] = {
    &spec_table,   &stage_table,           &case_table,    &request_table, &backend_table,
    &expect_table, &backend_request_table, &matcher_table, &ignore_table};
enum { TABLES = sizeof tables / sizeof *tables };

static const cJSON *load(const char *path, Arena *arena) {
  FaultList faults = fault_list_make(arena);
  Document *document;
  if (!document_load(path, 0, arena, &document, &faults)) fail_msg("%s: %s", path, faults.items[0].message);
  return document_root(document);
}

static const cJSON *schema_of(const cJSON *root, const char *name) {
  return strcmp(name, "spec") == 0 ? root : document_get(document_get(root, "$defs"), name);
}

static bool has_member(const MemberTable *table, const char *key) {
  for (size_t i = 0; i < table->count; i++)
    if (strcmp(table->members[i].key, key) == 0) return true;
  return false;
}

static void keys_are_the_readers(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  const cJSON *root = load(STATUSQUO_SOURCE_DIR "/specs/spec.schema.json", arena), *property;
  for (size_t i = 0; i < TABLES; i++) {
    const cJSON *properties = document_get(schema_of(root, tables[i]->name), "properties");
    assert_non_null(properties);
    for (size_t k = 0; k < tables[i]->count; k++)
      if (document_get(properties, tables[i]->members[k].key) == NULL)
        fail_msg("the schema of %s lacks \"%s\"", tables[i]->name, tables[i]->members[k].key);
    cJSON_ArrayForEach(property, properties) if (!has_member(tables[i], property->string))
        fail_msg("\"%s\" in the schema of %s is read by nobody", property->string, tables[i]->name);
  }
  arena_free(arena);
}

/* The reference names every key. */
static void reference_names_all(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Text reference;
  assert_true(file_read(STATUSQUO_SOURCE_DIR "/specs/README.md", 1 << 20, arena, &reference, NULL));
  for (size_t i = 0; i < TABLES; i++)
    for (size_t k = 0; k < tables[i]->count; k++) {
      Text key = arena_print(arena, "%s", tables[i]->members[k].key);
      if (text_find(reference, key, 0) == TEXT_NOT_FOUND)
        fail_msg("specs/README.md lacks \"%s\" of %s", tables[i]->members[k].key, tables[i]->name);
    }
  arena_free(arena);
}

static Text json_of(const cJSON *node, Arena *arena) {
  Buffer json = buffer_make(arena, 0);
  json_write_node(&json, node);
  return buffer_text(&json);
}

static Value value_of(const cJSON *node, Arena *arena) {
  Value value;
  Fault fault;
  if (!value_read(json_of(node, arena), arena, &value, &fault)) fail_msg("%s", fault.message);
  return value;
}

static bool holds(const SchemaSet *set, const cJSON *schema, const cJSON *instance, Arena *arena,
                  Text *violations) {
  return schema_check(set, value_of(schema, arena), value_of(instance, arena), arena, violations);
}

/* The draft 4 validator knows every word that the schema uses; a reference finds its definition by name. */
static SchemaSet definitions_of(const cJSON *root, Arena *arena) {
  const cJSON *defs = document_get(root, "$defs"), *definition;
  SchemaSet set = {.items = ARENA_ARRAY(arena, SchemaModel, 64)};
  cJSON_ArrayForEach(definition, defs) {
    assert_true(set.count < 64);
    set.items[set.count++] = (SchemaModel){text_from(definition->string), value_of(definition, arena)};
  }
  return set;
}

static bool is_valid(const char *path, Arena *arena, Text *violations) {
  const cJSON *root = load(STATUSQUO_SOURCE_DIR "/specs/spec.schema.json", arena);
  SchemaSet set = definitions_of(root, arena);
  return holds(&set, root, load(path, arena), arena, violations);
}

/* Case by case: the validator's effort is limited for each instance, and a spec may hold thousands. */
static void check_parts(const char *path, const cJSON *schema, Arena *arena) {
  const cJSON *root = load(path, arena), *member, *item;
  SchemaSet set = definitions_of(schema, arena);
  Text violations;
  cJSON_ArrayForEach(member, root) {
    const cJSON *property = document_get(document_get(schema, "properties"), member->string);
    if (property == NULL) fail_msg("%s: unknown key %s", path, member->string);
    bool cases = strcmp(member->string, "cases") == 0;
    if (!cases && !holds(&set, property, member, arena, &violations))
      fail_msg("%s: %s: %.*s", path, member->string, TEXT_ARGS(violations));
    const cJSON *one = document_get(property, "items");
    for (item = cases ? member->child : NULL; item != NULL; item = item->next)
      if (!holds(&set, one, item, arena, &violations))
        fail_msg("%s: %s: %.*s", path, document_get(item, "name")->valuestring, TEXT_ARGS(violations));
  }
}

static void shipped_specs_are_valid(void **state) {
  (void)state;
  static const char *const endings[] = {".yaml"};
  Arena *arena = arena_new(0);
  const char **paths;
  size_t count, checked = 0;
  const cJSON *schema = load(STATUSQUO_SOURCE_DIR "/specs/spec.schema.json", arena);
  assert_true(folder_list(STATUSQUO_SOURCE_DIR "/specs", endings, 1, arena, &paths, &count, NULL));
  for (size_t i = 0; i < count; i++) {
    if (strstr(paths[i], "/definitions/") != NULL) continue;
    check_parts(paths[i], schema, arena);
    checked++;
  }
  assert_true(checked >= 4);
  arena_free(arena);
}

static void mistakes_are_invalid(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{\"casse\": []}",
      "{\"cases\": [{\"request\": \"GET /\"}]}",
      "{\"cases\": [{\"name\": \"a\", \"expect\": {\"stauts\": 400}}]}",
      "{\"cases\": [{\"name\": \"a\", \"backend\": {\"failure\": \"slow\"}}]}",
      "{\"cases\": [{\"name\": \"a\", \"expect\": {\"json\": {\"$.a\": {\"matchs\": \"x\"}}}}]}",
      "{\"statuses\": {\"GET /\": {\"6xx\": 200}}}",
      "{\"defaults\": {\"name\": \"x\"}}",
      "{\"ignore\": [\"timestamp\"]}",
  };
  Arena *arena = arena_new(0);
  const char *path = "/tmp/statusquo-spec-schema.json";
  Text violations;
  for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
    assert_true(file_write(path, text_from(specs[i]), NULL));
    if (is_valid(path, arena, &violations)) fail_msg("should be invalid: %s", specs[i]);
  }
  remove(path);
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_are_the_readers),
      cmocka_unit_test(reference_names_all),
      cmocka_unit_test(shipped_specs_are_valid),
      cmocka_unit_test(mistakes_are_invalid),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
