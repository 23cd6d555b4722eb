#!/bin/bash
# Random patterns and subjects: java.util.regex (whatever JDK is installed; 17 is the one that is imitated) against
# the pattern layer.   tests/differential/regex.sh [COUNT] [SEED]
# Exit 1 on a difference (printed as a case, made small), 77 when there is no JDK or no built comparison.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
count=${1:-20000}
seed=${2:-1}
compare=${STATUSQUO_BUILD:-$here/../../build}/tests/regex_differential
command -v javac >/dev/null && command -v java >/dev/null || { echo "regex differential: skipped, there is no JDK"; exit 77; }
version=$(javac -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
[ "$version" = 17 ] || { echo "regex differential: skipped, JDK $version isn't the one that is imitated (17)"; exit 77; }
[ -x "$compare" ] || { echo "regex differential: skipped, $compare isn't built"; exit 77; }
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac -d "$classes" "$here/regex/RegexDriver.java"
"$compare" java "$classes" "$count" "$seed"
