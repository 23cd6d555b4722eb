#!/bin/bash
# Renders random templates with our engine and with Apache Velocity 1.7 set up as the gateway has it, and shows
# where they part.
#   tests/differential/vtl.sh [COUNT] [SEED]
# Needs a JDK and, from Debian, velocity, libjsonpath-java and what they need; exit 77 without them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
count=${1:-10000}
seed=${2:-1}
program=${STATUSQUO:-${STATUSQUO_BUILD:-$here/../../build}/statusquo}
classes=${STATUSQUO_BUILD:-$here/../../build}/differential-vtl

command -v javac >/dev/null || { echo "no JDK"; exit 77; }
path=
for jar in velocity-1.7 json-path json-smart accessors-smart commons-lang commons-lang3 commons-collections3 slf4j-api slf4j-nop asm; do
  file=$(ls /usr/share/java/$jar.jar /usr/share/java/$jar-[0-9]*.jar 2>/dev/null | head -n 1)
  [ -n "$file" ] && path=$path:$file
done
case $path in *velocity*json-path*) ;; *) echo "no velocity or json-path in /usr/share/java"; exit 77 ;; esac
[ -x "$program" ] || { echo "no program at $program"; exit 77; }

mkdir -p "$classes"
javac -nowarn -encoding UTF-8 -d "$classes" -cp "$path" "$here"/vtl/*.java 2> >(grep -v '^Note' >&2)
exec java -Xss16m -XX:+UseSerialGC -Dfile.encoding=UTF-8 -cp "$classes$path" Differential "$program" "$count" "$seed"
