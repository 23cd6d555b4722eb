#!/usr/bin/env bash
# All C files are as clang-format 14 writes them; other versions differ in small things, so only that one is asked.
set -euo pipefail
cd "$(dirname "$0")/../.."
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
  echo "skipped: clang-format 14 isn't here"
  exit 77
fi
find harness store fixtures tests -name '*.[ch]' -print0 | xargs -0 "$tool" --dry-run -Werror
