#!/bin/sh
# seeds.sh FOVEA: compiles seeds of the model readers anew into those of corpus/fnp and corpus/asm,
# which grow old when the form of a program changes.
set -e
cd "$(dirname "$0")/corpus"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for old in fnp/* asm/*; do
    name=${old#*/}
    if [ -f "tflite/$name" ]; then model=$scratch/$name.tflite; cp "tflite/$name" "$model"
    else model=$scratch/$name.topo; cp "topology/$name" "$model"; fi
    "$1" compile "$model" -o "$scratch/$name.fnp" >/dev/null
    case $old in
    fnp/*) cp "$scratch/$name.fnp" "$old" ;;
    asm/*) "$1" disasm "$scratch/$name.fnp" >"$old" ;;
    esac
done
