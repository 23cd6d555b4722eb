/* A comparison in words: what every format for people says in the same way. Control characters are visible in
 * all of it; markup is each format's own business. */
#include "harness/report/compare_parts.h"

#include "harness/report/parts.h"

#include <string.h>

/* ---- places ---- */

/* A definition taken from git stood in a file that nobody knows. */
static const char *file_name(const Comparison *comparison, const char *file) {
  if (file == NULL) return comparison->new_name;
  if (strcmp(file, comparison->old_definition->file) == 0) return comparison->old_name;
  if (strcmp(file, comparison->new_definition->file) == 0) return comparison->new_name;
  return file;
}

void print_file_place(const Comparison *comparison, Place place, Buffer *out) {
  append_cut(out, text_from(file_name(comparison, place.file)), 0);
  if (place.line > 0) buffer_print(out, ":%u", place.line);
}

Place change_place(const DefinitionChange *change) {
  return change->new_place.line > 0 ? change->new_place : change->old_place;
}

void print_change_places(const Comparison *comparison, const DefinitionChange *change, Buffer *out) {
  if (change->old_place.line > 0) print_file_place(comparison, change->old_place, out);
  if (change->old_place.line > 0 && change->new_place.line > 0) buffer_append_string(out, " → ");
  if (change->new_place.line > 0) print_file_place(comparison, change->new_place, out);
}

/* ---- groups ---- */

void print_status(int status, GatewayFailure failure, Buffer *out) {
  if (status == 0)
    buffer_append_string(out, "none");
  else
    buffer_print(out, "%d", status);
  if (failure != GATEWAY_OK) buffer_print(out, " (%s)", gateway_failure_name(failure));
}

void print_statuses(const Group *group, Buffer *out) {
  if (group->old_status == 0 && group->new_status == 0) {
    buffer_append_string(out, group->pair->new_operation == NULL ? "operation removed" : "operation added");
    return;
  }
  print_status(group->old_status, group->old_failure, out);
  buffer_append_string(out, " → ");
  print_status(group->new_status, group->new_failure, out);
}

void print_flow(const Group *group, Buffer *out) {
  append_cut(out, group->operation, 0);
  buffer_append_string(out, "  ");
  print_statuses(group, out);
}

void print_rule(const IntegrationResponse *rule, Buffer *out) {
  if (rule == NULL) {
    buffer_append_string(out, "no rule");
    return;
  }
  if (rule->is_default) {
    buffer_append_string(out, "default");
  } else {
    buffer_append_char(out, '"');
    append_cut(out, rule->selection_pattern.text, 0);
    buffer_append_char(out, '"');
  }
  buffer_append_string(out, " gives ");
  append_cut(out, rule->status_code, 0);
}

static void print_number(uint64_t count, const char *one, const char *many, const char **separator,
                         Buffer *out) {
  buffer_print(out, "%s%llu %s", *separator, (unsigned long long)count, count == 1 ? one : many);
  *separator = ", ";
}

void print_counts(const Comparison *comparison, const Group *group, Buffer *out) {
  const char *separator = "";
  const uint64_t *counts = group->counts;
  if (counts[EVIDENCE_RECORDED] > 0) {
    print_number(counts[EVIDENCE_RECORDED], "exchange", "exchanges", &separator, out);
    buffer_print(out, " (%.1f %%)", 100 * (double)counts[EVIDENCE_RECORDED] / (double)comparison->exchanges);
  }
  if (counts[EVIDENCE_STATUS] > 0) {
    print_number(counts[EVIDENCE_STATUS], "status", "statuses", &separator, out);
    buffer_append_string(out, " (");
    statuses_print(group->statuses, out);
    buffer_append_char(out, ')');
  }
  if (counts[EVIDENCE_MESSAGE] > 0)
    print_number(counts[EVIDENCE_MESSAGE], "function answer", "function answers", &separator, out);
  if (counts[EVIDENCE_EXPLORED] > 0)
    print_number(counts[EVIDENCE_EXPLORED], "generated body", "generated bodies", &separator, out);
  if (separator[0] == '\0') buffer_append_string(out, "nothing recorded");
}

/* How much two long lines share at the beginning, but for what a reader needs around the difference. */
static size_t shared_beginning(Text before, Text after) {
  enum { SHORT = 60, AROUND = 24 };
  size_t at = 0;
  if (before.length < SHORT || after.length < SHORT) return 0;
  while (at < before.length && at < after.length && before.data[at] == after.data[at]) at++;
  at = at > AROUND ? at - AROUND : 0;
  while (at > 0 && ((unsigned char)before.data[at] & 0xC0) == 0x80) at--;
  return at;
}

static void print_line(Text line, size_t from, size_t limit, Buffer *out) {
  if (from > 0) buffer_append_string(out, "…");
  append_cut(out, line.data != NULL ? text_slice(line, from, line.length) : TEXT("(nothing)"), limit);
}

void print_change(const DefinitionChange *change, size_t limit, Buffer *out) {
  append_cut(out, change->what, 0);
  if (change->old_text.data == NULL && change->new_text.data == NULL) return;
  size_t from = shared_beginning(change->old_text, change->new_text);
  buffer_append_string(out, ": ");
  print_line(change->old_text, from, limit, out);
  buffer_append_string(out, " → ");
  print_line(change->new_text, from, limit, out);
}

void print_aspect(const Aspect *aspect, Buffer *out) {
  enum { SHOWN = 120 };
  buffer_append_string(out, aspect->removed ? "removed " : aspect->added ? "added " : "");
  append_cut(out, aspect->at, SHOWN);
  if (!aspect->removed && !aspect->added) buffer_append_string(out, " changed");
  buffer_print(out, " (%llu×, %s)", (unsigned long long)aspect->count, severity_name(aspect->severity));
}

/* ---- examples ---- */

static void print_answer(const BackendAnswer *answer, Buffer *out) {
  switch (answer->kind) {
  case BACKEND_NONE: return;
  case BACKEND_FAILURE:
    buffer_print(out, " · backend failed: %s", failure_reason_name(answer->reason));
    return;
  case BACKEND_HTTP: buffer_print(out, " · backend %d", answer->status); break;
  case BACKEND_LAMBDA:
    buffer_append_string(out, answer->function_error.data != NULL ? " · function raised" : " · function");
    break;
  }
}

/* One line: what would end it is a blank. */
static void append_line(Buffer *out, Text text, size_t limit) {
  size_t from = out->length;
  append_cut(out, text, limit);
  for (size_t i = from; i < out->length; i++)
    if (out->data[i] == '\n' || out->data[i] == '\t') out->data[i] = ' ';
}

void print_example_call(const Example *example, Buffer *out) {
  enum { SHOWN = 200 };
  Arena *arena = arena_new(0);
  append_line(out, example->request.method, SHOWN);
  buffer_append_char(out, ' ');
  append_line(out, request_target(&example->request, arena), SHOWN);
  print_answer(&example->backend, out);
  arena_free(arena);
}

void print_response(const Response *response, Text reason, size_t limit, Buffer *out) {
  buffer_print(out, "%d ", response->status);
  append_line(out, text_trim(response->body), limit);
  if (reason.length == 0) return;
  buffer_append_string(out, "  — ");
  append_line(out, reason, limit);
}

/* ---- the whole ---- */

static void print_level_count(size_t count, Severity level, const char **separator, Buffer *out) {
  if (count == 0) return;
  buffer_print(out, "%s%zu %s", *separator, count, severity_name(level));
  *separator = ", ";
}

bool pair_is_untried(const OperationPair *pair) {
  return pair->old_operation != NULL && pair->new_operation != NULL && pair->changes.count > 0 &&
         pair->exchanges + pair->statuses + pair->messages + pair->bodies == 0;
}

size_t untried_count(const Comparison *comparison) {
  size_t count = 0;
  for (size_t i = 0; i < comparison->pair_count; i++) count += pair_is_untried(&comparison->pairs[i]) ? 1 : 0;
  return count;
}

void print_verdict(const Comparison *comparison, Severity fail_on, Buffer *out) {
  const char *separator = "";
  bool fails = comparison_fails(comparison, fail_on);
  size_t untried = untried_count(comparison);
  if (comparison->group_count == 0 && !fails) {
    buffer_append_string(out, untried > 0 ? "undecided: no difference found" : "no difference found");
  } else {
    buffer_append_string(out, fails ? "not compatible: " : "compatible enough: ");
    for (Severity level = SEVERITY_BREAKING; level >= SEVERITY_COMPATIBLE; level--)
      print_level_count(comparison->open[level], level, &separator, out);
    if (comparison->accepted_groups > 0)
      buffer_print(out, "%s%zu accepted", separator, comparison->accepted_groups);
    else if (separator[0] == '\0')
      buffer_append_string(out, "no open group");
  }
  if (untried > 0)
    buffer_print(out, "; only recordings can tell about %zu changed %s (%s)", untried,
                 untried == 1 ? "operation" : "operations",
                 comparison->has_recordings ? "none is recorded" : "--recordings");
  if (comparison->accepted != NULL && comparison->accepted->expired > 0)
    buffer_print(out, " · %zu accepted %s expired", comparison->accepted->expired,
                 comparison->accepted->expired == 1 ? "entry" : "entries");
  if (comparison->untold > 0)
    buffer_print(out, " · %llu differences found no room", (unsigned long long)comparison->untold);
  if (comparison->has_recordings)
    buffer_print(out, " · %llu of %llu recorded exchanges answer as before",
                 (unsigned long long)comparison->same, (unsigned long long)comparison->exchanges);
}

static bool is_unchanged(const Comparison *comparison, const OperationPair *pair) {
  return pair->changes.count == 0 && comparison->changes.count == 0;
}

static void print_covered(const Comparison *comparison, Buffer *out) {
  uint64_t statuses = 0, messages = 0, bodies = 0;
  size_t unchanged = 0;
  const char *separator = "covered: ";
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const OperationPair *pair = &comparison->pairs[i];
    statuses += pair->statuses;
    messages += pair->messages;
    bodies += pair->bodies;
    unchanged += is_unchanged(comparison, pair) ? 1 : 0;
  }
  print_number(comparison->pair_count, "operation", "operations", &separator, out);
  buffer_print(out, " (%zu unchanged)", unchanged);
  if (comparison->has_recordings)
    print_number(comparison->exchanges - comparison->unmapped, "recorded exchange", "recorded exchanges",
                 &separator, out);
  if (statuses > 0) print_number(statuses, "backend status", "backend statuses", &separator, out);
  if (messages > 0) print_number(messages, "function answer", "function answers", &separator, out);
  if (comparison->explored || bodies > 0)
    print_number(bodies, "generated body", "generated bodies", &separator, out);
  buffer_append_char(out, '\n');
}

static void print_unmapped(const Comparison *comparison, bool verbose, Buffer *out) {
  enum { SHORT = 5 };
  if (comparison->unmapped == 0) return;
  const char *separator = "not covered: ";
  print_number(comparison->unmapped, "exchange", "exchanges", &separator, out);
  buffer_append_string(out, " that neither definition maps:");
  uint64_t told = 0;
  for (size_t i = 0; i < comparison->unmapped_count && (verbose || i < SHORT); i++) {
    const Unmapped *unmapped = &comparison->unmapped_told[i];
    buffer_append_string(out, i > 0 ? ", " : " ");
    append_cut(out, unmapped->request, 120);
    if (unmapped->count > 1) buffer_print(out, " (%llu×)", (unsigned long long)unmapped->count);
    told += unmapped->count;
  }
  if (told < comparison->unmapped)
    buffer_print(out, " and %llu more", (unsigned long long)(comparison->unmapped - told));
  buffer_append_char(out, '\n');
}

static void print_operations(const Comparison *comparison, const char *title, bool verbose,
                             bool (*which)(const Comparison *comparison, const OperationPair *pair),
                             Buffer *out) {
  enum { SHORT = 8 };
  size_t count = 0;
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const OperationPair *pair = &comparison->pairs[i];
    if (!which(comparison, pair) || (++count > SHORT && !verbose)) continue;
    buffer_append_string(out, count == 1 ? title : ", ");
    append_cut(out, pair->name, 0);
  }
  if (count > SHORT && !verbose) buffer_print(out, " and %zu more", count - SHORT);
  if (count > 0) buffer_append_char(out, '\n');
}

static bool lacks_recordings(const Comparison *comparison, const OperationPair *pair) {
  return comparison->has_recordings && pair->exchanges == 0 && pair->old_operation != NULL;
}

static bool lacks_time(const Comparison *comparison, const OperationPair *pair) {
  (void)comparison;
  return pair->out_of_time;
}

static bool lacks_answers(const Comparison *comparison, const OperationPair *pair) {
  (void)comparison;
  return pair_is_untried(pair);
}

/* ---- changed lines that nothing which was tried depends on ---- */

typedef struct SilentChanges {
  const Comparison *comparison;
  Buffer *out;
  size_t count, most;
} SilentChanges;

static void print_silent(SilentChanges *silent, Text operation, const DefinitionChanges *changes) {
  for (size_t i = 0; i < changes->count; i++) {
    const DefinitionChange *change = &changes->items[i];
    if (change->has_effect || silent->count++ >= silent->most) continue;
    buffer_append_string(silent->out, "no effect found: ");
    if (operation.length > 0) {
      append_cut(silent->out, operation, 120);
      buffer_append_string(silent->out, ", ");
    }
    print_change(change, 60, silent->out);
    buffer_append_string(silent->out, "  ");
    print_change_places(silent->comparison, change, silent->out);
    buffer_append_char(silent->out, '\n');
  }
}

static void print_silent_changes(const Comparison *comparison, bool verbose, Buffer *out) {
  enum { SHORT = 8 };
  SilentChanges silent = {comparison, out, 0, verbose ? SIZE_MAX : SHORT};
  print_silent(&silent, TEXT_EMPTY, &comparison->changes);
  for (size_t i = 0; i < comparison->pair_count; i++)
    print_silent(&silent, comparison->pairs[i].name, &comparison->pairs[i].changes);
  if (silent.count > silent.most)
    buffer_print(out, "no effect found: %zu more changes\n", silent.count - silent.most);
  if (silent.count > 0 && !comparison->explored)
    buffer_append_string(
        out, "not covered: bodies that make a difference weren't looked for (--explore SECONDS)\n");
}

void print_coverage(const Comparison *comparison, bool verbose, Buffer *out) {
  print_covered(comparison, out);
  print_unmapped(comparison, verbose, out);
  print_operations(comparison, "not covered: operations without recordings: ", verbose, lacks_recordings,
                   out);
  print_operations(comparison, "not covered: " UNTRIED_WORDS ": ", verbose, lacks_answers, out);
  print_operations(comparison, "not covered: exploring ended before its last step: ", verbose, lacks_time,
                   out);
  print_silent_changes(comparison, verbose, out);
}

void print_accept_notes(const Comparison *comparison, Buffer *out) {
  const AcceptList *list = comparison->accepted;
  for (size_t i = 0; list != NULL && i < list->count; i++) {
    const AcceptedEntry *entry = &list->items[i];
    if (!entry->expired && entry->used) continue;
    append_cut(out, text_from(list->file), 0);
    buffer_print(out, ":%u: %.*s ", entry->place.line, TEXT_ARGS(entry->fingerprint));
    if (entry->expired) {
      buffer_print(out, "expired on %.*s (owner ", TEXT_ARGS(entry->expires));
      append_cut(out, entry->owner, 80);
      buffer_append_string(out, ": ");
      append_cut(out, entry->reason, 200);
      buffer_append_string(out, ")\n");
    } else {
      buffer_append_string(out, "is accepted and matches nothing: it can be taken out\n");
    }
  }
}
