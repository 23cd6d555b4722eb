/* Definitions: what is deployed. Every loader (inline get-method JSON, OpenAPI, CloudFormation/SAM,
 * Terraform, get-resources) ends in these operations. Plain constant data in a lasting arena; mapping/
 * compiles it. Field names are the gateway's. */
#ifndef STATUSQUO_DEFINITION_DEFINITION_H
#define STATUSQUO_DEFINITION_DEFINITION_H

#include "harness/document/document.h"
#include "harness/exchange/exchange.h"

typedef enum IntegrationType {
  INTEGRATION_AWS,
  INTEGRATION_AWS_PROXY,
  INTEGRATION_HTTP,
  INTEGRATION_HTTP_PROXY,
  INTEGRATION_MOCK,
} IntegrationType;

typedef enum Passthrough {
  PASSTHROUGH_WHEN_NO_MATCH,
  PASSTHROUGH_WHEN_NO_TEMPLATES,
  PASSTHROUGH_NEVER
} Passthrough;
typedef enum ContentHandling { CONTENT_UNCHANGED, CONTENT_TO_TEXT, CONTENT_TO_BINARY } ContentHandling;

/* A run of a computed text (Fn::Sub, Fn::Join) and what it came from. */
typedef struct TextPiece {
  size_t at;         /* where it begins in the computed text */
  const cJSON *node; /* the scalar it was taken from */
  size_t from;       /* byte of that scalar's text */
  bool verbatim;     /* byte for byte; otherwise all of it stands for the one place */
} TextPiece;

/* A text of the definition that can be pointed into: a template, a pattern. */
typedef struct SourceText {
  Text text;                /* data NULL: absent or null */
  Place place;              /* where it begins */
  const Document *document; /* with `node`, for document_text_place; NULL when the text was computed */
  const cJSON *node;
  bool is_key;             /* it is the node's key: an OpenAPI selection pattern */
  const TextPiece *pieces; /* of a computed text, in order; NULL otherwise */
  size_t piece_count;
} SourceText;
/* Place of byte `offset` of the text in the file it was written in. */
Place source_text_place(const SourceText *source, size_t offset);
/* Does byte `offset` stand in a ${Name} that only the deployment knows? It is no reference of a template. */
bool source_text_is_open(const SourceText *source, size_t offset);

typedef struct TemplateEntry {
  Text content_type;
  SourceText source; /* text.data NULL or length 0: passthrough */
} TemplateEntry;
typedef struct Templates {
  TemplateEntry *items;
  size_t count;
} Templates;

/* requestParameters, responseParameters: target <- source expression. */
typedef struct ParameterEntry {
  Text target;
  Text source; /* data NULL: JSON null or not a text */
  Place place;
} ParameterEntry;
typedef struct Parameters {
  ParameterEntry *items;
  size_t count;
} Parameters;

typedef struct IntegrationResponse {
  Text status_code;
  SourceText selection_pattern; /* as written; text.data NULL when absent */
  bool is_default;              /* absent, empty, "default" as an OpenAPI key, or "-" as consoles print it */
  ContentHandling content_handling;
  Parameters response_parameters;
  Templates response_templates;
  Place place;
} IntegrationResponse;

typedef struct MethodResponse {
  Text status_code;
  Headers parameters; /* method.response.header.X -> "true" or "false" */
  Headers models;     /* content type -> model name */
  Place place;
} MethodResponse;

typedef struct Integration {
  IntegrationType type;
  Text http_method;
  SourceText uri;     /* with unresolved intrinsics as ${Name} */
  bool is_lambda;     /* the URI invokes a function */
  Text function_name; /* of a Lambda URI: name or ARN's last part; data NULL when unknown */
  Text service_action; /* AWS, not Lambda: "sqs:action/SendMessage", "dynamodb:path/…"; data NULL otherwise */
  Passthrough passthrough;
  ContentHandling content_handling;
  Parameters request_parameters;
  Templates request_templates;
  IntegrationResponse *responses;
  size_t response_count;
  int timeout_ms; /* 29000 unless given (seen) */
  Text credentials;
  Place place;
} Integration;

typedef struct Definition Definition;

typedef struct Operation {
  const Definition *definition;
  Text method;         /* GET, …, ANY */
  Text resource_path;  /* /pets/{petId} */
  Text operation_name; /* operationId; data NULL when absent */
  bool has_integration;
  Integration integration;
  MethodResponse *method_responses;
  size_t method_response_count;
  Headers request_parameters; /* method.request.header.X -> "true" when required */
  Headers request_models;     /* content type -> model name */
  bool validates_body;
  bool validates_parameters;
  bool api_key_required;
  Text authorization; /* NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS; data NULL when unknown */
  Place place;
} Operation;

typedef struct GatewayResponse {
  Text type;  /* DEFAULT_4XX, … */
  int status; /* 0: not set */
  Parameters parameters;
  Templates templates;
  Place place;
} GatewayResponse;

typedef struct Model {
  Text name;
  const Document *document;
  const cJSON *schema; /* JSON Schema draft 4 */
} Model;

typedef struct RouteNode RouteNode;

struct Definition {
  const char *file;
  Text title;  /* data NULL when it has none */
  Text format; /* "OpenAPI 3.0", "SAM", "CloudFormation", "Terraform", "inline", … */
  Operation *operations;
  size_t operation_count;
  Text *binary_media_types;
  size_t binary_media_type_count;
  GatewayResponse *gateway_responses;
  size_t gateway_response_count;
  Model *models;
  size_t model_count;
  Text *other_apis; /* names of the file's other APIs, as definition_load takes them after a # */
  size_t other_api_count;
  Text base_path;          /* "" when none */
  Text stage;              /* data NULL when unknown */
  Headers stage_variables; /* of the definition's own stage */
  FaultList notes;   /* warnings: what it refers to and can't be known here, what the gateway would refuse */
  RouteNode *routes; /* what definition_route walks */
};

typedef struct DefinitionOptions {
  Headers parameters; /* values for CloudFormation parameters */
  bool any_file;      /* a file of no known format has no operations, instead of being an error */
} DefinitionOptions;

/* Loads any supported format, found by content. "template.yaml#LogicalId" names one of several APIs in a
 * file (the first otherwise). All mistakes go to `faults`; false when it can't be used. A file without a REST
 * API loads with a note and no operations. */
bool definition_load(const char *path, const DefinitionOptions *options, Arena *lasting, Definition **out,
                     FaultList *faults);
/* One operation in the shape of `aws apigateway get-method` (methodIntegration, methodResponses), with its
 * siblings binaryMediaTypes, gatewayResponses. `owner` is the object that holds "method" and those siblings.
 */
bool definition_from_method(const Document *document, const cJSON *owner, Text resource_path,
                            Text http_method, Arena *lasting, Definition **out, FaultList *faults);

typedef enum RouteAnswer {
  ROUTE_FOUND,
  ROUTE_NO_RESOURCE, /* no resource path matches: 403 Missing Authentication Token (seen) */
  ROUTE_NO_METHOD,   /* the path exists without that method: the same answer (seen) */
} RouteAnswer;
/* As the gateway routes: literal before parameter before greedy, ANY after the method itself; path parameters
 * are decoded. */
RouteAnswer definition_route(const Definition *definition, Text method, Text path, Arena *passing,
                             const Operation **out, Headers *path_parameters);
/* By "GET /pets/{petId}"; NULL when there is none. */
const Operation *definition_operation(const Definition *definition, Text name);
/* "GET /pets/{petId}" */
Text operation_name(const Operation *operation, Arena *arena);
/* A request that this operation takes: GET for ANY, 1 for a path parameter, a/b for a greedy one. */
Request operation_example(const Operation *operation, Arena *arena);

#endif
