#!/usr/bin/env bash
# Runs each fuzzer for FUZZ_SECONDS, at most FUZZ_RUNS inputs, JOBS of them at a time (default: one a processor);
# with FUZZ_SEED the same inputs each time, as far as the time takes them. A corpus that grows is kept beside the
# program, in the build folder; seeds are tests/AREA/corpus/NAME where there are any.
set -u
runs=${FUZZ_RUNS:+-runs=$FUZZ_RUNS}${FUZZ_SEED:+ -seed=$FUZZ_SEED}
jobs=${JOBS:-$(nproc)}
failures=$(mktemp) && trap 'rm -f "$failures"' EXIT

run() { # program
    local program=$1 name area corpus seeds out
    name=$(basename "$program" _fuzz) area=$(basename "$(dirname "$program")")
    corpus=$program.corpus seeds=tests/$area/corpus/$name
    mkdir -p "$corpus"
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086
    if out=$("$program" $runs -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=4096 \
        -artifact_prefix="$program." "$corpus" $seeds 2>&1); then
        printf '%-28s %s\n' "$area/$name" "$(grep -oE 'Done [0-9]+ runs' <<<"$out")"
    else
        echo "$area/$name" >>"$failures"
        printf '%-28s FAILED\n%s\n' "$area/$name" "$(tail -n 40 <<<"$out")"
    fi
}

for program in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n
    done
    run "$program" &
done
wait
[ ! -s "$failures" ]
