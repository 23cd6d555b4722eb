#!/bin/bash
# statusquo render: files, literals, standard input, the filter, exit statuses.
set -u
program=${STATUSQUO:?}
[ -x "$program" ] || { echo "no program"; exit 77; }
"$program" render --help >/dev/null 2>&1 || { echo "render isn't part of this build"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# expect WHAT STATUS OUTPUT ACTUAL-STATUS ACTUAL-OUTPUT
expect() {
  [ "$2" = "$4" ] && [ "$3" = "$5" ] && return
  printf '%s\n  expected %s: %s\n  actual   %s: %s\n' "$1" "$2" "$3" "$4" "$5"
  failed=1
}
check() { # check WHAT STATUS OUTPUT ARGUMENTS…
  local what=$1 status=$2 output=$3 actual
  shift 3
  actual=$("$program" render "$@" 2>"$folder/errors")
  expect "$what" "$status" "$output" $? "$actual"
}

printf 'a\n#if($input.params("q") == "z")$input.json("$.n")#end' >"$folder/t.vtl"
printf '{"n":[1,2]}' >"$folder/body.json"
check 'files' 0 'a
[1,2]' "$folder/t.vtl" --input "@$folder/body.json" --params '{"querystring":{"q":"z"}}'
check 'an existing file needs no @' 0 '{"n":[1,2]}' '$input.body' -i "$folder/body.json"
check 'literals' 0 'prod eu 7' '$context.stage $stageVariables.region $input.path("$.id")' \
  --context '{"stage":"prod"}' --stage-variables '{"region":"eu"}' -i '{"id":7}'
check 'overrides' 0 \
  '{"output":"","responseOverride":{"header":{},"status":404},"requestOverride":{"path":{},"header":{},"querystring":{}},"error":null}' \
  --json '#set($context.responseOverride.status = 404)'
check 'numbers keep their digits' 0 '12345678901234567890123' '$context.n' -c '{"n":12345678901234567890123}'
check 'a template that fails' 2 '' '#if(1 1)x#end'
grep -q '^template:1:7: error: Encountered "1"' "$folder/errors" || { echo "reason: $(cat "$folder/errors")"; failed=1; }
check 'a file that is not there' 2 '' "$folder/none.vtl"
check 'no template' 2 ''

lines=$(printf '%s\n' '{"id":1,"template":"$input.path(\"$.a\")","input":"{\"a\":\"x\"}","note":"ours"}' '{"id":"b","template":"#if("}' |
  "$program" render --ndjson 2>&1)
expect 'the filter' 0 '{"id":1,"output":"x","responseOverride":{"header":{}},"requestOverride":{"path":{},"header":{},"querystring":{}},"error":null}
{"id":"b","output":null,"responseOverride":null,"requestOverride":null,"error":{"message":"Encountered \"<EOF>\", expected a value","line":1,"column":5}}' \
  $? "$lines"
printf 'not json\n' | "$program" render --ndjson >"$folder/out" 2>&1
expect 'a line that is no JSON' 2 '' $? ''
exit $failed
