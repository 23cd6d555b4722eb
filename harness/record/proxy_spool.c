/* Bodies while they are recorded: small ones in the exchange's arena, larger ones in a file that has no name,
 * so that nothing is left behind when the program is killed. */
#include "harness/record/proxy_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  IN_MEMORY = 256 * 1024,     /* of one body */
  IN_MEMORY_TIGHT = 4 * 1024, /* of one body, when all together hold ALL_IN_MEMORY */
  ALL_IN_MEMORY = 64 * 1024 * 1024,
};

void spool_begin(Spool *spool, Arena *arena) {
  *spool = (Spool){.memory = buffer_make(arena, 0), .file = -1};
}

static int open_nameless(const char *folder) {
#ifdef O_TMPFILE
  int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
#endif
  char path[1024];
  if (snprintf(path, sizeof path, "%s/statusquo-XXXXXX", folder) >= (int)sizeof path) return -1;
  int named = mkostemp(path, O_CLOEXEC);
  if (named >= 0) unlink(path);
  return named;
}

static bool write_all(int file, Text bytes) {
  while (bytes.length > 0) {
    ssize_t written = write(file, bytes.data, bytes.length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = text_slice(bytes, (size_t)written, bytes.length);
  }
  return true;
}

static void give_up(Spool *spool) {
  spool->overflowed = true;
  if (spool->file >= 0) close(spool->file);
  spool->file = -1;
}

static bool spill(Spool *spool, SpoolSpace *space) {
  spool->file = open_nameless(space->folder);
  if (spool->file < 0 || !write_all(spool->file, buffer_text(&spool->memory))) return false;
  space->in_memory -= spool->memory.length;
  buffer_clear(&spool->memory);
  return true;
}

void spool_append(Spool *spool, SpoolSpace *space, Text bytes) {
  spool->length += bytes.length;
  if (spool->overflowed || bytes.length == 0) return;
  size_t most = space->in_memory > ALL_IN_MEMORY ? IN_MEMORY_TIGHT : IN_MEMORY;
  if (spool->length > space->limit) {
    space->in_memory -= spool->memory.length;
    buffer_clear(&spool->memory);
    give_up(spool);
  } else if (spool->file < 0 && spool->length <= most) {
    buffer_append(&spool->memory, bytes);
    space->in_memory += bytes.length;
  } else if ((spool->file < 0 && !spill(spool, space)) || !write_all(spool->file, bytes)) {
    give_up(spool);
  }
}

void spool_end(Spool *spool, SpoolSpace *space) {
  space->in_memory -= spool->memory.length;
}

bool spool_read(Spool *spool, Text *out, Fault *fault) {
  *out = buffer_text(&spool->memory);
  if (spool->file < 0) return true;
  if (spool->mapped == NULL) {
    void *mapped = mmap(NULL, (size_t)spool->length, PROT_READ, MAP_PRIVATE, spool->file, 0);
    if (mapped == MAP_FAILED)
      return fault_raise(fault, FAULT_SYSTEM, "a large body can't be read back: %s", strerror(errno));
    spool->mapped = mapped;
  }
  *out = (Text){spool->mapped, (size_t)spool->length};
  return true;
}

void spool_free(Spool *spool) {
  if (spool->mapped != NULL) munmap(spool->mapped, (size_t)spool->length);
  if (spool->file >= 0) close(spool->file);
  spool->mapped = NULL;
  spool->file = -1;
}
