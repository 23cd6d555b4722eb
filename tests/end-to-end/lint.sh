#!/usr/bin/env bash
# lint on the command line: exit statuses, formats, the ignore list, the table of rules in the documentation.
set -uo pipefail
cd "$(dirname "$0")/../.."
statusquo=${STATUSQUO:-build/test/statusquo}
export NO_COLOR=1
unset CI
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
check() { # name, expected status, command...
  local name=$1 expected=$2; shift 2
  "$@" > "$work/out" 2> "$work/err"
  local status=$?
  [ $status = "$expected" ] && return
  bad=$((bad + 1)); echo "$name: exit $status, expected $expected"; head -n 5 "$work/out" "$work/err"
}
has() { grep -qF -- "$1" "$work/${2:-out}" || { bad=$((bad + 1)); echo "missing: $1"; head -n 10 "$work/${2:-out}"; }; }

definition=specs/definitions/status-codes.openapi.yaml
check "errors fail" 1 "$statusquo" lint $definition
has "specs/definitions/status-codes.openapi.yaml:168:11: error: Output mapping refers to an invalid method response: 404"
check "warnings don't" 0 "$statusquo" lint specs/definitions/content.openapi.yaml
check "unless asked" 1 "$statusquo" lint specs/definitions/content.openapi.yaml --fail-on warning
check "a missing file" 2 "$statusquo" lint no-such.yaml
has "no-such.yaml" err
check "no file" 2 "$statusquo" lint
check "an unknown format" 2 "$statusquo" lint $definition --format sarf
has 'did you mean "sarif"' err

printf 'ignore:\n  - {rule: undeclared-response, operation: "GET /http/strict/{code}", reason: shows the failure, expires: 2999-01-01}\n' > "$work/ignore.yaml"
check "an accepted finding" 0 "$statusquo" lint $definition --ignore "$work/ignore.yaml"
has "1 ignored"
sed -i 's/2999/1999/' "$work/ignore.yaml"
check "an expired entry" 1 "$statusquo" lint $definition --ignore "$work/ignore.yaml"
has "expired on 1999-01-01" err
printf 'ignore:\n  - {rule: undeclared-respons, reason: x}\n' > "$work/ignore.yaml"
check "an unknown rule in the list" 2 "$statusquo" lint $definition --ignore "$work/ignore.yaml"

check "json" 1 "$statusquo" lint $definition --format json
has '{"rule":"undeclared-response","severity":"error","file":"specs/definitions/status-codes.openapi.yaml","line":168,"column":11'
check "sarif" 1 "$statusquo" lint $definition --format sarif
has '"ruleId":"undeclared-response"'
check "github" 1 "$statusquo" lint $definition --format github
has '::error title=undeclared-response,file=specs/definitions/status-codes.openapi.yaml,line=168,col=11::Output mapping'
check "summary" 0 "$statusquo" lint specs/definitions/pets.openapi.yaml --summary
has "5 operations, 14 rules, 6 templates"
check "the list" 0 "$statusquo" lint --list
has "unreachable-pattern (warning)"

"$statusquo" lint --list --format markdown > "$work/rules.md"
sed '1,/^<!-- rules -->$/d' harness/lint/README.md | diff - "$work/rules.md" > "$work/diff" ||
  { bad=$((bad + 1)); echo "harness/lint/README.md: its table isn't that of rules.inc"; head "$work/diff"; }
# Each rule has a case, or a unit test where a case can't say it.
while read -r id; do
  grep -qrE "(^| )$id(:|$)" tests/cases/lint || grep -q "\"$id\"" tests/unit/lint_test.c || { bad=$((bad + 1)); echo "no case for the rule $id"; }
done < <(sed -nE 's/^LINT_RULE\([A-Z_]+, "([a-z-]+)".*/\1/p' harness/lint/rules.inc)

if [ -d ../shared/definitions ]; then
  files=$(find ../shared/definitions -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) | sort)
  # shellcheck disable=SC2086
  check "real definitions" 0 "$statusquo" lint --summary $files
  echo "real definitions: $(wc -l < "$work/out") lines, $(grep -c operation "$work/out") files"
else
  echo "real definitions: not here, skipped"
fi
echo "$bad mistakes"
[ $bad = 0 ]
