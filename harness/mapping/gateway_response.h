/* Gateway responses: the answers that the gateway gives itself (gateway.md 10). */
#ifndef STATUSQUO_MAPPING_GATEWAY_RESPONSE_H
#define STATUSQUO_MAPPING_GATEWAY_RESPONSE_H

#include "harness/mapping/run.h"

typedef struct GatewayError {
  GatewayFailure failure;
  const char
      *type;       /* "API_CONFIGURATION_ERROR"; an internal error without a type of its own: "DEFAULT_5XX" */
  int status;      /* 0: the type's declared one */
  Text message;    /* data NULL: the type's own */
  Text validation; /* $context.error.validationErrorString; data NULL: none */
  Text reason;     /* the log line; data NULL: no line is written */
  Place place;
  bool from_defect;
} GatewayError;

/* Completes *out and returns false, so that a direction ends with `return gateway_answer(…)`. */
bool gateway_answer(MappingRun *run, const GatewayError *error, Outcome *out);
/* "Execution failed due to configuration error: " before `reason`, with the type API_CONFIGURATION_ERROR or
 * DEFAULT_5XX. */
bool gateway_configuration_error(MappingRun *run, GatewayFailure failure, const char *type, Text reason,
                                 Place place, Outcome *out);

/* What a person should know beside the gateway's own words: "<reason> (<detail>)", not in the log. False. */
bool outcome_detail(const MappingRun *run, Text detail, Outcome *out);

#endif
