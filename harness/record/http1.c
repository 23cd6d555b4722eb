/* Reading HTTP/1.1. Every rule that refuses something names where it is written: RFC 9110 (semantics), RFC
 * 9112 (messages). Where the standard leaves a choice between repairing and refusing, requests are refused.
 */
#include "harness/record/http1.h"

#include <assert.h>
#include <string.h>

static bool refuse(Http1Refusal *why, int status, const char *reason) {
  *why = (Http1Refusal){status, reason};
  return false;
}

static Http1State refuse_state(Http1Refusal *why, int status, const char *reason) {
  refuse(why, status, reason);
  return HTTP1_REFUSED;
}

/* ---- characters ---- */

/* token = 1*( "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT
 * / ALPHA ) (RFC 9110, 5.6.2) */
static bool is_token_char(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '-' || memchr("!#$%&'*+.^_`|~", byte, 14) != NULL;
}

static bool is_token(Text text) {
  for (size_t i = 0; i < text.length; i++)
    if (!is_token_char(text.data[i])) return false;
  return text.length > 0;
}

/* What may stand in a header's value or a reason: no control character but the tab (RFC 9110, 5.5). */
static bool is_line_text(Text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
  }
  return true;
}

/* A target holds no blanks and no control characters; bytes past ASCII, which it shouldn't hold either, are
 * common and mean the same to everybody. */
static bool is_target_text(Text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte <= 0x20 || byte == 0x7F) return false;
  }
  return text.length > 0;
}

static Text trim_blanks(Text text) {
  while (text.length > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) text.data++, text.length--;
  while (text.length > 0 && (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t'))
    text.length--;
  return text;
}

/* ---- heads as they arrive ---- */

Http1State http1_scan_head(Http1Scan *scan, Text bytes, size_t *length, Http1Refusal *why) {
  assert(scan->scanned <= bytes.length);
  while (scan->scanned < bytes.length) {
    const char *from = bytes.data + scan->scanned;
    const char *end = memchr(from, '\n', bytes.length - scan->scanned);
    size_t stop = end != NULL ? (size_t)(end - bytes.data) + 1 : bytes.length;
    if (stop > HTTP1_HEAD_LIMIT)
      return refuse_state(why, 431, "the head of the message is larger than 64 KB");
    if (memchr(from, '\0', stop - scan->scanned) != NULL)
      return refuse_state(why, 400, "the head of the message holds a NUL");
    scan->scanned = stop;
    if (end == NULL) return HTTP1_MORE;
    if (stop - scan->line < 2 || bytes.data[stop - 2] != '\r')
      return refuse_state(why, 400, "a line of the head doesn't end in CRLF");
    if (stop - scan->line == 2) {
      *length = stop;
      return HTTP1_DONE;
    }
    scan->line = stop;
  }
  return HTTP1_MORE;
}

/* The next line of a whole head, without its CRLF. */
static Text next_line(Text head, size_t *at) {
  size_t end = text_find_char(head, '\n', *at);
  assert(end != TEXT_NOT_FOUND && end > *at && head.data[end - 1] == '\r');
  Text line = text_slice(head, *at, end - 1);
  *at = end + 1;
  return line;
}

/* ---- header lines ---- */

/* field-line = field-name ":" OWS field-value OWS; no blank before the colon (RFC 9112, 5.1), no folded lines
 * (5.2) */
static bool read_header(Text line, Header *out, Http1Refusal *why) {
  if (line.data[0] == ' ' || line.data[0] == '\t')
    return refuse(why, 400, "a header line begins with a blank (folded lines are refused)");
  size_t colon = text_find_char(line, ':', 0);
  if (colon == TEXT_NOT_FOUND) return refuse(why, 400, "a header line has no colon");
  *out = (Header){text_slice(line, 0, colon), trim_blanks(text_slice(line, colon + 1, line.length))};
  if (!is_token(out->name)) return refuse(why, 400, "a header's name holds what no name may hold");
  if (!is_line_text(out->value)) return refuse(why, 400, "a header's value holds a control character");
  return true;
}

static bool read_headers(Text head, size_t at, Arena *arena, Headers *out, Http1Refusal *why) {
  size_t count = 0;
  for (size_t i = at; i < head.length; i++) count += head.data[i] == '\n';
  if (count > HTTP1_HEADER_LIMIT + 1) return refuse(why, 431, "more than 256 header lines");
  *out = (Headers){.items = arena_alloc(arena, count * sizeof(Header)), .capacity = count};
  for (;;) {
    Text line = next_line(head, &at);
    if (line.length == 0) return true;
    if (!read_header(line, &out->items[out->count], why)) return false;
    out->count++;
  }
}

Text http1_raw_line(const Header *header) {
  const char *end = header->value.data + header->value.length;
  while (*end != '\n') end++; /* a head that was read ends in CRLF */
  return (Text){header->name.data, (size_t)(end + 1 - header->name.data)};
}

bool http1_has_word(const Headers *headers, Text name, Text word) {
  for (size_t i = 0; i < headers->count; i++) {
    if (!text_equal_ignoring_case(headers->items[i].name, name)) continue;
    Text rest = headers->items[i].value;
    while (rest.data != NULL)
      if (text_equal_ignoring_case(trim_blanks(text_split(rest, ',', &rest)), word)) return true;
  }
  return false;
}

/* ---- what the headers say about the message itself ---- */

typedef struct Notable {
  const Header *length, *encoding, *host, *connection;
  bool repeated_length, repeated_encoding, repeated_host;
  bool has_upgrade, has_expect;
} Notable;

static void take_notable(Notable *notable, const Header *header) {
  switch (header->name.length) {
  case 4:
    if (!text_equal_ignoring_case(header->name, TEXT("Host"))) break;
    notable->repeated_host = notable->host != NULL;
    notable->host = header;
    break;
  case 6:
    notable->has_expect |= text_equal_ignoring_case(header->name, TEXT("Expect")) &&
                           text_equal_ignoring_case(header->value, TEXT("100-continue"));
    break;
  case 7: notable->has_upgrade |= text_equal_ignoring_case(header->name, TEXT("Upgrade")); break;
  case 10:
    if (text_equal_ignoring_case(header->name, TEXT("Connection"))) notable->connection = header;
    break;
  case 14:
    if (!text_equal_ignoring_case(header->name, TEXT("Content-Length"))) break;
    notable->repeated_length |= notable->length != NULL;
    notable->length = header;
    break;
  case 17:
    if (!text_equal_ignoring_case(header->name, TEXT("Transfer-Encoding"))) break;
    notable->repeated_encoding |= notable->encoding != NULL;
    notable->encoding = header;
    break;
  default: break;
  }
}

/* Content-Length = 1*DIGIT (RFC 9110, 8.6); up to 18 of them */
static bool read_length(Text digits, uint64_t *out, Http1Refusal *why) {
  *out = 0;
  if (digits.length == 0 || digits.length > 18) return refuse(why, 400, "Content-Length is no length");
  for (size_t i = 0; i < digits.length; i++) {
    if (digits.data[i] < '0' || digits.data[i] > '9') return refuse(why, 400, "Content-Length is no length");
    *out = *out * 10 + (uint64_t)(digits.data[i] - '0');
  }
  return true;
}

/* RFC 9112, 6.3, with what it allows to be repaired refused: a repeated length, a length beside an encoding,
 * an encoding of HTTP/1.0, an encoding that isn't just chunked. */
static bool read_framing(Http1Message *message, const Notable *notable, Http1Framing otherwise,
                         Http1Refusal *why) {
  message->framing = otherwise;
  if (notable->encoding != NULL) {
    if (notable->length != NULL)
      return refuse(why, 400, "both Content-Length and Transfer-Encoding are given");
    if (message->minor_version == 0) return refuse(why, 400, "Transfer-Encoding in a message of HTTP/1.0");
    if (notable->repeated_encoding || !text_equal_ignoring_case(notable->encoding->value, TEXT("chunked")))
      return refuse(why, 501, "only the transfer encoding \"chunked\" is understood");
    message->framing = HTTP1_CHUNKED;
  } else if (notable->length != NULL) {
    if (notable->repeated_length) return refuse(why, 400, "Content-Length is given more than once");
    if (!read_length(notable->length->value, &message->length, why)) return false;
    message->framing = message->length > 0 ? HTTP1_LENGTH : HTTP1_NO_BODY;
  }
  return true;
}

static void read_connection(Http1Message *message, const Notable *notable) {
  message->closes = message->minor_version == 0;
  message->expects_continue = notable->has_expect && message->minor_version == 1;
  if (notable->connection == NULL) return;
  const Text name = TEXT("Connection");
  if (http1_has_word(&message->headers, name, TEXT("close")))
    message->closes = true;
  else if (message->minor_version == 0)
    message->closes = !http1_has_word(&message->headers, name, TEXT("keep-alive"));
  message->upgrades = notable->has_upgrade && message->minor_version == 1 &&
                      http1_has_word(&message->headers, name, TEXT("upgrade"));
}

/* ---- requests ---- */

/* HTTP-version = "HTTP/1." ( "0" / "1" ) */
static bool read_version(Text version, Http1Message *out) {
  if (version.length != 8 || memcmp(version.data, "HTTP/1.", 7) != 0) return false;
  out->minor_version = version.data[7] - '0';
  return out->minor_version == 0 || out->minor_version == 1;
}

/* request-target = origin-form / absolute-form / asterisk-form (RFC 9112, 3.2) */
static bool read_target(Text target, Http1Message *out, Http1Refusal *why) {
  out->target = target;
  out->authority = (Text){NULL, 0};
  if (target.data[0] == '/') return true;
  if (text_is(target, "*"))
    return text_is(out->method, "OPTIONS") || refuse(why, 400, "the target * is for OPTIONS only");
  size_t scheme = text_find(target, TEXT("://"), 0);
  if (scheme == TEXT_NOT_FOUND || (!text_equal_ignoring_case(text_slice(target, 0, scheme), TEXT("http")) &&
                                   !text_equal_ignoring_case(text_slice(target, 0, scheme), TEXT("https"))))
    return refuse(why, 400, "the request's target is no path");
  size_t end = scheme + 3;
  while (end < target.length && target.data[end] != '/' && target.data[end] != '?') end++;
  out->authority = text_slice(target, scheme + 3, end);
  out->target = text_slice(target, end, target.length);
  return out->authority.length > 0 || refuse(why, 400, "the request's target names no host");
}

/* request-line = method SP request-target SP HTTP-version; one blank each (RFC 9112, 3) */
static bool read_request_line(Text line, Http1Message *out, Http1Refusal *why) {
  size_t first = text_find_char(line, ' ', 0), last = text_find_last_char(line, ' ');
  if (first == TEXT_NOT_FOUND || first == last) return refuse(why, 400, "this is no request line");
  out->method = text_slice(line, 0, first);
  Text target = text_slice(line, first + 1, last);
  if (!is_token(out->method) || !is_target_text(target)) return refuse(why, 400, "this is no request line");
  if (!read_version(text_slice(line, last + 1, line.length), out))
    return refuse(why, text_starts(text_slice(line, last + 1, line.length), TEXT("HTTP/")) ? 505 : 400,
                  "only HTTP/1.0 and HTTP/1.1 are understood");
  if (text_is(out->method, "CONNECT")) return refuse(why, 501, "CONNECT: this is no forward proxy");
  return read_target(target, out, why);
}

bool http1_read_request(Text head, Arena *arena, Http1Message *out, Http1Refusal *why) {
  Notable notable = {0};
  size_t at = 0;
  *out = (Http1Message){0};
  if (!read_request_line(next_line(head, &at), out, why) ||
      !read_headers(head, at, arena, &out->headers, why))
    return false;
  for (size_t i = 0; i < out->headers.count; i++) take_notable(&notable, &out->headers.items[i]);
  if (notable.repeated_host) return refuse(why, 400, "Host is given more than once");
  if (notable.host == NULL && out->minor_version == 1) return refuse(why, 400, "Host is missing");
  if (!read_framing(out, &notable, HTTP1_NO_BODY, why)) return false;
  read_connection(out, &notable);
  return true;
}

/* ---- answers ---- */

/* status-line = HTTP-version SP 3DIGIT [ SP reason ]; the blank before a missing reason is often missing too
 */
static bool read_status_line(Text line, Http1Message *out, Http1Refusal *why) {
  Text digits = text_slice(line, 9, 12);
  bool good = line.length >= 12 && read_version(text_slice(line, 0, 8), out) && line.data[8] == ' ' &&
              (line.length == 12 || line.data[12] == ' ');
  for (size_t i = 0; good && i < 3; i++) good = digits.data[i] >= '0' && digits.data[i] <= '9';
  if (!good || !is_line_text(line) || digits.data[0] == '0')
    return refuse(why, 502, "the backend's answer begins with no status line");
  out->status = (digits.data[0] - '0') * 100 + (digits.data[1] - '0') * 10 + digits.data[2] - '0';
  out->reason = text_slice(line, 13, line.length);
  return true;
}

bool http1_read_answer(Text head, Text to_method, Arena *arena, Http1Message *out, Http1Refusal *why) {
  Notable notable = {0};
  size_t at = 0;
  *out = (Http1Message){0};
  if (!read_status_line(next_line(head, &at), out, why) || !read_headers(head, at, arena, &out->headers, why))
    return false;
  for (size_t i = 0; i < out->headers.count; i++) take_notable(&notable, &out->headers.items[i]);
  if (!read_framing(out, &notable, HTTP1_UNTIL_CLOSE, why)) return false;
  read_connection(out, &notable);
  if (out->status < 200 || out->status == 204 || out->status == 304 || text_is(to_method, "HEAD"))
    out->framing = HTTP1_NO_BODY; /* whatever a length says (RFC 9112, 6.3) */
  if (out->framing == HTTP1_UNTIL_CLOSE) out->closes = true;
  return true;
}

/* RFC 9110, 15, and what is registered beside it */
const char *http1_phrase(int status) {
  static const struct {
    int status;
    const char *phrase;
  } rows[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {102, "Processing"},
      {103, "Early Hints"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {203, "Non-Authoritative Information"},
      {204, "No Content"},
      {205, "Reset Content"},
      {206, "Partial Content"},
      {207, "Multi-Status"},
      {208, "Already Reported"},
      {300, "Multiple Choices"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {305, "Use Proxy"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {407, "Proxy Authentication Required"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Request Entity Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {418, "I'm a teapot"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Entity"},
      {423, "Locked"},
      {424, "Failed Dependency"},
      {425, "Too Early"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {451, "Unavailable For Legal Reasons"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
      {508, "Loop Detected"},
      {511, "Network Authentication Required"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].status == status) return rows[i].phrase;
  return "Unknown";
}

/* ---- bodies ---- */

/* chunked-body = *( size [ ";" extensions ] CRLF data CRLF ) "0" … CRLF *( trailer CRLF ) CRLF */
enum ChunkState {
  CHUNK_SIZE_FIRST, /* the first digit of a size */
  CHUNK_SIZE,
  CHUNK_EXTENSION,
  CHUNK_SIZE_LF,
  CHUNK_DATA,
  CHUNK_DATA_CR,
  CHUNK_DATA_LF,
  TRAILER_START,
  TRAILER_NAME,
  TRAILER_VALUE,
  TRAILER_LF,
  TRAILER_END_LF,
};

void http1_begin_body(Http1Body *body, const Http1Message *message) {
  *body = (Http1Body){.framing = message->framing, .left = message->length, .state = CHUNK_SIZE_FIRST};
  if (message->framing != HTTP1_LENGTH) body->left = 0;
}

static int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

static Http1State size_char(Http1Body *body, char byte, Http1Refusal *why) {
  int digit = hex_digit(byte);
  if (digit >= 0) {
    if (body->left >> 56 != 0) return refuse_state(why, 400, "a chunk's size is too large");
    body->left = body->left << 4 | (uint64_t)digit;
    body->state = CHUNK_SIZE;
    return HTTP1_MORE;
  }
  if (body->state == CHUNK_SIZE && byte == '\r') {
    body->state = CHUNK_SIZE_LF;
    return HTTP1_MORE;
  }
  if (body->state == CHUNK_SIZE && byte == ';') {
    body->state = CHUNK_EXTENSION;
    return HTTP1_MORE;
  }
  return refuse_state(why, 400, "a chunk's size is no hexadecimal number");
}

static Http1State line_char(Http1Body *body, char byte, int after, Http1Refusal *why) {
  if (byte == '\r')
    body->state = after;
  else if (!is_line_text((Text){&byte, 1}))
    return refuse_state(why, 400, "a control character between the chunks of a body");
  return HTTP1_MORE;
}

static Http1State trailer_char(Http1Body *body, char byte, Http1Refusal *why) {
  if (++body->trailer_length > HTTP1_HEAD_LIMIT)
    return refuse_state(why, 431, "the trailers of a body are larger than 64 KB");
  switch (body->state) {
  case TRAILER_START:
    if (byte == '\r') {
      body->state = TRAILER_END_LF;
      return HTTP1_MORE;
    }
    body->state = TRAILER_NAME;
    if (!is_token_char(byte)) break;
    return HTTP1_MORE;
  case TRAILER_NAME:
    if (byte == ':') body->state = TRAILER_VALUE;
    if (byte != ':' && !is_token_char(byte)) break;
    return HTTP1_MORE;
  default: return line_char(body, byte, TRAILER_LF, why);
  }
  return refuse_state(why, 400, "a trailer is no header line");
}

static Http1State expect_char(Http1Body *body, char byte, char expected, int after, Http1Refusal *why) {
  body->state = after;
  return byte == expected ? HTTP1_MORE : refuse_state(why, 400, "a chunk isn't as long as it says");
}

/* One character between the data of chunks. */
static Http1State frame_char(Http1Body *body, char byte, Http1Refusal *why) {
  switch (body->state) {
  case CHUNK_SIZE_FIRST:
  case CHUNK_SIZE:
  case CHUNK_EXTENSION:
    if (++body->line_length > HTTP1_CHUNK_LINE_LIMIT)
      return refuse_state(why, 400, "the line of a chunk's size is too long");
    return body->state == CHUNK_EXTENSION ? line_char(body, byte, CHUNK_SIZE_LF, why)
                                          : size_char(body, byte, why);
  case CHUNK_SIZE_LF:
    body->line_length = 0;
    return expect_char(body, byte, '\n', body->left > 0 ? CHUNK_DATA : TRAILER_START, why);
  case CHUNK_DATA_CR: return expect_char(body, byte, '\r', CHUNK_DATA_LF, why);
  case CHUNK_DATA_LF: return expect_char(body, byte, '\n', CHUNK_SIZE_FIRST, why);
  case TRAILER_LF: body->trailers++; return expect_char(body, byte, '\n', TRAILER_START, why);
  case TRAILER_END_LF:
    return expect_char(body, byte, '\n', TRAILER_END_LF, why) == HTTP1_REFUSED ? HTTP1_REFUSED : HTTP1_DONE;
  default: return trailer_char(body, byte, why);
  }
}

static void take_data(Http1Body *body, Text input, size_t *used, Text *data) {
  size_t length = input.length - *used;
  if (length > body->left) length = (size_t)body->left;
  *data = (Text){input.data + *used, length};
  *used += length;
  body->left -= length;
}

static Http1State read_chunks(Http1Body *body, Text input, size_t *used, Text *data, Http1Refusal *why) {
  while (*used < input.length) {
    if (body->state == CHUNK_DATA) {
      take_data(body, input, used, data);
      if (body->left == 0) body->state = CHUNK_DATA_CR;
      return HTTP1_MORE;
    }
    Http1State state = frame_char(body, input.data[(*used)++], why);
    if (state != HTTP1_MORE) return state;
  }
  return HTTP1_MORE;
}

Http1State http1_read_body(Http1Body *body, Text input, size_t *used, Text *data, Http1Refusal *why) {
  *used = 0;
  *data = TEXT_EMPTY;
  switch (body->framing) {
  case HTTP1_NO_BODY: return HTTP1_DONE;
  case HTTP1_LENGTH: take_data(body, input, used, data); return body->left == 0 ? HTTP1_DONE : HTTP1_MORE;
  case HTTP1_CHUNKED: return read_chunks(body, input, used, data, why);
  case HTTP1_UNTIL_CLOSE:
    *data = input;
    *used = input.length;
    return HTTP1_MORE;
  }
  return HTTP1_MORE;
}
