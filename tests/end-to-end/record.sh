#!/usr/bin/env bash
# Recording from the demo backend: answers of every shape, a second time, interrupted, killed, refused; recordings that
# are damaged, read-only, locked or on a full disk. What was recorded once is never lost, and no secret is in the file.
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/dev}
statusquo=$(realpath "${STATUSQUO:-$STATUSQUO_BUILD/statusquo}")
demo=$(realpath "$STATUSQUO_BUILD/fixtures/backend/demo_backend")
export NO_COLOR=1 LC_ALL=C.UTF-8
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_LAMBDA STATUSQUO_REDACTION_KEY
work=$(mktemp -d)
chmod 755 "$work"
export XDG_STATE_HOME=$work/state
backend=
trap '[ -n "$backend" ] && kill "$backend" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT

"$demo" --port-file "$work/port" >"$work/demo.log" &
backend=$!
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
[ -s "$work/port" ] || { echo "the demo backend didn't start"; exit 1; }
url=http://127.0.0.1:$(cat "$work/port")
cd "$work"

bad=0
fail() { echo "FAILED: $test: $*"; sed 's/^/  | /' out err 2>/dev/null | head -n 30; bad=$((bad + 1)); }
# run STATUS COMMAND…: standard output and error go to the files out and err.
run() { local wanted=$1 status=0; shift; "$@" >out 2>err </dev/null || status=$?; [ "$status" = "$wanted" ] || fail "exit status $status, $wanted expected: $*"; }
has() { grep -qaF -- "$2" "$1" || fail "$1 lacks: $2"; }
lacks() { ! grep -qaF -- "$2" "$1" || fail "$1 has: $2"; }
count() { "$statusquo" export ndjson --recordings "$1" 2>/dev/null | wc -l; }
is() { [ "$1" = "$2" ] || fail "$1 is not $2${3:+ ($3)}"; }
alone() { for side in wal shm lock journal; do [ ! -e "$1-$side" ] || fail "$1-$side is left over"; done; }

cat >api.yaml <<'END'
openapi: "3.0.1"
info: {title: every shape, version: "1"}
paths:
  /{proxy+}:
    x-amazon-apigateway-any-method:
      parameters: [{name: proxy, in: path, required: true, schema: {type: string}}]
      responses: {}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: https://backend.example.com/{proxy}
        requestParameters: {integration.request.path.proxy: method.request.path.proxy}
END

# spec FILE RECORDING NAME=TARGET…
spec() {
  local file=$1; shift
  printf 'api: api.yaml\nrecordings: %s\nredact: [ $.access_token, $.card.number ]\ncases:\n' "$1" >"$file"; shift
  for case in "$@"; do printf '  - {name: "%s", request: "%s"}\n' "${case%%=*}" "${case#*=}" >>"$file"; done
}

test="every shape of answer"
spec shapes.yaml shapes.db missing='GET /status/404' none='GET /status/204' same='GET /status/304' early='GET /status/103' \
  switching='GET /status/101' binary='GET /binary' gzip='GET /gzip' chunked='GET /chunked' odd='GET /headers' cookies='GET /cookies' \
  secret='GET /token' moved='GET /redirect' half='GET /half' reset='GET /reset' close='GET /until-close' large='GET /large?bytes=300000' \
  empty='GET /empty' head='HEAD /pets' late='GET /never' login='GET /echo?access_token=s3cret-token'
run 0 "$statusquo" record shapes.yaml --backend "$url" --timeout 700ms
is "$(count shapes.db)" 20
has err "20 of 20 requests answered"
has err "20 recorded in shapes.db: 20 new"
alone shapes.db
"$statusquo" export ndjson --recordings shapes.db >shapes.ndjson
line() { grep -F "\"name\":\"$1\"" shapes.ndjson >line; has line "$2"; }
line missing '"status":404'
line none '"status":204'
line same '"status":304'
line early '"status":200'
line switching '"status":200'
line binary '"bodyBase64":"AAECAwQFBgcICQ'
line gzip '"bodyBase64":"H4sI'
line chunked '"body":"{\"chunked\": true, \"parts\": [1, 2, 3]}\n"'
line chunked '["Transfer-Encoding","chunked"]'
lacks line X-Trailer
line odd '["x-ODD-case","Kept As It Is"],["X-Repeat","one"],["X-Empty",""],["x-repeat","two, three"],["X-Latin",{"base64":"Y2Fm6Q=="}],["X-Repeat","one"]'
line moved '"status":302'
line half '"kind":"failure","reason":"network"'
line reset '"kind":"failure","reason":"network"'
line late '"kind":"failure","reason":"timeout"'
line close '"body":"{\"until\": \"the end\"}\n"'
line head '"status":200'
line empty '"body":""'

test="no secret is stored"
line cookies 'session=redacted-'
line cookies '; Path=/; HttpOnly'
line secret '\"access_token\": \"redacted-'
for secret in s3cret t0ken 4111111111111111; do lacks shapes.db "$secret"; done

test="the second time nothing differs, and nothing is lost"
run 0 "$statusquo" record shapes.yaml --backend "$url" --timeout 700ms
has err "0 recorded in shapes.db: 20 as before"
"$statusquo" export ndjson --recordings shapes.db >line
cmp -s line shapes.ndjson || fail "the exchanges aren't those of the first time"
cp shapes.db again.db
run 0 "$statusquo" record shapes.yaml --backend "$url" --timeout 700ms --recordings again.db --all
is "$(count again.db)" 40
run 0 "$statusquo" record shapes.yaml --backend "$url" --timeout 700ms --recordings again.db --repeat 2
is "$(count again.db)" 80
run 0 "$statusquo" recordings verify again.db
has out "good: 80 exchanges"

test="what differs is printed"
spec changing.yaml changing.db answer='GET /404'
run 0 "$statusquo" record changing.yaml --backend "$url/status"
run 1 "$statusquo" record changing.yaml --backend "$url/echo"
has out "changed: answer"
has out "status: 404 -> 200"
run 1 "$statusquo" record changing.yaml --backend "$url/reset?"
has out "  200 -> failure network"
has err "1 changed"

test="functions are invoked"
cat >functions.yaml <<'END'
openapi: "3.0.1"
info: {title: functions, version: "1"}
paths:
  /raise:
    post:
      responses: {"200": {description: always}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:raiser/invocations
        responses: {default: {statusCode: "200"}}
END
cat >function-spec.yaml <<'END'
api: functions.yaml
recordings: functions.db
cases:
  - name: raised
    request: {method: POST, path: /raise, headers: {Content-Type: application/json}, body: {error: sample 400}}
  - name: declared
    request: POST /raise
    backend: {payload: "1"}
END
run 0 "$statusquo" record function-spec.yaml --lambda-endpoint "$url"
has err "not asked: 1 with a backend of its own"
"$statusquo" export ndjson --recordings functions.db >line
has line '"functionError":"Unhandled"'
has line 'Raising 400 from within the Lambda function'
run 2 "$statusquo" record function-spec.yaml
has err "--lambda-endpoint"
has err "function-spec.yaml:4:"

test="nobody listens"
run 3 "$statusquo" record shapes.yaml --backend http://127.0.0.1:1
has err "reached nobody"
is "$(count shapes.db)" 20
run 3 "$statusquo" record shapes.yaml --backend http://no-such-host.invalid
run 3 "$statusquo" record shapes.yaml --backend "https${url#http}"
is "$(count shapes.db)" 20
spec gone.yaml gone.db "gone=GET /pets" # a failure where no answer was recorded before is kept as one
run 3 "$statusquo" record gone.yaml --backend "https${url#http}"
"$statusquo" export ndjson --recordings gone.db >line
has line '"kind":"failure","reason":"network"'
run 1 "$statusquo" record gone.yaml --backend "$url"
has out "gone"

test="an interrupt keeps what was answered"
cases=(); for i in $(seq 300); do cases+=("slow $i=GET /slow?ms=20&n=$i"); done
spec slow.yaml slow.db "${cases[@]}"
"$statusquo" record slow.yaml --backend "$url" --jobs 2 >out 2>err &
recorder=$!
sleep 1
kill -INT $recorder
status=0; wait $recorder || status=$?
is $status 3
has err interrupted
kept=$(count slow.db)
{ [ "$kept" -gt 10 ] && [ "$kept" -lt 300 ]; } || fail "$kept exchanges kept"
alone slow.db
run 0 "$statusquo" recordings verify slow.db

test="a killed recorder loses nothing that was committed"
cp slow.db killed.db
"$statusquo" record slow.yaml --backend "$url" --jobs 2 --recordings killed.db --all >out 2>err &
recorder=$!
sleep 1
kill -KILL $recorder
wait $recorder 2>/dev/null
killed=$(count killed.db)
[ "$killed" -gt $((kept + 10)) ] || fail "$killed exchanges after $kept"
run 0 "$statusquo" recordings verify killed.db
run 0 "$statusquo" record slow.yaml --backend "$url" --jobs 50 --recordings killed.db --all
is "$(count killed.db)" $((killed + 300))
alone killed.db

test="going on after an interrupt"
run 0 "$statusquo" record slow.yaml --backend "$url" --jobs 50
is "$(count slow.db)" 300
has err "$kept as before"

test="one writer at a time"
"$statusquo" record slow.yaml --backend "$url" --jobs 2 >first.out 2>first.err &
recorder=$!
sleep 0.5
run 3 "$statusquo" record slow.yaml --backend "$url"
has err "being written by another statusquo (process $recorder)"
run 0 "$statusquo" recordings list slow.db
kill -TERM $recorder
wait $recorder 2>/dev/null
run 0 "$statusquo" recordings verify slow.db

test="a damaged recording is refused"
cp shapes.db damaged.db
tr '\0' X </dev/zero | head -c 24576 | dd of=damaged.db bs=8192 seek=3 conv=notrunc 2>/dev/null
run 2 "$statusquo" recordings verify damaged.db
cat err >>out
has out damaged
head -c 20000 shapes.db >cut.db
run 2 "$statusquo" recordings verify cut.db
echo "this is no recording, but it has been here before" >text.db
cp text.db text.copy
run 2 "$statusquo" record shapes.yaml --backend "$url" --recordings text.db
has err "not a recording"
cmp -s text.db text.copy || fail "text.db was changed"

test="a read-only folder"
mkdir -m 555 locked
cp shapes.db open.db
if [ "$(id -u)" = 0 ]; then
  # For root nothing is read-only: ask as nobody.
  as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_STATE_HOME=/nonexistent "$@"; }
else
  as_nobody() { "$@"; }
fi
if as_nobody "$statusquo" --version >/dev/null 2>&1; then
  run 3 as_nobody "$statusquo" record shapes.yaml --backend "$url" --recordings locked/new.db
  has err "cannot write the recording locked/new.db"
  run 0 as_nobody "$statusquo" recordings verify open.db
else
  echo "not checked: a read-only folder (nobody can't run $statusquo)"
fi

test="a full disk"
cases=(); for i in $(seq 400); do cases+=("part $i=GET /echo/$i?$(head -c 6000 /dev/urandom | base64 -w 0 | tr -d '+/=')"); done
spec full.yaml full.db "${cases[@]}"
spec few.yaml full.db before='GET /pets/1'
run 0 "$statusquo" record few.yaml --backend "$url"
(ulimit -f 2000; run 3 "$statusquo" record full.yaml --backend "$url" --jobs 1; exit "$bad"); bad=$?
has err "error: full.db: writing"
recorded=$(sed -n 's/.* s, \([0-9]*\) recorded .*/\1/p' err)
"$statusquo" export ndjson --recordings full.db >line
has line '"name":"before"'
is "$(count full.db)" $((1 + ${recorded:-0})) "what the summary says is there"
[ "${recorded:-0}" -gt 10 ] || fail "nothing was kept from before the disk was full"
run 0 "$statusquo" recordings verify full.db

test="export and import give back the same"
run 0 "$statusquo" import ndjson shapes.ndjson --recordings copy.db
"$statusquo" export ndjson --recordings copy.db >copy.ndjson
cmp -s shapes.ndjson copy.ndjson || fail "NDJSON isn't the same after a round"
run 0 "$statusquo" export har --recordings shapes.db -o shapes.har
run 0 "$statusquo" import har shapes.har --recordings har.db
"$statusquo" export ndjson --recordings har.db >har.ndjson
"$statusquo" export ndjson --recordings shapes.db >all.ndjson
cmp -s all.ndjson har.ndjson || fail "HAR isn't the same after a round"
run 0 "$statusquo" import ndjson shapes.ndjson --recordings copy.db
has err "20 were there already"
printf '%s\n' '{"request":{"method":"GET","path":"/"},"backend":{"kind":"http","status":"x"}}' '{' >broken.ndjson
run 2 "$statusquo" import ndjson broken.ndjson --recordings copy.db
has err "broken.ndjson:1:74: error: status is no whole number"
has err "broken.ndjson:2:"
is "$(count copy.db)" 20

test="merging, pruning, redacting"
run 0 "$statusquo" recordings merge merged.db shapes.db copy.db changing.db
is "$(count merged.db)" 23
run 0 "$statusquo" recordings prune merged.db
is "$(count merged.db)" 21
run 0 "$statusquo" recordings redact merged.db --rule 'header server'
"$statusquo" export ndjson --recordings merged.db >line
lacks line demo-backend
lacks merged.db demo-backend
run 0 "$statusquo" recordings verify merged.db
alone merged.db

test="usage"
run 2 "$statusquo" record shapes.yaml --bakend x
has err "did you mean --backend"
run 2 "$statusquo" record shapes.yaml --backend 127.0.0.1
run 2 "$statusquo" record shapes.yaml --timeout soon
run 2 "$statusquo" record
run 0 "$statusquo" record --help
has out "--lambda-endpoint"
printf 'api: functions.yaml\ncases:\n  - {name: a, request: POST /raise, backend: {payload: "1"}}\n' >nothing.yaml
run 4 "$statusquo" record nothing.yaml
run 0 "$statusquo" record nothing.yaml --allow-empty

[ "$bad" = 0 ] && echo "recording: all as expected"
[ "$bad" = 0 ]
