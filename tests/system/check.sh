#!/bin/sh
# muster check and muster receipt, whole: CHECK_ROWS recipients (100,000) in 60 countries in bounded
# memory, nothing lost, the same bytes for the same input, going on after a kill.
. "$(dirname "$0")/lib.sh"
begin check
rows=${CHECK_ROWS:-100000}
campaigns=$MUSTER_SOURCE/tests/law/campaigns
export MUSTER_LAW="$MUSTER_SOURCE/law"
: > "$dir/muster.conf"

# A list: every tenth thousandth line is broken, one value in a hundred is not understood.
make_list() {
    awk -v n="$1" 'BEGIN {
        srand(7)
        split("AE AR AT AU BE BR CA CH CL CN CO CR CZ DE DK DO EG ES ET FI FR GB GE GH HK ID IE IL IN IT JP KE KR LK MA MX MY NG NL NO NZ PE PH PK PL PT QA RO RU SA SE SG SN TH TR TZ UA US VN ZA", cc, " ")
        split("express customer inquiry none double_opt-in member given perhaps", basis, " ")
        split("person company sole_trader", type, " ")
        print "email,country,consent,consent date,last purchase,type,unsubscribed"
        for (i = 1; i <= n; i++) {
            if (i % 10000 == 5000) { printf "\"broken %d,DE,express\n", i; continue }
            day = sprintf("%04d-%02d-%02d", 2018 + int(rand() * 9), 1 + int(rand() * 12), 1 + int(rand() * 28))
            b = rand() < 0.01 ? basis[8] : basis[1 + int(rand() * 7)]
            printf "user%d@example.org,%s,%s,%s,%s,%s,%s\n", i, cc[1 + int(rand() * 60)], b,
                i % 3 ? day : "", i % 5 ? "" : day, type[1 + int(rand() * 3)], rand() < 0.1 ? "yes" : "no"
        }
    }'
}

# Peak memory in KiB of a command and its children, on the last line of its output.
peak() {
    python3 -c 'import resource, subprocess, sys
rc = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, rc)' "$@"
}

value() { grep -o "\"$2\":[0-9]*" "$1" | head -1 | cut -d: -f2; }

make_list "$rows" > "$dir/list.csv"
make_list 1 > "$dir/one.csv"
cat > "$dir/facts.json" << 'JSON'
{"sender": {"name": "Tasman Books Pty Ltd"}, "sender_country": "AU", "header_true": true, "subject_true": true}
JSON
run_check() { # OUT LIST [options]
    out=$1
    list=$2
    shift 2
    timeout 900 "$MUSTER" check --config "$dir/muster.conf" "$campaigns/08-tasman.eml" --recipients "$list" \
        --facts "$dir/facts.json" --at 2026-11-02 --json --rows "$out.csv" --report "$out.html" "$@" > "$out.json"
}

# 1. Nothing is lost.
run_check "$dir/a" "$dir/list.csv"
equal "exit code: a violation was found" 1 $?
total=$(value "$dir/a.json" rows)
equal "all rows are counted" "$rows" "$total"
broken=$(((rows + 5000) / 10000))
equal "broken rows" "$broken" "$(value "$dir/a.json" broken)"
sum=$(($(value "$dir/a.json" violation_found) + $(value "$dir/a.json" cant_tell) + $(value "$dir/a.json" no_violation_found) + broken))
equal "the answers and the broken rows make up the list" "$rows" "$sum"
equal "every broken row is named with its line" "$broken" "$(grep -c ',,mend,' "$dir/a.csv")"
has "... the first in its place" '^5001,' "$(grep ',,mend,' "$dir/a.csv" | head -1)"
equal "rows to drop" "$(value "$dir/a.json" drop)" "$(grep -cE '^[0-9]+,[^,]*,[A-Z]*,drop,' "$dir/a.csv")"
equal "rows to ask" "$(value "$dir/a.json" ask)" "$(grep -cE '^[0-9]+,[^,]*,[A-Z]*,ask,' "$dir/a.csv")"
equal "60 countries" 60 "$(grep -o '"country":"[A-Z][A-Z]"' "$dir/a.json" | sort -u | wc -l)"

# 2. The same bytes for the same input.
run_check "$dir/b" "$dir/list.csv"
for kind in json csv html; do
    check "again the same: $kind" cmp "$dir/a.$kind" "$dir/b.$kind"
done
cat "$dir/list.csv" | run_check "$dir/b" -
check "the same from a pipe" cmp "$dir/a.json" "$dir/b.json"

# 3. Memory: at most 64 MB over what one recipient takes. (A sanitizer keeps freed memory.)
if ! grep -q __asan_init "$MUSTER"; then
    base=$(peak "$MUSTER" check "$campaigns/08-tasman.eml" --recipients "$dir/one.csv" --at 2026-11-02 --json --rows "$dir/m.csv")
    most=$(peak "$MUSTER" check "$campaigns/08-tasman.eml" --recipients "$dir/list.csv" --at 2026-11-02 --json --rows "$dir/m.csv")
    over=$((${most% *} - ${base% *}))
    echo "      $rows recipients take $over KiB over one recipient (${base% *} KiB)"
    check "at most 64 MB over the start" [ "$over" -le 65536 ]
fi

# 4. Killed in the middle, it goes on and ends with the same bytes.
mkfifo "$dir/slow"
part=$((rows * 3 / 4))
{ head -n "$part" "$dir/list.csv"; sleep 60; } > "$dir/slow" &
helpers="$helpers $!"
timeout 100 "$MUSTER" check --config "$dir/muster.conf" "$campaigns/08-tasman.eml" --recipients - --facts "$dir/facts.json" \
    --at 2026-11-02 --json --rows "$dir/c.csv" < "$dir/slow" > /dev/null 2>&1 &
job=$!
if at_most 60 [ -s "$dir/c.csv.state" ]; then
    sleep 0.3
    child=$(ps -o pid= --ppid "$(ps -o pid= --ppid $job | tr -d ' ')" 2> /dev/null | tr -d ' ')
    # shellcheck disable=SC2046
    kill -KILL $(ps -o pid= --ppid $job) $child 2> /dev/null
    wait $job 2> /dev/null
    check "the checkpoint stays after the kill" [ -s "$dir/c.csv.state" ]
    head -n 1000 "$dir/list.csv" > "$dir/other.csv"
    cp "$dir/c.csv" "$dir/d.csv"
    cp "$dir/c.csv.state" "$dir/d.csv.state"
    run_check "$dir/d" "$dir/other.csv" --resume 2> "$dir/err"
    equal "another list is refused" 2 $?
    run_check "$dir/c" "$dir/list.csv" --resume
    equal "it goes on" 1 $?
    check "the list of rows is the same" cmp "$dir/a.csv" "$dir/c.csv"
    check "the report is the same" cmp "$dir/a.json" "$dir/c.json"
    check "the page is the same" cmp "$dir/a.html" "$dir/c.html"
    check "the checkpoint is gone" [ ! -e "$dir/c.csv.state" ]
else
    bad "no checkpoint within 60 s"
fi

# 5. Wrong use is told in one line.
one_line() { # WORDS CODE ARGS...
    words=$1
    code=$2
    shift 2
    timeout 60 "$MUSTER" check --config "$dir/muster.conf" "$@" > "$dir/out" 2> "$dir/err"
    equal "$words: exit code" "$code" $?
    equal "$words: one line" 1 "$(wc -l < "$dir/err")"
}
eml=$campaigns/08-tasman.eml
one_line "nobody to send to" 2 "$eml"
one_line "no such country" 2 "$eml" --to XX
one_line "no such file" 3 "$dir/none.eml" --to DE
one_line "no such list" 3 "$eml" --recipients "$dir/none.csv"
printf 'a,b\n1,2\n' > "$dir/nocountry.csv"
one_line "no column for the country" 2 "$eml" --recipients "$dir/nocountry.csv"
one_line "no such day" 2 "$eml" --to DE --at 2026-02-30
echo '{"consent": "perhaps"}' > "$dir/badfacts.json"
one_line "facts that are none" 2 "$eml" --to DE --facts "$dir/badfacts.json"
one_line "nothing to go on with" 2 "$eml" --recipients "$dir/one.csv" --rows "$dir/new.csv" --resume
timeout 60 "$MUSTER" check --config "$dir/muster.conf" "$campaigns/01-seifen.eml" --to DE,AT,CH --facts "$campaigns/01-seifen.json" --at 2026-11-02 > "$dir/out"
equal "nothing found: exit code" 0 $?
has "the words of the answer" 'no violation found' "$(cat "$dir/out")"
check "never another word" sh -c "! grep -qiE 'lawful|compliant' '$dir/out' '$dir/a.html'"
check "no script in the page" sh -c "! grep -qi '<script' '$dir/a.html'"

# 6. Will it arrive: from a zone, from a name server on loopback, or not asked. It changes no answer.
seifen=$campaigns/01-seifen.eml
arrive() { # OUT EML [options]: text, JSON and page
    out=$dir/$1
    eml=$2
    shift 2
    timeout 60 "$MUSTER" check --config "${conf:-$dir/muster.conf}" "$eml" --to DE,AT,CH --facts "$campaigns/01-seifen.json" \
        --at 2026-11-02 --clock 1795000000 "$@" > "$out.txt"
    rc=$?
    timeout 60 "$MUSTER" check --config "${conf:-$dir/muster.conf}" "$eml" --to DE,AT,CH --facts "$campaigns/01-seifen.json" \
        --at 2026-11-02 --clock 1795000000 --json --report "$out.html" "$@" > "$out.json"
    return "$rc"
}
"$MUSTER" dkim keygen seifen-lange.example --type ed25519 --out "$dir/dkim.pem" --json --config "$dir/muster.conf" > "$dir/dkim.json"
printf 'sign "seifen-lange.example" { selector = k1  key = %s }\n' "$dir/dkim.pem" > "$dir/sign.conf"
mkdir "$dir/signed"
"$MUSTER" dkim sign --config "$dir/sign.conf" --clock 1794999000 --out "$dir/signed" "$seifen" > /dev/null
python3 - "$dir" << 'PY'
import json, sys
d = sys.argv[1]
key = json.load(open(d + "/dkim.json"))["record"]
at = "seifen-lange.example"
good = {"k1._domainkey." + at: [{"TXT": key}], at: [{"MX": [10, "mx." + at]}, {"TXT": "v=spf1 mx -all"}],
        "mx." + at: [{"A": "198.51.100.1"}], "1.100.51.198.in-addr.arpa": [{"PTR": "mx." + at}],
        "_dmarc." + at: [{"TXT": "v=DMARC1; p=reject; rua=mailto:d@" + at}]}
json.dump(good, open(d + "/good.json", "w"))
json.dump({k: v for k, v in good.items() if k != "_dmarc." + at}, open(d + "/lacks.json", "w"))
json.dump({"k1._domainkey." + at: {"TXT": [key]}, at: {"MX": ["mx." + at], "TXT": ["v=spf1 mx -all"]},
           "mx." + at: {"A": ["198.51.100.1"]}, "_dmarc." + at: {"TXT": ["v=DMARC1; p=reject; rua=mailto:d@" + at]}},
          open(d + "/served.json", "w"))
PY
signed=$dir/signed/01-seifen.eml
arrive w0 "$signed"
equal "DNS not asked: exit code" 0 $?
has "... and said in one line" 'DNS was not asked: --dns asks it' "$(cat "$dir/w0.txt")"
has "... in JSON" '"arrival": ?\{"asked": ?null' "$(cat "$dir/w0.json")"
arrive w1 "$signed" --zone "$dir/good.json"
equal "good records: exit code" 0 $?
for words in 'DKIM: signed by seifen-lange.example' 'the signature stands for seifen-lange.example' \
    'both fields stand under a passing DKIM' 'ok\] mx:' 'ok\] reverse:' 'ok\] spf:' 'ok\] dkim:' 'ok\] dmarc:'; do
    has "good records: $words" "$words" "$(cat "$dir/w1.txt")"
done
lacks "... nothing is wrong" '\[(warning|problem|missing|unknown)\]' "$(cat "$dir/w1.txt")"
arrive w2 "$signed" --zone "$dir/lacks.json"
equal "no DMARC record changes no answer" 0 $?
has "... it is missed" 'missing\] dmarc: seifen-lange.example has no DMARC record' "$(cat "$dir/w2.txt")"
has "... what to publish, where" '_dmarc.seifen-lange.example' "$(grep 'Publish at' "$dir/w2.txt")"
has "... whole, in text" '^ +TXT "v=DMARC1; p=none; rua=mailto:' "$(cat "$dir/w2.txt")"
has "... in JSON" '"record": ?"TXT ."v=DMARC1; p=none' "$(tr '\\' . < "$dir/w2.json")"
has "... in the page" 'v=DMARC1; p=none' "$(cat "$dir/w2.html")"
arrive w3 "$seifen" --zone "$dir/good.json"
has "a draft: not signed" 'the message is not signed' "$(cat "$dir/w3.txt")"
has "... and what a signature would cover is open" 'unknown\] one-click' "$(cat "$dir/w3.txt")"
echo '{"seifen-lange.example": [{"A": "198.51.100.1"}]}' > "$dir/bare.json"
arrive w6 "$signed" --zone "$dir/bare.json"
has "nothing published: SPF is missed" 'missing\] spf' "$(cat "$dir/w6.txt")"
lacks "... and no record is offered that stops the mailing" 'v=spf1 -all|MX 0 \.' "$(cat "$dir/w6.txt" "$dir/w6.html" "$dir/w6.json")"
arrive w4 "$signed" --zone "$dir/lacks.json"
for kind in txt json html; do
    check "the same answers, the same bytes: $kind" cmp "$dir/w2.$kind" "$dir/w4.$kind"
done
dns_port=$(py ports 1)
python3 "$here/zone_dns.py" "$dns_port" "$dir/served.json" 2> "$dir/dns.err" &
helpers="$helpers $!"
at_most 20 test -e "$dir/served.json.up"
printf 'resolver = 127.0.0.1@%s\ndns { dnssec = off  wait = 20s }\n' "$dns_port" > "$dir/dns.conf"
conf=$dir/dns.conf
arrive w5 "$signed" --dns
equal "asked over the resolver: exit code" 0 $?
has "... the signature is verified" 'DKIM: signed by seifen-lange.example' "$(cat "$dir/w5.txt")"
has "... one-click" 'ok\] one-click' "$(cat "$dir/w5.txt")"
has "... DMARC" 'ok\] dmarc' "$(cat "$dir/w5.txt")"
laws() { python3 -c 'import json, sys
d = json.load(open(sys.argv[1])); del d["arrival"]; print(json.dumps(d))' "$1"; }
equal "... and no answer of a law is another" "$(laws "$dir/w0.json")" "$(laws "$dir/w5.json")"
echo 'resolver = none' > "$dir/nobody.conf"
conf=
one_line "--dns and --zone" 2 "$signed" --to DE --dns --zone "$dir/good.json"
one_line "--dns with nobody to ask" 2 "$signed" --to DE --dns --config "$dir/nobody.conf"

# 7. Receipts.
"$MUSTER" receipt key "$dir/key" > /dev/null
equal "the private key is for its owner alone" 600 "$(stat -c %a "$dir/key")"
printf 'email,date,how\na@b.example,2026-01-02,form\nb@b.example,soon,form\n' > "$dir/consents.csv"
"$MUSTER" receipt import "$dir/consents.csv" --key "$dir/key" --sender Shop --what news > "$dir/receipts" 2> /dev/null
equal "a line that cannot be read is told by the exit code" 1 $?
"$MUSTER" receipt verify "$dir/receipts" --key "$dir/key.pub" --address A@b.example > /dev/null
equal "a receipt verifies" 0 $?
sed 's/news/spam/' "$dir/receipts" > "$dir/forged"
"$MUSTER" receipt verify "$dir/forged" --key "$dir/key.pub" > /dev/null
equal "a changed one does not" 1 $?

# 8. The definition that holds for the users here, in the filter: told apart, counting nothing.
printf 'data = %s\nuser = ""\nresolver = none\nlaw { apply = FR }\n' "$dir/data" > "$dir/law.conf"
scan_law() { timeout 60 "$MUSTER" scan --private --config "$dir/law.conf" --json "$campaigns/16-no-way-out.eml" 2>&1; }
has "the law's answer stands in the scan" '"law": ?\[\{"code": ?"FR".*"answer": ?"violation found"' "$(scan_law)"
has "its finding counts nothing" '"name": ?"law","kind": ?"operator","points": ?0[.0]*,' "$(scan_law)"
has "why names country and clause" 'FR: .*L34-5' "$(timeout 60 "$MUSTER" why --config "$dir/law.conf" "$campaigns/16-no-way-out.eml" 2>&1)"
printf 'law { points = 2 }\n' >> "$dir/law.conf"
sed -i 's/law { apply = FR }//; s/points = 2/apply = FR  points = 2/' "$dir/law.conf"
has "... unless policy says so" '"name": ?"law","kind": ?"operator","points": ?2[.0]*,' "$(scan_law)"
sed -i 's/apply = FR/apply = DX/' "$dir/law.conf"
has "an unknown code is named with the nearest" 'no profile "DX"; did you mean' "$(scan_law)"
finish
