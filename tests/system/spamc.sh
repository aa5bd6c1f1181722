#!/bin/sh
# spamc, unchanged, against our spamd door.
. "$(dirname "$0")/lib.sh"
begin spamc
need spamc
conf_more='doors { spamd_tell = yes }
scan { spam_headers = yes }
policy { block = blocked.example  on_block = tag }'
node_start
sc() { timeout 60 spamc -d 127.0.0.1 -p "$spamd_port" "$@"; }
ham=$mail/001-letter-from-aunt.eml
{ printf 'From: <rob@blocked.example>\nX-Spam-Flag: NO\nX-Muster-Score: -50\n'; sed '/^From:/d' "$ham"; } > "$dir/spam"

out=$(sc -c < "$ham"); code=$?
equal "-c: ham gives 0" 0 $code
has "with score and threshold" '^-?[0-9.]+/5\.0$' "$out"
out=$(sc -c < "$dir/spam"); code=$?
equal "-c: spam gives 1" 1 $code
has "with its score" '^[12][0-9][.][0-9]/5[.]0$' "$out"
has "-R: score and the reasons in words" 'block' "$(sc -R < "$dir/spam")"
has "-y: the names of what was found" '[a-z_]+(,[a-z_]+)*' "$(sc -y < "$dir/spam")"
sc -E < "$ham" > "$dir/out"; equal "-E: ham gives 0" 0 $?
sc -E < "$dir/spam" > "$dir/out"; equal "-E: spam gives 1" 1 $?
has "processed spam is marked" '^X-Spam-Flag: YES' "$(cat "$dir/out")"
has "and has our lines" '^X-Muster-Verdict: spam' "$(cat "$dir/out")"
equal "forged lines are gone" 0 "$(grep -c 'X-Spam-Flag: NO\|X-Muster-Score: -50' "$dir/out")"
tr -d '\r' < "$dir/out" | sed '1,/^$/d' > "$dir/got"
sed '1,/^$/d' "$dir/spam" > "$dir/want"
check "the body is the same" cmp "$dir/want" "$dir/got"
has "--headers works" '^X-Spam-Status: Yes' "$(sc --headers < "$dir/spam")"
check "-K: ping" sc -K
has "-L spam is acknowledged" 'successfully' "$(sc -L spam < "$mail/005-parcel-fee.eml" 2>&1)"
has "and is there for all" '1 known already' "$(m learn --user "$(id -un)" spam "$mail/005-parcel-fee.eml" 2>&1)"
has "-L ham turns it" 'successfully' "$(sc -L ham < "$mail/005-parcel-fee.eml" 2>&1)"
has "which all see" '1 known already' "$(m learn --user "$(id -un)" ham "$mail/005-parcel-fee.eml" 2>&1)"
has "-L forget takes it back" 'successfully' "$(sc -L forget < "$mail/005-parcel-fee.eml" 2>&1)"
has "which all see" '0 unlearned, 1 not learned' "$(m unlearn --user "$(id -un)" "$mail/005-parcel-fee.eml" 2>&1)"

# ---- big, compressed, many
python3 - "$ham" "$dir/big" << 'PY'
import sys
head = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(head + b"a line of plain text that repeats itself\n" * 120000)
PY
sc -s 10000000 < "$dir/big" > "$dir/out"; equal "a message of 5 MB" 0 $?
has "is processed" '^X-Muster-Verdict: ' "$(head -60 "$dir/out")"
tail -c 3000000 "$dir/big" > "$dir/want"
tr -d '\r' < "$dir/out" | tail -c 3000000 > "$dir/got"
check "and comes back whole" cmp "$dir/want" "$dir/got"
if sc -z -c < "$ham" > "$dir/out" 2>&1; then
    has "-z: a compressed message is read" '/5\.0$' "$(cat "$dir/out")"
else
    echo "skipped: spamc -z (this spamc has no zlib)"
fi
many=
for k in 1 2 3 4 5 6 7 8; do
    (for f in "$mail"/00*.eml "$mail"/01*.eml; do sc -c < "$f"; done > "$dir/many.$k" 2>&1) &
    many="$many $!"
done
# shellcheck disable=SC2086
wait $many
equal "eight clients at once get the same answers" 1 "$(cat "$dir"/many.? | sort | uniq -c | awk '{print $1 % 8}' | sort -u | wc -l)"
equal "and all of them" $((8 * $(ls "$mail"/00*.eml "$mail"/01*.eml | wc -l))) "$(cat "$dir"/many.? | grep -c '/5\.0$')"
node_stop
equal "the node stops well" 0 "$stop_code"
finish
