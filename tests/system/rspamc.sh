#!/bin/sh
# rspamc, unchanged, against our HTTP doors.
. "$(dirname "$0")/lib.sh"
begin rspamc
need rspamc
node_start
rc() { timeout 60 rspamc -t 50 "$@"; }
lesson=$mail/005-parcel-fee.eml
out=$(rc -h "127.0.0.1:$http_port" symbols "$mail/002-mailbox-quota.eml" 2>&1)
equal "symbols gives 0" 0 $?
has "with an action" '^Action: (no action|add header|reject)' "$out"
has "a score" '^Score: -?[0-9.]+ / [0-9.]+' "$out"
has "and symbols" '^Symbol: [A-Z_]+ \(-?[0-9.]+\)' "$out"
want=$(m scan --json "$mail/002-mailbox-quota.eml" | sed 's/.*"score":\(-\{0,1\}[0-9]*\).*/\1/')
has "the score that muster scan gives" "^Score: $want(\.[0-9]+)? /" "$out"
token=$(m token add tester learn,read --json | sed 's/.*"token":"\([0-9a-f]*\)".*/\1/')
ctl="-h 127.0.0.1:$control_port"
# shellcheck disable=SC2086
{
    out=$(rc $ctl learn_spam "$lesson" 2>&1)
    has "without a token nothing is learned" '(40[13]|error|token)' "$out"
    has "as the model shows" '^1 unlearned|1 not learned|was not learned' "$(m unlearn "$lesson" 2>&1)"
    out=$(rc $ctl -P wrong learn_spam "$lesson" 2>&1)
    has "nor with a wrong one" '(40[13]|error|token)' "$out"
    out=$(rc $ctl -P "$token" learn_spam "$lesson" 2>&1)
    has "learn_spam with a token" 'success = true' "$out"
    has "teaches" '1 known already' "$(m learn spam "$lesson" 2>&1)"
    has "learn_ham too" 'success = true' "$(rc $ctl -P "$token" learn_ham "$lesson" 2>&1)"
    has "teaches" '1 known already' "$(m learn ham "$lesson" 2>&1)"
    counts() { rc $ctl -P "$token" stat 2>&1 | grep -q "^Messages $1: [1-9]"; }
    check "stat counts scans" at_most 30 counts scanned
    check "and lessons" at_most 30 counts learned
}
m token remove tester > /dev/null 2>&1
# shellcheck disable=SC2086
out=$(rc $ctl -P "$token" learn_spam "$lesson" 2>&1)
has "a removed token opens nothing" '(40[13]|error|token)' "$out"
finish
