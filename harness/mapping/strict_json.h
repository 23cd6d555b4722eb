/* Is a text JSON as RFC 8259 (and Jackson) has it? The body reader of value/ is permissive; where the gateway
 * uses a strict parser, this says no first. One pass, no memory. */
#ifndef STATUSQUO_MAPPING_STRICT_JSON_H
#define STATUSQUO_MAPPING_STRICT_JSON_H

#include "harness/base/text.h"

bool strict_json_is_valid(Text text);

#endif
