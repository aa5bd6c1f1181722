/* The digest: one mail that lists what is held for one person, each with a link to decide on it.
 * Foreign words (senders, subjects) are escaped and defanged: the mail holds no address but ours.
 */
#ifndef MUSTER_NODE_DIGEST_MAIL_H
#define MUSTER_NODE_DIGEST_MAIL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/lang.h"

#define DIGEST_LINES 50u

struct digest_line {
    struct slice from, subject; /* foreign */
    const char *kind;           /* message id; NULL: plain spam */
    struct slice token;         /* for a link; empty: an operator must decide */
    int64_t at_us, until_us;
};

struct digest_mail {
    struct slice from, to, url; /* ours; url: of this site, without slash at its end */
    const struct lang *lang;    /* NULL: English */
    const char *code;           /* of the language */
    struct slice id;            /* a part of Message-ID */
    int64_t now_us;
    const struct digest_line *lines;
    size_t n;     /* at most DIGEST_LINES */
    bool is_more; /* there are more than are listed */
};

/* Under 14 kB for DIGEST_LINES lines and an ordinary url. false: `to` or `from` is no address that
 * may stand in a header. */
bool digest_write(const struct digest_mail *d, struct buf *out);

#endif
