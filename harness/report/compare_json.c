/* For programs: everything, as one document (with a schema version) or one group a line. */
#include "harness/report/compare_parts.h"

#include <string.h>

enum { COMPARE_SCHEMA = 1 };

typedef struct Members {
  Buffer *out;
  bool first;
} Members;

static void key(Members *members, const char *name) {
  json_write_key(members->out, name, &members->first);
}

static void text_member(Members *members, const char *name, Text text) {
  key(members, name);
  if (text.data != NULL)
    json_write_text(members->out, text);
  else
    buffer_append_string(members->out, "null");
}

static void number_member(Members *members, const char *name, uint64_t number) {
  key(members, name);
  buffer_print(members->out, "%llu", (unsigned long long)number);
}

static Members open_object(Buffer *out) {
  buffer_append_char(out, '{');
  return (Members){out, true};
}

/* ---- parts of a group ---- */

static void place_members(Members *members, const Comparison *comparison, Place place) {
  Buffer name = buffer_make(NULL, 0);
  print_file_place(comparison, (Place){place.file, 0, 0}, &name);
  text_member(members, "file", buffer_text(&name));
  number_member(members, "line", place.line);
  if (place.column > 0) number_member(members, "column", place.column);
  buffer_free(&name);
}

static void write_place(const Comparison *comparison, Place place, Buffer *out) {
  if (place.line == 0) {
    buffer_append_string(out, "null");
    return;
  }
  Members members = open_object(out);
  place_members(&members, comparison, place);
  buffer_append_char(out, '}');
}

static void write_rule(const Comparison *comparison, const IntegrationResponse *rule, Buffer *out) {
  if (rule == NULL) {
    buffer_append_string(out, "null");
    return;
  }
  Members members = open_object(out);
  text_member(&members, "statusCode", rule->status_code);
  text_member(&members, "selectionPattern",
              rule->is_default ? (Text){NULL, 0} : rule->selection_pattern.text);
  place_members(&members, comparison, rule->place);
  buffer_append_char(out, '}');
}

static void write_side(const Comparison *comparison, int status, GatewayFailure failure,
                       const IntegrationResponse *rule, Buffer *out) {
  Members members = open_object(out);
  key(&members, "status");
  if (status > 0)
    buffer_print(out, "%d", status);
  else
    buffer_append_string(out, "null");
  text_member(&members, "failure",
              failure != GATEWAY_OK ? text_from(gateway_failure_name(failure)) : (Text){NULL, 0});
  key(&members, "rule");
  write_rule(comparison, rule, out);
  buffer_append_char(out, '}');
}

static void write_changes(const Comparison *comparison, const Group *group, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < group->change_count; i++) {
    const DefinitionChange *change = group->changes[i];
    if (i > 0) buffer_append_char(out, ',');
    Members members = open_object(out);
    text_member(&members, "what", change->what);
    key(&members, "oldPlace");
    write_place(comparison, change->old_place, out);
    text_member(&members, "oldText", change->old_text);
    key(&members, "newPlace");
    write_place(comparison, change->new_place, out);
    text_member(&members, "newText", change->new_text);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_aspects(const Group *group, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < group->aspect_count; i++) {
    const Aspect *aspect = &group->aspects[i];
    if (i > 0) buffer_append_char(out, ',');
    Members members = open_object(out);
    text_member(&members, "at", aspect->at);
    text_member(&members, "change",
                aspect->removed ? TEXT("removed")
                : aspect->added ? TEXT("added")
                                : TEXT("changed"));
    text_member(&members, "severity", text_from(severity_name(aspect->severity)));
    number_member(&members, "count", aspect->count);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_difference_list(const Differences *differences, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < differences->count; i++) {
    const Difference *difference = &differences->items[i];
    if (i > 0) buffer_append_char(out, ',');
    Members members = open_object(out);
    text_member(&members, "at", difference->at);
    /* JSON texts already; as texts, so that no number loses a digit on its way. */
    text_member(&members, "old", difference->expected);
    text_member(&members, "new", difference->actual);
    if (difference->message.data != NULL) text_member(&members, "message", difference->message);
    text_member(&members, "severity", text_from(severity_name(difference->severity)));
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_response(const Response *response, Text reason, Buffer *out) {
  Members members = open_object(out);
  number_member(&members, "status", (uint64_t)response->status);
  key(&members, "headers");
  headers_write(&response->headers, out);
  body_write("body", response->body, &members.first, out);
  if (reason.length > 0) text_member(&members, "reason", reason);
  buffer_append_char(out, '}');
}

static void write_example(const Example *example, Buffer *out) {
  Exchange exchange = {
      .id = example->id, .name = example->name, .request = example->request, .backend = example->backend};
  if (exchange.id.data == NULL) exchange.id = TEXT_EMPTY;
  if (exchange.recorded_at.data == NULL) exchange.recorded_at = TEXT_EMPTY;
  Members members = open_object(out);
  text_member(&members, "evidence", text_from(evidence_name(example->evidence)));
  text_member(&members, "level", text_from(severity_name(example->level)));
  key(&members, "exchange");
  exchange_write(&exchange, out);
  key(&members, "old");
  write_response(&example->old_response, example->old_reason, out);
  key(&members, "new");
  write_response(&example->new_response, example->new_reason, out);
  key(&members, "differences");
  write_difference_list(&example->differences, out);
  buffer_append_char(out, '}');
}

static void write_accepted(const AcceptedEntry *entry, Buffer *out) {
  Members members = open_object(out);
  text_member(&members, "reason", entry->reason);
  text_member(&members, "owner", entry->owner);
  text_member(&members, "expires", entry->expires);
  buffer_append_char(out, '}');
}

static void write_counts(const Comparison *comparison, const Group *group, Members *members) {
  Buffer *out = members->out;
  uint64_t recorded = group->counts[EVIDENCE_RECORDED];
  number_member(members, "exchanges", recorded);
  key(members, "share");
  buffer_print(out, "%.6f",
               comparison->exchanges > 0 ? (double)recorded / (double)comparison->exchanges : 0.0);
  key(members, "statuses");
  Buffer ranges = buffer_make(NULL, 0);
  statuses_print(group->statuses, &ranges);
  json_write_text(out, buffer_text(&ranges));
  buffer_free(&ranges);
  number_member(members, "statusCount", group->counts[EVIDENCE_STATUS]);
  number_member(members, "messages", group->counts[EVIDENCE_MESSAGE]);
  number_member(members, "bodies", group->counts[EVIDENCE_EXPLORED]);
}

void group_write(const Comparison *comparison, const Group *group, Buffer *out) {
  Members members = open_object(out);
  text_member(&members, "fingerprint", text_from(group->fingerprint));
  text_member(&members, "level", text_from(severity_name(group->level)));
  text_member(&members, "operation", group->operation);
  key(&members, "old");
  write_side(comparison, group->old_status, group->old_failure, group->old_rule, out);
  key(&members, "new");
  write_side(comparison, group->new_status, group->new_failure, group->new_rule, out);
  write_counts(comparison, group, &members);
  key(&members, "changes");
  write_changes(comparison, group, out);
  key(&members, "differences");
  write_aspects(group, out);
  key(&members, "example");
  if (group->has_example)
    write_example(&group->example, out);
  else
    buffer_append_string(out, "null");
  key(&members, "accepted");
  if (group->accepted != NULL)
    write_accepted(group->accepted, out);
  else
    buffer_append_string(out, "null");
  buffer_append_char(out, '}');
}

/* ---- the whole ---- */

static void write_operations(const Comparison *comparison, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const OperationPair *pair = &comparison->pairs[i];
    if (i > 0) buffer_append_char(out, ',');
    Members members = open_object(out);
    text_member(&members, "operation", pair->name);
    text_member(&members, "change",
                pair->old_operation == NULL   ? TEXT("added")
                : pair->new_operation == NULL ? TEXT("removed")
                : pair->changes.count > 0     ? TEXT("changed")
                                              : TEXT("none"));
    number_member(&members, "exchanges", pair->exchanges);
    number_member(&members, "statuses", pair->statuses);
    number_member(&members, "messages", pair->messages);
    number_member(&members, "bodies", pair->bodies);
    if (pair_is_untried(pair)) {
      key(&members, "untried");
      buffer_append_string(out, "true");
    }
    if (pair->out_of_time) {
      key(&members, "outOfTime");
      buffer_append_string(out, "true");
    }
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_unmapped(const Comparison *comparison, Buffer *out) {
  buffer_append_char(out, '[');
  for (size_t i = 0; i < comparison->unmapped_count; i++) {
    if (i > 0) buffer_append_char(out, ',');
    Members members = open_object(out);
    text_member(&members, "request", comparison->unmapped_told[i].request);
    number_member(&members, "count", comparison->unmapped_told[i].count);
    buffer_append_char(out, '}');
  }
  buffer_append_char(out, ']');
}

static void write_expired(const Comparison *comparison, Buffer *out) {
  const AcceptList *list = comparison->accepted;
  bool first = true;
  buffer_append_char(out, '[');
  for (size_t i = 0; list != NULL && i < list->count; i++) {
    if (!list->items[i].expired) continue;
    if (!first) buffer_append_char(out, ',');
    first = false;
    json_write_text(out, list->items[i].fingerprint);
  }
  buffer_append_char(out, ']');
}

void comparison_write_totals(const Comparison *comparison, Severity fail_on, bool *first, Buffer *out) {
  Members members = {out, *first};
  number_member(&members, "schemaVersion", COMPARE_SCHEMA);
  text_member(&members, "old", text_from(comparison->old_name));
  text_member(&members, "new", text_from(comparison->new_name));
  text_member(&members, "failOn", text_from(severity_name(fail_on)));
  key(&members, "fails");
  buffer_append_string(out, comparison_fails(comparison, fail_on) ? "true" : "false");
  for (Severity level = SEVERITY_BREAKING; level >= SEVERITY_COMPATIBLE; level--)
    number_member(&members, severity_name(level), comparison->open[level]);
  number_member(&members, "accepted", comparison->accepted_groups);
  key(&members, "expired");
  write_expired(comparison, out);
  number_member(&members, "exchanges", comparison->exchanges);
  number_member(&members, "same", comparison->same);
  number_member(&members, "untold", comparison->untold);
  number_member(&members, "unmapped", comparison->unmapped);
  key(&members, "unmappedRequests");
  write_unmapped(comparison, out);
  if (comparison->explored) number_member(&members, "seed", comparison->seed);
  key(&members, "operations");
  write_operations(comparison, out);
  *first = members.first;
}

void compare_write_json(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Members members = open_object(out);
  comparison_write_totals(comparison, options->fail_on, &members.first, out);
  key(&members, "groups");
  buffer_append_char(out, '[');
  for (size_t i = 0; i < comparison->group_count; i++) {
    buffer_append_string(out, i > 0 ? ",\n" : "\n");
    group_write(comparison, comparison->groups[i], out);
  }
  buffer_append_string(out, "\n]}\n");
}

void compare_write_ndjson(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  for (size_t i = 0; i < comparison->group_count; i++) {
    group_write(comparison, comparison->groups[i], out);
    buffer_append_char(out, '\n');
  }
  Members members = open_object(out);
  key(&members, "totals");
  Members totals = open_object(out);
  comparison_write_totals(comparison, options->fail_on, &totals.first, out);
  buffer_append_string(out, "}}\n");
}
