/* "An override may only be applied to each parameter once" (documented): watches the #set directives of one
 * rendering. */
#ifndef STATUSQUO_MAPPING_OVERRIDE_ONCE_H
#define STATUSQUO_MAPPING_OVERRIDE_ONCE_H

#include "harness/value/value.h"
#include "harness/vtl/vtl.h"

typedef struct OverrideWatch {
  Text source;
  Arena *passing;
  Map *seen;     /* targets that were set; NULL before the first */
  Text twice;    /* data NULL: no target was set twice */
  size_t offset; /* of the second one */
} OverrideWatch;

VtlTrace override_watch(OverrideWatch *watch, Text source, Arena *passing);

#endif
