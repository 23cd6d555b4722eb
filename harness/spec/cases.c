/* cases: each a named expectation. */
#include "harness/spec/expand.h"

#include <stdlib.h>
#include <string.h>

typedef struct CaseParts {
  SpecCase spec_case; /* first: the readers of its parts take it as their target */
  const cJSON *method;
  const cJSON *name;
} CaseParts;

static void case_name(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  parts->name = node;
  if (take_scalar(reader, node, "a name", &parts->spec_case.name) && parts->spec_case.name.length == 0)
    spec_fault(reader, node, "a case needs a name");
}

static void case_exchange(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  take_text(reader, node, "\"exchange\"", &parts->spec_case.exchange);
}

static void case_method(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  if (take_mapping(reader, node, "\"method\"")) parts->method = node;
}

/* Read together with the method, or before the case. */
static void case_beside_method(Reader *reader, const cJSON *node, void *target) {
  (void)reader;
  (void)node;
  (void)target;
}

static void case_stage_variables(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  take_pairs(reader, node, "\"stageVariables\"", &parts->spec_case.stage_variables);
}

static void case_context(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  Value value;
  Fault fault;
  if (!take_mapping(reader, node, "\"context\"")) return;
  if (value_read(node_json(reader, node), reader->arena, &value, &fault) && value.kind == VALUE_MAP)
    parts->spec_case.context = value.as.map;
  else
    spec_fault(reader, node, "\"context\": %s", fault.message);
}

static void case_tags(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  SpecCase *spec_case = &parts->spec_case;
  const cJSON *item;
  Text tag;
  if (cJSON_IsString(node)) {
    *ARENA_ADD(reader->arena, spec_case->tags, spec_case->tag_count) = document_text(document_of(node), node);
  } else if (!cJSON_IsArray(node)) {
    wrong_kind(reader, node, "\"tags\"", "a text or a list");
  } else {
    cJSON_ArrayForEach(item, node) if (take_scalar(reader, item, "a tag", &tag)) *
        ARENA_ADD(reader->arena, spec_case->tags, spec_case->tag_count) = tag;
  }
}

static void case_allow_failure(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  if (take_text(reader, node, "the reason", &parts->spec_case.allow_failure_as_success) &&
      parts->spec_case.allow_failure_as_success.length == 0)
    spec_fault(reader, node, "say why a failure may reach the client as a success");
}

static void take_reason(Reader *reader, const cJSON *node, const char *question, Text *out) {
  if (take_text(reader, node, "the reason", out) && out->length == 0)
    spec_fault(reader, node, "%s", question);
}

static void case_skip(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  take_reason(reader, node, "say why the case is skipped", &parts->spec_case.skip);
}

static void case_todo(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  take_reason(reader, node, "say what is still to be done", &parts->spec_case.todo);
}

static void case_only(Reader *reader, const cJSON *node, void *target) {
  CaseParts *parts = target;
  take_truth(reader, node, "\"only\"", &parts->spec_case.only);
}

static void case_description(Reader *reader, const cJSON *node, void *target) {
  (void)target;
  Text text;
  take_text(reader, node, "\"description\"", &text);
}

static const Member case_members[] = {
    {"name", case_name},
    {"description", case_description},
    {"request", read_request},
    {"backend", read_backend},
    {"expect", read_expectation},
    {"exchange", case_exchange},
    {"method", case_method},
    {"binaryMediaTypes", case_beside_method},
    {"gatewayResponses", case_beside_method},
    {"stageVariables", case_stage_variables},
    {"context", case_context},
    {"tags", case_tags},
    {"allowFailureAsSuccess", case_allow_failure},
    {"skip", case_skip},
    {"todo", case_todo},
    {"only", case_only},
    {"each", case_beside_method},
};
const MemberTable case_table = MEMBER_TABLE("case", case_members);

static void read_method_definition(Reader *reader, const cJSON *node, CaseParts *parts) {
  const Request *request = &parts->spec_case.request;
  Text path = request->resource_path.data != NULL ? request->resource_path : request->path;
  definition_from_method(document_of(node), node, path, request->method, reader->arena,
                         &parts->spec_case.method_definition, reader->faults);
}

static void check_beside_method(Reader *reader, const cJSON *node) {
  static const char *const keys[] = {"binaryMediaTypes", "gatewayResponses"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const cJSON *member = document_find(node, text_from(keys[i]));
    if (member != NULL)
      document_key_fault(document_of(member), member, reader->faults, "\"%s\" stands beside \"method\" only",
                         keys[i]);
  }
}

static void read_case(Reader *reader, const cJSON *node, Spec *spec) {
  CaseParts parts = {0};
  if (!take_mapping(reader, node, "a case")) return;
  parts.spec_case.place = document_place(document_of(node), node);
  parts.spec_case.node = node;
  size_t before = reader->faults->count;
  READ_MEMBERS(reader, node, case_members, "a case", &parts);
  bool sound = reader->faults->count == before;
  if (parts.name == NULL) spec_fault(reader, node, "a case needs a name");
  bool unwritten = parts.spec_case.todo.data != NULL;
  if (sound && !unwritten && !parts.spec_case.has_request && parts.spec_case.exchange.data == NULL)
    spec_fault(reader, node, "a case needs a request or an exchange");
  if (parts.method != NULL)
    read_method_definition(reader, node, &parts);
  else
    check_beside_method(reader, node);
  spec->has_only = spec->has_only || parts.spec_case.only;
  *ARENA_ADD(reader->arena, spec->cases, spec->case_count) = parts.spec_case;
}

/* ---- rows, variables, defaults ---- */

void check_defaults(Reader *reader, const cJSON *defaults) {
  static const char *const refused[] = {"name", "each", "only", "skip", "todo", "exchange"};
  const cJSON *member;
  cJSON_ArrayForEach(member, defaults) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
      if (strcmp(member->string, refused[i]) == 0)
        document_key_fault(document_of(member), member, reader->faults, "\"%s\" is each case's own",
                           refused[i]);
  }
}

static void read_expanded(Reader *reader, const cJSON *node, const Scope *scope) {
  read_case(reader, expand_variables(reader, expand_defaults(reader, node, reader->defaults), scope),
            reader->spec);
}

/* Rows share the case's name and are numbered, unless the name holds a variable. */
static void read_row(Reader *reader, const cJSON *node, const cJSON *row, size_t number, const Scope *outer) {
  const Scope scope = {.outer = outer, .values = row};
  const cJSON *name = document_find(node, TEXT("name"));
  if (!take_mapping(reader, row, "a row of \"each\"")) return;
  Text text = cJSON_IsString(name) ? document_text(document_of(name), name) : TEXT_EMPTY;
  bool numbered = text.length > 0 && text_find(text, TEXT("${"), 0) == TEXT_NOT_FOUND;
  if (numbered)
    node = expand_name(reader, node, arena_print(reader->arena, "%.*s #%zu", TEXT_ARGS(text), number));
  read_expanded(reader, node, &scope);
}

static void read_noted_case(Reader *reader, const cJSON *node) {
  const Scope scope = {.values = reader->values};
  const cJSON *each = document_find(node, TEXT("each")), *row;
  size_t number = 0;
  bool before = reader->has_variables;
  if (each == NULL) {
    read_expanded(reader, node, before ? &scope : NULL);
    return;
  }
  if (!cJSON_IsArray(each) || each->child == NULL) {
    document_key_fault(document_of(each), each, reader->faults,
                       "\"each\" is a list of rows: {name: value, …}");
    return;
  }
  reader->has_variables = true;
  cJSON_ArrayForEach(row, each) read_row(reader, node, row, ++number, &scope);
  reader->has_variables = before;
}

void read_noted_cases(Reader *reader) {
  for (size_t i = 0; i < reader->case_count; i++) read_noted_case(reader, reader->cases[i]);
}

void read_cases(Reader *reader, const cJSON *node, void *target) {
  const cJSON *item;
  if (!cJSON_IsArray(node)) {
    wrong_kind(reader, node, "\"cases\"", "a list");
    return;
  }
  (void)target;
  cJSON_ArrayForEach(item, node) * ARENA_ADD(reader->arena, reader->cases, reader->case_count) = item;
}

/* ---- when all is read ---- */

static int by_name(const void *left, const void *right) {
  const SpecCase *first = *(const SpecCase *const *)left, *second = *(const SpecCase *const *)right;
  int order = text_compare(first->name, second->name);
  return order != 0 ? order : first < second ? -1 : 1;
}

static void case_fault(Reader *reader, const SpecCase *spec_case, const char *format, Text text,
                       uint32_t line) {
  const Document *document = reader->spec->document;
  Fault *fault = fault_list_add(reader->faults);
  fault_raise(fault, FAULT_INPUT, format, TEXT_ARGS(text), line);
  fault->place = spec_case->place;
  bool here = strcmp(spec_case->place.file, document_name(document)) == 0;
  if (!here) return;
  fault->offset = document_offset(document, spec_case->place);
  fault_quote(fault, document_source(document), fault->offset);
}

/* Names are what --filter, reports and approvals go by. */
static void check_names(Reader *reader) {
  enum { TOLD = 100 };
  Spec *spec = reader->spec;
  size_t told = 0;
  const SpecCase **sorted = arena_alloc(reader->arena, spec->case_count * sizeof *sorted);
  for (size_t i = 0; i < spec->case_count; i++) sorted[i] = &spec->cases[i];
  if (spec->case_count > 1) qsort(sorted, spec->case_count, sizeof *sorted, by_name);
  for (size_t i = 1; i < spec->case_count && told < TOLD; i++) {
    const SpecCase *before = sorted[i - 1];
    if (sorted[i]->name.length == 0 || !text_equal(sorted[i]->name, before->name)) continue;
    case_fault(reader, sorted[i], "another case is named \"%.*s\" (line %u)", before->name,
               before->place.line);
    told++;
  }
}

/* Told once: what is missing is said at the top of the file. */
static void check_definition(Reader *reader) {
  const Spec *spec = reader->spec;
  bool has_api = spec->definition != NULL || reader->api != NULL;
  if (fault_list_errors(reader->faults) > reader->errors_before) return;
  for (size_t i = 0; i < spec->case_count && !has_api; i++) {
    const SpecCase *spec_case = &spec->cases[i];
    if (spec_case->method_definition != NULL) continue;
    case_fault(reader, spec_case, "case \"%.*s\" needs a definition: say \"api\" or give it a \"method\"",
               spec_case->name, 0);
    return;
  }
}

void check_cases(Reader *reader) {
  check_names(reader);
  check_definition(reader);
}
