#!/bin/sh
# From a forwarded message to its outcome: the code comes back through a real Postfix to who proved his
# address, and to nobody else; the case is worked on, a listing marks mail, an appeal is proven with
# what came to the role mailbox, a copy of the list is corrected.
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin cases
need_root
need postfix postconf
at_end() { postfix_stop; }
# shellcheck disable=SC2046
set -- $(py ports 2)
smtp_port=$1 dns_port=$2
cat > "$dir/zone" << ZONE
{"example.org": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"], "MX": ["mx.example.org"]},
 "_dmarc.example.org": {"TXT": ["v=DMARC1; p=none"]}}
ZONE
python3 "$here/zone_dns.py" "$dns_port" "$dir/zone" 2> "$dir/zone.err" &
helpers=$!
at_most 20 test -e "$dir/zone.up"
resolver=127.0.0.1@$dns_port
# a web server on port 80, beside that of another run of this test
proof_ip=127.77.$(($$ / 250 % 250)).$(($$ % 250 + 1))
conf_more='domains = desk.example
dns { dnssec = off  wait = 20s }
desk { mailbox = spam@desk.example  from = desk@desk.example  url = "https://desk.example"
    proof_networks = 127.77.0.0/16 }'
node_start
postfix_start "$smtp_port" "$relay_port"

# forward NAME WORDS [FIELD]: ann (or whoever) forwards a message as an attachment
forward() {
    printf 'From: <%s@example.org>\nTo: <spam@desk.example>\nSubject: Fwd: offer\n%sMIME-Version: 1.0\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <%s.%s@example.org>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nspam\n--b\nContent-Type: message/rfc822\n\nReceived: from bad.example (bad.example [198.51.100.7]) by mx.example.org; Sun, 22 Nov 2026 09:00:00 +0000\nFrom: Shop <offer@shop.example>\nTo: <%s@example.org>\nSubject: Offer\nDate: Sun, 22 Nov 2026 09:00:00 +0000\nMessage-ID: <o.%s@shop.example>\n\nBuy %s now at https://shop.example/offer?u=%s@example.org\n--b--\n' \
        "$1" "${3:-}" "$1" "$2" "$1" "$2" "$2" "$1" > "$dir/forward"
}
judge() { m scan --json --ip "$2" --helo mail.example.org --from "$1@example.org" --rcpt spam@desk.example "$dir/forward" > "$dir/verdict" 2>> "$dir/scan.err"; }
forward ann gold
judge ann 192.0.2.1
receipt() { grep -l '^Subject: Your report was received' $(box ann) /dev/null 2> /dev/null | head -1 | grep .; }
check "the code comes back through Postfix within a minute" at_most 60 receipt
first=$(receipt)
code=$(sed -n 's/^ *Code: *\([0-9A-Z-]*\).*/\1/p' "$first" | head -1)
has "it is a code" '^[0-9A-Z-]{33}$' "$code"
has "the receipt answers automatically (RFC 3834)" '^Auto-Submitted: auto-replied' "$(cat "$first")"
has "with a null reverse path" '^Return-Path: <>' "$(cat "$first")"
has "it names the page" "https://desk.example/case/$code" "$(cat "$first")"
lacks "it repeats nothing of the message" 'shop.example|Buy' "$(cat "$first")"
for command in case listing appeal; do
    has "$command: a wrong word names the nearest" "did you mean 'list'" "$(m $command lst 2>&1)"
    m $command lst > /dev/null 2>&1
    equal "and is wrong use" 2 $?
done
equal "a case may be asked for with 'show', too" "$(m case "$code")" "$(m case show "$code")"
out=$(m case "$code")
has "the case has a state" '^state +sorted' "$out"
has "and a clock" '^until +20' "$out"

# ---- nobody else is answered
forward bob silver
judge bob 198.51.100.99
forward cat copper 'Auto-Submitted: auto-replied
'
judge cat 192.0.2.1
forward dan iron 'List-Id: <l.example.org>
'
judge dan 192.0.2.1
cases() { m case list --json | grep -o '"code":' | wc -l; }
four() { [ "$(cases)" = 4 ]; }
check "all four are cases" at_most 60 four

# ---- each in his language
forward fay gravel 'Accept-Language: fr-FR, en
'
judge fay 192.0.2.1
french() { grep -l '^Content-Language: fr' $(box fay) /dev/null 2> /dev/null | head -1 | grep .; }
check "who reads French gets the receipt in French" at_most 60 french
has "its sentences, too" 'signalement' "$(cat "$(french)")"

# ---- a listing acts, is objected to, and a copy of the list is corrected
link=$(m listing add https://shop.example/offer --kind link --harm phishing --effect hold --reason "asks for cards" --evidence "$code" --contact eve@example.org --json | sed -n 's/.*"code":"\([0-9A-Z-]*\)","kind".*/\1/p')
has "it is listed" '^[0-9A-Z-]{33}$' "$link"
has "no network as wide as /16 is" 'wider than /24' "$(m listing add 10.1.0.0/16 --kind network --harm spam --reason x --evidence "$code" 2>&1)"
printf 'From: Shop <x@other.example>\nTo: <ann@example.org>\nSubject: Offer\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@other.example>\n\nLook at https://shop.example/offer please\n' > "$dir/letter"
marks() { m scan --json "$dir/letter" | grep -q '"name":"listed_link"'; }
check "mail with that link is marked" at_most 30 marks
m listing export > "$dir/copy.json"
has "a copy has it" "$link" "$(cat "$dir/copy.json")"
appeal=$(m appeal new "$link" --statement "it is our own shop" --json | sed -n 's/.*"code":"\([0-9A-Z-]*\)".*/\1/p')
proof_mail() { grep -l '^Subject: Proof of control' $(box eve) /dev/null 2> /dev/null | head -1 | grep .; }
check "the proof comes to the role mailbox" at_most 60 proof_mail
proof=$(sed -n 's/^ *Proof: *\([0-9A-Z-]*\).*/\1/p' "$(proof_mail)" | head -1)
m appeal "$appeal" prove --proof 0000-0000-0000-0000-0000-0000-000 > "$dir/out" 2>&1
equal "a guess proves nothing" 3 $?
has "the proof does" '^state +open' "$(m appeal "$appeal" prove --proof "$proof")"
m listing "$link" end --why "it was a mistake" > "$dir/out" 2>&1
has "the copy is corrected" '^1 changes' "$(m listing refresh "$dir/copy.json")"
lacks "and has it no more" "$link" "$(cat "$dir/copy.json")"
gone() { ! marks; }
check "mail is marked no more" at_most 30 gone

# ---- control shown in DNS, or on the web server
listed() { # DOMAIN: its listing's code
    m listing add "$1" --kind domain --harm spam --reason "nobody asked for it" --evidence "$code" --json |
        sed -n 's/.*"code":"\([0-9A-Z-]*\)","kind".*/\1/p'
}
object() { # LISTING: the appeal's code, TXT name, words and address
    m appeal new "$1" --statement "they agreed" --json > "$dir/out"
    for name in code proof_dns proof_words proof_web; do sed -n "s/.*\"$name\":\"\([^\"]*\)\".*/\1/p" "$dir/out"; done
}
cp "$dir/zone" "$dir/zone.base"
publish() { # NAME RECORDS: into the zone, besides what was there at first
    sed "s|^{|{\"$1\": {$2},|" "$dir/zone.base" > "$dir/zone.new" && mv "$dir/zone.new" "$dir/zone"
}
# shellcheck disable=SC2046
set -- $(object "$(listed none.example)")
equal "where to publish is told" _muster-appeal.none.example "$2"
m appeal "$1" prove --method dns > "$dir/out" 2>&1
equal "nothing is there" 1 $?
has "and that is said" '^found +There is no such record' "$(cat "$dir/out")"
has "a second look needs a minute" 'try again in a minute' "$(m appeal "$1" prove --method dns 2>&1)"
# shellcheck disable=SC2046
set -- $(object "$(listed wrong.example)")
publish "$2" "\"TXT\": [\"x$3\", \"other words\"]"
m appeal "$1" prove --method dns > "$dir/out" 2>&1
equal "other words prove nothing" 1 $?
has "and that is said, too" '^found +The record is there, but' "$(cat "$dir/out")"
listing=$(listed right.example)
# shellcheck disable=SC2046
set -- $(object "$listing")
publish "$2" "\"TXT\": [\"other words\", \"$3\"]"
prove() { m appeal "$1" prove --method "$2" > "$dir/out" 2>&1; } # again after a minute where it was slow
check "the words in DNS prove control" at_most 200 prove "$1" dns
has "the appeal is open" '^state +open' "$(cat "$dir/out")"
has "the listing waits for somebody else" '^state +contested' "$(m listing "$listing")"
# shellcheck disable=SC2046
set -- $(object "$(listed web-shop.example)")
publish web-shop.example "\"A\": [\"127.0.0.1\", \"$proof_ip\"]"
mkdir -p "$dir/www/$(dirname "${4#https://web-shop.example/}")"
echo "$3" > "$dir/www/${4#https://web-shop.example/}"
python3 -c 'import sys
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer((sys.argv[2], 80), partial(SimpleHTTPRequestHandler, directory=sys.argv[1])).serve_forever()' "$dir/www" "$proof_ip" > "$dir/www.log" 2>&1 &
helpers="$helpers $!"
fetched() { python3 -c 'import urllib.request; urllib.request.urlopen("http://'"$proof_ip"'/", timeout=5)'; }
if at_most 10 fetched; then
    check "the words on the web server prove control" at_most 200 prove "$1" web
    has "the appeal is open, too" '^state +open' "$(cat "$dir/out")"
fi

# ---- each change is in the feeds, and of nobody's mailbox
need curl
m listing add eve@other.example --kind mailbox --harm spam --reason "asks bob@home.example for money" --evidence "$code" > "$dir/out" 2>&1
feed=$(curl -s -m 30 "http://127.0.0.1:$web_port/listings/atom")
has "the feed has the correction" "why/$link#[0-9]+" "$feed"
has "and what is new" 'web-shop.example' "$feed"
lacks "no mailbox is in it" 'eve@|bob@' "$feed"
has "nor in the other one, which has the same" "why/$link#[0-9]+" "$(curl -s -m 30 "http://127.0.0.1:$web_port/listings/feed")"
lacks "nor in a copy" 'eve@|bob@' "$(m listing export)"

# ---- a case in the formats of others, and to another node
m case "$code" export --format arf > "$dir/arf.eml"
has "as a feedback report, which is read as one" '^[^ ]*arf.eml: arf' "$(m report --dry-run "$dir/arf.eml")"
m case "$code" export --format xarf > "$dir/xarf.json"
has "as XARF, too" '^[^ ]*xarf.json: xarf' "$(m report --dry-run "$dir/xarf.json")"
m case "$code" bundle --terms "for this case, until 2027" > "$dir/bundle.json"
m case import "$dir/bundle.json" > "$dir/out" 2>&1
equal "a bundle of an unknown key is refused" 3 $?
has "with the reason" 'key of desk.example is not known here' "$(cat "$dir/out")"
key=$(m case key | sed -n 's/^key *//p')
has "with its key the terms are shown" '^terms +for this case, until 2027' "$(m case import "$dir/bundle.json" --key "$key")"
has "and accepted" '^code +[0-9A-Z-]{33}' "$(m case import "$dir/bundle.json" --key "$key" --accept)"
sed 's/until 2027/until 2099/' "$dir/bundle.json" > "$dir/changed.json"
has "what was changed is refused" 'signature does not fit' "$(m case import "$dir/changed.json" --key "$key" --accept 2>&1)"

# ---- the outcome is told, and nobody else was
has "the case is closed" '^state +closed' "$(m case "$code" step --state closed --outcome stopped --note "the shop closed")"
told() { grep -l '^Subject: What became of your report' $(box ann) /dev/null 2> /dev/null | head -1 | grep .; }
check "the reporter is told" at_most 60 told
has "how it ended" 'The source was stopped' "$(cat "$(told)")"
for name in bob cat dan; do
    equal "$name got nothing" "" "$(box "$name")"
done

# ---- the tables of an older program are made anew out of the journal, and do not stay about
known() {
    for what in 'history' 'acts' 'case list' 'listing list' 'library list'; do
        # shellcheck disable=SC2086
        m $what --json | sed 's/"made":"[^"]*"//'
    done
    m case "$code"
}
quiet() { # what went out last is noted
    before=$(known)
    sleep 1
    [ "$before" = "$(known)" ]
}
check "the desk is at rest" at_most 60 quiet
has "and has something to lose" "$code" "$before"
node_stop
python3 - "$dir/data" << 'OLD'
import glob, os, sqlite3, sys
for path in glob.glob(sys.argv[1] + "/*.db"):
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.unlink(path + end)
    old = sqlite3.connect(path)
    old.execute("CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID")
    old.execute("INSERT INTO meta VALUES('upto', 1000000000)")
    old.execute("PRAGMA user_version = 1000")
    old.commit()
OLD
node_run
equal "all is known as before" "$before" "$(known)"
equal "nothing else is left of the old tables" "" "$(find "$dir/data" -name '*.bad')"
finish
