#!/bin/sh
# DMARC reports all the way: mail of two domains is judged, the domain that may have reports gets
# one through a real Postfix, once, also when keeper is killed; it is well formed, we read it back,
# and it is counted when it comes to our mailbox for reports.
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin reports
need_root
need postfix postconf xmllint
at_end() { postfix_stop; }
# shellcheck disable=SC2046
set -- $(py ports 2)
smtp_port=$1 dns_port=$2
cat > "$dir/zone" << ZONE
{"them.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"], "MX": ["mx.them.example"]},
 "_dmarc.them.example": {"TXT": ["v=DMARC1; p=quarantine; rua=mailto:bob@example.org; ruf=mailto:bob@example.org,mailto:eve@elsewhere.example"]},
 "them.example._report._dmarc.example.org": {"TXT": ["v=DMARC1"]},
 "evil.example": {"TXT": ["v=spf1 +all"]},
 "_dmarc.evil.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:eve@example.org"]},
 "quiet.example": {"TXT": ["v=spf1 +all"]},
 "_dmarc.quiet.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:bob@example.org"]},
 "*._report._dmarc.quiet.example": {"TXT": ["v=DMARC1"]},
 "example.org": {"MX": ["mx.example.org"], "TXT": ["v=spf1 ip4:192.0.2.9 -all"]}}
ZONE
python3 "$here/zone_dns.py" "$dns_port" "$dir/zone" 2> "$dir/zone.err" &
helpers=$!
at_most 20 test -e "$dir/zone.up"
resolver=127.0.0.1@$dns_port
conf_more='domains = example.org
dns { dnssec = off  wait = 20s }
dmarc { report = yes  period = 10s  org_name = "Example & Co"  email = reports@example.org
        failure_reports = yes  failure_most = 1  never = quiet.example  report_mailbox = cat@example.org }'
node_start
postfix_start "$smtp_port" "$relay_port"

letter() {
    printf 'From: Ann <ann@%s>\nTo: <ann@example.org>\nSubject: minutes %s\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <%s@%s>\n\nDear Bob, here are the minutes of the meeting on Monday.\n' \
        "$1" "$2" "$2" "$1" > "$dir/letter"
}
judge() { m scan --json --ip "$3" --helo "mail.$1" --from "ann@$1" "$dir/letter" 2>> "$dir/scan.err"; }
for domain in them.example evil.example quiet.example; do
    letter "$domain" 1
    judge "$domain" 1 192.0.2.1 > "$dir/verdict"
done
letter them.example 2
has "a message of the domain passes DMARC" '"dmarc":.*pass' "$(judge them.example 2 192.0.2.1)"
letter them.example 3
has "a forged one fails it" '"dmarc":.*fail' "$(judge them.example 3 198.51.100.9)"

# ---- a failure report, at once, to who asked for it and may have it; one in an hour
letter them.example 4
judge them.example 4 198.51.100.9 > "$dir/verdict"
failures() { grep -l '^Subject: Failed DMARC of mail in the name of them.example' $(box bob) /dev/null 2> /dev/null; }
failed() { [ -n "$(failures)" ]; }
check "Postfix delivers a failure report" at_most 60 failed
failure=$(cat $(failures))
for line in 'Feedback-Type: auth-failure' 'Auth-Failure: dmarc' 'Source-IP: 198.51.100.9' 'Reported-Domain: them.example' \
    'To: bob@example.org' 'Original-Mail-From: <[0-9a-f]{16}@them.example>' 'From: <[0-9a-f]{16}@them.example>'; do
    has "with $line" "^$line\$" "$failure"
done
lacks "and nobody's name or words" 'ann|Ann|minutes' "$failure"
mkdir "$dir/failure"
cp $(failures) "$dir/failure"
has "we read it ourselves" '"kind":"failure".*"domain":"them.example"' "$(m dmarc read --dry-run "$dir/failure" 2>&1)"

# ---- the report arrives
reports() { grep -l '^Subject: Report Domain: them.example' $(box bob) /dev/null 2> /dev/null; }
total() {
    rm -rf "$dir/got"
    mkdir -p "$dir/got"
    n=0
    for file in $(reports); do cp "$file" "$dir/got/$((n += 1)).eml"; done
    [ "$n" -gt 0 ] || return 1
    m dmarc read --dry-run "$dir/got" > "$dir/got.json" 2> "$dir/got.err"
    sed -n 's/.*"messages":\([0-9]*\).*/\1/p' "$dir/got.json" | awk '{ n += $1 } END { print n }' > "$dir/total"
    [ "$(cat "$dir/total")" = 4 ]
}
check "Postfix delivers the domain's report, with its four messages" at_most 90 total
first=$(reports | head -1)
has "its subject is as the RFC wants it" '^Subject: Report Domain: them.example$' "$(cat "$first")"
has "and goes on" '^ Submitter: example.org$' "$(cat "$first")"
has "it goes to the mailbox named" '^To: bob@example.org' "$(cat "$first")"
has "from where the site says" '^From: reports@example.org' "$(cat "$first")"
has "with the file name of the RFC" 'filename="example.org!them.example![0-9]+![0-9]+.xml.gz"' "$(cat "$first")"
has "sent with an empty reverse path" '^Return-Path: <>' "$(cat "$first")"
has "it names us" '"reporter":"Example & Co"' "$(cat "$dir/got.json")"
has "what passed" '"source_ip":"192.0.2.1".*"spf_aligned":true' "$(cat "$dir/got.json")"
has "and what failed" '"source_ip":"198.51.100.9".*"spf_aligned":false' "$(cat "$dir/got.json")"
python3 - "$first" "$dir/report.xml" << 'PY'
import email, gzip, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"))
part = [p for p in m.walk() if p.get_content_type() == "application/gzip"][0]
open(sys.argv[2], "wb").write(gzip.decompress(part.get_payload(decode=True)))
PY
check "another program unpacks it, and it is well formed XML" xmllint --noout --nonet "$dir/report.xml"
xsd=${CONFORMANCE_DIR:-$MUSTER_SOURCE/../shared/conformance}/dmarc/schema/rua-schema-dmarc-2.0.xsd
if [ -e "$xsd" ]; then # its types lack their name space: see tests/conformance/test_reports.c
    sed 's|targetNamespace="urn:ietf:params:xml:ns:dmarc-2.0"|& xmlns="urn:ietf:params:xml:ns:dmarc-2.0" elementFormDefault="qualified"|' "$xsd" > "$dir/rua.xsd"
    check "and valid by the schema" xmllint --noout --nonet --schema "$dir/rua.xsd" "$dir/report.xml"
fi

# ---- nobody else gets one
told() { m dmarc sent --json 2> /dev/null | grep -q "\"domain\":\"$1\",\"to\":\"[^\"]*\",\"outcome\":\"$2"; }
check "a mailbox that did not ask for reports about evil.example gets none" at_most 60 told evil.example nobody
check "a domain on the list gets none" at_most 60 told quiet.example 'not wanted'
check "what was sent is noted" at_most 60 told them.example sent
equal "eve has no mail" 0 "$(box eve | wc -l)"

# ---- once, whatever happens
kill -KILL "$(pids keeper)"
at_most 30 answers
sleep 6
kill -KILL "$(pids mailer)" 2> /dev/null
at_most 30 answers
sleep 6
total
equal "after two kills and a further period nothing was sent again" 4 "$(cat "$dir/total")"

# ---- a report that comes to our own mailbox is counted, once
# The first mail does not prove that it comes from who reports.
py smtp "$smtp_port" reports@them.example cat@example.org "$first" > "$dir/smtp" 2>&1
apart() { m dmarc show them.example --json 2> /dev/null | grep -q '"reports":{"aggregate":0,"failure":0,"tls":0,"unproven":1}'; }
check "a report in mail that anybody may have written stands apart" at_most 60 apart
has "and is told" 'not counted, because anybody may have written .*: 1$' "$(m dmarc show them.example)"
for report in $(reports) "$first"; do # on a slow machine the four messages come in more reports than one
    MILTER_FROM=reports@example.org py milter "$milter_port" "$report" '' cat@example.org > "$dir/milter" 2>&1
done
seen() { m dmarc show them.example 2> /dev/null | grep -q '^  messages: 4$'; }
check "mail to the mailbox for reports is read" at_most 60 seen
check "and the mail itself arrives" at_most 60 test -n "$(box cat)"
has "who sent is told in words" 'Mail in the name of them.example' "$(m dmarc show them.example)"
printf '{"1.2.0.192.in-addr.arpa":[{"PTR":"out.them.example"}],"out.them.example":[{"A":"192.0.2.1"}],"9.100.51.198.in-addr.arpa":[{"PTR":"liar.example"}]}' > "$dir/names.json"
shown=$(m dmarc show them.example --zone "$dir/names.json")
has "with the name of an address that leads back to it" '192.0.2.1 \(out.them.example\): yours, but unsigned' "$shown"
has "and none that does not" '198.51.100.9: proves nothing' "$shown"
lacks "nothing of it a year later" 'them.example' "$(m dmarc list --clock $(($(date +%s) + 366 * 86400)))"
has "but then" 'them.example' "$(m dmarc list --clock "$(date +%s)")"
m dmarc read "$first" > "$dir/again" 2>&1
has "the same report counts once" 'new: 0, known already: 1, refused: 0' "$(cat "$dir/again")"

equal "of two messages that failed in one hour one is reported" 1 "$(failures | wc -l)"

# ---- mail that is itself a report is not reported about: that would never end
printf 'From: reports@them.example\nTo: <ann@example.org>\nSubject: Report Domain: example.org Submitter: them.example Report-ID: <1>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <r@them.example>\n\nA report.\n' > "$dir/letter"
judge them.example r 192.0.2.1 > "$dir/verdict"
sleep 14
total
equal "about reports we send no report" 4 "$(cat "$dir/total")"
equal "nothing of ours crashed" '' "$(grep -E 'signal=(6|7|11|31) ' "$dir/log")"
finish
