/* What the JDK knows about characters, as data: written by tables/UnicodeTables.java. */
#ifndef STATUSQUO_PATTERN_UNICODE_TABLES_H
#define STATUSQUO_PATTERN_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

typedef enum UnicodeKind {
  UNICODE_PROPERTY, /* \p{Lu}, \p{Alpha}, \p{javaLowerCase}: exact case */
  UNICODE_BINARY,   /* \p{IsAlphabetic}: upper-cased first */
  UNICODE_POSIX,    /* \p{Alpha} under (?U), \p{IsAlpha}: upper-cased first */
  UNICODE_SCRIPT,   /* upper-cased names and aliases */
  UNICODE_BLOCK,    /* upper-cased names in each spelling that Java takes */
  UNICODE_GRAPHEME, /* "01" to "14": the types of the grapheme rules; every other character has type 0 */
} UnicodeKind;

typedef struct UnicodeName {
  UnicodeKind kind;
  const char *name;
  uint16_t set;
  uint16_t set_any_case; /* the set under (?i) */
} UnicodeName;

typedef struct UnicodeCaseRun {
  uint32_t first, last;
  uint32_t step;
  int32_t delta;
} UnicodeCaseRun;

extern const unsigned char unicode_set_bytes[];
extern const uint32_t unicode_set_starts[];
extern const UnicodeName unicode_names[];
extern const size_t unicode_name_count;
extern const UnicodeCaseRun unicode_upper[];
extern const size_t unicode_upper_count;
extern const UnicodeCaseRun unicode_lower[];
extern const size_t unicode_lower_count;
extern const uint16_t unicode_grapheme_rules[];
/* unicode_names.c */
extern const unsigned char unicode_named[];
extern const uint32_t unicode_name_hashes[];
extern const size_t unicode_name_hash_count;

#endif
