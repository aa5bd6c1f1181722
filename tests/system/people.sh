#!/bin/sh
# What people do about their own mail, through the real parts: a mailbox proven by a code that came
# through Postfix, settings of a reload told at once, a person's own strength and lists judging his copy
# of a message alone, the digest with its signed links, and one-act release from the console's page.
. "$(dirname "$0")/lib.sh"
. "$here/postfix_lib.sh"
begin people
need_root
need postfix postconf
at_end() { postfix_stop; }
smtp_port=$(py ports 1)
conf_more="domains = example.org
policy { own_points = 0  unsure = -20  quarantine = 5.0  on_block = quarantine }
web { join = open  rate = 1000  burst = 100000  url = \"http://127.0.0.1:$web_port\" }"
node_start
postfix_start "$smtp_port" "$relay_port"

w() { timeout 120 python3 "$here/web.py" "$web_port" "$@"; }
# walk WORDS ACCOUNT STEPS: logged in as that account ("" nobody), then the steps
walk() {
    login=
    [ -z "$2" ] || login="get /account/login\npost /account/login\tname=$2\tpassword=a long pass word\nexpect 200\n"
    printf '%b' "$login$3" > "$dir/steps"
    check "$1" w walk "$dir/steps"
}
# mail_with NAME SUBJECT: the files of that mailbox with that subject
mail_with() { grep -l "^Subject: $2" $(box "$1") /dev/null 2> /dev/null; }
has_mail() { [ -n "$(mail_with "$1" "$2")" ]; }
letter() {
    printf 'From: <%s>\nX-Priority: 1\nTo: <undisclosed@example.org>\nSubject: %s\nMessage-ID: <%s@client.example>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n\n%s\n' \
        "$1" "$2" "$2" "$3" > "$dir/$2"
}
send() { py smtp "$smtp_port" "$1" ann@example.org,bob@example.org "$dir/$2" 2>&1; }
holds() { m quarantine list --user "$1" --json --state "${2:-held}"; }
count() { holds "$@" | grep -o '"hold":' | wc -l; }

# ---- her own mailbox
walk "anybody makes an account" "" \
    'get /account/join\npost /account/join\tname=ann\tpassword=a long pass word\tstakeholder=user\nhas Please log in\n'
walk "which sees no mail" ann 'get /me\nhas no mailbox\n'
walk "no code goes to strangers" ann \
    'get /account/mailbox\npost /account/mailbox\tact=ask\tmailbox=eve@elsewhere.example\nhas not of a domain of this site\n'
walk "a code goes to her address" ann \
    'get /account/mailbox\npost /account/mailbox\tact=ask\tmailbox=ann@example.org\nhas on its way\n'
check "and comes through Postfix" at_most 60 has_mail ann 'A code for your mailbox'
got=$(cat "$(mail_with ann 'A code for your mailbox')")
has "with a null return path" '^Return-Path: <>' "$got"
code=$(printf '%s\n' "$got" | sed -n 's/^    \([A-Z0-9]*-[A-Z0-9]*\)\r*$/\1/p')
walk "another code proves nothing" ann \
    'get /account/mailbox\npost /account/mailbox\tact=prove\tcode=AAAA-AAAA\nhas not right\nget /me\nhas no mailbox\n'
walk "this one does" ann "get /account/mailbox\npost /account/mailbox\tact=prove\tcode=$code\nhas For the mailbox\n"

# ---- a reload tells at once what people may choose
has "by the first settings nobody may be stricter" 'may move by 0\.0' "$(m choice show ann@example.org)"
sed -i 's/own_points = 0/own_points = 20/' "$dir/muster.conf"
kill -HUP "$node"
told() { m choice show ann@example.org | grep -q 'may move by 20\.0'; }
check "after a reload keeper says what holds now" at_most 60 told
walk "she wants nothing of one sender" ann \
    'get /me\npost /me\tact=add\tlist=block\tword=pushy.example\nhas It is on the list\n'
has "the command line says the same" '^block +pushy\.example' "$(m choice show ann@example.org)"

# ---- a form of a new web process counts, however late keeper comes to it
webs() { pgrep -P "$node" -x 'web' | sort -n | tail -1; }
other_web() { [ "$(webs)" != "$web" ]; }
web=$(webs)
keeper=$(pids keeper)
kill -STOP "$keeper"
kill -HUP "$node"
check "a reload starts another web process" at_most 60 other_web
printf 'get /account/login\npause 3\npost /account/login\tname=ann\tpassword=a long pass word\nexpect 200\n' > "$dir/late"
w walk "$dir/late" > "$dir/late.out" &
late=$!
sleep 1.5
kill -CONT "$keeper"
check "its log-in works, asked for before keeper answered" wait "$late"

# ---- one message, two recipients
letter rob@pushy.example list-1 'The boat club meets on Thursday at seven, as always. Greetings, Rob'
has "a message to both is taken" '^250 ' "$(send rob@pushy.example list-1)"
check "he gets it" at_most 60 has_mail bob list-1
check "the queue empties" at_most 60 queue_empty
equal "she does not: the sender is on her list" "" "$(mail_with ann list-1)"
equal "her copy is held" 1 "$(count ann@example.org)"
equal "his is not" 0 "$(count bob@example.org)"
walk "she wants less spam" ann \
    'get /me\npost /me\tact=set\tstrength=2\tdigest=site\nhas Your settings are kept\n'
letter sue@friends.example strength-1 'The photos of our trip are ready at http://198.51.100.7/trip - see you on Sunday. Greetings, Sue'
has "a doubtful message to both is taken" '^250 ' "$(send sue@friends.example strength-1)"
check "he gets it" at_most 60 has_mail bob strength-1
check "the queue empties" at_most 60 queue_empty
has "for the site it is not spam" '^X-Muster-Verdict: unsure' "$(cat "$(mail_with bob strength-1)")"
equal "for her it is" "" "$(mail_with ann strength-1)"
equal "her copy is held, too" 2 "$(count ann@example.org)"
equal "his is not" 0 "$(count bob@example.org)"

# ---- the digest, by a setting of a reload
echo 'digest { every = day }' >> "$dir/muster.conf"
kill -HUP "$node"
check "a list of what is held comes through Postfix" at_most 120 has_mail ann 'Mail held back for you: 2'
got=$(cat "$(mail_with ann 'Mail held back for you')")
has "with a null return path" '^Return-Path: <>' "$got"
equal "with a link for each" 2 "$(printf '%s\n' "$got" | grep -c "http://127.0.0.1:$web_port/held/")"
link=$(printf '%s\n' "$got" | tr -d '\r' | sed -n "s|^http://127.0.0.1:$web_port\(/held/.*\)|\1|p" | head -1)
walk "opening a link shows one message" "" "get $link\nexpect 200\nhas Release\n"
equal "and changes nothing" 2 "$(count ann@example.org)"
forged=$(printf '%s' "$link" | tr 'A-Za-y' 'B-Zb-zA')
walk "a forged link leads to nothing" "" "get $forged\nexpect 404\n"
walk "its button releases it, without log-in" "" "get $link\npost $link\tact=release\nhas on its way\n"
one_came() { has_mail ann list-1 || has_mail ann strength-1; }
check "and it arrives in her mailbox" at_most 90 one_came
equal "the other is held still" 1 "$(count ann@example.org)"
equal "he was sent no digest" "" "$(mail_with bob 'Mail held back')"

# ---- release by an operator on the console's page
echo 'a long pass word' | m account add stew --roles steward,operator > "$dir/out" 2>&1
hold=$(holds ann@example.org | sed 's/.*"hold":"\([^"]*\)".*/\1/')
walk "a stranger's form does nothing" "" "post /console/quarantine/$hold\tact=release\nlacks on its way\n"
walk "an operator releases with one act" stew \
    "get /console/quarantine\nhas $hold\nget /console/quarantine/$hold\npost /console/quarantine/$hold\tact=release\treason=she asked\nhas on its way\n"
both_came() { has_mail ann list-1 && has_mail ann strength-1; }
check "and it arrives in her mailbox" at_most 90 both_came
check "the queue empties" at_most 60 queue_empty
for subject in list-1 strength-1; do
    equal "$subject came once" 1 "$(mail_with ann $subject | wc -l)"
done
equal "nothing is held any more" 0 "$(count ann@example.org)"
has "the log says who, and why" "operator +release +$hold +she asked" "$(m acts)"
finish
