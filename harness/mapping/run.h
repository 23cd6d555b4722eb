/* One exchange on its way: what both directions share. Lives in the passing arena. */
#ifndef STATUSQUO_MAPPING_RUN_H
#define STATUSQUO_MAPPING_RUN_H

#include "harness/mapping/compiled.h"

/* What MappingInput.context says beside $context. */
typedef struct RunFlags {
  bool test_invoke;
  bool api_key_required;
  bool has_validator;
  bool validates_body, validates_parameters;
  const Map *request_models;     /* NULL: the operation's */
  const Map *request_parameters; /* NULL: the operation's */
  const Map *gateway_error;      /* NULL: none */
} RunFlags;

enum {
  OVERRIDE_LIMIT = 1000
}; /* names in one map of overrides; headers alone may take 10,240 bytes (documented) */

/* What $input.params() and $stageVariables show. */
typedef struct RunParameters {
  Map *path, *query, *header, *stage_variables;
} RunParameters;

struct MappingRun {
  const Mapping *mapping; /* NULL: only a gateway response is wanted */
  const Definition *definition;
  const MappingInput *input;
  const Request *request;
  Arena *passing;
  RunFlags flags;
  Generated generated; /* complete */
  Text stage;
  const Headers *stage_variables;
  BodyReader request_body;
  /* Made when first asked for, through the functions below: many exchanges need none of them. */
  Map *made_context;
  Headers *made_visible_headers;
  RunParameters *made_parameters;
  bool backend_called;
  bool mock_rendered; /* a request template ran (MOCK) */
  Text mock_document; /* MOCK: what the status is read from */
  Text *log;
  size_t log_count, log_capacity;
};

MappingRun *run_begin(const Mapping *mapping, const Definition *definition, const MappingInput *input,
                      Arena *passing);
/* The one $context of both directions. */
Map *run_context(MappingRun *run);
/* Request headers that mappings and templates can see. */
const Headers *run_visible_headers(MappingRun *run);
const RunParameters *run_parameters(MappingRun *run);
/* Holds what the sources of `set` read; NULL: everything. */
SourceInputs run_source_inputs(MappingRun *run, const ParameterSet *set);

typedef enum RenderAnswer {
  RENDERED,
  RENDER_FAILED,
} RenderAnswer;
/* Renders with the run's $context. On failure `fault` says why and `place` where in the definition. */
RenderAnswer run_render(MappingRun *run, const CompiledTemplate *compiled, Text body, Text *out, Fault *fault,
                        Place *place);

#endif
