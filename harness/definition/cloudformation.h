/* Inside the definition layer: what templates and their serverless form share. */
#ifndef STATUSQUO_DEFINITION_CLOUDFORMATION_H
#define STATUSQUO_DEFINITION_CLOUDFORMATION_H

#include "harness/definition/loader.h"

/* A member of Properties, not looked through. */
const cJSON *resource_property(Loader *loader, const cJSON *resource, const char *name);
bool resource_is(const cJSON *resource, const char *type);
/* Does the text (Ref, GetAtt, parameter) mean the resource of that name? */
bool refers_to(Loader *loader, const cJSON *node, const char *logical_id);
/* Methods, gateway responses, models, stages whose RestApiId means the API. */
void read_resources_of_api(Loader *loader, const char *logical_id);
/* An OpenAPI document in place (`body`) or in a local file (`location`). */
void read_body(Loader *loader, const cJSON *body, const cJSON *location);

/* ---- SAM (sam.c) ---- */

/* AWS::Serverless::Api; `api` NULL: the one that SAM makes for events without RestApiId. */
void read_serverless_api(Loader *loader, const cJSON *api, const cJSON *globals);
bool has_implicit_api(Loader *loader);

#endif
