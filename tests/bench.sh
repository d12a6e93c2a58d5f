#!/usr/bin/env bash
# Runs the benchmarks: each prints "name value unit" lines. Where a peer can be built from Debian's
# packages it runs right before and after, so that a ratio is of one machine at one time.
set -u
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT

# MobileNetV1 as a program: the model where there is one, else its layers with random weights.
mobilenet()
{
    local model=${FOVEA_MODELS:-../shared/models}/mobilenet_v1_1.0_224_quant.tflite
    [ -f "$model" ] || model=npu/networks/mobilenet_v1.topo
    "${FOVEA:-build/fovea}" compile "$model" --out "$out/mobilenet.fnp" >"$out/log" || cat "$out/log"
}

for program in "$@"; do
    echo "== ${program#*/tests/}"
    case $program in
    */npu/npu_bench) mobilenet && "$program" "$out/mobilenet.fnp" | tee "$out/ours" ;;
    *) "$program" ;;
    esac
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
    */npu/npu_bench)
        peer=$(dirname "$program")/onednn_bench
        if make -s "$peer" 2>/dev/null; then
            "$peer" | tee "$out/theirs"
            for again in 2 3; do # the best of three, in turn: other work disturbs either
                "$program" "$out/mobilenet.fnp" >>"$out/ours"
                "$peer" >>"$out/theirs"
            done
            # convolutions with what makes codes of their sums, against the same 27 layers
            awk '/_layers |_best / {
                     split($1, part, "_")
                     level = part[2] == "avx512" ? "vnni" : part[2]
                     if (!best[part[1], level] || $2 < best[part[1], level])
                         best[part[1], level] = $2
                 }
                 END {
                     for (level in best)
                         if (sub("onednn" SUBSEP, "", level) && best["npu", level])
                             printf "ratio_to_onednn_%s %.2f x\n", level,
                                    best["npu", level] / best["onednn", level]
                 }' "$out/ours" "$out/theirs" | sort
        else
            echo "oneDNN: not installed (libdnnl-dev), no ratio"
        fi ;;
    esac
done
if [ -x "${FOVEA:-}" ] && [ -f scenes/entrance.json ]; then
    echo "== whole sensor"
    "$FOVEA" run scenes/entrance.json --frames 30 --out "$out/run" | grep -E '^frames'
fi
