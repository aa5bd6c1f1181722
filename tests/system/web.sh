#!/bin/sh
# The pages over a real node: front page, languages, log-in and roles by forms alone, sessions over
# restarts of keeper and web, the copy as files.
. "$(dirname "$0")/lib.sh"
begin web
conf_more='web { join = open  rate = 1000  burst = 100000 }'
node_start

w() { timeout 120 python3 "$here/web.py" "$web_port" "$@"; }
walk() { printf '%b' "$2" > "$dir/steps"; check "$1" w walk "$dir/steps"; }

front=$(w get /)
has "the front page is there" '<h1>Spam Toolkit</h1>' "$front"
has "nothing but our own may load" "^Content-Security-Policy: default-src 'none'; style-src 'self'" "$front"
lacks "no script on it" '<script' "$front"
lacks "no cookie for a reader" '^Set-Cookie' "$front"
css=$(printf '%s' "$front" | sed -n 's/.*href="\(\/static\/style[^"]*\)".*/\1/p')
total=$(($(w size /) + $(w size "$css")))
check "first page and style sheet take less than 14 kB ($total)" [ "$total" -lt 14000 ]
has "a page that is not there" '^404' "$(w get /none)"
has "the same for programs" '"error"' "$(w get /none.json)"
for tongue in 'fr ltr' 'es ltr' 'pt ltr' 'ar rtl' 'sw ltr' 'id ltr' 'zh ltr'; do
    set -- $tongue
    has "in $1" "<html lang=\"$1\" dir=\"$2\">" "$(w get "/?lang=$1")"
done
has "the browser's wish counts" '<html lang="ar" dir="rtl">' "$(w get / 'Accept-Language: ar-EG, en;q=0.5')"
has "foreign hosts are refused" '^421' "$(w get / 'Host: evil.example')"

echo 'correct horse staple' | m account add stew --roles steward,operator > "$dir/add.out" 2>&1
has "the first steward is made on the machine" 'stew +member,operator,steward' "$(m account list)"
walk "a stranger is sent to log in" 'get /account\nexpect 303\n'
walk "a wrong password opens nothing" \
    'get /account/login\npost /account/login\tname=stew\tpassword=wrong wrong wrong\nhas not right\nno-cookie muster\n'
walk "the steward logs in, and out" \
    'get /account/login\ncookie muster-form\npost /account/login\tname=stew\tpassword=correct horse staple\tnext=/account/people\nexpect 200\nhas Accounts and roles\ncookie muster\nget /account\nhas steward\npost /account/logout\nno-cookie muster\nget /account\nexpect 303\n'
walk "a token that somebody planted is no session" \
    'steal 00000000000000000000000000000000000000000000000000000000000000ff\nget /account\nexpect 303\n'
walk "anybody makes an account where that is open" \
    'get /account/join\npost /account/join\tname=mia\tpassword=short\nhas too short\npost /account/join\tname=mia\tpassword=a long pass word\tstakeholder=user\nhas Please log in\n'
walk "a member is no steward" \
    'get /account/login\npost /account/login\tname=mia\tpassword=a long pass word\nexpect 200\nget /account/people\nexpect 403\n'
walk "a steward makes a reviewer, with a reason, and not himself an auditor" \
    'get /account/login\npost /account/login\tname=stew\tpassword=correct horse staple\nget /account/people/mia\npost /account/people/mia\trole=reviewer\tdo=change\treason=knows the field\nhas the log has it\nget /account/people/stew\npost /account/people/stew\trole=auditor\tdo=change\treason=why not\nexpect 403\n'
has "the role stands" 'mia +member,reviewer' "$(m account list)"
has "and the log says why" 'roles +stew +knows the field' "$(m account log)"

# A session outlives keeper and web; the answer meanwhile is a page, not a hang.
cat > "$dir/live.py" << 'PY'
import runpy, sys, subprocess, time
sys.argv = ["web.py", sys.argv[1], "none"] + sys.argv[2:]
browser = runpy.run_path(sys.argv[3])["Browser"](int(sys.argv[1]))
browser.get("/account/login")
browser.post("/account/login", {"name": "stew", "password": "correct horse staple"})
assert browser.status == 200, browser.body
for pid in sys.argv[4:]:
    subprocess.run(["kill", "-KILL", pid])
end = time.monotonic() + 60
while True:
    try:
        browser.get("/account")
        if browser.status == 200:
            break
    except OSError:
        pass
    assert time.monotonic() < end, browser.status
    time.sleep(0.2)
assert "Log out" in browser.body
PY
for role in keeper web; do
    check "a session outlives $role" timeout 120 python3 "$dir/live.py" "$web_port" "$here/web.py" $(pids $role)
done

m export "$dir/copy" > "$dir/export.out" 2>&1
has "the copy has pages" 'pages' "$(cat "$dir/export.out")"
check "the copy begins with a page" grep -q '<h1>Spam Toolkit</h1>' "$dir/copy/index.html"
lacks "no link of it leads to this machine" 'href="/' "$(cat "$dir"/copy/*.html)"
cat > "$dir/links.py" << 'PY'
import os, re, sys, urllib.parse
bad = []
for folder, _, files in os.walk(sys.argv[1]):
    for name in files:
        if not name.endswith(".html"):
            continue
        text = open(os.path.join(folder, name), encoding="utf-8").read()
        for url in re.findall(r'(?:href|src)="([^"]*)"', text):
            if not url.startswith(("http:", "https:", "mailto:", "#")):
                to = os.path.join(folder, urllib.parse.unquote(url.split("#")[0]))
                if not os.path.exists(to):
                    bad.append((name, url))
print(len(bad), bad[:5])
sys.exit(bool(bad))
PY
check "each link of it leads to a file" python3 "$dir/links.py" "$dir/copy"
m export "$dir/copy.html" > /dev/null 2>&1
check "and fits in one file" grep -q '</html>' "$dir/copy.html"

node_stop
equal "the node stops in order" 0 "$stop_code"
finish
