#!/bin/sh
# The Dovecot kit of kits/dovecot, as it stands: learning by moving mail, undoing, Trash, and the
# spool while the node is down.
. "$(dirname "$0")/lib.sh"
begin dovecot
need_root
need dovecot doveadm sievec curl flock
imap_port=$(py ports 1)
dovecot=
at_end() { [ -z "$dovecot" ] || { kill "$dovecot" 2> /dev/null; wait "$dovecot" 2> /dev/null; }; }
kit=$MUSTER_SOURCE/kits/dovecot
node_start
m token add mailboxes learn --json | sed 's/.*"token":"\([0-9a-f]*\)".*/\1/' > "$dir/token"
mkdir "$dir/sieve" "$dir/bin" "$dir/spool" "$dir/home" "$dir/base"
cp "$kit"/*.sieve "$dir/sieve/"
cp "$kit/muster-learn" "$dir/kit-muster-learn"
printf '#!/bin/sh\nMUSTER_LEARN_CONF=%s exec %s "$@"\n' "$dir/learn.conf" "$dir/kit-muster-learn" > "$dir/bin/muster-learn"
cat > "$dir/learn.conf" << CONF
MUSTER_URL=http://127.0.0.1:$control_port
MUSTER_TOKEN=$dir/token
MUSTER_SPOOL=$dir/spool
CONF
chmod 755 "$dir/bin/muster-learn" "$dir/kit-muster-learn"
chown -R nobody "$dir/spool" "$dir/home"
sed -e "s#/usr/lib/muster/sieve#$dir/bin#; s#/etc/dovecot/sieve#$dir/sieve#" "$kit/95-muster.conf" > "$dir/95-muster.conf"
cat > "$dir/dovecot.conf" << CONF
base_dir = $dir/base
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = $dir/dovecot.log
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
mail_location = maildir:$dir/home/%u
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$(id -u nobody) gid=$(id -g nobody) home=$dir/home/%u
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
  }
  mailbox Trash {
    auto = create
  }
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  chroot =
}
!include $dir/95-muster.conf
CONF
sievec -c "$dir/dovecot.conf" "$dir/sieve/into-junk.sieve" > "$dir/sievec.out" 2>&1 &&
    sievec -c "$dir/dovecot.conf" "$dir/sieve/out-of-junk.sieve" >> "$dir/sievec.out" 2>&1
check "the kit's scripts compile" test -s "$dir/sieve/out-of-junk.svbin"
dovecot -F -c "$dir/dovecot.conf" > "$dir/dovecot.out" 2>&1 &
dovecot=$!

imap() { timeout 60 python3 "$here/client.py" imap "$imap_port" "$@" 2>&1; }
lesson=$mail/005-parcel-fee.eml
second=$mail/010-tax-refund.eml
third=$mail/008-bank-homoglyph.eml
learned() { m status --json | sed 's/.*"learned":{"spam":\([0-9]*\),"ham":\([0-9]*\)}.*/\1 \2/'; }
learned_is() { [ "$(learned)" = "$1" ]; }
has "IMAP is up" 'a1 OK' "$(imap "PUT INBOX $lesson")"
equal "nothing learned yet" "0 0" "$(learned)"
imap 'SELECT INBOX' 'MOVE 1 Junk' > "$dir/imap.out"
check "a move to Junk teaches spam" at_most 30 learned_is "1 0"
has "for that user" '0 learned as spam, 1 known already' "$(m learn --user ann spam "$lesson" 2>&1)"
imap 'SELECT Junk' 'MOVE 1 INBOX' > "$dir/imap.out"
check "moving it back takes that back" at_most 30 learned_is "0 0"
imap "PUT Trash $second" 'SELECT INBOX' 'MOVE 1 Trash' > "$dir/imap.out"
sleep 1
equal "a move to Trash teaches nothing" "0 0" "$(learned)"
imap "PUT Junk $third" > "$dir/imap.out"
check "a message saved into Junk teaches spam" at_most 30 learned_is "1 0"
imap 'SELECT Junk' 'MOVE 1 Trash' > "$dir/imap.out"
sleep 1
equal "junk moved to Trash unlearns nothing" "1 0" "$(learned)"

# ---- the node is down
node_stop
has "a move while the node is down succeeds" 'a[0-9] OK.*(Move|completed)' "$(imap "PUT INBOX $second" 'SELECT INBOX' 'MOVE 1 Junk')"
waiting() { [ "$(find "$dir/spool" -name 'lesson.*' | wc -l)" = "$1" ]; }
check "its lesson waits" at_most 30 waiting 1
node_run
setpriv --reuid="$(id -u nobody)" --regid="$(id -g nobody)" --clear-groups "$dir/bin/muster-learn" --flush
check "and goes out when the node is back" at_most 30 waiting 0
check "which has then learned it" at_most 30 learned_is "2 0"

# ---- a wrong token
good_token=$(cat "$dir/token")
echo 0000000000000000000000000000000000000000 > "$dir/token"
imap "PUT Junk $lesson" > "$dir/imap.out"
check "a lesson with a wrong token waits too" at_most 30 waiting 1
equal "and is not learned" "2 0" "$(learned)"
echo "$good_token" > "$dir/token"
imap "PUT Junk $mail/002-mailbox-quota.eml" > "$dir/imap.out"
check "the next move sends both" at_most 30 waiting 0
check "and both are learned" at_most 30 learned_is "4 0"
[ "$failed" = 0 ] || { tail -5 "$dir/dovecot.log"; cat "$dir/imap.out"; }
finish
