#!/usr/bin/env bash
# The live recorders from the outside: what a client sees behind the proxy and behind the gateway, what is recorded, what
# isn't, how they stop, and what happens when the recording can't be written.
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/dev}
statusquo=$(realpath "${STATUSQUO:-$STATUSQUO_BUILD/statusquo}")
demo=$(realpath "$STATUSQUO_BUILD/fixtures/backend/demo_backend")
definitions=$PWD/specs/definitions
command -v curl >/dev/null || { echo "skipped: curl isn't here"; exit 77; }
export NO_COLOR=1 LC_ALL=C.UTF-8
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_LAMBDA STATUSQUO_REDACTION_KEY
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
backend='' recorder=''
trap 'kill $backend $recorder 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

wait_for_file() { for _ in $(seq 200); do [ -s "$1" ] && return; sleep 0.05; done; echo "$1 didn't appear"; cat out err 2>/dev/null; exit 1; }
"$demo" --port-file demo.port >demo.log &
backend=$!
wait_for_file demo.port
url=http://127.0.0.1:$(cat demo.port)

bad=0
fail() { echo "FAILED: $test: $*"; sed 's/^/  | /' err 2>/dev/null | head -n 30; bad=$((bad + 1)); }
has() { grep -qaF -- "$2" "$1" || fail "$1 lacks: $2"; }
lacks() { ! grep -qaF -- "$2" "$1" || fail "$1 has: $2"; }
is() { [ "$1" = "$2" ] || fail "$1 is not $2${3:+ ($3)}"; }
recorded() { "$statusquo" export ndjson --recordings "$1" 2>/dev/null; }
ask() { curl -s --max-time 20 "$@"; }

# start RECORDING OPTION…: a proxy in front of the demo backend, ready when this returns; its address in $proxy.
start_any() {
  rm -f port
  "$statusquo" record --recordings "$@" --port-file port >out 2>err &
  recorder=$!
  wait_for_file port
  proxy=http://127.0.0.1:$(cat port)
}
start() { start_any "$@" --proxy 127.0.0.1:0 --to "$url"; }
# stop STATUS [SIGNAL]
stop() {
  kill "-${2:-TERM}" "$recorder"
  local status=0
  wait "$recorder" || status=$?
  recorder=''
  is "$status" "$1" "exit status"
}

test="ready, and told so"
start ready.db
has out "listening on $proxy"
stop 0
has err "recorded 0 exchanges of 0 requests in ready.db"
[ ! -e ready.db-wal ] || fail "side files are left over"

test="a client sees what it sees without the proxy"
start shapes.db
paths=(/pets /pets/1 '/pets?limit=2' /pets/none /status/200 /status/201 /status/204 /status/304 /status/404 /status/418 /status/500 /status/599
  /status/103 /status/101 /echo/%2F/.. /empty /binary /gzip /chunked /headers /cookies /redirect /token /until-close '/large?bytes=30000000'
  '/slow?ms=50')
for path in "${paths[@]}"; do
  for option in -i -I; do
    ask --path-as-is $option "$url$path" | sed -E '/^Date: /d' >direct
    ask --path-as-is $option "$proxy$path" | sed -E '/^Date: /d' >behind
    # A connection that ends after the answer is announced; extra only where the end was the framing.
    [ "$path" = /until-close ] && sed -i '/^Connection: close\r$/d' direct behind
    [ "$path" = /chunked ] && sed -i '/^Trailer: /d;/^X-Trailer: /d' direct behind
    cmp -s direct behind || fail "$path ($option) differs: $(cmp direct behind 2>&1)"
  done
done
for path in /half; do
  ask -o direct "$url$path"; direct=$?
  ask -o behind "$proxy$path"; behind=$?
  is "$behind" "$direct" "curl's exit status for $path"
  cmp -s direct behind || fail "$path differs"
done
is "$(ask -o /dev/null -w '%{http_code}' "$proxy/reset")" 502 "a backend that resets"
is "$(ask -X POST -d '{"name":"x"}' "$proxy/pets")" '{"id": 4, "name": "x"}'
is "$(ask -H 'Transfer-Encoding: chunked' -d '{"name":"x"}' "$proxy/pets")" '{"id": 4, "name": "x"}'
head -c 3000000 /dev/zero | tr '\0' x >upload
is "$(ask -H 'Expect: 100-continue' -T upload "$proxy/echo" | wc -c)" "$(ask -H 'Expect: 100-continue' -T upload "$url/echo" | wc -c)"
stop 0
has err "recorded $((2 * ${#paths[@]} + 5)) exchanges"
recorded shapes.db >shapes.ndjson
has shapes.ndjson '["x-ODD-case","Kept As It Is"],["X-Repeat","one"],["X-Empty",""],["x-repeat","two, three"],["X-Latin",{"base64":"Y2Fm6Q=="}],["X-Repeat","one"]'
has shapes.ndjson '"bodyBase64":"AAECAwQFBgcICQ'
has shapes.ndjson '"bodyBase64":"H4sI'
has shapes.ndjson '"path":"/echo/%2F/.."'
has shapes.ndjson '"reason":"too-large"'
has shapes.ndjson 'the backend closed the connection after 16 of'
has shapes.ndjson 'connection reset by peer'
"$statusquo" recordings verify shapes.db >/dev/null || fail "verify"

test="no secret is stored, not even for a moment"
secrets=()
for i in $(seq 20); do secrets+=("pl4nted-secret-number-$i-$RANDOM$RANDOM"); done
start secret.db --redact 'header X-Own' --redact 'query pin' --redact '$.card' --redact '$..token'
s=("${secrets[@]}")
for _ in 1 2 3; do
  ask -o /dev/null -H "Authorization: Bearer ${s[0]}" -H "X-Api-Key: ${s[1]}" -H "Cookie: a=${s[2]}; b=${s[3]}" "$proxy/echo/1"
  ask -o /dev/null -H "X-Amz-Security-Token: ${s[4]}" -H "Proxy-Authorization: Basic ${s[5]}" -H "x-own: ${s[6]}" "$proxy/echo/2"
  ask -o /dev/null "$proxy/status/200?access_token=${s[7]}&X-Amz-Signature=${s[8]}&pin=${s[9]}&password=${s[10]}"
  ask -o /dev/null -d "{\"card\":\"${s[11]}\",\"a\":[{\"token\":\"${s[12]}\"}],\"b\":1.50}" "$proxy/pets"
  ask -o /dev/null -H "X-Csrf-Token: ${s[13]}" -H "X-Session-Token: ${s[14]}" -H "X-Access-Token: ${s[15]}" "$proxy/pets"
  ask -o /dev/null -H "Api-Key: ${s[16]}" -H "X-Auth-Token: ${s[17]}" -H "Authorization: ${s[18]}" -H "X-Xsrf-Token: ${s[19]}" "$proxy/pets"
done
sleep 0.3
[ -s secret.db-wal ] || fail "there is no WAL to look into"
for secret in "${secrets[@]}"; do
  for file in secret.db*; do lacks "$file" "$secret"; done
done
stop 0
for secret in "${secrets[@]}"; do lacks secret.db "$secret"; done
recorded secret.db >secret.ndjson
is "$(wc -l <secret.ndjson)" 18
for secret in "${secrets[@]}"; do lacks secret.ndjson "$secret"; done
has secret.ndjson '\"b\":1.50'
has err "with secrets replaced"

test="filters"
start only.db --only path=/pets/* --only status=5xx --skip method=DELETE
for path in /pets/1 /pets /status/503 /status/404; do ask -o /dev/null "$proxy$path"; done
ask -o /dev/null -X DELETE "$proxy/pets/1"
stop 0
is "$(recorded only.db | wc -l)" 2
has err "3 left out by --only, --skip or --sample"

test="samples and ends"
start sample.db --sample 3 --count 4
for _ in $(seq 10); do ask -o /dev/null "$proxy/pets"; done
wait "$recorder"; is $? 0
recorder=''
is "$(recorded sample.db | wc -l)" 4
start short.db --for 400ms
ask -o /dev/null "$proxy/pets"
wait "$recorder"; is $? 0
recorder=''
is "$(recorded short.db | wc -l)" 1

test="a limit for bodies"
start limited.db --body-limit 1KB
is "$(ask "$proxy/large?bytes=50000" | wc -c)" 50000
ask -o /dev/null -T upload "$proxy/pets"
stop 0
is "$(recorded limited.db | grep -c too-large)" 1
is "$(recorded limited.db | wc -l)" 1
has err "2 with a body past --body-limit"

test="a stop finishes what is under way"
start drain.db
ask -w '%{http_code}' "$proxy/slow?ms=1000" >answer & client=$!
sleep 0.3
stop 0
wait $client
has answer '{"slow": true}'
has answer 200
is "$(recorded drain.db | wc -l)" 1

test="a second signal ends at once"
start twice.db
ask -o /dev/null "$proxy/pets"
ask -o /dev/null "$proxy/never" & client=$!
sleep 0.3
kill -INT "$recorder"
sleep 0.3
began=$(date +%s%N)
stop 3 INT
[ $((($(date +%s%N) - began) / 1000000)) -lt 2000 ] || fail "it took its time"
wait $client
is "$(recorded twice.db | wc -l)" 1 "what was answered is kept"

test="one writer at a time"
start taken.db
"$statusquo" record --proxy 0 --to "$url" --recordings taken.db >/dev/null 2>second; is $? 3
has second "being written by another statusquo"
"$statusquo" recordings list taken.db >/dev/null || fail "it can't be read meanwhile"
stop 0

test="a port that is taken"
start first.db
"$statusquo" record --proxy "${proxy#http://}" --to "$url" --recordings second.db >/dev/null 2>second; is $? 3
has second "address already in use"
stop 0

test="a full disk: requests go on, the end says so"
rm -f port
(trap '' XFSZ; ulimit -f 400; exec "$statusquo" record --proxy 127.0.0.1:0 --to "$url" --recordings full.db --port-file port >out 2>err) &
recorder=$!
wait_for_file port
proxy=http://127.0.0.1:$(cat port)
for i in $(seq 60); do
  is "$(ask -o /dev/null -w '%{http_code}' -d "$(head -c 9000 /dev/urandom | base64 -w 0)" "$proxy/echo/$i")" 200 "request $i"
done
sleep 0.2
stop 3
has err "error: full.db: writing"
has err "exchanges are not in the recording"
stored=$(sed -n 's/^recorded \([0-9]*\) exchanges.*/\1/p' err)
is "$(recorded full.db | wc -l)" "$stored" "what the end says is there"
"$statusquo" recordings verify full.db >/dev/null || fail "verify"

test="rotation"
mkdir rotation
start rotation/r.db --rotate 64KB
for i in $(seq 40); do
  is "$(ask -o /dev/null -w '%{http_code}' -d "$(head -c 9000 /dev/urandom | base64 -w 0)" "$proxy/pets")" 400
  sleep 0.01
done
stop 0
has err "recorded 40 exchanges"
files=(rotation/*.db)
[ "${#files[@]}" -gt 2 ] || fail "${#files[@]} files"
has err "in ${#files[@]} files"
sum=0
for file in "${files[@]}"; do
  "$statusquo" recordings verify "$file" >/dev/null || fail "verify $file"
  sum=$((sum + $(recorded "$file" | wc -l)))
done
is $sum 40
is "$(ls rotation | grep -vc '\.db$')" 0 "side files"

test="a recording that is removed: requests go on, the end says so"
start removed.db --durable
ask -o /dev/null "$proxy/pets"
rm removed.db
for _ in 1 2 3; do is "$(ask -o /dev/null -w '%{http_code}' "$proxy/pets")" 200; done
stop 3
has err "removed.db was removed or replaced"
has err "4 exchanges are not in the recording"

test="a slow client doesn't hold up the others"
start slow.db --head-timeout 1
exec 9<>"/dev/tcp/127.0.0.1/$(cat port)"
printf 'GET / HTTP/1.1\r\n' >&9
for _ in 1 2 3; do is "$(ask -o /dev/null -w '%{http_code}' "$proxy/pets")" 200; done
is "$(timeout 5 head -n 1 <&9 | tr -d '\r')" "HTTP/1.1 408 Request Timeout"
exec 9>&-
stop 0
has err "1 malformed requests refused"

test="the gateway"
start_any gateway.db --api "$definitions/status-codes.openapi.yaml" --listen 127.0.0.1:0 --backend "$url" --lambda-endpoint "$url"
status() { ask -o answer -w '%{http_code}' "$@"; }
is "$(status -d '{"error":"sample 400"}' "$proxy/function/raise")" 400
has answer '"message": "Error: Raising 400 from within the Lambda function"'
is "$(status -d '{"error":"sample 500"}' "$proxy/function/raise")" 500
is "$(status -d '{}' "$proxy/function/raise")" 200
is "$(status -d '{"statusCode":418}' "$proxy/function/proxy")" 418
is "$(status "$proxy/http/proxy/404")" 404
is "$(status "$proxy/no/such/resource")" 403
is "$(cat answer)" '{"message":"Missing Authentication Token"}'
ask -i "$proxy/no" >head
has head 'x-amzn-ErrorType: MissingAuthenticationTokenException'
head -c 11000000 /dev/zero >upload
is "$(status -T upload -X POST "$proxy/function/proxy")" 413
stop 0
is "$(recorded gateway.db | wc -l)" 5
has err "3 answered by the gateway itself"
recorded gateway.db >gateway.ndjson
has gateway.ndjson '"operation":"POST /function/raise"'
has gateway.ndjson '"functionError":"Unhandled"'

test="usage"
usage() { "$statusquo" record "$@" >out 2>err; is $? 2 "$*"; }
usage --proxy 0 --to "$url"
has err "--recordings"
usage --proxy 0 --recordings x.db
has err "--proxy needs --to URL"
usage --listen 0 --recordings x.db
has err "--listen needs --api DEF"
usage --proxy nonsense --to "$url" --recordings x.db
has err "is no address to listen on"
usage --proxy 0 --to http://user:secret@127.0.0.1 --recordings x.db
"$statusquo" record --proxy --help >out 2>err || fail "help"
has out "--durable"
usage --proxy 0 --to nonsense --recordings x.db
has err "no http or https address"
usage --proxy 0 --to "$url" --recordings x.db --only color=red
usage --proxy 0 --to "$url" --recordings x.db --body-limit much
usage --proxy 0 --to "$url" --recordings x.db --rotate often
[ ! -e x.db ] || fail "x.db was created"

[ "$bad" = 0 ] && echo "live recording: all as expected"
[ "$bad" = 0 ]
