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
  Map *context;
  Map *stage_variable_map;
  Headers visible_headers; /* request headers that mappings can see */
  Map *path, *query, *header;
  BodyReader request_body;
  bool backend_called;
  bool mock_rendered; /* a request template ran (MOCK) */
  Text mock_document; /* MOCK: what the status is read from */
  Text *log;
  size_t log_count, log_capacity;
};

MappingRun *run_begin(const Mapping *mapping, const Definition *definition, const MappingInput *input,
                      Arena *passing);
SourceInputs run_source_inputs(MappingRun *run);

typedef enum RenderAnswer {
  RENDERED,
  RENDER_FAILED,
} RenderAnswer;
/* Renders with the run's $context. On failure `fault` says why and `place` where in the definition. */
RenderAnswer run_render(MappingRun *run, const CompiledTemplate *compiled, Text body, Text *out, Fault *fault,
                        Place *place);

#endif
