/* The frame of every page: style sheet and script inside it, and a policy that allows these two by their
 * hashes and nothing else. */
#include "harness/report/html.h"

#include "harness/base/encoding.h"

#include <openssl/evp.h>

extern const unsigned char html_style[], html_script[];

/* 'sha256-…' as a Content-Security-Policy names what stands between the tags. */
static Text hash_of(const unsigned char *content, Arena *arena) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  Text bytes = text_from((const char *)content);
  if (EVP_Digest(bytes.data, bytes.length, digest, &length, EVP_sha256(), NULL) != 1) return TEXT("'none'");
  Text encoded = base64_encode((Text){(const char *)digest, length}, arena);
  return arena_print(arena, "'sha256-%.*s'", TEXT_ARGS(encoded));
}

void html_write_head(Text title, Arena *arena, Buffer *out) {
  buffer_print(out,
               "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
               "style-src %.*s; script-src %.*s; base-uri 'none'; form-action 'none'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n"
               "<link rel=\"icon\" href=\"data:,\">\n<title>%.*s · statusquo</title>\n<style>",
               TEXT_ARGS(hash_of(html_style, arena)), TEXT_ARGS(hash_of(html_script, arena)),
               TEXT_ARGS(title));
  buffer_append_string(out, (const char *)html_style);
  buffer_print(out,
               "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#groups\">to what differs</a>\n"
               "<header><h1>%.*s <small>statusquo</small></h1></header>\n<main>\n",
               TEXT_ARGS(title));
}

void html_write_foot(Buffer *out) {
  buffer_append_string(out, "</main>\n<script>");
  buffer_append_string(out, (const char *)html_script);
  buffer_append_string(out, "</script>\n</body>\n</html>\n");
}
