#include "harness/mapping/content.h"

#include "harness/base/encoding.h"
#include "harness/base/utf8.h"

#include <string.h>

Text media_type_of(const Headers *headers, const char *name, Text absent) {
  const Header *header = headers_find(headers, text_from(name));
  if (header == NULL) return absent;
  Text rest;
  Text first = text_split(header->value, ',', &rest);
  return text_trim(text_split(first, ';', &rest));
}

/* media-type := type "/" subtype; type/star covers the same type, a star on the left covers nothing (seen).
 */
static bool entry_matches(Text entry, Text media_type) {
  if (text_is(entry, "*/*")) return true;
  if (media_type.length == 0) return false;
  Text entry_subtype, subtype;
  Text entry_type = text_split(entry, '/', &entry_subtype);
  Text type = text_split(media_type, '/', &subtype);
  if (entry_subtype.data == NULL || subtype.data == NULL || text_is(entry_type, "*")) return false;
  return text_equal_ignoring_case(entry_type, type) &&
         (text_is(entry_subtype, "*") || text_equal_ignoring_case(entry_subtype, subtype));
}

bool media_type_is_binary(const Definition *definition, Text media_type) {
  for (size_t i = 0; i < definition->binary_media_type_count; i++)
    if (entry_matches(definition->binary_media_types[i], media_type)) return true;
  return false;
}

static bool decode(Text body, Arena *passing, Payload *out) {
  out->binary = true;
  return base64_decode(body, passing, &out->bytes, NULL);
}

static bool as_text(Text body, Arena *passing, Payload *out) {
  *out = (Payload){utf8_repair(body, passing), false};
  return true;
}

bool content_convert_response(ContentHandling handling, bool payload_binary, bool accept_binary, Text body,
                              Arena *passing, Payload *out) {
  *out = (Payload){body, payload_binary};
  if (payload_binary) {
    bool encode = handling == CONTENT_TO_TEXT || (handling == CONTENT_UNCHANGED && !accept_binary);
    if (encode) *out = (Payload){base64_encode(body, passing), false};
    return true;
  }
  bool decodes = handling == CONTENT_TO_BINARY || (handling == CONTENT_UNCHANGED && accept_binary);
  return decodes ? decode(body, passing, out) : as_text(body, passing, out);
}

bool content_convert_request(ContentHandling handling, bool payload_binary, Text body, Arena *passing,
                             Payload *out) {
  *out = (Payload){body, payload_binary};
  if (payload_binary) {
    if (handling == CONTENT_TO_TEXT) *out = (Payload){base64_encode(body, passing), false};
    return true;
  }
  return handling == CONTENT_TO_BINARY ? decode(body, passing, out) : as_text(body, passing, out);
}

static bool has_surrogate(Text text) {
  for (size_t i = 0; i + 1 < text.length; i++) {
    const char *found = memchr(text.data + i, 0xED, text.length - i - 1);
    if (found == NULL) return false;
    i = (size_t)(found - text.data);
    if ((unsigned char)text.data[i + 1] >= 0xA0) return true;
  }
  return false;
}

static bool is_high(uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

Text text_to_bytes(Text text, Arena *passing) {
  if (!has_surrogate(text)) return text;
  Buffer bytes = buffer_make(passing, 0);
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    size_t behind = at;
    uint32_t next = is_high(character) && at < text.length ? utf8_next(text, &behind) : 0;
    if (is_low(next)) {
      utf8_append(&bytes, 0x10000 + ((character - 0xD800) << 10) + (next - 0xDC00));
      at = behind;
    } else if (is_high(character) || is_low(character)) {
      buffer_append_char(&bytes, '?');
    } else {
      utf8_append(&bytes, character);
    }
  }
  return buffer_text(&bytes);
}
