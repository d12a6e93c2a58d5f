#!/usr/bin/env bash
# Runs the benchmarks: each prints "name value unit" lines. Where a peer can be built from Debian's
# packages it runs right before and after, so that a ratio is of one machine at one time.
set -u
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
for program in "$@"; do
    echo "== ${program#*/tests/}"
    "$program"
    case $program in
    */sim/event_bench)
        peer=$(dirname "$program")/systemc_bench
        if make -s "$peer" 2>/dev/null; then
            "$peer" | tee "$peer.theirs"
            "$program" | sed 's/^sim_events/systemc_methods/' >"$peer.ours"
            awk 'NR == FNR {ours[$1] = $2; next}
                 $1 in ours {ratio = ours[$1] / $2; sub("systemc_methods", "ratio_to_systemc", $1)
                             printf "%s %.1f x\n", $1, ratio}' "$peer.ours" "$peer.theirs"
        else
            echo "SystemC: not installed (libsystemc-dev, g++), no ratio"
        fi ;;
    esac
done
if [ -x "${FOVEA:-}" ] && [ -f scenes/entrance.json ]; then
    echo "== whole sensor"
    out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
    "$FOVEA" run scenes/entrance.json --frames 30 --out "$out" | grep -E '^frames'
fi
