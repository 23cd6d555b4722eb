#!/usr/bin/env bash
# approve: what is written, what isn't, and a session on a pseudo-terminal, key by key.
set -uo pipefail
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
program=$(realpath "$program")
export NO_COLOR=1
unset CLICOLOR_FORCE CI
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

checks=0 bad=0
complain() {
  bad=$((bad + 1))
  printf 'FAILED: %s\n' "$1"
  sed 's/^/  out: /' out
  [ -s err ] && sed 's/^/  err: /' err
}
run() {
  local wanted=$1 status=0
  shift
  command_line="statusquo $*"
  checks=$((checks + 1))
  "$program" "$@" >out 2>err </dev/null || status=$?
  [ $status = "$wanted" ] || complain "$command_line: exit status $status, not $wanted"
}
# keys KEYS ARGUMENTS…: a session on a terminal, answered with these keys.
keys() {
  local pressed=$1
  shift
  command_line="keys '$pressed' on statusquo $*"
  : >err
  printf '%s' "$pressed" | timeout 20 script -qec "$(printf '%q ' "$program" "$@")" /dev/null 2>&1 | tr -d '\r' >out
}
out() { checks=$((checks + 1)); grep -qF -- "$1" out || complain "$command_line: standard output lacks: $1"; }
err() { checks=$((checks + 1)); grep -qF -- "$1" err || complain "$command_line: standard error lacks: $1"; }
# changed FILE: what `diff` says since `start` must be what stands on standard input.
changed() {
  checks=$((checks + 1))
  diff "before-$1" "$1" | grep '^[<>]' >out
  : >err
  diff - out >difference || complain "$command_line: $1 changed otherwise: $(cat difference)"
}

cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /pets/{petId}:
    get:
      responses: {"200": {description: ok}, "400": {description: bad}, "502": {description: bad}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/pets
        responses:
          default: {statusCode: "200"}
          '4\d{2}': {statusCode: "400", responseTemplates: {application/json: '{"code": "MISSING", "n": 1}'}}
          '5\d{2}': {statusCode: "502"}
END
cat >before-spec.yaml <<'END'
# What pets answer.
api: api.yaml      # as deployed
recordings: pets.db
approved: true

cases:
  - name: missing  # the first
    request: GET /pets/1
    backend: 404
    expect: {status: 404, body: {code: GONE, n: 1, old: x}}   # was so in spring

  # the same again
  - request: GET /pets/2
    expect:
      body:
        n: 2            # counted
        code: "MISSING" # in capitals
      status: 404       # hm
    name: missing too
    backend: 404

  - {name: said nothing, request: GET /pets/3, backend: 500}

# every status
statuses:
  GET /pets/{petId}: {2xx: 200, 4xx: 404, 500: 500}  # all of them
END
cat >exchanges.ndjson <<'END'
{"name":"found","request":{"method":"GET","path":"/pets/7"},"backend":{"kind":"http","status":200,"headers":[["Content-Type","application/json"]],"body":"{\"id\":7,\"tags\":[],\"of\":{\"deep\":[1,{\"x\":\"{[\"}]}}"}}
{"name":"another","request":{"method":"GET","path":"/pets/8"},"backend":{"kind":"http","status":503,"headers":[["Content-Type","text/plain"]],"body":"one\ntwo"}}
END
start() {
  cp before-spec.yaml spec.yaml
  rm -f pets.db spec.approved.txt
  "$program" import ndjson exchanges.ndjson --recordings pets.db >/dev/null 2>&1 || { echo "import isn't built"; exit 77; }
}

# ---- nothing is written without a choice, and never where CI is set
start
run 1 approve spec.yaml; out "0 accepted, 0 rejected, 10 left"; err "nothing was written"; changed spec.yaml </dev/null
CI=true run 2 approve spec.yaml --all; err "where CI is set"; changed spec.yaml </dev/null
run 2 approve spec.yaml --interactive; err "--interactive needs a terminal"
run 2 approve spec.yaml --only nobody; err 'nothing different or new is named "nobody"'
run 2 replay spec.yaml --breaking; err "--breaking goes with --update"

# ---- breaking ones need --breaking; --update is the same
start
run 1 approve spec.yaml --non-breaking --breaking; out "5 accepted, 0 rejected, 5 left"
changed spec.yaml <<'END'
<     expect: {status: 404, body: {code: GONE, n: 1, old: x}}   # was so in spring
>     expect: {status: 404, body: {code: MISSING, n: 1, old: x}}   # was so in spring
<         n: 2            # counted
>         n: 1            # counted
<   - {name: said nothing, request: GET /pets/3, backend: 500}
>   - {name: said nothing, request: GET /pets/3, backend: 500, expect: 502}
END
start
run 1 replay spec.yaml --update; err "need --breaking"
run 0 replay spec.yaml --update --breaking; out "5 accepted, 0 rejected, 0 left"
run 0 replay spec.yaml; out "as expected: 6 same"
run 0 approve spec.yaml; out "nothing to approve"

# ---- one by name
start
run 0 approve spec.yaml --only missing --all --breaking; out "3 accepted, 0 rejected, 0 left"
changed spec.yaml <<'END'
<     expect: {status: 404, body: {code: GONE, n: 1, old: x}}   # was so in spring
>     expect: {status: 400, body: {code: MISSING, n: 1}}   # was so in spring
END

# ---- what was recorded: the approved table, and the text beside the spec
start
run 0 approve spec.yaml --only found --only another; out "2 accepted"; err "wrote spec.approved.txt"
changed spec.yaml </dev/null
cp spec.approved.txt out; out '== GET /pets/{petId} · found'
checks=$((checks + 1))
diff - spec.approved.txt >out <<'END' || complain "the approved text"
# Approved responses of what was recorded for spec.yaml.
# Written by `statusquo approve`, for reviews: JSON is laid out, what the gateway
# generates is left out. The recording holds the bytes.

== GET /pets/{petId} · another
GET /pets/8
backend http 503
client 502
Content-Type: application/json
  one
  two
  (no newline at the end)

== GET /pets/{petId} · found
GET /pets/7
backend http 200
client 200
Content-Type: application/json
  {
    "id": 7,
    "tags": [],
    "of": {
      "deep": [
        1,
        {
          "x": "{["
        }
      ]
    }
  }
END
run 0 replay spec.yaml --filter '^(found|another)$'; out "as expected: 2 same"

# ---- variables, rows and defaults are nobody's place to edit; what stands beside them is
cat >reuse.yaml <<'END'
api: api.yaml
variables: {code: 404}
environment: [PET]
defaults:
  expect: {body: {code: GONE}}
cases:
  - name: row ${pet}
    each: [{pet: 1}]
    request: GET /pets/${pet}
    backend: ${code}
    expect:
      status: 500   # beside a variable
      json: {$.n: '${code}'}
  - {name: from outside, request: 'GET /pets/${PET}', backend: '${code}', expect: 400}
END
cp reuse.yaml before-reuse.yaml
run 2 replay reuse.yaml; err 'reuse.yaml:14:46: error: unknown variable "PET"'
PET=x run 1 replay reuse.yaml; out 'from outside  reuse.yaml:14'
run 1 replay reuse.yaml --variable PET=y --variable code=503; out "GET /pets/{petId} · backend 503"
run 2 replay reuse.yaml --variable PET; err '--variable is NAME=VALUE, not "PET"'
PET=x run 1 approve reuse.yaml --all --breaking; err "it isn't written there (an alias, a variable, a default): edit it by hand"
changed reuse.yaml <<'END'
<       status: 500   # beside a variable
>       status: 400   # beside a variable
END

# ---- a session: accept one, ask for help, reject one, skip the rest of a kind, stop
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
  start
  keys 'a?rsAq' approve spec.yaml --breaking
  out "[1/10] missing  spec.yaml:7"; out 'rule 4\d{2} (400)  api.yaml:13 · 7 to look at'; out "all 2 of this kind"
  out "reject: the mapping is wrong"; out "2 accepted, 1 rejected, 7 left"
  changed spec.yaml <<'END'
<     expect: {status: 404, body: {code: GONE, n: 1, old: x}}   # was so in spring
>     expect: {status: 400, body: {code: GONE, n: 1}}   # was so in spring
END
  start
  keys 'Raaaaaaaaaaaaaaaaaaa' approve spec.yaml --breaking; out "8 accepted, 2 rejected, 0 left"
  changed spec.yaml <<'END'
<     expect: {status: 404, body: {code: GONE, n: 1, old: x}}   # was so in spring
>     expect: {status: 404, body: {code: MISSING, n: 1}}   # was so in spring
<         n: 2            # counted
>         n: 1            # counted
<   - {name: said nothing, request: GET /pets/3, backend: 500}
>   - {name: said nothing, request: GET /pets/3, backend: 500, expect: 502}
<   GET /pets/{petId}: {2xx: 200, 4xx: 404, 500: 500}  # all of them
>   GET /pets/{petId}: {2xx: 200, 4xx: 400, 500: 502}  # all of them
END
  start
  keys 'aq' approve spec.yaml; out "this breaks clients: run again with --breaking"
  changed spec.yaml </dev/null
else
  echo "not checked: the dialogue, there is no pseudo-terminal here"
fi

echo "$checks checks, $bad failed"
[ $bad = 0 ]
