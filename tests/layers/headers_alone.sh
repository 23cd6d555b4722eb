#!/usr/bin/env bash
# Every header compiles alone: it includes what it needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0 count=0
flags="-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wno-unused -I. $(pkg-config --cflags libcjson cmocka 2>/dev/null || true)"
while read -r header; do
  count=$((count + 1))
  # shellcheck disable=SC2086
  if ! echo "#include \"$header\"" | ${CC:-cc} $flags -fsyntax-only -x c -; then
    echo "$header doesn't compile alone"; bad=$((bad + 1))
  fi
done < <(find harness store tests -name '*.h' | sort)
echo "$count headers, $bad mistakes"
[ "$bad" = 0 ] && [ "$count" -gt 0 ]
