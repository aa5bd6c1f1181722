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
conf_more='web { rate = 1000  burst = 10000 }'
node_start
printf 'Yes, write to me once a month.\n' > "$dir/text"
timeout 60 "$MUSTER" receipt key "$dir/receipt.key" > "$dir/key.out" 2>&1
timeout 60 "$MUSTER" receipt make --key "$dir/receipt.key" --address anna@example.org \
    --sender "Seifen Huber" --what "newsletter, monthly" --how "web form" --text "$dir/text" \
    --when 2026-01-05T10:00:00Z > "$dir/receipt.json" 2> "$dir/receipt.err"
check "a receipt to verify" test -s "$dir/receipt.json"
export URL="http://127.0.0.1:$web_port" SHOTS="${SHOTS:-${BUILD:-$dir}/screenshots}" RECEIPT="$dir/receipt.json"
export MUSTER_SOURCE HOME="$dir"
timeout "${BROWSER_SECONDS:-400}" node "$MUSTER_SOURCE/tests/web/$set_name.mjs" > "$dir/browser.out" 2>&1
rc=$?
cat "$dir/browser.out"
equal "the browser's tests" 0 "$rc"
check "the node lives on" node_alive
finish
