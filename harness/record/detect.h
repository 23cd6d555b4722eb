/* Detectors: secrets that are known by their own form, wherever they stand in a text. Precise rather than
 * eager: an ordinary id, a UUID, a hash or an image in base64 is none. One pass, linear in the text. */
#ifndef STATUSQUO_RECORD_DETECT_H
#define STATUSQUO_RECORD_DETECT_H

#include "harness/base/text.h"

/* Name for --detect and --keep; searched for unless somebody says otherwise. */
#define DETECTORS(X)                                                                                         \
  X(AWS_KEY, "aws-key", true)                                                                                \
  X(AWS_SECRET, "aws-secret", true)                                                                          \
  X(JWT, "jwt", true)                                                                                        \
  X(BEARER, "bearer", true)                                                                                  \
  X(PRIVATE_KEY, "private-key", true)                                                                        \
  X(CARD, "card", false)                                                                                     \
  X(EMAIL, "email", false)

typedef enum Detector {
#define NAME(name, text, usual) DETECT_##name,
  DETECTORS(NAME)
#undef NAME
      DETECTOR_COUNT
} Detector;

const char *detector_name(Detector detector);
bool detector_find(Text name, Detector *out);
/* One bit a detector. */
unsigned detectors_usual(void);

typedef struct Detected {
  Detector detector;
  size_t from, to; /* of the secret alone: not the word "Bearer", not the name in front of an AWS secret */
} Detected;

/* The first secret at or after `from`, of the detectors in `wanted`; false: none. `name` is what the text is
 * the value of, or empty. `near_key`: an AWS key id stands beside the text, so that a secret needs no name.
 */
bool detect_next(Text text, size_t from, Text name, bool near_key, unsigned wanted, Detected *out);
bool detect_has_aws_key(Text text);
/* What redaction leaves in the place of a secret: "redacted-" and sixteen hexadecimal digits. */
bool detect_is_placeholder(Text text);

#endif
