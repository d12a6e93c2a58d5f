#!/bin/sh
# plot.sh FOVEA DIR NAME: DIR/NAME.svg of DIR/NAME.db, by NAME.gp beside this script; UPDATE=1: here, too.
here=$(dirname "$0")
command -v gnuplot >/dev/null || { echo "$3: no plot: gnuplot is not there (package gnuplot-nox)"; exit 0; }
[ -f "$2/$3.db" ] || exit 0
set -e
# an object in a cell, with its commas, is no matter of a plot
"$1" explore csv "$2/$3.db" | tr -d '\r' | sed 's/"{[^}]*}"/-/' >"$2/$3.csv"
"$1" explore front --csv "$2/$3.db" | tr -d '\r' >"$2/$3.front.csv"
gnuplot -e "csv = '$2/$3.csv'; front = '$2/$3.front.csv'; out = '$2/$3.svg'" "$here/style.gp" "$here/$3.gp"
[ -z "$UPDATE" ] || cp "$2/$3.svg" "$here/$3.svg"
echo "$2/$3.svg"
