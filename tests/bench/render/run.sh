#!/usr/bin/env bash
# Templates a second, side by side in one run: Apache Velocity 1.7 set up as the gateway has it, in a warm JVM on one
# thread, and `statusquo render --ndjson` as a whole process, start included. Both read the same lines, compile the
# template of each, render, and write JSON.
# Ratios count, not figures.
#   tests/bench/render/run.sh [COUNT]      needs a JDK and Debian's velocity, libjsonpath-java; exit 77 without them
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
count=${1:-20000}
build=${STATUSQUO_BUILD:-$here/../../../build/release}
statusquo=${STATUSQUO:-$build/statusquo}
command -v javac >/dev/null || { echo "skipped: no JDK"; exit 77; }
[ -x "$statusquo" ] || { echo "skipped: no program at $statusquo"; exit 77; }
path=
for jar in velocity-1.7 json-path json-smart accessors-smart commons-lang commons-lang3 commons-collections3 slf4j-api slf4j-nop asm; do
  file=$(ls /usr/share/java/$jar.jar /usr/share/java/$jar-[0-9]*.jar 2>/dev/null | head -n 1 || true)
  [ -n "$file" ] && path=$path:$file
done
case $path in *velocity*json-path*) ;; *) echo "skipped: no velocity or json-path in /usr/share/java"; exit 77 ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
javac -nowarn -encoding UTF-8 -d "$work" -cp "$path" "$here"/../../differential/vtl/{Gateway,Evaluation}.java "$here/Bench.java" 2> >(grep -v '^Note' >&2)

# ---- workloads: a template and a body
cat >"$work/typical.vtl" <<'END'
#set($root = $input.path('$'))
#if($root.order.state == 'FAILED')
#set($context.responseOverride.status = 409)
#end
{"id": "$root.order.id", "count": $root.items.size(), "items": [
#foreach($item in $root.items)
  {"sku": "$util.escapeJavaScript($item.sku)", "quantity": $item.quantity, "price": $item.price}#if($foreach.hasNext),#end

#end
]}
END
items() { # how many
  local i
  for i in $(seq "$1"); do
    [ "$i" = 1 ] || printf ', '
    printf '{"sku": "SKU-%05d", "quantity": %d, "price": %d.99, "name": "thing number %d"}' "$i" "$i" $((20 + i)) "$i"
  done
}
printf '{"order": {"id": "o-1", "state": "FAILED", "note": "at the \\"door\\""}, "items": [%s]}' "$(items 10)" >"$work/typical.json"
cp "$work/typical.vtl" "$work/large.vtl"
printf '{"order": {"id": "o-1", "state": "OPEN"}, "items": [%s]}' "$(items 1000)" >"$work/large.json"
cat >"$work/lambda.vtl" <<'END'
#set($error = $util.parseJson($input.path('$.errorMessage')))
#set($context.responseOverride.status = $error.status)
{"code": "$error.code", "message": "$util.escapeJavaScript($error.message)"}
END
printf '{"errorMessage": "{\\"status\\": 422, \\"code\\": \\"DECLINED\\", \\"message\\": \\"the card was declined\\"}", "errorType": "E"}' >"$work/lambda.json"

json_text() { # a file as a JSON string
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' "$1" | awk 'NR > 1 {printf "\\n"} {printf "%s", $0}'
}

printf '%-8s %8s %14s %14s %8s\n' workload count 'velocity /s' 'statusquo /s' ratio
for workload in typical lambda large; do
  times=$count
  [ $workload = large ] && times=$((count / 50 + 1))
  line="{\"template\":\"$(json_text "$work/$workload.vtl")\\n\",\"input\":\"$(json_text "$work/$workload.json")\"}"
  { yes "$line" || true; } 2>/dev/null | head -n "$times" >"$work/lines"
  velocity=$(java -XX:+UseSerialGC -cp "$work$path" Bench "$work/lines")
  start=$(date +%s%N)
  "$statusquo" render --ndjson <"$work/lines" >"$work/out"
  end=$(date +%s%N)
  [ "$(wc -l <"$work/out")" = "$times" ] || { echo "statusquo answered too few lines"; exit 1; }
  awk -v w=$workload -v c="$times" -v v="$velocity" -v ns=$((end - start)) 'BEGIN {
    s = c / (ns / 1e9); printf "%-8s %8d %14.0f %14.0f %8.1f\n", w, c, v, s, s / v}'
done
