#!/bin/sh
# Who includes whom: fails when a folder reaches for one that it may not know, or when a library is
# included by more than its one file. The table is STYLE's: left of the colon a folder, right of it
# what its files may include from the project.
cd "$(dirname "$0")/.." || exit 1
status=0
allow() { # folder, pattern of files, allowed prefixes
    for file in $(find "$1" -maxdepth "${3:-1}" -name '*.[ch]' ! -path '*/train/*'); do
        bad=$(sed -nE 's/^#include "([^"]+)".*/\1/p' "$file" | grep -vE "$2")
        [ -z "$bad" ] || { echo "layers: $file includes $(echo "$bad" | tr '\n' ' ')"; status=1; }
    done
}
allow sim '^sim/'
allow pixel '^(pixel|sim)/'
allow isp '^(isp|sim)/'
allow mipi '^(mipi|sim)/'
allow scenes '^(scenes|sim)/'
allow npu '^(npu/[^/]+$|sim/)'
allow npu/compiler '^(npu|sim)/'
allow tools/client '^fovea_' # others copy it
for file in logic/*.[ch]; do
    case $file in logic/sensor[._]*) continue ;; esac
    bad=$(sed -nE 's/^#include "([^"]+)".*/\1/p' "$file" | grep -vE '^(logic|sim)/')
    # what registers of an application are called is the firmware's affair
    [ "$file" = logic/ccs_regs.c ] && bad=$(echo "$bad" | grep -vx firmware/include/fovea_settings.h)
    [ -z "$bad" ] || { echo "layers: $file includes $(echo "$bad" | tr '\n' ' ')"; status=1; }
done
for file in firmware/*.c firmware/include/*.h; do
    bad=$(sed -nE 's/^#include "([^"]+)".*/\1/p' "$file" | grep '/')
    [ -z "$bad" ] || { echo "layers: $file includes $bad"; status=1; }
done
one() { # header, the one file, a fuzzer
    for file in $(grep -lE "^#include <$1>" $(git ls-files '*.c' '*.h') /dev/null); do
        [ "$file" = "$2" ] || [ "$file" = "${3:-}" ] || { echo "layers: $file includes <$1>, only $2 may"; status=1; }
    done
}
one png.h sim/png.c
one cjson/cJSON.h sim/json.c
one elfutils/libdw.h tools/source_lines.c
one gelf.h tools/source_lines.c
one SDL.h tools/view/window_sdl.c
one SDL_ttf.h tools/view/window_sdl.c
one sqlite3.h tools/explore/store.c tests/tools/sweep_fuzz.c
# Code generated from onnx.proto is the exemption: <onnx.pb-c.h> belongs to npu/compiler/onnx*.c and
# to the tests that write models.
for file in $(grep -lE "^#include <(onnx.pb-c|protobuf-c/).*>" $(git ls-files '*.c' '*.h') /dev/null); do
    case $file in
    npu/compiler/onnx*.[ch] | tests/npu/onnx*.[ch]) ;;
    *) echo "layers: $file includes the ONNX reader's generated code"; status=1 ;;
    esac
done
[ "$status" -eq 0 ] && echo "layers: fine"
exit "$status"
