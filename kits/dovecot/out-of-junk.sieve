# Somebody moved a message out of Junk: the filter was wrong about it. When the message had been
# taught as spam by a move into Junk, this move only takes that back. Throwing junk away says
# nothing about it.
require ["vnd.dovecot.pipe", "copy", "imapsieve", "environment", "variables", "imap4flags"];

if environment :matches "imap.mailbox" "*" { set "mailbox" "${1}"; }
if string :is "${mailbox}" ["Trash", "INBOX.Trash", "Deleted", "Deleted Items", "Deleted Messages"] { stop; }

if environment :matches "imap.user" "*" { set "user" "${1}"; }

if hasflag "$MusterSpam" {
    pipe :copy "muster-learn" ["forget", "${user}"];
    removeflag "$MusterSpam";
} else {
    pipe :copy "muster-learn" ["ham", "${user}"];
    addflag "$MusterHam";
}
