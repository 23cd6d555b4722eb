#!/usr/bin/env bash
# A backend behind TLS: its certificate is checked, --cacert says whom to trust, --insecure says that it isn't checked.
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/dev}
statusquo=$(realpath "${STATUSQUO:-$STATUSQUO_BUILD/statusquo}")
command -v openssl >/dev/null && command -v curl >/dev/null || { echo "skipped: openssl or curl isn't here"; exit 77; }
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
backend='' recorder=''
trap 'kill $backend $recorder 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
wait_for_file() { for _ in $(seq 200); do [ -s "$1" ] && return; sleep 0.05; done; echo "$1 didn't appear"; cat err; exit 1; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost' 2>/dev/null
head -c 3000000 /dev/urandom >large.bin
for port in $(shuf -i 20000-40000 -n 20); do
  openssl s_server -accept "127.0.0.1:$port" -cert cert.pem -key key.pem -WWW >server.log 2>&1 &
  backend=$!
  sleep 0.3
  kill -0 $backend 2>/dev/null && break
done

bad=0
fail() { echo "FAILED: $*"; bad=$((bad + 1)); }
start() {
  rm -f port
  "$statusquo" record --proxy 127.0.0.1:0 --to "https://localhost:$1" --recordings "$2" --port-file port "${@:3}" >out 2>err &
  recorder=$!
  wait_for_file port
}
stop() { kill "$recorder"; wait "$recorder"; recorder=''; }
status() { curl -s --max-time 10 -o answer -w '%{http_code}' "http://127.0.0.1:$(cat port)/$1"; }

start "$port" trusted.db --cacert cert.pem
for _ in 1 2 3; do
  [ "$(status large.bin)" = 200 ] || fail "a trusted backend isn't asked"
  cmp -s answer large.bin || fail "what came through TLS isn't what was sent"
done
stop
[ "$("$statusquo" export ndjson --recordings trusted.db | grep -c '"status":200')" = 3 ] || fail "it isn't recorded"

start "$port" unknown.db
[ "$(status large.bin)" = 502 ] || fail "an unknown certificate is accepted"
grep -qi certificate answer || fail "the answer doesn't say why: $(cat answer)"
stop

start "$port" insecure.db --insecure
[ "$(status large.bin)" = 200 ] || fail "--insecure doesn't help"
cmp -s answer large.bin || fail "what came through TLS isn't what was sent"
stop
grep -q "warning: --insecure" err || fail "--insecure doesn't say so"

[ "$bad" = 0 ] && echo "TLS: all as expected"
[ "$bad" = 0 ]
