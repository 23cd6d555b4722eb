/* Patterns: java.util.regex answered by PCRE2. The Java dialect is translated (facts 48-53 of
 * velocity-facts.md, table in pcre2-java.md), what Java rejects is rejected with a position, matching effort
 * is bounded. Witness: seen (JDK 17), rows in conformance/regex.jsonl. */
#ifndef STATUSQUO_PATTERN_PATTERN_H
#define STATUSQUO_PATTERN_PATTERN_H

#include "harness/base/fault.h"

typedef struct Pattern Pattern;

/* java.util.regex.Pattern flags that callers need. */
enum {
  PATTERN_CASE_INSENSITIVE = 0x02,
  PATTERN_MULTILINE = 0x08,
  PATTERN_DOTALL = 0x20,
  PATTERN_UNICODE_CASE = 0x40,
  PATTERN_COMMENTS = 0x04,
  PATTERN_UNIX_LINES = 0x01,
  PATTERN_LITERAL = 0x10,
  PATTERN_UNICODE_CHARACTER_CLASS = 0x100,
};

typedef enum PatternAnswer {
  PATTERN_NO_MATCH,
  PATTERN_MATCHES,
  PATTERN_UNDECIDED, /* the effort limit was reached, or the subject can't be handed to PCRE2: an error of its
                        own, never "no match" */
} PatternAnswer;

/* Compiles into `lasting` (which releases it). False: FAULT_INPUT with `offset` (bytes into `source`) and
 * Java's reason in words, or FAULT_LIMIT for what can't be translated. The result may be shared by threads.
 */
bool pattern_compile(Text source, unsigned flags, Arena *lasting, Pattern **out, Fault *fault);
Text pattern_source(const Pattern *pattern);
/* Pattern.matches(): the whole subject. `fault` (may be NULL) tells why a match was undecided. */
PatternAnswer pattern_matches(const Pattern *pattern, Text subject, Fault *fault);

/* One find() at or after `from`: spans[0], spans[1] are the match, then the groups (PATTERN_UNSET when not
 * taken part). */
#define PATTERN_UNSET ((size_t)-1)
uint32_t pattern_group_count(const Pattern *pattern); /* without group 0 */
/* Number of a named group, or 0. */
uint32_t pattern_group_number(const Pattern *pattern, Text name);
PatternAnswer pattern_find(const Pattern *pattern, Text subject, size_t from, size_t *spans,
                           size_t span_count, Fault *fault);

/* A walk over all matches, as Matcher.find() takes it: after an empty match it goes on one character further,
 * and \G stays where the last match ended. Zeroed, it starts at the beginning. */
typedef struct PatternSearch {
  size_t from;     /* where the next search starts */
  size_t last_end; /* where the last match ended */
  bool finished;
  bool checked; /* the subject was found to be text: not looked at again, so a walk stays linear */
} PatternSearch;

/* The next match, as pattern_find; PATTERN_NO_MATCH at the end of the walk. */
PatternAnswer pattern_find_next(const Pattern *pattern, Text subject, PatternSearch *search, size_t *spans,
                                size_t span_count, Fault *fault);

/* What PCRE2 was given: for people who look into a translation. */
Text pattern_translation(const Pattern *pattern);

/* Why `subject` isn't matched, in words for a person: "'.' stops at the newline at character 17", "matches
 * only a part: characters 1-12". Empty when there is nothing better to say than that it doesn't match. */
Text pattern_explain_miss(const Pattern *pattern, Text subject, Arena *arena);

#endif
