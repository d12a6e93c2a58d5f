#!/bin/sh
# embed.sh FILE...: each as a C array of bytes, named like the file without its suffix.
set -eu
for file in "$@"; do
    name=$(basename "$file")
    echo "static const unsigned char ${name%.*}[] = {"
    od -An -v -tu1 "$file" | sed -E 's/ +([0-9]+)/\1,/g'
    echo "};"
done
