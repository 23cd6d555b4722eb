/* The live recorders, which share the verb record with the asking of specs. */
#ifndef STATUSQUO_CLI_RECORD_PROXY_H
#define STATUSQUO_CLI_RECORD_PROXY_H

#include <stdbool.h>

/* Do the arguments of `record` ask for a live recorder (--proxy, --listen)? */
bool record_is_live(int argc, char **argv);
int record_live_main(int argc, char **argv);

#endif
