/* Fuzzes the definition loaders. Every failure has a reason, and places lie in a file. */
#include "harness/definition/definition.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_source(const SourceText *source) {
  size_t length = source->text.length;
  for (size_t offset = 0; offset <= length; offset += 1 + length / 7)
    if (source->node != NULL && source_text_place(source, offset).line == 0) abort();
}

static void check(const Definition *definition, Arena *arena) {
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Operation *operation = &definition->operations[i], *found;
    const Integration *integration = &operation->integration;
    Headers parameters = {0};
    definition_route(definition, operation->method, operation->resource_path, arena, &found, &parameters);
    check_source(&integration->uri);
    for (size_t j = 0; j < integration->request_templates.count; j++)
      check_source(&integration->request_templates.items[j].source);
    for (size_t j = 0; j < integration->response_count; j++) {
      check_source(&integration->responses[j].selection_pattern);
      for (size_t k = 0; k < integration->responses[j].response_templates.count; k++)
        check_source(&integration->responses[j].response_templates.items[k].source);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int descriptor = memfd_create("definition", 0);
  char path[64];
  if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Definition *definition;
  bool good = definition_load(path, NULL, arena, &definition, &faults);
  if (good) check(definition, arena);
  if (good != (fault_list_errors(&faults) == 0)) abort();
  arena_free(arena);
  close(descriptor);
  return 0;
}

const char *const fuzz_seeds[] = {
    "openapi: \"3.0.1\"\n"
    "info: {title: t, version: \"1\"}\n"
    "paths:\n"
    "  /a/{b}:\n"
    "    get: &op\n"
    "      responses: {\"200\": {description: ok, headers: {X: {schema: {type: string}}}}}\n"
    "      x-amazon-apigateway-integration:\n"
    "        type: http\n"
    "        uri: https://b/{b}\n"
    "        requestParameters: {integration.request.path.b: method.request.path.b}\n"
    "        responses:\n"
    "          '2\\\\d{2}':\n"
    "            statusCode: \"200\"\n"
    "            responseTemplates:\n"
    "              application/json: |\n"
    "                {\"a\": \"$input.path('$.a')\"}\n"
    "          default: {statusCode: \"200\"}\n"
    "    x-amazon-apigateway-any-method: *op\n",
    "Resources:\n"
    "  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub \"${P}-x\"}}\n"
    "  R: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !GetAtt Api.RootResourceId, PathPart: "
    "\"{p+}\", RestApiId: !Ref Api}}\n"
    "  M:\n"
    "    Type: AWS::ApiGateway::Method\n"
    "    Properties:\n"
    "      RestApiId: !Ref Api\n"
    "      ResourceId: !Ref R\n"
    "      HttpMethod: ANY\n"
    "      Integration: {Type: MOCK, RequestTemplates: {application/json: '{\"statusCode\": 200}'}, "
    "IntegrationResponses: [{StatusCode: 200, SelectionPattern: !If [C, a, b]}]}\n",
    "Transform: AWS::Serverless-2016-10-31\n"
    "Globals: {Api: {BinaryMediaTypes: [image~1png]}}\n"
    "Resources:\n"
    "  F:\n"
    "    Type: AWS::Serverless::Function\n"
    "    Properties: {Handler: a.b, Runtime: x, Events: {E: {Type: Api, Properties: {Path: /x, Method: "
    "post}}}}\n",
    "{\"swagger\": \"2.0\", \"basePath\": \"/v1\", \"paths\": {\"/x\": {\"post\": {\"$ref\": "
    "\"#/definitions/o\"}}}, \"definitions\": {\"o\": {\"x-amazon-apigateway-integration\": {\"type\": "
    "\"aws_proxy\", \"uri\": \"arn\"}}}}\n",
    "{\"planned_values\": {\"root_module\": {\"resources\": [{\"type\": \"aws_api_gateway_rest_api\", "
    "\"name\": \"a\", \"address\": \"x.a\", \"values\": {\"name\": \"n\", \"body\": \"{}\"}}]}}}\n",
    "{\"items\": [{\"path\": \"/x\", \"resourceMethods\": {\"GET\": {\"httpMethod\": \"GET\", "
    "\"methodIntegration\": {\"type\": \"HTTP\", \"integrationResponses\": {\"200\": {\"statusCode\": "
    "\"200\"}}}}}}]}\n",
    NULL};

const char *const fuzz_pieces[] = {"{",     "}",     "[",    "]",    ":",    ",",    "-",   "!", "&a",
                                   "*a",    "#",     "|",    ">",    "'",    "\"",   "\n",  " ", "$ref",
                                   "!Ref ", "!Sub ", "!If ", "Fn::", "<<: ", "null", "200", "~", NULL};

const char *const fuzz_tails[] = {NULL};
