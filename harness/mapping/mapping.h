/* The mapping: both directions of what the gateway does with one operation (gateway.md). Does no I/O.
 * A failure inside the gateway is not a fault: it is an Outcome with the gateway's own error response and the
 * reason. */
#ifndef STATUSQUO_MAPPING_MAPPING_H
#define STATUSQUO_MAPPING_MAPPING_H

#include "harness/definition/definition.h"
#include "harness/mapping/objects.h"
#include "harness/value/value.h"

typedef struct Mapping Mapping;

/* Compiles patterns, templates, paths, parameter sources once. Broken ones are added to `defects` with their
 * place (the operation still compiles: reaching them is an Outcome with status 500, as on the gateway).
 * Shared by threads afterwards. */
Mapping *mapping_compile(const Operation *operation, Arena *lasting, FaultList *defects);
const Operation *mapping_operation(const Mapping *mapping);

/* Values that the gateway generates, injectable so that a replay is deterministic. Zeroed: fixed stand-ins.
 */
typedef struct Generated {
  Text request_id;          /* $context.requestId, x-amzn-RequestId */
  Text extended_request_id; /* $context.extendedRequestId, x-amz-apigw-id */
  Text trace_id;            /* X-Amzn-Trace-Id */
  int64_t time_ms;          /* $context.requestTime, requestTimeEpoch, Date */
} Generated;

/* Told of what templates decide while they run: the offset is in the template's source. For coverage. */
typedef struct TemplateWatch {
  void *subject;
  void (*visit)(void *subject, const TemplateEntry *entry, size_t offset, const char *what, bool taken);
} TemplateWatch;

/* `context` may also hold what the gateway's other parts would say; none of it is visible to templates:
 *   testInvoke        true: as TestInvokeMethod answers (gateway.md 11)
 *   requestValidator  {validateRequestBody, validateRequestParameters}, with requestModels {type: schema or
 *                     name} and requestParameters {method.request.header.X: true}; over the operation's own
 *   apiKeyRequired    true
 *   gatewayError      {type, message, validationErrorString}: the gateway answers with this gateway response
 */
typedef struct MappingInput {
  const Request *request;
  Text stage;                     /* data NULL: the definition's, else "test" */
  const Headers *stage_variables; /* NULL: the definition's */
  const Map *context;             /* given $context values, over the computed ones; NULL: none */
  Generated generated;
  PathCache *paths;           /* one worker's compiled paths; NULL: none */
  const TemplateWatch *watch; /* NULL: nobody watches */
  bool brief;                 /* nobody reads the log, the trace or the backend request: they aren't made */
} MappingInput;

/* What would be sent to the backend. */
typedef struct BackendRequest {
  Text method;
  Text uri; /* after parameters, stage variables and overrides; of a service or function: its address */
  Text function_name; /* with stage variables; data NULL when no function is called, or it isn't known */
  Headers headers;
  Text body;         /* Lambda: the event */
  bool asynchronous; /* X-Amz-Invocation-Type: Event */
} BackendRequest;

typedef enum GatewayFailure {
  GATEWAY_OK,
  GATEWAY_NO_ROUTE,          /* 403 MISSING_AUTHENTICATION_TOKEN */
  GATEWAY_API_KEY,           /* 403 INVALID_API_KEY */
  GATEWAY_BAD_REQUEST,       /* 400 BAD_REQUEST_BODY, BAD_REQUEST_PARAMETERS */
  GATEWAY_UNSUPPORTED_MEDIA, /* 415 */
  GATEWAY_REQUEST_MAPPING,   /* 500 in the request direction */
  GATEWAY_TIMEOUT,           /* 504 */
  GATEWAY_NETWORK,           /* 504 */
  GATEWAY_THROTTLED,
  GATEWAY_ACCESS_DENIED,
  GATEWAY_TOO_LARGE,
  GATEWAY_NO_MATCH,            /* 500: no rule and no default */
  GATEWAY_UNDECLARED_RESPONSE, /* 500: the rule's status has no method response */
  GATEWAY_RESPONSE_MAPPING,    /* 500: template, parameter or content handling failed */
  GATEWAY_MALFORMED_PROXY,     /* 502 */
  GATEWAY_FUNCTION_ERROR,      /* 502: a proxy function raised */
} GatewayFailure;
const char *gateway_failure_name(GatewayFailure failure);

typedef enum RuleVerdict {
  RULE_CHOSEN,
  RULE_CHOSEN_DEFAULT,
  RULE_NOT_MATCHED,
  RULE_NOT_REACHED, /* an earlier rule was chosen */
  RULE_DEFAULT_UNUSED,
  RULE_INVALID,   /* its pattern doesn't compile */
  RULE_UNDECIDED, /* matching reached the effort limit */
} RuleVerdict;

/* One rule's part in the decision, in the order in which they were tried. */
typedef struct RuleTrace {
  const IntegrationResponse *rule;
  RuleVerdict verdict;
  Text why; /* "'.' stops at the newline at character 17"; empty when there is nothing to add */
} RuleTrace;

typedef struct Outcome {
  Response response; /* with every header the gateway sends, in its order */
  GatewayFailure failure;
  Text response_type;   /* gateway response type used ("API_CONFIGURATION_ERROR"); data NULL when none */
  Text reason;          /* the gateway's log line for the failure, or why a person should look here */
  Place reason_place;   /* template or rule line that caused it */
  bool from_defect;     /* the failure is a broken pattern or template of the definition */
  Text selection_value; /* what the patterns were matched against; data NULL when nothing was selected */
  const IntegrationResponse *rule;     /* NULL for proxies and gateway failures before selection */
  const TemplateEntry *template_entry; /* the response template that ran; NULL: none */
  bool status_overridden;
  RuleTrace *trace;
  size_t trace_count;
  BackendRequest backend_request; /* valid when has_backend_request */
  bool has_backend_request;
  Text *log; /* the execution log, line by line, as the gateway words it */
  size_t log_count;
} Outcome;

/* State between the two directions: the one $context with its overrides, the MOCK's rendered request
 * template. */
typedef struct MappingRun MappingRun;
MappingRun *mapping_begin(const Mapping *mapping, const MappingInput *input, Arena *passing);
/* Client request -> backend request. False: the gateway answers itself and *out is complete. */
bool mapping_request(MappingRun *run, Outcome *out);
/* Backend answer -> client response. For MOCK `answer` is ignored. Completes *out, which mapping_request
 * filled or the caller zeroed. */
void mapping_response(MappingRun *run, const BackendAnswer *answer, Outcome *out);

/* Both: the request direction, then the answer (given, so a request direction that can't run doesn't stop a
 * response that was recorded, except where the gateway would have answered itself). */
void mapping_run(const Mapping *mapping, const MappingInput *input, const BackendAnswer *answer,
                 Arena *passing, Outcome *out);

/* The gateway's answer when nothing matched, or for a named gateway response type. */
void mapping_gateway_response(const Definition *definition, Text type, const MappingInput *input,
                              Text message, Arena *passing, Outcome *out);

/* Rule that a status chooses, for HTTP and MOCK, without the rest: for status tables and lint. NULL: none. */
const IntegrationResponse *mapping_rule_for(const Mapping *mapping, Text selection_value, Arena *passing,
                                            RuleTrace **trace, size_t *trace_count);

#endif
