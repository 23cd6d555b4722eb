#!/bin/sh
# Builds everything and runs all tests. Everything it needs it installs itself (Debian, Ubuntu).
#   tests/run.sh [CTEST-OPTION...]     for example: tests/run.sh -R cases
#   SANITIZE=1 tests/run.sh            the same tests under AddressSanitizer and UndefinedBehaviorSanitizer
set -eu
cd "$(dirname "$0")/.."
sh .ci/install --tests
folder=build/test flags="-DCMAKE_BUILD_TYPE=RelWithDebInfo"
if [ "${SANITIZE:-0}" = 1 ]; then
  folder=build/asan
  flags="-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG='-O1 -g' -DSTATUSQUO_SANITIZE=ON"
fi
[ "${CI:-}" = "" ] || flags="$flags -DSTATUSQUO_WERROR=ON"
eval "cmake -S . -B $folder -G Ninja $flags" >/dev/null
cmake --build "$folder"
ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$(getconf _NPROCESSORS_ONLN)" "$@"
