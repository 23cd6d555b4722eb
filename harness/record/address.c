/* Where a call goes: the integration's URI, or the same path at another backend, byte for byte. */
#include "harness/record/record_parts.h"

#include "harness/base/encoding.h"

/* A request line can't hold blanks or control characters; everything else goes as it is. */
static Text line_safe(Text target, Arena *arena) {
  static const char hex[] = "0123456789ABCDEF";
  Buffer safe = buffer_make(arena, 0);
  for (size_t i = 0; i < target.length; i++) {
    unsigned char byte = (unsigned char)target.data[i];
    if (byte > 0x20 && byte != 0x7F) {
      buffer_append_char(&safe, target.data[i]);
    } else {
      buffer_append_char(&safe, '%');
      buffer_append_char(&safe, hex[byte >> 4]);
      buffer_append_char(&safe, hex[byte & 15]);
    }
  }
  return buffer_text(&safe);
}

/* host = name | "[" address "]"; without the port */
static Text host_name(Text authority) {
  size_t user = text_find_last_char(authority, '@');
  if (user != TEXT_NOT_FOUND) authority = text_slice(authority, user + 1, authority.length);
  size_t bracket = text_find_char(authority, ']', 0);
  if (bracket != TEXT_NOT_FOUND) return text_slice(authority, 0, bracket + 1);
  size_t colon = text_find_char(authority, ':', 0);
  return colon == TEXT_NOT_FOUND ? authority : text_slice(authority, 0, colon);
}

static bool is_loopback(Text name) {
  return text_equal_ignoring_case(name, TEXT("localhost")) || text_starts(name, TEXT("127.")) ||
         text_is(name, "[::1]");
}

/* uri = scheme "://" authority [ target ] */
static bool take_apart(Text uri, Arena *arena, Address *out, Fault *fault) {
  size_t scheme = text_find(uri, TEXT("://"), 0);
  size_t end = scheme == TEXT_NOT_FOUND ? 0 : scheme + 3;
  if (scheme == TEXT_NOT_FOUND || (!text_equal_ignoring_case(text_slice(uri, 0, scheme), TEXT("http")) &&
                                   !text_equal_ignoring_case(text_slice(uri, 0, scheme), TEXT("https"))))
    return fault_raise(fault, FAULT_INPUT, "\"%.*s\" is no http or https address", TEXT_ARGS(uri));
  while (end < uri.length && uri.data[end] != '/' && uri.data[end] != '?' && uri.data[end] != '#') end++;
  if (end == scheme + 3) return fault_raise(fault, FAULT_INPUT, "\"%.*s\" names no host", TEXT_ARGS(uri));
  out->base = text_slice(uri, 0, end);
  out->host = text_slice(uri, scheme + 3, end);
  out->target = line_safe(text_slice(uri, end, uri.length), arena);
  out->is_loopback = is_loopback(host_name(out->host));
  return true;
}

static Text with_prefix(Text prefix, Text target, Arena *arena) {
  while (prefix.length > 0 && prefix.data[prefix.length - 1] == '/') prefix.length--;
  const char *slash = target.length == 0 || target.data[0] != '/' ? "/" : "";
  return arena_print(arena, "%.*s%s%.*s", TEXT_ARGS(prefix), slash, TEXT_ARGS(target));
}

bool address_of(Text uri, const char *backend, Arena *arena, Address *out, Fault *fault) {
  Address own;
  if (!take_apart(uri, arena, &own, fault)) return false;
  *out = own;
  if (backend != NULL && !take_apart(text_from(backend), arena, out, fault)) return false;
  out->target = with_prefix(backend != NULL ? out->target : TEXT_EMPTY, own.target, arena);
  return true;
}

bool address_of_function(const RecordTask *task, const char *endpoint, Arena *arena, Address *out,
                         Fault *fault) {
  if (endpoint == NULL)
    return fault_raise(fault, FAULT_USAGE, "no Lambda endpoint was given (--lambda-endpoint)");
  if (task->function_name.length == 0)
    return fault_raise(fault, FAULT_INPUT, "the integration doesn't say which function it calls");
  if (!take_apart(text_from(endpoint), arena, out, fault)) return false;
  Text path = arena_print(arena, "/2015-03-31/functions/%.*s/invocations",
                          TEXT_ARGS(percent_encode(task->function_name, ":", arena)));
  out->target = with_prefix(out->target, path, arena);
  return true;
}
