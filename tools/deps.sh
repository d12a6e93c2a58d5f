#!/bin/sh
# Installs the packages of tools/deps.txt that are marked "yes" (with --optional: "optional" as well)
# and missing: as root or through sudo; otherwise prints the one line that does. Does nothing where
# all are there.
set -u
wanted='^yes$'
[ "${1:-}" = --optional ] && wanted='^(yes|optional)$'
list=$(dirname "$0")/deps.txt
command -v dpkg-query >/dev/null 2>&1 || { echo "deps: not a Debian system; needed: see $list" >&2; exit 0; }
missing=
for package in $(awk -v wanted="$wanted" '$1 !~ /^#/ && $2 ~ wanted {print $1}' "$list"); do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then
    as=
elif sudo -n true 2>/dev/null; then
    as=sudo
else
    echo "deps: packages are missing; run: sudo $line" >&2
    exit 1
fi
echo "deps: $line"
$as apt-get update -q >/dev/null || exit 1
DEBIAN_FRONTEND=noninteractive $as $line >/dev/null || exit 1
