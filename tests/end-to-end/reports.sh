#!/usr/bin/env bash
# Every format of `report` on hostile results (reports/results.ndjson), against golden files (reports/hostile.*), and each through a consumer of
# its kind. UPDATE=1 writes the golden files anew: read what changed before committing it.
set -uo pipefail
program=${STATUSQUO:-build/dev/statusquo}
[ -x "$program" ] || { echo "no program at $program"; exit 77; }
program=$(realpath "$program")
golden=$(realpath "$(dirname "$0")/reports")
export NO_COLOR=1
unset CLICOLOR_FORCE GITHUB_STEP_SUMMARY
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

checks=0 bad=0
check() { # check WORDS CONDITION…
  local words=$1
  shift
  checks=$((checks + 1))
  "$@" || { bad=$((bad + 1)); printf 'FAILED: %s\n' "$words"; }
}
not() { ! "$@"; }
have() { command -v "$1" >/dev/null; }

formats="terminal ndjson json junit tap markdown github sarif html"
# Of the page, what verdicts put into it: the style sheet and the script are checked by html.sh.
stable() {
  if [ "$1" = html ]; then
    sed -e '/<style>/,/<\/style>/d' -e '/^<meta http-equiv/d' -e '/<script>$/,$d' -e '/<\/main>/,$d' "$2"
  elif [ "$1" = json ] || [ "$1" = ndjson ]; then
    # Which characters stand for themselves and which as escapes is no part of the contract.
    sed -e 's/\\u202e/'$'\xe2\x80\xae''/g' -e 's/\\u009b/'$'\xc2\x9b''/g' "$2"
  else
    cat "$2"
  fi
}
# The characters that a terminal or a parser would act on.
clean() { ! tr -d '\n\t' <"$1" | LC_ALL=C grep -q '[[:cntrl:]]' && ! LC_ALL=C grep -qE $'\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$1"; }

for format in $formats; do
  "$program" report "$golden/results.ndjson" --report "$format=$format" 2>$format.err >/dev/null
  check "$format: exit status 1" [ $? = 1 ]
  check "$format: nothing on standard error" [ ! -s $format.err ]
  stable $format $format >$format.stable
  [ "${UPDATE:-}" = 1 ] && cp $format.stable "$golden/hostile.$format"
  check "$format: as in reports/hostile.$format" diff -u "$golden/hostile.$format" $format.stable
  check "$format: UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null $format
  case $format in
  json | ndjson | sarif) check "$format: no control characters" not env LC_ALL=C grep -q '[[:cntrl:]]' <(tr -d '\n' <$format) ;;
  *) check "$format: nothing that a terminal acts on" clean $format ;;
  esac
done

# ---- merged once more, results are the same results
"$program" report ndjson --verbose --report ndjson=again >/dev/null 2>&1
"$program" report again --verbose --report ndjson=twice >/dev/null 2>&1
check "results read back as they were written" cmp again twice
split -n l/3 "$golden/results.ndjson" shard-
"$program" report shard-* --report json=shards >/dev/null 2>&1
check "shards merge to the whole" cmp json shards

# ---- JUnit
if have xmllint; then
  check "JUnit has the shape that CI servers read" xmllint --noout --nonet --schema "$golden/junit.xsd" junit 2>/dev/null
  counted=$(xmllint --xpath 'concat(sum(//@tests), " ", count(//testcase), " ", sum(//@failures), " ", count(//failure), " ", sum(//@skipped), " ", count(//skipped))' junit)
  check "JUnit counts what it holds: $counted" [ "$counted" = "9 9 4 4 2 2" ]
fi
check "JUnit: no CDATA to break out of" not grep -q 'CDATA' junit

# ---- TAP: our own consumer, and Perl's where it is (which knows version 13)
awk '
  NR == 1 { if ($0 != "TAP version 14") bad = 1; next }
  /^  ---$/ { if (inside || !last_failed) bad = 1; inside = 1; next }
  /^  \.\.\.$/ { if (!inside) bad = 1; inside = 0; next }
  inside { if ($0 !~ /^( |    -|     ) [a-z]+:/) bad = 1; next }
  /^(not )?ok [0-9]+ - / {
    last_failed = /^not/; number = last_failed ? $3 : $2
    if (number != ++count) bad = 1
    next
  }
  /^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; next }
  { bad = 1 }
  END { exit bad || inside || plan != count || count != 9 }' tap
check "TAP: every line is one, numbers and plan agree" [ $? = 0 ]
if have prove; then
  sed '1s/14/13/' tap >tap13
  prove --exec cat tap13 >proved 2>&1
  check "TAP: prove counts 4 of 9: $(grep -E '^  Failed|Parse' proved | tr '\n' ' ')" grep -q 'Failed tests:  1-2, 5, 8' proved
  check "TAP: prove finds no mistake" not grep -qi 'parse error' proved
fi

# ---- Markdown: every row has five cells, fences and details come in pairs, nothing is markup
check "Markdown: rows have five cells" not grep -E '^\|' <(awk '/^```/ { skip = !skip } !skip && /^\|/ { line = $0; if (gsub(/\|/, "", line) != 6) print }' markdown)
check "Markdown: details are closed" [ "$(grep -c '^<details>' markdown)" = "$(grep -c '^</details>' markdown)" ]
awk '
  fence == "" && /^```/ { match($0, /^`+/); fence = substr($0, 1, RLENGTH); next }
  fence != "" && match($0, /^ ? ? ?`+ *$/) { run = $0; gsub(/ /, "", run); if (length(run) >= length(fence)) fence = "" }
  END { exit fence != "" }' markdown
check "Markdown: fences are closed" [ $? = 0 ]
check "Markdown: no mention, no script outside of fences" not grep -E '@all|<script' <(awk '/^```/ { skip = !skip } !skip' markdown)

# ---- GitHub: commands and nothing else; the summary is added to what is there
check "GitHub: every line is a command" not grep -vE '^::(error|notice) ' github
check "GitHub: an annotation a failing case, one at its rule, and the verdict" [ "$(wc -l <github)" = 6 ]
check "terminal: no line is a command of GitHub's runner" not grep -E '^[[:space:]]*(::|##\[)' terminal
echo "from before" >summary
GITHUB_STEP_SUMMARY=$work/summary "$program" report "$golden/results.ndjson" --report github=github2 >/dev/null
check "GitHub: the same annotations" cmp github github2
check "GitHub: the summary is added to" diff <(echo "from before"; cat markdown) summary
GITHUB_STEP_SUMMARY=$work/none "$program" report "$golden/results.ndjson" --report tap=tap2 >/dev/null
check "GitHub: other formats write no summary" [ ! -e none ]

# ---- a body in one line of 1 MB, and many that differ: every format has its limits
awk 'BEGIN {
  line = "x"; while (length(line) < 1048576) line = line line
  printf "{\"spec\":\"a.yaml\",\"case\":\"long\",\"line\":3,\"operation\":\"GET /x\",\"verdict\":\"different\","
  printf "\"expected\":{\"status\":200,\"headers\":[],\"body\":\"%s\"},\"actual\":{\"status\":200,\"headers\":[],\"body\":\"%sy%s\"},", line, line, line
  printf "\"differences\":[{\"at\":\"body\",\"expected\":\"%s\",\"actual\":\"%sy\",\"severity\":\"risky\"}],\"backend\":{\"kind\":\"http\",\"status\":200,\"body\":\"%s\"},\"durationUs\":1}\n", line, line, line
}' >long.ndjson
for format in terminal junit tap markdown github html; do
  "$program" report long.ndjson --report $format=long >/dev/null 2>&1
  size=$(wc -c <long)
  check "$format: 1 MB lines are cut ($size bytes)" [ "$size" -lt 60000 ]
  check "$format: and that is said" grep -q '1048577 bytes\|1048578 bytes\|2097153 bytes' long
done
awk 'BEGIN {
  for (i = 0; i < 5000; i++)
    printf "{\"spec\":\"a.yaml\",\"case\":\"case %d\",\"line\":%d,\"operation\":\"GET /x\",\"verdict\":\"different\",\"expected\":{\"status\":200,\"headers\":[],\"body\":\"a\"},\"actual\":{\"status\":404,\"headers\":[],\"body\":\"b\"},\"differences\":[{\"at\":\"status\",\"expected\":200,\"actual\":404,\"severity\":\"breaking\"}],\"backend\":{\"kind\":\"http\",\"status\":200},\"durationUs\":1}\n", i, i + 1
}' >many.ndjson
"$program" report many.ndjson --report markdown=many >/dev/null 2>&1
size=$(wc -m <many)
check "markdown: fits a comment ($size characters)" [ "$size" -lt 65536 ]
check "markdown: says what it left out" grep -qE "^… and [0-9]+ more that aren't as expected" many

# ---- the history of runs
for run in 1 2 3; do
  head -n $((run * 3)) "$golden/results.ndjson" >part
  "$program" report part --history runs --report html=trend.html --report markdown=trend.md >/dev/null 2>&1
  check "history: run $run ends as it would without" [ $? = 1 ]
done
check "history: a line a run" [ "$(wc -l <runs)" = 3 ]
check "history: counts" grep -qF '"totals":{"same":3,"different":3,"new":2,"unmapped":1,' <(tail -n 1 runs)
check "history: drawn" grep -qF '<h2>The last 3 runs</h2>' trend.html
check "history: a bar a run" [ "$(grep -c '<g><title>' trend.html)" = 3 ]
check "history: said in Markdown" grep -q '^not as expected, run by run: ▅▆█ (4, before 3)$' trend.md
check "history: no trend without one" not grep -q 'id="trend"' html
echo '{"at":1}' >>runs
"$program" report part --history runs >/dev/null 2>err
check "history: what isn't one is refused" [ $? = 2 ]
check "history: with its line" grep -q '^runs:4:1: error: not a run of a history' err

# ---- lint's SARIF: what code scanning asks for
cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /pets:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/pets
        responses:
          '4\d{2}': {statusCode: "400"}
END
"$program" lint api.yaml --report sarif >sarif 2>/dev/null || "$program" lint api.yaml --format sarif >sarif 2>/dev/null
for wanted in '"version":"2.1.0"' '"$schema"' '"runs":' '"driver":' '"rules":' '"results":' '"ruleId":' '"physicalLocation":' '"startLine":'; do
  check "SARIF holds $wanted" grep -qF -- "$wanted" <(tr -d ' \n' <sarif)
done

echo "$checks checks, $bad failed"
[ $bad = 0 ]
