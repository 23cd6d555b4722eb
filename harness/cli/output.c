#include "harness/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_open(const char *path, Arena *arena, Output *out, Fault *fault) {
  *out = (Output){.buffer = buffer_make(NULL, 0), .descriptor = STDOUT_FILENO};
  if (path == NULL || strcmp(path, "-") == 0) return true;
  struct stat known;
  bool special = stat(path, &known) == 0 && !S_ISREG(known.st_mode); /* /dev/null, a pipe: no renaming */
  out->path = path;
  if (!special) out->temporary = (char *)arena_print(arena, "%s.tmp-%ld", path, (long)getpid()).data;
  out->descriptor =
      open(special ? path : out->temporary, O_WRONLY | O_CREAT | O_CLOEXEC | (special ? 0 : O_EXCL), 0666);
  if (out->descriptor >= 0) return true;
  return fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", path, strerror(errno));
}

bool output_append(const char *path, Output *out, Fault *fault) {
  *out = (Output){.buffer = buffer_make(NULL, 0), .path = path};
  out->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (out->descriptor >= 0) return true;
  return fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", path, strerror(errno));
}

static bool write_all(const Output *output, Text bytes, Fault *fault) {
  while (bytes.length > 0) {
    ssize_t written = write(output->descriptor, bytes.data, bytes.length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", output->path, strerror(errno));
    bytes = text_slice(bytes, (size_t)written, bytes.length);
  }
  return true;
}

bool output_flush(Output *output, bool now, Fault *fault) {
  enum { WORTH_WRITING = 64 * 1024 };
  if (!now && output->buffer.length < WORTH_WRITING) return true;
  Text bytes = buffer_text(&output->buffer);
  bool written = output->path == NULL ? console_write(bytes, fault) : write_all(output, bytes, fault);
  buffer_clear(&output->buffer);
  return written;
}

bool output_close(Output *output, bool complete, Fault *fault) {
  bool fine = !complete || output_flush(output, true, fault);
  buffer_free(&output->buffer);
  if (output->path == NULL) return fine;
  if (fine && complete && output->temporary != NULL && fsync(output->descriptor) != 0)
    fine = fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", output->path, strerror(errno));
  if (close(output->descriptor) != 0 && fine)
    fine = fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", output->path, strerror(errno));
  if (output->temporary == NULL) return fine;
  if (fine && complete && rename(output->temporary, output->path) != 0)
    fine = fault_raise(fault, FAULT_SYSTEM, "can't write %s: %s", output->path, strerror(errno));
  if (!fine || !complete) unlink(output->temporary);
  return fine;
}
