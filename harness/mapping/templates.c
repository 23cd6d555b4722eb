#include "harness/mapping/templates.h"

static bool mentions(const CompiledTemplate *compiled, const char *word) {
  return text_find(compiled->entry->source.text, text_from(word), 0) != TEXT_NOT_FOUND;
}

static void look_at_source(CompiledTemplate *compiled) {
  compiled->reads_context = mentions(compiled, "context");
  compiled->reads_parameters = mentions(compiled, "params") || mentions(compiled, "stageVariables");
  compiled->overrides = mentions(compiled, "Override");
}

TemplateSet templates_compile(const Templates *templates, const char *what, Arena *lasting,
                              FaultList *defects) {
  TemplateSet set = {ARENA_ARRAY(lasting, CompiledTemplate, templates->count + 1), templates->count};
  for (size_t i = 0; i < set.count; i++) {
    const TemplateEntry *entry = &templates->items[i];
    set.items[i].entry = entry;
    if (entry->source.text.length == 0) continue;
    look_at_source(&set.items[i]);
    Fault fault;
    if (vtl_compile(entry->source.text, lasting, &set.items[i].vtl, &fault)) continue;
    set.items[i].vtl = NULL;
    fault.place = source_text_place(&entry->source, fault.offset);
    Fault *kept = ARENA_NEW(lasting, Fault);
    *kept = fault;
    set.items[i].defect = kept;
    Fault *listed = fault_list_add(defects);
    *listed = fault;
    fault_wrap(listed, "%s for %.*s", what, TEXT_ARGS(entry->content_type));
  }
  return set;
}

const CompiledTemplate *templates_find(const TemplateSet *set, Text media_type) {
  for (size_t i = 0; i < set->count; i++)
    if (text_equal_ignoring_case(set->items[i].entry->content_type, media_type)) return &set->items[i];
  return NULL;
}

/* "First" is the smallest key: in which order the gateway keeps them is not known (assumed). */
const CompiledTemplate *templates_choose(const TemplateSet *set, Text media_type) {
  const CompiledTemplate *found = templates_find(set, media_type);
  if (found == NULL) found = templates_find(set, TEXT("application/json"));
  if (found != NULL || set->count == 0) return found;
  found = &set->items[0];
  for (size_t i = 1; i < set->count; i++)
    if (text_compare(set->items[i].entry->content_type, found->entry->content_type) < 0)
      found = &set->items[i];
  return found;
}
