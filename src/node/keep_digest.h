/* Digests by mail: to whom one is due, making it, and the links in it.
 *
 * A link holds the hold's ID and a keyed hash of it and its recipient; whoever has it may see that
 * one line and, by POST, release or delete that one message with the recipient's own rights (so
 * phishing and malware stay where they are). It is good as long as the message is held.
 */
#ifndef MUSTER_NODE_KEEP_DIGEST_H
#define MUSTER_NODE_KEEP_DIGEST_H

#include "base/lang.h"
#include "node/keep.h"
#include "node/mailer.h"

#define DIGEST_TAG     (UINT64_C(1) << 61) /* tags of these orders have this bit */
#define DIGEST_QUEUE   256u
#define DIGEST_AT_ONCE 4u
#define DIGEST_TOKEN   40u

/* digest { } */
struct conf_digest {
    int every;    /* enum digest_every, for those who chose nothing themselves */
    int64_t hour; /* of the day, UTC */
    struct slice from;
};
enum digest_every { DIGEST_NEVER, DIGEST_DAILY, DIGEST_WEEKLY };
extern const struct conf_item DIGEST_ITEMS[];

struct digest_order {
    unsigned char person[16];
    uint64_t tag;
    int64_t upto_us; /* it tells what was held up to then */
};

struct digests {
    unsigned char queue[DIGEST_QUEUE][16]; /* people to whom one is due */
    size_t n_queue;
    int64_t look_us; /* monotonic: when to look for more */
    struct digest_order order[DIGEST_AT_ONCE];
    size_t n;
    uint64_t next_tag;
    bool said_no_url;
};

/* Catalogues for mail to people; before the walls close. */
void keep_digest_open(struct keep *k, struct arena *a, const struct conf *conf);
/* The catalogue for mail to people in that language; NULL is English. *out_code: the language's. */
const struct lang *keep_lang(const struct keep *k, struct slice code, const char **out_code);
/* The sender of mail to people (digest.from). */
struct slice keep_digest_from(const struct keep *k, struct arena *a);
/* Makes the next digest that is due: packs its order and returns its tag, or 0. */
uint64_t digests_next(struct digests *d, struct keep *k, struct buf *packed);
void digests_mailed(struct digests *d, struct keep *k, uint64_t tag, const struct mail_result *r);
void digests_forget(struct digests *d);
/* The latest time before now at which digests of that kind go out. */
int64_t digest_due_at(int64_t now_us, int64_t hour, bool weekly);
/* A link's token; false: no secret can be had. */
MUST_USE bool digest_token(struct keep *k, const struct hold *h, char out[DIGEST_TOKEN]);

#endif
