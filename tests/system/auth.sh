#!/bin/sh
# Who sent it, through the whole node: milter, scanner, resolver, a name server on loopback. Forged
# Authentication-Results go, in every dress, those of others stay, ours comes; a forwarder is looked
# behind; the command line says the same over the node's resolver.
. "$(dirname "$0")/lib.sh"
begin auth
need miltertest
# shellcheck disable=SC2046
set -- $(py ports 1)
dns_port=$1
cat > "$dir/zone.json" << 'ZONE'
{"good.test": {"TXT": ["v=spf1 a:out.good.test -all"]},
 "out.good.test": {"A": ["192.0.2.1"]},
 "_dmarc.good.test": {"TXT": ["v=DMARC1; p=reject"]},
 "bank.test": {"TXT": ["v=spf1 -all"]},
 "_dmarc.bank.test": {"TXT": ["v=DMARC1; p=reject"]}}
ZONE
python3 "$here/zone_dns.py" "$dns_port" "$dir/zone.json" 2> "$dir/dns.err" &
helpers="$helpers $!"
at_most 20 test -e "$dir/zone.json.up"
resolver=127.0.0.1@$dns_port
conf_more='hostname = mx.example.org
dns { dnssec = off  wait = 20s }
auth { trusted_relays = 10.0.0.0/8  received_spf = yes }'
node_start

# talk CLIENT SENDER AUTHOR WANTED: one transaction; WANTED is a line of Lua that must be true.
talk() {
    cat > "$dir/talk.lua" << LUA
conn = mt.connect("inet:$milter_port@127.0.0.1")
if conn == nil then error("connect") end
mt.conninfo(conn, "client.test", "$1")
mt.helo(conn, "out.good.test")
mt.macro(conn, SMFIC_MAIL, "i", "Q1")
mt.mailfrom(conn, "<$2>")
mt.rcptto(conn, "<a@mx.example.org>")
mt.header(conn, "Authentication-Results", "mx.example.org; dmarc=pass")
mt.header(conn, "Authentication-Results", "other.example; dmarc=pass")
mt.header(conn, "authentication-results", "(x) \"MX.example.ORG\" 1; dmarc=pass")
mt.header(conn, "Authentication-Results", "\n\tmx.example.org\n\t(y)\n\t; none")
mt.header(conn, "Received-SPF", "pass (forged)")
mt.header(conn, "Received", "from out.good.test (out.good.test [192.0.2.1]) by relay.example.org; Sun, 22 Nov 2026 10:00:00 +0000")
mt.header(conn, "From", "<$3>")
mt.header(conn, "To", "a@mx.example.org")
mt.header(conn, "Subject", "minutes")
mt.header(conn, "Date", "Sun, 22 Nov 2026 10:00:00 +0000")
mt.header(conn, "Message-ID", "<1@good.test>")
mt.eoh(conn)
mt.bodystring(conn, "Here are the minutes.\r\n")
mt.eom(conn)
reply = mt.getreply(conn)
if reply == SMFIR_CONTINUE or reply == SMFIR_ACCEPT then mt.echo("reply goes on") else mt.echo("reply " .. reply) end
for n = 1, 4 do
    if mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results", n) or
       mt.eom_check(conn, MT_HDRDELETE, "authentication-results", n) then mt.echo("deleted " .. n) end
end
if mt.eom_check(conn, MT_HDRDELETE, "Received-SPF", 1) then mt.echo("deleted spf") end
if mt.eom_check(conn, MT_HDRINSERT, "Authentication-Results") then mt.echo("inserted") end
if mt.eom_check(conn, MT_HDRINSERT, "Received-SPF") then mt.echo("inserted spf") end
mt.disconnect(conn)
LUA
    timeout 60 miltertest -s "$dir/talk.lua" 2>&1
}

out=$(talk 192.0.2.1 x@good.test x@good.test)
has "honest mail goes on" '^reply goes on' "$out"
equal "forged fields go, in every dress, and the other's stays" "1 3 4" \
    "$(echo "$out" | sed -n 's/^deleted \([0-9]\)/\1/p' | xargs)"
has "a forged Received-SPF goes" '^deleted spf' "$out"
has "ours comes" '^inserted$' "$out"
has "Received-SPF, too" '^inserted spf$' "$out"

# ---- what was found, over the doors and the command line
letter() {
    printf 'Received: from out.good.test (out.good.test [192.0.2.1]) by relay.example.org; Sun, 22 Nov 2026 10:00:00 +0000\nFrom: <x@%s>\nTo: a@mx.example.org\nSubject: minutes\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@good.test>\n\nHere are the minutes.\n' "$1" > "$dir/letter.$1"
}
scan() { m scan --json --helo out.good.test --from x@good.test "$@" 2>> "$dir/scan.err"; }
letter good.test
letter bank.test
has "SPF and DMARC pass" '"spf":\{"result":"pass".*"dmarc":\{"result":"pass"' "$(scan --ip 192.0.2.1 "$dir/letter.good.test")"
has "behind a relay, too" '"result":"pass".*"border":\{"ip":"192.0.2.1".*"hop":1' "$(scan --ip 10.1.1.1 "$dir/letter.good.test")"
has "from the file alone, too" '"border":\{"ip":"192.0.2.1"' "$(scan "$dir/letter.good.test")"
has "a stranger fails" '"dmarc":\{"result":"fail".*"name":"auth_dmarc_reject"' "$(scan --ip 203.0.113.9 "$dir/letter.good.test")"
has "another's name fails though SPF passes" '"spf":\{"result":"pass".*"dmarc":\{"result":"fail"' "$(scan --ip 192.0.2.1 "$dir/letter.bank.test")"

# ---- what a domain publishes, as its owner asks
printed=$(m dns check --zone "$dir/zone.json" mail.good.test; echo "exit $?")
has "dns check: what is wrong comes first" '\[problem\] domain: mail.good.test does not exist' "$printed"
has "with the walk to the DMARC record" '_dmarc.good.test: v=DMARC1; p=reject  \(this one counts\)' "$printed"
has "and the exit code says so" '^exit 1$' "$printed"
printed=$(m dns check --zone "$dir/zone.json" good.test; echo "exit $?")
has "SPF as a tree" '^    a:out.good.test' "$printed"
has "nothing is broken" '^exit 0$' "$printed"
has "as JSON, too" '"policy_of":"good.test","walk":\[\{"domain":"good.test","found":"record"' "$(m dns check --json --zone "$dir/zone.json" good.test)"
if [ -e "$(dirname "$MUSTER")/lang/de.mo" ]; then
    has "in the user's language" 'good.test hat keine DKIM-Schl' "$(LC_ALL=de_AT.UTF-8 m dns check --zone "$dir/zone.json" good.test)"
fi
equal "no name, no zone, no command: wrong use" "2 3 2" "$(for words in 'check a/b' "check --zone $dir/nix x.test" 'look x.test'; do
    # shellcheck disable=SC2086
    m dns $words > "$dir/out" 2>&1
    echo $?
done | xargs)"

# ---- people whom a user writes to, and who only looks like them
command -v curl > /dev/null || finish
post() { # FILE HEADER...
    file=$1
    shift
    set -- "$@" -H "Expect:"
    curl -s -m 60 "$@" --data-binary "@$file" "http://127.0.0.1:$http_port/v1/scan"
}
mail_of() { printf 'From: %s\nTo: %s\nSubject: minutes\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <%s@x.test>\n\nHere are the minutes.\n' "$2" "$3" "$1" > "$dir/mail.$1"; }
mail_of out 'Ann <ann@mx.example.org>' 'Rob Miller <rob@modern.test>'
post "$dir/mail.out" -H 'User: ann@mx.example.org' -H 'From: ann@mx.example.org' -H 'Rcpt: rob@modern.test' > "$dir/out.json"
mail_of name 'Rob Miller <boss@else.test>' 'ann@mx.example.org'
mail_of domain 'Rob <rob@rnodern.test>' 'ann@mx.example.org'
mail_of true 'Rob Miller <rob@modern.test>' 'ann@mx.example.org'
looks() { post "$dir/mail.$1" -H 'IP: 192.0.2.77' -H "Rcpt: $2" | grep -q "\"$3\""; }
check "a sender with the name of somebody she writes to is told" at_most 60 looks name ann@mx.example.org known_name_other
check "and one whose domain looks like his" looks domain ann@mx.example.org known_domain_like
looks true ann@mx.example.org known_name_other && bad "he himself is not told" || good "he himself is not told"
looks name bob@mx.example.org known_name_other && bad "another user knows nothing of it" || good "another user knows nothing of it"

has "and muster why says who" 'Who sent it: .*DMARC' "$(m why "$dir/letter.bank.test" 2>&1)"
finish
