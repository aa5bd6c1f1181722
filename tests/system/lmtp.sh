#!/bin/sh
# Released mail goes to a real Dovecot over LMTP, and into the mailbox once; an unknown mailbox is
# refused and stays held; while the server is away it waits.
. "$(dirname "$0")/lib.sh"
begin lmtp
need_root
need dovecot
[ -x /usr/lib/dovecot/lmtp ] || skip "Dovecot's lmtp is not installed"
dovecot=
dovecot_stop() { [ -z "$dovecot" ] || { kill "$dovecot" 2> /dev/null; wait "$dovecot" 2> /dev/null; }; dovecot=; }
at_end() { dovecot_stop; }
mkdir "$dir/home" "$dir/base"
chown nobody "$dir/home"
echo "ann@example.org::::::" > "$dir/users"
chmod 644 "$dir/users"
cat > "$dir/dovecot.conf" << CONF
base_dir = $dir/base
protocols = lmtp
ssl = no
log_path = $dir/dovecot.log
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
mail_location = maildir:$dir/home/%n
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = passwd-file
  args = $dir/users
  default_fields = uid=$(id -u nobody) gid=$(id -g nobody) home=$dir/home/%n
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
CONF
conf_more="policy { block = pushy.example  on_block = quarantine }"
node_conf
sed -i "s#^mailer.*#mailer { relay = lmtp:unix:$dir/base/lmtp }#" "$dir/muster.conf"
has "the setting is well formed" "lmtp:unix:$dir/base/lmtp" "$(m config show 2>&1)"
dovecot_start() {
    dovecot -F -c "$dir/dovecot.conf" > "$dir/dovecot.out" 2>&1 &
    dovecot=$!
    at_most 30 test -S "$dir/base/lmtp"
}
check "Dovecot is up" dovecot_start
node_run

# hold RCPT SUBJECT: a message that the operator's list holds; prints its hold.
hold() {
    printf 'From: <rob@pushy.example>\nTo: <%s>\nSubject: %s\nDate: Thu, 01 Jan 2026 00:00:00 +0000\n' "$1" "$2" > "$dir/letter"
    printf 'Message-ID: <%s@pushy.example>\n\nfirst\n.a line with a dot\n..two\nlast\n' "$2" >> "$dir/letter"
    MILTER_FROM=rob@pushy.example py milter "$milter_port" "$dir/letter" "" "$1" > "$dir/milter.out" 2>&1
    m quarantine list --json 2> /dev/null | tr '{' '\n' | grep -F "\"subject\":\"$2\"" | sed 's/.*"hold":"\([^"]*\)".*/\1/'
}
arrived() { grep -rl "^Subject: $1\$" "$dir/home/ann/new" "$dir/home/ann/cur" 2> /dev/null; }
in_mailbox() { [ "$(arrived "$1" | wc -l)" = "$2" ]; }
state_is() { m quarantine list --json 2> /dev/null | tr '{' '\n' | grep -F "\"hold\":\"$1\"" | grep -q "\"state\":\"$2\""; }

one=$(hold ann@example.org lmtp-1)
has "a message is held" '^[0-9a-f-]{36}$' "$one"
equal "asked again, it is the same hold" "$one" "$(hold ann@example.org lmtp-1)"
check "its release is acknowledged" m quarantine release "$one"
check "and it arrives in the mailbox" at_most 60 in_mailbox lmtp-1 1
sed '1,/^$/d' "$dir/letter" > "$dir/want"
sed '1,/^$/d' "$(arrived lmtp-1)" > "$dir/got"
check "with its body as it was" cmp "$dir/want" "$dir/got"
two=$(hold nobody@example.org lmtp-2)
check "a release to an unknown mailbox is acknowledged" m quarantine release "$two"
check "Dovecot refuses it, and it is held again" at_most 60 state_is "$two" held

dovecot_stop
rm -f "$dir/base/lmtp"
three=$(hold ann@example.org lmtp-3)
check "a release while the server is away is acknowledged" m quarantine release "$three"
sleep 1
check "nothing is in the mailbox" in_mailbox lmtp-3 0
check "Dovecot is up again" dovecot_start
check "then it arrives" at_most 120 in_mailbox lmtp-3 1
check "the first one came once" in_mailbox lmtp-1 1
[ "$failed" = 0 ] || tail -5 "$dir/dovecot.log"
node_stop
equal "the node ends well" 0 "$stop_code"
finish
