/* accepted.yaml: what a person looked at and accepted, why, who answers for it and until when. */
#include "harness/compare/compare.h"

#include <time.h>

typedef struct AcceptReader {
  const Document *document;
  FaultList *faults;
  Text today;
} AcceptReader;

Text accept_today(Arena *arena) {
  time_t now = time(NULL);
  struct tm date;
  char text[16];
  gmtime_r(&now, &date);
  return arena_copy_text(arena, (Text){text, strftime(text, sizeof text, "%Y-%m-%d", &date)});
}

/* date = 4*digit "-" 2*digit "-" 2*digit */
static bool is_date(Text text) {
  if (text.length != 10) return false;
  for (size_t i = 0; i < text.length; i++) {
    bool dash = i == 4 || i == 7;
    if (dash ? text.data[i] != '-' : text.data[i] < '0' || text.data[i] > '9') return false;
  }
  int64_t month = 0, day = 0;
  text_to_integer(text_slice(text, 5, 7), &month);
  text_to_integer(text_slice(text, 8, 10), &day);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_fingerprint(Text text) {
  bool good = text.length == FINGERPRINT_SIZE - 1;
  for (size_t i = 0; good && i < text.length; i++)
    good = (text.data[i] >= '0' && text.data[i] <= '9') || (text.data[i] >= 'a' && text.data[i] <= 'f');
  return good;
}

static bool take_text(const AcceptReader *reader, const cJSON *entry, const char *key, bool required,
                      Text *out) {
  const cJSON *node = document_get(entry, key);
  *out = (Text){NULL, 0};
  if (node == NULL)
    return !required ||
           document_fault(reader->document, entry, reader->faults, "an accepted entry needs \"%s\"", key);
  *out = document_text(reader->document, node);
  bool good = (cJSON_IsString(node) || cJSON_IsNumber(node)) && out->length > 0;
  return good || document_fault(reader->document, node, reader->faults, "\"%s\" is a text", key);
}

static bool read_level(const AcceptReader *reader, const cJSON *entry, Severity *out) {
  const cJSON *node = document_get(entry, "level");
  *out = SEVERITY_BREAKING;
  if (node == NULL) return true;
  for (Severity level = SEVERITY_COMPATIBLE; level <= SEVERITY_BREAKING; level++) {
    if (!text_is(document_text(reader->document, node), severity_name(level))) continue;
    *out = level;
    return true;
  }
  return document_fault(reader->document, node, reader->faults, "\"level\" is breaking, risky or compatible");
}

static bool read_entry(const AcceptReader *reader, const cJSON *node, AcceptedEntry *out) {
  static const char *const keys[] = {"fingerprint", "reason", "owner", "expires", "level"};
  *out = (AcceptedEntry){.place = document_place(reader->document, node)};
  if (!cJSON_IsObject(node))
    return document_fault(reader->document, node, reader->faults, "an accepted entry is a mapping, not %s",
                          document_kind(node));
  bool good = document_check_keys(reader->document, node, keys, sizeof keys / sizeof *keys,
                                  "an accepted entry", reader->faults);
  good = take_text(reader, node, "fingerprint", true, &out->fingerprint) && good;
  good = take_text(reader, node, "reason", true, &out->reason) && good;
  good = take_text(reader, node, "owner", true, &out->owner) && good;
  good = take_text(reader, node, "expires", false, &out->expires) && good;
  good = read_level(reader, node, &out->level) && good;
  if (good && !is_fingerprint(out->fingerprint))
    good = document_fault(reader->document, document_get(node, "fingerprint"), reader->faults,
                          "a fingerprint is 16 hexadecimal digits in quotes, as the report prints it");
  if (good && out->expires.data != NULL && !is_date(out->expires))
    good = document_fault(reader->document, document_get(node, "expires"), reader->faults,
                          "\"expires\" is a day: YYYY-MM-DD");
  out->expired = out->expires.data != NULL && text_compare(out->expires, reader->today) < 0;
  return good;
}

bool accept_list_load(const char *path, Text today, Arena *lasting, AcceptList *out, FaultList *faults) {
  Document *document;
  *out = (AcceptList){.file = path};
  if (!document_load(path, 0, lasting, &document, faults)) return false;
  AcceptReader reader = {document, faults, today};
  static const char *const keys[] = {"accepted"};
  const cJSON *list = document_root(document), *node;
  bool good = true;
  if (cJSON_IsObject(list)) {
    good = document_check_keys(document, list, keys, 1, "an accept list", faults);
    list = document_get(list, "accepted");
  }
  if (list == NULL || cJSON_IsNull(list)) return good;
  if (!cJSON_IsArray(list))
    return document_fault(document, list, faults, "an accept list is a list, not %s", document_kind(list));
  out->items = ARENA_ARRAY(lasting, AcceptedEntry, (size_t)cJSON_GetArraySize(list) + 1);
  cJSON_ArrayForEach(node, list) {
    AcceptedEntry *entry = &out->items[out->count];
    if (!read_entry(&reader, node, entry)) {
      good = false;
      continue;
    }
    out->count++;
    out->expired += entry->expired ? 1 : 0;
  }
  return good;
}
