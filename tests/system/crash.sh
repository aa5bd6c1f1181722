#!/bin/sh
# A message that crashes a scanner twice is set aside; the others go on, those too that waited for DNS
# in the scanner that died: their senders bring them again. The crash is brought about
# from outside: a library preloaded into the node raises SIGSEGV when a scanner looks at the marker.
. "$(dirname "$0")/lib.sh"
begin crash
library=${BUILD:-.}/libcrash.so
[ -e "$library" ] || skip "libcrash.so is not built"
node_env="LD_PRELOAD=$(readlink -f "$library")"
ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0:handle_segv=0
node_start
first=$mail/001-letter-from-aunt.eml
check "a harmless message is scanned" m scan "$first"
{ printf 'X-Crash-The-Scanner: now\n'; cat "$first"; } > "$dir/bad"
{ printf 'Subject: other\nX-Crash-The-Scanner: later\n'; cat "$first"; } > "$dir/bad2"
scan_bad() { timeout 60 python3 "$here/client.py" http "$http_port" /v1/scan "$1" 2>&1 | tail -1; }
crashes() { grep -c 'died process=scanner' "$dir/log"; }
two_up() { [ "$(pids scanner | wc -l)" = 2 ]; }
crashed() { [ "$(crashes)" -ge "$1" ]; }

scan_bad "$dir/bad" > "$dir/out1"
check "the scanner died of it" at_most 60 crashed 1
check "and was started again" at_most 60 two_up
check "others are scanned" m scan "$first"
scan_bad "$dir/bad" > "$dir/out2"
check "it dies of it once more" at_most 60 crashed 2
check "and is started again" at_most 60 two_up
third=$(scan_bad "$dir/bad")
has "the third time the message is set aside, with an answer" '^HTTP/1.1 5[0-9][0-9]' "$third"
equal "no scanner died of it" 2 "$(crashes)"
has "the log says so" 'set_aside' "$(cat "$dir/log")"
# Milter brings the same mail with other line ends: other bytes, which count by themselves.
through_milter() { timeout 60 python3 "$here/client.py" milter "$milter_port" "$dir/bad" '' 2>&1 | tail -1; }
has "through milter the first time the connection ends" 'hung up' "$(through_milter)"
check "a scanner died" at_most 60 crashed 3
check "and a scanner is started again" at_most 60 two_up
has "and the second time" 'hung up' "$(through_milter)"
check "a scanner died" at_most 60 crashed 4
check "and a scanner is started again" at_most 60 two_up
has "then it waits, the sender keeps it" '^(t|y 4)' "$(through_milter)"
equal "and spamd's door answers too" 'SPAMD/1.0 75 EX_TEMPFAIL' "$(py spamd "$spamd_port" "$dir/bad" 2>&1 | sed 's/^SPAMD.1.[0-9]/SPAMD\/1.0/')"
has "others are still scanned" "^$(find "$mail" -name "*.eml" | wc -l) messages:" "$(m scan "$mail")"
scan_bad "$dir/bad2" > "$dir/out3"
check "another message that crashes counts by itself" at_most 60 crashed 5
check "the node goes on" at_most 60 two_up
bytes=$(m status --json | sed 's/.*"objects":{"count":\([0-9]*\).*/\1/')
[ "${bytes:-0}" -ge 1 ] && good "a copy is kept for study" || bad "a copy is kept for study" "objects: $bytes"
node_stop
equal "and it stops well" 0 "$stop_code"

# ---- a message that waits for DNS while its scanner dies of another one, or is killed
# shellcheck disable=SC2046
set -- $(py ports 1)
dns_port=$1
python3 "$here/hostile_dns.py" "$dns_port" "$dir/asked" 2> "$dir/hostile.err" &
helpers="$helpers $!"
at_most 20 test -e "$dir/asked"
resolver=127.0.0.1@$dns_port
workers=1
conf_more='dns { dnssec = off  wait = 20s }'
node_start
one_up() { [ "$(pids scanner | wc -l)" = 1 ]; }
asked_for() { grep -q " $1\$" "$dir/asked"; }
sets_aside() { grep -c set_aside "$dir/log"; }
was_aside=$(sets_aside)
# Each look-up is of a name that was not asked before: what is silent for long is not waited for.
turn=0
bring() { # of the same bytes, by a sender of the zone $1; waits until DNS was asked for it
    MILTER_FROM="ann@$1.test" timeout 90 python3 "$here/client.py" milter "$milter_port" "$first" '' > "$dir/wait.$1" 2>&1 &
    waits=$!
    at_most 30 asked_for "$1.test"
}
die_of_another() {
    was=$(crashes)
    scan_bad "$dir/bad3" > "$dir/out4"
    at_most 60 crashed $((was + 1))
}
die_by_kill() { kill -KILL "$(pids scanner)"; }
# A slow machine may be past the deadline before the scanner dies; then another turn.
dies_waiting() { # HOW
    for _ in 1 2 3; do
        turn=$((turn + 1))
        bring "wait$turn" && "$1" && wait "$waits"
        at_most 60 one_up
        grep -q 'hung up' "$dir/wait.wait$turn" && return
    done
    return 1
}
{ printf 'X-Crash-The-Scanner: again\n'; cat "$first"; } > "$dir/bad3"
check "a scanner dies while a message waits there: its sender is told nothing and keeps it" dies_waiting die_of_another
{ printf 'X-Crash-The-Scanner: and again\n'; cat "$first"; } > "$dir/bad3"
check "and of still another" dies_waiting die_of_another
check "and is killed" dies_waiting die_by_kill
touch "$dir/asked.up"
bring waitlast
wait "$waits"
has "brought once more it is judged, and no harsher" '^[ac] ' "$(cat "$dir/wait.waitlast")"
equal "it was not blamed: nothing is set aside" "$was_aside" "$(sets_aside)"

# ---- a crash behind the wait is laid to the message that was at work
sed 's/^Subject: .*/Subject: another/' "$first" > "$dir/second"
by_marker() { MILTER_FROM=x@marker.test timeout 90 python3 "$here/client.py" milter "$milter_port" "$dir/second" '' 2>&1 | tail -1; }
has "what DNS says crashes its scan" 'hung up' "$(by_marker)"
at_most 60 one_up
has "twice" 'hung up' "$(by_marker)"
at_most 60 one_up
has "then it is set aside, and its sender keeps it" '^(t|y 4)' "$(by_marker)"
equal "it alone" $((was_aside + 1)) "$(sets_aside)"
node_stop
equal "and the node stops well" 0 "$stop_code"
finish
