/* The key of redaction. A person has one secret, each recording its own key made from it: placeholders of two
 * recordings can't be linked, and the recording alone doesn't let anybody try out guesses. */
#include "harness/record/record.h"

#include "harness/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_SIZE = 32, FILE_LIMIT = 4096 };

static Text random_text(Arena *arena) {
  unsigned char bytes[KEY_SIZE];
  if (getentropy(bytes, sizeof bytes) != 0) abort(); /* no system we run on ever refuses 32 bytes */
  Buffer out = buffer_make(arena, 0);
  for (size_t i = 0; i < sizeof bytes; i++) buffer_print(&out, "%02x", bytes[i]);
  return buffer_text(&out);
}

Text redaction_key_random(Arena *arena) {
  return random_text(arena);
}

/* mkdir -p, for everything above the last slash. */
static void make_folders(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0700) != 0) errno = 0; /* there already, or opening the file tells */
    *slash = '/';
  }
}

static bool create(char *path, Text secret, Fault *fault) {
  make_folders(path);
  int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno == EEXIST) return true; /* somebody was faster: theirs counts */
  bool good = descriptor >= 0 && write(descriptor, secret.data, secret.length) == (ssize_t)secret.length;
  int error = errno;
  if (descriptor >= 0) close(descriptor);
  if (!good && descriptor >= 0) unlink(path);
  return good || fault_raise(fault, FAULT_SYSTEM, "cannot write %s: %s", path, strerror(error));
}

static bool person_secret(Arena *arena, Text *out, Fault *fault) {
  const char *given = getenv("STATUSQUO_REDACTION_KEY");
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  *out = text_from(given);
  if (out->length > 0) return true;
  bool has_state = state != NULL && state[0] == '/', has_home = home != NULL && home[0] == '/';
  if (!has_state && !has_home)
    return fault_raise(fault, FAULT_SYSTEM, "neither XDG_STATE_HOME nor HOME is set");
  Text path = arena_print(arena, "%s%s/statusquo/redaction.key", has_state ? state : home,
                          has_state ? "" : "/.local/state");
  char *name = arena_copy_string(arena, path);
  if (!file_exists(name) && !create(name, random_text(arena), fault)) return false;
  if (!file_read(name, FILE_LIMIT, arena, out, fault)) return false;
  *out = text_trim(*out);
  return out->length > 0 || fault_raise(fault, FAULT_SYSTEM, "%s is empty", name);
}

bool redaction_key(Text recording_id, Arena *arena, Text *out, Fault *fault) {
  Text secret;
  unsigned length = KEY_SIZE;
  unsigned char *key = arena_alloc(arena, KEY_SIZE);
  if (!person_secret(arena, &secret, fault)) return false;
  if (HMAC(EVP_sha256(), secret.data, (int)secret.length, (const unsigned char *)recording_id.data,
           recording_id.length, key, &length) == NULL)
    abort(); /* no memory */
  *out = (Text){(const char *)key, KEY_SIZE};
  return true;
}
