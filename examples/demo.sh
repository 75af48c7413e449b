#!/bin/sh
# demo.sh FERRY FOLDER: the two examples, live, as people would run them; every expectation is checked. Stores stay in FOLDER.
set -eu
ferry=$1
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$2"
mkdir -p "$2"
demo=$(cd "$2" && pwd)
cp -R "$here/acme" "$here/birch" "$demo/"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n== %s\n' "$*"; }
show() { printf '$ ferry %s\n' "$*"; "$ferry" "$@"; }
# show_exit CODE ARGS: the exit code is part of what is promised
show_exit() {
    want=$1
    shift
    printf '$ ferry %s\n' "$*"
    code=0
    "$ferry" "$@" || code=$?
    printf '(exit %s)\n' "$code"
    [ "$code" = "$want" ] || { echo "demo: expected exit $want"; exit 1; }
}
# say_when NAME ARGS: what a person does as soon as the run asks for NAME, from a second terminal
say_when() {
    name=$1
    shift
    tries=0
    until "$ferry" status --format json 2>/dev/null | grep -q "\"name\": *\"$name\""; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "demo: nobody asked for $name" >&2; return 1; }
        sleep 0.2
    done
    "$ferry" "$@" >/dev/null
}

cd "$demo/acme"
say "ACME: what the compiler proves, before anything runs"
show check acme.ferry
show compile acme.ferry -o acme.fimg
say "ACME: the plan of the night"
show plan acme.ferry acme_2027
say "ACME: risk, each point explained"
show assess acme.ferry
say "ACME: two gateways, one business document: noise is not a difference"
gateways/legacy <data/samples/orders/810-037.json >legacy.x12
gateways/modern <data/samples/orders/810-037.json >modern.x12
show compare legacy.x12 modern.x12
say "ACME: would these rules have seen a defect? One price is ignored here"
show compare legacy.x12 modern.x12 --ignore IT104 --prove-rules
say "ACME: the night rehearsed, by a clock that jumps"
show run acme.ferry acme_2027 --rehearse --store "$demo/rehearsal"
say "ACME: live; the board votes and people work from a second terminal"
{
    say_when go approve go --as change_board --by ana
    say_when go approve go --as change_board --by bo
    say_when package 'done' package --as field --by fay --evidence images=4/4
    say_when first_orders 'done' first_orders --as edi_desk --by dee --evidence orders=SO-88121
} &
people=$!
show run acme.ferry acme_live --stay
wait $people
show status
show audit
show replay
say "ACME: what changed in the world"
cat platform/effects.log

cd "$demo/birch"
say "BIRCH: a map with a fault that an ordinary week hardly shows"
cp -R platform "$demo/birch-before"
show_exit 4 run birch.ferry birch_live --stay
say "BIRCH: why it went back"
show why
show status
show audit
diff -r "$demo/birch-before/routes" platform/routes && echo "The routing is what it was before the night."
say "Done. The journals are in $demo/acme/.ferry and $demo/birch/.ferry; try: ferry events --store $demo/birch/.ferry"
