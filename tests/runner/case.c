/* Reads every .case file of a folder and runs each case as a cmocka test named "file.case:line title". */
#include "tests/runner/case.h"

#include "harness/base/file.h"
#include "harness/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

bool case_has(const Case *subject, const char *section) {
  for (size_t i = 0; i < subject->section_count; i++)
    if (text_is(subject->sections[i].name, section)) return true;
  return false;
}

Text case_section(const Case *subject, const char *section) {
  for (size_t i = 0; i < subject->section_count; i++)
    if (text_is(subject->sections[i].name, section)) return subject->sections[i].content;
  return TEXT_EMPTY;
}

static void append_visible(Buffer *out, Text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte == '\n')
      buffer_append_string(out, "\\n\n      ");
    else if (byte < 0x20 || byte == 0x7F)
      buffer_print(out, "\\x%02x", byte);
    else
      buffer_append_char(out, text.data[i]);
  }
}

void case_expect_text(const char *what, Text expected, Text actual, Buffer *failure) {
  if (text_equal(expected, actual)) return;
  buffer_print(failure, "  %s differs\n    expected: ", what);
  append_visible(failure, expected);
  buffer_append_string(failure, "\n    actual:   ");
  append_visible(failure, actual);
  buffer_append_char(failure, '\n');
}

static int hex_digit(char digit) {
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* "…" with \n \r \t \b \f \" \\ \/ \uXXXX (surrogates stay single). */
static bool read_json_string(Text source, Arena *arena, Text *out) {
  source = text_trim(source);
  if (source.length < 2 || source.data[0] != '"' || source.data[source.length - 1] != '"') return false;
  Buffer buffer = buffer_make(arena, 0);
  for (size_t i = 1; i + 1 < source.length; i++) {
    char byte = source.data[i];
    if (byte == '"') return false;
    if (byte != '\\') {
      buffer_append_char(&buffer, byte);
      continue;
    }
    byte = source.data[++i];
    switch (byte) {
    case 'n': buffer_append_char(&buffer, '\n'); break;
    case 'r': buffer_append_char(&buffer, '\r'); break;
    case 't': buffer_append_char(&buffer, '\t'); break;
    case 'b': buffer_append_char(&buffer, '\b'); break;
    case 'f': buffer_append_char(&buffer, '\f'); break;
    case '"':
    case '\\':
    case '/': buffer_append_char(&buffer, byte); break;
    case 'u': {
      uint32_t unit = 0;
      for (int digit = 0; digit < 4; digit++) {
        int value = i + 2 < source.length ? hex_digit(source.data[++i]) : -1;
        if (value < 0) return false;
        unit = unit << 4 | (uint32_t)value;
      }
      utf8_append(&buffer, unit);
      break;
    }
    default: return false;
    }
  }
  *out = buffer_text(&buffer);
  return true;
}

typedef struct Suite {
  Arena *arena;
  Case *cases;
  size_t count, capacity;
  size_t mistakes;
} Suite;

static void mistake(Suite *suite, const char *file, uint32_t line, const char *message) {
  fprintf(stderr, "%s:%u: error: %s\n", file, line, message);
  suite->mistakes++;
}

static Case *suite_add(Suite *suite) {
  if (suite->count == suite->capacity) {
    size_t capacity = suite->capacity == 0 ? 64 : suite->capacity * 2;
    suite->cases =
        arena_resize(suite->arena, suite->cases, suite->capacity * sizeof(Case), capacity * sizeof(Case));
    suite->capacity = capacity;
  }
  Case *fresh = &suite->cases[suite->count++];
  memset(fresh, 0, sizeof *fresh);
  return fresh;
}

static void finish_section(Suite *suite, Case *subject, const char *file, Buffer *content, bool json,
                           bool last) {
  if (subject == NULL || subject->section_count == 0) return;
  CaseSection *section = &subject->sections[subject->section_count - 1];
  Text text = buffer_text(content);
  for (int newlines = last ? 2 : 1; newlines > 0 && text_ends(text, TEXT("\n")); newlines--) text.length--;
  if (json) {
    if (!read_json_string(text, suite->arena, &section->content))
      mistake(suite, file, section->line, "not a JSON string literal");
  } else {
    section->content = arena_copy_text(suite->arena, text);
  }
}

static bool section_is_known(Text name) {
  for (size_t i = 0; case_section_names[i] != NULL; i++)
    if (text_is(name, case_section_names[i])) return true;
  return false;
}

static void read_cases(Suite *suite, const char *path) {
  Text source;
  Fault fault;
  if (!file_read(path, 0, suite->arena, &source, &fault)) {
    mistake(suite, path, 0, fault.message);
    return;
  }
  const char *slash = strrchr(path, '/');
  const char *file = slash != NULL ? slash + 1 : path;
  Case *subject = NULL;
  bool json = false;
  Buffer content = buffer_make(NULL, 0);
  uint32_t number = 0;
  for (Text rest = source; rest.data != NULL;) {
    Text line = text_split(rest, '\n', &rest);
    number++;
    if (rest.data == NULL && line.length == 0) break;
    if (text_starts(line, TEXT("== "))) {
      finish_section(suite, subject, file, &content, json, true);
      buffer_clear(&content);
      subject = suite_add(suite);
      subject->file = file;
      subject->line = number;
      subject->title = text_trim(text_slice(line, 3, line.length));
    } else if (text_starts(line, TEXT("-- ")) && subject != NULL) {
      finish_section(suite, subject, file, &content, json, false);
      buffer_clear(&content);
      Text option;
      Text name = text_split(text_trim(text_slice(line, 3, line.length)), ' ', &option);
      json = text_is(option, "json");
      if (!section_is_known(name)) mistake(suite, file, number, "this kind of case has no such section");
      if (subject->section_count == CASE_SECTIONS) {
        mistake(suite, file, number, "too many sections in one case");
        break;
      }
      subject->sections[subject->section_count++] = (CaseSection){.name = name, .line = number};
    } else if (subject != NULL && subject->section_count > 0) {
      bool escaped = text_starts(line, TEXT("\\== ")) || text_starts(line, TEXT("\\-- "));
      buffer_append(&content, escaped ? text_slice(line, 1, line.length) : line);
      if (rest.data != NULL) buffer_append_char(&content, '\n');
    } else if (subject != NULL && text_starts(line, TEXT("witness:"))) {
      subject->witness = text_trim(text_slice(line, 8, line.length));
    } else if (text_trim(line).length > 0 && line.data[0] != '#') {
      mistake(suite, file, number, "expected '== title', 'witness:', '-- section' or '# comment'");
    }
  }
  finish_section(suite, subject, file, &content, json, true);
  buffer_free(&content);
}

static void run_case(void **state) {
  const Case *subject = *state;
  Arena *arena = arena_new(0);
  Buffer failure = buffer_make(NULL, 0);
  case_check(subject, arena, &failure);
  arena_free(arena);
  if (failure.length > 0) {
    /* cmocka's print_error cuts at 1024 characters. */
    fprintf(stderr, "%s:%u %.*s\n%s", subject->file, subject->line, TEXT_ARGS(subject->title),
            buffer_string(&failure));
    fflush(stderr);
    buffer_free(&failure);
    fail();
  }
  buffer_free(&failure);
}

int main(int argc, char **argv) {
  static const char *const endings[] = {".case"};
  if (argc < 2) {
    fprintf(stderr, "usage: %s FOLDER [TITLE-PART]\n", argv[0]);
    return 2;
  }
  Suite suite = {.arena = arena_new(0)};
  const char **paths = NULL;
  size_t count = 0;
  Fault fault;
  if (!folder_list(argv[1], endings, 1, suite.arena, &paths, &count, &fault)) {
    fprintf(stderr, "%s\n", fault.message);
    return 2;
  }
  for (size_t i = 0; i < count; i++) read_cases(&suite, paths[i]);
  for (size_t i = 0; i < suite.count; i++)
    if (suite.cases[i].witness.length == 0)
      mistake(&suite, suite.cases[i].file, suite.cases[i].line, "a case says its witness");
  if (suite.mistakes > 0) return 2;
  struct CMUnitTest *tests = ARENA_ARRAY(suite.arena, struct CMUnitTest, suite.count + 1);
  size_t selected = 0;
  for (size_t i = 0; i < suite.count; i++) {
    Case *subject = &suite.cases[i];
    Text name =
        arena_print(suite.arena, "%s:%u %.*s", subject->file, subject->line, TEXT_ARGS(subject->title));
    if (argc > 2 && strstr(name.data, argv[2]) == NULL) continue;
    tests[selected++] =
        (struct CMUnitTest){.name = name.data, .test_func = run_case, .initial_state = subject};
  }
  if (selected == 0) {
    fprintf(stderr, "%s: no case found\n", argv[1]);
    return 2;
  }
  int failed = _cmocka_run_group_tests(argv[1], tests, selected, NULL, NULL);
  arena_free(suite.arena);
  return failed > 0 ? 1 : 0;
}
