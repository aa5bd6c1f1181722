#!/bin/sh
# A flood of reports from one source: it lists nothing, its cases are few, and people of other networks
# are answered meanwhile. FLOOD_MAILS and FLOOD_PAGES make it larger (./dev proof: 100,000 in all).
. "$(dirname "$0")/lib.sh"
begin flood
mails=${FLOOD_MAILS:-3000}
pages=${FLOOD_PAGES:-500}
conf_more='domains = desk.example
web { hosts = 127.0.0.1 }
desk { mailbox = spam@desk.example  source_cases = 50  source_most = 400 }'
node_start
timeout "${FLOOD_SECONDS:-240}" python3 "$here/flood.py" "$http_port" "$web_port" "$mails" "$pages" 40 > "$dir/out" 2> "$dir/flood.err"
equal "the flood came to its end" 0 $?
cat "$dir/out"
figure() { sed -n "s/^$1:.*[ =]$2=\([0-9.]*\).*/\1/p" "$dir/out"; }
# each honest report got a code, and its case was there
equal "all who reported before were answered" "$(figure before of)" "$(figure before good)"
equal "all who reported meanwhile, too" "$(figure during of)" "$(figure during good)"
check "there were some" test "$(figure during of)" -ge 1
honest=$(($(figure before of) + $(figure during of)))
work=$(m case work --json)
reports=$(printf '%s' "$work" | sed -n 's/.*"reports":\([0-9]*\).*/\1/p')
cases=$(printf '%s' "$work" | sed -n 's/.*"states":{\([^}]*\)}.*/\1/p' | tr ',' '\n' | awk -F: '{ n += $2 } END { print n }')
echo "cases $cases, reports counted $reports, of them honest $honest"
# two sources, a network by mail and an address by the web; shares are by the hour, of which two may
# be touched, or as many as a long flood lasts
share=$((2 * (2 + $(figure flood seconds) / 3600)))
check "the flood got its share of cases, no more" test "$cases" -le $((honest + share * 50))
check "what was beyond was counted with them" test "$reports" -gt "$cases"
check "and far beyond put off" test "$reports" -le $((honest + share * 400))
equal "nothing is listed" '[]' "$(m listing list --json | sed -n 's/.*"listings":\(\[[^]]*\]\).*/\1/p')"
lacks "and nobody is asked to" 'propose' "$(for code in $(m case work --json | grep -o '"code":"[0-9A-Z-]*"' | cut -d'"' -f4 | head -5); do m case "$code"; done)"
finish
