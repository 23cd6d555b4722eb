/* git is run without a shell, and what it prints is kept as a file for as long as it is read: a definition is
 * recognised by its name's ending, too. */
#include "harness/cli/revision.h"

#include "harness/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MESSAGE_BYTES = 64 * 1024 };

static bool is_revision(const char *operand) {
  const char *colon = strchr(operand, ':');
  return colon != NULL && colon != operand && colon[1] != '\0' && operand[0] != '-' && !file_exists(operand);
}

/* Both streams go to files of the folder: nothing has to be read while git runs. */
static bool run_git(const char *operand, const char *out_path, const char *error_path, int *exit_code,
                    Fault *fault) {
  char *arguments[] = {"git", "--no-pager", "show", "--no-textconv", (char *)(uintptr_t)operand, NULL};
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) memory_alloc(SIZE_MAX);
  int flags = O_WRONLY | O_CREAT | O_EXCL;
  int failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (failed == 0) failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path, flags, 0600);
  if (failed == 0)
    failed = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error_path, flags, 0600);
  pid_t child = -1;
  if (failed == 0) failed = posix_spawnp(&child, "git", &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    return fault_raise(fault, FAULT_SYSTEM, "can't run git for %s: %s", operand, strerror(failed));
  int state;
  while (waitpid(child, &state, 0) < 0)
    if (errno != EINTR) return fault_raise(fault, FAULT_SYSTEM, "lost git: %s", strerror(errno));
  *exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
  return true;
}

/* git's own words, without its "fatal: ". */
static bool refuse(const char *operand, const char *error_path, Arena *arena, Fault *fault) {
  Text message, rest;
  if (!file_read(error_path, MESSAGE_BYTES, arena, &message, NULL)) message = TEXT_EMPTY;
  message = text_trim(text_split(message, '\n', &rest));
  if (text_starts(message, TEXT("fatal: "))) message = text_slice(message, 7, message.length);
  return fault_raise(fault, FAULT_INPUT, "%s: there is no such file, and git says: %.*s", operand,
                     TEXT_ARGS(message.length > 0 ? message : TEXT("nothing")));
}

/* The ending says what a file holds; the rest of the name is of no use. */
static const char *copy_name(const char *operand) {
  size_t length = strlen(operand);
  return length > 5 && strcmp(operand + length - 5, ".json") == 0 ? "definition.json" : "definition.yaml";
}

bool revision_open(const char *operand, Arena *arena, Revision *out, Fault *fault) {
  *out = (Revision){.path = operand};
  Text api; /* "#LogicalId" is ours, not git's */
  Text name = text_split(text_from(operand), '#', &api);
  const char *object = arena_copy_string(arena, name);
  if (!is_revision(object)) return true;
  const char *base = getenv("TMPDIR");
  Text template = arena_print(arena, "%s/statusquo-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
  char *folder = arena_copy_string(arena, template);
  if (mkdtemp(folder) == NULL)
    return fault_raise(fault, FAULT_SYSTEM, "no temporary folder: %s", strerror(errno));
  out->folder = folder;
  out->file = arena_print(arena, "%s/%s", folder, copy_name(object)).data;
  out->path = api.data != NULL ? arena_print(arena, "%s#%.*s", out->file, TEXT_ARGS(api)).data : out->file;
  const char *error_path = arena_print(arena, "%s/error", folder).data;
  int exit_code = 0;
  bool fine = run_git(object, out->file, error_path, &exit_code, fault) &&
              (exit_code == 0 || refuse(object, error_path, arena, fault));
  unlink(error_path);
  if (!fine) revision_close(out);
  return fine;
}

void revision_close(Revision *revision) {
  if (revision->folder == NULL) return;
  unlink(revision->file);
  rmdir(revision->folder);
  revision->folder = NULL;
}
