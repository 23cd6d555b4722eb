#!/usr/bin/env bash
# Formats that replay, compare and lint share, through consumers of their own (formats/consume.py): SARIF's required
# members, TAP 14 with its blocks, JUnit's shape; hostile definitions and specs in all of them; what --help lists.
# UPDATE=1 writes the golden files (formats/lint.*, formats/replay.*) anew: read what changed before committing it.
set -uo pipefail
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
program=$(realpath "$program")
here=$(realpath "$(dirname "$0")")
golden=$here/formats
export NO_COLOR=1 PYTHONDONTWRITEBYTECODE=1
unset CLICOLOR_FORCE GITHUB_STEP_SUMMARY
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

checks=0 bad=0
check() { # check WORDS CONDITION…
  local words=$1
  shift
  checks=$((checks + 1))
  "$@" || { bad=$((bad + 1)); printf 'FAILED: %s\n' "$words"; }
}
not() { ! "$@"; }
consumed() { # consumed FORMAT FILE WHAT-IT-PRINTS
  local said
  said=$(python3 "$golden/consume.py" "$1" "$2" 2>&1) && [ "$said" = "$3" ] || { printf '%s\n' "$said" | tail -n 3; return 1; }
}
as_golden() { # as_golden NAME FILE
  [ "${UPDATE:-}" = 1 ] && cp "$2" "$golden/$1"
  check "as in formats/$1" diff -u "$golden/$1" "$2"
}
help_lists() { # help_lists VERB FORMAT…
  local verb=$1 format
  shift
  "$program" "$verb" --help >help.txt
  for format; do check "$verb --help lists $format" grep -qE "^ +$format  " help.txt; done
}
all="terminal ndjson json junit tap markdown github sarif"
# shellcheck disable=SC2086
for verb in replay report compare; do help_lists $verb $all html; done
# shellcheck disable=SC2086
help_lists lint $all

# ---- what nobody would write: ends of scripts and comments, escapes, C1, directions, separators, a byte order mark
evil='</script>]]>-->\e[31m\x9b1m\u202e\u2066\u2028\u0085\ufeff|`@all` #x ::error::%0A'
cat >'evil, 100%:é.yaml' <<END
openapi: 3.0.1
info: {title: evil, version: "1"}
paths:
  /a:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/a
        responses:
          "(4\\\\d{2}$evil": {statusCode: "404"}
          '5\d{2}': {statusCode: "503$evil"}
          default: {statusCode: "200"}
  "/$evil":
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/a
        responses:
          '4\d{2}': {statusCode: "404"}
END
printf 'openapi: 3.0.1\ninfo: {title: clean, version: "1"}\npaths: {}\n' >clean.yaml

# ---- lint
for format in $all; do
  "$program" lint 'evil, 100%:é.yaml' clean.yaml missing.yaml --format $format >lint.$format 2>/dev/null
  check "lint, $format: exit status" [ $? = 2 ]
  check "lint, $format: nothing hidden" consumed hidden lint.$format ""
  as_golden lint.$format lint.$format
done
echo "from before" >summary
GITHUB_STEP_SUMMARY=$work/summary "$program" lint 'evil, 100%:é.yaml' clean.yaml missing.yaml --format github >lint.github2 2>/dev/null
check "lint, github: the same annotations" cmp lint.github lint.github2
check "lint, github: the summary is added to" diff <(echo "from before"; cat lint.markdown) summary
findings=$(wc -l <lint.ndjson)
errors=$(grep -c '"severity":"error"' lint.ndjson)
check "lint finds something" [ "$findings" -gt 3 ]
check "lint, sarif: its members" consumed sarif lint.sarif "$findings"
check "lint, tap: a point a finding and file" consumed tap lint.tap "$((findings - errors + 1)) $((errors + 1)) 0 0"
check "lint, json: the lines of ndjson" python3 -c '
import json
assert json.load(open("lint.json"))["findings"] == [json.loads(line) for line in open("lint.ndjson", encoding="utf-8")]'
"$program" lint 'evil, 100%:é.yaml' --format tap --fail-on note >strict.tap 2>/dev/null
check "lint, tap: --fail-on note" consumed tap strict.tap "0 $findings 0 0"

# ---- replay: the spec's line, and the definition's beside it
cat >spec.yaml <<END
api: api.yaml
cases:
  - {name: fine, request: GET /a, backend: 404, expect: 404}
  - name: "evil $evil"
    request: GET /a
    backend: {status: 500, body: "$evil"}
    expect: {status: 404, body: "x$evil"}
END
cat >api.yaml <<END
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /a:
    get:
      responses: {"200": {description: ok}, "404": {description: no}, "503": {description: no}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/a
        responses:
          '4\d{2}': {statusCode: "404"}
          '5\d{2}':
            statusCode: "503"
            responseTemplates:
              application/json: |
                {"message": "\$util.escapeJavaScript(\$input.body)"}
          default: {statusCode: "200"}
END
for format in sarif tap; do
  "$program" replay spec.yaml --report $format >replay.$format 2>/dev/null
  check "replay, $format: exit status" [ $? = 1 ]
  check "replay, $format: nothing hidden" consumed hidden replay.$format ""
  as_golden replay.$format replay.$format
done
check "replay, sarif: its members" consumed sarif replay.sarif 1
check "replay, sarif: at the spec's line" grep -qF '"uri":"spec.yaml"},"region":{"startLine":4,' replay.sarif
check "replay, sarif: at the rule's line" grep -qF '"uri":"api.yaml"},"region":{"startLine":13,' replay.sarif
check "replay, tap: its lines" consumed tap replay.tap "1 1 0 0"

# ---- compare: breaking, accepted, expired, and what only recordings can tell
sed "s/'5.d{2}'/'6\\\\d{2}'/" api.yaml >new.yaml
cat >function.yaml <<END
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /a:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:a/invocations
        responses:
          default: {statusCode: "200"}
END
"$program" compare api.yaml new.yaml --report ndjson=groups --report tap=old.tap --report sarif=old.sarif >/dev/null 2>&1
check "compare: exit status" [ $? = 1 ]
groups=$(grep -c '"fingerprint"' groups)
check "compare, sarif: its members" consumed sarif old.sarif "$groups"
check "compare, tap: its lines" consumed tap old.tap "0 $groups 0 0"
python3 - "$evil" >accepted.yaml <<'END'
import json
import sys
for line in open("groups", encoding="utf-8"):
    group = json.loads(line)
    if "fingerprint" in group:
        print('- {fingerprint: "%s", reason: "agreed %s", owner: me, expires: 2027-01-31}' % (group["fingerprint"], sys.argv[1]))
END
"$program" compare api.yaml new.yaml --accepted accepted.yaml --today 2027-01-01 --report tap=accepted.tap --report sarif=accepted.sarif >/dev/null 2>&1
check "compare: accepted" [ $? = 0 ]
check "compare, tap: what is accepted is still to do" consumed tap accepted.tap "0 0 $groups 0"
check "compare, sarif: what is accepted is suppressed" [ "$(grep -c '"suppressions":\[{"kind":"external"' accepted.sarif)" = "$groups" ]
check "compare, sarif: its members" consumed sarif accepted.sarif "$groups"
for format in tap sarif; do check "compare, $format: nothing hidden" consumed hidden accepted.$format ""; done
"$program" compare api.yaml new.yaml --accepted accepted.yaml --today 2027-03-01 --report tap=expired.tap >/dev/null 2>&1
check "compare: expired" [ $? = 1 ]
check "compare, tap: an expired entry fails" grep -qE '^not ok [0-9]+ - accept list: [0-9a-f]+ expired on 2027-01-31$' expired.tap

"$program" compare api.yaml function.yaml --report junit=function.junit --report tap=function.tap >function.txt 2>function.err
status=$?
check "compare: nothing could be tried" [ $status = 4 ]
check "compare: and that is said" grep -q 'nothing could be tried: only recordings can tell' function.err
check "compare: in the verdict" grep -q '^undecided: no difference found; only recordings can tell about 1 changed operation (--recordings)$' function.txt
check "compare, tap: skipped" consumed tap function.tap "0 0 0 1"
check "compare, junit: skipped" grep -q 'skipped="1"' function.junit
"$program" compare api.yaml function.yaml --allow-empty >/dev/null 2>&1
check "compare: --allow-empty" [ $? = 0 ]

# ---- JUnit
if command -v xmllint >/dev/null; then
  "$program" compare api.yaml new.yaml --report junit=compare.junit >/dev/null 2>&1
  for file in lint.junit function.junit compare.junit; do
    check "$file has the shape that CI servers read" xmllint --noout --nonet --schema "$here/reports/junit.xsd" $file
  done 2>xmllint.err
  grep -v validates xmllint.err | head -n 5
  check "lint, junit: names differ" [ -z "$(xmllint --xpath '//testcase/@name' lint.junit | sort | uniq -d)" ]
fi

echo "$checks checks, $bad failed"
[ $bad = 0 ]
