/* The arguments of a function call. */
#ifndef STATUSQUO_JSONPATH_ARGUMENTS_H
#define STATUSQUO_JSONPATH_ARGUMENTS_H

#include "harness/jsonpath/characters.h"
#include "harness/jsonpath/parts.h"

/* Reads from behind the opening parenthesis to behind the closing one. */
bool arguments_read(Compiler *compiler, Characters *characters, Call *call);

#endif
