#!/usr/bin/env bash
# A crowd of clients: 10,000 idle connections (as far as the system allows), 500 that never finish their head, and others
# who are served meanwhile. Memory stays bounded.
set -uo pipefail
cd "$(dirname "$0")/../.."
export STATUSQUO_BUILD=${STATUSQUO_BUILD:-build/dev}
statusquo=$(realpath "${STATUSQUO:-$STATUSQUO_BUILD/statusquo}")
demo=$(realpath "$STATUSQUO_BUILD/fixtures/backend/demo_backend")
command -v curl >/dev/null && perl -MIO::Socket::INET -e 1 2>/dev/null || { echo "skipped: curl or perl isn't here"; exit 77; }
ulimit -n "$(ulimit -Hn)" 2>/dev/null
crowd=10000
descriptors=$(ulimit -n)
if [ "$descriptors" != unlimited ] && [ "$descriptors" -lt 11000 ]; then
  crowd=$((descriptors - 600))
  echo "only $crowd connections: the system allows $descriptors descriptors"
fi
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
backend='' recorder='' clients=''
trap 'kill $backend $recorder $clients 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
wait_for_file() { for _ in $(seq 600); do [ -s "$1" ] && return; sleep 0.05; done; echo "$1 didn't appear"; cat err; exit 1; }
"$demo" --port-file demo.port >/dev/null &
backend=$!
wait_for_file demo.port
"$statusquo" record --proxy 127.0.0.1:0 --to "http://127.0.0.1:$(cat demo.port)" --recordings crowd.db --port-file port --head-timeout 3 \
  --idle-timeout 600 >out 2>err &
recorder=$!
wait_for_file port
port=$(cat port)

bad=0
fail() { echo "FAILED: $*"; bad=$((bad + 1)); }
memory() { awk '/VmRSS/{print $2}' "/proc/$recorder/status" 2>/dev/null || echo 0; }
before=$(memory)
perl -MIO::Socket::INET -e '
  my ($port, $crowd) = @ARGV;
  my @all;
  for my $i (1 .. $crowd) {
    my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die "connection $i: $!";
    syswrite($client, "GET /pets HTTP/1.1\r\nHost: h\r\n") if $i <= 500;
    push @all, $client;
  }
  open(my $done, ">", "connected"); print $done scalar(@all), "\n"; close $done;
  sleep 600;
' "$port" "$crowd" 2>perl.err &
clients=$!
wait_for_file connected
after=$(memory)
for i in $(seq 20); do
  [ "$(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/pets/1")" = 200 ] || fail "request $i wasn't served"
done
sleep 4
for i in $(seq 20); do
  [ "$(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/pets/1")" = 200 ] || fail "request $i wasn't served after the deadline"
done
kill "$recorder"
status=0
wait "$recorder" || status=$?
recorder=''
[ "$status" = 0 ] || fail "exit status $status"
grep -q "recorded 40 exchanges" err || fail "$(cat err)"
grep -q "500 malformed requests refused" err || fail "unfinished heads: $(cat err)"
each=$(((after - before) * 1024 / crowd))
echo "$crowd connections, $((after / 1024)) MB, $each bytes each"
[ "$each" -lt 8192 ] || fail "an idle connection takes $each bytes"
[ "$bad" = 0 ]
