/* One writer at a time. SQLite would let writers take turns, which would mix two recordings into one; so a
 * writer holds a lock file beside the recording, as long as it lives. The kernel gives the lock back even
 * when the writer is killed: an old lock file means nothing. */
#include "store/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is the file we locked still the one of that name? Its last owner removes it. */
static bool still_there(int descriptor, const char *path) {
  struct stat held, named;
  return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

static bool refuse(Store *store, int descriptor, Fault *fault) {
  char owner[32] = "";
  ssize_t length = pread(descriptor, owner, sizeof owner - 1, 0);
  owner[length > 0 ? length : 0] = '\0';
  long process = strtol(owner, NULL, 10);
  if (process > 0)
    return fault_raise(fault, FAULT_SYSTEM, "%s is being written by another statusquo (process %ld)",
                       store->path, process);
  return fault_raise(fault, FAULT_SYSTEM, "%s is being written by another statusquo", store->path);
}

bool store_lock(Store *store, Fault *fault) {
  size_t size = strlen(store->path) + sizeof "-lock";
  store->lock_path = memory_alloc(size);
  snprintf(store->lock_path, size, "%s-lock", store->path);
  for (;;) {
    int descriptor = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      return fault_raise(fault, errno == ENOENT || errno == ENOTDIR ? FAULT_INPUT : FAULT_SYSTEM,
                         "cannot write the recording %s: %s", store->path, strerror(errno));
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      refuse(store, descriptor, fault);
      close(descriptor);
      return false;
    }
    if (still_there(descriptor, store->lock_path)) {
      char owner[32];
      int length = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
      /* Who holds it is only told to people: a full disk must not matter here. */
      if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, owner, (size_t)length, 0) < 0) errno = 0;
      store->lock = descriptor;
      return true;
    }
    close(descriptor);
  }
}

void store_unlock(Store *store) {
  if (store->lock >= 0) {
    unlink(store->lock_path);
    close(store->lock);
  }
  free(store->lock_path);
}
