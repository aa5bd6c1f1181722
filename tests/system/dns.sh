#!/bin/sh
# DNS that fails: name servers that are silent, lame, lie or send what is too large (hostile_dns.py),
# a resolver process that is killed, peers that hang up while their message waits, a reload
# meanwhile. Each with its answer and its time; no missing answer makes a verdict harsher.
. "$(dirname "$0")/lib.sh"
begin dns
one=${BUILD:-.}/tests/system/ask_one
[ -x "$one" ] || one=${BUILD:-.}/ask_one
[ -x "$one" ] || skip "ask_one is not built"
# shellcheck disable=SC2046
set -- $(py ports 3)
dns_port=$1
python3 "$here/hostile_dns.py" "$dns_port" "$dir/asked" 2> "$dir/hostile.err" &
helpers=$!
at_most 20 test -e "$dir/asked"
resolver=127.0.0.1@$dns_port
conf_more='dns { dnssec = off }'
node_start
printf 'resolver = none\n' > "$dir/none.conf"
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# value KEY: the number or word behind it in a line of JSON.
value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" | head -1; }
letter() {
    printf 'From: Ann <ann@%s.test>\nTo: bob@example.net\nSubject: minutes\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <%s@%s.test>\n\nDear Bob, here are the minutes of the meeting on Monday.\n' \
        "$1" "$2" "$1" > "$dir/letter.$1"
}
scan() { m scan --json --ip 192.0.2.1 --helo "mail.$1.test" --from "ann@$1.test" "$dir/letter.$1" 2>> "$dir/scan.err"; }

# ---- one kind of fault after the other ----
# zone; answer to TXT x.ZONE (none: whether the resolver or libunbound gives up first is a matter of
# moments, and so whether it is "failed" or "timeout"); time bound in ms for it, and for a whole
# message. A loaded machine is slow: three tries, each with names that were not asked before.
cat > "$dir/cases" << CASES
good ok 2000 3000
slow ok 5500 6500
silent none 5500 6500
servfail none 2000 6500
refused none 2000 6500
truncated ok 2000 3000
truncated-silent none 5500 6500
large ok 2000 3000
oversized ok 2000 3000
wrong-id none 5500 6500
wrong-name none 5500 6500
wrong-server ok 2000 3000
loop none 2000 6500
long-chain none 5500 6500
gone nxdomain 2000 3000
garbage none 5500 6500
cut none 5500 6500
many ok 2000 3000
CASES
# measure DOMAIN: sets got, ms, took; the message's verdict lies in $dir/verdict.
measure() {
    out=$("$one" "$dir/muster.conf" "TXT:x.$1.test" 2>&1)
    got=$(echo "$out" | sed -n 's/^TXT [^ ]* \([a-z]*\) .*/\1/p' | sed 's/^failed$\|^timeout$/none/')
    ms=$(echo "$out" | sed -n 's/^milliseconds //p')
    letter "$1" 1
    since=$(now_ms)
    scan "$1" > "$dir/verdict"
    took=$(($(now_ms) - since))
}
as_wanted() { [ "$got" = "$want" ] && [ "${ms:-999999}" -le "$bound" ] && [ "$took" -le "$whole" ]; }
printf '%-17s %-9s %6s | %-8s %6s %6s %6s %s\n' zone answer ms verdict score plain ms incomplete > "$dir/table"
while read -r zone want bound whole; do
    for domain in "$zone" "u.$zone" "v.$zone"; do
        measure "$domain"
        as_wanted && break
    done
    plain=$("$MUSTER" scan --private --json --config "$dir/none.conf" "$dir/letter.$domain" 2> /dev/null | value score)
    verdict=$(value verdict < "$dir/verdict")
    score=$(value score < "$dir/verdict")
    missing=$(sed -n 's/.*"incomplete":\[\([^]]*\)\].*/\1/p' "$dir/verdict")
    printf '%-17s %-9s %6s | %-8s %6s %6s %6s %s\n' "$zone" "$got" "$ms" "$verdict" "$score" "$plain" "$took" "$missing" >> "$dir/table"
    equal "$zone: the answer" "$want" "$got"
    check "$zone: within $bound ms" test "${ms:-999999}" -le "$bound"
    check "$zone: the message within $whole ms" test "$took" -le "$whole"
    if [ "$want" = none ]; then
        equal "$zone: no verdict is harsher for it" ham "$verdict"
        check "$zone: nor is the score ($score, without DNS $plain)" \
            awk "BEGIN { exit !($score <= $plain + 0.0005) }"
        has "$zone: what is missing is named" dns "$missing"
    fi
done < "$dir/cases"
cat "$dir/table"
poisoned() {
    [ "$("$one" "$dir/muster.conf" TXT:x.wrong-server.test TXT:good.test | sed -n 's/^TXT good.test ok .* \([0-9]*\) -$/\1/p')" = 26 ]
}
check "poisoned: nothing of what was not asked for is believed" at_most 30 poisoned

# ---- a silent zone does not hold up others, and comes back ----
asked_for() { grep -q "$1" "$dir/asked"; }
good_first() { # DOMAIN: a message waits for this zone, another comes later and is answered before it
    letter "$1" 1
    scan "$1" > "$dir/silent.1" &
    waits=$!
    at_most 20 asked_for "$1.test"
    letter "w$1.good" 2
    scan "w$1.good" > "$dir/good.2"
    kill -0 $waits 2> /dev/null
    first=$?
    wait $waits
    [ $first = 0 ]
}
others() { good_first a.sleeper || good_first b.sleeper || good_first c.sleeper; }
check "others are answered while a message waits" others
has "which then goes on without" '"verdict":"ham".*"incomplete":\["dns"' "$(cat "$dir/silent.1")"
turn=0
# Each time a name that was not asked before.
silence() {
    turn=$((turn + 1))
    letter "d$turn.sleeper" 1
    since=$(now_ms)
    scan "d$turn.sleeper" > "$dir/sleeper.1"
    took=$(($(now_ms) - since))
    grep -q 'no server of sleeper.test answers' "$dir/sleeper.1"
}
soon() { silence && [ "$took" -lt 2500 ]; }
check "a zone that is silent: named" at_most 60 silence
check "its breaker is open: a message does not wait" at_most 30 soon
counted() { m status --json | grep -q '"open":[1-9]'; }
check "status counts it" at_most 20 counted
metered() { curl -s --unix-socket "$dir/run/control.sock" http://localhost/metrics | grep -q '^muster_dns_breakers_open{of="zones"} [1-9]'; }
check "metrics too" at_most 20 metered
touch "$dir/asked.up"
awake() {
    letter sleeper "$(now_ms)"
    scan sleeper > "$dir/sleeper.3"
    ! grep -q '"incomplete":\["dns"' "$dir/sleeper.3"
}
check "when it answers again a probe closes it" at_most 60 awake
check "and messages are complete from then on" at_most 20 awake

# ---- the resolver is killed, under load ----
load() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        sed "s/<1@/<$1-$i@/" "$dir/letter.good" > "$dir/load.$1.$i"
        timeout 20 "$MUSTER" scan --config "$dir/muster.conf" --json --ip 192.0.2.1 --helo "h$1$i.good.test" --from "ann@n$1x$i.good.test" \
            "$dir/load.$1.$i" >> "$dir/load.out.$1" 2>> "$dir/load.err"
    done
}
since=$(now_ms)
loads=
for k in 1 2 3 4; do
    load $k &
    loads="$loads $!"
done
kills=0
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$kills" -ge 5 ] && break
    sleep 0.3
    for pid in $(pids resolver); do
        kill -KILL "$pid" && kills=$((kills + 1))
    done
done
# shellcheck disable=SC2086
wait $loads
took=$(($(now_ms) - since))
check "the resolver was killed ($kills times)" test $kills -ge 3
equal "every message got its verdict" 60 "$(cat "$dir"/load.out.* | grep -c '"verdict":"ham"')"
# Fifteen in a row each: had each waited in vain it would be 75 seconds.
check "and did not wait for the dead ($took ms)" test $took -le 30000
equal "no scanner died" 0 "$(grep -c 'died process=scanner' "$dir/log")"
complete() {
    letter good 3
    scan good > "$dir/good.3"
    grep -q '"verdict"' "$dir/good.3" && ! grep -q '"incomplete":\["dns"' "$dir/good.3"
}
check "and the next is complete" at_most 30 complete

# ---- peers that hang up, and a reload, while messages wait ----
rm -f "$dir/asked.up"
letter sleeper 9
for door in http spamd milter; do
    case $door in http) port=$http_port ;; spamd) port=$spamd_port ;; *) port=$milter_port ;; esac
    for i in 1 2 3; do
        py hangup $door "$port" "$dir/letter.sleeper"
    done
done
sed -i 's/sleeper\.test/x9.sleeper.test/' "$dir/letter.sleeper"
scan sleeper > "$dir/sleeper.9" &
waits=$!
at_most 20 asked_for x9.sleeper.test
kill -HUP "$node"
wait $waits
has "a message that waited through a reload is answered" '"verdict":"ham"' "$(cat "$dir/sleeper.9")"
letter good 4
scan good > "$dir/good.4"
has "the node scans after peers hung up" '"verdict":"ham"' "$(cat "$dir/good.4")"
equal "no process died but the resolver" "$kills" "$(grep -c ' died ' "$dir/log")"
node_stop
equal "and it stops cleanly" 0 "$stop_code"
finish
