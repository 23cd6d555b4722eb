/* The pieces of the request direction. */
#ifndef STATUSQUO_MAPPING_REQUEST_PARTS_H
#define STATUSQUO_MAPPING_REQUEST_PARTS_H

#include "harness/mapping/run.h"

/* API key, required parameters, body against its model. False: *out is complete. */
bool request_validate(MappingRun *run, Outcome *out);

/* Mapped and overridden parameters of the request to the backend. */
typedef struct IntegrationParameters {
  Headers path, query, headers;
} IntegrationParameters;

/* Evaluates requestParameters. False: *out is complete. */
bool integration_parameters_map(MappingRun *run, IntegrationParameters *parameters, Outcome *out);
/* What templates stored in $context.requestOverride replaces or joins them. False: *out is complete. */
bool integration_parameters_override(MappingRun *run, IntegrationParameters *parameters, Outcome *out);
/* Method, URI and headers of the call; the body must be set. False: *out is complete. */
bool backend_request_make(MappingRun *run, const IntegrationParameters *parameters, Outcome *out);
void backend_request_log(MappingRun *run, const BackendRequest *request, Text body);

#endif
