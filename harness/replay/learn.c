#include "harness/replay/learn.h"

#include "harness/document/edit.h"

/* The first answer to a request: the client's response to it. */
struct KnownAnswer {
  KnownAnswer *next;
  Text key;
  Response response;
};

Learned *learned_new(const Spec *spec, Arena *lasting) {
  Learned *learned = ARENA_NEW(lasting, Learned);
  learned->spec = spec;
  learned->arena = lasting;
  return learned;
}

static Text key_of(const Verdict *verdict, Arena *arena) {
  const Request *request = verdict->request;
  Text target = request_target(request, arena);
  return arena_print(arena, "%.*s %.*s\n%.*s", TEXT_ARGS(request->method), TEXT_ARGS(target),
                     TEXT_ARGS(request->body));
}

static Response keep(const Response *response, Arena *arena) {
  Response out = {.status = response->status, .body = arena_copy_text(arena, response->body)};
  for (size_t i = 0; i < response->headers.count; i++)
    headers_add(&out.headers, arena_copy_text(arena, response->headers.items[i].name),
                arena_copy_text(arena, response->headers.items[i].value), arena);
  return out;
}

/* $.items[3].id -> $.items[*].id: an item's place means nothing. */
static Text any_item(Text at, Arena *arena) {
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < at.length; i++) {
    size_t end = i + 1;
    while (at.data[i] == '[' && end < at.length && at.data[end] >= '0' && at.data[end] <= '9') end++;
    bool index = end > i + 1 && end < at.length && at.data[end] == ']';
    buffer_append(&out, index ? TEXT("[*") : text_slice(at, i, i + 1));
    if (index) i = end - 1;
  }
  return out.length > 0 ? buffer_text(&out) : TEXT_EMPTY;
}

static const char *json_type(Text json) {
  static const char *const names[] = {"string", "number", "boolean", "object", "array", "null"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (json_has_type(json, text_from(names[i]))) return names[i];
  return "";
}

static void note(Learned *learned, const Difference *difference) {
  bool header = text_starts(difference->at, TEXT("header "));
  Text at = any_item(difference->at, learned->arena);
  bool both = difference->expected.data != NULL && difference->actual.data != NULL;
  Text type = header ? (Text){NULL, 0} : text_from(json_type(difference->actual));
  bool steady = both && (header || (difference->message.data == NULL &&
                                    text_equal(type, text_from(json_type(difference->expected)))));
  LearnedRule *rule = NULL;
  for (size_t i = 0; i < learned->count && rule == NULL; i++)
    if (text_equal(learned->rules[i].at, at)) rule = &learned->rules[i];
  if (rule == NULL) {
    rule = ARENA_ADD(learned->arena, learned->rules, learned->count);
    *rule = (LearnedRule){.at = at, .type = type, .steady = true};
  }
  rule->seen++;
  rule->steady = rule->steady && steady && text_equal(rule->type, type);
}

bool learned_note(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  Learned *learned = subject;
  bool answered = verdict->exchange != NULL && verdict->kind != VERDICT_UNMAPPED && verdict->request != NULL;
  if (!answered) return true;
  Arena *passing = verdict->differences.arena;
  Text key = key_of(verdict, passing);
  KnownAnswer **bucket = &learned->buckets[text_hash(key) % LEARN_BUCKETS];
  for (const KnownAnswer *known = *bucket; known != NULL; known = known->next) {
    if (!text_equal(known->key, key)) continue;
    Differences differences = differences_make(passing);
    DiffOptions options = {.ignores = learned->spec->ignores,
                           .ignore_count = learned->spec->ignore_count,
                           .skip_generated = true};
    diff_responses(&known->response, &verdict->outcome.response, &options, &differences);
    for (size_t i = 0; i < differences.count; i++) note(learned, &differences.items[i]);
    learned->repeated++;
    return true;
  }
  KnownAnswer *fresh = ARENA_NEW(learned->arena, KnownAnswer);
  *fresh = (KnownAnswer){.next = *bucket,
                         .key = arena_copy_text(learned->arena, key),
                         .response = keep(&verdict->outcome.response, learned->arena)};
  *bucket = fresh;
  return true;
}

/* Status, text bodies and whatever comes and goes are no noise. */
static bool is_proposed(const LearnedRule *rule) {
  return rule->steady && (text_starts(rule->at, TEXT("$")) || text_starts(rule->at, TEXT("header ")));
}

static Text rule_json(const LearnedRule *rule, Arena *arena) {
  Text at = json_quote(rule->at, arena);
  if (rule->type.data == NULL) return at;
  return arena_print(arena, "{\"at\": %.*s, \"type\": \"%.*s\"}", TEXT_ARGS(at), TEXT_ARGS(rule->type));
}

bool learned_propose(const Learned *learned, Text *text, size_t *proposed, Fault *fault) {
  Arena *arena = learned->arena;
  const Document *document = learned->spec->document;
  DocumentEdits *edits = document_edits_new(document, arena);
  const cJSON *root = document_root(document), *ignore = document_find(root, TEXT("ignore"));
  Buffer list = buffer_make(arena, 0);
  bool fine = true;
  *proposed = 0;
  for (size_t i = 0; i < learned->count && fine; i++) {
    if (!is_proposed(&learned->rules[i])) continue;
    Text rule = rule_json(&learned->rules[i], arena);
    buffer_append_string(&list, (*proposed)++ > 0 ? ", " : "[");
    buffer_append(&list, rule);
    if (ignore != NULL) fine = document_edit_append(edits, ignore, rule, fault);
  }
  buffer_append_char(&list, ']');
  if (ignore == NULL && *proposed > 0)
    fine = document_edit_add(edits, root, TEXT("ignore"), buffer_text(&list), fault);
  *text = document_edits_apply(edits);
  return fine;
}
