/* The gateway itself, in front of the live backend: routes, maps the request, asks the integration's backend,
 * records the exchange, maps the answer. A client sees what the gateway would send; ids and dates are fresh.
 */
#include "harness/record/proxy_parts.h"

#include "harness/base/encoding.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct Gateway {
  CurlLoop *curl;
  Arena *lasting;
  PathCache *paths;
  Mapping **mappings; /* by operation, compiled when first needed */
  RecordOptions options;
  struct GatewayCall *idle;
} Gateway;

/* One call to a backend; kept for the next when it is over. */
typedef struct GatewayCall {
  struct GatewayCall *next;
  Transfer transfer;
  LiveClient *client;
  RecordTask task;
  MappingInput input;
  MappingRun *run;
  Outcome outcome;
} GatewayCall;

static Gateway *gateway_of(const LiveClient *client) {
  return client->server->gateway;
}

/* ---- what the gateway generates ---- */

static void append_hex(Buffer *out, const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) buffer_print(out, "%02x", bytes[i]);
}

static Text request_id(const unsigned char *chance, Arena *arena) {
  static const size_t parts[] = {4, 2, 2, 2, 6};
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < 5; chance += parts[i++]) {
    if (i > 0) buffer_append_char(&out, '-');
    append_hex(&out, chance, parts[i]);
  }
  return buffer_text(&out);
}

static Generated generate(Arena *arena) {
  unsigned char chance[16 + 11 + 12] = {0};
  uv_random(NULL, NULL, chance, sizeof chance, 0, NULL);
  chance[6] = (unsigned char)((chance[6] & 0x0F) | 0x40); /* a UUID of version 4 */
  chance[8] = (unsigned char)((chance[8] & 0x3F) | 0x80);
  int64_t now = (int64_t)clock_milliseconds();
  Buffer trace = buffer_make(arena, 0);
  buffer_print(&trace, "Root=1-%08llx-", (unsigned long long)now / 1000);
  append_hex(&trace, chance + 27, 12);
  return (Generated){.request_id = request_id(chance, arena),
                     .extended_request_id = base64_encode((Text){(const char *)chance + 16, 11}, arena),
                     .trace_id = buffer_text(&trace),
                     .time_ms = now};
}

/* $context.identity.sourceIp is the client's own address. */
static const Map *context_of(LiveClient *client, Arena *arena) {
  struct sockaddr_storage address = {0};
  int length = sizeof address;
  char name[64] = "";
  if (uv_tcp_getpeername(&client->tcp, (struct sockaddr *)&address, &length) != 0) return NULL;
  uv_ip_name((const struct sockaddr *)&address, name, sizeof name);
  Map *context = template_context_new(arena);
  map_put_text(template_context_child(context, TEXT("identity"), arena), TEXT("sourceIp"),
               value_from_text(arena_copy_text(arena, text_from(name))), arena);
  return context;
}

/* ---- answering ---- */

static bool is_sendable(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0') return false;
  return true;
}

/* The framing and the connection are this server's; all else is the outcome's. */
static void write_headers(const LiveClient *client, const Response *response, Buffer *out) {
  for (size_t i = 0; i < response->headers.count; i++) {
    const Header *header = &response->headers.items[i];
    Text value = header->value;
    bool is_length = text_equal_ignoring_case(header->name, TEXT("Content-Length"));
    bool is_connection = text_equal_ignoring_case(header->name, TEXT("Connection"));
    if (text_equal_ignoring_case(header->name, TEXT("Transfer-Encoding")) || !is_sendable(header->name) ||
        !is_sendable(value))
      continue;
    if (is_length && headers_find(&response->headers, header->name) != header) continue;
    if (is_length) value = arena_print(client->live->arena, "%zu", response->body.length);
    if (is_connection) value = client->closes ? TEXT("close") : TEXT("keep-alive");
    buffer_print(out, "%.*s: ", TEXT_ARGS(header->name));
    buffer_append(out, value);
    buffer_append(out, TEXT("\r\n"));
  }
  if (headers_find(&response->headers, TEXT("Content-Length")) == NULL)
    buffer_print(out, "Content-Length: %zu\r\n", response->body.length);
  if (client->closes && headers_find(&response->headers, TEXT("Connection")) == NULL)
    buffer_append(out, TEXT("Connection: close\r\n"));
}

static void answer(LiveClient *client, const Outcome *outcome, bool records) {
  const Response *response = &outcome->response;
  int status = response->status;
  bool has_body = status >= 200 && status != 204 && status != 304 && !text_is(client->request.method, "HEAD");
  if (client->server->stopping) client->closes = true;
  buffer_print(&client->out, "HTTP/1.1 %03d %s\r\n", status, http1_phrase(status));
  write_headers(client, response, &client->out);
  buffer_append(&client->out, TEXT("\r\n"));
  if (has_body) buffer_append(&client->out, response->body);
  client->answering = true;
  client_answered(client, records);
}

static void answer_itself(LiveClient *client, const Outcome *outcome) {
  client->server->totals.unasked++;
  answer(client, outcome, false);
}

/* ---- calls ---- */

static GatewayCall *call_new(Gateway *gateway, LiveClient *client) {
  GatewayCall *call = gateway->idle;
  if (call != NULL) {
    gateway->idle = call->next;
  } else {
    call = memory_alloc(sizeof *call);
    memset(call, 0, sizeof *call);
    transfer_open(&call->transfer);
  }
  call->client = client;
  call->outcome = (Outcome){0};
  client->work = call;
  return call;
}

static void call_end(Gateway *gateway, GatewayCall *call) {
  if (call->client != NULL) call->client->work = NULL;
  call->client = NULL;
  call->next = gateway->idle;
  gateway->idle = call;
}

static void finish(GatewayCall *call, const BackendAnswer *backend) {
  LiveClient *client = call->client;
  Gateway *gateway = gateway_of(client);
  client->live->exchange.backend = *backend;
  client->server->totals.failures += backend->kind == BACKEND_FAILURE;
  mapping_response(call->run, backend, &call->outcome);
  Outcome outcome = call->outcome;
  call_end(gateway, call);
  answer(client, &outcome, live_should_record(client));
}

static void on_transfer_done(void *subject, CURL *easy, CURLcode result) {
  Gateway *gateway = subject;
  Transfer *transfer;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
  curl_loop_remove(gateway->curl, easy);
  GatewayCall *call = (GatewayCall *)((char *)transfer - offsetof(GatewayCall, transfer));
  transfer_finish(transfer, result);
  finish(call, &call->task.exchange.backend);
}

static bool can_be_asked(const Integration *integration) {
  bool is_aws = integration->type == INTEGRATION_AWS || integration->type == INTEGRATION_AWS_PROXY;
  return !is_aws || integration->is_lambda;
}

static void ask(GatewayCall *call, const Operation *operation) {
  LiveClient *client = call->client;
  Gateway *gateway = gateway_of(client);
  Arena *arena = client->live->arena;
  const Integration *integration = &operation->integration;
  const BackendAnswer none = {.kind = BACKEND_NONE, .duration_ms = -1};
  const BackendAnswer unknown = {.kind = BACKEND_FAILURE,
                                 .reason = FAILURE_NETWORK,
                                 .detail = TEXT("only HTTP backends and Lambda functions can be asked"),
                                 .duration_ms = -1};
  call->task = (RecordTask){.request = call->outcome.backend_request,
                            .integration = integration->type,
                            .is_lambda = integration->is_lambda,
                            .function_name = integration->function_name,
                            .timeout_ms = integration->timeout_ms};
  client->deadline = 0; /* libcurl keeps the time */
  if (integration->type == INTEGRATION_MOCK)
    finish(call, &none);
  else if (!can_be_asked(integration))
    finish(call, &unknown);
  else if (transfer_start(&call->transfer, &call->task, &gateway->options, arena))
    curl_loop_add(gateway->curl, call->transfer.easy);
  else
    finish(call, &call->task.exchange.backend);
}

/* ---- requests ---- */

static const Mapping *mapping_of(Gateway *gateway, const Operation *operation) {
  Mapping **known = &gateway->mappings[operation - operation->definition->operations];
  FaultList defects = fault_list_make(gateway->lasting);
  if (*known == NULL) *known = mapping_compile(operation, gateway->lasting, &defects);
  return *known;
}

static void answer_with(LiveClient *client, GatewayCall *call, const char *type, Text message) {
  mapping_gateway_response(client->server->options.api, text_from(type), &call->input, message,
                           client->live->arena, &call->outcome);
  Outcome outcome = call->outcome;
  call_end(gateway_of(client), call);
  answer_itself(client, &outcome);
}

static void run(LiveClient *client, GatewayCall *call) {
  Exchange *exchange = &client->live->exchange;
  Arena *arena = client->live->arena;
  const Operation *operation = NULL;
  RouteAnswer route =
      definition_route(client->server->options.api, exchange->request.method, exchange->request.path, arena,
                       &operation, &exchange->request.path_parameters);
  if (client->live->request_body.overflowed) {
    answer_with(client, call, "REQUEST_TOO_LARGE", TEXT("Request Too Long"));
    return;
  }
  if (route != ROUTE_FOUND || !operation->has_integration) {
    answer_with(client, call, "MISSING_AUTHENTICATION_TOKEN", TEXT("Missing Authentication Token"));
    return;
  }
  exchange->request.resource_path = operation->resource_path;
  exchange->operation = operation_name(operation, arena);
  call->run = mapping_begin(mapping_of(gateway_of(client), operation), &call->input, arena);
  if (mapping_request(call->run, &call->outcome)) {
    ask(call, operation);
    return;
  }
  Outcome outcome = call->outcome;
  call_end(gateway_of(client), call);
  answer_itself(client, &outcome);
}

static void on_begin(LiveClient *client) {
  if (client->request.expects_continue && !client->request_done) {
    client_send(client, TEXT("HTTP/1.1 100 Continue\r\n\r\n"));
    client_flush(client);
  }
}

static void on_body(LiveClient *client, Text data) {
  (void)data; /* kept by the client's side */
  client_set_deadline(client, LIVE_STALL_MS);
}

static void on_ended(LiveClient *client) {
  LiveExchange *live = client->live;
  Request *request = &live->exchange.request;
  GatewayCall *call = call_new(gateway_of(client), client);
  Fault fault;
  live_take_request(client);
  request_set_target(request, live->target, live->arena);
  live->target = (Text){NULL, 0};
  call->input = (MappingInput){.request = request,
                               .context = context_of(client, live->arena),
                               .generated = generate(live->arena),
                               .paths = gateway_of(client)->paths};
  if (!live->request_body.overflowed && !spool_read(&live->request_body, &request->body, &fault)) {
    call_end(gateway_of(client), call);
    client_refuse(client, 500, fault.message);
    return;
  }
  run(client, call);
}

static void on_late(LiveClient *client) {
  client_refuse(client, 408, "the body of the request didn't arrive in time");
}

static void on_gone(LiveClient *client) {
  Gateway *gateway = gateway_of(client);
  GatewayCall *call = client->work;
  if (call == NULL) return;
  if (call->transfer.task != NULL) {
    curl_loop_remove(gateway->curl, call->transfer.easy);
    transfer_close(&call->transfer);
    transfer_open(&call->transfer);
  }
  call_end(gateway, call);
}

static void on_drained(LiveClient *client) {
  (void)client; /* answers are whole before they are sent */
}

static void on_tunnelled(LiveClient *client, Text bytes) {
  (void)client, (void)bytes; /* the gateway upgrades nothing */
}

const LiveHandler gateway_handler = {
    .begin = on_begin,
    .body = on_body,
    .ended = on_ended,
    .tunnelled = on_tunnelled,
    .drained = on_drained,
    .late = on_late,
    .gone = on_gone,
};

/* ---- opening ---- */

bool gateway_open(Live *server, Fault *fault) {
  const Definition *api = server->options.api;
  if (api->operation_count == 0)
    return fault_raise(fault, FAULT_INPUT, "%s holds no operation of a REST API", api->file);
  Gateway *gateway = ARENA_NEW(server->arena, Gateway);
  gateway->lasting = server->arena;
  gateway->paths = path_cache_new(server->arena);
  gateway->mappings = ARENA_ARRAY(server->arena, Mapping *, api->operation_count);
  gateway->options = server->options.backend;
  gateway->curl = curl_loop_new(&server->loop, on_transfer_done, gateway);
  server->gateway = gateway;
  return true;
}

void gateway_close(Live *server) {
  Gateway *gateway = server->gateway;
  if (gateway == NULL) return;
  for (GatewayCall *call = gateway->idle, *next; call != NULL; call = next) {
    next = call->next;
    transfer_close(&call->transfer);
    free(call);
  }
  curl_loop_free(gateway->curl);
}
