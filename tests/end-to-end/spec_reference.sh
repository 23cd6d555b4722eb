#!/usr/bin/env bash
# specs/README.md: every example runs. A block ```yaml must pass, ```yaml fails must differ, ```yaml broken must be
# refused; a block ```text behind it must be part of what was said.
set -uo pipefail
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
program=$(realpath "$program")
root=$PWD
export NO_COLOR=1
unset CLICOLOR_FORCE TEST_TOTAL_SHARDS TEST_SHARD_INDEX TEST_SHARD_STATUS_FILE PET_HOST
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/blocks" && cp -r "$root/specs" "$root/fixtures" "$work" && cd "$work" || exit 1

awk '/^```/ && open { open = 0; close(file); next }
     /^```/ { open = 1; count++; kind = substr($0, 4); gsub(" ", "-", kind); file = sprintf("blocks/%03d.%d.%s", count, NR + 1, kind); next }
     open { print > file }' "$root/specs/README.md"

checks=0 bad=0
for block in blocks/*; do
  line=$(basename "$block" | cut -d. -f2) kind=${block##*.} wanted=0
  case $kind in
  text)
    checks=$((checks + 1))
    grep -qF -- "$(cat "$block")" said || { bad=$((bad + 1)); echo "FAILED: README.md:$line: this isn't said:"; cat said; }
    continue ;;
  yaml-fails) wanted=1 ;;
  yaml-broken) wanted=2 ;;
  yaml) ;;
  *) continue ;;
  esac
  { grep -q '^api:' "$block" || echo 'api: definitions/pets.openapi.yaml'; cat "$block"; } >specs/example.yaml
  checks=$((checks + 1)) status=0
  "$program" replay specs/example.yaml --allow-empty >said 2>&1 </dev/null || status=$?
  [ $status = $wanted ] || { bad=$((bad + 1)); echo "FAILED: README.md:$line: exit status $status, not $wanted"; cat said; }
done
[ $checks -gt 15 ] || { echo "only $checks examples"; exit 1; }
echo "$checks checks, $bad failed"
[ $bad = 0 ]
