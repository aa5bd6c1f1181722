#!/bin/sh
# What a domain has proven and what was learned of its mail: a signed message that is learned as
# wanted speaks for the domain's next one, not for who only writes its name; taking the lesson back
# takes that back; a rebuild knows it; the message that is handed in to learn may say what it likes.
. "$(dirname "$0")/lib.sh"
begin facts
need curl
# shellcheck disable=SC2046
set -- $(py ports 1)
dns_port=$1

# ---- a domain with a key, and its mail
timeout 60 "$MUSTER" dkim keygen good.test --selector k --type ed25519 --out "$dir/key.pem" --json > "$dir/keygen" 2>&1
conf_more="sign \"good.test\" { selector = k  key = $dir/key.pem }"
node_conf
cp "$dir/muster.conf" "$dir/signer.conf"
timeout 60 "$MUSTER" dkim list --config "$dir/signer.conf" --json | python3 -c '
import json, sys
zone = {json.loads(l)["name"].rstrip("."): [json.loads(l)["record"]] for l in sys.stdin}
zone = {name: {"TXT": texts} for name, texts in zone.items()}
zone["good.test"] = {"A": ["192.0.2.1"]}
json.dump(zone, open(sys.argv[1], "w"))' "$dir/zone.json"
letter() { # NAME WORDS
    printf 'From: <x@good.test>\nTo: a@mx.example.org\nSubject: %s\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <%s@good.test>\n\n%s\n' "$2" "$1" "$2" > "$dir/$1.plain"
}
letter first 'The minutes of Monday'
letter next 'Wood for the winter has come'
letter forged 'Please pay at once'
mkdir "$dir/signed"
timeout 60 "$MUSTER" dkim sign --config "$dir/signer.conf" --out "$dir/signed" "$dir/first.plain" "$dir/next.plain" > "$dir/sign.out" 2>&1
for name in first next; do
    mv "$(grep -l "^Message-ID: <$name@" "$dir/signed"/*)" "$dir/$name"
done
mv "$dir/forged.plain" "$dir/forged"

# ---- a node that has learned a little of both sides
python3 "$here/zone_dns.py" "$dns_port" "$dir/zone.json" 2> "$dir/dns.err" &
helpers="$helpers $!"
at_most 20 test -e "$dir/zone.json.up"
resolver=127.0.0.1@$dns_port
conf_more='hostname = mx.example.org
dns { dnssec = off  wait = 20s }
auth { trusted_relays = 10.0.0.0/8 }'
node_start
of() { awk -F'\t' -v side="$1" -v root="$MUSTER_SOURCE/samples/" '$2 == side { print root $1 }' "$MUSTER_SOURCE/samples/index.tsv" | head -6; }
# shellcheck disable=SC2046
check "it learns wanted mail" m learn ham $(of ham)
# shellcheck disable=SC2046
check "and unwanted" m learn spam $(of spam)

# scan FILE IP: the answer. facts: what the channel of facts adds, 0 when it says nothing; named:
# whom it names.
scan() { curl -s -m 60 -H Expect: -H "IP: $2" -H "From: x@good.test" --data-binary "@$dir/$1" "http://127.0.0.1:$http_port/v1/scan"; }
field() { python3 -c '
import json, sys
found = [f for f in json.load(sys.stdin)["findings"] if f["name"] == "classifier_facts"]
print(found[0][sys.argv[1]] if found else 0)' "$1"; }
facts() { scan "$1" "$2" | field points; }
below() { python3 -c 'import sys; sys.exit(not float(sys.argv[1]) < float(sys.argv[2]) - 0.01)' "$1" "$2"; }

has "the signature is proven" '"dkim":\[\{"result":"pass","domain":"good.test"' "$(scan next 192.0.2.9)"
before=$(facts next 192.0.2.9)
forged_before="$(facts forged 198.51.100.9) $(facts forged 203.0.113.9)"
first=$(scan first 192.0.2.1)
id=$(echo "$first" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
check "the first message is in the history" at_most 60 m why --json "$id"
delivered() { # FILE: as it lies in a mailbox
    printf 'Return-Path: <x@good.test>\nDelivered-To: a@mx.example.org\nReceived: from out.good.test (out.good.test [203.0.113.77]) by relay.example.org; Sun, 22 Nov 2026 10:00:00 +0000\nX-Muster-Verdict: ham\n'
    cat "$dir/$1"
}
delivered first > "$dir/first.kept"
check "it is learned as wanted, as it was delivered" m learn ham "$dir/first.kept"
after=$(facts next 203.0.113.77)
check "another message of the domain, from another place, is better for it" below "$after" "$before"
has "because of the domain" 'good\.test' "$(scan next 203.0.113.77 | field detail)"
delivered next > "$dir/next.kept"
has "as muster why says" 'proven sender: good\.test' "$(m why --zone "$dir/zone.json" "$dir/next.kept" 2>&1)"
# Two forgeries, as weights may meet by chance, a few times in ten thousand.
forged_after="$(facts forged 198.51.100.9) $(facts forged 203.0.113.9)"
same() { [ "${1% *}" = "${2% *}" ] || [ "${1#* }" = "${2#* }" ]; }
check "one that only bears its name is not" same "$forged_before" "$forged_after"
lacks "nor does it name the domain" 'good\.test' "$(scan forged 203.0.113.9 | field detail)"

# ---- what was never seen here has no facts, whatever its headers say
sed 's/^Subject:.*/Subject: never sent to us/; 1i Authentication-Results: mx.example.org; dkim=pass header.d=good.test; dmarc=pass' "$dir/first" > "$dir/unseen"
check "a message that never came is learned" m learn spam "$dir/unseen"
unseen=$(facts next 203.0.113.77)
check "and says nothing of the domain" below "$unseen" "$before"
check "until it is taken back" m unlearn "$dir/unseen"

# ---- back
check "the lesson is taken back" m unlearn "$dir/first"
equal "and the domain's mail stands where it stood" "$before" "$(facts next 192.0.2.9)"
check "it is learned again" m learn ham "$dir/first"
node_stop
weights() { tail -c +4097 "$dir/data/site.model" | sha256sum; }
lived=$(weights)
check "the model can be rebuilt" m learn --rebuild
equal "and has the same weights" "$lived" "$(weights)"
node_run
again=$(facts next 203.0.113.77)
check "the rebuilt one knows the domain" below "$again" "$before"
finish
