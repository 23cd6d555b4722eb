#!/usr/bin/env bash
# The command line as a user meets it: help, mistakes, exit statuses, streams, files.
set -uo pipefail
. tests/end-to-end/support/check.sh

cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /pets/{petId}:
    get:
      responses: {"200": {description: ok}, "400": {description: bad}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/pets
        responses:
          default: {statusCode: "200"}
          '4\d{2}': {statusCode: "400"}
END
cat >good.yaml <<'END'
api: api.yaml
cases:
  - {name: found, tags: [smoke], request: GET /pets/1, backend: 200, expect: 200}
  - {name: missing, request: GET /pets/2, backend: 404, expect: 400}
END
sed 's/expect: 400/expect: 404/' good.yaml >different.yaml

# ---- help and version
run 0 --help; out "Usage: statusquo VERB"; quiet err
run 0 --version; out "statusquo 0."; out "PCRE2 10."; out "SQLite 3."; quiet err
run 2; err "Usage: statusquo VERB"; quiet out
for verb in $("$program" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  run 0 "$verb" --help; out "Usage: statusquo $verb"; out "Example"; quiet err
  run 0 "$verb" -h
  run 2 "$verb" --no-such-option; err "no-such-option"; err "see: statusquo $verb --help"; quiet out
done
run 0 replay --help; out "Options:"; out "Exit status:"

# ---- mistakes on the command line
run 2 repaly; err 'unknown verb "repaly" (did you mean "replay"?)'; quiet out
run 2 --hlep; err 'unknown option "--hlep" (did you mean "--help"?)'
run 2 replay; err "SPEC… is missing"
run 2 replay --fitler x good.yaml; err "unknown option --fitler (did you mean --filter?)"
run 2 replay --filt x good.yaml; err "unknown option --filt"
run 2 replay good.yaml --filter; err "--filter needs a value: REGEX"
run 2 replay good.yaml --verbose=yes; err "--verbose takes no value"
run 2 replay good.yaml --jobs two; err '--jobs needs a whole number, not "two"'
run 2 replay good.yaml --report junti=x; err 'unknown report format "junti" (did you mean "junit"?)'
run 2 replay good.yaml --report json --report tap; err "only one report can go to standard output"
run 2 replay good.yaml --shard 3/2; err "--shard is I/N with I from 1 to N"
run 2 replay good.yaml --filter '['; err "--filter"
run 2 replay good.yaml --color sometimes; err "--color is auto, always or never"
run 2 replay -q good.yaml; err "unknown option -q"
run 0 replay -v -j1 -f found -- good.yaml; out "✓ found"

# ---- exit statuses
run 0 replay good.yaml; out "as expected: 2 same"; quiet err
run 1 replay different.yaml; out "✗ missing  different.yaml:4"; out "status  expected 404, got 400  [breaking]"; quiet err
run 1 replay good.yaml different.yaml; out "not as expected: 1 of 4"
run 2 replay nowhere.yaml; err "nowhere.yaml"
run 3 replay good.yaml --report junit=no/such/folder/x.xml; err "can't write no/such/folder/x.xml"
run 4 replay good.yaml --filter nothing-has-this-name; err "nothing was selected to run"
run 0 replay good.yaml --filter nothing-has-this-name --allow-empty
run 0 replay good.yaml --tag smoke; out "1 same"; out "1 not selected"
run 0 replay good.yaml --operation 'GET /pets/{petId}'; out "2 same"
run 4 replay good.yaml --operation 'GET /pets'
"$program" replay good.yaml >/dev/full 2>err; [ $? = 3 ] || { command_line="replay >/dev/full"; complain "a full disk is exit 3"; }

# ---- mistakes in a spec: place, source line, caret, suggestion; all of them
cat >wrong.yaml <<'END'
api: api.yaml
cases:
  - name: one
    request: GET /pets/1
    backend: 200
    expect: {stauts: 200}
  - name: two
    request: GET /pets/1
    backend: 200
    expect: {json: {$.a: {matches: 'a('}}}
END
run 2 replay wrong.yaml
err "wrong.yaml:6:14: error:"; err 'did you mean "status"'; err '    expect: {stauts: 200}'; err "             ^"
err "wrong.yaml:10:39: error: pattern: unclosed group"
printf 'cases: [\n' >unclosed.yaml
run 2 replay unclosed.yaml; err "unclosed.yaml:"

# ---- mistakes in a definition
cp api.yaml broken-pattern.yaml; sed -i 's/4\\d{2}/4(\\d{2}/' broken-pattern.yaml
run 2 replay good.yaml --api broken-pattern.yaml; err "broken-pattern.yaml:13:"; err "4(\\d{2}"; out "status  expected 400, got 500"
out "run: statusquo replay good.yaml --api broken-pattern.yaml --filter '^missing$'"
sed "s/'4.d{2}': {statusCode: \"400\"}/'4\\\\d{2}': {statusCode: \"400\", responseTemplates: {application\/json: '#if(\$a) x'}}/" api.yaml >unclosed-if.yaml
run 2 replay good.yaml --api unclosed-if.yaml; err "unclosed-if.yaml:13:"

# ---- folders, standard input, shards, files
mkdir specs; cp good.yaml api.yaml specs/
run 0 replay specs; out "2 same"
"$program" replay - >out 2>err <good.yaml || { command_line="replay -"; complain "a spec from standard input"; }
out "2 same"
mkdir empty; run 2 replay empty; err "no spec file in this folder"
run 0 replay good.yaml --shard 1/2; out "1 same"
TEST_TOTAL_SHARDS=2 TEST_SHARD_INDEX=1 TEST_SHARD_STATUS_FILE=$work/touched run 1 replay different.yaml
[ -e touched ] || complain "TEST_SHARD_STATUS_FILE isn't touched"
run 0 replay good.yaml --report ndjson=all.ndjson --report junit=all.xml; out "as expected"
[ "$(wc -l <all.ndjson)" = 2 ] || complain "two results in all.ndjson"
ls all.*.tmp* >/dev/null 2>&1 && complain "a temporary file is left"
command -v xmllint >/dev/null && { xmllint --noout all.xml || complain "all.xml is well formed"; }

# ---- report: shards come together, the exit status is theirs
"$program" replay different.yaml --shard 1/2 --report ndjson >1.ndjson
"$program" replay different.yaml --shard 2/2 --report ndjson >2.ndjson
run 1 report 1.ndjson 2.ndjson; out "✗ missing  different.yaml:4"; out "not as expected: 1 of 2"
run 0 report 1.ndjson --report tap; out "1..1"
run 2 report good.yaml; err "good.yaml:1:"
: >none.ndjson; run 4 report none.ndjson

# ---- two specs share a recording: what a case of one speaks for isn't new in the other, unmapped is told once
cat >exchanges.ndjson <<'END'
{"name":"kept","request":{"method":"GET","path":"/pets/1"},"backend":{"kind":"http","status":404,"headers":[],"body":""}}
{"name":"fresh","request":{"method":"GET","path":"/pets/2"},"backend":{"kind":"http","status":200,"headers":[],"body":""}}
{"name":"astray","request":{"method":"GET","path":"/owners"},"backend":{"kind":"http","status":200,"headers":[],"body":""}}
END
run 0 import ndjson exchanges.ndjson --recordings shared.db
mkdir two; cp api.yaml two/
sed 's/pets/owners/' api.yaml >two/owners.yaml
printf 'api: api.yaml\ncases: [{name: kept, exchange: kept, expect: 400}]\n' >two/a.yaml
printf 'api: api.yaml\ncases: [{name: other, request: GET /pets/9, backend: 200, expect: 200}]\n' >two/b.yaml
run 0 replay two/a.yaml two/b.yaml --recordings shared.db; out "2 same, 2 new, 1 unmapped"
run 0 replay two/a.yaml --recordings shared.db; out "1 same, 1 new, 1 unmapped"; out "no operation for GET /owners"
run 0 explain --api api.yaml --recordings shared.db kept; out "Method completed with status: 400"
run 2 explain --api api.yaml --recordings shared.db kpet; err "kpet"

# ---- explain
run 0 explain good.yaml missing; out '→ "4\d{2}" gives 400'; out "Method completed with status: 400"
run 2 explain good.yaml mising; err 'no case or exchange "mising"'

# ---- colours
run 1 replay different.yaml --color always; out $'\033[31m'
run 1 replay different.yaml; grep -q $'\033' out && complain "NO_COLOR is respected"
CLICOLOR_FORCE=1 NO_COLOR= run 1 replay different.yaml; out $'\033['

# ---- a reader that goes away
"$program" replay good.yaml --verbose 2>err | true
[ -s err ] && complain "a broken pipe is silent"

echo "$checks checks, $bad bad"
[ $bad = 0 ]
