/* For runners whose subject reads files: a fresh folder that holds the case's files and is the current one
 * while the case runs. `other` sections are further files: the first line is the name. */
#ifndef STATUSQUO_TESTS_RUNNER_WORK_FOLDER_H
#define STATUSQUO_TESTS_RUNNER_WORK_FOLDER_H

#include "harness/base/file.h"
#include "tests/runner/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct WorkFolder {
  char path[64];
  char home[4096];
} WorkFolder;

static Text trimmed(Text text) {
  while (text.length > 0 && text.data[text.length - 1] == '\n') text.length--;
  return text;
}

/* An expectation without the empty line that parts it from the next case. */
static Text expected_of(const Case *subject, const char *section) {
  return trimmed(case_section(subject, section));
}

/* `name` is the file that holds `section`. */
static bool work_folder_enter(WorkFolder *folder, const Case *subject, const char *name,
                              const char *section) {
  snprintf(folder->path, sizeof folder->path, "/tmp/statusquo-case-XXXXXX");
  if (getcwd(folder->home, sizeof folder->home) == NULL || mkdtemp(folder->path) == NULL ||
      chdir(folder->path) != 0)
    return false;
  bool good = file_write(name, case_section(subject, section), NULL);
  for (size_t i = 0; i < subject->section_count; i++) {
    if (!text_is(subject->sections[i].name, "other")) continue;
    Text content;
    Text first = text_split(subject->sections[i].content, '\n', &content);
    char path[200];
    snprintf(path, sizeof path, "%.*s", TEXT_ARGS(first));
    good = file_write(path, content, NULL) && good;
  }
  return good || access(name, F_OK) != 0;
}

static void work_folder_leave(const WorkFolder *folder) {
  static const char *const all[] = {""};
  Arena *arena = arena_new(0);
  const char **paths;
  size_t count;
  if (folder_list(folder->path, all, 1, arena, &paths, &count, NULL))
    for (size_t i = 0; i < count; i++) unlink(paths[i]);
  rmdir(folder->path);
  arena_free(arena);
  if (chdir(folder->home) != 0) abort();
}

#endif
