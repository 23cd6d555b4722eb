/* layer: pattern; differential test: random patterns and subjects, answered by java.util.regex (RegexDriver,
 * asked line by line) and by the pattern layer. Every difference is made smaller and printed as a case for
 * tests/cases/pattern. Usage: compare JAVA CLASSES COUNT SEED */
#include "harness/base/utf8.h"
#include "harness/pattern/pattern.h"
#include "tests/differential/regex/generate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_MATCHES = 20, MOST_GROUPS = 64, MOST_PRINTED = 25 };

typedef struct Oracle {
  pid_t process;
  FILE *questions, *answers;
} Oracle;

static bool oracle_open(Oracle *oracle, const char *java, const char *classes) {
  int to[2], from[2];
  if (pipe(to) != 0 || pipe(from) != 0) return false;
  oracle->process = fork();
  if (oracle->process < 0) return false;
  if (oracle->process == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    close(to[1]);
    close(from[0]);
    execlp(java, java, "-Xss16m", "-XX:+UseSerialGC", "-cp", classes, "RegexDriver", (char *)NULL);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  oracle->questions = fdopen(to[1], "w");
  oracle->answers = fdopen(from[0], "r");
  return oracle->questions != NULL && oracle->answers != NULL;
}

static void oracle_close(Oracle *oracle) {
  fclose(oracle->questions);
  fclose(oracle->answers);
  waitpid(oracle->process, NULL, 0);
}

static void write_units(FILE *out, Text text) {
  fputc('.', out);
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    if (character >= 0x10000)
      fprintf(out, "%04x%04x", 0xD800 + ((character - 0x10000) >> 10), 0xDC00 + (character & 0x3FF));
    else
      fprintf(out, "%04x", character);
  }
}

static bool oracle_ask(Oracle *oracle, Text pattern, Text subject, char *answer, size_t size) {
  write_units(oracle->questions, pattern);
  fputc(' ', oracle->questions);
  write_units(oracle->questions, subject);
  fputc('\n', oracle->questions);
  fflush(oracle->questions);
  if (fgets(answer, (int)size, oracle->answers) == NULL) return false;
  answer[strcspn(answer, "\n")] = '\0';
  return true;
}

/* ---- our own answer, in the same words */

static int unit_offset(Text subject, size_t offset) {
  if (offset == PATTERN_UNSET) return -1;
  return (int)utf16_length(text_slice(subject, 0, offset));
}

static void print_match(Buffer *out, Text subject, const size_t *spans, uint32_t groups) {
  for (uint32_t group = 0; group <= groups; group++)
    buffer_print(out, "%s%d-%d", group == 0 ? " " : ",", unit_offset(subject, spans[2 * group]),
                 unit_offset(subject, spans[2 * group + 1]));
}

/* "untranslatable" and "undecided" are answers that Java doesn't have. */
static void own_answer(Text source, Text subject, Arena *arena, Buffer *out) {
  Fault fault = {0};
  Pattern *pattern;
  size_t spans[2 * MOST_GROUPS];
  if (!pattern_compile(source, 0, arena, &pattern, &fault)) {
    buffer_print(out, "%s %s", fault.kind == FAULT_INPUT ? "error" : "untranslatable", fault.message);
    return;
  }
  uint32_t groups = pattern_group_count(pattern);
  PatternAnswer answer = pattern_matches(pattern, subject, &fault);
  buffer_append_string(out, answer == PATTERN_MATCHES ? "yes" : "no");
  PatternSearch search = {0};
  for (int i = 0; i < MOST_MATCHES && groups < MOST_GROUPS && answer != PATTERN_UNDECIDED; i++) {
    PatternSearch before = search;
    size_t count = 2 * (groups + 1);
    answer = pattern_find_next(pattern, subject, &search, spans, count, &fault);
    if (answer == PATTERN_UNDECIDED && count > 2) { /* the groups, perhaps, but not the match? */
      search = before;
      for (size_t j = 0; j < count; j++) spans[j] = PATTERN_UNSET;
      answer = pattern_find_next(pattern, subject, &search, spans, 2, &fault);
    }
    if (answer == PATTERN_NO_MATCH) break;
    if (answer == PATTERN_MATCHES) print_match(out, subject, spans, groups);
  }
  if (answer == PATTERN_UNDECIDED) {
    buffer_clear(out);
    buffer_print(out, "undecided %s", fault.message);
  }
}

typedef enum Verdict {
  SAME,
  DIFFERENT,
  BOTH_ERROR,
  UNDECIDED,
  UNTRANSLATABLE,
  JAVA_GAVE_UP,
  GROUPS,     /* known limit: in Java a group may keep what it took on a way that was given up */
  HALF_PAIR,  /* known limit: Java looks between the halves of a surrogate pair */
  EMPTY_TURN, /* known limit: in Java a turn that takes nothing ends a loop before its count is full */
  VERDICTS
} Verdict;

static bool begins(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A span that is unset or empty. */
static bool takes_nothing(const char *span, size_t length) {
  const char *dash = memchr(span + 1, '-', length - 1);
  if (dash == NULL) return false;
  size_t left = (size_t)(dash - span), right = length - left - 1;
  return left == right && memcmp(span, dash + 1, left) == 0;
}

/* The same but for groups: of any kind, or where one side took nothing. */
static bool differs_in_groups(const char *java, const char *own, bool any) {
  bool group = false;
  for (;;) {
    size_t one = strcspn(java, ", "), other = strcspn(own, ", ");
    bool same = one == other && memcmp(java, own, one) == 0;
    if (!same && !(group && (any || takes_nothing(java, one) || takes_nothing(own, other)))) return false;
    if (java[one] != own[other]) return false;
    if (java[one] == '\0') return true;
    group = java[one] == ',';
    java += one + 1;
    own += other + 1;
  }
}

static bool inside_pair(Text subject, long unit) {
  long at = 0;
  for (size_t i = 0; i < subject.length;) {
    bool pair = utf8_next(subject, &i) >= 0x10000;
    if (pair && at + 1 == unit) return true;
    at += pair ? 2 : 1;
  }
  return false;
}

static bool splits_pair(const char *java, Text subject) {
  for (const char *at = strchr(java, ' '); at != NULL; at = strchr(at + 1, ' '))
    if (inside_pair(subject, strtol(at + 1, NULL, 10))) return true;
  return false;
}

static bool holds(Text text, const char *const *needles, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_find(text, text_from(needles[i]), 0) != TEXT_NOT_FOUND) return true;
  return false;
}

#define HOLDS(text, list) holds(text, list, sizeof(list) / sizeof(list)[0])

static bool has_pairs(Text subject) {
  for (size_t at = 0; at < subject.length;)
    if (utf8_next(subject, &at) >= 0x10000) return true;
  return false;
}

/* Differences that harness/pattern/README.md names, known by what the pattern is made of. */
static Verdict known_limit(const char *java, const char *own, Text pattern, Text subject) {
  static const char *const behinds[] = {"(?<=", "(?<!"};
  static const char *const references[] = {"\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\k<"};
  static const char *const leavers[] = {"(?>", "(?!", "(?<", "*+", "++", "?+", "}+", ")*", ")+", ")?", "){"};
  static const char *const turns[] = {")*", ")+", ")?", "){"};
  static const char *const counts[] = {"){2", "){3"};
  if (splits_pair(java, subject) || (has_pairs(subject) && HOLDS(pattern, behinds))) return HALF_PAIR;
  if (HOLDS(pattern, turns) && differs_in_groups(java, own, true)) return GROUPS;
  if (HOLDS(pattern, references) && HOLDS(pattern, leavers)) return GROUPS;
  return HOLDS(pattern, counts) ? EMPTY_TURN : DIFFERENT;
}

static Verdict judge(const char *java, const char *own, Text pattern, Text subject) {
  if (begins(own, "untranslatable")) return UNTRANSLATABLE;
  if (begins(java, "gave up") || begins(java, "broke")) return JAVA_GAVE_UP;
  if (begins(own, "undecided")) return UNDECIDED;
  if (begins(java, "error") || begins(own, "error"))
    return begins(java, "error") && begins(own, "error") ? BOTH_ERROR : DIFFERENT;
  if (strcmp(java, own) == 0) return SAME;
  if (differs_in_groups(java, own, false)) return GROUPS;
  return known_limit(java, own, pattern, subject);
}

typedef struct Pair {
  Buffer pattern, subject, own;
  char java[8192];
} Pair;

static Verdict compare(Oracle *oracle, Pair *pair) {
  Arena *arena = arena_new(0);
  buffer_clear(&pair->own);
  own_answer(buffer_text(&pair->pattern), buffer_text(&pair->subject), arena, &pair->own);
  arena_free(arena);
  if (!oracle_ask(oracle, buffer_text(&pair->pattern), buffer_text(&pair->subject), pair->java,
                  sizeof pair->java)) {
    fprintf(stderr, "the Java driver has ended\n");
    exit(2);
  }
  return judge(pair->java, buffer_string(&pair->own), buffer_text(&pair->pattern),
               buffer_text(&pair->subject));
}

/* ---- making a difference smaller */

static void assign(Buffer *buffer, Text text) {
  buffer_clear(buffer);
  buffer_append(buffer, text);
}

/* Takes pieces out of `shrunk` (the pattern or the subject of `pair`) as long as the difference stays. */
static bool shrink_text(Oracle *oracle, Pair *pair, Buffer *shrunk) {
  bool progress = false;
  for (size_t piece = shrunk->length / 2 + 1; piece > 0; piece /= 2) {
    for (size_t at = 0; at + piece <= shrunk->length;) {
      char *copy = memory_alloc(shrunk->length + 1);
      size_t length = shrunk->length;
      memcpy(copy, shrunk->data, length);
      memmove(shrunk->data + at, shrunk->data + at + piece, length - at - piece);
      shrunk->length -= piece;
      bool smaller = utf8_is_valid(buffer_text(shrunk)) && compare(oracle, pair) == DIFFERENT;
      if (!smaller) {
        assign(shrunk, (Text){copy, length});
        at++;
      }
      progress = progress || smaller;
      free(copy);
    }
  }
  return progress;
}

static void shrink(Oracle *oracle, Pair *pair) {
  while (shrink_text(oracle, pair, &pair->pattern) || shrink_text(oracle, pair, &pair->subject)) {
  }
  compare(oracle, pair);
}

static void print_json(Text text) {
  putchar('"');
  for (size_t at = 0; at < text.length;) {
    uint32_t c = utf8_next(text, &at);
    if (c == '"' || c == '\\')
      printf("\\%c", (int)c);
    else if (c >= 0x20 && c < 0x7F)
      putchar((int)c);
    else if (c < 0x10000)
      printf("\\u%04x", c);
    else
      printf("\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + (c & 0x3FF));
  }
  puts("\"");
}

static void print_case(Pair *pair, unsigned long number) {
  printf("== difference %lu\nwitness: seen (JDK 17)\n-- pattern json\n", number);
  print_json(buffer_text(&pair->pattern));
  puts("-- subject json");
  print_json(buffer_text(&pair->subject));
  printf("# Java: %s\n# ours: %s\n\n", pair->java, buffer_string(&pair->own));
  fflush(stdout);
}

int main(int argc, char **argv) {
  static const char *const names[VERDICTS] = {"same",          "different",      "both refuse",
                                              "undecided",     "untranslatable", "Java gave up",
                                              "groups differ", "half a pair",    "empty turns"};
  if (argc != 5) {
    fprintf(stderr, "usage: %s JAVA CLASSES COUNT SEED\n", argv[0]);
    return 2;
  }
  Oracle oracle;
  signal(SIGPIPE, SIG_IGN);
  if (!oracle_open(&oracle, argv[1], argv[2])) {
    perror("starting the Java driver");
    return 2;
  }
  unsigned long count = strtoul(argv[3], NULL, 10);
  uint64_t seed = strtoull(argv[4], NULL, 10);
  unsigned long tally[VERDICTS] = {0};
  Pair pair = {.pattern = buffer_make(NULL, 0), .subject = buffer_make(NULL, 0), .own = buffer_make(NULL, 0)};
  for (unsigned long i = 0; i < count; i++) {
    Random random = {(seed * 1000003 + i) * 0x9E3779B97F4A7C15u | 1};
    for (int warm = 0; warm < 4; warm++) random_below(&random, 2);
    buffer_clear(&pair.pattern);
    buffer_clear(&pair.subject);
    generate_pair(&random, &pair.pattern, &pair.subject);
    Verdict verdict = compare(&oracle, &pair);
    tally[verdict]++;
    if (getenv("STATUSQUO_VERBOSE") != NULL && (verdict == UNDECIDED || verdict == UNTRANSLATABLE))
      printf("%s: %s\n", names[verdict], buffer_string(&pair.own));
    if (verdict != DIFFERENT || tally[DIFFERENT] > MOST_PRINTED) continue;
    shrink(&oracle, &pair);
    print_case(&pair, tally[DIFFERENT]);
  }
  oracle_close(&oracle);
  printf("regex differential, seed %llu: %lu pairs", (unsigned long long)seed, count);
  for (int i = 0; i < VERDICTS; i++) printf(", %s %lu", names[i], tally[i]);
  putchar('\n');
  buffer_free(&pair.pattern);
  buffer_free(&pair.subject);
  buffer_free(&pair.own);
  return tally[DIFFERENT] > 0;
}
