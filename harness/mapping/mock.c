#include "harness/mapping/mock.h"

#include "harness/value/value.h"

/* Any sign and size; "200" as a text is none (seen). */
bool mock_status(Text document, Arena *passing, Text *out) {
  Value value;
  if (!value_read(document, passing, &value, NULL) || value.kind != VALUE_MAP) return false;
  const Value *status = map_get_text(value.as.map, TEXT("statusCode"));
  if (status == NULL || !value_is_whole(*status)) return false;
  *out = value_to_text(*status, passing);
  return true;
}
