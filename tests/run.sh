#!/usr/bin/env bash
# Runs test programs one after another and adds up what Check says.
# Last line: "N passed, N failed, N skipped". Exit 1 when a test failed or a program died.
set -u
passed=0 failed=0 skipped=0
log=$(mktemp) && trap 'rm -f "$log"' EXIT
for program in "$@"; do
    "$program" >"$log" 2>&1
    status=$?
    line=$(grep -E '^[0-9]+%: Checks: ' "$log" | tail -n 1)
    checks=$(sed -nE 's/.*Checks: ([0-9]+).*/\1/p' <<<"$line")
    bad=$(sed -nE 's/.*Failures: ([0-9]+), Errors: ([0-9]+).*/\1 + \2/p' <<<"$line")
    bad=$((${bad:-0}))
    skips=$(grep -c '^skipped: ' "$log")
    if [ -z "$line" ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        bad=$((bad + 1))
    fi
    good=$((${checks:-0} - bad - skips))
    [ "$good" -lt 0 ] && good=0
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
    printf '%-52s %4d passed, %d failed' "${program#*/tests/}" "$good" "$bad"
    [ "$skips" -gt 0 ] && printf ', %d skipped' "$skips"
    printf '\n'
    if [ "$bad" -ne 0 ]; then
        grep -vE '^(Running suite|[0-9]+%: Checks)' "$log" | head -n 60
    else
        grep '^skipped: ' "$log"
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$((passed + skipped))" -gt 0 ]
