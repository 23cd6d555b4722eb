#!/usr/bin/env bash
# replay --learn: 200 exchanges recorded twice; with the proposed rules the second run is clean, and a real change is
# still found.
set -uo pipefail
. tests/end-to-end/support/check.sh

cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: orders, version: "1"}
paths:
  /orders/{id}:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://backend.test/orders
END
# answers RUN STATE: 200 exchanges whose times, ids and counters are those of this run.
answers() {
  awk -v run="$1" -v state="$2" 'BEGIN {
    for (i = 1; i <= 200; i++)
      printf "{\"name\":\"order %d\",\"request\":{\"method\":\"GET\",\"path\":\"/orders/%d\"},\"backend\":{\"kind\":\"http\",\"status\":200,\"headers\":[[\"Content-Type\",\"application/json\"],[\"X-Served\",\"%d-%d\"]],\"body\":\"{\\\"id\\\":%d,\\\"state\\\":\\\"%s\\\",\\\"at\\\":\\\"2026-11-22T10:%02d:%02dZ\\\",\\\"trace\\\":\\\"%08x-0000-4000-8000-%012d\\\",\\\"lines\\\":[{\\\"sku\\\":%d,\\\"counter\\\":%d},{\\\"sku\\\":2,\\\"counter\\\":%d}]}\"}}\n",
        i, i, i, run, i, i == 117 ? state : "open", run, i % 60, i * run * 7919, i + run, i, i + run * 1000, run * 500 }'
}
cat >spec.yaml <<'END'
# orders
api: api.yaml
recordings: twice.db
approved: true
ignore: [header Date]  # what we know
cases: []
END
answers 1 open >first.ndjson
answers 2 open >second.ndjson
answers 2 closed >changed.ndjson
load() { "$program" import ndjson "$1" --recordings "$2" >/dev/null 2>&1 || { echo "import isn't built"; exit 77; }; }

# ---- nothing was recorded twice
load first.ndjson twice.db
run 4 replay spec.yaml --learn; err "recorded more than once"

# ---- twice: a patch, and nothing but that
load second.ndjson twice.db
cp spec.yaml before.yaml
run 1 replay spec.yaml --learn; err "200 requests were recorded again, 4 rules proposed"
checks=$((checks + 1)); cmp -s before.yaml spec.yaml || complain "the spec was changed"
checks=$((checks + 1))
diff - out >err <<'END' || complain "the patch"
--- spec.yaml
+++ spec.yaml
@@ -2,5 +2,5 @@
 api: api.yaml
 recordings: twice.db
 approved: true
-ignore: [header Date]  # what we know
+ignore: [header Date, header X-Served, {at: $.at, type: string}, {at: $.trace, type: string}, {at: '$.lines[*].counter', type: number}]  # what we know
 cases: []
END

# ---- the patch applies, and the two recordings agree
patch -s spec.yaml <out || complain "the patch doesn't apply"
run 0 replay spec.yaml --learn; err "0 rules proposed"

# ---- what the first run answered is expected of the second: with the rules it is clean, a real change is found
expect_first() { # FIRST SECOND: one case for each exchange, with the answer of SECOND and the body of FIRST
  echo 'api: api.yaml'
  grep '^ignore' "$3"
  echo 'cases:'
  paste -d '\n' "$1" "$2" | awk '{
    body = $0; sub(/.*"body":/, "", body); sub(/}}$/, "", body)
    if (NR % 2) { first = body; next }
    text = first; gsub(/\\"/, "\"", text); sub(/^"/, "", text); sub(/"$/, "", text)
    printf "  - {name: order %d, request: GET /orders/%d, backend: {status: 200, headers: {Content-Type: application/json}, body: %s}, expect: {body: %s}}\n", NR / 2, NR / 2, body, text
  }'
}
expect_first first.ndjson second.ndjson before.yaml >noisy.yaml
expect_first first.ndjson second.ndjson spec.yaml >quiet.yaml
expect_first first.ndjson changed.ndjson spec.yaml >planted.yaml
run 1 replay noisy.yaml; out "200 different"
run 0 replay quiet.yaml; out "as expected: 200 same"
run 1 replay planted.yaml; out "1 different"; out "order 117"; out '$.state  expected "open", got "closed"'
checks=$((checks + 1))
grep -qE '\$\.(at|trace)' out && complain "an ignored place is printed"

echo "$checks checks, $bad failed"
[ $bad = 0 ]
