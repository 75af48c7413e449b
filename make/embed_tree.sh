#!/bin/sh
# embed_tree.sh SYMBOL FOLDER: a C table of all files below FOLDER, by their names in it (base/embedded.h), on stdout.
set -eu
symbol=$1 folder=$2
echo '#include "base/embedded.h"'
echo "extern const embedded_file $symbol[];"
files=$(cd "$folder" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
n=0
for f in $files; do
    n=$((n + 1))
    printf 'static const unsigned char bytes_%d[] = {' $n
    od -An -v -tx1 "$folder/$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0};\n'
done
printf 'const embedded_file %s[] = {\n' "$symbol"
n=0
for f in $files; do
    n=$((n + 1))
    printf '    {"%s", bytes_%d, sizeof bytes_%d - 1},\n' "$f" $n $n
done
printf '    {0, 0, 0}};\n'
