/* Proving one's mailbox: a code by mail to the address that somebody says is his, typed in again on
 * the pages. What it opens is the mail held for that mailbox.
 *
 * No use as a way to send mail to others: only to domains of this site, nothing of the mail is the
 * asker's, its return path is null, and there are caps by account, by mailbox and for all. Codes
 * that wait are kept in memory alone, hashed once they are sent: after a restart one asks again.
 */
#ifndef MUSTER_NODE_KEEP_MAILBOX_H
#define MUSTER_NODE_KEEP_MAILBOX_H

#include "node/keep.h"
#include "node/mailer.h"

#define MAILBOX_TAG           (UINT64_C(1) << 58) /* tags of these orders have this bit */
#define MAILBOX_MOST          64u                 /* that wait at once */
#define MAILBOX_LIFE_US       (INT64_C(3600) * 1000000)
#define MAILBOX_TRIES         5u
#define MAILBOX_ACCOUNT_A_DAY 5u
#define MAILBOX_EACH_A_DAY    3u
#define MAILBOX_ALL_AN_HOUR   60u
#define MAILBOX_CODE          8u /* letters and digits: 39 bits */

enum mailbox_state { MAILBOX_OWED, MAILBOX_MAILING, MAILBOX_MAILED };

struct mailbox_proof {
    unsigned char account[16], hash[32];
    char mailbox[255], code[MAILBOX_CODE + 1], lang[8]; /* code: only until it is sent */
    int64_t until_us, again_us;                         /* again: monotonic */
    unsigned tries;                                     /* that are left */
    enum mailbox_state state;
    uint64_t tag;
};

struct mailbox_asked {
    unsigned char person[16];
    int64_t at_us;
};

struct mailbox_proofs {
    unsigned char key[32]; /* of the hashes; as short-lived as they are */
    struct mailbox_proof proof[MAILBOX_MOST];
    size_t n;
    struct mailbox_asked asked[24 * MAILBOX_ALL_AN_HOUR]; /* a ring: a day of the most */
    size_t n_asked;
    uint64_t next_tag;
};

/* Packs the next code's mail and returns its tag, or 0. */
uint64_t keep_mailbox_next(struct keep *k, struct buf *packed);
void keep_mailbox_mailed(struct keep *k, uint64_t tag, const struct mail_result *r);
/* The mailer died: what it had is sent again. */
void keep_mailbox_forget(struct keep *k);

#endif
