/* Between the files that make up the template's objects. */
#ifndef STATUSQUO_MAPPING_OBJECTS_PARTS_H
#define STATUSQUO_MAPPING_OBJECTS_PARTS_H

#include "harness/mapping/objects.h"

Value util_object(Arena *passing);

#endif
