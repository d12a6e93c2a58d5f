#!/usr/bin/env bash
# build_id.sh OUT FILE...: writes the header OUT with FOVEA_BUILD, a hash of names and contents of the files;
# leaves OUT alone when it says that already, so that nothing is built anew.
set -eu
out=$1
shift
id=$(sha256sum -- "$@" | sha256sum)
line="#define FOVEA_BUILD \"${id:0:12}\""
mkdir -p "$(dirname "$out")"
[ "$(cat "$out" 2>/dev/null)" = "$line" ] || echo "$line" >"$out"
