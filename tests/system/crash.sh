#!/bin/sh
# A message that crashes a scanner twice is set aside; the others go on. The crash is brought about
# from outside: a library preloaded into the node raises SIGSEGV when a scanner looks at the marker.
. "$(dirname "$0")/lib.sh"
begin crash
library=${BUILD:-.}/libcrash.so
[ -e "$library" ] || skip "libcrash.so is not built"
node_env="LD_PRELOAD=$(readlink -f "$library")"
ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0:handle_segv=0
node_start
first=$mail/001-letter-from-aunt.eml
check "a harmless message is scanned" m scan "$first"
{ printf 'X-Crash-The-Scanner: now\n'; cat "$first"; } > "$dir/bad"
{ printf 'Subject: other\nX-Crash-The-Scanner: later\n'; cat "$first"; } > "$dir/bad2"
scan_bad() { timeout 60 python3 "$here/client.py" http "$http_port" /v1/scan "$1" 2>&1 | tail -1; }
crashes() { grep -c 'died process=scanner' "$dir/log"; }
two_up() { [ "$(pids scanner | wc -l)" = 2 ]; }
crashed() { [ "$(crashes)" -ge "$1" ]; }

scan_bad "$dir/bad" > "$dir/out1"
check "the scanner died of it" at_most 60 crashed 1
check "and was started again" at_most 60 two_up
check "others are scanned" m scan "$first"
scan_bad "$dir/bad" > "$dir/out2"
check "it dies of it once more" at_most 60 crashed 2
check "and is started again" at_most 60 two_up
third=$(scan_bad "$dir/bad")
has "the third time the message is set aside, with an answer" '^HTTP/1.1 5[0-9][0-9]' "$third"
equal "no scanner died of it" 2 "$(crashes)"
has "the log says so" 'set_aside' "$(cat "$dir/log")"
# Milter brings the same mail with other line ends: other bytes, which count by themselves.
through_milter() { timeout 60 python3 "$here/client.py" milter "$milter_port" "$dir/bad" '' 2>&1 | tail -1; }
has "through milter the first time the connection ends" 'hung up' "$(through_milter)"
check "a scanner died" at_most 60 crashed 3
check "and a scanner is started again" at_most 60 two_up
has "and the second time" 'hung up' "$(through_milter)"
check "a scanner died" at_most 60 crashed 4
check "and a scanner is started again" at_most 60 two_up
has "then it waits, the sender keeps it" '^(t|y 4)' "$(through_milter)"
equal "and spamd's door answers too" 'SPAMD/1.0 75 EX_TEMPFAIL' "$(py spamd "$spamd_port" "$dir/bad" 2>&1 | sed 's/^SPAMD.1.[0-9]/SPAMD\/1.0/')"
has "others are still scanned" "^$(find "$mail" -name "*.eml" | wc -l) messages:" "$(m scan "$mail")"
scan_bad "$dir/bad2" > "$dir/out3"
check "another message that crashes counts by itself" at_most 60 crashed 5
check "the node goes on" at_most 60 two_up
bytes=$(m status --json | sed 's/.*"objects":{"count":\([0-9]*\).*/\1/')
[ "${bytes:-0}" -ge 1 ] && good "a copy is kept for study" || bad "a copy is kept for study" "objects: $bytes"
node_stop
equal "and it stops well" 0 "$stop_code"
finish
