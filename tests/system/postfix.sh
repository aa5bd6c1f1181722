#!/bin/sh
# Behind a real Postfix: headers, tags, refusals, per-recipient policy, quarantine and release,
# shadow mode, and a body that arrives byte by byte as it was sent.
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin postfix
need_root
need postfix postconf
at_end() { postfix_stop; }
smtp_port=$(py ports 1)
conf_more='policy { tag = 5.0  block = blocked.example }
policy "bob@example.org" { block = pushy.example  on_block = quarantine }
policy "cat@example.org" { block = pushy.example  on_block = quarantine }
policy "dan@example.org" { block = tagged.example  on_block = tag }'
node_start
postfix_start "$smtp_port" "$relay_port"

letter() {
    printf 'From: <%s>\nTo: <%s>\nSubject: %s\nMessage-ID: <%s@client.example>\nDate: Mon, 02 Feb 2026 10:00:00 +0000\n' "$1" "$2" "$3" "$3"
    printf '%s' "${4:-}"
    printf '\nDear Ann,\n\nthe boat club meets on Thursday at seven, as always.\n\nGreetings\nRob\n'
}
subject_in() { grep -l "^Subject: $2\$" $(box "$1") /dev/null 2> /dev/null; }
arrived() { [ -n "$(subject_in "$1" "$2")" ]; }
send() { py smtp "$smtp_port" "$1" "$2" "$3" 2>&1; }
header() { sed '/^$/q' "$(subject_in "$1" "$2" | head -1)"; }

# ---- ham, with forged verdicts on it
letter rob@friends.example ann@example.org ham-1 'X-Muster-Verdict: ham; class=personal
X-Muster-Score: -99
X-Muster-ID: forged
X-Muster-Why: because I say so
X-Muster-Verdict: second forgery
X-Spam-Flag: NO
' > "$dir/ham"
has "ham is taken" '^250 ' "$(send rob@friends.example ann@example.org "$dir/ham")"
check "and delivered" at_most 60 arrived ann ham-1
got=$(header ann ham-1)
has "with an ID that carries a proof" '^X-Muster-ID: [0-9a-f-]{36}; [0-9a-f]{32}$' "$got"
has "with the score" '^X-Muster-Score: -?[0-9.]+ \(spam from 5\.0' "$got"
has "with a verdict that is not spam" '^X-Muster-Verdict: (ham|unsure); class=' "$got"
has "with reasons" '^X-Muster-Why: ' "$got"
for name in ID Score Verdict Why; do
    equal "one X-Muster-$name only" 1 "$(printf '%s\n' "$got" | grep -ci "^X-Muster-$name:")"
done
equal "nothing forged is left" 0 "$(printf '%s\n' "$got" | grep -c 'forge\|: -99\|because I say')"
id=$(printf '%s\n' "$got" | sed -n 's/^X-Muster-ID: \([0-9a-f-]*\);.*/\1/p')
has "why ID explains it" '^Verdict: (ham|unsure)' "$(m why "$id" 2>&1)"

# ---- the body byte by byte
python3 - "$dir/bytes" << 'PY'
import sys
body = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\n"
body += b"x" * 1900 + b"\n.\n..two dots\n  spaces at the end   \n\ttab\n\n\n" + "Grüße, Привет, 你好\n".encode()
body += (b"line with eight bit \xe4\xf6\xfc\n" * 3000) + b"From here\n-- \nlast line\n"
open(sys.argv[1], "wb").write(b"From: <rob@friends.example>\nTo: <ann@example.org>\nSubject: bytes-1\n"
                              b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n" + body)
PY
has "an 8-bit message with long lines is taken" '^250 ' "$(send rob@friends.example ann@example.org "$dir/bytes")"
check "and delivered" at_most 60 arrived ann bytes-1
sed '1,/^$/d' "$dir/bytes" > "$dir/bytes.want"
sed "1,/^$/d" "$(subject_in ann bytes-1)" > "$dir/bytes.got"
check "its body is the same to the byte" cmp "$dir/bytes.want" "$dir/bytes.got"

# ---- spam: tagged, and refused by the operator's list
letter rob@tagged.example dan@example.org tag-1 > "$dir/tag"
has "spam by a list that tags is taken" '^250 ' "$(send rob@tagged.example dan@example.org "$dir/tag")"
check "and delivered" at_most 60 arrived dan tag-1
letter rob@blocked.example ann@example.org block-1 > "$dir/block"
has "a sender on the operator's block list is refused for good" '^550 5\.7\.1 Message refused' \
    "$(send rob@blocked.example ann@example.org "$dir/block")"

# ---- one transaction, two policies
letter rob@pushy.example ann@example.org both-1 > "$dir/both"
has "a message that two recipients see differently is taken" '^250 ' \
    "$(send rob@pushy.example ann@example.org,bob@example.org "$dir/both")"
check "the one who wants it gets it" at_most 60 arrived ann both-1
check "the queue empties" at_most 60 queue_empty
equal "the other does not" "" "$(subject_in bob both-1)"
holds=$(m quarantine list --json 2>&1)
has "whose copy lies in quarantine" '"recipient":"bob@example.org"' "$holds"
equal "once" 1 "$(printf '%s' "$holds" | grep -o '"hold":' | wc -l)"
hold=$(printf '%s' "$holds" | sed 's/.*"hold":"\([^"]*\)".*/\1/')
letter rob@pushy.example bob@example.org all-1 > "$dir/all"
has "a message that nobody is to get is taken over" '^250 ' "$(send rob@pushy.example bob@example.org,cat@example.org "$dir/all")"
equal "for both recipients" 3 "$(m quarantine list --json | grep -o '"hold":' | wc -l)"

# ---- release
kill -KILL "$(pids keeper)"
has "a release is acknowledged (after keeper was killed)" 'state: +released|"state":"released"' "$(m quarantine release "$hold" 2>&1)"
check "and the message arrives through the relay" at_most 90 arrived bob both-1
check "the queue empties" at_most 60 queue_empty
sleep 2
equal "once" 1 "$(subject_in bob both-1 | wc -l)"
sed '1,/^$/d' "$dir/both" > "$dir/both.want"
sed "1,/^$/d" "$(subject_in bob both-1)" > "$dir/both.got"
check "with its body as it was" cmp "$dir/both.want" "$dir/both.got"
out=$(m quarantine release "$hold" 2>&1)
[ $? != 0 ] && good "a second release is refused" || bad "a second release is refused" "$out"
sleep 2
equal "and brings no second copy" 1 "$(subject_in bob both-1 | wc -l)"

# ---- shadow
echo 'mode = shadow' >> "$dir/muster.conf"
old=$(pids scanner | paste -sd' ')
kill -HUP "$node"
renewed() { now=$(pids scanner | paste -sd' '); [ -n "$now" ] && [ "$now" != "$old" ] && [ "$(m status --json | grep -o '"draining":true' | wc -l)" = 0 ]; }
at_most 90 renewed || bad "the reload to shadow mode is done"
before=$(m quarantine list --json | grep -o '"hold":' | wc -l)
letter rob@blocked.example bob@example.org shadow-1 > "$dir/shadow"
has "in shadow mode a blocked sender is taken" '^250 ' "$(send rob@blocked.example bob@example.org "$dir/shadow")"
check "and delivered" at_most 60 arrived bob shadow-1
equal "without any header of ours" 0 "$(header bob shadow-1 | grep -c '^X-Muster')"
equal "nothing is held" "$before" "$(m quarantine list --json | grep -o '"hold":' | wc -l)"
in_history() { m history 2>&1 | grep -q shadow-1; }
check "but the history has it" at_most 60 in_history

# ---- the node is down
node_stop
letter rob@friends.example ann@example.org down-1 > "$dir/down"
has "while the node is down mail is deferred" '^4[0-9][0-9] ' "$(send rob@friends.example ann@example.org "$dir/down")"
finish
