/* Files: read whole with a limit, written beside and renamed. "-" is standard input or output. */
#ifndef STATUSQUO_BASE_FILE_H
#define STATUSQUO_BASE_FILE_H

#include "harness/base/buffer.h"
#include "harness/base/fault.h"

/* The whole file, NUL behind it; FAULT_INPUT when it isn't there, FAULT_SYSTEM when it can't be read,
 * FAULT_LIMIT past `limit` bytes. */
bool file_read(const char *path, size_t limit, Arena *arena, Text *out, Fault *fault);
/* Writes a temporary file beside `path`, syncs and renames it; "-" writes to standard output. */
bool file_write(const char *path, Text bytes, Fault *fault);
bool file_exists(const char *path);
bool folder_exists(const char *path);
/* Paths of the regular files below `folder` (recursively, sorted) whose name ends in one of `endings`. */
bool folder_list(const char *folder, const char *const *endings, size_t ending_count, Arena *arena,
                 const char ***out, size_t *count, Fault *fault);
/* `relative` as seen from the folder that holds the file `from`; absolute paths stay. */
const char *path_beside(const char *from, Text relative, Arena *arena);

#endif
