#include "harness/pattern/program.h"

#include <string.h>

static void release_program(Program *program) {
  pcre2_code_free(program->plain);
  pcre2_code_free(atomic_load(&program->fast));
}

static void release_pattern(void *subject) {
  Pattern *pattern = subject;
  release_program(&pattern->whole);
  release_program(&pattern->search);
  for (size_t i = 1; i <= pattern->behind_count; i++) pcre2_code_free(pattern->behinds[i].code);
  pthread_mutex_destroy(&pattern->mutex);
}

pcre2_code *program_compile(Text translation, uint32_t options, bool *too_large, Fault *fault) {
  enum { PARENTHESES_DEEPEST = 4 * PATTERN_DEEPEST };
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  if (context == NULL) memory_alloc(SIZE_MAX); /* ends the run in the one place for that */
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_set_parens_nest_limit(context, PARENTHESES_DEEPEST);
  pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
  int error;
  size_t offset;
  pcre2_code *code =
      pcre2_compile((PCRE2_SPTR)translation.data, translation.length,
                    PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | options,
                    &error, &offset, context);
  pcre2_compile_context_free(context);
  if (code != NULL) return code;
  *too_large = error == PCRE2_ERROR_PATTERN_TOO_LARGE;
  char message[200] = "";
  pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
  fault_raise(fault, FAULT_LIMIT, "the pattern can't be handed to PCRE2: %s", message);
  return NULL;
}

static void keep_names(Pattern *pattern, const Tree *tree, Arena *lasting) {
  pattern->group_count = tree->group_count;
  pattern->name_count = tree->name_count;
  pattern->names = ARENA_ARRAY(lasting, GroupName, tree->name_count + 1);
  for (size_t i = 0; i < tree->name_count; i++) {
    pattern->names[i].name = arena_copy_text(lasting, tree->names[i].name);
    pattern->names[i].number = tree->names[i].number;
  }
}

/* Everything that the translation says, compiled; programs that were made before a fault are released with
 * the arena. */
static bool compile_translation(Pattern *pattern, const Translation *translation, Arena *lasting,
                                bool *too_large, Fault *fault) {
  pattern->translation = arena_copy_text(lasting, translation->text);
  pattern->options = translation->literal_ways ? PCRE2_NO_AUTO_POSSESS | PCRE2_NO_DOTSTAR_ANCHOR : 0;
  if (translation->literal_starts) pattern->options |= PCRE2_NO_START_OPTIMIZE;
  pattern->groups = ARENA_ARRAY(lasting, uint32_t, pattern->group_count + 1);
  for (uint32_t i = 1; i <= pattern->group_count; i++) {
    pattern->groups[i] = translation->groups[i];
    pattern->hides_groups = pattern->hides_groups || translation->hidden[i];
  }
  pattern->whole.plain = program_compile(
      pattern->translation, pattern->options | PCRE2_ANCHORED | PCRE2_ENDANCHORED, too_large, fault);
  if (pattern->whole.plain == NULL) return false;
  pattern->behinds = ARENA_ARRAY(lasting, Behind, translation->behind_count + 1);
  pattern->behind_count = translation->behind_count;
  for (size_t i = 1; i <= translation->behind_count; i++) {
    const BehindText *text = &translation->behinds[i];
    Behind *behind = &pattern->behinds[i];
    *behind = (Behind){NULL, text->least, text->most, text->room, text->by_characters};
    behind->code = program_compile(text->text, pattern->options | PCRE2_ANCHORED, too_large, fault);
    if (behind->code == NULL) return false;
  }
  return true;
}

static Pattern *pattern_new(Text source, unsigned flags, const Tree *tree, Arena *lasting) {
  Pattern *pattern = ARENA_NEW(lasting, Pattern);
  pattern->source = arena_copy_text(lasting, source);
  pattern->flags = flags;
  pthread_mutex_init(&pattern->mutex, NULL);
  arena_on_release(lasting, release_pattern, pattern);
  keep_names(pattern, tree, lasting);
  return pattern;
}

bool pattern_compile(Text source, unsigned flags, Arena *lasting, Pattern **out, Fault *fault) {
  Arena *scratch = arena_new(0);
  Tree tree;
  Translation translation;
  bool well = tree_parse(source, flags, scratch, &tree, fault);
  bool too_large = true;
  /* Large sets are written out where they stand; only a pattern too large for that calls them. */
  for (int share = 0; well && too_large && share < 2; share++) {
    too_large = false;
    Pattern *pattern = pattern_new(source, flags, &tree, lasting);
    bool made = tree_translate(&tree, share == 1, scratch, &translation, fault) &&
                compile_translation(pattern, &translation, lasting, &too_large, fault);
    *out = made ? pattern : NULL;
    if (!made && !too_large) well = false;
    if (!made && share == 1) well = false;
  }
  arena_free(scratch);
  return well;
}

bool pattern_need_search(const Pattern *pattern, Fault *fault) {
  Pattern *own = (Pattern *)(uintptr_t)pattern;
  if (atomic_load(&own->has_search)) return true;
  pthread_mutex_lock(&own->mutex);
  if (!atomic_load(&own->has_search)) {
    bool too_large;
    own->search.plain = program_compile(own->translation, own->options, &too_large, fault);
    if (own->search.plain != NULL) atomic_store(&own->has_search, true);
  }
  pthread_mutex_unlock(&own->mutex);
  return atomic_load(&own->has_search);
}

Text pattern_source(const Pattern *pattern) {
  return pattern->source;
}

Text pattern_translation(const Pattern *pattern) {
  return pattern->translation;
}

uint32_t pattern_group_count(const Pattern *pattern) {
  return pattern->group_count;
}

uint32_t pattern_group_number(const Pattern *pattern, Text name) {
  for (size_t i = 0; i < pattern->name_count; i++)
    if (text_equal(pattern->names[i].name, name)) return pattern->names[i].number;
  return 0;
}

PatternAnswer pattern_matches(const Pattern *pattern, Text subject, Fault *fault) {
  Match match = {.pattern = pattern, .subject = subject};
  return program_run(&((Pattern *)(uintptr_t)pattern)->whole, &match, fault);
}

static PatternAnswer search_from(const Pattern *pattern, Text subject, const PatternSearch *search,
                                 size_t *spans, size_t span_count, Fault *fault) {
  size_t from = search->from;
  for (size_t i = 0; i < span_count; i++) spans[i] = PATTERN_UNSET;
  if (from > subject.length) return PATTERN_NO_MATCH;
  if (pattern->hides_groups && span_count > 2) {
    fault_raise(fault, FAULT_LIMIT, "the groups inside a look-behind of varying length can't be told apart");
    return PATTERN_UNDECIDED;
  }
  if (!pattern_need_search(pattern, fault)) return PATTERN_UNDECIDED;
  while (from < subject.length && ((unsigned char)subject.data[from] & 0xC0) == 0x80) from++;
  Match match = {.pattern = pattern,
                 .subject = subject,
                 .from = from,
                 .last_end = search->last_end,
                 .checked = search->checked,
                 .spans = spans,
                 .span_count = span_count};
  return program_run(&((Pattern *)(uintptr_t)pattern)->search, &match, fault);
}

PatternAnswer pattern_find(const Pattern *pattern, Text subject, size_t from, size_t *spans,
                           size_t span_count, Fault *fault) {
  const PatternSearch search = {.from = from, .last_end = from};
  return search_from(pattern, subject, &search, spans, span_count, fault);
}

PatternAnswer pattern_find_next(const Pattern *pattern, Text subject, PatternSearch *search, size_t *spans,
                                size_t span_count, Fault *fault) {
  size_t own[2];
  size_t *span = span_count >= 2 ? spans : own;
  size_t count = span_count >= 2 ? span_count : 2;
  if (search->finished) return PATTERN_NO_MATCH;
  PatternAnswer answer = search_from(pattern, subject, search, span, count, fault);
  search->checked = answer != PATTERN_UNDECIDED;
  search->finished = answer != PATTERN_MATCHES;
  if (answer == PATTERN_MATCHES) {
    search->last_end = search->from = span[1];
    if (span[0] == span[1]) search->from++; /* search_from steps to the next character */
    search->finished = search->from > subject.length;
  }
  return answer;
}
