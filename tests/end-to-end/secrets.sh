#!/usr/bin/env bash
# Secrets in recordings: found by audit, which never prints them, replaced by redact, also in approved responses; and what
# git shows of a recording that changed.
set -uo pipefail
. tests/end-to-end/support/check.sh
export XDG_STATE_HOME=$PWD/state HOME=$PWD
unset STATUSQUO_REDACTION_KEY

jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl
key=AKIA'IOSFODNN7EXAMPLE'
exchange() { printf '{"statusquo":1,"id":"%s","name":"%s","recordedAt":"2026-01-01T00:00:00.000Z","request":{"method":"GET","path":"/a","headers":[["X-Trace","%s"]]},"backend":{"kind":"http","status":200,"headers":[],"body":"{\\"t\\":\\"%s\\",\\"card\\":4111111111111111}"}}\n' "$@"; }
exchange 01ARZ3NDEKTSV4RRFFQ69G5FAV one "$key" "$jwt" >in.ndjson

# ---- audit
run 0 import ndjson in.ndjson --recordings raw.db --no-redact
run 1 recordings audit raw.db
out "raw.db: 01ARZ3NDEKTSV4RRFFQ69G5FAV (one): request header X-Trace (aws-key)"
out 'backend body $.t (jwt)'; err "2 secrets in 1 exchanges"
! grep -qF -e "$key" -e "$jwt" out err || complain "audit prints a secret"
run 1 recordings audit raw.db --detect card; out 'backend body $.card (card)'; err "3 secrets"
run 0 recordings audit raw.db --keep jwt --keep x-trace; quiet out
run 2 recordings audit raw.db --detect cards; err 'there is no detector "cards"'
run 2 recordings audit absent.db

# ---- import replaces, and leaves what it is told to
run 0 import ndjson in.ndjson --recordings clean.db; run 0 recordings audit clean.db; quiet out
! grep -qaF -e "$key" -e "$jwt" clean.db || complain "a secret was stored"
run 0 import ndjson in.ndjson --recordings kept.db --keep aws-key; run 1 recordings audit kept.db; err "1 secrets"
run 0 import ndjson in.ndjson --recordings asked.db --detect card,email; run 0 recordings audit asked.db --detect card,email
run 2 import ndjson in.ndjson --recordings asked.db --detect crad; err 'there is no detector "crad"'

# ---- redact makes the bytes go away
run 0 recordings redact raw.db --detect card; err "secrets replaced in 1 of 1 exchanges"
run 0 recordings audit raw.db --detect card; quiet out
! grep -qaF -e "$key" -e "$jwt" -e 4111111111111111 raw.db || complain "redact leaves bytes of a secret"

# ---- git diff, as store/README.md says
if command -v git >/dev/null; then
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
  commit() { git -c user.name=t -c user.email=t@example.com commit -q "$@"; }
  git init -q . && echo '*.db diff=statusquo' >.gitattributes
  git config diff.statusquo.textconv "'$program' export ndjson --recordings"
  git add clean.db .gitattributes && commit -m one
  run 0 recordings redact clean.db # writes the file anew
  git diff --quiet --no-textconv clean.db && complain "the file's bytes didn't change: the next check says nothing"
  git diff clean.db >out 2>err
  grep -q '^[-+][^-+]' out && complain "other bytes, the same exchanges, and git shows a difference"
  exchange 01BX5ZZKBKACTAV9WEVGEMMVRZ two x y | sed 's/200/404/' >more.ndjson
  run 0 import ndjson more.ndjson --recordings clean.db
  git diff clean.db >out 2>err
  out '+{"id":"01BX5ZZKBKACTAV9WEVGEMMVRZ","name":"two"'; quiet err
  [ "$(grep -c '^[-+][^-+]' out)" = 1 ] || complain "git shows more than the added exchange"
  git add clean.db && commit -m two
  git diff HEAD~ HEAD -- clean.db >out 2>err; out '"status":404'; quiet err
fi

[ "$bad" = 0 ] && echo "secrets: $checks checks as expected"
[ "$bad" = 0 ]
