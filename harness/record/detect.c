#include "harness/record/detect.h"

#include <string.h>

enum {
  KEY_ID_LENGTH = 20,
  AWS_SECRET_LENGTH = 40,
  SESSION_TOKEN_LEAST = 100,
  BEARER_LEAST = 16,
  KEY_CONTENT_LEAST = 40, /* less is an example in a documentation */
  JWT_HEADER_MOST = 8192,
  NAME_MOST = 64,
  PLACEHOLDER_DIGITS = 16,
};

const char *detector_name(Detector detector) {
  static const char *const names[] = {
#define NAME(name, text, usual) text,
      DETECTORS(NAME)
#undef NAME
  };
  return names[detector];
}

bool detector_find(Text name, Detector *out) {
  for (Detector i = 0; i < DETECTOR_COUNT; i++)
    if (text_is(name, detector_name(i))) {
      *out = i;
      return true;
    }
  return false;
}

unsigned detectors_usual(void) {
  unsigned usual = 0;
#define USUAL(name, text, is_usual) usual |= (is_usual) ? 1U << DETECT_##name : 0;
  DETECTORS(USUAL)
#undef USUAL
  return usual;
}

bool detect_is_placeholder(Text text) {
  static const Text prefix = TEXT_INIT("redacted-");
  if (!text_starts(text, prefix) || text.length != prefix.length + PLACEHOLDER_DIGITS) return false;
  for (size_t i = prefix.length; i < text.length; i++)
    if (text.data[i] == '\0' || strchr("0123456789abcdef", text.data[i]) == NULL) return false;
  return true;
}

/* ---- bytes ---- */

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_upper(char byte) {
  return byte >= 'A' && byte <= 'Z';
}

static bool is_lower(char byte) {
  return byte >= 'a' && byte <= 'z';
}

static bool is_word(char byte) {
  return is_digit(byte) || is_upper(byte) || is_lower(byte);
}

static bool is_one_of(char byte, const char *list) {
  return byte != '\0' && strchr(list, byte) != NULL;
}

static bool is_key_byte(char byte) { /* base32 */
  return is_upper(byte) || (byte >= '2' && byte <= '7');
}

static bool is_base64(char byte) {
  return is_word(byte) || byte == '+' || byte == '/';
}

static bool is_base64_url(char byte) {
  return is_word(byte) || byte == '-' || byte == '_';
}

static bool is_token(char byte) { /* token68 of RFC 7235 */
  return is_word(byte) || is_one_of(byte, "-._~+/");
}

static bool is_mailbox(char byte) {
  return is_word(byte) || is_one_of(byte, "._%+-");
}

static bool is_domain(char byte) {
  return is_word(byte) || byte == '.' || byte == '-';
}

/* The end of the bytes of a kind that begin at `at`. */
static size_t run(Text text, size_t at, bool (*is_kind)(char)) {
  while (at < text.length && is_kind(text.data[at])) at++;
  return at;
}

static bool begins(Text text, size_t at, bool (*is_kind)(char)) {
  return at == 0 || !is_kind(text.data[at - 1]);
}

/* The word stands at `at`, in any case. */
static bool reads(Text text, size_t at, Text word) {
  return text_equal_ignoring_case(text_slice(text, at, at + word.length), word);
}

static bool has(Text text, bool (*is_kind)(char)) {
  for (size_t i = 0; i < text.length; i++)
    if (is_kind(text.data[i])) return true;
  return false;
}

static bool found(Detector detector, size_t from, size_t to, Detected *out) {
  *out = (Detected){detector, from, to};
  return true;
}

/* ---- AWS ---- */

/* key-id = ( "AKIA" / "ASIA" ) 16( A-Z / 2-7 ), alone (documented: of users, of sessions; ids of roles and
 * users themselves, AROA and AIDA, are no secrets) */
static bool find_key_id(Text text, size_t at, Detected *out) {
  if (!begins(text, at, is_word)) return false;
  if (!reads(text, at, TEXT("AKIA")) && !reads(text, at, TEXT("ASIA"))) return false;
  size_t end = run(text, at, is_key_byte);
  if (end - at != KEY_ID_LENGTH) return false;
  return (end == text.length || !is_word(text.data[end])) && found(DETECT_AWS_KEY, at, end, out);
}

bool detect_has_aws_key(Text text) {
  Detected key;
  return detect_next(text, 0, TEXT_EMPTY, false, 1U << DETECT_AWS_KEY, &key);
}

/* 40 characters of base64, alone and of both cases: a hexadecimal digest of 40 digits isn't. */
static bool is_aws_secret(Text text, size_t at, size_t *end) {
  *end = run(text, at, is_base64);
  bool alone = *end - at == AWS_SECRET_LENGTH && (*end == text.length || text.data[*end] != '=');
  Text secret = text_slice(text, at, *end);
  return alone && has(secret, is_upper) && has(secret, is_lower);
}

static bool is_session_token(Text text, size_t at, size_t *end) {
  *end = run(text, at, is_base64);
  while (*end < text.length && text.data[*end] == '=') ++*end;
  return *end - at >= SESSION_TOKEN_LEAST;
}

static size_t skip_word(Text text, size_t at, Text word) {
  return reads(text, at, word) ? at + word.length : at;
}

static size_t skip_joint(Text text, size_t at) {
  return at < text.length && is_one_of(text.data[at], "_-. ") ? at + 1 : at;
}

/* secret-name = "secret" [ joint ] [ "access" [ joint ] ] "key"; 0: not here */
static size_t secret_name(Text text, size_t at) {
  size_t next = skip_word(text, at, TEXT("secret"));
  if (next == at) return 0;
  next = skip_joint(text, next);
  size_t access = skip_word(text, next, TEXT("access"));
  if (access != next) next = skip_joint(text, access);
  size_t end = skip_word(text, next, TEXT("key"));
  return end != next ? end : 0;
}

/* token-name = ( "session" / "security" ) [ joint ] "token"; 0: not here */
static size_t token_name(Text text, size_t at) {
  size_t next = skip_word(text, at, TEXT("session"));
  if (next == at) next = skip_word(text, at, TEXT("security"));
  if (next == at) return 0;
  next = skip_joint(text, next);
  size_t end = skip_word(text, next, TEXT("token"));
  return end != next ? end : 0;
}

/* gap = at most eight of ":", "=", ">", quotes, backslashes and blanks, one of the first three among them */
static bool skip_gap(Text text, size_t *at) {
  bool divided = false;
  for (int i = 0; i < 8 && *at < text.length && is_one_of(text.data[*at], ":=>\"'\\ \t"); i++, ++*at)
    divided = divided || is_one_of(text.data[*at], ":=>");
  return divided;
}

/* name gap secret: a configuration file, JSON within a text, XML, a form */
static bool find_named_secret(Text text, size_t at, Detected *out) {
  size_t secret = secret_name(text, at), token = secret == 0 ? token_name(text, at) : 0;
  size_t value = secret != 0 ? secret : token, end;
  if (value == 0 || !skip_gap(text, &value)) return false;
  bool is_secret = secret != 0 ? is_aws_secret(text, value, &end) : is_session_token(text, value, &end);
  return is_secret && found(DETECT_AWS_SECRET, value, end, out);
}

/* The whole text is the value of a name that says what it is. */
static bool find_value_of_name(Text text, Text name, Detected *out) {
  for (size_t i = 0; i < name.length && i < NAME_MOST; i++) {
    size_t end = 0;
    bool is_secret = (secret_name(name, i) != 0 && is_aws_secret(text, 0, &end)) ||
                     (token_name(name, i) != 0 && is_session_token(text, 0, &end));
    if (is_secret && end == text.length) return found(DETECT_AWS_SECRET, 0, end, out);
  }
  return false;
}

/* ---- tokens ---- */

/* The header of a JWT in base64url: a JSON object with "alg". */
static bool is_jwt_header(Text segment) {
  static const Text wanted = TEXT_INIT("\"alg\"");
  uint32_t bits = 0;
  size_t matched = 0;
  int count = 0;
  for (size_t i = 0; i < segment.length && i < JWT_HEADER_MOST; i++) {
    char byte = segment.data[i];
    uint32_t value = is_upper(byte)   ? (uint32_t)(byte - 'A')
                     : is_lower(byte) ? (uint32_t)(byte - 'a' + 26)
                     : is_digit(byte) ? (uint32_t)(byte - '0' + 52)
                                      : (byte == '-' ? 62U : 63U);
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    char letter = (char)(bits >> count & 0xFF);
    matched = letter == wanted.data[matched] ? matched + 1 : letter == '"';
    if (matched == wanted.length) return true;
  }
  return false;
}

/* jwt = header "." payload 1*( "." *base64url ) */
static bool find_jwt(Text text, size_t at, Detected *out) {
  if (!begins(text, at, is_base64_url) || !text_starts(text_slice(text, at, at + 3), TEXT("eyJ")))
    return false;
  size_t end = run(text, at, is_base64_url);
  Text header = text_slice(text, at, end);
  size_t dots = 0;
  while (dots < 4 && end < text.length && text.data[end] == '.') {
    size_t next = run(text, end + 1, is_base64_url);
    if (dots == 0 && next == end + 1) return false; /* no payload */
    end = next;
    dots++;
  }
  return dots >= 2 && is_jwt_header(header) && found(DETECT_JWT, at, end, out);
}

/* bearer = "Bearer" 1*SP token68, the token of letters and digits: "bearer authentication-scheme" is prose */
static bool find_bearer(Text text, size_t at, Detected *out) {
  if (!begins(text, at, is_word) || !reads(text, at, TEXT("bearer"))) return false;
  size_t value = at + 6, end;
  while (value < text.length && value < at + 8 && text.data[value] == ' ') value++;
  if (value == at + 6) return false;
  end = run(text, value, is_token);
  while (end < text.length && text.data[end] == '=') end++;
  Text token = text_slice(text, value, end);
  bool is_secret =
      token.length >= BEARER_LEAST && has(token, is_digit) && (has(token, is_upper) || has(token, is_lower));
  return is_secret && !detect_is_placeholder(token) && found(DETECT_BEARER, value, end, out);
}

/* ---- private keys ---- */

/* The end of "-----" label "-----" whose label ends with `ending`; 0: none here. */
static size_t armor(Text text, size_t at, Text word, Text ending, Text other_ending) {
  if (!text_starts(text_slice(text, at, text.length), word)) return 0;
  size_t label = at + word.length, end = label;
  while (end < text.length && end < label + 48 && (is_upper(text.data[end]) || text.data[end] == ' ')) end++;
  Text name = text_slice(text, label, end);
  bool is_key = text_ends(name, ending) || text_ends(name, other_ending);
  return is_key && text_starts(text_slice(text, end, text.length), TEXT("-----")) ? end + 5 : 0;
}

/* block = begin content end; content of base64, blanks, escapes of line breaks and header lines. Without its
 * end (a body that was cut off) as far as the content goes. */
static bool find_private_key(Text text, size_t at, Detected *out) {
  static const Text key = TEXT_INIT("PRIVATE KEY"), block = TEXT_INIT("PRIVATE KEY BLOCK");
  size_t end = armor(text, at, TEXT("-----BEGIN "), key, block), content = 0;
  if (end == 0) return false;
  for (; end < text.length; end++) {
    char byte = text.data[end];
    bool stops = text_starts(text_slice(text, end, end + 5), TEXT("-----"));
    if (stops || (!is_base64(byte) && !is_one_of(byte, " \t\r\n\\=,:-.()"))) break;
    content += is_base64(byte);
  }
  if (content < KEY_CONTENT_LEAST) return false;
  size_t closed = armor(text, end, TEXT("-----END "), key, block);
  return found(DETECT_PRIVATE_KEY, at, closed != 0 ? closed : end, out);
}

/* ---- card numbers ---- */

static bool passes_luhn(const char *digits, size_t count) {
  int sum = 0;
  for (size_t i = 0; i < count; i++) {
    int digit = digits[count - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

/* First digits and lengths of the networks that issue cards (documented). */
static bool is_issued(const char *digits, size_t count) {
  static const struct {
    int digits, from, to;
    size_t least, most;
  } networks[] = {
      {1, 4, 4, 13, 19},     {2, 51, 55, 16, 16},     {4, 2221, 2720, 16, 16}, {2, 34, 34, 15, 15},
      {2, 37, 37, 15, 15},   {4, 6011, 6011, 16, 19}, {3, 644, 659, 16, 19},   {4, 3528, 3589, 16, 19},
      {3, 300, 305, 14, 14}, {2, 36, 36, 14, 14},     {2, 38, 39, 14, 14},     {2, 62, 62, 16, 19},
  };
  for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
    int prefix = 0;
    for (int k = 0; k < networks[i].digits; k++) prefix = prefix * 10 + (digits[k] - '0');
    if (prefix >= networks[i].from && prefix <= networks[i].to && count >= networks[i].least &&
        count <= networks[i].most)
      return true;
  }
  return false;
}

/* card = 13*19DIGIT, single blanks or hyphens between them, not within a longer word or number */
static bool find_card(Text text, size_t at, Detected *out) {
  char digits[20];
  size_t count = 0, next = at, end = at;
  if (at > 0 && (is_word(text.data[at - 1]) || is_one_of(text.data[at - 1], "-._"))) return false;
  while (next < text.length && is_digit(text.data[next]) && count < sizeof digits) {
    digits[count++] = text.data[next++];
    end = next;
    if (next < text.length && is_one_of(text.data[next], " -")) next++;
  }
  if (count < 13 || count > 19) return false;
  bool ends = end == text.length || !(is_word(text.data[end]) || is_one_of(text.data[end], "-_"));
  bool fraction = end + 1 < text.length && text.data[end] == '.' && is_digit(text.data[end + 1]);
  return ends && !fraction && is_issued(digits, count) && passes_luhn(digits, count) &&
         found(DETECT_CARD, at, end, out);
}

/* ---- e-mail addresses ---- */

/* email = 1*64mailbox "@" label 1*( "." label ), the last label of two letters or more; `at` is the "@" */
static bool find_email(Text text, size_t at, size_t least, Detected *out) {
  size_t from = at, end = at + 1;
  while (from > least && at - from < 64 && is_mailbox(text.data[from - 1])) from--;
  while (end < text.length && end - at < 255 && is_domain(text.data[end])) end++;
  while (end > at + 1 && is_one_of(text.data[end - 1], "-.")) end--; /* the end of a sentence */
  size_t dot = end - 1;
  while (dot > at && text.data[dot] != '.') dot--;
  if (from == at || dot <= at + 1 || end - dot < 3) return false;
  for (size_t i = dot + 1; i < end; i++)
    if (is_digit(text.data[i])) return false;
  return found(DETECT_EMAIL, from, end, out);
}

/* ---- all of them ---- */

/* A secret that begins at `at` (or, of an e-mail address, whose "@" stands there). */
static bool find_at(Text text, size_t at, size_t least, bool near_key, unsigned wanted, Detected *out) {
  char byte = text.data[at];
#define WANTS(name) ((wanted & 1U << DETECT_##name) != 0)
  if (byte == 'A' && WANTS(AWS_KEY) && find_key_id(text, at, out)) return true;
  if (byte == 'e' && WANTS(JWT) && find_jwt(text, at, out)) return true;
  if ((byte == 'B' || byte == 'b') && WANTS(BEARER) && find_bearer(text, at, out)) return true;
  if ((byte == 'S' || byte == 's') && WANTS(AWS_SECRET) && find_named_secret(text, at, out)) return true;
  if (byte == '-' && WANTS(PRIVATE_KEY) && find_private_key(text, at, out)) return true;
  if (is_digit(byte) && WANTS(CARD) && find_card(text, at, out)) return true;
  if (byte == '@' && WANTS(EMAIL) && find_email(text, at, least, out)) return true;
  size_t end;
  return near_key && WANTS(AWS_SECRET) && is_base64(byte) && begins(text, at, is_base64) &&
         is_aws_secret(text, at, &end) && has(text_slice(text, at, end), is_digit) &&
         found(DETECT_AWS_SECRET, at, end, out);
#undef WANTS
}

bool detect_next(Text text, size_t from, Text name, bool near_key, unsigned wanted, Detected *out) {
  bool names = from == 0 && name.length > 0 && (wanted & 1U << DETECT_AWS_SECRET) != 0;
  if (wanted == 0) return false;
  if (names && text.length >= AWS_SECRET_LENGTH && find_value_of_name(text, name, out)) return true;
  for (size_t at = from; at < text.length; at++)
    if (find_at(text, at, from, near_key, wanted, out)) return true;
  return false;
}
