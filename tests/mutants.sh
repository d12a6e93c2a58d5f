#!/usr/bin/env bash
# Breaks the model as tests/mutants.txt says, one line at a time, in a copy of the tree, and runs
# `fovea test` there: it must fail each time. Arguments: names of mutants (default: all). Results of
# a mutant stay where it was not noticed (build/mutants), its log in any case.
set -u
build=${BUILD:-build} copy=${BUILD:-build}/mutants killed=0 survived=0
make=${MAKE:-make}
rm -rf "$copy" && mkdir -p "$copy/build" || exit 1
# Objects come along, with their times: only what a mutant touches is built again.
tar -c --exclude='./.git' --exclude="./$build" --exclude=./out . | tar -x -C "$copy" || exit 1
tar -c -C "$build" --exclude='*/tests' release gen firmware fovea | tar -x -C "$copy/build" || exit 1
cd "$copy" || exit 1

suite() { # name: the runs that must turn red; the short ones first, the long ones where these stay green
    build/fovea test tests/golden --out "out/$1" >"out/$1.log" 2>&1
    # A state hash, or what the core did, says that something changed, not that a test would notice what.
    [ -n "$(why "$1")" ] && return 1
    build/fovea test scenes --out "out/$1" >>"out/$1.log" 2>&1 &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null; do # one that is red is enough
        [ -n "$(why "$1")" ] && kill -TERM "$pid" 2>/dev/null
        sleep 1
    done
    wait "$pid"
}
why() { # name: the first line that says what is wrong, of a scenario that failed
    awk '/^[^ ]/ {failed = /^(FAILED|BROKEN)/}
         failed && /^ / && !/results in |stats.json: (state_hash|sensor\.(core|bus))[^ ]*: expected/ {sub(/^ */, ""); print substr($0, 1, 120); exit}' "out/$1.log"
}
compile() {
    "$make" --no-print-directory -j"$(nproc)" all >out/build.log 2>&1
}
mkdir -p out
compile && suite whole || { echo "mutants: the tree is not green before"; tail -n 20 out/build.log out/whole.log; exit 1; }
rm -rf out/whole

while IFS='|' read -r name file script what; do
    read -r name <<<"$name"; read -r file <<<"$file"; read -r script <<<"$script"
    case $name in '#'* | '') continue ;; esac
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    cp -p "$file" out/original
    sed -i -E "$script" "$file"
    changed=$(diff out/original "$file" | grep -c '^>')
    if [ "$changed" -ne 1 ]; then
        result="changes $changed lines of $file, expected 1" survived=$((survived + 1))
    elif ! compile; then
        result="does not compile: $(grep -m 1 error out/build.log)" survived=$((survived + 1))
    else
        suite "$name"; code=$?
        why=$(why "$name")
        if [ "$code" -eq 1 ]; then
            result="red: $why" killed=$((killed + 1))
            rm -rf "out/$name"
        else
            result="NOT NOTICED (exit $code):$what" survived=$((survived + 1))
        fi
    fi
    printf '%-18s %s\n' "$name" "$result"
    cp out/original "$file" # with a new time, so that it is built again
done < <(sed -E 's/ +\| /|/g' tests/mutants.txt)
echo "mutants: $killed noticed, $survived not"
[ "$survived" -eq 0 ] && [ "$killed" -gt 0 ]
