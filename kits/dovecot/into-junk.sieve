# Somebody moved or saved a message into Junk: that is a report of spam. When the message was
# taught as ham by an earlier move out of Junk, this move only takes that back.
require ["vnd.dovecot.pipe", "copy", "imapsieve", "environment", "variables", "imap4flags"];

if environment :matches "imap.user" "*" { set "user" "${1}"; }

if hasflag "$MusterHam" {
    pipe :copy "muster-learn" ["forget", "${user}"];
    removeflag "$MusterHam";
} else {
    pipe :copy "muster-learn" ["spam", "${user}"];
    addflag "$MusterSpam";
}
