#include "harness/mapping/override_once.h"

#include <string.h>

static bool is_target_character(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == '-' || byte == '.';
}

/* Set-target := "$" [ "!" ] [ "{" ] "context." ("requestOverride" | "responseOverride") "." name. Targets
 * with an index have names that only the run knows: they aren't watched. */
static Text find_target(Text source, size_t offset) {
  static const Text prefixes[] = {TEXT_INIT("context.responseOverride."),
                                  TEXT_INIT("context.requestOverride.")};
  size_t from = text_find_char(source, '$', offset);
  if (from == TEXT_NOT_FOUND) return TEXT_EMPTY;
  from++;
  while (from < source.length && (source.data[from] == '!' || source.data[from] == '{')) from++;
  size_t to = from;
  while (to < source.length && is_target_character(source.data[to])) to++;
  bool indexed = to < source.length && source.data[to] == '[';
  Text target = text_slice(source, from, to);
  for (size_t i = 0; !indexed && i < sizeof prefixes / sizeof *prefixes; i++)
    if (text_starts(target, prefixes[i])) return target;
  return TEXT_EMPTY;
}

static void visit(void *subject, size_t offset, const char *what, bool taken) {
  OverrideWatch *watch = subject;
  if (!taken || strcmp(what, "#set") != 0) return;
  Text target = find_target(watch->source, offset);
  if (target.length == 0) return;
  if (watch->seen == NULL) watch->seen = map_new(MAP_LINKED, watch->passing);
  if (watch->twice.data == NULL && map_get_text(watch->seen, target) != NULL) {
    watch->twice = target;
    watch->offset = offset;
  }
  map_put_text(watch->seen, target, value_null(), watch->passing);
}

VtlTrace override_watch(OverrideWatch *watch, Text source, Arena *passing) {
  *watch = (OverrideWatch){.source = source, .passing = passing};
  return (VtlTrace){.subject = watch, .visit = visit};
}
