# The web process under attack: what browsers never send, what they are made to send, and what would
# hurt if it were shown as it came. docs/security.md has the table; web_attack.py the attempts.
. "$(dirname "$0")/lib.sh"
begin websec
conf_more='web { rate = 1000  burst = 100000 }'
node_start
attack() {
    timeout "$1" python3 "$here/web_attack.py" "$web_port" $2 > "$dir/attack.out" 2>&1
    rc=$?
    grep -v '^ok ' "$dir/attack.out"
    equal "web_attack: $2" 0 "$rc"
}
attack 200 "headers host smuggling methods traversal"
attack 200 "reflected csrf injection"
attack 800 bombs
attack 200 slow
[ "${PROOF:-}" = "" ] || attack 400 slowbody
lacks "the web process was not hurt" 'died process=web' "$(cat "$dir/log")"
node_stop
conf_more='web { rate = 5  burst = 100 }'
node_start
attack 100 rate
finish
