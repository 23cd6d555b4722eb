/* Where two responses part, where they may, and how much it matters. Bodies: the same bytes, then token by
 * token, then as trees only when a difference has to be told. */
#ifndef STATUSQUO_DIFF_DIFF_H
#define STATUSQUO_DIFF_DIFF_H

#include "harness/exchange/exchange.h"
#include "harness/jsonpath/jsonpath.h"

typedef enum Severity { SEVERITY_NONE, SEVERITY_COMPATIBLE, SEVERITY_RISKY, SEVERITY_BREAKING } Severity;
const char *severity_name(Severity severity);

/* One place. `expected` and `actual` are JSON texts for the report (data NULL: absent). */
typedef struct Difference {
  Text at; /* "status", "header Content-Type", "$.error.code", "body", "outcome", "failure-as-success",
              "backendRequest.…" */
  Text expected;
  Text actual;
  Text message; /* what a person reads: "matches [0-9a-f-]{36}"; data NULL when expected/actual say it all */
  Severity severity;
} Difference;

typedef struct Differences {
  Arena *arena;
  Difference *items;
  size_t count;
  size_t capacity;
  size_t untold;
  Severity untold_severity;
} Differences;
Differences differences_make(Arena *arena);
void differences_add(Differences *list, Difference difference);
Severity differences_severity(const Differences *list);
/* Past this many, differences are only counted: differences_finish tells how many in one last entry. */
enum { DIFFERENCES_TOLD = 1000 };
void differences_finish(Differences *list);

/* Where responses may part. */
typedef struct IgnoreRule {
  JsonPath *path;   /* NULL: a header */
  Text header;      /* data NULL: a path */
  double tolerance; /* numbers within it are equal; negative: ignored altogether */
  Text type;        /* the ignored value must still be of this type; data NULL: any */
} IgnoreRule;

typedef struct DiffOptions {
  const IgnoreRule *ignores;
  size_t ignore_count;
  bool numeric_loose;  /* 1 equals 1.0 */
  bool body_exact;     /* compare the body as text even when both sides are JSON */
  bool skip_generated; /* leave out headers that the gateway generates (ids, date, trace id) */
} DiffOptions;

/* Everything in which `actual` parts from `expected`. */
void diff_responses(const Response *expected, const Response *actual, const DiffOptions *options,
                    Differences *out);
/* Two JSON texts; false when one isn't JSON (the caller then compares text). */
bool diff_json(Text expected, Text actual, const DiffOptions *options, Differences *out);
void diff_text(Text at, Text expected, Text actual, Differences *out);
/* Headers that vary by nature: x-amzn-RequestId, x-amz-apigw-id, X-Amzn-Trace-Id, Date, … */
bool diff_header_is_generated(Text name);

/* JSON types by the names that specs use: string, number, integer, boolean, object, array, null (and text,
 * mapping, list as YAML calls them). False also for a name that is none of them. */
bool json_has_type(Text json, Text type);
bool json_type_is_known(Text type);
/* A JSON string literal. */
Text json_quote(Text text, Arena *arena);

/* Text from outside, for a terminal: control characters, bidirectional overrides and ill-formed bytes become
 * visible (␛, \x9b); newlines and tabs stay. */
void append_visible(Buffer *out, Text text);
/* The same for what must stay on its line: newlines become visible too, so that no name fakes a verdict. */
void append_visible_line(Buffer *out, Text text);

/* A unified diff of two texts with three lines of context (Myers), control characters visible. */
void diff_lines(Text expected, Text actual, Buffer *out);

#endif
