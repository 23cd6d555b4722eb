#!/usr/bin/env bash
# What recording costs: requests a second, latency, memory, processor time an exchange and what a kill -9 loses, side by
# side in one run. Every request is a new URL: a recorder that sees only repeats isn't recording. What isn't installed
# is left out. Ratios count, not figures: both processors are shared with the load and the backend.
#   tests/bench/proxy/run.sh [ROUNDS [SECONDS [CONNECTIONS]]]      needs nginx and wrk; mitmdump when it is there
set -uo pipefail
cd "$(dirname "$0")/../../.."
rounds=${1:-3} seconds=${2:-5} connections=${3:-16}
build=${STATUSQUO_BUILD:-build/release}
statusquo=$(realpath "${STATUSQUO:-$build/statusquo}")
for needed in nginx wrk; do command -v $needed >/dev/null || { echo "skipped: $needed isn't here"; exit 77; }; done
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
backend='' proxy=''
trap 'kill $backend $proxy 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
base=$((20000 + RANDOM % 20000))
backend_port=$base port=$((base + 1))
url=http://127.0.0.1:$backend_port
mkdir "$work/html" "$work/tmp"
printf '{"id":"ord_000123","pad":"%0990d"}' 0 >"$work/html/item.json"

# nginx_conf FILE HTTP-BLOCK
nginx_conf() {
  local paths='' kind
  for kind in client_body proxy fastcgi uwsgi scgi; do paths+="${kind}_temp_path $work/tmp; "; done
  echo "daemon off; master_process off; pid $work/$1.pid; error_log $work/$1.log; worker_rlimit_nofile 4096;
    events { worker_connections 1024; } http { access_log off; keepalive_requests 100000000; $paths $2 }" >"$work/$1"
}
nginx_conf backend.conf "server { listen 127.0.0.1:$backend_port; root $work/html;
  location / { default_type application/json; open_file_cache max=10; try_files /item.json =404; } }"
nginx_conf proxy.conf "upstream b { server 127.0.0.1:$backend_port; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:$port; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ''; } }"
cat >"$work/unique.lua" <<'END'
local n, round = 0, os.getenv("ROUND")
request = function() n = n + 1; return wrk.format("GET", "/item?bid=r" .. round .. "x" .. n) end
END

# How each is started, and how many exchanges it has recorded.
start_nginx() { exec nginx -c "$work/proxy.conf"; }
start_statusquo() { exec "$statusquo" record --proxy "127.0.0.1:$port" --to "$url" --recordings "$work/r.db" >/dev/null 2>&1; }
start_durable() { exec "$statusquo" record --proxy "127.0.0.1:$port" --to "$url" --recordings "$work/r.db" --durable >/dev/null 2>&1; }
start_mitmdump() { exec mitmdump -q --listen-host 127.0.0.1 -p "$port" --mode "reverse:$url" -w "$work/flows"; }
dump_nginx() { :; }
dump_statusquo() { "$statusquo" export ndjson --recordings "$work/r.db" 2>/dev/null | grep -o '"query":\[\["bid","r[0-9]*x[0-9]*"' | sed 's/.*"r/r/;s/"$//'; }
dump_durable() { dump_statusquo; }
dump_mitmdump() { grep -ao 'bid=r[0-9]*x[0-9]*' "$work/flows" | sed 's/bid=//' | sort -u; }

tools=(nginx statusquo durable)
command -v mitmdump >/dev/null && tools+=(mitmdump)

launch() {
  rm -f "$work"/r.db* "$work/flows"
  "start_$1" &
  proxy=$!
  for _ in $(seq 150); do curl -s -m 2 -o /dev/null "http://127.0.0.1:$port/item?bid=w" && return; sleep 0.1; done
  echo "$1 didn't start"; exit 1
}
finish() { kill "-${1:-TERM}" "$proxy" 2>/dev/null; wait "$proxy" 2>/dev/null; proxy=''; }
processor() { sed 's/.*) //' "/proc/$proxy/stat" | awk '{print $12 + $13}'; } # ticks, all threads
milliseconds() { awk -v t="$1" 'BEGIN { n = t + 0; if (t ~ /us$/) n /= 1000; else if (t ~ /[0-9]s$/) n *= 1000; printf "%.2f", n }'; }

# measure TOOL ROUND: one line of results
measure() {
  launch "$1"
  ROUND=0 wrk -t1 -c"$connections" -d1s -s "$work/unique.lua" "http://127.0.0.1:$port" >/dev/null
  local before after wrk rate p99 answered memory
  before=$(processor)
  wrk=$(ROUND=$2 wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$work/unique.lua" "http://127.0.0.1:$port")
  after=$(processor)
  rate=$(sed -n 's/^Requests\/sec: *//p' <<<"$wrk") p99=$(sed -n 's/^ *99% *//p' <<<"$wrk")
  answered=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' <<<"$wrk")
  memory=$(awk '/VmHWM/{print int($2 / 1024)}' "/proc/$proxy/status")
  grep -q 'Non-2xx\|Socket errors' <<<"$wrk" && echo "note: $1: $(grep 'Non-2xx\|Socket errors' <<<"$wrk")" >&2
  finish TERM
  echo "$1 $rate $(milliseconds "$p99") $memory $(awk -v t=$((after - before)) -v n="$answered" 'BEGIN { printf "%.1f", t * 10000 / n }') $answered $("dump_$1" | grep -c "^r$2x")"
}

# kill_under_load TOOL: answered, and how many of them are not in the recording. The load is curl's, which says what was
# answered to it.
kill_under_load() {
  local clients=() client
  launch "$1"
  rm -f "$work"/answered.*
  for client in 1 2 3 4; do
    curl -s --fail-early -o /dev/null -w '%{http_code} %{url_effective}\n' "http://127.0.0.1:$port/item?bid=r9${client}x[1-1000000]" >"$work/answered.$client" 2>/dev/null &
    clients+=($!)
  done
  sleep 2
  finish KILL
  wait "${clients[@]}" 2>/dev/null
  sed -n 's/^200 .*bid=//p' "$work"/answered.* | sort >"$work/seen"
  "dump_$1" | sort >"$work/stored"
  echo "$(wc -l <"$work/seen") $(comm -23 "$work/seen" "$work/stored" | wc -l)"
}

nginx -c "$work/backend.conf" &
backend=$!
for round in $(seq "$rounds"); do
  for tool in "${tools[@]}"; do measure "$tool" "$round" >>"$work/results"; done
done
declare -A loss
for tool in "${tools[@]}"; do
  [ "$tool" = nginx ] || loss[$tool]=$(kill_under_load "$tool")
done

names() { case $1 in nginx) echo "nginx proxy_pass (records nothing)" ;; statusquo) echo "statusquo record --proxy" ;; durable) echo "statusquo record --proxy --durable" ;; *) echo "$1" ;; esac; }
echo "$connections connections, $seconds s, median of $rounds rounds (least to most); load average $(cut -d' ' -f1 /proc/loadavg) on $(getconf _NPROCESSORS_ONLN) processors"
echo
echo "| recorder | requests/s | p99 ms | memory MB | processor µs an exchange | answered -> recorded | kill -9: answered, lost |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
for tool in "${tools[@]}"; do
  grep "^$tool " "$work/results" | sort -k2 -n >"$work/sorted"
  middle=$(((rounds + 1) / 2))
  read -r _ rate p99 memory cost answered recorded < <(sed -n "${middle}p" "$work/sorted")
  least=$(head -n 1 "$work/sorted" | cut -d' ' -f2) most=$(tail -n 1 "$work/sorted" | cut -d' ' -f2)
  [ "$tool" = nginx ] && recorded=- loss[$tool]=- || loss[$tool]="${loss[$tool]/ /, }"
  printf '| %s | %.0f (%.0f to %.0f) | %s | %s | %s | %s -> %s | %s |\n' "$(names "$tool")" "$rate" "$least" "$most" "$p99" "$memory" "$cost" "$answered" "$recorded" "${loss[$tool]}"
done
