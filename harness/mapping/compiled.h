/* What mapping_compile makes of an operation: constant, shared by threads. */
#ifndef STATUSQUO_MAPPING_COMPILED_H
#define STATUSQUO_MAPPING_COMPILED_H

#include "harness/mapping/mapping.h"
#include "harness/mapping/schema.h"
#include "harness/mapping/source.h"
#include "harness/mapping/templates.h"
#include "harness/pattern/pattern.h"

enum {
  STATUS_FIRST = 100,
  STATUS_LAST = 599,
  STATUS_COUNT = STATUS_LAST - STATUS_FIRST + 1,
};

typedef struct CompiledRule {
  const IntegrationResponse *response;
  int status;          /* of the client; 0: status_code isn't a number */
  Pattern *pattern;    /* NULL: a default, or broken */
  const Fault *defect; /* why the pattern doesn't compile; NULL: it does */
  bool declared;       /* a method response has this status */
  TemplateSet templates;
  ParameterSet parameters;
} CompiledRule;

/* Answers of the status table that aren't the index of a rule. */
enum { RULE_NONE = -1, RULE_TROUBLE = -2 };

struct Mapping {
  const Operation *operation;
  CompiledRule *rules; /* with patterns by ascending status, then the defaults by ascending status */
  size_t rule_count;
  size_t pattern_count; /* rules before the defaults */
  bool has_table;       /* HTTP, MOCK, AWS services: by_status is filled */
  int16_t by_status[STATUS_COUNT];
  bool uri_varies; /* it holds stage variables, or no host: it has to be looked at for each exchange */
  TemplateSet request_templates;
  ParameterSet request_parameters;
  SchemaSet models;
};

#endif
