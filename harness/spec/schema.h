/* The JSON Schema (2020-12) of spec files: specs/spec.schema.json, part of the program. */
#ifndef STATUSQUO_SPEC_SCHEMA_H
#define STATUSQUO_SPEC_SCHEMA_H

#include "harness/base/text.h"

/* NUL-terminated. */
extern const unsigned char spec_schema[];

#endif
