#!/bin/sh
# Attacks behind a log-in: fixed and stolen sessions, every form without its token, a hostile mail on
# every page of staff, line ends in whatever reaches a letter. docs/security.md has the table.
. "$(dirname "$0")/lib.sh"
begin staffsec
mkdir "$dir/sink"
export SINK="$dir/sink" PASSWORD='correct horse staple'
python3 "$here/smtp_sink.py" "$relay_port" "$SINK" 2> "$dir/sink.err" &
helpers=$!
conf_more='domains = example.org
web { rate = 1000  burst = 100000 }
policy { block = hostile.example  on_block = quarantine }'
node_start
person() {
    name=$1
    shift
    check "account $name" sh -c 'word=$1; shift; echo "$PASSWORD" | "$@"' - "$name" timeout 120 "$MUSTER" account add "$name" --config "$dir/muster.conf" "$@"
}
person stew --roles steward,operator,reviewer --stakeholder operator
person olga --roles operator --stakeholder operator
person mia --roles member
person anna --roles member --mailbox ann@example.org
cat > "$dir/hostile.py" << 'PY'
import sys
bad = "\"'><script>alert(7)</script><img src=http://evil.example/x onerror=alert(7)>"
print(f"""From: {bad} <a@hostile.example>
To: {bad} <ann@example.org>
Subject: {bad}
Message-ID: <{bad}@hostile.example>
Reply-To: {bad} <b@hostile.example>
List-Unsubscribe: <javascript:alert(7)>, <http://evil.example/{bad}>
Received: from {bad} by {bad}; Sun, 22 Nov 2026 09:00:00 +0000
X-{bad}: {bad}
Date: {bad}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset={bad}

<html><script>alert(7)</script><body onload=alert(7)><a href="javascript:alert(7)">here</a>
<a href="http://evil.example/login">{bad}</a><img src="http://evil.example/pixel"><svg onload=alert(7)>
--b
Content-Type: {bad}/x; name="{bad}.exe"
Content-Disposition: attachment; filename="{bad}.exe"

MZ
--b--""")
PY
python3 "$dir/hostile.py" > "$dir/hostile.eml"
MILTER_FROM=a@hostile.example py milter "$milter_port" "$dir/hostile.eml" > "$dir/milter.out" 2>&1
is_held() { m quarantine list --json | grep -q '"hold":'; }
check "a hostile message is held" at_most 60 is_held
attack() {
    timeout "$1" python3 "$here/web_staff_attack.py" "$web_port" "$2" > "$dir/attack.out" 2>&1
    rc=$?
    grep -v '^ok ' "$dir/attack.out"
    equal "web_staff_attack: $2" 0 "$rc"
}
attack 300 csrf
attack 300 hostile
attack 300 letters
attack 200 session
lacks "the web process was not hurt" 'died process=' "$(cat "$dir/log")"
finish
