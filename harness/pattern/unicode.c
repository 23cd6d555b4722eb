#include "harness/pattern/unicode.h"

#include "harness/base/utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LONGEST = 128 };

static int compare_name(UnicodeKind kind, const char *name, const UnicodeName *entry) {
  return kind != entry->kind ? (int)kind - (int)entry->kind : strcmp(name, entry->name);
}

static const UnicodeName *find_name(UnicodeKind kind, const char *name) {
  size_t low = 0, high = unicode_name_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare_name(kind, name, &unicode_names[middle]);
    if (order == 0) return &unicode_names[middle];
    if (order > 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* A terminated copy, upper-cased when asked; false when the name is too long to be one. */
static bool copy_name(Text name, bool upper, char out[NAME_LONGEST + 1]) {
  if (name.length > NAME_LONGEST) return false;
  for (size_t i = 0; i < name.length; i++) {
    char byte = name.data[i];
    if (byte == '\0') return false;
    out[i] = upper && byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
  }
  out[name.length] = '\0';
  return true;
}

bool unicode_find(UnicodeKind kind, Text name, bool any_case, Arena *arena, CharSet *out) {
  char copy[NAME_LONGEST + 1];
  if (!copy_name(name, kind != UNICODE_PROPERTY, copy)) return false;
  const UnicodeName *entry = find_name(kind, copy);
  if (entry == NULL) return false;
  size_t set = any_case ? entry->set_any_case : entry->set;
  *out = charset_unpack(unicode_set_bytes + unicode_set_starts[set], arena);
  return true;
}

/* ---- what is asked while matching, unpacked once for the process */

typedef struct FoldPair {
  uint32_t folded, character;
} FoldPair;

typedef struct GraphemeRange {
  CharRange range;
  uint8_t type;
} GraphemeRange;

static struct {
  Arena *arena;
  CharSet letters_and_digits, nonspacing_marks, words, named, assigned;
  FoldPair *folds; /* sorted by fold: every character that case changes */
  size_t fold_count;
  GraphemeRange *graphemes;
  size_t grapheme_count;
} shared;
static pthread_once_t shared_once = PTHREAD_ONCE_INIT;

static int compare_folds(const void *left, const void *right) {
  const FoldPair *one = left, *other = right;
  if (one->folded != other->folded) return one->folded < other->folded ? -1 : 1;
  return one->character < other->character ? -1 : one->character > other->character;
}

static int compare_graphemes(const void *left, const void *right) {
  uint32_t one = ((const GraphemeRange *)left)->range.first;
  uint32_t other = ((const GraphemeRange *)right)->range.first;
  return one < other ? -1 : one > other;
}

static uint32_t map_case(const UnicodeCaseRun *runs, size_t count, uint32_t character) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (runs[middle].last < character)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == count || runs[low].first > character || (character - runs[low].first) % runs[low].step != 0)
    return character;
  return (uint32_t)((int32_t)character + runs[low].delta);
}

static void add_cased(CharSetBuilder *cased, const UnicodeCaseRun *runs, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (uint32_t c = runs[i].first; c <= runs[i].last; c += runs[i].step) charset_add_range(cased, c, c);
}

static void make_folds(Arena *arena) {
  CharSetBuilder builder = {.arena = arena};
  add_cased(&builder, unicode_upper, unicode_upper_count);
  add_cased(&builder, unicode_lower, unicode_lower_count);
  CharSet cased = charset_finish(&builder);
  size_t count = 0;
  for (size_t i = 0; i < cased.count; i++) count += cased.ranges[i].last - cased.ranges[i].first + 1;
  shared.folds = ARENA_ARRAY(arena, FoldPair, count);
  for (size_t i = 0; i < cased.count; i++)
    for (uint32_t c = cased.ranges[i].first; c <= cased.ranges[i].last; c++)
      shared.folds[shared.fold_count++] = (FoldPair){unicode_fold(c), c};
  qsort(shared.folds, shared.fold_count, sizeof *shared.folds, compare_folds);
}

static void make_graphemes(Arena *arena) {
  enum { FIRST_TYPE = 1, LAST_TYPE = 14 };
  CharSet sets[LAST_TYPE + 1];
  size_t count = 0;
  for (int type = FIRST_TYPE; type <= LAST_TYPE; type++) {
    char name[3] = {(char)('0' + type / 10), (char)('0' + type % 10), '\0'};
    sets[type] = (CharSet){NULL, 0};
    unicode_find(UNICODE_GRAPHEME, text_from(name), false, arena, &sets[type]);
    count += sets[type].count;
  }
  shared.graphemes = ARENA_ARRAY(arena, GraphemeRange, count);
  for (int type = FIRST_TYPE; type <= LAST_TYPE; type++)
    for (size_t i = 0; i < sets[type].count; i++)
      shared.graphemes[shared.grapheme_count++] = (GraphemeRange){sets[type].ranges[i], (uint8_t)type};
  qsort(shared.graphemes, count, sizeof *shared.graphemes, compare_graphemes);
}

/* Lives as long as the process: constant tables, only in a form that is quicker to ask. */
static void make_shared(void) {
  Arena *arena = shared.arena = arena_new(0);
  unicode_find(UNICODE_PROPERTY, TEXT("LD"), false, arena, &shared.letters_and_digits);
  unicode_find(UNICODE_PROPERTY, TEXT("Mn"), false, arena, &shared.nonspacing_marks);
  unicode_find(UNICODE_PROPERTY, TEXT("javaDefined"), false, arena, &shared.assigned);
  unicode_find(UNICODE_BINARY, TEXT("WORD"), false, arena, &shared.words);
  shared.named = charset_unpack(unicode_named, arena);
  make_folds(arena);
  make_graphemes(arena);
}

static void need_shared(void) {
  pthread_once(&shared_once, make_shared);
}

/* ---- case */

uint32_t unicode_to_upper(uint32_t character) {
  return map_case(unicode_upper, unicode_upper_count, character);
}

uint32_t unicode_to_lower(uint32_t character) {
  return map_case(unicode_lower, unicode_lower_count, character);
}

uint32_t unicode_fold(uint32_t character) {
  return unicode_to_lower(unicode_to_upper(character));
}

void unicode_add_folds(CharSetBuilder *builder, uint32_t folded) {
  need_shared();
  size_t low = 0, high = shared.fold_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (shared.folds[middle].folded < folded)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < shared.fold_count && shared.folds[low].folded == folded; low++)
    charset_add_range(builder, shared.folds[low].character, shared.folds[low].character);
  charset_add_range(builder, folded, folded);
}

void unicode_add_range_folds(CharSetBuilder *builder, uint32_t first, uint32_t last) {
  need_shared();
  for (size_t i = 0; i < shared.fold_count; i++) {
    FoldPair pair = shared.folds[i];
    uint32_t upper = unicode_to_upper(pair.character);
    if ((pair.folded >= first && pair.folded <= last) || (upper >= first && upper <= last))
      charset_add_range(builder, pair.character, pair.character);
  }
}

/* ---- words and graphemes */

bool unicode_is_letter_or_digit(uint32_t character) {
  if (character < 0x80)
    return (character >= '0' && character <= '9') || ((character | 32) >= 'a' && (character | 32) <= 'z');
  need_shared();
  return charset_has(shared.letters_and_digits, character);
}

bool unicode_is_nonspacing_mark(uint32_t character) {
  if (character < 0x300) return false;
  need_shared();
  return charset_has(shared.nonspacing_marks, character);
}

bool unicode_is_word(uint32_t character) {
  if (character < 0x80) return character == '_' || unicode_is_letter_or_digit(character);
  need_shared();
  return charset_has(shared.words, character);
}

static unsigned grapheme_type(uint32_t character) {
  size_t low = 0, high = shared.grapheme_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (shared.graphemes[middle].range.last < character)
      low = middle + 1;
    else
      high = middle;
  }
  bool inside = low < shared.grapheme_count && shared.graphemes[low].range.first <= character;
  return inside ? shared.graphemes[low].type : 0;
}

/* Java's nextBoundary: pairs of regional indicators and pictographs joined by ZWJ beside the table of rules
 * (seen: JDK 17). */
size_t unicode_grapheme_end(Text text, size_t from) {
  enum { JOINER = 5, REGIONAL = 6, PICTOGRAPH = 14 };
  need_shared();
  size_t at = from;
  if (at >= text.length) return text.length;
  unsigned left = grapheme_type(utf8_next(text, &at));
  unsigned regionals = left == REGIONAL;
  bool pictograph = left == PICTOGRAPH;
  while (at < text.length) {
    size_t next = at;
    unsigned right = grapheme_type(utf8_next(text, &next));
    bool joined = (pictograph && left == JOINER && right == PICTOGRAPH) ||
                  (regionals % 2 == 1 && left == REGIONAL && right == REGIONAL);
    if (!joined && (unicode_grapheme_rules[left] >> right & 1) != 0) break;
    regionals += right == REGIONAL;
    left = right;
    at = next;
  }
  return at;
}

/* ---- names */

/* "CJK UNIFIED IDEOGRAPHS 4E00": characters without a name of their own are named after their block, whose
 * constant in Java has underscores for the blanks. */
static int32_t made_name(const char *name) {
  char stem[NAME_LONGEST + 1];
  const char *blank = strrchr(name, ' ');
  if (blank == NULL || blank[1] == '\0' || blank[1] == '0' || strlen(blank + 1) > 6) return -1;
  uint32_t character = 0;
  for (const char *digit = blank + 1; *digit != '\0'; digit++) {
    if ((*digit < '0' || *digit > '9') && (*digit < 'A' || *digit > 'F')) return -1;
    character = character << 4 | (uint32_t)(*digit <= '9' ? *digit - '0' : *digit - 'A' + 10);
  }
  if (character > CHARACTER_LAST || charset_has(shared.named, character) ||
      !charset_has(shared.assigned, character))
    return -1;
  size_t length = (size_t)(blank - name);
  for (size_t i = 0; i < length; i++) stem[i] = name[i] == ' ' ? '_' : name[i];
  Arena *arena = arena_new(0);
  CharSet block;
  bool found = unicode_find(UNICODE_BLOCK, (Text){stem, length}, false, arena, &block) &&
               charset_has(block, character);
  arena_free(arena);
  return found ? (int32_t)character : -1;
}

/* FNV-1a, 32 bits, as tables/UnicodeTables.java computes it. */
static uint32_t hash_name(const char *name) {
  uint32_t hash = 0x811C9DC5;
  for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * 0x01000193;
  return hash;
}

int32_t unicode_named_character(Text name) {
  char copy[NAME_LONGEST + 1];
  if (!copy_name(text_trim(name), true, copy)) return -1;
  need_shared();
  int32_t made = made_name(copy);
  if (made >= 0) return made;
  uint32_t wanted = hash_name(copy);
  size_t at = 0;
  for (size_t i = 0; i < shared.named.count; i++)
    for (uint32_t c = shared.named.ranges[i].first; c <= shared.named.ranges[i].last; c++)
      if (unicode_name_hashes[at++] == wanted) return (int32_t)c;
  return -1;
}
