# A Postfix of the test's own: postfix_start PORT PLAINPORT. Mail to example.org lands in Maildirs
# below $dir/mail/NAME; PORT has our milter, PLAINPORT (where released mail comes back) has not.
postfix_main() {
    cat << CONF
compatibility_level = 3.7
queue_directory = $dir/queue
data_directory = $dir/pfdata
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = texthash:$dir/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
smtpd_milters = inet:127.0.0.1:$milter_port
milter_default_action = tempfail
milter_command_timeout = 60s
smtpd_client_connection_rate_limit = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_recipient_restrictions = permit_mynetworks, reject
line_length_limit = 8192
CONF
}

# The daemons that a delivery needs, none in a chroot.
postfix_master() {
    cat << CONF
127.0.0.1:$1 inet n - n - - smtpd
127.0.0.1:$2 inet n - n - - smtpd
  -o smtpd_milters=
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
CONF
}

postfix_up() { grep -q 'daemon started' "$dir/maillog"; }

postfix_start() {
    mkdir -p "$dir/pf" "$dir/queue" "$dir/pfdata" "$dir/mail"
    chown postfix "$dir/pfdata"
    chown nobody "$dir/mail"
    for name in ann bob cat dan eve fay; do echo "$name@example.org $name/"; done > "$dir/boxes"
    postfix_main > "$dir/pf/main.cf"
    postfix_master "$1" "$2" > "$dir/pf/master.cf"
    postfix -c "$dir/pf" start > "$dir/postfix.out" 2>&1
    if ! at_most 30 postfix_up; then
        bad "Postfix starts" "$(cat "$dir/postfix.out" "$dir/maillog" 2> /dev/null | tail -10)"
        finish
    fi
}

postfix_stop() {
    [ -d "$dir/pf" ] || return 0
    postfix -c "$dir/pf" abort > /dev/null 2>&1
    at_most 10 test ! -e "$dir/queue/pid/master.pid"
}

# box NAME: the files of that Maildir.
box() { find "$dir/mail/$1/new" -type f 2> /dev/null; }
# queued: messages in Postfix's queue.
queued() { find "$dir/queue/incoming" "$dir/queue/active" "$dir/queue/deferred" "$dir/queue/maildrop" -type f | wc -l; }
queue_empty() { [ "$(queued)" = 0 ]; }
