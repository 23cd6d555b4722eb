/* Groups of verdicts, and the map of operations × ways that is made of them. */
#include "harness/report/html.h"

#include "harness/document/document.h"

#include <stdlib.h>

enum { SLOTS = 4096, OPERATION_SHOWN = 200, RULE_SHOWN = 120, BACKEND_SHOWN = 40 };

static const struct {
  const char *name, *title, *word;
} classes[] = {
#define X(symbol, name, title, word) {name, title, word},
    HTML_CLASSES(X)
#undef X
};

const char *html_class_name(HtmlClass class) {
  return classes[class].name;
}

const char *html_class_title(HtmlClass class) {
  return classes[class].title;
}

const char *html_class_word(HtmlClass class) {
  return classes[class].word;
}

HtmlClass html_class_of(const Verdict *verdict) {
  switch (verdict->kind) {
  case VERDICT_SAME: return HTML_SAME;
  case VERDICT_UNMAPPED: return HTML_UNMAPPED;
  case VERDICT_NEW: return verdict->unapproved ? HTML_UNAPPROVED : HTML_NEW;
  case VERDICT_DIFFERENT: break;
  }
  switch (differences_severity(&verdict->differences)) {
  case SEVERITY_BREAKING: return HTML_BREAKING;
  case SEVERITY_RISKY: return HTML_RISKY;
  case SEVERITY_COMPATIBLE:
  case SEVERITY_NONE: break;
  }
  return HTML_COMPATIBLE;
}

/* ---- finding a verdict's group ---- */

/* What the backend did, in a word: the first half of a way. */
static Text backend_word(const Verdict *verdict, Arena *arena) {
  const BackendAnswer *answer = verdict->backend;
  if (verdict->request == NULL && verdict->checked != 1) return TEXT("table");
  if (answer == NULL) return TEXT("–");
  switch (answer->kind) {
  case BACKEND_NONE: return TEXT("mock");
  case BACKEND_HTTP: return arena_print(arena, "%d", answer->status);
  case BACKEND_LAMBDA: return answer->function_error.data != NULL ? TEXT("raised") : TEXT("returned");
  case BACKEND_FAILURE: return text_from(failure_reason_name(answer->reason));
  }
  return TEXT("–");
}

static int actual_status(const Verdict *verdict) {
  return verdict->kind == VERDICT_UNMAPPED ? 0 : verdict->outcome.response.status;
}

static Text rule_word(const IntegrationResponse *rule) {
  if (rule == NULL) return (Text){NULL, 0};
  return rule->is_default ? TEXT("default") : rule->selection_pattern.text;
}

static uint64_t key_of(const HtmlGroup *group) {
  uint64_t key = (uint64_t)group->class * 1000003u + (uint64_t)group->expected;
  key = key * 1000003u + (uint64_t)group->actual;
  key = key * 1000003u + text_hash(group->operation);
  key = key * 1000003u + text_hash(group->backend);
  key = key * 1000003u + text_hash(group->rule);
  return key * 1000003u + text_hash(group->place);
}

static bool same_group(const HtmlGroup *one, const HtmlGroup *other) {
  return one->class == other->class && one->expected == other->expected && one->actual == other->actual &&
         text_equal(one->operation, other->operation) && text_equal(one->backend, other->backend) &&
         text_equal(one->rule, other->rule) && text_equal(one->place, other->place);
}

static size_t add_group(HtmlGroups *groups, HtmlGroup group) {
  if (groups->count == groups->capacity) {
    size_t capacity = groups->capacity == 0 ? 64 : groups->capacity * 2;
    groups->items = arena_resize(groups->arena, groups->items, groups->capacity * sizeof(HtmlGroup),
                                 capacity * sizeof(HtmlGroup));
    groups->capacity = capacity;
  }
  if (group.operation.data != NULL) group.operation = arena_copy_text(groups->arena, group.operation);
  if (group.rule.data != NULL) group.rule = arena_copy_text(groups->arena, group.rule);
  group.backend = arena_copy_text(groups->arena, group.backend);
  group.place = arena_copy_text(groups->arena, group.place);
  group.details = buffer_make(groups->arena, 0);
  groups->text_bytes +=
      group.operation.length + group.rule.length + group.backend.length + group.place.length;
  groups->items[groups->count] = group;
  return groups->count++;
}

/* Past the limit: one group a class. */
static size_t rest_of(HtmlGroups *groups, HtmlClass class) {
  if (groups->rest[class] == 0)
    groups->rest[class] = add_group(groups, (HtmlGroup){.class = class, .rest = true}) + 1;
  return groups->rest[class] - 1;
}

size_t html_group_of(HtmlGroups *groups, const Verdict *verdict) {
  if (groups->slots == NULL) groups->slots = ARENA_ARRAY(groups->arena, size_t, SLOTS);
  Arena *arena = arena_new(0);
  const IntegrationResponse *rule = verdict->outcome.rule;
  HtmlGroup wanted = {.class = html_class_of(verdict),
                      .operation = text_slice(verdict->operation, 0, OPERATION_SHOWN),
                      .backend = text_slice(backend_word(verdict, arena), 0, BACKEND_SHOWN),
                      .expected = verdict->has_expected ? verdict->expected.status : 0,
                      .actual = actual_status(verdict),
                      .rule = text_slice(rule_word(rule), 0, RULE_SHOWN),
                      .place = TEXT_EMPTY};
  if (rule != NULL && rule->place.file != NULL)
    wanted.place = arena_print(arena, "%.160s:%u", rule->place.file, rule->place.line);
  size_t *slot = &groups->slots[key_of(&wanted) % SLOTS];
  size_t found = *slot;
  while (found > 0 && !same_group(&groups->items[found - 1], &wanted)) found = groups->items[found - 1].next;
  size_t index;
  if (found > 0) {
    index = found - 1;
  } else if (groups->count >= HTML_GROUPS_TOLD || groups->text_bytes >= HTML_GROUPS_TEXT) {
    index = rest_of(groups, wanted.class);
  } else {
    wanted.next = *slot;
    index = add_group(groups, wanted);
    *slot = index + 1;
  }
  arena_free(arena);
  groups->items[index].count++;
  return index;
}

/* ---- the groups ---- */

static void write_status(Buffer *out, int status) {
  if (status > 0)
    buffer_print(out, "%d", status);
  else
    buffer_append_string(out, "–");
}

void html_write_way(Buffer *out, const HtmlGroup *group) {
  buffer_append_string(out, "<span class=\"way\">");
  append_xml(out, group->backend);
  buffer_append_string(out, " → <b>");
  write_status(out, group->actual);
  buffer_append_string(out, "</b></span>");
  if (group->expected > 0 && group->expected != group->actual)
    buffer_print(out, " <span class=\"was\">expected %d</span>", group->expected);
}

static void write_group_head(Buffer *out, const HtmlGroup *group) {
  buffer_append_string(out, "<h3><span class=\"operation\">");
  if (group->rest)
    buffer_append_string(out, "everything else");
  else
    html_write_text(out, group->operation.data != NULL ? group->operation : TEXT("no operation"), 0);
  buffer_append_string(out, "</span> ");
  if (!group->rest) html_write_way(out, group);
  buffer_print(out, " <span class=\"count\">%zu</span></h3>\n", group->count);
  if (group->rule.data == NULL) return;
  buffer_append_string(out, "<p class=\"rule\">decided by <code>");
  html_write_text(out, group->rule, 0);
  buffer_append_string(out, "</code>");
  if (group->place.length > 0) {
    buffer_append_string(out, " <span class=\"place\">");
    html_write_text(out, group->place, 0);
    buffer_append_string(out, "</span>");
  }
  buffer_append_string(out, "</p>\n");
}

static void write_group(const HtmlGroup *group, size_t number, Buffer *out) {
  buffer_print(out, "<section class=\"group\" id=\"g%zu\" data-g=\"%zu\">\n", number, number);
  write_group_head(out, group);
  buffer_append(out, buffer_text(&group->details));
  if (group->told < group->count)
    buffer_print(out, "<p class=\"more\">%s%zu of these %s told in short only: see the list below.</p>\n",
                 group->told > 0 ? "… and " : "", group->count - group->told,
                 group->count - group->told == 1 ? "is" : "are");
  buffer_append_string(out, "</section>\n");
}

/* By class and operation, the largest first inside them. */
static int by_weight(const void *left, const void *right) {
  const HtmlGroup *one = *(const HtmlGroup *const *)left, *other = *(const HtmlGroup *const *)right;
  if (one->class != other->class) return one->class < other->class ? -1 : 1;
  if (one->rest != other->rest) return one->rest ? 1 : -1;
  int order = text_compare(one->operation, other->operation);
  if (order != 0) return order;
  if (one->count != other->count) return one->count > other->count ? -1 : 1;
  return one < other ? -1 : one > other;
}

static size_t class_count(const HtmlGroups *groups, HtmlClass class) {
  size_t count = 0;
  for (size_t i = 0; i < groups->count; i++)
    if (groups->items[i].class == class) count += groups->items[i].count;
  return count;
}

void html_write_groups(const HtmlGroups *groups, Buffer *out) {
  Arena *arena = arena_new(0);
  const HtmlGroup **order = ARENA_ARRAY(arena, const HtmlGroup *, groups->count + 1);
  for (size_t i = 0; i < groups->count; i++) order[i] = &groups->items[i];
  if (groups->count > 1) qsort(order, groups->count, sizeof *order, by_weight);
  size_t at = 0;
  for (HtmlClass class = 0; class < HTML_CLASS_COUNT; class ++) {
    size_t count = class_count(groups, class);
    if (count == 0) continue;
    bool folded = class >= HTML_NEW;
    buffer_print(out, "<section class=\"class %s\" id=\"%s\">\n", classes[class].name, classes[class].name);
    buffer_print(out, "<details%s><summary><h2>%s <span class=\"count\">%zu</span></h2></summary>\n",
                 folded ? "" : " open", classes[class].title, count);
    for (; at < groups->count && order[at]->class == class; at++)
      write_group(order[at], (size_t)(order[at] - groups->items), out);
    buffer_append_string(out, "</details></section>\n");
  }
  arena_free(arena);
}

void html_write_group_data(const HtmlGroups *groups, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < groups->count; i++) {
    const HtmlGroup *group = &groups->items[i];
    buffer_print(out, "%s[%d,", i > 0 ? ",\n" : "", (int)group->class);
    Buffer shown = buffer_make(NULL, 0);
    append_visible_line(&shown, group->operation);
    json_write_text(out, buffer_text(&shown));
    buffer_append_char(out, ',');
    json_write_text(out, group->backend.data != NULL ? group->backend : TEXT("…"));
    buffer_print(out, ",%d,%d,", group->expected, group->actual);
    buffer_clear(&shown);
    append_visible_line(&shown, group->rule);
    json_write_text(out, buffer_text(&shown));
    buffer_append_char(out, ']');
    buffer_free(&shown);
  }
  buffer_append_char(out, ']');
}
