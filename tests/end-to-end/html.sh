#!/usr/bin/env bash
# The HTML report: what it holds, everywhere; how it behaves in a browser, where chromium and chromedriver are (Debian
# packages chromium and chromium-driver). Without them it ends with 77 once everything else has passed.
set -uo pipefail
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
program=$(realpath "$program")
export NO_COLOR=1
work=$(mktemp -d)
driver=
finish() {
  [ -z "$driver" ] || kill "$driver" 2>/dev/null
  [ -z "$driver" ] || wait "$driver" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
cd "$work" || exit 1

checks=0 bad=0
check() { # check WORDS CONDITION…
  local words=$1
  shift
  checks=$((checks + 1))
  "$@" || { bad=$((bad + 1)); printf 'FAILED: %s\n' "$words"; }
}
holds() { check "$1 holds: $2" grep -qF -- "$2" "$1"; }
not() { ! "$@"; }
lacks() { check "$1 doesn't hold: $2" not grep -qF -- "$2" "$1"; }

# ---- results: a few hostile ones, and many
cat >hostile.ndjson <<'END'
{"spec":"a.yaml","case":"</script><script>alert(1)</script>","line":3,"exchange":null,"operation":"GET /<b>","verdict":"different","expected":{"status":400,"headers":[],"body":"{\"a\":1,\"deep\":{\"needle\":\"x\"}}"},"actual":{"status":200,"headers":[["X","]]><!--\u0000\u001b[2J"]],"body":"{\"a\":2,\"deep\":{\"needle\":\"x\"}}"},"rule":{"statusCode":"200","selectionPattern":"\"><img src=x onerror=alert(1)>","template":null,"line":5,"file":"d.yaml"},"differences":[{"at":"status","expected":400,"actual":200,"severity":"breaking"},{"at":"$.a","expected":1,"actual":2,"severity":"risky"}],"backend":{"kind":"http","status":404},"durationUs":41}
{"spec":"a.yaml","case":"bytes","line":9,"exchange":null,"operation":"POST /b","verdict":"different","expected":{"status":200,"headers":[],"body":"a\nb\nc"},"actual":{"status":200,"headers":[],"bodyBase64":"/wBhCmIKYw=="},"rule":null,"differences":[{"at":"body","expected":"a","actual":"b","severity":"risky"}],"backend":{"kind":"http","status":200},"durationUs":41}
{"spec":"a.yaml","case":"as it was","line":12,"exchange":null,"operation":"POST /b","verdict":"same","expected":{"status":200,"headers":[],"body":"ok"},"actual":{"status":200,"headers":[],"body":"ok"},"rule":null,"differences":[],"backend":{"kind":"http","status":200},"durationUs":7}
END
awk 'BEGIN {
  for (i = 0; i < 100000; i++) {
    backend = i % 10 < 7 ? 200 : i % 10 < 9 ? 404 : 503
    different = i % 9 == 0
    printf "{\"spec\":\"shop.yaml\",\"case\":\"exchange %06d\",\"line\":null,\"exchange\":\"01M83KXW9D977ZEKE9%08d\",", i, i
    printf "\"operation\":\"GET /orders/{id%d}\",\"verdict\":\"%s\",", i % 23, different ? "different" : "same"
    printf "\"expected\":{\"status\":%d,\"headers\":[],\"body\":\"{\\\"id\\\":%d,\\\"state\\\":\\\"paid\\\"}\"},", backend, i
    printf "\"actual\":{\"status\":%d,\"headers\":[[\"Content-Type\",\"application/json\"]],\"body\":\"{\\\"id\\\":%d,\\\"state\\\":\\\"%s\\\"}\"},", different && backend == 404 ? 200 : backend, i, different ? "open" : "paid"
    printf "\"rule\":{\"statusCode\":\"200\",\"selectionPattern\":null,\"template\":null,\"line\":5,\"file\":\"d.yaml\"},\"differences\":["
    if (different) printf "{\"at\":\"$.state\",\"expected\":\"paid\",\"actual\":\"open\",\"severity\":\"%s\"}", backend == 404 ? "breaking" : "risky"
    printf "],\"backend\":{\"kind\":\"http\",\"status\":%d},\"durationUs\":%d}\n", backend, i % 97
  }
}' >many.ndjson

for name in hostile many; do
  "$program" report $name.ndjson --report html=$name.html >$name.out 2>$name.err
  check "report $name says that there are differences" [ $? = 1 ]
done

# ---- one file, nothing from elsewhere, nothing that gets out of its place
holds hostile.html "default-src 'none'"
holds hostile.html '&lt;/script&gt;&lt;script&gt;alert(1)'
holds hostile.html '\u003c/script>\u003cscript>alert(1)'
holds hostile.html ']]&gt;&lt;!--␀␛[2J'
holds hostile.html '\xff␀a'
lacks hostile.html '<script>alert'
lacks hostile.html '<img'
lacks hostile.html '<!--'
check "nothing has a source" not grep -qE '<[a-z]+ [^>]*(src|srcset|data|poster)=[^-]' hostile.html
lacks hostile.html '@import'
lacks hostile.html 'url('
lacks hostile.html ' style='
lacks hostile.html 'onclick="'
tr -d '\n\t' <hostile.html >bare
check "no control characters" not env LC_ALL=C grep -q '[[:cntrl:]]' bare
for tag in details section div table tr td th pre p span a ul li del ins mark; do
  opened=$(grep -oE "<$tag[ >]" many.html | wc -l) closed=$(grep -oF "</$tag>" many.html | wc -l)
  check "every <$tag> is closed ($opened, $closed)" [ "$opened" = "$closed" ]
done
holds many.html '11112 of 100000: 88888 same, 11112 different'
size=$(wc -c <many.html)
check "100,000 verdicts fit in 15 MB ($size bytes)" [ "$size" -lt 15000000 ]
if command -v openssl >/dev/null; then
  for tag in style script; do
    hash=$(sed -n "/<$tag>/,/<\/$tag>/p" hostile.html | perl -0pe "s/^.*?<$tag>//s; s/<\/$tag>.*\$//s" | openssl dgst -sha256 -binary | base64)
    holds hostile.html "$tag-src 'sha256-$hash'"
  done
fi

end() {
  echo "$checks checks, $bad failed"
  [ $bad = 0 ] || exit 1
  exit "$1"
}
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null || ! command -v curl >/dev/null; then
  echo "skipped: no browser here (packages chromium, chromium-driver, curl)"
  end 77
fi

# ---- in the browser, driven over WebDriver
chromedriver --port=0 >driver.log 2>&1 &
driver=$!
port=
for _ in $(seq 100); do
  port=$(sed -nE 's/.*started successfully on port ([0-9]+).*/\1/p' driver.log)
  [ -n "$port" ] && break
  sleep 0.1
done
[ -n "$port" ] || { echo "skipped: chromedriver doesn't start"; cat driver.log; end 77; }
call() { curl -sS --noproxy '*' -H 'Content-Type: application/json' --max-time 60 "http://127.0.0.1:$port/$1" "${@:2}"; }
arguments='"--headless","--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync","--disable-dev-shm-usage","--user-data-dir='$work'/profile"'
session=$(call session -d '{"capabilities":{"alwaysMatch":{"browserName":"chrome","goog:loggingPrefs":{"browser":"ALL","performance":"ALL"},"goog:chromeOptions":{"args":['"$arguments"']}}}}' |
  sed -nE 's/.*"sessionId":"([^"]+)".*/\1/p')
[ -n "$session" ] || { echo "skipped: chromium doesn't start"; cat driver.log; end 77; }
open() { call "session/$session/url" -d "{\"url\":\"file://$work/$1\"}" >/dev/null; }
# ask SCRIPT: what it returns, as text
ask() {
  local script=${1//\\/\\\\}
  call "session/$session/execute/sync" -d "{\"script\":\"return String(${script//\"/\\\"})\",\"args\":[]}" | sed -E 's/^\{"value":"?(.*[^"])"?\}$/\1/'
}
told() { # told WORDS EXPECTED SCRIPT
  local actual
  actual=$(ask "$3")
  check "$1: $2, not $actual" [ "$actual" = "$2" ]
}
search() {
  ask "(() => { const box = document.querySelector('input[type=search]'); box.value = '$1'; box.dispatchEvent(new Event('input')); })()" >/dev/null
  sleep 0.5
}

call "session/$session/url" -d '{"url":"about:blank"}' >/dev/null # the browser's own first page may ask for things
call "session/$session/se/log" -d '{"type":"performance"}' >/dev/null
open hostile.html
told "rows of the list" 3 'document.querySelectorAll(".list tbody tr").length'
told "no image was made" 0 'document.images.length'
told "the tools are shown" false 'document.getElementById("tools").hidden'
search needle
told "a word of a body is found" "1 of 3 found" 'document.getElementById("found").textContent'
told "groups follow" 1 'document.querySelectorAll(".group:not([hidden])").length'
search 'nothing has this'
told "nothing is found" "0 of 3 found" 'document.getElementById("found").textContent'
search ''
told "everything is back" 3 'document.querySelectorAll(".list tbody tr").length'
ask '[...document.querySelectorAll("#tools button")].find(b => b.textContent === "risky").click()' >/dev/null
told "the filter keeps one" "1 of 3 found" 'document.getElementById("found").textContent'
told "and says so" true '[...document.querySelectorAll("#tools button")].find(b => b.textContent === "risky").getAttribute("aria-pressed")'
ask '[...document.querySelectorAll("#tools button")].find(b => b.textContent === "risky").click()' >/dev/null
ask 'document.querySelectorAll(".list thead button")[6].click()' >/dev/null
told "sorted by time" "as it was" 'document.querySelector(".list tbody td:nth-child(2)").textContent'
ask 'document.querySelector(".map .cell a").click()' >/dev/null
told "a cell leads to its group" true 'location.hash.startsWith("#g")'
ask 'document.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true}))' >/dev/null
ask 'document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true}))' >/dev/null
told "/ leads to the search" search 'document.activeElement.type'
told "a verdict unfolds" true '(() => { const one = document.querySelector(".verdict"); one.querySelector("summary").click(); return one.open; })()'
told "its bodies stand side by side" 2 'getComputedStyle(document.querySelector(".diff .changed")).gridTemplateColumns.split(" ").length'
told "or one below the other" 1 '(() => { document.getElementById("inline").click(); return getComputedStyle(document.querySelector(".diff .changed")).gridTemplateColumns.split(" ").length; })()'
told "nothing is wider than the page" true 'document.documentElement.scrollWidth <= innerWidth'

open many.html
told "a page of the list" 100 'document.querySelectorAll(".list tbody tr").length'
search '099999'
told "the last one is found" "1 of 100000 found" 'document.getElementById("found").textContent'
loaded=$(ask 'Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd)')
echo "100,000 verdicts: $size bytes, loaded in $loaded ms"
check "100,000 verdicts load in time ($loaded ms)" [ "$loaded" -lt "${STATUSQUO_HTML_LOAD_MS:-6000}" ]

call "session/$session/se/log" -d '{"type":"browser"}' >console.log
check "the console stays empty: $(head -c 600 console.log)" grep -q '"value":\[\]' console.log
call "session/$session/se/log" -d '{"type":"performance"}' >network.log
check "requests were seen" grep -q 'requestWillBeSent' network.log
check "nothing but the files is asked for" not grep -oE '\\"url\\":\\"(https?|wss?|ftp):[^,]*' network.log
call "session/$session" -X DELETE >/dev/null
end 0
