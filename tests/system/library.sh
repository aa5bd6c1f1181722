#!/bin/sh
# The library, whole: what is shipped loads, is found in three languages, a stranger's proposal is
# seen at once and reviewed after two of different classes, links are checked, everything goes out
# and in again, by the command line, over HTTP and by the pages.
. "$(dirname "$0")/lib.sh"
begin library
need curl
data=$dir/data
conf=$dir/plain.conf
printf 'data = %s\nrun = %s/run\nuser = ""\nresolver = none\n' "$data" "$dir" > "$conf"
lib() { timeout 60 "$MUSTER" library "$@" -c "$conf"; }
total() { lib "$@" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["total"])'; }
ids() { lib "$@" --json | python3 -c 'import json,sys; print(" ".join(i["id"] for i in json.load(sys.stdin)["items"]))'; }
member() { python3 -c 'import json,sys; d=json.load(sys.stdin)
for k in sys.argv[1].split("."): d=d[int(k)] if isinstance(d,list) else d[k]
print(d)' "$1"; }

# ---- what is shipped ----
equal "all 144 resources load" 144 "$(total list --object resource)"
for topic in regulation enforcement industry technology education partnership measurement outreach; do
    check "at least ten on $topic" [ "$(total list --object resource --topic $topic)" -ge 10 ]
done
check "twenty measures and more" [ "$(total measures)" -ge 20 ]
check "a path for each role" [ "$(total paths)" -ge 5 ]
check "French title" sh -c 'case "$1" in *help-i-am-on-a-blocklist*) ;; *) exit 1 ;; esac' _ "$(ids search inscription liste de blocage)"
check "French subject" [ "$(total search réglementation)" -ge 20 ]
check "Portuguese title" sh -c 'case "$1" in *rfc-8058*) ;; *) exit 1 ;; esac' _ "$(ids search cancelamento com um clique)"
check "Portuguese without accents" [ "$(total search fiscalizacao)" -ge 10 ]
check "Spanish" sh -c 'case "$1" in *rfc-6590*) ;; *) exit 1 ;; esac' _ "$(ids search ocultación de datos)"
check "Chinese subject" [ "$(total search 法规)" -ge 10 ]
check "Arabic subject" [ "$(total search القانون)" -ge 10 ]
equal "its title in French" "À l'aide, je suis sur une liste de blocage" \
    "$(lib show help-i-am-on-a-blocklist --lang fr --json | member title)"
lib search zzzzqqqq > /dev/null
equal "nothing found is a negative answer" 1 $?
lib list --topic nonsense > "$dir/out" 2>&1
equal "a word that is none" 2 $?
check "is named" grep -q 'topic: there is no "nonsense"' "$dir/out"

# ---- a stranger, over HTTP, and the pages ----
conf_more='library { mailbox = proposals@example.org }'
node_start
web=http://127.0.0.1:$web_port
ask() { curl -s -m 20 -X POST -d "$2" "http://127.0.0.1:$control_port/v1/library/$1"; }
total_node() { node_lib "$@" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["total"])'; }
node_lib() { timeout 60 "$MUSTER" library "$@" -c "$dir/muster.conf"; }
body='{"title":"A guide from a village","summary":"How a village filters its mail.","topics":["technology"],"kind":"best practice","url":"http://127.0.0.1:'$relay_port'/guide"}'
equal "proposed by a stranger" a-guide-from-a-village \
    "$(ask propose '{"kind":"resource","channel":"web","source":"192.0.2.7","body":'"$body"'}' | member id)"
check "seen at once" sh -c 'curl -s -m 20 "$1/library?q=village" | grep -q "A guide from a village"' _ "$web"
check "as proposed" sh -c 'curl -s -m 20 "$1/library/a-guide-from-a-village" | grep -q "not yet looked at"' _ "$web"
check "its link is not one" sh -c '! curl -s -m 20 "$1/library/a-guide-from-a-village" | grep -q "href=\"http://127"' _ "$web"
check "the same link again is known" sh -c 'echo "$1" | grep -q "has this link already"' _ \
    "$(ask propose '{"kind":"resource","body":'"$body"'}')"
check "a wrong field is named" sh -c 'echo "$1" | grep -q "url: must begin"' _ \
    "$(ask propose '{"kind":"resource","body":{"title":"T","summary":"S","kind":"tool","url":"javascript:1"}}')"
check "a stranger reviews nothing" sh -c 'echo "$1" | grep -q error' _ \
    "$(ask review/a-guide-from-a-village '{"opinion":"for"}')"
state() { node_lib show a-guide-from-a-village --json | member state; }
check "first review" node_lib review a-guide-from-a-village for --as Ana --class operator
check "second of the same class" node_lib review a-guide-from-a-village for --as Bao --class operator
equal "is not enough" proposed "$(state)"
check "one of another class" node_lib review a-guide-from-a-village for --as Chi --class civil-society
equal "reviewed" reviewed "$(state)"
check "now its link is one" sh -c 'curl -s -m 20 "$1/library/a-guide-from-a-village" | grep -q "href=\"http://127"' _ "$web"

# ---- by mail ----
cat > "$dir/proposal.eml" << 'MAIL'
From: Wanjiru <wanjiru@example.net>
To: proposals@example.org
Subject: A course for campus administrators
Date: Sun, 22 Nov 2026 08:00:00 +0000
Message-ID: <course@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

https://www.example.net/course
topics: education, technology
kind: training
country: KE
A course of three days about mail servers on narrow links.

-- 
Wanjiru
MAIL
to() { curl -s -m 60 -o /dev/null -H "Rcpt: $1" -H 'From: wanjiru@example.net' -H 'IP: 192.0.2.9' \
    --data-binary "@$dir/proposal.eml" "http://127.0.0.1:$http_port/checkv2"; }
to somebody@example.org
to proposals@example.org
shown() { node_lib show a-course-for-campus-administrators; }
check "a proposal by mail" at_most 30 shown
equal "its field" KE "$(node_lib show a-course-for-campus-administrators --json | member body.country)"
lacks "nothing of its sender" 'anjiru' "$(node_lib show a-course-for-campus-administrators --json)"
equal "mail to others is none" 1 "$(total_node search campus)"

# ---- links ----
mkdir "$dir/www"
echo hello > "$dir/www/guide"
(cd "$dir/www" && exec python3 -m http.server "$relay_port" --bind 127.0.0.1 > /dev/null 2>&1) &
helpers="$helpers $!"
for i in $(seq 100); do
    curl -s -m 2 -o /dev/null "http://127.0.0.1:$relay_port/guide" && break
    sleep 0.1
done
link() { node_lib show a-guide-from-a-village --json | member link; }
equal "a link not yet checked" unchecked "$(link)"
check "private addresses are refused" node_lib links --check a-guide-from-a-village
equal "which says nothing yet" unchecked "$(link)"
check "unless asked for" node_lib links --check --allow-private a-guide-from-a-village
equal "works" works "$(link)"
rm "$dir/www/guide"
check "once more" node_lib links --check --allow-private a-guide-from-a-village
equal "dead within one check" dead "$(link)"
check "and its page says so" sh -c 'curl -s -m 20 "$1/library/a-guide-from-a-village" | grep -q "Link is dead"' _ "$web"

# ---- a name goes when it is asked to ----
ask propose '{"kind":"resource","by":{"name":"Zawadi Tester"},"body":{"title":"Named text","summary":"S.","kind":"tool"}}' > "$dir/out"
has "credit is shown" "Zawadi" "$(node_lib show named-text --json)"
lacks "an organisation that nobody proved is not" "Acme" \
    "$(ask propose '{"kind":"resource","by":{"name":"X","organisation":"Acme","speaks":"organisation"},"body":{"title":"Badge","summary":"S.","kind":"tool"}}'; node_lib show badge --json)"
check "erased" node_lib erase named-text
lacks "the name is gone" "Zawadi" "$(node_lib show named-text --json)"
check "from all that is kept, too" sh -c '! grep -rqa Zawadi "$1/data"' _ "$dir"
has "the text stays" "Named text" "$(node_lib show named-text --json)"
node_lib erase no-such-text > "$dir/out" 2>&1
equal "what is not there has no names" 3 $?

# ---- steps in the reader's language, and where nobody translated them as they are ----
has "steps in French" "1\. Établissez l'ampleur" "$(node_lib show path-policy-no-law --lang fr)"
has "on the page, too" 'lang="fr"[^>]*>Des chiffres avec' "$(curl -s -m 20 "$web/paths/policy?lang=fr")"
has "in English where there are none" '1\. Find out how large' "$(node_lib show path-policy-no-law --lang sw)"

# ---- out and in again ----
check "export" node_lib export "$dir/all.json"
printf 'data = %s/second\nrun = %s/run2\nuser = ""\nresolver = none\n' "$dir" "$dir" > "$dir/second.conf"
check "import" timeout 60 "$MUSTER" library import "$dir/all.json" -c "$dir/second.conf"
equal "nothing is new the second time" 0 \
    "$(timeout 60 "$MUSTER" library import "$dir/all.json" -c "$dir/second.conf" --json | member taken)"
timeout 60 "$MUSTER" library show a-guide-from-a-village -c "$dir/second.conf" > "$dir/out"
check "the guide went along" grep -q "A guide from a village" "$dir/out"

# ---- pages ----
for page in library measures paths paths/policy paths/operator paths/sender paths/user paths/trainer gaps \
    library/propose library/atom library/feed.json library/measure-port-25-management \
    library/a-guide-from-a-village/versions 'library?q=ley&lang=es' 'library?topic=openness'; do
    equal "page /$page" 200 "$(curl -s -m 20 -o "$dir/page" -w '%{http_code}' "$web/$page")"
done
for page in '' library paths measures; do
    bytes=$(curl -s -m 20 --compressed -o /dev/null -w '%{size_download}' "$web/$page")
    check "/$page is $bytes bytes over the wire" [ "$bytes" -lt 14000 ]
done
check "Atom is well formed" sh -c 'curl -s -m 20 "$1/library/atom" | python3 -c "import sys,xml.dom.minidom as m; m.parse(sys.stdin.buffer)"' _ "$web"
check "JSON Feed has items" sh -c 'curl -s -m 20 "$1/library/feed.json" | python3 -c "import json,sys; assert json.load(sys.stdin)[\"items\"]"' _ "$web"
equal "no such object" 404 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' "$web/library/no-such-thing")"

# ---- the file can be thrown away ----
before=$(node_lib counts --json)
node_stop
rm -f "$dir"/data/library.db*
node_start
equal "folded anew" "$before" "$(node_lib counts --json)"
finish
