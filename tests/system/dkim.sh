#!/bin/sh
# Signatures beside OpenDKIM and dkimpy, on real messages, through a real Postfix and byte by byte:
# they verify what we sign, we verify what they sign, dkimpy takes our ARC chains. DKIM_PEERS
# messages each way (60).
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin dkim
need_root
need postfix postconf zstd
/usr/bin/python3 -c 'import dkim, nacl, ctypes; ctypes.CDLL("libopendkim.so.11")' 2> /dev/null ||
    skip "python3-dkim or libopendkim is not installed"
corpora=${CORPORA_DIR:-$MUSTER_SOURCE/../shared/corpora}
peers=${DKIM_PEERS:-60}
at_end() { postfix_stop; }
peer() { /usr/bin/python3 "$here/dkim_peers.py" "$@"; }
# shellcheck disable=SC2046
set -- $(py ports 3)
smtp_port=$1 sink_port=$2 seven_port=$3
mkdir "$dir/keys" "$dir/tricks" "$dir/picked" "$dir/sunk" "$dir/seven" "$dir/theirs" "$dir/sealed"

# ---- keys
key() {
    timeout 60 "$MUSTER" dkim keygen example.org --type "$1" --out "$dir/keys/$2.pem" --json
}
check "keygen makes an RSA key" key rsa r
check "and an Ed25519 key" key ed25519 e
equal "readable by its owner alone" "600 600" "$(stat -c %a "$dir/keys/r.pem" "$dir/keys/e.pem" | xargs)"
equal "which it does not replace" 3 "$(key rsa r > /dev/null 2>&1; echo $?)"
conf_more='policy { tag = 900  reject = 1000  quarantine = 1000 }
sign "example.org" { selector = r1, e1  key = '$dir/keys/r.pem,\ $dir/keys/e.pem' }
arc { seal_as = example.org }'
node_conf
m dkim list --json | /usr/bin/python3 -c '
import json, sys
z = {}
for line in sys.stdin:
    r = json.loads(line)
    z[r["name"].rstrip(".")] = [{"TXT": r["record"]}]
json.dump(z, open(sys.argv[1], "w"))' "$dir/zone.json"
openssl pkey -in "$dir/keys/e.pem" -outform DER | tail -c 32 | base64 > "$dir/keys/e.raw"
verify() { m dkim verify --zone "$dir/zone.json" --json "$1" 2>> "$dir/verify.err"; }

# ---- what the DNS has of the keys; the rotation waits for it
listed() { m dkim list --json --zone "$1" > "$dir/listed" 2> "$dir/listed.err"; echo "$? $(grep -c "\"dns\":\"$2\"" "$dir/listed")"; }
equal "keys whose records are published" "0 2" "$(listed "$dir/zone.json" seen)"
echo '{}' > "$dir/none.json"
equal "and not" "1 2" "$(listed "$dir/none.json" missing)"
sed 's/p=[^"]*"/p="/g' "$dir/zone.json" > "$dir/revoked.json"
equal "and revoked" "1 2" "$(listed "$dir/revoked.json" revoked)"
mkdir "$dir/fresh"
later=$(($(date +%s) + 3 * 86400))
stage() { m dkim rotate example.org --json --out "$dir/fresh" "$@" 2>> "$dir/rotate.err" | sed -n 's/.*"stage":"\([a-z]*\)".*/\1/p'; }
equal "a rotation begins with publishing" publish "$(stage)"
equal "it goes on with it while the DNS lacks the records" publish "$(stage --zone "$dir/none.json" --clock "$later")"
/usr/bin/python3 -c '
import json, sys
s = json.load(open(sys.argv[1]))
json.dump({"%s._domainkey.example.org" % k["selector"]: [{"TXT": k["record"]}] for k in s["new"]}, open(sys.argv[2], "w"))' "$dir/fresh/example.org.rotation" "$dir/fresh.json"
equal "and then switches" switch "$(stage --zone "$dir/fresh.json" --clock "$later")"

# ---- a key that others may read is refused
chmod 640 "$dir/keys/e.pem"
has "a key that others may read is not used" 'chmod 600' "$(m dkim list 2>&1; m dkim sign "$mail" 2>&1)"
equal "and no node starts with it" 3 "$(timeout 60 "$MUSTER" serve --config "$dir/muster.conf" > "$dir/refused" 2>&1; echo $?)"
chmod 600 "$dir/keys/e.pem"

# ---- we sign, through Postfix
node_start
postfix_start "$smtp_port" "$relay_port"
postconf -c "$dir/pf" -e "transport_maps = inline:{ remote.example=smtp:[127.0.0.1]:$sink_port, seven.example=smtp:[127.0.0.1]:$seven_port }" \
    'relay_domains = remote.example, seven.example' 'line_length_limit = 2048' 'smtpd_client_message_rate_limit = 0'
postfix -c "$dir/pf" reload > /dev/null 2>&1
/usr/bin/python3 "$here/dkim_peers.py" sink "$sink_port" "$dir/sunk" &
helpers="$helpers $!"
/usr/bin/python3 "$here/dkim_peers.py" sink "$seven_port" "$dir/seven" 7 &
helpers="$helpers $!"
equal "the signer is a process of its own" 1 "$(pids signer | wc -l)"
if command -v miltertest > /dev/null; then
    equal "miltertest: own mail is signed, other mail is not" "" "$(timeout 60 miltertest -D port="$milter_port" -s "$here/dkim.lua" 2>&1)"
fi
n_tricks=$(peer tricks "$dir/tricks")
check "messages that break signatures are taken" peer send "$smtp_port" "$dir/tricks" far@remote.example
sunk() { [ "$(find "$dir/sunk" -type f ! -name '*.part' | wc -l)" -ge "$1" ]; }
check "and sent on" at_most 120 sunk "$n_tricks"
check "OpenDKIM and dkimpy verify all of them, both signatures" peer verify "$dir/zone.json" "$dir/sunk"
tail -3 "$dir/check.out"
verify "$dir/sunk" > "$dir/ours.json"
check "and so do we" peer tell "$n_tricks" < "$dir/ours.json"

# A server without 8BITMIME: Postfix recodes what has 8-bit bytes unless it is told not to.
mkdir "$dir/eight"
cp "$dir/tricks/eight-bit" "$dir/tricks/utf8-header" "$dir/eight"
postconf -c "$dir/pf" -e 'disable_mime_output_conversion = yes'
reloads() { grep -c 'reload -- version' "$dir/maillog"; }
had=$(reloads)
postfix -c "$dir/pf" reload > /dev/null 2>&1
reloaded() { [ "$(reloads)" -gt "$had" ]; }
check "Postfix reads its settings again" at_most 30 reloaded
check "8-bit mail to a server without 8BITMIME is taken" peer send "$smtp_port" "$dir/eight" far@seven.example
seven() { [ "$(find "$dir/seven" -type f ! -name '*.part' | wc -l)" -ge 2 ]; }
check "and sent on" at_most 60 seven
check "and verified, with disable_mime_output_conversion" peer verify "$dir/zone.json" "$dir/seven"

# ---- real messages, both ways
packs=$(ls "$corpora"/lists_modern-a.tar.zst "$corpora"/fixtures_ham-a.tar.zst "$corpora"/spamassassin.tar.zst "$corpora"/csdmc2010-new.tar.zst 2> /dev/null)
if [ -z "$packs" ]; then
    echo "skipped: real messages (no corpora)"
else
    # shellcheck disable=SC2086
    picked=$(peer pick "$dir/picked" "$peers" $packs)
    rm -f "$dir/sunk"/*
    check "$picked real messages go through Postfix" peer send "$smtp_port" "$dir/picked" far@remote.example
    check "and arrive" at_most 600 sunk "$picked"
    check "OpenDKIM and dkimpy verify all that we signed" peer verify "$dir/zone.json" "$dir/sunk"
    tail -3 "$dir/check.out"
    made=$(peer sign "$dir/keys" "$dir/zone.json" "$dir/picked" "$dir/theirs")
    equal "OpenDKIM and dkimpy sign them all" "$picked" "$made"
    verify "$dir/theirs" > "$dir/theirs.json"
    check "we verify all that they signed" peer tell "$made" < "$dir/theirs.json"
    tail -1 "$dir/check.out"
    # These copies are not sent, so their long lines stay as they are.
    { cat "$dir/muster.conf"; echo 'sign { line_limit = 0 }'; } > "$dir/seal.conf"
    timeout 600 "$MUSTER" dkim sign --config "$dir/seal.conf" --arc --zone "$dir/zone.json" --authserv-id mx.example.org --out "$dir/sealed" "$dir/theirs" > "$dir/seal.out" 2>&1
    check "dkimpy takes our ARC chains" peer arc "$dir/zone.json" "$dir/sealed"
    tail -1 "$dir/check.out"
fi

# ---- inbound mail is never signed
printf 'Received: from evil.example (evil.example [203.0.113.9]) by mx.example.org with ESMTP id 1; Mon, 02 Feb 2026 10:00:00 +0000\nFrom: Ann <ann@example.org>\nTo: far@remote.example\nSubject: forged\nDate: Mon, 02 Feb 2026 10:00:00 +0000\n\nforged\n' > "$dir/forged"
mkdir "$dir/in" && cp "$dir/forged" "$dir/in"
rm -f "$dir/sunk"/*
check "mail from outside in our name is taken" peer send "$smtp_port" "$dir/in" far@remote.example
check "and sent on" at_most 60 sunk 1
equal "but not signed" 0 "$(cat "$dir/sunk"/* | grep -ci '^DKIM-Signature')"

# ---- a signer that dies is replaced; meanwhile own mail waits
old=$(pids signer)
kill -KILL "$old"
check "own mail after the signer's death is taken" peer send "$smtp_port" "$dir/eight" far@remote.example
check "and signed by the next one" at_most 60 sunk 3
equal "two signatures each" 4 "$(cat "$dir/sunk"/* | grep -ci '^DKIM-Signature')"
equal "no key is in the log" 0 "$(grep -c 'PRIVATE' "$dir/log")"
finish
