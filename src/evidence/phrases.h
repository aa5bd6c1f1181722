/* Phrases in many languages, found in one pass over a text.
 *
 * A table is a text file (rules/phrases/LANGUAGE.txt):
 *
 *   # a remark
 *   [urgency]
 *   act now
 *   within * hours         "*" stands for up to three words
 *   suspend~ your account  "~" behind a word: any word that begins so
 *
 * Phrases and text are folded first: lower case, accents taken off, full-width letters to plain
 * ones, invisible characters dropped, everything that is no letter or digit parts words. Each
 * Han, Kana, Hangul or Thai character is a word of its own, so that languages without spaces
 * work, too. Cost: about one hash look-up per word of the text.
 */
#ifndef MUSTER_EVIDENCE_PHRASES_H
#define MUSTER_EVIDENCE_PHRASES_H

#include "base/arena.h"
#include "base/err.h"

/* What a phrase is a sign of; the words in [brackets] are these names in lower case. */
enum phrase_topic {
    TOPIC_URGENCY,     /* do it now, last chance, within 24 hours */
    TOPIC_ACCOUNT,     /* an account is blocked, must be verified */
    TOPIC_CREDENTIALS, /* asks for a password, PIN, card number */
    TOPIC_PARCEL,      /* a parcel waits or could not be delivered */
    TOPIC_FEE,         /* a small fee must be paid first */
    TOPIC_SEED,        /* asks for a wallet's recovery phrase */
    TOPIC_GIFT_CARD,   /* buy gift cards and send the codes */
    TOPIC_BANK_CHANGE, /* our bank details have changed */
    TOPIC_SEXTORTION,  /* I filmed you, pay */
    TOPIC_ADVANCE,     /* next of kin, inheritance, a fund to share */
    TOPIC_LOTTERY,     /* you have won, reward, lucky draw */
    TOPIC_CRYPTO,      /* staking, airdrop, doubling coins */
    TOPIC_STORAGE,     /* the mailbox or cloud is full */
    TOPIC_DOCUMENT,    /* a document or voice message waits for you */
    TOPIC_DATING,      /* people near you want to meet */
    TOPIC_MIRACLE,     /* cures, slimming, potency */
    TOPIC_LOAN,        /* loans and quick money */
    TOPIC_SHARES,      /* shares that will rise */
    TOPIC_CASINO,      /* games for money */
    TOPIC_COPIES,      /* replicas, cheap licences, bought degrees */
    TOPIC_OUTREACH,    /* search engine places, visitors, lists of addresses */
    TOPIC_CALLBACK,    /* charged for something: call to cancel */
    TOPIC_WARNING,     /* speaks about fraud: we never ask for, fake messages */
    TOPIC_CODE,        /* a one-time code */
    TOPIC_ORDER,       /* an order, invoice, booking */
    TOPICS
};

const char *topic_name(enum phrase_topic t);

struct phrases;

/* Makes an empty set, reads tables into it, closes it. A table of at most 1 MiB; ERR_PARSE names
 * line and word. `name` is for messages. */
struct phrases *phrases_new(void);
MUST_USE int phrases_read(struct phrases *p, struct slice table, const char *name, struct err *e);
void phrases_free(struct phrases *p);

struct phrase_hits {
    uint32_t n[TOPICS];         /* different places where a phrase of that topic stands */
    struct slice first[TOPICS]; /* the folded words of the first one */
};

/* Looks through `text` (UTF-8, bad bytes allowed; at most max_bytes of it) and adds to *out. */
void phrases_find(const struct phrases *p, struct arena *a, struct slice text, size_t max_bytes,
                  struct phrase_hits *out);

/* Folds a text as above; for tests and for other lists of words. Words are parted by one space. */
struct slice phrases_fold(struct arena *a, struct slice text);

/* The same with the words' places, found on the way: word i is at starts[i], and starts[i + 1] is
 * one byte (the space) behind its end, also for the last. */
struct phrase_words {
    struct slice text;
    const uint32_t *starts;
    size_t n;
};

struct phrase_words phrases_fold_words(struct arena *a, struct slice text);

#endif
