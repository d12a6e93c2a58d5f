#!/usr/bin/env bash
# The viewer's pictures and its film: view.sh pictures|film FOVEA DIR. `pictures` makes those of the
# table; `film` a frame of the demo in slow motion, as Y4M and, with ffmpeg, as a GIF.
set -eu
what=$1 fovea=$2 out=$3
mkdir -p "$out"

# name | scenario | when | keys | size
table='
window   | scenes/entrance.json              | frame:20+900  |                | 1280x800
readout  | scenes/entrance.json              | frame:20+900  | 2              | 960x720
pixels   | scenes/entrance.json              | frame:20+900  | 2++++++++++,++ | 960x640
timeline | scenes/entrance.json              | 674.2ms       | 5              | 1280x800
npu      | scenes/entrance.json              | 675ms         | 7              | 960x640
host     | scenes/entrance.json              | 700ms         | 4              | 960x640
region   | scenes/roi_stream/region.json     | 400ms         | 4              | 960x640
'
pictures() {
    while IFS='|' read -r name scenario at keys size; do
        read -r name <<<"$name"
        [ -n "$name" ] || continue
        read -r scenario <<<"$scenario"; read -r at <<<"$at"; read -r keys <<<"$keys"; read -r size <<<"$size"
        "$fovea" view "$scenario" --screenshot "$out/$name.png" --at "$at" --keys "$keys" --size "$size" --scale 1
        echo "$out/$name.png"
    done <<<"$table"
}

film() {
    "$fovea" view scenes/entrance.json --record "$out/film.y4m" --from 400ms --to 475ms --slow 80 --fps 10 --scale 1
    echo "$out/film.y4m"
    command -v ffmpeg >/dev/null || { echo "no GIF: ffmpeg is not installed"; return; }
    ffmpeg -y -loglevel error -i "$out/film.y4m" -vf \
        'split[a][b];[a]palettegen=max_colors=80:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle' \
        "$out/film.gif"
    echo "$out/film.gif"
}

"$what"
