#!/usr/bin/env bash
# Runs test programs, JOBS of them at a time (default: one a processor), tells of them in the order
# given, and adds up what Check says; what failed is said again at the end.
# Last line: "N passed, N failed, N skipped". Exit 1 when a test failed or a program died.
set -u
passed=0 failed=0 skipped=0
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
jobs=${JOBS:-$(nproc)}

run() { # number program
    "$2" >"$dir/$1.log" 2>&1
    echo $? >"$dir/$1.part" && mv "$dir/$1.part" "$dir/$1.status"
}

tell() { # number program
    local log=$dir/$1.log program=$2 status line checks bad skips good
    status=$(cat "$dir/$1.status")
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
        grep -vE '^(Running suite|[0-9]+%: Checks)' "$log" | head -n 60 | tee "$dir/$1.why"
        { echo "failed: ${program#*/tests/} (exit code $status)"; head -n 12 "$dir/$1.why"; } >>"$dir/failures"
    else
        grep '^skipped: ' "$log"
    fi
    rm -f "$log"
}

programs=("$@") begun=0 told=0
while [ "$told" -lt "$#" ]; do
    while [ "$begun" -lt "$#" ] && [ "$(jobs -rp | wc -l)" -lt "$jobs" ]; do
        run "$begun" "${programs[begun]}" &
        begun=$((begun + 1))
    done
    while [ "$told" -lt "$begun" ] && [ -e "$dir/$told.status" ]; do
        tell "$told" "${programs[told]}"
        told=$((told + 1))
    done
    if [ "$told" -lt "$begun" ] && [ ! -e "$dir/$told.status" ]; then
        wait -n
        # a runner that was killed has left nothing
        [ -z "$(jobs -rp)" ] && [ ! -e "$dir/$told.status" ] && touch "$dir/$told.log" &&
            echo 137 >"$dir/$told.status"
    fi
done
[ "$failed" -eq 0 ] || cat "$dir/failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$((passed + skipped))" -gt 0 ]
