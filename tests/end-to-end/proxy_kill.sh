#!/usr/bin/env bash
# kill -9 at random moments under load. With --durable every exchange that a client saw answered is in the file; without,
# at most what was answered in the last moments is missing. The file is whole each time.
#   KILLS=50 tests/end-to-end/proxy_kill.sh
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/dev}
statusquo=$(realpath "${STATUSQUO:-$STATUSQUO_BUILD/statusquo}")
demo=$(realpath "$STATUSQUO_BUILD/fixtures/backend/demo_backend")
command -v curl >/dev/null || { echo "skipped: curl isn't here"; exit 77; }
kills=${KILLS:-8}
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
backend='' recorder=''
trap 'kill $backend $recorder 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
wait_for_file() { for _ in $(seq 200); do [ -s "$1" ] && return; sleep 0.05; done; echo "$1 didn't appear"; exit 1; }
"$demo" --port-file demo.port >/dev/null &
backend=$!
wait_for_file demo.port

bad=0
# round NUMBER OPTION…: prints how many were answered and how many of them are missing.
round() {
  local number=$1 clients=() answered missing; shift
  rm -f port kill.db* answered.*
  "$statusquo" record --proxy 127.0.0.1:0 --to "http://127.0.0.1:$(cat demo.port)" --recordings kill.db --port-file port "$@" >/dev/null 2>err &
  recorder=$!
  wait_for_file port
  for client in 1 2 3 4; do
    curl -s --fail-early -o /dev/null -w '%{http_code} %{url_effective}\n' "http://127.0.0.1:$(cat port)/echo/r$number-c$client-[1-100000]" >"answered.$client" 2>/dev/null &
    clients+=($!)
  done
  sleep "0.$((RANDOM % 9))$((RANDOM % 9 + 1))"
  kill -KILL "$recorder"
  wait "$recorder" "${clients[@]}" 2>/dev/null
  recorder=''
  if ! "$statusquo" recordings verify kill.db >verify 2>&1; then
    echo "FAILED: round $number: the file isn't whole: $(cat verify)"; bad=$((bad + 1))
  fi
  sed -n 's,^200 .*/,,p' answered.* | sort >seen
  "$statusquo" export ndjson --recordings kill.db 2>/dev/null | sed -n 's,.*"path":"/echo/\([^"]*\)".*,\1,p' | sort >stored
  answered=$(wc -l <seen) missing=$(comm -23 seen stored | wc -l)
  echo "$answered $missing"
}

total=0 lost=0
for number in $(seq "$kills"); do
  read -r answered missing < <(round "$number" --durable | tail -n 1)
  total=$((total + answered)) lost=$((lost + missing))
done
echo "--durable: $kills kills, $total exchanges answered, $lost of them lost"
[ "$lost" = 0 ] || bad=$((bad + 1))
[ "$total" -gt "$kills" ] || { echo "FAILED: there was no load"; bad=$((bad + 1)); }

total=0 lost=0 worst=0
for number in $(seq "$(((kills + 3) / 4))"); do
  read -r answered missing < <(round "$number" | tail -n 1)
  total=$((total + answered)) lost=$((lost + missing))
  [ "$missing" -gt "$worst" ] && worst=$missing
done
echo "without: $total exchanges answered, $lost lost, at most $worst in one kill"
[ "$bad" = 0 ]
