/* Inside the definition layer: what every format's reader works with. A reader looks at nodes through
 * `loader_member` and `loader_text`, which follow CloudFormation's functions where a template is being read,
 * so that no reader knows of them. */
#ifndef STATUSQUO_DEFINITION_LOADER_H
#define STATUSQUO_DEFINITION_LOADER_H

#include "harness/definition/definition.h"

typedef struct Template Template; /* a CloudFormation template: parameters, mappings, conditions, resources */

typedef struct LoadedFile {
  const char *path;
  const Document *document; /* NULL: it could not be read */
} LoadedFile;

typedef struct Loader {
  Definition *definition;
  Arena *arena;
  FaultList *faults;
  Headers parameters;      /* values given for template parameters */
  Text api;                /* the API that was asked for; data NULL: the first */
  Template *template;      /* NULL outside of templates */
  const cJSON *inner_root; /* of the OpenAPI document being read, which may stand inside another file */
  LoadedFile *files;
  size_t file_count;
  bool any_file; /* a file of no known format isn't an error */
  bool strict;   /* unknown keys are errors: a case's own method */
  Headers noted; /* names that a note was written for */
} Loader;

enum { DEFINITION_DOCUMENT = DOCUMENT_CLOUDFORMATION_TAGS | DOCUMENT_LAST_KEY_WINS };

/* A warning in the definition's notes, at the node (NULL: at the file). */
void loader_note(Loader *loader, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, once a name. */
void loader_note_once(Loader *loader, Text name, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Another API of the same file, with a note that says how to name it. */
void loader_other_api(Loader *loader, const cJSON *node, Text name);
/* An error at the node; always false. */
bool loader_fault(Loader *loader, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A file beside the one that holds `from`, read once. NULL when it can't be read (told at `from`). */
const Document *loader_open(Loader *loader, const cJSON *from, Text path);

/* What a node stands for: itself, or what Fn::If, Fn::Transform (AWS::Include) and the like lead to. NULL:
 * nothing (AWS::NoValue, JSON null). */
const cJSON *loader_see(Loader *loader, const cJSON *node);
const cJSON *loader_member(Loader *loader, const cJSON *object, const char *key);
/* The text of a scalar, or of functions that make one; data NULL when the node stands for nothing. False
 * (told) when it can't be a text. */
bool loader_text(Loader *loader, const cJSON *node, SourceText *out);
/* Only the bytes; data NULL when there are none. */
Text loader_bytes(Loader *loader, const cJSON *node);
bool loader_truth(Loader *loader, const cJSON *node);
/* The mapping that a node stands for; NULL (told when it is something else). */
const cJSON *loader_mapping(Loader *loader, const cJSON *node, const char *what);
const cJSON *loader_list(Loader *loader, const cJSON *node, const char *what);
void loader_texts(Loader *loader, const cJSON *list, Text **items, size_t *count);

/* A fresh operation; its document order is kept. */
Operation *loader_operation(Loader *loader, Text method, Text resource_path, Place place);

/* ---- methods and integrations in their four spellings (method.c) ---- */

typedef enum Dialect {
  DIALECT_METHOD,         /* aws apigateway get-method */
  DIALECT_OPENAPI,        /* x-amazon-apigateway-integration */
  DIALECT_CLOUDFORMATION, /* AWS::ApiGateway::Method */
  DIALECT_TERRAFORM,      /* aws_api_gateway_integration */
  DIALECT_COUNT,
} Dialect;

bool read_integration(Loader *loader, const cJSON *node, Dialect dialect, Operation *operation);
/* What the URI says about functions and services, when it is known. */
void settle_target(Integration *integration);
/* One integration response; `key` is its key in a mapping, data NULL in a list. */
bool read_integration_response(Loader *loader, const cJSON *node, Text key, Dialect dialect,
                               Integration *integration);
void read_templates(Loader *loader, const cJSON *node, Templates *out);
void read_parameters(Loader *loader, const cJSON *node, Parameters *out);
/* Names to texts: models, required parameters, stage variables. */
void read_pairs(Loader *loader, const cJSON *node, Headers *out);
MethodResponse *add_method_response(Loader *loader, Operation *operation, Text status_code, Place place);
/* Everything of a get-method answer but the integration. */
bool read_method(Loader *loader, const cJSON *node, Dialect dialect, Operation *operation);
/* {TYPE: {statusCode, responseParameters, responseTemplates}} */
void read_gateway_responses(Loader *loader, const cJSON *mapping);
GatewayResponse *add_gateway_response(Loader *loader, Text type, Place place);

/* ---- formats ---- */

/* `base` is an OpenAPI or Swagger document's root, maybe inside another file. */
bool read_openapi(Loader *loader, const cJSON *root);
bool read_cloudformation(Loader *loader, const cJSON *root);
bool read_serverless_state(Loader *loader, const cJSON *root);
bool read_terraform(Loader *loader, const cJSON *root);
bool read_resources(Loader *loader, const cJSON *root);
bool read_resource_list(Loader *loader, const cJSON *list);
bool read_lone_resource(Loader *loader, const cJSON *root);
bool read_lone_method(Loader *loader, const cJSON *root);
bool read_lone_integration(Loader *loader, const cJSON *root);
/* Follows {"$ref": "…"} within and across files; the node itself when it is none; NULL (told) when it leads
 * nowhere. */
const cJSON *follow_reference(Loader *loader, const cJSON *node);

/* ---- CloudFormation's functions (intrinsic.c) ---- */

/* Is it {"Ref": …} or {"Fn::…": …}? */
bool is_intrinsic(const cJSON *node);
const cJSON *intrinsic_see(Loader *loader, const cJSON *node);
bool intrinsic_text(Loader *loader, const cJSON *node, SourceText *out);
Template *template_new(Loader *loader, const cJSON *root);
const cJSON *template_resources(const Template *template);
/* Does the resource exist under the parameters given? */
bool template_condition(Loader *loader, const cJSON *resource);

/* ---- after reading ---- */

void routes_build(Loader *loader);

#endif
