#include "harness/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read(const char *path, size_t limit, Arena *arena, Text *out, Fault *fault) {
  bool standard_input = strcmp(path, "-") == 0;
  int descriptor = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    FaultKind kind = errno == ENOENT || errno == ENOTDIR ? FAULT_INPUT : FAULT_SYSTEM;
    return fault_raise(fault, kind, "cannot open %s: %s", path, strerror(errno));
  }
  bool good = false;
  struct stat status;
  Buffer buffer = buffer_make(arena, limit);
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    fault_raise(fault, FAULT_INPUT, "%s is a folder, a file is wanted", path);
    goto done;
  }
  size_t step = 64 * 1024;
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size < limit)
    step = (size_t)status.st_size + 1;
  for (;;) {
    if (limit != 0 && buffer.length + step > limit) step = limit - buffer.length;
    if (step == 0) {
      char extra;
      if (read(descriptor, &extra, 1) == 0) break;
      fault_raise(fault, FAULT_LIMIT, "%s is larger than %zu bytes", path, limit);
      goto done;
    }
    buffer_reserve(&buffer, step);
    ssize_t count = read(descriptor, buffer.data + buffer.length, step);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      fault_raise(fault, FAULT_SYSTEM, "cannot read %s: %s", path, strerror(errno));
      goto done;
    }
    if (count == 0) break;
    buffer.length += (size_t)count;
    if (step < 64 * 1024) step = 64 * 1024;
  }
  buffer_reserve(&buffer, 0);
  *out = (Text){buffer_string(&buffer), buffer.length};
  good = true;
done:
  if (!standard_input) close(descriptor);
  return good;
}

static bool write_all(int descriptor, Text bytes) {
  while (bytes.length > 0) {
    ssize_t count = write(descriptor, bytes.data, bytes.length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = text_slice(bytes, (size_t)count, bytes.length);
  }
  return true;
}

bool file_write(const char *path, Text bytes, Fault *fault) {
  if (strcmp(path, "-") == 0) {
    if (write_all(STDOUT_FILENO, bytes)) return true;
    return fault_raise(fault, FAULT_SYSTEM, "cannot write to standard output: %s", strerror(errno));
  }
  size_t size = strlen(path) + 32;
  char *temporary = memory_alloc(size);
  snprintf(temporary, size, "%s.%ld.tmp", path, (long)getpid());
  bool good = false;
  int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    fault_raise(fault, FAULT_SYSTEM, "cannot create %s: %s", temporary, strerror(errno));
    goto done;
  }
  good = write_all(descriptor, bytes) && fsync(descriptor) == 0;
  if (close(descriptor) != 0) good = false;
  if (good) good = rename(temporary, path) == 0;
  if (!good) {
    fault_raise(fault, FAULT_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    unlink(temporary);
  }
done:
  free(temporary);
  return good;
}

bool file_exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool folder_exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

typedef struct Listing {
  Arena *arena;
  const char *const *endings;
  size_t ending_count;
  const char **paths;
  size_t count;
  size_t capacity;
} Listing;

static bool listing_wants(const Listing *listing, const char *name) {
  for (size_t i = 0; i < listing->ending_count; i++)
    if (text_ends(text_from(name), text_from(listing->endings[i]))) return true;
  return false;
}

static bool listing_walk(Listing *listing, const char *folder, int depth, Fault *fault) {
  enum { DEEPEST = 64 };
  if (depth > DEEPEST)
    return fault_raise(fault, FAULT_LIMIT, "%s is nested deeper than %d folders", folder, DEEPEST);
  DIR *directory = opendir(folder);
  if (directory == NULL)
    return fault_raise(fault, errno == ENOENT ? FAULT_INPUT : FAULT_SYSTEM, "cannot open %s: %s", folder,
                       strerror(errno));
  bool good = true;
  for (struct dirent *entry; good && (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    const char *path = arena_print(listing->arena, "%s/%s", folder, entry->d_name).data;
    if (folder_exists(path)) {
      good = listing_walk(listing, path, depth + 1, fault);
    } else if (listing_wants(listing, entry->d_name)) {
      if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity == 0 ? 16 : listing->capacity * 2;
        listing->paths = arena_resize(listing->arena, listing->paths, listing->capacity * sizeof(char *),
                                      capacity * sizeof(char *));
        listing->capacity = capacity;
      }
      listing->paths[listing->count++] = path;
    }
  }
  closedir(directory);
  return good;
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

bool folder_list(const char *folder, const char *const *endings, size_t ending_count, Arena *arena,
                 const char ***out, size_t *count, Fault *fault) {
  Listing listing = {.arena = arena, .endings = endings, .ending_count = ending_count};
  if (!listing_walk(&listing, folder, 0, fault)) return false;
  if (listing.count > 0) qsort(listing.paths, listing.count, sizeof(char *), by_name);
  *out = listing.paths;
  *count = listing.count;
  return true;
}

const char *path_beside(const char *from, Text relative, Arena *arena) {
  Text folder = text_from(from);
  size_t slash = text_find_last_char(folder, '/');
  if (slash == TEXT_NOT_FOUND || (relative.length > 0 && relative.data[0] == '/'))
    return arena_copy_string(arena, relative);
  return arena_print(arena, "%.*s%.*s", TEXT_ARGS(text_slice(folder, 0, slash + 1)), TEXT_ARGS(relative))
      .data;
}
