#!/usr/bin/env bash
# tests/golden/AREA/CASE has a file `command` (arguments of fovea, @OUT@ for the results' folder) and a
# folder `expect`: files that the run must reproduce byte for byte. REBASE=1 rewrites them.
set -u
passed=0 failed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for command in tests/golden/*/*/command; do
    case_dir=$(dirname "$command") out=$work/$(basename "$(dirname "$command")")
    # shellcheck disable=SC2046
    if ! "$FOVEA" $(sed "s|@OUT@|$out|g" "$command") >"$work/log" 2>&1; then
        echo "$case_dir: fovea failed"; cat "$work/log"; failed=$((failed + 1)); continue
    fi
    for want in "$case_dir"/expect/*; do
        name=$(basename "$want")
        if [ -n "${REBASE:-}" ]; then cp "$out/$name" "$want"; fi
        if cmp -s "$out/$name" "$want"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1)); echo "$case_dir: $name differs"; diff "$want" "$out/$name" | head -n 10
        fi
    done
done
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
