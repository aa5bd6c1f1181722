#!/bin/sh
# Nothing is lost: mail through Postfix and lessons beside it, while scanners and keeper are killed
# at random. CHAOS_MESSAGES (200) and CHAOS_SEED (1) say how much and which.
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin chaos
need_root
need postfix postconf
at_end() { postfix_stop; }
messages=${CHAOS_MESSAGES:-200}
seed=${CHAOS_SEED:-1}
smtp_port=$(py ports 1)
conf_more='policy "bob@example.org" { block = pushy.example  on_block = quarantine }'
node_start
postfix_start "$smtp_port" "$relay_port"
echo "chaos: $messages messages, seed $seed"

# Three quarters go to Ann, the rest to Bob's quarantine; Postfix takes what the milter lets through, and the
# senders try again when it says 4xx.
half=$((messages * 3 / 4))
py flood "$smtp_port" rob@friends.example ann@example.org $half "$seed" > "$dir/flood.ann" 2>&1 &
flood_ann=$!
py flood "$smtp_port" rob@pushy.example bob@example.org $((messages - half)) "$seed" > "$dir/flood.bob" 2>&1 &
flood_bob=$!
# Lessons: what was acknowledged is written down.
(
    for f in "$mail"/0*.eml; do
        [ -e "$dir/flooded" ] && break
        if m learn spam "$f" 2> /dev/null | grep -q '^1 learned'; then echo "$f" >> "$dir/lessons"; fi
    done
) &
teacher=$!

# One process every 0.2 to 0.6 s
py victims "$seed" 400 > "$dir/victims"
kills=0
(
    exec 3< "$dir/victims"
    while [ ! -e "$dir/flooded" ] && read -r role nap <&3; do
        pid=$(pids "$role" | head -1)
        [ -n "$pid" ] && kill -KILL "$pid" 2> /dev/null && echo "$role" >> "$dir/killed"
        sleep "$nap"
    done
) &
killer=$!
wait "$flood_ann" "$flood_bob"
touch "$dir/flooded"
wait "$teacher" "$killer"
kills=$(wc -l < "$dir/killed")
echo "killed: $(sort "$dir/killed" | uniq -c | paste -sd' ')"
[ "$kills" -ge 3 ] && good "processes were killed ($kills)" || bad "processes were killed" "$kills"
has "Ann's mail was all handed in" "sent=$half .*refused=0 gave_up=0" "$(cat "$dir/flood.ann")"
has "Bob's too" "refused=0 gave_up=0" "$(cat "$dir/flood.bob")"
cat "$dir/flood.ann" "$dir/flood.bob"
at_most 30 answers || bad "the node answers after it all"
at_most 60 queue_empty

# ---- every message is somewhere
for f in $(box ann); do sed -n 's/^Subject: \(token-[0-9]*\)$/\1/p' "$f"; done > "$dir/delivered"
sort -u "$dir/delivered" > "$dir/delivered.once"
in_queue=$(queued)
missing=$((half - $(wc -l < "$dir/delivered.once")))
[ "$missing" -le "$in_queue" ] && good "Ann's $half are delivered or deferred ($in_queue in the queue)" ||
    bad "Ann's $half are delivered or deferred" "missing $missing, queue $in_queue"
# A sender that was told 4xx after Postfix had taken the message would bring it twice; we never
# answer for Postfix after that, so a double is ours.
equal "none is twice in the mailbox" "" "$(sort "$dir/delivered" | uniq -d)"
py holds "$dir/run/control.sock" > "$dir/held"
sort -u "$dir/held" > "$dir/held.once"
equal "Bob's are all in quarantine" $((messages - half)) "$(grep -c token- "$dir/held.once")"
equal "none reached his mailbox" 0 "$(box bob | wc -l)"
echo "delivered $(wc -l < "$dir/delivered"), in the queue $in_queue, held $(wc -l < "$dir/held")"

# ---- lessons
lost=0
known=0
while read -r f; do
    if m learn spam "$f" 2>&1 | grep -q '1 known already'; then known=$((known + 1)); else lost=$((lost + 1)); fi
done < "$dir/lessons"
[ "$known" -ge 1 ] && good "lessons were acknowledged meanwhile ($known)" || bad "lessons were acknowledged meanwhile"
equal "and none is lost" 0 "$lost"
node_stop
equal "the node stops well" 0 "$stop_code"
hash=$("$MUSTER" learn --rebuild --config "$dir/muster.conf" 2>&1 | sed -n 's/.*model \([0-9a-f]*\)$/\1/p')
again=$("$MUSTER" learn --rebuild --config "$dir/muster.conf" 2>&1 | sed -n 's/.*model \([0-9a-f]*\)$/\1/p')
[ -n "$hash" ] && good "the model folds anew from the journal" || bad "the model folds anew from the journal"
equal "to the same bits each time" "$hash" "$again"
finish
