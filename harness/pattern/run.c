/* Running a program: per-thread match data, bounded effort, and the callouts that answer what PCRE2 can't. */
#include "harness/base/utf8.h"
#include "harness/pattern/program.h"
#include "harness/pattern/unicode.h"

#include <assert.h>
#include <string.h>

enum {
  MATCH_EFFORT = 1000 * 1000,   /* PCRE2's match limit, and attempts at look-behinds */
  HEAP_MOST = 128 * 1024,       /* KiB */
  STACK_FIRST = 32 * 1024,      /* of machine code */
  STACK_MOST = 4 * 1024 * 1024, /* beyond it the match is interpreted */
  USES_BEFORE_FAST = 32,        /* compiling to machine code costs about as much as so many matches */
  NESTED_MOST = BEHIND_DEEPEST + 1,
};

/* ---- per thread */

typedef struct Worker {
  pcre2_match_data *data[NESTED_MOST];
  uint32_t pairs[NESTED_MOST];
  pcre2_match_context *contexts[NESTED_MOST];
  pcre2_jit_stack *stack;
} Worker;

static _Thread_local Worker *worker;
static pthread_key_t worker_key;
static pthread_once_t worker_once = PTHREAD_ONCE_INIT;

static void release_worker(void *subject) {
  Worker *own = subject;
  for (int i = 0; i < NESTED_MOST; i++) {
    pcre2_match_data_free(own->data[i]);
    pcre2_match_context_free(own->contexts[i]);
  }
  pcre2_jit_stack_free(own->stack);
  free(own);
}

static void make_worker_key(void) {
  pthread_key_create(&worker_key, release_worker);
}

static Worker *need_worker(void) {
  if (worker != NULL) return worker;
  pthread_once(&worker_once, make_worker_key);
  worker = memory_alloc(sizeof *worker);
  memset(worker, 0, sizeof *worker);
  worker->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MOST, NULL);
  pthread_setspecific(worker_key, worker);
  return worker;
}

/* ---- one match and the look-behinds inside it */

typedef struct Run {
  const Match *match;
  Worker *worker;
  unsigned nested;
  size_t behind_end;  /* where the look-behind that is being matched has to end */
  size_t cluster_end; /* of the grapheme cluster that \X is in */
  size_t fold_start;  /* of what is compared with a group */
  long *attempts;     /* at look-behinds that are left for the whole match */
} Run;

static int answer_callout(pcre2_callout_block *block, void *data);

static pcre2_match_context *need_context(Run *run) {
  pcre2_match_context **context = &run->worker->contexts[run->nested];
  if (*context == NULL) {
    *context = pcre2_match_context_create(NULL);
    if (*context == NULL) memory_alloc(SIZE_MAX);
    pcre2_set_match_limit(*context, MATCH_EFFORT);
    pcre2_set_heap_limit(*context, HEAP_MOST);
    if (run->nested == 0) pcre2_jit_stack_assign(*context, NULL, run->worker->stack);
  }
  pcre2_set_callout(*context, answer_callout, run);
  return *context;
}

static pcre2_match_data *need_data(Run *run, const pcre2_code *code) {
  uint32_t pairs;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &pairs);
  pairs++;
  pcre2_match_data **data = &run->worker->data[run->nested];
  if (*data == NULL || run->worker->pairs[run->nested] < pairs) {
    pcre2_match_data_free(*data);
    *data = pcre2_match_data_create(pairs, NULL);
    if (*data == NULL) memory_alloc(SIZE_MAX);
    run->worker->pairs[run->nested] = pairs;
  }
  return *data;
}

static int run_code(Run *run, const pcre2_code *code, size_t from, uint32_t options) {
  Text subject = run->match->subject;
  PCRE2_SPTR bytes = (PCRE2_SPTR)(subject.length > 0 ? subject.data : "");
  return pcre2_match(code, bytes, subject.length, from, options | PCRE2_NO_UTF_CHECK, need_data(run, code),
                     need_context(run));
}

/* ---- callouts: 0 goes on, 1 fails at this place, an error of PCRE2 gives up */

static size_t step_back(Text subject, size_t at) {
  do at--;
  while (at > 0 && ((unsigned char)subject.data[at] & 0xC0) == 0x80);
  return at;
}

static uint32_t character_at(Text subject, size_t at) {
  return utf8_next(subject, &at);
}

/* Java's hasBaseCharacter: a letter or digit, then marks up to the one at `at`. It walks by UTF-16 unit, so
 * characters beyond the BMP end the walk (seen: JDK 17). */
static bool mark_has_base(Text subject, size_t at) {
  while (at > 0) {
    at = step_back(subject, at);
    uint32_t character = character_at(subject, at);
    if (character > 0xFFFF) return false;
    if (unicode_is_letter_or_digit(character)) return true;
    if (!unicode_is_nonspacing_mark(character)) return false;
  }
  return false;
}

static bool is_word_at(Text subject, size_t at, bool unicode, bool before) {
  uint32_t character = character_at(subject, at);
  if (unicode ? unicode_is_word(character) : character == '_' || unicode_is_letter_or_digit(character))
    return true;
  if (!unicode_is_nonspacing_mark(character) || (before && character > 0xFFFF)) return false;
  return mark_has_base(subject, at);
}

static bool at_word_boundary(Text subject, size_t at, bool unicode) {
  bool left = at > 0 && is_word_at(subject, step_back(subject, at), unicode, true);
  bool right = at < subject.length && is_word_at(subject, at, unicode, false);
  return left != right;
}

/* JDK 17 measures from the end of the last match, not from the boundary before (seen). */
static bool at_grapheme_boundary(const Run *run, size_t at) {
  if (at == 0 || at >= run->match->subject.length) return true;
  return unicode_grapheme_end(run->match->subject, run->match->last_end) <= at;
}

static uint32_t ascii_lower(uint32_t character) {
  return character >= 'A' && character <= 'Z' ? character + 32 : character;
}

static bool folds_equal(Text left, Text right, bool unicode) {
  size_t i = 0, j = 0;
  while (i < left.length && j < right.length) {
    uint32_t one = utf8_next(left, &i), other = utf8_next(right, &j);
    if (one == other) continue;
    if (unicode ? unicode_fold(one) != unicode_fold(other) : ascii_lower(one) != ascii_lower(other))
      return false;
  }
  return i == left.length && j == right.length;
}

static bool equals_group(const Run *run, const pcre2_callout_block *block, uint32_t group, bool unicode) {
  Text subject = run->match->subject;
  if (group >= block->capture_top || block->offset_vector[2 * group] == PCRE2_UNSET) return false;
  return folds_equal(
      text_slice(subject, block->offset_vector[2 * group], block->offset_vector[2 * group + 1]),
      text_slice(subject, run->fold_start, block->current_position), unicode);
}

static bool has_room(Text subject, size_t end, size_t units) {
  for (size_t at = 0; units > 0; units--) {
    if (at >= end) return false;
    if (utf8_next(subject, &at) > 0xFFFF && units > 1) units--;
  }
  return true;
}

/* Whether the look-behind matches from some place `least` to `most` before `end`, nearest first; or an error.
 */
static int look_behind(const Run *outer, const Behind *behind, size_t end, bool *found) {
  Text subject = outer->match->subject;
  Run run = {.match = outer->match,
             .worker = outer->worker,
             .nested = outer->nested + 1,
             .behind_end = end,
             .attempts = outer->attempts};
  assert(run.nested < NESTED_MOST);
  *found = false;
  if (!has_room(subject, end, behind->room)) return 0;
  size_t distance = 0;
  for (size_t at = end;;) {
    if (distance > behind->most) return 0;
    if (distance >= behind->least) {
      if (--*run.attempts < 0) return PCRE2_ERROR_MATCHLIMIT;
      int result = run_code(&run, behind->code, at, 0);
      *found = result >= 0;
      if (*found || result != PCRE2_ERROR_NOMATCH) return *found ? 0 : result;
    }
    if (at == 0) return 0;
    at = step_back(subject, at);
    distance += !behind->by_characters && (unsigned char)subject.data[at] >= 0xF0 ? 2 : 1;
  }
}

static uint32_t callout_number(const pcre2_callout_block *block) {
  uint32_t number = 0;
  for (size_t i = 1; i < block->callout_string_length; i++)
    number = number * 10 + (uint32_t)(block->callout_string[i] - '0');
  return number;
}

static int answer_behind(Run *run, const pcre2_callout_block *block, bool wanted) {
  bool found;
  int error =
      look_behind(run, &run->match->pattern->behinds[callout_number(block)], block->current_position, &found);
  return error != 0 ? error : found != wanted;
}

static int answer_callout(pcre2_callout_block *block, void *data) {
  Run *run = data;
  Text subject = run->match->subject;
  size_t at = block->current_position;
  switch (block->callout_string[0]) {
  case CALLOUT_WORD: return !at_word_boundary(subject, at, false);
  case CALLOUT_NOT_WORD: return at_word_boundary(subject, at, false);
  case CALLOUT_WORD_UNICODE: return !at_word_boundary(subject, at, true);
  case CALLOUT_NOT_WORD_UNICODE: return at_word_boundary(subject, at, true);
  case CALLOUT_PREVIOUS_END: return at != run->match->last_end;
  case CALLOUT_GRAPHEME_BOUNDARY: return !at_grapheme_boundary(run, at);
  case CALLOUT_CLUSTER_START: run->cluster_end = unicode_grapheme_end(subject, at); return 0;
  case CALLOUT_IN_CLUSTER: return at >= run->cluster_end;
  case CALLOUT_FOLD_START: run->fold_start = at; return 0;
  case CALLOUT_FOLD_ASCII: return !equals_group(run, block, callout_number(block), false);
  case CALLOUT_FOLD_UNICODE: return !equals_group(run, block, callout_number(block), true);
  case CALLOUT_BEHIND: return answer_behind(run, block, true);
  case CALLOUT_NOT_BEHIND: return answer_behind(run, block, false);
  default: assert(block->callout_string[0] == CALLOUT_BEHIND_END); return at != run->behind_end;
  }
}

/* ---- the match */

/* UTF-8, where lone surrogates (three bytes each) are let through: Java's strings hold them, and PCRE2 reads
 * them well enough when it isn't told to check. A pair in two halves would be one character in Java. */
static bool subject_is_text(Text subject, Fault *fault) {
  uint32_t before = 0;
  for (size_t at = 0, run_end = 0; at < subject.length;) {
    at += utf8_valid_prefix(text_slice(subject, at, subject.length));
    if (at == subject.length) break;
    if (at != run_end) before = 0;
    size_t next = at;
    uint32_t character = utf8_next(subject, &next);
    if (character < 0xD800 || character > 0xDFFF)
      return fault_raise(fault, FAULT_INPUT, "the value isn't text: byte %zu is not UTF-8", at + 1);
    if (character >= 0xDC00 && before >= 0xD800 && before < 0xDC00)
      return fault_raise(fault, FAULT_INPUT, "the value holds a surrogate pair in two halves at byte %zu",
                         at + 1);
    before = character;
    at = run_end = next;
  }
  return true;
}

/* The machine code, once it pays. */
static const pcre2_code *choose_code(Program *program) {
  pcre2_code *fast = atomic_load_explicit(&program->fast, memory_order_acquire);
  if (fast != NULL) return fast;
  if (atomic_fetch_add_explicit(&program->uses, 1, memory_order_relaxed) != USES_BEFORE_FAST)
    return program->plain;
  pcre2_code *copy = pcre2_code_copy(program->plain);
  if (copy == NULL || pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE) != 0) {
    pcre2_code_free(copy);
    return program->plain;
  }
  atomic_store_explicit(&program->fast, copy, memory_order_release);
  return copy;
}

static bool ran_out(int result) {
  return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
         result == PCRE2_ERROR_HEAPLIMIT || result == PCRE2_ERROR_JIT_STACKLIMIT;
}

static PatternAnswer undecided(int result, Fault *fault) {
  char message[200] = "";
  pcre2_get_error_message(result, (PCRE2_UCHAR *)message, sizeof message);
  if (ran_out(result))
    fault_raise(fault, FAULT_LIMIT,
                "matching takes more effort than allowed (%s): the pattern has too many ways to try",
                message);
  else
    fault_raise(fault, FAULT_LIMIT, "matching failed: %s", message);
  return PATTERN_UNDECIDED;
}

static void fill_spans(const Match *match, pcre2_match_data *data) {
  const size_t *offsets = pcre2_get_ovector_pointer(data);
  for (size_t i = 0; i < match->span_count; i++) match->spans[i] = PATTERN_UNSET;
  for (size_t group = 0; group <= match->pattern->group_count && 2 * group + 1 < match->span_count; group++) {
    uint32_t number = group == 0 ? 0 : match->pattern->groups[group];
    if (group > 0 && number == 0) continue;
    match->spans[2 * group] = offsets[2 * number];
    match->spans[2 * group + 1] = offsets[2 * number + 1];
  }
}

PatternAnswer program_run(Program *program, const Match *match, Fault *fault) {
  if (!match->checked && !subject_is_text(match->subject, fault)) return PATTERN_UNDECIDED;
  long attempts = MATCH_EFFORT;
  Run run = {.match = match, .worker = need_worker(), .attempts = &attempts};
  const pcre2_code *code = choose_code(program);
  int result = run_code(&run, code, match->from, match->options);
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
    attempts = MATCH_EFFORT;
    result = run_code(&run, program->plain, match->from, match->options | PCRE2_NO_JIT);
  }
  if (result == PCRE2_ERROR_NOMATCH) return PATTERN_NO_MATCH;
  if (result < 0) return undecided(result, fault);
  if (match->span_count > 0) fill_spans(match, run.worker->data[0]);
  return PATTERN_MATCHES;
}
