/* A compiled pattern and how it is run. Inside of the layer. */
#ifndef STATUSQUO_PATTERN_PROGRAM_H
#define STATUSQUO_PATTERN_PROGRAM_H

#include "harness/pattern/pattern.h"
#include "harness/pattern/translate.h"

#include <pthread.h>
#include <stdatomic.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* One PCRE2 program. The plain one is interpreted; when it has been used often enough that machine code pays,
 * a copy is compiled further and published for all threads. */
typedef struct Program {
  pcre2_code *plain;
  _Atomic(pcre2_code *) fast;
  atomic_uint uses;
} Program;

typedef struct Behind {
  pcre2_code *code;
  size_t least, most, room;
  bool by_characters;
} Behind;

struct Pattern {
  Text source;
  Text translation;
  unsigned flags;
  uint32_t options; /* of every program */
  uint32_t group_count;
  uint32_t *groups; /* PCRE2's number for each of Java's, 0: unknown to it */
  GroupName *names;
  size_t name_count;
  Behind *behinds; /* from 1 */
  size_t behind_count;
  bool hides_groups; /* some group's span can't be told */
  Program whole;     /* Pattern.matches */
  Program search;    /* Matcher.find: compiled when first asked for */
  atomic_bool has_search;
  pthread_mutex_t mutex; /* held while a program is made */
};

/* NULL with a fault when PCRE2 refuses; *too_large tells that sharing sets may help. */
pcre2_code *program_compile(Text translation, uint32_t options, bool *too_large, Fault *fault);

typedef struct Match {
  const Pattern *pattern;
  Text subject;
  size_t from;
  size_t last_end;  /* what \G asks for */
  uint32_t options; /* of pcre2_match */
  bool checked;     /* the subject is known to be text */
  size_t *spans;    /* may be NULL */
  size_t span_count;
} Match;

PatternAnswer program_run(Program *program, const Match *match, Fault *fault);
/* Programs are made while constant patterns are shared, hence the cast in there. */
bool pattern_need_search(const Pattern *pattern, Fault *fault);

#endif
