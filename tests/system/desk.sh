#!/bin/sh
# The desk's intake all the way: forwarded mail of many programs to the desk's mailbox, programs and
# text messages at the web door, files on the command line. Each report gets a case; none is lost when
# keeper is killed meanwhile; what is kept names nobody who reported.
. "$(dirname "$0")/lib.sh"
begin desk
need curl
[ -x "$BUILD/../desk/desk_forwards" ] || skip "the maker of forwards is not built"
conf_more='domains = desk.example
desk { mailbox = spam@desk.example  sms_token = "s3cret and long" }'
node_start
mkdir "$dir/mails"
"$BUILD/../desk/desk_forwards" "$dir/mails"
ctl() { curl -s -m 60 --unix-socket "$dir/run/control.sock" "http://localhost/v1/$1" -d "${2:-{\}}"; }
cases() { ctl cases '{"limit":1000}' | grep -o '"code":' | wc -l; }
web() {
    path=$1
    shift
    curl -s -m 60 -o "$dir/answer" -w "%{http_code}" "http://127.0.0.1:$web_port/$path" "$@"
}

# ---- mail, each from a network of its own
send() {
    m scan --json --ip "11.$1.0.1" --helo mail.example --from "ann@reporter.example" \
        --rcpt spam@desk.example "$dir/mails/$(printf %03d "$1").eml" > "$dir/verdict.$1" 2>> "$dir/scan.err"
}
# Exit 1 says spam; what counts is that there is a verdict, which comes when keeper has the reports.
sent() {
    send "$1"
    grep -q '"action":' "$dir/verdict.$1"
}
n=0
killed=0
while [ "$n" -lt 31 ]; do
    if [ $((n % 15)) = 14 ]; then
        kill -KILL "$(pids keeper)" 2> /dev/null && killed=$((killed + 1))
    fi
    at_most 60 sent "$n" || bad "mail $n is taken" "$(tail -2 "$dir/scan.err")"
    n=$((n + 1))
done
equal "keeper was killed meanwhile" 2 "$killed"
first=$(cases)
check "there are cases" test "$first" -gt 15
n=0
while [ "$n" -lt 31 ]; do
    at_most 60 sent "$n"
    n=$((n + 1))
done
equal "the same mails again make no new case: none was lost" "$first" "$(cases)"
equal "mail to the desk is never refused for its score" 0 "$(grep -L '"action":"accept"' "$dir"/verdict.* | wc -l)"
check "what is kept names no reporter" sh -c "! grep -rqaE 'ann.smithson|j.grossmann|oadeyemi|marie.dubois' '$dir/data'"

# ---- programs
printf 'From: x@bad.example\nTo: zoe@home.example\nSubject: Gold\n\nBuy gold now at https://bad.example/gold/bars?z=zoe@home.example\n' > "$dir/one.eml"
equal "a program hands a message in" 200 "$(web v1/report --data-binary "@$dir/one.eml" -H 'Content-Type: message/rfc822')"
has "and gets a code" '"code":"[0-9A-Z-]{20,}"' "$(cat "$dir/answer")"
equal "a form does" 200 "$(web v1/report -F "message=@$dir/one.eml" -F category=phishing)"
equal "JSON does" 200 "$(web v1/report -H 'Content-Type: application/json' -d '{"text":"Buy silver now at https://bad.example/silver","from":"y@bad.example"}')"
equal "an unknown field is refused" 400 "$(web v1/report -H 'Content-Type: application/json' -d '{"txt":"x"}')"
has "by its name" '"field":"txt"' "$(cat "$dir/answer")"
equal "XARF with a fault is refused" 422 "$(web v1/report -H 'Content-Type: application/json' -d '{"xarf_version":"4.2.0","report_id":"x"}')"
has "by its field" 'report_id' "$(cat "$dir/answer")"
equal "nothing is refused" 400 "$(web v1/report -H 'Content-Type: message/rfc822' -d '')"

# ---- text messages
equal "a stranger is no gateway" 403 "$(web v1/sms -d 'token=guess' -d 'from=+4917012345' -d 'text=hello')"
equal "the gateway's text is taken" 200 "$(web v1/sms --data-urlencode 'token=s3cret and long' -d 'from=%2B4917012345' --data-urlencode 'text=Parcel held, pay at https://paket-zoll.example/x/pay')"
has "its answer is a text with the code" '^Thank you\. .*[0-9A-Z-]{20,}$' "$(cat "$dir/answer")"

# ---- the command line
has "muster report shows what it found" 'link https://bad.example/gold/bars\?z' "$(m report --dry-run "$dir/one.eml")"
has "and hands it in" 'code [0-9A-Z-]{20,}' "$(m report "$dir/one.eml")"
m report --forwarded "$dir/one.eml" > "$dir/out" 2>&1
equal "a mail without a forward is refused" 1 $?
{ printf 'From: club@good.example\nSubject: News\n\n'; seq 100 | sed 's/^/word/' | tr 0-9 a-j; } > "$dir/club.eml"
has "mail that many want can be made known" 'known as wanted' "$(m report --wanted "$dir/club.eml")"
check "no number of a telephone is kept in clear" sh -c "! grep -rqa '4917012345' '$dir/data'"
finish
