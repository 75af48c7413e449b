#!/bin/sh
# embed.sh FILE…: a C table of the files' names and bytes on stdout (base/embedded.h).
set -eu
echo '#include "base/embedded.h"'
for f in "$@"; do
    name=$(basename "$f" .ferry)
    printf 'static const unsigned char bytes_%s[] = {' "$name"
    od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0};\n'
done
printf 'const embedded_file embedded_files[] = {\n'
for f in "$@"; do
    name=$(basename "$f" .ferry)
    printf '    {"std/%s.ferry", bytes_%s, sizeof bytes_%s - 1},\n' "$name" "$name" "$name"
done
printf '    {0, 0, 0}};\n'
