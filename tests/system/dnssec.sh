#!/bin/sh
# A little Internet of its own, in a network namespace: signed root, signed lab., zones that are
# signed, unsigned, forged, delegated to servers that misbehave. The resolver recurses from the
# root's real addresses and validates with our root's key.
. "$(dirname "$0")/lib.sh"
if [ -z "${INSIDE:-}" ]; then
    test_name=dnssec
    need_root
    need unbound ldns-keygen ldns-signzone unshare ip
    [ -r /usr/share/dns/root.hints ] || skip "dns-root-data is not installed"
    unshare -n true 2> /dev/null || skip "no network namespaces here"
    INSIDE=1 exec unshare -n sh "$0"
fi
begin dnssec
one=${BUILD:-.}/tests/system/ask_one
[ -x "$one" ] || one=${BUILD:-.}/ask_one
[ -x "$one" ] || skip "ask_one is not built"
ip link set lo up
roots=$(awk '$3 == "A" { print $4 }' /usr/share/dns/root.hints)
for address in $roots 192.0.2.53 192.0.2.54 192.0.2.80; do
    ip addr add "$address/32" dev lo || skip "addresses cannot be added"
done
# sign ZONE: makes DIR/ZONE.signed of DIR/ZONE with keys of its own; its DS is in DIR/ZONE.ds.
sign() {
    (
        cd "$dir" || exit 1
        zone=$1
        file=$2
        key=$(ldns-keygen -k -a ECDSAP256SHA256 -r /dev/urandom "$zone") || exit 1
        ldns-signzone -f "$file.signed" -e 20361231000000 -i 20200101000000 -o "$zone" "$file" "$key" || exit 1
        mv "$key.ds" "$file.ds"
        mv "$key.key" "$file.key"
    ) > "$dir/sign.out" 2>&1 || bad "signing $1" "$(cat "$dir/sign.out")"
}
head_of() {
    printf '%s 300 IN SOA ns.%s hostmaster.%s 1 3600 600 86400 60\n%s 300 IN NS %s\n' "$1" "${1#.}" "${1#.}" "$1" "$2"
}
leaf() {
    head_of "$1." ns.lab.
    printf '%s. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n%s. 300 IN A 192.0.2.1\n' "$1" "$1"
}
leaf secure.lab > "$dir/secure"
leaf forged.lab > "$dir/forged"
leaf plain.lab > "$dir/plain"
sign secure.lab secure
sign forged.lab forged
# Somebody changed a record behind the signer's back.
sed -i 's/ip4:192.0.2.1 -all/ip4:192.0.2.1 +all/' "$dir/forged.signed"
{
    head_of lab. ns.lab.
    echo 'ns.lab. 300 IN A 192.0.2.53'
    for zone in secure forged plain; do
        printf '%s.lab. 300 IN NS ns.%s.lab.\nns.%s.lab. 300 IN A 192.0.2.54\n' $zone $zone $zone
    done
    for zone in $(python3 "$here/hostile_dns.py" zones); do
        printf '%s.lab. 300 IN NS ns.%s.lab.\nns.%s.lab. 300 IN A 192.0.2.80\n' "$zone" "$zone" "$zone"
    done
    printf 'away.lab. 300 IN NS ns.away.lab.\nns.away.lab. 300 IN A 203.0.113.1\n'
    cat "$dir/secure.ds" "$dir/forged.ds"
} > "$dir/lab"
sign lab. lab
{
    head_of . a.root-servers.net.
    echo 'a.root-servers.net. 300 IN A 198.41.0.4'
    printf 'lab. 300 IN NS ns.lab.\nns.lab. 300 IN A 192.0.2.53\n'
    cat "$dir/lab.ds"
} > "$dir/root"
sign . root

# serve NAME ADDRESSES ZONE:FILE...: an authoritative server.
serve() {
    name=$1
    addresses=$2
    shift 2
    {
        echo 'server:'
        for address in $addresses; do echo " interface: $address"; done
        printf ' port: 53\n do-daemonize: no\n use-syslog: no\n chroot: ""\n username: ""\n directory: "%s"\n pidfile: ""\n module-config: "iterator"\n access-control: 0.0.0.0/0 allow\n do-ip6: no\n' "$dir"
        for pair in "$@"; do
            printf 'auth-zone:\n name: "%s"\n zonefile: "%s/%s"\n for-downstream: yes\n for-upstream: yes\n fallback-enabled: no\n' \
                "${pair%%:*}" "$dir" "${pair#*:}"
        done
        printf 'remote-control:\n control-enable: no\n'
    } > "$dir/$name.ub"
    unbound -c "$dir/$name.ub" > "$dir/$name.ublog" 2>&1 &
    helpers="$helpers $!"
}
serve root "$roots" .:root.signed
serve tld 192.0.2.53 lab.:lab.signed
serve leaf 192.0.2.54 secure.lab.:secure.signed forged.lab.:forged.signed plain.lab.:plain
python3 "$here/hostile_dns.py" 53 "$dir/asked" 192.0.2.80 2> "$dir/hostile.err" &
helpers="$helpers $!"
at_most 20 test -e "$dir/asked"

cat > "$dir/own.conf" << CONF
resolver = own
dns { trust_anchor = $dir/root.key }
log = error
CONF
sed 's/dns {/dns { dnssec = off /' "$dir/own.conf" > "$dir/off.conf"
ready() { "$one" "$dir/own.conf" TXT:secure.lab | grep -q ' ok secure '; }
check "the resolver recurses from the root and validates" at_most 30 ready
# ask CONF WORDS TYPE:NAME STATUS SECURITY MS
# A loaded machine is slow: the best of three tries, each a resolver that knows nothing yet.
as_wanted() { printf '%s\n' "$got" | grep -Eq "^($1)$" && [ "${ms:-999999}" -le "$2" ]; }
answers() {
    for try in 1 2 3; do
        out=$("$one" "$dir/$1.conf" "$3" 2>&1)
        got=$(echo "$out" | sed -n 's/^[A-Z]* [^ ]* \([a-z]* [a-z]*\) .*/\1/p')
        ms=$(echo "$out" | sed -n 's/^milliseconds //p')
        as_wanted "$4" "$5" && break
    done
    printf '%-42s %-26s %-20s %6s ms\n' "$2" "$3" "$got" "$ms" >> "$dir/table"
    has "$2" "^($4)$" "$got"
    check "$2: within $5 ms" test "${ms:-999999}" -le "$5"
}
answers own "a signed record" TXT:secure.lab "ok secure" 3000
answers own "a name that is proven not to exist" TXT:no.secure.lab "nxdomain secure" 3000
answers own "a type that is proven not to be there" MX:secure.lab "nodata secure" 3000
answers own "an unsigned zone below a signed one" TXT:plain.lab "ok insecure" 3000
answers own "a forged record" TXT:forged.lab "bogus insecure" 5500
answers off "the same without validation" TXT:forged.lab "ok insecure" 3000
answers own "a name above all" NS:. "ok secure" 3000
answers own "a server that is not reached" TXT:x.away.lab "(failed|timeout) insecure" 5500
answers own "good" TXT:x.good.lab "ok insecure" 3000
answers own "slow (0.7 s each)" TXT:x.slow.lab "ok insecure" 5500
answers own "silent" TXT:x.silent.lab "(failed|timeout) insecure" 5500
answers own "SERVFAIL" TXT:x.servfail.lab "(failed|timeout) insecure" 5500
answers own "REFUSED" TXT:x.refused.lab "(failed|timeout) insecure" 5500
answers own "lame" TXT:x.lame.lab "(failed|timeout) insecure" 5500
answers own "truncated, TCP answers" TXT:x.truncated.lab "ok insecure" 3000
answers own "truncated, TCP closes" TXT:x.truncated-silent.lab "(failed|timeout) insecure" 5500
answers own "62 kB of TXT" TXT:x.large.lab "ok insecure" 3000
answers own "larger than EDNS allowed" TXT:x.oversized.lab "ok insecure" 3000
answers own "wrong id" TXT:x.wrong-id.lab "(failed|timeout) insecure" 5500
answers own "wrong name" TXT:x.wrong-name.lab "(failed|timeout) insecure" 5500
answers own "records of other zones besides" TXT:x.wrong-server.lab "ok insecure" 3000
answers own "aliases in a ring" TXT:x.loop.lab "(failed|timeout) insecure" 5500
answers own "aliases without an end" TXT:x.long-chain.lab "(failed|timeout) insecure" 5500
answers own "NXDOMAIN" TXT:x.gone.lab "nxdomain insecure" 3000
answers own "garbage" TXT:x.garbage.lab "(failed|timeout) insecure" 5500
answers own "cut in the middle" TXT:x.cut.lab "(failed|timeout) insecure" 5500
answers own "3,000 records" TXT:x.many.lab "ok insecure" 3000
cat "$dir/table"
theirs() { "$one" "$dir/own.conf" TXT:x.wrong-server.lab TXT:good.lab | grep -q '^TXT good.lab ok insecure fresh 1 26 '; }
check "what a server says of others' names is not believed" at_most 30 theirs
# A message whose sender's zone is forged: the answer is not used, and nothing is harsher for it.
printf 'From: ann@forged.lab\nTo: bob@example.net\nSubject: minutes\nMessage-ID: <minutes-1@forged.lab>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n\nDear Bob, the minutes.\n' > "$dir/letter"
verdict=$("$MUSTER" scan --private --json --config "$dir/own.conf" --ip 192.0.2.9 --helo mail.forged.lab --from ann@forged.lab "$dir/letter" 2>&1)
has "a forged policy is not used" '"verdict":"ham"' "$verdict"
lacks "nor does it pass" '"spf":{[^}]*"result":"pass"' "$verdict"
finish
