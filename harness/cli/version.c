/* --version: the program and every library it runs on, as linked, not as compiled against. */
#include "harness/cli/version.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <openssl/crypto.h>
#include <pcre2.h>
#include <sqlite3.h>
#include <uv.h>
#include <yaml.h>
#include <zstd.h>

void version_print(Buffer *out) {
  char pcre2[64] = "";
  pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
  buffer_print(out, "statusquo %s\n", STATUSQUO_VERSION);
  buffer_print(out, "cJSON %s\n", cJSON_Version());
  buffer_print(out, "libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
  buffer_print(out, "libuv %s\n", uv_version_string());
  buffer_print(out, "libyaml %s\n", yaml_get_version_string());
  buffer_print(out, "OpenSSL %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
  buffer_print(out, "PCRE2 %s\n", pcre2);
  buffer_print(out, "SQLite %s\n", sqlite3_libversion());
  buffer_print(out, "zstd %s\n", ZSTD_versionString());
}
