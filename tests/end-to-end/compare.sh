#!/usr/bin/env bash
# compare from the command line: the shipped example against three altered versions, with and without recordings; exit
# codes; git revisions; the accept list; every format written, read back by what reads it, and free of what is hostile.
set -uo pipefail
cd "$(dirname "$0")/../.."
top=$PWD
statusquo=${STATUSQUO:-build/test/statusquo}
case $statusquo in /*) ;; *) statusquo=$top/$statusquo ;; esac
export NO_COLOR=1 LC_ALL=C.UTF-8
unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp specs/definitions/pets.openapi.yaml "$work/pets.yaml"
cp fixtures/recordings/pets.db "$work/pets.db"
cp -r tests/end-to-end/compare "$work/golden"
cd "$work"

bad=0 checks=0
fail() { bad=$((bad + 1)); echo "wrong: $*"; }
# expect STATUS NAME COMMAND…: runs, keeps what it printed in NAME.out and NAME.err, compares with golden/NAME.txt when
# there is one (STATUSQUO_WRITE_GOLDEN=1 writes it).
expect() {
  local status=$1 name=$2 actual
  shift 2
  checks=$((checks + 1))
  "$@" > "$name.out" 2> "$name.err" < /dev/null
  actual=$?
  # ids and dates are those of whoever recorded last
  sed -i -E 's/\b01[0-9A-HJKMNP-TV-Z]{24}\b/ID/g; s/[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT/DATE/g' "$name.out"
  [ "$actual" = "$status" ] || { fail "$name: exit $actual, not $status"; head -n 5 "$name.err"; }
  if [ -n "${STATUSQUO_WRITE_GOLDEN:-}" ] && [ -n "${golden:-}" ]; then cp "$name.out" "$top/tests/end-to-end/compare/$name.txt"; fi
  if [ -n "${golden:-}" ] && ! diff "golden/$name.txt" "$name.out" > "$name.diff"; then
    fail "$name: not as in tests/end-to-end/compare/$name.txt"
    head -n 20 "$name.diff"
  fi
}
has() { checks=$((checks + 1)); grep -qF -- "$2" "$1" || { fail "$1 lacks: $2"; head -n 20 "$1"; }; }
lacks() { checks=$((checks + 1)); ! grep -qF -- "$2" "$1" || fail "$1 holds: $2"; }

# ---- three altered versions ----
sed "s/'404': {statusCode: \"404\"}/'[45]\\\\d{2}': {statusCode: \"404\"}/" pets.yaml > regex.yaml
sed 's/"label": "\$util/"title": "$util/' pets.yaml > rename.yaml
awk '/\/pets\/\{petId\}:/ {inside = 1} inside && /^          default:/ {skip = 2; inside = 0} skip > 0 {skip--; next} {print}' pets.yaml > default.yaml
for name in regex rename default; do cmp -s pets.yaml $name.yaml && fail "$name.yaml is not altered"; done

golden=1
expect 1 regex "$statusquo" compare pets.yaml regex.yaml --recordings pets.db
expect 1 rename "$statusquo" compare pets.yaml rename.yaml --recordings pets.db
expect 1 default "$statusquo" compare pets.yaml default.yaml --recordings pets.db
expect 1 regex-alone "$statusquo" compare pets.yaml regex.yaml
expect 1 default-alone "$statusquo" compare pets.yaml default.yaml
expect 0 rename-alone "$statusquo" compare pets.yaml rename.yaml
expect 1 rename-explored "$statusquo" compare pets.yaml rename.yaml --explore 120
expect 0 same "$statusquo" compare pets.yaml pets.yaml --recordings pets.db --fail-on any
for format in markdown github junit html ndjson json tap sarif; do
  expect 1 regex-$format "$statusquo" compare pets.yaml regex.yaml --recordings pets.db --report $format
done
golden=
expect 1 again "$statusquo" compare pets.yaml rename.yaml --explore 120
checks=$((checks + 1)); cmp -s again.out rename-explored.out || fail "the same seed found something else"

echo 'what was there' > summary.md
expect 1 summary env GITHUB_STEP_SUMMARY=summary.md "$statusquo" compare pets.yaml regex.yaml --recordings pets.db --report github
checks=$((checks + 1)); (echo 'what was there'; cat regex-markdown.out) | cmp -s - summary.md || fail "the step summary isn't the markdown report"

# ---- exit codes and mistakes ----
expect 2 no-file "$statusquo" compare nothing.yaml pets.yaml
expect 2 one-operand "$statusquo" compare pets.yaml
expect 2 bad-level "$statusquo" compare pets.yaml pets.yaml --fail-on grave
expect 2 bad-format "$statusquo" compare pets.yaml pets.yaml --report markdwon
has bad-format.err 'did you mean "markdown"'
expect 2 bad-recording "$statusquo" compare pets.yaml pets.yaml --recordings pets.yaml
expect 2 bad-seconds "$statusquo" compare pets.yaml pets.yaml --explore soon
expect 4 no-operation "$statusquo" compare pets.yaml pets.yaml --operation 'GET /nothing'

expect 0 allowed-empty "$statusquo" compare pets.yaml pets.yaml --operation 'GET /nothing' --allow-empty

# ---- git ----
if command -v git > /dev/null; then
  (
    git init -q repository && cd repository && mkdir apis && cp ../pets.yaml apis/pets.yaml && git add . &&
      git -c user.name=a -c user.email=a@b.test -c commit.gpgsign=false commit -q -m one
  ) > /dev/null 2>&1
  cp regex.yaml repository/apis/pets.yaml
  expect 1 revision env -C repository "$statusquo" compare HEAD:apis/pets.yaml apis/pets.yaml
  has revision.out 'HEAD:apis/pets.yaml:136 → apis/pets.yaml:136'
  expect 2 no-path env -C repository "$statusquo" compare HEAD:nothing.yaml apis/pets.yaml
  has no-path.err "path 'nothing.yaml' does not exist in 'HEAD'"
  expect 2 no-revision env -C repository "$statusquo" compare 'nowhere;touch x:pets.yaml' apis/pets.yaml
  checks=$((checks + 1)); [ ! -e repository/x ] || fail "a shell ran"
fi

# ---- a comment has an end ----
many() { # TEMPLATE -> a definition of 400 operations
  printf 'openapi: 3.0.1\ninfo: {title: many, version: "1"}\npaths:\n'
  for i in $(seq 400); do
    printf '  /p%s:\n    get:\n      responses: {"200": {description: a}}\n      x-amazon-apigateway-integration:\n        type: http\n' "$i"
    printf '        httpMethod: GET\n        uri: http://b/\n        responses:\n          default: {statusCode: "200", responseTemplates: {application/json: "%s"}}\n' "$1"
  done
}
many before > many-old.yaml
many after > many-new.yaml
expect 0 many "$statusquo" compare many-old.yaml many-new.yaml --report markdown
has many.out 'more groups'
has many.out 'are left out: the comment ends here'
checks=$((checks + 1)); [ "$(wc -c < many.out)" -lt 65536 ] || fail "many.out doesn't fit a comment"

# ---- the accept list ----
fingerprint=$(sed -nE 's/.*\[([0-9a-f]{16})\].*/\1/p' regex.out | head -n 1)
printf -- '- fingerprint: "%s"\n  reason: agreed\n  owner: pets-team\n  expires: 2027-01-31\n' "$fingerprint" > accepted.yaml
expect 0 accepted "$statusquo" compare pets.yaml regex.yaml --recordings pets.db --accepted accepted.yaml --today 2027-01-31
expect 1 expired "$statusquo" compare pets.yaml regex.yaml --recordings pets.db --accepted accepted.yaml --today 2027-02-01
has expired.out 'expired on 2027-01-31'
expect 0 accepted-alone "$statusquo" compare pets.yaml regex.yaml --accepted accepted.yaml --today 2026-11-22

# ---- hostile recordings: a megabyte on one line, bytes that aren't text, what markup and terminals obey ----
perl -e '
  my $evil = "</script>]]>\\u0000\\u001b[31m\\u009b1m\\u202e::error::";
  for my $i (0 .. 3) {
    my $body = $i == 0 ? $evil . ("x" x 1000000) : $evil . $i;
    my $member = $i == 3 ? q("bodyBase64":"//4AG1sx") : qq("body":"$body");
    print qq({"name":"$evil","request":{"method":"GET","path":"/orders/$i"},"backend":{"kind":"http","status":50$i,$member}}\n);
  }' > hostile.ndjson
expect 0 import "$statusquo" import ndjson hostile.ndjson --recordings hostile.db
for format in terminal markdown github junit html tap sarif json ndjson; do
  expect 1 hostile-$format "$statusquo" compare pets.yaml regex.yaml --recordings hostile.db --report $format
  checks=$((checks + 1))
  perl -ne 'exit 1 if /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]/' "hostile-$format.out" || fail "hostile-$format.out holds a control character"
  checks=$((checks + 1)); [ "$(wc -c < "hostile-$format.out")" -lt 200000 ] || fail "hostile-$format.out is large"
done
lacks hostile-html.out '</script>'
lacks hostile-markdown.out '</script>'
lacks hostile-junit.out ']]>'
checks=$((checks + 1)); [ "$(grep -c '^::' hostile-github.out)" = "$(wc -l < hostile-github.out)" ] || fail "a line of hostile-github.out is no command"
if command -v python3 > /dev/null; then
  "$statusquo" compare pets.yaml regex.yaml --recordings hostile.db --report json=hostile.json --report ndjson=hostile.ndjson > /dev/null
  checks=$((checks + 1))
  python3 - << 'END' || fail "a report can't be read back"
import json, xml.dom.minidom
document = json.load(open("hostile.json", encoding="utf-8"))
assert document["schemaVersion"] == 1 and document["fails"] and document["groups"], document
lines = [json.loads(line) for line in open("hostile.ndjson", encoding="utf-8")]
assert lines[:-1] == document["groups"] and lines[-1]["totals"]["exchanges"] == 4, lines[-1]
names = [case.getAttribute("name") for case in xml.dom.minidom.parse("hostile-junit.out").getElementsByTagName("testcase")]
assert len(names) == len(set(names)) or names.count("answers as before") > 1, names
END
fi

echo "$checks checks, $bad wrong"
[ "$bad" = 0 ]
