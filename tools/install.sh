#!/usr/bin/env bash
# tools/install.sh install|uninstall: one table says where everything goes, below $DESTDIR$PREFIX.
# Wants FOVEA, BUILD, PREFIX, RV_FLAGS of the Makefile; DESTDIR may be empty.
set -eu
case $PREFIX in /*) ;; *) PREFIX=$PWD/$PREFIX ;; esac
case $PREFIX in
*[[:space:]\&\|\\]*)
    echo "install.sh: PREFIX '$PREFIX': no spaces and none of & | \\, \$(pkg-config --cflags) cannot carry them" >&2
    exit 2 ;;
esac
to=$DESTDIR$PREFIX
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

case $1 in
install)   put() { install -D -m "$1" "$2" "$to/$3/${4:-$(basename "$2")}"; } ;;
uninstall) put() { rm -f "$to/$3/${4:-$(basename "$2")}"; } ;;
*)         echo "install.sh: '$1' is neither install nor uninstall" >&2; exit 2 ;;
esac

"$FOVEA" regs --markdown >"$work/registers.md"
"$FOVEA" regs --svd >"$work/fovea.svd"
version=$("$FOVEA" --version | sed 's/^fovea \([^,]*\),.*/\1/')
sed -e "s|@PREFIX@|$PREFIX|; s|@FLAGS@|$RV_FLAGS|; s|@VERSION@|$version|" \
    firmware/fovea-firmware.pc.in >"$work/fovea-firmware.pc"

put 755 "$FOVEA" bin
for file in firmware/include/*.h "$BUILD"/gen/fovea_regs.h; do put 644 "$file" include/fovea/firmware; done
put 644 firmware/fovea.ld lib/fovea/firmware
put 644 "$BUILD"/firmware/libfoveafw.a lib/fovea/firmware
for file in "$BUILD"/firmware/*.elf; do put 755 "$file" lib/fovea/firmware; done
put 644 "$work"/fovea-firmware.pc lib/pkgconfig
for file in tools/client/*.h; do put 644 "$file" include/fovea/host; done
put 644 "$(dirname "$FOVEA")"/lib/libfovea_host.a lib
put 644 tools/client/example_host.c share/doc/fovea/tools/client
put 644 tools/client/README.md share/doc/fovea/tools/client
for file in logic/chips/*.json; do put 644 "$file" share/fovea/logic/chips; done
for file in logic/tech/*.json; do put 644 "$file" share/fovea/logic/tech; done
# Scenes in their folders, and what they name; but for what networks are trained on, and what a test
# that runs beside this has put there for a moment.
for file in scenes/*.tflite scenes/models/* npu/networks/*.topo tests/golden/plain_camera/*; do
    put 644 "$file" "share/fovea/$(dirname "$file")"
done
for file in "$BUILD"/host_*/*.bin; do put 644 "$file" "share/fovea/$(basename "$(dirname "$file")")"; done
while read -r file; do
    case $file in
    *.json | *.txt)
        sed 's|\.\./build/firmware/|../../../lib/fovea/firmware/|; s|\.\./build/host_|../host_|' "$file" >"$work/scene" ;;
    *)  cp "$file" "$work/scene" ;;
    esac
    put 644 "$work/scene" "share/fovea/$(dirname "$file")" "$(basename "$file")"
done < <(find scenes ! -path 'scenes/train/*' ! -name '*.part.json' \( -name '*.json' -o -path 'scenes/host/*.txt' -o -path 'scenes/*/*.png' \
    -o -path 'scenes/*/*.jsonl' \))
for file in "$work"/registers.md "$work"/fovea.svd README.md CHANGELOG.md LICENSE; do
    put 644 "$file" share/doc/fovea
done
for room in firmware isp logic mipi npu pixel scenes sim tools; do
    [ ! -f $room/README.md ] || put 644 $room/README.md share/doc/fovea/$room
done

if [ "$1" = uninstall ]; then
    for own in include/fovea lib/fovea share/fovea share/doc/fovea; do
        [ ! -d "$to/$own" ] || find "$to/$own" -depth -type d -empty -delete
    done
fi
