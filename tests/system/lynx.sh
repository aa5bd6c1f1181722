#!/bin/sh
# Whole tasks in a text browser, by its keys: reporting, looking a case up and taking it back, finding
# something in the library, objecting to a listing up to the proof of control.
. "$(dirname "$0")/lib.sh"
begin lynx
need lynx
mkdir "$dir/sink"
python3 "$here/smtp_sink.py" "$relay_port" "$dir/sink" 2> "$dir/sink.err" &
helpers=$!
conf_more='domains = example.org
web { rate = 1000  burst = 10000 }'
node_start
site=http://127.0.0.1:$web_port
export LC_ALL=C.UTF-8
page=
# lynx WORDS PATH STEP...: a page's steps; $page is the page after them
lynx() {
    words=$1
    path=$2
    shift 2
    rm -f "$dir/page"
    if timeout 150 python3 "$here/lynx_task.py" "$site$path" "$dir/page" "$@" > "$dir/lynx.out" 2>&1; then
        page=$(cat "$dir/page")
        good "$words"
    else
        page=
        bad "$words" "$(tail -3 "$dir/lynx.out")"
    fi
}

# ---- report
lynx "a report is filled in and sent" /report \
    'What is it?+1' 'pasted=Your account is closed, go to http://bank.phish.example/login now.' \
    'as it says=The Bank' 'want to add=I have no account there.' 'Report!'
has "it is taken in" 'your report was taken in' "$page"
code=$(printf '%s\n' "$page" | grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{3,4}){6}' | head -1)
check "and has a code" test -n "$code"
has "as what was chosen in the list" 'phishing' "$page"

# ---- case
lynx "the code leads to the case" /case "Code=$code" 'Show!'
has "its state is told" 'sorted|in work|waiting' "$page"
has "and what comes next" 'Next step' "$page"
lynx "a report is taken back" "/case/$code" 'Take it back!'
has "which is said" 'taken back' "$page"
lynx "a wrong code" /case 'Code=0000' 'Show!'
has "leads to nothing, in words" 'this is no code' "$page"

# ---- search
lynx "words are searched for from the front page" / 'Search the library=pourriel' 'Search!'
has "something is found" 'Found: [1-9]' "$page"
lynx "a search of the list" /library 'Words=port 25' 'Search!'
has "finds a measure" 'Manage outgoing port 25' "$page"
lynx "which is followed" '/library?q=port+25' 'Manage outgoing port 25!'
has "to its page" 'How it is done' "$page"
has "with its sources" 'Sources' "$page"

# ---- appeal
printf 'From: Shop <a@shop.example>\nTo: ann@example.org\nSubject: Soap\n\nBuy soap at http://shop.example/soap today.\n' > "$dir/soap.eml"
case_code=$(m report "$dir/soap.eml" --json 2> "$dir/report.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p' | head -1)
listing=$(m listing add shop.example --kind domain --harm spam --effect note --reason "Sold soap to strangers" \
    --evidence "$case_code" --json 2> "$dir/listing.err" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')
check "something is listed" test -n "$listing"
lynx "one's own domain is looked for" /listings 'Am I listed?=shop.example' 'Look!'
has "it is listed, with its harm" 'shop\.example' "$page"
lynx "why is followed" '/listings?q=shop.example' 'Why?!'
has "the reason is told" 'Sold soap to strangers' "$page"
lynx "an objection is written" "/appeal/$listing" 'Why it is wrong=They all asked for it.' 'Object!'
has "it is taken in" 'Your appeal was taken in' "$page"
appeal=$(printf '%s\n' "$page" | grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{3,4}){6}' | head -1)
check "it has a code of its own" sh -c '[ -n "$1" ] && [ "$1" != "$2" ]' _ "$appeal" "$listing"
proof_mail() { grep -l '  Proof: ' "$dir/sink"/*.eml 2> /dev/null | head -1 | grep .; }
check "the proof of control is mailed" at_most 60 proof_mail
proof=$(sed -n 's/^ *Proof: *\([0-9A-Z-]*\).*/\1/p' "$(proof_mail)" | head -1)
lynx "it is entered" "/appeal/$appeal" "that was sent=$proof" 'Prove!'
has "and accepted" 'Control is proven' "$page"
check "the node lives on" node_alive
finish
