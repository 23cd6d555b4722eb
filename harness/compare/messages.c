/* Functions: the errorMessages that both sets of patterns were written for, each also as near misses, and a
 * success. */
#include "harness/compare/parts.h"

#include "harness/pattern/example.h"

enum { MESSAGES_MOST = 2000 };

typedef struct MessageList {
  Text *items;
  size_t count;
  Arena *arena;
} MessageList;

static void add_message(MessageList *list, Text message) {
  for (size_t i = 0; i < list->count; i++)
    if (text_equal(list->items[i], message)) return;
  if (list->count < MESSAGES_MOST) list->items[list->count++] = message;
}

static Text other_case(Text text, Arena *arena) {
  char *bytes = arena_copy_string(arena, text);
  for (size_t i = 0; i < text.length; i++) {
    char letter = (char)(bytes[i] | 0x20);
    if (letter >= 'a' && letter <= 'z') bytes[i] = (char)(bytes[i] ^ 0x20);
  }
  return (Text){bytes, text.length};
}

/* What a loosened or tightened pattern parts on: more before, more behind, a second line, other letters. */
static void add_near(MessageList *list, Text message) {
  Arena *arena = list->arena;
  add_message(list, arena_print(arena, "%.*s x", TEXT_ARGS(message)));
  add_message(list, arena_print(arena, "x %.*s", TEXT_ARGS(message)));
  add_message(list, arena_print(arena, "%.*s\nx", TEXT_ARGS(message)));
  add_message(list, arena_print(arena, "x\n%.*s", TEXT_ARGS(message)));
  add_message(list, other_case(message, arena));
  if (message.length > 1) add_message(list, text_slice(message, 0, message.length - 1));
}

static void add_examples(MessageList *list, const Integration *integration, bool near) {
  for (size_t i = 0; i < integration->response_count; i++) {
    const IntegrationResponse *rule = &integration->responses[i];
    Text examples[PATTERN_EXAMPLES];
    if (rule->is_default) continue;
    size_t count = pattern_examples(rule->selection_pattern.text, list->arena, examples);
    for (size_t k = 0; k < count; k++) {
      if (near)
        add_near(list, examples[k]);
      else
        add_message(list, examples[k]);
    }
  }
}

static BackendAnswer raised(Text message, Arena *arena) {
  Buffer payload = buffer_make(arena, 0);
  buffer_append_string(&payload, "{\"errorMessage\":");
  json_write_text(&payload, message);
  buffer_append_string(&payload, ",\"errorType\":\"Error\"}");
  return (BackendAnswer){.kind = BACKEND_LAMBDA,
                         .status = 200,
                         .body = buffer_text(&payload),
                         .function_error = TEXT("Unhandled"),
                         .duration_ms = -1};
}

static void try_answer(Comparison *comparison, OperationPair *pair, const BackendAnswer *answer,
                       Arena *passing) {
  Request request = pair_request(pair, passing);
  Trial trial = {.evidence = EVIDENCE_MESSAGE,
                 .pair = pair,
                 .request = &request,
                 .backend = answer,
                 .response_only = true};
  TrialResult result;
  trial_route(comparison, &trial, passing);
  trial_count(comparison, &trial, passing, &result);
  pair->messages++;
}

static bool is_function(const Operation *operation) {
  return operation != NULL && operation->has_integration && operation->integration.is_lambda;
}

void messages_compare(Comparison *comparison, OperationPair *pair, Arena *passing) {
  if (!is_function(pair->old_operation) || !is_function(pair->new_operation)) return;
  /* Between two proxies nothing is mapped. */
  if (pair->old_operation->integration.type == INTEGRATION_AWS_PROXY &&
      pair->new_operation->integration.type == INTEGRATION_AWS_PROXY)
    return;
  Arena *arena = arena_new(0);
  MessageList list = {.items = ARENA_ARRAY(arena, Text, MESSAGES_MOST), .arena = arena};
  for (int near = 0; near < 2; near++) {
    add_examples(&list, &pair->old_operation->integration, near == 1);
    add_examples(&list, &pair->new_operation->integration, near == 1);
  }
  add_message(&list, TEXT("x"));
  for (size_t i = 0; i < list.count; i++) {
    arena_reset(passing);
    BackendAnswer answer = raised(list.items[i], passing);
    try_answer(comparison, pair, &answer, passing);
  }
  BackendAnswer success = {.kind = BACKEND_LAMBDA, .status = 200, .body = TEXT("{}"), .duration_ms = -1};
  arena_reset(passing);
  try_answer(comparison, pair, &success, passing);
  arena_free(arena);
}
