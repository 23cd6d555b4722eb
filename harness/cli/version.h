#ifndef STATUSQUO_CLI_VERSION_H
#define STATUSQUO_CLI_VERSION_H

#include "harness/base/buffer.h"

void version_print(Buffer *out);

#endif
