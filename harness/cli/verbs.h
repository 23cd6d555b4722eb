/* The verbs: each is one file, and each reads its own arguments (argv[0] is the verb's name) and answers the
 * exit status (console.h). main.c only chooses. A verb is announced here with its one-line summary; it is
 * offered as soon as its file is part of the build, so the prototypes are weak. */
#ifndef STATUSQUO_CLI_VERBS_H
#define STATUSQUO_CLI_VERBS_H

/* name, what it does: in the order of `statusquo --help` */
#define VERBS(verb)                                                                                          \
  verb(record, "ask or stand in front of the live backend and store what it answers")                        \
      verb(replay, "exchanges and cases through the mapping, diff against what is expected")                 \
          verb(approve, "accept the actual responses as the expected ones")                                  \
              verb(compare, "compatibility report between two definitions")                                  \
                  verb(explain, "the mapping step by step, as the gateway logs it, with template lines")     \
                      verb(lint, "what in a mapping can't work, can't be reached or is ambiguous")           \
                          verb(render, "evaluate one mapping template")                                      \
                              verb(serve, "a local gateway over HTTP that answers from recordings") verb(    \
                                  import, "exchanges from har, ndjson or execution logs into a recording")   \
                                  verb(export, "exchanges of a recording as har or ndjson") verb(            \
                                      recordings, "list, show, merge, verify, prune or redact recordings")   \
                                      verb(report,                                                           \
                                           "turn saved results into any report; several inputs are merged")  \
                                          verb(init, "write a first spec for a definition")                  \
                                              verb(schema, "print the JSON Schema of spec files")

#define VERB_PROTOTYPE(name, summary) int name##_main(int argc, char **argv) __attribute__((weak));
VERBS(VERB_PROTOTYPE)
#undef VERB_PROTOTYPE

#endif
