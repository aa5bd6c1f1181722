#!/bin/sh
# The node's life: start, status, verdicts, reload, drain, second start, dead children.
. "$(dirname "$0")/lib.sh"
begin node
[ "$(id -u)" = 0 ] && conf_more='user = nobody'
node_conf
if [ "$(id -u)" = 0 ]; then
    sed -i '/^user = ""/d' "$dir/muster.conf"
fi
node_run

verdicts() { sed -E 's/"id":"[^"]*",?//; s/"microseconds":[0-9]+,?//'; }
in_log() { grep -Eq "$1" "$dir/log"; }

# ---- status
status=$(m status --json)
for role in master keeper mailer scanner; do
    has "status names $role with its memory" "\"process\":\"$role\",\"index\":[0-9]+,\"pid\":[0-9]+,\"pss_kb\":[1-9][0-9]*" "$status"
done
# A node answers when its first scanner does; the others may still be opening what they need.
walled() {
    [ "$(for p in $(pids scanner) $(pids keeper) $(pids mailer); do sed -n 's/^Seccomp:\t//p' "/proc/$p/status"; done | paste -sd' ')" = "2 2 2 2" ]
}
check "every child filters its system calls" at_most 60 walled
equal "two scanners, as configured" 2 "$(pids scanner | wc -l)"
if [ "$(id -u)" = 0 ]; then
    for role in keeper mailer scanner; do
        pid=$(pids $role | head -1)
        equal "$role is not root" "$(id -u nobody)" "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' "/proc/$pid/status")"
    done
    equal "the scanner holds no capability" 0000000000000000 "$(sed -n 's/^CapEff:\t//p' "/proc/$(pids scanner | head -1)/status")"
fi

# ---- the same verdict through the node and without it
m scan --json "$mail" 2> "$dir/scan.err" | verdicts > "$dir/through"
m scan --private --json "$mail" 2>> "$dir/scan.err" | verdicts > "$dir/private"
equal "the node scanned every sample" "$(find "$mail" -name '*.eml' | wc -l)" "$(wc -l < "$dir/through")"
check "node and private scan agree to the byte" cmp "$dir/through" "$dir/private"

# ---- reload under slow connections
first=$(find "$mail" -name '*.eml' | sort | head -1)
py http "$http_port" /v1/scan "$first" "$dir/gate-http" > "$dir/http.out" 2>&1 &
http_client=$!
py spamd "$spamd_port" "$first" "$dir/gate-spamd" > "$dir/spamd.out" 2>&1 &
spamd_client=$!
py milter "$milter_port" "$first" "$dir/gate-milter" > "$dir/milter.out" 2>&1 &
milter_client=$!
for door in http spamd milter; do
    at_most 30 test -e "$dir/gate-$door.half" || bad "the slow $door client got half way"
done
before=$(pids scanner | paste -sd' ')
equal "spam begins at 5.0 before the reload" 5.0 "$(py threshold "$spamd_port" "$first")"
echo 'policy { tag = 4.0 }' >> "$dir/muster.conf"
kill -HUP "$node"
new_generation() { now=$(pids scanner | paste -sd' '); [ -n "$now" ] && [ "$(echo "$now" | wc -w)" = 2 ] && [ "$now" != "$before" ]; }
check "a reload brings new scanners" at_most 30 new_generation
equal "which have the new settings" 4.0 "$(py threshold "$spamd_port" "$first")"
for door in http spamd milter; do touch "$dir/gate-$door"; done
wait "$http_client" "$spamd_client" "$milter_client"
equal "the HTTP request begun before the reload is answered" "HTTP/1.1 200 OK" "$(cat "$dir/http.out")"
has "the spamd request too" 'SPAMD/1.[0-9] 0 EX_OK' "$(cat "$dir/spamd.out")"
has "the milter transaction too, with its headers" '^[ac] .*edits=.*[hi]' "$(cat "$dir/milter.out")"
gone() { ! kill -0 "$(echo "$before" | cut -d' ' -f1)" 2> /dev/null && ! kill -0 "$(echo "$before" | cut -d' ' -f2)" 2> /dev/null; }
check "the old scanners end once they are done" at_most 30 gone
cp "$dir/muster.conf" "$dir/good.conf"
echo 'polcy { tag = 4 }' >> "$dir/muster.conf"
kill -HUP "$node"
check "a reload with a broken file is refused with its line" at_most 20 in_log 'reload kept=.*muster.conf:[0-9]+: .*polcy'
refused() { "$MUSTER" status --config "$dir/good.conf" --json | grep -q '"reload":{"kept":"old settings and keys","error":".*'"$1"; }
check "status says so, too" at_most 20 refused polcy
cp "$dir/good.conf" "$dir/muster.conf"
check "and the node goes on" m scan "$first"

# ---- a key that cannot be read: old settings and keys stay
"$MUSTER" dkim keygen example.org --type ed25519 --out "$dir/key.pem" --config "$dir/muster.conf" > "$dir/keygen.out" 2>&1
printf 'sign "example.org" { selector = e1  key = %s }\n' "$dir/key.pem" >> "$dir/muster.conf"
kill -HUP "$node"
signs() { [ -n "$(pids signer)" ] && ! m status --json | grep -q '"reload":'; }
check "a reload with a key starts a signer" at_most 60 signs
signer=$(pids signer)
chmod 644 "$dir/key.pem"
sed -i 's/tag = 4.0/tag = 3.5/' "$dir/muster.conf"
kill -HUP "$node"
check "a reload with a key that others may read is refused" at_most 60 in_log 'reload kept=.*key.pem'
check "which status says" at_most 20 refused key.pem
equal "the old settings are in force" 4.0 "$(py threshold "$spamd_port" "$first")"
equal "and the old signer has its keys" "$signer" "$(pids signer)"
kill -KILL "$(pids keeper)"
check "a new keeper knows it, too" at_most 60 refused key.pem
chmod 600 "$dir/key.pem"
kill -HUP "$node"
lower() { [ "$(py threshold "$spamd_port" "$first")" = 3.5 ]; }
check "with the key mended the reload goes through" at_most 60 lower
check "and status is content" at_most 60 signs

# ---- second start, ports in use
# shellcheck disable=SC2046
set -- $(py ports 4)
sed "s/:$milter_port/:$1/; s/:$spamd_port/:$2/; s/:$http_port/:$3/; s/:$control_port/:$4/; s#^run = .*#run = $dir/run2#" "$dir/muster.conf" > "$dir/second.conf"
out=$("$MUSTER" serve --config "$dir/second.conf" 2>&1)
equal "a second node on the same data ends with 3" 3 $?
has "and says who has it" "in use by process $(pids keeper)" "$out"
sed "s#^run = .*#run = $dir/run3#; s#^data = .*#data = $dir/data3#" "$dir/muster.conf" > "$dir/third.conf"
out=$("$MUSTER" serve --config "$dir/third.conf" 2>&1)
equal "a port in use ends with 3" 3 $?
has "and one line names setting and address" "^muster serve: listen milter = 127.0.0.1:$milter_port: .*in use" "$out"
equal "one line only" 1 "$(printf '%s\n' "$out" | wc -l)"
check "the first node does not mind" m scan "$first"

# ---- dead children
two_up() { [ "$(pids scanner | wc -l)" = 2 ]; }
mailer_up() { [ -n "$(pids mailer)" ]; }
m learn spam "$mail/005-parcel-fee.eml" > "$dir/learn.out" 2>&1
has "a lesson is acknowledged" '^1 learned as spam' "$(cat "$dir/learn.out")"
old=$(pids keeper)
kill -KILL "$old"
new_keeper() { now=$(pids keeper) && [ -n "$now" ] && [ "$now" != "$old" ]; }
check "a killed keeper is started again" at_most 30 new_keeper
has "what it acknowledged is there" '^0 learned as spam, 1 known already' "$(m learn spam "$mail/005-parcel-fee.eml" 2>&1)"
has "the restart is logged" 'died process=keeper .*signal=9' "$(cat "$dir/log")"
at_most 30 two_up
old=$(pids scanner | head -1)
kill -KILL "$old"
two_new() { now=$(pids scanner | paste -sd' ') && [ "$(echo "$now" | wc -w)" = 2 ] && ! echo " $now " | grep -q " $old "; }
check "a killed scanner is started again" at_most 30 two_new
at_most 30 mailer_up
old=$(pids mailer)
kill -KILL "$old"
new_mailer() { now=$(pids mailer) && [ -n "$now" ] && [ "$now" != "$old" ]; }
check "a killed mailer is started again" at_most 30 new_mailer
check "and the node answers" m scan "$first"

# ---- drain
rm -f "$dir"/gate-*
py http "$http_port" /v1/scan "$first" "$dir/gate-http" > "$dir/http.out" 2>&1 &
http_client=$!
at_most 30 test -e "$dir/gate-http.half"
all="$(pids scanner) $(pids keeper) $(pids mailer)"
kill -TERM "$node"
sleep 0.5
check "it waits for the open request" kill -0 "$node"
touch "$dir/gate-http"
wait "$http_client"
equal "which is answered" "HTTP/1.1 200 OK" "$(cat "$dir/http.out")"
wait "$node"
equal "then the node ends well" 0 $?
node=
for pid in $all; do
    kill -0 "$pid" 2> /dev/null && bad "process $pid is left over"
done
node_run
has "the lesson outlives the restart" '^0 learned as spam, 1 known already' "$(m learn spam "$mail/005-parcel-fee.eml" 2>&1)"
node_stop
equal "an idle node stops at once" 0 "$stop_code"
finish
