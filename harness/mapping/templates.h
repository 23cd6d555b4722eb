/* Mapping templates of one direction: compiled once, chosen by media type, rendered for an exchange. */
#ifndef STATUSQUO_MAPPING_TEMPLATES_H
#define STATUSQUO_MAPPING_TEMPLATES_H

#include "harness/definition/definition.h"
#include "harness/vtl/vtl.h"

typedef struct CompiledTemplate {
  const TemplateEntry *entry;
  VtlTemplate *vtl;    /* NULL: an empty one, which passes the body through; or a broken one */
  const Fault *defect; /* why it doesn't compile; NULL: it does */
  /* Found by name in its source, so that nothing is made for a template that can't read it. */
  bool reads_context;    /* $context */
  bool reads_parameters; /* $input.params(), $stageVariables */
  bool overrides;        /* $context.requestOverride or .responseOverride */
} CompiledTemplate;

typedef struct TemplateSet {
  CompiledTemplate *items;
  size_t count;
} TemplateSet;

/* `what` names the templates in messages. */
TemplateSet templates_compile(const Templates *templates, const char *what, Arena *lasting,
                              FaultList *defects);
/* For the request: the template of exactly this media type; NULL: none. */
const CompiledTemplate *templates_find(const TemplateSet *set, Text media_type);
/* For the response: that, else application/json's, else the first; NULL: there are none at all. */
const CompiledTemplate *templates_choose(const TemplateSet *set, Text media_type);

#endif
