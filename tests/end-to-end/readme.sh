#!/usr/bin/env bash
# README's examples run: every line "$ command" of a ```console block is executed from the top of the tree, and what
# follows it must be what it prints (times and the recording's ids masked; "..." stands for any lines).
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/test}
export PATH=$STATUSQUO_BUILD:$PATH NO_COLOR=1 LC_ALL=C.UTF-8
unset CI GITHUB_ACTIONS
work=$(mktemp -d)
trap '[ -n "${backend:-}" ] && kill "$backend" 2>/dev/null; rm -rf "$work"' EXIT
cp -r README.md specs fixtures "$work/"
"$STATUSQUO_BUILD/fixtures/backend/demo_backend" --port-file "$work/port" > /dev/null &
backend=$!
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
[ -s "$work/port" ] || { echo "the demo backend didn't start"; exit 1; }
port=$(cat "$work/port")
cd "$work"

mask() { sed -E 's/[0-9.]+ (µs|ms|s)\b/N ms/g; s/\b01[0-9A-HJKMNP-TV-Z]{24}\b/ID/g; s/[[:space:]]+$//'; }

# Prints one file for each command: NNN.command and NNN.expected.
awk '
  /^```console$/ {inside = 1; next}
  /^```/         {inside = 0; next}
  inside && /^\$ / {n++; name = sprintf("%03d", n); print substr($0, 3) > (name ".command"); printf "" > (name ".expected"); next}
  inside && n      {print > (name ".expected")}
' README.md

count=0 bad=0
for command in [0-9][0-9][0-9].command; do
  [ -e "$command" ] || break
  count=$((count + 1))
  name=${command%.command}
  sed -i "s/127\.0\.0\.1:9000/127.0.0.1:$port/g" "$command"
  bash "$command" < /dev/null 2>&1 | sed "s/127\.0\.0\.1:$port/127.0.0.1:9000/g" | mask > "$name.actual"
  mask < "$name.expected" > "$name.wanted"
  if ! perl -e '
    local $/;
    my ($wanted, $actual) = map { open(my $file, "<", $_) or die; my $text = <$file>; $text =~ s{\A\n+|\n+\z}{}g; $text } @ARGV;
    exit($actual eq "" ? 0 : 1) if $wanted eq "";
    my $pattern = join "", map { /^\s*\.\.\.$/ ? "(?:.*\n)*?" : quotemeta($_) . "\n" } split /\n/, $wanted, -1;
    exit(("$actual\n" =~ /\A$pattern\z/) ? 0 : 1);
  ' "$name.wanted" "$name.actual"
  then
    bad=$((bad + 1))
    echo "README: \$ $(cat "$command")"
    diff "$name.wanted" "$name.actual" | head -n 40
  fi
done
echo "$count examples, $bad wrong"
[ "$count" -gt 0 ] && [ "$bad" = 0 ]
