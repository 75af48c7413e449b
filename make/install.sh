#!/bin/sh
# install.sh PACKAGE…: installs those that are missing, and says so. Nothing missing: silent and fast.
set -eu
missing=
for p in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
as=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "ferry: missing packages:$missing; install them as root" >&2; exit 1; }
    as=sudo
fi
echo "ferry: installing missing packages:$missing"
$as apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $missing >/dev/null
