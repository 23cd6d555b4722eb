/* Fuzzes the mapping: one exchange through an operation that has everything. The input is lines: the number
 * of the operation, Accept, Content-Type, the client's body, and the backend's body to the end. With
 * libFuzzer: clang -fsanitize=fuzzer,address -DSTATUSQUO_LIBFUZZER … Without it this is a program of its own
 * that mutates seeds: mapping_fuzz [ITERATIONS [SEED]]. Wanted: no crash, no hang, a status that HTTP has, a
 * reason for every failure, and the same answer in brief. */
#include "harness/mapping/mapping.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESPONSES                                                                                            \
  "      '200':\n"                                                                                           \
  "        statusCode: '200'\n"                                                                              \
  "        responseParameters: {method.response.header.a: integration.response.body.a.b,"                    \
  " method.response.header.b: integration.response.body.errorMessage.x, method.response.header.c: "          \
  "context.stage}\n"                                                                                         \
  "        responseTemplates: {application/json: \"$input.json('$.a') $input.body"                           \
  "#if($input.path('$.s') != '')#set($context.responseOverride.status = $input.path('$.s'))#end"             \
  "#set($context.responseOverride.header.h = $input.path('$.h'))\", text/plain: ''}\n"                       \
  "      '400': {statusCode: '400', selectionPattern: '(?s).*bad.*|4\\d+', contentHandling: "                \
  "CONVERT_TO_BINARY}\n"                                                                                     \
  "      '500': {statusCode: '500', selectionPattern: '.+', contentHandling: CONVERT_TO_TEXT}\n"
#define REQUESTS                                                                                             \
  "    requestParameters: {integration.request.header.x: method.request.body.x,"                             \
  " integration.request.path.id: method.request.multivaluequerystring.q}\n"                                  \
  "    requestTemplates: {application/json: \"$input.body#set($context.requestOverride.header.y = "          \
  "$input.path('$.y'))\"}\n"
#define SIBLINGS                                                                                             \
  "  methodResponses: {'200': {}, '400': {}}\n"                                                              \
  "binaryMediaTypes: [image/png]\n"                                                                          \
  "gatewayResponses: {DEFAULT_5XX: {responseTemplates: {application/json: "                                  \
  "'$context.error.messageString'}}}\n"
#define LAMBDA "    uri: arn:aws:apigateway:r:lambda:path/2015-03-31/functions/f/invocations\n"

static const char *const operations[] = {
    "method:\n  methodIntegration:\n    type: HTTP\n    uri: 'http://b.example/{id}'\n" REQUESTS
    "    integrationResponses:\n" RESPONSES SIBLINGS,
    "method:\n  methodIntegration:\n    type: AWS\n" LAMBDA REQUESTS
    "    integrationResponses:\n" RESPONSES SIBLINGS,
    "method:\n  methodIntegration:\n    type: AWS_PROXY\n" LAMBDA SIBLINGS,
    "method:\n  methodIntegration:\n    type: HTTP_PROXY\n    uri: http://b.example/\n" SIBLINGS,
    "method:\n  methodIntegration:\n    type: MOCK\n    requestTemplates: {application/json: '$input.body'}\n"
    "    integrationResponses:\n" RESPONSES SIBLINGS,
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static Mapping *mappings[OPERATIONS];

static void compile_all(void) {
  if (mappings[0] != NULL) return;
  Arena *lasting = arena_new(0);
  for (size_t i = 0; i < OPERATIONS; i++) {
    FaultList faults = fault_list_make(lasting);
    Document *document;
    Definition *definition;
    if (!document_read("fuzz.yaml", text_from(operations[i]), 0, lasting, &document, &faults) ||
        !definition_from_method(document, document_root(document), TEXT("/{id}"), TEXT("POST"), lasting,
                                &definition, &faults))
      abort();
    mappings[i] = mapping_compile(&definition->operations[0], lasting, NULL);
  }
}

static void check(const Outcome *full, const Outcome *brief) {
  const Response *response = &full->response;
  if (response->status < 100 || response->status > 599 || response->body.data == NULL) abort();
  if (full->failure != GATEWAY_OK && full->reason.length == 0) abort();
  if (response->status != brief->response.status || !text_equal(response->body, brief->response.body))
    abort();
  if (response->headers.count != brief->response.headers.count) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char schema[] =
      "{\"requestValidator\": {\"validateRequestBody\": true}, \"requestModels\": {\"application/json\": "
      "{\"properties\": {\"n\": {\"$ref\": \"#\"}, \"x\": {\"multipleOf\": 0.5, \"minimum\": 1}}, "
      "\"uniqueItems\": true, \"anyOf\": [{\"maxLength\": 3}, {\"required\": [\"x\"]}]}}}";
  compile_all();
  Arena *arena = arena_new(0);
  Text rest, number = text_split((Text){(const char *)data, size}, '\n', &rest);
  Text accept = text_split(rest, '\n', &rest), type = text_split(rest, '\n', &rest),
       body = text_split(rest, '\n', &rest);
  size_t which = number.length > 0 ? (unsigned char)number.data[0] : 0;
  Request request = {
      .method = TEXT("POST"), .path = TEXT("/1"), .resource_path = TEXT("/{id}"), .body = body};
  headers_add(&request.headers, TEXT("Accept"), accept, arena);
  headers_add(&request.headers, TEXT("Content-Type"), type, arena);
  headers_add(&request.query, TEXT("q"), body, arena);
  BackendAnswer answer = {.kind = BACKEND_HTTP, .status = 100 + (int)(which * 2 % 500), .body = rest};
  if (which % OPERATIONS == 1 || which % OPERATIONS == 2)
    answer = (BackendAnswer){.kind = BACKEND_LAMBDA, .status = 200, .body = rest};
  if (rest.data == NULL) answer.body = TEXT_EMPTY;
  headers_add(&answer.headers, TEXT("Content-Type"), type, arena);
  Value context;
  bool validates = which & 0x40 && value_read(text_from(schema), arena, &context, NULL);
  MappingInput input = {.request = &request, .context = validates ? context.as.map : NULL};
  Outcome full, brief;
  mapping_run(mappings[which % OPERATIONS], &input, &answer, arena, &full);
  input.brief = true;
  mapping_run(mappings[which % OPERATIONS], &input, &answer, arena, &brief);
  check(&full, &brief);
  arena_free(arena);
  return 0;
}

const char *const fuzz_seeds[] = {
    "A\napplication/json\napplication/"
    "json\n{\"x\":1,\"y\":[1,\"a\"],\"n\":{}}\n{\"a\":{\"b\":[1,2.5]},\"s\":404,\"h\":[\"x\",1]}",
    "1\ntext/html,image/png\nimage/png\n{}\n{\"errorMessage\":\"{\\\"x\\\":[1]} bad\",\"errorType\":\"E\"}",
    "2\nimage/"
    "png\n\n\n{\"statusCode\":\"201\",\"headers\":{\"a\":1,\"B\":true},\"multiValueHeaders\":{\"b\":[\"x\"]},"
    "\"body\":\"SGVsbG8=\",\"isBase64Encoded\":true}",
    "3\n*/*\ntext/plain\nx\n\xFF\xC3\x28 text",
    "4\n\napplication/json\n{statusCode: 404, 'a': null}\n",
    "C\n\napplication/json\n{\"x\":0.3,\"n\":{\"n\":[1,1]}}\n{}",
    "2\n\n\n\n[]",
    NULL};

const char *const fuzz_pieces[] = {"{",
                                   "}",
                                   "[",
                                   "]",
                                   "\"",
                                   "\\",
                                   ",",
                                   ":",
                                   "null",
                                   "1e9",
                                   "-1",
                                   "\\ud800",
                                   "\xED\xA0\x80",
                                   "\xFF",
                                   "\n",
                                   "statusCode",
                                   "errorMessage",
                                   "headers",
                                   "image/png",
                                   "bad",
                                   NULL};

const char *const fuzz_tails[] = {NULL};
