# What end-to-end scripts share; sourced from the top of the tree. Finds the program, goes to a temporary folder, counts.
#   run STATUS ARGUMENTS…  runs the program and checks its exit status
#   out TEXT, err TEXT     the last run's standard output or error holds this
#   quiet out|err          it is empty
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
program=$(realpath "$program")
root=$PWD
export NO_COLOR=1
unset CLICOLOR_FORCE TEST_TOTAL_SHARDS TEST_SHARD_INDEX TEST_SHARD_STATUS_FILE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

checks=0 bad=0
complain() {
  bad=$((bad + 1))
  printf 'FAILED: %s\n' "$1"
  sed 's/^/  out: /' out
  sed 's/^/  err: /' err
}
run() {
  local wanted=$1 status=0
  shift
  command_line="statusquo $*"
  checks=$((checks + 1))
  "$program" "$@" >out 2>err </dev/null || status=$?
  [ $status = "$wanted" ] || complain "$command_line: exit status $status, not $wanted"
}
out() { checks=$((checks + 1)); grep -qF -- "$1" out || complain "$command_line: standard output lacks: $1"; }
err() { checks=$((checks + 1)); grep -qF -- "$1" err || complain "$command_line: standard error lacks: $1"; }
quiet() { checks=$((checks + 1)); [ ! -s "$1" ] || complain "$command_line: $1 isn't empty"; }
