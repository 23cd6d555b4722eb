/* Questions about characters, answered as JDK 17 answers them (tables: unicode_tables.c). */
#ifndef STATUSQUO_PATTERN_UNICODE_H
#define STATUSQUO_PATTERN_UNICODE_H

#include "harness/pattern/charset.h"
#include "harness/pattern/unicode_tables.h"

/* The set behind a property name. Kinds other than UNICODE_PROPERTY ignore ASCII case in `name`. */
bool unicode_find(UnicodeKind kind, Text name, bool any_case, Arena *arena, CharSet *out);
/* The character with this Unicode name, or -1. Ignores case and blanks at the ends, as Java does. */
int32_t unicode_named_character(Text name);

uint32_t unicode_to_upper(uint32_t character);
uint32_t unicode_to_lower(uint32_t character);
/* Lower case of the upper case: what java.util.regex compares when it ignores case by Unicode. */
uint32_t unicode_fold(uint32_t character);
/* Adds every character whose fold is `folded`, and `folded` itself. */
void unicode_add_folds(CharSetBuilder *builder, uint32_t folded);
/* Adds every character that reaches the range by its upper case or its fold. */
void unicode_add_range_folds(CharSetBuilder *builder, uint32_t first, uint32_t last);

/* For \b. */
bool unicode_is_letter_or_digit(uint32_t character);
bool unicode_is_nonspacing_mark(uint32_t character);
bool unicode_is_word(uint32_t character); /* under (?U) */

/* For \X: the end of the grapheme cluster that starts at byte `from`. */
size_t unicode_grapheme_end(Text text, size_t from);

#endif
